/*
 * The shipped machine of dongle and OTA server against the simulated dongle and its devices, in virtual time: several meters get an image,
 * hold it, are activated once and say what they run; with losses, a dongle that hangs, and one that is pulled out.
 */

#include "drivers/sim/face/znp_face.h"
#include "drivers/zigbee/dongle.h"
#include "rig/image/ota_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define METERS 6
#define ROOM 65536
#define BYTE_NS (10 * NS_PER_S / 115200)
#define OLD 0x0002012FU
#define NEW 0x00020130U
#define PIPE 65536

static struct bench bench;
static struct bench_instrument instrument;
static struct bench_slot slots[METERS];
static bool taking_part[METERS];
static char guids[METERS][GUID_SIZE];
static uint8_t image[ROOM], memories[METERS][ROOM];
static size_t image_size;
static struct upgrade_image upgrade;
static struct dongle *dongle;
static struct znp_face *face;
static int64_t now_ns;
/* What is on the line, either way: bytes that arrive when their last one has passed. */
static struct pipe {
	uint8_t bytes[PIPE];
	size_t size;
	int64_t due_ns, busy_ns;
} to_host, to_face;
static struct heard {
	int transferred, sent, accepted, failed, versions, first_blocks, phases;
	enum fault fault;
	char version[16], why[ERROR_TEXT_MAX];
	int64_t done;
} heard[METERS];
static bool unplugged;
static int64_t spoilt_ppm;        /* bytes of the line, either way */
static uint64_t spoiling;

/* ---- What the machine says ---- */

static void on_upgrade(void *self, int slot, int64_t t_ns, const struct upgrade_report *report)
{
	struct heard *of = &heard[slot];

	(void)self;
	assert_true(t_ns == now_ns);
	switch (report->said) {
	case SAID_PHASE:
		of->phases++;
		break;
	case SAID_FIRST_BLOCK:
		of->first_blocks++;
		break;
	case SAID_PROGRESS:
		assert_true(report->done_bytes > of->done);
		of->done = report->done_bytes;
		break;
	case SAID_TRANSFERRED:
		of->transferred++;
		break;
	case SAID_SENT:
		of->sent++;
		break;
	case SAID_ACCEPTED:
		of->accepted++;
		break;
	case SAID_REFUSED:
		break;
	case SAID_VERSION:
		of->versions++;
		(void)snprintf(of->version, sizeof of->version, "%s", report->text);
		break;
	case SAID_FAILED:
		of->failed++;
		of->fault = report->error->fault;
		(void)snprintf(of->why, sizeof of->why, "%s", report->error->text);
		break;
	}
}

/* ---- The line ---- */

static uint64_t drawn(void)
{
	spoiling ^= spoiling << 13;
	spoiling ^= spoiling >> 7;
	spoiling ^= spoiling << 17;
	return spoiling;
}

static void put(struct pipe *pipe, const void *bytes, size_t size)
{
	size_t i;

	assert_true(pipe->size + size <= PIPE);
	memcpy(pipe->bytes + pipe->size, bytes, size);
	for (i = 0; i < size && spoilt_ppm > 0; i++)
		if ((int64_t)(drawn() % 1000000) < spoilt_ppm)
			pipe->bytes[pipe->size + i] ^= (uint8_t)(1 + drawn() % 255);
	pipe->size += size;
	pipe->busy_ns = (pipe->busy_ns > now_ns ? pipe->busy_ns : now_ns) + (int64_t)size * BYTE_NS;
	pipe->due_ns = pipe->busy_ns;
}

static void say(void *self, const void *bytes, size_t size)
{
	(void)self;
	if (!unplugged)
		put(&to_host, bytes, size);
}

