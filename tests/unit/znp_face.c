/*
 * The simulated dongle in virtual time: what a host asks of it and hears, networks, devices, and what the air and the firmware do to
 * frames (facts/ota.md 1); and whole upgrades by the OTA server that ships, through it, with losses.
 */

#include "drivers/sim/face/znp_face.h"
#include "drivers/zigbee/ota_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define HEARD_MAX 64
#define IMAGE_SIZE 3000
#define OLD 0x0002012F
#define NEW 0x00020130
#define METER UINT64_C(0x00124B0000000A01)

static struct znp_face face;
static struct znp_face_settings settings;
static struct znp_device_settings meter;
static uint8_t image[IMAGE_SIZE], memories[ZNP_DEVICES_MAX][4096];
static const struct ota_offer offer = {image, IMAGE_SIZE, 0xAB01, 0x010A, NEW, false, 0, 0};
static int64_t now_ns;
/* What the host has heard and not looked at yet. */
static struct mt_frame heard[HEARD_MAX];
static int heard_count;
static struct mt_frame got; /* what was looked for last */
/* A host that serves: NULL, nobody does. */
static struct ota_server *server;
static uint8_t transaction;
static int held;
static int64_t confirms[256];     /* by status */
static int sent_to[256];          /* by transaction */
static size_t sent_offset[256];

static void put32(size_t at, uint32_t value)
{
	size_t i;

	for (i = 0; i < 4; i++)
		image[at + i] = (uint8_t)(value >> 8 * i);
}

static void hear(void *self, const void *bytes, size_t size)
{
	struct mt_frame frame;
	size_t used;

	(void)self;
	assert_int_equal(mt_get(&frame, bytes, size, &used), MT_DONE);
	assert_int_equal(used, size);
	assert_true(heard_count < HEARD_MAX);
	heard[heard_count++] = frame;
}

static int begin(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 11 + i / 256);
	put32(0, 0x0BEEF11E);
	put32(4, 0x00380100);
	put32(8, 0xAB010000);
	put32(12, 0x0130010A);
	put32(16, 0x00020002);
	put32(52, IMAGE_SIZE);
	settings = (struct znp_face_settings){.product = ZNP_3_X_0, .ieee = UINT64_C(0x00124B0012345678), .answer_ns = {1 * MS, 2 * MS}, .seed = 5};
	meter = (struct znp_device_settings){
		.ieee = METER, .manufacturer = 0xAB01, .maker = "Maker", .model = "Meter", .router = true, .endpoint_count = 1,
		.endpoints = {{.endpoint = 10, .profile = 0x0109, .device = 0x0500, .in_count = 2, .in = {0x0000, 0x0702}, .out_count = 1,
			       .out = {0x0019}}},
		.has_ota = true, .ota_endpoint = 10, .ota_profile = 0x0109, .version = OLD, .joined = true, .latency_ns = {4 * MS, 9 * MS},
		.ota = {.manufacturer = 0xAB01, .type = 0x010A, .turnaround_ns = 5 * MS, .verify_ns = 1 * S}, .memory_size = sizeof memories[0]};
	now_ns = 1000 * S;
	heard_count = held = 0;
	server = NULL;
	transaction = 0;
	return 0;
}

static void start(void)
{
	znp_face_init(&face, &settings, now_ns);
	face.say = hear;
}

static int add(struct znp_device_settings *device)
{
	device->memory = memories[face.device_count];
	return znp_face_add(&face, device, now_ns);
}

/* ---- The host ---- */

static void say(uint8_t type, uint8_t subsystem, uint8_t command, const void *data, size_t size)
{
	struct mt_frame frame = {.type = type, .subsystem = subsystem, .command = command, .size = (uint8_t)size};
	uint8_t bytes[MT_FRAME_MAX];

	if (size > 0)
		memcpy(frame.data, data, size);
	size = mt_put(&frame, bytes);
	znp_face_step(&face, now_ns, bytes, size);
}

static void send(const struct ota_answer *answer)
{
	uint8_t bytes[MT_DATA_MAX];
	struct octets_out out = octets_out(bytes, sizeof bytes);
	struct znp_device *device = &face.devices[answer->device];

	octets_put(&out, device->node.address, 2);
	octets_put(&out, answer->endpoint, 1);
	octets_put(&out, 6, 1);
	octets_put(&out, ZCL_CLUSTER_OTA, 2);
	octets_put(&out, ++transaction, 1);
	sent_to[transaction] = answer->device;
	sent_offset[transaction] = answer->offset;
	octets_put(&out, answer->acknowledged ? 0x10 : 0, 1);
	octets_put(&out, 30, 1);
	octets_put(&out, answer->size, 1);
	octets_put_bytes(&out, answer->bytes, answer->size);
	say(MT_SREQ, MT_AF, 0x01, bytes, out.at);
}

