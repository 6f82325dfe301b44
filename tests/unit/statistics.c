/*
 * Intervals, plans, losses, thresholds and field lists.
 *
 * Tests marked [C] recompute a number that reports and plans quote: each says the sentence it belongs to. The intervals
 * are compared with their definition in exact whole numbers for every small population, and with values computed
 * elsewhere with exact fractions for larger ones.
 */

#include "rig/judge/field.h"
#include "rig/judge/interval.h"
#include "rig/judge/loss.h"
#include "rig/judge/planning.h"
#include "rig/judge/threshold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define NATIONAL INT64_C(1400000) /* meters of the June 2020 discussion */

/* The value, rounded to so many digits, as text: how a report prints it. */
static void assert_rounds_to(double value, int digits, const char *expected)
{
	char text[48];

	snprintf(text, sizeof text, "%.*f", digits, value);
	assert_string_equal(text, expected);
}

static void assert_close(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g is not %.17g", value, expected);
}

/* ---- Section 1: one activation */

static void the_risk_of_false_acceptance_at_the_guard_band_is_2_3_percent(void **state)
{
	(void)state;
	/* One-sided Gaussian tail beyond k = 2. */
	assert_rounds_to(100.0 * 0.5 * erfc(2.0 / sqrt(2.0)), 1, "2.3");
}

/* ---- Section 2: one device */

/* [C] "with k = 1 the one-sided upper 95 % bound on that device's own rate is 95 %, k = 3: 63 %, k = 10: 26 %" */
static void not_shown_affected_in_k_activations_leaves_95_63_and_26_percent(void **state)
{
	(void)state;
	assert_rounds_to(100.0 * share_upper(1, 0, 0.05), 0, "95");
	assert_rounds_to(100.0 * share_upper(3, 0, 0.05), 0, "63");
	assert_rounds_to(100.0 * share_upper(10, 0, 0.05), 0, "26");
}

/* ---- Section 3: one stratum */

/* [C] "N = 15, 0 of 10: at most 2 affected (binomial would say 4)" */
static void of_15_devices_0_of_10_leaves_at_most_2_affected_and_the_binomial_says_4(void **state)
{
	(void)state;
	assert_int_equal(count_upper(15, 10, 0, 0.025), 2);
	assert_int_equal(count_lower(15, 10, 0, 0.025), 0);
	assert_int_equal((int64_t)(15.0 * share_upper(10, 0, 0.025)), 4);
	/* One-sided it is 2 as well: P(X = 0 | 15, 3, 10) = 10/455 = 2.2 %. */
	assert_int_equal(count_upper(15, 10, 0, 0.05), 2);
}

/* [C] "N unknown or n/N < 1 %: Clopper-Pearson (within 1 % there)" */
static void below_one_percent_sampled_the_upper_share_is_within_1_percent_of_the_count(void **state)
{
	static const int64_t populations[] = {1000, 10000, 100000, NATIONAL};
	size_t i;
	int64_t affected;

	(void)state;
	for (i = 0; i < COUNT(populations); i++) {
		int64_t population = populations[i], sample = population / 100 - 1;

		for (affected = 0; affected <= sample; affected = 2 * affected + 1) {
			struct count_bounds counts = count_interval(population, sample, affected, 0.05);
			struct share_bounds shares = share_interval(sample, affected, 0.05);
			double scale = (double)population;

			/*
			 * True of upper bounds, and never on the narrow side. Of lower bounds it is not true in
			 * proportion: 1 of 13,999 of 1.4 million is at least 3 devices, and the share says 2.53; there
			 * 1 % holds of the population.
			 */
			assert_true(shares.most * scale >= (double)counts.most);
			assert_true(shares.most * scale <= 1.01 * (double)counts.most);
			assert_true(fabs(shares.least - (double)counts.least / scale) <= 0.01);
		}
	}
}

/* [C] "64 meters x 4 at rho = 0.5 are worth 102, at rho = 1 worth 64" */
static void meters_activated_four_times_each_are_worth_102_or_64(void **state)
{
	(void)state;
	assert_int_equal((int64_t)interval_effective_sample(64, 4.0, 0.5), 102);
	assert_int_equal((int64_t)interval_effective_sample(64, 4.0, 1.0), 64);
	assert_int_equal((int64_t)interval_effective_sample(64, 4.0, 0.0), 256);
	assert_int_equal((int64_t)interval_effective_sample(64, 1.0, 0.5), 64);
}

