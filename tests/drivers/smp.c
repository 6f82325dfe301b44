/* MCUmgr's SMP on a console: CBOR, packets and lines, the client's tasks against written answers, and against the simulated server. */

#include "drivers/loader/smp.h"
#include "drivers/loader/upgrade.h"
#include "drivers/loader/xmodem.h"
#include "drivers/sim/face/smp_meter.h"
#include "rig/base/base64.h"
#include "tests/support/session_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S

/* ---- CBOR: the examples are of RFC 8949, appendix A ---- */

static uint8_t written[256];
static struct cbor_out out_map;

static void begin_writing(void)
{
	out_map = (struct cbor_out){.bytes = written, .room = sizeof written};
}

static void wants_written(const char *bytes, size_t size)
{
	assert_false(out_map.full);
	assert_int_equal(out_map.size, size);
	assert_memory_equal(written, bytes, size);
}

static void numbers_have_their_shortest_form(void **state)
{
	static const struct {
		uint64_t number;
		const char *bytes;
		size_t size;
	} examples[] = {
		{0, "\x00", 1}, {23, "\x17", 1}, {24, "\x18\x18", 2}, {255, "\x18\xff", 2}, {1000, "\x19\x03\xe8", 3},
		{1000000, "\x1a\x00\x0f\x42\x40", 5}, {1000000000000, "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", 9},
		{UINT64_MAX, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9},
	};
	struct cbor_item item;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct cbor_in in = {.bytes = written, .size = examples[i].size};

		begin_writing();
		cbor_put_number(&out_map, examples[i].number);
		wants_written(examples[i].bytes, examples[i].size);
		assert_true(cbor_get(&in, &item));
		assert_int_equal(item.kind, CBOR_NUMBER);
		assert_true(item.number == examples[i].number);
		assert_int_equal(in.at, in.size);
	}
}

static void maps_texts_bytes_and_flags_are_written(void **state)
{
	(void)state;
	begin_writing();
	cbor_put_map(&out_map, 2);
	cbor_put_text(&out_map, "a");
	cbor_put_bytes(&out_map, "\x01\x02\x03\x04", 4);
	cbor_put_text(&out_map, "b");
	cbor_put_flag(&out_map, true);
	wants_written("\xa2\x61\x61\x44\x01\x02\x03\x04\x61\x62\xf5", 11);
	begin_writing();
	cbor_put_open(&out_map, CBOR_MAP);
	cbor_put_text(&out_map, "a");
	cbor_put_list(&out_map, 1);
	cbor_put_flag(&out_map, false);
	cbor_put_end(&out_map);
	wants_written("\xbf\x61\x61\x81\xf4\xff", 6);
	out_map.room = out_map.size;
	cbor_put_number(&out_map, 1);
	assert_true(out_map.full);
	assert_int_equal(out_map.size, 6);
}

static bool skips(const void *bytes, size_t size)
{
	struct cbor_in in = {.bytes = bytes, .size = size};
	struct cbor_item item;

	if (!cbor_get(&in, &item))
		return false;
	cbor_skip(&in, &item);
	return !in.bad && in.at == in.size;
}

#define SKIPS(bytes) skips(bytes, sizeof(bytes) - 1)

static void whatever_is_well_formed_is_passed_over(void **state)
{
	(void)state;
	assert_true(SKIPS("\xf9\x3c\x00"));
	assert_true(SKIPS("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"));
	assert_true(SKIPS("\x20"));
	assert_true(SKIPS("\xc1\x1a\x51\x4b\x67\xb0"));
	assert_true(SKIPS("\x83\x01\x82\x02\x03\x82\x04\x05"));
	assert_true(SKIPS("\x9f\x01\x82\x02\x03\x9f\x04\x05\xff\xff"));
	assert_true(SKIPS("\xbf\x61\x61\x01\x61\x62\x9f\x02\x03\xff\xff"));
	assert_true(SKIPS("\xf8\xff"));
}

