#ifndef HILRIG_RIG_COMMAND_COMMAND_H
#define HILRIG_RIG_COMMAND_COMMAND_H

/*
 * What a command is, as data: its words, its options, its examples and the function that does it. Help comes from this,
 * and man pages and shell completion can. One file of rig/command holds one command (or a few that belong together) and
 * ends in its `const struct command`; rig/command/table.c lists them all.
 */

#include "rig/command/arguments.h"

struct command_option {
	const char *name;      /* "--format"; NULL ends the list */
	const char *value;     /* what follows it, "html|json|csv|junit" or "FILE"; NULL: nothing does */
	const char *about;     /* one line */
	bool repeats;          /* may be given more than once */
};

struct command_example {
	const char *line;      /* behind "hilrig ": words parted by single blanks, without quotes; NULL ends the list */
	const char *about;     /* what it does, one line */
};

struct command {
	const char *name;      /* "judge", or two words: "report make" */
	const char *operands;  /* "DIR", "[DIR ...]"; "" for none */
	int operands_least, operands_most;
	const char *about;     /* one line, without a full stop */
	const char *text;      /* a paragraph or two for its own help */
	const struct command_option *options;   /* --help is everybody's and not listed */
	const struct command_example *examples;

	/*
	 * Does it. *exit_code is 0 on entry; design.md, "Command line", says what it may become. False: `error` says why, the
	 * program prints it and ends with the code of its domain; nothing was printed about it before.
	 */
	bool (*run)(const struct arguments *arguments, int *exit_code, struct error *error);
};

#endif
