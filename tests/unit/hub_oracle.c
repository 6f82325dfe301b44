/* The oracle of hubs alone against truths and findings made by hand: it agrees with what is right, and with nothing beside it. */

#include "rig/simulate/hub_oracle.h"

#include "rig/alerts/history.h"
#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define POSITIVE (100 * S)  /* 250 s without supply, in a control of 310 s */
#define NEGATIVE (500 * S)  /* 40 s, in one of 100 s */
#define SHORT (700 * S)     /* 45 s */
#define LONG (900 * S)      /* 250 s */
#define WATCH_END (1300 * S)

static const struct oracle_rule rule = {.settle_ns = 50 * NS_PER_MS, .recharge_ns = 60 * S, .never_ns = 60 * S, .always_ns = 240 * S, .until_ns = WATCH_END};

static struct truth truth;
static struct story story;
static struct history history;
static struct verdict verdict;
static struct slot_findings slots[1];
static struct findings findings;
static char why[ORACLE_TEXT_SIZE];

static void tell(int64_t t_ns, enum plant_fact fact, int64_t value)
{
	const struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = t_ns, .fact = fact, .part = PLANT_NONE, .relay = PLANT_NONE, .value = value, .text = ""};

	truth_take(&truth, "H1", &output);
}

static void cut(int64_t t_ns, int64_t length_ns)
{
	tell(t_ns, FACT_SUPPLY_FELL, 0);
	tell(t_ns + length_ns, FACT_SUPPLY_ROSE, 0);
}

/* A cut with its alert after so long; 0: none comes. */
static void cut_with(int64_t t_ns, int64_t length_ns, int64_t alert_ns)
{
	tell(t_ns, FACT_SUPPLY_FELL, 0);
	if (alert_ns > 0 && alert_ns < length_ns)
		tell(t_ns + alert_ns, FACT_AD1_SEEN, alert_ns);
	tell(t_ns + length_ns, FACT_SUPPLY_ROSE, 0);
	if (alert_ns >= length_ns)
		tell(t_ns + alert_ns, FACT_AD1_SEEN, alert_ns);
}

static void control(enum polarity polarity, int64_t from_ns, int64_t to_ns)
{
	history.controls[history.control_count++] = (struct control_span){.polarity = polarity, .span = {from_ns, to_ns}};
}

static void announced(int64_t t_ns, int64_t for_ns)
{
	history.events[history.event_count++] = (struct event){.kind = EVENT_RIG_CUT, .from_ns = t_ns, .to_ns = t_ns + for_ns, .detail = POWERED_SUPPLY};
}

static int evening(void **state)
{
	(void)state;
	truth_done(&truth);
	memset(&history, 0, sizeof history);
	strcpy(history.slot, "H1");
	verdict = (struct verdict){.kind = CASE_AD1, .validity = VALIDITY_VALID, .conformity = CONFORMITY_PASS};
	slots[0] = (struct slot_findings){.history = &history, .verdicts_count = 1};
	findings = (struct findings){.slots = slots, .slot_count = 1, .verdicts = &verdict, .verdict_count = 1};
	history.watches[history.watch_count++] = (struct watch_span){.from_ns = POSITIVE + 310 * S, .begin_ns = LONG + 260 * S, .end_ns = WATCH_END};
	control(POLARITY_POSITIVE, POSITIVE - S, POSITIVE + 310 * S);
	control(POLARITY_NEGATIVE, NEGATIVE - S, NEGATIVE + 100 * S);
	tell(1 * S, FACT_SUPPLY_ROSE, 0);
	return 0;
}

/* A night as it should be but for these alerts: 0, none comes. */
static void night(int64_t positive_ns, int64_t negative_ns, int64_t short_ns, int64_t long_ns)
{
	cut_with(POSITIVE, 250 * S, positive_ns);
	cut_with(NEGATIVE, 40 * S, negative_ns);
	cut_with(SHORT, 45 * S, short_ns);
	cut_with(LONG, 250 * S, long_ns);
	truth.t_end_ns = truth.true_end_ns = WATCH_END + S;
	assert_true(story_tell(&story, &truth, "H1", "H1", &rule));
}

static bool agrees(void)
{
	return hub_oracle_agrees(&truth, &story, &rule, false, &findings, 0, why);
}

static bool agrees_with(enum validity validity, enum conformity conformity)
{
	verdict.validity = validity;
	verdict.conformity = conformity;
	return agrees();
}

static void a_hub_that_says_what_it_must_passes_and_nothing_else(void **state)
{
	(void)state;
	night(183 * S, 0, 0, 184 * S);
	assert_true(agrees_with(VALIDITY_VALID, CONFORMITY_PASS));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_FAIL));
	assert_false(agrees_with(VALIDITY_VOID, CONFORMITY_NOT_APPLICABLE));
	assert_string_equal(why, "ad1: valid, pass was wanted, and void, not-applicable was found");
}

static void an_alert_that_is_missing_fails(void **state)
{
	(void)state;
	night(183 * S, 0, 0, 0);
	assert_true(agrees_with(VALIDITY_VALID, CONFORMITY_FAIL));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_PASS));
}

