#ifndef HILRIG_RIG_RUN_SAFETY_H
#define HILRIG_RIG_RUN_SAFETY_H

/*
 * The inputs that protect people, and the lab's power: what their levels mean in the course of time. Level 1 is the good one.
 *
 * Arming has a time limit (bench.arm.limit_ns, of the bench file), and another input that is bad takes the arm with it (as its
 * chain does; so do we, should the latch be missing). The arm never comes back by itself: it counts again only after it was
 * seen off.
 *
 * Pure: levels come with their instants, changes go to `tell`, each once. Instants are ns of one monotonic base, the caller's.
 */

#include "rig/bench/bench.h"

#define SAFETY_INPUTS 5    /* enum safety_input */

struct safety {
	const struct bench *bench;   /* borrowed */
	void (*tell)(void *self, enum safety_input input, bool ok, int64_t t_ns);
	void *self;
	int told[SAFETY_INPUTS];     /* -1: nothing yet */
	int64_t armed_since_ns;      /* -1: not armed */
	bool fresh_arm_wanted;       /* the arm counts only once it was seen off */
	bool arm_timed_out;
};

void safety_init(struct safety *safety, const struct bench *bench, void (*tell)(void *, enum safety_input, bool, int64_t),
		 void *self);

/* A level of any channel of the bench, from an edge or a poll. False: it is none of these inputs. */
bool safety_take(struct safety *safety, int channel, int level, int64_t t_ns);

/* Time passes: the arm's limit. */
void safety_tick(struct safety *safety, int64_t t_ns);

/* What the bench file says of an input; its channel is -1 where the bench has none. */
const struct bench_input *safety_bench_input(const struct bench *bench, enum safety_input input);

#endif
