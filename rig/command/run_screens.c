/* A run's terminal, given away for as long as somebody looks at the screens. */

#include "rig/command/run_screens.h"

#include "rig/base/text.h"
#include "rig/dashboard/terminal.h"
#include "rig/journal/record.h"
#include "rig/supervisor/seat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 100          /* between two looks at what cannot be polled: the run's lines, the viewer, the run's socket */
#define TYPED_SIZE 1024

/* ---- Lines that are kept ---- */

/* A file of a fixed size that takes memory as it is filled: neither a full disk nor a slow reader can hold up who writes to it. */
static int open_lines(void)
{
	int lines = memfd_create("hilrig-lines", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (lines >= 0 && (ftruncate(lines, RUN_SCREENS_LINES_MAX) != 0 || fcntl(lines, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)) {
		close(lines);
		lines = -1;
	}
	return lines;
}

/* Everything behind *printed. False: nobody takes it any more. */
static bool print_kept(int lines, off_t *printed)
{
	char bytes[4096];
	off_t end = lseek(lines, 0, SEEK_CUR); /* the run's place: it writes through the same description */

	while (*printed < end) {
		size_t wanted = (size_t)(end - *printed) < sizeof bytes ? (size_t)(end - *printed) : sizeof bytes;
		ssize_t got = pread(lines, bytes, wanted, *printed), put;

		if (got <= 0)
			return false;
		put = write(STDOUT_FILENO, bytes, (size_t)got);
		if (put <= 0)
			return false;
		*printed += put;
	}
	return true;
}

/* ---- The keeper ---- */

struct keeper {
	pid_t run, run_group, viewer; /* viewer 0: none */
	const char *operator;        /* NULL: not named */
	int told;                    /* from the run */
	int lines, typed;
	off_t printed;               /* of the lines */
	bool over, typing;
	struct termios modes;
};

/* Its parent is gone without a word: somebody has killed it, and its shell has the terminal. */
static bool is_orphan(const struct keeper *keeper)
{
	return getppid() != keeper->run;
}

/* Waits for a word of the run, LOOK_MS at most, and notes its end. */
static void look_at_run(struct keeper *keeper)
{
	struct pollfd polled[2] = {{.fd = keeper->over ? -1 : keeper->told, .events = POLLIN},
				   {.fd = keeper->typing ? STDIN_FILENO : -1, .events = POLLIN}};
	char typed[TYPED_SIZE];
	ssize_t got;

	(void)poll(polled, 2, LOOK_MS);
	keeper->over |= polled[0].revents != 0 && read(keeper->told, typed, sizeof typed) <= 0;
	if (!polled[1].revents)
		return;
	got = read(STDIN_FILENO, typed, sizeof typed);
	keeper->typing = got >= 0 && !(polled[1].revents & (POLLHUP | POLLERR));
	if (got == 0) /* Ctrl-D is no answer, but an empty one */
		typed[got++] = '\n';
	if (keeper->typing)
		(void)!write(keeper->typed, typed, (size_t)got);
}

static bool hear_bench(const struct keeper *keeper, char bench[WORD_TEXT_SIZE])
{
	ssize_t got;

	do
		got = read(keeper->told, bench, WORD_TEXT_SIZE);
	while (got < 0 && errno == EINTR);
	return got == WORD_TEXT_SIZE;
}

static bool serves(const char *bench)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there = descriptor >= 0 && seat_run_path(address.sun_path, bench, NULL) &&
		     connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0;

	if (descriptor >= 0)
		close(descriptor);
	return there;
}

/* False: the run was over before it served anybody. Its last lines say why, and there is nothing to look at. */
static bool wait_for_run(struct keeper *keeper, const char *bench)
{
	int looks;

	for (looks = RUN_SCREENS_SERVES_MS / LOOK_MS; looks > 0 && !keeper->over && !serves(bench); looks--)
		look_at_run(keeper);
	return !keeper->over;
}

static void signals_are(const int *numbers, size_t count, void (*what)(int))
{
	size_t i;

	for (i = 0; i < count; i++)
		(void)signal(numbers[i], what);
}

/*
 * Only the standard streams go along. SIGTSTP stays ignored: a viewer that is stopped by Ctrl-Z would have a terminal that nobody could
 * take back, as the shell knows nothing of its group.
 */
static void become_viewer(const struct keeper *keeper, const char *bench)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)setpgid(0, 0);
	(void)tcsetpgrp(STDIN_FILENO, getpid());
	signals_are(ending, sizeof ending / sizeof *ending, SIG_DFL);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	(void)execl("/proc/self/exe", "hilrig", "dashboard", "--bench", bench, keeper->operator ? "--operator" : (char *)NULL,
		    keeper->operator, (char *)NULL);
	fprintf(stderr, "hilrig run: no dashboard: %s\n", strerror(errno));
	_exit(EXIT_CODE_RIG);
}

static void start_viewer(struct keeper *keeper, const char *bench)
{
	keeper->viewer = fork();
	if (keeper->viewer == 0)
		become_viewer(keeper, bench);
	if (keeper->viewer < 0)
		keeper->viewer = 0;
}

static void wait_for_viewer(struct keeper *keeper)
{
	int status = 0;
	pid_t ended = 0;

	while (keeper->viewer && ended == 0) {
		if (is_orphan(keeper)) {
			(void)kill(keeper->viewer, SIGTERM);
			(void)kill(keeper->viewer, SIGCONT);
		}
		look_at_run(keeper);
		if (keeper->over) /* whose end can be polled no more */
			(void)poll(NULL, 0, LOOK_MS);
		ended = waitpid(keeper->viewer, &status, WNOHANG);
	}
	/* A shell that has seen the run die has taken it back already. */
	if (tcgetpgrp(STDIN_FILENO) != keeper->viewer)
		return;
	(void)tcsetpgrp(STDIN_FILENO, keeper->run_group);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &keeper->modes);
	if (WIFSIGNALED(status))
		terminal_mend();
}

