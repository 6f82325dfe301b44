#ifndef HILRIG_RIG_COMMAND_MAN_H
#define HILRIG_RIG_COMMAND_MAN_H

/* The manual page, hilrig(1), in the man macros of roff: from the tables that help comes from, and the dashboard's keys from theirs. */

#include "rig/command/command.h"

#include <stdio.h>

/* `list` ends in NULL. */
void man_page(FILE *out, const struct command *const *list);

#endif