/* Binomial coefficients up to C(26, 13), exact. */
static int64_t choose(int64_t n, int64_t x)
{
	int64_t result = 1, i;

	if (x < 0 || x > n)
		return 0;
	for (i = 1; i <= x; i++)
		result = result * (n - x + i) / i;
	return result;
}

/* C(N, n) P(X <= k) and C(N, n) P(X >= k). */
static void exact_tails(int64_t population, int64_t affected, int64_t sample, int64_t k, int64_t *at_most, int64_t *at_least)
{
	int64_t x;

	*at_most = *at_least = 0;
	for (x = 0; x <= sample; x++) {
		int64_t ways = choose(affected, x) * choose(population - affected, sample - x);

		*at_most += x <= k ? ways : 0;
		*at_least += x >= k ? ways : 0;
	}
}

/* P > 1/denominator, exactly: denominator x ways > all ways. */
static void check_against_definition(int64_t population, int64_t sample, int64_t k, int64_t denominator)
{
	int64_t all = choose(population, sample), affected, at_most, at_least, upper = -1, lower = -1;
	double tail = 1.0 / (double)denominator;

	for (affected = 0; affected <= population; affected++) {
		exact_tails(population, affected, sample, k, &at_most, &at_least);
		if (at_most * denominator > all)
			upper = affected;
		if (lower < 0 && at_least * denominator > all)
			lower = affected;
	}
	if (count_upper(population, sample, k, tail) != upper || count_lower(population, sample, k, tail) != lower)
		fail_msg("%lld of %lld, N = %lld, tail 1/%lld: not [%lld, %lld]", (long long)k, (long long)sample,
			 (long long)population, (long long)denominator, (long long)lower, (long long)upper);
}

static void counts_equal_their_definition_in_whole_numbers_for_every_small_population(void **state)
{
	int64_t population, sample, k;

	(void)state;
	for (population = 1; population <= 26; population++) {
		for (sample = 1; sample <= population; sample++) {
			for (k = 0; k <= sample; k++) {
				check_against_definition(population, sample, k, 40);
				check_against_definition(population, sample, k, 20);
				check_against_definition(population, sample, k, 400);
			}
		}
	}
}

/* P(X = 0 | N = 40, K = 39, n = 1) is 1/40 exactly, and the definition says greater. */
static void a_probability_that_equals_the_threshold_does_not_exceed_it(void **state)
{
	(void)state;
	assert_int_equal(count_upper(40, 1, 0, 0.05 / 2.0), 38);
	assert_int_equal(count_lower(40, 1, 1, 0.05 / 2.0), 2);
	check_against_definition(20, 1, 0, 20);
	/* P(X = 0 | 10, 6, 3) = 4/120 is computed as a little more than 1/30, 1/70 of N = 8 as well. */
	check_against_definition(10, 3, 0, 30);
	assert_int_equal(count_upper(10, 3, 0, 1.0 / 30.0), 5);
	check_against_definition(8, 4, 0, 70);
	check_against_definition(9, 5, 1, 6);
	assert_int_equal(count_upper(20, 1, 0, 0.05), 18);
}

/* Computed with exact fractions by another program; alpha / 2 with alpha = 5 % over the number of strata. */
static void counts_of_larger_populations_equal_exact_fractions(void **state)
{
	static const struct {
		int64_t population, sample, affected, strata, least, most;
	} rows[] = {
		{64, 40, 0, 1, 0, 3}, {64, 40, 2, 1, 2, 8}, {100, 10, 1, 1, 1, 42}, {150, 64, 0, 3, 0, 8},
		{200, 64, 7, 1, 11, 39}, {500, 64, 0, 1, 0, 26}, {500, 64, 64, 1, 474, 500},
		{1000, 9, 1, 1, 3, 481}, {1000, 100, 13, 5, 61, 233}, {3000, 299, 0, 1, 0, 34},
		{3000, 299, 4, 12, 7, 131}, {20000, 64, 1, 1, 8, 1678}, {20000, 299, 150, 2, 8720, 11346},
		{140000, 628, 2, 1, 55, 1601}, {1400000, 299, 0, 1, 0, 17164}, {1400000, 299, 3, 8, 1340, 53519},
		{1400000, 2992, 1, 1, 12, 2602},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct count_bounds bounds = count_interval(rows[i].population, rows[i].sample, rows[i].affected,
							    0.05 / (double)rows[i].strata);

		assert_int_equal(bounds.least, rows[i].least);
		assert_int_equal(bounds.most, rows[i].most);
	}
}

