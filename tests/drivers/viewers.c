/*
 * The socket of a run with real viewers: the journal thread writes, the test's own thread is every viewer. Whatever a viewer
 * does, the journal on the disk is the same, byte by byte, and the other viewers get all of it.
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/journal_thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define RING VIEWERS_RING_LEAST
#define JOURNAL_SIZE_MAX (64 * 1024 * 1024)

static struct error error;

/* A run that serves, as far as the journal thread goes. */
static struct run {
	char folder[PATH_MAX - 64], journal[PATH_MAX], path[VIEWERS_PATH_SIZE];
	struct viewers *viewers;
	struct journal_thread *thread;
	int64_t lines;
} run;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static void name_run(void)
{
	static int number;
	const char *base = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";

	memset(&run, 0, sizeof run);
	(void)snprintf(run.folder, sizeof run.folder, "%s/run-%d-%d", base, (int)getpid(), number++);
	(void)snprintf(run.journal, sizeof run.journal, "%s/" FOLDER_JOURNAL, run.folder);
	(void)snprintf(run.path, sizeof run.path, "/tmp/hilrig-viewers-%d.run", (int)getpid());
	assert_int_equal(mkdir(run.folder, 0755), 0);
}

static void open_viewers(uid_t owner)
{
	static struct hello who;
	const struct viewers_settings settings = {.path = run.path, .owner = owner, .ring_bytes = RING, .who = &who};

	strcpy(who.run, "0b41f2");
	strcpy(who.bench, "desk");
	strcpy(who.revision, "test");
	must(text_copy(who.folder, sizeof who.folder, run.folder));
	must(viewers_open(&run.viewers, &settings, &error));
}

static void start_as(uid_t owner)
{
	struct writer *writer;

	name_run();
	open_viewers(owner);
	must(writer_create(&writer, run.journal, &error));
	must(journal_thread_start(&run.thread, writer, run.folder, run.viewers, &error));
}

static void start(void)
{
	start_as(getuid());
}

/* The number-th line of every journal here. */
static struct record line(int64_t number)
{
	struct record record = {.kind = RECORD_NOTE, .t_ns = number * NS_PER_MS, .utc_us = INT64_C(1795456800000000)};

	(void)snprintf(record.data.note.text, sizeof record.data.note.text, "%lld%.*s", (long long)number, (int)(number % 200),
		       "........................................................................................................"
		       "........................................................................................................");
	return record;
}

/* Waits until the thread has written everything. */
static void flush(void)
{
	struct pollfd polled = {.fd = journal_thread_descriptor(run.thread), .events = POLLIN};
	struct journal_news news = {.durable = 0};

	assert_true(journal_thread_flush(run.thread));
	while (news.durable < (uint64_t)run.lines) {
		assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
		while (journal_thread_news(run.thread, &news))
			assert_int_equal(news.kind, JOURNAL_DURABLE);
	}
}

static void put(int count)
{
	while (count-- > 0) {
		struct record record = line(run.lines++);

		assert_true(journal_thread_put(run.thread, &record));
		if (run.lines % 1000 == 0) /* its mailbox is bounded */
			flush();
	}
}

static void stop(void)
{
	must(journal_thread_stop(run.thread, &error));
	assert_int_equal(viewers_count(run.viewers), 0);
}

/* A viewer as a program of a few lines would be: hello, then bytes. */
struct peer {
	int descriptor;
	struct hello hello;
	struct file got;           /* bytes behind the hello */
};

static int dial(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(descriptor >= 0);
	memcpy(address.sun_path, run.path, sizeof address.sun_path);
	assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
	return descriptor;
}

static void greet(struct peer *peer)
{
	char bytes[HELLO_SIZE_MAX];
	size_t size = 0;

	do
		assert_int_equal(recv(peer->descriptor, bytes + size, 1, 0), 1);
	while (bytes[size++] != '\n');
	must(hello_get(&peer->hello, bytes, size, &error));
}