static void serve(const struct mt_frame *frame)
{
	struct octets_in in = octets_in(frame->data, frame->size);
	struct ota_answer answer;
	struct ota_told told;
	uint16_t cluster, address;
	uint8_t endpoint, size;
	const uint8_t *bytes;
	int device;

	(void)octets_get16(&in);
	cluster = octets_get16(&in);
	address = octets_get16(&in);
	endpoint = octets_get8(&in);
	(void)octets_take(&in, 9);
	size = octets_get8(&in);
	bytes = octets_take(&in, size);
	assert_int_equal(octets_left(&in), 3); /* MAC source and radius (facts/ota.md 1.4) */
	if (cluster != ZCL_CLUSTER_OTA)
		return;
	for (device = 0; device < face.device_count && face.devices[device].node.address != address; device++)
		;
	assert_true(device < face.device_count);
	ota_server_take(server, now_ns, device, endpoint, bytes, size, &answer, &told);
	held += told.event == OTA_HOLDS;
	if (answer.size > 0)
		send(&answer);
}

static void take_heard(void)
{
	int i;

	for (i = 0; i < heard_count; i++) {
		const struct mt_frame frame = heard[i];

		if (mt_code(&frame) == 0x4481) {
			serve(&frame);
			assert_int_equal(mt_code(&heard[i]), 0x4481);
		} else if (mt_code(&frame) == 0x4480) {
			confirms[frame.data[0]]++;
			ota_server_sent(server, sent_to[frame.data[2]], sent_offset[frame.data[2]], frame.data[0] == ZNP_SUCCESS);
		}
	}
	heard_count = 0;
}

static void run_until(int64_t until_ns)
{
	int64_t next_ns;

	while ((next_ns = znp_face_next(&face)) <= until_ns) {
		if (next_ns > now_ns)
			now_ns = next_ns;
		znp_face_step(&face, now_ns, NULL, 0);
		if (server)
			take_heard();
	}
	now_ns = until_ns;
	znp_face_step(&face, now_ns, NULL, 0);
}

/* The next frame of this kind into `got`; the others stay. */
static bool hears(uint16_t code)
{
	int i;

	for (i = 0; i < heard_count && mt_code(&heard[i]) != code; i++)
		;
	if (i == heard_count)
		return false;
	got = heard[i];
	memmove(heard + i, heard + i + 1, (size_t)(heard_count - i - 1) * sizeof *heard);
	heard_count--;
	return true;
}

static bool hears_within(uint16_t code, int64_t time_ns)
{
	run_until(now_ns + time_ns);
	return hears(code);
}

/* Its answer into `got`. */
static void ask(uint8_t subsystem, uint8_t command, const char *data, size_t size)
{
	say(MT_SREQ, subsystem, command, data, size);
	run_until(now_ns + 2 * MS);
	assert_true(hears((uint16_t)(MT_SRSP << 13 | subsystem << 8 | command)));
}

#define ASK(subsystem, command, data) ask(subsystem, command, data, sizeof(data) - 1)
#define GOT(bytes) (assert_int_equal(got.size, sizeof(bytes) - 1), assert_memory_equal(got.data, bytes, sizeof(bytes) - 1))

static void boot(void)
{
	start();
	run_until(now_ns + 1 * S);
	assert_true(hears(0x4180));
	GOT("\x00\x02\x01\x02\x07\x01");
}

static void boot_formed(void)
{
	static const uint8_t key[16] = {1, 2, 3};

	start();
	znp_face_formed(&face, 0x1A62, UINT64_C(0xDDDDDDDDDDDDDDDD), 15, key);
	run_until(now_ns + 1 * S);
	assert_true(hears(0x4180));
	ASK(MT_ZDO, 0x40, "\x64\x00");
	GOT("\x00");
	assert_true(hears_within(0x45C0, 1 * S));
	GOT("\x08");
	assert_true(hears(0x45C0));
	GOT("\x09");
}

static void register_server(void)
{
	ASK(MT_AF, 0x00, "\x06\x09\x01\x05\x00\x00\x00\x01\x19\x00\x00");
	GOT("\x00");
}

/* ---- The dongle ---- */

static void a_ping_is_answered(void **state)
{
	(void)state;
	boot();
	ASK(MT_SYS, 0x01, "");
	GOT("\x59\x06");
	ASK(MT_SYS, 0x02, "");
	GOT("\x02\x01\x02\x07\x01\x6B\xB1\x34\x01");
	ASK(MT_SYS, 0x04, "");
	GOT("\x78\x56\x34\x12\x00\x4B\x12\x00");
}

