/* Files that are right by themselves and wrong together. */

#include "rig/scenario/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DESIGN "tests/files/design/"

/* The design document's bench, and whatever else a test brings. */
struct together {
	struct bench bench;
	struct load load;
	struct scenario scenario;
	struct order order;
	struct plan plan;
	struct check_of of;
	bool taking_part[BENCH_SLOTS_MAX];
	struct problems problems;
};

static struct together together;

static int setup(void **state)
{
	struct workspace workspace;

	(void)state;
	memset(&together, 0, sizeof together);
	problems_init(&together.problems);
	workspace_init_at(&workspace, ".");
	if (!bench_load(&together.bench, DESIGN "bench.yaml", &workspace, &together.problems))
		return -1;
	together.of.bench = &together.bench;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_done(&together.bench);
	if (together.of.load)
		load_done(&together.load);
	if (together.of.plan)
		plan_done(&together.plan);
	if (together.of.scenario)
		scenario_done(&together.scenario);
	if (together.of.order)
		order_done(&together.order);
	problems_done(&together.problems);
	return 0;
}

static void bring_load(const char *text)
{
	assert_true(load_parse(&together.load, "load", text, strlen(text), &together.problems));
	together.of.load = &together.load;
}

static void bring_scenario(const char *text)
{
	assert_true(scenario_parse(&together.scenario, "scenario", text, strlen(text), NULL, 0, &together.problems));
	together.of.scenario = &together.scenario;
	assert_true(plan_make(&together.plan, &together.scenario, 600 * NS_PER_S, &together.problems));
	together.of.plan = &together.plan;
}

static void bring_journey(void)
{
	assert_true(scenario_load(&together.scenario, DESIGN "scenario.yaml", NULL, 0, &together.problems));
	together.of.scenario = &together.scenario;
	assert_true(plan_make(&together.plan, &together.scenario, 600 * NS_PER_S, &together.problems));
	together.of.plan = &together.plan;
}

/* Which slots and all that is wrong. */
static void demand(const char *slots, const char *expected)
{
	static char printed[20000];
	struct text text;

	if (check_slots(&together.of, slots, together.taking_part, &together.problems))
		(void)!check_run(&together.of, together.taking_part, &together.problems);
	text_init(&text, printed, sizeof printed);
	problems_print(&together.problems, &text);
	assert_string_equal(printed, expected);
}

#define METER "meter: {guid: 00-DB-12-34-56-78-90-A0, known: read, firmware: 0002012F}"
#define HUB "hub: {guid: 00-DB-12-34-56-78-90-A5, known: read, kind: test}"

static void the_examples_are_right_together(void **state)
{
	(void)state;
	assert_true(load_load(&together.load, DESIGN "load.yaml", &together.problems));
	together.of.load = &together.load;
	assert_true(order_load(&together.order, DESIGN "order.yaml", &together.problems));
	together.of.order = &together.order;
	together.of.today = "2026-11-23";
	bring_journey();
	demand(NULL, "");
	assert_true(together.taking_part[0] && !together.taking_part[1]);
}

static void without_a_load_sheet_the_slots_that_can_take_part(void **state)
{
	(void)state;
	bring_journey();
	demand(NULL, "");
	assert_true(together.taking_part[0]);
	assert_false(together.taking_part[1]); /* a hub alone upgrades no meter */
	assert_string_equal(check_slot_lacks(&together.bench, 1, &together.scenario),
			    "nothing says when its hub is ready (console: hub: ready, or recharge_s)");
}

static void a_slot_that_is_named_must_be_able(void **state)
{
	(void)state;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - mains: cut 1s\n");
	demand("B", "scenario:6:5: slot B cannot do this: it has no 'mains'\n");
}

static void no_slot_that_is_able_is_refused_with_each_reason(void **state)
{
	(void)state;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - mains: cut 1s\n  - set: {supply: 9.0V}\n");
	demand(NULL, DESIGN "bench.yaml:18:3: slot A cannot do scenario s: it has no 'feed' with a supply whose level can be set\n"
		     DESIGN "bench.yaml:28:3: slot B cannot do scenario s: it has no 'mains'\n");
}

static void a_slot_that_is_not_on_the_bench_is_refused(void **state)
{
	(void)state;
	bring_load("load: l\nslots:\n  AB:\n    " HUB "\n");
	demand(NULL, "load:3:3: bench left-desk has no slot 'AB'\n");
}

static void a_slot_of_the_command_line_must_be_there_and_loaded(void **state)
{
	(void)state;
	bring_load("load: l\nslots:\n  A:\n    " METER "\n    " HUB "\n");
	demand("A,B,C", "--slots: load sheet l has nothing in slot 'B'\n--slots: bench left-desk has no slot 'C'\n");
}

static void a_meter_needs_mains_and_mains_a_meter(void **state)
{
	(void)state;
	bring_load("load: l\nslots:\n  A:\n    " HUB "\n  B:\n    " METER "\n    hub: {guid: 00-DB-12-34-56-78-90-A6, known: read}\n");
	demand(NULL, "load:3:3: slot A holds a meter with its hub and no 'meter' is given\n"
		     "load:6:12: slot B has no 'mains' and cannot hold a meter; a hub alone can stand there\n");
}

