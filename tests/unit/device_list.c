/* The device list: observations of runs and lines of lists become rows, rows get grades, counts and sentences. */

#include "rig/judge/device_list.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define G1 "00-DB-12-34-56-78-90-A0"
#define G2 "00-DB-12-34-56-78-90-A1"
#define G3 "00-DB-12-34-56-78-90-A2"
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* A complete, valid observation: scanned and read, activated, version read back. */
static struct device_result observed(const char *guid, const char *run, int64_t utc_us, enum conformity outage, int64_t t_s)
{
	struct device_result result;

	memset(&result, 0, sizeof result);
	text_copy(result.guid, sizeof result.guid, guid);
	text_copy(result.manufacturer, sizeof result.manufacturer, "AB01");
	text_copy(result.model, sizeof result.model, "010A030B");
	text_copy(result.hardware, sizeof result.hardware, "030B");
	text_copy(result.firmware_from, sizeof result.firmware_from, "0002012F");
	text_copy(result.firmware_to, sizeof result.firmware_to, "00020130");
	text_copy(result.hub_model, sizeof result.hub_model, "0101AB02");
	text_copy(result.runs, sizeof result.runs, run);
	result.known = KNOWN_SCANNED;
	result.identity_read = result.version_changed = true;
	result.activations = 1;
	result.activated_utc_us = utc_us;
	result.t_lo_ns = result.t_hi_ns = t_s * NS_PER_S;
	result.u_ns = 1837680;
	result.outage = outage;
	result.outage_validity = VALIDITY_VALID;
	return result;
}

static struct device_result listed(const char *guid, const char *list)
{
	struct device_result result;

	memset(&result, 0, sizeof result);
	text_copy(result.guid, sizeof result.guid, guid);
	text_copy(result.runs, sizeof result.runs, list);
	result.source = SOURCE_LIST;
	return result;
}

static void several_runs_of_a_meter_are_one_row_decided_by_the_worst(void **state)
{
	struct device_result rows[] = {
		observed(G1, "run-2", 2000, CONFORMITY_MORE, 205),
		observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20),
		observed(G1, "run-3", 3000, CONFORMITY_NOT_MORE, 21),
	};

	(void)state;
	text_copy(rows[0].ad1, sizeof rows[0].ad1, "expected-seen");
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 1);
	assert_int_equal(rows[0].activations, 3);
	assert_int_equal(rows[0].valid_activations, 3);
	assert_int_equal(rows[0].affected_activations, 1);
	assert_int_equal(rows[0].t_lo_ns, 205 * NS_PER_S);
	assert_int_equal(rows[0].outage, CONFORMITY_MORE);
	assert_string_equal(rows[0].ad1, "expected-seen");
	assert_string_equal(rows[0].runs, "run-1 run-2 run-3");
	assert_int_equal(rows[0].run_count, 3);
	assert_int_equal(rows[0].activated_utc_us, 1000);
	/* The unit of statistics is the first activation, whatever came later. */
	assert_true(rows[0].first_judged);
	assert_int_equal(rows[0].first_outage, CONFORMITY_NOT_MORE);
}

static void the_order_of_observations_does_not_matter(void **state)
{
	struct device_result a[6], b[6];
	size_t i;

	(void)state;
	a[0] = observed(G2, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	a[1] = observed(G1, "run-2", 2000, CONFORMITY_MORE, 205);
	a[2] = listed(G1, "supplier");
	a[3] = observed(G1, "run-1", 1000, CONFORMITY_CONDITIONAL_MORE, 180);
	a[4] = listed(G3, "supplier");
	a[5] = observed(G2, "run-3", 500, CONFORMITY_NOT_MORE, 19);
	for (i = 0; i < COUNT(a); i++)
		b[COUNT(a) - 1 - i] = a[i];
	assert_int_equal(device_list_merge(a, COUNT(a)), 3);
	assert_int_equal(device_list_merge(b, COUNT(b)), 3);
	assert_memory_equal(a, b, 3 * sizeof *a);
	assert_string_equal(a[0].guid, G1);
	assert_string_equal(a[1].guid, G2);
	assert_string_equal(a[1].runs, "run-3 run-1");
	assert_string_equal(a[2].guid, G3);
}

static void the_same_run_given_twice_counts_once(void **state)
{
	struct device_result rows[] = {
		observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20),
		observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20),
		observed(G1, "run-1", 1000, CONFORMITY_MORE, 205),
	};

	(void)state;
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 1);
	assert_int_equal(rows[0].activations, 1);
	assert_int_equal(rows[0].run_count, 1);
	/* Where two copies differ, the worse one is believed. */
	assert_int_equal(rows[0].outage, CONFORMITY_MORE);
	/* Another journal under the same name is another run. */
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[1] = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	text_copy(rows[1].evidence, sizeof rows[1].evidence, "ab");
	assert_int_equal(device_list_merge(rows, 2), 1);
	assert_int_equal(rows[0].activations, 2);
}

