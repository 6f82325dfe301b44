#ifndef HILRIG_RIG_RUN_PROGRESS_H
#define HILRIG_RIG_RUN_PROGRESS_H

/*
 * What a person in front of the run wants to know, as one line per event on standard output: steps, outages, alerts,
 * faults, verdicts, and how far each image is, at every tenth of it and once a minute. A terminal that is gone loses these lines and
 * nothing else. Control characters that came from a device are shown as '?'.
 */

#include "rig/bench/bench.h"
#include "rig/journal/transfer.h"

/* What must be kept from line to line, all zero at first. */
struct onlooker {
	int slot_count;
	struct onlooker_slot {
		char slot[SLOT_NAME_SIZE];
		struct transfer transfer;
		int told_percent;
		int64_t told_ns;
	} slots[BENCH_SLOTS_MAX];
};

#define PROGRESS_LINE_SIZE 680

/* The line for a record, without its newline; false: it is worth none. */
bool progress_line(char line[PROGRESS_LINE_SIZE], struct onlooker *onlooker, const struct record *record);

/* Prints it, and waits until it is taken. */
void progress_print(struct onlooker *onlooker, const struct record *record);

#endif
