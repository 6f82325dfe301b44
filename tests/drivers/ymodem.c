/* YMODEM both ways: what is said around the file, and whole batches over lines that cut, lose and change bytes. */

#include "drivers/loader/ymodem.h"
#include "drivers/loader/ymodem_receive.h"
#include "tests/support/session_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define SEED_USUAL 20261126

static uint8_t image[5000], received[8192];
static struct ymodem sender;
static struct ymodem_receive receiver;
static struct session session;
static struct session_output out;

static void fill_image(void)
{
	size_t i;

	for (i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 7 + i / 256);
}

static void happen(enum session_event_kind kind, int64_t t_ns, const void *bytes, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = bytes, .size = size};

	session_step(&session, &event, &out);
}

static void begin(size_t size)
{
	const struct ymodem_settings settings = {
		.name = "meter.ota", .changed_s = 01234567,
		.file = {.image = image, .size = size, .block_size = 1024, .short_tail = true, .start_ns = 60 * S},
	};

	fill_image();
	ymodem_init(&sender, &settings);
	session = ymodem_session(&sender);
	happen(SESSION_START, 0, NULL, 0);
}

static void hear(int64_t t_ns, const char *bytes)
{
	happen(SESSION_BYTES, t_ns, bytes, strlen(bytes));
}

static void begin_receiver(void)
{
	ymodem_receive_init(&receiver, received, sizeof received, 60 * S);
	session = ymodem_receive_session(&receiver);
	happen(SESSION_START, 0, NULL, 0);
}

static void wants_sent(const char *bytes)
{
	assert_int_equal(out.size, strlen(bytes));
	assert_memory_equal(out.bytes, bytes, out.size);
}

/* ---- The sender ---- */

static void a_batch_is_a_header_a_file_and_an_empty_header(void **state)
{
	static const uint8_t nothing[128];

	(void)state;
	begin(1200);
	assert_int_equal(out.size, 0);
	hear(1, "C");
	session_wants_block(&out, XMODEM_SOH, 0, 128);
	assert_memory_equal(out.bytes + 3, "meter.ota\0" "1200 1234567\0\0", 24);
	assert_memory_equal(out.bytes + 3 + 24, nothing, 128 - 24);
	assert_int_equal(out.done_bytes, 0);
	assert_int_equal(out.total_bytes, 1200);
	hear(2, "\x06");
	assert_int_equal(out.size, 0);
	hear(3, "C");
	session_wants_block(&out, XMODEM_STX, 1, 1024);
	assert_memory_equal(out.bytes + 3, image, 1024);
	hear(4, "\x06");
	session_wants_block(&out, XMODEM_SOH, 2, 128);
	hear(5, "\x06");
	session_wants_block(&out, XMODEM_SOH, 3, 128);
	assert_int_equal(out.bytes[3 + 47], image[1199]);
	assert_int_equal(out.bytes[3 + 48], XMODEM_SUB);
	hear(6, "\x06");
	wants_sent("\x04");
	hear(7, "\x15");
	wants_sent("\x04");
	assert_int_equal(out.done_bytes, 1200);
	hear(8, "\x06");
	assert_int_equal(out.size, 0);
	assert_int_equal(out.state, SESSION_RUNNING);
	hear(9, "C");
	session_wants_block(&out, XMODEM_SOH, 0, 128);
	assert_memory_equal(out.bytes + 3, nothing, 128);
	hear(10, "\x06rest");
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(sender.used, 1);
	assert_int_equal(out.done_bytes, 1200);
}

static void an_answer_and_the_next_question_may_come_together(void **state)
{
	(void)state;
	begin(100);
	hear(1, "C");
	hear(2, "\x06" "C");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
	hear(3, "\x06");
	wants_sent("\x04");
	hear(4, "\x06" "C");
	session_wants_block(&out, XMODEM_SOH, 0, 128);
}

static void a_header_that_was_sent_twice_may_be_answered_twice(void **state)
{
	(void)state;
	begin(100);
	hear(1, "C");
	hear(2, "\x15");
	session_wants_block(&out, XMODEM_SOH, 0, 128);
	hear(3, "\x06" "C");
	hear(4, "\x06" "C");
	assert_int_equal(out.size, 0);
	happen(SESSION_DEADLINE, 3 + XMODEM_SETTLE_NS, NULL, 0);
	assert_int_equal(out.size, 0);
	hear(4 * S, "C");
	session_wants_block(&out, XMODEM_SOH, 1, 128);
}

static void a_device_that_asks_for_no_farewell_has_its_file(void **state)
{
	(void)state;
	begin(100);
	hear(1, "C");
	hear(2, "\x06" "C");
	hear(3, "\x06");
	hear(4, "\x06");
	assert_int_equal(out.deadline_ns, 4 + YMODEM_FAREWELL_NS);
	hear(5, "image ok\r\n");
	assert_int_equal(out.deadline_ns, 4 + YMODEM_FAREWELL_NS);
	happen(SESSION_DEADLINE, 4 + YMODEM_FAREWELL_NS, NULL, 0);
	assert_int_equal(out.state, SESSION_DONE);
}

