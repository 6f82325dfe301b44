#ifndef HILRIG_RIG_RUN_WALK_WALK_H
#define HILRIG_RIG_RUN_WALK_WALK_H

/*
 * The check of a live bench, as a function from (state, event) to actions: who the instruments are, how every line stands,
 * whether each slot is wired to itself (the walk test), whether rails and relays let go, and whether the hardware chain of
 * e-stop, door or arm cuts by itself (a proof test). Time is in the event; no clock, no I/O, and no malloc after walk_new.
 *
 * In this order: every instrument proves itself or does not within WALK_READY_NS; inputs and outputs are read; the supervisor
 * is given the off script, and nothing is energised before WALK_GUARDED; the slots are walked one after the
 * other; the proof test. Each slot is walked only if everything that it needs is good, and whatever is found, the others are
 * looked at too. What is found comes as findings, each as soon as it is known.
 *
 * A slot's walk. Its outputs are switched on, supply before relay, each read back. Exactly its own mains sense and supply
 * sense must come, and its console must say something. Then the switch that cuts is opened, and only afterwards what lies
 * before it: so a contact that does not let go is told from a rail that somebody else feeds. The supply sense is a comparator:
 * it proves a rail below `v_down`, not below `backfeed_v`.
 *
 * E-stop, door, over-temperature, arm lost, lab power lost, a stop by the operator, anything lost that is needed: everything
 * is told to go off in the same step, and the check ends. Only in a proof test, once the person was asked, the rig's own off
 * waits for the hardware to be first, at most WALK_HARDWARE_NS.
 */

#include "rig/bench/driver.h"
#include "rig/run/safety.h"

#define WALK_READY_NS (20 * NS_PER_S)         /* to prove who they are, of instruments that are alone on their bus ... */
#define WALK_READY_MORE_NS (6 * NS_PER_S)     /* ... and so much more for each further one: silent ones keep a bus busy */
#define WALK_LISTEN_NS (5 * NS_PER_S)         /* until every line was read */
#define WALK_OUTPUT_NS (3 * NS_PER_S)         /* read-back of an output */
#define WALK_SENSE_NS (5 * NS_PER_S)          /* from an output to the sense behind it */
#define WALK_METER_NS (2 * NS_PER_MIN)        /* from a meter's mains to its hub's supply: the meter boots */
#define WALK_CONSOLE_NS NS_PER_MIN            /* from a hub's supply to its first word */
#define WALK_DISCHARGE_NS (10 * NS_PER_S)     /* of a rail, where the bench file has no `discharge_ms` */
#define WALK_STIR_NS (200 * NS_PER_MS)        /* so long other slots' senses are watched for once something came */
#define WALK_STAGGER_NS (500 * NS_PER_MS)     /* between two switchings, where no group wants more */
#define WALK_HARDWARE_NS (500 * NS_PER_MS)    /* in a proof: from the first sign of the operation to the rig's own off */
#define WALK_STEADY_NS (50 * NS_PER_MS)       /* in a proof: a mains sense that is gone for so long is gone */

enum walk_extent {
	WALK_NOTHING,          /* nothing is energised */
	WALK_NOT_PRODUCTION,   /* the slots are walked unless the bench is a production one */
	WALK_EVERYWHERE
};

/* Borrowed, all of it. */
struct walk_settings {
	const struct bench *bench;
	const bool *taking_part;     /* per slot of the bench */
	enum walk_extent extent;
	bool proves;
	enum safety_input proved;    /* with `proves`; the bench has it */
	const char *operator;        /* with `proves`: who operates it */
	const char *today, *due;     /* "2026-11-23": proofs that were due earlier are overdue; what a proof made now says */
	int64_t within_ns;           /* a person's time: to arm the bench, and to operate what is proved */
};