static void an_interval_holds_what_was_seen_and_its_mirror_image_is_its_complement(void **state)
{
	int64_t population, sample, k;

	(void)state;
	for (population = 3; population < 400; population = population * 2 + 5) {
		for (sample = 1; sample <= population; sample += 1 + sample / 3) {
			for (k = 0; k <= sample; k += 1 + k / 2) {
				struct count_bounds seen = count_interval(population, sample, k, 0.05);
				struct count_bounds mirror = count_interval(population, sample, sample - k, 0.05);

				assert_true(seen.least >= k && seen.most <= population - sample + k);
				assert_true(seen.least * sample <= k * population + population);
				assert_int_equal(mirror.least, population - seen.most);
				assert_int_equal(mirror.most, population - seen.least);
			}
		}
	}
}

static void a_population_tested_to_the_last_device_has_no_uncertainty(void **state)
{
	struct count_bounds bounds = count_interval(64, 64, 3, 0.05);

	(void)state;
	assert_int_equal(bounds.least, 3);
	assert_int_equal(bounds.most, 3);
}

static void shares_of_none_and_of_all_have_closed_forms(void **state)
{
	int64_t n;

	(void)state;
	for (n = 1; n < 5000; n = n * 3 + 1) {
		assert_close(share_upper(n, 0, 0.025), 1.0 - pow(0.025, 1.0 / (double)n), 1e-12);
		assert_close(share_lower(n, n, 0.025), pow(0.025, 1.0 / (double)n), 1e-12);
		assert_true(share_lower(n, 0, 0.025) == 0.0 && share_upper(n, n, 0.025) == 1.0);
	}
}

/* The two-sided 95 % interval for 5 of 50, from the beta distribution's quantiles: 0.033275 to 0.218135. */
static void a_share_between_none_and_all_agrees_with_beta_quantiles(void **state)
{
	struct share_bounds bounds = share_interval(50, 5, 0.05);

	(void)state;
	assert_rounds_to(bounds.least, 6, "0.033275");
	assert_rounds_to(bounds.most, 6, "0.218135");
}

/* These doubles are the same bytes for every compiler, optimisation and processor: the judge's output depends on it. */
static void the_same_question_gives_the_same_bytes_everywhere(void **state)
{
	(void)state;
	assert_true(share_upper(128, 0, 0.05) == 0x1.7b0057022e37fp-6);
	assert_true(share_lower(45, 40, 0.025) == 0x1.84d87d91fd5cbp-1);
	assert_true(tail_hypergeometric(NATIONAL, 14000, 299, 0).at_most == 0x1.95abaafb8c397p-5);
	assert_true(tail_binomial(1000000, 0.3, 299000).at_least == 0x1.f8950f1cf463p-1);
}

static void tails_of_the_largest_population_neither_overflow_nor_vanish(void **state)
{
	struct tail tail = tail_hypergeometric(TAIL_COUNT_MAX, TAIL_COUNT_MAX / 2, 1000000, 500000);

	(void)state;
	/* By symmetry each side is one half and half of P(X = 500000), which is close to 1 / sqrt(2 pi n / 4). */
	assert_close(tail.at_most, 0.5 + 0.5 / sqrt(3.14159265358979 * 500000.0), 1e-6);
	assert_close(tail.at_most, tail.at_least, 1e-9);
	tail = tail_hypergeometric(TAIL_COUNT_MAX, TAIL_COUNT_MAX / 2, 1000000, 400000);
	assert_true(tail.at_most >= 0.0 && tail.at_most < 1e-25);
	assert_true(tail.at_least > 1.0 - 1e-12 && tail.at_least <= 1.0 + 1e-12);
}

