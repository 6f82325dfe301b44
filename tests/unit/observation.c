/* What one run says of its meters: records in, observations out, and the list they make with another run. */

#include "rig/judge/observation.h"

#include "rig/base/text.h"
#include "rig/judge/device_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define UTC INT64_C(1795456800000000)

static struct judge *judge;
static struct record record;

static int begin(void **state)
{
	(void)state;
	judge = judge_new(2);
	return 0;
}

static int end(void **state)
{
	(void)state;
	judge_free(judge);
	return 0;
}

/* A record of a kind at an instant; the caller fills its data and takes it. */
static void at(enum record_kind kind, int64_t t_ns, const char *slot)
{
	memset(&record, 0, sizeof record);
	record.kind = kind;
	record.t_ns = t_ns;
	record.utc_us = UTC + t_ns / NS_PER_US;
	text_copy(record.slot, sizeof record.slot, slot);
}

static void take(void)
{
	judge_take(judge, &record);
}

static void put_device(enum device_role role, const char *guid, const char *model)
{
	at(RECORD_DEVICE, 0, "A");
	record.data.device.role = role;
	text_copy(record.data.device.guid, sizeof record.data.device.guid, guid);
	record.data.device.known = KNOWN_SCANNED;
	text_copy(record.data.device.manufacturer, sizeof record.data.device.manufacturer, "AB01");
	text_copy(record.data.device.model, sizeof record.data.device.model, model);
	text_copy(record.data.device.firmware, sizeof record.data.device.firmware, "0002012F");
	take();
}

/* Everything in front of the first instant: 180 s, no clause, one term of 1 ms. */
static void put_head(void)
{
	at(RECORD_BOOT, 0, "");
	take();
	at(RECORD_RUN, 0, "");
	text_copy(record.data.run.run, sizeof record.data.run.run, "20261123T180000Z-ota-journey-1");
	take();
	at(RECORD_RULE, 0, "");
	record.data.rule.limit_ns = 180 * S;
	take();
	at(RECORD_TERM, 0, "");
	text_copy(record.data.term.term, sizeof record.data.term.term, "stamp");
	text_copy(record.data.term.source, sizeof record.data.term.source, "test");
	record.data.term.distribution = DISTRIBUTION_NORMAL_K2;
	record.data.term.half_width_ns = NS_PER_MS;
	record.data.term.edges = 1;
	take();
	at(RECORD_SLOT, 0, "A");
	record.data.slot.arrangement = ARRANGEMENT_METER_WITH_HUB;
	text_copy(record.data.slot.sense, sizeof record.data.slot.sense, "pins.17");
	record.data.slot.settle_ns = 50 * NS_PER_MS;
	record.data.slot.bounce_ns = 20 * NS_PER_MS;
	take();
	put_device(ROLE_METER, "00-DB-12-34-56-78-90-A0", "010A030B");
	put_device(ROLE_HUB, "00-DB-12-34-56-78-90-A5", "0101AB02");
	at(RECORD_START, 0, "");
	record.data.start.level_period_ns = NS_PER_MIN;
	take();
}

static void put_level(int64_t t_ns, int level)
{
	at(RECORD_LEVEL, t_ns, "A");
	text_copy(record.data.level.channel, sizeof record.data.level.channel, "pins.17");
	record.data.level.level = level;
	take();
}

static void put_edge(int64_t t_ns, int level, int64_t seqno)
{
	at(RECORD_EDGE, t_ns, "A");
	text_copy(record.data.edge.channel, sizeof record.data.edge.channel, "pins.17");
	record.data.edge.level = level;
	record.data.edge.seqno = seqno;
	take();
}

static void put_phase(int64_t t_ns, enum phase phase)
{
	at(RECORD_PHASE, t_ns, "A");
	record.data.phase.phase = phase;
	take();
}

static void put_watch(int64_t t_ns, enum span span)
{
	at(RECORD_WATCH, t_ns, "A");
	record.data.watch.cases = CASE_BIT(CASE_OUTAGE);
	record.data.watch.state = span;
	record.data.watch.from_ns = span == SPAN_BEGIN ? t_ns : 0;
	take();
}

static void put_activation(int64_t t_ns, enum activation_state activation)
{
	at(RECORD_ACTIVATION, t_ns, "A");
	record.data.activation.state = activation;
	record.data.activation.attempt = 1;
	text_copy(record.data.activation.firmware_from, sizeof record.data.activation.firmware_from, "0002012F");
	text_copy(record.data.activation.firmware_to, sizeof record.data.activation.firmware_to, "00020130");
	take();
}