static void z_stack_1_2_is_older(void **state)
{
	(void)state;
	settings.product = ZNP_1_2;
	start();
	run_until(now_ns + 1 * S);
	assert_true(hears(0x4180));
	GOT("\x00\x02\x00\x02\x06\x01");
	ASK(MT_SYS, 0x01, "");
	GOT("\x79\x01");
	say(MT_SREQ, MT_APP_CNF, 0x05, "\x04", 1);
	assert_true(hears_within(0x6000, 2 * MS));
	GOT("\x01\x2F\x05");
	ASK(MT_SYS, 0x13, "\x82\x00");
	GOT("\x15\x00"); /* its structs are not aligned */
	ASK(MT_SAPI, 0x05, "\x62\x02\xAA\xBB");
	GOT("\x00");
	ASK(MT_SAPI, 0x04, "\x62");
	GOT("\x00\x62\x02\xAA\xBB");
	ASK(MT_ZDO, 0x40, "\x64\x00");
	GOT("\x01"); /* it forms without BDB */
	run_until(now_ns + 5 * S);
	ASK(MT_SYS, 0x13, "\x21\x00");
	GOT("\x6E\x00");
}

static void what_it_does_not_know_gets_the_rpc_error(void **state)
{
	(void)state;
	boot();
	say(MT_SREQ, MT_SYS, 0x77, "", 0);
	assert_true(hears_within(0x6000, 2 * MS));
	GOT("\x02\x21\x77");
	say(MT_SREQ, 0x15, 0x01, "", 0);
	assert_true(hears_within(0x6000, 2 * MS));
	GOT("\x01\x35\x01");
	say(MT_SREQ, MT_AF, 0x01, "\x00", 1);
	assert_true(hears_within(0x6000, 2 * MS));
	GOT("\x04\x24\x01");
	assert_int_equal(face.counts.unknown, 3);
}

static void its_memory_outlives_resets(void **state)
{
	(void)state;
	boot();
	ASK(MT_SYS, 0x08, "\x55\x00\x00");
	GOT("\x02\x00"); /* there is none */
	ASK(MT_SYS, 0x13, "\x55\x00");
	GOT("\x00\x00");
	ASK(MT_SYS, 0x07, "\x55\x00\x04\x00\x02\x0A\x0B");
	GOT("\x09");
	ASK(MT_SYS, 0x07, "\x55\x00\x04\x00\x02\x0C\x0D");
	GOT("\x00");
	ASK(MT_SYS, 0x1D, "\x55\x00\x03\x00\x01\x00\x07");
	GOT("\x00");
	ASK(MT_SYS, 0x09, "\x55\x00\x03\x02\x07\x07");
	GOT("\x02"); /* past its end */
	ASK(MT_SYS, 0x30, "\x01\x04\x00\x02\x00\x03\x00\x00\x00");
	GOT("\x00");
	ASK(MT_SYS, 0x34, "\x01\x04\x00\x02\x00\x01\x00\x01\x05");
	GOT("\x00");
	say(MT_AREQ, MT_SYS, 0x00, "\x01", 1);
	assert_true(hears_within(0x4180, 1 * S));
	GOT("\x01\x02\x01\x02\x07\x01");
	ASK(MT_SYS, 0x1C, "\x55\x00\x01\x00");
	GOT("\x00\x03\x0B\x00\x07");
	ASK(MT_SYS, 0x33, "\x01\x04\x00\x02\x00\x00\x00\x03");
	GOT("\x00\x03\x00\x05\x00");
	ASK(MT_SYS, 0x12, "\x55\x00\x05\x00");
	GOT("\x0C");
	ASK(MT_SYS, 0x12, "\x55\x00\x04\x00");
	GOT("\x00");
	ASK(MT_SYS, 0x12, "\x55\x00\x04\x00");
	GOT("\x09");
}

static void forming_takes_a_while_and_is_remembered(void **state)
{
	(void)state;
	boot();
	ASK(MT_ZDO, 0x40, "\x64\x00");
	GOT("\x02"); /* nothing to resume */
	ASK(MT_SYS, 0x09, "\x83\x00\x00\x02\x62\x1A");
	GOT("\x00");
	ASK(MT_APP_CNF, 0x08, "\x01\x00\x80\x00\x00");
	ASK(MT_APP_CNF, 0x05, "\x04");
	GOT("\x00");
	run_until(now_ns + 2 * S);
	assert_true(hears(0x45C0));
	GOT("\x08");
	ASK(MT_UTIL, 0x00, "");
	assert_int_equal(got.data[12], 8);
	assert_true(hears_within(0x45C0, 2 * S));
	GOT("\x09");
	assert_true(hears(0x4F80));
	ASK(MT_ZDO, 0x50, "");
	GOT("\x00\x00\x09\x62\x1A\x00\x00\x78\x56\x34\x12\x00\x4B\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0F");
	ASK(MT_SYS, 0x13, "\x21\x00");
	GOT("\x74\x00"); /* 116 bytes */
	ASK(MT_SYS, 0x08, "\x21\x00\x18");
	assert_int_equal(got.data[2], 15);     /* channel */
	assert_memory_equal(got.data + 2 + 36 - 24, "\x62\x1A", 2);
	say(MT_AREQ, MT_SYS, 0x00, "\x00", 1);
	assert_true(hears_within(0x4180, 1 * S));
	ASK(MT_ZDO, 0x40, "\x64\x00");
	GOT("\x00");
}

