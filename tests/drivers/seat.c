/*
 * One bench, one run: who starts a second one beside it is refused, and the first does not notice. Real locks and sockets, in processes
 * that are killed.
 */

#include "rig/supervisor/seat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BENCH "desk"
#define MANY 8
#define PATIENCE_MS 20000

enum { TOOK_IT = 10, WAS_BUSY, OTHERWISE };

static char folder[] = "/tmp/hilrig-seat-XXXXXX";

/* What a process that starts now comes to; it ends with that, and with it its lock. */
static int start_beside(void)
{
	pid_t child = fork();
	struct error error = {FAULT_NONE, ""};
	struct seat seat;
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(seat_take(&seat, BENCH, &error) ? TOOK_IT : error.fault == FAULT_BUSY && strstr(error.text, "bench desk is held") ? WAS_BUSY : OTHERWISE);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A process that holds the bench, and answers nobody, until it is killed. With `rig`: and another one that it forked, whose number is told. */
static pid_t holder(pid_t *rig)
{
	struct error error;
	struct seat seat;
	pid_t told = 0, child;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!seat_take(&seat, BENCH, &error))
			_exit(OTHERWISE);
		if (rig && (told = fork()) == 0)
			seat_child(&seat);
		else if (write(ends[1], &told, sizeof told) != sizeof told)
			_exit(OTHERWISE);
		for (;;)
			(void)pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
	close(ends[0]);
	if (rig)
		*rig = told;
	return child;
}

static void end(pid_t process)
{
	assert_int_equal(kill(process, SIGKILL), 0);
	assert_int_equal(waitpid(process, NULL, 0), process);
}

/* As a supervisor does between two of its turns. */
static void answer_one(const struct seat *seat)
{
	struct pollfd asked = {.fd = seat->listening, .events = POLLIN};
	char word[SEAT_WORD_SIZE];
	int streams[2], caller;

	assert_int_equal(poll(&asked, 1, PATIENCE_MS), 1);
	caller = seat_caller(seat, word, streams);
	assert_true(caller >= 0);
	assert_string_equal(word, "status");
	close(streams[0]);
	close(streams[1]);
	seat_answer(caller, "running: night 7", 0);
}

static void a_second_start_is_refused_with_what_the_first_says_of_itself(void **state)
{
	struct error error;
	struct seat seat;
	struct stat before, after;
	pid_t child;
	int status;

	(void)state;
	assert_true(seat_take(&seat, BENCH, &error));
	assert_int_equal(stat(seat.path, &before), 0);
	child = fork();
	if (child == 0) {
		struct seat second;

		_exit(!seat_take(&second, BENCH, &error) && error.fault == FAULT_BUSY && strstr(error.text, "running: night 7") ? WAS_BUSY : OTHERWISE);
	}
	answer_one(&seat);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), WAS_BUSY);
	assert_int_equal(stat(seat.path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* it still is the socket at which the first is spoken to */
	seat_leave(&seat);
	assert_int_equal(start_beside(), TOOK_IT);
}

/* All are let go at one instant, and whoever gets the bench keeps it until the others have been told. */
static void of_many_that_start_at_one_instant_one_gets_the_bench(void **state)
{
	int gate[2], hold[2], i, took = 0, was_busy = 0, status;
	pid_t children[MANY];

	(void)state;
	assert_int_equal(pipe(gate), 0);
	assert_int_equal(pipe(hold), 0);
	for (i = 0; i < MANY; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct error error;
			struct seat seat;
			char byte;
			bool mine;

			close(gate[1]);
			close(hold[1]);
			(void)!read(gate[0], &byte, 1);
			mine = seat_take(&seat, BENCH, &error);
			if (mine)
				(void)!read(hold[0], &byte, 1);
			_exit(mine ? TOOK_IT : error.fault == FAULT_BUSY ? WAS_BUSY : OTHERWISE);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (i = 0; i < MANY - 1; i++) {
		assert_true(wait(&status) > 0);
		was_busy += WIFEXITED(status) && WEXITSTATUS(status) == WAS_BUSY;
	}
	close(hold[0]);
	close(hold[1]);
	assert_true(wait(&status) > 0);
	took = WIFEXITED(status) && WEXITSTATUS(status) == TOOK_IT;
	assert_int_equal(was_busy, MANY - 1);
	assert_int_equal(took, 1);
}

static void one_that_was_killed_leaves_the_bench_free(void **state)
{
	(void)state;
	end(holder(NULL));
	assert_int_equal(start_beside(), TOOK_IT);
}

/* The lines are still in the hands of its rig. */
static void a_supervisor_that_was_killed_leaves_it_to_its_rig(void **state)
{
	pid_t rig;
	int ms;

	(void)state;
	end(holder(&rig));
	assert_int_equal(start_beside(), WAS_BUSY);
	assert_int_equal(kill(rig, SIGKILL), 0);
	for (ms = 0; ms < PATIENCE_MS && start_beside() != TOOK_IT; ms += 5)
		(void)poll(NULL, 0, 5);
	assert_true(ms < PATIENCE_MS);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) && setenv("XDG_RUNTIME_DIR", folder, 1) == 0 ? 0 : -1;
}

static int finish(void **state)
{
	char path[128];
	const char *const names[] = {"desk.sock", "desk.lock", "desk.run", ""};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(path, sizeof path, "%s/hilrig-%u/%s", folder, (unsigned)getuid(), names[i]);
		(void)remove(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_start_is_refused_with_what_the_first_says_of_itself),
		cmocka_unit_test(of_many_that_start_at_one_instant_one_gets_the_bench),
		cmocka_unit_test(one_that_was_killed_leaves_the_bench_free),
		cmocka_unit_test(a_supervisor_that_was_killed_leaves_it_to_its_rig),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
