/* The policy of the bus in virtual time: who speaks when, and what is believed. */

#include "drivers/modbus/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define MS NS_PER_MS
#define RESPONSE (500 * MS)

static struct bus bus;
static struct bus_output out;
static int64_t now;

static void step(enum bus_event_kind kind, int64_t t_ns)
{
	struct bus_event event = {.kind = kind, .t_ns = t_ns};

	now = t_ns;
	bus_step(&bus, &event, &out);
}

/* Ends the open transaction; reads give `value` in all registers. */
static void ended(int64_t t_ns, enum modbus_outcome outcome, uint16_t value, int64_t last_ns)
{
	uint16_t values[MODBUS_VALUES_MAX];
	struct bus_event event = {.kind = BUS_ENDED, .t_ns = t_ns, .number = bus.open_number, .outcome = outcome, .exception = 2,
				  .values = values, .last_ns = last_ns};
	int i;

	for (i = 0; i < MODBUS_VALUES_MAX; i++)
		values[i] = value;
	now = t_ns;
	bus_step(&bus, &event, &out);
}

/* Steps at the deadlines asked for until a transaction starts; the instant at which it does, or -1 at `until_ns`. */
static int64_t run_to_start(int64_t until_ns)
{
	step(BUS_TICK, now);
	while (out.action != BUS_START) {
		if (out.deadline_ns > until_ns)
			return -1;
		assert_true(out.deadline_ns > now);
		step(BUS_TICK, out.deadline_ns);
	}
	return now;
}

static struct bus_request reading(uint16_t address)
{
	return (struct bus_request){.transaction = {.unit = 1, .function = MODBUS_READ_HOLDING, .address = address, .count = 1},
				    .priority = BUS_READING, .response_ns = RESPONSE, .deadline_ns = now + 10 * NS_PER_S,
				    .tries_max = 1, .tag = address};
}

static struct bus_request writing(uint16_t address, enum bus_priority priority)
{
	return (struct bus_request){.transaction = {.unit = 1, .function = MODBUS_WRITE_REGISTER, .address = address, .count = 1},
				    .priority = priority, .response_ns = RESPONSE, .deadline_ns = now + 10 * NS_PER_S,
				    .tries_max = 1, .tag = address};
}

static uint32_t submit(struct bus_request request)
{
	struct error error;
	uint32_t ticket;

	assert_true(bus_submit(&bus, &request, &ticket, &error));
	return ticket;
}

static struct bus_result take(void)
{
	struct bus_result result;

	assert_true(bus_take(&bus, &result));
	return result;
}

static void assert_nothing_to_take(void)
{
	struct bus_result result;

	assert_false(bus_take(&bus, &result));
}

/* A bus at 9600 that has a port and whose first drain is over. */
static int set_up(void **state)
{
	const struct bus_settings settings = {.baud = 9600, .grace_ns = 1 * NS_PER_S};

	(void)state;
	bus_init(&bus, &settings);
	step(BUS_BACK, 1 * NS_PER_S);
	submit(reading(9));
	assert_int_equal(run_to_start(now + NS_PER_S), NS_PER_S + RESPONSE);
	ended(now + 10 * MS, MODBUS_OK, 9, now + 10 * MS);
	assert_int_equal(take().outcome, MODBUS_OK);
	return 0;
}

static void a_read_gives_its_value_its_instants_and_one_try(void **state)
{
	struct bus_result result;
	int64_t asked;
	uint32_t ticket = submit(reading(5));

	(void)state;
	asked = run_to_start(now + NS_PER_S);
	assert_int_equal(out.transaction->address, 5);
	/* 8 and 7 bytes at 9600 baud of 11 bits, and the unit's time */
	assert_int_equal(out.limit_ns, asked + 17187500 + RESPONSE);
	ended(asked + 30 * MS, MODBUS_OK, 1234, asked + 29 * MS);
	assert_true(out.more);
	result = take();
	assert_int_equal(result.ticket, ticket);
	assert_int_equal(result.tag, 5);
	assert_int_equal(result.outcome, MODBUS_OK);
	assert_int_equal(result.transaction.values[0], 1234);
	assert_int_equal(result.tries, 1);
	assert_int_equal(result.asked_ns, asked);
	assert_int_equal(result.ended_ns, asked + 29 * MS);
	assert_nothing_to_take();
}