static void put_identity(int64_t t_ns, const char *firmware)
{
	at(RECORD_IDENTITY, t_ns, "A");
	record.data.identity.role = ROLE_METER;
	record.data.identity.known = KNOWN_READ;
	text_copy(record.data.identity.guid, sizeof record.data.identity.guid, "00-DB-12-34-56-78-90-A0");
	text_copy(record.data.identity.firmware, sizeof record.data.identity.firmware, firmware);
	take();
}

static void put_cut(int64_t from_ns, int64_t for_ns)
{
	put_edge(from_ns, 0, 1);
	put_edge(from_ns + for_ns, 1, 2);
}

static struct device_result observe(void)
{
	struct device_result results[2];

	put_level(3600 * S, 1);
	put_watch(3600 * S, SPAN_END);
	at(RECORD_END, 3601 * S, "");
	take();
	assert_int_equal(observation_make(judge_conclude(judge), results, 2), 1);
	return results[0];
}

/* Head, supply there, watch begun, activation at 100 s. */
static void put_upgrade(void)
{
	put_head();
	put_level(0, 1);
	put_watch(1 * S, SPAN_BEGIN);
	put_phase(90 * S, PHASE_ACTIVATE);
	put_activation(95 * S, ACTIVATION_ANNOUNCED);
	put_activation(100 * S, ACTIVATION_SENT);
	put_activation(101 * S, ACTIVATION_ACCEPTED);
}

static void an_upgrade_that_cuts_the_hub_for_205_s_is_an_affected_meter(void **state)
{
	struct device_result result;
	char text[DEVICE_STATEMENT_SIZE];

	(void)state;
	put_upgrade();
	put_cut(110 * S, 205 * S);
	put_identity(400 * S, "00020130");
	result = observe();
	assert_string_equal(result.guid, "00-DB-12-34-56-78-90-A0");
	assert_int_equal(result.known, KNOWN_SCANNED);
	assert_true(result.identity_read && result.version_changed);
	assert_string_equal(result.manufacturer, "AB01");
	assert_string_equal(result.model, "010A030B");
	assert_string_equal(result.firmware_from, "0002012F");
	assert_string_equal(result.firmware_to, "00020130");
	assert_string_equal(result.hub_guid, "00-DB-12-34-56-78-90-A5");
	assert_string_equal(result.hub_model, "0101AB02");
	assert_string_equal(result.runs, "20261123T180000Z-ota-journey-1");
	assert_int_equal(result.activations, 1);
	assert_int_equal(result.activated_utc_us, UTC + 101000000);
	assert_int_equal(result.t_lo_ns, 205 * S);
	assert_int_equal(result.t_hi_ns, 205 * S);
	assert_int_equal(result.u_ns, NS_PER_MS);
	assert_false(result.open);
	assert_int_equal(result.outage, CONFORMITY_MORE);
	assert_string_equal(result.cause, "firmware-activate");
	assert_int_equal(device_list_merge(&result, 1), 1);
	device_list_grade(&result, 1);
	assert_int_equal(result.grade, GRADE_A);
	device_statement(&result, text, sizeof text);
	assert_string_equal(text, "starved its hub for more than the limit, T in [205.000000 s, 205.000000 s] +- 0.001000 s");
}

static void an_upgrade_without_an_outage_is_a_tested_meter_with_t_of_nothing(void **state)
{
	struct device_result result;

	(void)state;
	put_upgrade();
	put_identity(400 * S, "00020130");
	result = observe();
	assert_int_equal(result.activations, 1);
	assert_int_equal(result.t_hi_ns, 0);
	assert_int_equal(result.outage, CONFORMITY_NOT_MORE);
	assert_int_equal(result.outage_validity, VALIDITY_VALID);
	assert_string_equal(result.cause, "");
}

static void a_supply_that_never_returns_is_open(void **state)
{
	struct device_result result;

	(void)state;
	put_upgrade();
	put_edge(110 * S, 0, 1);
	put_level(3600 * S, 0);
	put_watch(3600 * S, SPAN_END);
	assert_int_equal(observation_make(judge_conclude(judge), &result, 1), 1);
	assert_true(result.open && result.t_hi_ns == INSTANT_NEVER);
	assert_int_equal(result.t_lo_ns, 3490 * S);
	assert_int_equal(result.outage, CONFORMITY_MORE);
	assert_false(result.version_changed);
}

static void a_night_without_activation_tests_nothing(void **state)
{
	struct device_result result;

	(void)state;
	put_head();
	put_level(0, 1);
	put_watch(1 * S, SPAN_BEGIN);
	put_cut(110 * S, 205 * S); /* whatever that was, no firmware phase was in force */
	result = observe();
	assert_int_equal(result.activations, 0);
	assert_string_equal(result.firmware_from, "0002012F");
	assert_string_equal(result.firmware_to, "");
	assert_int_equal(result.activated_utc_us, UTC);
}

