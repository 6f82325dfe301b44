/* Outages from one sense line: worked by hand, and against a random signal whose truth is known. */

#include "rig/metrology/outage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#define MS NS_PER_MS
#define S NS_PER_S

static struct sense sense;

static int fresh(void **state)
{
	(void)state;
	sense_begin(&sense, 50 * MS, 20 * MS, 50 * MS, 0);
	sense_level(&sense, 0, 1);
	return 0;
}

static void check(int index, int64_t t_down_ns, int64_t t_up_ns, int64_t lo_ns, int64_t hi_ns)
{
	struct outage outage;

	assert_true(index < sense_outage_count(&sense));
	outage = sense_outage(&sense, index);
	assert_int_equal(outage.t_down_ns, t_down_ns);
	assert_int_equal(outage.t_up_ns, t_up_ns);
	assert_int_equal(outage.lo_ns, lo_ns);
	assert_int_equal(outage.hi_ns, hi_ns);
}

static void a_clean_cut_has_equal_bounds(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 120 * S, 1, 2);
	assert_int_equal(sense_outage(&sense, 0).hi_ns, INSTANT_NEVER); /* it has not settled */
	sense_level(&sense, 121 * S, 1);
	assert_int_equal(sense_outage_count(&sense), 1);
	check(0, 100 * S, 120 * S, 20 * S, 20 * S);
}

static void a_high_that_does_not_settle_does_not_end_an_outage(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 120 * S, 1, 2);
	sense_edge(&sense, 120 * S + 49 * MS, 0, 3);
	sense_edge(&sense, 130 * S, 1, 4);
	sense_edge(&sense, 130 * S + 50 * MS, 0, 5); /* exactly settled: it was over */
	sense_edge(&sense, 131 * S, 1, 6);
	sense_level(&sense, 140 * S, 1);
	assert_int_equal(sense_outage_count(&sense), 2);
	check(0, 100 * S, 130 * S, 30 * S, 30 * S);
	check(1, 130 * S + 50 * MS, 131 * S, 950 * MS, 950 * MS);
}

static void bursts_at_both_ends_are_measured_and_belong_to_the_outage(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 100 * S + 2 * MS, 1, 2);
	sense_edge(&sense, 100 * S + 5 * MS, 0, 3);
	sense_edge(&sense, 110 * S, 1, 4);
	sense_edge(&sense, 110 * S + 3 * MS, 0, 5);
	sense_edge(&sense, 110 * S + 4 * MS, 1, 6);
	sense_level(&sense, 111 * S, 1);
	assert_int_equal(sense_outage_count(&sense), 1);
	check(0, 100 * S, 110 * S + 4 * MS, 10 * S + 4 * MS, 10 * S + 4 * MS);
	assert_int_equal(sense_outage(&sense, 0).first_burst_ns, 5 * MS);
	assert_int_equal(sense_outage(&sense, 0).last_burst_ns, 4 * MS);
}

static void an_outage_that_has_not_ended_is_open(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_level(&sense, 160 * S, 0);
	check(0, 100 * S, INSTANT_NEVER, 60 * S, INSTANT_NEVER);
}

static void a_gap_in_the_numbers_widens_from_the_last_trusted_level(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_level(&sense, 160 * S, 0);
	sense_edge(&sense, 200 * S, 0, 4); /* a rise and a fall were lost after 160 s */
	sense_edge(&sense, 260 * S, 1, 5);
	sense_level(&sense, 261 * S, 1);
	assert_int_equal(sense_outage_count(&sense), 1);
	check(0, 100 * S, 260 * S, 60 * S, 160 * S);
}

static void two_equal_edges_mean_that_one_was_lost(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 1, 1); /* already high: a dip somewhere since 0 s */
	sense_level(&sense, 101 * S, 1);
	check(0, 0, 100 * S, 0, 100 * S);
}

static void a_level_that_contradicts_the_edges_is_believed(void **state)
{
	(void)state;
	sense_level(&sense, 100 * S, 1);
	sense_level(&sense, 100 * S + 100 * MS, 0);
	sense_level(&sense, 300 * S, 0);
	sense_level(&sense, 300 * S + 100 * MS, 1);
	sense_level(&sense, 301 * S, 1);
	check(0, 100 * S, 300 * S + 100 * MS, 200 * S - 100 * MS, 200 * S + 100 * MS);
}

static void before_the_first_level_nothing_is_known(void **state)
{
	(void)state;
	sense_begin(&sense, 50 * MS, 20 * MS, 50 * MS, 5 * S);
	sense_level(&sense, 9 * S, 1);
	sense_level(&sense, 10 * S, 1);
	check(0, 5 * S, 9 * S, 0, 4 * S);
}