static void failures_say_what_failed(void **state)
{
	(void)state;
	begin(100);
	happen(SESSION_DEADLINE, 60 * S, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "did not ask");
	begin(100);
	hear(1, "C");
	hear(2, "\x18\x18");
	session_wants_failure(&out, FAULT_DEVICE, "cancelled");
	begin(100);
	hear(1, "C");
	hear(2, "\x06" "C");
	happen(SESSION_CANCEL, 3, NULL, 0);
	session_wants_failure(&out, FAULT_OPERATOR, "cancelled");
	wants_sent("\x18\x18\x18\x18\x18");
	begin(100);
	happen(SESSION_LOST, 3, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "lost");
}

/* ---- The receiver ---- */

static void block_zero(const void *text, size_t size)
{
	uint8_t frame[133] = {XMODEM_SOH, 0, 255};
	uint16_t crc;

	memcpy(frame + 3, text, size);
	crc = xmodem_crc(0, frame + 3, 128);
	frame[131] = (uint8_t)(crc >> 8);
	frame[132] = (uint8_t)crc;
	happen(SESSION_BYTES, 1, frame, sizeof frame);
}

#define BLOCK_ZERO(text) block_zero(text, sizeof(text) - 1)

static void a_header_that_names_no_file_with_a_size_is_refused(void **state)
{
	(void)state;
	begin_receiver();
	wants_sent("C");
	BLOCK_ZERO("a\0" "12 7");
	wants_sent("\x06" "C");
	assert_int_equal(receiver.size, 12);
	assert_int_equal(receiver.changed_s, 7);
	assert_string_equal(receiver.name, "a");
	begin_receiver();
	BLOCK_ZERO("");
	session_wants_failure(&out, FAULT_RIG, "block 0");
	begin_receiver();
	BLOCK_ZERO("name\0");
	session_wants_failure(&out, FAULT_RIG, "block 0");
	begin_receiver();
	BLOCK_ZERO("name\0" "999999999");
	session_wants_failure(&out, FAULT_RIG, "block 0");
}

static void a_header_that_comes_again_is_acknowledged_again(void **state)
{
	(void)state;
	begin_receiver();
	BLOCK_ZERO("a\0" "12 7");
	BLOCK_ZERO("a\0" "12 7");
	wants_sent("\x06" "C");
}

/* ---- Both ends over a line ---- */

static struct session_pair pair;

/* True when the sender says that it worked; then the file must have arrived as it is. */
static bool transfer(size_t size)
{
	begin(size);
	memset(received, 0, sizeof received);
	ymodem_receive_init(&receiver, received, sizeof received, 60 * S);
	if (!session_pair_run(&pair, session, ymodem_receive_session(&receiver)))
		return false;
	assert_int_equal(receiver.size, size);
	assert_memory_equal(received, image, size);
	assert_string_equal(receiver.name, "meter.ota");
	assert_int_equal(receiver.changed_s, 01234567);
	return true;
}

static void every_length_arrives_exactly_over_a_clean_line(void **state)
{
	size_t size;

	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 0;
	for (size = 1; size <= sizeof image; size += 1 + session_pair_draw(&pair, 40))
		assert_true(transfer(size));
}

static void a_noisy_line_costs_time_and_never_the_file(void **state)
{
	int good = 0, i;

	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 300;
	for (i = 0; i < 2000; i++)
		good += transfer(1 + session_pair_draw(&pair, sizeof image));
	print_message("%d of 2000 arrived\n", good);
	assert_true(good > 1900);
}

static void a_terrible_line_ends_in_an_error(void **state)
{
	(void)state;
	session_pair_seed(&pair, SEED_USUAL);
	pair.bad_per_million = 50000;
	assert_false(transfer(5000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_a_header_a_file_and_an_empty_header),
		cmocka_unit_test(an_answer_and_the_next_question_may_come_together),
		cmocka_unit_test(a_header_that_was_sent_twice_may_be_answered_twice),
		cmocka_unit_test(a_device_that_asks_for_no_farewell_has_its_file),
		cmocka_unit_test(failures_say_what_failed),
		cmocka_unit_test(a_header_that_names_no_file_with_a_size_is_refused),
		cmocka_unit_test(a_header_that_comes_again_is_acknowledged_again),
		cmocka_unit_test(every_length_arrives_exactly_over_a_clean_line),
		cmocka_unit_test(a_noisy_line_costs_time_and_never_the_file),
		cmocka_unit_test(a_terrible_line_ends_in_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
