#ifndef HILRIG_RIG_COMMAND_SCREEN_OPTIONS_H
#define HILRIG_RIG_COMMAND_SCREEN_OPTIONS_H

/* The options of commands that show screens. */

#include "rig/command/arguments.h"
#include "rig/dashboard/terminal.h"

/* --colours and --ascii. FAULT_USAGE for a word that is none. */
MUST_USE bool screen_settings(struct terminal_settings *settings, const struct arguments *arguments, struct error *error);

/* --size 80x24; both at least 1. Left as they are where it was not given. */
MUST_USE bool screen_size(int *rows, int *columns, const struct arguments *arguments, struct error *error);

#endif