static void a_line_that_was_never_switched_on_has_no_outage(void **state)
{
	(void)state;
	sense_begin(&sense, 50 * MS, 20 * MS, 50 * MS, 5 * S);
	sense_level(&sense, 6 * S, 0);
	sense_level(&sense, 60 * S, 0);
	assert_int_equal(sense_outage_count(&sense), 0);
	sense_edge(&sense, 300 * S, 1, 1);
	sense_edge(&sense, 300 * S + 5 * MS, 0, 2);
	sense_edge(&sense, 300 * S + 9 * MS, 1, 3);
	sense_level(&sense, 301 * S, 1);
	assert_int_equal(sense_outage_count(&sense), 0);
	assert_false(sense_high_throughout(&sense, 299 * S, 301 * S));
	assert_true(sense_high_throughout(&sense, 300 * S + 9 * MS, 301 * S));
	sense_edge(&sense, 400 * S, 0, 4);
	sense_edge(&sense, 420 * S, 1, 5);
	sense_level(&sense, 421 * S, 1);
	check(0, 400 * S, 420 * S, 20 * S, 20 * S);
}

static void a_held_line_needs_no_unknown_span_after_a_crash(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_break(&sense, BREAK_HELD);
	sense_level(&sense, 130 * S, 0);
	sense_edge(&sense, 340 * S, 1, 2);
	sense_level(&sense, 341 * S, 1);
	check(0, 100 * S, 340 * S, 240 * S, 240 * S);
}

static void edges_lost_at_the_handover_widen_from_in_front_of_it(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_level(&sense, 120 * S, 0);
	sense_break(&sense, BREAK_HELD);
	sense_level(&sense, 130 * S, 0);
	sense_edge(&sense, 340 * S, 1, 4);
	sense_level(&sense, 341 * S, 1);
	check(0, 100 * S, 340 * S, 20 * S, 240 * S);
}

static void nobody_recording_is_unknown_and_another_boot_is_unbounded(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_break(&sense, BREAK_LOST);
	sense_level(&sense, 150 * S, 0);
	sense_edge(&sense, 160 * S, 1, 1);
	sense_level(&sense, 161 * S, 1);
	check(0, 100 * S, 160 * S, 10 * S, 60 * S);
	sense_edge(&sense, 200 * S, 0, 2);
	sense_level(&sense, 230 * S, 0);
	sense_break(&sense, BREAK_OTHER_BASE);
	sense_level(&sense, 231 * S, 1);
	sense_level(&sense, 232 * S, 1);
	check(1, 200 * S, 231 * S, 30 * S, INSTANT_NEVER);
}

/* A random line, of which the recorder loses edges; the bounds must hold the truth whatever is lost. */

/* The recorder polls at least as often as a line settles, so that no high that ends an outage hides between two polls. */
#define SETTLE (100 * MS)

static uint64_t seed;

static int64_t draw(int64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)below);
}

struct truth {
	int64_t t_ns[64];
	int edges;
	int64_t longest_ns;
	int64_t sum_ns;
};

/* Alternating falls and rises from a high line; outages by the definition, on what really happened. */
static void draw_truth(struct truth *truth)
{
	int64_t t_ns = S, fall_ns = 0;
	int i;

	truth->edges = 2 * (1 + (int)draw(12));
	truth->longest_ns = truth->sum_ns = 0;
	for (i = 0; i < truth->edges; i++) {
		t_ns += draw(3) ? 1 * MS + draw(100 * MS) : 1 * MS + draw(200 * S);
		truth->t_ns[i] = t_ns;
	}
	for (i = 0; i < truth->edges; i += 2) {
		if (i == 0 || truth->t_ns[i] - truth->t_ns[i - 1] >= SETTLE)
			fall_ns = truth->t_ns[i];
		if (i + 2 == truth->edges || truth->t_ns[i + 2] - truth->t_ns[i + 1] >= SETTLE) {
			int64_t length_ns = truth->t_ns[i + 1] - fall_ns;

			truth->sum_ns += length_ns;
			if (length_ns > truth->longest_ns)
				truth->longest_ns = length_ns;
		}
	}
}

static int true_level(const struct truth *truth, int64_t t_ns)
{
	int i, level = 1;

	for (i = 0; i < truth->edges && truth->t_ns[i] <= t_ns; i++)
		level = !level;
	return level;
}

/*
 * Only edges further than two polls from their neighbours are lost here: of a burst that vanishes whole between polls
 * nothing can be known, and reports/judging.md does not claim it.
 */
