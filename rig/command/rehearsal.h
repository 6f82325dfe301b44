#ifndef HILRIG_RIG_COMMAND_REHEARSAL_H
#define HILRIG_RIG_COMMAND_REHEARSAL_H

/*
 * A run in a simulated world: a simulated bench, or a real bench's file with a world in place of its hardware. Nothing is opened,
 * nothing is supervised, no slot's record is read or written; the evidence says that its environment was simulated. Everything else is
 * as in any run: the same files, refusals, engine, judge and evidence folder.
 */

#include "rig/command/night.h"
#include "rig/run/simulated/simulated.h"
#include "rig/simulate/truth.h"

#include <limits.h>

struct rehearsal_settings {
	const struct night_names *names;
	const char *world;             /* file, or name in scenarios/worlds; NULL: the bench's own, or well-behaved devices */
	bool has_seed;
	uint64_t seed;
	const char *out;               /* below which the evidence folder is made */
	const char *operator;
	const char *revision;
	/* As simulated_settings. */
	const volatile sig_atomic_t *stop;
	void (*record)(void *self, const struct record *record);
	void (*advance)(void *self, int64_t t_ns);
	void *self;
};

struct rehearsal {
	char folder[PATH_MAX];         /* the evidence; its manifest is written */
	struct truth truth;            /* whole when the run has ended; truth_done is the caller's */
	bool is_off;
};

/* `night` is loaded, complete and without problems, but for its image. Its environment becomes "simulated". */
MUST_USE bool rehearse(struct rehearsal *rehearsal, struct night *night, const struct rehearsal_settings *settings, int *exit_code,
		       struct error *error);

/* What the load sheet says of the devices is what they are, by slot of the bench, as in world_settings. */
void rehearsal_devices(const struct night *night, const char **versions, const char **guids, struct world_meter *meters);

/* What --seed says, a number; NULL: nothing, and the world file's own is taken. FAULT_CONFIGURATION, named, for anything else. */
MUST_USE bool rehearsal_take_seed(struct rehearsal_settings *settings, const char *words, struct error *error);

#endif
