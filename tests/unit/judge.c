/*
 * Records that no honest rig writes, or writes once in a thousand nights: whatever they are, a bad device is not reported
 * good, and what the rig did is not the device's. Worked nights (tests/scenarios) show the rules; these show their edges.
 */

#include "rig/judge/judge.h"

#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define HUB "00-DB-12-34-56-78-90-A5"
#define METER "00-DB-12-34-56-78-90-A0"
#define OUTAGE_AD1 (CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1))

static struct judge *judge;
static struct record record;
static const struct findings *found;
static int64_t seqno, mains_seqno;

static int begin(void **state)
{
	(void)state;
	judge = judge_new(4);
	seqno = mains_seqno = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	judge_free(judge);
	return 0;
}

/* Lines */

static void at(enum record_kind kind, int64_t t_ns, const char *slot)
{
	memset(&record, 0, sizeof record);
	record.kind = kind;
	record.t_ns = t_ns;
	record.utc_us = INT64_C(1795456800000000) + t_ns / NS_PER_US;
	text_copy(record.slot, sizeof record.slot, slot);
}

#define SET(member, from) text_copy(member, sizeof(member), from)

static void take(void)
{
	judge_take(judge, &record);
}

static void put_boot(int64_t t_ns, enum input_lines lines)
{
	at(RECORD_BOOT, t_ns, "");
	SET(record.data.boot.boot_id, "b");
	record.data.boot.lines = lines;
	take();
}

static void put_rule(int64_t limit_ns)
{
	at(RECORD_RULE, 0, "");
	record.data.rule.limit_ns = limit_ns;
	take();
}

static void put_run(void)
{
	put_boot(0, LINES_REQUESTED);
	put_rule(180 * S);
	at(RECORD_TERM, 0, "");
	SET(record.data.term.term, "stamp");
	SET(record.data.term.source, "test");
	record.data.term.half_width_ns = MS;
	record.data.term.edges = 1;
	take();
}

static void put_slot(const char *slot)
{
	at(RECORD_SLOT, 0, slot);
	SET(record.data.slot.sense, "pins.sense");
	SET(record.data.slot.mains, "pins.mains");
	record.data.slot.settle_ns = 50 * MS;
	record.data.slot.bounce_ns = 20 * MS;
	take();
}

static void put_device(const char *slot, enum device_role role, const char *guid)
{
	at(RECORD_DEVICE, 0, slot);
	record.data.device.role = role;
	SET(record.data.device.guid, guid);
	take();
}

static void put_band(void)
{
	at(RECORD_BAND, 0, "A");
	record.data.band.never_ns = 179 * S;
	record.data.band.always_ns = 181 * S;
	take();
}

static void put_start(int64_t t_ns)
{
	at(RECORD_START, t_ns, "");
	record.data.start.level_period_ns = 20 * MS;
	take();
}

static void put_level(const char *channel, int64_t t_ns, int level)
{
	at(RECORD_LEVEL, t_ns, "A");
	SET(record.data.level.channel, channel);
	record.data.level.level = level;
	take();
}

static void put_edge(int64_t t_ns, int level)
{
	at(RECORD_EDGE, t_ns, "A");
	SET(record.data.edge.channel, "pins.sense");
	record.data.edge.level = level;
	record.data.edge.seqno = ++seqno;
	take();
}

static void put_mains_edge(int64_t t_ns, int level)
{
	at(RECORD_EDGE, t_ns, "A");
	SET(record.data.edge.channel, "pins.mains");
	record.data.edge.level = level;
	record.data.edge.seqno = ++mains_seqno;
	take();
}

static void put_outage(int64_t from_ns, int64_t to_ns)
{
	put_edge(from_ns, 0);
	put_edge(to_ns, 1);
}

static void put_health(int64_t t_ns, bool healthy)
{
	at(RECORD_HEALTH, t_ns, "A");
	SET(record.data.health.observer, "console");
	record.data.health.healthy = healthy;
	take();
}

static void put_alert(int64_t t_ns, const char *slot, const char *guid)
{
	at(RECORD_ALERT, t_ns, slot);
	SET(record.data.alert.observer, "console");
	SET(record.data.alert.code, "AD1");
	SET(record.data.alert.guid, guid);
	record.data.alert.count = 1;
	record.data.alert.interruption_utc_us = record.data.alert.restoration_utc_us = -1;
	take();
}

/* One that says itself when the supply went. `wall_ns`: so much later the host's wall clock is since the last line. */
static void put_telling_alert(int64_t t_ns, int64_t t_interrupted_ns, int64_t wall_ns)
{
	at(RECORD_ALERT, t_ns, "A");
	SET(record.data.alert.observer, "console");
	SET(record.data.alert.code, "AD1");
	SET(record.data.alert.guid, HUB);
	record.data.alert.count = 1;
	record.data.alert.interruption_utc_us = record.utc_us + (t_interrupted_ns - t_ns) / NS_PER_US;
	record.data.alert.restoration_utc_us = -1;
	record.utc_us += wall_ns / NS_PER_US;
	take();
}

