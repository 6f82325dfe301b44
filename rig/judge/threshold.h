#ifndef HILRIG_RIG_JUDGE_THRESHOLD_H
#define HILRIG_RIG_JUDGE_THRESHOLD_H

/*
 * Finding the outage length above which a hub raises AD1, when alerts can be lost.
 *
 * Errors are one-sided: an AD1 proves "above"; an absence may be a loss, and is believed only after m tries with
 * q^m <= alpha / s, q the loss rate measured on the bench and s the number of steps of the search. q = 5 % and s = 8 need
 * m = 2, q = 30 % needs 5. ceil(log2(range / step)) + 1 cuts are enough only when nothing is lost; a search takes m times
 * as many, and a plan says so.
 *
 * Pure; + - * / only: the logarithms are found by multiplication.
 */

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

/* More tries than anybody makes: nothing can be learned from absences. */
#define THRESHOLD_TRIES_MAX 1000000

/*
 * The smallest m >= 1 with loss^m <= alpha / steps, or 0 when more than THRESHOLD_TRIES_MAX would be needed.
 * 0 <= loss <= 1, 0 < alpha < 1, steps >= 1.
 */
int64_t threshold_tries(double loss, int64_t steps, double alpha);

/* ceil(log2(range / step)) + 1: cuts of a search that nothing disturbs. range_ns >= step_ns >= 1. */
int64_t threshold_cuts(int64_t range_ns, int64_t step_ns);

/* One cut of one hub, by a length that was measured. */
struct threshold_try {
	int64_t length_ns;
	bool seen; /* an AD1 that belongs to it was seen */
};

struct threshold_bracket {
	bool has_below, has_above;
	int64_t below_ns;      /* largest length with m absences, no AD1, and shorter than above_ns */
	int64_t above_ns;      /* smallest length with an AD1 */
	int64_t contradictions;/* lengths from above_ns on with m absences and no AD1: no threshold explains them */
};

/* What the tries of one hub say, in any order; `tries_needed` is m, at least 1. Over hubs report min and max, no mean. */
struct threshold_bracket threshold_find(const struct threshold_try *tries, size_t count, int64_t tries_needed);

#endif
