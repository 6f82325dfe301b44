/*
 * The host's side of a ZNP dongle, request by request: what it asks, in which order and by when, and what it makes of each answer. The
 * dongle here is the test's own hand; the one that plays a whole network is drivers/sim/face/znp_face.
 */

#include "drivers/zigbee/znp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define METER UINT64_C(0x00DB123456789010)
#define OTHER UINT64_C(0x00DB123456789011)

static const struct znp_settings settings = {
	.network = {.pan = 0x1A62, .extended_pan = UINT64_C(0x1122334455667788), .channels = 1U << 15, .key = {1, 3, 5, 7}},
	.endpoint_count = 2,
	.endpoints = {{1, 0x0104}, {6, 0x0109}},
};

static struct znp znp;
static struct znp_notice notice;
static struct mt_frame asked;
static int64_t now_ns;

static int begin(void **state)
{
	(void)state;
	znp_init(&znp, &settings);
	assert_true(znp_add_node(&znp, METER) && znp_add_node(&znp, OTHER));
	now_ns = 0;
	return 0;
}

/* The next frame that it has sent. */
static unsigned next_frame(void)
{
	size_t used;

	assert_true(znp.unsent_size > 0);
	assert_int_equal(mt_get(&asked, znp.unsent, znp.unsent_size, &used), MT_DONE);
	znp_sent_bytes(&znp, used);
	return mt_code(&asked);
}

static void is_silent(void)
{
	assert_int_equal(znp.unsent_size, 0);
}

static void say(unsigned code, const void *data, size_t size)
{
	struct mt_frame frame = {.type = (uint8_t)(code >> 13), .subsystem = code >> 8 & 0x1F, .command = code & 0xFF, .size = (uint8_t)size};
	uint8_t bytes[MT_FRAME_MAX];

	memcpy(frame.data, data, size);
	znp_heard(&znp, now_ns, bytes, mt_put(&frame, bytes));
}

#define SAY(code, ...) say(code, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* It asks this, and is answered so. */
#define ANSWER(code, ...) \
	do { \
		assert_int_equal(next_frame(), code); \
		SAY((code) | 0x4000, __VA_ARGS__); \
	} while (0)

static bool told(enum znp_notice_kind kind)
{
	while (znp_take(&znp, &notice))
		if (notice.kind == kind)
			return true;
	return false;
}

/* Moves on to the next deadline, which must be then. */
static void wait(int64_t until_ns)
{
	assert_int_equal(znp_deadline(&znp), until_ns);
	now_ns = until_ns;
	znp_tick(&znp, now_ns);
}

static void registered(void)
{
	ANSWER(0x2104, 0x4B, 1, 2, 3, 4, 5, 6, 7);
	ANSWER(0x2550, 0, 0, 9, 0x62, 0x1A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 15);
	ANSWER(0x2113, 0); /* its layout is none that is known: nothing more is read */
	ANSWER(0x2400, 0);
	ANSWER(0x2400, 0xB8); /* it has it already */
}

static void to_version(uint8_t product)
{
	ANSWER(0x2101, 0x59, 0x06);
	ANSWER(0x2102, 2, product, 2, 7, 1, 0x91, 0x00, 0x35, 0x01);
}

/* A dongle whose network runs. */
static void come_up(void)
{
	znp_opened(&znp, now_ns);
	to_version(1);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 116, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	registered();
	assert_true(told(ZNP_UP));
	is_silent();
}

/* Up to where the network's parameters are read: they are in its memory, beside keys, which are not. */
static void to_parameters(uint8_t product, uint8_t nib_size)
{
	znp_opened(&znp, now_ns);
	to_version(product);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 116, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	ANSWER(0x2104, 0x4B, 1, 2, 3, 4, 5, 6, 7);
	ANSWER(0x2550, 0, 0, 9, 0x62, 0x1A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 15);
	ANSWER(0x2113, nib_size, 0);
}

static void asked_for(uint16_t item, uint8_t offset)
{
	assert_int_equal(asked.data[0] | asked.data[1] << 8, item);
	assert_int_equal(asked.data[2], offset);
}

static void to_up(void)
{
	ANSWER(0x2400, 0);
	ANSWER(0x2400, 0);
	assert_true(told(ZNP_UP));
	assert_int_equal(znp.pan, 0x1A62);
	assert_true(znp.extended_pan == UINT64_C(0x0807060504030201));
}