static void another_firmware_pair_or_hub_model_is_another_row(void **state)
{
	struct device_result rows[3];

	(void)state;
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[1] = observed(G1, "run-2", 2000, CONFORMITY_MORE, 205);
	text_copy(rows[1].firmware_from, sizeof rows[1].firmware_from, "00020130");
	text_copy(rows[1].firmware_to, sizeof rows[1].firmware_to, "00020131");
	rows[2] = observed(G1, "run-3", 3000, CONFORMITY_NOT_MORE, 20);
	text_copy(rows[2].hub_model, sizeof rows[2].hub_model, "0101AB03");
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 3);
	device_list_grade(rows, 3);
	assert_int_equal(rows[0].grade, GRADE_N);
	assert_int_equal(rows[1].grade, GRADE_N);
	assert_int_equal(rows[2].grade, GRADE_A);
	assert_false(rows[0].in_conflict);
}

static void a_void_activation_tests_nothing_and_the_next_one_is_the_first(void **state)
{
	struct device_result rows[] = {
		observed(G1, "run-1", 1000, CONFORMITY_NOT_APPLICABLE, 0),
		observed(G1, "run-2", 2000, CONFORMITY_MORE, 205),
		observed(G2, "run-1", 1000, CONFORMITY_NOT_APPLICABLE, 0),
	};

	(void)state;
	rows[0].outage_validity = VALIDITY_VOID;
	rows[2].outage_validity = VALIDITY_VOID;
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 2);
	assert_int_equal(rows[0].activations, 2);
	assert_int_equal(rows[0].valid_activations, 1);
	assert_int_equal(rows[0].first_outage, CONFORMITY_MORE);
	assert_false(rows[1].first_judged);
	device_list_grade(rows, 2);
	assert_int_equal(rows[0].grade, GRADE_A);
	assert_int_equal(rows[1].grade, GRADE_C); /* same stratum, itself not tested */
	assert_string_equal(device_outage_word(&rows[1]), "void");
}

static void a_run_that_never_activated_joins_the_run_that_did(void **state)
{
	struct device_result rows[2];

	(void)state;
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_MORE, 300);
	rows[0].activations = 0;
	rows[0].firmware_to[0] = '\0';
	rows[1] = observed(G1, "run-2", 2000, CONFORMITY_NOT_MORE, 20);
	assert_int_equal(device_list_merge(rows, 2), 1);
	assert_int_equal(rows[0].activations, 1);
	assert_int_equal(rows[0].affected_activations, 0);
	assert_int_equal(rows[0].t_lo_ns, 20 * NS_PER_S);
	assert_int_equal(rows[0].activated_utc_us, 2000);
	assert_string_equal(rows[0].runs, "run-2 run-1");
}

static void the_worst_is_above_then_straddling_then_conditional_then_below(void **state)
{
	static const struct {
		enum conformity outage;
		enum validity validity;
	} order[] = {
		{CONFORMITY_MORE, VALIDITY_VALID},
		{CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE},
		{CONFORMITY_CONDITIONAL_MORE, VALIDITY_VALID},
		{CONFORMITY_CONDITIONAL_NOT_MORE, VALIDITY_VALID},
		{CONFORMITY_NOT_MORE, VALIDITY_VALID},
		{CONFORMITY_NOT_APPLICABLE, VALIDITY_VOID},
	};
	size_t i;

	(void)state;
	for (i = 0; i + 1 < COUNT(order); i++) {
		struct device_result rows[] = {
			observed(G1, "run-1", 1000, order[i + 1].outage, 500),
			observed(G1, "run-2", 2000, order[i].outage, 1),
		};

		rows[0].outage_validity = order[i + 1].validity;
		rows[1].outage_validity = order[i].validity;
		assert_int_equal(device_list_merge(rows, 2), 1);
		assert_int_equal(rows[0].outage, order[i].outage);
		assert_int_equal(rows[0].outage_validity, order[i].validity);
		assert_int_equal(rows[0].t_lo_ns, NS_PER_S);
	}
}

