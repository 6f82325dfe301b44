#ifndef HILRIG_RIG_RUN_ENGINE_PRIVATE_H
#define HILRIG_RIG_RUN_ENGINE_PRIVATE_H

/*
 * What the engine's own files share: its state, and the small functions by which a step speaks. Callers of the
 * engine include engine.h.
 *
 *   engine.c      events in; beginning, walking all slots
 *   senses.c      what inputs say of the slots, and whether that can be
 *   ending.c      everything off, verdicts, the last line
 *   step.c        one function per verb
 *   bisect.c      which round of a search comes next
 *   by_hand.c     what a person may ask for, and why not
 *   power.c       energising, cutting and switching off one slot
 *   recall.c      the state of an interrupted run from its journal
 *   emit.c        records and actions out
 */

#include "rig/run/cut_window.h"
#include "rig/run/engine.h"
#include "rig/run/safety.h"

#define ALL_CASES ((1U << CASE_COUNT) - 1)
/* An event may switch every slot off at once and end its step: 11 actions each. Whatever else a slot or a list of lines wants waits for room. */
#define SLOT_ACTIONS_MAX 24 /* most actions that one slot causes in one step */
#define ROOM_FOR_A_SLOT (512 - SLOT_ACTIONS_MAX)
#define ROOM_FOR_LINES 256

/* What a step says of itself. */
enum progress { PROGRESS_PENDING, PROGRESS_DONE, PROGRESS_FAILED };

/* Where switching has got to; see power.c. */
enum power_stage { POWER_IDLE, POWER_TURN, POWER_DURABLE, POWER_OUTPUT, POWER_MIRROR, POWER_SENSE, POWER_LENGTH };

struct slot_run {
	const struct program_slot *slot;
	int index;
	int at;                       /* step of the plan */
	bool begun;                   /* the step at `at` has begun */
	bool idle;                    /* by hand: nothing is under way, and nobody has asked for anything */
	int64_t asked;                /* by hand: the step's duration or level; -1: its own */
	int asked_at;                 /* by hand: the step that was asked for; a gate in front of it comes first */
	bool over;
	bool failed;
	bool finishing;               /* only `finally` is left */
	bool doomed;                  /* something the slot cannot do without was lost */
	int stage;                    /* of the step, its own */
	int64_t t_begin_ns;           /* of the step */
	int64_t wake_ns;              /* wants a tick then */
	const char *waits_for;
	enum fault waits_on;          /* whose it is if that does not come in time */

	enum powered acting;          /* what the present step switches */
	enum power_stage power;
	bool mains_up;                /* while the slot is brought up: its mains are on, its feed comes next */
	int64_t power_deadline_ns;
	int64_t t_unarmed_ns;         /* waits for a person at the bench since then; -1: it does not */
	int64_t t_queued_ns;          /* waits for others to have had their turn since then; -1: it does not */
	uint64_t durable_needed;
	unsigned outputs_wanted;      /* outputs still to answer */
	bool output_refused;
	char output_text[FREE_TEXT_SIZE];
	enum fault output_fault;
	int64_t t_cut_ns;             /* the switch was told to open */
	bool weld_said;               /* in this run, before a resume too: once is enough */
	bool energise_again;          /* after a resume: it was on, and what it is now nobody knows */

	int64_t t_ask_ns;             /* a gate or a confirm asks again then */
	const char *obstacle;         /* what the gate last said that it waits for */
	int64_t t_high_since_ns;      /* supply sensed without a break since then; -1: not now */
	int64_t t_supply_fell_ns;     /* from high, last; -1: never yet */
	int64_t t_mains_rose_ns;      /* behind the slot's relay, last */
	bool mains_there;
	int64_t t_mains_gone_ns;      /* since when they are away, as far as was seen in this life; -1: they are there, or nobody has looked */
	bool back_fed_said;           /* in this run: once is enough */
	bool ready;                   /* the hub said so since its supply came back */
	bool deaf;                    /* its supply came back before a resume, and nobody listened to what it said */
	bool unhealthy;               /* an observer of the slot */
	bool unheard;                 /* an observer was not healthy at some time since the supply last went: "ready" may have been said */

	bool transferred, upgrade_failed, accepted, refused;
	enum fault upgrade_fault;
	char upgrade_text[FREE_TEXT_SIZE];
	bool version_read;
	enum fault unread_fault;      /* why the last question for it got no answer; FAULT_NONE: it got one, or has none yet */
	char version[WORD_TEXT_SIZE];

