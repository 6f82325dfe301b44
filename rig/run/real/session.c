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

/* By itself: without what its terminal may be attached to. */
static bool comes_from_here(pid_t pid, bool *multiplexed, char why[FREE_TEXT_SIZE])
{
	static const char *const variables[] = {"SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"};
	char name[NAME_SIZE], *environment;
	size_t size, i;
	int step;

	environment = environment_of(pid, &size);
	if (!environment)
		return because(why, "nobody can tell from where this session is worked", "");
	*multiplexed = has_variable(environment, size, "TMUX") || has_variable(environment, size, "STY");
	for (i = 0; i < sizeof variables / sizeof *variables; i++)
		if (has_variable(environment, size, variables[i])) {
			free(environment);
			return because(why, "this session comes over SSH: it has ", variables[i]);
		}
	free(environment);
	for (step = 0; step < ANCESTORS_MAX && pid > 1; step++) {
		if (!parent_of(pid, &pid, name))
			return because(why, "nobody can tell from where this session is worked", "");
		if (serves_remote_terminals(name))
			return because(why, "this session comes from elsewhere, by ", name);
	}
	return true;
}

/* A terminal that is attached to tmux or screen, of this user. */
static bool is_attached_terminal(pid_t pid)
{
	char path[64], name[NAME_SIZE];
	struct stat status;
	pid_t parent;

	(void)snprintf(path, sizeof path, "/proc/%ld", (long)pid);
	return stat(path, &status) == 0 && status.st_uid == getuid() && parent_of(pid, &parent, name) &&
	       (strcmp(name, "tmux: client") == 0 || strcmp(name, "screen") == 0);
}

static bool attached_from_here(char why[FREE_TEXT_SIZE])
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	bool here = processes != NULL, unused;

	if (!processes)
		return because(why, "nobody can tell from where this session is worked", "");
	while (here && (entry = readdir(processes)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || !is_attached_terminal(pid) || comes_from_here(pid, &unused, why))
			continue;
		here = because(why, "a terminal of tmux or screen is attached from elsewhere", "");
	}
	(void)closedir(processes);
	return here;
}

bool session_is_local(pid_t pid, char why[FREE_TEXT_SIZE])
{
	bool multiplexed;

	why[0] = '\0';
	return comes_from_here(pid, &multiplexed, why) && (!multiplexed || attached_from_here(why));
}
