#ifndef HILRIG_RIG_JUDGE_PLANNING_H
#define HILRIG_RIG_JUDGE_PLANNING_H

/*
 * Acceptance sampling: how many devices to test, what a small sample misses, and when to stop.
 *
 * A plan (n, c) tests n devices and accepts with at most c affected. n is the smallest with P(X <= c) <= beta when a
 * share p1 of the population is affected, that is K = ceil(p1 N) devices: at p1 = 1 % (14,000 of 1.4 million) and
 * beta = 5 % that is 299, 473 and 628 for c = 0, 1, 2. Three samples miss a 1 % fault with 97 %.
 *
 * Shares are parts per million, so that ceil(p1 N) is exact. Pure; a plan for 1.4 million takes well under a millisecond.
 */

#include "rig/judge/tail.h"

#define PLANNING_PPM INT64_C(1000000)

/* No sample is large enough: no more than c devices are affected at all, or more than TAIL_COUNT_MAX would be needed. */
#define PLANNING_IMPOSSIBLE INT64_C(-1)

/*
 * The smallest sample. `population` is N, 1 to TAIL_COUNT_MAX, or 0 where it is not known (binomial); `share_ppm` is p1,
 * 1 to PLANNING_PPM; `accept` is c, at least 0; 0 < beta < 1.
 */
int64_t planning_sample(int64_t population, int64_t share_ppm, int64_t accept, double beta);

/* The probability that a sample holds at most `accept` affected devices while a share p1 is: what the plan misses. */
double planning_miss(int64_t population, int64_t share_ppm, int64_t sample, int64_t accept);

enum planning_state {
	PLANNING_CONTINUE,
	PLANNING_ACCEPT, /* all tested, or too few left to exceed c */
	PLANNING_REJECT  /* c is exceeded: stop, nothing that follows can change it */
};

/* Where a plan (sample, accept) stands after `tested` devices of which `affected` were. */
enum planning_state planning_curtail(int64_t sample, int64_t accept, int64_t tested, int64_t affected);

#endif