static void what_is_malformed_or_too_deep_is_not(void **state)
{
	static uint8_t deep[64];

	(void)state;
	assert_false(SKIPS(""));
	assert_false(SKIPS("\xff"));
	assert_false(SKIPS("\x18"));
	assert_false(SKIPS("\x1c"));
	assert_false(SKIPS("\x42\x01"));
	assert_false(SKIPS("\x5f\x41\x01\xff"));
	assert_false(SKIPS("\xa1\x61\x61"));
	assert_false(SKIPS("\xbf\x61\x61\xff"));
	assert_false(SKIPS("\x9f\x01"));
	assert_false(SKIPS("\xc1\xff"));
	memset(deep, 0x81, CBOR_DEPTH_MAX);
	assert_true(skips(deep, CBOR_DEPTH_MAX + 1));
	memset(deep, 0x81, sizeof deep - 1);
	assert_false(skips(deep, sizeof deep));
	memset(deep, 0xc1, sizeof deep - 1);
	assert_false(skips(deep, sizeof deep));
}

static void answers_are_read_in_any_order_and_strange_keys_passed_over(void **state)
{
	static const uint8_t packet[] =
		"\x01\x00\x00\x00\x00\x01\x07\x01"
		"\xbf\x05\x06\x63\x78\x79\x7a\xa1\x61\x61\x9f\x01\xff\x63off\x19\x01\x00\x62rc\x00\x68" "buf_size\x19\x01\x80\xff";
	struct smp_answer answer;

	(void)state;
	assert_true(smp_packet_get_answer(&answer, packet, sizeof packet - 1));
	assert_int_equal(answer.refused, 0);
	assert_true(answer.has_offset);
	assert_int_equal(answer.offset, 256);
	assert_int_equal(answer.buffer_size, 384);
	assert_false(smp_packet_get_answer(&answer, packet, sizeof packet - 2));
}

static void both_forms_of_a_refusal_are_understood(void **state)
{
	static const uint8_t first[] = "\x03\x00\x00\x00\x00\x01\x07\x01\xa2\x62rc\x08\x63rsn\x63no\x01";
	static const uint8_t second[] = "\x03\x00\x00\x00\x00\x01\x07\x01\xa1\x63" "err\xa2\x65group\x01\x62rc\x05";
	struct smp_answer answer;

	(void)state;
	assert_true(smp_packet_get_answer(&answer, first, sizeof first - 1));
	assert_int_equal(answer.refused, 8);
	assert_string_equal(answer.reason, "no?");
	assert_string_equal(smp_refusal_name(8), "not supported");
	assert_true(smp_packet_get_answer(&answer, second, sizeof second - 1));
	assert_int_equal(answer.refused, 5);
	assert_string_equal(smp_refusal_name(99), "an error of its own");
}

/* ---- Lines ---- */

static void a_packet_stands_in_a_line_as_zephyr_writes_it(void **state)
{
	/* A read of OS parameters: its length and CRC are in the base64. */
	static const uint8_t packet[] = "\x00\x00\x00\x01\x00\x00\x01\x06\xa0";
	uint8_t frame[SMP_FRAME_MAX], raw[13];
	size_t size = smp_frame_put(frame, packet, 9);

	(void)state;
	assert_int_equal(size, 2 + 20 + 1);
	assert_memory_equal(frame, "\x06\x09", 2);
	assert_int_equal(frame[size - 1], '\n');
	assert_true(base64_get(raw, 13, (const char *)frame + 2, 20));
	assert_memory_equal(raw, "\x00\x0b", 2);
	assert_memory_equal(raw + 2, packet, 9);
	assert_int_equal(xmodem_crc(0, raw + 2, 11), 0);
}

static bool takes(struct smp_frame *frame, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	bool taken = false;
	size_t i;

	for (i = 0; i < size; i++)
		taken |= smp_frame_take(frame, at[i]);
	return taken;
}

