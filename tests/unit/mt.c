/* Frames of TI's Monitor and Test API: known bytes, cut anywhere, noise first, a start byte within, and what never ends. */

#include "drivers/zigbee/mt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define MS NS_PER_MS

static struct mt_frame frame;

/* SWRA198 2.2: ping and its answer; and a version from facts/ota.md 1.1. */
static void known_bytes_mean_what_they_should(void **state)
{
	static const uint8_t ping[] = {0xFE, 0x00, 0x21, 0x01, 0x20}, pong[] = {0xFE, 0x02, 0x61, 0x01, 0x11, 0x00, 0x73};
	static const uint8_t version[] = {0xFE, 0x0E, 0x61, 0x02, 0x02, 0x00, 0x02, 0x06, 0x03, 0xD9, 0x14, 0x34, 0x01, 0x02, 0x00, 0x00, 0x00,
					  0x00, 0x92};
	uint8_t bytes[MT_FRAME_MAX];
	size_t used;

	(void)state;
	assert_int_equal(mt_get(&frame, ping, sizeof ping, &used), MT_DONE);
	assert_int_equal(used, sizeof ping);
	assert_int_equal(mt_code(&frame), 0x2101);
	assert_int_equal(mt_put(&frame, bytes), sizeof ping);
	assert_memory_equal(bytes, ping, sizeof ping);
	assert_int_equal(mt_get(&frame, pong, sizeof pong, &used), MT_DONE);
	assert_int_equal(mt_code(&frame), 0x6101);
	assert_int_equal(frame.type, MT_SRSP);
	assert_int_equal(frame.data[0], 0x11);
	assert_int_equal(mt_get(&frame, version, sizeof version, &used), MT_DONE);
	assert_int_equal(frame.size, 14);
	assert_int_equal(mt_put(&frame, bytes), sizeof version);
	assert_memory_equal(bytes, version, sizeof version);
}

static size_t plain_frame(uint8_t bytes[MT_FRAME_MAX])
{
	frame = (struct mt_frame){.type = MT_AREQ, .subsystem = MT_AF, .command = 0x81, .size = 40};
	memset(frame.data, 0x15, 40);
	return mt_put(&frame, bytes);
}

static size_t some_frame(uint8_t bytes[MT_FRAME_MAX])
{
	int i;

	frame = (struct mt_frame){.type = MT_AREQ, .subsystem = MT_AF, .command = 0x81, .size = 40};
	for (i = 0; i < 40; i++)
		frame.data[i] = i % 3 == 0 ? MT_SOF : (uint8_t)i; /* nothing is escaped */
	return mt_put(&frame, bytes);
}

static void cut_anywhere_it_is_the_same_frame(void **state)
{
	uint8_t bytes[MT_FRAME_MAX];
	struct mt_reader reader;
	size_t size = some_frame(bytes), cut;

	(void)state;
	for (cut = 1; cut < size; cut++) {
		memset(&reader, 0, sizeof reader);
		assert_int_equal(mt_reader_add(&reader, 0, bytes, cut), cut);
		assert_false(mt_reader_take(&reader, 0, &frame));
		assert_int_equal(mt_reader_deadline(&reader), MT_GAP_NS);
		assert_int_equal(mt_reader_add(&reader, MS, bytes + cut, size - cut), size - cut);
		assert_true(mt_reader_take(&reader, MS, &frame));
		assert_int_equal(frame.size, 40);
		assert_int_equal(reader.noise_bytes, 0);
		assert_int_equal(mt_reader_deadline(&reader), INSTANT_NEVER);
	}
}

static void noise_and_a_false_start_swallow_no_frame(void **state)
{
	/* Noise; a start with a length that cannot be; one whose length reaches into the frame behind it, which has another check. */
	static const uint8_t noise[] = {0x00, 0x12, MT_SOF, 0xFF, MT_SOF, 0x02, 0x44};
	uint8_t bytes[sizeof noise + MT_FRAME_MAX];
	struct mt_reader reader = {.size = 0};
	size_t size;

	(void)state;
	memcpy(bytes, noise, sizeof noise);
	size = sizeof noise + some_frame(bytes + sizeof noise);
	assert_int_equal(mt_reader_add(&reader, 0, bytes, size), size);
	assert_true(mt_reader_take(&reader, 0, &frame));
	assert_int_equal(frame.size, 40);
	assert_int_equal(reader.noise_bytes, sizeof noise);
	assert_false(mt_reader_take(&reader, 0, &frame));
}

/* Of two frames the first has a wrong bit. Whatever that makes of it, length included, the second one is found. */
static void a_frame_with_a_wrong_bit_costs_itself_only(void **state)
{
	uint8_t bytes[2 * MT_FRAME_MAX];
	struct mt_reader reader;
	size_t one = plain_frame(bytes), at;
	int bit;

	(void)state;
	(void)plain_frame(bytes + one);
	for (at = 0; at < one; at++)
		for (bit = 0; bit < 8; bit++) {
			memset(&reader, 0, sizeof reader);
			bytes[at] ^= (uint8_t)(1 << bit);
			(void)mt_reader_add(&reader, 0, bytes, 2 * one);
			bytes[at] ^= (uint8_t)(1 << bit);
			assert_true(mt_reader_take(&reader, 200 * MS, &frame)); /* behind the gap nothing can be waited for */
			assert_int_equal(frame.size, 40);
			assert_int_equal(frame.command, 0x81);
			assert_int_equal(reader.size, 0);
			assert_true(reader.noise_bytes >= (int64_t)one);
		}
}

static void a_frame_that_stops_is_none_after_a_while(void **state)
{
	uint8_t bytes[2 * MT_FRAME_MAX] = {MT_SOF, 200, 0x44};
	struct mt_reader reader = {.size = 0};
	size_t size = 3 + some_frame(bytes + 3);

	(void)state;
	(void)mt_reader_add(&reader, 0, bytes, size);
	assert_false(mt_reader_take(&reader, 0, &frame)); /* it may be one of 200 bytes */
	assert_false(mt_reader_take(&reader, MT_GAP_NS - 1, &frame));
	assert_true(mt_reader_take(&reader, MT_GAP_NS, &frame));
	assert_int_equal(frame.size, 40);
}

static void what_does_not_end_has_room_made_for(void **state)
{
	uint8_t bytes[3 * MT_FRAME_MAX];
	struct mt_reader reader = {.size = 0};
	size_t taken;

	(void)state;
	memset(bytes, 0x11, sizeof bytes);
	taken = mt_reader_add(&reader, 0, bytes, sizeof bytes);
	assert_int_equal(taken, 2 * MT_FRAME_MAX);
	assert_false(mt_reader_take(&reader, 0, &frame));
	assert_int_equal(reader.size, 0);
	assert_int_equal(mt_reader_add(&reader, 0, bytes + taken, sizeof bytes - taken), sizeof bytes - taken);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_bytes_mean_what_they_should),
		cmocka_unit_test(cut_anywhere_it_is_the_same_frame),
		cmocka_unit_test(noise_and_a_false_start_swallow_no_frame),
		cmocka_unit_test(a_frame_with_a_wrong_bit_costs_itself_only),
		cmocka_unit_test(a_frame_that_stops_is_none_after_a_while),
		cmocka_unit_test(what_does_not_end_has_room_made_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
