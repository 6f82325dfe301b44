/* Exact intervals by halving: both tails move one way with the count or share they depend on. */

#include "rig/judge/interval.h"

#include <assert.h>

static void check(int64_t sample, int64_t affected, double tail)
{
	assert(sample >= 1 && sample <= TAIL_COUNT_MAX && affected >= 0 && affected <= sample);
	assert(tail >= INTERVAL_TAIL_MIN && tail < 0.5);
}

int64_t count_upper(int64_t population, int64_t sample, int64_t affected, double tail)
{
	int64_t least = affected, most = population - sample + affected;

	check(sample, affected, tail);
	assert(sample <= population && population <= TAIL_COUNT_MAX);
	/* P(X <= k) falls as K rises, and is 1 at K = k. */
	while (least < most) {
		int64_t middle = least + (most - least + 1) / 2;

		if (tail_exceeds(tail_hypergeometric(population, middle, sample, affected).at_most, tail))
			least = middle;
		else
			most = middle - 1;
	}
	return least;
}

int64_t count_lower(int64_t population, int64_t sample, int64_t affected, double tail)
{
	int64_t least = affected, most = population - sample + affected;

	check(sample, affected, tail);
	assert(sample <= population && population <= TAIL_COUNT_MAX);
	/* P(X >= k) rises with K, and is 1 at K = N - n + k. */
	while (least < most) {
		int64_t middle = least + (most - least) / 2;

		if (tail_exceeds(tail_hypergeometric(population, middle, sample, affected).at_least, tail))
			most = middle;
		else
			least = middle + 1;
	}
	return least;
}

struct count_bounds count_interval(int64_t population, int64_t sample, int64_t affected, double alpha)
{
	struct count_bounds bounds = {count_lower(population, sample, affected, alpha / 2.0),
				      count_upper(population, sample, affected, alpha / 2.0)};

	return bounds;
}

double share_upper(int64_t sample, int64_t affected, double tail)
{
	double least = 0.0, most = 1.0, middle = 0.5;

	check(sample, affected, tail);
	if (affected == sample)
		return 1.0;
	while (middle > least && middle < most) {
		if (tail_binomial(sample, middle, affected).at_most > tail)
			least = middle;
		else
			most = middle;
		middle = least + (most - least) / 2.0;
	}
	return most;
}

double share_lower(int64_t sample, int64_t affected, double tail)
{
	double least = 0.0, most = 1.0, middle = 0.5;

	check(sample, affected, tail);
	if (affected == 0)
		return 0.0;
	while (middle > least && middle < most) {
		if (tail_binomial(sample, middle, affected).at_least > tail)
			most = middle;
		else
			least = middle;
		middle = least + (most - least) / 2.0;
	}
	return least;
}

struct share_bounds share_interval(int64_t sample, int64_t affected, double alpha)
{
	struct share_bounds bounds = {share_lower(sample, affected, alpha / 2.0),
				      share_upper(sample, affected, alpha / 2.0)};

	return bounds;
}

double interval_effective_sample(int64_t clusters, double each, double rho)
{
	assert(clusters >= 0 && each >= 1.0 && rho >= 0.0 && rho <= 1.0);
	return (double)clusters * each / (1.0 + (each - 1.0) * rho);
}

struct share_bounds share_interval_effective(int64_t sample, int64_t affected, double effective, double alpha)
{
	int64_t worth = (int64_t)effective, scaled;
	struct share_bounds bounds;

	assert(sample >= 1 && sample <= TAIL_COUNT_MAX && worth >= 1 && worth <= sample);
	scaled = affected * worth / sample;
	bounds.least = share_lower(worth, scaled, alpha / 2.0);
	if (scaled * sample < affected * worth)
		scaled++;
	bounds.most = share_upper(worth, scaled, alpha / 2.0);
	return bounds;
}

struct count_bounds count_total(const struct sampled *strata, size_t count, double alpha)
{
	struct count_bounds total = {0, 0};
	double tail = alpha / 2.0 / (double)count;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct sampled *stratum = &strata[i];

		if (stratum->sample == 0) {
			total.most += stratum->population;
			continue;
		}
		total.least += count_lower(stratum->population, stratum->sample, stratum->affected_least, tail);
		total.most += count_upper(stratum->population, stratum->sample, stratum->affected_most, tail);
	}
	return total;
}