static void long_packets_come_in_lines_of_at_most_127_bytes(void **state)
{
	static uint8_t packet[SMP_PACKET_MAX], bytes[SMP_FRAME_MAX];
	static struct smp_frame frame;
	size_t size, used, i, line;

	(void)state;
	for (i = 0; i < sizeof packet; i++)
		packet[i] = (uint8_t)(i * 7);
	for (size = 1; size <= sizeof packet; size += 3) {
		used = smp_frame_put(bytes, packet, size);
		assert_true(used <= sizeof bytes);
		for (i = line = 0; i < used; i++) {
			assert_true(++line <= SMP_LINE_MAX);
			if (bytes[i] == '\n')
				line = 0;
		}
		assert_false(takes(&frame, "uart:~$ ", 8));
		assert_true(takes(&frame, bytes, used));
		assert_memory_equal(smp_frame_packet(&frame, &i), packet, size);
		assert_int_equal(i, size);
	}
}

static void what_is_spoilt_is_no_packet_and_the_next_one_is_taken(void **state)
{
	static const uint8_t packet[200] = "a packet of three lines";
	uint8_t good[SMP_FRAME_MAX], bytes[SMP_FRAME_MAX];
	static struct smp_frame frame;
	size_t used = smp_frame_put(good, packet, sizeof packet), i;

	(void)state;
	for (i = 0; i < used; i++) {
		memcpy(bytes, good, used);
		bytes[i] ^= 0x20;
		assert_false(takes(&frame, bytes, used));
		memmove(bytes + i, good + i + 1, used - i - 1);
		assert_false(takes(&frame, bytes, used - 1));
		assert_true(takes(&frame, good, used));
	}
	assert_false(takes(&frame, good + 1, used - 1));
	assert_false(takes(&frame, good, used / 2));
	assert_true(takes(&frame, good, used));
}

/* ---- The client and the simulated server ---- */

static uint8_t image[5000], received[8192];
static struct smp client;
static struct smp_meter server;
static struct session session;
static struct session_output out;
static int begun, arrived, marks, restarts;
static bool refuses, waits;
static unsigned draw_state, bad_per_mille;

static void count_begin(void *self, int64_t t_ns)
{
	(void)self, (void)t_ns;
	begun++;
	waits = false;
}

static void count_arrival(void *self, int64_t t_ns, size_t size)
{
	(void)self, (void)t_ns;
	arrived++;
	waits = size > 0;
}

static bool count_mark(void *self, int64_t t_ns)
{
	(void)self, (void)t_ns;
	marks++;
	return !refuses;
}

static void count_restart(void *self, int64_t t_ns)
{
	(void)self, (void)t_ns;
	restarts++;
}

static int tell_images(void *self, struct smp_image images[SMP_IMAGES_MAX])
{
	(void)self;
	images[0] = (struct smp_image){.active = true, .hash = {1}, .hash_size = 32, .version = "1.2.3"};
	images[1] = (struct smp_image){.hash = {2}, .hash_size = 32, .version = "1.2.4"};
	return waits ? 2 : 1;
}

static unsigned draw(unsigned below)
{
	draw_state = draw_state * 1103515245 + 12345;
	return (draw_state >> 16) % below;
}

static int setup(void **state)
{
	const struct smp_settings settings = {.image = image, .size = sizeof image, .start_ns = 60 * S};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 31 + i / 256);
	begun = arrived = marks = restarts = 0;
	refuses = waits = false;
	bad_per_mille = 0;
	memset(received, 0, sizeof received);
	server = (struct smp_meter){
		.device = {NULL, count_begin, count_arrival, count_mark, count_restart, tell_images}, .image = received, .room = sizeof received,
	};
	smp_init(&client, &settings);
	return 0;
}

static void happen(enum session_event_kind kind, int64_t t_ns, const void *bytes, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = t_ns, .bytes = bytes, .size = size};

	session_step(&session, &event, &out);
}

/* What the server answers to what the client has just sent. */
static size_t server_answers(uint8_t *answer)
{
	uint8_t frame[SMP_FRAME_MAX];
	size_t used = 0, size, i;
	bool restart;

	for (i = 0; i < out.size; i++) {
		size = smp_meter_take(&server, 0, out.bytes[i], frame, &restart);
		memcpy(answer + used, frame, size);
		used += size;
		restarts += restart;
	}
	return used;
}

