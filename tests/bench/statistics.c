/* How long plans and intervals take at national scale: 1.4 million meters. */

#include "rig/judge/interval.h"
#include "rig/judge/planning.h"

#include <stdio.h>
#include <time.h>

#define NATIONAL INT64_C(1400000)

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(void)
{
	double start_ms = now_ms(), end_ms;
	int64_t n0 = planning_sample(NATIONAL, 10000, 0, 0.05), n2 = planning_sample(NATIONAL, 10000, 2, 0.05);
	struct count_bounds bounds;

	end_ms = now_ms();
	printf("plans for 1.4 million: %lld and %lld samples, %.3f ms together (wanted: well under 100 ms)\n", (long long)n0,
	       (long long)n2, end_ms - start_ms);
	start_ms = now_ms();
	bounds = count_interval(NATIONAL, 100000, 1000, 0.05);
	end_ms = now_ms();
	printf("1,000 of 100,000 of 1.4 million: %lld to %lld, %.3f ms\n", (long long)bounds.least, (long long)bounds.most,
	       end_ms - start_ms);
	return n0 == 299 && n2 == 628 ? 0 : 1;
}