	int64_t millivolts;           /* the supply as last set */
	int64_t ramp_from_mv;
	bool ad1_seen;                /* since the step began */

	int64_t low_ns[PLAN_BISECTS_MAX], high_ns[PLAN_BISECTS_MAX]; /* high 0: the search has not begun */
	int64_t value_ns;             /* of the present round */
	bool round_seen;              /* what is sought was seen in the present round */

	int64_t t_moment_ns[MOMENT_COUNT];/* -1: has not been */
	bool watch_open, control_open;
	bool control_broken;          /* recalled: a rig died in it */
	bool activation_announced, activation_sent, activation_doubtful;
};

enum engine_stage { ENGINE_NEW, ENGINE_PREAMBLE, ENGINE_LISTENING, ENGINE_WALKING, ENGINE_SWITCHING_OFF, ENGINE_RAW, ENGINE_VERDICTS, ENGINE_LAST_FLUSH,
		    ENGINE_OVER };

struct engine {
	const struct program *program;
	enum engine_stage stage;
	bool resumed;
	int polls_after_resume;       /* as far as they are counted */
	int cursor;                   /* into preamble or verdicts */
	int64_t t_ns, utc_us;         /* of the event being taken */
	struct actions *actions;      /* of the present step */
	uint64_t lines;               /* put so far: the number of the next one */
	uint64_t durable;             /* lines below this are on the disk */
	bool flush_wanted;
	struct judge *judge;
	struct recorder recorder;
	struct slot_run slots[PROGRAM_SLOTS_MAX];
	int slot_of_output[PROGRAM_OUTPUTS_MAX]; /* -1: shared */
	int asked_by[PROGRAM_OUTPUTS_MAX];       /* slot that waits for the answer; -1: none */
	int answers_owed[PROGRAM_OUTPUTS_MAX];   /* commands that nobody has answered yet */
	int64_t t_off_ns[PROGRAM_OUTPUTS_MAX];   /* when it went off, as far as is known; before a run: its begin */
	bool told_off[PROGRAM_OUTPUTS_MAX];      /* by this engine, and not on since */
	bool on[PROGRAM_OUTPUTS_MAX];            /* as commanded by this engine */
	bool announced_on[PROGRAM_OUTPUTS_MAX];  /* recalled: its slot was to be energised, or cut and energised again, and not to be off since */
	bool maybe_on[PROGRAM_OUTPUTS_MAX];      /* was on, here or before a resume, and has not confirmed that it is off */
	bool armed, estop_ok, door_ok, temperature_ok, lab_power_ok;
	bool safety_told[SAFETY_INPUTS]; /* in this life: what the next one must know of it is on record */
	int64_t t_last_turn_ns;       /* the energising or cut of a slot was announced ... */
	int64_t t_last_switch_ns;     /* ... and begun */
	struct cut_window window;
	bool clock_known;
	enum end_reason reason;
	bool stopping;
	int64_t off_deadline_ns;
	int64_t t_off_seen_ns;          /* at the end: since when everything says that it is off; 0: it does not */
	bool lab_power_lost;          /* in this run: what hubs make of it is recorded, also when it is back */
	bool hurry;                   /* the operator wants it to end now */
	int64_t t_all_off_ns;         /* 0: not yet */
	bool raw_closed;
	bool proved_off;              /* at the end everything has confirmed that it is off */
	int64_t listen_deadline_ns;
};

/* emit.c; `run` of emit_output is who waits for the answer, NULL: nobody */
struct record emit_line(const struct engine *engine, enum record_kind kind, const char *slot);
void emit_record(struct engine *engine, struct record *record);
void emit_flush(struct engine *engine);
void emit_output(struct engine *engine, struct slot_run *run, int output, bool on, int64_t millivolts, enum purpose purpose);
void emit_upgrade(struct engine *engine, struct slot_run *run, enum upgrade_ask command);
void emit_close_raw(struct engine *engine);
void emit_prompt(struct engine *engine, const struct slot_run *run);
void emit_step(struct engine *engine, const struct slot_run *run, enum step_state state, const char *text);
void emit_fault(struct engine *engine, const char *slot, enum fault domain, unsigned cases, const char *code, const char *text);
void emit_announce(struct engine *engine, const struct slot_run *run, enum announced action, int64_t for_ns,
		   enum purpose purpose);
