#ifndef HILRIG_RIG_RUN_SIMULATED_SIMULATED_H
#define HILRIG_RIG_RUN_SIMULATED_SIMULATED_H

/*
 * The simulated runtime: engine, conductor and instruments in virtual time, in front of a world instead of hardware. One thread, no
 * clock: time goes from one instant at which something is due to the next. Same files, same seed: same journal, byte by byte.
 *
 * The evidence is written as a real run writes it, but without waiting for the disk: a flush counts as durable
 * SIMULATED_FLUSH_NS later, in virtual time, and the disk gets all of it at the end.
 */

#include "rig/bench/world.h"
#include "rig/evidence/writer.h"
#include "rig/run/assemble.h"

#include <signal.h>

#define SIMULATED_FLUSH_NS (5 * NS_PER_MS)
#define SIMULATED_TURNS_MAX 100000              /* at one instant: more, and time stands still, which is a fault of this program */
#define SIMULATED_ANSWER_NS (1 * NS_PER_S)      /* a prompt is answered by "simulated" so much later */

struct simulated_settings {
	const struct bench *bench;                  /* all borrowed */
	const bool *taking_part;
	const struct simulation *simulation;
	struct world *world;                        /* made for this bench, and at its beginning */
	const struct assembled *assembled;
	const struct upgrade_image *image;
	const char *folder;                         /* the evidence */
	const struct writer_disk *disk;             /* takes the journal in place of a folder, and nothing of raw/; NULL: the folder */
	const char *revision;
	const char *operator;
	const volatile sig_atomic_t *stop;          /* not 0: the operator wants the run to end; NULL: he cannot */
	/* Told of every line, and of every instant to which time goes, before anything happens there. NULL: nobody is. */
	void (*record)(void *self, const struct record *record);
	void (*advance)(void *self, int64_t t_ns);
	void *self;
};

/*
 * Runs to the end. False: it could not go on, `error` says why. *is_off as engine_is_off. The world's end, in which its last truths are
 * told, is at the run's.
 */
MUST_USE bool simulated_run(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error);

#endif