static void a_table_has_the_frame_counter_of_3_x_0(void **state)
{
	(void)state;
	to_parameters(1, 116);
	ANSWER(0x2108, 0, 2, 7, 0);
	asked_for(0x0021, 114);
	ANSWER(0x2133, 0, 12, 9, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF); /* of another network */
	ANSWER(0x2133, 0, 12, 0x39, 0x30, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	assert_memory_equal(asked.data, ((const uint8_t[]){1, 7, 0, 1, 0, 0, 0, 12}), 8);
	to_up();
	assert_int_equal(znp.update_id, 7);
	assert_int_equal(znp.frame_counter, 12345);
}

static void items_have_that_of_3_0_x(void **state)
{
	(void)state;
	to_parameters(2, 110);
	ANSWER(0x2108, 0, 1, 2);
	asked_for(0x0021, 109);
	ANSWER(0x2108, 2, 0);
	asked_for(0x0075, 0);
	ANSWER(0x2108, 0, 12, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	asked_for(0x0076, 0);
	to_up();
	assert_int_equal(znp.update_id, 2);
	assert_int_equal(znp.frame_counter, 1);
}

/* What is asked for begins behind the key. */
static void that_of_1_2_stands_behind_the_key(void **state)
{
	(void)state;
	znp_opened(&znp, now_ns);
	to_version(0);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 110, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	ANSWER(0x2104, 0x4B, 1, 2, 3, 4, 5, 6, 7);
	ANSWER(0x2550, 0, 0, 9, 0x62, 0x1A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 15);
	ANSWER(0x2113, 110, 0);
	ANSWER(0x2108, 0, 1, 0);
	ANSWER(0x2108, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF);
	asked_for(0x0082, 17);
	to_up();
	assert_int_equal(znp.frame_counter, UINT32_MAX);
}

static void a_dongle_that_does_not_say_them_comes_up_too(void **state)
{
	int i;

	(void)state;
	to_parameters(1, 116);
	ANSWER(0x2108, 2, 0);
	for (i = 0; i < 4; i++)
		ANSWER(0x2133, 1, 0);
	to_up();
	assert_int_equal(znp.update_id, -1);
	assert_int_equal(znp.frame_counter, -1);
	(void)begin(NULL);
	to_parameters(1, 116);
	assert_int_equal(next_frame(), 0x2108);
	wait(now_ns + 6 * S); /* silent */
	to_up();
	(void)begin(NULL);
	to_parameters(1, 116);
	ANSWER(0x2108, 0, 1, 0);
	assert_int_equal(next_frame(), 0x2133);
	SAY(0x6000, 2, 0x21, 0x33); /* no such command */
	to_up();
	assert_int_equal(znp.frame_counter, -1);
}

static void announce(uint16_t short_address, uint64_t node)
{
	uint8_t data[13] = {(uint8_t)short_address, (uint8_t)(short_address >> 8), (uint8_t)short_address, (uint8_t)(short_address >> 8)};
	int i;

	for (i = 0; i < 8; i++)
		data[4 + i] = (uint8_t)(node >> 8 * i);
	say(0x45C1, data, sizeof data);
}

static bool message_to(uint64_t node, int64_t tag, bool answers)
{
	return znp_send(&znp, now_ns, &(struct znp_message){.node = node, .to_endpoint = 3, .from_endpoint = 6, .cluster = 0x0019, .tag = tag,
							    .acknowledged = true, .answers = answers, .size = 2, .bytes = {0xAA, 0xBB}});
}

static void a_network_that_runs_is_kept(void **state)
{
	(void)state;
	come_up();
	assert_non_null(strstr(notice.text, "3.x.0"));
	assert_non_null(strstr(notice.text, "PAN 1A62, channel 15, its network as before"));
	assert_int_equal(asked.data[0], 6);
	assert_int_equal(asked.data[1] | asked.data[2] << 8, 0x0109);
	assert_int_equal(asked.data[8] | asked.data[9] << 8, 0x0019); /* among its inputs */
}

static void one_that_does_not_run_is_started(void **state)
{
	(void)state;
	znp_opened(&znp, 0);
	to_version(1);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 116, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0xFE, 0xFF, 7, 0, 0);
	ANSWER(0x2540, 0);
	is_silent();
	SAY(0x45C0, 8); /* not yet */
	is_silent();
	SAY(0x45C0, 9);
	registered();
	assert_true(told(ZNP_UP));
}

static void a_new_dongle_gets_a_network(void **state)
{
	static const uint16_t items[] = {0x0003, 0x0087, 0x008F, 0x0084, 0x0083, 0x002D, 0x0063, 0x0062};
	size_t i;

	(void)state;
	znp_opened(&znp, 0);
	to_version(1);
	ANSWER(0x2108, 2, 0); /* no mark */
	ANSWER(0x2112, 0x0A); /* and no network to forget */
	ANSWER(0x2107, 9);
	assert_int_equal(asked.data[5], 3);
	ANSWER(0x2109, 0);
	assert_int_equal(next_frame(), 0x4100);
	is_silent();
	SAY(0x4180, 0, 2, 1, 2, 7, 1);
	for (i = 0; i < sizeof items / sizeof *items; i++) {
		ANSWER(0x2107, 0);
		assert_int_equal(asked.data[0] | asked.data[1] << 8, items[i]);
		ANSWER(0x2109, 0);
		assert_int_equal(asked.data[0] | asked.data[1] << 8, items[i]);
	}
	assert_int_equal(asked.data[3], 16);
	assert_memory_equal(asked.data + 4, settings.network.key, 16);
	ANSWER(0x2F08, 0);
	assert_int_equal(asked.data[0], 1);
	assert_int_equal(asked.data[2], 0x80); /* channel 15 */
	ANSWER(0x2F08, 0);
	ANSWER(0x2F05, 0);
	assert_int_equal(asked.data[0], 4);
	SAY(0x45C0, 9);
	ANSWER(0x2107, 9);
	ANSWER(0x2109, 0);
	assert_int_equal(asked.data[4], 0x55);
	registered();
	assert_true(told(ZNP_UP));
	assert_non_null(strstr(notice.text, "a new network"));
}

static void version_1_2_forms_by_starting(void **state)
{
	int i;

	(void)state;
	znp_opened(&znp, 0);
	to_version(0);
	ANSWER(0x2108, 2, 0);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x0F00);
	ANSWER(0x2112, 0);
	ANSWER(0x2107, 0);
	ANSWER(0x2109, 0);
	assert_int_equal(next_frame(), 0x4100);
	SAY(0x4180, 0, 2, 0, 2, 6, 3);
	for (i = 0; i < 8; i++) {
		ANSWER(0x2107, 0);
		ANSWER(0x2109, 0);
	}
	ANSWER(0x2605, 0);
	assert_int_equal(asked.data[0], 0x62);
	ANSWER(0x2540, 1);
	SAY(0x45C0, 9);
	ANSWER(0x2107, 9);
	ANSWER(0x2109, 0);
	registered();
	assert_true(told(ZNP_UP));
	assert_non_null(strstr(notice.text, "1.2"));
}