static void a_total_adds_the_bounds_of_strata_at_alpha_over_their_number(void **state)
{
	static const struct sampled strata[] = {{15, 10, 0, 0}, {200, 40, 3, 5}, {1000, 0, 0, 0}};
	struct count_bounds total = count_total(strata, COUNT(strata), 0.05);
	double tail = 0.05 / 2.0 / 3.0;

	(void)state;
	assert_int_equal(total.least, count_lower(200, 40, 3, tail));
	assert_int_equal(total.most, count_upper(15, 10, 0, tail) + count_upper(200, 40, 5, tail) + 1000);
	/* At alpha / 3 the small stratum says 3 where it says 2 alone: 10/455 > 0.05/6. */
	assert_int_equal(count_upper(15, 10, 0, tail), 3);
}

static void correlated_trials_widen_a_share_and_never_narrow_it(void **state)
{
	struct share_bounds all = share_interval_effective(256, 8, 256.0, 0.05);
	struct share_bounds worth_102 = share_interval_effective(256, 8, 102.4, 0.05);

	(void)state;
	assert_true(all.least == share_interval(256, 8, 0.05).least && all.most == share_interval(256, 8, 0.05).most);
	/* 8 of 256 are 3.19 of 102: from 3, up to 4. */
	assert_true(worth_102.least == share_lower(102, 3, 0.025));
	assert_true(worth_102.most == share_upper(102, 4, 0.025));
	assert_true(worth_102.least < all.least && worth_102.most > all.most);
}

/* ---- Section 4: planning */

/* [C] "For p1 = 1 % (that is 14,000 / 1.4 m), 95 %: c = 0 -> 299, c = 1 -> 473, c = 2 -> 628" */
static void one_percent_needs_299_473_or_628_samples(void **state)
{
	(void)state;
	assert_int_equal(planning_sample(NATIONAL, 10000, 0, 0.05), 299);
	assert_int_equal(planning_sample(NATIONAL, 10000, 1, 0.05), 473);
	assert_int_equal(planning_sample(NATIONAL, 10000, 2, 0.05), 628);
	assert_int_equal(planning_sample(0, 10000, 0, 0.05), 299);
	assert_int_equal(planning_sample(0, 10000, 1, 0.05), 473);
	assert_int_equal(planning_sample(0, 10000, 2, 0.05), 628);
}

/* [C] "p1 = 0.1 % -> 2,992 at N = 1.4 m (binomial 2,995)" */
static void a_tenth_of_a_percent_needs_2992_samples_of_the_national_population(void **state)
{
	(void)state;
	assert_int_equal(planning_sample(NATIONAL, 1000, 0, 0.05), 2992);
	assert_int_equal(planning_sample(0, 1000, 0, 0.05), 2995);
}

/* [C] "3 meters miss a 1 % fault with 97 %, 64 with 53 % probability" */
static void three_meters_miss_a_one_percent_fault_with_97_percent_and_64_with_53(void **state)
{
	(void)state;
	assert_rounds_to(100.0 * planning_miss(NATIONAL, 10000, 3, 0), 0, "97");
	assert_rounds_to(100.0 * planning_miss(NATIONAL, 10000, 64, 0), 0, "53");
	assert_rounds_to(100.0 * planning_miss(0, 10000, 64, 0), 0, "53");
}

/* [C] "one night of 64 is not an acceptance test at 1 %: five nights are" */
static void five_nights_of_64_are_an_acceptance_test_at_one_percent_and_four_are_not(void **state)
{
	(void)state;
	assert_true(planning_miss(NATIONAL, 10000, 5 * 64, 0) <= 0.05);
	assert_true(planning_miss(NATIONAL, 10000, 4 * 64, 0) > 0.05);
}

/* Section 9: "model free of the fault at 1 %, 95 %: 299 sampled, 0 affected" */
static void none_of_299_is_the_first_sample_that_bounds_the_share_below_one_percent(void **state)
{
	(void)state;
	assert_true(share_upper(299, 0, 0.05) < 0.01);
	assert_true(share_upper(298, 0, 0.05) > 0.01);
}

