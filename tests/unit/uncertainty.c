/* The uncertainty budget: each distribution by itself, and the worked budget of the bench in both states of the clock. */

#include "rig/metrology/uncertainty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

/* Adds a term that must be accepted. */
static void add(struct uncertainty_budget *budget, const char *name, enum uncertainty_distribution distribution,
		int64_t half_width_ns, int64_t half_width_ppb, int edges)
{
	struct error error = {FAULT_NONE, ""};

	if (!uncertainty_add(budget, name, distribution, half_width_ns, half_width_ppb, edges, "test", &error))
		fail_msg("%s", error.text);
}

/* The budget for T = t_up - t_down at 180 s, but for the clock: +-0.5 ms stamps at both edges, +-20 us residual
 * asymmetry, and +-0.5 V of threshold at 0.5 V/ms, which is +-1 ms, at both edges. */
static struct uncertainty_budget bench_without_clock(void)
{
	struct uncertainty_budget budget = {.count = 0};

	add(&budget, "stamp latency", UNCERTAINTY_RECTANGULAR, MS / 2, 0, 2);
	add(&budget, "sense path asymmetry", UNCERTAINTY_RECTANGULAR, MS / 50, 0, 1);
	add(&budget, "threshold crossing", UNCERTAINTY_RECTANGULAR, MS, 0, 2);
	return budget;
}

/* Rounds to the digits that the worked budget prints. */
static void assert_ms(double value_ns, int digits, const char *expected)
{
	char text[32];

	snprintf(text, sizeof text, "%.*f", digits, value_ns / 1e6);
	assert_string_equal(text, expected);
}

static void the_worked_budget_with_a_locked_clock_is_0_92_ms_and_1_9_ms(void **state)
{
	struct uncertainty_budget budget = bench_without_clock();
	struct uncertainty result;

	(void)state;
	add(&budget, "clock, NTP locked", UNCERTAINTY_RECTANGULAR, 0, 1000, 1);
	result = uncertainty_at(&budget, 180 * S);
	assert_int_equal(result.count, 4);
	assert_ms(result.term_ns[0], 2, "0.41");
	assert_ms(result.term_ns[1], 3, "0.012");
	assert_ms(result.term_ns[2], 2, "0.82");
	assert_ms(result.term_ns[3], 2, "0.10");
	assert_ms(result.combined_ns, 2, "0.92");
	/* The table's 1.9 ms is U rounded outwards; 2 x 0.91884 ms is 1.8376797 ms. */
	assert_int_equal(result.expanded_ns, 1837680);
	assert_true(result.expanded_ns > 1800000 && result.expanded_ns <= 1900000);
	assert_int_equal(result.dominant, 2);
	assert_false(result.beyond_half_width);
}

static void the_worked_budget_with_a_free_crystal_is_5_3_ms_and_10_6_ms(void **state)
{
	struct uncertainty_budget budget = bench_without_clock();
	struct uncertainty result;

	(void)state;
	add(&budget, "clock, free crystal", UNCERTAINTY_RECTANGULAR, 0, 50000, 1);
	result = uncertainty_at(&budget, 180 * S);
	assert_ms(result.term_ns[3], 1, "5.2");
	assert_ms(result.combined_ns, 1, "5.3");
	assert_ms((double)result.expanded_ns, 1, "10.6");
	assert_int_equal(result.dominant, 3);
	/* statistics section 1: 10.6 ms is more than the 9.0 ms that 50 ppm of 180 s can ever reach. */
	assert_true(result.beyond_half_width);
}

static void an_analogue_module_in_place_of_edges_gives_82_ms(void **state)
{
	struct uncertainty_budget budget = {.count = 0};
	struct uncertainty result;

	(void)state;
	add(&budget, "scan of 100 ms", UNCERTAINTY_RECTANGULAR, 50 * MS, 0, 2);
	result = uncertainty_at(&budget, 180 * S);
	assert_ms(result.combined_ns, 0, "41");
	assert_ms((double)result.expanded_ns, 0, "82");
	assert_false(result.beyond_half_width);
}

