#ifndef HILRIG_RIG_BASE_MAILBOX_H
#define HILRIG_RIG_BASE_MAILBOX_H

/*
 * Where threads meet: a bounded queue of messages of one fixed size, from one thread to one other. Everything that two
 * threads of hilrig share goes through a mailbox; no other file has a mutex.
 *
 * Messages are copied in and out, in order, none twice. The sender never waits: a full mailbox says so, and what that means
 * is the sender's business. The receiver either waits in mailbox_wait (a worker thread) or polls mailbox_descriptor (the
 * loop) and takes until there is nothing more. Memory is taken once, by mailbox_init.
 *
 * A closed mailbox still gives what is in it; after that mailbox_wait says MAILBOX_CLOSED and mailbox_take false.
 */

#include "rig/base/error.h"

#include <pthread.h>
#include <stdint.h>

struct mailbox {
	pthread_mutex_t mutex;
	pthread_cond_t arrived;
	unsigned char *messages;  /* owned */
	size_t message_size;
	size_t capacity;
	size_t first, count;
	bool closed;
	int descriptor;           /* eventfd, -1: the receiver waits in mailbox_wait */
};

enum mailbox_wait { MAILBOX_MESSAGE, MAILBOX_NOTHING, MAILBOX_CLOSED };

/*
 * `polled`: the receiver polls mailbox_descriptor(); otherwise it waits, and no descriptor is made. FAULT_ENVIRONMENT when
 * memory or descriptors have run out.
 */
MUST_USE bool mailbox_init(struct mailbox *mailbox, size_t message_size, size_t capacity, bool polled, struct error *error);

/* When both threads have done with it. */
void mailbox_done(struct mailbox *mailbox);

/* The sender's side. False: full, or closed. */
MUST_USE bool mailbox_put(struct mailbox *mailbox, const void *message);

/* Either side: no more will be put. Wakes a receiver that waits. */
void mailbox_close(struct mailbox *mailbox);

/* The receiver's side: takes the oldest message if there is one. */
MUST_USE bool mailbox_take(struct mailbox *mailbox, void *message);

/* As mailbox_take, and tells a mailbox that is closed and empty from one in which there is nothing yet. */
MUST_USE enum mailbox_wait mailbox_try(struct mailbox *mailbox, void *message);

/* As mailbox_take, but waits for it until `deadline_ns` on CLOCK_MONOTONIC (INSTANT_NEVER: for ever). */
MUST_USE enum mailbox_wait mailbox_wait(struct mailbox *mailbox, void *message, int64_t deadline_ns);

/*
 * Readable while there are messages, or once after closing. mailbox_take and mailbox_try make it quiet when they find
 * the mailbox empty, so take until there is nothing.
 */
int mailbox_descriptor(const struct mailbox *mailbox);

#endif
