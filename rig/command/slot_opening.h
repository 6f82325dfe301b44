#ifndef HILRIG_RIG_COMMAND_SLOT_OPENING_H
#define HILRIG_RIG_COMMAND_SLOT_OPENING_H

/*
 * The procedure for changing a device, without the hardware: what is switched off in which order, what must then be seen, and
 * what the person at the bench is told and asked. It acts through `hands`, which are the real ones in slot_open.c.
 *
 *   1. Slots that will be cut as well are named; if one of them is on (or cannot be seen), `yes` must be given or typed.
 *   2. The slot's own switches go off and are read back, and its senses must say dead: seen with the contactor still closed, since
 *      a weld would not be seen behind an open one.
 *   3. The group's contactor goes off, is read back, and its mirror contact must say open; the senses must say dead again. This is
 *      done even if 2 disagreed: it is the second means.
 *   4. Off is not isolated. The person isolates upstream, locks off, proves dead at the terminals, and types the slot's name.
 *   5. The senses and the mirror contact must still say the same.
 *
 * What disagrees in 2, 3 or 5 ends it with FAULT_RIG and `finding` filled: the slot is to be locked out. Everything else that
 * ends it leaves `finding` empty: FAULT_OPERATOR (nothing or something else was typed, Ctrl-C, `hilrig off`), or what `take`
 * says of an instrument that cannot be reached.
 *
 * The arm and the emergency stop are not asked: nothing here switches anything on.
 */

#include "rig/bench/bench.h"

#include <stdio.h>

#define OPENING_SENSE_WITHIN_NS (5 * NS_PER_S)   /* mains sense and mirror contact */
#define OPENING_SUPPLY_WITHIN_NS (10 * NS_PER_S) /* supply sense: a meter's hold-up; and `discharge_ms` if it is given */
#define OPENING_WORD_SIZE 64                     /* what a person types */

/* All borrow `self`; a false with an error ends the procedure. */
struct opening_hands {
	/* Opens exactly these channels (by channel of the bench), having given back those before. GPIO outputs go off with it. */
	bool (*take)(void *self, const bool *wanted, struct error *error);
	/* Switches off and reads back all outputs taken. *agrees: each of them confirmed it. */
	bool (*off)(void *self, bool *agrees, struct error *error);
	/* The level of a GPIO line taken, 0 or 1; -1: it cannot be read, or is no GPIO line. */
	int (*level)(void *self, int channel);
	int64_t (*now_ns)(void *self);
	/* Lets a little time pass, less than the deadlines above. */
	bool (*pause)(void *self, struct error *error);
	/* One line that a person types, without its end. */
	bool (*ask)(void *self, char line[OPENING_WORD_SIZE], struct error *error);
};

struct opening {
	const struct bench *bench;
	int slot;
	bool yes;                       /* neighbours may be cut without asking */
	FILE *out;                      /* what the person reads */
	const struct opening_hands *hands;
	void *self;
	char finding[FREE_TEXT_SIZE];   /* out: what disagreed first, "relay-welded: ..."; empty: nothing */
};

MUST_USE bool opening_run(struct opening *opening, struct error *error);

#endif
