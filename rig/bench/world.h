#ifndef HILRIG_RIG_BENCH_WORLD_H
#define HILRIG_RIG_BENCH_WORLD_H

/*
 * A simulated bench: the same bench file, with a world in place of hardware. What is behind it lies in drivers/sim; main hands the
 * table below to the commands, as it does with the drivers of hardware.
 *
 * A world lives in virtual time from 0. The simulated runtime asks when something of it will happen by itself, steps it there, and
 * then its instruments, which act on it. Same bench, same world file, same seed and same calls: same world, on every machine.
 *
 * The truth about it goes to whoever asked for it when it was made, and never to the rig.
 */

#include "rig/bench/driver.h"

struct world;          /* drivers/sim/world.h */
struct plant_output;   /* a fact: drivers/sim/plant/plant.h */

struct world_settings {
	const struct bench *bench;       /* borrowed for the world's life, as is all below */
	const bool *taking_part;         /* per slot of the bench */
	const char *file;                /* what the devices do; NULL: all are well behaved */
	const char *text;                /* the same as a world file's bytes, in place of a file; `file` then only names it */
	size_t text_size;
	bool has_seed;
	uint64_t seed;                   /* in place of the file's */
	const char *versions[BENCH_SLOTS_MAX];  /* firmware of the meters, as on the load sheet; NULL or "": the file's or the usual */
	const char *guids[BENCH_SLOTS_MAX];     /* of the hubs, likewise */
	struct world_meter {
		const char *guid, *manufacturer, *model; /* as on the load sheet; NULL: not said */
	} meters[BENCH_SLOTS_MAX];
	void (*fact)(void *self, const char *slot, const struct plant_output *fact); /* NULL: nobody wants the truth; slot "": the bench */
	void *self;
};

/* What was to go wrong: a word of the world file, whose it was, and how often it did. */
struct world_fault {
	const char *what;
	int number;                      /* of the word: faults of one kind have one */
	int slot, with;                  /* of the bench; -1: none */
	int64_t at_ns, for_ns, by_ns;
	bool back;                       /* kill: the host loses its power, and what was not on the disk by then is lost, too */
	int *fired;                      /* the rig's own faults are counted by whoever carries them out */
};

/* What the host knows of its clock. */
struct world_clock {
	bool locked;                     /* to UTC; otherwise it runs as its crystal does */
	int64_t suspended_ns;            /* so long it has stood still in all */
};

struct simulation {
	const struct driver *drivers;    /* their driver_start.world is the world */
	/* NULL: `problems` says what is wrong with the file or with a bench that cannot be simulated, or `error` what is not a file's fault. */
	struct world *(*make)(const struct world_settings *settings, struct problems *problems, struct error *error);
	void (*free)(struct world *world);
	int64_t (*utc_us)(const struct world *world, int64_t t_ns); /* what the host's wall clock says then */
	void (*clock)(const struct world *world, int64_t t_ns, struct world_clock *clock);
	int64_t (*true_ns)(const struct world *world, int64_t t_ns); /* how long the world has been going on, in truth */
	uint64_t (*seed)(const struct world *world);           /* of all that is drawn */
	int64_t (*next)(const struct world *world);            /* INSTANT_NEVER: nothing will happen by itself */
	void (*step)(struct world *world, int64_t t_ns);
	void (*end)(struct world *world, int64_t t_ns);        /* outages that are going on become facts; nothing may follow */
	bool (*fault)(struct world *world, int index, struct world_fault *fault); /* false: there are not so many */
	void (*bench_of)(const char *text, size_t size, char bench[WORD_TEXT_SIZE]); /* that a world file's bytes name; "": none */
	const char *(*fault_name)(int number);                 /* NULL: there are not so many kinds */
};

#endif
