/* Bytes on a simulated line: they take their time, keep their order, and are dropped whole where there is no room. */

#include "drivers/sim/world.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define BYTE_NS INT64_C(86805) /* 115200 baud, 8N1 */

static struct cable line;
static uint8_t got[CABLE_BYTES_MAX];

static int fresh(void **state)
{
	(void)state;
	memset(&line, 0, sizeof line);
	return 0;
}

static void put_bytes(int64_t t_ns, int64_t byte_ns, const void *bytes, size_t size)
{
	line.byte_ns = byte_ns;
	cable_say(&line, t_ns, bytes, size);
}

static void put(int64_t t_ns, const char *text)
{
	put_bytes(t_ns, BYTE_NS, text, strlen(text));
}

/* All that is due, taken `cut` bytes at a time. */
static size_t take(int64_t t_ns, size_t cut)
{
	size_t size, all = 0;

	while ((size = cable_take(&line.to_rig, t_ns, got + all, cut)) > 0) {
		assert_true(size <= cut);
		all += size;
	}
	got[all] = '\0';
	return all;
}

static void bytes_arrive_when_their_last_one_has_passed(void **state)
{
	(void)state;
	assert_int_equal(cable_next(&line.to_rig), INSTANT_NEVER);
	put(1000, "hello");
	assert_int_equal(cable_next(&line.to_rig), 1000 + 5 * BYTE_NS);
	assert_int_equal(take(1000 + 5 * BYTE_NS - 1, 100), 0);
	assert_int_equal(take(1000 + 5 * BYTE_NS, 100), 5);
	assert_string_equal(got, "hello");
	assert_int_equal(cable_next(&line.to_rig), INSTANT_NEVER);
	assert_int_equal(take(INSTANT_NEVER - 1, 100), 0);
}

static void one_waits_for_the_other(void **state)
{
	(void)state;
	put(0, "abc");
	put(1 * BYTE_NS, "de");
	assert_int_equal(cable_next(&line.to_rig), 3 * BYTE_NS);
	assert_int_equal(take(5 * BYTE_NS - 1, 100), 3);
	assert_string_equal(got, "abc");
	assert_int_equal(cable_next(&line.to_rig), 5 * BYTE_NS);
	assert_int_equal(take(5 * BYTE_NS, 100), 2);
	assert_string_equal(got, "de");
}

static void a_line_that_was_idle_owes_nothing(void **state)
{
	(void)state;
	put(0, "abc");
	(void)take(3 * BYTE_NS, 100);
	put(100 * BYTE_NS, "d");
	assert_int_equal(cable_next(&line.to_rig), 101 * BYTE_NS);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	put(0, "");
	assert_int_equal(cable_next(&line.to_rig), INSTANT_NEVER);
	assert_int_equal(line.to_rig.busy_ns, 0);
	put(0, "a");
	assert_int_equal(cable_take(&line.to_rig, INSTANT_NEVER - 1, got, 0), 0);
	assert_int_equal(take(1 * BYTE_NS, 1), 1);
}

static void every_cut_gives_the_same_bytes(void **state)
{
	static const char *const texts[] = {"POA AD1 chf=00", "\r\n", "C", "CHF ready\r\n"};
	char whole[64] = "";
	size_t cut, i;

	(void)state;
	for (i = 0; i < 4; i++)
		strcat(whole, texts[i]);
	for (cut = 1; cut <= strlen(whole); cut++) {
		fresh(NULL);
		for (i = 0; i < 4; i++)
			put((int64_t)i, texts[i]);
		assert_int_equal(take((int64_t)strlen(whole) * BYTE_NS, cut), strlen(whole));
		assert_string_equal(got, whole);
		assert_int_equal(cable_next(&line.to_rig), INSTANT_NEVER);
	}
}

static void what_is_left_of_a_chunk_stays_due(void **state)
{
	(void)state;
	put(0, "abcdef");
	assert_int_equal(cable_take(&line.to_rig, 6 * BYTE_NS, got, 4), 4);
	assert_int_equal(cable_next(&line.to_rig), 6 * BYTE_NS);
	assert_int_equal(cable_take(&line.to_rig, 6 * BYTE_NS, got, 4), 2);
	assert_memory_equal(got, "ef", 2);
}

/* Rings that have come round many times: a stream with a known byte at each place. */
static void order_is_kept_for_ever(void **state)
{
	uint8_t bytes[251], put_next = 0, take_next = 0;
	uint32_t draw = 20261123;
	int64_t t_ns = 0;
	size_t size, i;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		draw = draw * 1664525 + 1013904223;
		size = draw >> 8 & 0x7F;
		for (i = 0; i < size; i++)
			bytes[i] = put_next++;
		put_bytes(t_ns, 1, bytes, size);
		t_ns += draw >> 16 & 0xFF;
		while ((size = cable_take(&line.to_rig, t_ns, got, 1 + (draw >> 24 & 0x1F))) > 0)
			for (i = 0; i < size; i++)
				assert_int_equal(got[i], take_next++);
		assert_true(line.to_rig.size < CABLE_BYTES_MAX / 2 && line.to_rig.chunk_count < CABLE_CHUNKS_MAX);
	}
	while ((size = cable_take(&line.to_rig, INSTANT_NEVER - 1, got, sizeof got)) > 0)
		take_next = (uint8_t)(take_next + size);
	assert_int_equal(take_next, put_next);
	assert_int_equal(line.to_rig.size, 0);
}