static void come(struct peer *peer)
{
	memset(peer, 0, sizeof *peer);
	peer->descriptor = dial();
	peer->got.bytes = malloc(JOURNAL_SIZE_MAX);
	assert_non_null(peer->got.bytes);
	greet(peer);
}

static void go(struct peer *peer)
{
	close(peer->descriptor);
	free(peer->got.bytes);
}

/* Reads until there are at least `size` bytes; 0: to the end. */
static void read_to(struct peer *peer, size_t size)
{
	ssize_t got = 1;

	while (got > 0 && (size == 0 || peer->got.size < size)) {
		got = recv(peer->descriptor, peer->got.bytes + peer->got.size, JOURNAL_SIZE_MAX - peer->got.size, 0);
		assert_true(got >= 0);
		peer->got.size += (size_t)got;
	}
	assert_true(peer->got.size >= size);
}

static uint64_t lines_of(const struct peer *peer)
{
	uint64_t lines = 0;
	size_t i;

	for (i = 0; i < peer->got.size; i++)
		lines += peer->got.bytes[i] == '\n';
	return lines;
}

static void keep_up(struct peer *peer)
{
	struct stat status;

	flush();
	assert_int_equal(stat(run.journal, &status), 0);
	read_to(peer, (size_t)status.st_size - peer->hello.offset);
	assert_int_equal(peer->hello.offset + peer->got.size, status.st_size);
}

/* The file in front of where the socket went on, and what the socket brought, are the journal. */
static void has_everything(const struct peer *peer)
{
	struct file journal;
	size_t i;
	uint64_t lines = 0;

	must(file_read(&journal, run.journal, JOURNAL_SIZE_MAX, &error));
	assert_int_equal(peer->hello.offset + peer->got.size, journal.size);
	assert_true(memcmp(journal.bytes + peer->hello.offset, peer->got.bytes, peer->got.size) == 0);
	for (i = 0; i < peer->hello.offset; i++)
		lines += journal.bytes[i] == '\n';
	assert_int_equal(lines, peer->hello.next_seq);
	file_done(&journal);
}

/* The journal that the same records give where nobody watches. */
static void journal_is_as_if_nobody_watched(void)
{
	char path[PATH_MAX + 8];
	struct file ours, quiet;
	struct writer *writer;
	int64_t number;

	(void)snprintf(path, sizeof path, "%s.quiet", run.journal);
	must(writer_create(&writer, path, &error));
	for (number = 0; number < run.lines; number++) {
		struct record record = line(number);

		must(writer_put(writer, &record, &error));
	}
	must(writer_close(writer, &error));
	must(file_read(&ours, run.journal, JOURNAL_SIZE_MAX, &error));
	must(file_read(&quiet, path, JOURNAL_SIZE_MAX, &error));
	assert_int_equal(ours.size, quiet.size);
	assert_true(memcmp(ours.bytes, quiet.bytes, ours.size) == 0);
	file_done(&ours);
	file_done(&quiet);
}

static void finish(void)
{
	stop();
	viewers_close(run.viewers);
	journal_is_as_if_nobody_watched();
	assert_int_equal(access(run.path, F_OK), -1);
}

static void the_socket_is_its_owners_alone_and_says_which_run_it_is(void **state)
{
	struct peer peer;
	struct stat status;

	(void)state;
	start();
	assert_int_equal(stat(run.path, &status), 0);
	assert_int_equal(status.st_mode, S_IFSOCK | 0600);
	put(5);
	flush();
	come(&peer);
	assert_string_equal(peer.hello.run, "0b41f2");
	assert_string_equal(peer.hello.bench, "desk");
	assert_string_equal(peer.hello.folder, run.folder);
	assert_string_equal(peer.hello.revision, "test");
	assert_int_equal(peer.hello.next_seq, 5);
	finish();
	read_to(&peer, 0);
	assert_int_equal(peer.got.size, 0);
	has_everything(&peer);
	go(&peer);
}

