#ifndef HILRIG_RIG_COMMAND_WELD_H
#define HILRIG_RIG_COMMAND_WELD_H

/*
 * Welds that a run found become lock-outs (slot_record.h), however the run ends.
 *
 * The process that the user started reads the run's journal once its supervisor has ended: by then the rig is gone, whether it
 * ended by itself, was stopped or was killed, and every line that was durable is there. Where that process dies too (a power
 * cut, kill -9), the evidence folder is still named in BENCH.run (slot_store.h), which is held by flock as long as one process
 * of the run lives; the next command that asks about the bench's slots finds it and settles it before anything else. Who asks
 * while a run goes on is told of the welds that it has found so far.
 *
 * A weld is a `fault` line of a slot with the code "relay-welded" or "contactor-welded". Its lock-out has the instant of that
 * line and the run's id, by which it is known again: a folder that is read twice locks out once, and a slot that was cleared
 * meanwhile stays so.
 */

#include "rig/base/error.h"
#include "rig/command/slot_record.h"
#include "rig/journal/record.h"

#include <limits.h>

struct weld_watch {
	int held;                       /* BENCH.run, locked */
	char bench[WORD_TEXT_SIZE];
	char folder[PATH_MAX];
};

/*
 * Before anything is energised: names the run's folder durably. FAULT_ENVIRONMENT or FAULT_CONFIGURATION where that is not
 * possible; then no run may begin, since its welds could not be written down.
 */
MUST_USE bool weld_watch_begin(struct weld_watch *watch, const char *bench, const char *folder, struct error *error);

/* After the run: locks out, and says so on standard error. It never fails: what cannot be written down is left for weld_settle. */
void weld_watch_end(struct weld_watch *watch);

/*
 * Writes down what a run on this bench that is gone could not, or one that goes on has not yet. With `seated` (the caller has
 * the bench's seat, so no run lives) it waits for another process that is doing the same. FAULT_ENVIRONMENT and the like where a
 * lock-out cannot be written.
 */
MUST_USE bool weld_settle(const char *bench, bool seated, struct error *error);

/*
 * Of a check of the live bench, which has no journal: that its welds could be written down (before anything is energised, with
 * the bench's seat), and the ones that it found, each with slot, utc_us, by and why. They lock out and are said on standard error.
 */
MUST_USE bool weld_could_lock_out(const char *bench, struct error *error);
void weld_lock_out(const char *bench, const struct slot_entry *entries, int count);

#endif