static void one_transaction_is_open_at_a_time_and_a_gap_follows_the_last_byte(void **state)
{
	int64_t last;

	(void)state;
	submit(reading(1));
	submit(reading(2));
	run_to_start(now + NS_PER_S);
	step(BUS_TICK, now + 100 * MS);
	assert_int_equal(out.action, BUS_NOTHING);
	last = now;
	ended(now + 1 * MS, MODBUS_OK, 0, last);
	assert_int_equal(run_to_start(now + NS_PER_S), last + modbus_gap_ns(9600));
	assert_int_equal(out.transaction->address, 2);
}

static void the_larger_gap_of_two_neighbours_counts(void **state)
{
	struct bus_request slow = reading(1);

	(void)state;
	slow.gap_ns = 15 * MS;
	submit(slow);
	submit(reading(2));
	run_to_start(now + NS_PER_S);
	ended(now + 5 * MS, MODBUS_OK, 0, now + 5 * MS);
	run_to_start(now + NS_PER_S);
	assert_int_equal(now, take().ended_ns + 15 * MS);
}

/* The case that the drain is for: 700 ms against a time-out of 500 ms. */
static void a_late_answer_is_heard_out_and_never_becomes_the_next_reading(void **state)
{
	int64_t asked, gave_up;

	(void)state;
	submit(reading(1));
	submit(reading(2));
	asked = run_to_start(now + NS_PER_S);
	gave_up = out.limit_ns;
	ended(gave_up, MODBUS_NO_ANSWER, 0, 0);
	assert_int_equal(take().outcome, MODBUS_NO_ANSWER);
	step(BUS_TICK, asked + 690 * MS);
	assert_int_equal(out.action, BUS_NOTHING);
	step(BUS_HEARD, asked + 700 * MS);
	assert_int_equal(run_to_start(now + NS_PER_S), asked + 700 * MS + RESPONSE);
	assert_int_equal(out.transaction->address, 2);
}

static void every_outcome_in_doubt_drains_and_an_exception_does_not(void **state)
{
	enum modbus_outcome outcome;
	int64_t at;

	(void)state;
	for (outcome = MODBUS_OK; outcome <= MODBUS_WRONG_ANSWER; outcome++) {
		submit(reading(1));
		submit(reading(2));
		run_to_start(now + NS_PER_S);
		at = now + 20 * MS;
		ended(at, outcome, 0, at);
		assert_int_equal(run_to_start(now + NS_PER_S),
				 at + (modbus_outcome_in_doubt(outcome) ? RESPONSE : modbus_gap_ns(9600)));
		assert_int_equal(modbus_outcome_in_doubt(outcome), outcome >= MODBUS_NO_ANSWER);
		ended(now + MS, MODBUS_OK, 0, now + MS);
		assert_int_equal(take().outcome, outcome);
		assert_int_equal(take().outcome, MODBUS_OK);
	}
}

static void an_exception_is_final_and_keeps_its_code(void **state)
{
	struct bus_request request = reading(1);
	struct bus_result result;

	(void)state;
	request.tries_max = 3;
	submit(request);
	run_to_start(now + NS_PER_S);
	ended(now + MS, MODBUS_EXCEPTION, 0, now + MS);
	result = take();
	assert_int_equal(result.outcome, MODBUS_EXCEPTION);
	assert_int_equal(result.exception, 2);
	assert_int_equal(result.tries, 1);
}

static void a_read_is_tried_again_and_every_try_is_reported(void **state)
{
	struct bus_request request = reading(1);
	struct bus_result result;
	int64_t first, second;

	(void)state;
	request.tries_max = 3;
	submit(request);
	first = run_to_start(now + NS_PER_S);
	ended(now + 20 * MS, MODBUS_BAD_CRC, 0, now + 19 * MS);
	assert_nothing_to_take();
	second = run_to_start(now + NS_PER_S);
	assert_int_equal(second, first + 19 * MS + RESPONSE);
	ended(now + 20 * MS, MODBUS_OK, 77, now + 20 * MS);
	result = take();
	assert_int_equal(result.outcome, MODBUS_OK);
	assert_int_equal(result.tries, 2);
	assert_int_equal(result.each[0].outcome, MODBUS_BAD_CRC);
	assert_int_equal(result.each[0].asked_ns, first);
	assert_int_equal(result.each[1].outcome, MODBUS_OK);
	assert_int_equal(result.each[1].asked_ns, second);
	assert_int_equal(result.transaction.values[0], 77);
}

