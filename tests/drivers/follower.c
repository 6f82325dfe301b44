/*
 * Following a run, turn by turn, against the shipped server in one thread: rigs that die with lines in their buffers, that
 * come back, that are another run, that send nonsense. The clock is a number, so a second of waiting takes none.
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/follower.h"
#include "rig/run/real/viewers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define TURNS_MAX 20000

static struct error error;
static struct sha256 *sha256;
static char folder[PATH_MAX - 64], journal[PATH_MAX], path[VIEWERS_PATH_SIZE];
static struct writer *writer;
static struct viewers *viewers;
static int64_t lines, now_ns;
static struct follower follower;

/* What was given: the bytes, with those taken out again that were told to be lost. */
static struct {
	char *bytes;
	size_t size;
	size_t starts[100000];
	uint64_t count, lost;
	int64_t ends;
} given;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static void take_line(void *self, const struct record *record, const char *bytes, size_t size)
{
	(void)self;
	assert_int_equal(record->seq, given.count);
	given.starts[given.count++] = given.size;
	memcpy(given.bytes + given.size, bytes, size);
	given.size += size;
	given.ends += record->kind == RECORD_END;
}

static void take_loss(void *self, uint64_t count)
{
	(void)self;
	assert_in_range(count, 1, given.count);
	given.lost += count;
	given.count -= count;
	given.size = given.starts[given.count];
}

/* The rig */

static void serve_as(const char *run)
{
	static struct hello who;
	const struct viewers_settings settings = {.path = path, .owner = getuid(), .ring_bytes = VIEWERS_RING_LEAST, .who = &who};
	uint64_t count;

	text_copy(who.run, sizeof who.run, run);
	strcpy(who.bench, "desk");
	must(text_copy(who.folder, sizeof who.folder, folder));
	must(viewers_open(&viewers, &settings, &error));
	viewers_begin(viewers, writer_written(writer, &count));
}

static void put_record(struct record *record)
{
	const char *line;
	size_t size;

	must(writer_put(writer, record, &error));
	line = writer_line(writer, &size);
	viewers_put(viewers, line, size);
}

static void put(int count)
{
	while (count-- > 0) {
		struct record record = {.kind = RECORD_NOTE, .t_ns = lines};

		(void)snprintf(record.data.note.text, sizeof record.data.note.text, "%lld", (long long)lines++);
		put_record(&record);
	}
}

static void put_end(void)
{
	struct record record = {.kind = RECORD_END, .t_ns = lines};

	record.data.end.reason = END_SAFETY;
	put_record(&record);
}

static void flush(void)
{
	must(writer_flush(writer, &error));
}

static void rig_turn(void)
{
	struct pollfd polled[VIEWERS_POLLED];
	uint64_t count, bytes;

	if (!viewers)
		return;
	(void)viewers_poll(viewers, polled);
	(void)poll(polled, VIEWERS_POLLED, 0);
	if (!viewers_serve(viewers, polled))
		return;
	bytes = writer_written(writer, &count);
	viewers_welcome(viewers, bytes, count);
}

/* Killed: what is in its buffer never reaches the file; `torn` bytes of the next line do. */
static void kill_rig(size_t torn)
{
	struct stat status;

	assert_int_equal(stat(journal, &status), 0);
	viewers_close(viewers);
	viewers = NULL;
	must(writer_close(writer, &error));
	assert_int_equal(truncate(journal, status.st_size + (off_t)torn), 0);
}

static void resume_rig(void)
{
	struct record boot = {.kind = RECORD_BOOT, .t_ns = lines};
	size_t torn;

	must(writer_resume(&writer, journal, NULL, NULL, &torn, &error));
	serve_as("0b41f2");
	put_record(&boot);
}

static void end_rig(void)
{
	must(writer_close(writer, &error));
	viewers_finish(viewers);
	viewers_close(viewers);
	viewers = NULL;
}

/* The follower */

