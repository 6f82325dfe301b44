#ifndef HILRIG_RIG_SCENARIO_PLAN_H
#define HILRIG_RIG_SCENARIO_PLAN_H

/*
 * A scenario unrolled: one straight list of steps that every slot of the run goes through, with bounds in time and what it
 * consumes. The engine executes this list and `hilrig plan` prints it.
 *
 * repeat and for-each are gone: their steps stand there as often as they happen, with values put in. A bisect is unrolled
 * to its worst case: `rounds` times its steps, one behind the other, and plan.bisects says where. A program counter only goes
 * forward. In a slot, at the first step of a round, the engine takes `low` and `high` (first from_ns and to_ns: the sought
 * event is taken as not seen at from and seen at to); once high - low <= step_ns it jumps behind the last round; else the
 * value of the round is low + (high - low) / 2, rounded down to a whole number of steps from from_ns: plan_bisect_value().
 * At the end of the round high becomes the value if the event was seen during the round, else low does.
 * A step with `value_from_bisect` takes the round's value for `for_ns`; what stands there is the longest it can be.
 *
 * Times count from the start of the slot's first step; slots that share a group start staggered by the group's time.
 * earliest takes every wait as satisfied at once, latest takes every bound in full, and both are monotone. A step's
 * `within_ns` is always above 0 but for notes: the engine's deadline for it is its begin + within_ns.
 * A judge step has no bound of its own but an end: its begin or the moment, plus until_ns.
 *
 * plan_make allocates, plan_done gives back; nothing else here allocates. The scenario must outlive its plan.
 */

#include "rig/bench/bench.h"
#include "rig/scenario/scenario.h"

#define PLAN_STEPS_MAX 10000
#define PLAN_BISECTS_MAX 64
#define PLAN_ROUNDS_MAX 24          /* of one bisect */

struct plan_step {
	enum verb verb;             /* never a loop */
	int source;                 /* index into scenario.steps */
	struct place at;            /* in the scenario's file */
	bool finally;               /* runs also after a fault or a stop, if the slot may still be switched */
	int bisect;                 /* index into plan.bisects; -1: none */
	int round;                  /* of the bisect, from 0 */
	bool value_from_bisect;     /* for_ns is the round's value */

	enum switching switching;
	enum wait_for wait;
	enum polarity polarity;
	enum moment from, until_moment;
	unsigned cases;
	int64_t for_ns;             /* length of a cut, a hold, a ramp */
	int64_t watch_ns;           /* CONTROL: after the cut */
	int64_t until_ns;           /* JUDGE */
	int64_t level_mv;
	int64_t within_ns;          /* deadline from the step's begin */
	const char *text;           /* image, question, note; borrowed from the scenario; "" where there is none */
	const char *answer;         /* PROMPT: if nobody answers; as above */

	int64_t earliest_begin_ns, earliest_end_ns;
	int64_t latest_begin_ns, latest_end_ns;
};

struct plan_bisect {
	int first_step;             /* index into plan.steps */
	int steps_per_round;
	int rounds;                 /* worst case */
	int tries;                  /* of a round: the same steps, as long as what is sought was not seen */
	int64_t from_ns, to_ns, step_ns;
	enum case_kind seek;
};

/* What one slot spends, in the worst case. */
struct plan_consumption {
	int activations;            /* irreversible: one per meter and pair of versions */
	int cuts;                   /* of the hub's supply, controls included */
	int controls;
	int mains_cuts;
	int transfers;
	int prompts;                /* a person must be there */
	int64_t without_supply_ns;  /* sum of cuts */
};

struct plan {
	const struct scenario *scenario;
	struct plan_step *steps;
	int count;
	int finally_first;          /* index of the first step of finally; count if there is none */
	struct plan_bisect bisects[PLAN_BISECTS_MAX];
	int bisect_count;
	struct plan_consumption consumption;
	int64_t earliest_end_ns;    /* of one slot */
	int64_t latest_end_ns;
};

/*
 * Unrolls. `recharge_ns` is the longest recharge time of the slots that take part (0: none stated); it enters the bounds
 * of controls. Adds to `problems`, in the scenario's file, and returns false if a duration is a required parameter
 * without a value or a maximum above is passed; `plan` is then empty.
 */
MUST_USE bool plan_make(struct plan *plan, const struct scenario *scenario, int64_t recharge_ns, struct problems *problems);
void plan_done(struct plan *plan);

/* True if the search goes on with [low, high]; then *value_ns is the round's value. */
bool plan_bisect_value(const struct plan_bisect *bisect, int64_t low_ns, int64_t high_ns, int64_t *value_ns);

#endif