static void an_outage_above_the_limit_in_the_transfer_counts_without_an_activation(void **state)
{
	struct device_result result;

	(void)state;
	put_head();
	put_level(0, 1);
	put_watch(1 * S, SPAN_BEGIN);
	put_phase(90 * S, PHASE_TRANSFER);
	put_cut(110 * S, 205 * S);
	result = observe();
	assert_int_equal(result.activations, 1);
	assert_string_equal(result.cause, "firmware-transfer");
	assert_false(result.version_changed);
}

static void a_refused_activation_tests_nothing_unless_the_meter_starved_its_hub(void **state)
{
	struct device_result result;

	(void)state;
	put_upgrade();
	put_activation(102 * S, ACTIVATION_REFUSED);
	put_identity(400 * S, "0002012F");
	result = observe();
	assert_int_equal(result.activations, 0);
	assert_false(result.version_changed);
	end(state);
	begin(state);
	put_upgrade();
	put_activation(102 * S, ACTIVATION_REFUSED);
	put_cut(110 * S, 205 * S);
	put_identity(400 * S, "0002012F");
	result = observe();
	assert_int_equal(result.activations, 1);
	assert_int_equal(result.outage, CONFORMITY_MORE);
	/* It said no, and runs the new version: then it was activated. */
	end(state);
	begin(state);
	put_upgrade();
	put_activation(102 * S, ACTIVATION_REFUSED);
	put_identity(400 * S, "00020130");
	assert_int_equal(observe().activations, 1);
}

static void an_activation_of_unknown_outcome_counts(void **state)
{
	(void)state;
	put_head();
	put_level(0, 1);
	put_watch(1 * S, SPAN_BEGIN);
	put_activation(95 * S, ACTIVATION_ANNOUNCED);
	put_activation(100 * S, ACTIVATION_UNKNOWN);
	assert_int_equal(observe().activations, 1);
}

static void a_meter_that_says_another_guid_was_not_read(void **state)
{
	(void)state;
	put_upgrade();
	at(RECORD_IDENTITY, 400 * S, "A");
	record.data.identity.role = ROLE_METER;
	record.data.identity.known = KNOWN_READ;
	text_copy(record.data.identity.guid, sizeof record.data.identity.guid, "00-DB-12-34-56-78-90-A9");
	text_copy(record.data.identity.firmware, sizeof record.data.identity.firmware, "00020130");
	take();
	assert_false(observe().identity_read);
}

static void an_alert_that_nothing_explains_is_shown_beside_a_quiet_supply(void **state)
{
	struct device_result result;

	(void)state;
	put_head();
	at(RECORD_OBSERVER, 0, "A");
	text_copy(record.data.observer.observer, sizeof record.data.observer.observer, "console");
	text_copy(record.data.observer.point, sizeof record.data.observer.point, "hub");
	take();
	at(RECORD_HEALTH, 0, "A");
	text_copy(record.data.health.observer, sizeof record.data.health.observer, "console");
	record.data.health.healthy = true;
	take();
	put_level(0, 1);
	put_watch(1 * S, SPAN_BEGIN);
	put_activation(95 * S, ACTIVATION_ANNOUNCED);
	put_activation(100 * S, ACTIVATION_SENT);
	at(RECORD_ALERT, 500 * S, "A");
	text_copy(record.data.alert.observer, sizeof record.data.alert.observer, "console");
	text_copy(record.data.alert.code, sizeof record.data.alert.code, "AD1");
	record.data.alert.count = 1;
	take();
	result = observe();
	assert_string_equal(result.ad1, "unexpected");
	assert_string_equal(result.cause, "unknown");
	assert_int_equal(result.outage, CONFORMITY_NOT_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_upgrade_that_cuts_the_hub_for_205_s_is_an_affected_meter, begin, end),
		cmocka_unit_test_setup_teardown(an_upgrade_without_an_outage_is_a_tested_meter_with_t_of_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_supply_that_never_returns_is_open, begin, end),
		cmocka_unit_test_setup_teardown(a_night_without_activation_tests_nothing, begin, end),
		cmocka_unit_test_setup_teardown(an_outage_above_the_limit_in_the_transfer_counts_without_an_activation, begin, end),
		cmocka_unit_test_setup_teardown(a_refused_activation_tests_nothing_unless_the_meter_starved_its_hub, begin, end),
		cmocka_unit_test_setup_teardown(an_activation_of_unknown_outcome_counts, begin, end),
		cmocka_unit_test_setup_teardown(a_meter_that_says_another_guid_was_not_read, begin, end),
		cmocka_unit_test_setup_teardown(an_alert_that_nothing_explains_is_shown_beside_a_quiet_supply, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
