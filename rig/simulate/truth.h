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
	int64_t t_ns;                  /* by the host's clock ... */
	int64_t true_ns;               /* ... and in truth, which is something else if that clock runs wrong or stands still */
	char slot[SLOT_NAME_SIZE];     /* "": the bench */
	enum plant_fact fact;
	int part, relay;               /* board or supply; PLANT_NONE */
	int64_t value;
	char text[TRUTH_TEXT_SIZE];
};

struct truth {
	struct truth_fact *facts;      /* owned */
	size_t count, size;
	int64_t t_end_ns, true_end_ns; /* when the world ended; filled by who ran it */
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
