/* The clock of the loop is the one by which the kernel stamps edges, and no other: a wall clock may be set at any time. */

#include "rig/run/real/clock.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec now;

	assert_int_equal(clock_gettime(id, &now), 0);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void the_loop_reads_the_clock_of_the_kernels_edges(void **state)
{
	int64_t before_ns = read_ns(CLOCK_MONOTONIC), now_ns = clock_monotonic_ns(), after_ns = read_ns(CLOCK_MONOTONIC);

	(void)state;
	assert_true(now_ns >= before_ns && now_ns <= after_ns);
}

/* What BOOTTIME has gained on MONOTONIC is the time that the host slept; the two are read one after the other. */
static void time_slept_is_what_boottime_has_gained(void **state)
{
	int64_t before_ns = read_ns(CLOCK_BOOTTIME) - read_ns(CLOCK_MONOTONIC), first_raw_ns = INSTANT_NEVER;
	struct record record;

	(void)state;
	clock_state_read(&record, &first_raw_ns);
	assert_int_equal(record.kind, RECORD_CLOCK);
	assert_true(first_raw_ns != INSTANT_NEVER);
	assert_int_equal(record.data.clock.raw_offset_ns, 0); /* counted from the first reading */
	assert_true(record.data.clock.suspended_ns - before_ns < NS_PER_S && before_ns - record.data.clock.suspended_ns < NS_PER_S);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loop_reads_the_clock_of_the_kernels_edges),
		cmocka_unit_test(time_slept_is_what_boottime_has_gained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
