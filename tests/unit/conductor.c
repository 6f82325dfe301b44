/* What instruments report keeps its own instant on the way to the engine, however late the loop takes it. */

#include "rig/run/conductor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define S NS_PER_S

enum { SENSE = 4, ESTOP = 5, TRIPPED = 6 }; /* channels of the bench */

static struct bench_group groups[2] = {{.name = "rcd1", .tripped = TRIPPED}, {.name = "rcd2", .tripped = -1}};
static struct bench_slot slots[3] = {{.mains = {.present = true, .group = 1}}, {.mains = {.present = true, .group = 0}},
				     {.mains = {.present = true, .group = 0}}};
static const struct bench bench = {.slots = slots, .slot_count = 3, .groups = groups, .group_count = 2, .arm = {.channel = -1}, .estop = {.channel = ESTOP},
				   .door = {.channel = -1}, .lab_feed = {.channel = -1}, .temperature = {.channel = -1}};
static const bool taking_part[3] = {true, true, false};
static struct program_input inputs[1] = {{"pins.4", "A"}};
static struct plan plan;
static struct assembled assembled;
static struct conductor conductor;

/* The wall clock goes with the base. */
static void turn(int64_t now_ns)
{
	conductor_turn(&conductor, now_ns, now_ns / NS_PER_US);
}

/* The run began 100 s after the base; the loop has been busy, and it is 9 s of the base when it hears of what was at 5 s. */
static int begin(void **state)
{
	const struct conductor_settings settings = {.bench = &bench, .taking_part = taking_part, .assembled = &assembled, .operator = ""};
	struct error error;

	(void)state;
	assembled.program.plan = &plan;
	assembled.program.slot_count = 2;
	assembled.program.input_count = 1;
	assembled.slot_of_bench[1] = 1;
	assembled.program.inputs = inputs;
	assembled.program.ups = NO_CHANNEL;
	assembled.input_channel[0] = SENSE;
	if (!conductor_init(&conductor, &settings, &error))
		return 1;
	conductor.offset_ns = 100 * S;
	turn(9 * S);
	return 0;
}

static int end(void **state)
{
	(void)state;
	conductor_done(&conductor);
	return 0;
}

static const struct run_event *queued(enum run_event_kind kind)
{
	int i;

	for (i = 0; i < conductor.queue_count; i++)
		if (conductor.queue[i].event.kind == kind)
			return &conductor.queue[i].event;
	fail_msg("no such event");
	return NULL;
}

static void an_edge_keeps_the_kernels_stamp(void **state)
{
	(void)state;
	conductor.listener.edge(&conductor, SENSE, 5 * S, 0, 7);
	assert_int_equal(conductor.queue_count, 1);
	assert_int_equal(queued(EVENT_EDGE_SEEN)->t_ns, 105 * S);
	assert_int_equal(queued(EVENT_EDGE_SEEN)->channel, 0);
	assert_int_equal(queued(EVENT_EDGE_SEEN)->level, 0);
	assert_int_equal(queued(EVENT_EDGE_SEEN)->seqno, 7);
}

static void an_emergency_stop_is_told_as_when_it_was_pressed(void **state)
{
	(void)state;
	conductor.listener.edge(&conductor, ESTOP, 5 * S, 0, 7);
	assert_int_equal(queued(EVENT_SAFETY_INPUT)->t_ns, 105 * S);
	assert_int_equal(queued(EVENT_SAFETY_INPUT)->safety, SAFETY_ESTOP);
	assert_int_equal(queued(EVENT_SAFETY_INPUT)->level, 0);
}

static void an_alert_keeps_the_instant_of_its_line(void **state)
{
	const struct record alert = {.kind = RECORD_ALERT};

	(void)state;
	conductor.listener.observed(&conductor, 0, 5 * S, &alert);
	assert_int_equal(queued(EVENT_OBSERVED)->t_ns, 105 * S);
	assert_int_equal(queued(EVENT_OBSERVED)->slot, 0);
}

static void what_no_slot_needs_is_no_event(void **state)
{
	(void)state;
	conductor.listener.edge(&conductor, SENSE + 10, 5 * S, 0, 1); /* of no slot that takes part */
	assert_int_equal(conductor.queue_count, 0);
}

