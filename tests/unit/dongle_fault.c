/*
 * Whose fault it is when a meter does not get its image or does not say its version, as the dongle saw it: on a dongle that works, and is
 * told by each test what it does not do. Nights were found in which the device was blamed for what was the dongle's.
 */

#include "drivers/zigbee/dongle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define BLOCK 50
#define NO_ROOM 0x11

static struct bench_slot slot;
static struct bench_instrument instrument;
static struct bench bench = {.slot_count = 1, .slots = &slot, .instrument_count = 1, .instruments = &instrument};
static struct dongle dongle;
static struct upgrade_image image;
static struct instrument_listener listener;
static uint8_t bytes[40000];
static int64_t now_ns;
static int sent, accepted, failed;
static struct error why;                  /* of the last failure */
static struct mt_frame asked;
static uint8_t refusal;                   /* what it says of each message; 0: it takes it, and confirms it */
static bool mute;                         /* it answers nothing */
static uint8_t sequence;

static void take_upgrade(void *self, int of_slot, int64_t t_ns, const struct upgrade_report *report)
{
	(void)self;
	(void)of_slot;
	(void)t_ns;
	sent += report->said == SAID_SENT;
	accepted += report->said == SAID_ACCEPTED;
	failed += report->said == SAID_FAILED;
	if (report->said == SAID_FAILED)
		why = *report->error;
}

/* ---- The dongle ---- */

static void say(unsigned code, const void *data, size_t size)
{
	struct mt_frame frame = {.type = (uint8_t)(code >> 13), .subsystem = code >> 8 & 0x1F, .command = code & 0xFF, .size = (uint8_t)size};
	uint8_t out[MT_FRAME_MAX];

	memcpy(frame.data, data, size);
	dongle_heard(&dongle, now_ns, out, mt_put(&frame, out));
}

#define SAY(code, ...) say(code, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void answer_message(void)
{
	SAY(0x6401, refusal);
	if (refusal == 0)
		SAY(0x4480, 0, asked.data[3], asked.data[6]);
}

