/* The supervisor's log on a disk that is full for a while: the lines wait, keep their order, and what is lost is said. */

#include "rig/supervisor/watch_log.h"

#include "rig/base/file.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char folder[PATH_MAX];
static struct watch_log logged; /* large */

/* No file may grow beyond this: what a full disk does, without one. */
static void disk_has(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int begin(void **state)
{
	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)snprintf(folder, sizeof folder, "%s/watch-log-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	memset(&logged, 0, sizeof logged);
	logged.descriptor = -1;
	return mkdtemp(folder) ? 0 : 1;
}

static int finish(void **state)
{
	char path[PATH_MAX + 20];

	(void)state;
	disk_has(RLIM_INFINITY);
	watch_log_close(&logged);
	(void)snprintf(path, sizeof path, "%s/" FOLDER_SUPERVISOR, folder);
	(void)unlink(path);
	return rmdir(folder);
}

static void put(int level)
{
	struct record record = {.kind = RECORD_LEVEL, .t_ns = 1000 + level};

	text_copy(record.data.level.channel, sizeof record.data.level.channel, "pins.1");
	record.data.level.level = level & 1;
	watch_log_put(&logged, &record);
}

/* Reads all that stands there; how many lines, and the last record. */
static uint64_t read_back(struct record *last)
{
	static struct record record;
	char path[PATH_MAX + 20];
	struct sha256 *sha256 = sha256_new();
	struct chain chain;
	struct file file;
	struct error error;
	size_t at = 0, used;
	int64_t t_ns = 0;

	(void)snprintf(path, sizeof path, "%s/" FOLDER_SUPERVISOR, folder);
	assert_true(file_read(&file, path, 1 << 24, &error));
	chain_init(&chain, sha256);
	for (; at < file.size; at += used) {
		assert_int_equal(chain_get(&chain, file.bytes + at, file.size - at, &record, &used), DAMAGE_NONE);
		assert_true(record.t_ns >= t_ns);
		t_ns = record.t_ns;
		*last = record;
	}
	file_done(&file);
	sha256_free(sha256);
	return chain.next_seq;
}

static void lines_wait_for_room_and_keep_their_order(void **state)
{
	struct record last;
	int i;

	(void)state;
	watch_log_open(&logged, folder, 0);
	for (i = 0; i < 5; i++)
		put(i);
	disk_has(2000);
	for (; i < 100; i++)
		put(i);
	assert_true(logged.waiting_count > 90);
	assert_in_range(read_back(&last), 5, 9); /* whole lines, and nothing torn behind them */
	disk_has(RLIM_INFINITY);
	watch_log_flush(&logged);
	assert_int_equal(logged.waiting_count, 0);
	assert_int_equal(read_back(&last), 100);
	assert_int_equal(last.t_ns, 1099);
}

static void what_finds_no_room_anywhere_is_counted_and_said(void **state)
{
	struct record last;
	int i;

	(void)state;
	watch_log_open(&logged, folder, 0);
	disk_has(0);
	for (i = 0; i < WATCH_LOG_WAITING_MAX + 7; i++)
		put(i);
	assert_int_equal(logged.lost, 7);
	disk_has(RLIM_INFINITY);
	watch_log_flush(&logged);
	assert_int_equal(read_back(&last), WATCH_LOG_WAITING_MAX + 1);
	assert_int_equal(last.kind, RECORD_FAULT);
	assert_string_equal(last.data.fault.code, "lines-lost");
	assert_non_null(strstr(last.data.fault.text, " 7 of"));
	assert_int_equal(logged.lost, 0);
}

static void without_a_folder_nobody_is_logged_to(void **state)
{
	(void)state;
	watch_log_open(&logged, "", 0);
	put(1);
	watch_log_flush(&logged);
	assert_int_equal(logged.waiting_count, 0);
	assert_int_equal(logged.descriptor, -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_wait_for_room_and_keep_their_order, begin, finish),
		cmocka_unit_test_setup_teardown(what_finds_no_room_anywhere_is_counted_and_said, begin, finish),
		cmocka_unit_test_setup_teardown(without_a_folder_nobody_is_logged_to, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
