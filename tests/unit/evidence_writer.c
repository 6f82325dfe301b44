/* The journal's writer against disks that refuse, and journals that a crash cut short. */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error error;
static struct sha256 *sha256;
static char path[PATH_MAX];

static struct record level(uint64_t number)
{
	struct record record = {.kind = RECORD_LEVEL, .t_ns = (int64_t)number * NS_PER_MS, .utc_us = INT64_C(1795456800000000),
				.slot = "A"};

	strcpy(record.data.level.channel, "pins.17");
	record.data.level.level = number & 1;
	return record;
}

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static void put_levels(struct writer *writer, int count)
{
	struct record record;

	while (count-- > 0) {
		uint64_t number = writer_lines(writer);

		record = level(number);
		must(writer_put(writer, &record, &error));
		assert_int_equal(record.seq, number);
	}
}

static void count_record(void *owner, const struct record *record)
{
	uint64_t *count = owner;

	assert_int_equal(record->seq, *count);
	++*count;
}

/* Lines of the file as its reader sees them; anything that is not whole fails. */
static uint64_t whole_lines(void)
{
	struct reader reader;
	struct record record;
	bool got = true;
	uint64_t lines;

	must(reader_open(&reader, path, sha256, &error));
	while (got)
		must(reader_next(&reader, &record, &got, &error));
	lines = reader.chain.next_seq;
	reader_close(&reader);
	return lines;
}

static int fresh_path(void **state)
{
	static int number;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/journal-%d.jsonl", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", number++);
	unlink(path);
	return 0;
}

static void what_was_flushed_is_durable_and_nothing_else(void **state)
{
	struct writer *writer;

	(void)state;
	must(writer_create(&writer, path, &error));
	put_levels(writer, 3);
	assert_int_equal(writer_durable(writer), 0);
	assert_int_equal(whole_lines(), 0);
	must(writer_flush(writer, &error));
	assert_int_equal(writer_durable(writer), 3);
	assert_int_equal(whole_lines(), 3);
	put_levels(writer, 5000); /* several buffers: written, but not durable */
	assert_int_equal(writer_durable(writer), 3);
	assert_in_range(whole_lines(), 1000, 5002);
	must(writer_close(writer, &error));
	assert_int_equal(whole_lines(), 5003);
}

/* Lines in the file as bytes, and whether they are what the writer says. */
static uint64_t written_so_far(const struct writer *writer)
{
	uint64_t lines, bytes = writer_written(writer, &lines);
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, bytes);
	assert_int_equal(whole_lines(), lines);
	return lines;
}

static void a_writer_says_what_a_reader_finds_and_shows_its_last_line(void **state)
{
	struct writer *writer;
	struct file file;
	char last[LINE_SIZE_MAX];
	const char *line;
	size_t size;

	(void)state;
	must(writer_create(&writer, path, &error));
	assert_int_equal(written_so_far(writer), 0);
	put_levels(writer, 10);
	assert_int_equal(written_so_far(writer), 0);
	must(writer_flush(writer, &error));
	assert_int_equal(written_so_far(writer), 10);
	while (written_so_far(writer) == 10) /* until the buffer is full */
		put_levels(writer, 100);
	assert_in_range(written_so_far(writer), 500, writer_lines(writer) - 1);
	line = writer_line(writer, &size);
	assert_in_range(size, 100, sizeof last);
	memcpy(last, line, size);
	must(writer_close(writer, &error));
	must(file_read(&file, path, 1 << 20, &error));
	assert_memory_equal(file.bytes + file.size - size, last, size);
	assert_int_equal(file.bytes[file.size - size - 1], '\n');
	file_done(&file);
}

static void an_existing_journal_is_never_written_over(void **state)
{
	struct writer *writer;

	(void)state;
	must(writer_create(&writer, path, &error));
	put_levels(writer, 1);
	must(writer_close(writer, &error));
	assert_false(writer_create(&writer, path, &error));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	assert_int_equal(whole_lines(), 1);
}

