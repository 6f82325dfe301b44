#ifndef HILRIG_RIG_RUN_WALK_WALK_PRIVATE_H
#define HILRIG_RIG_RUN_WALK_WALK_PRIVATE_H

/*
 * What the walk's own files share. Callers include walk.h.
 *
 *   walk.c         events in; the stages, and the end in which everything is off
 *   walk_desk.c    what was found of instruments, inputs and outputs before anything is energised
 *   walk_slot.c    one slot after the other, until it is on and has answered
 *   walk_fall.c    the way off, and whether everything lets go
 *   walk_wiring.c  the slot that is walked: its senses, and what it stirs elsewhere
 *   walk_proof.c   the proof test of the hardware chain
 *   walk_say.c     findings and commands out; waiting, senses, and whether something may be energised now
 */

#include "rig/run/cut_window.h"
#include "rig/run/walk/walk.h"

#define WALK_SLOT_OUTPUTS_MAX 5 /* contactor, mains, supply's volts, supply's output, feed */

enum walk_stage {
	WALK_STAGE_NEW, WALK_STAGE_INSTRUMENTS, WALK_STAGE_LISTENING, WALK_STAGE_TELLING, WALK_STAGE_GUARD, WALK_STAGE_SLOTS,
	WALK_STAGE_PROOF, WALK_STAGE_OFF, WALK_STAGE_GONE, WALK_STAGE_LAST, WALK_STAGE_OVER
};

struct walk_instrument {
	enum instrument_state state;
	bool said;                   /* a finding tells of it */
	char text[ERROR_TEXT_MAX];
};

/* Of an input its level; of an output what it was told. */
struct walk_channel {
	int level;                   /* input: -1 not known */
	int64_t since_ns;            /* the level */
	int baseline;                /* level when the present slot was energised */
	bool has_reading;
	int64_t reading;             /* output or level, milli */
	bool was_on;                 /* output: before this check switched anything */
	bool on;                     /* told to go on, and has not confirmed since that it is off */
	int owed;                    /* answers that are still to come */
	bool agrees;                 /* the last answer did */
	int64_t t_on_ns, t_off_ns;   /* last told so */
	char text[FREE_TEXT_SIZE];   /* of the last answer */
};

enum slot_step {
	SLOT_BEGIN,    /* may it be energised, and now? */
	SLOT_ON,       /* outputs one by one */
	SLOT_SENSE,    /* its senses come */
	SLOT_CONSOLE,  /* its console speaks */
	SLOT_OPEN,     /* the switch that cuts is off */
	SLOT_FALL,     /* senses go */
	SLOT_REST,     /* what lies before it is off */
	SLOT_JUDGE     /* what did not go goes now, or never */
};

struct walk_slot {
	int outputs[WALK_SLOT_OUTPUTS_MAX]; /* channels in the order of switching on */
	int output_count;
	int power;                   /* the one that cuts */
	bool walked;                 /* walked or refused: nothing more is said of it */
	bool good;
	bool doubtful;               /* its senses tell nothing about the wiring of others */
	int64_t t_heard_ns;          /* its console, first since it was energised; -1: not yet */
	int64_t t_spoke_ns;          /* its console, last; -1: never */
	char blocked[FREE_TEXT_SIZE];/* why it cannot be walked; empty: it can */
};

enum proof_step { PROOF_BEGIN, PROOF_ON, PROOF_SENSE, PROOF_ASK, PROOF_CUT };

struct walk {
	struct walk_settings settings;
	const struct bench *bench;
	enum walk_stage stage;
	int64_t t_begin_ns, t_ns, utc_us;
	int64_t wake_ns;             /* wants a tick then */
	int64_t stage_deadline_ns;
	int cursor;                  /* of the stage: instrument, channel, slot */
	struct walk_actions *actions;
	struct walk_channel *channels;
	struct walk_instrument instruments[BENCH_INSTRUMENTS_MAX];
	struct walk_slot slots[BENCH_SLOTS_MAX];
	int safety[SAFETY_INPUTS];   /* -1: not known */
	int counts[FINDING_WRONG + 1];
	bool guarded, guard_asked;
	bool energised;              /* something was, at some time */
	bool stopped;
	bool not_off;                /* an output did not confirm */
	bool still_there;            /* a sense did not go */
	char why_not[FREE_TEXT_SIZE];/* why what was not walked was not; empty: nothing stands in the way */

