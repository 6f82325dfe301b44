/*
 * What watching costs a run: lines through the journal thread with nobody and with four viewers that read everything as fast
 * as they can, in turns, so that other work on the machine falls on both. Times are of this process (the thread that posts
 * and the one that writes and sends), per line; the viewers are processes of their own. The ring holds all of it here, since a
 * run posts a thousandth as many lines, and none may be dropped while it is measured.
 */

#include "rig/base/instant.h"
#include "rig/run/real/journal_thread.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINES 100000
#define A_FLUSH 2000          /* lines; the journal lies in memory, so a flush costs nothing here */
#define ROUNDS 5
#define VIEWERS 4
#define WANTED 0.4            /* of the throughput without viewers */

static char journal[] = "/dev/shm/hilrig-bench-XXXXXX/journal.jsonl", folder[] = "/dev/shm/hilrig-bench-XXXXXX";
static char path[] = "/dev/shm/hilrig-bench-XXXXXX/desk.run";

static void must(bool done, const struct error *error)
{
	if (done)
		return;
	fprintf(stderr, "%s\n", error->text);
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A viewer: a process that was there before the socket, so that it has no end of it but its own. */
struct peer {
	pid_t process;
	int pair;             /* a byte there: connect; a byte back: it was let in; another: it has all; then how many lines it read */
};

/* A byte goes to `pair` when all lines are there: a run's end waits for no viewer, and what one has not taken then is lost here. */
static size_t read_all(int descriptor, int pair)
{
	static char bytes[1 << 20];
	size_t lines = 0;
	ssize_t got;

	while ((got = recv(descriptor, bytes, sizeof bytes, 0)) > 0) {
		const char *at = bytes, *end = bytes + got;

		while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			lines++;
			at++;
			/* Its hello is a line too. */
			if (lines == LINES + 1 && write(pair, "", 1) != 1)
				return 0;
		}
	}
	return lines;
}

static int view(int pair)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t lines;
	char byte;

	memcpy(address.sun_path, path, sizeof path);
	if (read(pair, &byte, 1) != 1 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
	    recv(descriptor, &byte, 1, 0) != 1 || write(pair, &byte, 1) != 1)
		return 1;
	lines = read_all(descriptor, pair);
	return write(pair, &lines, sizeof lines) != sizeof lines;
}

static void hire(struct peer *peer)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		exit(1);
	peer->pair = pair[0];
	peer->process = fork();
	if (peer->process == 0)
		_exit(view(pair[1]));
	close(pair[1]);
}

static void let_in(const struct peer *peer)
{
	char byte = 0;

	if (write(peer->pair, &byte, 1) != 1 || read(peer->pair, &byte, 1) != 1)
		exit(1);
}

static void wait_until_it_has_all(const struct peer *peer)
{
	struct pollfd polled = {.fd = peer->pair, .events = POLLIN};
	char byte;

	if (poll(&polled, 1, 60000) == 1 && read(peer->pair, &byte, 1) == 1)
		return;
	fprintf(stderr, "a viewer does not get all lines\n");
	exit(1);
}

static void flush(struct journal_thread *thread)
{
	struct pollfd polled = {.fd = journal_thread_descriptor(thread), .events = POLLIN};
	struct journal_news news;

	if (!journal_thread_flush(thread) || poll(&polled, 1, 60000) != 1)
		exit(1);
	while (journal_thread_news(thread, &news))
		continue;
}

static void put_all(struct journal_thread *thread)
{
	struct record record = {.kind = RECORD_EDGE, .slot = "A"};
	int line;

	strcpy(record.data.edge.channel, "pins.17");
	for (line = 0; line < LINES; line++) {
		record.t_ns = line * NS_PER_MS;
		record.data.edge.seqno = line + 1;
		record.data.edge.level = line & 1;
		if (!journal_thread_put(thread, &record))
			exit(1);
		if (line % A_FLUSH == A_FLUSH - 1)
			flush(thread);
	}
}

static void has_read_all(const struct peer *peer)
{
	size_t lines = 0;
	int status;

	if (read(peer->pair, &lines, sizeof lines) != sizeof lines || waitpid(peer->process, &status, 0) != peer->process ||
	    lines != LINES + 1) {
		fprintf(stderr, "a viewer had %zu of %d lines\n", lines, LINES + 1);
		exit(1);
	}
	close(peer->pair);
}

/* Processor seconds of this process for all lines. */
static double measure(int count)
{
	static struct hello who = {.run = "bench", .bench = "bench", .folder = "/"};
	const struct viewers_settings settings = {.path = path, .owner = getuid(), .ring_bytes = (size_t)LINES * 512, .who = &who};
	struct journal_thread *thread;
	struct viewers *viewers;
	struct writer *writer;
	struct error error;
	struct peer peers[VIEWERS];
	double spent_s;
	int i;

	unlink(journal);
	for (i = 0; i < count; i++)
		hire(&peers[i]);
	must(viewers_open(&viewers, &settings, &error) && writer_create(&writer, journal, &error) &&
	     journal_thread_start(&thread, writer, folder, viewers, &error), &error);
	for (i = 0; i < count; i++)
		let_in(&peers[i]);
	spent_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
	put_all(thread);
	for (i = 0; i < count; i++)
		wait_until_it_has_all(&peers[i]);
	must(journal_thread_stop(thread, &error), &error);
	spent_s = seconds(CLOCK_PROCESS_CPUTIME_ID) - spent_s;
	viewers_close(viewers);
	for (i = 0; i < count; i++)
		has_read_all(&peers[i]);
	return spent_s;
}

int main(void)
{
	double alone_s = 0, watched_s = 0, ratio;
	int round;

	if (!mkdtemp(folder))
		return 1;
	memcpy(journal, folder, sizeof folder - 1);
	memcpy(path, folder, sizeof folder - 1);
	for (round = 0; round < ROUNDS; round++) {
		alone_s += measure(0);
		watched_s += measure(VIEWERS);
	}
	ratio = alone_s / watched_s;
	printf("journal thread: %.0f lines/s with nobody, %.0f lines/s with %d viewers, processor's time; ratio %.2f (wanted %.1f: %s); "
	       "%.2f us a line and viewer\n", ROUNDS * LINES / alone_s, ROUNDS * LINES / watched_s, VIEWERS, ratio, WANTED,
	       ratio >= WANTED ? "reached" : "NOT REACHED", (watched_s - alone_s) / ROUNDS / LINES / VIEWERS * 1e6);
	unlink(journal);
	rmdir(folder);
	return 0;
}