static void lines_come_as_they_are_put_and_not_when_they_are_flushed(void **state)
{
	struct peer early, late;
	struct stat status;

	(void)state;
	start();
	come(&early);
	assert_int_equal(early.hello.offset, 0);
	put(10);
	while (lines_of(&early) < 10)
		read_to(&early, early.got.size + 1);
	assert_int_equal(stat(run.journal, &status), 0);
	assert_int_equal(status.st_size, early.got.size); /* with the kernel by then, so that no death of the rig loses them */
	come(&late);
	assert_int_equal(late.hello.offset, status.st_size);
	assert_int_equal(late.hello.next_seq, 10);
	put(1);
	finish();
	read_to(&early, 0);
	read_to(&late, 0);
	has_everything(&early);
	has_everything(&late);
	go(&early);
	go(&late);
}

static void two_viewers_get_the_same_lines_from_wherever_they_came_in(void **state)
{
	struct peer first, second;
	int i;

	(void)state;
	start();
	come(&first);
	put(1250);
	come(&second);
	assert_in_range(second.hello.next_seq, 1, 1250); /* as far as the kernel has it by then; the rest comes over the socket */
	keep_up(&first); /* 1250 lines fit its ring; 500 more need what the kernel takes, which is less the slower they come */
	for (i = 0; i < 20; i++) {
		put(500);
		keep_up(&first);
		keep_up(&second);
	}
	finish();
	has_everything(&first);
	has_everything(&second);
	go(&first);
	go(&second);
}

static void a_viewer_that_never_reads_is_dropped_and_the_other_gets_everything(void **state)
{
	struct peer stuck, other;
	int i;

	(void)state;
	start();
	come(&stuck);
	come(&other);
	for (i = 0; i < 6; i++) { /* a little more than a ring and what the kernel holds */
		put(500);
		keep_up(&other);
	}
	stop();
	assert_int_equal(viewers_dropped(run.viewers), 1);
	viewers_close(run.viewers);
	journal_is_as_if_nobody_watched();
	read_to(&other, 0);
	has_everything(&other);
	read_to(&stuck, 0); /* what the kernel held for it, and then the end */
	assert_in_range(stuck.got.size, 1, other.got.size - RING);
	assert_true(memcmp(stuck.got.bytes, other.got.bytes, stuck.got.size) == 0);
	go(&stuck);
	go(&other);
}

/* Bytes that the kernel takes before it says no; -1: it took as many as there were. */
static ssize_t flood(int descriptor, size_t most)
{
	static const char bytes[65536];
	size_t taken = 0;

	while (taken < most) {
		ssize_t sent = send(descriptor, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN)
			return (ssize_t)taken;
		taken += sent > 0 ? (size_t)sent : sizeof bytes;
	}
	return -1;
}

static void a_viewer_that_writes_megabytes_is_not_heard(void **state)
{
	struct peer loud, other;
	int early, i;

	(void)state;
	start();
	early = dial();
	(void)flood(early, 1 << 20); /* perhaps before it is let in */
	come(&loud);
	come(&other);
	assert_in_range(flood(loud.descriptor, 8 << 20), 0, 1 << 20);
	for (i = 0; i < 4; i++) {
		put(500);
		keep_up(&other);
		keep_up(&loud);
	}
	assert_int_equal(flood(loud.descriptor, 8 << 20), 0);
	finish();
	read_to(&other, 0);
	has_everything(&other);
	has_everything(&loud);
	close(early);
	go(&loud);
	go(&other);
}

static void storms_of_viewers_leave_the_journal_alone(void **state)
{
	struct peer other;
	int64_t begun_ns = clock_monotonic_ns();
	int i;

	(void)state;
	start();
	come(&other);
	for (i = 0; i < 2000; i++) {
		int descriptor = dial();

		put(3);
		if (i % 3 == 0)
			(void)shutdown(descriptor, SHUT_WR);
		close(descriptor);
		if (i % 100 == 0)
			keep_up(&other);
	}
	keep_up(&other);
	assert_true(clock_monotonic_ns() - begun_ns < 30 * NS_PER_S);
	finish();
	has_everything(&other);
	go(&other);
}

