/* The dot plot: its scale, its shapes, and that no dot hides another. */

#include "rig/base/instant.h"
#include "rig/report/dots.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void the_scale_holds_limit_and_longest(void **state)
{
	struct dots_scale scale = dots_scale_for(0, 180 * NS_PER_S);

	(void)state;
	assert_int_equal(scale.from, -1);
	assert_int_equal(scale.to, 3);
	assert_int_equal(dots_scale_for(0, 0).to, 1);
	assert_int_equal(dots_scale_for(1000 * NS_PER_S, 180 * NS_PER_S).to, 3);
	assert_int_equal(dots_scale_for(1001 * NS_PER_S, 180 * NS_PER_S).to, 4);
	assert_int_equal(dots_scale_for(INT64_MAX, 0).to, 10);
}

static void the_axis_is_logarithmic(void **state)
{
	struct dots_scale scale = dots_scale_for(0, 180 * NS_PER_S);
	double decade = (scale.right - scale.left) / 4;

	(void)state;
	assert_true(fabs(dots_x(&scale, 100 * NS_PER_MS) - scale.left) < 0.01);
	assert_true(fabs(dots_x(&scale, NS_PER_S) - scale.left - decade) < 0.01);
	assert_true(fabs(dots_x(&scale, 100 * NS_PER_S) - scale.left - 3 * decade) < 0.01);
	assert_true(fabs(dots_x(&scale, 180 * NS_PER_S) - scale.left - (3 + log10(1.8)) * decade) < 0.01);
	/* Beyond both ends. */
	assert_true(dots_x(&scale, 0) < scale.left - 20);
	assert_true(dots_x(&scale, 0) == dots_x(&scale, 50 * NS_PER_MS));
	assert_true(dots_x(&scale, INT64_MAX) == scale.right);
}

static char *drawn;

static void draw(struct night *night)
{
	static int number;
	char folder[PATH_MAX], name[32];
	struct report report;
	struct error error;
	size_t size;
	FILE *out;

	(void)snprintf(name, sizeof name, "dots-%d-%d", (int)getpid(), number++);
	night->run = name;
	night_make(night, folder);
	if (!report_load(&report, folder, &error))
		fail_msg("%s", error.text);
	free(drawn);
	out = open_memstream(&drawn, &size);
	draw_dots(out, &report);
	assert_int_equal(fclose(out), 0);
	report_done(&report);
}

static int count_of(const char *part)
{
	const char *at;
	int count = 0;

	for (at = drawn; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

static void shapes_tell_what_colours_cannot(void **state)
{
	struct night night = {.clause = "", .polled = true, .slot_count = 4,
			      .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S}, {.name = "B"}, {.name = "C", .outage_ns = -1},
					{.name = "D", .outage_ns = 179950 * NS_PER_MS, .lost_edge = true}}};
	struct night lab = {.clause = "", .slot_count = 1, .slots = {{.name = "E", .outage_ns = 240 * NS_PER_S, .lab_power = true}}};

	(void)state;
	draw(&night);
	assert_int_equal(count_of("<circle class=\"dot\""), 1);        /* A: measured */
	assert_int_equal(count_of("<circle class=\"dot hollow\""), 2); /* C and D: bounds */
	assert_int_equal(count_of("<path class=\"dot hollow\""), 1);   /* B: none */
	assert_int_equal(count_of("<path class=\"dimension\""), 1);    /* C: not ended */
	assert_int_equal(count_of("<path class=\"dimension dashed\""), 0); /* D: 0.1 s at 180 s is less than a dot */
	assert_int_equal(count_of(">limit 180 s</text>"), 1);
	assert_int_equal(count_of("class=\"track\""), 4);
	draw(&lab);
	assert_int_equal(count_of("<path class=\"cross\""), 1); /* void: the lab's own power was gone */
	assert_int_equal(count_of("<circle"), 0);
}

static void no_dot_of_a_full_bench_hides_another(void **state)
{
	static char names[NIGHT_SLOTS_MAX][16];
	struct night night = {.clause = "", .slot_count = NIGHT_SLOTS_MAX};
	double x[NIGHT_SLOTS_MAX], y[NIGHT_SLOTS_MAX];
	const char *at;
	int i, j, count = 0;

	(void)state;
	for (i = 0; i < NIGHT_SLOTS_MAX; i++) {
		(void)snprintf(names[i], sizeof names[i], "s%d", i);
		night.slots[i] = (struct night_slot){.name = names[i], .outage_ns = 20 * NS_PER_S + i % 7 * NS_PER_S};
	}
	night.slots[40].outage_ns = 200 * NS_PER_S;
	draw(&night);
	for (at = drawn; (at = strstr(at, "<circle class=\"dot\" cx=\"")) != NULL; at++)
		if (sscanf(at, "<circle class=\"dot\" cx=\"%lf\" cy=\"%lf\"", &x[count], &y[count]) == 2)
			count++;
	assert_int_equal(count, NIGHT_SLOTS_MAX);
	for (i = 0; i < count; i++)
		for (j = 0; j < i; j++)
			assert_true(fabs(x[i] - x[j]) >= 9 || fabs(y[i] - y[j]) >= 3);
	/* Only the one above the limit is named. */
	assert_int_equal(count_of("class=\"dotname\""), 1);
	assert_int_equal(count_of(">s40</text>"), 1);
}

static int drop(void **state)
{
	(void)state;
	free(drawn);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_scale_holds_limit_and_longest),
		cmocka_unit_test(the_axis_is_logarithmic),
		cmocka_unit_test(shapes_tell_what_colours_cannot),
		cmocka_unit_test(no_dot_of_a_full_bench_hides_another),
	};

	return cmocka_run_group_tests(tests, NULL, drop);
}