static void startup_option_clears_the_network(void **state)
{
	(void)state;
	boot_formed();
	ASK(MT_SYS, 0x09, "\x03\x00\x00\x01\x03");
	say(MT_AREQ, MT_SYS, 0x00, "\x01", 1);
	run_until(now_ns + 1 * S);
	ASK(MT_SYS, 0x13, "\x21\x00");
	GOT("\x00\x00");
	ASK(MT_SYS, 0x08, "\x03\x00\x00");
	GOT("\x00\x01\x00");
}

static void the_boot_loader_waits_for_its_byte(void **state)
{
	static const uint8_t go = 0xEF;

	(void)state;
	settings.boot_loader = true;
	start();
	run_until(now_ns + 100 * S);
	say(MT_SREQ, MT_SYS, 0x01, "", 0);
	run_until(now_ns + 1 * S);
	assert_int_equal(heard_count, 0);
	znp_face_step(&face, now_ns, &go, 1);
	assert_true(hears_within(0x4180, 1 * S));
	ASK(MT_SYS, 0x01, "");
}

static void one_that_hangs_wants_a_reset(void **state)
{
	(void)state;
	boot();
	face.faults.hangs = true;
	say(MT_SREQ, MT_SYS, 0x01, "", 0);
	run_until(now_ns + 100 * S);
	assert_int_equal(heard_count, 0);
	say(MT_AREQ, MT_SYS, 0x00, "\x00", 1);
	assert_true(hears_within(0x4180, 1 * S));
	face.faults.hangs_hard = true;
	say(MT_AREQ, MT_SYS, 0x00, "\x00", 1);
	run_until(now_ns + 100 * S);
	assert_int_equal(heard_count, 0);
	znp_face_reset(&face, now_ns);
	assert_true(hears_within(0x4180, 1 * S));
	ASK(MT_SYS, 0x01, "");
}

static void requests_are_answered_one_after_the_other(void **state)
{
	(void)state;
	settings.answer_ns = (struct draw_range){50 * MS, 50 * MS};
	boot();
	say(MT_SREQ, MT_SYS, 0x01, "", 0);
	say(MT_SREQ, MT_SYS, 0x04, "", 0);
	run_until(now_ns + 60 * MS);
	assert_int_equal(heard_count, 1);
	run_until(now_ns + 40 * MS);
	assert_true(hears(0x6101));
	assert_true(hears(0x6104));
}

/* ---- Devices ---- */

static void a_device_joins_while_it_is_permitted(void **state)
{
	uint8_t address[2];

	(void)state;
	boot_formed();
	meter.joined = false;
	meter.join_ns = 2 * S;
	add(&meter);
	run_until(now_ns + 100 * S);
	assert_int_equal(heard_count, 0);
	ASK(MT_ZDO, 0x36, "\x0F\xFC\xFF\x3C\x01");
	GOT("\x00");
	run_until(now_ns + 1 * S);
	assert_true(hears(0x45B6));
	GOT("\x00\x00\x00");
	assert_true(hears(0x45CB));
	GOT("\x3C");
	assert_true(hears_within(0x45CA, 2 * S));
	memcpy(address, got.data, 2);
	assert_memory_equal(got.data + 2, "\x01\x0A\x00\x00\x00\x4B\x12\x00", 8);
	assert_true(hears_within(0x45C1, 1 * S));
	assert_int_equal(got.size, 13);
	assert_memory_equal(got.data + 2, address, 2);
	assert_true(hears_within(0x45CB, 60 * S));
	GOT("\x00");
}

static void one_that_gets_power_while_joining_is_permitted_joins(void **state)
{
	(void)state;
	boot_formed();
	meter.joined = false;
	meter.join_ns = 2 * S;
	add(&meter);
	znp_face_power(&face, now_ns, 0, false, OLD);
	ASK(MT_ZDO, 0x36, "\x0F\xFC\xFF\x3C\x01");
	run_until(now_ns + 10 * S);
	assert_false(hears(0x45CA));
	znp_face_power(&face, now_ns, 0, true, OLD);
	assert_true(hears_within(0x45CA, 3 * S));
	assert_true(face.devices[0].joined);
	znp_face_power(&face, now_ns, 0, false, OLD);
	heard_count = 0;
	znp_face_power(&face, now_ns, 0, true, OLD);
	run_until(now_ns + 10 * S);
	assert_false(hears(0x45CA)); /* it has a network now */
}

