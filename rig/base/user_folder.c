/* This user's folders: found by XDG's rules, made one by one. */

#include "rig/base/user_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* XDG's rule: a path that is not absolute counts as not set. */
static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

bool user_folder(char folder[PATH_MAX], const char *variable, const char *below_home, const char *name, struct error *error)
{
	const char *base = absolute(variable), *home = absolute("HOME");
	int size;

	if (!base && !home)
		return error_set(error, FAULT_CONFIGURATION, "neither HOME nor %s names a folder; set HOME to the folder of the user at the bench",
				 variable);
	size = base ? snprintf(folder, PATH_MAX, "%s/hilrig/%s", base, name)
		    : snprintf(folder, PATH_MAX, "%s/%s/hilrig/%s", home, below_home, name);
	return size < PATH_MAX || error_set(error, FAULT_CONFIGURATION, "%s: path too long", base ? variable : "HOME");
}

/* A folder is durable when the one above it was flushed. */
static bool flush_above(const char *path)
{
	char above[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int descriptor;
	bool done;

	(void)snprintf(above, sizeof above, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	descriptor = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	done = fsync(descriptor) == 0;
	close(descriptor);
	return done;
}

bool user_folder_make(char *path, struct error *error)
{
	char *slash;

	for (slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		bool made;

		*slash = '\0';
		made = mkdir(path, 0700) == 0;
		if ((!made && errno != EEXIST && errno != EISDIR) || (made && !flush_above(path))) {
			(void)error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
			*slash = '/';
			return false;
		}
		*slash = '/';
	}
	return true;
}