static void put_clock(int64_t t_ns)
{
	at(RECORD_CLOCK, t_ns, "");
	record.data.clock.state = CLOCK_LOCKED;
	take();
}

static void put_control(int64_t t_ns, enum polarity polarity, enum span state)
{
	at(RECORD_CONTROL, t_ns, "A");
	record.data.control.polarity = polarity;
	record.data.control.state = state;
	take();
}

static void put_cut(int64_t t_ns, int64_t for_ns, enum purpose purpose)
{
	at(RECORD_ANNOUNCE, t_ns, "A");
	record.data.announce.action = for_ns < 0 ? ANNOUNCED_OFF : ANNOUNCED_CUT;
	record.data.announce.for_ns = for_ns;
	record.data.announce.purpose = purpose;
	take();
}

static void put_watch(int64_t t_ns, const char *slot, unsigned cases, enum span state, int64_t from_ns)
{
	at(RECORD_WATCH, t_ns, slot);
	record.data.watch.cases = cases;
	record.data.watch.state = state;
	record.data.watch.from_ns = from_ns;
	take();
}

static void put_expect(const char *slot, unsigned cases)
{
	at(RECORD_EXPECT, 0, slot);
	record.data.expect.cases = cases;
	take();
}

static void put_end(int64_t t_ns)
{
	put_level("pins.sense", t_ns, 1);
	at(RECORD_END, t_ns, "");
	take();
}

/* A slot with a meter, a hub and a console; on since 0; a positive control from 100 s to 400 s that is passed. */
static void put_head(void)
{
	put_run();
	put_slot("A");
	put_device("A", ROLE_METER, METER);
	put_device("A", ROLE_HUB, HUB);
	put_band();
	at(RECORD_OBSERVER, 0, "A");
	SET(record.data.observer.observer, "console");
	take();
	put_start(0);
	put_level("pins.sense", 0, 1);
	put_level("pins.mains", 0, 1);
	put_health(1 * S, true);
	put_control(100 * S, POLARITY_POSITIVE, SPAN_BEGIN);
	put_cut(100 * S, 240 * S, PURPOSE_CONTROL);
	put_edge(101 * S, 0);
	put_alert(286 * S, "A", HUB);
	put_edge(341 * S, 1);
	put_control(400 * S, POLARITY_POSITIVE, SPAN_END);
}

/* Findings */

static void conclude(void)
{
	found = judge_conclude(judge);
}

static const struct verdict *verdict(enum case_kind kind, int watch)
{
	int i;

	for (i = 0; i < found->verdict_count; i++)
		if (found->verdicts[i].kind == kind && found->verdicts[i].watch == watch)
			return &found->verdicts[i];
	fail_msg("no verdict of case %s in watch %d", case_name(kind), watch);
	return NULL;
}

static void expect_verdict(enum case_kind kind, int watch, enum conformity conformity, enum validity validity, enum fault domain)
{
	const struct verdict *given = verdict(kind, watch);
	char is[160], wanted[160];

	snprintf(is, sizeof is, "%s %s %s", conformity_name(given->conformity), validity_name(given->validity),
		 fault_name(given->domain));
	snprintf(wanted, sizeof wanted, "%s %s %s", conformity_name(conformity), validity_name(validity), fault_name(domain));
	assert_string_equal(is, wanted);
}

static void expect_void(enum case_kind kind, enum fault domain)
{
	expect_verdict(kind, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_VOID, domain);
}

static void expect_more(int watch)
{
	expect_verdict(CASE_OUTAGE, watch, CONFORMITY_MORE, VALIDITY_VALID, FAULT_DEVICE);
}

/* A watch of both cases from 1000 s to 2000 s, the end of the run, and the findings. */
static void begin_watch(void)
{
	put_watch(1000 * S, "A", OUTAGE_AD1, SPAN_BEGIN, 1000 * S);
}

static void end_watch(void)
{
	put_watch(2000 * S, "A", OUTAGE_AD1, SPAN_END, 0);
	put_end(2500 * S);
	conclude();
}

