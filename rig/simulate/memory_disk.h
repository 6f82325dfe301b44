#ifndef HILRIG_RIG_SIMULATE_MEMORY_DISK_H
#define HILRIG_RIG_SIMULATE_MEMORY_DISK_H

/*
 * A disk for one journal that is memory: it does what its faults say, and knows what would be left after a crash.
 *
 * What was written outlives the rig's process; what was flushed outlives a power cut. Faults count calls: a disk that is full takes
 * half of what it is given, which tears a line, and then ENOSPC; one that fails gives EIO, to a write or to a flush.
 */

#include "rig/evidence/writer.h"

struct memory_disk {
	char *bytes;              /* owned */
	size_t size, room;
	size_t flushed;           /* bytes that a power cut leaves */
	int64_t writes, flushes;  /* calls so far */
	int64_t refused;          /* calls that its faults spoilt */
	/* Faults; INT64_MAX: none. */
	int64_t full_from, full_until;   /* writes in between find no room */
	int64_t fails_at_write, fails_at_flush;
	int64_t dies_at_write;    /* whoever writes dies in this call: its disk takes nothing any more ... */
	int dies_having_put;      /* ... and has got so many thirds of it */
	bool dead;
};

void memory_disk_init(struct memory_disk *disk);
void memory_disk_done(struct memory_disk *disk);

/* Empty and well again, with its memory kept. */
void memory_disk_clear(struct memory_disk *disk);

/* How a writer sees it; the disk outlives the writer. */
struct writer_disk memory_disk_calls(struct memory_disk *disk);

#endif