static void a_plan_is_the_smallest_sample_that_keeps_its_promise(void **state)
{
	static const int64_t populations[] = {0, 20, 150, 3000, NATIONAL};
	static const int64_t shares_ppm[] = {1000, 10000, 50000, 300000};
	size_t i, j;
	int64_t accept;

	(void)state;
	for (i = 0; i < COUNT(populations); i++) {
		for (j = 0; j < COUNT(shares_ppm); j++) {
			for (accept = 0; accept <= 3; accept++) {
				int64_t n = planning_sample(populations[i], shares_ppm[j], accept, 0.05);

				if (n == PLANNING_IMPOSSIBLE) {
					assert_true(populations[i] * shares_ppm[j] <= accept * PLANNING_PPM);
					continue;
				}
				assert_true(planning_miss(populations[i], shares_ppm[j], n, accept) <= 0.05 + 1e-9);
				assert_true(planning_miss(populations[i], shares_ppm[j], n - 1, accept) > 0.05);
			}
		}
	}
}

/* A share of p1 is K = ceil(p1 N) devices; 1 % of 1.4 million is 14,000 and not 14,001, as it is in doubles. */
static void the_share_of_a_plan_is_rounded_up_to_whole_devices_exactly(void **state)
{
	(void)state;
	assert_true(planning_miss(NATIONAL, 10000, 299, 0) == tail_hypergeometric(NATIONAL, 14000, 299, 0).at_most);
	assert_true(planning_miss(150, 10000, 10, 0) == tail_hypergeometric(150, 2, 10, 0).at_most);
	/* One affected device of 15: all but the last have to be tested, and one of them may still be it: 1/15 > 5 %. */
	assert_int_equal(planning_sample(15, 10000, 0, 0.05), 15);
	assert_int_equal(planning_sample(15, 10000, 1, 0.05), PLANNING_IMPOSSIBLE);
}

static void a_plan_that_accepts_none_stops_at_the_first_affected_device(void **state)
{
	(void)state;
	assert_int_equal(planning_curtail(299, 0, 0, 0), PLANNING_CONTINUE);
	assert_int_equal(planning_curtail(299, 0, 298, 0), PLANNING_CONTINUE);
	assert_int_equal(planning_curtail(299, 0, 299, 0), PLANNING_ACCEPT);
	assert_int_equal(planning_curtail(299, 0, 1, 1), PLANNING_REJECT);
	assert_int_equal(planning_curtail(473, 1, 200, 1), PLANNING_CONTINUE);
	assert_int_equal(planning_curtail(473, 1, 200, 2), PLANNING_REJECT);
	/* The last device cannot exceed c any more. */
	assert_int_equal(planning_curtail(473, 1, 472, 0), PLANNING_ACCEPT);
	assert_int_equal(planning_curtail(473, 1, 472, 1), PLANNING_CONTINUE);
	assert_int_equal(planning_curtail(473, 1, 473, 1), PLANNING_ACCEPT);
}

/* ---- Section 5: lost alerts */

/* "0 lost of 128: at most 2.4 % (one-sided 95 %)"; 2.31 % rounded outwards. */
static void none_lost_of_128_is_at_most_2_4_percent(void **state)
{
	double upper = 100.0 * share_upper(128, 0, 0.05);

	(void)state;
	assert_true(upper > 2.3 && upper <= 2.4);
}

/* Three hubs, four points. Hub 1 saw everything; hub 2 lost one between the first two points; the observer of point 1 was
 * blind to an alert of hub 3 that arrived at 2 and 3, and the other was never raised. */
static const struct loss_event lost_events[] = {
	{1, 0xf}, {1, 0xf}, {2, 0xf}, {2, 0x1}, {3, 0xd}, {3, 0x0},
};

