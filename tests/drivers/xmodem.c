/* XMODEM both ways: frames byte by byte, retries, ends, and whole transfers over lines that cut, lose and change bytes. */

#include "drivers/loader/xmodem.h"
#include "drivers/loader/xmodem_receive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S

static uint8_t image[5000], received[8192];
static struct xmodem sender;
static struct session session;
static struct session_output out;

static void begin(size_t size, size_t block_size, bool short_tail)
{
	const struct xmodem_settings settings = {
		.image = image, .size = size, .block_size = block_size, .short_tail = short_tail, .start_ns = 60 * S,
	};
	struct session_event event = {.kind = SESSION_START};
	size_t i;

	for (i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
	xmodem_init(&sender, &settings);
	session = xmodem_session(&sender);
	session_step(&session, &event, &out);
	assert_int_equal(out.size, 0);
	assert_int_equal(out.state, SESSION_RUNNING);
	assert_int_equal(out.deadline_ns, 60 * S);
}

static void hear(int64_t t_ns, const char *bytes)
{
	struct session_event event = {.kind = SESSION_BYTES, .t_ns = t_ns, .bytes = (const uint8_t *)bytes, .size = strlen(bytes)};

	session_step(&session, &event, &out);
}

static void run_out(int64_t t_ns)
{
	struct session_event event = {.kind = SESSION_DEADLINE, .t_ns = t_ns};

	session_step(&session, &event, &out);
}

static void wants_block(uint8_t start, uint8_t number, size_t data)
{
	assert_int_equal(out.state, SESSION_RUNNING);
	assert_int_equal(out.size, data + 5);
	assert_int_equal(out.bytes[0], start);
	assert_int_equal(out.bytes[1], number);
	assert_int_equal(out.bytes[2], 255 - number);
	assert_int_equal(xmodem_crc(0, out.bytes + 3, data + 2), 0);
}

static void wants_failure(enum fault fault, const char *words)
{
	assert_int_equal(out.state, SESSION_FAILED);
	assert_int_equal(out.error.fault, fault);
	if (!strstr(out.error.text, words))
		fail_msg("'%s' does not say '%s'", out.error.text, words);
	assert_int_equal(out.deadline_ns, INSTANT_NEVER);
}

static void the_crc_is_the_published_one(void **state)
{
	(void)state;
	assert_int_equal(xmodem_crc(0, (const uint8_t *)"123456789", 9), 0x31C3);
}

static void an_image_goes_in_long_blocks_with_a_short_tail(void **state)
{
	(void)state;
	begin(1024 + 130, 1024, true);
	hear(1, "C");
	wants_block(XMODEM_STX, 1, 1024);
	assert_memory_equal(out.bytes + 3, image, 1024);
	hear(2, "\x06");
	wants_block(XMODEM_SOH, 2, 128);
	hear(3, "\x06");
	wants_block(XMODEM_SOH, 3, 128);
	assert_memory_equal(out.bytes + 3, image + 1152, 2);
	assert_int_equal(out.bytes[5], XMODEM_SUB);
	assert_int_equal(out.bytes[130], XMODEM_SUB);
	assert_int_equal(out.done_bytes, 1152);
	hear(4, "\x06");
	assert_int_equal(out.size, 1);
	assert_int_equal(out.bytes[0], XMODEM_EOT);
	assert_int_equal(out.done_bytes, 1154);
	assert_int_equal(out.total_bytes, 1154);
	hear(5, "\x06rest");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(sender.used, 1);
}

static void without_a_short_tail_the_last_block_is_a_long_one(void **state)
{
	(void)state;
	begin(1030, 1024, false);
	hear(1, "C");
	hear(2, "\x06");
	wants_block(XMODEM_STX, 2, 1024);
}

static void a_block_is_sent_ten_times_at_most(void **state)
{
	int tries;

	(void)state;
	begin(300, 128, false);
	hear(0, "C");
	for (tries = 1; tries < 10; tries++) {
		run_out(tries * 10 * S - 1);
		assert_int_equal(out.size, 0);
		run_out(tries * 10 * S);
		wants_block(XMODEM_SOH, 1, 128);
	}
	run_out(100 * S);
	wants_failure(FAULT_RIG, "byte 0 of 300 was not answered 10 times");
	assert_memory_equal(out.bytes, "\x18\x18\x18\x18\x18", 5);
}

static void a_refused_block_comes_again_and_the_next_one_waits_for_its_second_answer(void **state)
{
	(void)state;
	begin(300, 128, false);
	hear(0, "C");
	hear(1 * S, "\x15");
	wants_block(XMODEM_SOH, 1, 128);
	hear(1 * S + 5, "\x06");
	assert_int_equal(out.size, 0);
	hear(1 * S + 6, "\x06");
	assert_int_equal(out.size, 0);
	assert_int_equal(out.deadline_ns, 2 * S + 5);
	run_out(2 * S + 5);
	wants_block(XMODEM_SOH, 2, 128);
	hear(2 * S + 6, "\x06");
	wants_block(XMODEM_SOH, 3, 128);
}

static void answers_that_came_before_a_block_are_not_its(void **state)
{
	(void)state;
	begin(300, 128, false);
	hear(0, "CCC\x06\x15");
	wants_block(XMODEM_SOH, 1, 128);
	hear(1 * S, "C");
	assert_int_equal(out.size, 0);
	hear(3 * S, "C");
	wants_block(XMODEM_SOH, 1, 128);
	hear(3 * S + 1, "\x06");
	run_out(5 * S);
	wants_block(XMODEM_SOH, 2, 128);
	hear(9 * S, "C");
	assert_int_equal(out.size, 0);
}

static void the_end_is_said_again_while_it_is_refused(void **state)
{
	(void)state;
	begin(10, 1024, true);
	hear(0, "C");
	wants_block(XMODEM_SOH, 1, 128);
	hear(1, "\x06");
	assert_int_equal(out.bytes[0], XMODEM_EOT);
	hear(2, "\x15");
	assert_int_equal(out.size, 1);
	assert_int_equal(out.bytes[0], XMODEM_EOT);
	run_out(2 + 10 * S);
	assert_int_equal(out.bytes[0], XMODEM_EOT);
	hear(11 * S, "\x06");
	assert_int_equal(out.state, SESSION_DONE);
}

static void two_cancels_in_a_row_end_it_and_one_does_not(void **state)
{
	(void)state;
	begin(300, 128, false);
	hear(0, "C");
	hear(1, "\x18");
	hear(2, "x\x18");
	assert_int_equal(out.state, SESSION_RUNNING);
	hear(3, "\x18");
	wants_failure(FAULT_DEVICE, "cancelled");
	begin(300, 128, false);
	hear(0, "C\x18\x18");
	wants_failure(FAULT_DEVICE, "cancelled");
	assert_int_equal(out.size, 0);
}

static void who_never_asks_or_asks_for_sums_is_told_so(void **state)
{
	(void)state;
	begin(300, 128, false);
	run_out(60 * S);
	wants_failure(FAULT_RIG, "did not ask");
	begin(300, 128, false);
	hear(1, "\x15\x15");
	run_out(60 * S);
	wants_failure(FAULT_RIG, "8-bit sums");
}

static void a_lost_line_and_a_cancel_end_it(void **state)
{
	struct session_event event = {.kind = SESSION_LOST};

	(void)state;
	begin(300, 128, false);
	session_step(&session, &event, &out);
	wants_failure(FAULT_RIG, "lost");
	begin(300, 128, false);
	event.kind = SESSION_CANCEL;
	session_step(&session, &event, &out);
	wants_failure(FAULT_OPERATOR, "cancelled");
	assert_int_equal(out.size, 5);
}

static void a_slow_wire_gets_more_time(void **state)
{
	(void)state;
	begin(2000, 1024, false);
	sender.settings.byte_ns = 10 * S / 300;
	hear(0, "C");
	assert_int_equal(out.deadline_ns, 1029 * sender.settings.byte_ns + 10 * S);
}

/* ---- Both ends over a line ---- */

static uint64_t draw_state;

static unsigned draw(unsigned below)
{
	draw_state = draw_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(draw_state >> 33) % below;
}

struct end {
	struct session session;
	enum session_state state;
	int64_t deadline_ns;
	uint8_t inbox[16384];
	size_t inbox_size;
};

static struct xmodem_receive receiver;
static unsigned bad_per_million; /* bytes of 1,000,000 that are lost or changed */

static void put_on_line(struct end *to, const struct session_output *output)
{
	size_t i;

	for (i = 0; i < output->size; i++) {
		uint8_t byte = output->bytes[i];
		bool bad = draw(1000000) < bad_per_million;

		if (bad && draw(2))
			continue;
		if (bad)
			byte = (uint8_t)draw(256);
		assert_true(to->inbox_size < sizeof to->inbox);
		to->inbox[to->inbox_size++] = byte;
	}
}

static void step_end(struct end *end, struct end *other, enum session_event_kind kind, int64_t t_ns, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = end->inbox, .size = size};
	static struct session_output output;

	session_step(&end->session, &event, &output);
	end->state = output.state;
	end->deadline_ns = output.deadline_ns;
	memmove(end->inbox, end->inbox + size, end->inbox_size - size);
	end->inbox_size -= size;
	put_on_line(other, &output);
}