static void where_the_positive_control_saw_nothing_a_missing_one_is_void(void **state)
{
	(void)state;
	night(0, 0, 0, 0);
	assert_true(agrees_with(VALIDITY_VOID, CONFORMITY_NOT_APPLICABLE));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_FAIL));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_PASS));
}

static void where_the_negative_control_saw_one_nothing_counts(void **state)
{
	(void)state;
	night(183 * S, 61 * S, 0, 184 * S);
	assert_true(agrees_with(VALIDITY_VOID, CONFORMITY_NOT_APPLICABLE));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_PASS));
}

static void an_alert_of_a_short_cut_fails(void **state)
{
	(void)state;
	night(183 * S, 0, 70 * S, 184 * S);
	assert_true(agrees_with(VALIDITY_VALID, CONFORMITY_FAIL));
	assert_false(agrees_with(VALIDITY_VALID, CONFORMITY_PASS));
}

static void nothing_is_claimed_of_what_something_befell(void **state)
{
	(void)state;
	tell(50 * S, FACT_HUB_RESTARTED, 0);
	night(183 * S, 0, 0, 184 * S);
	assert_true(agrees_with(VALIDITY_VOID, CONFORMITY_NOT_APPLICABLE));
}

static void one_that_was_not_judged_is_named(void **state)
{
	(void)state;
	verdict.watch = -1;
	night(183 * S, 0, 0, 184 * S);
	assert_false(agrees());
	assert_string_equal(why, "ad1 was not judged, and nothing was in the way of that");
}

static void a_cut_that_is_longer_than_it_was_announced_is_named(void **state)
{
	(void)state;
	announced(LONG - 20 * NS_PER_MS, 250 * S - 90 * NS_PER_MS);
	night(183 * S, 0, 0, 184 * S);
	assert_true(agrees());
	history.events[0].to_ns -= 20 * NS_PER_MS;
	assert_false(agrees());
	assert_non_null(strstr(why, "the cut at 900.000 s lasted 250.000000 s"));
}

static void a_hub_without_its_supply_is_not_to_blame(void **state)
{
	(void)state;
	night(183 * S, 0, 0, 184 * S);
	history.events[history.event_count++] = (struct event){.kind = EVENT_FAULT, .detail = FAULT_DEVICE, .from_ns = LONG + 100 * S, .text = "out-of-time"};
	assert_false(hub_oracle_blame(&story, &history, why));
	assert_string_equal(why, "at 1000.000 s the hub is at fault (out-of-time), and it had no supply");
	history.events[0].from_ns = LONG - S;
	assert_true(hub_oracle_blame(&story, &history, why));
	history.events[0].from_ns = LONG + 100 * S;
	history.events[0].detail = FAULT_SUPPLY;
	assert_true(hub_oracle_blame(&story, &history, why));
}

static void a_supply_that_trips_is_told_as_that(void **state)
{
	(void)state;
	night(183 * S, 0, 0, 184 * S);
	tell(1200 * S, FACT_SUPPLY_TRIPPED, SUPPLY_PROTECTION_OVP);
	tell(1200 * S, FACT_FEED_LOST, 0);
	assert_false(hub_oracle_told(&truth, &history, why));
	assert_string_equal(why, "at 1200.000 s its supply tripped, and nobody said so");
	history.events[history.event_count++] = (struct event){.kind = EVENT_FAULT, .detail = FAULT_SUPPLY, .from_ns = 1220 * S};
	assert_false(hub_oracle_told(&truth, &history, why)); /* that it was a protection is told, too */
	history.events[history.event_count++] = (struct event){.kind = EVENT_PROTECTION, .from_ns = 1220 * S};
	assert_true(hub_oracle_told(&truth, &history, why));
	history.event_count = 0;
	truth.t_end_ns = 1230 * S; /* nobody looked again */
	assert_true(hub_oracle_told(&truth, &history, why));
}

static void a_fall_behind_a_trip_is_the_supplys(void **state)
{
	(void)state;
	tell(40 * S, FACT_FEED_LOST, 0);
	cut(40 * S + NS_PER_MS, 5 * S);
	tell(60 * S, FACT_FEED_TOLD, 0);
	night(183 * S, 0, 0, 184 * S);
	assert_int_equal(story.falls[0].begun, BEGUN_BY_SUPPLY);
	assert_int_equal(story.falls[1].begun, BEGUN_BY_RIG);
}

#define CASE_OF(name) cmocka_unit_test_setup(name, evening)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(a_hub_that_says_what_it_must_passes_and_nothing_else),
		CASE_OF(an_alert_that_is_missing_fails),
		CASE_OF(where_the_positive_control_saw_nothing_a_missing_one_is_void),
		CASE_OF(where_the_negative_control_saw_one_nothing_counts),
		CASE_OF(an_alert_of_a_short_cut_fails),
		CASE_OF(nothing_is_claimed_of_what_something_befell),
		CASE_OF(one_that_was_not_judged_is_named),
		CASE_OF(a_cut_that_is_longer_than_it_was_announced_is_named),
		CASE_OF(a_hub_without_its_supply_is_not_to_blame),
		CASE_OF(a_supply_that_trips_is_told_as_that),
		CASE_OF(a_fall_behind_a_trip_is_the_supplys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
