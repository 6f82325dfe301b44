/* The line and the worker by themselves, on socketpairs: what is dropped, what is left over, what ends a call. */

#include "drivers/modbus/line.h"
#include "drivers/modbus/worker.h"
#include "tests/support/rtu_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAMES_MAX 16

static const struct modbus_transaction reading = {.unit = 1, .function = MODBUS_READ_HOLDING, .address = 10, .count = 1};

static struct {
	enum modbus_frame_kind kind;
	size_t size;
} frames[FRAMES_MAX];
static int frame_count;

static void record(void *recorder, const struct modbus_frame *frame)
{
	(void)recorder;
	assert_true(frame_count < FRAMES_MAX);
	frames[frame_count].kind = frame->kind;
	frames[frame_count++].size = frame->size;
}

static struct line line;
static int tty[2], pair[2]; /* ours, theirs */

static void make_pair(int made[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, made), 0);
}

static int set_up(void **state)
{
	(void)state;
	make_pair(tty);
	make_pair(pair);
	frame_count = 0;
	line_init(&line, record, NULL);
	line_attach(&line, tty[0], pair[0]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(tty[0]);
	close(tty[1]);
	close(pair[0]);
	close(pair[1]);
	return 0;
}

static size_t waiting(int descriptor)
{
	uint8_t bytes[1024];
	ssize_t got = recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT);

	return got > 0 ? (size_t)got : 0;
}

static void put(int descriptor, const void *bytes, size_t size)
{
	assert_int_equal(write(descriptor, bytes, size), size);
}

static void what_waits_at_the_moment_of_a_request_is_late(void **state)
{
	int64_t last_ns;

	(void)state;
	put(pair[1], "request!", 8);
	assert_true(line_pair_ready(&line));
	put(tty[1], "late", 4);
	assert_int_equal(line_send(&line, 1000), LINE_HEARD);
	assert_int_equal(waiting(tty[1]), 8);
	assert_int_equal(waiting(pair[1]), 0);
	put(tty[1], "answer", 6);
	assert_int_equal(line_tty_ready(&line, 2000), LINE_HEARD);
	assert_int_equal(waiting(pair[1]), 6);
	assert_int_equal(line_end(&line, &last_ns), 6);
	assert_int_equal(last_ns, 2000);
	assert_int_equal(frame_count, 3);
	assert_true(frames[0].kind == MODBUS_FRAME_DROPPED && frames[0].size == 4);
	assert_true(frames[1].kind == MODBUS_FRAME_SENT && frames[1].size == 8);
	assert_true(frames[2].kind == MODBUS_FRAME_HEARD && frames[2].size == 6);
}

static void what_comes_after_the_end_is_dropped(void **state)
{
	int64_t last_ns;

	(void)state;
	put(pair[1], "request!", 8);
	assert_true(line_pair_ready(&line));
	assert_int_equal(line_send(&line, 1000), LINE_NOTHING);
	assert_int_equal(line_end(&line, &last_ns), 0);
	assert_int_equal(last_ns, 0);
	put(tty[1], "late", 4);
	assert_int_equal(line_tty_ready(&line, 2000), LINE_HEARD);
	assert_int_equal(waiting(pair[1]), 0);
	assert_true(frames[1].kind == MODBUS_FRAME_DROPPED && frames[1].size == 4);
}

static void more_than_a_frame_is_counted_and_recorded_but_bounded(void **state)
{
	static const uint8_t much[300];
	int64_t last_ns;

	(void)state;
	put(pair[1], "request!", 8);
	assert_true(line_pair_ready(&line));
	assert_int_equal(line_send(&line, 1000), LINE_NOTHING);
	put(tty[1], much, sizeof much);
	assert_int_equal(line_tty_ready(&line, 2000), LINE_HEARD);
	assert_int_equal(line_end(&line, &last_ns), sizeof much);
	assert_int_equal(frame_count, 3);
	assert_true(frames[1].kind == MODBUS_FRAME_DROPPED && frames[1].size == sizeof much - MODBUS_FRAME_MAX);
	assert_true(frames[2].kind == MODBUS_FRAME_HEARD && frames[2].size == MODBUS_FRAME_MAX);
}

static void a_tty_that_is_gone_is_lost_in_both_directions(void **state)
{
	(void)state;
	put(pair[1], "request!", 8);
	assert_true(line_pair_ready(&line));
	assert_int_equal(shutdown(tty[1], SHUT_RDWR), 0);
	assert_int_equal(line_tty_ready(&line, 1000), LINE_LOST);
}

/* ---- The worker ---- */

static struct worker *worker;

static int start_worker(void **state)
{
	(void)state;
	make_pair(pair);
	assert_int_equal(fcntl(pair[1], F_SETFL, 0), 0);
	worker = worker_new(9600, NULL);
	assert_non_null(worker);
	assert_true(worker_use(worker, pair[1], NULL));
	return 0;
}