/* One event of whichever end has bytes, else of the one whose deadline is first. */
static int64_t step_line(struct end *ends, int64_t t_ns)
{
	size_t first = draw(2), i, at;

	for (i = 0; i < 2; i++) {
		at = (first + i) % 2;
		if (ends[at].inbox_size == 0)
			continue;
		if (ends[at].state != SESSION_RUNNING)
			ends[at].inbox_size = 0;
		else
			step_end(&ends[at], &ends[1 - at], SESSION_BYTES, t_ns, 1 + draw((unsigned)ends[at].inbox_size));
		return t_ns + 1000;
	}
	at = ends[0].deadline_ns <= ends[1].deadline_ns ? 0 : 1;
	t_ns = ends[at].deadline_ns;
	step_end(&ends[at], &ends[1 - at], SESSION_DEADLINE, t_ns, 0);
	return t_ns;
}

/* True when both ends say that it worked; then the image must have arrived. */
static bool transfer(size_t size, size_t block_size)
{
	static struct end ends[2];
	int64_t t_ns = 0;

	begin(size, block_size, true);
	memset(received, 0, sizeof received);
	xmodem_receive_init(&receiver, received, sizeof received, 60 * S);
	memset(ends, 0, sizeof ends);
	ends[0].session = session;
	ends[1].session = xmodem_receive_session(&receiver);
	step_end(&ends[0], &ends[1], SESSION_START, 0, 0);
	step_end(&ends[1], &ends[0], SESSION_START, 0, 0);
	while (ends[0].state == SESSION_RUNNING || ends[1].state == SESSION_RUNNING)
		t_ns = step_line(ends, t_ns);
	if (ends[0].state != SESSION_DONE)
		return false;
	assert_int_equal(ends[1].state, SESSION_DONE);
	assert_true(receiver.size >= size && receiver.size < size + 128);
	assert_memory_equal(received, image, size);
	for (; size < receiver.size; size++)
		assert_int_equal(received[size], XMODEM_SUB);
	return true;
}