static void a_boot_loader_is_told_to_run(void **state)
{
	(void)state;
	znp_opened(&znp, 0);
	assert_int_equal(next_frame(), 0x2101);
	wait(250 * MS);
	assert_int_equal(znp.unsent_size, 1);
	assert_int_equal(znp.unsent[0], 0xEF);
	znp_sent_bytes(&znp, 1);
	wait(1250 * MS);
	to_version(1);
	assert_int_equal(next_frame(), 0x2108);
}

static void lines_reset_a_silent_dongle_where_they_may(void **state)
{
	static struct znp_settings with_lines;
	int i;

	(void)state;
	with_lines = settings;
	with_lines.reset_by_lines = true;
	znp.settings = &with_lines;
	znp_opened(&znp, 0);
	(void)next_frame();
	wait(250 * MS);
	znp_sent_bytes(&znp, 1);
	wait(1250 * MS);
	(void)next_frame();
	wait(1500 * MS);
	assert_int_equal(next_frame(), 0x4100); /* one that hangs may still hear this */
	wait(4500 * MS);
	(void)next_frame();
	wait(4750 * MS);
	for (i = 0; i < 3; i++) {
		assert_true(told(ZNP_LINES));
		assert_false(notice.dtr);
		assert_int_equal(notice.rts, i == 1);
		wait((4900 + i * 150) * MS);
	}
	to_version(1);
	assert_int_equal(next_frame(), 0x2108);
}

static void who_is_silent_is_told_and_asked_again(void **state)
{
	(void)state;
	znp_opened(&znp, 0);
	(void)next_frame();
	wait(250 * MS);
	znp_sent_bytes(&znp, 1);
	wait(1250 * MS);
	(void)next_frame();
	wait(1500 * MS);
	assert_int_equal(next_frame(), 0x4100);
	wait(4500 * MS);
	(void)next_frame();
	wait(4750 * MS);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "nobody answers"));
	is_silent();
	wait(9750 * MS);
	to_version(1);
}

static void what_refuses_a_step_is_told(void **state)
{
	(void)state;
	znp_opened(&znp, 0);
	to_version(1);
	ANSWER(0x2108, 2, 0);
	ANSWER(0x2112, 0);
	ANSWER(0x2107, 0);
	ANSWER(0x2109, 0x0C);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "0x0C"));
	wait(5 * S);
	assert_int_equal(next_frame(), 0x2101);
}

static void a_network_that_does_not_form_is_told(void **state)
{
	(void)state;
	a_new_dongle_gets_a_network(state); /* to know the way */
	(void)begin(state);
	znp_opened(&znp, 0);
	to_version(1);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 116, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0xFE, 0xFF, 7, 0, 0);
	ANSWER(0x2540, 0);
	wait(60 * S);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "does not come up in time"));
}

static void a_message_goes_where_its_node_is(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(told(ZNP_NODE_HERE));
	assert_true(notice.node == METER);
	assert_true(message_to(METER, 77, false));
	assert_int_equal(next_frame(), 0x2401);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x4321);
	assert_int_equal(asked.data[2], 3);
	assert_int_equal(asked.data[3], 6);
	assert_int_equal(asked.data[7], 0x10); /* with an APS acknowledgement */
	assert_int_equal(asked.data[9], 2);
	assert_int_equal(asked.data[10], 0xAA);
	SAY(0x6401, 0);
	assert_false(told(ZNP_SENT));
	SAY(0x4480, 0, 6, asked.data[6]);
	assert_true(told(ZNP_SENT));
	assert_true(notice.delivered);
	assert_int_equal(notice.tag, 77);
	announce(0x0777, METER); /* it has joined again */
	assert_true(message_to(METER, 78, false));
	assert_int_equal(next_frame(), 0x2401);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x0777);
}

/* What comes between a request and its answer is heard all the same. */
static void messages_of_nodes_are_told(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, false));
	(void)next_frame();
	SAY(0x4481, 0, 0, 0x19, 0, 0x21, 0x43, 3, 6, 0, 200, 0, 1, 2, 3, 4, 9, 3, 0x01, 0x2A, 0x01, 0xF3, 0xD4, 0x17);
	assert_true(told(ZNP_HEARD));
	assert_true(notice.node == METER);
	assert_int_equal(notice.cluster, 0x19);
	assert_int_equal(notice.from_endpoint, 3);
	assert_int_equal(notice.to_endpoint, 6);
	assert_int_equal(notice.size, 3);
	assert_int_equal(notice.bytes[1], 0x2A);
	SAY(0x6401, 0);
	SAY(0x4481, 0, 0, 0x19, 0, 0x21, 0x43, 3, 6, 0, 200, 0, 1, 2, 3, 4, 9, 30, 1); /* cut short */
	assert_false(told(ZNP_HEARD));
}

