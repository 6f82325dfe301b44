/* run --json beside a reader who takes nothing any more: the run is over, and who waits for the last line can be ended. */

#include "rig/command/run_lines.h"

#include "rig/base/instant.h"
#include "rig/run/real/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS (20 * NS_PER_S)

static int ended(pid_t pid, int64_t within_ns)
{
	int64_t until_ns = clock_monotonic_ns() + within_ns;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (clock_monotonic_ns() > until_ns)
			return -1;
		(void)poll(NULL, 0, 5);
	}
	return status;
}

/* As a run whose supervisor takes Ctrl-C as a word to it; `alive` closes when its follower has gone, too. */
static pid_t start(int reader[2], int alive[2])
{
	pid_t run;

	assert_int_equal(pipe(reader), 0);
	assert_int_equal(pipe(alive), 0);
	run = fork();
	assert_true(run >= 0);
	if (run == 0) {
		struct run_lines lines = {0};
		sigset_t caught;

		close(reader[0]);
		(void)dup2(reader[1], STDOUT_FILENO);
		(void)dup2(alive[1], STDERR_FILENO); /* the only one behind the standard output that goes along */
		close(alive[0]);
		close(alive[1]);
		run_lines_begin(&lines, "bench");
		sigemptyset(&caught);
		sigaddset(&caught, SIGINT);
		(void)sigprocmask(SIG_BLOCK, &caught, NULL);
		run_lines_end(&lines);
		_exit(0);
	}
	close(reader[1]);
	close(alive[1]);
	return run;
}

static void a_reader_that_has_stopped_keeps_nobody_from_ending_it(void **state)
{
	int reader[2], alive[2], status;
	char byte;
	pid_t run;

	(void)state;
	run = start(reader, alive);
	assert_int_equal(read(reader[0], &byte, 1), 1); /* the follower writes, and nobody reads on */
	(void)poll(NULL, 0, 100);
	kill(run, SIGINT);
	status = ended(run, PATIENCE_NS);
	if (status == -1)
		kill(run, SIGKILL);
	assert_true(status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_int_equal(read(alive[0], &byte, 1), 0);
	close(reader[0]);
	close(alive[0]);
}

static void a_reader_that_has_gone_ends_it(void **state)
{
	int reader[2], alive[2], status;
	char byte;
	pid_t run;

	(void)state;
	run = start(reader, alive);
	assert_int_equal(read(reader[0], &byte, 1), 1);
	close(reader[0]);
	status = ended(run, PATIENCE_NS);
	assert_true(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(read(alive[0], &byte, 1), 0);
	close(alive[0]);
}

/* In place of hilrig follow: lines without end. */
static int follow(void)
{
	static char line[4096];

	memset(line, 'x', sizeof line);
	while (write(STDOUT_FILENO, line, sizeof line) > 0)
		;
	return 1;
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_that_has_stopped_keeps_nobody_from_ending_it),
		cmocka_unit_test(a_reader_that_has_gone_ends_it),
	};

	if (count > 1 && strcmp(words[1], "follow") == 0)
		return follow();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