static bool turn(void)
{
	bool done;

	rig_turn();
	done = follower_turn(&follower, now_ns, &error);
	rig_turn();
	return done;
}

static bool nothing_to_do(void)
{
	struct pollfd polled;

	rig_turn();
	polled = (struct pollfd){.fd = follower_descriptor(&follower), .events = POLLIN};
	return poll(&polled, 1, 0) == 0 && follower_deadline(&follower) > now_ns;
}

/* Until neither side has anything to do; seconds of waiting are skipped until this state has come. */
static void go_on_until(enum follower_state state)
{
	int turns = 0;

	while (follower.state != state || !nothing_to_do()) {
		assert_true(turns++ < TURNS_MAX);
		if (nothing_to_do() && follower_deadline(&follower) != INSTANT_NEVER)
			now_ns = follower_deadline(&follower);
		must(turn());
	}
}

/* Until it refuses. */
static void refused_with(enum fault fault, const char *words)
{
	int turns = 0;

	while (turn()) {
		assert_true(turns++ < TURNS_MAX);
		if (nothing_to_do() && follower_deadline(&follower) != INSTANT_NEVER)
			now_ns = follower_deadline(&follower);
	}
	assert_int_equal(error.fault, fault);
	if (!strstr(error.text, words))
		fail_msg("says: %s\nwithout: %s", error.text, words);
}

/* Every line of the file was given, and no other, with its bytes. */
static void has_the_file(void)
{
	struct file file;

	must(file_read(&file, journal, 64 * 1024 * 1024, &error));
	assert_int_equal(given.size, file.size);
	assert_true(memcmp(given.bytes, file.bytes, file.size) == 0);
	file_done(&file);
}

static const struct follower_calls calls = {NULL, take_line, take_loss};

static int begin(void **state)
{
	static int number;
	char *bytes = given.bytes ? given.bytes : malloc(64 * 1024 * 1024);

	(void)state;
	memset(&given, 0, sizeof given);
	given.bytes = bytes;
	lines = 0;
	now_ns = 1;
	viewers = NULL;
	(void)snprintf(folder, sizeof folder, "%s/follower-%d-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid(), number++);
	(void)snprintf(journal, sizeof journal, "%s/" FOLDER_JOURNAL, folder);
	(void)snprintf(path, sizeof path, "/tmp/hilrig-follower-%d.run", (int)getpid());
	if (mkdir(folder, 0755) != 0 || !writer_create(&writer, journal, &error))
		return -1;
	serve_as("0b41f2");
	return follower_open(&follower, path, NULL, sha256, &calls, &error) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	follower_close(&follower);
	if (viewers)
		end_rig();
	return 0;
}

static void the_past_comes_from_the_folder_and_the_rest_as_it_is_put(void **state)
{
	(void)state;
	put(3000);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 3000);
	assert_string_equal(follower.folder, folder);
	put(1);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 3001);
	put(500);
	put_end();
	go_on_until(FOLLOWER_LIVE);
	end_rig();
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(follower.end, END_SAFETY);
	assert_int_equal(given.lost, 0);
	has_the_file();
}

static void one_that_was_dropped_finds_in_the_folder_what_it_missed(void **state)
{
	int i;

	(void)state;
	put(10);
	go_on_until(FOLLOWER_LIVE);
	for (i = 0; i < 100; i++) {
		put(100);
		rig_turn();
	}
	assert_int_equal(viewers_dropped(viewers), 1);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 10010);
	assert_int_equal(given.lost, 0);
	put_end();
	flush();
	go_on_until(FOLLOWER_LIVE);
	has_the_file();
}

/* Dropped again and again, always in the middle of the past: it gets on all the same. */
static void one_that_is_always_too_slow_gets_there(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		put(2000); /* more than a ring, and ten times what it takes in a turn */
		must(turn());
	}
	assert_in_range(viewers_dropped(viewers), 2, 40);
	put_end();
	end_rig();
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(given.lost, 0);
	has_the_file();
}