static void a_stranger_is_asked_who_it_is(void **state)
{
	(void)state;
	come_up();
	SAY(0x4481, 0, 0, 0x19, 0, 0x21, 0x43, 3, 6, 0, 200, 0, 1, 2, 3, 4, 9, 3, 0x01, 0x2A, 0x01);
	assert_false(told(ZNP_HEARD));
	ANSWER(0x2501, 0);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x4321);
	SAY(0x4581, 0, 0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0x21, 0x43, 0, 0);
	assert_true(told(ZNP_NODE_HERE));
	SAY(0x4481, 0, 0, 0x19, 0, 0x21, 0x43, 3, 6, 0, 200, 0, 1, 2, 3, 4, 9, 3, 0x01, 0x2B, 0x01);
	assert_true(told(ZNP_HEARD));
	assert_true(notice.node == METER);
}

static void a_node_that_nobody_knows_where_is_looked_for(void **state)
{
	int i;

	(void)state;
	come_up();
	assert_true(message_to(METER, 5, false));
	for (i = 0; i < ZNP_TRIES; i++) {
		ANSWER(0x2500, 0);
		assert_false(told(ZNP_SENT));
		wait(now_ns + 5 * S);
		if (now_ns % ZNP_QUIET_NS == 0)
			ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	}
	assert_true(told(ZNP_SENT));
	assert_false(notice.delivered);
	now_ns += 10 * S;
	assert_true(message_to(METER, 6, false));
	assert_int_equal(next_frame(), 0x2500);
	SAY(0x6500, 0);
	is_silent();
	SAY(0x4580, 0, 0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0x21, 0x43, 0, 0);
	assert_int_equal(next_frame(), 0x2401);
}

static void a_busy_dongle_is_asked_again_so_often(void **state)
{
	int i;

	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 9, true));
	for (i = 0; i < ZNP_TRIES; i++) {
		assert_int_equal(next_frame(), 0x2401);
		assert_false(told(ZNP_SENT));
		SAY(0x6401, 0x11);
		if (i + 1 < ZNP_TRIES)
			wait(now_ns + 2 * S);
	}
	assert_true(told(ZNP_SENT));
	assert_false(notice.delivered);
	assert_int_equal(notice.status, 0x11);
	assert_string_equal(znp_status_name(notice.status), "BUFFER_FULL");
}

/* The device asks again if it is lost: then it gets a new answer, and not two. */
static void an_answer_that_is_lost_is_not_repeated_but_anything_else_is(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, true));
	ANSWER(0x2401, 0);
	SAY(0x4480, 0xE9, 6, asked.data[6]);
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.status, 0xE9);
	is_silent();
	assert_true(message_to(METER, 2, false));
	ANSWER(0x2401, 0);
	SAY(0x4480, 0xE9, 6, asked.data[6]);
	assert_false(told(ZNP_SENT));
	wait(now_ns + 2 * S);
	ANSWER(0x2401, 0);
	SAY(0x4480, 0xE9, 6, asked.data[6]);
	wait(now_ns + 2 * S);
	assert_int_equal(next_frame(), 0x2500); /* it may have moved */
}

static void never_two_to_one_node_and_a_newer_answer_takes_the_older_ones_place(void **state)
{
	uint8_t first;

	(void)state;
	come_up();
	announce(0x4321, METER);
	announce(0x1234, OTHER);
	(void)told(ZNP_UP);
	assert_true(message_to(METER, 1, true));
	ANSWER(0x2401, 0);
	first = asked.data[6];
	assert_true(message_to(METER, 2, true));
	is_silent();
	assert_true(message_to(OTHER, 3, true));
	ANSWER(0x2401, 0);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x1234);
	assert_true(message_to(METER, 4, true)); /* the device asked again before the first answer was confirmed */
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.tag, 2);
	assert_int_equal(notice.status, ZNP_SUPERSEDED);
	is_silent();
	SAY(0x4480, 0, 6, first);
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.tag, 1);
	ANSWER(0x2401, 0);
	assert_int_equal(asked.data[0] | asked.data[1] << 8, 0x4321);
	assert_int_not_equal(asked.data[6], first);
}

static bool once_to(uint64_t node, int64_t tag)
{
	return znp_send(&znp, now_ns, &(struct znp_message){.node = node, .to_endpoint = 3, .from_endpoint = 6, .cluster = 0x0019, .tag = tag,
							    .acknowledged = true, .once = true, .size = 2, .bytes = {0xAA, 0xBB}});
}

/* An activation: a newer answer does not take its place, and what the radio makes of it is its end. */
static void what_is_sent_once_is_neither_replaced_nor_repeated(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, true));
	ANSWER(0x2401, 0);
	assert_true(once_to(METER, 2));
	assert_true(message_to(METER, 3, true));
	assert_false(told(ZNP_SENT));
	SAY(0x4480, 0, 6, asked.data[6]);
	ANSWER(0x2401, 0);
	assert_true(told(ZNP_LEFT));
	assert_int_equal(notice.tag, 2);
	SAY(0x4480, 0xE1, 6, asked.data[6]);
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.tag, 2);
	assert_false(notice.delivered);
	assert_true(notice.left);
	ANSWER(0x2401, 0); /* the other one, and that is all */
	SAY(0x4480, 0, 6, asked.data[6]);
	is_silent();
}

