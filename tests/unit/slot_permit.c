/* What keeps a slot off, whom else that cuts, and which runs are refused for it. */

#include "rig/command/slot_means.h"
#include "rig/command/slot_permit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hubs alone: A and B hang on one supply and have relays, C and D on another and have none, E has one of its own. */
static const char hubs[] =
	"bench: hubs\nhazard: selv-only\nenvironment: boxed\n"
	"instruments:\n"
	"  psu1: {driver: modbus, profile: riden-rd6006, port: {path: /dev/ttyUSB0}, baud: 115200, unit: 1}\n"
	"  psu2: {driver: modbus, profile: riden-rd6006, port: {path: /dev/ttyUSB1}, baud: 115200, unit: 1}\n"
	"  psu3: {driver: modbus, profile: riden-rd6006, port: {path: /dev/ttyUSB2}, baud: 115200, unit: 1}\n"
	"  feeds: {driver: modbus, profile: waveshare-relay-8, port: {path: /dev/ttyUSB3}, baud: 9600, unit: 1}\n"
	"  pins: {driver: gpio, chip: pinctrl-rp1}\n"
	"limits: {supply_v: {nominal: 12.0, max: 13.0, source: test}}\n"
	"slots:\n"
	"  A: {feed: {supply: psu1, switch: feeds.1, clamp_v: {value: 14.5, source: x}}, supply: {sense: pins.1, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20}}\n"
	"  B: {feed: {supply: psu1, switch: feeds.2, clamp_v: {value: 14.5, source: x}}, supply: {sense: pins.2, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20}}\n"
	"  C: {feed: {supply: psu2, clamp_v: {value: 14.5, source: x}}, supply: {sense: pins.3, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20}}\n"
	"  D: {feed: {supply: psu2, clamp_v: {value: 14.5, source: x}}, supply: {sense: pins.4, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20}}\n"
	"  E: {feed: {supply: psu3, switch: feeds.3, clamp_v: {value: 14.5, source: x}}, supply: {sense: pins.5, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20}}\n";

static struct bench bench;
static struct slot_record record;
static struct problems problems;
static bool taking_part[BENCH_SLOTS_MAX];
static char printed[16 * 1024];

static void check_loaded(bool loaded)
{
	struct text text;

	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	problems_done(&problems);
	if (!loaded)
		fail_msg("%s", printed);
}

static void begin_load(struct workspace *workspace)
{
	bench_done(&bench);
	memset(&bench, 0, sizeof bench);
	problems_init(&problems);
	workspace_init_at(workspace, ".");
}

static void load(const char *path)
{
	struct workspace workspace;

	begin_load(&workspace);
	check_loaded(bench_load(&bench, path, &workspace, &problems));
}

static void load_hubs(void)
{
	struct workspace workspace;

	begin_load(&workspace);
	check_loaded(bench_parse(&bench, "hubs.yaml", hubs, strlen(hubs), &workspace, &problems));
}

/* The names of a slot's own means, and its contactor behind a plus. */
static void assert_means(const char *slot, const char *wanted)
{
	const struct slot_means means = slot_means_of(&bench, bench_slot_find(&bench, slot));
	char got[128];
	struct text text;
	int i;

	text_init(&text, got, sizeof got);
	for (i = 0; i < means.own_count; i++)
		text_format(&text, "%s%s", i ? " " : "", bench.channels[means.own[i]].name);
	if (means.contactor >= 0)
		text_format(&text, " + %s", bench.channels[means.contactor].name);
	assert_string_equal(got, wanted);
}

static void assert_shared(const char *slot, const char *other, const char *channel)
{
	int shared = slot_means_shared(&bench, bench_slot_find(&bench, slot), bench_slot_find(&bench, other));

	assert_string_equal(shared < 0 ? "" : bench.channels[shared].name, channel);
}

static void each_slot_is_cut_by_what_is_its_own(void **state)
{
	(void)state;
	load_hubs();
	assert_means("A", "feeds.1");
	assert_means("C", "psu2.output");
	assert_means("E", "feeds.3 psu3.output");
	load("tests/lab/bench/contactor.yaml");
	assert_means("A", "relays.1 + relays.8");
	load("tests/lab/bench/two-slots.yaml");
	assert_means("A", "relays.1");
}

static void neighbours_are_those_that_hang_on_the_same_switch(void **state)
{
	(void)state;
	load_hubs();
	assert_shared("A", "B", "");
	assert_shared("C", "D", "psu2.output");
	assert_shared("C", "E", "");
	assert_shared("C", "C", "");
	load("tests/lab/bench/contactor.yaml");
	assert_shared("A", "B", "relays.8");
	assert_shared("B", "A", "relays.8");
	load("tests/lab/bench/two-slots.yaml");
	assert_shared("A", "B", "");
}

