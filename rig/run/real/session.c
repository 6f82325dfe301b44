/* What /proc says of a process and of those that it comes from. */

#include "rig/run/real/session.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENVIRONMENT_MAX (256 * 1024)
#define ANCESTORS_MAX 64
#define NAME_SIZE 64

/* Reads the environment of a process; NULL: it cannot be. The caller's to free; zeros stand between the variables. */
static char *environment_of(pid_t pid, size_t *size)
{
	char path[64], *bytes = malloc(ENVIRONMENT_MAX + 1);
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%ld/environ", (long)pid);
	file = bytes ? fopen(path, "re") : NULL;
	if (!file) {
		free(bytes);
		return NULL;
	}
	*size = fread(bytes, 1, ENVIRONMENT_MAX, file);
	bytes[*size] = '\0';
	(void)fclose(file);
	return bytes;
}

static bool has_variable(const char *environment, size_t size, const char *name)
{
	const char *at;

	for (at = environment; at < environment + size; at += strlen(at) + 1)
		if (strncmp(at, name, strlen(name)) == 0 && at[strlen(name)] == '=' && at[strlen(name) + 1])
			return true;
	return false;
}

/* The parent and the name of a process. */
static bool parent_of(pid_t pid, pid_t *parent, char name[NAME_SIZE])
{
	char path[64], line[512], *open, *close;
	long number;
	FILE *file;
	bool read;

	(void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	read = fgets(line, sizeof line, file) != NULL;
	(void)fclose(file);
	open = read ? strchr(line, '(') : NULL;
	close = read ? strrchr(line, ')') : NULL; /* a name may hold brackets and blanks itself */
	if (!open || !close || close < open || sscanf(close + 1, " %*c %ld", &number) != 1)
		return false;
	(void)snprintf(name, NAME_SIZE, "%.*s", (int)(close - open - 1), open + 1);
	*parent = (pid_t)number;
	return true;
}

static bool serves_remote_terminals(const char *name)
{
	static const char *const servers[] = {"sshd", "sshd-session", "dropbear", "mosh-server", "telnetd", "in.telnetd", "in.rlogind", "in.rshd",
					      "ttyd", "gotty", "xrdp", "xrdp-sesman", "tinysshd"};
	size_t i;

	for (i = 0; i < sizeof servers / sizeof *servers; i++)
		if (strcmp(name, servers[i]) == 0)
			return true;
	return false;
}

static bool because(char why[FREE_TEXT_SIZE], const char *text, const char *what)
{
	(void)snprintf(why, FREE_TEXT_SIZE, "%s%s; what is switched by hand is switched at the bench (hilrig off works from everywhere)", text, what);
	return false;
}

/* Servers whose shells are shown on terminals that are attached to them, and those terminals. */
static bool keeps_shells(const char *name)
{
	return strcmp(name, "tmux: server") == 0 || strcmp(name, "screen") == 0 || strcmp(name, "SCREEN") == 0;
}

static bool shows_shells(const char *name)
{
	return strcmp(name, "tmux: client") == 0 || strcmp(name, "screen") == 0;
}

static const char untold[] = "nobody can tell from where this session is worked";

static bool owner_of(pid_t pid, uid_t *owner)
{
	char path[64];
	struct stat status;

	(void)snprintf(path, sizeof path, "/proc/%ld", (long)pid);
	if (stat(path, &status) != 0)
		return false;
	*owner = status.st_uid;
	return true;
}

/* What tmux or screen a process runs in, if any. */
struct shell {
	bool kept;
	uid_t keeper; /* whose server that is */
};

/* `unread`: what one that cannot be read is taken for. */
static bool environment_is_from_here(pid_t pid, bool unread, struct shell *shell, char why[FREE_TEXT_SIZE])
{
	static const char *const variables[] = {"SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"};
	char *environment;
	bool here = true;
	size_t size, i;

	environment = environment_of(pid, &size);
	if (!environment)
		return unread || because(why, untold, "");
	shell->kept |= has_variable(environment, size, "TMUX") || has_variable(environment, size, "STY");
	for (i = 0; here && i < sizeof variables / sizeof *variables; i++)
		if (has_variable(environment, size, variables[i]))
			here = because(why, "this session comes over SSH: it has ", variables[i]);
	free(environment);
	return here;
}

/* Behind sudo and su the environment says nothing any more; those that a process comes from still do. */
static bool ancestors_are_from_here(pid_t pid, struct shell *shell, char why[FREE_TEXT_SIZE])
{
	char name[NAME_SIZE];
	pid_t parent;
	int step;

	for (step = 0; step < ANCESTORS_MAX && pid > 1; step++, pid = parent) {
		if (!parent_of(pid, &parent, name))
			return because(why, untold, "");
		if (serves_remote_terminals(name))
			return because(why, "this session comes from elsewhere, by ", name);
		if (keeps_shells(name))
			shell->kept |= owner_of(pid, &shell->keeper);
	}
	return true;
}

/* A terminal that is attached to tmux or screen, of this user or of whose server it is; what another user's environment says is not for all. */
static bool is_attached_from_elsewhere(pid_t pid, const struct shell *shell)
{
	char name[NAME_SIZE], unsaid[FREE_TEXT_SIZE];
	struct shell own = {false, 0};
	uid_t owner;
	pid_t parent;

	return owner_of(pid, &owner) && (owner == getuid() || owner == shell->keeper) && parent_of(pid, &parent, name) && shows_shells(name) &&
	       !(environment_is_from_here(pid, owner != getuid(), &own, unsaid) && ancestors_are_from_here(pid, &own, unsaid));
}

static bool attached_from_here(const struct shell *shell, char why[FREE_TEXT_SIZE])
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	bool here = true;

	if (!processes)
		return because(why, untold, "");
	while (here && (entry = readdir(processes)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && is_attached_from_elsewhere(pid, shell))
			here = because(why, "a terminal of tmux or screen is attached from elsewhere", "");
	}
	(void)closedir(processes);
	return here;
}

bool session_is_local(pid_t pid, char why[FREE_TEXT_SIZE])
{
	struct shell shell = {false, getuid()};

	why[0] = '\0';
	return environment_is_from_here(pid, false, &shell, why) && ancestors_are_from_here(pid, &shell, why) &&
	       (!shell.kept || attached_from_here(&shell, why));
}