static void not_sent(int64_t at_ns)
{
	(void)told(ZNP_UP);
	wait(at_ns);
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.tag, 2);
	assert_int_equal(notice.status, ZNP_TOO_LATE);
	assert_false(notice.delivered);
	assert_false(notice.left);
}

static void what_is_sent_once_goes_at_once_or_not_at_all(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, true));
	ANSWER(0x2401, 0);
	assert_true(once_to(METER, 2)); /* behind what is on its way to it */
	not_sent(now_ns + ZNP_ONCE_NS);
	SAY(0x4480, 0, 6, asked.data[6]);
	is_silent();
	assert_true(once_to(METER, 2));
	ANSWER(0x2401, 0x11); /* the dongle has no room: it has not left */
	assert_false(told(ZNP_LEFT));
	not_sent(now_ns + ZNP_ONCE_NS);
	is_silent();
}

static void whether_it_left_is_told(void **state)
{
	(void)state;
	come_up();
	assert_true(once_to(METER, 2)); /* nobody knows where it is */
	SAY(0x4180, 2, 2, 1, 2, 7, 1);
	assert_true(told(ZNP_SENT));
	assert_false(notice.left);
	znp_opened(&znp, now_ns);
	znp.unsent_size = 0;
	znp_init(&znp, &settings);
	assert_true(znp_add_node(&znp, METER));
	come_up();
	announce(0x4321, METER);
	assert_true(once_to(METER, 3));
	assert_int_equal(next_frame(), 0x2401);
	wait(6 * S); /* the dongle says nothing: it may have sent it */
	assert_true(told(ZNP_SENT));
	assert_true(notice.left);
	is_silent();
}

#define STATE_RUNS 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0

static void a_message_without_an_answer(uint64_t node)
{
	assert_true(message_to(node, 1, true));
	assert_int_equal(next_frame(), 0x2401);
	wait(now_ns + ZNP_ANSWER_NS);
	assert_true(told(ZNP_SENT));
	is_silent();
}

static void a_late_answer_is_not_taken_for_that_of_what_is_sent_once(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	announce(0x1234, OTHER);
	a_message_without_an_answer(OTHER);
	assert_true(once_to(METER, 2));
	assert_int_equal(next_frame(), 0x2700); /* nobody could mistake its answer */
	SAY(0x6401, 0x11);
	assert_false(told(ZNP_LEFT));
	is_silent();
	SAY(0x6700, STATE_RUNS);
	ANSWER(0x2401, 0);
	assert_true(told(ZNP_LEFT));
	assert_int_equal(notice.tag, 2);
	SAY(0x4480, 0, 6, asked.data[6]);
	assert_true(told(ZNP_SENT));
	assert_true(notice.delivered);
	assert_true(once_to(METER, 3)); /* there is no doubt any more */
	assert_int_equal(next_frame(), 0x2401);
}

static void in_doubt_for_too_long_it_never_leaves(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	a_message_without_an_answer(METER);
	assert_true(once_to(METER, 2));
	assert_int_equal(next_frame(), 0x2700);
	not_sent(now_ns + ZNP_ONCE_NS);
	is_silent();
}

static void a_refused_question_ends_the_doubt_and_a_new_life_too(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	a_message_without_an_answer(METER);
	assert_true(once_to(METER, 2));
	assert_int_equal(next_frame(), 0x2700);
	SAY(0x6000, 2, 0x27, 0x00); /* it knows no such question */
	assert_int_equal(next_frame(), 0x2401);
	SAY(0x6401, 0);
	SAY(0x4480, 0, 6, asked.data[6]);
	a_message_without_an_answer(METER);
	znp_lost(&znp, now_ns);
	come_up();
	announce(0x4321, METER);
	assert_true(once_to(METER, 3));
	assert_int_equal(next_frame(), 0x2401);
}

static void a_confirmation_says_that_it_left_where_the_answer_was_lost(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(once_to(METER, 2));
	assert_int_equal(next_frame(), 0x2401);
	SAY(0x4480, 0, 6, (uint8_t)(asked.data[6] + 1)); /* another's */
	assert_false(told(ZNP_LEFT));
	SAY(0x4480, 0, 6, asked.data[6]);
	assert_true(told(ZNP_LEFT));
	assert_true(told(ZNP_SENT));
	assert_true(notice.delivered);
	is_silent();
	assert_true(message_to(METER, 3, true)); /* the answer comes before its confirmation: it comes no more */
	ANSWER(0x2401, 0);
	assert_true(once_to(METER, 4));
	is_silent();
}

static void one_that_left_and_did_not_arrive_is_told_so_too(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(once_to(METER, 2));
	assert_int_equal(next_frame(), 0x2401);
	SAY(0x4480, 0xE9, 6, asked.data[6]);
	assert_true(told(ZNP_SENT));
	assert_true(notice.left);
	assert_false(notice.delivered);
	is_silent();
}

static void so_many_are_on_their_way(void **state)
{
	int i, left;

	(void)state;
	come_up();
	for (i = 0; i < 20; i++) {
		assert_true(znp_add_node(&znp, 0x5000 + (unsigned)i));
		announce((uint16_t)(0x100 + i), 0x5000 + (unsigned)i);
	}
	for (i = 0; i < 20; i++)
		assert_true(message_to(0x5000 + (unsigned)i, i, true));
	for (left = 0; znp.unsent_size > 0; left++) {
		assert_int_equal(next_frame(), 0x2401);
		SAY(0x6401, 0);
	}
	assert_int_equal(left, ZNP_ON_THEIR_WAY_MAX);
	assert_true(znp_deadline(&znp) > now_ns); /* nothing to be done before a confirmation */
	SAY(0x4480, 0, 6, asked.data[6]);
	assert_int_equal(next_frame(), 0x2401);
}

