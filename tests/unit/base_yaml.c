/* The YAML reader: what it refuses, where it says so, and that it finds everything in one go. */

#include "rig/base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Reads `bytes` and demands exactly these problems, printed. */
static void refused_as(const char *bytes, size_t size, const char *expected)
{
	static char printed[PROBLEMS_MAX * 400];
	struct problems problems;
	struct text text;
	struct yaml *yaml;

	problems_init(&problems);
	yaml = yaml_open("f", bytes, size, &problems);
	assert_null(yaml);
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	assert_string_equal(printed, expected);
	problems_done(&problems);
}

static void refused(const char *bytes, const char *expected)
{
	refused_as(bytes, strlen(bytes), expected);
}

static void what_is_not_yaml_has_its_place_and_a_way_out(void **state)
{
	(void)state;
	refused("a: [1, 2\nb: 3\n", "f:2:2: this is not YAML: did not find expected ',' or ']' while parsing a flow sequence; "
				    "a ',' or the closing ']' is missing\n");
	refused("a: 1\n\tb: 2\n", "f:2:1: this is not YAML: found a tab character that violates indentation while scanning a plain "
				  "scalar; indent with blanks\n");
	refused("a: @b\n", "f:1:4: this is not YAML: found character that cannot start any token while scanning for the next token; "
			  "put quotes around the value; a line cannot begin with a tab, @, ` or %\n");
	refused("a: b: c\n", "f:1:5: this is not YAML: mapping values are not allowed in this context; check the indentation, or put "
			     "quotes around a value that holds ': '\n");
	refused("a: \"open\n", "f:2:1: this is not YAML: found unexpected end of stream while scanning a quoted scalar; a closing quote "
			       "is missing\n");
	refused("", "f:1:1: the file is empty\n");
	refused("# nothing but this\n", "f:1:1: the file is empty\n");
}

static void what_has_no_meaning_here_is_refused(void **state)
{
	(void)state;
	refused("a: &x 1\nb: *x\nc: !!int 3\n",
		"f:1:4: anchors (&name) are not used in these files; write the value out\n"
		"f:2:4: aliases (*name) are not used in these files; write the value out, or put quotes around it\n"
		"f:3:4: tags (!name) are not used in these files; leave it out\n");
	refused("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here; a file holds one, remove the '---'\n");
	refused("a: 1\nb: 2\na: 3\n", "f:3:1: key 'a' stands twice, first on line 1; remove one\n");
	refused("? [a, b]\n: 1\n", "f:1:3: a key must be one word\n");
	refused("a: \"x\\0y\"\n", "f:1:4: a zero character (\\0) cannot be used\n");
}

static void bytes_that_are_not_text_are_refused_where_they_stand(void **state)
{
	(void)state;
	refused_as("a: \xC3\xA9\nb: \xC3(\n", 11, "f:2:4: byte 0xC3 is not UTF-8; save the file as UTF-8\n");
	refused_as("a: b\0c", 6, "f:1:5: a zero byte stands here; this is not a text file\n");
	refused_as("\xFF\xFE" "a\0:\0", 6, "f:1:1: byte 0xFF is not UTF-8; save the file as UTF-8\n");
}

/* libyaml alone needs 52 s for this. */
static void deep_nesting_is_refused_at_once(void **state)
{
	size_t size = 128 * 1024;
	char *bytes = malloc(size);
	struct problems problems;
	clock_t begin = clock();

	(void)state;
	memset(bytes, '[', size);
	problems_init(&problems);
	assert_null(yaml_open("f", bytes, size, &problems));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.list[0].text, "lists and maps are nested too deeply; at most 32 levels are read");
	assert_int_equal(problems.list[0].place.column, 33);
	assert_true(clock() - begin < CLOCKS_PER_SEC / 2);
	problems_done(&problems);
	free(bytes);
}