static void tries_are_bounded(void **state)
{
	struct bus_request request = writing(1, BUS_COMMAND);
	struct bus_result result;
	int i;

	(void)state;
	request.tries_max = 2;
	request.idempotent = true;
	submit(request);
	for (i = 0; i < 2; i++) {
		assert_int_not_equal(run_to_start(now + 2 * NS_PER_S), -1);
		ended(out.limit_ns, MODBUS_NO_ANSWER, 0, 0);
	}
	assert_int_equal(run_to_start(now + 5 * NS_PER_S), -1);
	result = take();
	assert_int_equal(result.outcome, MODBUS_NO_ANSWER);
	assert_int_equal(result.tries, 2);
	assert_true(result.sent);
}


static void off_goes_first_then_safety_then_commands_then_readings(void **state)
{
	static const uint16_t order[] = {4, 6, 3, 2, 5, 1};
	size_t i;

	(void)state;
	submit(reading(1));
	submit(writing(2, BUS_COMMAND));
	submit(writing(3, BUS_SAFETY));
	submit(writing(4, BUS_OFF));
	submit(writing(5, BUS_COMMAND));
	submit(writing(6, BUS_OFF));
	for (i = 0; i < 6; i++) {
		run_to_start(now + NS_PER_S);
		assert_int_equal(out.transaction->address, order[i]);
		ended(now + MS, MODBUS_OK, 0, now + MS);
	}
}

static void off_waits_for_a_gap_only_and_the_doubt_stays_for_the_others(void **state)
{
	int64_t gave_up, off_ended;

	(void)state;
	submit(reading(1));
	run_to_start(now + NS_PER_S);
	gave_up = out.limit_ns;
	ended(gave_up, MODBUS_NO_ANSWER, 0, 0);
	submit(writing(2, BUS_OFF));
	submit(reading(3));
	assert_int_equal(run_to_start(now + NS_PER_S), gave_up + modbus_gap_ns(9600));
	assert_int_equal(out.transaction->address, 2);
	off_ended = now + 20 * MS;
	ended(off_ended, MODBUS_OK, 0, off_ended);
	assert_int_equal(run_to_start(now + NS_PER_S), off_ended + RESPONSE);
}

static void a_babbling_line_keeps_readings_waiting_until_their_deadline_but_not_off(void **state)
{
	int64_t since = now, babble;
	int64_t off_at = -1;

	(void)state;
	submit(reading(1));
	submit(writing(2, BUS_OFF));
	step(BUS_HEARD, now + MS);
	for (babble = now; babble < since + 11 * NS_PER_S; babble += 2 * MS) {
		step(BUS_HEARD, babble);
		if (out.action == BUS_START) {
			assert_int_equal(out.transaction->address, 2);
			off_at = babble;
			ended(babble, MODBUS_OK, 0, babble);
		}
	}
	assert_true(off_at > 0 && off_at <= since + BUS_OFF_PATIENCE_NS + 4 * MS);
	assert_int_equal(take().outcome, MODBUS_TOO_LATE);
	assert_int_equal(take().outcome, MODBUS_OK);
}

static void a_deadline_ends_a_request_that_waits_and_one_that_is_open(void **state)
{
	struct bus_request open = reading(1), waiting = reading(2);
	struct bus_result result;
	int64_t deadline = now + 100 * MS;

	(void)state;
	open.deadline_ns = waiting.deadline_ns = deadline;
	open.tries_max = 3;
	submit(open);
	submit(waiting);
	run_to_start(now + NS_PER_S);
	assert_int_equal(out.deadline_ns, deadline);
	step(BUS_TICK, deadline);
	result = take();
	assert_int_equal(result.outcome, MODBUS_TOO_LATE);
	assert_true(result.sent);
	assert_int_equal(result.ended_ns, deadline);
	result = take();
	assert_int_equal(result.outcome, MODBUS_TOO_LATE);
	assert_false(result.sent);
	assert_int_equal(result.tries, 0);
	/* The open one still holds the line until its own end. */
	submit(reading(3));
	step(BUS_TICK, now + MS);
	assert_int_equal(out.action, BUS_NOTHING);
	ended(now + MS, MODBUS_OK, 0, now + MS);
	assert_nothing_to_take();
	run_to_start(now + NS_PER_S);
	assert_int_equal(out.transaction->address, 3);
}