/* A request with the meter's address twice at its front. */
static void ask_of(uint8_t command, const char *rest, size_t size)
{
	char bytes[32];
	uint16_t address = face.devices[0].node.address;

	bytes[0] = bytes[2] = (char)address;
	bytes[1] = bytes[3] = (char)(address >> 8);
	memcpy(bytes + 4, rest, size);
	ask(MT_ZDO, command, bytes, 4 + size);
	assert_int_equal(got.data[0], ZNP_SUCCESS);
	assert_true(hears_within((uint16_t)(0x4580 | command), 100 * MS));
	assert_memory_equal(got.data, bytes, 2);
	assert_int_equal(got.data[2], ZDO_SUCCESS);
}

static void a_device_describes_itself(void **state)
{
	(void)state;
	meter.address = 0x1234;
	boot_formed();
	add(&meter);
	ask_of(0x02, "", 0);
	assert_int_equal(got.size, 5 + 13);
	assert_memory_equal(got.data + 5, "\x01\x40\x8E\x01\xAB", 5);
	ask_of(0x05, "", 0);
	GOT("\x34\x12\x00\x34\x12\x01\x0A");
	ask_of(0x04, "\x0A", 1);
	GOT("\x34\x12\x00\x34\x12\x0E\x0A\x09\x01\x00\x05\x00\x02\x00\x00\x02\x07\x01\x19\x00");
	ask_of(0x06, "\x09\x01\x01\x02\x07\x00", 6);
	GOT("\x34\x12\x00\x34\x12\x01\x0A");
	ASK(MT_ZDO, 0x00, "\x01\x0A\x00\x00\x00\x4B\x12\x00\x00\x00");
	assert_true(hears_within(0x4580, 100 * MS));
	GOT("\x00\x01\x0A\x00\x00\x00\x4B\x12\x00\x34\x12\x00\x00");
	ASK(MT_ZDO, 0x01, "\x34\x12\x00\x00");
	assert_true(hears_within(0x4581, 100 * MS));
	GOT("\x00\x01\x0A\x00\x00\x00\x4B\x12\x00\x34\x12\x00\x00");
}

static void the_dongle_describes_itself(void **state)
{
	(void)state;
	boot_formed();
	register_server();
	ASK(MT_AF, 0x00, "\x06\x09\x01\x05\x00\x00\x00\x00\x00");
	GOT("\xB8");
	ASK(MT_ZDO, 0x05, "\x00\x00\x00\x00");
	assert_true(hears_within(0x4585, 100 * MS));
	GOT("\x00\x00\x00\x00\x00\x01\x06");
	ASK(MT_AF, 0x04, "\x06");
	GOT("\x00");
	ASK(MT_ZDO, 0x05, "\x00\x00\x00\x00");
	assert_true(hears_within(0x4585, 100 * MS));
	GOT("\x00\x00\x00\x00\x00\x00");
}

static void a_device_leaves_when_told(void **state)
{
	(void)state;
	meter.address = 0x1234;
	boot_formed();
	add(&meter);
	ASK(MT_ZDO, 0x34, "\x34\x12\x01\x0A\x00\x00\x00\x4B\x12\x00\x00");
	assert_true(hears_within(0x45C9, 100 * MS));
	assert_int_equal(got.size, 13);
	ASK(MT_AF, 0x00, "\x06\x09\x01\x05\x00\x00\x00\x00\x00");
	ASK(MT_AF, 0x01, "\x34\x12\x0A\x06\x00\x00\x07\x10\x1E\x03\x00\x01\x00");
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xCD\x06\x07"); /* no route */
}

/* A read of its model, without its endpoint's being asked who it is. */
static void read_model(const char *options)
{
	char bytes[16] = "\x34\x12\x0A\x06\x00\x00\x07?\x1E\x05\x00\x2A\x00\x05\x00";

	bytes[7] = options[0];
	ask(MT_AF, 0x01, bytes, 15);
	GOT("\x00");
}

static void begin_reading(void)
{
	meter.address = 0x1234;
	meter.has_ota = false;
	boot_formed();
	add(&meter);
	register_server();
}

static void attributes_can_be_read(void **state)
{
	(void)state;
	begin_reading();
	read_model("\x10");
	assert_true(hears_within(0x4481, 100 * MS));
	assert_int_equal(got.size, 17 + 13 + 3 - 0);
	assert_memory_equal(got.data + 2, "\x00\x00\x34\x12\x0A\x06\x00", 7);
	assert_memory_equal(got.data + 17, "\x18\x2A\x01\x05\x00\x00\x42\x05Meter", 13);
	assert_memory_equal(got.data + 30, "\x34\x12\x1E", 3);
	assert_true(hears(0x4480));
	GOT("\x00\x06\x07");
}

