/*
 * The journal thread: posts come in order through one mailbox, news goes back through another. The thread polls the first
 * one's descriptor beside those of the viewers, and takes posts before it looks at anybody else.
 */

#include "rig/run/real/journal_thread.h"

#include "rig/base/instant.h"
#include "rig/base/mailbox.h"
#include "rig/base/text.h"
#include "rig/evidence/raw_log.h"
#include "rig/run/real/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POSTS_MAX 4096
#define NEWS_MAX 256
#define POSTS_A_TURN 64 /* between two looks at the viewers: some 0.1 ms of lines */

enum post_kind { POST_RECORD, POST_FLUSH, POST_RAW, POST_CLOSE_RAW };

struct raw_bytes {
	char name[WORD_TEXT_SIZE];
	int64_t t_ns;
	char direction;
	size_t size;
	uint8_t bytes[RAW_LOG_BYTES_MAX];
};

struct post {
	enum post_kind kind;
	union {
		struct record record;
		struct raw_bytes raw;
	} data;
};

struct journal_thread {
	pthread_t thread;
	struct writer *writer;
	struct viewers *viewers; /* borrowed; NULL: nobody is served */
	struct raw_log *raw;     /* owned */
	struct mailbox posts, news;
	/* Of the thread alone: */
	bool failed;
	struct error closing;
	bool closed_well;
};

static void tell(struct journal_thread *thread, const struct journal_news *news)
{
	/* The loop takes news in every turn; if it does not, it is dead, and the supervisor has seen that. */
	if (!mailbox_put(&thread->news, news))
		thread->failed = true;
}

static void tell_failure(struct journal_thread *thread, const struct error *error)
{
	struct journal_news news = {.kind = JOURNAL_FAILED, .error = *error};

	if (!thread->failed)
		tell(thread, &news);
	thread->failed = true;
}

static void flush(struct journal_thread *thread)
{
	struct journal_news news = {.kind = JOURNAL_DURABLE};
	struct error error;

	if (!writer_flush(thread->writer, &error)) {
		tell_failure(thread, &error);
		return;
	}
	news.durable = writer_durable(thread->writer);
	tell(thread, &news);
}

static void tell_digest(void *self, const struct record *raw)
{
	const struct journal_news news = {.kind = JOURNAL_RAW_DIGEST, .raw = *raw};

	tell(self, &news);
}

static void close_raw(struct journal_thread *thread)
{
	const struct journal_news news = {.kind = JOURNAL_RAW_CLOSED};

	raw_log_close(thread->raw, tell_digest, thread);
	tell(thread, &news);
}

static void put(struct journal_thread *thread, struct record *record)
{
	struct error error;
	const char *line;
	size_t size;

	if (!writer_put(thread->writer, record, &error)) {
		tell_failure(thread, &error);
		return;
	}
	if (!thread->viewers)
		return;
	line = writer_line(thread->writer, &size);
	viewers_put(thread->viewers, line, size);
}

static void take(struct journal_thread *thread, struct post *post)
{
	switch (post->kind) {
	case POST_RECORD:
		if (!thread->failed)
			put(thread, &post->data.record);
		break;
	case POST_FLUSH:
		if (!thread->failed)
			flush(thread);
		break;
	case POST_RAW:
		raw_log_put(thread->raw, post->data.raw.name, post->data.raw.t_ns, post->data.raw.direction, post->data.raw.bytes,
			    post->data.raw.size);
		break;
	case POST_CLOSE_RAW:
		close_raw(thread);
		break;
	}
}

/* Whenever nothing more waits: a rig that is killed takes no line along that it had put. What fails here the next flush tells. */
static void hand_over(struct journal_thread *thread)
{
	struct error error;

	(void)!writer_hand_over(thread->writer, &error);
	raw_log_hand_over(thread->raw);
}

/* False: there are none and there will be none. */
static bool take_posts(struct journal_thread *thread)
{
	struct post post;
	int i;

	for (i = 0; i < POSTS_A_TURN; i++) {
		switch (mailbox_try(&thread->posts, &post)) {
		case MAILBOX_MESSAGE:
			take(thread, &post);
			break;
		case MAILBOX_NOTHING:
			hand_over(thread);
			return true;
		case MAILBOX_CLOSED:
			return false;
		}
	}
	return true;
}