static int stop_worker(void **state)
{
	(void)state;
	close(pair[0]);
	worker_free(worker);
	return 0;
}

/* Begins a reading, answers it with these bytes, and gives how it ended. */
static struct worker_end answered_with(uint32_t number, const uint8_t *answer, size_t size)
{
	struct pollfd request = {.fd = pair[0], .events = POLLIN}, ended = {.fd = worker_descriptor(worker), .events = POLLIN};
	struct worker_end end, none;
	uint8_t frame[MODBUS_FRAME_MAX];

	assert_true(worker_begin(worker, number, &reading, 60 * NS_PER_MS));
	assert_int_equal(poll(&request, 1, 5000), 1);
	assert_int_equal(recv(pair[0], frame, sizeof frame, MSG_DONTWAIT), 8);
	if (size)
		put(pair[0], answer, size);
	assert_int_equal(poll(&ended, 1, 5000), 1);
	assert_true(worker_take(worker, &end));
	assert_false(worker_take(worker, &none));
	assert_int_equal(end.number, number);
	return end;
}

static size_t good_answer(uint8_t unit, uint16_t value, uint8_t frame[MODBUS_FRAME_MAX])
{
	struct modbus_transaction of = reading;

	of.unit = unit;
	return modbus_answer_frame(&of, &value, frame);
}

static void what_an_answer_left_over_is_no_part_of_the_next(void **state)
{
	uint8_t frame[2 * MODBUS_FRAME_MAX];
	size_t size = good_answer(1, 111, frame), both = size + good_answer(1, 999, frame + size);
	struct worker_end end = answered_with(1, frame, both);

	(void)state;
	assert_int_equal(end.outcome, MODBUS_OK);
	assert_int_equal(end.values[0], 111);
	size = good_answer(1, 222, frame);
	end = answered_with(2, frame, size);
	assert_int_equal(end.outcome, MODBUS_OK);
	assert_int_equal(end.values[0], 222);
}

static void each_bad_answer_has_its_name(void **state)
{
	uint8_t frame[MODBUS_FRAME_MAX];
	size_t size = good_answer(1, 111, frame);

	(void)state;
	assert_int_equal(answered_with(1, NULL, 0).outcome, MODBUS_NO_ANSWER);
	assert_int_equal(answered_with(2, frame, size - 1).outcome, MODBUS_NO_ANSWER);
	frame[4] ^= 1;
	assert_int_equal(answered_with(3, frame, size).outcome, MODBUS_BAD_CRC);
	size = good_answer(2, 111, frame);
	assert_int_equal(answered_with(4, frame, size).outcome, MODBUS_WRONG_UNIT);
	frame[0] = 1, frame[1] = 0x83, frame[2] = 4;
	size = rtu_seal(frame, 3);
	assert_int_equal(answered_with(5, frame, size).outcome, MODBUS_EXCEPTION);
	frame[0] = 1, frame[1] = 4, frame[2] = 2;
	size = rtu_seal(frame, 5);
	assert_int_equal(answered_with(6, frame, size).outcome, MODBUS_WRONG_ANSWER);
}

static void shutting_the_socketpair_down_ends_a_call_at_once(void **state)
{
	struct pollfd request = {.fd = pair[0], .events = POLLIN}, ended = {.fd = worker_descriptor(worker), .events = POLLIN};
	struct worker_end end;

	(void)state;
	assert_true(worker_begin(worker, 7, &reading, 60 * NS_PER_S));
	assert_int_equal(poll(&request, 1, 5000), 1);
	shutdown(pair[0], SHUT_RDWR);
	assert_int_equal(poll(&ended, 1, 5000), 1);
	assert_true(worker_take(worker, &end));
	assert_int_equal(end.outcome, MODBUS_LOST);
	/* The next call fails too, and writing into it ends nobody. */
	assert_true(worker_begin(worker, 8, &reading, 60 * NS_PER_S));
	while (!worker_take(worker, &end))
		poll(&ended, 1, 5000);
	assert_int_equal(end.number, 8);
	assert_int_equal(end.outcome, MODBUS_LOST);
}

static void a_descriptor_that_select_cannot_hold_is_refused(void **state)
{
	struct error error;

	(void)state;
	assert_false(worker_use(worker, FD_SETSIZE, &error));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_waits_at_the_moment_of_a_request_is_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_comes_after_the_end_is_dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_than_a_frame_is_counted_and_recorded_but_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_tty_that_is_gone_is_lost_in_both_directions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_an_answer_left_over_is_no_part_of_the_next, start_worker, stop_worker),
		cmocka_unit_test_setup_teardown(each_bad_answer_has_its_name, start_worker, stop_worker),
		cmocka_unit_test_setup_teardown(shutting_the_socketpair_down_ends_a_call_at_once, start_worker, stop_worker),
		cmocka_unit_test_setup_teardown(a_descriptor_that_select_cannot_hold_is_refused, start_worker, stop_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