/* Runs a task to its end; `bad_per_mille` of the frames are lost, on either way. */
static void run(enum smp_task task)
{
	static uint8_t answer[2 * SMP_FRAME_MAX];
	int64_t t_ns = 0;
	size_t size;

	session = smp_session(&client, task);
	happen(SESSION_START, t_ns, NULL, 0);
	while (out.state == SESSION_RUNNING) {
		size = draw(1000) < bad_per_mille ? 0 : server_answers(answer);
		if (size > 0 && draw(1000) >= bad_per_mille) {
			happen(SESSION_BYTES, ++t_ns, answer, size);
		} else {
			t_ns = out.deadline_ns;
			happen(SESSION_DEADLINE, t_ns, NULL, 0);
		}
	}
}

static void wants_done(void)
{
	if (out.state != SESSION_DONE)
		fail_msg("%s", out.error.text);
}

static void an_image_is_uploaded_verified_marked_and_started(void **state)
{
	(void)state;
	run(SMP_TRANSFER);
	wants_done();
	assert_int_equal(out.done_bytes, sizeof image);
	assert_int_equal(out.total_bytes, sizeof image);
	assert_memory_equal(received, image, sizeof image);
	assert_int_equal(begun + arrived, 2);
	assert_int_equal(client.room, SMP_METER_BUFFER - 4);
	run(SMP_VERIFY);
	wants_done();
	assert_int_equal(client.hash[0], 2);
	assert_int_equal(marks, 0);
	run(SMP_ACTIVATE);
	wants_done();
	assert_int_equal(marks, 1);
	assert_int_equal(restarts, 1);
	run(SMP_VERSION);
	wants_done();
	assert_string_equal(client.version, "1.2.3");
}

static void lost_frames_cost_time_and_never_the_image(void **state)
{
	int i, good = 0;

	for (i = 0; i < 200; i++) {
		setup(state);
		draw_state = (unsigned)i;
		bad_per_mille = 100;
		run(SMP_TRANSFER);
		if (out.state != SESSION_DONE)
			continue;
		assert_memory_equal(received, image, sizeof image);
		good++;
	}
	assert_true(good > 180);
}

static void a_device_that_has_forgotten_gets_the_image_again(void **state)
{
	uint8_t answer[2 * SMP_FRAME_MAX];
	bool forgotten = false;
	size_t size;

	(void)state;
	session = smp_session(&client, SMP_TRANSFER);
	happen(SESSION_START, 0, NULL, 0);
	while (out.state == SESSION_RUNNING) {
		if (client.at > sizeof image / 2 && !forgotten) {
			smp_meter_forget(&server);
			forgotten = true;
		}
		size = server_answers(answer);
		assert_true(size > 0);
		happen(SESSION_BYTES, 1, answer, size);
	}
	wants_done();
	assert_true(forgotten);
	assert_int_equal(begun, 2);
	assert_memory_equal(received, image, sizeof image);
}

static void a_device_that_tells_no_sizes_gets_pieces_that_it_can_hear(void **state)
{
	(void)state;
	server.buffer = 130;
	session = smp_session(&client, SMP_TRANSFER);
	happen(SESSION_START, 0, NULL, 0);
	client.step = SMP_SENDS_PIECE; /* as after an answer without buf_size */
	client.room = SMP_PACKET_USUAL;
	happen(SESSION_DEADLINE, 5 * S, NULL, 0);
	{
		uint8_t answer[2 * SMP_FRAME_MAX];
		size_t size = server_answers(answer);

		assert_true(size > 0);
		happen(SESSION_BYTES, 6 * S, answer, size);
		assert_int_equal(out.state, SESSION_RUNNING);
		assert_true(client.at > 0 && client.at < 128);
	}
}

static void silence_ends_it_after_five_times(void **state)
{
	int tries;

	(void)state;
	session = smp_session(&client, SMP_TRANSFER);
	happen(SESSION_START, 0, NULL, 0);
	for (tries = 1; tries < SMP_TRIES; tries++) {
		assert_true(out.size > 0);
		happen(SESSION_DEADLINE, tries * 5 * S, NULL, 0);
	}
	happen(SESSION_DEADLINE, 25 * S, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "the size of buffers: no answer after 5 times");
}

