/* Starting, waiting, ending. Nothing here allocates, locks or prints. */

#include "drivers/tool/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SOCKET 3
#define CHILDREN_SIZE 4096
#define ROUND_NS (10 * NS_PER_MS)

struct keeper {
	pid_t program;
	int status;            /* of the program, once it has ended */
	bool ended;
	bool told_to_end;
	bool asked;            /* SIGTERM is out */
	int left_behind;
	int64_t ending_since_ns;
};

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void on_child(int number)
{
	(void)number; /* it only ends a wait */
}

static void tell(const struct keeper_report *report)
{
	(void)!send(SOCKET, report, sizeof *report, MSG_NOSIGNAL);
}

/* ---- Starting ---- */

/* The rig's descriptors are not ours: lines and buses would stay requested, and its supervisor would wait for its end. */
static void take_descriptors(int socket, int output)
{
	int nothing = open("/dev/null", O_RDWR);

	(void)dup2(nothing, STDIN_FILENO);
	(void)dup2(output, STDOUT_FILENO);
	(void)dup2(output, STDERR_FILENO);
	(void)dup2(socket, SOCKET);
	(void)fcntl(SOCKET, F_SETFD, FD_CLOEXEC);
	(void)close_range(SOCKET + 1, ~0U, 0);
}

static void take_signals(void)
{
	struct sigaction otherwise = {.sa_handler = SIG_DFL}, child = {.sa_handler = on_child};
	int number;

	for (number = 1; number < NSIG; number++)
		(void)sigaction(number, &otherwise, NULL);
	(void)sigaction(SIGCHLD, &child, NULL);
}

static _Noreturn void become_program(int why, char *const argv[])
{
	struct sigaction otherwise = {.sa_handler = SIG_DFL};
	sigset_t none;
	int number;

	(void)sigaction(SIGCHLD, &otherwise, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setsid();
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execvp(argv[0], argv);
	number = errno;
	(void)!write(why, &number, sizeof number);
	_exit(127);
}

static void start(struct keeper *keeper, char *const argv[])
{
	struct keeper_report report = {.word = KEEPER_STARTED};
	int why[2];

	if (pipe2(why, O_CLOEXEC) != 0)
		why[0] = why[1] = -1;
	keeper->program = _Fork();
	if (keeper->program == 0)
		become_program(why[1], argv);
	(void)close(why[1]);
	(void)dup2(STDIN_FILENO, STDOUT_FILENO); /* the output ends with the program */
	(void)dup2(STDIN_FILENO, STDERR_FILENO);
	if (keeper->program < 0)
		report = (struct keeper_report){.word = KEEPER_NOT_STARTED, .number = errno};
	else if (read(why[0], &report.number, sizeof report.number) == (ssize_t)sizeof report.number)
		report.word = KEEPER_NOT_STARTED;
	(void)close(why[0]);
	tell(&report);
	if (report.word == KEEPER_NOT_STARTED)
		_exit(0);
}

/* ---- Ending ---- */

/* False: the kernel does not say who our children are. */
static bool signal_children(int number)
{
	static const char path[] = "/proc/thread-self/children";
	char bytes[CHILDREN_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size, i;
	pid_t child = 0;

	if (fd < 0)
		return false;
	size = read(fd, bytes, sizeof bytes);
	(void)close(fd);
	for (i = 0; i < size; i++) {
		if (bytes[i] >= '0' && bytes[i] <= '9') {
			child = 10 * child + (bytes[i] - '0');
			continue;
		}
		if (child > 0)
			(void)kill(child, number);
		child = 0;
	}
	return true;
}

/*
 * Its group has its number for as long as it was not waited for; afterwards the number may be another's, and the group is asked only
 * where there is no other way to those that it left.
 */
static void signal_all(const struct keeper *keeper, int number)
{
	if (!signal_children(number) || !keeper->ended)
		(void)kill(-keeper->program, number);
}

static void end_round(struct keeper *keeper)
{
	if (!keeper->asked)
		signal_all(keeper, SIGTERM);
	keeper->asked = true;
	if (now_ns() - keeper->ending_since_ns >= KEEPER_GRACE_NS)
		signal_all(keeper, SIGKILL);
}

/* ---- Waiting ---- */

static void begin_ending(struct keeper *keeper)
{
	if (keeper->ending_since_ns == 0)
		keeper->ending_since_ns = now_ns();
}

/* True: there is nobody any more. */
static bool reap(struct keeper *keeper)
{
	pid_t child;
	int status;

	while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
		if (child != keeper->program) {
			keeper->left_behind += keeper->ended && !keeper->told_to_end;
			continue;
		}
		keeper->status = status;
		keeper->ended = true;
		begin_ending(keeper);
	}
	return child < 0 && errno == ECHILD;
}

static void wait_for_news(struct keeper *keeper)
{
	struct pollfd leash = {.fd = keeper->told_to_end ? -1 : SOCKET, .events = POLLIN};
	struct timespec round = {.tv_nsec = ROUND_NS};
	sigset_t but_child;
	char byte;

	(void)sigfillset(&but_child);
	(void)sigdelset(&but_child, SIGCHLD);
	if (ppoll(&leash, 1, keeper->ending_since_ns ? &round : NULL, &but_child) <= 0 || leash.revents == 0)
		return;
	if (recv(SOCKET, &byte, sizeof byte, MSG_DONTWAIT) == 0 || leash.revents & (POLLERR | POLLNVAL)) {
		keeper->told_to_end = true;
		begin_ending(keeper);
	}
}

static void tell_end(const struct keeper *keeper, bool lives)
{
	const struct keeper_report report = {.word = KEEPER_ENDED, .number = keeper->status, .left_behind = keeper->left_behind, .lives = lives};

	tell(&report);
	_exit(0);
}

_Noreturn void keeper_run(int socket, int output, char *const argv[])
{
	struct keeper keeper = {.program = 0};

	take_signals();
	take_descriptors(socket, output);
	(void)setsid();
	(void)prctl(PR_SET_NAME, "hilrig-keeper");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	start(&keeper, argv);
	for (;;) {
		if (reap(&keeper))
			tell_end(&keeper, false);
		if (keeper.ending_since_ns && now_ns() - keeper.ending_since_ns > KEEPER_PATIENCE_NS)
			tell_end(&keeper, true);
		if (keeper.ending_since_ns)
			end_round(&keeper);
		wait_for_news(&keeper);
	}
}
