#ifndef HILRIG_RIG_COMMAND_LIVE_H
#define HILRIG_RIG_COMMAND_LIVE_H

/* check --live: the part of check that opens the bench and may energise it. */

#include "rig/command/arguments.h"
#include "rig/command/night.h"
#include "rig/run/walk/walk.h"

/* What the command line says of it. */
struct live_wishes {
	bool live;
	enum walk_extent extent;
	bool proves;
	enum safety_input proved;
	const char *operator;      /* borrowed from the command line; "" unless --prove */
	int64_t within_ns;
	bool json;
};

/* FAULT_USAGE for options that do not go together. */
MUST_USE bool live_take_wishes(const struct arguments *arguments, struct live_wishes *wishes, struct error *error);

/*
 * Takes the seat, opens what is there and checks it under a supervisor. Slots that are open or locked out are refused, and
 * one in which a weld was found is locked out afterwards. `bench_words` is what --bench was given; the night stays the caller's.
 */
MUST_USE bool live_check(const struct night *night, const char *bench_words, const struct live_wishes *wishes, int *exit_code,
			 struct error *error);

#endif
