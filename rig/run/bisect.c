/*
 * The search inside a plan: rounds that are not needed are jumped over, each other round has its value. The same functions
 * serve a run and its recall from the journal, so a resumed search goes on where it was.
 */

#include "rig/run/engine_private.h"

static const struct plan_bisect *bisect_of(const struct engine *engine, int at)
{
	int index = engine->program->plan->steps[at].bisect;

	return index < 0 ? NULL : &engine->program->plan->bisects[index];
}

int bisect_enter(const struct engine *engine, struct slot_run *run, int at)
{
	const struct plan_bisect *bisect = bisect_of(engine, at);
	int index = engine->program->plan->steps[at].bisect;

	if (!bisect || (at - bisect->first_step) % bisect->steps_per_round != 0)
		return -1;
	if (at == bisect->first_step) {
		run->low_ns[index] = bisect->from_ns;
		run->high_ns[index] = bisect->to_ns;
	}
	run->round_seen = false;
	if (plan_bisect_value(bisect, run->low_ns[index], run->high_ns[index], &run->value_ns))
		return -1;
	return bisect->first_step + bisect->rounds * bisect->steps_per_round;
}

void bisect_leave(const struct engine *engine, struct slot_run *run, int at)
{
	const struct plan_bisect *bisect = bisect_of(engine, at);
	int index = engine->program->plan->steps[at].bisect;

	if (!bisect || (at - bisect->first_step) % bisect->steps_per_round != bisect->steps_per_round - 1)
		return;
	if (run->round_seen)
		run->high_ns[index] = run->value_ns;
	else
		run->low_ns[index] = run->value_ns;
}