static void losses_are_counted_by_hub_by_event_and_between_points(void **state)
{
	struct loss_point hub = loss_at(lost_events, COUNT(lost_events), 0, 1.0, 0.05);
	struct loss_point second = loss_at(lost_events, COUNT(lost_events), 1, 1.0, 0.05);
	struct loss_point third = loss_at(lost_events, COUNT(lost_events), 2, 1.0, 0.05);

	(void)state;
	assert_int_equal(hub.events, 6);
	assert_int_equal(hub.lost, 1);
	assert_int_equal(hub.hubs, 3);
	assert_int_equal(hub.hubs_with_loss, 1);
	assert_int_equal(hub.came, 6);
	assert_int_equal(hub.lost_here, 1);
	assert_true(hub.by_hub.most == share_upper(3, 1, 0.025));
	assert_int_equal(second.lost, 3);
	assert_int_equal(second.seen, 3);
	assert_int_equal(second.hubs_with_loss, 2);
	assert_int_equal(second.came, 5);
	assert_int_equal(second.lost_here, 1);
	assert_int_equal(second.unseen_here, 1);
	assert_int_equal(third.came, 4);
	assert_int_equal(third.lost_here, 0);
	/* With rho = 1 six events of three hubs are worth three; 1 of 6 is 0.5 of 3: from 0, up to 1. */
	assert_true(hub.effective == 3.0);
	assert_true(hub.pooled.least == 0.0 && hub.pooled.most == share_upper(3, 1, 0.025));
	assert_true(loss_at(lost_events, COUNT(lost_events), 0, 0.0, 0.05).effective == 6.0);
}

static void conditional_losses_multiply_to_the_loss_of_the_whole_way(void **state)
{
	double kept = 1.0;
	int point;

	(void)state;
	for (point = 0; point < 4; point++) {
		struct loss_point at = loss_at(lost_events, COUNT(lost_events), point, 1.0, 0.05);

		kept *= 1.0 - (double)at.lost_here / (double)at.came;
		if (point == 3)
			assert_close(kept, (double)at.seen / (double)at.events, 1e-12);
	}
}

static void joint_misses_come_from_the_table_and_not_from_a_product(void **state)
{
	(void)state;
	assert_int_equal(loss_missed_by_all(lost_events, COUNT(lost_events), 0x6), 2);
	assert_int_equal(loss_missed_by_all(lost_events, COUNT(lost_events), 0xf), 1);
	assert_int_equal(loss_missed_by_all(lost_events, COUNT(lost_events), 0x2), 3);
}

static void hubs_with_different_numbers_of_events_count_by_the_size_an_event_meets(void **state)
{
	/* 4 + 1 + 1 events: sum(m^2) / sum(m) = 18 / 6 = 3, so at rho = 1 six events are worth two. */
	static const struct loss_event events[] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {2, 1}, {3, 1}};

	(void)state;
	assert_true(loss_at(events, COUNT(events), 0, 1.0, 0.05).effective == 2.0);
}

/* ---- Section 6: thresholds */

/* [C] "q = 5 %, s = 8 -> 2; 30 % -> 5" */
static void an_absence_is_believed_after_2_tries_at_5_percent_loss_and_5_at_30(void **state)
{
	(void)state;
	assert_int_equal(threshold_tries(0.05, 8, 0.05), 2);
	assert_int_equal(threshold_tries(0.30, 8, 0.05), 5);
}

static void tries_are_what_the_logarithms_say_and_the_ends_are_safe(void **state)
{
	int64_t percent, steps;

	(void)state;
	for (percent = 1; percent < 100; percent++) {
		for (steps = 1; steps <= 20; steps++) {
			double loss = (double)percent / 100.0;
			double exact = log(0.05 / (double)steps) / log(loss);
			int64_t expected = exact <= 1.0 ? 1 : (int64_t)ceil(exact - 1e-9);

			assert_int_equal(threshold_tries(loss, steps, 0.05), expected);
		}
	}
	assert_int_equal(threshold_tries(0.0, 8, 0.05), 1);
	assert_int_equal(threshold_tries(1.0, 8, 0.05), 0);
	/* Equality is enough: 0.05^1 <= 0.05. */
	assert_int_equal(threshold_tries(0.05, 1, 0.05), 1);
}

/* The scenario that bisects 120 to 300 s to 1 s: 9 cuts, 9 m with losses. */
static void a_bisection_of_180_steps_takes_nine_cuts(void **state)
{
	(void)state;
	assert_int_equal(threshold_cuts(INT64_C(180000000000), INT64_C(1000000000)), 9);
	assert_int_equal(threshold_cuts(1, 1), 1);
	assert_int_equal(threshold_cuts(2, 1), 2);
	assert_int_equal(threshold_cuts(256, 1), 9);
	assert_int_equal(threshold_cuts(257, 1), 10);
	assert_int_equal(threshold_cuts(INT64_MAX, 1), 64);
}

