/* From a run's journal to lock-outs: at the run's end, and for a run that died with its supervisor. */

#include "rig/command/slot_store.h"
#include "rig/command/weld.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT INT64_C(1795456862123456)

static struct error error;
static char folder[PATH_MAX / 2], journal[PATH_MAX];

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

/* A fresh home, and an evidence folder in it without a journal. */
static int set_up(void **state)
{
	const char *top = getenv("TMPDIR");
	char home[PATH_MAX / 4];

	(void)state;
	(void)snprintf(home, sizeof home, "%s/weld.XXXXXX", top ? top : "/tmp");
	assert_non_null(mkdtemp(home));
	assert_int_equal(setenv("XDG_STATE_HOME", home, 1), 0);
	(void)snprintf(folder, sizeof folder, "%s/night", home);
	assert_int_equal(mkdir(folder, 0700), 0);
	(void)snprintf(journal, sizeof journal, "%s/%s", folder, FOLDER_JOURNAL);
	error = (struct error){FAULT_NONE, ""};
	return 0;
}

static void put(struct writer *writer, struct record record)
{
	record.utc_us = AT;
	must(writer_put(writer, &record, &error));
}

static struct record fault(const char *slot, const char *code, const char *text)
{
	struct record record = {.kind = RECORD_FAULT};

	record.data.fault.domain = FAULT_RIG;
	strcpy(record.slot, slot);
	strcpy(record.data.fault.code, code);
	strcpy(record.data.fault.text, text);
	return record;
}

static void write_journal(const char *operator, const struct record *faults, int count)
{
	struct record run = {.kind = RECORD_RUN};
	struct writer *writer;
	int i;

	strcpy(run.data.run.run, "1a2b3c");
	strcpy(run.data.run.operator, operator);
	run.data.run.scenario_version = run.data.run.attempts = 1;
	must(writer_create(&writer, journal, &error));
	put(writer, run);
	for (i = 0; i < count; i++)
		put(writer, faults[i]);
	must(writer_close(writer, &error));
}

static void weld_in_a(void)
{
	const struct record faults[] = {fault("A", "sense-disagrees", "x"), fault("A", "relay-welded", "the sense says on"),
		fault("", "relay-welded", "nobody's"), fault("B", "readback-disagrees", "y"), fault("B", "contactor-open", "z")};

	write_journal("A. Person", faults, 5);
}

/* "A(relay-welded: x, by P, run r) ..." of the slots that are locked out, in the order of the record. */
static const char *locked(void)
{
	static char bytes[1024];
	struct slot_store store;
	struct text text;
	int i;

	text_init(&text, bytes, sizeof bytes);
	must(slot_store_open(&store, "left-desk", false, &error));
	for (i = 0; i < store.record.state_count; i++) {
		const struct slot_state *state = &store.record.states[i];

		if (slot_is_locked(&store.record, state))
			text_format(&text, "%s(%s, by %s, run %s)", state->slot, state->locked.entry.why, state->locked.entry.by, state->locked.entry.run);
	}
	slot_store_close(&store);
	return bytes;
}

static int line_count(void)
{
	struct slot_store store;
	int count = 0;
	size_t i;

	must(slot_store_open(&store, "left-desk", false, &error));
	for (i = 0; i < store.file.size; i++)
		count += store.file.bytes[i] == '\n';
	slot_store_close(&store);
	return count;
}

static void clear_a(void)
{
	const struct slot_entry entry = {.slot = "A", .what = SLOT_CLEARED, .by = "A. Mender", .why = "mended"};
	struct slot_store store;

	must(slot_store_open(&store, "left-desk", true, &error));
	must(slot_store_add(&store, &entry, &error));
	slot_store_close(&store);
}

#define LOCKED_A "A(relay-welded: the sense says on, by A. Person, run 1a2b3c)"

static void a_run_that_ends_locks_out_the_slot_whose_relay_welded(void **state)
{
	struct weld_watch watch;

	(void)state;
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	weld_in_a();
	assert_string_equal(locked(), "");
	weld_watch_end(&watch);
	assert_string_equal(locked(), LOCKED_A);
	must(weld_settle("left-desk", true, &error));
	assert_int_equal(line_count(), 1);
}

