/* What a rig owes to people, asked of truths made by hand: what is right passes, and each wrong thing is named. */

#include "rig/simulate/safety_oracle.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S

static struct truth truth;
static char why[SAFETY_TEXT_SIZE];
static struct safety_deaths deaths;
static int64_t flush_ns;
static bool hazardous;

static void tell(int64_t t_ns, enum plant_fact fact, int relay, int64_t value, const char *text)
{
	const struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = t_ns, .fact = fact, .part = 0, .relay = relay, .value = value, .text = text};

	truth_take(&truth, "", &output);
}

static void told(int64_t t_ns, int relay, bool on)
{
	tell(t_ns, FACT_RELAY_TOLD, relay, on, "");
	tell(t_ns + 7 * NS_PER_MS, on ? FACT_CONTACT_CLOSED : FACT_CONTACT_OPENED, relay, 0, "");
}

static void input(int64_t t_ns, const char *name, bool ok)
{
	tell(t_ns, FACT_INPUT, 0, ok, name);
}

static bool asked(bool is_off, bool reachable)
{
	const struct safety_run run = {.deaths = &deaths, .flush_ns = flush_ns, .ended = true, .is_off = is_off, .said_ns = truth.facts[truth.count - 1].t_ns,
				       .reachable = reachable, .hazardous = hazardous, .off_min_ns = 5 * S,
				       .volts_max_mv = 13000, .amps_max_ma = 4000};

	return safety_oracle(&truth, &run, why);
}

static int fresh(void **state)
{
	(void)state;
	truth_done(&truth);
	hazardous = true;
	return 0;
}

static void a_night_that_ends_with_everything_off_is_in_order(void **state)
{
	(void)state;
	told(1 * S, 0, true);
	told(100 * S, 0, false);
	assert_true(asked(true, true));
}

static void a_relay_that_is_still_on_is_named_whether_or_not_the_run_says_so(void **state)
{
	(void)state;
	told(1 * S, 2, true);
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "relay 3 of board 1"));
	assert_false(asked(false, true));
	assert_true(asked(false, false)); /* nobody could tell it, and the run says so */
	assert_false(asked(true, false));
}

static void what_an_input_forbids_goes_off_in_time(void **state)
{
	(void)state;
	told(1 * S, 0, true);
	input(50 * S, "estop", false);
	told(50 * S + 20 * NS_PER_MS, 0, false);
	tell(60 * S, FACT_HUB_READY, 0, 0, "");
	assert_true(asked(true, true));
}

static void what_an_input_forbids_and_stays_on_is_named(void **state)
{
	(void)state;
	told(1 * S, 0, true);
	input(50 * S, "door", false);
	tell(53 * S, FACT_HUB_READY, 0, 0, "");
	told(54 * S, 0, false);
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "an input forbids it"));
}

static void nothing_is_switched_on_while_an_input_forbids_it(void **state)
{
	(void)state;
	input(5 * S, "arm", false);
	told(7 * S, 1, true);
	told(7 * S + 30 * NS_PER_MS, 1, false);
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "was switched on"));
}

static void an_input_that_allows_again_forbids_no_more(void **state)
{
	(void)state;
	input(5 * S, "arm", false);
	input(6 * S, "arm", true);
	told(7 * S, 1, true);
	told(9 * S, 1, false);
	assert_true(asked(true, true));
}

static void an_emergency_stop_wants_an_arm_that_was_off_since(void **state)
{
	(void)state;
	input(5 * S, "estop", false);
	input(6 * S, "estop", true);
	told(7 * S, 1, true);
	told(9 * S, 1, false);
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "nobody had armed anew"));
	fresh(NULL);
	input(5 * S, "estop", false);
	input(6 * S, "estop", true);
	input(7 * S, "arm", false);
	input(8 * S, "arm", true);
	told(9 * S, 1, true);
	told(10 * S, 1, false);
	assert_true(asked(true, true));
}

static void what_nobody_can_have_seen_wants_no_new_arm(void **state)
{
	(void)state;
	input(5 * S, "door", false);
	input(5 * S + 90 * NS_PER_MS, "door", true);
	told(7 * S, 1, true);
	told(9 * S, 1, false);
	assert_true(asked(true, true));
}

static void a_relay_that_is_on_again_too_soon_is_named(void **state)
{
	(void)state;
	told(1 * S, 1, true);
	told(2 * S, 1, false);
	told(7 * S, 1, true);
	told(8 * S, 1, false);
	assert_true(asked(true, true));
	fresh(NULL);
	told(1 * S, 1, true);
	told(2 * S, 1, false);
	told(7 * S - 1, 1, true);
	told(8 * S, 1, false);
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "after its off"));
}

static void only_one_that_is_dead_need_not_switch_off(void **state)
{
	(void)state;
	deaths = (struct safety_deaths){.count = 1, .list = {{49 * S, 60 * S}}};
	told(1 * S, 0, true);
	input(50 * S, "estop", false);
	tell(61 * S, FACT_HUB_READY, 0, 0, "");
	told(61 * S + NS_PER_MS, 0, false);
	assert_true(asked(true, true));
	deaths.list[0].to_ns = 49 * S + 1;
	assert_false(asked(true, true));
	deaths.count = 0;
}

static void limits_are_set(void)
{
	tell(1 * S, FACT_SUPPLY_OVP, 0, 13000, "");
	tell(1 * S, FACT_SUPPLY_OCP, 0, 4000, "");
	tell(2 * S, FACT_SUPPLY_VOLTS, 0, 12000, "");
}

