#ifndef HILRIG_RIG_SCENARIO_CLAIM_H
#define HILRIG_RIG_SCENARIO_CLAIM_H

/*
 * What may be said of a device afterwards, as far as the wiring of its slot decides it: the sentences and the least evidence
 * that each needs. That the evidence then is there (controls passed, observer healthy, version changed) only the run decides.
 */

#include "rig/bench/bench.h"

enum claim {
	CLAIM_OUTAGE,          /* T of the outage, with its uncertainty */
	CLAIM_AD1_RAISED,      /* AD1 was raised: seen at one point */
	CLAIM_AD1_NOT_RAISED,  /* AD1 was not raised: nobody at the hub saw one, and controls show that it would have been seen */
	CLAIM_MISSING,         /* an expected AD1 is missing: the hub was recharged before the outage */
	CLAIM_FIRMWARE,        /* the version changed, read back */
	CLAIM_NOT_MAINS,       /* the outage was no mains outage */
	CLAIM_COUNT
};

/* "T of an outage, with its uncertainty", ... */
const char *claim_text(enum claim claim);

/* What the slot lacks for it, in a few words; NULL if nothing. */
const char *claim_lacks(const struct bench *bench, int slot, enum claim claim);

/* The point at which the slot's observer listens; NULL: it has none that knows AD1. */
const char *claim_point(const struct bench *bench, int slot);

#endif