static void who_asks_while_a_run_goes_on_is_told_of_its_welds(void **state)
{
	struct weld_watch watch;

	(void)state;
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	must(weld_settle("left-desk", false, &error));
	assert_string_equal(locked(), "");
	weld_in_a();
	must(weld_settle("left-desk", false, &error));
	assert_string_equal(locked(), LOCKED_A);
	weld_watch_end(&watch);
	assert_int_equal(line_count(), 1);
}

/* Begins a run in a child that dies without ending it. */
static void die_in_mid_run(void)
{
	struct weld_watch watch;
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(weld_watch_begin(&watch, "left-desk", folder, &error) ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_run_that_died_is_settled_by_the_next_who_asks_and_only_once(void **state)
{
	(void)state;
	die_in_mid_run();
	weld_in_a();
	must(weld_settle("left-desk", false, &error));
	assert_string_equal(locked(), LOCKED_A);
	clear_a();
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), "");
	assert_int_equal(line_count(), 2);
}

static void a_folder_that_is_resumed_after_clearing_locks_out_nothing_anew(void **state)
{
	struct weld_watch watch;

	(void)state;
	die_in_mid_run();
	weld_in_a();
	must(weld_settle("left-desk", true, &error));
	clear_a();
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	weld_watch_end(&watch);
	assert_string_equal(locked(), "");
	assert_int_equal(line_count(), 2);
}

static void a_torn_last_line_keeps_what_stands_in_front_of_it(void **state)
{
	struct stat status;

	(void)state;
	die_in_mid_run();
	weld_in_a();
	assert_int_equal(stat(journal, &status), 0);
	assert_int_equal(truncate(journal, status.st_size - 7), 0);
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), LOCKED_A);
}

static void a_journal_that_is_damaged_locks_out_every_slot_of_its_run(void **state)
{
	struct record slots[3] = {{.kind = RECORD_SLOT}, {.kind = RECORD_SLOT}};
	struct stat status;
	FILE *file;

	(void)state;
	strcpy(slots[0].slot, "A");
	strcpy(slots[1].slot, "B");
	slots[2] = fault("A", "relay-welded", "the sense says on");
	die_in_mid_run();
	write_journal("A. Person", slots, 3);
	assert_int_equal(stat(journal, &status), 0);
	file = fopen(journal, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, status.st_size - 200, SEEK_SET), 0); /* in the line that tells of the weld */
	assert_int_equal(fputc('#', file), '#');
	assert_int_equal(fclose(file), 0);
	must(weld_settle("left-desk", true, &error));
	assert_non_null(strstr(locked(), "A(whether it welded is not known"));
	assert_non_null(strstr(locked(), "B(whether it welded is not known"));
}

static void a_journal_or_folder_that_is_not_there_settles_as_nothing(void **state)
{
	(void)state;
	die_in_mid_run();
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), "");
	die_in_mid_run();
	assert_int_equal(rmdir(folder), 0);
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), "");
}

static void a_marker_that_was_cut_off_names_no_folder(void **state)
{
	char path[PATH_MAX];
	int descriptor;

	(void)state;
	weld_in_a();
	must(slot_store_path(path, "left-desk", "run", true, &error));
	descriptor = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(descriptor, folder, strlen(folder)), strlen(folder));
	close(descriptor);
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), "");
}

static void texts_that_the_record_does_not_take_do_not_save_the_slot(void **state)
{
	const struct record faults[] = {fault("A", "relay-welded", "a\nb"), fault("A/B", "relay-welded", "x")};
	struct weld_watch watch;

	(void)state;
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	write_journal("", faults, 2);
	weld_watch_end(&watch);
	assert_string_equal(locked(), "A(relay-welded, by hilrig run, run 1a2b3c)");
	must(weld_settle("left-desk", true, &error));
	assert_int_equal(line_count(), 1);
}

static void a_weld_of_the_groups_contactor_locks_out_the_slot_that_found_it(void **state)
{
	const struct record faults[] = {fault("C", "contactor-welded", "closed, and not told to")};
	struct weld_watch watch;

	(void)state;
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	write_journal("A. Person", faults, 1);
	weld_watch_end(&watch);
	assert_string_equal(locked(), "C(contactor-welded: closed, and not told to, by A. Person, run 1a2b3c)");
}

