/*
 * Sums of neighbouring weights around the mode. A weight is relative to the mode's, which is 1; the ratio of a weight to
 * its neighbour is a quotient of small products, exact to a few units in the last place.
 */

#include "rig/judge/tail.h"

#include <assert.h>

#define NEGLIGIBLE 1e-25
#define TIE 1e-9

/* Sums of weights at most, at least, and everywhere. */
struct sums {
	int64_t k;
	double at_most, at_least, all;
};

static void add(struct sums *sums, int64_t x, double weight)
{
	sums->all += weight;
	if (x <= sums->k)
		sums->at_most += weight;
	if (x >= sums->k)
		sums->at_least += weight;
}

static struct tail share_out(const struct sums *sums)
{
	struct tail tail = {sums->at_most / sums->all, sums->at_least / sums->all};

	return tail;
}

static int64_t clamp(int64_t x, int64_t least, int64_t most)
{
	return x < least ? least : x > most ? most : x;
}

struct tail tail_hypergeometric(int64_t population, int64_t affected, int64_t sample, int64_t k)
{
	int64_t spare = population - affected - sample; /* X is at least -spare */
	int64_t least = spare < 0 ? -spare : 0, most = affected < sample ? affected : sample;
	int64_t mode, x;
	struct sums sums = {.k = k};
	double weight;

	assert(population >= 0 && population <= TAIL_COUNT_MAX);
	assert(affected >= 0 && affected <= population && sample >= 0 && sample <= population);
	mode = clamp((sample + 1) * (affected + 1) / (population + 2), least, most);
	add(&sums, mode, 1.0);
	for (x = mode, weight = 1.0; x < most && weight > NEGLIGIBLE; x++) {
		weight *= (double)(affected - x) * (double)(sample - x) / ((double)(x + 1) * (double)(spare + x + 1));
		add(&sums, x + 1, weight);
	}
	for (x = mode, weight = 1.0; x > least && weight > NEGLIGIBLE; x--) {
		weight *= (double)x * (double)(spare + x) / ((double)(affected - x + 1) * (double)(sample - x + 1));
		add(&sums, x - 1, weight);
	}
	return share_out(&sums);
}

struct tail tail_binomial(int64_t sample, double share, int64_t k)
{
	struct sums sums = {.k = k};
	int64_t mode, x;
	double weight, odds;

	assert(sample >= 0 && sample <= TAIL_COUNT_MAX && share >= 0.0 && share <= 1.0);
	mode = clamp((int64_t)((double)(sample + 1) * share), 0, sample);
	add(&sums, mode, 1.0);
	if (share <= 0.0 || share >= 1.0)
		return share_out(&sums);
	odds = share / (1.0 - share);
	for (x = mode, weight = 1.0; x < sample && weight > NEGLIGIBLE; x++) {
		weight *= (double)(sample - x) / (double)(x + 1) * odds;
		add(&sums, x + 1, weight);
	}
	for (x = mode, weight = 1.0; x > 0 && weight > NEGLIGIBLE; x--) {
		weight *= (double)x / (double)(sample - x + 1) / odds;
		add(&sums, x - 1, weight);
	}
	return share_out(&sums);
}

bool tail_exceeds(double probability, double threshold)
{
	return probability > threshold * (1.0 + TIE);
}
