#ifndef HILRIG_RIG_SCENARIO_SCENARIO_H
#define HILRIG_RIG_SCENARIO_SCENARIO_H

/*
 * A scenario: steps that a person wrote, read and checked by themselves. What it needs of a bench and of devices is
 * checked in rig/scenario/check.h; what it comes to in time is rig/scenario/plan.h.
 *
 * Steps lie in one flat array in the order of the file. A loop (repeat, for-each, bisect) is followed by its own steps:
 * those with indices from its own + 1 to `end` - 1. The steps of `finally` come last, from `finally_first` on.
 *
 * Parameters stand as $name and are put in while the file is read, so that every value below is final, with its type
 * checked. A required one without a value leaves its step open (text "$image", QUANTITY_OPEN) and `parameter.open` set: enough to
 * check a file, not enough to run it. A value of an enclosing for-each or bisect also stands as $name: a quantity then says
 * which loop it comes from, and the plan puts it in.
 *
 * Every step that waits has a bound; a file without one is refused.
 *
 * A scenario with `manual: true` is no way to be gone but a list of what may be done by hand on a bench: each step is done when a person
 * asks for it, in one slot, in any order, and its duration or level is the most that may be asked for. Such a run judges nothing.
 *
 * Everything is sized at load, read-only afterwards and given back by scenario_done.
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/base/problem.h"
#include "rig/journal/record.h"

#define SCENARIO_STEPS_MAX 512
#define SCENARIO_DEPTH_MAX 4           /* loops inside loops */
#define SCENARIO_PARAMETERS_MAX 32
#define SCENARIO_SETTINGS_MAX 32       /* --set on the command line */
#define SCENARIO_VALUES_MAX 64         /* of one for-each */
#define SCENARIO_REPEAT_MAX 1000
#define SCENARIO_TRIES_MAX 16            /* of a bisect round */
#define SCENARIO_DURATION_MAX_NS (14 * 24 * NS_PER_H) /* longest single duration in a scenario */
#define SCENARIO_VOLTAGE_MAX_MV 60000

/* What steps come with when the file does not say. */
#define CONTROL_POSITIVE_NS (240 * NS_PER_S)   /* more than any hub's threshold that is known of */
#define CONTROL_NEGATIVE_NS (60 * NS_PER_S)
#define CONTROL_WATCH_NS (5 * NS_PER_MIN)      /* after the cut, for the alert to arrive and the hub to return */
#define GATE_WITHIN_NS (60 * NS_PER_MIN)       /* how long a gate holds until it gives up */
#define ACTIVATE_WITHIN_NS (60 * NS_PER_S)     /* until the command is accepted or refused */
#define SWITCH_WITHIN_NS (10 * NS_PER_S)       /* command, read-back and sense of one output */
#define BACK_WITHIN_NS (2 * NS_PER_MIN)        /* the hub's supply after a cut: behind a meter that boots first (rig/run/walk) */
#define PROMPT_TEXT_SIZE FREE_TEXT_SIZE

enum verb {
	VERB_SUPPLY,      /* supply: on | off             what feeds the hub: the slot's feed, without one its mains */
	VERB_MAINS,       /* mains: on | off | cut 150s   the slot's mains relay; a cut ends energised */
	VERB_CUT,         /* cut: 181s                    the hub's supply off for so long, then on */
	VERB_SET,         /* set: {supply: 9.0V}          the supply's level */
	VERB_RAMP,        /* ramp: {supply: 9.0V, over: 30s}   from the present level, evenly */
	VERB_HOLD,        /* hold: 10min                  nothing but time */
	VERB_WAIT,        /* wait: hub-ready, within: */
	VERB_CONTROL,     /* control: positive | negative [for:, watch:] */
	VERB_TRANSFER,    /* transfer: IMAGE, within: */
	VERB_GATE,        /* gate: irreversible [within:] */
	VERB_ACTIVATE,    /* activate: now [within:] */
	VERB_JUDGE,       /* judge: [cases], from: MOMENT, until: DURATION after MOMENT | DURATION */
	VERB_CONFIRM,     /* confirm: firmware, within: */
	VERB_PROMPT,      /* prompt: "text", within: [, default: "answer"] */
	VERB_NOTE,        /* note: "text" */
	VERB_REPEAT,      /* repeat: N, steps: */
	VERB_FOR_EACH,    /* for-each: {name: [values]}, steps: */
	VERB_BISECT,      /* bisect: {from:, to:, step:, seek: ad1 [, tries: N] [, as: name]}, steps: */
	VERB_COUNT
};

enum switching { SWITCHING_OFF, SWITCHING_ON, SWITCHING_CUT };

enum wait_for {
	WAIT_HUB_READY,       /* the console said so after the supply came; without a console the recharge time has passed */
	WAIT_RECHARGED,       /* supply continuously present for the slot's recharge time */
	WAIT_SUPPLY_PRESENT, WAIT_SUPPLY_ABSENT,
	WAIT_MAINS_PRESENT, WAIT_MAINS_ABSENT,
	WAIT_AD1              /* any observer of the slot saw an AD1 after the step began */
};