static void resuming_goes_on_with_the_chain(void **state)
{
	struct writer *writer;
	uint64_t count = 0;
	size_t torn;

	(void)state;
	must(writer_create(&writer, path, &error));
	put_levels(writer, 10);
	must(writer_close(writer, &error));
	must(writer_resume(&writer, path, count_record, &count, &torn, &error));
	assert_int_equal(count, 10);
	assert_int_equal(torn, 0);
	assert_int_equal(writer_durable(writer), 10);
	put_levels(writer, 10);
	must(writer_close(writer, &error));
	assert_int_equal(whole_lines(), 20);
}

static off_t size_of_file(void)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

static void a_last_line_torn_at_any_byte_is_cut_off(void **state)
{
	struct writer *writer;
	off_t whole, last;
	size_t torn;

	(void)state;
	must(writer_create(&writer, path, &error));
	put_levels(writer, 4);
	must(writer_flush(writer, &error));
	whole = size_of_file();
	put_levels(writer, 1);
	must(writer_close(writer, &error));
	for (last = size_of_file() - whole - 1; last > 0; last--) {
		assert_int_equal(truncate(path, whole + last), 0);
		must(writer_resume(&writer, path, NULL, NULL, &torn, &error));
		assert_int_equal(torn, last);
		assert_int_equal(size_of_file(), whole);
		put_levels(writer, 1);
		must(writer_close(writer, &error));
	}
	assert_int_equal(whole_lines(), 5);
}

static void flip(off_t offset)
{
	int descriptor = open(path, O_RDWR);
	char byte;

	assert_int_equal(pread(descriptor, &byte, 1, offset), 1);
	byte ^= 1;
	assert_int_equal(pwrite(descriptor, &byte, 1, offset), 1);
	close(descriptor);
}

static void any_other_damage_refuses_and_changes_nothing(void **state)
{
	char wanted[PATH_MAX + 64];
	struct writer *writer;
	struct file before, after;
	size_t torn;
	off_t whole;

	(void)state;
	must(writer_create(&writer, path, &error));
	put_levels(writer, 4);
	must(writer_flush(writer, &error));
	whole = size_of_file();
	put_levels(writer, 4);
	must(writer_close(writer, &error));
	flip(whole + 20);
	assert_int_equal(truncate(path, size_of_file() - 7), 0); /* torn as well */
	must(file_read(&before, path, 1 << 20, &error));
	assert_false(writer_resume(&writer, path, NULL, NULL, &torn, &error));
	assert_int_equal(error.fault, FAULT_EVIDENCE);
	(void)snprintf(wanted, sizeof wanted, "%s: line 5: ", path);
	assert_memory_equal(error.text, wanted, strlen(wanted));
	must(file_read(&after, path, 1 << 20, &error));
	assert_int_equal(after.size, before.size);
	assert_memory_equal(after.bytes, before.bytes, before.size);
	file_done(&before);
	file_done(&after);
	assert_false(writer_resume(&writer, "/nonexistent/journal.jsonl", NULL, NULL, &torn, &error));
	assert_int_equal(error.fault, FAULT_EVIDENCE);
}

/* A limit on the file's size makes the kernel write a part and refuse the rest: a real short write. */
static void a_short_write_leaves_whole_lines_and_spoils_the_writer(void **state)
{
	struct rlimit old, small;
	struct writer *writer;
	char first[ERROR_TEXT_MAX];
	uint64_t durable;
	struct record record = level(0);

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	must(writer_create(&writer, path, &error));
	put_levels(writer, 2);
	must(writer_flush(writer, &error));
	durable = writer_durable(writer);
	put_levels(writer, 10);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)size_of_file() + 1000; /* three lines and a part of the fourth */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(writer_flush(writer, &error));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	strcpy(first, error.text);
	assert_int_equal(whole_lines(), 5);
	assert_int_equal(writer_durable(writer), durable);
	/* The limit is gone, but the writer stays as it is. */
	assert_false(writer_put(writer, &record, &error));
	assert_string_equal(error.text, first);
	assert_false(writer_flush(writer, &error));
	assert_int_equal(writer_durable(writer), durable);
	assert_false(writer_close(writer, &error));
	assert_int_equal(whole_lines(), 5);
}

