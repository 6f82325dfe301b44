/* The slot record: one form in and out, damage that locks out, and what the lines come to. */

#include "rig/command/slot_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define AT INT64_C(1795456862123456) /* 2026-11-23T18:01:02.123456Z */
#define GOOD "{\"utc\":\"2026-11-23T18:01:02.123456Z\",\"bench\":\"left-desk\",\"slot\":\"A\",\"what\":\"locked-out\"," \
	     "\"by\":\"A. Person\",\"why\":\"relay-welded: \\\"on\\\"\",\"run\":\"1a2b3c\"}\n"

static struct slot_record record;
static struct error error;
static char bytes[64 * 1024];

static void load(const char *text)
{
	slot_record_done(&record);
	slot_record_load(&record, "left-desk", text, strlen(text));
}

static struct slot_entry entry_of(const char *slot, enum slot_what what)
{
	struct slot_entry entry = {.utc_us = AT, .what = what, .bench = "left-desk", .by = "A. Person"};

	text_copy(entry.slot, sizeof entry.slot, slot);
	return entry;
}

/* A record of words: "A-locked-out B-opened damage". */
static void load_words(const char *words)
{
	char copy[512], *word, *rest;
	struct text text;

	text_copy(copy, sizeof copy, words);
	text_init(&text, bytes, sizeof bytes);
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		struct slot_entry entry;
		enum slot_what what;

		if (strcmp(word, "damage") == 0) {
			text_put(&text, "damage\n");
			continue;
		}
		for (what = SLOT_LOCKED_OUT; strcmp(word + 2, slot_what_name(what)) != 0; what++)
			assert_true(what < SLOT_WHAT_COUNT);
		word[1] = '\0';
		entry = entry_of(word, what);
		slot_entry_put(&text, &entry);
	}
	load(bytes);
}

/* "open", "locked", "open locked", "suspect", "usable". */
static void assert_state(const char *slot, const char *wanted)
{
	const struct slot_state state = slot_record_state(&record, slot);
	bool locked = slot_is_locked(&record, &state), suspect = slot_is_suspect(&record, &state);
	char got[64];

	(void)snprintf(got, sizeof got, "%s%s%s", state.opened.line ? "open" : "", state.opened.line && locked ? " " : "",
		       suspect ? "suspect" : locked ? "locked" : state.opened.line ? "" : "usable");
	assert_string_equal(got, wanted);
}

static void a_line_is_read_back_as_it_was_written(void **state)
{
	struct slot_entry entry = entry_of("A", SLOT_LOCKED_OUT);
	struct slot_state got;
	struct text text;

	(void)state;
	text_copy(entry.why, sizeof entry.why, "relay-welded: \"on\"");
	text_copy(entry.run, sizeof entry.run, "1a2b3c");
	text_init(&text, bytes, sizeof bytes);
	slot_entry_put(&text, &entry);
	assert_string_equal(bytes, GOOD);
	load(bytes);
	assert_int_equal(record.damaged_line, 0);
	got = slot_record_state(&record, "A");
	assert_int_equal(got.locked.line, 1);
	assert_int_equal(got.locked.entry.utc_us, AT);
	assert_string_equal(got.locked.entry.by, "A. Person");
	assert_string_equal(got.locked.entry.why, "relay-welded: \"on\"");
	assert_string_equal(got.locked.entry.run, "1a2b3c");
}

static void the_longest_texts_fit_into_a_line(void **state)
{
	struct slot_entry entry = entry_of("A", SLOT_CLEARED);
	struct text text;

	(void)state;
	memset(entry.slot, 's', sizeof entry.slot - 1);
	memset(entry.by, '"', sizeof entry.by - 1);
	memset(entry.why, '\\', sizeof entry.why - 1);
	memset(entry.run, '1', sizeof entry.run - 1);
	assert_true(slot_entry_check(&entry, &error));
	text_init(&text, bytes, SLOT_LINE_SIZE_MAX);
	slot_entry_put(&text, &entry);
	assert_false(text.full);
	load(bytes);
	assert_int_equal(record.damaged_line, 0);
}

static void assert_unwritable(struct slot_entry entry, const char *why)
{
	error = (struct error){FAULT_NONE, ""};
	assert_false(slot_entry_check(&entry, &error));
	assert_int_equal(error.fault, FAULT_USAGE);
	assert_non_null(strstr(error.text, why));
}