static void what_is_lost_is_confirmed_as_lost(void **state)
{
	(void)state;
	meter.loss_to_ppm = 1000000;
	begin_reading();
	read_model("\x00");
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xE9\x06\x07");
	read_model("\x10");
	assert_false(hears_within(0x4480, 3 * S));
	assert_true(hears_within(0x4480, 3 * S));
	GOT("\xB7\x06\x07");
	face.devices[0].settings.hops = 2; /* only the first hop is known of */
	read_model("\x00");
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\x00\x06\x07");
}

static void a_busy_air_is_confirmed_as_such(void **state)
{
	(void)state;
	begin_reading();
	face.faults.busy_air_ppm = 1000000;
	read_model("\x10");
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xE1\x06\x07");
	assert_false(hears(0x4481));
}

static void an_answer_can_arrive_and_its_acknowledgement_not(void **state)
{
	(void)state;
	meter.loss_from_ppm = 1000000;
	begin_reading();
	read_model("\x10");
	assert_true(hears_within(0x4480, 10 * S));
	GOT("\xB7\x06\x07");
	assert_int_equal(face.counts.lost, 1); /* the device's answer; it took the question once */
}

static void too_long_a_frame_is_not_sent(void **state)
{
	char bytes[11 + 83] = "\x34\x12\x0A\x06\x19\x00\x07\x10\x1E";

	(void)state;
	begin_reading();
	bytes[9] = 83;
	ask(MT_AF, 0x01, bytes, 10 + 83);
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xE5\x06\x07");
	bytes[9] = 82;
	ask(MT_AF, 0x01, bytes, 10 + 82);
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\x00\x06\x07");
	bytes[7] = 0x50; /* encrypted */
	ask(MT_AF, 0x01, bytes, 10 + 82);
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xE5\x06\x07");
}

static void a_sleeper_fetches_or_it_expires(void **state)
{
	(void)state;
	meter.sleepy = true;
	meter.router = false;
	meter.poll_ns = 7 * S;
	begin_reading();
	read_model("\x10");
	assert_true(hears_within(0x4480, 7 * S + 100 * MS));
	GOT("\x00\x06\x07");
	assert_true(hears(0x4481));
	face.devices[0].settings.poll_ns = 100 * S;
	read_model("\x10");
	read_model("\x10");
	read_model("\x10");
	read_model("\x10"); /* one too many */
	assert_true(hears_within(0x4480, 1 * S));
	GOT("\xF1\x06\x07");
	assert_true(hears_within(0x4480, 8 * S));
	GOT("\xF0\x06\x07");
	assert_int_equal(face.counts.expired, 3);
}

static void a_full_dongle_refuses(void **state)
{
	(void)state;
	begin_reading();
	face.faults.buffer_full_until_ns = now_ns + 5 * S;
	ASK(MT_AF, 0x01, "\x34\x12\x0A\x06\x00\x00\x07\x10\x1E\x05\x00\x2A\x00\x05\x00");
	GOT("\x11");
	assert_false(hears_within(0x4480, 5 * S));
	read_model("\x10");
}

static void only_one_who_registered_may_send(void **state)
{
	(void)state;
	begin_reading();
	ASK(MT_AF, 0x01, "\x34\x12\x0A\x07\x00\x00\x07\x10\x1E\x05\x00\x2A\x00\x05\x00");
	GOT("\x02");
	ASK(MT_AF, 0x02, "\x03\x01\x0A\x00\x00\x00\x4B\x12\x00\x0A\x00\x00\x06\x00\x00\x08\x10\x1E\x05\x00\x00\x2A\x00\x05\x00");
	GOT("\x00"); /* by its long address */
	assert_true(hears_within(0x4480, 100 * MS));
	GOT("\x00\x06\x08");
	assert_true(hears(0x4481));
}

static void indications_can_be_missing(void **state)
{
	(void)state;
	begin_reading();
	face.faults.lose_confirm_ppm = 1000000;
	read_model("\x10");
	assert_false(hears_within(0x4480, 10 * S));
	assert_true(hears(0x4481));
	face.faults = (struct znp_faults){.lose_incoming_ppm = 1000000};
	read_model("\x10");
	assert_true(hears_within(0x4480, 10 * S));
	assert_false(hears(0x4481));
	face.faults = (struct znp_faults){.late_confirm_ppm = 1000000, .late_confirm_ns = {9 * S, 9 * S}};
	read_model("\x10");
	assert_false(hears_within(0x4480, 9 * S));
	assert_true(hears_within(0x4480, 1 * S));
	face.faults = (struct znp_faults){.lose_answer_ppm = 1000000};
	say(MT_SREQ, MT_SYS, 0x01, "", 0);
	assert_false(hears_within(0x6101, 10 * S));
}

