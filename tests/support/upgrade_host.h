#ifndef HILRIG_TESTS_SUPPORT_UPGRADE_HOST_H
#define HILRIG_TESTS_SUPPORT_UPGRADE_HOST_H

/*
 * A host that upgrades, in real time: a shipped instrument on its port, in the shipped loop, with the shipped journal thread, as a rig
 * has them. For measurements, which run it in a process of its own. Everything that is said is written to the journal, every byte of
 * the port to raw/, and beside them as many other lines as are wanted.
 */

#include "rig/bench/driver.h"

#define UPGRADE_HOST_TICK_NS (10 * NS_PER_MS)
#define UPGRADE_HOST_FLUSH_EVERY 10               /* ticks */

struct upgrade_host {
	struct instrument *(*start)(const struct driver_start *start, int instrument, struct error *error);
	const struct bench *bench;                    /* its slots are all upgraded by instrument 0 */
	const struct upgrade_image *image;
	const char *folder;                           /* where a journal and raw/ are written, and removed at the end */
	int lines_a_tick;                             /* further lines of the journal, every 10 ms */
	/* What an upgrade said; NULL: nobody is told. */
	void (*said)(void *self, int slot, int64_t t_ns, const struct upgrade_report *report);
	/* The port had something to read, and what came of it is done; `began_ns` is when the host came to it. NULL: nobody is told. */
	void (*served)(void *self, int64_t began_ns);
	void *self;
};

/* Until each slot has its image, or one has failed. 0: they have it; else it was said on standard error why not. */
int upgrade_host_run(const struct upgrade_host *host);

#endif
