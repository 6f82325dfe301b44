/* Statements from lists of alerts. */

#include "rig/judge/field.h"

#include <assert.h>

#define YEAR_S 31557600.0

struct share_bounds field_loss_given_restored(int64_t restored_only, int64_t both, double alpha)
{
	return share_interval(restored_only + both, restored_only, alpha);
}

double field_chapman(int64_t ad1, int64_t restored, int64_t both)
{
	assert(both >= 0 && both <= ad1 && both <= restored && ad1 <= TAIL_COUNT_MAX && restored <= TAIL_COUNT_MAX);
	return (double)(ad1 + 1) * (double)(restored + 1) / (double)(both + 1) - 1.0;
}

struct ratio_bounds field_ratio(int64_t after, int64_t before, double alpha)
{
	struct share_bounds share = share_interval(after + before, after, alpha);
	struct ratio_bounds ratio = {.least = share.least / (1.0 - share.least), .open = before == 0};

	if (!ratio.open)
		ratio.most = share.most / (1.0 - share.most);
	return ratio;
}

double field_masked(int64_t activations, double outages_per_year, int64_t window_s)
{
	assert(activations >= 0 && outages_per_year >= 0.0 && window_s >= 0);
	return (double)activations * outages_per_year * (double)window_s / YEAR_S;
}