static void each_distribution_has_its_own_divisor(void **state)
{
	static const struct {
		enum uncertainty_distribution distribution;
		int edges;
		int64_t expanded_ns;
	} rows[] = {
		/* 2 a / sqrt(3), / sqrt(6), / 2 with a = 300,000 ns; the second of each pair times sqrt(2). Rounded up. */
		{UNCERTAINTY_RECTANGULAR, 1, 346411}, {UNCERTAINTY_RECTANGULAR, 2, 489898},
		{UNCERTAINTY_TRIANGULAR, 1, 244949},  {UNCERTAINTY_TRIANGULAR, 2, 346411},
		{UNCERTAINTY_NORMAL_K2, 1, 300000},   {UNCERTAINTY_NORMAL_K2, 2, 424265},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct uncertainty_budget budget = {.count = 0};

		add(&budget, "term", rows[i].distribution, 300000, 0, rows[i].edges);
		assert_int_equal(uncertainty_at(&budget, 0).expanded_ns, rows[i].expanded_ns);
	}
}

static void the_expanded_uncertainty_is_rounded_up_to_whole_nanoseconds(void **state)
{
	struct uncertainty_budget budget = {.count = 0};

	(void)state;
	assert_int_equal(uncertainty_at(&budget, 180 * S).expanded_ns, 0);
	add(&budget, "exact", UNCERTAINTY_NORMAL_K2, 1000, 0, 1);
	assert_int_equal(uncertainty_at(&budget, 0).expanded_ns, 1000);
	/* 2 sqrt(500^2 + 1/3) = 1000.0007 */
	add(&budget, "one nanosecond", UNCERTAINTY_RECTANGULAR, 1, 0, 1);
	assert_int_equal(uncertainty_at(&budget, 0).expanded_ns, 1001);
}

static void a_relative_half_width_grows_with_the_measured_time_and_adds_to_the_absolute_one(void **state)
{
	struct uncertainty_budget budget = {.count = 0};

	(void)state;
	add(&budget, "certificate", UNCERTAINTY_NORMAL_K2, 100, 1000, 1);
	assert_int_equal(uncertainty_at(&budget, 0).expanded_ns, 100);
	assert_int_equal(uncertainty_at(&budget, 1 * S).expanded_ns, 1100);
	assert_int_equal(uncertainty_at(&budget, 180 * S).expanded_ns, 180100);
}

static void the_remark_needs_one_rectangular_term_on_the_interval(void **state)
{
	struct uncertainty_budget rectangular = {.count = 0}, twice = {.count = 0}, normal = {.count = 0},
				  shared = {.count = 0};

	(void)state;
	add(&rectangular, "a", UNCERTAINTY_RECTANGULAR, 1000, 0, 1);
	assert_true(uncertainty_at(&rectangular, 0).beyond_half_width);
	/* Two edges reach 2 a, and U = 1.63 a. */
	add(&twice, "a", UNCERTAINTY_RECTANGULAR, 1000, 0, 2);
	assert_false(uncertainty_at(&twice, 0).beyond_half_width);
	add(&normal, "a", UNCERTAINTY_NORMAL_K2, 1000, 0, 1);
	assert_false(uncertainty_at(&normal, 0).beyond_half_width);
	/* Two equal terms: neither carries more than half. */
	add(&shared, "a", UNCERTAINTY_RECTANGULAR, 1000, 0, 1);
	add(&shared, "b", UNCERTAINTY_RECTANGULAR, 1000, 0, 1);
	assert_false(uncertainty_at(&shared, 0).beyond_half_width);
	assert_int_equal(uncertainty_at(&shared, 0).dominant, 0);
}

static void an_absurd_budget_stays_at_the_largest_uncertainty(void **state)
{
	struct uncertainty_budget budget = {.count = 0};

	(void)state;
	add(&budget, "a", UNCERTAINTY_RECTANGULAR, UNCERTAINTY_NS_MAX, UNCERTAINTY_PPB_MAX, 2);
	assert_true(uncertainty_at(&budget, INT64_MAX - 1).expanded_ns == UNCERTAINTY_NS_MAX);
}

