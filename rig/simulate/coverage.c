/* Counts. */

#include "rig/simulate/coverage.h"

#include <stddef.h>

void coverage_take(struct coverage *coverage, const struct findings *findings)
{
	int i;

	coverage->lines += (int64_t)findings->lines;
	coverage->virtual_s += findings->end_ns / NS_PER_S;
	coverage->end[findings->end_reason] += findings->ended;
	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		coverage->verdict[verdict->kind][verdict->validity][verdict->conformity]++;
		coverage->domain[verdict->domain]++;
		coverage->verdicts += verdict->kind == CASE_OUTAGE;
		coverage->decided += verdict->kind == CASE_OUTAGE && verdict->validity == VALIDITY_VALID;
	}
	for (i = 0; i < findings->ledger_count; i++) {
		coverage->ledger[findings->ledger[i].class]++;
		coverage->cause[findings->ledger[i].cause.cause]++;
	}
}

void coverage_add(struct coverage *to, const struct coverage *from)
{
	int64_t *sums = (int64_t *)to;
	const int64_t *more = (const int64_t *)from;
	size_t i;

	_Static_assert(sizeof(struct coverage) % sizeof(int64_t) == 0, "all of it is counters");
	for (i = 0; i < sizeof *to / sizeof *sums; i++)
		sums[i] += more[i];
}
