/* The oracle against truths and findings made by hand: it agrees with what is right, and with nothing beside it. */

#include "rig/simulate/oracle.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define U (2 * MS)
#define FIRST_BLOCK (600 * S)
#define ACTIVATION (1200 * S)
#define FALL (1202 * S)
#define END (5000 * S)

static const struct oracle_rule rule = {.settle_ns = 500 * MS, .never_ns = 150 * S, .always_ns = 200 * S, .until_ns = INSTANT_NEVER, .version = "00020130"};

static struct truth truth;
static struct oracle_slot slot;
static struct verdict verdicts[3];
static struct slot_findings slots[2];
static struct findings findings;
static char why[ORACLE_TEXT_SIZE];

/* ---- A night as it happened ---- */

static void of_slot(const char *name, int64_t t_ns, enum plant_fact fact, int64_t value, const char *text)
{
	const struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = t_ns, .fact = fact, .value = value, .text = text};

	truth_take(&truth, name, &output);
}

static void happened(int64_t t_ns, enum plant_fact fact)
{
	of_slot("A", t_ns, fact, 0, "");
}

static void console_is(int64_t t_ns, bool there)
{
	of_slot("A", t_ns, FACT_CONSOLE, there, "");
}

static void alert_came(int64_t t_ns, int64_t fell_ns)
{
	of_slot("A", t_ns, FACT_AD1_SEEN, t_ns - fell_ns, "");
}

static void evening(void)
{
	truth_done(&truth);
	happened(1 * S, FACT_MAINS_ROSE);
	happened(31 * S, FACT_SUPPLY_ROSE);
	happened(FIRST_BLOCK, FACT_FIRST_BLOCK);
}

static void activated(void)
{
	of_slot("A", ACTIVATION, FACT_ACTIVATION_RECEIVED, 1, "");
}

static void cut(int64_t from_ns, int64_t length_ns)
{
	happened(from_ns, FACT_SUPPLY_FELL);
	happened(from_ns + length_ns, FACT_SUPPLY_ROSE);
}

static void morning(const char *version)
{
	if (version)
		of_slot("A", 2000 * S, FACT_METER_RUNS, 0, version);
	happened(END, FACT_MAINS_FELL);
	happened(END + 20 * MS, FACT_SUPPLY_FELL);
	assert_false(truth.lost);
	assert_true(oracle_look(&slot, &truth, "A", &rule));
}

static void night_with_outage(int64_t length_ns, bool alert)
{
	evening();
	activated();
	cut(FALL, length_ns);
	if (alert)
		alert_came(FALL + 183 * S, FALL);
	morning(rule.version);
}

static void night_without_end(bool alert)
{
	evening();
	activated();
	happened(FALL, FACT_SUPPLY_FELL);
	if (alert)
		alert_came(FALL + 183 * S, FALL);
	morning(NULL);
}

/* ---- What was found of it ---- */

static struct verdict *found(enum case_kind kind, enum conformity conformity)
{
	struct verdict *verdict = &verdicts[findings.verdict_count++];

	*verdict = (struct verdict){.kind = kind, .conformity = conformity, .validity = VALIDITY_VALID, .u_ns = U};
	slots[0].verdicts_count = findings.verdict_count;
	return verdict;
}

/* Three valid verdicts on a meter that was activated. */
static void found_outage(int64_t length_ns, enum conformity outage, enum conformity ad1)
{
	findings = (struct findings){.slots = slots, .slot_count = 1, .verdicts = verdicts};
	findings.rule.data.rule.limit_ns = 180 * S;
	slots[0] = (struct slot_findings){.activated = true};
	found(CASE_OUTAGE, outage)->worst = (struct outage){.lo_ns = length_ns, .hi_ns = length_ns};
	verdicts[0].outages = length_ns > 0;
	verdicts[0].sum_lo_ns = verdicts[0].sum_hi_ns = length_ns;
	(void)found(CASE_AD1, ad1);
	(void)found(CASE_FIRMWARE, CONFORMITY_PASS);
}

