/* The rig's side of the socketpair to its supervisor. */

#include "rig/supervisor/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool put(int socket, enum link_kind kind, int64_t number, const void *more, size_t more_size, int descriptor)
{
	struct link_message message = {.kind = kind, .number = number};
	struct iovec pieces[2] = {{&message, sizeof message}, {(void *)(uintptr_t)more, more_size}};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr packet = {.msg_iov = pieces, .msg_iovlen = more ? 2 : 1};
	ssize_t sent;

	if (descriptor >= 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof control.bytes;
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
	}
	do
		sent = sendmsg(socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	/* A full queue means a supervisor that is slow, not one that is dead: a beat may be left out. */
	return sent >= 0 || (kind == LINK_BEAT && (errno == EAGAIN || errno == EWOULDBLOCK));
}

bool link_beat(int socket)
{
	return put(socket, LINK_BEAT, 0, NULL, 0, -1);
}

bool link_base(int socket, int64_t offset_ns)
{
	return put(socket, LINK_BASE, offset_ns, NULL, 0, -1);
}

bool link_bus(int socket, int bus, int descriptor)
{
	return put(socket, LINK_BUS, bus, NULL, 0, descriptor);
}

bool link_done(int socket, int exit_code)
{
	return put(socket, LINK_DONE, exit_code, NULL, 0, -1);
}

bool link_sealing(int socket)
{
	return put(socket, LINK_SEALING, 0, NULL, 0, -1);
}

bool link_not_off(int socket)
{
	return put(socket, LINK_NOT_OFF, 0, NULL, 0, -1);
}

bool link_take(int socket, struct link_message *message, bool *gone)
{
	ssize_t got;

	do
		got = recv(socket, message, sizeof *message, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	*gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
	return got == (ssize_t)sizeof *message;
}

bool link_turn(int socket, bool *stop)
{
	struct link_message message;
	bool gone;

	while (link_take(socket, &message, &gone))
		*stop |= message.kind == LINK_STOP;
	return !gone && link_beat(socket);
}

bool link_script(int socket, const struct off_script *script, struct error *error)
{
	int64_t deadline_ns = now_ns() + LINK_SCRIPT_WITHIN_NS;
	struct pollfd waiting = {.fd = socket, .events = POLLIN};
	struct link_message message;
	bool gone = false;

	if (!put(socket, LINK_SCRIPT, 0, script, sizeof *script, -1))
		return error_set_errno(error, FAULT_RIG, errno, "the off script could not be handed to the supervisor");
	while (!gone && now_ns() < deadline_ns) {
		if (poll(&waiting, 1, 10) <= 0)
			continue;
		if (link_take(socket, &message, &gone) && message.kind == LINK_TAKEN)
			return true;
	}
	return error_set(error, FAULT_RIG, "the supervisor did not take the off script");
}