enum walk_event_kind {
	WALK_BEGIN,
	WALK_TICK,        /* the deadline asked for, or any time */
	WALK_INSTRUMENT,  /* its state, or the text of it, is new */
	WALK_LEVEL,       /* an input, by edge or poll */
	WALK_READING,     /* what an output or a level reads by itself, 1000 = on */
	WALK_OUTPUT,      /* a walk_set was carried out and read back, or failed: one for each */
	WALK_HEARD,       /* bytes from a console */
	WALK_SAFETY,      /* rig/run/safety.h */
	WALK_GUARDED,     /* the supervisor has the off script, or (not `agrees`) has not */
	WALK_CHANGED,     /* an output is no longer as it was set */
	WALK_NOTED,       /* a sentence worth a line */
	WALK_LOST,        /* the check cannot go on */
	WALK_STOP         /* the operator wants it to end */
};

struct walk_event {
	enum walk_event_kind kind;
	int64_t t_ns;                /* CLOCK_MONOTONIC; an edge's own instant may lie before the present */
	int64_t utc_us;
	int channel;                 /* LEVEL, READING, OUTPUT, CHANGED: of bench.channels */
	int instrument;              /* INSTRUMENT, HEARD: of bench.instruments */
	enum instrument_state state; /* INSTRUMENT */
	int level;                   /* LEVEL: 0 or 1; SAFETY: 1 = good */
	int64_t milli;               /* READING */
	enum safety_input safety;
	bool agrees;                 /* OUTPUT: read back as set; GUARDED */
	char text[ERROR_TEXT_MAX];   /* INSTRUMENT, OUTPUT, GUARDED, CHANGED, NOTED, LOST */
};

enum finding_state {
	FINDING_GOOD,
	FINDING_NOTE,       /* for the person in front: decides nothing */
	FINDING_UNPROVED,   /* could not be looked at */
	FINDING_WRONG       /* the bench is not as its file says */
};

#define FINDING_TEXT_SIZE (ERROR_TEXT_MAX + 256)

struct finding {
	enum finding_state state;
	const char *what;                  /* what was looked at: reports/check.schema.json lists the words */
	char subject[CHANNEL_NAME_SIZE];   /* instrument, channel or slot */
	char slot[SLOT_NAME_SIZE];         /* empty: the bench's */
	int64_t t_ns;
	char text[FINDING_TEXT_SIZE];      /* what was found and, where it is not good, the way out */
};

/* A channel to milli (1000 = on, 0 = off) within WALK_OUTPUT_NS; answered by one WALK_OUTPUT. */
struct walk_set {
	int channel;
	int64_t milli;
};

#define WALK_SETS_MAX 512
#define WALK_FINDINGS_MAX 256

/* To be carried out in this order: outputs first, because a line that is printed may have to wait for its terminal. */
struct walk_actions {
	int set_count;
	struct walk_set sets[WALK_SETS_MAX];
	int finding_count;
	struct finding findings[WALK_FINDINGS_MAX];
	bool guard;                  /* hand the off script of all that is ready to the supervisor; answered by WALK_GUARDED */
	bool end;                    /* nothing more will come */
	bool more;                   /* there is more to do at once: give a WALK_TICK when these are carried out */
	int64_t deadline_ns;         /* give a WALK_TICK at this instant at the latest */
};

struct walk;

/* Allocates all that it will ever need; NULL: no memory. */
struct walk *walk_new(const struct walk_settings *settings);
void walk_free(struct walk *walk);

/* The step. `actions` is emptied first. After an `end` no further event may be given. */
void walk_step(struct walk *walk, const struct walk_event *event, struct walk_actions *actions);

/*
 * What the program ends with: EXIT_CODE_PASS, _UNDECIDED (something could not be proved), _RIG (something is wrong, or
 * something stayed on), _STOPPED (by the operator, and everything is off).
 */
enum exit_code walk_exit_code(const struct walk *walk);

/* Whether every output that this check switched on has said that it is off again. */
bool walk_all_off(const struct walk *walk);

/* How many findings of a state there were. */
int walk_count(const struct walk *walk, enum finding_state state);

const char *finding_state_name(enum finding_state state); /* "good", "note", "unproved", "wrong" */

#endif