/* Two outages, of which the longer has been found already. */
static void found_another(int64_t length_ns)
{
	verdicts[0].outages = 2;
	verdicts[0].sum_lo_ns += length_ns;
	verdicts[0].sum_hi_ns += length_ns;
}

static void found_open(int64_t lo_ns)
{
	found_outage(lo_ns, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].worst.hi_ns = INSTANT_NEVER;
	verdicts[2] = (struct verdict){.kind = CASE_FIRMWARE, .validity = VALIDITY_INCONCLUSIVE};
}

static void found_without_activation(void)
{
	findings = (struct findings){.slots = slots, .slot_count = 1, .verdicts = verdicts};
	slots[0] = (struct slot_findings){.activated = false};
	found(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE)->validity = VALIDITY_MISSING;
}

static void agrees(void)
{
	if (!oracle_agrees(&slot, &rule, &findings, 0, why))
		fail_msg("%s", why);
	assert_string_equal(why, "");
}

static void disagrees(const char *because)
{
	assert_false(oracle_agrees(&slot, &rule, &findings, 0, why));
	if (!strstr(why, because))
		fail_msg("'%s' does not say '%s'", why, because);
}

/* ---- The outage ---- */

static void an_outage_that_was_measured_to_the_nanosecond_agrees(void **state)
{
	(void)state;
	night_with_outage(240 * S + 1, true);
	assert_int_equal(slot.outage_count, 1);
	assert_int_equal(slot.outages[0].t_down_ns, FALL);
	assert_int_equal(slot.outages[0].t_up_ns, FALL + 240 * S + 1);
	found_outage(240 * S + 1, CONFORMITY_MORE, CONFORMITY_PASS);
	agrees();
}

static void one_nanosecond_more_or_less_does_not(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S + 1, CONFORMITY_MORE, CONFORMITY_PASS);
	disagrees("it was 240.000000000 s, and [240.000000001, 240.000000001] s was measured");
	found_outage(240 * S - 1, CONFORMITY_MORE, CONFORMITY_PASS);
	disagrees("it was 240.000000000 s");
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].worst.lo_ns--;
	disagrees("[239.999999999, 240.000000000] s was measured");
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].worst.hi_ns++;
	disagrees("[240.000000000, 240.000000001] s was measured");
}

static void an_outage_more_or_less_is_noticed(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].outages = 2;
	disagrees("there were 1, and 2 were measured");
	verdicts[0].outages = 0;
	disagrees("there were 1, and 0 were measured");
	evening();
	activated();
	cut(FALL, 240 * S);
	alert_came(FALL + 183 * S, FALL);
	cut(FALL + 400 * S, 10 * S);
	morning(rule.version);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	disagrees("there were 2, and 1 were measured");
	found_another(10 * S);
	agrees();
	verdicts[0].sum_hi_ns++;
	disagrees("all of them lasted 250.000000000 s");
}

