#ifndef HILRIG_RIG_RUN_REAL_LOOP_H
#define HILRIG_RIG_RUN_REAL_LOOP_H

/*
 * The loop of the real runtime: descriptors, one timer of nanosecond grain, and signals, on libuv. libuv's own timers have
 * 1 ms grain, so the timer is a timerfd that libuv polls like any other descriptor.
 *
 * What the caller wants watched it says after every turn; the loop keeps what is the same and changes what is not.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define LOOP_DESCRIPTORS_MAX 1024

struct loop;

struct loop_calls {
	void *self;
	void (*ready)(void *self, int descriptor);
	void (*timer)(void *self);
	void (*signal)(void *self, int number);
	void (*turned)(void *self);   /* after each of the above: say what to watch now */
};

/* Listens for SIGINT, SIGTERM and SIGHUP (the terminal is gone). FAULT_ENVIRONMENT. */
MUST_USE bool loop_new(struct loop **loop, const struct loop_calls *calls, struct error *error);
void loop_free(struct loop *loop);

/* Descriptors to watch for reading, each once, in any order. */
void loop_watch(struct loop *loop, const int *descriptors, int count);

/* Calls `timer` at this instant of CLOCK_MONOTONIC or as soon after as it can; INSTANT_NEVER: not at all. */
void loop_set_timer(struct loop *loop, int64_t t_ns);

/* Until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