/* Instants of a run that `judge` counts from. The last one of its kind before the step counts. */
enum moment {
	MOMENT_HERE,          /* when the judge step begins; default of from */
	MOMENT_START,         /* when the slot was first energised */
	MOMENT_FIRST_BLOCK,   /* first block of the last transfer */
	MOMENT_ACTIVATE,      /* when the activation was sent */
	MOMENT_CONTROL,       /* when the first positive control ended: what an observer shows counts from then on */
	MOMENT_COUNT
};

/* A duration or voltage: `amount` itself, or the present value of a loop. */
#define QUANTITY_PLAIN (-1)
#define QUANTITY_OPEN (-2)    /* a required parameter without a value */

struct quantity {
	int64_t amount;       /* ns or mV */
	int loop;             /* index of the for-each or bisect step whose value it is; else one of the two above */
};

enum value_kind { VALUE_DURATION, VALUE_VOLTAGE, VALUE_NUMBER, VALUE_TEXT };

struct step_value {
	enum value_kind kind;
	int64_t amount;               /* ns, mV, or the number itself */
	char text[FREE_TEXT_SIZE];    /* as written */
};

struct scenario_step {
	enum verb verb;
	struct place at;
	int depth;                    /* 0: not in a loop */
	int parent;                   /* index of the loop it lies in; -1: none */
	int end;                      /* loops: index behind their last step; others: own index + 1 */
	bool finally;

	enum switching switching;     /* SUPPLY, MAINS */
	struct quantity for_ns;       /* MAINS cut, CUT, HOLD, RAMP, CONTROL: how long */
	struct quantity level_mv;     /* SET, RAMP */
	struct quantity within_ns;    /* WAIT, TRANSFER, GATE, ACTIVATE, CONFIRM, PROMPT: its bound, from its begin */
	struct quantity watch_ns;     /* CONTROL: after the cut */
	enum wait_for wait;
	enum polarity polarity;
	unsigned cases;               /* JUDGE: CASE_BITs; CONFIRM: CASE_BIT(CASE_FIRMWARE) */
	enum moment from;             /* JUDGE */
	enum moment until_moment;     /* JUDGE: ends until_ns after this moment */
	struct quantity until_ns;
	char text[FREE_TEXT_SIZE];    /* TRANSFER: image; PROMPT, NOTE: text */
	int text_loop;                /* `text` is the present value of this loop; -1: it is `text` */
	char answer[WORD_TEXT_SIZE];  /* PROMPT: what is taken when nobody answers in time; empty: nothing, and the step fails */

	int repeat;                   /* REPEAT: times */
	char variable[WORD_TEXT_SIZE];/* FOR_EACH, BISECT: its name without $; BISECT's default is "length" */
	int first_value, value_count; /* FOR_EACH: in scenario.values; all of one kind */
	struct {                      /* BISECT: durations. Looks for the shortest at which `seek` is seen. */
		int64_t from_ns, to_ns, step_ns;
		enum case_kind seek;  /* CASE_AD1 */
		int tries;        /* rounds in which it was not seen are tried so often before that is believed */
	} bisect;
};

struct scenario_parameter {
	char name[WORD_TEXT_SIZE];
	bool required;
	bool open;                    /* required, and no value given */
	bool used;
	char value[FREE_TEXT_SIZE];   /* the one that counts */
	struct place at;
};

/* A --set of the command line. */
struct scenario_setting {
	const char *name;             /* borrowed for the load */
	const char *value;
};

struct scenario {
	char path[256];               /* as problems name it */
	char name[WORD_TEXT_SIZE];
	int64_t version;
	char purpose[FREE_TEXT_SIZE]; /* empty: not said */
	bool manual;                  /* its steps are done by hand */
	unsigned expects;             /* CASE_BITs; 0: none */
	struct place expects_at;
	struct scenario_parameter *parameters;
	int parameter_count;
	int open_count;               /* required parameters without a value */
	struct scenario_step *steps;
	int step_count;               /* those of finally included */
	int finally_first;            /* index of the first step of finally; step_count if there is none */
	struct step_value *values;
	int value_count;
	struct file file;             /* as read; for the evidence folder */
};

/*
 * Reads a scenario with the settings of the command line. Adds what is wrong to `problems` and returns false if anything was;
 * `scenario` is then empty and needs no scenario_done.
 */
MUST_USE bool scenario_load(struct scenario *scenario, const char *path, const struct scenario_setting *settings,
			    int setting_count, struct problems *problems);
MUST_USE bool scenario_parse(struct scenario *scenario, const char *file_name, const char *bytes, size_t size,
			     const struct scenario_setting *settings, int setting_count, struct problems *problems);
void scenario_done(struct scenario *scenario);

/*
 * Whether every required parameter has a value; adds a problem for each that has none. A run needs them all, but for a manual one: what
 * has none can then not be asked for.
 */
MUST_USE bool scenario_is_complete(const struct scenario *scenario, struct problems *problems);

/* The words of a scenario file. */
const char *verb_name(enum verb verb);
const char *wait_for_name(enum wait_for wait);
const char *moment_name(enum moment moment);

#endif