static void wait_for_something(struct journal_thread *thread, struct pollfd polled[1 + VIEWERS_POLLED])
{
	int64_t deadline_ns = thread->viewers ? viewers_poll(thread->viewers, polled + 1) : INSTANT_NEVER;
	int64_t left_ns = deadline_ns == 0 ? 0 : deadline_ns - clock_monotonic_ns();
	struct timespec left;

	if (left_ns < 0)
		left_ns = 0;
	left = (struct timespec){.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
	polled[0] = (struct pollfd){.fd = mailbox_descriptor(&thread->posts), .events = POLLIN};
	(void)ppoll(polled, thread->viewers ? 1 + VIEWERS_POLLED : 1, deadline_ns == INSTANT_NEVER ? NULL : &left, NULL);
}

static void serve(struct journal_thread *thread, const struct pollfd polled[VIEWERS_POLLED])
{
	uint64_t bytes, lines;

	if (!thread->viewers || !viewers_serve(thread->viewers, polled))
		return;
	bytes = writer_written(thread->writer, &lines);
	viewers_welcome(thread->viewers, bytes, lines);
}

static void *work(void *self)
{
	struct pollfd polled[1 + VIEWERS_POLLED];
	struct journal_thread *thread = self;
	bool more = true;

	while (more) {
		wait_for_something(thread, polled);
		more = take_posts(thread);
		serve(thread, polled + 1);
	}
	thread->closed_well = writer_close(thread->writer, &thread->closing);
	if (thread->viewers)
		viewers_finish(thread->viewers);
	return NULL;
}

bool journal_thread_start(struct journal_thread **started, struct writer *writer, const char *folder, struct viewers *viewers,
			  struct error *error)
{
	struct journal_thread *thread = calloc(1, sizeof *thread);
	uint64_t lines;
	int number;

	*started = NULL;
	if (!thread)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the journal's thread");
	thread->writer = writer;
	thread->viewers = viewers;
	if (viewers)
		viewers_begin(viewers, writer_written(writer, &lines));
	thread->raw = raw_log_new(folder);
	if (!thread->raw || !mailbox_init(&thread->posts, sizeof(struct post), POSTS_MAX, true, error)) {
		if (!thread->raw)
			(void)error_set(error, FAULT_ENVIRONMENT, "no memory for the files of raw/");
		raw_log_free(thread->raw);
		free(thread);
		return false;
	}
	if (!mailbox_init(&thread->news, sizeof(struct journal_news), NEWS_MAX, true, error)) {
		mailbox_done(&thread->posts);
		raw_log_free(thread->raw);
		free(thread);
		return false;
	}
	number = pthread_create(&thread->thread, NULL, work, thread);
	if (number != 0) {
		mailbox_done(&thread->posts);
		mailbox_done(&thread->news);
		raw_log_free(thread->raw);
		free(thread);
		return error_set_errno(error, FAULT_ENVIRONMENT, number, "the journal's thread");
	}
	*started = thread;
	return true;
}

bool journal_thread_put(struct journal_thread *thread, const struct record *record)
{
	struct post post = {.kind = POST_RECORD, .data.record = *record};

	return mailbox_put(&thread->posts, &post);
}

bool journal_thread_flush(struct journal_thread *thread)
{
	return mailbox_put(&thread->posts, &(struct post){.kind = POST_FLUSH});
}

bool journal_thread_raw(struct journal_thread *thread, const char *name, int64_t t_ns, char direction, const uint8_t *bytes,
			size_t size)
{
	struct post post = {.kind = POST_RAW};

	text_copy(post.data.raw.name, sizeof post.data.raw.name, name);
	post.data.raw.t_ns = t_ns;
	post.data.raw.direction = direction;
	post.data.raw.size = size < RAW_LOG_BYTES_MAX ? size : RAW_LOG_BYTES_MAX;
	memcpy(post.data.raw.bytes, bytes, post.data.raw.size);
	return mailbox_put(&thread->posts, &post);
}

bool journal_thread_close_raw(struct journal_thread *thread)
{
	return mailbox_put(&thread->posts, &(struct post){.kind = POST_CLOSE_RAW});
}

int journal_thread_descriptor(const struct journal_thread *thread)
{
	return mailbox_descriptor(&thread->news);
}

bool journal_thread_news(struct journal_thread *thread, struct journal_news *news)
{
	return mailbox_take(&thread->news, news);
}

bool journal_thread_stop(struct journal_thread *thread, struct error *error)
{
	bool done;

	mailbox_close(&thread->posts);
	(void)pthread_join(thread->thread, NULL);
	done = thread->closed_well;
	if (!done && error)
		*error = thread->closing;
	mailbox_done(&thread->posts);
	mailbox_done(&thread->news);
	raw_log_free(thread->raw);
	free(thread);
	return done;
}
