/* The file of the slot record: where it lies, that it is whole at all times, and that writers wait for each other. */

#include "rig/command/slot_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 4
#define LINES_EACH 25

static struct slot_store store;
static struct error error;
static char home[PATH_MAX / 2];

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

/* A fresh home for each test. */
static int set_up(void **state)
{
	const char *folder = getenv("TMPDIR");

	(void)state;
	(void)snprintf(home, sizeof home, "%s/home.XXXXXX", folder ? folder : "/tmp");
	assert_non_null(mkdtemp(home));
	assert_int_equal(setenv("HOME", home, 1), 0);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	error = (struct error){FAULT_NONE, ""};
	return 0;
}

static struct slot_entry entry_of(const char *slot, enum slot_what what)
{
	struct slot_entry entry = {.what = what, .by = "A. Person"};

	text_copy(entry.slot, sizeof entry.slot, slot);
	return entry;
}

static bool add(const char *slot, enum slot_what what)
{
	const struct slot_entry entry = entry_of(slot, what);
	bool done;

	if (!slot_store_open(&store, "left-desk", true, &error))
		return false;
	done = slot_store_add(&store, &entry, &error);
	slot_store_close(&store);
	return done;
}

static void assert_locked(const char *slot, bool locked)
{
	struct slot_state state;

	must(slot_store_open(&store, "left-desk", false, &error));
	state = slot_record_state(&store.record, slot);
	assert_int_equal(slot_is_locked(&store.record, &state), locked);
	slot_store_close(&store);
}

static void append_bytes(const char *bytes)
{
	char path[PATH_MAX];
	int descriptor;

	must(slot_store_path(path, "left-desk", "jsonl", true, &error));
	descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes, strlen(bytes)), strlen(bytes));
	close(descriptor);
}

static void it_lies_where_xdg_says(void **state)
{
	char path[PATH_MAX], wanted[PATH_MAX];

	(void)state;
	must(slot_store_path(path, "left-desk", "jsonl", false, &error));
	(void)snprintf(wanted, sizeof wanted, "%s/.local/state/hilrig/slots/left-desk.jsonl", home);
	assert_string_equal(path, wanted);
	assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
	must(slot_store_path(path, "left-desk", "jsonl", false, &error));
	assert_string_equal(path, wanted);
	assert_int_equal(setenv("XDG_STATE_HOME", "/elsewhere", 1), 0);
	must(slot_store_path(path, "left-desk", "jsonl", false, &error));
	assert_string_equal(path, "/elsewhere/hilrig/slots/left-desk.jsonl");
}