static void a_file_beyond_a_mebibyte_is_refused(void **state)
{
	size_t size = FILE_PEOPLE_SIZE_MAX + 1;
	char *bytes = malloc(size);

	(void)state;
	memset(bytes, ' ', size);
	refused_as(bytes, size, "f: the file has 1048577 bytes; at most 1048576 are read\n");
	free(bytes);
}

static void too_many_entries_are_refused(void **state)
{
	char *bytes = malloc(200000);
	struct problems problems;
	size_t used = 0;
	int i;

	(void)state;
	for (i = 0; i < YAML_ENTRIES_MAX + 1; i++)
		used += (size_t)sprintf(bytes + used, "- %d\n", i);
	problems_init(&problems);
	assert_null(yaml_open("f", bytes, used, &problems));
	assert_string_equal(problems.list[0].text, "4097 entries in one place; at most 4096 are read");
	problems_done(&problems);
	free(bytes);
}

/* One reader of everything, as a file's reader would be. */
static void read_all(struct yaml *yaml)
{
	static const char *const words[] = {"mains", "selv-only", NULL};
	struct yaml_map map;
	char text[8], date[12];
	int64_t number;
	int index;
	bool flag;

	(void)yaml_map_begin(&map, yaml_root(yaml), "a test");
	(void)yaml_get_name(&map, "name", YAML_REQUIRED, text, sizeof text);
	(void)yaml_get_text(&map, "short", YAML_OPTIONAL, text, sizeof text);
	(void)yaml_get_word(&map, "hazard", YAML_REQUIRED, words, &index);
	(void)yaml_get_flag(&map, "flag", YAML_OPTIONAL, &flag);
	(void)yaml_get_number(&map, "baud", YAML_OPTIONAL, 300, 4000000, &number);
	(void)yaml_get_decimal(&map, "settle_ms", YAML_REQUIRED, 1000000, "ms", 0, INT64_C(10000000000), &number);
	(void)yaml_get_unit(&map, "within", YAML_OPTIONAL, UNIT_DURATION, 1, INT64_C(3600000000000), &number);
	(void)yaml_get_date(&map, "on", YAML_OPTIONAL, date, sizeof date);
	(void)yaml_get_list(&map, "list", YAML_OPTIONAL);
	(void)yaml_get_map(&map, "map", YAML_OPTIONAL);
	yaml_map_end(&map);
}

static void reads_as(const char *bytes, const char *expected)
{
	static char printed[20000];
	struct problems problems;
	struct text text;
	struct yaml *yaml;

	problems_init(&problems);
	yaml = yaml_open("f", bytes, strlen(bytes), &problems);
	assert_non_null(yaml);
	read_all(yaml);
	yaml_close(yaml);
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	assert_string_equal(printed, expected);
	problems_done(&problems);
}

static void all_problems_of_a_file_come_in_one_go_in_the_order_of_places(void **state)
{
	(void)state;
	reads_as("name: -x\n"
		 "short: much too long\n"
		 "hazrd: mains\n"
		 "flag: yes\n"
		 "baud: 96oo\n"
		 "settle_ms: 50ms\n"
		 "within: 12 s\n"
		 "on: 2026-02-30\n"
		 "list: {}\n"
		 "map: []\n"
		 "nothing_like_it: 1\n",
		 "f:1:7: 'name' is '-x'; a name has letters, digits, '-' and '_' only and begins with a letter or digit\n"
		 "f:2:8: 'short' has 13 bytes; at most 7 fit\n"
		 "f:3:1: there is no key 'hazrd' here; did you mean 'hazard'?\n"
		 "f:4:7: 'flag' is 'yes'; it must be false or true\n"
		 "f:5:7: 'baud' is '96oo', which is not a whole number\n"
		 "f:6:12: 'settle_ms' is '50ms', which is not a number alone; its unit, ms, stands in the key\n"
		 "f:7:9: 'within' is '12 s', with a blank inside; write 12s\n"
		 "f:8:5: 'on' is '2026-02-30'; write a day such as 2026-11-01\n"
		 "f:9:7: 'list' is a map; it must be a list\n"
		 "f:10:6: 'map' is a list; it must be a map of 'key: value'\n"
		 "f:11:1: there is no key 'nothing_like_it' here; known are name, short, hazard, flag, baud, settle_ms, within, on, list, map\n");
}