static void a_cancelled_request_is_not_tried_again(void **state)
{
	struct bus_request request = writing(1, BUS_COMMAND);
	uint32_t open, waiting;

	(void)state;
	request.tries_max = 4;
	request.idempotent = true;
	open = submit(request);
	waiting = submit(reading(2));
	run_to_start(now + NS_PER_S);
	bus_cancel(&bus, open);
	bus_cancel(&bus, waiting);
	bus_cancel(&bus, 0xFFFFFFFF);
	assert_int_equal(take().outcome, MODBUS_CANCELLED);
	assert_int_equal(take().outcome, MODBUS_CANCELLED);
	ended(out.limit_ns, MODBUS_NO_ANSWER, 0, 0);
	assert_int_equal(run_to_start(now + 5 * NS_PER_S), -1);
	assert_nothing_to_take();
}

static void a_full_queue_refuses_but_keeps_room_for_off(void **state)
{
	struct bus_request request = reading(1), off = writing(2, BUS_OFF);
	struct error error;
	uint32_t ticket;
	int i;

	(void)state;
	for (i = 0; i < BUS_QUEUE_MAX - BUS_OFF_RESERVE; i++)
		submit(reading(1));
	assert_false(bus_submit(&bus, &request, &ticket, &error));
	assert_int_equal(error.fault, FAULT_RIG);
	for (i = 0; i < BUS_OFF_RESERVE; i++)
		submit(off);
	assert_false(bus_submit(&bus, &off, &ticket, &error));
}

static void a_lost_port_fails_everything_at_once_and_later_requests_too(void **state)
{
	uint32_t ticket;

	(void)state;
	submit(reading(1));
	submit(reading(2));
	run_to_start(now + NS_PER_S);
	step(BUS_GONE, now + MS);
	assert_int_equal(out.action, BUS_ABORT);
	assert_int_equal(take().outcome, MODBUS_LOST);
	assert_int_equal(take().outcome, MODBUS_LOST);
	ticket = submit(reading(3));
	step(BUS_TICK, now);
	assert_int_equal(take().ticket, ticket);
	assert_int_equal(out.action, BUS_NOTHING);
	/* What the executor says of the aborted one is nobody's business any more. */
	ended(now + MS, MODBUS_LOST, 0, 0);
	assert_nothing_to_take();
}

static void a_port_that_is_back_is_drained_first(void **state)
{
	int64_t heard;

	(void)state;
	step(BUS_GONE, now);
	step(BUS_BACK, now + NS_PER_S);
	submit(reading(1));
	step(BUS_HEARD, now + 300 * MS);
	heard = now;
	assert_int_equal(run_to_start(now + NS_PER_S), heard + RESPONSE);
}

static void an_executor_that_says_nothing_is_aborted(void **state)
{
	int64_t limit;

	(void)state;
	submit(reading(1));
	run_to_start(now + NS_PER_S);
	limit = out.limit_ns;
	assert_int_equal(out.deadline_ns, limit + NS_PER_S);
	step(BUS_TICK, limit + NS_PER_S);
	assert_int_equal(out.action, BUS_ABORT);
	assert_int_equal(take().outcome, MODBUS_NO_ANSWER);
}

static void what_comes_late_of_an_aborted_one_does_not_end_the_next(void **state)
{
	const uint16_t values[MODBUS_VALUES_MAX] = {1111};
	struct bus_event late = {.kind = BUS_ENDED, .outcome = MODBUS_OK, .values = values};
	uint32_t next;

	(void)state;
	submit(reading(1));
	run_to_start(now + NS_PER_S);
	late.number = out.number;
	step(BUS_TICK, out.limit_ns + NS_PER_S);
	assert_int_equal(take().outcome, MODBUS_NO_ANSWER);
	next = submit(reading(2));
	run_to_start(now + NS_PER_S);
	late.t_ns = late.last_ns = now += MS;
	bus_step(&bus, &late, &out);
	assert_nothing_to_take();
	ended(now + MS, MODBUS_OK, 2222, now + MS);
	assert_int_equal(take().ticket, next);
}