static void send_unsent(void)
{
	if (dongle->znp.unsent_size == 0)
		return;
	put(&to_face, dongle->znp.unsent, dongle->znp.unsent_size);
	dongle_sent(dongle, now_ns, dongle->znp.unsent_size);
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static void advance(int64_t until_ns)
{
	while (now_ns < until_ns) {
		int64_t next_ns = earlier(earlier(until_ns, znp_face_next(face)), unplugged ? INSTANT_NEVER : dongle_deadline(dongle));
		size_t at = 0;

		next_ns = earlier(next_ns, earlier(to_host.size ? to_host.due_ns : INSTANT_NEVER, to_face.size ? to_face.due_ns : INSTANT_NEVER));
		now_ns = next_ns > now_ns ? next_ns : now_ns;
		if (to_face.size && to_face.due_ns <= now_ns) {
			znp_face_step(face, now_ns, to_face.bytes, to_face.size);
			to_face.size = 0;
		}
		if (znp_face_next(face) <= now_ns)
			znp_face_step(face, now_ns, NULL, 0);
		if (to_host.size && to_host.due_ns <= now_ns) {
			for (; at < to_host.size && !unplugged; at += ZNP_HEARD_MAX)
				dongle_heard(dongle, now_ns, to_host.bytes + at, to_host.size - at < ZNP_HEARD_MAX ? to_host.size - at : ZNP_HEARD_MAX);
			to_host.size = 0;
		}
		if (!unplugged && dongle_deadline(dongle) <= now_ns)
			dongle_tick(dongle, now_ns);
		send_unsent();
	}
}

static void ask(int slot, enum upgrade_ask what)
{
	dongle_ask(dongle, slot, what, now_ns);
	send_unsent();
}

/* ---- The bench ---- */

static void make_image(size_t payload_size)
{
	static uint8_t payload[ROOM];
	struct ota_image header = {.manufacturer = 0xAB01, .type = 0x010A, .version = NEW, .stack = 2, .has_hardware = true, .hardware_least = 0x0300,
				   .hardware_most = 0x030F};
	size_t i;

	for (i = 0; i < payload_size; i++)
		payload[i] = (uint8_t)(i * 31 + i / 256);
	image_size = ota_image_make(&header, payload, payload_size, NULL, NULL);
	assert_true(image_size <= ROOM);
	(void)ota_image_make(&header, payload, payload_size, NULL, image);
	upgrade = (struct upgrade_image){.bytes = image, .size = image_size};
	upgrade.ota.size = image_size;
	upgrade.ota.manufacturer = 0xAB01;
	upgrade.ota.type = 0x010A;
	upgrade.ota.version = NEW;
}

static void add_meter(int index, int64_t turnaround_ns, int64_t loss_ppm, unsigned oddities)
{
	struct znp_device_settings settings = {
		.ieee = UINT64_C(0x00DB123456789010) + (unsigned)index, .manufacturer = 0xAB01, .maker = "a", .model = "b", .router = true,
		.endpoint_count = 1, .has_ota = true, .ota_endpoint = 3, .ota_profile = 0x0109,
		.ota = {.manufacturer = 0xAB01, .type = 0x010A, .has_hardware = true, .hardware = 0x0301, .turnaround_ns = turnaround_ns,
			.verify_ns = 2 * S, .boot_query_ns = {S, 5 * S}, .oddities = oddities},
		.version = OLD, .memory = memories[index], .memory_size = ROOM, .boot_ns = 10 * S, .boots_itself = true, .joined = true,
		.latency_ns = {3 * MS, 8 * MS}, .loss_to_ppm = loss_ppm, .loss_from_ppm = loss_ppm};

	settings.endpoints[0] = (struct zdo_endpoint){.endpoint = 3, .profile = 0x0109, .device = 0x0500, .in_count = 1, .in = {0x0702},
						      .out_count = 1, .out = {0x0019}};
	assert_int_equal(znp_face_add(face, &settings, 0), index);
}

static const uint8_t *keys[METERS]; /* of install codes in the load sheet */

static int begin(void **state)
{
	static struct instrument_listener listener;
	static const uint8_t random[32] = {1, 2, 3}, key[16] = {9};
	const struct znp_face_settings settings = {.product = ZNP_3_X_0, .ieee = 0x00124B0000000001, .answer_ns = {MS, 2 * MS}, .seed = 7};
	struct driver_start start = {.bench = &bench, .taking_part = taking_part, .image = &upgrade, .listener = &listener};
	struct error error;
	int i;

	(void)state;
	make_image(20000);
	now_ns = 0;
	unplugged = false;
	spoilt_ppm = 0;
	spoiling = 88172645463325252U;
	memset(heard, 0, sizeof heard);
	to_host.size = to_face.size = 0;
	to_host.busy_ns = to_face.busy_ns = 0;
	instrument = (struct bench_instrument){.name = "dongle", .driver = DRIVER_ZIGBEE, .slot = -1, .stack = ZIGBEE_ZNP, .zigbee_profile = 0x0109,
					       .ota_block = 50, .ota_at_once = 4};
	bench = (struct bench){.instruments = &instrument, .instrument_count = 1, .slots = slots, .slot_count = METERS};
	for (i = 0; i < METERS; i++) {
		(void)snprintf(slots[i].name, sizeof slots[i].name, "S%d", i);
		slots[i].upgrade = 0;
		taking_part[i] = true;
		(void)snprintf(guids[i], sizeof guids[i], "00-DB-12-34-56-78-90-%02X", 0x10 + i);
		upgrade.meters[i] = guids[i];
		upgrade.link_keys[i] = keys[i];
	}
	listener = instrument_listener_none();
	listener.upgrade = on_upgrade;
	dongle = calloc(1, sizeof *dongle);
	face = calloc(1, sizeof *face);
	if (!dongle_init(dongle, &start, 0, random, &error))
		fail_msg("%s", error.text);
	znp_face_init(face, &settings, 0);
	face->say = say;
	znp_face_formed(face, 0x1A62, 5, 15, key);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(dongle);
	free(face);
	return 0;
}

static void open_line(void)
{
	dongle_opened(dongle, now_ns);
	send_unsent();
	advance(now_ns + 20 * S);
	assert_true(dongle->up);
}

static void meters(int64_t turnaround_ns, int64_t loss_ppm)
{
	int i;

	for (i = 0; i < METERS; i++)
		add_meter(i, turnaround_ns, loss_ppm, 0);
	open_line();
}

static void whole_image(int slot)
{
	assert_int_equal(heard[slot].transferred, 1);
	assert_int_equal(heard[slot].failed, 0);
	assert_int_equal(heard[slot].first_blocks, 1);
	assert_memory_equal(memories[slot], image, image_size);
}

static void all_meters_are_upgraded_and_say_so(void **state)
{
	int i;

	(void)state;
	meters(20 * MS, 0);
	for (i = 0; i < METERS; i++)
		ask(i, ASK_VERSION);
	advance(now_ns + 30 * S);
	for (i = 0; i < METERS; i++) {
		assert_string_equal(heard[i].version, "0002012F");
		ask(i, ASK_TRANSFER);
	}
	advance(now_ns + 300 * S);
	for (i = 0; i < METERS; i++)
		whole_image(i);
	advance(now_ns + 600 * S); /* nobody activates by itself */
	for (i = 0; i < METERS; i++)
		assert_int_equal(face->devices[i].version, OLD);
	for (i = 0; i < METERS; i += 2)
		ask(i, ASK_ACTIVATE);
	advance(now_ns + 60 * S);
	for (i = 0; i < METERS; i++) {
		assert_int_equal(heard[i].accepted, i % 2 == 0);
		assert_int_equal(face->devices[i].version, i % 2 == 0 ? NEW : OLD);
		ask(i, ASK_VERSION);
	}
	advance(now_ns + 30 * S);
	for (i = 0; i < METERS; i++)
		assert_string_equal(heard[i].version, i % 2 == 0 ? "00020130" : "0002012F");
	ask(0, ASK_ACTIVATE);
	assert_int_equal(heard[0].sent, 1); /* never twice */
	assert_int_equal(heard[0].failed, 1);
}

static void a_meter_counts_down_by_itself_when_it_is_told_to(void **state)
{
	(void)state;
	instrument.ota_activate_in_s = 120;
	meters(20 * MS, 0);
	ask(0, ASK_TRANSFER);
	advance(now_ns + 300 * S);
	whole_image(0);
	ask(0, ASK_ACTIVATE);
	advance(now_ns + 110 * S);
	assert_int_equal(heard[0].accepted, 1);
	assert_int_equal(face->devices[0].version, OLD);
	advance(now_ns + 20 * S);
	assert_int_equal(face->devices[0].version, NEW);
	assert_int_equal(heard[0].sent, 1);
}

/* facts/ota.md 3.7.1: another server gets no block across here. */
static void a_device_without_any_delay_completes(void **state)
{
	(void)state;
	meters(0, 0);
	ask(0, ASK_TRANSFER);
	advance(now_ns + 120 * S);
	whole_image(0);
}

static void one_frame_in_twenty_is_lost_and_nothing_of_the_image(void **state)
{
	int i;

	(void)state;
	meters(20 * MS, 50000);
	for (i = 0; i < METERS; i++)
		ask(i, ASK_TRANSFER);
	advance(now_ns + 3600 * S);
	for (i = 0; i < METERS; i++)
		whole_image(i);
}

static void all_transfer(int64_t ppm)
{
	int i;

	meters(20 * MS, 0);
	spoilt_ppm = ppm;
	for (i = 0; i < METERS; i++)
		ask(i, ASK_TRANSFER);
	advance(now_ns + 48 * 3600 * S);
}

static void one_byte_in_500_is_spoilt_on_the_line_and_nothing_of_the_image(void **state)
{
	int i;

	(void)state;
	all_transfer(2000);
	for (i = 0; i < METERS; i++)
		whole_image(i);
}

/* Five times as many are too many for some; and that is no meter's fault. */
static void what_the_line_spoils_is_nobodys_image(void **state)
{
	int i;

	(void)state;
	all_transfer(10000);
	for (i = 0; i < METERS; i++) {
		assert_int_equal(heard[i].transferred + heard[i].failed, 1);
		if (heard[i].transferred)
			whole_image(i);
		else
			assert_int_equal(heard[i].fault, FAULT_RIG);
	}
}

static void a_dongle_that_hangs_is_reset_and_the_transfer_goes_on(void **state)
{
	(void)state;
	meters(20 * MS, 0);
	ask(0, ASK_TRANSFER);
	advance(now_ns + 5 * S);
	assert_int_equal(heard[0].first_blocks, 1);
	face->faults.hangs = true;
	advance(now_ns + 1800 * S);
	whole_image(0);
}

static void one_that_is_pulled_out_goes_on_when_it_is_back(void **state)
{
	(void)state;
	meters(20 * MS, 0);
	ask(0, ASK_TRANSFER);
	advance(now_ns + 5 * S);
	unplugged = true;
	dongle_lost(dongle, now_ns);
	advance(now_ns + 30 * S);
	znp_face_reset(face, now_ns);
	unplugged = false;
	open_line();
	advance(now_ns + 600 * S);
	whole_image(0);
}

static void a_liar_costs_his_own_transfer_only(void **state)
{
	static const unsigned lies[METERS] = {OTA_CLIENT_REPEATS, OTA_CLIENT_PAST_END, OTA_CLIENT_OTHER_IMAGE, OTA_CLIENT_NO_BLOCKS, OTA_CLIENT_TWICE, 0};
	int i;

	(void)state;
	for (i = 0; i < METERS; i++)
		add_meter(i, 20 * MS, 0, lies[i]);
	open_line();
	for (i = 0; i < METERS; i++)
		ask(i, ASK_TRANSFER);
	advance(now_ns + 3600 * S);
	assert_int_equal(heard[0].transferred, 0);
	assert_int_equal(heard[2].transferred, 0);
	assert_int_equal(heard[3].transferred, 0);
	whole_image(4);
	whole_image(5);
}

#define CASE_OF(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const uint8_t good_key[LINK_KEY_SIZE] = {0x66, 0xB6}, bad_key[LINK_KEY_SIZE] = {0x66, 0xB7};

static int begin_with_keys(void **state)
{
	int made;

	keys[0] = good_key;
	keys[1] = bad_key;
	made = begin(state);
	keys[0] = keys[1] = NULL;
	return made;
}

/* It was made with the key of its install code, and is not on the network yet. */
static void add_with_key(int index, const uint8_t key[LINK_KEY_SIZE])
{
	add_meter(index, 20 * MS, 0, 0);
	face->devices[index].joined = face->devices[index].settings.joined = false;
	face->devices[index].settings.has_link_key = true;
	memcpy(face->devices[index].settings.link_key, key, LINK_KEY_SIZE);
}

static void only_meters_whose_install_code_is_right_can_join(void **state)
{
	(void)state;
	add_with_key(0, good_key);
	add_with_key(1, good_key); /* the load sheet has another one */
	add_with_key(2, good_key); /* ... and of this one none */
	open_line();
	advance(now_ns + 60 * S);
	assert_true(face->devices[0].joined);
	assert_false(face->devices[1].joined || face->devices[2].joined);
	ask(0, ASK_TRANSFER);
	advance(now_ns + 300 * S);
	whole_image(0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(all_meters_are_upgraded_and_say_so),
		CASE_OF(a_meter_counts_down_by_itself_when_it_is_told_to),
		CASE_OF(a_device_without_any_delay_completes),
		CASE_OF(one_frame_in_twenty_is_lost_and_nothing_of_the_image),
		CASE_OF(one_byte_in_500_is_spoilt_on_the_line_and_nothing_of_the_image),
		CASE_OF(what_the_line_spoils_is_nobodys_image),
		CASE_OF(a_dongle_that_hangs_is_reset_and_the_transfer_goes_on),
		CASE_OF(one_that_is_pulled_out_goes_on_when_it_is_back),
		CASE_OF(a_liar_costs_his_own_transfer_only),
		cmocka_unit_test_setup_teardown(only_meters_whose_install_code_is_right_can_join, begin_with_keys, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