static void answer(void)
{
	switch (mt_code(&asked)) {
	case 0x2101:
		SAY(0x6101, 0x59, 0x06);
		break;
	case 0x2102:
		SAY(0x6102, 2, 1, 2, 7, 1, 0, 0, 0, 0);
		break;
	case 0x2108:
		if (asked.data[0] == 0x60)
			SAY(0x6108, 0, 1, 0x55);
		else
			SAY(0x6108, 0, 2, 3, 0);
		break;
	case 0x2113:
		SAY(0x6113, 116, 0);
		break;
	case 0x2700:
		SAY(0x6700, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 7, 9, 0);
		break;
	case 0x2104:
		SAY(0x6104, 1, 2, 3, 4, 5, 6, 7, 8);
		break;
	case 0x2550:
		SAY(0x6550, 0, 0, 9, 0x62, 0x1A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 15);
		break;
	case 0x2133:
		SAY(0x6133, 0, 12, 0x39, 0x30, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
		break;
	case 0x2401:
		answer_message();
		break;
	default:
		if (asked.type == MT_SREQ)
			say(mt_code(&asked) | 0x4000, (const uint8_t[]){0}, 1);
	}
}

/* Whatever it was sent, it answers. */
static void serve(void)
{
	enum mt_got got;
	size_t used;

	while (dongle.znp.unsent_size > 0) {
		got = mt_get(&asked, dongle.znp.unsent, dongle.znp.unsent_size, &used);
		dongle_sent(&dongle, now_ns, used);
		if (got == MT_DONE && !mute)
			answer();
	}
}

static void advance(int64_t until_ns)
{
	while (dongle_deadline(&dongle) <= until_ns) {
		now_ns = dongle_deadline(&dongle) > now_ns ? dongle_deadline(&dongle) : now_ns;
		dongle_tick(&dongle, now_ns);
		serve();
	}
	now_ns = until_ns;
}

static void until_it_fails(void)
{
	const int64_t end_ns = now_ns + 3600 * S;

	while (failed == 0 && now_ns < end_ns)
		advance(now_ns + S / 10);
	assert_int_equal(failed, 1);
}

static void ask(enum upgrade_ask what)
{
	dongle_ask(&dongle, 0, what, now_ns);
	serve();
}

/* ---- The meter ---- */

static void it_announces_itself(void)
{
	SAY(0x45C1, 0x21, 0x43, 0x21, 0x43, 0xA0, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0x80);
	serve();
}

static void it_says(uint8_t command, const uint8_t *payload, size_t size)
{
	uint8_t message[100] = {0, 0, 0x19, 0, 0x21, 0x43, 3, DONGLE_SE_ENDPOINT};

	message[16] = (uint8_t)(size + 3);
	message[17] = 0x01;
	message[18] = ++sequence;
	message[19] = command;
	memcpy(message + 20, payload, size);
	say(0x4481, message, 20 + size);
	serve();
}

#define IT_SAYS(command, ...) it_says(command, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void it_queries(void)
{
	IT_SAYS(OTA_QUERY_NEXT_REQUEST, 0, 0x01, 0xAB, 0x0A, 0x01, 0x10, 0x01, 0x02, 0x00);
}

static void it_asks_for_block(size_t at)
{
	IT_SAYS(OTA_BLOCK_REQUEST, 0, 0x01, 0xAB, 0x0A, 0x01, 0x30, 0x01, 0x02, 0x00, (uint8_t)at, (uint8_t)(at >> 8), (uint8_t)(at >> 16), 0, BLOCK);
}

static void it_ends_with(uint8_t status)
{
	IT_SAYS(OTA_END_REQUEST, status, 0x01, 0xAB, 0x0A, 0x01, 0x30, 0x01, 0x02, 0x00);
}

/* A block a second, from the beginning. */
static void it_fetches(size_t until)
{
	size_t at;

	for (at = 0; at < until && failed == 0; at += BLOCK) {
		it_asks_for_block(at);
		advance(now_ns + S);
	}
}

static void begin(bool resumed)
{
	static const bool taking_part[BENCH_SLOTS_MAX] = {true};
	const struct driver_start start = {.bench = &bench, .taking_part = taking_part, .image = &image, .resumed = resumed, .listener = &listener};
	static const uint8_t random[32] = {1};
	struct error error;

	listener = instrument_listener_none();
	listener.upgrade = take_upgrade;
	slot.upgrade = 0;
	instrument = (struct bench_instrument){.name = "dongle", .stack = ZIGBEE_ZNP, .zigbee_profile = 0x0109, .ota_block = BLOCK, .ota_at_once = 8};
	image = (struct upgrade_image){.bytes = bytes, .size = sizeof bytes, .meters = {"00-DB-12-34-56-78-90-A0"},
				       .ota = {.size = sizeof bytes, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130}};
	now_ns = 0;
	refusal = 0;
	mute = false;
	sent = accepted = failed = 0;
	why = (struct error){.fault = FAULT_NONE};
	assert_true(dongle_init(&dongle, &start, 0, random, &error));
}

static void it_comes_up(void)
{
	dongle_opened(&dongle, now_ns);
	serve();
}

static void a_meter_is_there(void)
{
	begin(false);
	it_comes_up();
	assert_true(dongle.up);
	it_announces_itself();
}

/* ---- Transfer ---- */

/* A patience that began with the first pass would end in the second. */
static void a_meter_that_begins_anew_has_as_long_as_the_first_time(void **state)
{
	(void)state;
	a_meter_is_there();
	ask(ASK_TRANSFER);
	it_queries();
	it_fetches(36000); /* its power is cut, ten minutes later */
	advance(now_ns + 20 * S);
	it_announces_itself();
	it_queries();
	it_fetches(sizeof bytes);
	assert_int_equal(failed, 0);
	it_ends_with(ZCL_SUCCESS);
	assert_int_equal(dongle.slots[0].phase, PHASE_HOLD);
}

static void a_meter_that_a_busy_dongle_left_without_blocks_is_not_to_blame(void **state)
{
	int i;

	(void)state;
	a_meter_is_there();
	ask(ASK_TRANSFER);
	it_queries();
	it_asks_for_block(0);
	advance(now_ns + S);
	refusal = NO_ROOM;
	for (i = 0; i < 12 && failed == 0; i++) {
		it_asks_for_block(BLOCK);
		advance(now_ns + 5 * S);
	}
	refusal = 0;
	it_ends_with(ZCL_ABORT);
	assert_int_equal(failed, 0); /* it is asked to go on, ... */
	it_ends_with(ZCL_ABORT);     /* ... and reached, so this is its own */
	assert_int_equal(failed, 1);
	assert_int_equal(why.fault, FAULT_DEVICE);
}

/* ---- Version ---- */

static void a_dongle_that_is_up_at_the_last_moment_has_asked_nobody(void **state)
{
	(void)state;
	begin(false);
	mute = true;
	it_comes_up();
	ask(ASK_VERSION);
	advance(24 * S);
	mute = false;
	until_it_fails();
	assert_int_equal(why.fault, FAULT_RIG);
}

static void one_that_never_was_on_the_network_is_not_silent(void **state)
{
	(void)state;
	begin(false);
	it_comes_up();
	ask(ASK_VERSION);
	until_it_fails();
	assert_int_equal(why.fault, FAULT_RIG);
}

static void a_question_that_the_dongle_refuses_was_not_asked(void **state)
{
	(void)state;
	a_meter_is_there();
	it_queries();
	refusal = NO_ROOM;
	ask(ASK_VERSION);
	until_it_fails();
	assert_int_equal(why.fault, FAULT_RIG);
}

/* The other side of those three. */
static void one_that_was_asked_and_says_nothing_is_silent_itself(void **state)
{
	(void)state;
	a_meter_is_there();
	it_queries();
	ask(ASK_VERSION);
	until_it_fails();
	assert_int_equal(why.fault, FAULT_DEVICE);
}

/* ---- Who it is, and what has left ---- */

static void a_message_from_no_address_is_nobodys(void **state)
{
	(void)state;
	begin(false);
	it_comes_up();
	SAY(0x4481, 0, 0, 0x19, 0, 0xFF, 0xFF, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x01, 9, 1, 0, 0x01, 0xAB, 0x0A, 0x01, 0x30, 0x01, 0x02, 0x00);
	assert_false(dongle.slots[0].here);
}

static void a_late_refusal_of_a_query_is_not_the_activations(void **state)
{
	(void)state;
	begin(true); /* the meter holds its image */
	it_comes_up();
	it_announces_itself();
	mute = true;
	it_queries(); /* the answer to it is given to a dongle that is slow */
	advance(now_ns + ZNP_ANSWER_NS);
	ask(ASK_ACTIVATE);
	mute = false;
	SAY(0x6401, NO_ROOM);
	assert_int_equal(failed, 0);
	assert_int_equal(mt_code(&asked), 0x2700);
	answer();
	serve();
	assert_int_equal(failed, 0);
	assert_int_equal(sent, 1);
	assert_int_equal(accepted, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_meter_that_begins_anew_has_as_long_as_the_first_time),
		cmocka_unit_test(a_meter_that_a_busy_dongle_left_without_blocks_is_not_to_blame),
		cmocka_unit_test(a_dongle_that_is_up_at_the_last_moment_has_asked_nobody),
		cmocka_unit_test(one_that_never_was_on_the_network_is_not_silent),
		cmocka_unit_test(a_question_that_the_dongle_refuses_was_not_asked),
		cmocka_unit_test(one_that_was_asked_and_says_nothing_is_silent_itself),
		cmocka_unit_test(a_message_from_no_address_is_nobodys),
		cmocka_unit_test(a_late_refusal_of_a_query_is_not_the_activations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
