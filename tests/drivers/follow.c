/*
 * hilrig follow, the program, beside a shipped supervisor whose rig is played: it writes a made-up night as the test tells it,
 * and dies when told. Every wait is for words that the program prints, with a deadline.
 */

#include "rig/base/file.h"
#include "rig/evidence/reader.h"
#include "rig/run/real/viewers.h"
#include "rig/supervisor/seat.h"
#include "tests/support/played_run.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX (16 * 1024 * 1024)

static struct error error;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

/* The night that every rig here writes. */
static struct played_night night;

static void open_desk(struct played_run *desk, const char *bench, enum end_reason reason)
{
	*desk = (struct played_run){.bench = bench, .records = night.records, .record_count = night.count, .reason = reason};
	played_run_open(desk);
}

static int ended_with(pid_t process)
{
	int status;

	assert_int_equal(waitpid(process, &status, 0), process);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The program */

struct said {
	int descriptor;
	char *bytes;
	size_t size;
};

struct program {
	pid_t process;
	struct said out, err;
};

static void listen_to(struct said *said, int pair[2])
{
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	said->descriptor = pair[0];
	said->bytes = calloc(1, SAID_MAX);
	said->size = 0;
}

static void start(struct program *program, const char *const *words)
{
	int out[2], err[2];

	listen_to(&program->out, out);
	listen_to(&program->err, err);
	(void)fflush(NULL);
	program->process = fork();
	if (program->process == 0) {
		(void)dup2(out[1], STDOUT_FILENO);
		(void)dup2(err[1], STDERR_FILENO);
		(void)execv(getenv("HILRIG"), (char *const *)(uintptr_t)words);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
}

#define FOLLOW(program, ...) start(program, (const char *const[]){"hilrig", "follow", __VA_ARGS__})

static void take(struct said *said, short events)
{
	ssize_t got;

	if (!events || said->descriptor < 0)
		return;
	got = read(said->descriptor, said->bytes + said->size, SAID_MAX - said->size - 1);
	if (got > 0) {
		said->size += (size_t)got;
		return;
	}
	close(said->descriptor);
	said->descriptor = -1;
}

static bool hear(struct program *program)
{
	struct pollfd polled[2] = {{.fd = program->out.descriptor, .events = POLLIN}, {.fd = program->err.descriptor, .events = POLLIN}};

	if (poll(polled, 2, PLAYED_PATIENCE_MS) <= 0)
		return false;
	take(&program->out, polled[0].revents);
	take(&program->err, polled[1].revents);
	return true;
}

static void says(struct program *program, const struct said *where, const char *words)
{
	while (!strstr(where->bytes, words))
		if ((program->out.descriptor < 0 && program->err.descriptor < 0) || !hear(program))
			fail_msg("it did not say: %s\nbut: %s\n%s", words, program->out.bytes, program->err.bytes);
}

static int ends(struct program *program)
{
	while (program->out.descriptor >= 0 || program->err.descriptor >= 0)
		assert_true(hear(program));
	return ended_with(program->process);
}

static void ends_with(struct program *program, int code)
{
	int got = ends(program);

	if (got != code)
		fail_msg("ended with %d, wanted %d\n%s\n%s", got, code, program->out.bytes, program->err.bytes);
}

static void done(struct program *program)
{
	free(program->out.bytes);
	free(program->err.bytes);
}

static size_t count_of(const char *text, const char *words)
{
	size_t count = 0;

	for (; (text = strstr(text, words)) != NULL; text += strlen(words))
		count++;
	return count;
}

static void is_the_journal(const struct program *program, const struct played_run *desk)
{
	struct file file;

	must(file_read(&file, desk->journal, SAID_MAX, &error));
	assert_int_equal(program->out.size, file.size);
	assert_true(memcmp(program->out.bytes, file.bytes, file.size) == 0);
	file_done(&file);
}

/* What the program says of that folder otherwise. */
static int judged(const struct played_run *desk, char *table)
{
	struct program judge;
	int code;

	start(&judge, (const char *const[]){"hilrig", "judge", desk->folder, NULL});
	code = ends(&judge);
	strcpy(table, judge.out.bytes);
	done(&judge);
	return code;
}

static void it_shows_the_past_then_what_comes_then_the_verdicts(void **state)
{
	static char table[SAID_MAX];
	struct program program;
	struct played_run desk;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, night.count / 2);
	FOLLOW(&program, NULL);
	says(&program, &program.err, "run played at bench desk");
	says(&program, &program.out, "run night: ");
	assert_null(strstr(program.out.bytes, "ALL OFF"));
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	assert_int_equal(judged(&desk, table), EXIT_CODE_FAIL);
	ends_with(&program, EXIT_CODE_FAIL);
	says(&program, &program.out, "ALL OFF (not isolated)");
	says(&program, &program.out, table);
	assert_int_equal(count_of(program.err.bytes, "NO RIG"), 0);
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void as_json_it_is_the_journal_byte_by_byte(void **state)
{
	struct program early, late;
	struct played_run desk;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 0);
	FOLLOW(&early, "--json", "--bench", "desk", NULL);
	played_run_order(&desk, PLAYED_PUT, night.count / 3);
	says(&early, &early.out, "\"kind\":\"run\"");
	played_run_order(&desk, PLAYED_PUT, night.count / 3);
	FOLLOW(&late, "--json", NULL);
	says(&late, &late.out, "\"kind\":\"run\"");
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	ends_with(&early, EXIT_CODE_FAIL);
	ends_with(&late, EXIT_CODE_FAIL);
	is_the_journal(&early, &desk);
	is_the_journal(&late, &desk);
	assert_string_equal(early.err.bytes, "");
	done(&early);
	done(&late);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void a_lost_rig_is_said_and_the_next_one_is_followed(void **state)
{
	struct program program, json;
	struct played_run desk;
	pid_t resumed;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 40);
	played_run_order(&desk, PLAYED_FLUSH, 0);
	FOLLOW(&program, NULL);
	FOLLOW(&json, "--json", NULL);
	says(&program, &program.err, "at bench desk");
	played_run_order(&desk, PLAYED_PUT, 3); /* not flushed, but with the kernel: its death loses none */
	says(&json, &json.out, "\"seq\":42,");
	played_run_order(&desk, PLAYED_DIE, 0);
	says(&program, &program.err, "NO RIG SERVES THE RUN: ");
	says(&program, &program.err, "without a rig, holding, supervisor ");
	says(&json, &json.err, "NO RIG SERVES THE RUN: ");
	resumed = played_run_resume(&desk);
	says(&program, &program.err, "a rig serves the run now");
	says(&json, &json.out, "\"seq\":43,\"t_ns\":10800000000000");
	played_run_order(&desk, PLAYED_END, 0);
	ends_with(&program, EXIT_CODE_UNDECIDED);
	ends_with(&json, EXIT_CODE_UNDECIDED);
	assert_int_equal(count_of(json.err.bytes, "lost with the rig"), 0);
	assert_int_equal(ended_with(resumed), 0);
	done(&program);
	done(&json);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void a_run_that_has_hardly_begun_is_waited_for(void **state)
{
	struct program program;
	struct played_run desk;

	(void)state;
	desk = (struct played_run){.bench = "desk", .records = night.records, .record_count = night.count, .late = true};
	played_run_open(&desk);
	FOLLOW(&program, NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	done(&program);
	FOLLOW(&program, "--bench", "desk", NULL);
	says(&program, &program.err, "waiting for the run's rig: running, supervisor ");
	played_run_order(&desk, PLAYED_PUT, 0);
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	says(&program, &program.err, "a rig serves the run now");
	played_run_order(&desk, PLAYED_END, 0);
	ends_with(&program, EXIT_CODE_FAIL);
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void a_bench_that_is_left_without_a_run_ends_it(void **state)
{
	struct program program;
	struct seat seat;

	(void)state;
	must(seat_take(&seat, "desk", &error));
	FOLLOW(&program, "--bench", "desk", NULL);
	says(&program, &program.err, "waiting for the run's rig: its supervisor does not answer");
	seat_leave(&seat);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "bench desk is free again, and no run was seen there");
	done(&program);
}

static void say_nothing(void *self, const char *text)
{
	(void)self;
	(void)text;
}

static void a_run_that_is_cut_short_ends_it(void **state)
{
	struct program program;
	struct played_run desk;
	int code;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 40);
	played_run_order(&desk, PLAYED_FLUSH, 0);
	FOLLOW(&program, "--json", NULL);
	says(&program, &program.out, "\"seq\":39,");
	played_run_order(&desk, PLAYED_DIE, 0);
	says(&program, &program.err, "without a rig, holding");
	assert_true(seat_say("desk", "off", say_nothing, NULL, &code));
	ends_with(&program, EXIT_CODE_RIG);
	says(&program, &program.err, "the run was cut short: nobody holds bench desk any more; hilrig resume ");
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_STOPPED);
	FOLLOW(&program, desk.folder, NULL);
	ends_with(&program, EXIT_CODE_RIG);
	says(&program, &program.err, "the run was cut short");
	done(&program);
}

static void a_run_that_was_stopped_ends_it_with_its_code(void **state)
{
	struct program program;
	struct played_run desk;

	(void)state;
	open_desk(&desk, "desk", END_STOPPED);
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	FOLLOW(&program, NULL);
	says(&program, &program.err, "at bench desk");
	played_run_order(&desk, PLAYED_END, 0);
	ends_with(&program, EXIT_CODE_STOPPED);
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void interrupting_it_ends_it_and_not_the_run(void **state)
{
	struct program program;
	struct played_run desk;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	FOLLOW(&program, desk.folder, NULL); /* nothing is in the journal yet */
	ends_with(&program, EXIT_CODE_EVIDENCE);
	says(&program, &program.err, "does not say yet what run it is; name its bench with --bench");
	done(&program);
	played_run_order(&desk, PLAYED_PUT, 10);
	FOLLOW(&program, NULL);
	says(&program, &program.err, "at bench desk");
	assert_int_equal(kill(program.process, SIGINT), 0);
	ends_with(&program, EXIT_CODE_STOPPED);
	says(&program, &program.err, "the run goes on");
	done(&program);
	FOLLOW(&program, desk.folder, NULL);
	says(&program, &program.err, "at bench desk");
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	ends_with(&program, EXIT_CODE_FAIL);
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

/* Stopped in mid stream while the run goes on for megabytes, then let go: it has missed nothing, and the run noticed nothing. */
static void one_that_was_stopped_for_a_while_misses_nothing(void **state)
{
	struct program program;
	struct played_run desk;
	int i;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 10);
	FOLLOW(&program, "--json", NULL);
	says(&program, &program.out, "\"seq\":9,");
	assert_int_equal(kill(program.process, SIGSTOP), 0);
	for (i = 0; i < 20; i++) {
		played_run_order(&desk, PLAYED_PUT, 400);
		played_run_order(&desk, PLAYED_FLUSH, 0);
	}
	assert_int_equal(kill(program.process, SIGCONT), 0);
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	(void)ends(&program);
	is_the_journal(&program, &desk);
	done(&program);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void which_run_it_is_has_to_be_clear(void **state)
{
	struct played_run left, right;
	struct program program;

	(void)state;
	FOLLOW(&program, NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "no run of this user goes on; hilrig follow DIR shows one that is over");
	done(&program);
	open_desk(&left, "left", END_COMPLETED);
	open_desk(&right, "right.desk", END_COMPLETED);
	FOLLOW(&program, NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "2 runs go on, at benches ");
	says(&program, &program.err, "left");
	says(&program, &program.err, "right_desk");
	done(&program);
	FOLLOW(&program, "--bench", "middle", NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "middle: no run goes on at a bench of that name");
	done(&program);
	FOLLOW(&program, "--bench", "scenarios/benches/one-hub.yaml", NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "no run goes on at bench ");
	done(&program);
	FOLLOW(&program, "--bench", "left", left.folder, NULL);
	ends_with(&program, EXIT_CODE_USAGE);
	says(&program, &program.err, "not both");
	done(&program);
	played_run_order(&right, PLAYED_PUT, 5);
	FOLLOW(&program, "--bench", "right.desk", NULL);
	says(&program, &program.err, "run played at bench right.desk");
	played_run_order(&right, PLAYED_END, 0);
	(void)ends(&program);
	done(&program);
	played_run_order(&left, PLAYED_END, 0);
	assert_int_equal(played_run_close(&left), EXIT_CODE_PASS);
	assert_int_equal(played_run_close(&right), EXIT_CODE_PASS);
}

static void one_too_many_is_told_so(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int others[VIEWERS_MAX], i;
	struct program program;
	struct played_run desk;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 5);
	must(seat_run_path(address.sun_path, "desk", &error));
	for (i = 0; i < VIEWERS_MAX; i++) {
		char byte;

		others[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(others[i], (struct sockaddr *)&address, sizeof address), 0);
		assert_int_equal(recv(others[i], &byte, 1, 0), 1);
	}
	FOLLOW(&program, NULL);
	ends_with(&program, EXIT_CODE_BUSY);
	says(&program, &program.err, "the run refuses: 8 viewers are there already");
	done(&program);
	for (i = 0; i < VIEWERS_MAX; i++)
		close(others[i]);
	played_run_order(&desk, PLAYED_END, 0);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
}

static void evidence_that_is_damaged_is_said(void **state)
{
	struct program program;
	struct played_run desk;
	int descriptor;

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_PASS);
	FOLLOW(&program, desk.folder, NULL);
	ends_with(&program, EXIT_CODE_FAIL);
	done(&program);
	descriptor = open(desk.journal, O_WRONLY);
	assert_int_equal(pwrite(descriptor, "x", 1, 9000), 1);
	close(descriptor);
	FOLLOW(&program, desk.folder, NULL);
	ends_with(&program, EXIT_CODE_EVIDENCE);
	says(&program, &program.err, "/journal.jsonl: line ");
	done(&program);
	FOLLOW(&program, "/nowhere", NULL);
	ends_with(&program, EXIT_CODE_EVIDENCE);
	done(&program);
}

static void who_names_the_socket_and_nothing_is_left_of_it(void **state)
{
	struct program program;
	struct played_run desk;
	char path[SEAT_PATH_SIZE];

	(void)state;
	open_desk(&desk, "desk", END_COMPLETED);
	played_run_order(&desk, PLAYED_PUT, 10);
	played_run_order(&desk, PLAYED_FLUSH, 0);
	must(seat_run_path(path, "desk", &error));
	start(&program, (const char *const[]){"hilrig", "who", NULL});
	ends_with(&program, 0);
	says(&program, &program.out, "desk: running, supervisor ");
	says(&program, &program.out, path);
	done(&program);
	played_run_order(&desk, PLAYED_DIE, 0);
	FOLLOW(&program, desk.folder, NULL);
	says(&program, &program.err, "holding");
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(kill(program.process, SIGINT), 0);
	(void)ends(&program);
	done(&program);
	assert_int_equal(kill(desk.supervisor, SIGTERM), 0);
	assert_int_equal(played_run_close(&desk), EXIT_CODE_STOPPED);
	assert_int_equal(access(path, F_OK), -1);
}

static int make(void **state)
{
	const struct night plan = {.run = "night", .clause = "", .polled = true, .slot_count = 4,
				   .slots = {{.name = "A", .outage_ns = INT64_C(240000000000), .ad1 = true},
					     {.name = "B", .outage_ns = INT64_C(120000000000)}, {.name = "C"}, {.name = "D"}}};
	static char base[PATH_MAX];
	char folder[PATH_MAX];

	(void)state;
	/* A socket's path is short, and TMPDIR may be long; each run of this test has a place of its own. */
	(void)snprintf(base, sizeof base, "/tmp/hilrig-follow-%d", (int)getpid());
	if (mkdir(base, 0700) != 0 || setenv("XDG_RUNTIME_DIR", base, 1) != 0)
		return -1;
	if (!getenv("TMPDIR"))
		(void)setenv("TMPDIR", base, 1);
	if (!getenv("HILRIG"))
		(void)setenv("HILRIG", "build/hilrig", 1);
	night_make(&plan, folder);
	return played_night_read(&night, folder, &error) ? 0 : -1;
}

static int drop(void **state)
{
	char seats[PATH_MAX];

	(void)state;
	free(night.records);
	(void)snprintf(seats, sizeof seats, "rm -rf '%s'", getenv("XDG_RUNTIME_DIR"));
	return system(seats);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_the_past_then_what_comes_then_the_verdicts),
		cmocka_unit_test(as_json_it_is_the_journal_byte_by_byte),
		cmocka_unit_test(a_lost_rig_is_said_and_the_next_one_is_followed),
		cmocka_unit_test(a_run_that_has_hardly_begun_is_waited_for),
		cmocka_unit_test(a_bench_that_is_left_without_a_run_ends_it),
		cmocka_unit_test(a_run_that_is_cut_short_ends_it),
		cmocka_unit_test(a_run_that_was_stopped_ends_it_with_its_code),
		cmocka_unit_test(interrupting_it_ends_it_and_not_the_run),
		cmocka_unit_test(one_that_was_stopped_for_a_while_misses_nothing),
		cmocka_unit_test(which_run_it_is_has_to_be_clear),
		cmocka_unit_test(one_too_many_is_told_so),
		cmocka_unit_test(evidence_that_is_damaged_is_said),
		cmocka_unit_test(who_names_the_socket_and_nothing_is_left_of_it),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
