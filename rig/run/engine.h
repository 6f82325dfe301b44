#ifndef HILRIG_RIG_RUN_ENGINE_H
#define HILRIG_RIG_RUN_ENGINE_H

/*
 * The engine: a function from (state, event) to actions. Time is in the event; there is no clock, no I/O and, after
 * engine_new, no malloc. Both runtimes, real and simulated, carry out its actions and bring it events; so does a test.
 *
 * Durable before dangerous: the engine announces in the journal what it is about to energise or to do irreversibly, asks
 * for a flush, and goes on only when an EVENT_DURABLE covers the announcement. Switching off never waits.
 *
 * Every slot walks the program on its own. Whatever a slot waits for has a deadline; when that passes the slot's run ends
 * with a fault of the domain that owed the answer, its outputs go off, and the other slots go on.
 *
 * Irreversible steps are announced, made durable, then sent once. After a resume the engine reads the device first; it
 * never sends an activation that may already have been sent.
 */

#include "rig/bench/driver.h"
#include "rig/judge/judge.h"
#include "rig/run/by_hand.h"
#include "rig/run/program.h"
#include "rig/run/recorder.h"

enum run_event_kind {
	EVENT_BEGIN,        /* first event of a new run; record: its BOOT line, filled but for its times */
	EVENT_RESUMED,      /* first event after engine_recall() of all earlier lines; record: as EVENT_BEGIN */
	EVENT_TICK,         /* the deadline asked for, or any time */
	EVENT_EDGE_SEEN,
	EVENT_LEVELS_READ,  /* inputs were read: `levels` */
	EVENT_OUTPUT_DONE,  /* an output action was carried out and read back, or failed */
	EVENT_OBSERVED,     /* a record of kind HEALTH or ALERT or HUB, filled but for its times */
	EVENT_UPGRADE_AT,   /* the upgrade session of a slot reports */
	EVENT_DURABLE_TO,   /* all lines below `count` are on the disk */
	EVENT_CLOCK_STATE,  /* a record of kind CLOCK, filled but for its times */
	EVENT_SAFETY_INPUT,
	EVENT_PROTECTION_ACTED,
	EVENT_NOTED,        /* a record of kind NOTE, filled but for its times */
	EVENT_RAW_DIGEST,   /* a record of kind RAW, filled but for its times; after ACTION_CLOSE_RAW */
	EVENT_RAW_CLOSED,   /* there are no more of them */
	EVENT_ANSWERED,     /* a prompt was answered */
	EVENT_STOP,         /* the operator wants the run to end */
	EVENT_ASKED,        /* by hand: a step that by_hand_permits (rig/run/by_hand.h) in this very turn; `by_hand`, slot */
	EVENT_FINISHED,     /* by hand: nothing more will be asked for */
	EVENT_LOST         /* the runtime lost something: a bus, a disk, a supply's setting; `text` says what, `fault` whose
	                       fault it is. It ends the slot's run, or, with slot -1, the whole run. */
};

struct run_event {
	enum run_event_kind kind;
	int64_t t_ns;
	int64_t utc_us;
	int slot;                   /* of OBSERVED, UPGRADE, PROTECTION, ANSWERED; -1: the bench */
	int channel;                /* EDGE: input; OUTPUT_DONE: output */
	const int8_t *levels;       /* LEVELS: of each of program.inputs 0, 1, or -1: not read; borrowed for the call */
	int earlier;                /* LEVELS: so many polls before it, program.level_period_ns apart, read the same */
	int level;                  /* EDGE: 0 or 1; SAFETY: 1 = ok; PROTECTION: 1 = tripped */
	int64_t seqno;              /* EDGE */
	bool agrees;                /* OUTPUT_DONE: read back as set */
	enum safety_input safety;
	enum upgrade_said report;
	enum phase phase;
	int64_t done_bytes, total_bytes;
	uint64_t count;             /* DURABLE_TO */
	enum fault fault;           /* OUTPUT_DONE that failed, SAID_FAILED, RIG_FAULT */
	char text[FREE_TEXT_SIZE];  /* read-back value, version, answer, cause */
	char guid[GUID_SIZE];
	struct by_hand by_hand;     /* ASKED */
	const struct record *record;/* BEGIN, RESUMED, OBSERVED, CLOCK_STATE, NOTED, RAW_DIGEST: borrowed for the call */
};

enum action_kind {
	ACTION_RECORD,    /* append this to the journal, in order */
	ACTION_FLUSH,     /* make it durable and say so by EVENT_DURABLE_TO */
	ACTION_OUTPUT,    /* drive an output, read it back, say so by EVENT_OUTPUT_DONE */
	ACTION_UPGRADE,   /* give the slot's upgrade session a command */
	ACTION_PROMPT,    /* ask a person; the answer comes as EVENT_ANSWERED */
	ACTION_CLOSE_RAW, /* close the files of raw/ and give their digests */
	ACTION_END        /* nothing more will come */
};

struct action {
	enum action_kind kind;
	int slot;
	int output;
	bool on;                   /* ACTION_OUTPUT of a switch */
	int64_t millivolts;        /* ACTION_OUTPUT of a voltage */
	enum upgrade_ask command;
	struct record record;
};

#define ACTIONS_MAX 768 /* at most 11 for each slot that goes off by one event, and a few */

struct actions {
	int count;
	struct action list[ACTIONS_MAX];
	int64_t deadline_ns;       /* give an EVENT_TICK at this instant at the latest */
	bool more;                 /* there is more to do at once: give an EVENT_TICK when these are carried out */
	bool polls_wanted;         /* the next polls say something, though they read what they have read before */
};

struct engine;

/* Borrows the program, which must outlive it. Allocates all it will ever need. */
struct engine *engine_new(const struct program *program);
void engine_free(struct engine *engine);

/* Before EVENT_RESUMED: the earlier lines, merged in order, and then how many of them are the journal's own. */
void engine_recall(struct engine *engine, const struct record *record);
void engine_set_lines(struct engine *engine, uint64_t lines);

/* The step. `actions` is emptied first. After an ACTION_END no further event may be given. */
void run_step(struct engine *engine, const struct run_event *event, struct actions *actions);

/* Once it has ended: whether every output, and every sense behind one, has confirmed that it is off. */
bool engine_is_off(const struct engine *engine);

/* What has been found so far; the same object that an offline judge would make. */
const struct findings *engine_findings(struct engine *engine);

/* For a display: which step of the plan a slot is at (plan.count: through), and what it waits for. */
int engine_slot_at(const struct engine *engine, int slot);

/* Whether a slot's question waits for an answer now. */
bool engine_slot_asks(const struct engine *engine, int slot);
const char *engine_slot_waits_for(const struct engine *engine, int slot);

#endif
