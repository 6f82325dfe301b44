#ifndef HILRIG_DRIVERS_SIM_WIRE_TRUTH_H
#define HILRIG_DRIVERS_SIM_WIRE_TRUTH_H

/*
 * The truth file: one JSON object a line, in the order of time, each line flushed as it is written.
 *
 *   {"t_ns":N,"slot":"A","fact":"supply-fell"}                 with "value", "text", "part" ("relays:1"), "relay" (from 1)
 *   {"t_ns":N,"slot":"A","line":"supply","level":0,"written_ns":M}
 *
 * t_ns is CLOCK_MONOTONIC when it happened in the plant; written_ns when the line was driven. Without a file nothing is
 * written.
 */

#include "drivers/sim/plant/plant.h"
#include "rig/base/error.h"

#include <stdio.h>

struct truth {
	FILE *file;             /* NULL: none */
};

MUST_USE bool truth_open(struct truth *truth, const char *path, struct error *error);
void truth_close(struct truth *truth);

/* `slot` and `part` as they are to stand there; NULL: not at all. */
void truth_fact(struct truth *truth, const struct plant_output *output, const char *slot, const char *part);
void truth_line(struct truth *truth, const struct plant_output *output, const char *slot, int64_t written_ns);

/* Something about the wire and not the plant: a forbidden write, a command, the beginning. */
void truth_note(struct truth *truth, int64_t t_ns, const char *fact, const char *slot, const char *text);

#endif
