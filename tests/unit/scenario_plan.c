/* Unrolled scenarios: which steps, with which values, between which instants, and at what cost. */

#include "rig/scenario/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "scenario: t\nversion: 1\nexpects: []\n"

static struct scenario scenario;
static struct plan plan;

static void make(const char *text, int64_t recharge_ns)
{
	static char printed[20000];
	struct problems problems;
	struct text out;

	problems_init(&problems);
	text_init(&out, printed, sizeof printed);
	if (scenario_parse(&scenario, "f", text, strlen(text), NULL, 0, &problems))
		(void)!plan_make(&plan, &scenario, recharge_ns, &problems);
	problems_print(&problems, &out);
	assert_string_equal(printed, "");
	problems_done(&problems);
}

static void done(void)
{
	plan_done(&plan);
	scenario_done(&scenario);
}

/* The plan refuses for one reason. */
static void refused(const char *text, const char *why)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(scenario_parse(&scenario, "f", text, strlen(text), NULL, 0, &problems));
	assert_false(plan_make(&plan, &scenario, 0, &problems));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].text, why);
	assert_int_equal(plan.count, 0);
	problems_done(&problems);
	scenario_done(&scenario);
}

static void loops_become_steps_with_values_put_in(void **state)
{
	static const int64_t expected_s[] = {120, 1, 120, 10, 120, 1, 120, 10};
	int i;

	(void)state;
	make(HEAD "steps:\n  - supply: on\n  - repeat: 2\n    steps:\n      - for-each: {pause: [1s, 10s]}\n        steps:\n"
		  "          - cut: 120s\n          - hold: $pause\n", 0);
	assert_int_equal(plan.count, 9);
	for (i = 0; i < 8; i++) {
		assert_int_equal(plan.steps[1 + i].verb, i % 2 ? VERB_HOLD : VERB_CUT);
		assert_int_equal(plan.steps[1 + i].for_ns, expected_s[i] * NS_PER_S);
		assert_int_equal(plan.steps[1 + i].at.line, i % 2 ? 11 : 10);
	}
	assert_int_equal(plan.consumption.cuts, 4);
	assert_int_equal(plan.consumption.without_supply_ns, 480 * NS_PER_S);
	done();
}

static void texts_of_a_loop_are_put_in_too(void **state)
{
	(void)state;
	make(HEAD "steps:\n  - supply: on\n  - for-each: {image: [a.ota, b.ota]}\n    steps:\n      - transfer: $image\n        within: 1h\n"
		  "      - gate: irreversible\n      - activate: now\n", 0);
	assert_string_equal(plan.steps[1].text, "a.ota");
	assert_string_equal(plan.steps[4].text, "b.ota");
	assert_int_equal(plan.consumption.activations, 2);
	assert_int_equal(plan.consumption.transfers, 2);
	done();
}

/* design.md's journey, added up by hand. */
static void times_of_the_journey_add_up(void **state)
{
	int64_t control_ns = (600 + 240 + 300 + 20) * NS_PER_S, at_ns;
	struct problems problems;

	(void)state;
	problems_init(&problems);
	assert_true(scenario_load(&scenario, "tests/files/design/scenario.yaml", NULL, 0, &problems));
	assert_true(plan_make(&plan, &scenario, 600 * NS_PER_S, &problems));
	assert_int_equal(plan.steps[2].earliest_end_ns, 240 * NS_PER_S);
	at_ns = 10 * NS_PER_S + 15 * NS_PER_MIN;
	assert_int_equal(plan.steps[2].latest_begin_ns, at_ns);
	at_ns += control_ns + 4 * NS_PER_H + NS_PER_H + 60 * NS_PER_S;
	assert_int_equal(plan.steps[5].latest_end_ns, at_ns);
	/* The watch ends an hour after the activation, and the activation may be as late as the end of its step. */
	assert_int_equal(plan.steps[6].earliest_end_ns, 240 * NS_PER_S + NS_PER_H);
	assert_int_equal(plan.steps[6].latest_end_ns, at_ns + NS_PER_H);
	at_ns += NS_PER_H + 10 * NS_PER_MIN + control_ns + control_ns - 180 * NS_PER_S;
	assert_int_equal(plan.latest_end_ns, at_ns);
	assert_int_equal(plan.earliest_end_ns, (240 + 3600 + 240 + 60 + 300) * NS_PER_S);
	assert_int_equal(plan.consumption.activations, 1);
	assert_int_equal(plan.consumption.controls, 3);
	assert_int_equal(plan.consumption.cuts, 3);
	done();
	problems_done(&problems);
}