static void a_confirmation_that_never_comes_is_given_up(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 8, true));
	ANSWER(0x2401, 0);
	wait(10 * S);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	wait(15 * S);
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.status, ZNP_NO_CONFIRMATION);
	SAY(0x4480, 0, 6, asked.data[6]); /* and one that comes then is nobody's */
	assert_false(told(ZNP_SENT));
}

static void a_quiet_dongle_is_asked_and_one_that_hangs_is_reset(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	wait(10 * S);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	wait(20 * S);
	assert_true(message_to(METER, 1, false));
	assert_int_equal(next_frame(), 0x2700);
	is_silent(); /* one request at a time */
	wait(26 * S);
	assert_int_equal(next_frame(), 0x2401);
	wait(30 * S); /* asking already */
	wait(32 * S);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "answers no more"));
	assert_true(told(ZNP_SENT));
	assert_int_equal(notice.status, ZNP_NO_CONFIRMATION);
	assert_false(message_to(METER, 2, false));
	wait(37 * S);
	to_version(1);
	assert_int_equal(next_frame(), 0x4100); /* what answers that may still send nothing */
	SAY(0x4180, 0, 2, 1, 2, 7, 1);
	ANSWER(0x2108, 0, 1, 0x55);
	ANSWER(0x2113, 116, 0);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 9, 0);
	registered();
	assert_true(told(ZNP_UP));
	assert_true(message_to(METER, 3, false)); /* it is known where it is */
	assert_int_equal(next_frame(), 0x2401);
}

/* All meters would have to join anew. */
static void a_dongle_that_does_not_say_whether_it_has_a_network_keeps_it(void **state)
{
	static const struct { unsigned code; uint8_t data[3]; size_t size; } odd[] = {
		{0x2108, {9, 0}, 2}, {0x2108, {0}, 1}, {0x2113, {1}, 1}, {0x2540, {7}, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		znp_init(&znp, &settings);
		now_ns = 0;
		znp_opened(&znp, now_ns);
		to_version(1);
		if (odd[i].code != 0x2108)
			ANSWER(0x2108, 0, 1, 0x55);
		if (odd[i].code == 0x2540) {
			ANSWER(0x2113, 116, 0);
			ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 0, 0);
		}
		assert_int_equal(next_frame(), odd[i].code);
		say(odd[i].code | 0x4000, odd[i].data, odd[i].size);
		assert_true(told(ZNP_DOWN));
		assert_non_null(strstr(notice.text, "does not say whether it has a network"));
		assert_false(znp.formed);
		wait(5 * S);
		assert_int_equal(next_frame(), 0x2101);
	}
}

/* Its word of that got lost on the line: it answers, and reaches nobody. */
static void one_that_restarted_unheard_comes_up_again(void **state)
{
	(void)state;
	come_up();
	wait(10 * S);
	ANSWER(0x2700, 0, 0x4B, 1, 2, 3, 4, 5, 6, 7, 0, 0, 7, 0, 0);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "no more on its network"));
	wait(15 * S);
	to_version(1);
}

static void a_dongle_that_restarts_comes_up_again(void **state)
{
	(void)state;
	come_up();
	SAY(0x4180, 2, 2, 1, 2, 7, 1);
	assert_true(told(ZNP_DOWN));
	assert_non_null(strstr(notice.text, "restarted by itself"));
	wait(5 * S);
	to_version(1);
}

static void one_that_is_unplugged_begins_anew(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, false));
	znp_lost(&znp, now_ns);
	assert_true(told(ZNP_DOWN));
	assert_true(told(ZNP_SENT));
	assert_int_equal(znp_deadline(&znp), INSTANT_NEVER);
	now_ns += S;
	come_up();
}

/* A dongle whose controller hangs takes no bytes any more: what was not sent does not pile up over the night. */
static void a_port_that_takes_nothing_is_tried_for_ever(void **state)
{
	int i;

	(void)state;
	znp_opened(&znp, now_ns);
	for (i = 0; i < 2000; i++) {
		now_ns = znp_deadline(&znp);
		znp_tick(&znp, now_ns);
		(void)told(ZNP_UP);
	}
	znp.unsent_size = 0;
	while (!told(ZNP_DOWN)) {
		now_ns = znp_deadline(&znp);
		znp_tick(&znp, now_ns);
	}
	now_ns = znp_deadline(&znp);
	znp.unsent_size = 0;
	znp_tick(&znp, now_ns);
	to_version(1);
}

/* The most that one call can tell: answers that nobody asked for, as short as they can be, and then all of the queue failed. */
static void there_is_room_for_all_that_one_call_tells(void **state)
{
	static const struct mt_frame match = {.type = MT_AREQ, .subsystem = MT_ZDO, .command = 0x86, .size = 6, .data = {0x21, 0x43, 0, 0x21, 0x43, 0}};
	static const struct mt_frame restarted = {.type = MT_AREQ, .subsystem = MT_SYS, .command = 0x80, .size = 6};
	uint8_t bytes[ZNP_HEARD_MAX + MT_FRAME_MAX];
	size_t used = 0;
	int i;

	(void)state;
	come_up();
	announce(0x4321, METER);
	(void)told(ZNP_UP);
	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		assert_true(message_to(METER, i, false));
	while (used + 2 * 11 <= ZNP_HEARD_MAX)
		used += mt_put(&match, bytes + used);
	used += mt_put(&restarted, bytes + used);
	znp_heard(&znp, now_ns, bytes, used);
	assert_true(told(ZNP_DOWN));
	for (i = 0; told(ZNP_SENT); i++)
		;
	assert_int_equal(i, ZNP_QUEUE_MAX);
}

