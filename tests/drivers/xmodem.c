/* XMODEM both ways: frames byte by byte, retries, ends, and whole transfers over lines that cut, lose and change bytes. */

#include "drivers/loader/xmodem.h"
#include "drivers/loader/xmodem_receive.h"
#include "tests/support/session_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define SEED_USUAL 20261123

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
	session_wants_block(&out, XMODEM_STX, 1, 1024);
	assert_memory_equal(out.bytes + 3, image, 1024);
	hear(2, "\x06");
	session_wants_block(&out, XMODEM_SOH, 2, 128);
	hear(3, "\x06");
	session_wants_block(&out, XMODEM_SOH, 3, 128);
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
	session_wants_block(&out, XMODEM_STX, 2, 1024);
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
		session_wants_block(&out, XMODEM_SOH, 1, 128);
	}
	run_out(100 * S);
	session_wants_failure(&out, FAULT_RIG, "byte 0 of 300 was not answered 10 times");
	assert_memory_equal(out.bytes, "\x18\x18\x18\x18\x18", 5);
}

static void a_refused_block_comes_again_and_the_next_one_waits_for_its_second_answer(void **state)
{
	(void)state;
	begin(300, 128, false);
	hear(0, "C");
	hear(1 * S, "\x15");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
	hear(1 * S + 5, "\x06");
	assert_int_equal(out.size, 0);
	hear(1 * S + 6, "\x06");
	assert_int_equal(out.size, 0);
	assert_int_equal(out.deadline_ns, 2 * S + 5);
	run_out(2 * S + 5);
	session_wants_block(&out, XMODEM_SOH, 2, 128);
	hear(2 * S + 6, "\x06");
	session_wants_block(&out, XMODEM_SOH, 3, 128);
}

static void answers_that_came_before_a_block_are_not_its(void **state)
{
	(void)state;
	begin(300, 128, false);
	hear(0, "CCC\x06\x15");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
	hear(1 * S, "C");
	assert_int_equal(out.size, 0);
	hear(3 * S, "C");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
	hear(3 * S + 1, "\x06");
	run_out(5 * S);
	session_wants_block(&out, XMODEM_SOH, 2, 128);
	hear(9 * S, "C");
	assert_int_equal(out.size, 0);
}

static void the_end_is_said_again_while_it_is_refused(void **state)
{
	(void)state;
	begin(10, 1024, true);
	hear(0, "C");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
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
	session_wants_failure(&out, FAULT_DEVICE, "cancelled");
	begin(300, 128, false);
	hear(0, "C\x18\x18");
	session_wants_failure(&out, FAULT_DEVICE, "cancelled");
	assert_int_equal(out.size, 0);
}

static void who_never_asks_or_asks_for_sums_is_told_so(void **state)
{
	(void)state;
	begin(300, 128, false);
	run_out(60 * S);
	session_wants_failure(&out, FAULT_RIG, "did not ask");
	begin(300, 128, false);
	hear(1, "\x15\x15");
	run_out(60 * S);
	session_wants_failure(&out, FAULT_RIG, "8-bit sums");
}

static void a_lost_line_and_a_cancel_end_it(void **state)
{
	struct session_event event = {.kind = SESSION_LOST};

	(void)state;
	begin(300, 128, false);
	session_step(&session, &event, &out);
	session_wants_failure(&out, FAULT_RIG, "lost");
	begin(300, 128, false);
	event.kind = SESSION_CANCEL;
	session_step(&session, &event, &out);
	session_wants_failure(&out, FAULT_OPERATOR, "cancelled");
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

static struct xmodem_receive receiver;
static struct session_pair pair;

/* True when both ends say that it worked; then the image must have arrived. */
static bool transfer(size_t size, size_t block_size)
{
	begin(size, block_size, true);
	memset(received, 0, sizeof received);
	xmodem_receive_init(&receiver, received, sizeof received, 60 * S);
	if (!session_pair_run(&pair, session, xmodem_receive_session(&receiver))) {
		assert_int_not_equal(pair.ends[0].output.state, SESSION_DONE);
		return false;
	}
	assert_true(receiver.size >= size && receiver.size < size + 128);
	assert_memory_equal(received, image, size);
	for (; size < receiver.size; size++)
		assert_int_equal(received[size], XMODEM_SUB);
	return true;
}

static void every_length_arrives_over_a_clean_line_however_it_is_cut(void **state)
{
	size_t size;

	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 0;
	for (size = 1; size <= sizeof image; size += 1 + session_pair_draw(&pair, 40)) {
		assert_true(transfer(size, 1024));
		assert_true(transfer(size, 128));
	}
}

static void a_noisy_line_costs_time_and_never_the_image(void **state)
{
	int good = 0, i;

	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 300;
	for (i = 0; i < 2000; i++)
		good += transfer(1 + session_pair_draw(&pair, sizeof image), session_pair_draw(&pair, 2) ? 1024 : 128);
	print_message("%d of 2000 arrived\n", good);
	assert_true(good > 1900);
}

static void a_terrible_line_ends_in_an_error(void **state)
{
	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 50000;
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