/* A disk that really fills up. Needs a mount; without the right to one, the two cases below show the same without it. */
static void a_full_disk_keeps_whole_lines_and_goes_on_when_there_is_room(void **state)
{
	char folder[PATH_MAX], filler[PATH_MAX + 16];
	struct writer *writer;
	static char page[4096];
	uint64_t lines;
	int descriptor;

	(void)state;
	(void)snprintf(folder, sizeof folder, "%.*s.disk", PATH_MAX - 64, path);
	assert_int_equal(mkdir(folder, 0755), 0);
	if (mount("tmpfs", folder, "tmpfs", 0, "size=12k") != 0) {
		rmdir(folder);
		print_message("no right to mount: only /dev/full and RLIMIT_FSIZE were tried\n");
		return;
	}
	(void)snprintf(path, sizeof path, "%.*s/journal.jsonl", PATH_MAX - 32, folder);
	(void)snprintf(filler, sizeof filler, "%s/filler", folder);
	descriptor = open(filler, O_WRONLY | O_CREAT, 0644);
	assert_int_equal(write(descriptor, page, sizeof page), (ssize_t)sizeof page);
	must(writer_create(&writer, path, &error));
	put_levels(writer, 100); /* about 29 kB into 8 */
	assert_false(writer_flush(writer, &error));
	assert_non_null(strstr(error.text, strerror(ENOSPC)));
	lines = whole_lines();
	assert_in_range(lines, 10, 99);
	assert_int_equal(writer_durable(writer), 0);
	close(descriptor);
	assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=128k"), 0);
	must(writer_flush(writer, &error));
	assert_int_equal(writer_durable(writer), 100);
	put_levels(writer, 1);
	must(writer_close(writer, &error));
	assert_int_equal(whole_lines(), 101);
	assert_int_equal(umount(folder), 0);
	rmdir(folder);
}