static void words_of_conformity_weigh_like_classifications(void **state)
{
	(void)state;
	assert_true(outage_is_affected(CONFORMITY_FAIL, VALIDITY_VALID) && outage_is_affected(CONFORMITY_MORE, VALIDITY_VALID));
	assert_false(outage_is_affected(CONFORMITY_CONDITIONAL_FAIL, VALIDITY_VALID));
	assert_false(outage_is_affected(CONFORMITY_FAIL, VALIDITY_VOID));
	assert_false(outage_is_affected(CONFORMITY_FAIL, VALIDITY_INCONCLUSIVE));
	assert_true(outage_is_undecided(CONFORMITY_CONDITIONAL_PASS, VALIDITY_VALID));
	assert_true(outage_is_undecided(CONFORMITY_CONDITIONAL_FAIL, VALIDITY_VALID));
	assert_true(outage_is_undecided(CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE));
	assert_false(outage_is_undecided(CONFORMITY_CONDITIONAL_FAIL, VALIDITY_VOID));
	assert_false(outage_is_undecided(CONFORMITY_PASS, VALIDITY_VALID));
	assert_false(outage_is_undecided(CONFORMITY_MORE, VALIDITY_VALID));
}

static void a_list_is_laid_on_the_rows_it_agrees_with(void **state)
{
	struct device_result rows[4];

	(void)state;
	rows[0] = listed(G1, "supplier");
	rows[1] = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[2] = listed(G2, "supplier");
	rows[3] = listed(G2, "network-operator");
	text_copy(rows[3].model, sizeof rows[3].model, "010A030C");
	assert_int_equal(device_list_merge(rows, 4), 2);
	assert_true(rows[0].listed && rows[0].source == SOURCE_BENCH);
	assert_string_equal(rows[0].runs, "run-1 supplier");
	assert_int_equal(rows[0].run_count, 2);
	assert_false(rows[0].in_conflict);
	assert_string_equal(rows[1].model, "010A030C");
	assert_string_equal(rows[1].runs, "network-operator supplier");
	device_list_grade(rows, 2);
	assert_int_equal(rows[0].grade, GRADE_N); /* named by the supplier, tested, not shown affected */
	assert_int_equal(rows[1].grade, GRADE_D);
}

static void a_list_that_names_another_model_is_a_conflict(void **state)
{
	struct device_result rows[3];

	(void)state;
	rows[0] = listed(G1, "supplier");
	text_copy(rows[0].model, sizeof rows[0].model, "010A030C");
	rows[1] = observed(G1, "run-1", 1000, CONFORMITY_MORE, 205);
	rows[2] = observed(G2, "run-1", 1000, CONFORMITY_MORE, 205);
	assert_int_equal(device_list_merge(rows, 3), 3);
	assert_true(rows[0].in_conflict && rows[1].in_conflict);
	assert_false(rows[2].in_conflict);
}

static void grades_follow_the_evidence(void **state)
{
	struct device_result rows[6];

	(void)state;
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_MORE, 205);
	rows[1] = observed(G2, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[2] = listed(G2, "power-log"); /* tested without effect, and yet seen in the field: the field stands */
	rows[2].source = SOURCE_FIELD;
	rows[3] = listed(G3, "supplier");
	text_copy(rows[3].model, sizeof rows[3].model, "010A030B");
	rows[4] = listed("00-DB-12-34-56-78-90-A3", "supplier");
	text_copy(rows[4].model, sizeof rows[4].model, "010A0999");
	rows[5] = listed("00-DB-12-34-56-78-90-A4", "supplier");
	assert_int_equal(device_list_merge(rows, 6), 5);
	device_list_grade(rows, 5);
	assert_string_equal(device_grade_name(rows[0].grade), "A");
	assert_string_equal(device_grade_name(rows[1].grade), "B");
	assert_string_equal(device_grade_name(rows[2].grade), "C");
	assert_string_equal(device_grade_name(rows[3].grade), "D");
	assert_string_equal(device_grade_name(rows[4].grade), "D"); /* names no model: no stratum can be said of it */
	assert_string_equal(device_grade_name(GRADE_N), "N");
	assert_string_equal(device_grade_name(GRADE_NONE), "");
}