static bool print_lines(struct keeper *keeper)
{
	return print_kept(keeper->lines, &keeper->printed);
}

static void print_until_over(struct keeper *keeper)
{
	bool printed = print_lines(keeper);

	look_at_run(keeper);
	if (keeper->viewer && !keeper->over && printed)
		printf("hilrig run: the screens are left, the run goes on: its lines follow. Ctrl-C ends it in order, everything off; "
		       "hilrig dashboard shows it again\n");
	(void)fflush(stdout);
	keeper->typing = true;
	while (!keeper->over && print_lines(keeper))
		look_at_run(keeper);
	(void)print_lines(keeper);
}

static void keep(struct keeper *keeper)
{
	/* What ends, stops or frightens the run's group: a keeper stays until the run is over. */
	static const int deaf[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE};
	char bench[WORD_TEXT_SIZE];

	signals_are(deaf, sizeof deaf / sizeof *deaf, SIG_IGN);
	if (!hear_bench(keeper, bench))
		return;
	if (wait_for_run(keeper, bench)) {
		start_viewer(keeper, bench);
		wait_for_viewer(keeper);
	}
	print_until_over(keeper);
}

/* ---- The run ---- */

static bool has_terminal(struct run_screens *screens, struct error *error)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &screens->modes) != 0)
		return error_set(error, FAULT_USAGE, "--dashboard: standard input and output must be a terminal; without it a run prints its lines, "
				 "and hilrig dashboard shows it on another terminal");
	if (!terminal_is_known())
		return error_set(error, FAULT_USAGE, "--dashboard: nobody knows such a terminal as TERM says here");
	if (tcgetpgrp(STDIN_FILENO) != getpgrp())
		return error_set(error, FAULT_USAGE, "--dashboard: this is not in the foreground of its terminal; hilrig dashboard shows a run on another one");
	return true;
}

bool run_screens_open(struct run_screens *screens, const char *operator, struct error *error)
{
	struct keeper keeper = {.run = getpid(), .run_group = getpgrp(), .operator = operator};
	int told[2], typed[2];

	if (!has_terminal(screens, error))
		return false;
	keeper.modes = screens->modes;
	keeper.lines = open_lines();
	if (keeper.lines < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told) != 0 || pipe2(typed, O_CLOEXEC) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "--dashboard");
	(void)fcntl(typed[1], F_SETFL, O_NONBLOCK); /* what nobody asked for is not waited for */
	(void)fflush(NULL);
	screens->keeper = fork();
	if (screens->keeper < 0) {
		screens->keeper = 0;
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "--dashboard");
	}
	if (screens->keeper == 0) {
		close(told[1]);
		close(typed[0]);
		keeper.told = told[0];
		keeper.typed = typed[1];
		keep(&keeper);
		_exit(0);
	}
	close(told[0]);
	screens->alive = told[1];
	screens->typed = typed[1];
	screens->streams[SCREENS_IN] = typed[0];
	screens->streams[SCREENS_OUT] = screens->streams[SCREENS_ERROR] = keeper.lines;
	screens->terminal[SCREENS_IN] = screens->terminal[SCREENS_OUT] = screens->terminal[SCREENS_ERROR] = -1;
	return true;
}

void run_screens_begin(struct run_screens *screens, const char *bench)
{
	char word[WORD_TEXT_SIZE] = "";
	int i;

	if (!screens->keeper || screens->terminal[SCREENS_OUT] >= 0)
		return;
	(void)fflush(NULL);
	for (i = SCREENS_IN; i < SCREENS_STREAMS; i++) {
		if (i == SCREENS_ERROR && !isatty(STDERR_FILENO)) /* a person's file of what went wrong */
			continue;
		screens->terminal[i] = fcntl(i, F_DUPFD_CLOEXEC, SCREENS_STREAMS);
		(void)dup2(screens->streams[i], i);
	}
	text_copy(word, sizeof word, bench);
	(void)!send(screens->alive, word, sizeof word, MSG_NOSIGNAL);
}

static void take_back(struct run_screens *screens)
{
	int i;

	for (i = SCREENS_IN; i < SCREENS_STREAMS; i++) {
		if (screens->terminal[i] < 0)
			continue;
		(void)dup2(screens->terminal[i], i);
		close(screens->terminal[i]);
	}
}

void run_screens_end(struct run_screens *screens)
{
	off_t printed = 0;
	sigset_t none;
	int status = 0;

	if (!screens->keeper)
		return;
	(void)fflush(NULL);
	take_back(screens);
	close(screens->alive);
	close(screens->typed);
	close(screens->streams[SCREENS_IN]);
	/* There is no run any more: who waits here may be ended like anybody. */
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	while (waitpid(screens->keeper, &status, 0) < 0 && errno == EINTR)
		;
	/* A keeper that was killed has left the terminal to its viewer's group, and nobody knows what it had printed. */
	if (WIFSIGNALED(status)) {
		(void)tcsetpgrp(STDIN_FILENO, getpgrp());
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &screens->modes);
		(void)print_kept(screens->streams[SCREENS_OUT], &printed);
	}
	close(screens->streams[SCREENS_OUT]);
	screens->keeper = 0;
}
