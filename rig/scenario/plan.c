/* Unrolls a scenario: loops become steps with values, steps become bounds in time, and what is consumed is counted. */

#include "rig/scenario/plan.h"

#include <stdlib.h>
#include <string.h>


struct unrolling {
	struct plan *plan;
	const struct scenario *scenario;
	struct problems *problems;
	int64_t recharge_ns;
	int room;
	int value[SCENARIO_STEPS_MAX]; /* of a for-each: which value it is at */
	int bisect, round;             /* the one that is being unrolled; -1: none */
	int64_t earliest_ns, latest_ns;
	int64_t moment_earliest_ns[MOMENT_COUNT], moment_latest_ns[MOMENT_COUNT];
	bool energised, controlled;
	bool failed;
};

static bool refuse(struct unrolling *unrolling, const struct scenario_step *step, const char *text)
{
	unrolling->failed = true;
	return problem_add(unrolling->problems, unrolling->scenario->path, step->at, "%s", text);
}

/* ---- One step ---- */

static struct plan_step *step_add(struct unrolling *unrolling, const struct scenario_step *from)
{
	struct plan *plan = unrolling->plan;

	if (plan->count == PLAN_STEPS_MAX) {
		(void)refuse(unrolling, from, "the scenario unrolls into more than 10000 steps; repeat less");
		return NULL;
	}
	if (plan->count == unrolling->room) {
		unrolling->room = unrolling->room * 2 + 32;
		plan->steps = realloc(plan->steps, (size_t)unrolling->room * sizeof *plan->steps);
		if (!plan->steps)
			abort();
	}
	plan->steps[plan->count] = (struct plan_step){.verb = from->verb};
	return &plan->steps[plan->count++];
}

static int64_t amount_of(struct unrolling *unrolling, const struct scenario_step *step, struct quantity quantity)
{
	const struct scenario *scenario = unrolling->scenario;
	const struct scenario_step *loop;

	if (quantity.loop == QUANTITY_OPEN)
		(void)refuse(unrolling, step, "a duration or voltage of this step is a required parameter without a value; add --set NAME=VALUE");
	if (quantity.loop < 0)
		return quantity.amount;
	loop = &scenario->steps[quantity.loop];
	if (loop->verb == VERB_BISECT)
		return loop->bisect.to_ns;
	return scenario->values[loop->first_value + unrolling->value[quantity.loop]].amount;
}

static const char *text_of(const struct unrolling *unrolling, const struct scenario_step *step)
{
	const struct scenario *scenario = unrolling->scenario;

	if (step->text_loop < 0 || scenario->steps[step->text_loop].verb != VERB_FOR_EACH)
		return step->text;
	return scenario->values[scenario->steps[step->text_loop].first_value + unrolling->value[step->text_loop]].text;
}

static bool is_bisect_value(const struct unrolling *unrolling, struct quantity quantity)
{
	return quantity.loop >= 0 && unrolling->scenario->steps[quantity.loop].verb == VERB_BISECT;
}

static void resolve(struct unrolling *unrolling, const struct scenario_step *from, struct plan_step *to)
{
	to->source = (int)(from - unrolling->scenario->steps);
	to->at = from->at;
	to->finally = from->finally;
	to->bisect = unrolling->bisect;
	to->round = unrolling->round;
	to->value_from_bisect = is_bisect_value(unrolling, from->for_ns);
	to->switching = from->switching;
	to->wait = from->wait;
	to->polarity = from->polarity;
	to->from = from->from;
	to->until_moment = from->until_moment;
	to->cases = from->cases;
	to->for_ns = amount_of(unrolling, from, from->for_ns);
	to->watch_ns = amount_of(unrolling, from, from->watch_ns);
	to->until_ns = amount_of(unrolling, from, from->until_ns);
	to->level_mv = amount_of(unrolling, from, from->level_mv);
	to->within_ns = amount_of(unrolling, from, from->within_ns);
	to->text = text_of(unrolling, from);
	to->answer = from->answer;
}

/* ---- Time ---- */

struct span_of {
	int64_t least_ns, most_ns;
};

static int64_t shortest(const struct unrolling *unrolling, const struct plan_step *step)
{
	return step->value_from_bisect ? unrolling->plan->bisects[step->bisect].from_ns : step->for_ns;
}

/* How long a step takes at least and at most; its bound is made to agree. */
static struct span_of span_of(const struct unrolling *unrolling, struct plan_step *step)
{
	int64_t least = shortest(unrolling, step);