static void one_more_than_the_most_is_refused_with_a_word(void **state)
{
	struct peer peers[VIEWERS_MAX + 1], late;
	char byte;
	int i;

	(void)state;
	start();
	for (i = 0; i <= VIEWERS_MAX; i++)
		come(&peers[i]);
	for (i = 0; i < VIEWERS_MAX; i++)
		assert_string_equal(peers[i].hello.refused, "");
	assert_string_equal(peers[VIEWERS_MAX].hello.refused, "8 viewers are there already");
	assert_int_equal(recv(peers[VIEWERS_MAX].descriptor, &byte, 1, 0), 0);
	go(&peers[0]);
	for (come(&late); late.hello.refused[0]; come(&late)) /* until the place is seen to be free */
		go(&late);
	put(10);
	finish();
	read_to(&late, 0);
	has_everything(&late);
	go(&late);
	for (i = 1; i <= VIEWERS_MAX; i++)
		go(&peers[i]);
}

static void another_users_process_is_sent_away(void **state)
{
	struct peer peer;

	(void)state;
	start_as(getuid() + 1);
	come(&peer);
	assert_string_equal(peer.hello.refused, "the run is another user's");
	read_to(&peer, 0);
	assert_int_equal(peer.got.size, 0);
	go(&peer);
	put(1);
	finish();
}

static void a_viewer_gets_the_end_even_if_it_reads_only_afterwards(void **state)
{
	struct peer peer;

	(void)state;
	start();
	come(&peer);
	put(100);
	finish();
	read_to(&peer, 0);
	has_everything(&peer);
	go(&peer);
}