static void assert_refused(struct uncertainty_budget *budget, const char *name, int64_t half_width_ns,
			   int64_t half_width_ppb, int edges, const char *source, const char *why)
{
	struct error error = {FAULT_NONE, ""};
	size_t count = budget->count;

	assert_false(uncertainty_add(budget, name, UNCERTAINTY_RECTANGULAR, half_width_ns, half_width_ppb, edges, source,
				     &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_non_null(strstr(error.text, why));
	assert_int_equal(budget->count, count);
}

static void a_term_that_cannot_be_is_refused_by_name(void **state)
{
	static const char name_49[] = "a name of forty-nine bytes, one more than it may.";
	struct uncertainty_budget budget = {.count = 0};
	char name[16], source[UNCERTAINTY_SOURCE_SIZE + 1];
	int i;

	(void)state;
	assert_int_equal(strlen(name_49), 49);
	memset(source, 's', UNCERTAINTY_SOURCE_SIZE);
	source[UNCERTAINTY_SOURCE_SIZE] = '\0';
	add(&budget, "clock", UNCERTAINTY_RECTANGULAR, 0, 0, 1);
	assert_refused(&budget, "clock", 0, 0, 1, "s", "\"clock\": there is a term of this name");
	assert_refused(&budget, "", 0, 0, 1, "s", "1 to 48 bytes");
	assert_refused(&budget, name_49, 0, 0, 1, "s", "1 to 48 bytes");
	assert_refused(&budget, "a", 0, 0, 1, "", "source");
	assert_refused(&budget, "a", 0, 0, 1, source, "source");
	assert_refused(&budget, "a", -1, 0, 1, "s", "half width");
	assert_refused(&budget, "a", UNCERTAINTY_NS_MAX + 1, 0, 1, "s", "half width");
	assert_refused(&budget, "a", 0, -1, 1, "s", "relative");
	assert_refused(&budget, "a", 0, UNCERTAINTY_PPB_MAX + 1, 1, "s", "relative");
	assert_refused(&budget, "a", 0, 0, 0, "s", "edges");
	assert_refused(&budget, "a", 0, 0, 3, "s", "edges");
	for (i = 1; i < UNCERTAINTY_TERMS_MAX; i++) {
		snprintf(name, sizeof name, "t%d", i);
		add(&budget, name, UNCERTAINTY_RECTANGULAR, 1, 0, 1);
	}
	assert_refused(&budget, "last", 0, 0, 1, "s", "too many");
}

static void distributions_read_back_by_name(void **state)
{
	enum uncertainty_distribution distribution;
	int i;

	(void)state;
	for (i = UNCERTAINTY_RECTANGULAR; i <= UNCERTAINTY_TRIANGULAR; i++) {
		assert_true(uncertainty_distribution_from_name(
			uncertainty_distribution_name((enum uncertainty_distribution)i), &distribution));
		assert_int_equal(distribution, i);
	}
	assert_false(uncertainty_distribution_from_name("normal", &distribution));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worked_budget_with_a_locked_clock_is_0_92_ms_and_1_9_ms),
		cmocka_unit_test(the_worked_budget_with_a_free_crystal_is_5_3_ms_and_10_6_ms),
		cmocka_unit_test(an_analogue_module_in_place_of_edges_gives_82_ms),
		cmocka_unit_test(each_distribution_has_its_own_divisor),
		cmocka_unit_test(the_expanded_uncertainty_is_rounded_up_to_whole_nanoseconds),
		cmocka_unit_test(a_relative_half_width_grows_with_the_measured_time_and_adds_to_the_absolute_one),
		cmocka_unit_test(the_remark_needs_one_rectangular_term_on_the_interval),
		cmocka_unit_test(an_absurd_budget_stays_at_the_largest_uncertainty),
		cmocka_unit_test(a_term_that_cannot_be_is_refused_by_name),
		cmocka_unit_test(distributions_read_back_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