static void devices_may_join_for_a_while(void **state)
{
	(void)state;
	come_up();
	znp_permit_join(&znp, now_ns, 180);
	ANSWER(0x2536, 0);
	assert_int_equal(asked.data[0], 0x0F);
	assert_int_equal(asked.data[3], 180);
	SAY(0x45CA, 0x34, 0x12, 0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0, 0);
	assert_true(told(ZNP_NODE_HERE));
	assert_int_equal(notice.short_address, 0x1234);
	SAY(0x45C9, 0x34, 0x12, 0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0, 0, 0);
	assert_true(told(ZNP_NODE_LEFT));
}

static void a_nodes_key_is_there_before_it_may_join(void **state)
{
	static const uint8_t key[ZNP_KEY_SIZE] = {0x66, 0xB6, 0x90, 0x09, 0x81, 0xE1, 0xEE, 0x3C, 0xA4, 0x20, 0x6B, 0x6B, 0x86, 0x1C, 0x02, 0xBB},
			     zeros[ZNP_KEY_SIZE + 1];
	static const uint8_t address[8] = {0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00};
	uint8_t shown[64];

	(void)state;
	znp_set_key(&znp, METER, key);
	come_up();
	znp_permit_join(&znp, now_ns, 180);
	ANSWER(0x2500, 0); /* first, whether it has joined already */
	is_silent();
	wait(now_ns + 5 * S);
	assert_int_equal(znp.unsent_size, 5 + 1 + 8 + ZNP_KEY_SIZE);
	znp_show_unsent(&znp, shown, znp.unsent_size); /* what a log gets */
	assert_memory_equal(shown, znp.unsent, 4 + 1 + 8);
	assert_memory_equal(shown + 13, zeros, ZNP_KEY_SIZE + 1);
	ANSWER(0x2F04, 0);
	assert_int_equal(asked.data[0], 2);
	assert_memory_equal(asked.data + 1, address, 8);
	assert_memory_equal(asked.data + 9, key, ZNP_KEY_SIZE);
	assert_true(told(ZNP_KEY));
	assert_true(notice.node == METER && notice.delivered);
	ANSWER(0x2536, 0);
	znp_permit_join(&znp, now_ns, 180); /* it has it now */
	ANSWER(0x2536, 0);
	is_silent();
}

static void a_key_that_is_refused_is_told_and_others_may_join(void **state)
{
	static const uint8_t key[ZNP_KEY_SIZE] = {1};

	(void)state;
	znp_set_key(&znp, METER, key);
	come_up();
	znp_permit_join(&znp, now_ns, 180);
	ANSWER(0x2500, 0);
	wait(now_ns + 5 * S);
	ANSWER(0x2F04, 0x11);
	assert_true(told(ZNP_KEY));
	assert_true(!notice.delivered && notice.status == 0x11);
	ANSWER(0x2536, 0);
}

static void one_that_is_here_gets_no_key_again(void **state)
{
	static const uint8_t key[ZNP_KEY_SIZE] = {1};

	(void)state;
	znp_set_key(&znp, METER, key);
	come_up();
	znp_permit_join(&znp, now_ns, 180);
	ANSWER(0x2500, 0);
	announce(0x1234, METER); /* it answers */
	ANSWER(0x2536, 0);
}