static void check_statement(const struct device_result *row, const char *expected)
{
	struct device_result copy = *row;
	char text[DEVICE_STATEMENT_SIZE];

	assert_int_equal(device_list_merge(&copy, 1), 1);
	device_statement(&copy, text, sizeof text);
	assert_string_equal(text, expected);
}

static void a_statement_says_what_the_evidence_carries_and_what_is_missing(void **state)
{
	struct device_result row = observed(G1, "run-1", 1000, CONFORMITY_MORE, 205);

	(void)state;
	check_statement(&row, "starved its hub for more than the limit, T in [205.000000 s, 205.000000 s] +- 0.001838 s");
	row.t_lo_ns += 999;
	row.t_hi_ns = INSTANT_NEVER;
	check_statement(&row, "starved its hub for more than the limit, T in [205.000000 s, not ended] +- 0.001838 s");
	row.identity_read = false;
	check_statement(&row, "outage above the limit in its slot, T in [205.000000 s, not ended] +- 0.001838 s; no statement "
			      "about this meter yet, identity not read from the device");
	row.version_changed = false;
	row.known = KNOWN_CUSTOMER;
	check_statement(&row, "outage above the limit in its slot, T in [205.000000 s, not ended] +- 0.001838 s; no statement "
			      "about this meter yet, identity not scanned, identity not read from the device, new version not "
			      "read back");
	row.outage_validity = VALIDITY_VOID;
	check_statement(&row, "not tested: every activation was void");
	row.activations = 0;
	check_statement(&row, "not tested: never activated");
	row = observed(G1, "run-1", 1000, CONFORMITY_CONDITIONAL_MORE, 180);
	row.t_lo_ns = row.t_hi_ns = 180 * NS_PER_S + 1;
	check_statement(&row, "undecided (conditional-more), T in [180.000000 s, 180.000001 s] +- 0.001838 s");
	row = listed(G1, "supplier");
	check_statement(&row, "named on a list only, not tested");
	row.source = SOURCE_FIELD;
	check_statement(&row, "named by field evidence, not tested");
}

static void a_longer_outage_without_identity_does_not_take_the_sentence_away(void **state)
{
	struct device_result rows[] = {
		observed(G1, "run-1", 1000, CONFORMITY_MORE, 205),
		observed(G1, "run-2", 2000, CONFORMITY_MORE, 4000),
		observed(G1, "run-2", 3000, CONFORMITY_MORE, 210),
	};
	char text[DEVICE_STATEMENT_SIZE];

	(void)state;
	rows[1].version_changed = false;
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 1);
	assert_int_equal(rows[0].t_lo_ns, 4000 * NS_PER_S);
	assert_string_equal(rows[0].runs, "run-1 run-2");
	device_statement(&rows[0], text, sizeof text);
	assert_string_equal(text, "starved its hub for more than the limit, T in [210.000000 s, 210.000000 s] +- 0.001838 s");
}

/* Section 2 of the statistics: the phrase carries its k and its pair; 95 %, 63 % and 26 %, here in tenths. */
static void not_shown_affected_carries_its_number_of_activations_and_its_pair(void **state)
{
	struct device_result rows[10];
	char text[DEVICE_STATEMENT_SIZE];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		rows[i] = observed(G1, "run", i, CONFORMITY_NOT_MORE, 20);
	check_statement(&rows[0], "not shown affected in 1 valid activation (0002012F to 00020130): its own rate is at most 95.0 %");
	assert_int_equal(device_list_merge(rows, 3), 1);
	device_statement(&rows[0], text, sizeof text);
	assert_string_equal(text, "not shown affected in 3 valid activations (0002012F to 00020130): its own rate is at most 63.2 %");
	for (i = 0; i < 10; i++)
		rows[i] = observed(G1, "run", i, CONFORMITY_NOT_MORE, 20);
	assert_int_equal(device_list_merge(rows, 10), 1);
	device_statement(&rows[0], text, sizeof text);
	assert_string_equal(text, "not shown affected in 10 valid activations (0002012F to 00020130): its own rate is at most 25.9 %");
}