static void a_threshold_lies_between_believed_absences_and_the_first_alert(void **state)
{
	static const struct threshold_try tries[] = {
		{180, false}, {180, false}, {240, true}, {187, false}, {186, false}, {188, true}, {186, false}, {188, false},
	};
	struct threshold_bracket bracket = threshold_find(tries, COUNT(tries), 2);

	(void)state;
	assert_true(bracket.has_below && bracket.has_above);
	assert_int_equal(bracket.below_ns, 186); /* 187 was absent once only */
	assert_int_equal(bracket.above_ns, 188); /* an alert proves it, whatever else was absent */
	assert_int_equal(bracket.contradictions, 0);
	assert_int_equal(threshold_find(tries, COUNT(tries), 1).below_ns, 187);
	assert_false(threshold_find(tries, COUNT(tries), 3).has_below);
	assert_false(threshold_find(tries, 2, 2).has_above);
}

static void believed_absences_beyond_an_alert_are_a_contradiction(void **state)
{
	static const struct threshold_try tries[] = {{180, true}, {200, false}, {200, false}, {170, false}, {170, false}};
	struct threshold_bracket bracket = threshold_find(tries, COUNT(tries), 2);

	(void)state;
	assert_int_equal(bracket.contradictions, 1);
	assert_int_equal(bracket.above_ns, 180);
	assert_int_equal(bracket.below_ns, 170);
}

/* ---- Section 7: field lists */

/*
 * [C] "Simulated: true N = 1000 per mille; with 5 % common-cause loss Chapman gives 950, with 10 % 900, and the true AD1
 * loss is 14.5 % / 19 % while (i) says 10 %." Recomputed in expectation: 10 % of AD1 and 20 % of restoration alerts are
 * lost by themselves, and `common` of both together; of a million outages.
 */
static void check_common_cause(double common, double chapman_per_mille, double ad1_loss, double conditional_loss)
{
	double million = 1e6;
	int64_t ad1 = (int64_t)(million * (1.0 - common) * 0.9 + 0.5);
	int64_t restored = (int64_t)(million * (1.0 - common) * 0.8 + 0.5);
	int64_t both = (int64_t)(million * (1.0 - common) * 0.9 * 0.8 + 0.5);
	struct share_bounds share = field_loss_given_restored(restored - both, both, 0.05);

	assert_close(1000.0 * field_chapman(ad1, restored, both) / million, chapman_per_mille, 1e-5);
	assert_close(1.0 - (double)ad1 / million, ad1_loss, 1e-9);
	assert_true(share.least < conditional_loss && conditional_loss < share.most);
	assert_true(share.most - share.least < 0.002);
}

static void chapman_is_too_small_by_the_common_cause_and_the_conditional_loss_misses_it_too(void **state)
{
	(void)state;
	assert_true(field_chapman(4, 3, 1) == 9.0); /* 5 x 4 / 2 - 1 */
	check_common_cause(0.0, 1000.0, 0.10, 0.10);
	check_common_cause(0.05, 950.0, 0.145, 0.10);
	check_common_cause(0.10, 900.0, 0.19, 0.10);
}

/* [C] "15 vs 0: ratio >= 3.5; 40 vs 5: 3.1 to 26, two-sided, rounded outwards" */
static void alerts_after_against_before_bound_their_ratio(void **state)
{
	struct ratio_bounds ratio = field_ratio(15, 0, 0.05);

	(void)state;
	assert_true(ratio.open && ratio.least > 3.5 && ratio.least < 3.6);
	ratio = field_ratio(40, 5, 0.05);
	assert_false(ratio.open);
	assert_true(ratio.least > 3.1 && ratio.least < 3.2);
	assert_true(ratio.most > 25.0 && ratio.most < 26.0);
	/* Nothing after: the mirror image. */
	ratio = field_ratio(0, 15, 0.05);
	assert_true(ratio.least == 0.0 && ratio.most < 1.0 / 3.5);
}

