/* A thread behind a pty. */

#include "tests/support/rtu_server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int64_t rtu_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* False when the server is to stop. */
static bool wait_until(struct rtu_server *server, int64_t t_ns)
{
	struct pollfd stop = {.fd = server->stop, .events = POLLIN};
	int64_t left;

	while ((left = t_ns - rtu_clock_ns()) > 0) {
		const struct timespec span = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};

		if (ppoll(&stop, 1, &span, NULL) == 1)
			return false;
	}
	return true;
}

static int64_t bits_ns(const struct rtu_server *server, size_t bytes)
{
	return server->baud ? (int64_t)bytes * 10 * 1000000000 / server->baud : 0;
}

static bool send_answer(struct rtu_server *server, const uint8_t *answer, size_t size, bool one_by_one)
{
	size_t at;

	for (at = 0; one_by_one && at + 1 < size; at++) {
		if (write(server->master, answer + at, 1) != 1 || !wait_until(server, rtu_clock_ns() + 200000))
			return false;
	}
	return write(server->master, answer + at, size - at) == (ssize_t)(size - at);
}

static bool serve(struct rtu_server *server, const uint8_t *request, size_t size, int64_t arrived_ns)
{
	uint8_t answer[RTU_FRAME_MAX];
	int64_t delay_ns = 0, at_ns = arrived_ns + bits_ns(server, size) + server->gap_ns;
	size_t made = 0;
	bool one_by_one;
	int i;

	pthread_mutex_lock(&server->lock);
	for (i = 0; i < server->unit_count && made == 0; i++)
		made = rtu_unit_answer(&server->units[i], request, size, rtu_clock_ns(), answer, &delay_ns);
	at_ns += delay_ns + bits_ns(server, made);
	server->wire_ns += at_ns - arrived_ns;
	one_by_one = server->one_by_one;
	pthread_mutex_unlock(&server->lock);
	if (made == 0)
		return true;
	if (!wait_until(server, at_ns))
		return false;
	pthread_mutex_lock(&server->lock);
	server->own_ns += rtu_clock_ns() - at_ns + (server->sent_ns ? arrived_ns - server->sent_ns : 0);
	pthread_mutex_unlock(&server->lock);
	return send_answer(server, answer, made, one_by_one);
}

static void *run(void *argument)
{
	struct rtu_server *server = argument;
	uint8_t bytes[1024];
	size_t have = 0;
	int64_t arrived_ns = 0;

	prctl(PR_SET_TIMERSLACK, 1);
	for (;;) {
		struct pollfd two[2] = {{.fd = server->master, .events = POLLIN}, {.fd = server->stop, .events = POLLIN}};
		ssize_t got;
		int size;

		poll(two, 2, -1);
		if (two[1].revents)
			return NULL;
		got = read(server->master, bytes + have, sizeof bytes - have);
		if (got <= 0)
			return NULL;
		if (have == 0)
			arrived_ns = rtu_clock_ns();
		have += (size_t)got;
		while ((size = rtu_request_size(bytes, have)) > 0 && have >= (size_t)size) {
			if (!serve(server, bytes, (size_t)size, arrived_ns))
				return NULL;
			have -= (size_t)size;
			memmove(bytes, bytes + size, have);
		}
		if (size < 0)
			have = 0;
	}
}

/* Gives the master. */
static int make_pty(int *line)
{
	struct termios raw;
	char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), failed;

	assert(master >= 0);
	failed = grantpt(master) || unlockpt(master) || ptsname_r(master, name, sizeof name);
	assert(!failed);
	*line = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert(*line >= 0);
	tcgetattr(*line, &raw);
	cfmakeraw(&raw);
	failed = tcsetattr(*line, TCSANOW, &raw);
	assert(!failed);
	(void)failed;
	return master;
}

void rtu_server_serve(struct rtu_server *server, int descriptor, int count, int baud, int64_t gap_ns)
{
	int i, failed;

	memset(server, 0, sizeof *server);
	server->master = descriptor;
	server->line = -1;
	server->baud = baud;
	server->gap_ns = gap_ns;
	server->unit_count = count;
	for (i = 0; i < count; i++)
		server->units[i].unit = (uint8_t)(i + 1);
	server->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&server->lock, NULL);
	failed = pthread_create(&server->thread, NULL, run, server);
	assert(!failed);
	(void)failed;
}

void rtu_server_start(struct rtu_server *server, int count, int baud, int64_t gap_ns)
{
	int line, master = make_pty(&line);

	rtu_server_serve(server, master, count, baud, gap_ns);
	server->line = line;
}

static void end_thread(struct rtu_server *server)
{
	uint64_t one = 1;

	if (server->master < 0)
		return;
	if (write(server->stop, &one, sizeof one) != sizeof one)
		abort();
	pthread_join(server->thread, NULL);
	close(server->master);
	server->master = -1;
}

void rtu_server_hang_up(struct rtu_server *server)
{
	end_thread(server);
}

void rtu_server_stop(struct rtu_server *server)
{
	end_thread(server);
	if (server->line >= 0)
		close(server->line);
	close(server->stop);
	pthread_mutex_destroy(&server->lock);
}

void rtu_server_babble(struct rtu_server *server, const void *bytes, size_t size)
{
	if (write(server->master, bytes, size) != (ssize_t)size)
		abort();
}

struct rtu_unit *rtu_server_lock(struct rtu_server *server, int unit)
{
	pthread_mutex_lock(&server->lock);
	return &server->units[unit - 1];
}

void rtu_server_unlock(struct rtu_server *server)
{
	pthread_mutex_unlock(&server->lock);
}
