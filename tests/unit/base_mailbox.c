/* The mailbox: order, bounds, closing, and two threads at once. */

#include "rig/base/instant.h"
#include "rig/base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <time.h>

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool readable(const struct mailbox *mailbox)
{
	struct pollfd poll_one = {.fd = mailbox_descriptor(mailbox), .events = POLLIN};

	return poll(&poll_one, 1, 0) == 1;
}

static void messages_come_out_in_order_and_a_full_mailbox_refuses(void **state)
{
	struct mailbox mailbox;
	int i, got;

	(void)state;
	assert_true(mailbox_init(&mailbox, sizeof i, 3, true, NULL));
	assert_false(readable(&mailbox));
	for (i = 0; i < 3; i++)
		assert_true(mailbox_put(&mailbox, &i));
	assert_false(mailbox_put(&mailbox, &i));
	assert_true(readable(&mailbox));
	for (i = 0; i < 3; i++) {
		assert_true(mailbox_take(&mailbox, &got));
		assert_int_equal(got, i);
	}
	assert_true(readable(&mailbox));
	assert_false(mailbox_take(&mailbox, &got));
	assert_false(readable(&mailbox));
	assert_true(mailbox_put(&mailbox, &i));
	assert_true(readable(&mailbox));
	mailbox_done(&mailbox);
}

static void a_closed_mailbox_gives_what_it_holds_and_takes_no_more(void **state)
{
	struct mailbox mailbox;
	int one = 1, got;

	(void)state;
	assert_true(mailbox_init(&mailbox, sizeof one, 2, false, NULL));
	assert_true(mailbox_put(&mailbox, &one));
	mailbox_close(&mailbox);
	assert_false(mailbox_put(&mailbox, &one));
	assert_int_equal(mailbox_wait(&mailbox, &got, INSTANT_NEVER), MAILBOX_MESSAGE);
	assert_int_equal(got, 1);
	assert_int_equal(mailbox_wait(&mailbox, &got, INSTANT_NEVER), MAILBOX_CLOSED);
	mailbox_done(&mailbox);
}

static void a_polled_mailbox_tells_closed_from_empty(void **state)
{
	struct mailbox mailbox;
	int one = 1, got = 0;

	(void)state;
	assert_true(mailbox_init(&mailbox, sizeof one, 2, true, NULL));
	assert_int_equal(mailbox_try(&mailbox, &got), MAILBOX_NOTHING);
	assert_true(mailbox_put(&mailbox, &one));
	mailbox_close(&mailbox);
	assert_true(readable(&mailbox));
	assert_int_equal(mailbox_try(&mailbox, &got), MAILBOX_MESSAGE);
	assert_int_equal(got, 1);
	assert_true(readable(&mailbox)); /* it is closed, and that was not said yet */
	assert_int_equal(mailbox_try(&mailbox, &got), MAILBOX_CLOSED);
	assert_false(readable(&mailbox));
	mailbox_done(&mailbox);
}

static void waiting_ends_at_the_deadline(void **state)
{
	struct mailbox mailbox;
	int64_t until = clock_ns() + 5 * NS_PER_MS;
	int got;

	(void)state;
	assert_true(mailbox_init(&mailbox, sizeof got, 2, false, NULL));
	assert_int_equal(mailbox_wait(&mailbox, &got, until), MAILBOX_NOTHING);
	assert_true(clock_ns() >= until);
	mailbox_done(&mailbox);
}

#define MANY 20000

struct pair {
	struct mailbox there, back;
};

static void *echo(void *argument)
{
	struct pair *pair = argument;
	uint64_t number[4];

	while (mailbox_wait(&pair->there, number, INSTANT_NEVER) == MAILBOX_MESSAGE) {
		number[1] = number[0] * 3;
		while (!mailbox_put(&pair->back, number))
			continue;
	}
	mailbox_close(&pair->back);
	return NULL;
}

static void two_threads_lose_nothing_and_keep_the_order(void **state)
{
	struct pair pair;
	uint64_t sent = 0, taken = 0, number[4] = {0};
	pthread_t thread;

	(void)state;
	assert_true(mailbox_init(&pair.there, sizeof number, 7, false, NULL));
	assert_true(mailbox_init(&pair.back, sizeof number, 5, true, NULL));
	assert_int_equal(pthread_create(&thread, NULL, echo, &pair), 0);
	while (taken < MANY) {
		struct pollfd poll_one = {.fd = mailbox_descriptor(&pair.back), .events = POLLIN};

		number[0] = sent;
		while (sent < MANY && mailbox_put(&pair.there, number))
			number[0] = ++sent;
		assert_int_equal(poll(&poll_one, 1, 5000), 1);
		while (mailbox_take(&pair.back, number)) {
			assert_int_equal(number[0], taken);
			assert_int_equal(number[1], taken * 3);
			taken++;
		}
	}
	mailbox_close(&pair.there);
	assert_int_equal(pthread_join(thread, NULL), 0);
	mailbox_done(&pair.there);
	mailbox_done(&pair.back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_out_in_order_and_a_full_mailbox_refuses),
		cmocka_unit_test(a_closed_mailbox_gives_what_it_holds_and_takes_no_more),
		cmocka_unit_test(a_polled_mailbox_tells_closed_from_empty),
		cmocka_unit_test(waiting_ends_at_the_deadline),
		cmocka_unit_test(two_threads_lose_nothing_and_keep_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