	switch (step->verb) {
	case VERB_MAINS:
		if (step->switching != SWITCHING_CUT)
			return (struct span_of){0, step->within_ns};
		step->within_ns += step->for_ns;
		return (struct span_of){least, step->within_ns};
	case VERB_CUT:
		step->within_ns += step->for_ns;
		return (struct span_of){least, step->within_ns};
	case VERB_RAMP:
		step->within_ns = step->for_ns + SWITCH_WITHIN_NS;
		return (struct span_of){least, step->within_ns};
	case VERB_HOLD:
		step->within_ns = step->for_ns;
		return (struct span_of){least, step->for_ns};
	case VERB_CONTROL:
		/* A cut says something only once the hub's store is full; a positive one may be seen early, a negative one never. */
		step->within_ns = unrolling->recharge_ns + step->for_ns + step->watch_ns + 2 * SWITCH_WITHIN_NS;
		return (struct span_of){least + (step->polarity == POLARITY_NEGATIVE ? step->watch_ns : 0), step->within_ns};
	case VERB_NOTE:
		step->within_ns = 0;
		return (struct span_of){0, 0};
	case VERB_SUPPLY:
	case VERB_SET:
	case VERB_WAIT:
	case VERB_TRANSFER:
	case VERB_GATE:
	case VERB_ACTIVATE:
	case VERB_JUDGE:
	case VERB_CONFIRM:
	case VERB_PROMPT:
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		break;
	}
	return (struct span_of){0, step->within_ns};
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void remember(struct unrolling *unrolling, enum moment moment, int64_t earliest_ns, int64_t latest_ns)
{
	unrolling->moment_earliest_ns[moment] = earliest_ns;
	unrolling->moment_latest_ns[moment] = latest_ns;
}

static void keep_moments(struct unrolling *unrolling, const struct plan_step *step)
{
	bool energises = step->verb == VERB_SUPPLY || step->verb == VERB_MAINS;

	if (energises && step->switching == SWITCHING_ON && !unrolling->energised) {
		unrolling->energised = true;
		remember(unrolling, MOMENT_START, step->earliest_begin_ns, step->latest_end_ns);
	}
	if (step->verb == VERB_TRANSFER)
		remember(unrolling, MOMENT_FIRST_BLOCK, step->earliest_begin_ns, step->latest_end_ns);
	if (step->verb == VERB_CONTROL && step->polarity == POLARITY_POSITIVE && !unrolling->controlled) {
		unrolling->controlled = true;
		remember(unrolling, MOMENT_CONTROL, step->earliest_end_ns, step->latest_end_ns);
	}
	if (step->verb == VERB_ACTIVATE)
		remember(unrolling, MOMENT_ACTIVATE, step->earliest_begin_ns, step->latest_end_ns);
}

static void take_time(struct unrolling *unrolling, struct plan_step *step)
{
	struct span_of span = span_of(unrolling, step);

	step->earliest_begin_ns = unrolling->earliest_ns;
	step->latest_begin_ns = unrolling->latest_ns;
	step->earliest_end_ns = step->earliest_begin_ns + span.least_ns;
	step->latest_end_ns = step->latest_begin_ns + span.most_ns;
	if (step->verb == VERB_JUDGE) {
		remember(unrolling, MOMENT_HERE, step->earliest_begin_ns, step->latest_begin_ns);
		step->within_ns = later(step->until_ns, NS_PER_MS);
		step->earliest_end_ns = later(step->earliest_begin_ns, unrolling->moment_earliest_ns[step->until_moment] + step->until_ns);
		step->latest_end_ns = later(step->latest_begin_ns, unrolling->moment_latest_ns[step->until_moment] + step->until_ns);
	}
	keep_moments(unrolling, step);
	unrolling->earliest_ns = step->earliest_end_ns;
	unrolling->latest_ns = step->latest_end_ns;
}

/* ---- Consumption ---- */

static void count(struct plan_consumption *consumption, const struct plan_step *step)
{
	bool cuts_mains = step->verb == VERB_MAINS && step->switching == SWITCHING_CUT;

	consumption->activations += step->verb == VERB_ACTIVATE;
	consumption->controls += step->verb == VERB_CONTROL;
	consumption->cuts += step->verb == VERB_CUT || step->verb == VERB_CONTROL;
	consumption->mains_cuts += cuts_mains;
	consumption->transfers += step->verb == VERB_TRANSFER;
	consumption->prompts += step->verb == VERB_PROMPT;
	if (step->verb == VERB_CUT || step->verb == VERB_CONTROL || cuts_mains)
		consumption->without_supply_ns += step->for_ns;
}

/* ---- Loops ---- */

static void unroll_step(struct unrolling *unrolling, const struct scenario_step *from)
{
	struct plan_step *step = step_add(unrolling, from);

	if (!step)
		return;
	resolve(unrolling, from, step);
	take_time(unrolling, step);
	count(&unrolling->plan->consumption, step);
}

static void unroll_loop(struct unrolling *unrolling, int index);

static void unroll_steps(struct unrolling *unrolling, int first, int end)
{
	const struct scenario_step *steps = unrolling->scenario->steps;
	int i;

	for (i = first; i < end && !unrolling->failed; i = steps[i].end) {
		if (unrolling->scenario->manual && steps[i].text[0] == '$')
			continue; /* its image was not named: it cannot be asked for */
		if (steps[i].end > i + 1 || steps[i].verb == VERB_REPEAT || steps[i].verb == VERB_FOR_EACH || steps[i].verb == VERB_BISECT)
			unroll_loop(unrolling, i);
		else
			unroll_step(unrolling, &steps[i]);
	}
}

/* So that halving `steps` steps ends at one. */
static int rounds_of(int64_t steps)
{
	int rounds = 0;

	for (; steps > 1; steps = steps - steps / 2)
		rounds++;
	return rounds;
}

static void unroll_bisect(struct unrolling *unrolling, int index)
{
	const struct scenario_step *loop = &unrolling->scenario->steps[index];
	int64_t width = loop->bisect.to_ns - loop->bisect.from_ns, step_ns = loop->bisect.step_ns;
	struct plan *plan = unrolling->plan;
	struct plan_bisect *bisect = &plan->bisects[plan->bisect_count];
	int again;

	if (plan->bisect_count == PLAN_BISECTS_MAX) {
		(void)refuse(unrolling, loop, "the scenario unrolls into more than 64 bisects; repeat less");
		return;
	}
	*bisect = (struct plan_bisect){.first_step = plan->count, .from_ns = loop->bisect.from_ns, .to_ns = loop->bisect.to_ns,
		.step_ns = step_ns, .seek = loop->bisect.seek, .tries = loop->bisect.tries, .rounds = rounds_of(width / step_ns + (width % step_ns != 0))};
	if (bisect->rounds > PLAN_ROUNDS_MAX) {
		(void)refuse(unrolling, loop, "this bisect needs more than 24 rounds; take a larger 'step'");
		return;
	}
	unrolling->bisect = plan->bisect_count++;
	for (unrolling->round = 0; unrolling->round < bisect->rounds && !unrolling->failed; unrolling->round++)
		for (again = 0; again < bisect->tries && !unrolling->failed; again++)
			unroll_steps(unrolling, index + 1, loop->end);
	if (bisect->rounds > 0)
		bisect->steps_per_round = (plan->count - bisect->first_step) / bisect->rounds;
	unrolling->bisect = -1;
	unrolling->round = 0;
}

static void unroll_loop(struct unrolling *unrolling, int index)
{
	const struct scenario_step *loop = &unrolling->scenario->steps[index];
	int i;

	if (loop->verb == VERB_BISECT) {
		unroll_bisect(unrolling, index);
		return;
	}
	if (loop->verb == VERB_REPEAT) {
		for (i = 0; i < loop->repeat && !unrolling->failed; i++)
			unroll_steps(unrolling, index + 1, loop->end);
		return;
	}
	for (i = 0; i < loop->value_count && !unrolling->failed; i++) {
		unrolling->value[index] = i;
		unroll_steps(unrolling, index + 1, loop->end);
	}
}

bool plan_make(struct plan *plan, const struct scenario *scenario, int64_t recharge_ns, struct problems *problems)
{
	struct unrolling unrolling = {.plan = plan, .scenario = scenario, .problems = problems, .recharge_ns = recharge_ns, .bisect = -1};

	*plan = (struct plan){.scenario = scenario};
	unroll_steps(&unrolling, 0, scenario->finally_first);
	plan->finally_first = plan->count;
	unroll_steps(&unrolling, scenario->finally_first, scenario->step_count);
	plan->earliest_end_ns = unrolling.earliest_ns;
	plan->latest_end_ns = unrolling.latest_ns;
	if (!unrolling.failed)
		return true;
	plan_done(plan);
	return false;
}

void plan_done(struct plan *plan)
{
	free(plan->steps);
	*plan = (struct plan){.steps = NULL};
}

bool plan_bisect_value(const struct plan_bisect *bisect, int64_t low_ns, int64_t high_ns, int64_t *value_ns)
{
	int64_t width = high_ns - low_ns, steps;

	if (width <= bisect->step_ns)
		return false;
	steps = width / bisect->step_ns + (width % bisect->step_ns != 0);
	*value_ns = low_ns + steps / 2 * bisect->step_ns;
	return true;
}
