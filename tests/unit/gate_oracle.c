/* What a gate stands on, asked of truths made by hand: a meter that was activated in order passes, and each thing that was missing is named. */

#include "rig/simulate/gate_oracle.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define ACTIVATION (500 * S)

static struct truth truth;
static struct gate_rule rule;
static char why[GATE_TEXT_SIZE];

static void tell(const char *slot, int64_t t_ns, enum plant_fact fact, int64_t value, const char *text)
{
	const struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = t_ns, .fact = fact, .part = PLANT_NONE, .relay = PLANT_NONE, .value = value,
					    .text = text};

	truth_take(&truth, slot, &output);
}

static void happened(int64_t t_ns, enum plant_fact fact)
{
	tell("A", t_ns, fact, 0, "");
}

/* Up to the gate, with everything as it has to be. */
static int fresh(void **state)
{
	(void)state;
	truth_done(&truth);
	rule = (struct gate_rule){.recharge_ns = 60 * S, .says_ready = true, .image_known = true, .supply_known = true, .console_known = true};
	happened(30 * S, FACT_SUPPLY_ROSE);
	happened(50 * S, FACT_HUB_READY);
	happened(100 * S, FACT_SUPPLY_FELL);
	happened(283 * S, FACT_AD1_SEEN);
	happened(370 * S, FACT_SUPPLY_ROSE);
	happened(372 * S, FACT_HUB_READY);
	happened(480 * S, FACT_IMAGE_HELD);
	return 0;
}

static bool is_activated_in_order(void)
{
	happened(ACTIVATION, FACT_ACTIVATION_RECEIVED);
	return gate_oracle(&truth, "A", &rule, why);
}

static void refused(const char *words)
{
	assert_false(is_activated_in_order());
	if (!strstr(why, words))
		fail_msg("'%s' does not say '%s'", why, words);
}

static void an_activation_behind_a_gate_that_holds_is_in_order(void **state)
{
	(void)state;
	assert_true(is_activated_in_order());
}

static void one_that_never_came_cannot_be_wrong(void **state)
{
	(void)state;
	truth_clear(&truth);
	assert_true(gate_oracle(&truth, "A", &rule, why));
}

static void an_input_that_is_not_good_forbids_it(void **state)
{
	(void)state;
	tell("", 490 * S, FACT_INPUT, 0, "lab-feed");
	refused("'lab-feed' was not good");
}

static void one_that_is_good_again_or_went_a_moment_ago_does_not(void **state)
{
	(void)state;
	tell("", 490 * S, FACT_INPUT, 0, "arm");
	tell("", 491 * S, FACT_INPUT, 1, "arm");
	tell("", ACTIVATION - 100 * MS, FACT_INPUT, 0, "door");
	assert_true(is_activated_in_order());
}

static void a_supply_that_came_back_too_late_forbids_it(void **state)
{
	(void)state;
	happened(450 * S, FACT_SUPPLY_FELL);
	happened(450 * S + 10 * MS, FACT_SUPPLY_ROSE);
	happened(452 * S, FACT_HUB_READY);
	refused("had not been there for 60 s");
}

static void and_so_does_one_that_is_away(void **state)
{
	(void)state;
	happened(490 * S, FACT_SUPPLY_FELL);
	refused("had not been there for 60 s");
}

static void what_dips_at_the_last_moment_nobody_can_have_seen(void **state)
{
	(void)state;
	happened(ACTIVATION - 20 * MS, FACT_SUPPLY_FELL);
	happened(ACTIVATION - 10 * MS, FACT_SUPPLY_ROSE);
	assert_true(is_activated_in_order());
}

static void nor_what_goes_and_comes_while_the_host_sleeps(void **state)
{
	(void)state;
	happened(490 * S, FACT_SUPPLY_FELL);
	happened(490 * S, FACT_SUPPLY_ROSE);
	assert_true(is_activated_in_order());
}

static void of_a_sense_that_was_disturbed_nothing_is_asked(void **state)
{
	(void)state;
	happened(490 * S, FACT_SUPPLY_FELL);
	rule.supply_known = false;
	assert_true(is_activated_in_order());
}

static void a_hub_that_restarted_forbids_it_until_it_is_ready(void **state)
{
	(void)state;
	happened(490 * S, FACT_HUB_RESTARTED);
	refused("which restarted at 490.000 s, was not ready");
}

static void one_that_restarted_while_its_console_was_away_was_not_heard(void **state)
{
	(void)state;
	tell("A", 485 * S, FACT_CONSOLE, 0, "");
	happened(490 * S, FACT_HUB_RESTARTED);
	tell("A", 491 * S, FACT_CONSOLE, 1, "");
	assert_true(is_activated_in_order());
}

