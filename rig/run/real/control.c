/* Callers in, one request each, answers out. */

#include "rig/run/real/control.h"

#include "rig/base/descriptor.h"
#include "rig/base/instant.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct caller {
	int descriptor; /* -1: none */
	int64_t until_ns;
};

struct control {
	struct control_settings settings;
	char path[CONTROL_PATH_SIZE];
	int listening;
	struct caller callers[CONTROL_CALLERS_MAX];
	pid_t here;             /* a process that was told to be at the bench; 0: none */
	int64_t here_until_ns;
};

bool control_open(struct control **opened, const struct control_settings *settings, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct control *control = calloc(1, sizeof *control);
	int i;

	*opened = NULL;
	if (!control)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the control socket");
	control->settings = *settings;
	(void)snprintf(control->path, sizeof control->path, "%s", settings->path);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", settings->path);
	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		control->callers[i].descriptor = -1;
	(void)unlink(control->path);
	control->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listening >= 0 && bind(control->listening, (struct sockaddr *)&address, sizeof address) == 0 &&
	    chmod(control->path, 0600) == 0 && listen(control->listening, CONTROL_CALLERS_MAX) == 0) {
		*opened = control;
		return true;
	}
	(void)error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", control->path);
	control_close(control);
	return false;
}

static void hang_up(struct caller *caller)
{
	if (caller->descriptor >= 0)
		descriptor_close(caller->descriptor);
	caller->descriptor = -1;
}

void control_close(struct control *control)
{
	int i;

	if (!control)
		return;
	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		hang_up(&control->callers[i]);
	if (control->listening >= 0) {
		(void)unlink(control->path);
		descriptor_close(control->listening);
	}
	free(control);
}

static struct caller *free_place(struct control *control)
{
	int i;

	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		if (control->callers[i].descriptor < 0)
			return &control->callers[i];
	return NULL;
}

int control_descriptors(const struct control *control, int descriptors[1 + CONTROL_CALLERS_MAX])
{
	int count = 0, i;

	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		if (control->callers[i].descriptor >= 0)
			descriptors[count++] = control->callers[i].descriptor;
	if (count < CONTROL_CALLERS_MAX) /* others wait in the kernel's queue */
		descriptors[count++] = control->listening;
	return count;
}

int64_t control_deadline(const struct control *control)
{
	int64_t deadline_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		if (control->callers[i].descriptor >= 0 && control->callers[i].until_ns < deadline_ns)
			deadline_ns = control->callers[i].until_ns;
	return deadline_ns;
}

/* One that does not take its answer has none: the kernel's buffer holds all of it. */
static void say(void *self, const char *line)
{
	const struct caller *caller = self;

	(void)!send(caller->descriptor, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int refuse(struct caller *caller, int exit_code, const char *why)
{
	say(caller, why);
	return exit_code;
}

/* It was told that nobody answers, and what it asked for may be the last thing that anybody expects by now. */
static bool has_hung_up(const struct caller *caller)
{
	struct pollfd polled = {caller->descriptor, POLLRDHUP, 0};

	return poll(&polled, 1, 0) != 0;
}

/*
 * To look who is attached to what takes time of the loop, and whoever shows a list asks for it again and again: for that, and for nothing
 * that is done, what was found a moment ago is enough.
 */
static bool is_here(struct control *control, pid_t pid, bool lists, int64_t now_ns, char why[FREE_TEXT_SIZE])
{
	if (lists && pid == control->here && now_ns < control->here_until_ns)
		return true;
	control->here = control->settings.is_local(pid, why) ? pid : 0;
	control->here_until_ns = now_ns + CONTROL_HERE_NS;
	return control->here == pid;
}

static int answer(struct control *control, struct caller *caller, const char *bytes, size_t size, int64_t now_ns)
{
	struct ucred who = {.pid = 0};
	socklen_t length = sizeof who;
	struct control_request request;
	char why[FREE_TEXT_SIZE];

	if (!control_request_read(&request, bytes, size, why))
		return refuse(caller, EXIT_CODE_USAGE, why);
	if (request.kind != CONTROL_OFF && has_hung_up(caller))
		return refuse(caller, EXIT_CODE_BUSY, "nobody waits for it any more");
	if (getsockopt(caller->descriptor, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0 || who.uid != getuid())
		return refuse(caller, EXIT_CODE_BUSY, "only the account that the rig runs under is listened to");
	if (!is_here(control, who.pid, request.kind == CONTROL_MENU, now_ns, why))
		return refuse(caller, EXIT_CODE_BUSY, why);
	return control->settings.take(control->settings.self, &request, say, caller);
}

static void take(struct control *control, struct caller *caller, int64_t now_ns)
{
	char bytes[CONTROL_PACKET_MAX + 1], last[32];
	ssize_t got = recv(caller->descriptor, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		(void)snprintf(last, sizeof last, "exit %d", got > CONTROL_PACKET_MAX ? refuse(caller, EXIT_CODE_USAGE, "the request is too long")
										      : answer(control, caller, bytes, (size_t)got, now_ns));
		say(caller, last);
	}
	hang_up(caller);
}

static void let_in(struct control *control, int64_t now_ns)
{
	struct caller *caller = free_place(control);
	int descriptor = caller ? accept4(control->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;

	if (descriptor < 0)
		return;
	*caller = (struct caller){descriptor, now_ns + CONTROL_PATIENCE_NS};
	take(control, caller, now_ns); /* most have sent their request by now */
}

bool control_ready(struct control *control, int descriptor, int64_t now_ns)
{
	int i;

	if (descriptor == control->listening) {
		let_in(control, now_ns);
		return true;
	}
	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		if (control->callers[i].descriptor == descriptor) {
			take(control, &control->callers[i], now_ns);
			return true;
		}
	return false;
}

void control_tick(struct control *control, int64_t now_ns)
{
	int i;

	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		if (control->callers[i].descriptor >= 0 && now_ns >= control->callers[i].until_ns)
			hang_up(&control->callers[i]);
}
