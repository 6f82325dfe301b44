/* A ring of the journal's last bytes, and places in it. A place is a byte's number in the journal, so it never wraps. */

#include "rig/run/real/viewers.h"

#include "rig/base/instant.h"
#include "rig/run/real/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SEND_MAX (64 * 1024)            /* to one viewer in one turn: some 20 us */
#define BACKLOG 8
#define DEAF_NS NS_PER_S                /* after an accept that the machine refused, descriptors say, not to try in every turn */

struct viewer {
	int descriptor;                 /* -1: a free place */
	uint64_t at;                    /* of the journal: the next byte it is sent */
	bool blocked;                   /* the kernel holds all it can for it */
};

struct viewers {
	struct hello who;
	char path[VIEWERS_PATH_SIZE];
	uid_t owner;
	int listening;
	int64_t deaf_until_ns;          /* CLOCK_MONOTONIC; 0: not deaf */
	char *ring;                     /* owned */
	size_t ring_bytes;
	uint64_t end;                   /* of the journal: bytes put so far */
	struct viewer viewers[VIEWERS_MAX];
	int dropped;
};

/* Opening */

static bool listen_at(struct viewers *viewers, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(address.sun_path, viewers->path, sizeof address.sun_path);
	(void)unlink(viewers->path);
	viewers->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mode comes before the name, so that there is no instant in which anybody else could connect. */
	if (viewers->listening >= 0 && fchmod(viewers->listening, 0600) == 0 &&
	    bind(viewers->listening, (struct sockaddr *)&address, sizeof address) == 0 && chmod(viewers->path, 0600) == 0 &&
	    listen(viewers->listening, BACKLOG) == 0)
		return true;
	return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", viewers->path);
}

static bool can_say_hello(const struct hello *who, struct error *error)
{
	struct hello longest = *who;
	char bytes[HELLO_SIZE_MAX];
	struct text text;

	longest.next_seq = longest.offset = INT64_MAX;
	text_init(&text, bytes, sizeof bytes);
	hello_put(&text, &longest);
	return !text.full || error_set(error, FAULT_ENVIRONMENT, "%.64s...: too long a path to be told to a viewer", who->folder);
}

bool viewers_open(struct viewers **opened, const struct viewers_settings *settings, struct error *error)
{
	struct viewers *viewers;
	int i;

	assert(settings->ring_bytes >= VIEWERS_RING_LEAST);
	*opened = NULL;
	if (strlen(settings->path) >= VIEWERS_PATH_SIZE)
		return error_set(error, FAULT_ENVIRONMENT, "%s: too long for a socket's path", settings->path);
	viewers = calloc(1, sizeof *viewers);
	if (viewers)
		viewers->ring = malloc(settings->ring_bytes);
	if (!viewers || !viewers->ring) {
		free(viewers);
		return error_set(error, FAULT_ENVIRONMENT, "no memory for a ring of %zu bytes", settings->ring_bytes);
	}
	viewers->listening = -1;
	viewers->who = *settings->who;
	viewers->owner = settings->owner;
	viewers->ring_bytes = settings->ring_bytes;
	memset(viewers->ring, '\n', viewers->ring_bytes); /* now, so that the rig does not grow for a day until the ring has gone round */
	(void)snprintf(viewers->path, sizeof viewers->path, "%s", settings->path);
	for (i = 0; i < VIEWERS_MAX; i++)
		viewers->viewers[i].descriptor = -1;
	if (can_say_hello(&viewers->who, error) && listen_at(viewers, error)) {
		*opened = viewers;
		return true;
	}
	viewers_close(viewers);
	return false;
}

static void leave(struct viewer *viewer)
{
	close(viewer->descriptor);
	viewer->descriptor = -1;
}

static void stop_listening(struct viewers *viewers)
{
	if (viewers->listening < 0)
		return;
	(void)unlink(viewers->path);
	close(viewers->listening);
	viewers->listening = -1;
}

void viewers_close(struct viewers *viewers)
{
	int i;

	stop_listening(viewers);
	for (i = 0; i < VIEWERS_MAX; i++)
		if (viewers->viewers[i].descriptor >= 0)
			leave(&viewers->viewers[i]);
	free(viewers->ring);
	free(viewers);
}

/* The ring */

void viewers_begin(struct viewers *viewers, uint64_t bytes)
{
	assert(viewers->end == 0);
	viewers->end = bytes;
}

void viewers_put(struct viewers *viewers, const char *line, size_t size)
{
	size_t at = viewers->end % viewers->ring_bytes, first = viewers->ring_bytes - at;
	int i;

	assert(size <= LINE_SIZE_MAX);
	for (i = 0; i < VIEWERS_MAX; i++) {
		struct viewer *viewer = &viewers->viewers[i];

		if (viewer->descriptor < 0 || viewers->end + size - viewer->at <= viewers->ring_bytes)
			continue;
		leave(viewer);
		viewers->dropped++;
	}
	if (first > size)
		first = size;
	memcpy(viewers->ring + at, line, first);
	memcpy(viewers->ring, line + first, size - first);
	viewers->end += size;
}

