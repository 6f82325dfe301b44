#ifndef HILRIG_RIG_COMMAND_HELP_H
#define HILRIG_RIG_COMMAND_HELP_H

/* Help, written from the command table and nothing else. */

#include "rig/command/command.h"

#include <stdio.h>

#define HELP_WHAT "does a meter's firmware upgrade starve its communications hub, and for how long?"

struct help_exit {
	int code;
	const char *about;
};

/* What the program's exit codes mean; an `about` of NULL ends it. */
extern const struct help_exit help_exits[];

/* What hilrig is, every command with its line, and the exit codes. `list` ends in NULL. */
void help_all(FILE *out, const struct command *const *list);

/* One command: usage, text, options, examples. */
void help_command(FILE *out, const struct command *command);

#endif
