/* Which lines the recorder writes for edges and polls. */

#include "rig/run/recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define MS NS_PER_MS

static struct recorder recorder;
static char lines[4096];
static int64_t last_t_ns;

static void put(void *self, struct record *record)
{
	size_t used = strlen(lines);

	(void)self;
	assert_true(record->t_ns >= last_t_ns); /* one channel only in this test */
	last_t_ns = record->t_ns;
	if (record->kind == RECORD_EDGE)
		snprintf(lines + used, sizeof lines - used, "edge %d #%d at %d ms\n", (int)record->data.edge.level,
			 (int)record->data.edge.seqno, (int)(record->t_ns / MS));
	else
		snprintf(lines + used, sizeof lines - used, "level %d at %d ms\n", (int)record->data.level.level,
			 (int)(record->t_ns / MS));
}

static int fresh(void **state)
{
	(void)state;
	lines[0] = '\0';
	last_t_ns = 0;
	recorder_init(&recorder, (struct record_sink){put, NULL});
	recorder_add(&recorder, "A", "pins.17");
	recorder_poll(&recorder, 0, 0, 1);
	return 0;
}

static void polls_that_agree_are_written_once_a_minute(void **state)
{
	int64_t t_ns;

	(void)state;
	for (t_ns = 100 * MS; t_ns <= 150 * NS_PER_S; t_ns += 100 * MS)
		recorder_poll(&recorder, 0, t_ns, 1);
	assert_string_equal(lines, "level 1 at 0 ms\nlevel 1 at 60000 ms\nlevel 1 at 120000 ms\n");
}

static void a_poll_that_overtakes_its_edge_is_no_contradiction(void **state)
{
	(void)state;
	recorder_poll(&recorder, 0, 100 * MS, 1);
	recorder_poll(&recorder, 0, 200 * MS, 0);
	recorder_edge(&recorder, 0, 199 * MS, 0, 1);
	recorder_poll(&recorder, 0, 300 * MS, 0);
	recorder_poll(&recorder, 0, 400 * MS, 0);
	assert_string_equal(lines, "level 1 at 0 ms\nedge 0 #1 at 199 ms\n");
	assert_int_equal(recorder.anomalies, 0);
}

static void a_level_that_no_edge_explains_is_written_with_the_poll_before_it(void **state)
{
	(void)state;
	recorder_poll(&recorder, 0, 100 * MS, 1);
	recorder_poll(&recorder, 0, 200 * MS, 0);
	recorder_poll(&recorder, 0, 300 * MS, 0);
	recorder_poll(&recorder, 0, 400 * MS, 0);
	assert_string_equal(lines, "level 1 at 0 ms\nlevel 1 at 100 ms\nlevel 0 at 200 ms\nlevel 0 at 300 ms\n");
	assert_int_equal(recorder.anomalies, 1);
}

static void a_gap_is_framed_by_the_polls_around_it(void **state)
{
	(void)state;
	recorder_edge(&recorder, 0, 50 * MS, 0, 1);
	recorder_poll(&recorder, 0, 100 * MS, 0);
	recorder_poll(&recorder, 0, 200 * MS, 0);
	recorder_poll(&recorder, 0, 300 * MS, 0);
	recorder_edge(&recorder, 0, 350 * MS, 1, 4);
	recorder_poll(&recorder, 0, 400 * MS, 1);
	recorder_poll(&recorder, 0, 500 * MS, 1);
	/* Two edges were lost: a rise and a fall may lie between the polls at 200 and 300 ms. */
	assert_string_equal(lines, "level 1 at 0 ms\nedge 0 #1 at 50 ms\nlevel 0 at 200 ms\nedge 1 #4 at 350 ms\n"
				   "level 1 at 400 ms\n");
}

static void a_gap_of_one_edge_hides_nothing_between_polls_that_agreed(void **state)
{
	(void)state;
	recorder_edge(&recorder, 0, 50 * MS, 0, 1);
	recorder_poll(&recorder, 0, 100 * MS, 0);
	recorder_poll(&recorder, 0, 200 * MS, 0);
	recorder_poll(&recorder, 0, 300 * MS, 0);
	recorder_edge(&recorder, 0, 350 * MS, 0, 3);
	assert_string_equal(lines, "level 1 at 0 ms\nedge 0 #1 at 50 ms\nlevel 0 at 300 ms\nedge 0 #3 at 350 ms\n");
}

static void no_more_is_believed_than_the_polls_that_are_remembered(void **state)
{
	int i;

	(void)state;
	recorder_edge(&recorder, 0, 50 * MS, 0, 1);
	for (i = 1; i <= 6; i++)
		recorder_poll(&recorder, 0, i * 100 * MS, 0);
	recorder_edge(&recorder, 0, 650 * MS, 1, 40);
	assert_string_equal(lines, "level 1 at 0 ms\nedge 0 #1 at 50 ms\nlevel 0 at 400 ms\nedge 1 #40 at 650 ms\n");
}

static void the_kernels_count_goes_over_without_a_gap(void **state)
{
	(void)state;
	recorder_edge(&recorder, 0, 50 * MS, 0, UINT32_MAX);
	recorder_edge(&recorder, 0, 60 * MS, 1, 0);
	assert_int_equal(recorder.anomalies, 0);
}

/* A control of another slot begins, then one of this. */
static void stock_is_taken_of_the_slot_alone(void **state)
{
	(void)state;
	recorder_take_stock(&recorder, "B");
	recorder_poll(&recorder, 0, 100 * MS, 1);
	recorder_poll(&recorder, 0, 200 * MS, 1);
	assert_string_equal(lines, "level 1 at 0 ms\n");
	recorder_take_stock(&recorder, "A");
	recorder_poll(&recorder, 0, 300 * MS, 1);
	recorder_poll(&recorder, 0, 400 * MS, 1);
	assert_string_equal(lines, "level 1 at 0 ms\nlevel 1 at 200 ms\n");
}

static void the_last_poll_is_written_at_the_end(void **state)
{
	(void)state;
	recorder_poll(&recorder, 0, 100 * MS, 1);
	recorder_poll(&recorder, 0, 200 * MS, 1);
	recorder_close(&recorder);
	assert_string_equal(lines, "level 1 at 0 ms\nlevel 1 at 200 ms\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(polls_that_agree_are_written_once_a_minute, fresh),
		cmocka_unit_test_setup(a_poll_that_overtakes_its_edge_is_no_contradiction, fresh),
		cmocka_unit_test_setup(a_level_that_no_edge_explains_is_written_with_the_poll_before_it, fresh),
		cmocka_unit_test_setup(a_gap_is_framed_by_the_polls_around_it, fresh),
		cmocka_unit_test_setup(a_gap_of_one_edge_hides_nothing_between_polls_that_agreed, fresh),
		cmocka_unit_test_setup(no_more_is_believed_than_the_polls_that_are_remembered, fresh),
		cmocka_unit_test_setup(the_kernels_count_goes_over_without_a_gap, fresh),
		cmocka_unit_test_setup(stock_is_taken_of_the_slot_alone, fresh),
		cmocka_unit_test_setup(the_last_poll_is_written_at_the_end, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