/* Sends the bytes up to the ring's seam or to the journal's end, at most SEND_MAX. False: no more can be sent now. */
static bool send_some(const struct viewers *viewers, struct viewer *viewer)
{
	size_t at = viewer->at % viewers->ring_bytes, size = viewers->ring_bytes - at;
	ssize_t sent;

	if (size > viewers->end - viewer->at)
		size = viewers->end - viewer->at;
	if (size > SEND_MAX)
		size = SEND_MAX;
	if (size == 0)
		return false;
	do
		sent = send(viewer->descriptor, viewers->ring + at, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0) {
		viewer->blocked = errno == EAGAIN || errno == EWOULDBLOCK;
		if (!viewer->blocked)
			leave(viewer);
		return false;
	}
	viewer->at += (uint64_t)sent;
	return true;
}

/* Turns */

int64_t viewers_poll(const struct viewers *viewers, struct pollfd polled[VIEWERS_POLLED])
{
	bool deaf = viewers->deaf_until_ns > 0 && clock_monotonic_ns() < viewers->deaf_until_ns;
	int64_t deadline_ns = deaf ? viewers->deaf_until_ns : INSTANT_NEVER;
	int i;

	polled[0] = (struct pollfd){.fd = deaf ? -1 : viewers->listening, .events = POLLIN};
	for (i = 0; i < VIEWERS_MAX; i++) {
		const struct viewer *viewer = &viewers->viewers[i];
		bool behind = viewer->descriptor >= 0 && viewer->at < viewers->end;

		/* Without events it is still told that a viewer has gone: POLLHUP. */
		polled[1 + i] = (struct pollfd){.fd = viewer->descriptor, .events = behind && viewer->blocked ? POLLOUT : 0};
		if (behind && !viewer->blocked)
			deadline_ns = 0;
	}
	return deadline_ns;
}

bool viewers_serve(struct viewers *viewers, const struct pollfd polled[VIEWERS_POLLED])
{
	int i;

	for (i = 0; i < VIEWERS_MAX; i++) {
		struct viewer *viewer = &viewers->viewers[i];

		/* The place may have been emptied since the poll; nobody new has it before viewers_welcome. */
		if (viewer->descriptor < 0)
			continue;
		if (polled[1 + i].revents & POLLOUT)
			viewer->blocked = false;
		if (polled[1 + i].revents & (POLLHUP | POLLERR | POLLNVAL))
			leave(viewer);
		else if (!viewer->blocked)
			(void)!send_some(viewers, viewer);
	}
	return polled[0].revents != 0;
}

static struct viewer *free_place(struct viewers *viewers)
{
	int i;

	for (i = 0; i < VIEWERS_MAX; i++)
		if (viewers->viewers[i].descriptor < 0)
			return &viewers->viewers[i];
	return NULL;
}

static int accept_one(struct viewers *viewers)
{
	int descriptor = accept4(viewers->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (descriptor < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNABORTED && errno != EINTR)
		viewers->deaf_until_ns = clock_monotonic_ns() + DEAF_NS;
	return descriptor;
}

static bool is_owner(const struct viewers *viewers, int descriptor)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == viewers->owner;
}

/* A fresh connection takes it whole or is not worth keeping. */
static bool say_hello(int descriptor, const struct hello *hello)
{
	char bytes[HELLO_SIZE_MAX];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	hello_put(&text, hello);
	return !text.full && send(descriptor, text.bytes, text.used, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)text.used;
}

static void refuse(int descriptor, const char *why)
{
	struct hello hello = {.refused = ""};

	text_copy(hello.refused, sizeof hello.refused, why);
	(void)!say_hello(descriptor, &hello);
	close(descriptor);
}

void viewers_welcome(struct viewers *viewers, uint64_t written_bytes, uint64_t written_lines)
{
	struct viewer *place = free_place(viewers);
	int descriptor = accept_one(viewers);
	char full[WORD_TEXT_SIZE];

	assert(viewers->end - written_bytes <= viewers->ring_bytes);
	if (descriptor < 0)
		return;
	if (!is_owner(viewers, descriptor)) {
		refuse(descriptor, "the run is another user's");
		return;
	}
	(void)snprintf(full, sizeof full, "%d viewers are there already", VIEWERS_MAX);
	if (!place) {
		refuse(descriptor, full);
		return;
	}
	viewers->who.offset = written_bytes;
	viewers->who.next_seq = written_lines;
	if (shutdown(descriptor, SHUT_RD) != 0 || !say_hello(descriptor, &viewers->who)) {
		close(descriptor);
		return;
	}
	*place = (struct viewer){.descriptor = descriptor, .at = written_bytes};
}

void viewers_finish(struct viewers *viewers)
{
	int i;

	stop_listening(viewers);
	for (i = 0; i < VIEWERS_MAX; i++) {
		struct viewer *viewer = &viewers->viewers[i];

		while (viewer->descriptor >= 0 && send_some(viewers, viewer))
			continue;
		if (viewer->descriptor >= 0)
			leave(viewer);
	}
}

int viewers_count(const struct viewers *viewers)
{
	int count = 0, i;

	for (i = 0; i < VIEWERS_MAX; i++)
		count += viewers->viewers[i].descriptor >= 0;
	return count;
}

int viewers_dropped(const struct viewers *viewers)
{
	return viewers->dropped;
}