static int stands_alone(const struct truth *truth, int i, int64_t distance_ns)
{
	return (i == 0 || truth->t_ns[i] - truth->t_ns[i - 1] > distance_ns) &&
	       (i + 1 == truth->edges || truth->t_ns[i + 1] - truth->t_ns[i] > distance_ns);
}

static void bounds_hold_the_truth_whatever_is_lost(void **state)
{
	static const int64_t poll_ns = 100 * MS;
	int round;

	(void)state;
	seed = UINT64_C(0x9E3779B97F4A7C15);
	for (round = 0; round < 3000; round++) {
		struct truth truth;
		int64_t longest_lo = 0, longest_hi = 0, end_ns, next_poll_ns = 0;
		int i, lose = (int)draw(4), lost = 0, believed = 1;

		draw_truth(&truth);
		end_ns = truth.t_ns[truth.edges - 1] + S;
		sense_begin(&sense, SETTLE, 20 * MS, SETTLE, 0);
		sense_level(&sense, 0, 1);
		for (i = 0; i <= truth.edges; i++) {
			int64_t until_ns = i < truth.edges ? truth.t_ns[i] : end_ns;

			/* The recorder polls and writes down only what the edges did not say, with the poll before it. */
			for (; next_poll_ns < until_ns; next_poll_ns += poll_ns) {
				int level = true_level(&truth, next_poll_ns);

				if (level == believed)
					continue;
				if (next_poll_ns >= poll_ns && true_level(&truth, next_poll_ns - poll_ns) == believed)
					sense_level(&sense, next_poll_ns - poll_ns, believed);
				sense_level(&sense, next_poll_ns, level);
				believed = level;
			}
			if (i == truth.edges || (lose > 0 && draw(3) < lose && stands_alone(&truth, i, 2 * poll_ns))) {
				lost += i < truth.edges;
				continue;
			}
			believed = i % 2;
			sense_edge(&sense, truth.t_ns[i], believed, i + 1);
		}
		sense_level(&sense, end_ns, 1);
		for (i = 0; i < sense_outage_count(&sense); i++) {
			struct outage outage = sense_outage(&sense, i);

			longest_lo = outage.lo_ns > longest_lo ? outage.lo_ns : longest_lo;
			longest_hi = outage.hi_ns > longest_hi ? outage.hi_ns : longest_hi;
		}
		if (longest_lo > truth.longest_ns)
			fail_msg("round %d: lo %lld above the truth %lld", round, (long long)longest_lo, (long long)truth.longest_ns);
		if (longest_hi < truth.longest_ns)
			fail_msg("round %d: hi %lld below the truth %lld", round, (long long)longest_hi, (long long)truth.longest_ns);
		if (!lost) {
			assert_int_equal(longest_lo, truth.longest_ns);
			assert_int_equal(longest_hi, truth.longest_ns);
		}
	}
}

/* An outage of 20 s; its end is edge 2. The next edge that comes has this number. */
static void lose_behind_the_end(int64_t next_seqno, int64_t t_level_ns)
{
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 120 * S, 1, 2);
	sense_level(&sense, t_level_ns, 1);
	sense_edge(&sense, 200 * S, next_seqno % 2 == 0, next_seqno);
	sense_edge(&sense, 210 * S, 1, next_seqno + 1);
	sense_level(&sense, 211 * S, 1);
}

static void dips_that_were_lost_may_have_lengthened_the_outage_in_front_of_them(void **state)
{
	(void)state;
	lose_behind_the_end(5, 199 * S);
	check(0, 100 * S, 120 * S + 100 * MS, 20 * S, 20 * S + 100 * MS);
	fresh(NULL);
	lose_behind_the_end(7, 199 * S);
	check(0, 100 * S, 120 * S + 200 * MS, 20 * S, 20 * S + 200 * MS);
}

static void but_not_beyond_what_is_trusted(void **state)
{
	(void)state;
	lose_behind_the_end(UINT32_MAX, 120 * S + 70 * MS);
	check(0, 100 * S, 120 * S + 70 * MS, 20 * S, 20 * S + 70 * MS);
}

static void one_lost_edge_is_no_dip_nor_are_those_of_a_later_outage(void **state)
{
	(void)state;
	lose_behind_the_end(4, 199 * S);
	check(0, 100 * S, 120 * S, 20 * S, 20 * S);
	fresh(NULL);
	lose_behind_the_end(3, 199 * S);
	sense_edge(&sense, 300 * S, 0, 7); /* 5 and 6 were lost */
	check(0, 100 * S, 120 * S, 20 * S, 20 * S);
	check(1, 200 * S, 210 * S + 100 * MS, 10 * S, 10 * S + 100 * MS);
}