static void what_is_missing_or_empty_is_said(void **state)
{
	(void)state;
	reads_as("name:\nhazard: mains\n", "f:1:1: 'settle_ms' is missing here; add it\n"
					   "f:1:6: 'name' is empty; give it a value\n");
	reads_as("- a\n", "f:1:1: a test is a list; it must be a map of 'key: value'\n");
	reads_as("only words\n", "f:1:1: a test is a single value; it must be a map of 'key: value'\n");
	reads_as("name: [x]\nhazard: manis\nsettle_ms: 1\n", "f:1:7: 'name' is a list; it must be a single value\n"
							     "f:2:9: 'hazard' is 'manis'; did you mean 'mains'?\n");
}

static void columns_count_characters(void **state)
{
	(void)state;
	reads_as("{name: a, short: \"\xC3\xA9\xC3\xA9\", hazard: x, settle_ms: 1}\n", "f:1:32: 'hazard' is 'x'; it must be mains or selv-only\n");
}

static void a_sound_file_has_no_problems(void **state)
{
	(void)state;
	reads_as("name: A-1_b\nshort: \"a b\"\nhazard: selv-only\nflag: true\nbaud: 0x2580\nsettle_ms: 0.5\nwithin: 59min\non: 2024-02-29\n"
		 "list: [1]\nmap: {}\n",
		 "");
}

static void a_misspelt_word_is_recognised_within_two_letters(void **state)
{
	static const char *const words[] = {"supply", "sense", "settle_ms", "ad1", NULL};

	(void)state;
	assert_string_equal(word_meant("suply", words), "supply");
	assert_string_equal(word_meant("supplly", words), "supply");
	assert_string_equal(word_meant("spuply", words), "supply");
	assert_string_equal(word_meant("sesne", words), "sense");
	assert_string_equal(word_meant("ad2", words), "ad1");
	assert_null(word_meant("voltage", words));
	assert_null(word_meant("xy1", words));
}

static void problems_beyond_the_maximum_are_counted(void **state)
{
	static char printed[PROBLEMS_MAX * 400];
	struct problems problems;
	struct error error = {FAULT_NONE, ""};
	struct text text;
	int i;

	(void)state;
	problems_init(&problems);
	for (i = 0; i < PROBLEMS_MAX + 7; i++)
		(void)problem_add(&problems, "f", (struct place){PROBLEMS_MAX + 7 - i, 1}, "wrong\n%d", i);
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	assert_string_equal(strstr(printed, "and "), "and 7 more\n");
	assert_string_equal(problems.list[0].text, "wrong?199");
	assert_false(problems_none(&problems, &error));
	assert_string_equal(error.text, "f:8:1: wrong?199 (and 206 more)");
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	problems_done(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_yaml_has_its_place_and_a_way_out),
		cmocka_unit_test(what_has_no_meaning_here_is_refused),
		cmocka_unit_test(bytes_that_are_not_text_are_refused_where_they_stand),
		cmocka_unit_test(deep_nesting_is_refused_at_once),
		cmocka_unit_test(a_file_beyond_a_mebibyte_is_refused),
		cmocka_unit_test(too_many_entries_are_refused),
		cmocka_unit_test(all_problems_of_a_file_come_in_one_go_in_the_order_of_places),
		cmocka_unit_test(what_is_missing_or_empty_is_said),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(a_sound_file_has_no_problems),
		cmocka_unit_test(a_misspelt_word_is_recognised_within_two_letters),
		cmocka_unit_test(problems_beyond_the_maximum_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
