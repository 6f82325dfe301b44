#ifndef HILRIG_RIG_SIMULATE_SAFETY_ORACLE_H
#define HILRIG_RIG_SIMULATE_SAFETY_ORACLE_H

/*
 * Whether the rig did what it owes to people and devices, from what its relays were told and when (facts/safety.md): nothing is
 * switched on while an input that protects people forbids it, nor after it until somebody has armed anew; what is on goes off in time when one does; and at the end nothing is on.
 * Minimum off times are not looked at.
 */

#include "rig/run/assemble.h"
#include "rig/simulate/truth.h"

#define SAFETY_OFF_WITHIN_NS (2 * NS_PER_S)     /* an input forbids, and every relay has been told */
#define SAFETY_NOTICED_NS (200 * NS_PER_MS)     /* what was decided before the input was read is not held against anybody */
#define SAFETY_TEXT_SIZE 200
#define SAFETY_DEATHS_MAX 16

/* When the rig was dead, without a supervisor. */
struct safety_deaths {
	int count;
	struct { int64_t from_ns, to_ns; } list[SAFETY_DEATHS_MAX];
};

/* False: `why` is a sentence. `is_off` as engine_is_off. `reachable`: no fault of a bus kept the relays from being told. */
MUST_USE bool safety_oracle(const struct truth *truth, const struct safety_deaths *deaths, bool ended, bool is_off, bool reachable,
			    char why[SAFETY_TEXT_SIZE]);

#endif