static void a_full_cable_drops_what_comes_and_keeps_what_it_has(void **state)
{
	static uint8_t bytes[CABLE_BYTES_MAX];
	int64_t busy_ns;

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	put_bytes(0, BYTE_NS, bytes, CABLE_BYTES_MAX - 2);
	busy_ns = line.to_rig.busy_ns;
	put(0, "abc");
	assert_int_equal(line.to_rig.busy_ns, busy_ns);
	assert_int_equal(line.to_rig.chunk_count, 1);
	put(0, "ab");
	assert_int_equal(line.to_rig.size, CABLE_BYTES_MAX);
	put(0, "c");
	assert_int_equal(cable_take(&line.to_rig, INSTANT_NEVER - 1, got, sizeof got), CABLE_BYTES_MAX - 2);
	assert_memory_equal(got, bytes, CABLE_BYTES_MAX - 2);
	assert_int_equal(take(INSTANT_NEVER - 1, 100), 2);
	assert_string_equal(got, "ab");
}

static void so_does_one_with_too_many_chunks(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CABLE_CHUNKS_MAX; i++)
		put(0, "a");
	put(0, "b");
	assert_int_equal(line.to_rig.size, CABLE_CHUNKS_MAX);
	assert_int_equal(cable_take(&line.to_rig, BYTE_NS, got, 100), 1);
	put(0, "c");
	assert_int_equal(take(INSTANT_NEVER - 1, 100), CABLE_CHUNKS_MAX);
	assert_int_equal(got[CABLE_CHUNKS_MAX - 2], 'a');
	assert_int_equal(got[CABLE_CHUNKS_MAX - 1], 'c');
}

static void a_cable_is_out_from_the_first_instant_to_before_the_last(void **state)
{
	static struct cable cable = {.gap_count = 2, .gaps = {{100, 200}, {500, INSTANT_NEVER}}};

	(void)state;
	assert_true(cable_is_there(&cable, 99));
	assert_false(cable_is_there(&cable, 100));
	assert_false(cable_is_there(&cable, 199));
	assert_true(cable_is_there(&cable, 200));
	assert_true(cable_is_there(&cable, 499));
	assert_false(cable_is_there(&cable, 500));
	assert_false(cable_is_there(&cable, INSTANT_NEVER - 1));
	assert_int_equal(cable_changes(&cable, 0), 100);
	assert_int_equal(cable_changes(&cable, 100), 200);
	assert_int_equal(cable_changes(&cable, 200), 500);
	assert_int_equal(cable_changes(&cable, 500), INSTANT_NEVER);
}

static void gaps_that_overlap_are_one(void **state)
{
	static struct cable cable = {.gap_count = 3, .gaps = {{300, 400}, {100, 350}, {400, 450}}};

	(void)state;
	assert_false(cable_is_there(&cable, 100));
	assert_false(cable_is_there(&cable, 350));
	assert_false(cable_is_there(&cable, 400));
	assert_true(cable_is_there(&cable, 450));
	assert_int_equal(cable_changes(&cable, 99), 100);
	assert_int_equal(cable_changes(&cable, 400), 450);
}

static void a_cable_that_is_never_out_never_changes(void **state)
{
	static struct cable cable;

	(void)state;
	assert_true(cable_is_there(&cable, 0));
	assert_int_equal(cable_changes(&cable, 0), INSTANT_NEVER);
}

static void a_fault_hits_the_middle_of_so_many_chunks_and_counts_them(void **state)
{
	static struct sim_faults faults;
	struct sim_fault *fault = &faults.list[0];

	(void)state;
	faults = (struct sim_faults){.count = 1};
	*fault = (struct sim_fault){.kind = FAULTY_BYTES_LOST, .slot = 2, .way = WAY_HUB, .at_ns = 500, .times = 1};
	line.faults = &faults;
	line.slot = 2;
	put_bytes(0, 1, "before", 6);
	put_bytes(600, 1, "ABCDE", 5);
	put_bytes(700, 1, "after", 5);
	assert_int_equal(take(2000, 100), 6 + 4 + 5);
	assert_string_equal(got, "beforeABDEafter");
	assert_int_equal(fault->fired, 1);
}

static void a_chunk_that_is_split_comes_in_two_parts(void **state)
{
	static struct sim_faults faults;

	(void)state;
	faults = (struct sim_faults){.count = 1};
	faults.list[0] = (struct sim_fault){.kind = FAULTY_BYTES_SPLIT, .slot = 0, .way = WAY_HUB, .times = 1, .by_ns = 1000};
	line.faults = &faults;
	put_bytes(0, 1, "ABCD", 4);
	assert_int_equal(take(999, 100), 2);
	assert_int_equal(take(1002, 100), 2);
	assert_string_equal(got, "CD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bytes_arrive_when_their_last_one_has_passed, fresh),
		cmocka_unit_test_setup(one_waits_for_the_other, fresh),
		cmocka_unit_test_setup(a_line_that_was_idle_owes_nothing, fresh),
		cmocka_unit_test_setup(nothing_is_nothing, fresh),
		cmocka_unit_test_setup(every_cut_gives_the_same_bytes, fresh),
		cmocka_unit_test_setup(what_is_left_of_a_chunk_stays_due, fresh),
		cmocka_unit_test_setup(order_is_kept_for_ever, fresh),
		cmocka_unit_test_setup(a_full_cable_drops_what_comes_and_keeps_what_it_has, fresh),
		cmocka_unit_test_setup(so_does_one_with_too_many_chunks, fresh),
		cmocka_unit_test_setup(a_cable_is_out_from_the_first_instant_to_before_the_last, fresh),
		cmocka_unit_test_setup(gaps_that_overlap_are_one, fresh),
		cmocka_unit_test_setup(a_cable_that_is_never_out_never_changes, fresh),
		cmocka_unit_test_setup(a_fault_hits_the_middle_of_so_many_chunks_and_counts_them, fresh),
		cmocka_unit_test_setup(a_chunk_that_is_split_comes_in_two_parts, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
