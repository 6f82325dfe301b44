#ifndef HILRIG_RIG_JUDGE_TAIL_H
#define HILRIG_RIG_JUDGE_TAIL_H

/*
 * Tail probabilities of the hypergeometric and the binomial distribution, the ground of every interval and plan.
 *
 * The weights are built from the distribution's mode outwards by the ratio of neighbours and divided by their own sum at
 * the end: no factorials, no logarithms, no underflow at any population; + - * / on doubles only, so the same bytes
 * everywhere. Weights below 1e-25 of the largest are left out. Relative error below 1e-9 for probabilities above 1e-15.
 *
 * Pure. The cost is some twenty standard deviations of steps: 3,400 for a sample of 100,000.
 */

#include <stdbool.h>
#include <stdint.h>

/* Largest population and sample; products of two stay within int64_t. */
#define TAIL_COUNT_MAX INT64_C(1000000000)

/* Both include P(X = k), so they add up to more than 1. */
struct tail {
	double at_most;  /* P(X <= k) */
	double at_least; /* P(X >= k) */
};

/*
 * X = affected devices in a sample of `sample` drawn without replacement from `population`, of which `affected` are.
 * 0 <= affected, sample <= population <= TAIL_COUNT_MAX; `k` is any number.
 */
struct tail tail_hypergeometric(int64_t population, int64_t affected, int64_t sample, int64_t k);

/* X = affected devices in `sample` independent ones, each affected with probability `share`, 0 to 1. */
struct tail tail_binomial(int64_t sample, double share, int64_t k);

/*
 * Whether a probability is greater than a threshold, where equal ones must not count as greater though both are rounded:
 * the definitions of the exact interval are strict, and 1/40 occurs. Equal means within 1e-9 of the threshold.
 */
bool tail_exceeds(double probability, double threshold);

#endif
