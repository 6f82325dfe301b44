/* hilrig follow --json as a child of its run. */

#include "rig/command/run_lines.h"

#include "rig/base/error.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ctrl-C is for the run, whose last lines are still to come; what is opened by it is none of its own. */
static void become_follower(const char *bench)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGINT, SIG_IGN);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	(void)execl("/proc/self/exe", "hilrig", "follow", "--json", "--bench", bench, (char *)NULL);
	fprintf(stderr, "hilrig run: no lines: %s\n", strerror(errno));
	_exit(EXIT_CODE_RIG);
}

void run_lines_begin(struct run_lines *lines, const char *bench)
{
	(void)fflush(NULL);
	lines->follower = fork();
	if (lines->follower == 0)
		become_follower(bench);
	if (lines->follower < 0) {
		lines->follower = 0;
		fprintf(stderr, "hilrig run: no lines: %s\n", strerror(errno));
	}
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
}

void run_lines_end(struct run_lines *lines)
{
	sigset_t none;

	/* There is no run any more: who waits here, for a reader that has stopped, may be ended like anybody; the follower ends with it. */
	sigemptyset(&none);
	if (lines->follower)
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
	while (lines->follower && waitpid(lines->follower, NULL, 0) < 0 && errno == EINTR)
		;
	lines->follower = 0;
}