static void an_activation_without_the_new_version_tests_nothing(void **state)
{
	struct device_result row = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	struct device_result rows[] = {row, row};
	char text[DEVICE_STATEMENT_SIZE];

	(void)state;
	row.version_changed = false;
	rows[0].version_changed = false;
	text_copy(rows[0].runs, sizeof rows[0].runs, "run-0");
	rows[0].t_lo_ns = rows[0].t_hi_ns = 150 * NS_PER_S;
	assert_int_equal(device_list_merge(&row, 1), 1);
	device_list_grade(&row, 1);
	assert_int_equal(row.activations, 1);
	assert_int_equal(row.valid_activations, 0);
	assert_false(row.first_judged);
	assert_int_equal(row.grade, GRADE_NONE);
	device_statement(&row, text, sizeof text);
	assert_string_equal(text, "not tested: the new version was not read back");
	assert_string_equal(device_outage_word(&row), "not-tested");
	assert_int_equal(device_list_merge(rows, COUNT(rows)), 1);
	assert_int_equal(rows[0].activations, 2);
	assert_int_equal(rows[0].valid_activations, 1);
	assert_int_equal(rows[0].t_lo_ns, 20 * NS_PER_S); /* its length is none of the new firmware's */
	assert_true(rows[0].version_changed);
}

static void the_longest_statement_fits(void **state)
{
	struct device_result row = observed(G1, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	char text[DEVICE_STATEMENT_SIZE];

	(void)state;
	memset(row.firmware_from, 'f', sizeof row.firmware_from - 1);
	memset(row.firmware_to, 't', sizeof row.firmware_to - 1);
	device_list_merge(&row, 1);
	row.valid_activations = 1000000000;
	device_statement(&row, text, sizeof text);
	row.affected_activations = 1;
	row.attributed.any = false;
	row.t_lo_ns = row.t_hi_ns = row.u_ns = INT64_MAX - 1;
	row.known = KNOWN_CUSTOMER;
	row.identity_read = row.version_changed = false;
	device_statement(&row, text, sizeof text);
	assert_true(strlen(text) < DEVICE_STATEMENT_SIZE);
}

static void more_runs_than_there_is_room_for_are_counted_and_marked(void **state)
{
	struct device_result rows[40];
	char run[WORD_TEXT_SIZE];
	size_t length;
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		struct text text;

		text_init(&text, run, sizeof run);
		text_format(&text, "20261123T180102Z-ota-journey-%02d", i);
		rows[i] = observed(G1, run, i, CONFORMITY_NOT_MORE, 20);
	}
	assert_int_equal(device_list_merge(rows, 40), 1);
	assert_int_equal(rows[0].run_count, 40);
	assert_int_equal(rows[0].activations, 40);
	length = strlen(rows[0].runs);
	assert_string_equal(rows[0].runs + length - 4, " ...");
	assert_true(length < DEVICE_RUNS_SIZE);
}

static void meters_are_counted_once_by_the_worst_of_their_rows(void **state)
{
	struct device_result rows[9];
	struct device_counts counts;
	size_t count;

	(void)state;
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_MORE, 205);
	rows[1] = observed(G1, "run-2", 2000, CONFORMITY_NOT_MORE, 20);
	text_copy(rows[1].hub_model, sizeof rows[1].hub_model, "0101AB03");
	rows[2] = observed(G2, "run-1", 1000, CONFORMITY_CONDITIONAL_MORE, 180);
	rows[3] = observed(G3, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[4] = observed("00-DB-12-34-56-78-90-A3", "run-1", 1000, CONFORMITY_NOT_APPLICABLE, 0);
	rows[4].outage_validity = VALIDITY_VOID;
	rows[5] = observed("00-DB-12-34-56-78-90-A4", "run-1", 1000, CONFORMITY_NOT_MORE, 0);
	rows[5].activations = 0;
	rows[6] = listed("00-DB-12-34-56-78-90-A5", "supplier");
	rows[7] = observed("00-DB-12-34-56-78-90-A6", "run-1", 1000, CONFORMITY_NOT_APPLICABLE, 0);
	rows[7].outage_validity = VALIDITY_INCONCLUSIVE;
	rows[8] = listed(G1, "supplier");
	text_copy(rows[8].model, sizeof rows[8].model, "another");
	count = device_list_merge(rows, COUNT(rows));
	device_list_grade(rows, count);
	counts = device_list_count(rows, count);
	assert_int_equal(counts.activated, 5);
	assert_int_equal(counts.affected, 1);
	assert_int_equal(counts.undecided, 2);
	assert_int_equal(counts.not_shown, 1);
	assert_int_equal(counts.void_devices, 1);
	assert_int_equal(counts.not_activated, 1);
	assert_int_equal(counts.elsewhere, 1);
	assert_int_equal(counts.in_conflict, 1);
	assert_int_equal(counts.grades[GRADE_A], 1);
	assert_int_equal(counts.grades[GRADE_N], 2); /* a conditional one is valid, and shows nothing */
	assert_int_equal(counts.grades[GRADE_C], 3); /* inconclusive, void and never activated, beside an A */
	assert_int_equal(counts.grades[GRADE_D], 1);
}

