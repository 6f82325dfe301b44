#ifndef HILRIG_RIG_BASE_WORKSPACE_H
#define HILRIG_RIG_BASE_WORKSPACE_H

/*
 * Where a file lies that is named without a folder: profile `riden-rd6006`, rule `mp102b`, the hubs' bands.
 *
 * A workspace is any folder of the shape drivers/ scenarios/ firmware-images/ reports/. Looked at in this order: the folder in
 * which the program was started, the folder of HILRIG_HOME if that is set, and what `make install` put below
 * /usr/local/share/hilrig. The first that has the file wins, so that a lab's own file replaces a shipped one.
 */

#include "rig/base/error.h"

#define WORKSPACE_ROOTS_MAX 4
#define WORKSPACE_PATH_SIZE 256
#define WORKSPACE_INSTALLED "/usr/local/share/hilrig"

struct workspace {
	char roots[WORKSPACE_ROOTS_MAX][WORKSPACE_PATH_SIZE]; /* without a slash at the end */
	int count;
};

/* The roots named above. */
void workspace_init(struct workspace *workspace);

/* Exactly this root, for tests and evidence folders. */
void workspace_init_at(struct workspace *workspace, const char *root);

/*
 * The path of ROOT/FOLDER/NAME.yaml, or of ROOT/FOLDER/NAME as it stands, in the first root that has either. `name` is one word (letters, digits, '-', '_', '.', not
 * beginning with '.'). FAULT_CONFIGURATION when no root has it.
 */
MUST_USE bool workspace_find(const struct workspace *workspace, const char *folder, const char *name,
			     char path[WORKSPACE_PATH_SIZE], struct error *error);

#endif