static void nor_was_one_whose_console_went_before_it_had_said_so(void **state)
{
	(void)state;
	happened(490 * S, FACT_HUB_RESTARTED);
	tell("A", 490 * S + 2 * MS, FACT_CONSOLE, 0, "");
	tell("A", 491 * S, FACT_CONSOLE, 1, "");
	assert_true(is_activated_in_order());
}

static void a_hub_that_was_never_ready_since_its_supply_came_forbids_it(void **state)
{
	(void)state;
	happened(430 * S, FACT_SUPPLY_FELL);
	happened(431 * S, FACT_SUPPLY_ROSE);
	refused("had not been ready since its supply came");
}

static void a_console_that_is_away_forbids_it(void **state)
{
	(void)state;
	tell("A", 490 * S, FACT_CONSOLE, 0, "");
	refused("console was away since 490.000 s");
}

static void without_an_alert_of_that_night_it_is_forbidden(void **state)
{
	(void)state;
	truth_clear(&truth);
	happened(370 * S, FACT_SUPPLY_ROSE);
	happened(372 * S, FACT_HUB_READY);
	happened(480 * S, FACT_IMAGE_HELD);
	refused("nobody had seen an AD1");
}

static void without_an_image_too(void **state)
{
	(void)state;
	truth.count--;
	refused("it had no image");
}

static void one_that_lies_about_its_image_deceives_everybody(void **state)
{
	(void)state;
	rule.image_known = false;
	truth.count--;
	assert_true(is_activated_in_order());
}

static void over_the_air_the_gate_is_that_of_the_release(void **state)
{
	(void)state;
	rule.over_the_air = true;
	happened(ACTIVATION - 5 * S, FACT_RELEASE_SENT);
	happened(ACTIVATION - 3 * S, FACT_SUPPLY_FELL);
	assert_true(is_activated_in_order());
	assert_int_equal(fresh(NULL), 0);
	rule.over_the_air = true;
	happened(ACTIVATION - 5 * S, FACT_HUB_RESTARTED);
	happened(ACTIVATION - 3 * S, FACT_RELEASE_SENT);
	refused("was not ready");
}

static void one_that_activates_untold_was_let_through_no_gate(void **state)
{
	(void)state;
	rule.over_the_air = true;
	truth.count--;
	assert_true(is_activated_in_order());
}

static void what_happens_to_another_slot_does_not_matter(void **state)
{
	(void)state;
	tell("B", 490 * S, FACT_SUPPLY_FELL, 0, "");
	tell("B", 491 * S, FACT_ACTIVATION_RECEIVED, 1, "");
	assert_true(is_activated_in_order());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_activation_behind_a_gate_that_holds_is_in_order, fresh),
		cmocka_unit_test_setup(one_that_never_came_cannot_be_wrong, fresh),
		cmocka_unit_test_setup(an_input_that_is_not_good_forbids_it, fresh),
		cmocka_unit_test_setup(one_that_is_good_again_or_went_a_moment_ago_does_not, fresh),
		cmocka_unit_test_setup(a_supply_that_came_back_too_late_forbids_it, fresh),
		cmocka_unit_test_setup(and_so_does_one_that_is_away, fresh),
		cmocka_unit_test_setup(what_dips_at_the_last_moment_nobody_can_have_seen, fresh),
		cmocka_unit_test_setup(nor_what_goes_and_comes_while_the_host_sleeps, fresh),
		cmocka_unit_test_setup(of_a_sense_that_was_disturbed_nothing_is_asked, fresh),
		cmocka_unit_test_setup(a_hub_that_restarted_forbids_it_until_it_is_ready, fresh),
		cmocka_unit_test_setup(one_that_restarted_while_its_console_was_away_was_not_heard, fresh),
		cmocka_unit_test_setup(nor_was_one_whose_console_went_before_it_had_said_so, fresh),
		cmocka_unit_test_setup(a_hub_that_was_never_ready_since_its_supply_came_forbids_it, fresh),
		cmocka_unit_test_setup(a_console_that_is_away_forbids_it, fresh),
		cmocka_unit_test_setup(without_an_alert_of_that_night_it_is_forbidden, fresh),
		cmocka_unit_test_setup(without_an_image_too, fresh),
		cmocka_unit_test_setup(one_that_lies_about_its_image_deceives_everybody, fresh),
		cmocka_unit_test_setup(over_the_air_the_gate_is_that_of_the_release, fresh),
		cmocka_unit_test_setup(one_that_activates_untold_was_let_through_no_gate, fresh),
		cmocka_unit_test_setup(what_happens_to_another_slot_does_not_matter, fresh),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	truth_done(&truth);
	return failed;
}
