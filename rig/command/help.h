#ifndef HILRIG_RIG_COMMAND_HELP_H
#define HILRIG_RIG_COMMAND_HELP_H

/* Help, written from the command table and nothing else. */

#include "rig/command/command.h"

#include <stdio.h>

/* What hilrig is, every command with its line, and the exit codes. `list` ends in NULL. */
void help_all(FILE *out, const struct command *const *list);

/* One command: usage, text, options, examples. */
void help_command(FILE *out, const struct command *command);

#endif