/* Whatever comes, each request has exactly one result, and never are two transactions open. */
static void a_storm_of_events_gives_every_request_exactly_one_result(void **state)
{
	static bool answered[200000];
	uint64_t random = 88172645463325252u;
	uint32_t highest = 0, taken = 0, submitted = 0;
	bool open = false;
	int i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		struct bus_result result;

		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		now += (int64_t)(random >> 40) * 20;
		switch (random % 8) {
		case 0:
		case 1:
		case 2: {
			struct bus_request request = random & 256 ? reading(1) : writing(2, (enum bus_priority)(random >> 10 & 3));

			request.deadline_ns = now + (int64_t)(random >> 30 & 0xFFFFFFF);
			request.idempotent = true;
			request.tries_max = 1 + (int)(random >> 12 & 3);
			if (bus_submit(&bus, &request, &highest, NULL))
				submitted++;
			break;
		}
		case 3:
			step(BUS_HEARD, now);
			break;
		case 4:
			if (random & 1024)
				bus_cancel(&bus, highest - (uint32_t)(random >> 20 & 7));
			break;
		case 5:
			if ((random & 0xF000) == 0)
				step(random & 1024 ? BUS_GONE : BUS_BACK, now);
			open = open && out.action != BUS_ABORT;
			break;
		default:
			if (open) {
				ended(now, (enum modbus_outcome)(random >> 20 & 7) % MODBUS_TOO_LATE, 1, random & 512 ? now : 0);
				open = false;
			}
		}
		step(BUS_TICK, now);
		open = open && out.action != BUS_ABORT && bus.open;
		if (out.action == BUS_START) {
			assert_false(open);
			open = true;
		}
		while (random & 2048 && bus_take(&bus, &result)) {
			assert_false(answered[result.ticket]);
			answered[result.ticket] = true;
			assert_true(result.tries <= BUS_TRIES_MAX);
			taken++;
		}
	}
	step(BUS_GONE, now);
	while (taken < submitted) {
		take();
		taken++;
	}
	assert_nothing_to_take();
	assert_true(submitted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_read_gives_its_value_its_instants_and_one_try, set_up),
		cmocka_unit_test_setup(one_transaction_is_open_at_a_time_and_a_gap_follows_the_last_byte, set_up),
		cmocka_unit_test_setup(the_larger_gap_of_two_neighbours_counts, set_up),
		cmocka_unit_test_setup(a_late_answer_is_heard_out_and_never_becomes_the_next_reading, set_up),
		cmocka_unit_test_setup(every_outcome_in_doubt_drains_and_an_exception_does_not, set_up),
		cmocka_unit_test_setup(an_exception_is_final_and_keeps_its_code, set_up),
		cmocka_unit_test_setup(a_read_is_tried_again_and_every_try_is_reported, set_up),
		cmocka_unit_test_setup(tries_are_bounded, set_up),
		cmocka_unit_test_setup(off_goes_first_then_safety_then_commands_then_readings, set_up),
		cmocka_unit_test_setup(off_waits_for_a_gap_only_and_the_doubt_stays_for_the_others, set_up),
		cmocka_unit_test_setup(a_babbling_line_keeps_readings_waiting_until_their_deadline_but_not_off, set_up),
		cmocka_unit_test_setup(a_deadline_ends_a_request_that_waits_and_one_that_is_open, set_up),
		cmocka_unit_test_setup(a_cancelled_request_is_not_tried_again, set_up),
		cmocka_unit_test_setup(a_full_queue_refuses_but_keeps_room_for_off, set_up),
		cmocka_unit_test_setup(a_lost_port_fails_everything_at_once_and_later_requests_too, set_up),
		cmocka_unit_test_setup(a_port_that_is_back_is_drained_first, set_up),
		cmocka_unit_test_setup(an_executor_that_says_nothing_is_aborted, set_up),
		cmocka_unit_test_setup(what_comes_late_of_an_aborted_one_does_not_end_the_next, set_up),
		cmocka_unit_test_setup(a_storm_of_events_gives_every_request_exactly_one_result, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
