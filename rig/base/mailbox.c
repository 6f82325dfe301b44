/* A ring of messages under one mutex. An uncontended lock costs less than the copy that it guards. */

#include "rig/base/mailbox.h"

#include "rig/base/instant.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static void init_threads(struct mailbox *mailbox)
{
	pthread_condattr_t monotonic;
	int failed = 0;

	failed |= pthread_condattr_init(&monotonic);
	failed |= pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	failed |= pthread_cond_init(&mailbox->arrived, &monotonic);
	failed |= pthread_condattr_destroy(&monotonic);
	failed |= pthread_mutex_init(&mailbox->mutex, NULL);
	assert(!failed);
	(void)failed;
}

bool mailbox_init(struct mailbox *mailbox, size_t message_size, size_t capacity, bool polled, struct error *error)
{
	assert(message_size > 0 && capacity > 0);
	*mailbox = (struct mailbox){.message_size = message_size, .capacity = capacity, .descriptor = -1};
	mailbox->messages = calloc(capacity, message_size);
	if (!mailbox->messages)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for %zu messages", capacity);
	if (polled) {
		mailbox->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (mailbox->descriptor < 0) {
			free(mailbox->messages);
			return error_set_errno(error, FAULT_ENVIRONMENT, errno, "eventfd");
		}
	}
	init_threads(mailbox);
	return true;
}

void mailbox_done(struct mailbox *mailbox)
{
	pthread_cond_destroy(&mailbox->arrived);
	pthread_mutex_destroy(&mailbox->mutex);
	free(mailbox->messages);
	if (mailbox->descriptor >= 0)
		close(mailbox->descriptor);
}

static void lock(struct mailbox *mailbox)
{
	int failed = pthread_mutex_lock(&mailbox->mutex);

	assert(!failed);
	(void)failed;
}

static void unlock(struct mailbox *mailbox)
{
	pthread_mutex_unlock(&mailbox->mutex);
}

/* Under the lock. An eventfd's counter cannot overflow here, so neither call can fail. */
static void wake(struct mailbox *mailbox)
{
	uint64_t one = 1;

	if (mailbox->descriptor >= 0) {
		ssize_t written = write(mailbox->descriptor, &one, sizeof one);

		assert(written == sizeof one);
		(void)written;
	} else {
		pthread_cond_signal(&mailbox->arrived);
	}
}

static void make_quiet(struct mailbox *mailbox)
{
	uint64_t seen;

	if (mailbox->descriptor >= 0 && read(mailbox->descriptor, &seen, sizeof seen) < 0)
		assert(errno == EAGAIN);
}

bool mailbox_put(struct mailbox *mailbox, const void *message)
{
	bool fits;

	lock(mailbox);
	fits = !mailbox->closed && mailbox->count < mailbox->capacity;
	if (fits) {
		size_t at = (mailbox->first + mailbox->count) % mailbox->capacity;

		memcpy(mailbox->messages + at * mailbox->message_size, message, mailbox->message_size);
		if (mailbox->count++ == 0)
			wake(mailbox);
	}
	unlock(mailbox);
	return fits;
}

void mailbox_close(struct mailbox *mailbox)
{
	lock(mailbox);
	if (!mailbox->closed) {
		mailbox->closed = true;
		wake(mailbox);
	}
	unlock(mailbox);
}

static bool take_locked(struct mailbox *mailbox, void *message)
{
	if (mailbox->count == 0)
		return false;
	memcpy(message, mailbox->messages + mailbox->first * mailbox->message_size, mailbox->message_size);
	mailbox->first = (mailbox->first + 1) % mailbox->capacity;
	mailbox->count--;
	return true;
}

enum mailbox_wait mailbox_try(struct mailbox *mailbox, void *message)
{
	enum mailbox_wait result = MAILBOX_MESSAGE;

	lock(mailbox);
	if (!take_locked(mailbox, message)) {
		make_quiet(mailbox);
		result = mailbox->closed ? MAILBOX_CLOSED : MAILBOX_NOTHING;
	}
	unlock(mailbox);
	return result;
}

bool mailbox_take(struct mailbox *mailbox, void *message)
{
	return mailbox_try(mailbox, message) == MAILBOX_MESSAGE;
}

enum mailbox_wait mailbox_wait(struct mailbox *mailbox, void *message, int64_t deadline_ns)
{
	struct timespec until = {.tv_sec = deadline_ns / NS_PER_S, .tv_nsec = deadline_ns % NS_PER_S};
	enum mailbox_wait result = MAILBOX_MESSAGE;
	int late = 0;

	assert(mailbox->descriptor < 0);
	lock(mailbox);
	while (mailbox->count == 0 && !mailbox->closed && late == 0)
		late = deadline_ns == INSTANT_NEVER ? pthread_cond_wait(&mailbox->arrived, &mailbox->mutex)
						    : pthread_cond_timedwait(&mailbox->arrived, &mailbox->mutex, &until);
	if (!take_locked(mailbox, message))
		result = mailbox->closed ? MAILBOX_CLOSED : MAILBOX_NOTHING;
	unlock(mailbox);
	return result;
}

int mailbox_descriptor(const struct mailbox *mailbox)
{
	return mailbox->descriptor;
}
