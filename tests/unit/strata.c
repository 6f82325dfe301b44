/* Strata: what is counted, what is projected, and what is refused. */

#include "rig/judge/strata.h"

#include "rig/base/instant.h"
#include "rig/judge/device_list.h"
#include "rig/base/text.h"
#include "rig/judge/interval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct strata strata;

/* Device `number` of `model`, one valid activation. */
static struct device_result observed(const char *model, int number, enum conformity outage, int64_t t_s)
{
	struct device_result result;
	struct text guid;

	memset(&result, 0, sizeof result);
	text_init(&guid, result.guid, sizeof result.guid);
	text_format(&guid, "00-DB-12-34-56-78-%02X-%02X", (unsigned)number / 256U & 255U, (unsigned)number & 255U);
	text_copy(result.model, sizeof result.model, model);
	text_copy(result.firmware_from, sizeof result.firmware_from, "0002012F");
	text_copy(result.firmware_to, sizeof result.firmware_to, "00020130");
	text_copy(result.hub_model, sizeof result.hub_model, "0101AB02");
	text_copy(result.runs, sizeof result.runs, "run-1");
	result.activations = 1;
	result.version_changed = true;
	result.activated_utc_us = 1000;
	result.t_lo_ns = result.t_hi_ns = t_s * NS_PER_S;
	result.u_ns = 1837680;
	result.outage = outage;
	result.outage_validity = VALIDITY_VALID;
	return result;
}

static struct stratum_population population_of(const char *model, int64_t size)
{
	struct device_result row = observed(model, 0, CONFORMITY_NOT_MORE, 20);
	struct stratum_population population;

	memset(&population, 0, sizeof population);
	text_copy(population.key.model, sizeof population.key.model, row.model);
	text_copy(population.key.firmware_from, sizeof population.key.firmware_from, row.firmware_from);
	text_copy(population.key.firmware_to, sizeof population.key.firmware_to, row.firmware_to);
	text_copy(population.key.hub_model, sizeof population.key.hub_model, row.hub_model);
	population.size = size;
	text_copy(population.frame, sizeof population.frame, "installed base, list of 2026-11-01");
	text_copy(population.method, sizeof population.method, "simple random, drawn by the customer");
	text_copy(population.dates, sizeof population.dates, "2026-11-02");
	return population;
}

static size_t settle(struct device_result *rows, size_t count)
{
	count = device_list_merge(rows, count);
	device_list_grade(rows, count);
	return count;
}

static void fold(const struct device_result *rows, size_t count, const struct stratum_population *populations,
		 size_t population_count)
{
	struct error error = {FAULT_NONE, ""};

	if (!strata_fold(&strata, rows, count, populations, population_count, 0.05, &error))
		fail_msg("%s", error.text);
}

static void every_device_is_counted_once_by_its_worst_activation(void **state)
{
	struct device_result rows[8];
	const struct stratum *stratum;
	size_t count;

	(void)state;
	rows[0] = observed("M1", 1, CONFORMITY_MORE, 205);
	rows[1] = observed("M1", 2, CONFORMITY_NOT_MORE, 20);
	rows[2] = observed("M1", 2, CONFORMITY_NOT_MORE, 21);
	rows[2].activated_utc_us = 2000;
	rows[3] = observed("M1", 3, CONFORMITY_CONDITIONAL_MORE, 180);
	rows[4] = observed("M1", 4, CONFORMITY_NOT_APPLICABLE, 0);
	rows[4].outage_validity = VALIDITY_INCONCLUSIVE;
	rows[5] = observed("M1", 5, CONFORMITY_NOT_APPLICABLE, 9999);
	rows[5].outage_validity = VALIDITY_VOID;
	rows[6] = observed("M1", 6, CONFORMITY_MORE, 9999);
	rows[6].activations = 0;
	rows[7] = observed("M1", 7, CONFORMITY_MORE, 240);
	text_copy(rows[0].ad1, sizeof rows[0].ad1, "expected-seen");
	text_copy(rows[7].ad1, sizeof rows[7].ad1, "expected-missing");
	text_copy(rows[1].ad1, sizeof rows[1].ad1, "unexpected");
	text_copy(rows[2].ad1, sizeof rows[2].ad1, "unexpected");
	count = settle(rows, COUNT(rows));
	assert_int_equal(count, 7);
	fold(rows, count, NULL, 0);
	assert_int_equal(strata.count, 1);
	stratum = &strata.stratum[0];
	assert_int_equal(stratum->affected, 2);
	assert_int_equal(stratum->not_shown, 1);
	assert_int_equal(stratum->undecided, 2);
	assert_int_equal(stratum->void_devices, 1);
	assert_int_equal(stratum->not_activated, 1);
	assert_int_equal(stratum->devices, 7);
	assert_int_equal(stratum->activations, 7);
	assert_int_equal(stratum->sample_n, 5);
	assert_int_equal(stratum->sample_k, 2);
	assert_int_equal(stratum->sample_undecided, 2);
	assert_int_equal(stratum->t_lo_ns, 240 * NS_PER_S);
	assert_int_equal(stratum->ad1_seen, 1);
	assert_int_equal(stratum->ad1_lost, 1);
	assert_int_equal(stratum->ad1_unexpected, 1);
}