static void no_outage_at_all_is_what_was_measured(void **state)
{
	(void)state;
	evening();
	activated();
	morning(rule.version);
	assert_int_equal(slot.outage_count, 0);
	found_outage(0, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	agrees();
	found_outage(10 * S, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	disagrees("it was 0.000000000 s");
}

static void an_outage_that_was_not_judged_is_noticed(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].validity = VALIDITY_VOID;
	disagrees("and it was not judged");
	slots[0].verdicts_count = 0;
	disagrees("and it was not judged");
}

static void an_outage_that_never_ended_is_open(void **state)
{
	(void)state;
	night_without_end(true);
	assert_int_equal(slot.outages[0].t_up_ns, INSTANT_NEVER);
	found_open(1800 * S);
	agrees();
	verdicts[0].worst.hi_ns = 1800 * S;
	disagrees("outage: it never ended, and [1800.000000000, 1800.000000000] s was measured");
}

static void nobody_can_have_seen_more_of_an_open_outage_than_there_was(void **state)
{
	(void)state;
	night_without_end(true);
	found_open(END + 20 * MS - FALL);
	agrees();
	verdicts[0].worst.lo_ns++;
	disagrees("outage: it never ended");
}

static void an_outage_that_ended_is_not_open(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	verdicts[0].worst.hi_ns = INSTANT_NEVER;
	disagrees("it was 240.000000000 s");
}

static void a_supply_that_is_back_for_less_than_it_takes_to_settle_is_not_back(void **state)
{
	(void)state;
	evening();
	activated();
	cut(FALL, 100 * S);
	cut(FALL + 100 * S + rule.settle_ns - 1, 50 * S);
	morning(rule.version);
	found_outage(150 * S + rule.settle_ns - 1, CONFORMITY_NOT_MORE, CONFORMITY_NOT_APPLICABLE);
	verdicts[1].validity = VALIDITY_INCONCLUSIVE;
	agrees();
	evening();
	activated();
	cut(FALL, 100 * S);
	cut(FALL + 100 * S + rule.settle_ns, 50 * S);
	morning(rule.version);
	found_outage(100 * S, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	found_another(50 * S);
	agrees();
}

static void what_was_before_the_first_block_or_without_mains_is_not_its_own(void **state)
{
	(void)state;
	truth_done(&truth);
	happened(1 * S, FACT_MAINS_ROSE);
	happened(31 * S, FACT_SUPPLY_ROSE);
	cut(100 * S, 240 * S);
	happened(FIRST_BLOCK, FACT_FIRST_BLOCK);
	activated();
	happened(1500 * S, FACT_MAINS_FELL);
	happened(1500 * S + 20 * MS, FACT_SUPPLY_FELL);
	happened(1700 * S, FACT_MAINS_ROSE);
	happened(1730 * S, FACT_SUPPLY_ROSE);
	of_slot("B", FALL, FACT_SUPPLY_FELL, 0, "");
	of_slot("", FALL, FACT_SUPPLY_FELL, 0, "");
	morning(rule.version);
	assert_int_equal(slot.outage_count, 0);
	found_outage(0, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	agrees();
}

static void an_outage_that_the_first_block_found_under_way_is_its_own(void **state)
{
	(void)state;
	truth_done(&truth);
	happened(1 * S, FACT_MAINS_ROSE);
	happened(31 * S, FACT_SUPPLY_ROSE);
	happened(FIRST_BLOCK - 10 * S, FACT_SUPPLY_FELL);
	happened(FIRST_BLOCK, FACT_FIRST_BLOCK);
	happened(FIRST_BLOCK + 20 * S, FACT_SUPPLY_ROSE);
	activated();
	morning(rule.version);
	assert_int_equal(slot.outage_count, 1);
	found_outage(30 * S, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	agrees();
}

static void more_outages_than_can_be_kept_are_no_truth(void **state)
{
	int i;

	(void)state;
	evening();
	for (i = 0; i < ORACLE_OUTAGES_MAX; i++)
		cut(FALL + i * 10 * S, 1 * S);
	assert_true(oracle_look(&slot, &truth, "A", &rule));
	cut(FALL + i * 10 * S, 1 * S);
	assert_false(oracle_look(&slot, &truth, "A", &rule));
}

/* ---- Its word ---- */

static bool word_agrees(int64_t length_ns, enum conformity conformity)
{
	night_with_outage(length_ns, false);
	found_outage(length_ns, conformity, CONFORMITY_NOT_APPLICABLE);
	verdicts[1].validity = VALIDITY_INCONCLUSIVE; /* such lengths lie inside the hub's band */
	return oracle_agrees(&slot, &rule, &findings, 0, why);
}

/* Each length has one word. */
static void only_word(int64_t length_ns, enum conformity only)
{
	enum conformity conformity;

	for (conformity = CONFORMITY_NOT_APPLICABLE; conformity <= CONFORMITY_MORE; conformity++)
		if (word_agrees(length_ns, conformity) != (conformity == only))
			fail_msg("%.9f s, %s: %s", (double)length_ns / 1e9, conformity_name(conformity), why);
}

static void every_length_has_one_word(void **state)
{
	(void)state;
	only_word(180 * S - U, CONFORMITY_NOT_MORE);
	only_word(180 * S - U + 1, CONFORMITY_CONDITIONAL_NOT_MORE);
	only_word(180 * S, CONFORMITY_CONDITIONAL_NOT_MORE);
	only_word(180 * S + 1, CONFORMITY_CONDITIONAL_MORE);
	only_word(180 * S + U, CONFORMITY_CONDITIONAL_MORE);
	only_word(180 * S + U + 1, CONFORMITY_MORE);
}

static bool word_with(int64_t length_ns, enum conformity conformity, enum boundary boundary, enum decision decision, bool clause)
{
	(void)word_agrees(length_ns, conformity);
	findings.rule.data.rule.boundary = boundary;
	findings.rule.data.rule.decision = decision;
	findings.limit_known = clause;
	return oracle_agrees(&slot, &rule, &findings, 0, why);
}

static void the_rule_s_boundary_decision_and_clause_choose_the_word(void **state)
{
	(void)state;
	assert_true(word_with(180 * S, CONFORMITY_CONDITIONAL_MORE, BOUNDARY_AT_LEAST, DECISION_GUARD_BAND, false));
	assert_false(word_with(180 * S, CONFORMITY_CONDITIONAL_NOT_MORE, BOUNDARY_AT_LEAST, DECISION_GUARD_BAND, false));
	assert_true(word_with(180 * S + U, CONFORMITY_MORE, BOUNDARY_AT_LEAST, DECISION_GUARD_BAND, false));
	assert_true(word_with(180 * S - U, CONFORMITY_CONDITIONAL_NOT_MORE, BOUNDARY_AT_LEAST, DECISION_GUARD_BAND, false));
	assert_true(word_with(180 * S, CONFORMITY_NOT_MORE, BOUNDARY_MORE_THAN, DECISION_SIMPLE, false));
	assert_true(word_with(180 * S + 1, CONFORMITY_MORE, BOUNDARY_MORE_THAN, DECISION_SIMPLE, false));
	assert_false(word_with(180 * S + 1, CONFORMITY_CONDITIONAL_MORE, BOUNDARY_MORE_THAN, DECISION_SIMPLE, false));
	assert_true(word_with(180 * S, CONFORMITY_MORE, BOUNDARY_AT_LEAST, DECISION_SIMPLE, false));
	assert_true(word_with(170 * S, CONFORMITY_PASS, BOUNDARY_MORE_THAN, DECISION_GUARD_BAND, true));
	assert_false(word_with(170 * S, CONFORMITY_NOT_MORE, BOUNDARY_MORE_THAN, DECISION_GUARD_BAND, true));
	assert_true(word_with(190 * S, CONFORMITY_FAIL, BOUNDARY_MORE_THAN, DECISION_GUARD_BAND, true));
	assert_false(word_with(190 * S, CONFORMITY_FAIL, BOUNDARY_MORE_THAN, DECISION_GUARD_BAND, false));
}

static void the_wrong_side_of_the_limit_is_a_wrong_word(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	disagrees("it was 240.000000000 s, and is called not-more");
	night_without_end(true);
	found_open(1800 * S);
	verdicts[0].conformity = CONFORMITY_NOT_MORE;
	disagrees("it never ended, and is called not-more");
}

/* ---- The hub's alert ---- */

static void an_alert_that_had_to_come_and_came_passes(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_FAIL);
	disagrees("ad1: valid, pass was wanted, and valid, fail was found");
	slots[0].verdicts_count = 1;
	disagrees("nothing was found");
}

static void a_missed_alert_fails(void **state)
{
	(void)state;
	night_with_outage(240 * S, false);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_FAIL);
	agrees();
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	disagrees("ad1: valid, fail was wanted, and valid, pass was found");
	night_without_end(false);
	found_open(1800 * S);
	disagrees("ad1: valid, fail was wanted");
}

static void an_alert_that_had_not_to_come_fails(void **state)
{
	(void)state;
	evening();
	activated();
	cut(FALL, 20 * S);
	alert_came(FALL + 10 * S, FALL);
	morning(rule.version);
	found_outage(20 * S, CONFORMITY_NOT_MORE, CONFORMITY_FAIL);
	agrees();
	found_outage(20 * S, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	disagrees("ad1: valid, fail was wanted, and valid, pass was found");
	night_with_outage(20 * S, false);
	found_outage(20 * S, CONFORMITY_NOT_MORE, CONFORMITY_FAIL);
	disagrees("ad1: valid, pass was wanted, and valid, fail was found");
}

static bool inconclusive_at(int64_t length_ns)
{
	night_with_outage(length_ns, false);
	found_outage(length_ns, length_ns > 180 * S ? CONFORMITY_MORE : CONFORMITY_NOT_MORE, CONFORMITY_NOT_APPLICABLE);
	verdicts[1].validity = VALIDITY_INCONCLUSIVE;
	return oracle_agrees(&slot, &rule, &findings, 0, why);
}

static void inside_the_band_nothing_can_be_said(void **state)
{
	(void)state;
	assert_false(inconclusive_at(rule.never_ns - U));
	assert_true(inconclusive_at(rule.never_ns - U + 1));
	assert_true(inconclusive_at(rule.always_ns + U));
	assert_false(inconclusive_at(rule.always_ns + U + 1));
}

static void a_failure_counts_whatever_else_cannot_be_said(void **state)
{
	static const int64_t lengths[2][2] = {{170 * S, 240 * S}, {240 * S, 170 * S}};
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		evening();
		activated();
		cut(FALL, lengths[i][0]);
		cut(FALL + 400 * S, lengths[i][1]);
		morning(rule.version);
		found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_FAIL);
		found_another(lengths[i][0] + lengths[i][1] - 240 * S);
		agrees();
	}
}

static void an_alert_at_a_console_that_was_out_was_not_seen(void **state)
{
	(void)state;
	evening();
	activated();
	console_is(FALL + 10 * S, false);
	cut(FALL, 240 * S);
	alert_came(FALL + 183 * S, FALL);
	console_is(FALL + 300 * S, true);
	morning(rule.version);
	assert_int_equal(slot.outages[0].seen, 0);
	assert_true(slot.deaf);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_NOT_APPLICABLE);
	verdicts[1].validity = VALIDITY_VOID;
	agrees();
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_FAIL);
	disagrees("ad1: void, pass was wanted, and valid, fail was found");
}