static unsigned seed(void)
{
	unsigned value = (unsigned)(getenv("SEED") ? atoi(getenv("SEED")) : 20261123);

	print_message("seed %u\n", value);
	draw_state = value;
	return value;
}

static void every_length_arrives_over_a_clean_line_however_it_is_cut(void **state)
{
	size_t size;

	(void)state;
	seed();
	bad_per_million = 0;
	for (size = 1; size <= sizeof image; size += 1 + draw(40)) {
		assert_true(transfer(size, 1024));
		assert_true(transfer(size, 128));
	}
}

static void a_noisy_line_costs_time_and_never_the_image(void **state)
{
	int good = 0, i;

	(void)state;
	seed();
	bad_per_million = 300;
	for (i = 0; i < 2000; i++)
		good += transfer(1 + draw(sizeof image), draw(2) ? 1024 : 128);
	print_message("%d of 2000 arrived\n", good);
	assert_true(good > 1900);
}

static void a_terrible_line_ends_in_an_error(void **state)
{
	(void)state;
	seed();
	bad_per_million = 50000;
	assert_false(transfer(5000, 1024));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_crc_is_the_published_one),
		cmocka_unit_test(an_image_goes_in_long_blocks_with_a_short_tail),
		cmocka_unit_test(without_a_short_tail_the_last_block_is_a_long_one),
		cmocka_unit_test(a_block_is_sent_ten_times_at_most),
		cmocka_unit_test(a_refused_block_comes_again_and_the_next_one_waits_for_its_second_answer),
		cmocka_unit_test(answers_that_came_before_a_block_are_not_its),
		cmocka_unit_test(the_end_is_said_again_while_it_is_refused),
		cmocka_unit_test(two_cancels_in_a_row_end_it_and_one_does_not),
		cmocka_unit_test(who_never_asks_or_asks_for_sums_is_told_so),
		cmocka_unit_test(a_lost_line_and_a_cancel_end_it),
		cmocka_unit_test(a_slow_wire_gets_more_time),
		cmocka_unit_test(every_length_arrives_over_a_clean_line_however_it_is_cut),
		cmocka_unit_test(a_noisy_line_costs_time_and_never_the_image),
		cmocka_unit_test(a_terrible_line_ends_in_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