static void a_device_finds_its_server_by_itself(void **state)
{
	(void)state;
	meter.address = 0x1234;
	boot_formed();
	register_server();
	add(&meter);
	run_until(now_ns + 1 * S);
	assert_true(hears(0x45C2));
	GOT("\x34\x12\x01\x19\x00\x00");
	assert_true(hears(0x4481));
	assert_memory_equal(got.data + 2, "\x19\x00\x34\x12\x0A\x06", 6);
	assert_int_equal(got.data[19], OTA_QUERY_NEXT_REQUEST);
}

static void zdo_frames_come_raw_where_asked_for(void **state)
{
	(void)state;
	begin_reading();
	ASK(MT_ZDO, 0x3E, "\xFF\xFF");
	GOT("\x00");
	ask_of(0x05, "", 0);
	assert_true(hears(0x45FF));
	assert_int_equal(got.size, 9 + 5);
	assert_memory_equal(got.data, "\x34\x12\x00\x05\x80\x00", 6);
	assert_memory_equal(got.data + 9, "\x00\x34\x12\x01\x0A", 5);
}

/* ---- Upgrades ---- */

static void serve_all(struct ota_server *with, int count)
{
	int i;

	memset(confirms, 0, sizeof confirms);
	boot_formed();
	register_server();
	heard_count = 0;
	ota_server_init(with, 4);
	server = with;
	for (i = 0; i < count; i++) {
		assert_int_equal(add(&meter), i);
		meter.ieee++;
		meter.address = 0;
		assert_int_equal(ota_server_add(with, face.devices[i].settings.ieee, OTA_BLOCK_MOST), i);
		ota_server_offer(with, i, &offer, false);
	}
}

static void all_have_it(int count)
{
	int i;

	for (i = 0; i < count; i++) {
		assert_int_equal(face.devices[i].client.state, OTA_CLIENT_HOLDS);
		assert_memory_equal(memories[i], image, IMAGE_SIZE);
	}
	assert_int_equal(held, count);
}

static struct ota_server a_server;

static void a_meter_is_upgraded_and_says_so(void **state)
{
	struct ota_answer answer;

	(void)state;
	meter.boots_itself = true;
	meter.boot_ns = 20 * S;
	serve_all(&a_server, 1);
	run_until(now_ns + 30 * S);
	all_have_it(1);
	assert_true(ota_server_release(&a_server, 0, a_server.devices[0].endpoint, 5, &answer));
	send(&answer);
	run_until(now_ns + 6 * S);
	assert_false(face.devices[0].on);
	server = NULL;
	heard_count = 0;
	assert_true(hears_within(0x45C1, 20 * S));
	assert_int_equal(face.devices[0].version, NEW);
	assert_true(hears_within(0x4481, 1 * S)); /* it asks, and says what it runs */
	assert_memory_equal(got.data + 17 + 3 + 1 + 4, "\x30\x01\x02\x00", 4);
}

static void no_turnaround_and_late_confirmations_cost_nothing(void **state)
{
	(void)state;
	meter.ota.turnaround_ns = 0;
	settings.confirm_ns = (struct draw_range){500 * MS, 500 * MS};
	serve_all(&a_server, 1);
	run_until(now_ns + 3 * S); /* 48 blocks; waiting for confirmations would take 24 s */
	all_have_it(1);
}

static void sixty_four_devices_with_losses_all_get_it(void **state)
{
	(void)state;
	meter.loss_to_ppm = meter.loss_from_ppm = 50000;
	meter.hops = 1;
	serve_all(&a_server, ZNP_DEVICES_MAX);
	face.faults.lose_confirm_ppm = 20000;
	face.faults.lose_incoming_ppm = 20000;
	assert_int_equal(add(&meter), -1);
	run_until(now_ns + 3600 * S);
	all_have_it(ZNP_DEVICES_MAX);
	assert_true(face.counts.lost > 100);
	assert_true(confirms[ZNP_SUCCESS] > 1000);
	assert_true(confirms[ZNP_NO_ACK] > 0);
	assert_true(confirms[ZNP_FRAME_TOO_LONG] >= 3 * ZNP_DEVICES_MAX); /* 63 bytes do not fit behind a relay; 50 do */
}

static void a_sleeper_is_upgraded(void **state)
{
	(void)state;
	meter.router = false;
	meter.sleepy = true;
	meter.poll_ns = 5 * S;
	serve_all(&a_server, 1);
	run_until(now_ns + 60 * S);
	all_have_it(1);
}

static void it_moves_in_mid_transfer(void **state)
{
	uint16_t before;

	(void)state;
	meter.ota.oddities = OTA_CLIENT_MOVES;
	serve_all(&a_server, 1);
	before = face.devices[0].node.address;
	run_until(now_ns + 60 * S);
	all_have_it(1);
	assert_int_not_equal(face.devices[0].node.address, before);
}