static void a_supply_that_is_limited_and_goes_off_is_in_order(void **state)
{
	(void)state;
	limits_are_set();
	tell(3 * S, FACT_SUPPLY_OUTPUT, 0, 1, "");
	tell(9 * S, FACT_SUPPLY_OUTPUT, 0, 0, "");
	assert_true(asked(true, true));
}

static void a_supply_above_the_benchs_limit_is_named(void **state)
{
	(void)state;
	limits_are_set();
	tell(3 * S, FACT_SUPPLY_VOLTS, 0, 13001, "");
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "supply 1 was set to 13.001 V"));
}

static void a_supply_whose_own_protections_are_not_set_gives_nothing(void **state)
{
	(void)state;
	tell(1 * S, FACT_SUPPLY_OVP, 0, 13001, "");
	tell(1 * S, FACT_SUPPLY_OCP, 0, 4000, "");
	tell(3 * S, FACT_SUPPLY_OUTPUT, 0, 1, "");
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "its protections are not at the bench's limits"));
}

static void an_output_that_is_still_on_is_named_and_one_that_tripped_is_off(void **state)
{
	(void)state;
	limits_are_set();
	tell(3 * S, FACT_SUPPLY_OUTPUT, 0, 1, "");
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "the output of supply 1 is still on"));
	assert_true(asked(false, false)); /* it takes nothing, and the run does not say that all is off */
	assert_false(asked(true, false));
	tell(4 * S, FACT_SUPPLY_TRIPPED, 0, 1, "");
	assert_true(asked(true, true));
}

static void at_safe_voltages_an_input_that_is_lost_ends_what_is_on_and_forbids_nothing_else(void **state)
{
	(void)state;
	hazardous = false;
	input(1 * S, "estop", false);
	told(5 * S, 0, true);
	told(6 * S, 0, false);
	assert_true(asked(true, true));
	fresh(NULL);
	hazardous = false;
	told(5 * S, 0, true);
	input(6 * S, "estop", false);
	tell(9 * S, FACT_HUB_READY, 0, 0, "");
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "an input forbids it"));
}

/* The power went before the disk had the line of it. */
static void what_the_disk_had_not_taken_no_later_life_knows(void **state)
{
	(void)state;
	deaths = (struct safety_deaths){.count = 1, .list = {{8 * S, 20 * S}}};
	flush_ns = 2 * S;
	input(5 * S, "estop", false);
	input(6 * S, "estop", true);
	told(30 * S, 1, true);
	told(40 * S, 1, false);
	assert_true(asked(true, true));
	flush_ns = 1 * S;
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "nobody had armed anew"));
	deaths.count = 0;
	flush_ns = 0;
}

static void at_safe_voltages_a_resumed_rig_begins_anew(void **state)
{
	(void)state;
	hazardous = false;
	deaths = (struct safety_deaths){.count = 1, .list = {{40 * S, 49 * S}}};
	told(1 * S, 0, true);
	input(50 * S, "estop", false); /* it lives since a second, and has read no input yet */
	told(51 * S, 1, true);
	told(60 * S, 0, false);
	told(60 * S, 1, false);
	assert_true(asked(true, true));
	deaths.list[0].to_ns = 47 * S;
	assert_false(asked(true, true));
	deaths.count = 0;
}

static void a_weld_that_is_called_off_is_named_unless_nothing_is_behind_it(void **state)
{
	(void)state;
	told(1 * S, 0, true);
	tell(2 * S, FACT_WELDED, 0, 1, "");
	tell(3 * S, FACT_RELAY_TOLD, 0, 0, "");
	assert_false(asked(true, true));
	assert_non_null(strstr(why, "welded"));
	assert_true(asked(false, true));
	input(4 * S, "lab-feed", false);
	assert_true(asked(true, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_night_that_ends_with_everything_off_is_in_order, fresh),
		cmocka_unit_test_setup(a_relay_that_is_still_on_is_named_whether_or_not_the_run_says_so, fresh),
		cmocka_unit_test_setup(what_an_input_forbids_goes_off_in_time, fresh),
		cmocka_unit_test_setup(what_an_input_forbids_and_stays_on_is_named, fresh),
		cmocka_unit_test_setup(nothing_is_switched_on_while_an_input_forbids_it, fresh),
		cmocka_unit_test_setup(an_input_that_allows_again_forbids_no_more, fresh),
		cmocka_unit_test_setup(an_emergency_stop_wants_an_arm_that_was_off_since, fresh),
		cmocka_unit_test_setup(what_nobody_can_have_seen_wants_no_new_arm, fresh),
		cmocka_unit_test_setup(a_relay_that_is_on_again_too_soon_is_named, fresh),
		cmocka_unit_test_setup(a_supply_that_is_limited_and_goes_off_is_in_order, fresh),
		cmocka_unit_test_setup(a_supply_above_the_benchs_limit_is_named, fresh),
		cmocka_unit_test_setup(a_supply_whose_own_protections_are_not_set_gives_nothing, fresh),
		cmocka_unit_test_setup(an_output_that_is_still_on_is_named_and_one_that_tripped_is_off, fresh),
		cmocka_unit_test_setup(what_the_disk_had_not_taken_no_later_life_knows, fresh),
		cmocka_unit_test_setup(at_safe_voltages_an_input_that_is_lost_ends_what_is_on_and_forbids_nothing_else, fresh),
		cmocka_unit_test_setup(at_safe_voltages_a_resumed_rig_begins_anew, fresh),
		cmocka_unit_test_setup(only_one_that_is_dead_need_not_switch_off, fresh),
		cmocka_unit_test_setup(a_weld_that_is_called_off_is_named_unless_nothing_is_behind_it, fresh),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	truth_done(&truth);
	return failed;
}
