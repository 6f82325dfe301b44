/* The rig's side of the keeper: a socket and a pipe. */

#include "drivers/tool/tool_process.h"

#include "rig/base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* With all signals blocked, so that no handler of the rig's runs in the child before it has put them away. */
static pid_t fork_keeper(int socket, int output, char *const argv[])
{
	sigset_t all, before;
	pid_t keeper;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	keeper = fork();
	if (keeper == 0)
		keeper_run(socket, output, argv);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return keeper;
}

bool tool_process_start(struct tool_process *process, char *const argv[], struct error *error)
{
	int sockets[2], pipes[2];

	*process = TOOL_PROCESS_NONE;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "no socket to watch a program by");
	if (pipe2(pipes, O_CLOEXEC) != 0) {
		int number = errno;

		descriptor_close(sockets[0]);
		descriptor_close(sockets[1]);
		return error_set_errno(error, FAULT_ENVIRONMENT, number, "no pipe for a program's output");
	}
	process->keeper = fork_keeper(sockets[1], pipes[1], argv);
	descriptor_close(sockets[1]);
	descriptor_close(pipes[1]);
	process->report = sockets[0];
	process->output = pipes[0];
	(void)fcntl(process->output, F_SETFL, O_NONBLOCK);
	if (process->keeper > 0)
		return true;
	process->keeper = 0;
	tool_process_close(process);
	return error_set(error, FAULT_ENVIRONMENT, "no process for a program");
}

void tool_process_end(struct tool_process *process)
{
	if (process->report >= 0)
		(void)shutdown(process->report, SHUT_WR);
}

bool tool_process_report(struct tool_process *process, struct keeper_report *report)
{
	ssize_t size;

	if (process->report < 0)
		return false;
	size = recv(process->report, report, sizeof *report, MSG_DONTWAIT);
	if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return false;
	if (size != (ssize_t)sizeof *report)
		*report = (struct keeper_report){.word = KEEPER_ENDED, .number = SIGKILL, .lives = true};
	process->over = report->word != KEEPER_STARTED;
	return true;
}

size_t tool_process_read(struct tool_process *process, void *bytes, size_t size)
{
	ssize_t count;

	if (process->output < 0)
		return 0;
	count = read(process->output, bytes, size);
	if (count > 0)
		return (size_t)count;
	if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
		descriptor_close(process->output);
		process->output = -1;
	}
	return 0;
}

void tool_process_kill(struct tool_process *process)
{
	if (process->keeper > 0)
		(void)kill(process->keeper, SIGKILL);
	tool_process_close(process);
}

void tool_process_close(struct tool_process *process)
{
	if (process->report >= 0)
		descriptor_close(process->report);
	if (process->output >= 0)
		descriptor_close(process->output);
	/* One that still ends a program is the init's, once we are gone: many of them would keep us too long from switching off. */
	if (process->keeper > 0)
		(void)waitpid(process->keeper, NULL, process->over ? 0 : WNOHANG);
	*process = TOOL_PROCESS_NONE;
}
