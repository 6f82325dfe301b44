/* What a simulated device says is what a bench listens for, and captures what was meant. */

#include "drivers/sim/phrases.h"
#include "drivers/sim/simulation.h"
#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define GUID "00-DB-12-34-56-78-90-C3"
#define FROM "2026-11-23T18:01:02Z"
#define TO "2026-11-23T18:05:06Z"

static const char ad1[] = "POA AD1 chf=" GUID " since " FROM, restored[] = "ALERT 8F36 from " FROM " to " TO;
static const char ready[] = "CHF ready chf=" GUID, version[] = "fw 0002012F";

static const char *const benches[] = {
	"scenarios/benches/one-hub.yaml", "scenarios/benches/one-slot.yaml", "scenarios/benches/sim.yaml", "scenarios/benches/sim-hubs.yaml",
	"tests/files/design/bench.yaml", "tests/lab/bench/bench.yaml", "tests/lab/bench/desk.yaml", "tests/lab/bench/hub-bench.yaml",
};

static struct phrases phrases;
static struct pattern pattern;
static struct pattern_match match;
static char said[PHRASE_SIZE];

/* Whether a bench that listens for `text` understands what is said for `line`; `said`, `pattern` and `match` are filled. */
static bool understood(const char *begins, const char *text, const char *line)
{
	struct error error = {0};
	bool good;

	phrases.count = 0;
	phrases_add(&phrases, begins, text, strcmp(begins, "fw ") == 0);
	good = phrases_say(&phrases, line, GUID, said);
	if (!text[0])
		return good;
	if (!pattern_compile(&pattern, text, &error))
		fail_msg("%s", error.text);
	if (pattern_find(&pattern, said, strlen(said), &match) != good)
		fail_msg("'%s' for '%s': %s", said, text, good ? "is not matched" : "is matched all the same");
	return good;
}

static void captured(enum capture capture, const char *wanted)
{
	char got[PHRASE_SIZE];

	if (!(match.there >> capture & 1))
		fail_msg("'%s' captures nothing", said);
	(void)snprintf(got, sizeof got, "%.*s", match.end[capture] - match.begin[capture], said + match.begin[capture]);
	assert_string_equal(got, wanted);
}

/* ---- One pattern ---- */

static void a_line_that_is_matched_is_said_as_it_is(void **state)
{
	(void)state;
	assert_true(understood("POA AD1", "POA AD1 chf={guid}", ad1));
	assert_string_equal(said, ad1);
	captured(CAPTURE_GUID, GUID);
	assert_true(understood("POA AD1", "POA.*AD1", ad1));
	assert_string_equal(said, ad1);
	assert_true(understood("fw ", "fw ([0-9A-F]{8})", version));
	assert_string_equal(said, version);
	captured(CAPTURE_GROUP, "0002012F");
}

static void another_hub_s_words_carry_the_same_guid_and_instants(void **state)
{
	(void)state;
	assert_true(understood("POA AD1", "^<alarm> power lost: {guid} at {interrupted}$", ad1));
	assert_string_equal(said, "<alarm> power lost: " GUID " at " FROM);
	captured(CAPTURE_GUID, GUID);
	captured(CAPTURE_INTERRUPTED, FROM);
	assert_true(understood("ALERT 8F36", "(8F36|restored) {interrupted} - {restored} x{count} #{reference}", restored));
	captured(CAPTURE_INTERRUPTED, FROM);
	captured(CAPTURE_RESTORED, TO);
	assert_true(understood("ALERT 8F36", "until {restored}, since {interrupted}", restored));
	captured(CAPTURE_INTERRUPTED, FROM);
	captured(CAPTURE_RESTORED, TO);
}

static void another_meter_s_words_carry_the_same_version(void **state)
{
	(void)state;
	assert_true(understood("fw ", "^firmware: ([0-9A-F]{8}), build [0-9]+$", version));
	captured(CAPTURE_GROUP, "0002012F");
	assert_true(understood("fw ", "running ([^ ]+)", version));
	captured(CAPTURE_GROUP, "0002012F");
	assert_true(understood("fw ", "([[:xdigit:]]+)", version)); /* in the plant's own words it would capture the f of fw */
	captured(CAPTURE_GROUP, "0002012F");
}

