/* Patterns: what they match, what they capture, what they refuse; and the same answers as regexec. */

#include "rig/base/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pattern pattern;
static struct pattern_match match;

static bool finds(const char *text, const char *line)
{
	struct error error = {0};

	if (!pattern_compile(&pattern, text, &error))
		fail_msg("%s", error.text);
	return pattern_find(&pattern, line, strlen(line), &match);
}

static void captured(const char *line, enum capture capture, const char *wanted)
{
	char got[128];

	assert_true(match.there >> capture & 1);
	snprintf(got, sizeof got, "%.*s", match.end[capture] - match.begin[capture], line + match.begin[capture]);
	assert_string_equal(got, wanted);
}

static void refused(const char *text, const char *because)
{
	struct error error = {0};

	assert_false(pattern_compile(&pattern, text, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	if (!strstr(error.text, because))
		fail_msg("'%s' does not say '%s'", error.text, because);
}

static void the_design_s_example_is_found_anywhere_in_a_line(void **state)
{
	(void)state;
	assert_true(finds("POA.*AD1", "[12.3] POA: sent AD1 ok"));
	captured("[12.3] POA: sent AD1 ok", CAPTURE_WHOLE, "POA: sent AD1");
	assert_false(finds("POA.*AD1", "AD1 POA"));
	assert_false(finds("POA.*AD1", ""));
}

static void forms_say_what_they_are(void **state)
{
	static const char line[] = "ev 8F36 dev=00:DB:12:34:56:78:90:a0 from 2026-11-23T15:55:00Z to 2026-11-23 15:59:01.25 x3 #A-17 end";

	(void)state;
	assert_true(finds("8F36 dev={guid} from {interrupted} to {restored} x{count} #{reference}", line));
	captured(line, CAPTURE_GUID, "00:DB:12:34:56:78:90:a0");
	captured(line, CAPTURE_INTERRUPTED, "2026-11-23T15:55:00Z");
	captured(line, CAPTURE_RESTORED, "2026-11-23 15:59:01.25");
	captured(line, CAPTURE_COUNT, "3");
	captured(line, CAPTURE_REFERENCE, "A-17");
	assert_false(match.there >> CAPTURE_GROUP & 1);
	assert_false(pattern_has(&pattern, CAPTURE_GROUP));
}

static void the_first_group_is_captured_and_no_other(void **state)
{
	(void)state;
	assert_true(finds("fw (([0-9A-F]{2}){4}) (.*)", "fw 0002012F ok"));
	captured("fw 0002012F ok", CAPTURE_GROUP, "0002012F");
	assert_true(finds("(a)|b", "b"));
	assert_false(match.there >> CAPTURE_GROUP & 1);
}

static void repetitions_have_bounds(void **state)
{
	(void)state;
	assert_true(finds("^a{2,3}$", "aaa"));
	assert_false(finds("^a{2,3}$", "a"));
	assert_false(finds("^a{2,3}$", "aaaa"));
	assert_true(finds("^a{2,}b{0}$", "aaaaa"));
	assert_true(finds("^(ab|c){0,2}$", "abc"));
	assert_false(finds("^(ab|c){0,2}$", "abcc"));
	assert_true(finds("^(a*)*$", "aaaa"));
}

static void what_cannot_be_read_is_refused_with_its_place(void **state)
{
	static const char *const bad[][2] = {
		{"", "empty"}, {"a(b", "( is not closed at character 2"}, {"a)b", "closes nothing at character 2"},
		{"a[b", "[ is not closed at character 2"}, {"*a", "nothing stands before"}, {"a**", "two repetitions"},
		{"a{3,2}", "wrong way round"}, {"a{300}", "255"}, {"a{2", "} is missing"}, {"{gid}", "no form"},
		{"{guid}{guid}", "twice"}, {"\\d", "[0-9]"}, {"[b-a]", "wrong way round"}, {"[[:letter:]]", "unknown"},
		{"(((((((((((((((((a)))))))))))))))))", "too many ("}, {"(a{100}){100}", "too long"}, {"a{2}{3}", "two repetitions"},
		{"a{,2}", "no form"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(bad[i][0], bad[i][1]);
}

static void a_pattern_that_explodes_elsewhere_is_linear_here(void **state)
{
	static char line[PATTERN_TEXT_MAX];

	(void)state;
	memset(line, 'a', sizeof line - 1);
	assert_false(finds("(a*)*(a*)*(a|aa)*b", line));
}

static void bytes_that_are_no_text_are_bytes(void **state)
{
	static const char noise[] = "\x00\xff\x80 POA \x00 AD1";
	struct error error;

	(void)state;
	assert_true(pattern_compile(&pattern, "POA.*AD1", &error));
	assert_true(pattern_find(&pattern, noise, sizeof noise - 1, NULL));
	assert_true(pattern_compile(&pattern, "[^a-z]AD1$", &error));
	assert_true(pattern_find(&pattern, noise, sizeof noise - 1, NULL));
}

/* A random pattern over few letters, so that matches and near misses are common. */
static unsigned draw_state;

static unsigned draw(unsigned below)
{
	draw_state = draw_state * 1103515245U + 12345U;
	return (draw_state >> 16) % below;
}

static void draw_pattern(char *text, size_t *used, int depth)
{
	static const char *const atoms[] = {"a", "b", "c", ".", "[ab]", "[^a]", "[b-c]"};
	static const char *const repetitions[] = {"", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}"};
	unsigned pieces = 1 + draw(3), i;

	for (i = 0; i < pieces; i++) {
		if (i > 0 && draw(5) == 0)
			text[(*used)++] = '|';
		if (depth < 3 && draw(3) == 0) {
			text[(*used)++] = '(';
			draw_pattern(text, used, depth + 1);
			text[(*used)++] = ')';
		} else {
			*used += (size_t)sprintf(text + *used, "%s", atoms[draw(7)]);
		}
		*used += (size_t)sprintf(text + *used, "%s", repetitions[draw(10)]);
	}
	text[*used] = '\0';
}

static void regexec_finds_the_same_beginnings(void **state)
{
	unsigned seed = (unsigned)(getenv("SEED") ? atoi(getenv("SEED")) : 20261123), i, j, looked = 0;
	char text[512], line[16];
	regmatch_t theirs;
	regex_t regex;
	size_t used;

	(void)state;
	print_message("seed %u\n", seed);
	draw_state = seed;
	for (i = 0; i < 3000; i++) {
		used = 0;
		draw_pattern(text, &used, 0);
		if (!pattern_compile(&pattern, text, NULL))
			continue; /* too long */
		assert_int_equal(regcomp(&regex, text, REG_EXTENDED), 0);
		for (j = 0; j < 20; j++, looked++) {
			bool found;

			for (used = draw(12), line[used] = '\0'; used > 0; )
				line[--used] = (char)('a' + draw(3));
			found = pattern_find(&pattern, line, strlen(line), &match);
			if (found != (regexec(&regex, line, 1, &theirs, 0) == 0) ||
			    (found && match.begin[CAPTURE_WHOLE] != theirs.rm_so))
				fail_msg("'%s' in '%s': we %s", text, line, found ? "found it" : "did not");
		}
		regfree(&regex);
	}
	assert_true(looked > 40000);
}

/* ---- Examples ---- */

static const char *example_with(const char *text, const char *const values[CAPTURES], size_t size)
{
	static char to[256];
	struct error error = {0};

	if (!pattern_compile(&pattern, text, &error))
		fail_msg("%s", error.text);
	memset(to, '!', sizeof to);
	assert_true(size <= sizeof to);
	return pattern_example(&pattern, values, to, size) ? to : NULL;
}

static const char *example(const char *text)
{
	static const char *const anything[CAPTURES] = {NULL};

	return example_with(text, anything, 256);
}

static void an_example_is_as_short_as_can_be(void **state)
{
	static const struct { const char *pattern, *example; } cases[] = {
		{"POA.*AD1", "POAAD1"}, {"^up$", "up"}, {"a+b*c?", "a"}, {"a{2}b{2,}c{2,3}d{0,4}", "aabbcc"}, {"x{0}y", "y"}, {"[a-f]{3}", "aaa"},
		{"[^0-9]", "a"}, {"[[:upper:]] [[:punct:]]", "A !"}, {"a.b", "a-b"}, {"(ab)+", "ab"}, {"one|three|two", "two"}, {"x(a|b|)y", "xy"},
		{"{count} of {reference}", "0 of 0"}, {"\\{\\.\\*", "{.*"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = example(cases[i].pattern);

		if (!got || strcmp(got, cases[i].example) != 0)
			fail_msg("'%s' gives '%s'", cases[i].pattern, got ? got : "(nothing)");
	}
}

static void an_example_holds_the_values_that_were_meant(void **state)
{
	static const char *const values[CAPTURES] = {
		[CAPTURE_GROUP] = "00020130", [CAPTURE_GUID] = "00:DB:12:34:56:78:90:a0", [CAPTURE_INTERRUPTED] = "2026-11-23 18:01:02.5",
		[CAPTURE_RESTORED] = "2026-11-23T18:05:06Z", [CAPTURE_COUNT] = "12", [CAPTURE_REFERENCE] = "#A-17"};

	(void)state;
	assert_string_equal(example_with("fw=([0-9A-F]+) by {guid}", values, 256), "fw=00020130 by 00:DB:12:34:56:78:90:a0");
	assert_string_equal(example_with("{restored}<{interrupted} x{count}{reference}$", values, 256),
			    "2026-11-23T18:05:06Z<2026-11-23 18:01:02.5 x12#A-17");
	assert_string_equal(example_with("no ([A-Z]|[0-9A-F]{8}) or (so)?", values, 256), "no 00020130 or ");
}

static void values_that_the_pattern_does_not_take_give_no_example(void **state)
{
	static const char *const values[CAPTURES] = {[CAPTURE_GROUP] = "00020130", [CAPTURE_GUID] = "somebody"};

	(void)state;
	assert_null(example_with("fw ([a-z]+)$", values, 256));
	assert_null(example_with("by {guid}", values, 256));
	assert_null(example("a^b"));
	assert_null(example("a$b"));
}

static void an_example_fits_or_there_is_none(void **state)
{
	static const char *const values[CAPTURES] = {[CAPTURE_GROUP] = "123"};

	(void)state;
	assert_null(example_with("abcd", values, 4));
	assert_string_equal(example_with("abcd", values, 5), "abcd");
	assert_null(example_with("a([0-9]+)", values, 4));
	assert_string_equal(example_with("a([0-9]+)", values, 5), "a123");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_design_s_example_is_found_anywhere_in_a_line),
		cmocka_unit_test(forms_say_what_they_are),
		cmocka_unit_test(the_first_group_is_captured_and_no_other),
		cmocka_unit_test(repetitions_have_bounds),
		cmocka_unit_test(what_cannot_be_read_is_refused_with_its_place),
		cmocka_unit_test(a_pattern_that_explodes_elsewhere_is_linear_here),
		cmocka_unit_test(bytes_that_are_no_text_are_bytes),
		cmocka_unit_test(regexec_finds_the_same_beginnings),
		cmocka_unit_test(an_example_is_as_short_as_can_be),
		cmocka_unit_test(an_example_holds_the_values_that_were_meant),
		cmocka_unit_test(values_that_the_pattern_does_not_take_give_no_example),
		cmocka_unit_test(an_example_fits_or_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
