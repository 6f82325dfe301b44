/* The command line: words are taken apart as the table says, and the table itself is in order. */

#include "rig/command/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct command_option options[] = {
	{"--format", "html|json", "what to make", false},
	{"--set", "NAME=VALUE", "a parameter", true},
	{"--json", NULL, "as JSON", false},
	{NULL, NULL, NULL, false},
};

static const struct command command = {
	.name = "sample", .operands = "DIR [DIR]", .operands_least = 1, .operands_most = 2, .options = options,
};

static struct arguments arguments;
static struct error error;

static bool parse(int count, const char *const *words)
{
	error = (struct error){FAULT_NONE, ""};
	return arguments_parse(&arguments, &command, count, words, &error);
}

#define PARSE(...) parse((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})

static void options_stand_anywhere_and_may_use_an_equals_sign(void **state)
{
	(void)state;
	assert_true(PARSE("--format", "html", "one", "--set=a=1", "two", "--set", "b=2"));
	assert_int_equal(arguments.operand_count, 2);
	assert_string_equal(arguments.operands[1], "two");
	assert_string_equal(arguments_value(&arguments, "--format"), "html");
	assert_string_equal(arguments_value_at(&arguments, "--set", 0), "a=1");
	assert_string_equal(arguments_value_at(&arguments, "--set", 1), "b=2");
	assert_null(arguments_value_at(&arguments, "--set", 2));
	assert_false(arguments_has(&arguments, "--json"));
}

static void a_double_dash_makes_operands_of_the_rest(void **state)
{
	(void)state;
	assert_true(PARSE("--json", "--", "--help"));
	assert_true(arguments_has(&arguments, "--json"));
	assert_false(arguments.help);
	assert_string_equal(arguments.operands[0], "--help");
}

static void help_is_given_whatever_else_is_wrong(void **state)
{
	(void)state;
	assert_true(PARSE("--nonsense", "--help"));
	assert_true(arguments.help);
}

static void wrong_words_are_usage_errors_that_name_them(void **state)
{
	(void)state;
	assert_false(PARSE("one", "--fromat", "html"));
	assert_int_equal(error.fault, FAULT_USAGE);
	assert_string_equal(error.text, "--fromat is no option of sample; did you mean --format?");
	assert_false(PARSE("one", "--wholly-else"));
	assert_string_equal(error.text, "--wholly-else is no option of sample");
	assert_false(PARSE("one", "--format"));
	assert_string_equal(error.text, "--format needs a value: html|json");
	assert_false(PARSE("one", "--json=yes"));
	assert_string_equal(error.text, "--json takes no value");
	assert_false(PARSE("one", "--json", "--json"));
	assert_string_equal(error.text, "--json is given twice");
	assert_false(PARSE("one", "two", "three"));
	assert_string_equal(error.text, "three: one word too many");
	assert_false(PARSE("--json"));
	assert_string_equal(error.text, "DIR [DIR] is missing");
}

static void distances_count_letters(void **state)
{
	(void)state;
	assert_int_equal(word_distance("judge", "judge"), 0);
	assert_int_equal(word_distance("jugde", "judge"), 2);
	assert_int_equal(word_distance("", "abc"), 3);
	assert_int_equal(word_distance("verify", "verfy"), 1);
}

/* The table checks itself: nothing empty, no name twice, and every example is a command line that would be taken. */
static void every_command_of_the_table_is_in_order(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; commands[i]; i++) {
		const struct command *one = commands[i];
		const struct command_option *option;

		assert_non_null(one->name);
		assert_non_null(one->operands);
		assert_non_null(one->text);
		assert_non_null(one->run);
		assert_true(strlen(one->about) > 0 && one->about[strlen(one->about) - 1] != '.');
		assert_true(one->operands_least <= one->operands_most && one->operands_most <= ARGUMENTS_MAX);
		for (j = 0; j < i; j++)
			assert_string_not_equal(commands[j]->name, one->name);
		for (option = one->options; option && option->name; option++) {
			assert_int_equal(strncmp(option->name, "--", 2), 0);
			assert_true(strlen(option->about) > 0);
		}
	}
}

static void every_example_is_taken(void **state)
{
	int i;

	(void)state;
	for (i = 0; commands[i]; i++) {
		const struct command_example *example;

		for (example = commands[i]->examples; example && example->line; example++) {
			const char *words[32];
			char line[512], *word, *rest;
			int count = 0, taken;

			assert_true((size_t)snprintf(line, sizeof line, "%s", example->line) < sizeof line);
			for (word = strtok_r(line, " ", &rest); word && count < 32; word = strtok_r(NULL, " ", &rest))
				words[count++] = word;
			assert_ptr_equal(command_find(count, words, &taken, &error), commands[i]);
			assert_true(arguments_parse(&arguments, commands[i], count - taken, words + taken, &error));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere_and_may_use_an_equals_sign),
		cmocka_unit_test(a_double_dash_makes_operands_of_the_rest),
		cmocka_unit_test(help_is_given_whatever_else_is_wrong),
		cmocka_unit_test(wrong_words_are_usage_errors_that_name_them),
		cmocka_unit_test(distances_count_letters),
		cmocka_unit_test(every_command_of_the_table_is_in_order),
		cmocka_unit_test(every_example_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
