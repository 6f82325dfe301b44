/*
 * The search inside a plan: rounds and tries that are not needed are jumped over, each other round has its value. The same functions
 * serve a run and its recall from the journal, so a resumed search goes on where it was.
 */

#include "rig/run/engine_private.h"

static const struct plan_bisect *bisect_of(const struct engine *engine, int at)
{
	int index = engine->program->plan->steps[at].bisect;

	return index < 0 ? NULL : &engine->program->plan->bisects[index];
}

/* Step `at` is the first of a try; of which of its round. */
static bool begins_try(const struct plan_bisect *bisect, int at, int *number)
{
	int in_round = (at - bisect->first_step) % bisect->steps_per_round, steps = bisect->steps_per_round / bisect->tries;

	*number = in_round / steps;
	return in_round % steps == 0;
}

int bisect_enter(const struct engine *engine, struct slot_run *run, int at)
{
	const struct plan_bisect *bisect = bisect_of(engine, at);
	int index = engine->program->plan->steps[at].bisect, number;

	if (!bisect || !begins_try(bisect, at, &number))
		return -1;
	if (number > 0) /* seen once is seen: the round's other tries are not needed */
		return run->round_seen ? at + bisect->steps_per_round - number * (bisect->steps_per_round / bisect->tries) : -1;
	if (at == bisect->first_step) {
		run->low_ns[index] = bisect->from_ns;
		run->high_ns[index] = bisect->to_ns;
	}
	run->round_seen = false;
	if (plan_bisect_value(bisect, run->low_ns[index], run->high_ns[index], &run->value_ns))
		return -1;
	return bisect->first_step + bisect->rounds * bisect->steps_per_round;
}

/* Behind the last step of a try: what was seen ends the round, and so does its last try. */
void bisect_leave(const struct engine *engine, struct slot_run *run, int at)
{
	const struct plan_bisect *bisect = bisect_of(engine, at);
	int index = engine->program->plan->steps[at].bisect, steps, in_round;

	if (!bisect)
		return;
	steps = bisect->steps_per_round / bisect->tries;
	in_round = (at - bisect->first_step) % bisect->steps_per_round;
	if (in_round % steps != steps - 1)
		return;
	if (run->round_seen)
		run->high_ns[index] = run->value_ns;
	else if (in_round == bisect->steps_per_round - 1)
		run->low_ns[index] = run->value_ns;
}

int bisect_again(const struct engine *engine, const struct slot_run *run)
{
	const struct plan_bisect *bisect = bisect_of(engine, run->at);

	if (!bisect || run->round_seen)
		return run->at;
	return run->at - (run->at - bisect->first_step) % (bisect->steps_per_round / bisect->tries);
}