/* A port may take half of a frame. */
static void half_a_key_is_not_shown_either(void **state)
{
	static const uint8_t key[ZNP_KEY_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	uint8_t shown[64];
	size_t at, i;

	(void)state;
	for (at = 1; at < 30; at++) {
		(void)begin(NULL);
		znp_set_key(&znp, METER, key);
		come_up();
		znp_permit_join(&znp, now_ns, 180);
		ANSWER(0x2500, 0);
		wait(now_ns + 5 * S);
		znp_show_unsent(&znp, shown, at);
		for (i = 13; i < at; i++)
			assert_int_equal(shown[i], 0);
		znp_sent_bytes(&znp, at);
		znp_show_unsent(&znp, shown, znp.unsent_size);
		for (i = 0; i < znp.unsent_size; i++)
			if (at + i >= 13)
				assert_int_equal(shown[i], 0);
	}
}

/* A port that takes nothing for a while: the first key still waits when the next is given. */
static void two_keys_behind_each_other_are_both_hidden(void **state)
{
	static const uint8_t keys[2][ZNP_KEY_SIZE] = {"FIRST-KEY-SECRE", "OTHER-KEY-SECRE"};
	uint8_t shown[ZNP_UNSENT_SIZE];
	size_t i;

	(void)state;
	znp_set_key(&znp, METER, keys[0]);
	znp_set_key(&znp, OTHER, keys[1]);
	come_up();
	znp_permit_join(&znp, now_ns, 180);
	ANSWER(0x2500, 0);
	ANSWER(0x2500, 0);
	while (znp.unsent_size < 2 * (5 + 1 + 8 + ZNP_KEY_SIZE)) {
		now_ns = znp_deadline(&znp);
		znp_tick(&znp, now_ns);
	}
	znp_show_unsent(&znp, shown, znp.unsent_size);
	for (i = 0; i + ZNP_KEY_SIZE <= znp.unsent_size; i++)
		assert_true(memcmp(shown + i, keys[0], ZNP_KEY_SIZE) != 0 && memcmp(shown + i, keys[1], ZNP_KEY_SIZE) != 0);
}

static void a_node_is_asked_for_its_client(void **state)
{
	(void)state;
	come_up();
	znp_match(&znp, now_ns, METER, 0x0109);
	ANSWER(0x2500, 0); /* first, where it is */
	SAY(0x4580, 0, 0x10, 0x90, 0x78, 0x56, 0x34, 0x12, 0xDB, 0x00, 0x21, 0x43, 0, 0);
	ANSWER(0x2506, 0);
	assert_int_equal(asked.data[4] | asked.data[5] << 8, 0x0109);
	SAY(0x4586, 0x21, 0x43, 0, 0x21, 0x43, 1, 3);
	assert_true(told(ZNP_MATCHED));
	assert_int_equal(notice.from_endpoint, 3);
}

static void an_unknown_request_is_answered_too(void **state)
{
	(void)state;
	come_up();
	announce(0x4321, METER);
	assert_true(message_to(METER, 1, true));
	(void)next_frame();
	SAY(0x6000, 2, 0x24, 0x02); /* another one's */
	assert_false(told(ZNP_SENT));
	SAY(0x6000, 2, 0x24, 0x01);
	assert_true(told(ZNP_SENT));
	assert_false(notice.delivered);
}

static void there_is_room_for_so_much(void **state)
{
	int i;

	(void)state;
	come_up();
	for (i = 2; i < ZNP_NODES_MAX; i++)
		assert_true(znp_add_node(&znp, 0x9000 + (unsigned)i));
	assert_false(znp_add_node(&znp, 1));
	assert_true(znp_add_node(&znp, METER)); /* is there */
	assert_false(message_to(1, 1, false));
	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		assert_true(message_to(METER, i, false));
	assert_false(message_to(METER, i, false));
}

#define CASE_OF(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(a_network_that_runs_is_kept),
		CASE_OF(one_that_does_not_run_is_started),
		CASE_OF(a_new_dongle_gets_a_network),
		CASE_OF(version_1_2_forms_by_starting),
		CASE_OF(a_boot_loader_is_told_to_run),
		CASE_OF(lines_reset_a_silent_dongle_where_they_may),
		CASE_OF(who_is_silent_is_told_and_asked_again),
		CASE_OF(what_refuses_a_step_is_told),
		CASE_OF(a_network_that_does_not_form_is_told),
		CASE_OF(a_message_goes_where_its_node_is),
		CASE_OF(messages_of_nodes_are_told),
		CASE_OF(a_stranger_is_asked_who_it_is),
		CASE_OF(a_node_that_nobody_knows_where_is_looked_for),
		CASE_OF(a_busy_dongle_is_asked_again_so_often),
		CASE_OF(an_answer_that_is_lost_is_not_repeated_but_anything_else_is),
		CASE_OF(never_two_to_one_node_and_a_newer_answer_takes_the_older_ones_place),
		CASE_OF(what_is_sent_once_is_neither_replaced_nor_repeated),
		CASE_OF(what_is_sent_once_goes_at_once_or_not_at_all),
		CASE_OF(whether_it_left_is_told),
		CASE_OF(a_late_answer_is_not_taken_for_that_of_what_is_sent_once),
		CASE_OF(in_doubt_for_too_long_it_never_leaves),
		CASE_OF(a_refused_question_ends_the_doubt_and_a_new_life_too),
		CASE_OF(a_confirmation_says_that_it_left_where_the_answer_was_lost),
		CASE_OF(one_that_left_and_did_not_arrive_is_told_so_too),
		CASE_OF(so_many_are_on_their_way),
		CASE_OF(a_confirmation_that_never_comes_is_given_up),
		CASE_OF(a_quiet_dongle_is_asked_and_one_that_hangs_is_reset),
		CASE_OF(a_dongle_that_does_not_say_whether_it_has_a_network_keeps_it),
		CASE_OF(one_that_restarted_unheard_comes_up_again),
		CASE_OF(a_dongle_that_restarts_comes_up_again),
		CASE_OF(one_that_is_unplugged_begins_anew),
		CASE_OF(a_port_that_takes_nothing_is_tried_for_ever),
		CASE_OF(there_is_room_for_all_that_one_call_tells),
		CASE_OF(a_table_has_the_frame_counter_of_3_x_0),
		CASE_OF(items_have_that_of_3_0_x),
		CASE_OF(that_of_1_2_stands_behind_the_key),
		CASE_OF(a_dongle_that_does_not_say_them_comes_up_too),
		CASE_OF(devices_may_join_for_a_while),
		CASE_OF(a_nodes_key_is_there_before_it_may_join),
		CASE_OF(a_key_that_is_refused_is_told_and_others_may_join),
		CASE_OF(one_that_is_here_gets_no_key_again),
		CASE_OF(half_a_key_is_not_shown_either),
		CASE_OF(two_keys_behind_each_other_are_both_hidden),
		CASE_OF(a_node_is_asked_for_its_client),
		CASE_OF(an_unknown_request_is_answered_too),
		CASE_OF(there_is_room_for_so_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
