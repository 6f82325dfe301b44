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
	/* With a disk a run has lives: it dies at an instant, as a process does that is killed, and is resumed from its journal. */
	int64_t begins_ns;                          /* of this life; 0: the first */
	int64_t dies_ns;                            /* INSTANT_NEVER: it does not */
	const bool *killed;                         /* true: it has died in the middle of what it does; NULL: that does not happen */
	uint64_t *acknowledged;                     /* takes how many lines it was told are durable; NULL: nobody wants to know */
	const char *journal;                        /* what is on the disk when it is resumed, borrowed; NULL: nothing was */
	size_t journal_size;
	const char *revision;
	const char *operator;
	const volatile sig_atomic_t *stop;          /* not 0: the operator wants the run to end; NULL: he cannot */
	/* Told of every line, and of every instant to which time goes, before anything happens there. NULL: nobody is. */
	void (*record)(void *self, const struct record *record);
	void (*advance)(void *self, int64_t t_ns);
	int64_t (*next)(void *self, int64_t t_ns);  /* the next instant behind t_ns at which the caller does something to the run */
	int64_t (*flush_takes)(void *self, int64_t t_ns); /* how long a flush takes that begins then; NULL: SIMULATED_FLUSH_NS */
	void *self;
};

enum simulated_end { SIMULATED_ENDED, SIMULATED_DIED, SIMULATED_BROKEN };

/*
 * Runs to the end, or to its death, of which nobody is told. SIMULATED_BROKEN: it could not go on, `error` says why. *is_off as engine_is_off. The world's end, in which its last truths are
 * told, is at the run's.
 */
MUST_USE enum simulated_end simulated_live(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error);

/* A run of one life. False: it is broken. */
MUST_USE bool simulated_run(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error);

#endif