static void power_that_goes_leaves_what_was_fetched(void **state)
{
	uint32_t had;

	(void)state;
	serve_all(&a_server, 1);
	run_until(now_ns + 700 * MS);
	had = face.devices[0].client.offset;
	assert_in_range(had, 63, IMAGE_SIZE - 63);
	znp_face_power(&face, now_ns, 0, false, OLD);
	run_until(now_ns + 100 * S);
	assert_in_range(face.devices[0].client.offset, had, had + 63);
	znp_face_power(&face, now_ns, 0, true, OLD);
	run_until(now_ns + 60 * S);
	all_have_it(1);
}

static void a_dongle_that_is_reset_in_between_forgets_and_goes_on(void **state)
{
	(void)state;
	serve_all(&a_server, 1);
	run_until(now_ns + 700 * MS);
	znp_face_reset(&face, now_ns);
	run_until(now_ns + 5 * S);
	assert_true(face.devices[0].client.offset < IMAGE_SIZE);
	server = NULL;
	heard_count = 0;
	ASK(MT_ZDO, 0x40, "\x64\x00");
	run_until(now_ns + 1 * S);
	register_server();
	heard_count = 0;
	server = &a_server;
	run_until(now_ns + 60 * S);
	all_have_it(1);
}

/* One seed is one night; another is another. */
static uint64_t story(uint64_t seed)
{
	settings.seed = seed;
	meter.ieee = METER;
	now_ns = 1000 * S;
	held = 0;
	server = NULL;
	meter.loss_to_ppm = 100000;
	serve_all(&a_server, 3);
	run_until(now_ns + 300 * S);
	return (uint64_t)face.counts.lost << 32 ^ face.order;
}

static void the_same_seed_is_the_same_story(void **state)
{
	uint64_t first;

	(void)state;
	first = story(11);
	assert_true(first == story(11));
	assert_true(first != story(12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_ping_is_answered, begin),
		cmocka_unit_test_setup(z_stack_1_2_is_older, begin),
		cmocka_unit_test_setup(what_it_does_not_know_gets_the_rpc_error, begin),
		cmocka_unit_test_setup(its_memory_outlives_resets, begin),
		cmocka_unit_test_setup(forming_takes_a_while_and_is_remembered, begin),
		cmocka_unit_test_setup(startup_option_clears_the_network, begin),
		cmocka_unit_test_setup(the_boot_loader_waits_for_its_byte, begin),
		cmocka_unit_test_setup(one_that_hangs_wants_a_reset, begin),
		cmocka_unit_test_setup(requests_are_answered_one_after_the_other, begin),
		cmocka_unit_test_setup(a_device_joins_while_it_is_permitted, begin),
		cmocka_unit_test_setup(one_that_gets_power_while_joining_is_permitted_joins, begin),
		cmocka_unit_test_setup(a_device_describes_itself, begin),
		cmocka_unit_test_setup(the_dongle_describes_itself, begin),
		cmocka_unit_test_setup(a_device_leaves_when_told, begin),
		cmocka_unit_test_setup(attributes_can_be_read, begin),
		cmocka_unit_test_setup(what_is_lost_is_confirmed_as_lost, begin),
		cmocka_unit_test_setup(a_busy_air_is_confirmed_as_such, begin),
		cmocka_unit_test_setup(an_answer_can_arrive_and_its_acknowledgement_not, begin),
		cmocka_unit_test_setup(too_long_a_frame_is_not_sent, begin),
		cmocka_unit_test_setup(a_sleeper_fetches_or_it_expires, begin),
		cmocka_unit_test_setup(a_full_dongle_refuses, begin),
		cmocka_unit_test_setup(only_one_who_registered_may_send, begin),
		cmocka_unit_test_setup(indications_can_be_missing, begin),
		cmocka_unit_test_setup(a_device_finds_its_server_by_itself, begin),
		cmocka_unit_test_setup(zdo_frames_come_raw_where_asked_for, begin),
		cmocka_unit_test_setup(a_meter_is_upgraded_and_says_so, begin),
		cmocka_unit_test_setup(no_turnaround_and_late_confirmations_cost_nothing, begin),
		cmocka_unit_test_setup(sixty_four_devices_with_losses_all_get_it, begin),
		cmocka_unit_test_setup(a_sleeper_is_upgraded, begin),
		cmocka_unit_test_setup(it_moves_in_mid_transfer, begin),
		cmocka_unit_test_setup(power_that_goes_leaves_what_was_fetched, begin),
		cmocka_unit_test_setup(a_dongle_that_is_reset_in_between_forgets_and_goes_on, begin),
		cmocka_unit_test_setup(the_same_seed_is_the_same_story, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