static void a_breaker_is_told_of_the_slots_behind_it_alone(void **state)
{
	(void)state;
	conductor.listener.edge(&conductor, TRIPPED, 5 * S, 0, 1);
	assert_int_equal(conductor.queue_count, 1);
	assert_int_equal(queued(EVENT_PROTECTION_ACTED)->slot, 1);
	assert_int_equal(queued(EVENT_PROTECTION_ACTED)->level, 1);
	assert_string_equal(queued(EVENT_PROTECTION_ACTED)->text, "rcd1");
}

/* A runtime that knows: no level changes from 109 s of the run until 109.98 s. Polls are due every 50 ms. */
static void skip_polls(void)
{
	assembled.program.level_period_ns = 50 * NS_PER_MS;
	conductor.begun = true;
	conductor.next_clock_ns = conductor.engine_deadline_ns = INSTANT_NEVER;
	conductor.next_poll_ns = 109 * S + 50 * NS_PER_MS;
	conductor.quiet_polls = 3;
	conductor_skip_polls(&conductor, 9 * S + 980 * NS_PER_MS);
}

static void polls_that_would_read_the_same_are_not_due(void **state)
{
	(void)state;
	skip_polls();
	assert_int_equal(conductor_deadline(&conductor), 10 * S); /* the first behind what may change something */
}

static void an_edge_has_the_polls_in_front_of_it_that_were_not_made(void **state)
{
	(void)state;
	skip_polls();
	conductor.listener.edge(&conductor, SENSE, 9 * S + 980 * NS_PER_MS, 0, 7);
	assert_int_equal(conductor.queue_count, 2);
	assert_int_equal(conductor.queue[0].event.kind, EVENT_LEVELS_READ);
	assert_int_equal(conductor.queue[0].event.t_ns, 109 * S + 950 * NS_PER_MS);
	assert_int_equal(conductor.queue[0].event.earlier, RECORDER_AGREED - 1);
	assert_int_equal(conductor.queue[1].event.kind, EVENT_EDGE_SEEN);
	assert_int_equal(conductor_deadline(&conductor), 10 * S);
}

static void what_is_durable_has_nothing_in_front_of_it(void **state)
{
	(void)state;
	skip_polls();
	turn(9 * S + 500 * NS_PER_MS);
	conductor_durable(&conductor, 5);
	assert_int_equal(conductor.queue_count, 1);
}

static void an_instant_that_may_have_changed_something_is_not_skipped(void **state)
{
	(void)state;
	skip_polls();
	turn(9 * S + 980 * NS_PER_MS);
	conductor_skip_polls(&conductor, 20 * S); /* the poll behind it is owed */
	assert_int_equal(conductor_deadline(&conductor), 10 * S);
}

/* Whether it slept or its wall clock was set the clock's line says; until then nobody knows how long anything lasted. */
static void a_host_that_slept_has_its_clock_read_at_once(void **state)
{
	(void)state;
	conductor.begun = true;
	conductor.next_clock_ns = conductor.next_poll_ns = conductor.engine_deadline_ns = INSTANT_NEVER;
	conductor_turn(&conductor, 11 * S, 11000000 + CONDUCTOR_CLOCK_MOVED_US);
	assert_true(conductor_deadline(&conductor) > 11 * S);
	conductor_turn(&conductor, 12 * S, 12000000 + 3 * CONDUCTOR_CLOCK_MOVED_US);
	assert_int_equal(conductor_deadline(&conductor), 12 * S);
	conductor.next_clock_ns = INSTANT_NEVER;
	conductor_turn(&conductor, 13 * S, 12000000);
	assert_int_equal(conductor_deadline(&conductor), 13 * S);
}

#define CASE_OF(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(a_host_that_slept_has_its_clock_read_at_once),
		CASE_OF(an_edge_keeps_the_kernels_stamp),
		CASE_OF(an_emergency_stop_is_told_as_when_it_was_pressed),
		CASE_OF(an_alert_keeps_the_instant_of_its_line),
		CASE_OF(what_no_slot_needs_is_no_event),
		CASE_OF(a_breaker_is_told_of_the_slots_behind_it_alone),
		CASE_OF(polls_that_would_read_the_same_are_not_due),
		CASE_OF(an_edge_has_the_polls_in_front_of_it_that_were_not_made),
		CASE_OF(what_is_durable_has_nothing_in_front_of_it),
		CASE_OF(an_instant_that_may_have_changed_something_is_not_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