static void repeated_activations_do_not_raise_the_sample(void **state)
{
	struct device_result rows[20];
	size_t count;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		rows[i] = observed("M1", i / 10, i == 5 ? CONFORMITY_MORE : CONFORMITY_NOT_MORE, 20 + i);
		rows[i].activated_utc_us = i;
	}
	count = settle(rows, COUNT(rows));
	fold(rows, count, NULL, 0);
	assert_int_equal(strata.stratum[0].activations, 20);
	assert_int_equal(strata.stratum[0].sample_n, 2);
	/* On the list, by its sixth activation; in the sample, by its first. */
	assert_int_equal(strata.stratum[0].affected, 1);
	assert_int_equal(strata.stratum[0].sample_k, 0);
}

static void nothing_is_projected_without_a_sampling_plan(void **state)
{
	struct device_result rows[] = {observed("M1", 1, CONFORMITY_MORE, 205)};

	(void)state;
	fold(rows, settle(rows, 1), NULL, 0);
	assert_false(strata.stratum[0].projected);
	assert_false(strata.all_projected);
	assert_int_equal(strata.affected_most, 0);
	assert_string_equal(STRATUM_TESTED_ONLY, "applies to the devices tested only");
}

static void ten_of_fifteen_tested_leave_a_residual_of_two(void **state)
{
	struct stratum_population population = population_of("M1", 15);
	struct device_result rows[10];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		rows[i] = observed("M1", i, CONFORMITY_NOT_MORE, 20);
	fold(rows, settle(rows, COUNT(rows)), &population, 1);
	assert_true(strata.stratum[0].projected && strata.all_projected);
	assert_int_equal(strata.stratum[0].affected_least, 0);
	assert_int_equal(strata.stratum[0].affected_most, 2);
	assert_int_equal(strata.residual, 2);
	assert_true(strata.stratum[0].share_most == 2.0 / 15.0);
}

static void an_undecided_device_widens_the_upper_bound_only(void **state)
{
	struct stratum_population population = population_of("M1", 200);
	struct device_result rows[40];
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		rows[i] = observed("M1", i, i < 3 ? CONFORMITY_MORE : CONFORMITY_NOT_MORE, 20);
	rows[3].outage = CONFORMITY_CONDITIONAL_MORE;
	rows[4].outage_validity = VALIDITY_INCONCLUSIVE;
	fold(rows, settle(rows, COUNT(rows)), &population, 1);
	assert_int_equal(strata.stratum[0].affected_least, count_lower(200, 40, 3, 0.025));
	assert_int_equal(strata.stratum[0].affected_most, count_upper(200, 40, 5, 0.025));
	assert_int_equal(strata.stratum[0].residual, count_upper(200, 40, 5, 0.025) - 3);
}