static void without_a_home_it_is_an_error_that_says_so(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(setenv("HOME", "", 1), 0);
	assert_false(slot_store_path(path, "left-desk", "jsonl", false, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_non_null(strstr(error.text, "set HOME to the folder of the user at the bench"));
	assert_int_equal(unsetenv("HOME"), 0);
	assert_false(slot_store_open(&store, "left-desk", false, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
}

static void looking_makes_nothing(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_locked("A", false);
	(void)snprintf(path, sizeof path, "%s/.local", home);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void what_was_added_is_there_for_the_next_one(void **state)
{
	struct stat status;
	char folder[PATH_MAX];

	(void)state;
	must(add("A", SLOT_LOCKED_OUT));
	must(add("B", SLOT_OPENED));
	assert_locked("A", true);
	assert_locked("B", false);
	must(add("A", SLOT_CLEARED));
	assert_locked("A", false);
	(void)snprintf(folder, sizeof folder, "%s/.local/state/hilrig/slots", home);
	assert_int_equal(stat(folder, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
}

static void the_record_follows_what_is_added(void **state)
{
	const struct slot_entry entry = entry_of("A", SLOT_LOCKED_OUT);
	struct slot_state got;

	(void)state;
	must(slot_store_open(&store, "left-desk", true, &error));
	must(slot_store_add(&store, &entry, &error));
	got = slot_record_state(&store.record, "A");
	assert_int_equal(got.locked.line, 1);
	assert_true(got.locked.entry.utc_us > 0);
	assert_string_equal(got.locked.entry.bench, "left-desk");
	slot_store_close(&store);
}

static void a_line_that_was_cut_off_stays_a_line_of_its_own(void **state)
{
	(void)state;
	append_bytes("{\"utc\":\"20");
	assert_locked("A", true);
	must(add("A", SLOT_CLEARED));
	assert_locked("A", false);
	assert_locked("B", true);
	must(slot_store_open(&store, "left-desk", false, &error));
	assert_int_equal(store.record.damaged_line, 1);
	assert_memory_equal(store.file.bytes, "{\"utc\":\"20\n{\"utc\":", 18);
	slot_store_close(&store);
}

static void what_may_not_be_written_is_refused_and_nothing_changes(void **state)
{
	struct slot_entry entry = entry_of("A", SLOT_LOCKED_OUT);

	(void)state;
	must(add("B", SLOT_OPENED));
	must(slot_store_open(&store, "left-desk", true, &error));
	strcpy(entry.why, "a\nb");
	assert_false(slot_store_add(&store, &entry, &error));
	assert_int_equal(error.fault, FAULT_USAGE);
	slot_store_close(&store);
	assert_locked("A", false);
}

static void a_disk_that_refuses_leaves_the_record_as_it_was(void **state)
{
	struct rlimit old, small = {.rlim_cur = 200};
	char before[PATH_MAX];
	bool done;

	(void)state;
	must(add("A", SLOT_LOCKED_OUT));
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	done = add("A", SLOT_CLEARED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_false(done);
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	assert_locked("A", true);
	(void)snprintf(before, sizeof before, "%s/.local/state/hilrig/slots/left-desk.jsonl.new", home);
	assert_int_not_equal(access(before, F_OK), 0);
	must(add("A", SLOT_CLEARED));
	assert_locked("A", false);
}

static void a_folder_in_its_place_is_an_error_and_no_empty_record(void **state)
{
	char path[PATH_MAX];

	(void)state;
	must(slot_store_path(path, "left-desk", "jsonl", true, &error));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(slot_store_open(&store, "left-desk", false, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_non_null(strstr(error.text, "which slots are locked out cannot be read"));
}

static void a_full_record_says_what_may_be_taken_out(void **state)
{
	char path[PATH_MAX];

	(void)state;
	must(add("A", SLOT_LOCKED_OUT));
	must(slot_store_path(path, "left-desk", "jsonl", false, &error));
	assert_int_equal(truncate(path, SLOT_RECORD_SIZE_MAX), 0);
	assert_false(add("A", SLOT_CLEARED));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	assert_non_null(strstr(error.text, "take out old lines of slots that are usable"));
	assert_locked("A", true);
	assert_int_equal(truncate(path, SLOT_RECORD_SIZE_MAX + 1), 0);
	assert_false(slot_store_open(&store, "left-desk", false, &error));
}

static void the_lock_is_waited_for_until_a_deadline(void **state)
{
	char path[PATH_MAX];
	int first, second;

	(void)state;
	must(slot_store_path(path, "left-desk", "lock", true, &error));
	first = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	second = open(path, O_RDWR | O_CLOEXEC);
	assert_true(slot_lock(first, 0));
	assert_false(slot_lock(second, 20 * NS_PER_MS));
	close(first);
	assert_true(slot_lock(second, 0));
	close(second);
}

/* In a child: adds its lines as fast as it can. */
static void write_lines(int number)
{
	char slot[SLOT_NAME_SIZE];
	int i;

	for (i = 0; i < LINES_EACH; i++) {
		(void)snprintf(slot, sizeof slot, "S%c-%u", (char)('0' + number), (unsigned char)i);
		if (!add(slot, SLOT_LOCKED_OUT))
			_exit(1);
	}
	_exit(0);
}

static int lines_now(void)
{
	int count;

	must(slot_store_open(&store, "left-desk", false, &error));
	assert_int_equal(store.record.damaged_line, 0);
	count = store.record.state_count;
	slot_store_close(&store);
	return count;
}

static void writers_at_once_lose_nothing_and_readers_see_only_whole_lines(void **state)
{
	int i, status, before = 0, now;

	(void)state;
	for (i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	for (i = 0; i < WRITERS;) {
		pid_t ended = waitpid(-1, &status, WNOHANG);

		assert_true(ended >= 0);
		if (ended > 0) {
			assert_int_equal(status, 0);
			i++;
		}
		now = lines_now();
		assert_true(now >= before);
		before = now;
	}
	assert_int_equal(lines_now(), WRITERS * LINES_EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_lies_where_xdg_says, set_up),
		cmocka_unit_test_setup(without_a_home_it_is_an_error_that_says_so, set_up),
		cmocka_unit_test_setup(looking_makes_nothing, set_up),
		cmocka_unit_test_setup(what_was_added_is_there_for_the_next_one, set_up),
		cmocka_unit_test_setup(the_record_follows_what_is_added, set_up),
		cmocka_unit_test_setup(a_line_that_was_cut_off_stays_a_line_of_its_own, set_up),
		cmocka_unit_test_setup(what_may_not_be_written_is_refused_and_nothing_changes, set_up),
		cmocka_unit_test_setup(a_disk_that_refuses_leaves_the_record_as_it_was, set_up),
		cmocka_unit_test_setup(a_folder_in_its_place_is_an_error_and_no_empty_record, set_up),
		cmocka_unit_test_setup(a_full_record_says_what_may_be_taken_out, set_up),
		cmocka_unit_test_setup(the_lock_is_waited_for_until_a_deadline, set_up),
		cmocka_unit_test_setup(writers_at_once_lose_nothing_and_readers_see_only_whole_lines, set_up),
	};

	return cmocka_run_group_tests_name("slot_store", tests, NULL, NULL);
}