static void a_console_that_is_back_before_the_first_block_is_not_deaf(void **state)
{
	(void)state;
	truth_done(&truth);
	happened(1 * S, FACT_MAINS_ROSE);
	happened(31 * S, FACT_SUPPLY_ROSE);
	console_is(100 * S, false);
	console_is(200 * S, true);
	happened(FIRST_BLOCK, FACT_FIRST_BLOCK);
	activated();
	morning(rule.version);
	assert_false(slot.deaf);
	evening();
	console_is(FIRST_BLOCK + 1, false);
	activated();
	morning(rule.version);
	assert_true(slot.deaf);
	truth_done(&truth);
	console_is(100 * S, false);
	happened(FIRST_BLOCK, FACT_FIRST_BLOCK);
	morning(NULL);
	assert_true(slot.deaf);
}

static void an_alert_that_had_not_to_come_fails_also_when_the_console_went_later(void **state)
{
	(void)state;
	evening();
	activated();
	cut(FALL, 20 * S);
	alert_came(FALL + 10 * S, FALL);
	console_is(FALL + 100 * S, false);
	morning(rule.version);
	found_outage(20 * S, CONFORMITY_NOT_MORE, CONFORMITY_FAIL);
	agrees();
}

/* The hub's clock began again when its supply came back for a moment; for the rig it is one outage. */
static void an_alert_of_a_part_of_an_outage_is_one_of_the_outage(void **state)
{
	(void)state;
	evening();
	activated();
	cut(FALL, 20 * S);
	happened(FALL + 20 * S + 100 * MS, FACT_SUPPLY_FELL);
	alert_came(FALL + 203 * S, FALL + 20 * S + 100 * MS);
	happened(FALL + 260 * S, FACT_SUPPLY_ROSE);
	morning(rule.version);
	assert_int_equal(slot.outages[0].seen, 1);
	found_outage(260 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	agrees();
}

static void an_alert_of_another_outage_does_not_count(void **state)
{
	(void)state;
	evening();
	activated();
	cut(FALL, 240 * S);
	cut(FALL + 400 * S, 240 * S);
	alert_came(FALL + 583 * S, FALL + 400 * S);
	alert_came(FALL + 584 * S, FALL + 400 * S);
	alert_came(FALL + 585 * S, 100 * S);
	morning(rule.version);
	assert_int_equal(slot.outages[0].seen, 0);
	assert_int_equal(slot.outages[1].seen, 2);
}

/* ---- The firmware ---- */

static void another_firmware_than_runs_is_noticed(void **state)
{
	(void)state;
	evening();
	activated();
	morning("0002012F");
	found_outage(0, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	disagrees("firmware: 0002012F runs, and valid, pass was found");
	verdicts[2].conformity = CONFORMITY_FAIL;
	agrees();
	evening();
	activated();
	morning(rule.version);
	disagrees("firmware: 00020130 runs, and valid, fail was found");
	verdicts[2].validity = VALIDITY_INCONCLUSIVE;
	disagrees("firmware: 00020130 runs, and inconclusive");
	slots[0].verdicts_count = 2;
	disagrees("nothing was found");
}

static void of_firmware_that_never_ran_nothing_is_said(void **state)
{
	(void)state;
	night_without_end(true);
	found_open(1800 * S);
	agrees();
	verdicts[2].validity = VALIDITY_VALID;
	disagrees("firmware: none runs, and valid");
	slots[0].verdicts_count = 2;
	disagrees("firmware: none runs, and nothing");
}

static void what_ran_before_the_activation_does_not_count(void **state)
{
	(void)state;
	evening();
	of_slot("A", 700 * S, FACT_METER_RUNS, 0, "00020130");
	activated();
	morning(NULL);
	assert_string_equal(slot.version, "");
}

/* ---- The activation ---- */

static void a_meter_that_was_never_activated_has_no_verdict(void **state)
{
	(void)state;
	evening();
	cut(FALL, 240 * S);
	morning(NULL);
	found_without_activation();
	agrees();
	verdicts[0].validity = VALIDITY_VOID;
	agrees();
	slots[0].verdicts_count = 0;
	agrees();
	slots[0].verdicts_count = 1;
	verdicts[0] = (struct verdict){.kind = CASE_OUTAGE, .conformity = CONFORMITY_NOT_MORE, .validity = VALIDITY_VALID};
	disagrees("outage: it was not activated, and was judged not-more");
	verdicts[0].validity = VALIDITY_INCONCLUSIVE;
	disagrees("outage: it was not activated");
}

static void nor_has_one_that_refused(void **state)
{
	(void)state;
	evening();
	activated();
	happened(ACTIVATION, FACT_ACTIVATION_REFUSED);
	morning(NULL);
	found_without_activation();
	agrees();
	slots[0].activated = true; /* sent it was */
	agrees();
	verdicts[0] = (struct verdict){.kind = CASE_OUTAGE, .conformity = CONFORMITY_NOT_MORE, .validity = VALIDITY_VALID};
	disagrees("outage: it was not activated");
}

static void an_activation_that_was_sent_twice_is_noticed(void **state)
{
	(void)state;
	evening();
	activated();
	of_slot("A", ACTIVATION + 1 * S, FACT_ACTIVATION_RECEIVED, 2, "");
	morning(rule.version);
	found_outage(0, CONFORMITY_NOT_MORE, CONFORMITY_PASS);
	disagrees("it was activated 2 times");
}

static void the_run_must_know_whether_it_activated(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	slots[0].activated = false;
	disagrees("it was activated, and the run says otherwise");
	evening();
	morning(NULL);
	found_without_activation();
	slots[0].activated = true;
	disagrees("it was not activated, and the run says otherwise");
}

/* ---- Which slot ---- */

static void the_verdicts_are_those_of_the_slot(void **state)
{
	(void)state;
	night_with_outage(240 * S, true);
	found_outage(240 * S, CONFORMITY_MORE, CONFORMITY_PASS);
	slots[1] = slots[0];
	slots[0] = (struct slot_findings){.activated = false};
	assert_true(oracle_agrees(&slot, &rule, &findings, 1, why));
	assert_false(oracle_agrees(&slot, &rule, &findings, 0, why));
}

/* ---- The truth as it is kept ---- */

static void the_truth_is_written_as_it_was_told(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	truth_done(&truth);
	happened(FALL, FACT_SUPPLY_FELL);
	alert_came(FALL + 183 * S, FALL);
	of_slot("", 2000 * S, FACT_INPUT, 1, "arm");
	truth_put(&truth, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "{\"t_ns\":1202000000000,\"slot\":\"A\",\"fact\":\"supply-fell\"}\n"
				  "{\"t_ns\":1385000000000,\"slot\":\"A\",\"fact\":\"ad1-seen\",\"value\":183000000000}\n"
				  "{\"t_ns\":2000000000000,\"fact\":\"input\",\"value\":1,\"text\":\"arm\"}\n");
	free(text);
}

static void the_truth_grows_and_keeps_its_order(void **state)
{
	int i;

	(void)state;
	truth_done(&truth);
	for (i = 0; i < 5000; i++)
		happened(i, FACT_HUB_READY);
	assert_int_equal(truth.count, 5000);
	for (i = 0; i < 5000; i++)
		assert_int_equal(truth.facts[i].t_ns, i);
}

static int tear_down(void **state)
{
	(void)state;
	truth_done(&truth);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outage_that_was_measured_to_the_nanosecond_agrees),
		cmocka_unit_test(one_nanosecond_more_or_less_does_not),
		cmocka_unit_test(an_outage_more_or_less_is_noticed),
		cmocka_unit_test(no_outage_at_all_is_what_was_measured),
		cmocka_unit_test(an_outage_that_was_not_judged_is_noticed),
		cmocka_unit_test(an_outage_that_never_ended_is_open),
		cmocka_unit_test(nobody_can_have_seen_more_of_an_open_outage_than_there_was),
		cmocka_unit_test(an_outage_that_ended_is_not_open),
		cmocka_unit_test(a_supply_that_is_back_for_less_than_it_takes_to_settle_is_not_back),
		cmocka_unit_test(what_was_before_the_first_block_or_without_mains_is_not_its_own),
		cmocka_unit_test(an_outage_that_the_first_block_found_under_way_is_its_own),
		cmocka_unit_test(more_outages_than_can_be_kept_are_no_truth),
		cmocka_unit_test(every_length_has_one_word),
		cmocka_unit_test(the_rule_s_boundary_decision_and_clause_choose_the_word),
		cmocka_unit_test(the_wrong_side_of_the_limit_is_a_wrong_word),
		cmocka_unit_test(an_alert_that_had_to_come_and_came_passes),
		cmocka_unit_test(a_missed_alert_fails),
		cmocka_unit_test(an_alert_that_had_not_to_come_fails),
		cmocka_unit_test(inside_the_band_nothing_can_be_said),
		cmocka_unit_test(a_failure_counts_whatever_else_cannot_be_said),
		cmocka_unit_test(an_alert_at_a_console_that_was_out_was_not_seen),
		cmocka_unit_test(a_console_that_is_back_before_the_first_block_is_not_deaf),
		cmocka_unit_test(an_alert_that_had_not_to_come_fails_also_when_the_console_went_later),
		cmocka_unit_test(an_alert_of_a_part_of_an_outage_is_one_of_the_outage),
		cmocka_unit_test(an_alert_of_another_outage_does_not_count),
		cmocka_unit_test(another_firmware_than_runs_is_noticed),
		cmocka_unit_test(of_firmware_that_never_ran_nothing_is_said),
		cmocka_unit_test(what_ran_before_the_activation_does_not_count),
		cmocka_unit_test(a_meter_that_was_never_activated_has_no_verdict),
		cmocka_unit_test(nor_has_one_that_refused),
		cmocka_unit_test(an_activation_that_was_sent_twice_is_noticed),
		cmocka_unit_test(the_run_must_know_whether_it_activated),
		cmocka_unit_test(the_verdicts_are_those_of_the_slot),
		cmocka_unit_test(the_truth_is_written_as_it_was_told),
		cmocka_unit_test(the_truth_grows_and_keeps_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
