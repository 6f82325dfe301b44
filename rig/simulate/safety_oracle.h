#ifndef HILRIG_RIG_SIMULATE_SAFETY_ORACLE_H
#define HILRIG_RIG_SIMULATE_SAFETY_ORACLE_H

/*
 * Whether the rig did what it owes to people and devices, from what its relays and supplies were told and when (facts/safety.md): nothing
 * is switched on while an input that protects people forbids it, nor after an emergency stop or an open door until somebody has armed
 * anew, nor sooner than its shortest time off; what is on goes off in time when an input forbids it; no supply is set above the bench's
 * limits, nor gives anything before its own protections are at them; and at the end nothing is on.
 *
 * On a bench at safe voltages no input forbids what is not on: there one that is lost ends the run, if anything was on, and nothing
 * comes back. A contact that is welded there is closed before a supply that is off.
 */

#include "rig/run/assemble.h"
#include "rig/simulate/truth.h"

#define SAFETY_OFF_WITHIN_NS (2 * NS_PER_S)     /* an input forbids, and every relay has been told */
#define SAFETY_NOTICED_NS (200 * NS_PER_MS)     /* what was decided before the input was read is not held against anybody */
#define SAFETY_SEEN_NS (100 * NS_PER_MS)        /* an input that is bad for so long is seen by somebody who lives */
#define SAFETY_TEXT_SIZE 200
#define SAFETY_DEATHS_MAX 16

/* When the rig was dead, without a supervisor. */
struct safety_deaths {
	int count;
	struct { int64_t from_ns, to_ns; } list[SAFETY_DEATHS_MAX];
};

struct safety_run {
	const struct safety_deaths *deaths; /* borrowed */
	bool ended, is_off;                 /* as engine_is_off */
	int64_t said_ns;                    /* the instant of its end line, by which it says that */
	bool reachable;                     /* no fault of a bus kept the relays from being told */
	bool hazardous;                     /* what it switches may hurt somebody */
	int64_t flush_ns;                   /* longest that the disk took to keep a line: what it had not taken when the rig died, no later life knows */
	int64_t off_min_ns;                 /* shortest time off of every relay */
	int64_t volts_max_mv, amps_max_ma;  /* of every supply; 0: the bench has no such limit */
};

/* False: `why` is a sentence. */
MUST_USE bool safety_oracle(const struct truth *truth, const struct safety_run *run, char why[SAFETY_TEXT_SIZE]);

#endif