static void what_nobody_counted_before_the_numbering_ended_may_have_been_a_dip_too(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_level(&sense, 120 * S, 0);
	sense_level(&sense, 120 * S + 50 * MS, 1);
	sense_level(&sense, 121 * S, 1);
	check(0, 100 * S, 120 * S + 50 * MS, 20 * S, 20 * S + 50 * MS);
	sense_break(&sense, BREAK_LOST);
	check(0, 100 * S, 120 * S + 150 * MS, 20 * S, 20 * S + 150 * MS);
}

static void one_reading_against_the_edges_makes_nothing_certain(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 110 * S, 1, 2);
	sense_level(&sense, 110 * S + 30 * MS, 0); /* read wrong, perhaps */
	sense_level(&sense, 110 * S + 80 * MS, 1);
	sense_level(&sense, 120 * S, 1);
	check(0, 100 * S, 110 * S + 80 * MS, 10 * S, 10 * S + 80 * MS);
	sense_level(&sense, 130 * S, 0);
	sense_level(&sense, 140 * S, 0); /* twice: not wrong */
	sense_edge(&sense, 150 * S, 1, 4);
	sense_level(&sense, 160 * S, 1);
	check(1, 120 * S, 150 * S, 10 * S, 30 * S);
}

static void the_kernel_counts_in_32_bits(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, UINT32_MAX);
	sense_edge(&sense, 120 * S, 1, 0);
	sense_level(&sense, 121 * S, 1);
	check(0, 100 * S, 120 * S, 20 * S, 20 * S);
	assert_int_equal(sense.anomalies, 0);
	sense_edge(&sense, 130 * S, 0, 2); /* 1 was lost */
	sense_edge(&sense, 140 * S, 1, 3);
	sense_level(&sense, 141 * S, 1);
	check(1, 121 * S, 140 * S, 10 * S, 19 * S);
}

static void an_edge_that_comes_late_explains_the_unknown_span_it_lies_in(void **state)
{
	(void)state;
	sense_level(&sense, 99 * S, 1);
	sense_level(&sense, 101 * S, 0);
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 120 * S, 1, 2);
	sense_level(&sense, 121 * S, 1);
	check(0, 99 * S, 120 * S, 19 * S, 21 * S);
	assert_false(sense.confused);
}

static void an_edge_that_crossed_a_poll_leaves_the_time_between_unknown(void **state)
{
	(void)state;
	sense_level(&sense, 100 * S + 30 * MS, 1);
	sense_edge(&sense, 100 * S, 0, 1);
	sense_level(&sense, 120 * S + 40 * MS, 0);
	sense_edge(&sense, 120 * S, 1, 2);
	sense_level(&sense, 121 * S, 1);
	check(0, 100 * S, 120 * S + 40 * MS, 20 * S - 30 * MS, 20 * S + 40 * MS);
	assert_false(sense.confused);
}

static void an_edge_from_long_ago_confuses(void **state)
{
	(void)state;
	sense_level(&sense, 400 * S, 1);
	sense_edge(&sense, 100 * S, 0, 1);
	assert_true(sense.confused);
}

static void an_edge_that_would_reopen_what_had_settled_confuses(void **state)
{
	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 200 * S, 1, 2);
	sense_level(&sense, 200 * S + 60 * MS, 1);
	sense_edge(&sense, 200 * S + 40 * MS, 0, 3);
	assert_true(sense.confused);
}

static void an_old_level_that_says_nothing_new_is_left_out(void **state)
{
	(void)state;
	sense_level(&sense, 400 * S, 1);
	sense_level(&sense, 100 * S, 1);
	assert_false(sense.confused);
	sense_level(&sense, 100 * S, 0);
	assert_true(sense.confused);
}

static void what_is_certain_of_an_outage_in_front_of_an_instant(void **state)
{
	struct outage outage;

	(void)state;
	sense_level(&sense, 100 * S, 1);
	sense_level(&sense, 200 * S, 0); /* it fell somewhere between */
	sense_level(&sense, 300 * S, 0);
	outage = sense_outage(&sense, 0);
	assert_int_equal(outage.t_down_ns, 100 * S);
	assert_int_equal(outage.sure_from_ns, 200 * S);
	assert_int_equal(outage_sure_before(&outage, 150 * S), 0);
	assert_int_equal(outage_sure_before(&outage, 250 * S), 50 * S);
	assert_int_equal(outage_sure_before(&outage, 900 * S), 100 * S);
	sense_edge(&sense, 320 * S, 1, 1);
	sense_level(&sense, 330 * S, 1);
	outage = sense_outage(&sense, 0);
	assert_int_equal(outage.sure_from_ns, 200 * S);
	assert_int_equal(outage_sure_before(&outage, 900 * S), 120 * S);
}

