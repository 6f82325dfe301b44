/* A run's lines on a standard output that nobody reads, reads late, or never: whoever says them does not wait. */

#include "rig/base/instant.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS (5 * NS_PER_S)
#define MANY (TELLER_LINES_MAX * 3)

static int out, far; /* standard output as it was; and what is read of it */

static int take_output(void **state)
{
	int ends[2];

	(void)state;
	(void)fflush(NULL);
	out = dup(STDOUT_FILENO);
	if (out < 0 || pipe2(ends, O_CLOEXEC) != 0 || dup2(ends[1], STDOUT_FILENO) < 0)
		return -1;
	close(ends[1]);
	far = ends[0];
	return 0;
}

static int give_back(void **state)
{
	(void)state;
	(void)dup2(out, STDOUT_FILENO);
	close(out);
	close(far);
	return 0;
}

/* Reads until all are accounted for; gives how many there were, and the number of those that were not shown. */
static int lines_read(unsigned *dropped)
{
	static char bytes[TELLER_LINE_SIZE * 2];
	int count = 0;
	FILE *in = fdopen(dup(far), "r");

	assert_non_null(in);
	*dropped = 0;
	while (count + (int)*dropped < MANY && fgets(bytes, sizeof bytes, in)) {
		unsigned more = 0;

		if (sscanf(bytes, "hilrig run: %u lines were not shown", &more) == 1)
			*dropped += more;
		else
			count++;
	}
	(void)fclose(in);
	return count;
}

static void start(struct teller **teller)
{
	struct error error;

	assert_true(teller_start(teller, &error));
}

static void all_of_it_is_told_in_its_order(void **state)
{
	struct teller *teller;
	char bytes[64] = "";

	(void)state;
	start(&teller);
	teller_say(teller, "one");
	teller_say(teller, "two");
	teller_stop(teller, PATIENCE_NS);
	assert_int_equal(read(far, bytes, sizeof bytes - 1), 8);
	assert_string_equal(bytes, "one\ntwo\n");
}

static void who_says_it_does_not_wait_for_a_reader(void **state)
{
	struct teller *teller;
	unsigned dropped;
	int i, count;

	(void)state;
	start(&teller);
	for (i = 0; i < MANY; i++) /* much more than a pipe and the mailbox hold: had it waited, it would wait for ever */
		teller_say(teller, "a line of a night that goes on, whoever looks at it");
	count = lines_read(&dropped);
	assert_true(dropped > 0);
	assert_int_equal(count + (int)dropped, MANY);
	teller_stop(teller, PATIENCE_NS);
}

/* At the end it has some patience, and then goes without. */
static void a_reader_who_never_comes_is_not_waited_for_for_ever(void **state)
{
	int64_t began_ns = clock_monotonic_ns();
	struct teller *teller;
	pid_t child = fork(); /* its thread is left behind, as it is by a run that ends */
	int status, i;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		start(&teller);
		for (i = 0; i < MANY; i++)
			teller_say(teller, "a line that nobody takes");
		teller_stop(teller, PATIENCE_NS);
		_exit(clock_monotonic_ns() - began_ns >= PATIENCE_NS ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void one_that_is_too_long_is_cut(void **state)
{
	static char line[4 * TELLER_LINE_SIZE], bytes[4 * TELLER_LINE_SIZE];
	struct teller *teller;
	ssize_t got;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	start(&teller);
	teller_say(teller, line);
	teller_stop(teller, PATIENCE_NS);
	got = read(far, bytes, sizeof bytes);
	assert_int_equal(got, TELLER_LINE_SIZE - 1);
	assert_int_equal(bytes[got - 1], '\n');
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, take_output, give_back)
	const struct CMUnitTest tests[] = {
		CASE(all_of_it_is_told_in_its_order),
		CASE(who_says_it_does_not_wait_for_a_reader),
		CASE(one_that_is_too_long_is_cut),
		CASE(a_reader_who_never_comes_is_not_waited_for_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