/* Saying any number in its place would be a lie about what runs. */
static void a_version_that_the_pattern_cannot_hold_is_not_understood(void **state)
{
	static const char *const patterns[] = {"version ([0-9]+[.][0-9]+)", "rev ([a-z]+)", "fw ([0-9]{4})", "(fw) [0-9A-F]{8}", "fw [0-9A-F]{8}"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		phrases.count = 0;
		phrases_add(&phrases, "fw ", patterns[i], true);
		if (phrases_say(&phrases, version, GUID, said))
			fail_msg("'%s' for '%s'", said, patterns[i]);
		assert_string_equal(said, version);
	}
}

static void parentheses_of_other_lines_may_capture_anything(void **state)
{
	(void)state;
	assert_true(understood("image ok", "(good|fine) image", "image ok 00020130"));
	assert_true(understood("POA AD1", "hub ([a-z]+) lost power", ad1));
	assert_true(understood("CHF ready", "HAN up", ready));
	assert_string_equal(said, "HAN up");
}

static void what_can_never_be_said_is_not_understood(void **state)
{
	(void)state;
	assert_false(understood("CHF ready", "up^HAN", ready));
	assert_string_equal(said, ready);
	assert_false(understood("CHF ready", "x$HAN", ready));
	assert_false(understood("CHF ready", "[[:alpha:]]{245}", ready)); /* longer than a phrase */
}

static void what_nobody_listens_for_is_said_as_it_is(void **state)
{
	(void)state;
	assert_true(understood("POA AD1", "", ad1));
	assert_int_equal(phrases.count, 0);
	assert_string_equal(said, ad1);
	assert_true(phrases_say(&phrases, "CHF supply lost chf=" GUID, GUID, said));
	assert_string_equal(said, "CHF supply lost chf=" GUID);
}

static void each_line_has_its_own_pattern(void **state)
{
	(void)state;
	phrases.count = 0;
	phrases_add(&phrases, "POA AD1", "alarm {guid}", false);
	phrases_add(&phrases, "CHF ready", "HAN up", false);
	phrases_add(&phrases, "CHF boot", "booting", false);
	assert_true(phrases_say(&phrases, "CHF boot chf=" GUID, GUID, said));
	assert_string_equal(said, "booting");
	assert_true(phrases_say(&phrases, ready, GUID, said));
	assert_string_equal(said, "HAN up");
	assert_true(phrases_say(&phrases, ad1, GUID, said));
	assert_string_equal(said, "alarm " GUID);
}

static void a_guid_that_a_pattern_cannot_hold_is_not_understood(void **state)
{
	(void)state;
	phrases.count = 0;
	phrases_add(&phrases, "POA AD1", "alarm {guid}", false);
	assert_false(phrases_say(&phrases, ad1, "not a guid", said));
	assert_string_equal(said, ad1);
}

/* ---- Patterns of benches ---- */

static void demand(const char *begins, const char *text, const char *line, const char *path)
{
	if (!text[0])
		return;
	if (!understood(begins, text, line))
		fail_msg("%s: nothing can be said that '%s' matches", path, text);
	if (pattern_has(&pattern, CAPTURE_GUID))
		captured(CAPTURE_GUID, GUID);
	if (pattern_has(&pattern, CAPTURE_INTERRUPTED))
		captured(CAPTURE_INTERRUPTED, FROM);
	if (pattern_has(&pattern, CAPTURE_RESTORED))
		captured(CAPTURE_RESTORED, TO);
}

static int demand_console(const struct bench_console *console, const char *path)
{
	int i;

	for (i = 0; i < console->alert_count; i++)
		if (strcmp(console->alerts[i].code, "AD1") == 0)
			demand("POA AD1", console->alerts[i].pattern, ad1, path);
		else
			demand("ALERT 8F36", console->alerts[i].pattern, restored, path);
	demand("CHF ready", console->hub[HUB_READY], ready, path);
	demand("CHF boot", console->hub[HUB_RESTART], "CHF boot chf=" GUID, path);
	return console->alert_count;
}