/* ---- Section 8: suppression */

/* [C] "at 0.5 outages a year: 57 per million activations for 1 h, 1,370 for 24 h" (three digits) */
static void dropping_alerts_masks_57_in_a_million_for_an_hour_and_1370_for_a_day(void **state)
{
	(void)state;
	assert_rounds_to(field_masked(1000000, 0.5, 3600), 0, "57");
	assert_rounds_to(field_masked(1000000, 0.5, 86400) / 10.0, 0, "137");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_risk_of_false_acceptance_at_the_guard_band_is_2_3_percent),
		cmocka_unit_test(not_shown_affected_in_k_activations_leaves_95_63_and_26_percent),
		cmocka_unit_test(of_15_devices_0_of_10_leaves_at_most_2_affected_and_the_binomial_says_4),
		cmocka_unit_test(below_one_percent_sampled_the_upper_share_is_within_1_percent_of_the_count),
		cmocka_unit_test(meters_activated_four_times_each_are_worth_102_or_64),
		cmocka_unit_test(counts_equal_their_definition_in_whole_numbers_for_every_small_population),
		cmocka_unit_test(a_probability_that_equals_the_threshold_does_not_exceed_it),
		cmocka_unit_test(counts_of_larger_populations_equal_exact_fractions),
		cmocka_unit_test(an_interval_holds_what_was_seen_and_its_mirror_image_is_its_complement),
		cmocka_unit_test(a_population_tested_to_the_last_device_has_no_uncertainty),
		cmocka_unit_test(shares_of_none_and_of_all_have_closed_forms),
		cmocka_unit_test(a_share_between_none_and_all_agrees_with_beta_quantiles),
		cmocka_unit_test(the_same_question_gives_the_same_bytes_everywhere),
		cmocka_unit_test(tails_of_the_largest_population_neither_overflow_nor_vanish),
		cmocka_unit_test(a_total_adds_the_bounds_of_strata_at_alpha_over_their_number),
		cmocka_unit_test(correlated_trials_widen_a_share_and_never_narrow_it),
		cmocka_unit_test(one_percent_needs_299_473_or_628_samples),
		cmocka_unit_test(a_tenth_of_a_percent_needs_2992_samples_of_the_national_population),
		cmocka_unit_test(three_meters_miss_a_one_percent_fault_with_97_percent_and_64_with_53),
		cmocka_unit_test(five_nights_of_64_are_an_acceptance_test_at_one_percent_and_four_are_not),
		cmocka_unit_test(none_of_299_is_the_first_sample_that_bounds_the_share_below_one_percent),
		cmocka_unit_test(a_plan_is_the_smallest_sample_that_keeps_its_promise),
		cmocka_unit_test(the_share_of_a_plan_is_rounded_up_to_whole_devices_exactly),
		cmocka_unit_test(a_plan_that_accepts_none_stops_at_the_first_affected_device),
		cmocka_unit_test(none_lost_of_128_is_at_most_2_4_percent),
		cmocka_unit_test(losses_are_counted_by_hub_by_event_and_between_points),
		cmocka_unit_test(conditional_losses_multiply_to_the_loss_of_the_whole_way),
		cmocka_unit_test(joint_misses_come_from_the_table_and_not_from_a_product),
		cmocka_unit_test(hubs_with_different_numbers_of_events_count_by_the_size_an_event_meets),
		cmocka_unit_test(an_absence_is_believed_after_2_tries_at_5_percent_loss_and_5_at_30),
		cmocka_unit_test(tries_are_what_the_logarithms_say_and_the_ends_are_safe),
		cmocka_unit_test(a_bisection_of_180_steps_takes_nine_cuts),
		cmocka_unit_test(a_threshold_lies_between_believed_absences_and_the_first_alert),
		cmocka_unit_test(believed_absences_beyond_an_alert_are_a_contradiction),
		cmocka_unit_test(chapman_is_too_small_by_the_common_cause_and_the_conditional_loss_misses_it_too),
		cmocka_unit_test(alerts_after_against_before_bound_their_ratio),
		cmocka_unit_test(dropping_alerts_masks_57_in_a_million_for_an_hour_and_1370_for_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