static void an_unknown_population_size_gives_a_share_and_no_total(void **state)
{
	struct stratum_population population = population_of("M1", 0);
	struct device_result rows[10];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		rows[i] = observed("M1", i, i == 0 ? CONFORMITY_FAIL : CONFORMITY_PASS, 20);
	fold(rows, settle(rows, COUNT(rows)), &population, 1);
	assert_true(strata.stratum[0].projected);
	assert_true(strata.stratum[0].share_least == share_lower(10, 1, 0.025));
	assert_true(strata.stratum[0].share_most == share_upper(10, 1, 0.025));
	assert_false(strata.all_projected);
	assert_int_equal(strata.residual, 0);
}

static void strata_are_ordered_and_their_intervals_hold_together(void **state)
{
	struct stratum_population populations[] = {population_of("M2", 500), population_of("M1", 15)};
	struct device_result rows[30];
	int i;

	(void)state;
	for (i = 0; i < 30; i++)
		rows[i] = observed(i < 20 ? "M2" : "M1", i, i < 2 ? CONFORMITY_MORE : CONFORMITY_NOT_MORE, 20);
	fold(rows, settle(rows, COUNT(rows)), populations, 2);
	assert_int_equal(strata.count, 2);
	assert_string_equal(strata.stratum[0].key.model, "M1");
	assert_string_equal(strata.stratum[1].key.model, "M2");
	/* At alpha / 2 strata the small one says 3 where it says 2 alone: 10/455 is more than 0.05/4. */
	assert_int_equal(strata.stratum[0].affected_most, 3);
	assert_int_equal(strata.stratum[1].affected_most, count_upper(500, 20, 2, 0.0125));
	assert_int_equal(strata.stratum[1].affected_least, count_lower(500, 20, 2, 0.0125));
	assert_true(strata.all_projected);
	assert_int_equal(strata.affected_most, 3 + count_upper(500, 20, 2, 0.0125));
	assert_int_equal(strata.residual, strata.affected_most - 2);
	/* With one of them undeclared the other has all of alpha, and there is no total. */
	fold(rows, 30, &populations[1], 1);
	assert_int_equal(strata.stratum[0].affected_most, 2);
	assert_false(strata.stratum[1].projected || strata.all_projected);
	assert_int_equal(strata.affected_most, 0);
}

static void a_device_found_affected_later_is_never_outside_the_bounds(void **state)
{
	struct stratum_population population = population_of("M1", 1);
	struct device_result rows[] = {
		observed("M1", 1, CONFORMITY_NOT_MORE, 20),
		observed("M1", 1, CONFORMITY_MORE, 205),
	};

	(void)state;
	rows[1].activated_utc_us = 2000;
	fold(rows, settle(rows, 2), &population, 1);
	/* Of a census of one whose first activation showed nothing: the bounds say 0, the bench says 1. */
	assert_int_equal(strata.stratum[0].affected_least, 1);
	assert_int_equal(strata.stratum[0].affected_most, 1);
	assert_int_equal(strata.stratum[0].residual, 0);
}

static void a_declared_population_of_which_nothing_was_tested_may_be_affected_to_the_last(void **state)
{
	struct stratum_population populations[] = {population_of("M1", 15), population_of("M9", 120)};
	struct device_result rows[11];
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		rows[i] = observed("M1", i, CONFORMITY_NOT_MORE, 20);
	rows[10] = observed("M9", 10, CONFORMITY_NOT_APPLICABLE, 0);
	rows[10].outage_validity = VALIDITY_VOID;
	fold(rows, settle(rows, 10), populations, 2);
	assert_int_equal(strata.count, 2);
	/* A stratum without a sample makes no error of its own: the other one keeps all of alpha. */
	assert_int_equal(strata.stratum[0].affected_most, 2);
	assert_int_equal(strata.stratum[1].devices, 0);
	assert_int_equal(strata.stratum[1].affected_most, 120);
	assert_true(strata.all_projected);
	assert_int_equal(strata.residual, 122);
	fold(rows, settle(rows, 11), populations, 2);
	assert_int_equal(strata.stratum[1].void_devices, 1);
	assert_int_equal(strata.residual, 122);
}

