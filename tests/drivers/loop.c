/* The runtime's loop: what it is told to watch it watches, also where a number has become another descriptor within one turn. */

#include "rig/base/descriptor.h"
#include "rig/base/instant.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_NS (10 * NS_PER_S)
#define PAIRS_MAX 3

static struct loop *loop;
static int near[PAIRS_MAX], far[PAIRS_MAX], pair_count; /* two ends of each */
static int heard[PAIRS_MAX];     /* bytes */
static int64_t until_ns;
static void (*when_heard)(int pair);

static void open_pair(int pair)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
	near[pair] = ends[0];
	far[pair] = ends[1];
}

static void on_ready(void *self, int descriptor)
{
	char byte;
	int i;

	(void)self;
	for (i = 0; i < pair_count; i++)
		if (near[i] == descriptor && read(descriptor, &byte, 1) == 1) {
			heard[i]++;
			when_heard(i);
			return;
		}
}

static void on_timer(void *self)
{
	(void)self;
	loop_stop(loop); /* its time is up */
}

static void on_signal(void *self, int number)
{
	(void)self;
	(void)number;
}

static void on_turned(void *self)
{
	(void)self;
	loop_watch(loop, near, pair_count);
	loop_set_timer(loop, until_ns);
}

static void run(int pairs, void (*heard_of)(int pair))
{
	const struct loop_calls calls = {NULL, on_ready, on_timer, on_signal, on_turned};
	struct error error;
	int i;

	pair_count = pairs;
	when_heard = heard_of;
	until_ns = clock_monotonic_ns() + PATIENCE_NS;
	for (i = 0; i < pairs; i++) {
		heard[i] = 0;
		open_pair(i);
	}
	assert_true(loop_new(&loop, &calls, &error));
	on_turned(NULL);
	assert_int_equal(write(far[0], "a", 1), 1);
	loop_run(loop);
	loop_free(loop);
	for (i = 0; i < pairs; i++) {
		close(near[i]);
		close(far[i]);
	}
}

static void pass_on(int pair)
{
	if (pair + 1 == pair_count)
		loop_stop(loop);
	else
		assert_int_equal(write(far[pair + 1], "b", 1), 1);
}

static void what_it_watches_it_hears(void **state)
{
	(void)state;
	run(PAIRS_MAX, pass_on);
	assert_int_equal(heard[0] + heard[1] + heard[2], 3);
}

/* As an instrument does whose line is lost, and another one's comes back, in the same turn. */
static void exchange(int pair)
{
	int number = near[0];

	if (heard[pair] > 1) {
		loop_stop(loop);
		return;
	}
	descriptor_close(near[0]);
	close(far[0]);
	open_pair(0);
	if (near[0] != number) { /* the number that became free was the other end's */
		assert_int_equal(dup2(near[0], number), number);
		close(near[0]);
		near[0] = number;
	}
	assert_int_equal(write(far[0], "c", 1), 1);
}

static void a_number_that_is_another_descriptor_within_a_turn_is_heard(void **state)
{
	(void)state;
	run(1, exchange);
	assert_int_equal(heard[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_watches_it_hears),
		cmocka_unit_test(a_number_that_is_another_descriptor_within_a_turn_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
