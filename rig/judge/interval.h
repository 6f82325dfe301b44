#ifndef HILRIG_RIG_JUDGE_INTERVAL_H
#define HILRIG_RIG_JUDGE_INTERVAL_H

/*
 * Exact confidence intervals: how many of N, and which share.
 *
 * Of a known population N the sample is drawn without replacement, so X is hypergeometric and the interval is in devices
 * (Buonaccorsi 1987; Wright 1991):
 *
 *   K_U = max{K : P(X <= k | N, K, n) > tail}      K_L = min{K : P(X >= k | N, K, n) > tail}
 *
 * Where N is not known the interval is that of a share (Clopper and Pearson 1934); with n/N < 1 % the upper bounds agree
 * within 1 %, and the share's is the larger. It matters where N is small: of 15 devices, 0 of 10 tested leaves at most 2
 * affected, and the share says 4.
 *
 * `tail` is the error on one side: alpha / 2 for a two-sided interval, alpha for a one-sided bound. It is at least
 * INTERVAL_TAIL_MIN and less than 1/2.
 *
 * All functions are pure and never allocate. Counts obey 0 <= k <= n <= N <= TAIL_COUNT_MAX, n >= 1; else an assert.
 * Shares are computed by halving until two doubles meet; an upper bound is the upper of the two and a lower bound the
 * lower, so that rounding never narrows an interval.
 */

#include "rig/judge/tail.h"

#include <stddef.h>

#define INTERVAL_TAIL_MIN 1e-12

struct count_bounds {
	int64_t least, most; /* devices */
};

struct share_bounds {
	double least, most; /* 0 to 1 */
};

/* K_U and K_L of N devices, k of n sampled being affected. */
int64_t count_upper(int64_t population, int64_t sample, int64_t affected, double tail);
int64_t count_lower(int64_t population, int64_t sample, int64_t affected, double tail);
struct count_bounds count_interval(int64_t population, int64_t sample, int64_t affected, double alpha);

/* Clopper-Pearson. The lower bound of 0 affected is 0, the upper bound of n affected 1. */
double share_upper(int64_t sample, int64_t affected, double tail);
double share_lower(int64_t sample, int64_t affected, double tail);
struct share_bounds share_interval(int64_t sample, int64_t affected, double alpha);

/*
 * What `clusters` clusters of `each` repeated trials are worth when results within a cluster correlate with rho (0 to 1):
 * n m / (1 + (m - 1) rho) (Kish; Rao and Scott 1992). 64 meters of 4 activations at rho = 0.5 are worth 102.
 */
double interval_effective_sample(int64_t clusters, double each, double rho);

/*
 * The interval of a share whose `sample` trials are worth only `effective` (at least 1, at most `sample`): both counts
 * shrink in proportion, the sample rounded down and the affected outwards, so that the interval is never too narrow.
 */
struct share_bounds share_interval_effective(int64_t sample, int64_t affected, double effective, double alpha);

/* What a total needs of one stratum. The upper bound uses affected_most, which counts undecided devices too. */
struct sampled {
	int64_t population;
	int64_t sample; /* 0: nothing tested, so 0 to N */
	int64_t affected_least, affected_most;
};

/* Bounds on the affected devices of all strata together: the sum of their bounds, each at alpha / count (Bonferroni). */
struct count_bounds count_total(const struct sampled *strata, size_t count, double alpha);

#endif
