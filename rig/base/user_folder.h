#ifndef HILRIG_RIG_BASE_USER_FOLDER_H
#define HILRIG_RIG_BASE_USER_FOLDER_H

/* Where this user's own files lie, by the rules of XDG's base directories: state, configuration. */

#include "rig/base/error.h"

#include <limits.h>

/*
 * $VARIABLE/hilrig/NAME, or $HOME/BELOW_HOME/hilrig/NAME where the variable does not name an absolute path: ("XDG_STATE_HOME",
 * ".local/state", "slots"). Nothing is made. FAULT_CONFIGURATION where neither names a folder.
 */
MUST_USE bool user_folder(char folder[PATH_MAX], const char *variable, const char *below_home, const char *name,
			  struct error *error);

/* Makes every folder above a file's path that is missing, durably and for this user alone. FAULT_ENVIRONMENT. */
MUST_USE bool user_folder_make(char *path, struct error *error);

#endif