static void lists_and_rows_without_a_model_or_pair_belong_to_no_stratum(void **state)
{
	struct device_result rows[4];
	size_t count;

	(void)state;
	rows[0] = observed("M1", 1, CONFORMITY_MORE, 205);
	rows[1] = observed("M1", 2, CONFORMITY_NOT_MORE, 20);
	rows[1].source = SOURCE_LIST;
	rows[2] = observed("M2", 3, CONFORMITY_NOT_MORE, 20);
	rows[2].firmware_to[0] = '\0';
	rows[3] = observed("M2", 4, CONFORMITY_NOT_MORE, 20);
	rows[3].source = SOURCE_FIELD;
	count = settle(rows, COUNT(rows));
	fold(rows, count, NULL, 0);
	assert_int_equal(strata.count, 1);
	assert_int_equal(strata.stratum[0].devices, 1);
	assert_int_equal(strata.rows_without, 1);
}

static void assert_refused(const struct device_result *rows, size_t count, const struct stratum_population *populations,
			   size_t population_count, const char *why)
{
	struct error error = {FAULT_NONE, ""};

	assert_false(strata_fold(&strata, rows, count, populations, population_count, 0.05, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say \"%s\"", error.text, why);
}

static void a_population_that_cannot_be_is_refused(void **state)
{
	struct device_result rows[] = {
		observed("M1", 1, CONFORMITY_NOT_MORE, 20),
		observed("M1", 2, CONFORMITY_NOT_MORE, 20),
	};
	struct stratum_population populations[2] = {population_of("M1", 1), population_of("M1", 15)};

	(void)state;
	settle(rows, 2);
	assert_refused(rows, 2, populations, 1, "1 devices, but 2 of them");
	populations[0].size = 15;
	assert_refused(rows, 2, populations, 2, "declared twice");
	populations[0].method[0] = '\0';
	assert_refused(rows, 2, populations, 1, "frame, method and dates");
	populations[0] = population_of("M1", -1);
	assert_refused(rows, 2, populations, 1, "size");
	populations[0] = population_of("M1", TAIL_COUNT_MAX + 1);
	assert_refused(rows, 2, populations, 1, "size");
}

static void more_kinds_of_devices_than_there_is_room_for_are_refused(void **state)
{
	static struct device_result rows[STRATA_MAX + 1];
	char model[8];
	int i;

	(void)state;
	for (i = 0; i <= STRATA_MAX; i++) {
		struct text text;

		text_init(&text, model, sizeof model);
		text_format(&text, "M%d", i);
		rows[i] = observed(model, i, CONFORMITY_NOT_MORE, 20);
	}
	settle(rows, COUNT(rows));
	fold(rows, STRATA_MAX, NULL, 0);
	assert_int_equal(strata.count, STRATA_MAX);
	assert_refused(rows, COUNT(rows), NULL, 0, "kinds of devices");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_device_is_counted_once_by_its_worst_activation),
		cmocka_unit_test(repeated_activations_do_not_raise_the_sample),
		cmocka_unit_test(nothing_is_projected_without_a_sampling_plan),
		cmocka_unit_test(ten_of_fifteen_tested_leave_a_residual_of_two),
		cmocka_unit_test(an_undecided_device_widens_the_upper_bound_only),
		cmocka_unit_test(an_unknown_population_size_gives_a_share_and_no_total),
		cmocka_unit_test(strata_are_ordered_and_their_intervals_hold_together),
		cmocka_unit_test(a_device_found_affected_later_is_never_outside_the_bounds),
		cmocka_unit_test(a_declared_population_of_which_nothing_was_tested_may_be_affected_to_the_last),
		cmocka_unit_test(lists_and_rows_without_a_model_or_pair_belong_to_no_stratum),
		cmocka_unit_test(a_population_that_cannot_be_is_refused),
		cmocka_unit_test(more_kinds_of_devices_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
