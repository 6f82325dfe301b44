#ifndef HILRIG_RIG_SCENARIO_CHECK_H
#define HILRIG_RIG_SCENARIO_CHECK_H

/*
 * Whether files that are each right by themselves are right together: bench, load sheet, scenario, test order. Everything
 * that can be refused before anything is opened or energised is refused here.
 */

#include "rig/bench/bench.h"
#include "rig/scenario/band.h"
#include "rig/scenario/load.h"
#include "rig/scenario/order.h"
#include "rig/scenario/plan.h"
#include "rig/scenario/rule.h"
#include "rig/scenario/scenario.h"

/* What a run is made of. Only `bench` must be there. */
struct check_of {
	const struct bench *bench;
	const struct load *load;
	const struct scenario *scenario;
	const struct plan *plan;
	const struct order *order;
	const struct rule *rule;
	bool certify;               /* a run of which a signed report is made: proofs, budget and order must be there */
	const char *today;          /* "2026-11-23": proofs must not be over-due; NULL: not looked at */
};

/*
 * Which slots of the bench take part: those that the load sheet names, without one all of the bench that can do the
 * scenario; narrowed to `names` ("A,B") unless that is NULL. Sets taking_part[i] for slot i. A name that the bench or the load
 * sheet does not have is a problem of file "--slots".
 */
MUST_USE bool check_slots(const struct check_of *of, const char *names, bool taking_part[BENCH_SLOTS_MAX],
			  struct problems *problems);

/* All refusals for the slots that take part. True if there was none. */
MUST_USE bool check_run(const struct check_of *of, const bool taking_part[BENCH_SLOTS_MAX], struct problems *problems);

/* Why this slot cannot do the scenario, in a few words; NULL if it can. */
const char *check_slot_lacks(const struct bench *bench, int slot, const struct scenario *scenario);

#endif