	/* A slot's walk. */
	enum slot_step step;
	int output_at;
	int64_t step_deadline_ns;
	bool trouble;                /* something was found: off, and no "walked" */
	int64_t stirred_ns;          /* another slot's sense came; -1: none */
	bool mains_stayed, supply_stayed;
	const char *waits_for;       /* the person was told so; NULL: nothing */
	int64_t person_deadline_ns;  /* 0: nobody was waited for yet */
	int64_t t_turn_ns;           /* last switching; -1: none */
	struct cut_window window;
	int64_t stagger_ns;

	/* The proof. */
	enum proof_step proof;
	int64_t t_operated_ns;       /* first sign */
};

/* ---- walk_say.c ---- */

/* `subject` and `slot` may be NULL. `what` outlives the walk. */
void walk_say(struct walk *walk, enum finding_state state, const char *what, const char *subject, const char *slot,
	      const char *format, ...) PRINTF_LIKE(6, 7);

/* "12 ms", "5.2 s" */
#define SPAN_TEXT_SIZE 32
const char *span_text(char text[SPAN_TEXT_SIZE], int64_t span_ns);

/* Asks for a tick at `until_ns` and says whether that has come. */
bool walk_reached(struct walk *walk, int64_t until_ns);

void walk_switch(struct walk *walk, int channel, bool on);
void walk_everything_off(struct walk *walk);

/* Ends what goes on: everything off, and nothing more is walked because of `why`. */
void walk_break_off(struct walk *walk, const char *why);

/* Whether the level has been so for `settle_ns`; where only time is missing it asks for a tick. */
bool walk_level_is(struct walk *walk, int channel, int level, int64_t settle_ns);

/* NULL, or what a person has to do before anything may be energised. */
const char *walk_forbids(const struct walk *walk, bool hazardous);

/* The same with the wait for that person: PENDING, DONE, or FAILED with `why` when the time was up. */
enum walk_progress { WALK_PENDING, WALK_DONE, WALK_FAILED };
enum walk_progress walk_wait_for_person(struct walk *walk, bool hazardous, const char **why);

/* Whether this output may be switched on now: stagger, shortest time off, interlocks. `*never`: not as things are. */
bool walk_has_turn(struct walk *walk, int channel, bool *never);

/* Whether a cut still fits into the present 3-minute window, and that one was made. */
bool walk_has_window(struct walk *walk);
void walk_count_cut(struct walk *walk);

const char *walk_channel_name(const struct walk *walk, int channel);
bool walk_hazardous(const struct walk *walk, const struct walk_slot *slot);

/* ---- walk_desk.c ---- */

void walk_desk_init(struct walk *walk);
bool walk_tell_instruments(struct walk *walk);  /* true: all have been told of */
bool walk_has_listened(struct walk *walk);
bool walk_tell_lines(struct walk *walk);        /* one finding a call; true: there are no more */
void walk_block_slots(struct walk *walk);

/* ---- walk_wiring.c: of the slot that is walked now ---- */

struct walk_slot *walk_now(struct walk *walk);
const struct bench_slot *walk_wiring(const struct walk *walk);
void walk_enter(struct walk *walk, enum slot_step step, int64_t within_ns);
const char *walk_power_name(const struct walk *walk);
int64_t walk_settle_ns(const struct walk *walk);
bool walk_is_there(const struct walk *walk, int channel);
int walk_trip_line(const struct walk *walk); /* of its group's protection; -1: none */

/* Whether an output that is on has all its proof: a contactor closes only once its mirror contact no longer shows it open. */
enum walk_progress walk_has_closed(struct walk *walk, int channel);

/* Senses of other slots that have come since this one was energised, in words; false: none. */
bool walk_stirred(struct walk *walk, char *list, size_t size);
void walk_add_name(char *list, size_t size, const char *name); /* with ", " in between */

/* ---- walk_fall.c ---- */

void walk_open(struct walk *walk);           /* from anywhere: the way off begins */
void walk_next(struct walk *walk);           /* the slot is done with */
bool walk_fall_advance(struct walk *walk);   /* as walk_slots_advance */

/* ---- walk_slot.c, walk_proof.c: true as long as there is more to do at this instant ---- */

bool walk_slots_advance(struct walk *walk);
void walk_slot_changed(struct walk *walk, int channel);
bool walk_proof_advance(struct walk *walk);

#endif
