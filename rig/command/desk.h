#ifndef HILRIG_RIG_COMMAND_DESK_H
#define HILRIG_RIG_COMMAND_DESK_H

/*
 * A bench in the hands of this process: its lines and buses opened, and, for commands that switch and look without a run, its
 * instruments started. Whoever uses it holds the bench's seat.
 *
 * A run takes the first half: desk_acquire (a live check desk_acquire_all), then `holding` and `supervised` are given to the
 * supervisor and its rig. `off` and `slot open` take both: desk_acquire, desk_start, desk_off, desk_level. Nothing is ever switched on here; but acquiring a GPIO
 * output drives it to off (drivers/gpio.h), so what is not to be touched must not be among the channels that are wanted.
 *
 * A struct desk is large (some 2 MiB) and lives in static memory.
 */

#include "rig/bench/driver.h"
#include "rig/supervisor/supervisor.h"

struct desk {
	struct bench view;              /* the bench as its drivers are shown it; the indices are those of the bench itself */
	struct bench_channel *channels; /* owned: the view's, where only some are wanted; else NULL */
	bool taking_part[BENCH_SLOTS_MAX];
	struct holding holding;
	struct supervised supervised;   /* bench, requests and buses filled by desk_acquire */
	struct supervised_request requests[HOLDING_REQUESTS_MAX];
	int buses[HOLDING_BUSES_MAX];
	struct instrument *instruments[BENCH_INSTRUMENTS_MAX];
	int instrument_count;
	struct instrument_listener listener;
};

/* A simulated bench has nothing that could be opened: FAULT_USAGE. */
MUST_USE bool desk_is_real(const struct bench *bench, struct error *error);

/* Nothing held yet: desk_close may follow at any time. */
void desk_init(struct desk *desk);

/*
 * Opens what the slots that take part need, and what is the bench's own. `wanted` (by channel; NULL: all) narrows it: a channel
 * that is not wanted is neither opened nor switched, and an instrument without any is left alone. `bench` is borrowed until
 * desk_close. What fails leaves open what was open: desk_close gives it back.
 */
MUST_USE bool desk_acquire(struct desk *desk, const struct bench *bench, const bool taking_part[BENCH_SLOTS_MAX], const bool *wanted,
			   struct error *error);

/*
 * The same of all that can be opened: what cannot is noted in `missing` (an error per instrument of the bench; FAULT_NONE: it
 * is open) and left out.
 */
void desk_acquire_all(struct desk *desk, const struct bench *bench, const bool taking_part[BENCH_SLOTS_MAX],
		      struct error missing[BENCH_INSTRUMENTS_MAX]);

/* Starts the instruments that switch and look: not consoles, not loaders. Nothing is said to them yet. */
MUST_USE bool desk_start(struct desk *desk, struct error *error);

/* The same after desk_acquire_all: what is missing already is left out, and what does not start is added to it. */
void desk_start_all(struct desk *desk, struct error missing[BENCH_INSTRUMENTS_MAX]);

/*
 * Switches off every output that is wanted and reads it back, as a person's off does (rig/base/off_script.h); bounded by the off
 * script's own times. FAULT_RIG where one did not confirm it. `given_up` is that of supervisor_off.
 */
MUST_USE bool desk_off(struct desk *desk, bool (*given_up)(void *self), void *self, struct error *error);

/* The level of a GPIO line now, input or output: 0, 1, or -1 if it cannot be read or is of another instrument. */
int desk_level(const struct desk *desk, int channel);

void desk_close(struct desk *desk);

#endif
