/* Finds files that are named without a folder, in the lab's own workspace first. */

#include "rig/base/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_root(struct workspace *workspace, const char *root)
{
	char *to = workspace->roots[workspace->count];
	size_t size = strlen(root);

	while (size > 1 && root[size - 1] == '/')
		size--;
	if (size == 0 || size >= WORKSPACE_PATH_SIZE)
		return;
	memcpy(to, root, size);
	to[size] = '\0';
	workspace->count++;
}

void workspace_init(struct workspace *workspace)
{
	const char *home = getenv("HILRIG_HOME");

	*workspace = (struct workspace){.count = 0};
	add_root(workspace, ".");
	if (home)
		add_root(workspace, home);
	add_root(workspace, WORKSPACE_INSTALLED);
}

void workspace_init_at(struct workspace *workspace, const char *root)
{
	*workspace = (struct workspace){.count = 0};
	add_root(workspace, root);
}

static bool is_one_word(const char *name)
{
	return name[0] != '.' && name[0] != '\0' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(name);
}

static bool is_there(const char *root, const char *folder, const char *name, const char *end, char path[WORKSPACE_PATH_SIZE])
{
	bool here = strcmp(root, ".") == 0;

	return snprintf(path, WORKSPACE_PATH_SIZE, "%s%s%s/%s%s", here ? "" : root, here ? "" : "/", folder, name, end) < WORKSPACE_PATH_SIZE &&
	       access(path, R_OK) == 0;
}

bool workspace_find(const struct workspace *workspace, const char *folder, const char *name,
		    char path[WORKSPACE_PATH_SIZE], struct error *error)
{
	int i;

	if (!is_one_word(name))
		return error_set(error, FAULT_CONFIGURATION, "'%s' is no name of a file in %s; write it without folder and .yaml",
				 name, folder);
	for (i = 0; i < workspace->count; i++)
		if (is_there(workspace->roots[i], folder, name, ".yaml", path) || is_there(workspace->roots[i], folder, name, "", path))
			return true;
	return error_set(error, FAULT_CONFIGURATION, "there is no %s%s in %s", name, strchr(name, '.') ? "" : ".yaml", folder);
}