static void what_a_dead_rig_had_not_written_is_told_to_be_lost(void **state)
{
	(void)state;
	put(100);
	flush();
	put(7);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 107);
	kill_rig(90);
	go_on_until(FOLLOWER_ALONE);
	assert_int_equal(given.lost, 7);
	assert_int_equal(given.count, 100);
	resume_rig();
	put(20);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 121);
	put_end();
	end_rig();
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(given.lost, 7);
	has_the_file();
}

static void a_rig_that_was_back_before_one_looked_makes_no_difference(void **state)
{
	int more;

	(void)state;
	for (more = 0; more < 15; more += 7) { /* the new rig has written less, as much, more than was lost */
		if (more)
			(void)begin(NULL);
		put(100);
		flush();
		put(7);
		go_on_until(FOLLOWER_LIVE);
		kill_rig(0);
		resume_rig();
		put(more);
		flush();
		go_on_until(FOLLOWER_LIVE);
		assert_int_equal(given.lost, 7);
		assert_int_equal(given.count, 101 + more);
		has_the_file();
		(void)end(NULL);
	}
	(void)begin(NULL);
}

static void two_deaths_before_one_looked_make_no_difference_either(void **state)
{
	(void)state;
	put(50);
	flush();
	put(5);
	go_on_until(FOLLOWER_LIVE);
	kill_rig(1);
	resume_rig();
	put(2);
	flush();
	put(3);
	kill_rig(30);
	resume_rig();
	put(9);
	flush();
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.lost, 5);
	assert_int_equal(given.count, 50 + 3 + 1 + 9);
	has_the_file();
}

static void a_last_line_that_never_reached_the_disk_is_no_end(void **state)
{
	(void)state;
	put(10);
	flush();
	put_end();
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.ends, 1);
	kill_rig(0);
	go_on_until(FOLLOWER_ALONE);
	assert_int_equal(given.lost, 1);
	resume_rig();
	put_end();
	end_rig();
	go_on_until(FOLLOWER_ENDED);
	has_the_file();
}

static void a_run_that_is_over_is_read_and_ends(void **state)
{
	(void)state;
	follower_close(&follower);
	must(follower_open(&follower, path, folder, sha256, &calls, &error));
	put(5000);
	put_end();
	end_rig();
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(given.count, 5001);
	has_the_file();
}

static void a_run_that_was_cut_short_is_read_and_tried_again(void **state)
{
	(void)state;
	follower_close(&follower);
	must(follower_open(&follower, path, folder, sha256, &calls, &error));
	put(30);
	flush();
	kill_rig(11);
	go_on_until(FOLLOWER_ALONE);
	assert_int_equal(given.count, 30);
	assert_int_equal(follower_deadline(&follower) - now_ns, FOLLOWER_RETRY_NS);
	assert_int_equal(follower_descriptor(&follower), -1);
	now_ns += FOLLOWER_RETRY_NS;
	go_on_until(FOLLOWER_ALONE);
	assert_int_equal(given.count, 30);
	resume_rig();
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 31);
}

/* A second run at the same bench, with its own evidence. */
static void serve_another(void)
{
	char kept[sizeof folder];

	memcpy(kept, folder, sizeof kept);
	(void)snprintf(folder, sizeof folder, "%.200s/another", kept);
	assert_int_equal(mkdir(folder, 0755), 0);
	(void)snprintf(journal, sizeof journal, "%s/" FOLDER_JOURNAL, folder);
	must(writer_create(&writer, journal, &error));
	serve_as("ffffff");
	memcpy(folder, kept, sizeof folder);
	(void)snprintf(journal, sizeof journal, "%s/" FOLDER_JOURNAL, folder);
}

static void another_run_at_the_bench_is_not_followed(void **state)
{
	(void)state;
	put(5);
	flush();
	go_on_until(FOLLOWER_LIVE);
	kill_rig(0);
	serve_another();
	refused_with(FAULT_RIG, ": the run has no end, and run ffffff has its bench now");
	assert_int_equal(given.count, 5);
}