static int demand_loader(const struct bench_loader *loader, const char *path)
{
	demand("ready for", loader->enter.steps[0].exchange.expect, "ready for an image", path);
	demand("image ok", loader->verify.steps[0].exchange.expect, "image ok 00020130", path);
	demand("image bad", loader->verify.steps[0].exchange.refuse, "image bad", path);
	demand("activating", loader->activate.steps[0].exchange.expect, "activating 00020130", path);
	demand("activation refused", loader->activate.steps[0].exchange.refuse, "activation refused", path);
	demand("fw ", loader->version.steps[0].exchange.expect, version, path);
	captured(CAPTURE_GROUP, "0002012F");
	return 1;
}

static void load(struct bench *bench, const char *path)
{
	struct workspace workspace;
	struct problems problems;
	struct error error;

	problems_init(&problems);
	workspace_init_at(&workspace, ".");
	(void)!bench_load(bench, path, &workspace, &problems);
	if (!problems_none(&problems, &error))
		fail_msg("%s", error.text);
	problems_done(&problems);
}

static void every_bench_is_spoken_to_in_its_own_words(void **state)
{
	static struct bench bench;
	int patterns = 0, i;
	size_t at;

	(void)state;
	for (at = 0; at < sizeof benches / sizeof *benches; at++) {
		load(&bench, benches[at]);
		for (i = 0; i < bench.instrument_count; i++) {
			if (bench.instruments[i].console)
				patterns += demand_console(bench.instruments[i].console, benches[at]);
			if (bench.instruments[i].loader && bench.instruments[i].loader->protocol != LOADER_SMP) /* which has no words of a file */
				patterns += demand_loader(bench.instruments[i].loader, benches[at]);
		}
		bench_done(&bench);
	}
	assert_true(patterns >= 39);
}

static void every_bench_that_ships_can_be_rehearsed(void **state)
{
	static struct bench bench;
	bool taking_part[BENCH_SLOTS_MAX];
	struct problems problems;
	struct error error = {0};
	struct world *world;
	size_t at;

	(void)state;
	memset(taking_part, true, sizeof taking_part);
	for (at = 0; at < 4; at++) {
		load(&bench, benches[at]);
		problems_init(&problems);
		world = simulated_bench.make(&(struct world_settings){.bench = &bench, .taking_part = taking_part}, &problems, &error);
		if (!problems_none(&problems, &error) || !world)
			fail_msg("%s: %s", benches[at], error.text);
		simulated_bench.free(world);
		problems_done(&problems);
		bench_done(&bench);
	}
}

static void a_bench_whose_words_nobody_can_say_is_refused(void **state)
{
	static struct bench bench;
	bool taking_part[BENCH_SLOTS_MAX];
	struct problems problems;
	struct error error = {0};
	int i;

	(void)state;
	memset(taking_part, true, sizeof taking_part);
	load(&bench, "scenarios/benches/one-slot.yaml");
	for (i = 0; i < bench.instrument_count; i++)
		if (bench.instruments[i].loader)
			text_copy(bench.instruments[i].loader->version.steps[0].exchange.expect, PATTERN_SIZE, "rev ([a-z]+)");
	problems_init(&problems);
	assert_null(simulated_bench.make(&(struct world_settings){.bench = &bench, .taking_part = taking_part}, &problems, &error));
	assert_false(problems_none(&problems, &error));
	if (!strstr(error.text, "A.upgrade: nothing was found that a simulated device could say and 'rev ([a-z]+)' matches"))
		fail_msg("%s", error.text);
	problems_done(&problems);
	bench_done(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_is_matched_is_said_as_it_is),
		cmocka_unit_test(another_hub_s_words_carry_the_same_guid_and_instants),
		cmocka_unit_test(another_meter_s_words_carry_the_same_version),
		cmocka_unit_test(a_version_that_the_pattern_cannot_hold_is_not_understood),
		cmocka_unit_test(parentheses_of_other_lines_may_capture_anything),
		cmocka_unit_test(what_can_never_be_said_is_not_understood),
		cmocka_unit_test(what_nobody_listens_for_is_said_as_it_is),
		cmocka_unit_test(each_line_has_its_own_pattern),
		cmocka_unit_test(a_guid_that_a_pattern_cannot_hold_is_not_understood),
		cmocka_unit_test(every_bench_is_spoken_to_in_its_own_words),
		cmocka_unit_test(every_bench_that_ships_can_be_rehearsed),
		cmocka_unit_test(a_bench_whose_words_nobody_can_say_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
