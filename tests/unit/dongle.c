/* What a dongle says of an activation: sent is what has left, and nothing else. The dongle is the test's own hand. */

#include "drivers/zigbee/dongle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S

static struct bench_slot slot;
static struct bench_instrument instrument;
static struct bench bench = {.slot_count = 1, .slots = &slot, .instrument_count = 1, .instruments = &instrument};
static struct dongle dongle;
static struct upgrade_image image;
static struct instrument_listener listener;
static uint8_t bytes[100];
static char said[200];
static int64_t now_ns;

static char notes[2000];
static char logged[40];      /* raw: the direction of each piece */

static void take_note(void *self, int of, const char *text)
{
	(void)self;
	(void)of;
	strncat(notes, text, sizeof notes - strlen(notes) - 2);
	strcat(notes, "\n");
}

static void take_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *taken, size_t size)
{
	size_t at = strlen(logged);

	(void)self;
	(void)taken;
	assert_string_equal(name, "dongle");
	assert_int_equal(t_ns, now_ns);
	assert_true(size > 0 && at + 1 < sizeof logged);
	logged[at] = direction;
	logged[at + 1] = '\0';
}

static void take_upgrade(void *self, int of_slot, int64_t t_ns, const struct upgrade_report *report)
{
	static const char *const words[] = {[SAID_SENT] = "sent ", [SAID_ACCEPTED] = "accepted ", [SAID_FAILED] = "failed ",
					    [SAID_TRANSFERRED] = "transferred "};

	(void)self;
	(void)of_slot;
	(void)t_ns;
	if (report->said < sizeof words / sizeof *words && words[report->said])
		(void)snprintf(said + strlen(said), sizeof said - strlen(said), "%s", words[report->said]);
}

static void say(unsigned code, const void *data, size_t size)
{
	struct mt_frame frame = {.type = (uint8_t)(code >> 13), .subsystem = code >> 8 & 0x1F, .command = code & 0xFF, .size = (uint8_t)size};
	uint8_t out[MT_FRAME_MAX];

	memcpy(frame.data, data, size);
	dongle_heard(&dongle, now_ns, out, mt_put(&frame, out));
}

#define SAY(code, ...) say(code, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct mt_frame asked;

static unsigned next_frame(void)
{
	size_t used;

	assert_true(dongle.znp.unsent_size > 0);
	assert_int_equal(mt_get(&asked, dongle.znp.unsent, dongle.znp.unsent_size, &used), MT_DONE);
	dongle_sent(&dongle, now_ns, used);
	return mt_code(&asked);
}

/* Answers whatever it asks with "done", until it asks for a message to a device. */
static void until_a_message(void)
{
	while (next_frame() != 0x2401)
		say(mt_code(&asked) | 0x4000, (const uint8_t[]){0}, 1);
}

static void a_message_is_taken(void)
{
	until_a_message();
	SAY(0x6401, 0);
}

static void confirm(uint8_t status)
{
	SAY(0x4480, status, asked.data[3], asked.data[6]);
}

