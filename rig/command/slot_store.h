#ifndef HILRIG_RIG_COMMAND_SLOT_STORE_H
#define HILRIG_RIG_COMMAND_SLOT_STORE_H

/*
 * Where the slot record of a bench lies, and how it is read and written while others do the same.
 *
 *   ${XDG_STATE_HOME:-$HOME/.local/state}/hilrig/slots/BENCH.jsonl   the record (slot_record.h)
 *                                                     BENCH.lock    held by whoever writes
 *                                                     BENCH.run     the evidence folder of the run that is going on (weld.h)
 *
 * So it belongs to the user and the host, as the seat of a bench does. A writer holds the lock, copies the record with its new
 * line into a file beside it, flushes that and renames it: a reader needs no lock and sees a line only once it is durable.
 */

#include "rig/base/file.h"
#include "rig/command/slot_record.h"

#include <limits.h>

#define SLOT_STORE_WAIT_NS (5 * NS_PER_S) /* for another writer; then FAULT_BUSY */

struct slot_store {
	char path[PATH_MAX];            /* of the record */
	int lock;                       /* -1: nothing may be written */
	struct file file;               /* the bytes as read */
	struct slot_record record;      /* what they come to; follows what is written */
};

/*
 * BENCH.SUFFIX in the folder above. FAULT_CONFIGURATION where neither XDG_STATE_HOME nor HOME names one. With `make` the folder
 * and those above it are made, durably (FAULT_ENVIRONMENT).
 */
MUST_USE bool slot_store_path(char path[PATH_MAX], const char *bench, const char *suffix, bool make, struct error *error);

/*
 * Reads the record as it is now; one that is not there is empty. With `write` the lock is taken first, so that what was read
 * holds until slot_store_close. FAULT_CONFIGURATION for a file that cannot be read at all.
 */
MUST_USE bool slot_store_open(struct slot_store *store, const char *bench, bool write, struct error *error);
void slot_store_close(struct slot_store *store);

/*
 * Adds a line durably; `bench` of the entry is filled in, and `utc_us` where it is 0. False: nothing was added
 * (FAULT_ENVIRONMENT, FAULT_USAGE for a text that cannot be written).
 */
MUST_USE bool slot_store_add(struct slot_store *store, const struct slot_entry *entry, struct error *error);

/* As flock(LOCK_EX), until the deadline; false: somebody else has it still. */
MUST_USE bool slot_lock(int descriptor, int64_t within_ns);

#endif
