#ifndef HILRIG_RIG_RUN_CONDUCTOR_H
#define HILRIG_RIG_RUN_CONDUCTOR_H

/*
 * What stands between the instruments and the engine, in the real runtime and in the simulated one: reports of instruments
 * become events in a queue, events become steps of the engine, and its actions go to the instruments and to the journal.
 *
 * It reads no clock and waits for nothing. Its runtime says which instant it is (conductor_turn), calls conductor_tick at
 * conductor_deadline or later, brings what the journal has to say, and has the queue given to the engine (conductor_give) at the
 * end of each turn. Reports only queue, so an instrument may report while an action is carried out.
 *
 * Instants. Instruments and turns count in the runtime's monotonic base (`now_ns`); t_ns, in journals and in the engine, is
 * that plus offset_ns. A conductor is large and lives in static or heap memory, which need not be cleared; after conductor_init it
 * takes none.
 */

#include "rig/run/assemble.h"
#include "rig/run/engine.h"
#include "rig/run/instruments.h"
#include "rig/run/safety.h"

#define CONDUCTOR_QUEUE_MAX 2048
#define CONDUCTOR_FLUSH_EVERY_NS NS_PER_S        /* lines that nobody waits for reach the disk at least so often */
#define CONDUCTOR_CLOCK_EVERY_NS NS_PER_MIN
#define CONDUCTOR_CLOCK_MOVED_US 5000           /* wall clock against monotonic clock, from one turn to the next: then it is read at once */

/* What a runtime does for it. A false of put, flush or close_raw: the disk does not take the journal, and the run is over. */
struct conductor_calls {
	void *self;
	bool (*put)(void *self, const struct record *record);
	bool (*flush)(void *self);
	bool (*close_raw)(void *self);
	void (*raw)(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size);
	void (*prompt)(void *self, const char *slot, const char *question);
	void (*clock)(void *self, struct record *record);   /* fills a CLOCK record but for its times */
	bool (*bus_moved)(void *self, int bus, int fd);      /* false: the supervisor is gone */
	void (*stop)(void *self);                            /* the loop has nothing more to do: over, or broken */
};

struct conductor_settings {
	const struct bench *bench;             /* all borrowed for the conductor's life */
	const bool *taking_part;               /* per slot of the bench */
	const struct assembled *assembled;
	const char *operator;                  /* who answers prompts; "" unknown */
	struct conductor_calls calls;
};

struct conductor_queued {
	struct run_event event;
	struct record record;
	bool has_record;
};

struct conductor {
	struct conductor_settings settings;
	struct engine *engine;
	struct instruments instruments;        /* started and stopped by the runtime */
	struct instrument_listener listener;   /* for their driver_start */
	struct safety safety;
	int64_t offset_ns;                     /* t_ns minus the runtime's base; the runtime's to set */
	bool begun;                            /* the engine has had its first event */
	bool over;                             /* the engine has said its last word, and takes no event any more */
	bool broken;                           /* the run cannot go on: `error` says why */
	bool acted;                            /* something was asked of an instrument in this turn */
	struct error error;
	int prompt_count;                      /* questions that wait for an answer, the first asked first */
	int prompts[PROGRAM_SLOTS_MAX];        /* slots of the program that asked them */
	/* Private. */
	int64_t turn_ns, turn_utc_us, apart_us; /* of this turn; and wall clock less monotonic clock */
	int64_t next_poll_ns, next_flush_ns, next_clock_ns, engine_deadline_ns; /* t_ns */
	bool lines_waiting;                    /* put since the last flush */
	bool raw_closed;
	int quiet_polls;                       /* in a row that read the same */
	int64_t quiet_until_ns;                /* t_ns; no level changes before, and no poll is due; 0: nobody knows */
	int8_t levels[2][RECORDER_INPUTS_MAX]; /* of the last two polls, by input of the program */
	int levels_last;                       /* which of them is the last */
	int queue_first, queue_count;
	/* From here on nothing is read that was not written before. */
	struct conductor_queued queue[CONDUCTOR_QUEUE_MAX];
	struct actions actions;
};

/* FAULT_ENVIRONMENT: no memory for an engine. conductor_done gives it back. */
MUST_USE bool conductor_init(struct conductor *conductor, const struct conductor_settings *settings, struct error *error);
void conductor_done(struct conductor *conductor);

/* A turn begins: all of it happens at this instant of the base, never before the one before. */
void conductor_turn(struct conductor *conductor, int64_t now_ns, int64_t utc_us);
int64_t conductor_t_ns(const struct conductor *conductor);

/*
 * A line of a run that is resumed, before conductor_begin. A rig that died before it could write its end has written what a person did:
 * the bench must then be armed anew.
 */
void conductor_recall(struct conductor *conductor, const struct record *record);

/* The engine's first event, in front of everything that instruments have reported so far. `boot` is filled but for its times. */
void conductor_begin(struct conductor *conductor, const struct record *boot, bool resumed);

/* Polls, clock, flushes and the engine's own deadline, as far as they are due. */
void conductor_tick(struct conductor *conductor);
int64_t conductor_deadline(const struct conductor *conductor); /* in the runtime's base; INSTANT_NEVER before it has begun */

/*
 * For a runtime that knows that no level can change before `until_ns` of its base, unless the run itself switches something: polls until
 * then, which would all read the same, are not due. Those that were just before an edge, or before a poll that is due again, are given
 * to the engine in front of it, so that what is known of the levels is the same.
 */
void conductor_skip_polls(struct conductor *conductor, int64_t until_ns);

/* What the runtime has to say; each is an event of the engine. */
void conductor_durable(struct conductor *conductor, uint64_t lines);
void conductor_raw_digest(struct conductor *conductor, const struct record *raw);
void conductor_raw_closed(struct conductor *conductor);
void conductor_note(struct conductor *conductor, const char *text);
int conductor_prompt(struct conductor *conductor);                     /* slot of the first question that waits; NO_CHANNEL */
void conductor_answer(struct conductor *conductor, int slot, const char *who, const char *text); /* to its question, if it waits */
void conductor_note_by(struct conductor *conductor, int slot, const char *who, const char *text); /* program's slot; NO_CHANNEL: the bench */
void conductor_stop(struct conductor *conductor);                     /* the operator wants the run to end */

/*
 * By hand (rig/run/by_hand.h): all that waits is given to the engine first, so that what permits it is what is so now; then it is
 * asked for, under a person's name. False: `why`. conductor_finish: nothing more will be asked for.
 */
MUST_USE bool conductor_ask(struct conductor *conductor, int slot, const struct by_hand *asked, const char *who, char why[FREE_TEXT_SIZE]);
void conductor_finish(struct conductor *conductor, const char *who);
void conductor_lost(struct conductor *conductor, const char *text);   /* the whole run has lost something */

/* The run cannot go on, and the engine is not asked any more. The first error counts. */
void conductor_break_off(struct conductor *conductor, const struct error *error);

/* Gives all that waits to the engine and carries its actions out. */
void conductor_give(struct conductor *conductor);

#endif
