#ifndef HILRIG_RIG_COMMAND_ARGUMENTS_H
#define HILRIG_RIG_COMMAND_ARGUMENTS_H

/*
 * The words behind a command's name, taken apart by what its entry in the table allows.
 *
 * Options are long: `--name`, `--name VALUE` or `--name=VALUE`, before, between or after operands; `--` ends them.
 * Everything refused is FAULT_USAGE and names the word, with the option that was probably meant.
 */

#include "rig/base/error.h"

#define ARGUMENTS_MAX 1024 /* operands, and options, of one command line */

struct command;
struct command_option;

/* Words are borrowed from the caller's argv. */
struct arguments {
	bool help;             /* --help was there: nothing else was checked */
	int operand_count;
	const char *operands[ARGUMENTS_MAX];
	int option_count;
	struct {
		const struct command_option *option;
		const char *value; /* NULL where the option takes none */
	} options[ARGUMENTS_MAX];
};

MUST_USE bool arguments_parse(struct arguments *arguments, const struct command *command, int count,
			      const char *const *words, struct error *error);

/* Whether the option was given. */
bool arguments_has(const struct arguments *arguments, const char *name);

/* Its value, NULL if it was not given. arguments_value_at: of its index-th occurrence, from 0. */
const char *arguments_value(const struct arguments *arguments, const char *name);
const char *arguments_value_at(const struct arguments *arguments, const char *name, int index);

/* How far two words are apart: letters to change, add or drop. For "did you mean"; words of up to 63 bytes. */
int word_distance(const char *a, const char *b);

#endif