/* A folder stands where the record should be: nothing can be written, and nothing is forgotten. */
static void what_cannot_be_written_is_tried_again(void **state)
{
	struct weld_watch watch;
	char path[PATH_MAX];

	(void)state;
	must(weld_watch_begin(&watch, "left-desk", folder, &error));
	weld_in_a();
	must(slot_store_path(path, "left-desk", "jsonl", true, &error));
	assert_int_equal(mkdir(path, 0700), 0);
	weld_watch_end(&watch);
	assert_false(weld_settle("left-desk", true, &error));
	assert_non_null(strstr(error.text, "a weld was found in slot A, which cannot be locked out"));
	assert_int_equal(rmdir(path), 0);
	must(weld_settle("left-desk", true, &error));
	assert_string_equal(locked(), LOCKED_A);
}

static void without_a_place_for_it_no_run_begins(void **state)
{
	struct weld_watch watch;

	(void)state;
	assert_int_equal(setenv("XDG_STATE_HOME", "/proc/no-folder", 1), 0);
	assert_false(weld_watch_begin(&watch, "left-desk", folder, &error));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_false(weld_watch_begin(&watch, "left-desk", folder, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
}

static void a_weld_that_a_check_found_locks_out_once(void **state)
{
	const struct slot_entry found[] = {
		{.utc_us = AT, .slot = "A", .what = SLOT_LOCKED_OUT, .by = "hilrig check", .why = "relays.1: welded"},
		{.utc_us = AT, .slot = "B", .what = SLOT_LOCKED_OUT, .by = "hilrig check", .why = "relays.2: \x01"},
	};

	(void)state;
	must(weld_could_lock_out("left-desk", &error));
	assert_string_equal(locked(), "");
	weld_lock_out("left-desk", found, 2);
	weld_lock_out("left-desk", found, 2); /* a rig without its supervisor, and the supervisor after all */
	assert_string_equal(locked(), "A(relays.1: welded, by hilrig check, run )B(relays.2, by hilrig run, run )");
	assert_int_equal(line_count(), 2);
	weld_lock_out("left-desk", found, 0);
	assert_int_equal(line_count(), 2);
}

static void a_check_that_could_not_lock_out_is_refused(void **state)
{
	(void)state;
	assert_int_equal(setenv("XDG_STATE_HOME", "/proc/no-folder", 1), 0);
	assert_false(weld_could_lock_out("left-desk", &error));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_weld_that_a_check_found_locks_out_once, set_up),
		cmocka_unit_test_setup(a_check_that_could_not_lock_out_is_refused, set_up),
		cmocka_unit_test_setup(a_run_that_ends_locks_out_the_slot_whose_relay_welded, set_up),
		cmocka_unit_test_setup(who_asks_while_a_run_goes_on_is_told_of_its_welds, set_up),
		cmocka_unit_test_setup(a_run_that_died_is_settled_by_the_next_who_asks_and_only_once, set_up),
		cmocka_unit_test_setup(a_folder_that_is_resumed_after_clearing_locks_out_nothing_anew, set_up),
		cmocka_unit_test_setup(a_torn_last_line_keeps_what_stands_in_front_of_it, set_up),
		cmocka_unit_test_setup(a_journal_that_is_damaged_locks_out_every_slot_of_its_run, set_up),
		cmocka_unit_test_setup(a_journal_or_folder_that_is_not_there_settles_as_nothing, set_up),
		cmocka_unit_test_setup(a_marker_that_was_cut_off_names_no_folder, set_up),
		cmocka_unit_test_setup(texts_that_the_record_does_not_take_do_not_save_the_slot, set_up),
		cmocka_unit_test_setup(a_weld_of_the_groups_contactor_locks_out_the_slot_that_found_it, set_up),
		cmocka_unit_test_setup(what_cannot_be_written_is_tried_again, set_up),
		cmocka_unit_test_setup(without_a_place_for_it_no_run_begins, set_up),
	};

	return cmocka_run_group_tests_name("weld", tests, NULL, NULL);
}