/* The lines are "SLOT-what"; the problems as they are printed. */
static const char *refusals(const char *slots, const char *words, const char *bench_words)
{
	static char bytes[8 * 1024];
	char copy[256], *word, *rest;
	struct text text;
	int i;

	for (i = 0; i < bench.slot_count; i++)
		taking_part[i] = strstr(slots, bench.slots[i].name) != NULL;
	text_copy(copy, sizeof copy, words);
	text_init(&text, bytes, sizeof bytes);
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		struct slot_entry entry = {.utc_us = INT64_C(1795456862123456), .by = "A. Person", .why = "relay-welded: on", .run = "1a2b3c"};

		if (strcmp(word, "damage") == 0) {
			text_put(&text, "damage\n");
			continue;
		}
		text_copy(entry.bench, sizeof entry.bench, bench.name);
		entry.slot[0] = word[0];
		for (entry.what = SLOT_LOCKED_OUT; strcmp(word + 2, slot_what_name(entry.what)) != 0; entry.what++)
			;
		slot_entry_put(&text, &entry);
	}
	slot_record_done(&record);
	slot_record_load(&record, bench.name, bytes, strlen(bytes));
	problems_init(&problems);
	slots_refuse(&bench, bench_words, taking_part, &record, "r.jsonl", &problems);
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	problems_done(&problems);
	return printed;
}

static void a_slot_that_is_locked_out_or_open_is_refused_with_a_way_out(void **state)
{
	(void)state;
	load("tests/lab/bench/two-slots.yaml");
	assert_string_equal(refusals("AB", "", "two"), "");
	assert_string_equal(refusals("AB", "A-locked-out", "two"),
			    "r.jsonl:1:1: slot A is locked out since 2026-11-23 18:01:02 UTC: relay-welded: on (run 1a2b3c); "
			    "hilrig slot clear A --bench two --operator NAME --why TEXT after it was mended\n");
	assert_string_equal(refusals("AB", "B-closed A-opened", "two"),
			    "r.jsonl:2:1: slot A is open since 2026-11-23 18:01:02 UTC (A. Person): somebody may be working at it; "
			    "hilrig slot close A --bench two --operator NAME once it is put together again\n");
	assert_non_null(strstr(refusals("A", "A-opened A-locked-out", "two"), "r.jsonl:2:1: slot A is locked out"));
	assert_non_null(strstr(refusals("A", "A-opened A-locked-out", "two"), "r.jsonl:1:1: slot A is open"));
	assert_string_equal(refusals("B", "A-locked-out A-opened", "two"), "");
	assert_string_equal(refusals("AB", "A-locked-out A-cleared B-opened B-closed", "two"), "");
}

static void damage_refuses_each_slot_that_was_not_cleared_behind_it_once(void **state)
{
	(void)state;
	load("tests/lab/bench/two-slots.yaml");
	assert_string_equal(refusals("AB", "A-closed damage A-cleared", "two"),
			    "r.jsonl:2:1: this line is damaged (it is no JSON), so every slot of bench lab-two counts as locked out; look what it "
			    "was, then for each slot hilrig slot clear NAME --bench two --operator NAME --why TEXT\n");
	assert_string_equal(refusals("A", "damage A-cleared", "two"), "");
	assert_string_equal(refusals("AB", "damage A-cleared B-cleared", "two"), "");
}

static void a_slot_fed_through_what_must_stay_off_is_refused(void **state)
{
	(void)state;
	load("tests/lab/bench/contactor.yaml");
	assert_string_equal(refusals("B", "A-opened", "two"),
			    "r.jsonl:1:1: slot B is fed through relays.8, which stays off for slot A: that one is open; close or clear it first, or "
			    "leave B out with --slots\n");
	assert_non_null(strstr(refusals("B", "A-locked-out", "two"), "that one is locked out"));
	assert_non_null(strstr(refusals("B", "B-closed damage B-cleared", "two"), "r.jsonl:2:1: slot B is fed through relays.8"));
	assert_string_equal(refusals("B", "damage B-cleared A-cleared", "two"), "");
	load_hubs();
	assert_string_equal(refusals("B", "A-opened", "hubs"), "");
	assert_non_null(strstr(refusals("D", "C-opened", "hubs"), "slot D is fed through psu2.output, which stays off for slot C"));
	assert_string_equal(refusals("ABE", "C-opened D-locked-out", "hubs"), "");
}

static void a_way_out_is_never_half_a_path(void **state)
{
	char path[200];

	(void)state;
	load("tests/lab/bench/two-slots.yaml");
	memset(path, 'p', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_non_null(strstr(refusals("A", "A-locked-out", path), "--bench FILE --operator NAME --why TEXT after it was mended\n"));
}

static int tear_down(void **state)
{
	(void)state;
	bench_done(&bench);
	slot_record_done(&record);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_slot_is_cut_by_what_is_its_own),
		cmocka_unit_test(neighbours_are_those_that_hang_on_the_same_switch),
		cmocka_unit_test(a_slot_that_is_locked_out_or_open_is_refused_with_a_way_out),
		cmocka_unit_test(damage_refuses_each_slot_that_was_not_cleared_behind_it_once),
		cmocka_unit_test(a_slot_fed_through_what_must_stay_off_is_refused),
		cmocka_unit_test(a_way_out_is_never_half_a_path),
	};

	return cmocka_run_group_tests_name("slot_permit", tests, NULL, tear_down);
}