static void what_came_back_just_before_an_instant_was_over_then(void **state)
{
	struct outage outage;
	int i;

	(void)state;
	sense_edge(&sense, 100 * S, 0, 1);
	sense_edge(&sense, 280 * S, 1, 2);
	sense_edge(&sense, 280 * S + 40 * MS, 0, 3); /* not settled: the same outage */
	sense_level(&sense, 300 * S, 0);
	outage = sense_outage(&sense, 0);
	assert_int_equal(outage.lo_ns, 200 * S);
	assert_int_equal(outage_sure_before(&outage, 280 * S + 20 * MS), 180 * S);
	assert_int_equal(outage_sure_before(&outage, 280 * S + 40 * MS), 180 * S + 40 * MS);
	assert_int_equal(outage_sure_before(&outage, 290 * S), 190 * S);
	for (i = 0; i < 3; i++) { /* two highs are kept, and that there was one before them */
		sense_edge(&sense, (300 + i) * S, 1, 4 + 2 * i);
		sense_edge(&sense, (300 + i) * S + 10 * MS, 0, 5 + 2 * i);
	}
	sense_edge(&sense, 310 * S, 1, 10);
	sense_level(&sense, 320 * S, 1);
	outage = sense_outage(&sense, 0);
	assert_int_equal(outage.lo_ns, 210 * S);
	assert_int_equal(outage_sure_before(&outage, 302 * S + 5 * MS), 202 * S);
	assert_int_equal(outage_sure_before(&outage, 301 * S + 5 * MS), 201 * S);
	assert_int_equal(outage_sure_before(&outage, 300 * S + 5 * MS), 180 * S);
	assert_int_equal(outage_sure_before(&outage, 250 * S), 150 * S);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_clean_cut_has_equal_bounds, fresh),
		cmocka_unit_test_setup(a_high_that_does_not_settle_does_not_end_an_outage, fresh),
		cmocka_unit_test_setup(bursts_at_both_ends_are_measured_and_belong_to_the_outage, fresh),
		cmocka_unit_test_setup(an_outage_that_has_not_ended_is_open, fresh),
		cmocka_unit_test_setup(a_gap_in_the_numbers_widens_from_the_last_trusted_level, fresh),
		cmocka_unit_test_setup(two_equal_edges_mean_that_one_was_lost, fresh),
		cmocka_unit_test_setup(a_level_that_contradicts_the_edges_is_believed, fresh),
		cmocka_unit_test_setup(before_the_first_level_nothing_is_known, fresh),
		cmocka_unit_test_setup(a_line_that_was_never_switched_on_has_no_outage, fresh),
		cmocka_unit_test_setup(a_held_line_needs_no_unknown_span_after_a_crash, fresh),
		cmocka_unit_test_setup(edges_lost_at_the_handover_widen_from_in_front_of_it, fresh),
		cmocka_unit_test_setup(nobody_recording_is_unknown_and_another_boot_is_unbounded, fresh),
		cmocka_unit_test_setup(the_kernel_counts_in_32_bits, fresh),
		cmocka_unit_test_setup(an_edge_that_comes_late_explains_the_unknown_span_it_lies_in, fresh),
		cmocka_unit_test_setup(an_edge_that_crossed_a_poll_leaves_the_time_between_unknown, fresh),
		cmocka_unit_test_setup(an_edge_from_long_ago_confuses, fresh),
		cmocka_unit_test_setup(an_edge_that_would_reopen_what_had_settled_confuses, fresh),
		cmocka_unit_test_setup(an_old_level_that_says_nothing_new_is_left_out, fresh),
		cmocka_unit_test_setup(what_is_certain_of_an_outage_in_front_of_an_instant, fresh),
		cmocka_unit_test_setup(what_came_back_just_before_an_instant_was_over_then, fresh),
		cmocka_unit_test(bounds_hold_the_truth_whatever_is_lost),
		cmocka_unit_test_setup(dips_that_were_lost_may_have_lengthened_the_outage_in_front_of_them, fresh),
		cmocka_unit_test_setup(but_not_beyond_what_is_trusted, fresh),
		cmocka_unit_test_setup(one_reading_against_the_edges_makes_nothing_certain, fresh),
		cmocka_unit_test_setup(what_nobody_counted_before_the_numbering_ended_may_have_been_a_dip_too, fresh),
		cmocka_unit_test_setup(one_lost_edge_is_no_dip_nor_are_those_of_a_later_outage, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