static void what_would_move_a_cursor_or_name_nobody_is_not_written(void **state)
{
	struct slot_entry entry = entry_of("A", SLOT_OPENED);

	(void)state;
	assert_true(slot_entry_check(&entry, &error));
	text_copy(entry.by, sizeof entry.by, "  ");
	assert_unwritable(entry, "nobody is named");
	strcpy(entry.by, "A\033[2J");
	assert_unwritable(entry, "control characters");
	strcpy(entry.by, "A\xC2\x9B");
	assert_unwritable(entry, "control characters");
	strcpy(entry.by, "A\xFF");
	assert_unwritable(entry, "no UTF-8");
	strcpy(entry.by, "Zo\xC3\xAB");
	assert_true(slot_entry_check(&entry, &error));
	strcpy(entry.why, "line\nline");
	assert_unwritable(entry, "the reason");
	strcpy(entry.why, "");
	strcpy(entry.slot, "A/B");
	assert_unwritable(entry, "the slot's name");
	strcpy(entry.slot, "");
	assert_unwritable(entry, "the slot's name");
}

static void assert_damage(const char *text, int line, const char *why)
{
	load(text);
	assert_int_equal(record.damaged_line, line);
	assert_string_equal(record.damage, why);
	assert_state("A", "suspect");
	assert_state("never-mentioned", "suspect");
}

/* GOOD with one thing replaced. */
static const char *with(const char *old, const char *new)
{
	const char *at = strstr(GOOD, old);

	assert_non_null(at);
	(void)snprintf(bytes, sizeof bytes, "%.*s%s%s", (int)(at - GOOD), GOOD, new, at + strlen(old));
	return bytes;
}

static void a_damaged_line_locks_out_every_slot(void **state)
{
	static const char cut[] = "it is cut off", form[] = "it is not as this program writes it", json[] = "it is no JSON";

	(void)state;
	assert_damage(with("}\n", "}"), 1, cut);
	assert_damage(with("\"1a2b3c\"}\n", ""), 1, cut);
	assert_damage("\n", 1, json);
	assert_damage("[]\n", 1, "'utc' is no instant");
	assert_damage("null\n", 1, json);
	assert_damage(with("}", "}}"), 1, json);
	assert_damage(with("{", "{\"run\":\"x\","), 1, json);
	assert_damage(with("T18:01:02.123456Z", "T25:01:02.123456Z"), 1, "'utc' is no instant");
	assert_damage(with("\"2026-11-23T18:01:02.123456Z\"", "17"), 1, "'utc' is no instant");
	assert_damage(with("left-desk", "right-desk"), 1, "'bench' is not this bench");
	assert_damage(with("\"slot\":\"A\"", "\"slot\":\"A-slot-with-too-long-a-name\""), 1, "'slot' is no slot's name");
	assert_damage(with("\"slot\":\"A\"", "\"slot\":\"A B\""), 1, "the slot's name is none");
	assert_damage(with("\"slot\":\"A\"", "\"slot\":\"A\\u0000\""), 1, json);
	assert_damage(with("locked-out", "locked"), 1, "'what' is none of locked-out, opened, closed, cleared");
	assert_damage(with("A. Person", ""), 1, "nobody is named");
	assert_damage(with("A. Person", "\\u001b[2J"), 1, "the name has control characters or is no UTF-8");
	assert_damage(with("\"A. Person\"", "null"), 1, "'by' is no name");
	assert_damage(with("A. Person", "\xFF"), 1, json);
	assert_damage(with("1a2b3c", "1a 2b"), 1, "the run's id is none");
	assert_damage(with("\"}", "\",\"more\":1}"), 1, "there are other keys than utc, bench, slot, what, by, why, run");
	assert_damage(with(",\"run\":\"1a2b3c\"", ""), 1, "'run' is no run's id");
	assert_damage(with("\"by\":", "\"by\": "), 1, form);
	assert_damage(with("Person", "\\u0050erson"), 1, form);
	assert_damage(with("{\"utc\":\"2026-11-23T18:01:02.123456Z\",\"bench\":\"left-desk\"",
			   "{\"bench\":\"left-desk\",\"utc\":\"2026-11-23T18:01:02.123456Z\""), 1, form);
	load(GOOD GOOD "x\n" GOOD);
	assert_int_equal(record.damaged_line, 3);
	assert_state("A", "locked");
	assert_state("B", "suspect");
}