static void an_activation_needs_the_version_before_it(void **state)
{
	(void)state;
	bring_load("load: l\nslots:\n  A:\n    meter: {guid: 00-DB-12-34-56-78-90-A0, known: read}\n    " HUB "\n");
	bring_journey();
	demand(NULL, "load:4:12: the meter's 'firmware' is not given; an activation counts once per meter and pair of versions\n");
}

static void a_live_identity_is_refused_outside_production(void **state)
{
	(void)state;
	bring_load("load: l\nslots:\n  A:\n    " METER "\n    hub: {guid: 00-DB-12-34-56-78-90-A5, known: read, kind: production}\n"
		   "    mpan: \"1234567890123\"\n");
	demand(NULL, "load:5:10: a production hub with an MPAN on a bench that is not 'production' could raise a live AD1; use a test hub or "
		     "remove the MPAN\n");
}

static void a_device_outside_the_order_is_refused(void **state)
{
	static const char order[] = "order: o\ncustomer: c\nrule: mp102b\nattempts: 1\nsampling: none\nagreed: {on: 2026-11-20, by: n}\n"
				    "devices: [00-DB-12-34-56-78-90-FF]\n";

	(void)state;
	assert_true(order_parse(&together.order, "order", order, strlen(order), &together.problems));
	together.of.order = &together.order;
	bring_load("load: l\nslots:\n  A:\n    " METER "\n    " HUB "\n");
	demand(NULL, "load:4:12: meter 00-DB-12-34-56-78-90-A0 is not among the devices of test order o\n");
}

static void a_level_above_the_limit_is_refused_once(void **state)
{
	(void)state;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - repeat: 3\n    steps:\n      - set: {supply: 13.1V}\n");
	demand("B", "scenario:8:9: slot B: this level is above 'limits: supply_v: max' of the bench\n");
}

static void a_cut_shorter_than_the_switch_may_is_refused(void **state)
{
	(void)state;
	together.bench.channels[bench_channel_find(&together.bench, "feeds.1")].off_min_ns = 500 * NS_PER_MS;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - cut: 400ms\n  - cut: 500ms\n");
	demand("B", "scenario:6:5: slot B: this cut is shorter than 'off_min_ms' of its switch\n");
}

static void the_arm_must_outlast_the_run(void **state)
{
	(void)state;
	together.bench.arm.limit_ns = 60 * NS_PER_MIN;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - hold: 59min\n  - hold: 2min\n");
	demand("A", DESIGN "bench.yaml:4:11: the arm lasts 60 min and the run may take 62 min; raise 'limit_min' or shorten the run\n");
}

/* Nothing hazardous is energised for a hub alone, so no arm is needed. */
static void a_run_without_hazard_needs_no_arm(void **state)
{
	(void)state;
	together.bench.arm.limit_ns = 60 * NS_PER_MIN;
	bring_scenario("scenario: s\nversion: 1\nexpects: []\nsteps:\n  - supply: on\n  - hold: 2h\n");
	demand("B", "");
}

static void a_certified_run_needs_proofs_a_budget_and_an_order(void **state)
{
	(void)state;
	together.of.certify = true;
	together.of.today = "2027-06-01";
	demand("A", DESIGN "bench.yaml: a certified run needs an uncertainty budget; add 'uncertainty'\n"
		    DESIGN "bench.yaml: a certified run needs a test order; add --order\n"
		    DESIGN "bench.yaml:4:11: 'arm' has no proof test and a certified run needs one; add it below 'proofs'\n"
		    DESIGN "bench.yaml:6:11: 'door' has no proof test and a certified run needs one; add it below 'proofs'\n"
		    DESIGN "bench.yaml:8:10: the proof test of 'estop' was due on 2027-05-01; operate it, see every mains sense go, and enter the "
			   "date\n");
}

static void the_rule_must_be_the_one_agreed(void **state)
{
	struct rule rule = {.name = "mp102a"};

	(void)state;
	assert_true(order_load(&together.order, DESIGN "order.yaml", &together.problems));
	together.of.order = &together.order;
	together.of.rule = &rule;
	demand("A", DESIGN "order.yaml:3:7: the order agreed on rule 'mp102b' and 'mp102a' was given\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_examples_are_right_together),
		TEST(without_a_load_sheet_the_slots_that_can_take_part),
		TEST(a_slot_that_is_named_must_be_able),
		TEST(no_slot_that_is_able_is_refused_with_each_reason),
		TEST(a_slot_that_is_not_on_the_bench_is_refused),
		TEST(a_slot_of_the_command_line_must_be_there_and_loaded),
		TEST(a_meter_needs_mains_and_mains_a_meter),
		TEST(an_activation_needs_the_version_before_it),
		TEST(a_live_identity_is_refused_outside_production),
		TEST(a_device_outside_the_order_is_refused),
		TEST(a_level_above_the_limit_is_refused_once),
		TEST(a_cut_shorter_than_the_switch_may_is_refused),
		TEST(the_arm_must_outlast_the_run),
		TEST(a_run_without_hazard_needs_no_arm),
		TEST(a_certified_run_needs_proofs_a_budget_and_an_order),
		TEST(the_rule_must_be_the_one_agreed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
