/* A journal's writer on a disk that is memory: what it takes, what it refuses, and what a death leaves. */

#include "rig/simulate/memory_disk.h"

#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct memory_disk disk;
static struct writer *writer;
static struct error error;

static int open_disk(void **state)
{
	struct writer_disk calls = memory_disk_calls(&disk);

	(void)state;
	memory_disk_clear(&disk);
	writer = writer_begin(&calls, "journal");
	return 0;
}

static void put_note(const char *text)
{
	struct record record = {.kind = RECORD_NOTE};

	(void)strcpy(record.data.note.text, text);
	assert_true(writer_put(writer, &record, &error));
}

static int lines_on_disk(void)
{
	int lines = 0;
	size_t i;

	for (i = 0; i < disk.size; i++)
		lines += disk.bytes[i] == '\n';
	return lines;
}

static void count(void *owner, const struct record *record)
{
	(void)record;
	++*(int *)owner;
}

static void what_is_flushed_is_on_it(void **state)
{
	(void)state;
	put_note("one");
	assert_int_equal(disk.size, 0);
	assert_true(writer_flush(writer, &error));
	assert_int_equal(lines_on_disk(), 1);
	assert_int_equal(disk.flushed, disk.size);
	assert_true(writer_close(writer, &error));
}

static void a_full_one_keeps_whole_lines_and_takes_the_rest_when_there_is_room_again(void **state)
{
	(void)state;
	put_note("one");
	assert_true(writer_flush(writer, &error));
	disk.full_from = disk.writes;
	put_note("two");
	assert_false(writer_flush(writer, &error));
	assert_int_equal(lines_on_disk(), 1);
	assert_true(disk.refused > 0);
	disk.full_until = disk.writes;
	assert_true(writer_flush(writer, &error));
	assert_int_equal(lines_on_disk(), 2);
	assert_true(writer_close(writer, &error));
}

static void a_flush_that_fails_spoils_the_writer_for_good(void **state)
{
	(void)state;
	put_note("one");
	disk.fails_at_flush = 0;
	assert_false(writer_flush(writer, &error));
	assert_false(writer_flush(writer, &error));
	assert_int_equal(writer_durable(writer), 0);
	assert_false(writer_close(writer, &error));
}

static void a_death_in_a_write_leaves_a_torn_line_that_going_on_cuts_off(void **state)
{
	struct writer_disk calls = memory_disk_calls(&disk);
	size_t torn = 0, size;
	char *left;
	int taken = 0;

	(void)state;
	put_note("one");
	assert_true(writer_flush(writer, &error));
	disk.dies_at_write = disk.writes;
	disk.dies_having_put = 2;
	put_note("two");
	assert_false(writer_flush(writer, &error));
	writer_abandon(writer);
	assert_int_equal(lines_on_disk(), 1);
	disk.dead = false;
	size = disk.size;
	left = malloc(size);
	assert_non_null(left);
	memcpy(left, disk.bytes, size);
	assert_true(writer_go_on(&writer, &calls, left, size, "journal", count, &taken, &torn, &error));
	free(left);
	assert_int_equal(taken, 1);
	assert_true(torn > 0);
	assert_int_equal(disk.size, size - torn);
	put_note("three");
	assert_true(writer_close(writer, &error));
	assert_int_equal(lines_on_disk(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_flushed_is_on_it, open_disk),
		cmocka_unit_test_setup(a_full_one_keeps_whole_lines_and_takes_the_rest_when_there_is_room_again, open_disk),
		cmocka_unit_test_setup(a_flush_that_fails_spoils_the_writer_for_good, open_disk),
		cmocka_unit_test_setup(a_death_in_a_write_leaves_a_torn_line_that_going_on_cuts_off, open_disk),
	};
	int failed;

	memory_disk_init(&disk);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	memory_disk_done(&disk);
	return failed;
}
