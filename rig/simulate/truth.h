#ifndef HILRIG_RIG_SIMULATE_TRUTH_H
#define HILRIG_RIG_SIMULATE_TRUTH_H

/*
 * The truth about a simulated run, as the plant told it: kept in order, apart from the evidence, and written as JSON lines
 *
 *   {"t_ns":N,"slot":"A","fact":"supply-fell"}      with "value" and "text" where there is one
 *
 * whose words are those of the wire faces' truth files (drivers/sim/plant/plant.h). The rig never reads it.
 */

#include "drivers/sim/plant/plant.h"
#include "rig/base/error.h"
#include "rig/journal/record.h"

#include <stdio.h>

#define TRUTH_TEXT_SIZE 32

struct truth_fact {
	int64_t t_ns;
	char slot[SLOT_NAME_SIZE];     /* "": the bench */
	enum plant_fact fact;
	int part, relay;               /* board or supply; PLANT_NONE */
	int64_t value;
	char text[TRUTH_TEXT_SIZE];
};

struct truth {
	struct truth_fact *facts;      /* owned */
	size_t count, size;
	bool lost;                     /* there was no memory for a fact: the truth is not whole */
};

void truth_init(struct truth *truth);
void truth_done(struct truth *truth);

/* Empty, with its memory kept. */
void truth_clear(struct truth *truth);

/* For world_settings.fact; self is a struct truth. */
void truth_take(void *self, const char *slot, const struct plant_output *fact);

/* Errors of `out` show in ferror(out). */
void truth_put(const struct truth *truth, FILE *out);

#endif
