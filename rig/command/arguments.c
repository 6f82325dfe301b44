/* Taking a command line apart by its entry in the command table. */

#include "rig/command/command.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static int least_of(int a, int b, int c)
{
	int least = a < b ? a : b;

	return least < c ? least : c;
}

int word_distance(const char *a, const char *b)
{
	int row[WORD_MAX];
	size_t a_size = strlen(a), b_size = strlen(b), i, j;

	if (a_size >= WORD_MAX || b_size >= WORD_MAX)
		return WORD_MAX;
	for (j = 0; j <= b_size; j++)
		row[j] = (int)j;
	for (i = 1; i <= a_size; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (j = 1; j <= b_size; j++) {
			int above = row[j];

			row[j] = least_of(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_size];
}

static const struct command_option *find_option(const struct command *command, const char *name, size_t size)
{
	const struct command_option *option;

	for (option = command->options; option && option->name; option++)
		if (strlen(option->name) == size && memcmp(option->name, name, size) == 0)
			return option;
	return NULL;
}

static bool refuse_option(const struct command *command, const char *word, struct error *error)
{
	const struct command_option *option, *nearest = NULL;
	char name[WORD_MAX];
	int distance = 4;

	(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	for (option = command->options; option && option->name; option++) {
		if (word_distance(name, option->name) < distance) {
			distance = word_distance(name, option->name);
			nearest = option;
		}
	}
	if (nearest)
		return error_set(error, FAULT_USAGE, "%s is no option of %s; did you mean %s?", word, command->name,
				 nearest->name);
	return error_set(error, FAULT_USAGE, "%s is no option of %s", word, command->name);
}

/* Takes the option at words[*at], and its value behind it if there is one; *at ends on the last word taken. */
static bool take_option(struct arguments *arguments, const struct command *command, int count,
			const char *const *words, int *at, struct error *error)
{
	const char *word = words[*at], *equals = strchr(word, '=');
	const struct command_option *option =
		find_option(command, word, equals ? (size_t)(equals - word) : strlen(word));
	const char *value = equals ? equals + 1 : NULL;

	if (!option)
		return refuse_option(command, word, error);
	if (!option->value && equals)
		return error_set(error, FAULT_USAGE, "%s takes no value", option->name);
	if (option->value && !equals) {
		if (*at + 1 >= count)
			return error_set(error, FAULT_USAGE, "%s needs a value: %s", option->name, option->value);
		value = words[++*at];
	}
	if (!option->repeats && arguments_has(arguments, option->name))
		return error_set(error, FAULT_USAGE, "%s is given twice", option->name);
	if (arguments->option_count == ARGUMENTS_MAX)
		return error_set(error, FAULT_USAGE, "more than %d options", ARGUMENTS_MAX);
	arguments->options[arguments->option_count].option = option;
	arguments->options[arguments->option_count++].value = value;
	return true;
}

static bool take_operand(struct arguments *arguments, const struct command *command, const char *word,
			 struct error *error)
{
	if (arguments->operand_count == command->operands_most || arguments->operand_count == ARGUMENTS_MAX)
		return error_set(error, FAULT_USAGE, "%s: one word too many", word);
	arguments->operands[arguments->operand_count++] = word;
	return true;
}

bool arguments_parse(struct arguments *arguments, const struct command *command, int count, const char *const *words,
		     struct error *error)
{
	bool options_over = false;
	int at;

	arguments->help = false;
	arguments->operand_count = arguments->option_count = 0;
	for (at = 0; at < count && strcmp(words[at], "--") != 0; at++) {
		if (strcmp(words[at], "--help") == 0 || strcmp(words[at], "-h") == 0) {
			arguments->help = true;
			return true;
		}
	}
	for (at = 0; at < count; at++) {
		const char *word = words[at];
		bool taken;

		if (!options_over && strcmp(word, "--") == 0) {
			options_over = true;
			continue;
		}
		/* A lone "-" is an operand by custom. */
		if (!options_over && word[0] == '-' && word[1] != '\0')
			taken = take_option(arguments, command, count, words, &at, error);
		else
			taken = take_operand(arguments, command, word, error);
		if (!taken)
			return false;
	}
	if (arguments->operand_count < command->operands_least)
		return error_set(error, FAULT_USAGE, "%s is missing", command->operands);
	return true;
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
	int i;

	for (i = 0; i < arguments->option_count; i++)
		if (strcmp(arguments->options[i].option->name, name) == 0)
			return true;
	return false;
}

const char *arguments_value_at(const struct arguments *arguments, const char *name, int index)
{
	int i;

	for (i = 0; i < arguments->option_count; i++)
		if (strcmp(arguments->options[i].option->name, name) == 0 && index-- == 0)
			return arguments->options[i].value;
	return NULL;
}

const char *arguments_value(const struct arguments *arguments, const char *name)
{
	return arguments_value_at(arguments, name, 0);
}