static void a_run_that_ended_unseen_ends_though_another_has_its_bench(void **state)
{
	(void)state;
	put(5);
	flush();
	go_on_until(FOLLOWER_LIVE);
	put(100);
	put_end();
	end_rig();
	serve_another();
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(given.count, 106);
	has_the_file();
}

static void a_folder_is_followed_by_whatever_name_it_has(void **state)
{
	char other[PATH_MAX];

	(void)state;
	(void)snprintf(other, sizeof other, "%s/.", folder);
	put(5);
	follower_close(&follower);
	must(follower_open(&follower, path, other, sha256, &calls, &error));
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(given.count, 5);
}

static void an_older_run_than_the_one_that_is_served_is_read_from_its_folder(void **state)
{
	(void)state;
	put(40);
	put_end();
	end_rig();
	serve_another();
	follower_close(&follower);
	must(follower_open(&follower, path, folder, sha256, &calls, &error));
	go_on_until(FOLLOWER_ENDED);
	assert_int_equal(given.count, 41);
	has_the_file();
}

static void a_full_house_is_said(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int others[VIEWERS_MAX], i;

	(void)state;
	memcpy(address.sun_path, path, sizeof address.sun_path);
	for (i = 0; i < VIEWERS_MAX; i++) {
		others[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(others[i], (struct sockaddr *)&address, sizeof address), 0);
		rig_turn();
	}
	refused_with(FAULT_BUSY, "the run refuses: 8 viewers are there already");
	for (i = 0; i < VIEWERS_MAX; i++)
		close(others[i]);
}

static void a_damaged_journal_is_said_with_its_line(void **state)
{
	int descriptor;

	(void)state;
	put(20);
	flush();
	descriptor = open(journal, O_WRONLY);
	assert_int_equal(pwrite(descriptor, "x", 1, 2000), 1);
	close(descriptor);
	refused_with(FAULT_EVIDENCE, "/journal.jsonl: line ");
}

static void a_journal_that_is_shorter_than_its_run_says_is_said(void **state)
{
	(void)state;
	put(20);
	flush();
	assert_int_equal(truncate(journal, 3000), 0);
	refused_with(FAULT_EVIDENCE, "lines where its run says 20");
}

/* A server that says what the test wants. */
static int listening, talking;

static void listen_instead(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int turns;

	viewers_close(viewers);
	viewers = NULL;
	must(writer_close(writer, &error));
	memcpy(address.sun_path, path, sizeof address.sun_path);
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listening, 4), 0);
	now_ns += FOLLOWER_RETRY_NS;
	for (turns = 0; turns < 3 && follower.state != FOLLOWER_GREETED; turns++)
		must(turn());
	assert_int_equal(follower.state, FOLLOWER_GREETED);
	talking = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
}

