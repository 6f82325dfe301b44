#ifndef HILRIG_RIG_RUN_INSTRUMENTS_H
#define HILRIG_RIG_RUN_INSTRUMENTS_H

/*
 * The instruments of a bench in the rig's hands, served together through their contract (rig/bench/driver.h): started, asked
 * whether they are ready, given their descriptors and deadlines, put into the off script. Loop thread only; `now_ns` is of the
 * runtime's monotonic base: CLOCK_MONOTONIC, or simulated.
 */

#include "rig/bench/driver.h"

struct instruments {
	const struct bench *bench;     /* borrowed */
	struct instrument *list[BENCH_INSTRUMENTS_MAX];
	struct instrument *by_index[BENCH_INSTRUMENTS_MAX]; /* of the bench; NULL: not started */
	int count;
};

/*
 * Starts all whose slots take part, in the bench's order. One that cannot be started ends it with its error, unless `missing`
 * is given (an error per instrument of the bench): then that is noted there, the instrument is left out, and so is one that
 * has an error there already. Then instruments_begin; in either case instruments_stop() follows.
 */
MUST_USE bool instruments_start(struct instruments *instruments, const struct driver *drivers, const struct driver_start *start,
				struct error *missing, struct error *error);
void instruments_begin(const struct instruments *instruments, int64_t now_ns);
void instruments_stop(struct instruments *instruments);

/* By its index in the bench; NULL: not started. */
struct instrument *instruments_find(const struct instruments *instruments, int index);

/*
 * The least ready one's state, and its text. `switching`: only of those that switch or sense; a rig that is resumed has something to
 * switch off, perhaps, and must not wait for somebody to plug in a console.
 */
enum instrument_state instruments_state(const struct instruments *instruments, bool switching, char *text, size_t size);

/* As the contract says; level gives -1 too where the channel's instrument was not started. */
int instruments_level(const struct instruments *instruments, int channel);
void instruments_set(const struct instruments *instruments, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns);

/*
 * Makes the off script of all that are ready. One that is not ready may be another model than the bench file says: nothing is
 * written to it, and nothing of it may be energised.
 */
MUST_USE bool instruments_off_script(const struct instruments *instruments, const struct holding *holding, struct off_script *script,
				     struct error *error);

/* For the loop. instruments_ready gives false where the descriptor is none of theirs. */
int instruments_descriptors(const struct instruments *instruments, int *fds, int size);
bool instruments_ready(const struct instruments *instruments, int descriptor, int64_t now_ns);
void instruments_tick(const struct instruments *instruments, int64_t now_ns);
int64_t instruments_deadline(const struct instruments *instruments);

#endif