static void a_line_that_never_ends_is_no_entry(void **state)
{
	(void)state;
	memset(bytes, ' ', SLOT_LINE_SIZE_MAX * 3);
	memcpy(bytes + SLOT_LINE_SIZE_MAX * 3, "\n", 2);
	assert_damage(bytes, 1, "it is too long");
}

static void a_nul_in_a_line_is_damage(void **state)
{
	(void)state;
	memcpy(bytes, GOOD, sizeof GOOD);
	bytes[20] = '\0';
	slot_record_done(&record);
	slot_record_load(&record, "left-desk", bytes, strlen(GOOD));
	assert_int_equal(record.damaged_line, 1);
}

static void an_empty_record_has_usable_slots(void **state)
{
	(void)state;
	slot_record_done(&record);
	slot_record_load(&record, "left-desk", NULL, 0);
	assert_state("A", "usable");
}

static void open_and_locked_out_are_two_things(void **state)
{
	(void)state;
	load_words("A-locked-out");
	assert_state("A", "locked");
	assert_state("B", "usable");
	load_words("A-locked-out A-opened");
	assert_state("A", "open locked");
	load_words("A-locked-out A-opened A-closed");
	assert_state("A", "locked");
	load_words("A-locked-out A-opened A-cleared");
	assert_state("A", "open");
	load_words("A-locked-out A-opened A-cleared A-closed");
	assert_state("A", "usable");
	load_words("B-opened A-cleared A-locked-out B-closed");
	assert_state("A", "locked");
	assert_state("B", "usable");
}

static void the_first_lock_out_stands_until_it_is_cleared(void **state)
{
	struct slot_state got;

	(void)state;
	load_words("A-locked-out A-locked-out");
	got = slot_record_state(&record, "A");
	assert_int_equal(got.locked.line, 1);
	assert_int_equal(got.last.line, 2);
	load_words("A-locked-out A-cleared A-locked-out");
	assert_int_equal(slot_record_state(&record, "A").locked.line, 3);
}

static void damage_is_lifted_slot_by_slot_behind_it(void **state)
{
	(void)state;
	load_words("A-cleared damage");
	assert_state("A", "suspect");
	load_words("damage A-cleared");
	assert_state("A", "usable");
	assert_state("B", "suspect");
	load_words("damage A-cleared damage");
	assert_state("A", "suspect");
	load_words("damage A-opened A-closed");
	assert_state("A", "suspect");
	load_words("A-locked-out damage");
	assert_state("A", "locked");
	load_words("damage A-cleared A-locked-out");
	assert_state("A", "locked");
}

static void more_names_than_a_bench_can_have_are_damage(void **state)
{
	struct text text;
	char name[SLOT_NAME_SIZE];
	int i;

	(void)state;
	static char many[(SLOT_STATES_MAX + 1) * 256];
	text_init(&text, many, sizeof many);
	for (i = 0; i <= SLOT_STATES_MAX; i++) {
		struct slot_entry entry;

		(void)snprintf(name, sizeof name, "S%d", i);
		entry = entry_of(name, SLOT_CLOSED);
		slot_entry_put(&text, &entry);
	}
	assert_false(text.full);
	assert_damage(many, SLOT_STATES_MAX + 1, "it names one slot more than a bench can have");
}

static void an_instant_is_shown_as_people_read_it(void **state)
{
	char when[SLOT_WHEN_SIZE];

	(void)state;
	slot_when(AT, when);
	assert_string_equal(when, "2026-11-23 18:01:02 UTC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_back_as_it_was_written),
		cmocka_unit_test(the_longest_texts_fit_into_a_line),
		cmocka_unit_test(what_would_move_a_cursor_or_name_nobody_is_not_written),
		cmocka_unit_test(a_damaged_line_locks_out_every_slot),
		cmocka_unit_test(a_line_that_never_ends_is_no_entry),
		cmocka_unit_test(a_nul_in_a_line_is_damage),
		cmocka_unit_test(an_empty_record_has_usable_slots),
		cmocka_unit_test(open_and_locked_out_are_two_things),
		cmocka_unit_test(the_first_lock_out_stands_until_it_is_cleared),
		cmocka_unit_test(damage_is_lifted_slot_by_slot_behind_it),
		cmocka_unit_test(more_names_than_a_bench_can_have_are_damage),
		cmocka_unit_test(an_instant_is_shown_as_people_read_it),
	};
	int failed = cmocka_run_group_tests_name("slot_record", tests, NULL, NULL);

	slot_record_done(&record);
	return failed;
}