static void say(const char *bytes)
{
	assert_int_equal(send(talking, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
}

static void stop_listening(void)
{
	close(talking);
	close(listening);
	(void)unlink(path);
}

static void say_hello(void)
{
	char bytes[HELLO_SIZE_MAX];
	struct hello hello = {.run = "0b41f2"};
	struct text text;

	must(text_copy(hello.folder, sizeof hello.folder, folder));
	text_init(&text, bytes, sizeof bytes);
	hello_put(&text, &hello);
	say(bytes);
}

static void a_server_that_is_no_run_is_said(void **state)
{
	(void)state;
	listen_instead();
	say("220 mail.example\r\n");
	refused_with(FAULT_RIG, "no run of hilrig");
	stop_listening();
}

static void a_hello_without_an_end_is_no_hello(void **state)
{
	char bytes[HELLO_SIZE_MAX + 2];

	(void)state;
	listen_instead();
	memset(bytes, ' ', sizeof bytes - 1);
	bytes[sizeof bytes - 1] = '\0';
	say(bytes);
	refused_with(FAULT_RIG, "no run of hilrig");
	stop_listening();
}

static void a_hello_may_come_in_pieces_and_is_waited_for_half_a_minute(void **state)
{
	(void)state;
	listen_instead();
	say("{\"protocol\":1,");
	must(turn());
	assert_int_equal(follower.state, FOLLOWER_GREETED);
	assert_int_equal(follower_deadline(&follower), now_ns + FOLLOWER_HELLO_NS);
	now_ns = follower_deadline(&follower);
	must(turn());
	assert_int_equal(follower.state, FOLLOWER_ALONE);
	stop_listening();
}

static void a_connection_that_ends_before_the_hello_is_tried_again(void **state)
{
	(void)state;
	listen_instead();
	close(talking);
	must(turn());
	assert_int_equal(follower.state, FOLLOWER_ALONE);
	assert_int_equal(follower_deadline(&follower), now_ns + FOLLOWER_RETRY_NS);
	now_ns += FOLLOWER_RETRY_NS;
	must(turn());
	talking = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	say_hello();
	go_on_until(FOLLOWER_LIVE);
	stop_listening();
}

static void lines_that_are_no_journal_are_not_taken(void **state)
{
	(void)state;
	listen_instead();
	say_hello();
	go_on_until(FOLLOWER_LIVE);
	say("{\"seq\":0,\"t_ns\":0}\n");
	refused_with(FAULT_EVIDENCE, "(what the run sends): line 1: ");
	assert_int_equal(given.count, 0);
	stop_listening();
}

/* Not by the shipped server, but by any that begins further back than it did. */
static void lines_that_come_a_second_time_are_not_given_again(void **state)
{
	struct file file;

	(void)state;
	put(20);
	go_on_until(FOLLOWER_LIVE);
	listen_instead();
	say_hello();
	go_on_until(FOLLOWER_LIVE);
	must(file_read(&file, journal, 1 << 20, &error));
	say(file.bytes);
	file_done(&file);
	go_on_until(FOLLOWER_LIVE);
	assert_int_equal(follower.chain.next_seq, 20);
	assert_int_equal(given.lost, 0);
	has_the_file();
	stop_listening();
}

static int make(void **state)
{
	(void)state;
	sha256 = sha256_new();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sha256_free(sha256);
	free(given.bytes);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_past_comes_from_the_folder_and_the_rest_as_it_is_put),
		TEST(one_that_was_dropped_finds_in_the_folder_what_it_missed),
		TEST(one_that_is_always_too_slow_gets_there),
		TEST(what_a_dead_rig_had_not_written_is_told_to_be_lost),
		TEST(a_rig_that_was_back_before_one_looked_makes_no_difference),
		TEST(two_deaths_before_one_looked_make_no_difference_either),
		TEST(a_last_line_that_never_reached_the_disk_is_no_end),
		TEST(a_run_that_is_over_is_read_and_ends),
		TEST(a_run_that_was_cut_short_is_read_and_tried_again),
		TEST(another_run_at_the_bench_is_not_followed),
		TEST(a_run_that_ended_unseen_ends_though_another_has_its_bench),
		TEST(a_folder_is_followed_by_whatever_name_it_has),
		TEST(an_older_run_than_the_one_that_is_served_is_read_from_its_folder),
		TEST(a_full_house_is_said),
		TEST(a_damaged_journal_is_said_with_its_line),
		TEST(a_journal_that_is_shorter_than_its_run_says_is_said),
		TEST(a_server_that_is_no_run_is_said),
		TEST(a_hello_without_an_end_is_no_hello),
		TEST(a_hello_may_come_in_pieces_and_is_waited_for_half_a_minute),
		TEST(a_connection_that_ends_before_the_hello_is_tried_again),
		TEST(lines_that_are_no_journal_are_not_taken),
		TEST(lines_that_come_a_second_time_are_not_given_again),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