/* A dongle that is up, and a meter that has said where it is and which endpoint is its client's. */
static int begin(void **state)
{
	static const bool taking_part[BENCH_SLOTS_MAX] = {true};
	const struct driver_start start = {.bench = &bench, .taking_part = taking_part, .image = &image, .resumed = true, .listener = &listener};
	static const uint8_t random[32] = {1};
	struct error error;

	(void)state;
	listener = instrument_listener_none();
	listener.upgrade = take_upgrade;
	listener.note = take_note;
	notes[0] = '\0';
	slot.upgrade = 0;
	instrument = (struct bench_instrument){.name = "dongle", .stack = ZIGBEE_ZNP, .zigbee_profile = 0x0109, .ota_block = 50, .ota_at_once = 8};
	image = (struct upgrade_image){.bytes = bytes, .size = sizeof bytes, .meters = {"00-DB-12-34-56-78-90-A0"},
				       .ota = {.size = sizeof bytes, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130}};
	now_ns = 0;
	assert_true(dongle_init(&dongle, &start, 0, random, &error));
	dongle_opened(&dongle, now_ns);
	assert_int_equal(next_frame(), 0x2101);
	SAY(0x6101, 0x59, 0x06);
	assert_int_equal(next_frame(), 0x2102);
	SAY(0x6102, 2, 1, 2, 7, 1, 0, 0, 0, 0);
	assert_int_equal(next_frame(), 0x2108);
	SAY(0x6108, 0, 1, 0x55);
	assert_int_equal(next_frame(), 0x2113);
	SAY(0x6113, 116, 0);
	assert_int_equal(next_frame(), 0x2700);
	SAY(0x6700, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 7, 9, 0);
	assert_int_equal(next_frame(), 0x2104);
	SAY(0x6104, 1, 2, 3, 4, 5, 6, 7, 8);
	assert_int_equal(next_frame(), 0x2550);
	SAY(0x6550, 0, 0, 9, 0x62, 0x1A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 15);
	assert_int_equal(next_frame(), 0x2113);
	SAY(0x6113, 116, 0);
	assert_int_equal(next_frame(), 0x2108);
	SAY(0x6108, 0, 2, 3, 0);
	assert_int_equal(next_frame(), 0x2133);
	SAY(0x6133, 0, 12, 0x39, 0x30, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	assert_int_equal(next_frame(), 0x2400);
	SAY(0x6400, 0);
	assert_int_equal(next_frame(), 0x2400);
	SAY(0x6400, 0);
	assert_true(dongle.up);
	SAY(0x45C1, 0x21, 0x43, 0x21, 0x43, 0xA0, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0x80);
	dongle.slots[0].endpoint = 3;
	said[0] = '\0';
	return 0;
}

static void what_network_it_is_stands_in_the_journal(void **state)
{
	(void)state;
	if (!strstr(notes, "ZigBee network: PAN 1A62, extended PAN 0807060504030201, channel 15, update id 3, coordinator 0807060504030201, "
			   "frame counter 12345\n"))
		fail_msg("%s", notes);
}

static void an_answer_waits_for_no_log_and_stands_behind_what_it_answers(void **state)
{
	(void)state;
	dongle_log_heard(&dongle);
	listener.raw = take_raw;
	logged[0] = '\0';
	now_ns += S;
	dongle_ask(&dongle, 0, ASK_ACTIVATE, now_ns);
	until_a_message();
	logged[0] = '\0';
	SAY(0x6401, 0);
	SAY(0x4480, 0xE1, asked.data[3], asked.data[6]); /* what was heard before is logged by now */
	assert_string_equal(logged, "<");
	dongle_log_heard(&dongle);
	dongle_log_heard(&dongle);
	assert_string_equal(logged, "<<");
	SAY(0x45CA, 0x21, 0x43, 0xA0, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0, 0); /* it joins: it may be asked */
	SAY(0x4481, 0, 0, 0x19, 0, 0x21, 0x43, 3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x01, 9, 1, 0, 0x01, 0xAB, 0x0A, 0x01, 0x30, 0x01, 0x02, 0x00);
	logged[0] = '\0';
	assert_int_equal(next_frame(), 0x2401);
	assert_string_equal(logged, "<>");
}

static void sent_is_what_the_dongle_has_taken(void **state)
{
	(void)state;
	dongle_ask(&dongle, 0, ASK_ACTIVATE, now_ns);
	assert_string_equal(said, "");
	a_message_is_taken();
	assert_string_equal(said, "sent ");
	confirm(0);
	assert_string_equal(said, "sent accepted ");
}

static void what_the_dongle_never_took_was_not_sent(void **state)
{
	(void)state;
	dongle_ask(&dongle, 0, ASK_ACTIVATE, now_ns);
	until_a_message();
	SAY(0x6401, 0x11); /* no room: it waits */
	SAY(0x4180, 2, 2, 1, 2, 7, 1);
	assert_string_equal(said, "failed ");
	assert_false(dongle.server.devices[0].released); /* and is not told so when it asks */
}

static void what_nobody_confirms_was_sent_and_failed(void **state)
{
	(void)state;
	dongle_ask(&dongle, 0, ASK_ACTIVATE, now_ns);
	a_message_is_taken();
	confirm(0xE1);
	assert_string_equal(said, "sent failed ");
	assert_int_equal(dongle.znp.unsent_size, 0);
}

static void what_is_cancelled_in_the_queue_does_not_leave_later(void **state)
{
	(void)state;
	dongle_ask(&dongle, 0, ASK_ACTIVATE, now_ns);
	until_a_message();
	SAY(0x6401, 0x11);
	dongle_ask(&dongle, 0, ASK_CANCEL, now_ns);
	now_ns += 2 * S;
	dongle_tick(&dongle, now_ns);
	assert_int_equal(dongle.znp.unsent_size, 0);
	assert_string_equal(said, "");
}

static void a_run_that_brings_no_image_needs_no_address(void **state)
{
	static const bool taking_part[BENCH_SLOTS_MAX] = {true};
	const struct driver_start start = {.bench = &bench, .taking_part = taking_part, .listener = &listener};
	static const uint8_t random[32] = {1};
	struct error error;

	(void)state;
	assert_true(dongle_init(&dongle, &start, 0, random, &error));
	dongle_ask(&dongle, 0, ASK_VERSION, now_ns);
	assert_string_equal(said, "failed "); /* and nobody waits for an answer */
	image.meters[0] = "";
	assert_false(dongle_init(&dongle, &(struct driver_start){.bench = &bench, .taking_part = taking_part, .listener = &listener, .image = &image}, 0,
				 random, &error));
	assert_non_null(strstr(error.text, "GUID"));
}

#define CASE_OF(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(what_network_it_is_stands_in_the_journal),
		CASE_OF(an_answer_waits_for_no_log_and_stands_behind_what_it_answers),
		CASE_OF(sent_is_what_the_dongle_has_taken),
		CASE_OF(what_the_dongle_never_took_was_not_sent),
		CASE_OF(what_nobody_confirms_was_sent_and_failed),
		CASE_OF(what_is_cancelled_in_the_queue_does_not_leave_later),
		CASE_OF(a_run_that_brings_no_image_needs_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