static void a_watch_that_is_over_when_it_begins_ends_at_once(void **state)
{
	(void)state;
	make(HEAD "steps:\n  - supply: on\n  - hold: 10min\n  - judge: outage\n    from: start\n    until: 5min after start\n", 0);
	assert_int_equal(plan.steps[2].earliest_end_ns, 10 * NS_PER_MIN);
	assert_int_equal(plan.steps[2].latest_end_ns, 10 * NS_PER_MIN + 10 * NS_PER_S);
	done();
}

static void a_bisect_is_unrolled_to_its_worst_case(void **state)
{
	(void)state;
	make(HEAD "steps:\n  - supply: on\n  - bisect: {from: 120s, to: 300s, step: 1s, seek: ad1}\n    steps:\n      - cut: $length\n"
		  "      - hold: 30min\n", 0);
	assert_int_equal(plan.bisect_count, 1);
	assert_int_equal(plan.bisects[0].rounds, 8); /* 180 steps: ceil(log2(180)) */
	assert_int_equal(plan.bisects[0].first_step, 1);
	assert_int_equal(plan.bisects[0].steps_per_round, 2);
	assert_int_equal(plan.count, 1 + 8 * 2);
	assert_true(plan.steps[1].value_from_bisect);
	assert_int_equal(plan.steps[1].for_ns, 300 * NS_PER_S);
	assert_int_equal(plan.steps[1].earliest_end_ns, 120 * NS_PER_S);
	assert_int_equal(plan.steps[16].round, 7);
	assert_int_equal(plan.steps[0].bisect, -1);
	done();
}

/* For every threshold a search that follows plan.h ends with it between low and high, one step apart, within the rounds planned. */
static void a_bisect_finds_every_threshold_within_its_rounds(void **state)
{
	static const int64_t steps[] = {NS_PER_S, 7 * NS_PER_S, 500 * NS_PER_MS};
	int64_t threshold, low, high, value;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct plan_bisect bisect = {.from_ns = 120 * NS_PER_S, .to_ns = 300 * NS_PER_S, .step_ns = steps[i]};
		int rounds, most = 0, planned = 0;

		for (threshold = bisect.from_ns + 1; threshold <= bisect.to_ns; threshold += 333 * NS_PER_MS) {
			low = bisect.from_ns;
			high = bisect.to_ns;
			for (rounds = 0; plan_bisect_value(&bisect, low, high, &value); rounds++) {
				assert_true(value > low && value < high);
				assert_int_equal((value - bisect.from_ns) % bisect.step_ns, 0);
				*(value >= threshold ? &high : &low) = value;
			}
			assert_true(low < threshold && threshold <= high && high - low <= bisect.step_ns);
			most = rounds > most ? rounds : most;
		}
		for (value = (bisect.to_ns - bisect.from_ns + bisect.step_ns - 1) / bisect.step_ns; value > 1; value -= value / 2)
			planned++;
		assert_int_equal(most, planned);
	}
}

static void finally_comes_last_and_is_marked(void **state)
{
	(void)state;
	make(HEAD "steps:\n  - supply: on\nfinally:\n  - note: off again\n  - supply: off\n", 0);
	assert_int_equal(plan.count, 3);
	assert_int_equal(plan.finally_first, 1);
	assert_false(plan.steps[0].finally);
	assert_true(plan.steps[1].finally && plan.steps[2].finally);
	assert_int_equal(plan.steps[1].within_ns, 0);
	done();
}

static void what_cannot_be_planned_is_refused(void **state)
{
	(void)state;
	refused(HEAD "steps:\n  - supply: on\n  - repeat: 1000\n    steps:\n      - repeat: 11\n        steps:\n          - hold: 1s\n",
		"the scenario unrolls into more than 10000 steps; repeat less");
	refused(HEAD "steps:\n  - supply: on\n  - bisect: {from: 1s, to: 10d, step: 1ms, seek: ad1}\n    steps:\n      - cut: $length\n",
		"this bisect needs more than 24 rounds; take a larger 'step'");
	refused(HEAD "parameters: {pause: required}\nsteps:\n  - supply: on\n  - hold: $pause\n",
		"a duration or voltage of this step is a required parameter without a value; add --set NAME=VALUE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_become_steps_with_values_put_in),
		cmocka_unit_test(texts_of_a_loop_are_put_in_too),
		cmocka_unit_test(times_of_the_journey_add_up),
		cmocka_unit_test(a_watch_that_is_over_when_it_begins_ends_at_once),
		cmocka_unit_test(a_bisect_is_unrolled_to_its_worst_case),
		cmocka_unit_test(a_bisect_finds_every_threshold_within_its_rounds),
		cmocka_unit_test(finally_comes_last_and_is_marked),
		cmocka_unit_test(what_cannot_be_planned_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