/* "supplier says 3; we find 1 of the same, 1 tested and not affected, 1 not tested; 1 more that it does not name" */
static void a_list_is_reconciled_with_what_was_found(void **state)
{
	char guids[][GUID_SIZE] = {"00-DB-12-34-56-78-90-A9", G2, G1, G1, "00-DB-12-34-56-78-90-A0"};
	struct device_result rows[4];
	struct device_reconciliation result;
	size_t count;

	(void)state;
	rows[0] = observed(G1, "run-1", 1000, CONFORMITY_MORE, 205);
	rows[1] = observed(G2, "run-1", 1000, CONFORMITY_NOT_MORE, 20);
	rows[2] = observed(G3, "run-1", 1000, CONFORMITY_MORE, 240);
	rows[3] = listed("00-DB-12-34-56-78-90-A9", "supplier");
	count = device_list_merge(rows, COUNT(rows));
	device_list_grade(rows, count);
	result = device_list_reconcile(rows, count, guids, COUNT(guids));
	assert_int_equal(result.named, 3);
	assert_int_equal(result.grades[GRADE_A], 1);
	assert_int_equal(result.grades[GRADE_N], 1);
	assert_int_equal(result.grades[GRADE_D], 1);
	assert_int_equal(result.not_named, 1);
	result = device_list_reconcile(rows, 0, guids, COUNT(guids));
	assert_int_equal(result.named, 3);
	assert_int_equal(result.grades[GRADE_NONE], 3);
	result = device_list_reconcile(rows, count, NULL, 0);
	assert_int_equal(result.not_named, 2);
}

static void a_list_of_nothing_has_no_rows(void **state)
{
	(void)state;
	assert_int_equal(device_list_merge(NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_runs_of_a_meter_are_one_row_decided_by_the_worst),
		cmocka_unit_test(the_order_of_observations_does_not_matter),
		cmocka_unit_test(the_same_run_given_twice_counts_once),
		cmocka_unit_test(another_firmware_pair_or_hub_model_is_another_row),
		cmocka_unit_test(a_void_activation_tests_nothing_and_the_next_one_is_the_first),
		cmocka_unit_test(a_run_that_never_activated_joins_the_run_that_did),
		cmocka_unit_test(the_worst_is_above_then_straddling_then_conditional_then_below),
		cmocka_unit_test(words_of_conformity_weigh_like_classifications),
		cmocka_unit_test(a_list_is_laid_on_the_rows_it_agrees_with),
		cmocka_unit_test(a_list_that_names_another_model_is_a_conflict),
		cmocka_unit_test(grades_follow_the_evidence),
		cmocka_unit_test(a_statement_says_what_the_evidence_carries_and_what_is_missing),
		cmocka_unit_test(a_longer_outage_without_identity_does_not_take_the_sentence_away),
		cmocka_unit_test(not_shown_affected_carries_its_number_of_activations_and_its_pair),
		cmocka_unit_test(an_activation_without_the_new_version_tests_nothing),
		cmocka_unit_test(the_longest_statement_fits),
		cmocka_unit_test(more_runs_than_there_is_room_for_are_counted_and_marked),
		cmocka_unit_test(meters_are_counted_once_by_the_worst_of_their_rows),
		cmocka_unit_test(a_list_is_reconciled_with_what_was_found),
		cmocka_unit_test(a_list_of_nothing_has_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