static void the_head_alone_is_a_pass(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	end_watch();
	expect_verdict(CASE_OUTAGE, 0, CONFORMITY_NOT_MORE, VALIDITY_VALID, FAULT_NONE);
	expect_verdict(CASE_AD1, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
	assert_int_equal(found->exit_code, EXIT_CODE_PASS);
}

/* Records that contradict themselves */

static void a_record_without_start_is_no_pass(void **state)
{
	(void)state;
	put_run();
	put_slot("A");
	put_level("pins.sense", 0, 1);
	put_level("pins.mains", 0, 1);
	begin_watch();
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

static void a_slot_line_behind_the_start_is_no_pass(void **state)
{
	(void)state;
	put_run();
	put_start(0);
	put_slot("A");
	put_level("pins.sense", 0, 1);
	put_level("pins.mains", 0, 1);
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void a_second_start_does_not_forget_what_was(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	put_start(1500 * S);
	put_level("pins.sense", 1500 * S, 1);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void two_slot_lines_of_one_name_are_no_slot(void **state)
{
	(void)state;
	put_head();
	put_slot("A");
	begin_watch();
	end_watch();
	assert_int_equal(found->slot_count, 1);
	expect_void(CASE_OUTAGE, FAULT_RIG);
	expect_void(CASE_AD1, FAULT_RIG);
}

static void of_two_meters_neither_is_accused(void **state)
{
	(void)state;
	put_head();
	put_device("A", ROLE_METER, "00-DB-12-34-56-78-90-B0");
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void of_two_hubs_neither_is_judged(void **state)
{
	(void)state;
	put_head();
	put_device("A", ROLE_HUB, "00-DB-12-34-56-78-90-B5");
	begin_watch();
	end_watch();
	expect_void(CASE_AD1, FAULT_RIG);
}

static void a_second_band_is_no_band(void **state)
{
	(void)state;
	put_head();
	put_band();
	begin_watch();
	end_watch();
	expect_void(CASE_AD1, FAULT_RIG);
}

static void a_second_rule_is_no_rule(void **state)
{
	(void)state;
	put_head();
	put_rule(600 * S);
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_CONFIGURATION);
}

/* U would be stated too small without it. */
static void a_term_that_cannot_be_counted_leaves_no_budget(void **state)
{
	int i;

	(void)state;
	put_head();
	for (i = 0; i < 2; i++) { /* which of the two holds nobody can tell */
		at(RECORD_TERM, 0, "");
		SET(record.data.term.term, "sense");
		SET(record.data.term.source, "test");
		record.data.term.half_width_ns = (1 + i) * S;
		record.data.term.edges = 2;
		take();
	}
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_CONFIGURATION);
	expect_void(CASE_AD1, FAULT_CONFIGURATION);
}

static void an_input_that_was_never_read_leaves_causes_open(void **state)
{
	(void)state;
	put_run();
	put_slot("A");
	put_start(0);
	put_level("pins.sense", 0, 1);
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void edges_that_fall_in_time_do_not_vanish(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_level("pins.sense", 1400 * S, 1);
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void lines_of_an_unknown_slot_are_not_just_lost(void **state)
{
	(void)state;
	put_head();
	put_device("B", ROLE_METER, "00-DB-12-34-56-78-90-B0");
	put_watch(1000 * S, "B", OUTAGE_AD1, SPAN_BEGIN, 1000 * S);
	begin_watch();
	end_watch();
	expect_verdict(CASE_OUTAGE, 0, CONFORMITY_NOT_MORE, VALIDITY_VALID, FAULT_NONE);
	assert_int_equal(found->stray_lines, 2);
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

static void a_case_that_is_expected_of_an_unknown_slot_is_not_just_lost(void **state)
{
	(void)state;
	put_expect("A", CASE_BIT(CASE_RESTORED));
	put_head();
	begin_watch();
	end_watch();
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

/* Watches */

static void an_end_without_begin_leaves_its_cases_expected(void **state)
{
	(void)state;
	put_head();
	end_watch();
	expect_verdict(CASE_OUTAGE, -1, CONFORMITY_NOT_APPLICABLE, VALIDITY_MISSING, FAULT_RIG);
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

static void a_second_end_does_not_stretch_a_watch(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_watch(1050 * S, "A", OUTAGE_AD1, SPAN_END, 0);
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_verdict(CASE_OUTAGE, 0, CONFORMITY_NOT_MORE, VALIDITY_VALID, FAULT_NONE);
	assert_int_equal(verdict(CASE_OUTAGE, 0)->outages, 0);
}

static void watches_that_overlap_are_ended_each_by_its_own_line(void **state)
{
	(void)state;
	put_head();
	put_watch(1000 * S, "A", CASE_BIT(CASE_OUTAGE), SPAN_BEGIN, 1000 * S);
	put_watch(1010 * S, "A", CASE_BIT(CASE_AD1), SPAN_BEGIN, 1010 * S);
	put_watch(1050 * S, "A", CASE_BIT(CASE_AD1), SPAN_END, 0);
	put_outage(1100 * S, 1340 * S);
	put_watch(1500 * S, "A", CASE_BIT(CASE_OUTAGE), SPAN_END, 0);
	put_end(2500 * S);
	conclude();
	expect_more(0);
	expect_verdict(CASE_AD1, 1, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
}

static void a_watch_that_was_left_open_is_not_ended_by_the_next(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_watch(1500 * S, "A", OUTAGE_AD1, SPAN_BEGIN, 1500 * S);
	end_watch();
	expect_verdict(CASE_OUTAGE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG);
	expect_verdict(CASE_OUTAGE, 1, CONFORMITY_NOT_MORE, VALIDITY_VALID, FAULT_NONE);
}

static void a_watch_from_the_future_is_judged_from_its_begin(void **state)
{
	(void)state;
	put_head();
	put_watch(1000 * S, "A", OUTAGE_AD1, SPAN_BEGIN, 9000 * S);
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_more(0);
}

static void a_fail_in_the_last_of_the_most_watches_is_told(void **state)
{
	static const unsigned cases = OUTAGE_AD1 | CASE_BIT(CASE_RESTORED);
	int i;

	(void)state;
	judge_free(judge);
	judge = judge_new(1);
	put_head();
	for (i = 0; i < WATCHES_MAX; i++) {
		put_watch((1000 + 10 * i) * S, "A", cases, SPAN_BEGIN, (1000 + 10 * i) * S);
		if (i == WATCHES_MAX - 1)
			put_outage((1001 + 10 * i) * S, (1301 + 10 * i) * S);
		put_watch((i == WATCHES_MAX - 1 ? 3000 : 1005 + 10 * i) * S, "A", cases, SPAN_END, 0);
	}
	put_end(4000 * S);
	conclude();
	assert_int_equal(found->verdict_count, 3 * WATCHES_MAX);
	expect_more(WATCHES_MAX - 1);
	assert_int_equal(found->exit_code, EXIT_CODE_FAIL);
}

static void a_watch_too_many_leaves_nothing_good(void **state)
{
	int i;

	(void)state;
	put_head();
	for (i = 0; i <= WATCHES_MAX; i++) {
		put_watch((1000 + 10 * i) * S, "A", OUTAGE_AD1, SPAN_BEGIN, (1000 + 10 * i) * S);
		put_watch((1005 + 10 * i) * S, "A", OUTAGE_AD1, SPAN_END, 0);
	}
	put_end(2500 * S);
	conclude();
	expect_void(CASE_OUTAGE, FAULT_RIG);
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

/* Too much of everything */

static void put_dips(int64_t from_ns, int count)
{
	int i;

	for (i = 0; i < count; i++)
		put_outage(from_ns + i * S, from_ns + i * S + 300 * MS);
}

static void a_flood_of_dips_does_not_hide_an_outage_before_it(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	put_dips(1400 * S, OUTAGES_MAX + 10);
	end_watch();
	expect_more(0);
	expect_void(CASE_AD1, FAULT_RIG);
	assert_int_equal(found->exit_code, EXIT_CODE_FAIL);
}

static void an_outage_behind_a_flood_of_dips_is_not_good(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_dips(1010 * S, OUTAGES_MAX + 10);
	put_outage(1500 * S, 1740 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
	assert_int_equal(found->exit_code, EXIT_CODE_UNDECIDED);
}

static void a_flood_of_alerts_does_not_hide_the_first(void **state)
{
	int i;

	(void)state;
	put_head();
	begin_watch();
	for (i = 0; i < ALERTS_MAX + 10; i++)
		put_alert(1100 * S + i * S, "A", HUB);
	end_watch();
	expect_verdict(CASE_OUTAGE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_VOID, FAULT_RIG);
	expect_verdict(CASE_AD1, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
}

/* A positive control in which the alert names the rig's cut, by a clock that is so much later. */
static void put_agreement(int64_t late_ns)
{
	put_clock(500 * S);
	put_control(500 * S, POLARITY_POSITIVE, SPAN_BEGIN);
	put_cut(500 * S, 240 * S, PURPOSE_CONTROL);
	put_edge(501 * S, 0);
	put_telling_alert(686 * S, 501 * S + late_ns, 0);
	put_edge(741 * S, 1);
	put_control(800 * S, POLARITY_POSITIVE, SPAN_END);
}

/* An outage at 1100 s with an AD1, one of 20 s at 1500 s, and an alert that names the first of them: a copy, if its word is heard. */
static void two_outages_and_a_copy(int64_t wall_ns)
{
	put_head();
	put_agreement(0);
	begin_watch();
	put_edge(1100 * S, 0);
	put_alert(1285 * S, "A", HUB);
	put_edge(1340 * S, 1);
	put_edge(1500 * S, 0);
	put_telling_alert(1510 * S, 1100 * S, wall_ns);
	put_edge(1520 * S, 1);
	end_watch();
}

static void the_word_of_an_alert_is_heard_while_the_wall_clock_is_only_steered(void **state)
{
	(void)state;
	two_outages_and_a_copy(1 * S);
	expect_verdict(CASE_AD1, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
}

static void once_the_wall_clock_was_set_it_is_not(void **state)
{
	(void)state;
	two_outages_and_a_copy(1 * S + NS_PER_US);
	expect_verdict(CASE_AD1, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE);
}

/* Two clocks that were never shown to agree: the copy may name what it likes. */
static void a_clock_that_is_wrong_names_no_outage(void **state)
{
	(void)state;
	put_head();
	put_agreement(16 * S);
	begin_watch();
	put_edge(1100 * S, 0);
	put_alert(1285 * S, "A", HUB);
	put_edge(1340 * S, 1);
	put_edge(1500 * S, 0);
	put_telling_alert(1510 * S, 1100 * S, 0);
	put_edge(1520 * S, 1);
	end_watch();
	expect_verdict(CASE_AD1, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE);
}

static void an_alert_that_names_another_outage_passes_no_control(void **state)
{
	(void)state;
	put_head();
	put_agreement(0);
	put_control(820 * S, POLARITY_POSITIVE, SPAN_BEGIN);
	put_cut(820 * S, 120 * S, PURPOSE_CONTROL);
	put_edge(821 * S, 0);
	put_telling_alert(930 * S, 501 * S, 0);
	put_edge(941 * S, 1);
	put_control(950 * S, POLARITY_POSITIVE, SPAN_END);
	begin_watch();
	end_watch();
	expect_void(CASE_AD1, FAULT_OBSERVER);
}

static void a_console_that_flaps_for_ever_proves_nothing(void **state)
{
	int i;

	(void)state;
	put_head();
	for (i = 0; i < HEALTH_MAX; i++)
		put_health((500 + i) * S, i % 2 == 1);
	begin_watch();
	put_health(1500 * S, false);
	end_watch();
	expect_void(CASE_AD1, FAULT_RIG);
}

static void mains_that_chatter_leave_causes_open(void **state)
{
	int i;

	(void)state;
	put_head();
	for (i = 0; i < OUTAGES_MAX + 10; i++) {
		put_mains_edge(500 * S + 2 * i * MS, 0);
		put_mains_edge(500 * S + (2 * i + 1) * MS, 1);
	}
	begin_watch();
	put_mains_edge(1100 * S, 0);
	put_outage(1101 * S, 1341 * S);
	put_mains_edge(1341 * S, 1);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

static void a_phase_that_is_said_again_and_again_fills_nothing(void **state)
{
	int i;

	(void)state;
	put_head();
	begin_watch();
	for (i = 0; i < EVENTS_MAX + 10; i++) {
		at(RECORD_PHASE, 1010 * S + i * MS, "A");
		record.data.phase.phase = PHASE_ACTIVATE;
		take();
	}
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_more(0);
	assert_int_equal(found->ledger[0].cause.phase, PHASE_ACTIVATE);
}

static void more_events_than_are_kept_leave_causes_open(void **state)
{
	int i;

	(void)state;
	put_head();
	begin_watch();
	for (i = 0; i < EVENTS_MAX + 10; i++) {
		at(RECORD_PROTECTION, 1010 * S + i * MS, "");
		record.data.protection.tripped = true;
		take();
	}
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
}

/* The band of put_band() is from 179 s to 181 s, and U a little more than a millisecond. */
static void within_u_of_the_hubs_band_nothing_is_expected_and_nothing_excluded(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_outage(1100 * S, 1279 * S - MS / 2); /* with an alert */
	put_alert(1285 * S, "A", HUB);
	put_outage(1500 * S, 1681 * S + MS / 2); /* without one */
	end_watch();
	assert_int_equal(found->ledger_count, 2);
	assert_int_equal(found->ledger[0].class, LEDGER_INDETERMINATE);
	assert_int_equal(found->ledger[1].class, LEDGER_INDETERMINATE);
	expect_verdict(CASE_AD1, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE);
}

static void beyond_u_of_the_hubs_band_an_alert_is_expected_or_excluded(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_outage(1100 * S, 1279 * S - 2 * MS);
	put_alert(1285 * S, "A", HUB);
	put_outage(1500 * S, 1681 * S + 2 * MS);
	end_watch();
	assert_int_equal(found->ledger_count, 2);
	assert_int_equal(found->ledger[0].class, LEDGER_UNEXPECTED);
	assert_int_equal(found->ledger[1].class, LEDGER_EXPECTED_MISSING);
	expect_verdict(CASE_AD1, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
}

static void an_alert_that_stands_for_a_million_is_counted(void **state)
{
	int i;

	(void)state;
	put_head();
	begin_watch();
	put_edge(1100 * S, 0);
	for (i = 0; i < 100; i++) {
		at(RECORD_ALERT, (1285 + i) * S, "A");
		SET(record.data.alert.observer, "console");
		SET(record.data.alert.code, "AD1");
		record.data.alert.count = 1000000;
		record.data.alert.interruption_utc_us = record.data.alert.restoration_utc_us = -1;
		take();
	}
	put_edge(1390 * S, 1);
	end_watch();
	assert_int_equal(found->ledger[1].class, LEDGER_DUPLICATE);
	assert_int_equal(found->ledger[1].count, 100 * INT64_C(1000000) - 1);
}

static void the_longest_times_do_not_overflow(void **state)
{
	const int64_t late_ns = INT64_MAX / 4 - 100000 * S;

	(void)state;
	put_head();
	put_watch(late_ns, "A", OUTAGE_AD1, SPAN_BEGIN, 0);
	put_cut(late_ns + S, INT64_C(366) * 86400 * S, PURPOSE_SCENARIO);
	put_edge(late_ns + 2 * S, 0);
	put_alert(INT64_MAX / 4 - S, "A", HUB);
	put_watch(INT64_MAX / 4, "A", OUTAGE_AD1, SPAN_END, 0);
	put_end(INT64_MAX / 4);
	conclude();
	expect_void(CASE_OUTAGE, FAULT_CONFIGURATION);
}

/* Controls */

/* What came ten seconds after the cut was not raised by it: it shows nothing of the way that an AD1 of ours takes. */
static void an_alert_that_the_controls_cut_cannot_have_raised_passes_no_control(void **state)
{
	(void)state;
	put_head();
	put_control(500 * S, POLARITY_POSITIVE, SPAN_BEGIN);
	put_cut(500 * S, 240 * S, PURPOSE_CONTROL);
	put_edge(501 * S, 0);
	put_alert(511 * S, "A", HUB);
	put_edge(741 * S, 1);
	put_control(800 * S, POLARITY_POSITIVE, SPAN_END);
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	assert_int_equal(found->control_count, 2);
	assert_true(found->controls[0].passed);
	assert_false(found->controls[1].passed);
	expect_void(CASE_AD1, FAULT_OBSERVER);
	expect_more(0);
}

static void a_control_is_ended_by_its_own_polarity(void **state)
{
	(void)state;
	put_head();
	put_control(900 * S, POLARITY_NEGATIVE, SPAN_END);
	put_control(950 * S, POLARITY_POSITIVE, SPAN_END);
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	assert_int_equal(found->controls[0].end_ns, 400 * S);
	expect_more(0);
}

static void a_control_that_goes_on_over_a_resume_counts_for_nothing(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_control(1010 * S, POLARITY_POSITIVE, SPAN_BEGIN);
	put_cut(1010 * S, 30 * S, PURPOSE_CONTROL);
	put_outage(1011 * S, 1041 * S);
	put_boot(1050 * S, LINES_HELD);
	put_outage(1100 * S, 1340 * S);
	put_control(1400 * S, POLARITY_POSITIVE, SPAN_END);
	end_watch();
	assert_int_equal(found->control_count, 1);
	expect_more(0);
}

/* Alerts */

static void what_the_bench_hears_of_another_hub_is_not_this_slots(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_alert(1100 * S, "", "00-DB-12-34-56-78-90-B5");
	put_alert(1200 * S, "", "");
	end_watch();
	expect_verdict(CASE_AD1, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
}

static void what_the_bench_hears_of_this_hub_is_this_slots(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_alert(1200 * S, "", HUB);
	end_watch();
	expect_verdict(CASE_AD1, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
}

static void a_guid_without_dashes_is_the_same_guid(void **state)
{
	(void)state;
	put_head();
	at(RECORD_IDENTITY, 900 * S, "A");
	SET(record.data.identity.guid, "00db1234567890a0");
	record.data.identity.known = KNOWN_READ;
	take();
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	put_alert(1285 * S, "A", "00db1234567890A5");
	end_watch();
	expect_more(0);
	expect_verdict(CASE_AD1, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
	assert_true(found->slots[0].history->meter_identity_read);
}

static void what_is_no_guid_accuses_nobody_of_being_another(void **state)
{
	(void)state;
	put_head();
	at(RECORD_IDENTITY, 900 * S, "A");
	SET(record.data.identity.guid, "meter 7");
	record.data.identity.known = KNOWN_READ;
	take();
	begin_watch();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_more(0);
	assert_false(found->slots[0].history->meter_identity_read);
}

static void a_hub_that_says_it_is_another_is_not_judged(void **state)
{
	(void)state;
	put_head();
	at(RECORD_IDENTITY, 900 * S, "A");
	record.data.identity.role = ROLE_HUB;
	SET(record.data.identity.guid, "00-DB-12-34-56-78-90-B5");
	record.data.identity.known = KNOWN_READ;
	take();
	begin_watch();
	end_watch();
	expect_void(CASE_AD1, FAULT_CONFIGURATION);
}

static void health_lines_out_of_order_do_not_heal(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_health(2100 * S, true);
	put_health(1500 * S, false);
	end_watch();
	expect_void(CASE_AD1, FAULT_OBSERVER);
}

/* Causes */

static void a_commanded_off_of_the_rigs_is_the_rigs(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	at(RECORD_COMMAND, 1080 * S, "A");
	SET(record.data.command.channel, "relays.1");
	SET(record.data.command.value, "off");
	record.data.command.purpose = PURPOSE_RIG;
	take();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_RIG);
	assert_int_equal(found->ledger[0].cause.cause, CAUSE_RIG_FAULT);
}

static void a_commanded_off_is_over_when_its_channel_is_on_again(void **state)
{
	static const char *const values[] = {"off", "on"};
	int i;

	(void)state;
	put_head();
	begin_watch();
	for (i = 0; i < 2; i++) {
		at(RECORD_COMMAND, (1010 + i) * S, "A");
		SET(record.data.command.channel, "relays.1");
		SET(record.data.command.value, values[i]);
		record.data.command.purpose = PURPOSE_RIG;
		take();
	}
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_more(0);
}

static void a_fault_of_the_supply_in_the_outage_is_not_the_meters(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	at(RECORD_FAULT, 1099 * S, "A");
	record.data.fault.domain = FAULT_SUPPLY;
	record.data.fault.cases = CASE_BIT(CASE_OUTAGE);
	take();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_SUPPLY);
}

static void put_activation(int64_t t_ns, enum activation_state state)
{
	at(RECORD_ACTIVATION, t_ns, "A");
	record.data.activation.state = state;
	record.data.activation.attempt = 1;
	SET(record.data.activation.firmware_from, "0002012F");
	SET(record.data.activation.firmware_to, "00020130");
	take();
}

static void a_version_that_was_read_before_the_command_left_says_nothing_of_after(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	put_activation(1000 * S, ACTIVATION_ANNOUNCED);
	at(RECORD_IDENTITY, 1001 * S, "A");
	record.data.identity.role = ROLE_METER;
	record.data.identity.known = KNOWN_READ;
	SET(record.data.identity.firmware, "0002012F");
	take();
	put_activation(1002 * S, ACTIVATION_SENT);
	put_activation(1002 * S, ACTIVATION_ACCEPTED);
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE);
	assert_string_equal(found->slots[0].firmware_after, "");
}

/* In a night of its own: sent, and not accepted. */
static void send_activation(void)
{
	void *none = NULL;

	(void)end(&none);
	(void)begin(&none);
	put_head();
	begin_watch();
	put_activation(1000 * S, ACTIVATION_ANNOUNCED);
	put_activation(1002 * S, ACTIVATION_SENT);
}

static void read_version(int64_t t_ns, const char *version)
{
	at(RECORD_IDENTITY, t_ns, "A");
	record.data.identity.role = ROLE_METER;
	record.data.identity.known = KNOWN_READ;
	text_copy(record.data.identity.firmware, sizeof record.data.identity.firmware, version);
	take();
}

static void a_meter_that_may_not_have_got_its_activation_is_not_blamed(void **state)
{
	(void)state;
	send_activation();
	read_version(1500 * S, "0002012F");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG);
	send_activation();
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG);
	send_activation(); /* it restarts, for a reason of its own perhaps */
	at(RECORD_PHASE, 1002 * S, "A");
	record.data.phase.phase = PHASE_ACTIVATE;
	take();
	put_outage(1010 * S, 1030 * S);
	read_version(1500 * S, "0002012F");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG);
	send_activation();
	read_version(1500 * S, "00020130");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
}

static void one_that_said_that_it_has_it_answers_for_it(void **state)
{
	(void)state;
	send_activation();
	put_activation(1003 * S, ACTIVATION_ACCEPTED);
	read_version(1500 * S, "0002012F");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
	send_activation();
	put_activation(1003 * S, ACTIVATION_REFUSED);
	read_version(1500 * S, "0002012F");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
}

static void the_run_ends(int64_t t_ns, enum end_reason reason)
{
	at(RECORD_END, t_ns, "");
	record.data.end.reason = reason;
	take();
	conclude();
}

/* The rig did not wait for it to the end, and whoever kept it from that stands for it: the disk, say. */
static void a_version_that_nobody_could_wait_for_is_not_owed_by_the_meter(void **state)
{
	static const struct {
		enum end_reason reason;
		enum fault domain;
	} ends[] = {{END_FAULT, FAULT_RIG}, {END_STOPPED, FAULT_OPERATOR}, {END_SAFETY, FAULT_OPERATOR}, {END_COMPLETED, FAULT_DEVICE}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		send_activation();
		put_activation(1003 * S, ACTIVATION_ACCEPTED);
		the_run_ends(1200 * S, ends[i].reason);
		expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, ends[i].domain);
	}
	send_activation(); /* here it did wait, and then the run was ended for it */
	put_activation(1003 * S, ACTIVATION_ACCEPTED);
	at(RECORD_FAULT, 1199 * S, "A");
	record.data.fault.domain = FAULT_DEVICE;
	take();
	the_run_ends(1200 * S, END_FAULT);
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE);
}

static void a_breaker_trips(int64_t t_ns)
{
	at(RECORD_PROTECTION, t_ns, "");
	record.data.protection.tripped = true;
	take();
}

static void what_power_did_behind_the_activation_is_not_the_firmwares(void **state)
{
	(void)state;
	send_activation();
	put_activation(1003 * S, ACTIVATION_ACCEPTED);
	a_breaker_trips(1100 * S);
	read_version(1500 * S, "0002012F");
	end_watch();
	expect_void(CASE_FIRMWARE, FAULT_SUPPLY);
	send_activation();
	put_activation(1003 * S, ACTIVATION_ACCEPTED);
	a_breaker_trips(1100 * S);
	read_version(1500 * S, "00020130");
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE);
	send_activation();
	put_activation(1003 * S, ACTIVATION_ACCEPTED);
	read_version(1500 * S, "0002012F");
	a_breaker_trips(1501 * S); /* too late to be an excuse */
	end_watch();
	expect_verdict(CASE_FIRMWARE, 0, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE);
}

static void an_emergency_stop_during_the_activation_is_the_cause_and_not_the_firmware(void **state)
{
	(void)state;
	put_head();
	begin_watch();
	at(RECORD_PHASE, 1090 * S, "A");
	record.data.phase.phase = PHASE_ACTIVATE;
	take();
	at(RECORD_SAFETY, 1099 * S, "");
	record.data.safety.input = SAFETY_ESTOP;
	take();
	put_outage(1100 * S, 1340 * S);
	end_watch();
	expect_void(CASE_OUTAGE, FAULT_OPERATOR);
	assert_int_equal(found->ledger_count, 1);
	assert_int_equal(found->ledger[0].cause.cause, CAUSE_EMERGENCY_STOP);
}

static void a_step_that_ran_out_of_time_does_not_hide_a_meter_that_never_came_back(void **state)
{
	(void)state;
	put_head();
	put_watch(1000 * S, "A", OUTAGE_AD1, SPAN_BEGIN, 1000 * S);
	put_edge(1100 * S, 0);
	put_level("pins.sense", 1400 * S, 0);
	at(RECORD_FAULT, 1400 * S, "A");
	record.data.fault.domain = FAULT_DEVICE;
	record.data.fault.cases = OUTAGE_AD1 | CASE_BIT(CASE_RESTORED);
	take();
	put_cut(1400 * S, -1, PURPOSE_RIG);
	put_level("pins.sense", 1500 * S, 0);
	at(RECORD_END, 1500 * S, "");
	take();
	conclude();
	expect_more(0);
	assert_int_equal(verdict(CASE_OUTAGE, 0)->worst.lo_ns, 300 * S);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(the_head_alone_is_a_pass),
		TEST(a_record_without_start_is_no_pass),
		TEST(a_slot_line_behind_the_start_is_no_pass),
		TEST(a_second_start_does_not_forget_what_was),
		TEST(two_slot_lines_of_one_name_are_no_slot),
		TEST(of_two_meters_neither_is_accused),
		TEST(of_two_hubs_neither_is_judged),
		TEST(a_second_band_is_no_band),
		TEST(a_second_rule_is_no_rule),
		TEST(a_term_that_cannot_be_counted_leaves_no_budget),
		TEST(an_input_that_was_never_read_leaves_causes_open),
		TEST(edges_that_fall_in_time_do_not_vanish),
		TEST(lines_of_an_unknown_slot_are_not_just_lost),
		TEST(a_case_that_is_expected_of_an_unknown_slot_is_not_just_lost),
		TEST(an_end_without_begin_leaves_its_cases_expected),
		TEST(a_second_end_does_not_stretch_a_watch),
		TEST(watches_that_overlap_are_ended_each_by_its_own_line),
		TEST(a_watch_that_was_left_open_is_not_ended_by_the_next),
		TEST(a_watch_from_the_future_is_judged_from_its_begin),
		TEST(a_fail_in_the_last_of_the_most_watches_is_told),
		TEST(a_watch_too_many_leaves_nothing_good),
		TEST(a_flood_of_dips_does_not_hide_an_outage_before_it),
		TEST(an_outage_behind_a_flood_of_dips_is_not_good),
		TEST(a_flood_of_alerts_does_not_hide_the_first),
		TEST(the_word_of_an_alert_is_heard_while_the_wall_clock_is_only_steered),
		TEST(once_the_wall_clock_was_set_it_is_not),
		TEST(a_clock_that_is_wrong_names_no_outage),
		TEST(an_alert_that_names_another_outage_passes_no_control),
		TEST(a_console_that_flaps_for_ever_proves_nothing),
		TEST(mains_that_chatter_leave_causes_open),
		TEST(a_phase_that_is_said_again_and_again_fills_nothing),
		TEST(more_events_than_are_kept_leave_causes_open),
		TEST(within_u_of_the_hubs_band_nothing_is_expected_and_nothing_excluded),
		TEST(beyond_u_of_the_hubs_band_an_alert_is_expected_or_excluded),
		TEST(an_alert_that_stands_for_a_million_is_counted),
		TEST(the_longest_times_do_not_overflow),
		TEST(an_alert_that_the_controls_cut_cannot_have_raised_passes_no_control),
		TEST(a_control_is_ended_by_its_own_polarity),
		TEST(a_control_that_goes_on_over_a_resume_counts_for_nothing),
		TEST(what_the_bench_hears_of_another_hub_is_not_this_slots),
		TEST(what_the_bench_hears_of_this_hub_is_this_slots),
		TEST(a_guid_without_dashes_is_the_same_guid),
		TEST(what_is_no_guid_accuses_nobody_of_being_another),
		TEST(a_hub_that_says_it_is_another_is_not_judged),
		TEST(health_lines_out_of_order_do_not_heal),
		TEST(a_commanded_off_of_the_rigs_is_the_rigs),
		TEST(a_commanded_off_is_over_when_its_channel_is_on_again),
		TEST(a_fault_of_the_supply_in_the_outage_is_not_the_meters),
		TEST(a_version_that_was_read_before_the_command_left_says_nothing_of_after),
		TEST(a_meter_that_may_not_have_got_its_activation_is_not_blamed),
		TEST(one_that_said_that_it_has_it_answers_for_it),
		TEST(a_version_that_nobody_could_wait_for_is_not_owed_by_the_meter),
		TEST(what_power_did_behind_the_activation_is_not_the_firmwares),
		TEST(an_emergency_stop_during_the_activation_is_the_cause_and_not_the_firmware),
		TEST(a_step_that_ran_out_of_time_does_not_hide_a_meter_that_never_came_back),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
