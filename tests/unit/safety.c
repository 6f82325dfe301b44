/* Arm, e-stop, door and temperature in the course of time: what is told, and when an arm counts again. */

#include "rig/run/safety.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S

enum { ARM = 1, ESTOP, DOOR, LAB_FEED, OTHER }; /* channels */

static struct bench bench;
static struct safety safety;
static char told[256];

static void tell(void *self, enum safety_input input, bool ok, int64_t t_ns)
{
	static const char *const names[] = {[SAFETY_ARM] = "arm", [SAFETY_ESTOP] = "estop", [SAFETY_DOOR] = "door",
					    [SAFETY_TEMPERATURE] = "temperature", [SAFETY_LAB_POWER] = "power"};
	size_t used = strlen(told);

	assert_ptr_equal(self, &safety);
	(void)snprintf(told + used, sizeof told - used, " %s%s at %lld", names[input], ok ? "" : " lost", (long long)(t_ns / S));
}

static bool take(int64_t t_s, int channel, int level)
{
	return safety_take(&safety, channel, level, t_s * S);
}

static int set_up(void **state)
{
	(void)state;
	memset(&bench, 0, sizeof bench);
	bench.arm = (struct bench_input){.channel = ARM, .limit_ns = 100 * S};
	bench.estop = (struct bench_input){.channel = ESTOP};
	bench.door = (struct bench_input){.channel = DOOR};
	bench.temperature = (struct bench_input){.channel = -1};
	bench.lab_feed = (struct bench_input){.channel = LAB_FEED};
	told[0] = '\0';
	safety_init(&safety, &bench, tell, &safety);
	return 0;
}

static void each_change_is_told_once(void **state)
{
	(void)state;
	assert_true(take(1, ARM, 1) && take(2, ARM, 1) && take(2, ESTOP, 1) && take(3, ESTOP, 1) && take(4, DOOR, 0) && take(5, DOOR, 0));
	assert_string_equal(told, " arm at 1 estop at 2 door lost at 4 arm lost at 4");
}

static void other_channels_are_none_of_them(void **state)
{
	(void)state;
	assert_false(take(1, OTHER, 0));
	assert_string_equal(told, "");
}

static void an_arm_runs_out_and_counts_only_once_it_was_off(void **state)
{
	(void)state;
	assert_true(take(1, ARM, 1));
	safety_tick(&safety, 101 * S);
	assert_string_equal(told, " arm at 1");
	safety_tick(&safety, 102 * S);
	assert_true(take(103, ARM, 1));
	assert_string_equal(told, " arm at 1 arm lost at 102");
	assert_true(take(104, ARM, 0) && take(105, ARM, 1));
	assert_string_equal(told, " arm at 1 arm lost at 102 arm at 105");
}

static void an_arm_without_a_limit_lasts(void **state)
{
	(void)state;
	bench.arm.limit_ns = 0;
	assert_true(take(1, ARM, 1));
	safety_tick(&safety, 1000000 * S);
	assert_string_equal(told, " arm at 1");
}

static void after_an_emergency_stop_only_a_fresh_arm_counts(void **state)
{
	(void)state;
	assert_true(take(1, ESTOP, 1) && take(1, ARM, 1) && take(2, ESTOP, 0) && take(3, ESTOP, 1) && take(4, ARM, 1));
	assert_string_equal(told, " estop at 1 arm at 1 estop lost at 2 arm lost at 2 estop at 3");
	told[0] = '\0';
	assert_true(take(5, ARM, 0) && take(6, ARM, 1));
	assert_string_equal(told, " arm at 6");
}

static void the_labs_power_takes_the_arm_along(void **state)
{
	(void)state;
	assert_true(take(1, LAB_FEED, 1) && take(1, ARM, 1) && take(2, LAB_FEED, 0) && take(3, LAB_FEED, 1) && take(3, ARM, 1));
	assert_string_equal(told, " power at 1 arm at 1 power lost at 2 arm lost at 2 power at 3");
}

static void a_bench_without_an_arm_loses_none(void **state)
{
	(void)state;
	bench.arm.channel = -1;
	assert_true(take(1, ESTOP, 0));
	assert_string_equal(told, " estop lost at 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_change_is_told_once, set_up),
		cmocka_unit_test_setup(other_channels_are_none_of_them, set_up),
		cmocka_unit_test_setup(an_arm_runs_out_and_counts_only_once_it_was_off, set_up),
		cmocka_unit_test_setup(an_arm_without_a_limit_lasts, set_up),
		cmocka_unit_test_setup(after_an_emergency_stop_only_a_fresh_arm_counts, set_up),
		cmocka_unit_test_setup(the_labs_power_takes_the_arm_along, set_up),
		cmocka_unit_test_setup(a_bench_without_an_arm_loses_none, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