static void a_device_that_is_always_full_never_claims_durability(void **state)
{
	struct writer *writer;
	struct record record = level(0);
	int i, descriptor = open("/dev/full", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_true(descriptor >= 0);
	must(writer_adopt(&writer, descriptor, "/dev/full", &error));
	put_levels(writer, 3);
	for (i = 0; i < 3; i++) {
		assert_false(writer_flush(writer, &error));
		assert_non_null(strstr(error.text, strerror(ENOSPC)));
		assert_int_equal(writer_durable(writer), 0);
	}
	/* The buffer holds what waits; when it is full, put refuses and the record is not counted. */
	for (i = 0; i < 100000 && writer_put(writer, &record, &error); i++)
		;
	assert_in_range(i, 500, 99999);
	assert_int_equal(writer_lines(writer), 3 + (uint64_t)i);
	assert_false(writer_close(writer, &error));
}

static void lines_that_waited_for_room_are_written_when_it_comes(void **state)
{
	struct writer *writer;
	int disk, descriptor = open("/dev/full", O_RDWR | O_CLOEXEC);

	(void)state;
	must(writer_adopt(&writer, descriptor, path, &error));
	put_levels(writer, 100);
	assert_false(writer_flush(writer, &error));
	disk = open(path, O_RDWR | O_CREAT, 0644);
	assert_int_equal(dup2(disk, descriptor), descriptor);
	close(disk);
	must(writer_flush(writer, &error));
	assert_int_equal(writer_durable(writer), 100);
	must(writer_close(writer, &error));
	assert_int_equal(whole_lines(), 100);
}

/* /dev/null takes every byte and knows no fdatasync: the call really fails. */
static void after_a_failed_fdatasync_nothing_is_durable_ever_again(void **state)
{
	struct writer *writer;
	struct record record = level(0);
	int descriptor = open("/dev/null", O_RDWR | O_CLOEXEC), disk;

	(void)state;
	must(writer_adopt(&writer, descriptor, path, &error));
	put_levels(writer, 3);
	assert_false(writer_flush(writer, &error));
	assert_non_null(strstr(error.text, "fdatasync"));
	/* Even when the descriptor becomes one that would work. */
	disk = open(path, O_RDWR | O_CREAT, 0644);
	assert_int_equal(dup2(disk, descriptor), descriptor);
	close(disk);
	assert_false(writer_flush(writer, &error));
	assert_false(writer_put(writer, &record, &error));
	assert_int_equal(writer_durable(writer), 0);
	assert_false(writer_close(writer, &error));
}

/* A writer killed at random instants: what it said was durable is there, and the rest is whole or torn at the end only. */
static void a_killed_writer_keeps_its_promises(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		uint64_t promised = 0, got;
		struct writer *writer;
		int said[2];
		size_t torn;
		pid_t child;

		fresh_path(NULL);
		assert_int_equal(pipe(said), 0);
		child = fork();
		if (child == 0) {
			if (!writer_create(&writer, path, &error))
				_exit(1);
			for (;;) {
				int i;

				for (i = 0; i < 37; i++) {
					struct record record = level(writer_lines(writer));

					if (!writer_put(writer, &record, &error))
						_exit(1);
				}
				if (!writer_flush(writer, &error))
					_exit(1);
				got = writer_durable(writer);
				if (write(said[1], &got, sizeof got) != sizeof got)
					_exit(1);
			}
		}
		close(said[1]);
		usleep((useconds_t)(1000 + 700 * round));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(said[0], &got, sizeof got) == sizeof got)
			promised = got;
		close(said[0]);
		if (access(path, F_OK) != 0) {
			assert_int_equal(promised, 0);
			continue;
		}
		must(writer_resume(&writer, path, NULL, NULL, &torn, &error));
		assert_true(writer_lines(writer) >= promised);
		must(writer_close(writer, &error));
		unlink(path);
	}
}

static int make_sha256(void **state)
{
	(void)state;
	sha256 = sha256_new();
	return 0;
}

static int drop_sha256(void **state)
{
	(void)state;
	sha256_free(sha256);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_flushed_is_durable_and_nothing_else, fresh_path),
		cmocka_unit_test_setup(a_writer_says_what_a_reader_finds_and_shows_its_last_line, fresh_path),
		cmocka_unit_test_setup(an_existing_journal_is_never_written_over, fresh_path),
		cmocka_unit_test_setup(resuming_goes_on_with_the_chain, fresh_path),
		cmocka_unit_test_setup(a_last_line_torn_at_any_byte_is_cut_off, fresh_path),
		cmocka_unit_test_setup(any_other_damage_refuses_and_changes_nothing, fresh_path),
		cmocka_unit_test_setup(a_short_write_leaves_whole_lines_and_spoils_the_writer, fresh_path),
		cmocka_unit_test_setup(a_full_disk_keeps_whole_lines_and_goes_on_when_there_is_room, fresh_path),
		cmocka_unit_test_setup(a_device_that_is_always_full_never_claims_durability, fresh_path),
		cmocka_unit_test_setup(lines_that_waited_for_room_are_written_when_it_comes, fresh_path),
		cmocka_unit_test_setup(after_a_failed_fdatasync_nothing_is_durable_ever_again, fresh_path),
		cmocka_unit_test_setup(a_killed_writer_keeps_its_promises, fresh_path),
	};

	return cmocka_run_group_tests(tests, make_sha256, drop_sha256);
}