static void a_mark_and_a_reset_are_said_once(void **state)
{
	uint8_t answer[2 * SMP_FRAME_MAX];
	size_t size;

	waits = true;
	session = smp_session(&client, SMP_ACTIVATE);
	happen(SESSION_START, 0, NULL, 0);
	assert_false(client.marked);
	size = server_answers(answer);
	happen(SESSION_BYTES, 1, answer, size);
	assert_true(client.marked);
	assert_true(out.size > 0);
	happen(SESSION_DEADLINE, out.deadline_ns, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "the mark: no answer after 1 times");
	assert_int_equal(out.size, 0);
	setup(state);
	waits = true;
	run(SMP_VERIFY);
	session = smp_session(&client, SMP_ACTIVATE);
	happen(SESSION_START, 0, NULL, 0);
	size = server_answers(answer);
	happen(SESSION_BYTES, 1, answer, size);
	assert_int_equal(client.step, SMP_RESETS);
	happen(SESSION_DEADLINE, out.deadline_ns, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "the reset: no answer after 1 times");
	assert_int_equal(out.size, 0);
}

static void a_device_that_refuses_or_has_nothing_says_so(void **state)
{
	(void)state;
	run(SMP_VERIFY);
	session_wants_failure(&out, FAULT_DEVICE, "no image beside the one that runs");
	waits = refuses = true;
	run(SMP_ACTIVATE);
	session_wants_failure(&out, FAULT_DEVICE, "the mark: the device refused: 6, bad state");
	assert_true(client.refused);
	assert_int_equal(restarts, 0);
	server.room = 100;
	run(SMP_TRANSFER);
	session_wants_failure(&out, FAULT_DEVICE, "a piece of the image: the device refused: 3, invalid value");
}

static void late_answers_and_the_console_s_own_words_are_passed_over(void **state)
{
	uint8_t answer[2 * SMP_FRAME_MAX], late[2 * SMP_FRAME_MAX];
	size_t size, late_size;

	(void)state;
	session = smp_session(&client, SMP_VERSION);
	happen(SESSION_START, 0, NULL, 0);
	late_size = server_answers(late);
	happen(SESSION_DEADLINE, 5 * S, NULL, 0);
	size = server_answers(answer);
	happen(SESSION_BYTES, 6 * S, "[00:01] boot\r\n", 14);
	happen(SESSION_BYTES, 6 * S, late, late_size);
	assert_int_equal(out.state, SESSION_RUNNING);
	memcpy(answer + size, "rest", 4);
	happen(SESSION_BYTES, 6 * S, answer, size + 4);
	wants_done();
	assert_int_equal(client.used, size);
	assert_string_equal(client.version, "1.2.3");
}

static void a_lost_line_and_a_cancel_end_it(void **state)
{
	(void)state;
	session = smp_session(&client, SMP_TRANSFER);
	happen(SESSION_START, 0, NULL, 0);
	happen(SESSION_LOST, 1, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "lost");
	happen(SESSION_START, 0, NULL, 0);
	happen(SESSION_CANCEL, 1, NULL, 0);
	session_wants_failure(&out, FAULT_OPERATOR, "cancelled");
}

/* ---- As an upgrade ---- */

static struct upgrade upgrade;

static void answer_until_it_ends(void)
{
	static uint8_t answer[2 * SMP_FRAME_MAX];
	int64_t t_ns = 0;
	size_t size;

	while (out.state == SESSION_RUNNING) {
		size = server_answers(answer);
		if (size > 0)
			happen(SESSION_BYTES, ++t_ns, answer, size);
		else
			happen(SESSION_DEADLINE, t_ns = out.deadline_ns, NULL, 0);
	}
}

static void begin_task(enum upgrade_task task)
{
	struct error error;

	assert_true(upgrade_begin(&upgrade, task, &session, &error));
	happen(SESSION_START, 0, NULL, 0);
}