static void what_a_dead_rig_left_is_replaced_and_nothing_is_left_at_the_end(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct peer peer;

	(void)state;
	name_run();
	memcpy(address.sun_path, run.path, sizeof address.sun_path);
	assert_int_equal(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
	close(dead);
	assert_int_equal(access(run.path, F_OK), 0);
	start();
	come(&peer);
	go(&peer);
	finish();
}

static void a_place_where_no_socket_can_be_is_said(void **state)
{
	static struct hello who;
	struct viewers_settings settings = {.owner = getuid(), .ring_bytes = RING, .who = &who};
	struct viewers *viewers;
	char path[200];

	(void)state;
	settings.path = "/nowhere/desk.run";
	assert_false(viewers_open(&viewers, &settings, &error));
	assert_int_equal(error.fault, FAULT_ENVIRONMENT);
	assert_string_equal(error.text, "/nowhere/desk.run: No such file or directory");
	assert_null(viewers);
	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	settings.path = path;
	assert_false(viewers_open(&viewers, &settings, &error));
	assert_non_null(strstr(error.text, "too long"));
	settings.path = run.path;
	memset(who.folder, 1, sizeof who.folder - 1);
	assert_false(viewers_open(&viewers, &settings, &error));
	assert_non_null(strstr(error.text, "too long a path"));
}

/* One turn of a journal thread with nothing to write; how many descriptors it would have been woken by. */
static int turn(void)
{
	struct pollfd polled[VIEWERS_POLLED];
	int ready;

	(void)viewers_poll(run.viewers, polled);
	ready = poll(polled, VIEWERS_POLLED, 0);
	if (viewers_serve(run.viewers, polled))
		viewers_welcome(run.viewers, 0, 0);
	return ready;
}

static void nothing_that_a_viewer_does_keeps_the_thread_awake(void **state)
{
	struct record first = line(0);
	char bytes[LINE_SIZE_MAX];
	struct sha256 *sha256 = sha256_new();
	struct chain chain;
	struct text text;
	struct peer loud, shut, gone, stuck;
	int flooded, i;

	(void)state;
	name_run();
	open_viewers(getuid());
	chain_init(&chain, sha256);
	flooded = dial();
	(void)flood(flooded, 1 << 20);
	loud.descriptor = dial();
	shut.descriptor = dial();
	gone.descriptor = dial();
	stuck.descriptor = dial();
	for (i = 0; i < 5; i++)
		assert_int_equal(turn(), 1);
	assert_int_equal(turn(), 0);
	assert_int_equal(viewers_count(run.viewers), 5);
	assert_int_equal(flood(loud.descriptor, 1 << 20), 0);
	assert_int_equal(shutdown(shut.descriptor, SHUT_WR), 0);
	assert_int_equal(turn(), 0);
	close(gone.descriptor);
	assert_int_equal(turn(), 1);
	assert_int_equal(viewers_count(run.viewers), 4);
	assert_int_equal(turn(), 0);
	for (i = 0; i < 1200; i++) { /* more than the kernel holds, less than the ring */
		first = line(i);
		text_init(&text, bytes, sizeof bytes);
		chain_put(&chain, &first, &text);
		viewers_put(run.viewers, text.bytes, text.used);
	}
	for (i = 0; i < 40; i++)
		(void)turn();
	assert_int_equal(viewers_count(run.viewers), 4);
	assert_int_equal(turn(), 0);
	viewers_close(run.viewers);
	sha256_free(sha256);
	close(flooded);
	close(loud.descriptor);
	close(shut.descriptor);
	close(stuck.descriptor);
}

static void without_descriptors_the_door_stays_shut_for_a_second(void **state)
{
	struct pollfd polled[VIEWERS_POLLED];
	struct rlimit before, none;
	int64_t deadline_ns, left_ns;
	int waiting;

	(void)state;
	name_run();
	open_viewers(getuid());
	waiting = dial();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){.rlim_cur = 3, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	(void)viewers_poll(run.viewers, polled);
	polled[0].revents = POLLIN; /* poll itself counts descriptors against the limit */
	assert_true(viewers_serve(run.viewers, polled));
	viewers_welcome(run.viewers, 0, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(viewers_count(run.viewers), 0);
	deadline_ns = viewers_poll(run.viewers, polled);
	assert_int_equal(polled[0].fd, -1);
	left_ns = deadline_ns - clock_monotonic_ns();
	assert_in_range(left_ns, 1, NS_PER_S);
	while ((left_ns = deadline_ns - clock_monotonic_ns()) > 0) /* until the deadline that it said */
		(void)ppoll(NULL, 0, &(struct timespec){.tv_nsec = left_ns}, NULL);
	assert_int_equal(turn(), 1);
	assert_int_equal(viewers_count(run.viewers), 1);
	viewers_close(run.viewers);
	close(waiting);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_socket_is_its_owners_alone_and_says_which_run_it_is),
		cmocka_unit_test(lines_come_as_they_are_put_and_not_when_they_are_flushed),
		cmocka_unit_test(two_viewers_get_the_same_lines_from_wherever_they_came_in),
		cmocka_unit_test(a_viewer_that_never_reads_is_dropped_and_the_other_gets_everything),
		cmocka_unit_test(a_viewer_that_writes_megabytes_is_not_heard),
		cmocka_unit_test(storms_of_viewers_leave_the_journal_alone),
		cmocka_unit_test(one_more_than_the_most_is_refused_with_a_word),
		cmocka_unit_test(another_users_process_is_sent_away),
		cmocka_unit_test(a_viewer_gets_the_end_even_if_it_reads_only_afterwards),
		cmocka_unit_test(what_a_dead_rig_left_is_replaced_and_nothing_is_left_at_the_end),
		cmocka_unit_test(a_place_where_no_socket_can_be_is_said),
		cmocka_unit_test(nothing_that_a_viewer_does_keeps_the_thread_awake),
		cmocka_unit_test(without_descriptors_the_door_stays_shut_for_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
