/* TCP connections made without blocking, with each small frame sent at once and dead peers found by keep-alive. */

#include "drivers/serial/socket.h"
#include "rig/base/descriptor.h"
#include "rig/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool split(const char *name, char *host, size_t size, const char **service)
{
	const char *colon = strrchr(name, ':');
	struct text text;

	if (!colon || colon == name || !colon[1])
		return false;
	text_init(&text, host, size);
	if (name[0] == '[' && colon[-1] == ']')
		text_put_bytes(&text, name + 1, (size_t)(colon - name) - 2);
	else
		text_put_bytes(&text, name, (size_t)(colon - name));
	*service = colon + 1;
	return !text.full && text.used > 0;
}

bool socket_resolve(const char *name, struct sockaddr_storage *peer, struct error *error)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found;
	const char *service;
	char host[128];
	int result;

	if (!split(name, host, sizeof host, &service))
		return error_set(error, FAULT_CONFIGURATION, "tcp:%s is not tcp:HOST:PORT", name);
	result = getaddrinfo(host, service, &hints, &found);
	if (result != 0)
		return error_set(error, FAULT_RIG, "tcp:%s: %s", name, gai_strerror(result));
	*peer = (struct sockaddr_storage){0};
	memcpy(peer, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

bool socket_begin(const struct sockaddr_storage *peer, int *fd, struct error *error)
{
	const socklen_t size = peer->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	const int on = 1;

	*fd = socket(peer->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return error_set_errno(error, FAULT_RIG, errno, "no socket");
	if (setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
	    setsockopt(*fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
	    (connect(*fd, (const struct sockaddr *)peer, size) == 0 || errno == EINPROGRESS))
		return true;
	error_set_errno(error, FAULT_RIG, errno, "cannot connect");
	descriptor_close(*fd);
	*fd = -1;
	return false;
}

bool socket_connected(int fd, int64_t wait_ns, bool *done, struct error *error)
{
	const struct timespec wait = {.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
	struct pollfd poll_for = {.fd = fd, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int number = 0;

	*done = ppoll(&poll_for, 1, &wait, NULL) > 0;
	if (!*done)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) < 0)
		number = errno;
	return number == 0 || error_set_errno(error, FAULT_RIG, number, "cannot connect");
}