static void an_upgrade_by_smp_has_the_usual_phases(void **state)
{
	static const struct bench_loader settings = {.protocol = LOADER_SMP, .push = LOADER_SMP, .start_within_ns = 60 * S};
	struct error error;

	(void)state;
	upgrade_init(&upgrade, &settings, 115200);
	upgrade_set_image(&upgrade, image, sizeof image);
	begin_task(UPGRADE_TRANSFER);
	assert_int_equal(upgrade.phase, PHASE_TRANSFER);
	answer_until_it_ends();
	wants_done();
	assert_int_equal(upgrade.phase, PHASE_HOLD);
	assert_false(upgrade.activation_sent);
	begin_task(UPGRADE_ACTIVATE);
	assert_true(upgrade.activation_sent);
	answer_until_it_ends();
	wants_done();
	assert_int_equal(upgrade.activation, ACTIVATION_ACCEPTED);
	assert_int_equal(upgrade.phase, PHASE_CONFIRM);
	assert_int_equal(marks + restarts, 2);
	assert_false(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &session, &error));
	begin_task(UPGRADE_VERSION);
	answer_until_it_ends();
	assert_string_equal(upgrade.version, "1.2.3");
	assert_int_equal(upgrade.phase, PHASE_IDLE);
}

static void an_activation_that_never_left_is_not_said_to_have(void **state)
{
	static const struct bench_loader settings = {.protocol = LOADER_SMP, .push = LOADER_SMP, .start_within_ns = 60 * S};

	(void)state;
	upgrade_init(&upgrade, &settings, 115200);
	begin_task(UPGRADE_ACTIVATE);
	happen(SESSION_LOST, 1, NULL, 0);
	session_wants_failure(&out, FAULT_RIG, "activate: the line was lost");
	assert_false(upgrade.activation_sent);
	assert_int_equal(upgrade.activation, ACTIVATION_ANNOUNCED);
	assert_int_equal(upgrade.phase, PHASE_HOLD);
	waits = true;
	begin_task(UPGRADE_ACTIVATE);
	refuses = true;
	answer_until_it_ends();
	session_wants_failure(&out, FAULT_DEVICE, "activate: the mark: the device refused");
	assert_int_equal(upgrade.activation, ACTIVATION_REFUSED);
	waits = refuses = false;
	upgrade_init(&upgrade, &settings, 115200);
	waits = true;
	begin_task(UPGRADE_ACTIVATE);
	{
		uint8_t answer[2 * SMP_FRAME_MAX];
		size_t size = server_answers(answer);

		happen(SESSION_BYTES, 1, answer, size);
	}
	assert_true(upgrade.activation_sent);
	happen(SESSION_DEADLINE, out.deadline_ns, NULL, 0);
	assert_int_equal(out.state, SESSION_DONE);
	assert_int_equal(upgrade.activation, ACTIVATION_UNKNOWN);
}

#define CASE_OF(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_their_shortest_form),
		cmocka_unit_test(maps_texts_bytes_and_flags_are_written),
		cmocka_unit_test(whatever_is_well_formed_is_passed_over),
		cmocka_unit_test(what_is_malformed_or_too_deep_is_not),
		cmocka_unit_test(answers_are_read_in_any_order_and_strange_keys_passed_over),
		cmocka_unit_test(both_forms_of_a_refusal_are_understood),
		cmocka_unit_test(a_packet_stands_in_a_line_as_zephyr_writes_it),
		cmocka_unit_test(long_packets_come_in_lines_of_at_most_127_bytes),
		cmocka_unit_test(what_is_spoilt_is_no_packet_and_the_next_one_is_taken),
		CASE_OF(an_image_is_uploaded_verified_marked_and_started),
		CASE_OF(lost_frames_cost_time_and_never_the_image),
		CASE_OF(a_device_that_has_forgotten_gets_the_image_again),
		CASE_OF(a_device_that_tells_no_sizes_gets_pieces_that_it_can_hear),
		CASE_OF(silence_ends_it_after_five_times),
		CASE_OF(a_mark_and_a_reset_are_said_once),
		CASE_OF(a_device_that_refuses_or_has_nothing_says_so),
		CASE_OF(late_answers_and_the_console_s_own_words_are_passed_over),
		CASE_OF(a_lost_line_and_a_cancel_end_it),
		CASE_OF(an_upgrade_by_smp_has_the_usual_phases),
		CASE_OF(an_activation_that_never_left_is_not_said_to_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