void emit_phase(struct engine *engine, const struct slot_run *run, enum phase phase);
void emit_activation(struct engine *engine, const struct slot_run *run, enum activation_state state);
void emit_watch(struct engine *engine, struct slot_run *run, enum span state, unsigned cases, int64_t from_ns);
void emit_control(struct engine *engine, struct slot_run *run, enum span state, enum polarity polarity);

/* What takes the hub's supply away in this slot; and the switch that the present step acts on, and its sense. */
enum powered power_of_hub(const struct program_slot *slot);
int power_switch(const struct slot_run *run);
int power_sense(const struct slot_run *run);

/* Waits until `until_ns` (at least asks for a tick then) and says whether it has come. */
bool run_reached(const struct engine *engine, struct slot_run *run, int64_t until_ns);

/* power.c: each is called again until it is no longer pending. */
enum progress power_energise(struct engine *engine, struct slot_run *run, enum purpose purpose);
enum progress power_bring_up(struct engine *engine, struct slot_run *run, enum purpose purpose); /* mains, then feed */
enum progress power_cut(struct engine *engine, struct slot_run *run, int64_t for_ns, enum purpose purpose);
enum progress power_off(struct engine *engine, struct slot_run *run, enum purpose purpose);
enum progress power_set(struct engine *engine, struct slot_run *run, int64_t millivolts);
void power_drop(struct engine *engine, struct slot_run *run, enum purpose purpose); /* at once, waits for nothing */

/* One that is on or told so, or did not confirm its off; not one that was told to go off a moment ago and has not answered. */
bool power_is_to_be_dropped(const struct engine *engine, int output);

/* What people must put right before this slot may be energised; NULL: nothing. */
const char *power_forbidden(const struct engine *engine, const struct slot_run *run);

/* Why an interlock holds this slot off now: what may not be on beside it is on, or about to be; NULL: nothing does. */
const char *power_interlocked(const struct engine *engine, const struct slot_run *run);

#define DISCHARGED_NS (10 * NS_PER_S)         /* a meter without mains, and then the rail behind it, are dead in less */

/* What independent senses say of a slot that was switched off in this run: its relay, or its group's contactor, lets through. */
enum weld { WELD_NONE, WELD_RELAY, WELD_CONTACTOR };
enum weld power_weld(const struct engine *engine, const struct slot_run *run);

/* The mains have been away for so long that a hub which a meter alone feeds has no supply any more. */
bool power_discharged(const struct engine *engine, const struct slot_run *run);

/* The mains of a meter are away, and the hub that it alone feeds still has a supply: another source holds its rail. */
bool power_back_fed(const struct engine *engine, const struct slot_run *run);

/* senses.c: takes what all slots' inputs are now; whether one that may not be there (NO_CHANNEL) is at that level. */
void senses_take(struct engine *engine);
bool senses_input_is(const struct engine *engine, int input, int level);

/* How long another source has held the rail nobody knows: what was measured of it before may have been held up, too. */
void senses_say_back_fed(struct engine *engine, struct slot_run *run, const char *text);

/* ending.c: one for each of the stages from ENGINE_SWITCHING_OFF on, called again until the stage is another */
void ending_switch_off(struct engine *engine);
void ending_close_raw(struct engine *engine);
void ending_put_verdicts(struct engine *engine);
void ending_finish(struct engine *engine);

/* step.c; the duration of a step, or its level, as it is done now */
int64_t plan_step_length(const struct slot_run *run, const struct plan_step *step);
int64_t plan_step_level(const struct slot_run *run, const struct plan_step *step);
enum progress plan_step_walk(struct engine *engine, struct slot_run *run, const struct plan_step *step);
void plan_step_out_of_time(struct engine *engine, struct slot_run *run, const struct plan_step *step);

/* bisect.c: at the begin of a step, where to go on instead (-1: here); and what the end of a step teaches. */
int bisect_enter(const struct engine *engine, struct slot_run *run, int at);
void bisect_leave(const struct engine *engine, struct slot_run *run, int at);

/* After a resume: the first step of the try that was interrupted. Nobody listened meanwhile, so it proves nothing unless it was seen. */
int bisect_again(const struct engine *engine, const struct slot_run *run);

/* recall.c */
void recall_take(struct engine *engine, const struct record *record);
void recall_done(struct engine *engine);

#endif
