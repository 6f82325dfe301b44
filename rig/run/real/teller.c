/* Lines through a mailbox to a thread that writes them. */

#include "rig/run/real/teller.h"

#include "rig/base/instant.h"
#include "rig/base/mailbox.h"
#include "rig/run/real/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct teller {
	pthread_t thread;
	struct mailbox lines, over; /* a word in the second when all of the first was put */
	atomic_uint dropped;    /* and not told yet */
};

/* What a terminal that is gone does not take is lost, and nothing else. */
static void put(const char *bytes, size_t size)
{
	ssize_t put = 0;

	for (; size > 0; bytes += put, size -= (size_t)put) {
		put = write(STDOUT_FILENO, bytes, size);
		if (put < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (put < 0)
			put = 0;
	}
}

static void put_dropped(struct teller *teller)
{
	unsigned dropped = atomic_exchange(&teller->dropped, 0);
	char line[96];

	if (dropped > 0)
		put(line, (size_t)snprintf(line, sizeof line, "hilrig run: %u lines were not shown, as nobody took them; they are in the journal\n", dropped));
}

static void *tell(void *self)
{
	struct teller *teller = self;
	char line[TELLER_LINE_SIZE];

	while (mailbox_wait(&teller->lines, line, INSTANT_NEVER) == MAILBOX_MESSAGE) {
		put(line, strlen(line));
		put_dropped(teller);
	}
	(void)!mailbox_put(&teller->over, &(char){1});
	return NULL;
}

static void forget(struct teller *teller)
{
	mailbox_done(&teller->lines);
	mailbox_done(&teller->over);
	free(teller);
}

bool teller_start(struct teller **started, struct error *error)
{
	struct teller *teller = calloc(1, sizeof *teller);
	int number;

	*started = NULL;
	if (!teller)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the run's lines");
	if (!mailbox_init(&teller->lines, TELLER_LINE_SIZE, TELLER_LINES_MAX, false, error)) {
		free(teller);
		return false;
	}
	if (!mailbox_init(&teller->over, 1, 1, false, error)) {
		mailbox_done(&teller->lines);
		free(teller);
		return false;
	}
	number = pthread_create(&teller->thread, NULL, tell, teller);
	if (number != 0) {
		forget(teller);
		return error_set_errno(error, FAULT_ENVIRONMENT, number, "no thread for the run's lines");
	}
	*started = teller;
	return true;
}

void teller_say(struct teller *teller, const char *line)
{
	char message[TELLER_LINE_SIZE] = "";

	(void)snprintf(message, sizeof message, "%.*s\n", TELLER_LINE_SIZE - 2, line);
	if (!mailbox_put(&teller->lines, message))
		atomic_fetch_add(&teller->dropped, 1);
}

void teller_stop(struct teller *teller, int64_t patience_ns)
{
	char word;

	if (!teller)
		return;
	mailbox_close(&teller->lines);
	if (mailbox_wait(&teller->over, &word, clock_monotonic_ns() + patience_ns) != MAILBOX_MESSAGE)
		return; /* it still waits for its terminal: it and what is its own go with the process */
	(void)pthread_join(teller->thread, NULL);
	forget(teller);
}
