/* The search for a hub's threshold: how many tries, how many cuts, and what they said. */

#include "rig/judge/threshold.h"

#include <assert.h>

/* A product that equals the target but for rounding has reached it. */
#define TIE 1e-12

int64_t threshold_tries(double loss, int64_t steps, double alpha)
{
	double target = alpha / (double)steps * (1.0 + TIE), product = loss;
	int64_t tries;

	assert(loss >= 0.0 && loss <= 1.0 && steps >= 1 && alpha > 0.0 && alpha < 1.0);
	for (tries = 1; tries <= THRESHOLD_TRIES_MAX; tries++) {
		if (product <= target)
			return tries;
		product *= loss;
	}
	return 0;
}

int64_t threshold_cuts(int64_t range_ns, int64_t step_ns)
{
	int64_t cuts = 1;

	assert(step_ns >= 1 && range_ns >= step_ns);
	/* Halving rounded up, so that nothing overflows: as often as the range holds more than one step. */
	for (range_ns = (range_ns - 1) / step_ns + 1; range_ns > 1; range_ns -= range_ns / 2)
		cuts++;
	return cuts;
}

/* Counts the absences of one length; false if an AD1 was seen at it. */
static bool only_absences(const struct threshold_try *tries, size_t count, int64_t length_ns, int64_t *absences)
{
	size_t i;

	*absences = 0;
	for (i = 0; i < count; i++) {
		if (tries[i].length_ns == length_ns && tries[i].seen)
			return false;
		*absences += tries[i].length_ns == length_ns;
	}
	return true;
}

struct threshold_bracket threshold_find(const struct threshold_try *tries, size_t count, int64_t tries_needed)
{
	struct threshold_bracket bracket = {.has_below = false};
	int64_t absences;
	size_t i, j;

	assert(tries_needed >= 1);
	for (i = 0; i < count; i++) {
		if (tries[i].seen && (!bracket.has_above || tries[i].length_ns < bracket.above_ns)) {
			bracket.has_above = true;
			bracket.above_ns = tries[i].length_ns;
		}
	}
	for (i = 0; i < count; i++) {
		for (j = 0; j < i && tries[j].length_ns != tries[i].length_ns; j++)
			;
		if (j < i || !only_absences(tries, count, tries[i].length_ns, &absences) || absences < tries_needed)
			continue;
		if (bracket.has_above && tries[i].length_ns > bracket.above_ns) {
			bracket.contradictions++;
		} else if (!bracket.has_below || tries[i].length_ns > bracket.below_ns) {
			bracket.has_below = true;
			bracket.below_ns = tries[i].length_ns;
		}
	}
	return bracket;
}
