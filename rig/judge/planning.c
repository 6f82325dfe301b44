/* Acceptance sampling by halving: P(X <= c) falls as the sample grows. */

#include "rig/judge/planning.h"

#include <assert.h>

static int64_t affected_of(int64_t population, int64_t share_ppm)
{
	return (population * share_ppm + PLANNING_PPM - 1) / PLANNING_PPM;
}

double planning_miss(int64_t population, int64_t share_ppm, int64_t sample, int64_t accept)
{
	assert(population >= 0 && population <= TAIL_COUNT_MAX && share_ppm >= 1 && share_ppm <= PLANNING_PPM);
	if (population == 0)
		return tail_binomial(sample, (double)share_ppm / (double)PLANNING_PPM, accept).at_most;
	return tail_hypergeometric(population, affected_of(population, share_ppm), sample, accept).at_most;
}

int64_t planning_sample(int64_t population, int64_t share_ppm, int64_t accept, double beta)
{
	int64_t least = accept + 1, most = population == 0 ? TAIL_COUNT_MAX : population;

	assert(accept >= 0 && beta > 0.0 && beta < 1.0);
	if (least > most || tail_exceeds(planning_miss(population, share_ppm, most, accept), beta))
		return PLANNING_IMPOSSIBLE;
	while (least < most) {
		int64_t middle = least + (most - least) / 2;

		if (tail_exceeds(planning_miss(population, share_ppm, middle, accept), beta))
			least = middle + 1;
		else
			most = middle;
	}
	return least;
}

enum planning_state planning_curtail(int64_t sample, int64_t accept, int64_t tested, int64_t affected)
{
	assert(affected >= 0 && affected <= tested && tested <= sample && accept >= 0);
	if (affected > accept)
		return PLANNING_REJECT;
	return affected + (sample - tested) <= accept ? PLANNING_ACCEPT : PLANNING_CONTINUE;
}
