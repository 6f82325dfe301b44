#ifndef HILRIG_RIG_RUN_PROGRAM_H
#define HILRIG_RIG_RUN_PROGRAM_H

/*
 * What the engine executes: the plan's steps, and the slots that walk through them with their channels as numbers.
 * rig/run/assemble.h makes it from the files that people write; the engine knows no file and no driver.
 *
 * Everything is sized at load and does not change while the engine runs.
 */

#include "rig/base/instant.h"
#include "rig/journal/record.h"
#include "rig/scenario/plan.h"

#define PROGRAM_SLOTS_MAX 64
#define PROGRAM_OUTPUTS_MAX 256
#define PROGRAM_PREAMBLE_MAX 1024
#define PROGRAM_INTERLOCKS_MAX 32
#define PROGRAM_INTERLOCK_OUTPUTS_MAX 8
#define NO_CHANNEL (-1)

/* One output of the bench: a switch, or a supply's voltage. */
struct program_output {
	char channel[CHANNEL_NAME_SIZE];
	char slot[SLOT_NAME_SIZE]; /* empty: shared by several */
	bool is_switch;
	bool hazardous;            /* nothing without arm */
	int64_t min_off_ns;        /* a device must have been off so long before it is energised again */
};

struct program_slot {
	char name[SLOT_NAME_SIZE];
	enum arrangement arrangement;
	int mains, feed;           /* switches, NO_CHANNEL where there is none */
	int supply;                /* voltage of the feed's supply */
	int supply_output;         /* its output switch, where another switch does the cutting */
	int contactor;             /* of the slot's group, in front of its mains relay; shared by the group */
	int mirror;                /* its mirror contact, an input: 1 while it is open */
	int64_t supply_mv;         /* what `supply: on` sets */
	int sense, mains_sense;    /* indices into program.inputs */
	int observers;             /* number of observer lines in the preamble */
	bool has_ready;            /* an observer can say that the hub is ready */
	bool has_upgrade;
	bool canary;               /* the others are activated only once it has come through */
	int64_t recharge_ns;
	int64_t settle_ns;
	char firmware_from[WORD_TEXT_SIZE], firmware_to[WORD_TEXT_SIZE];
	char image[DIGEST_TEXT_SIZE];
};

/* Switches of which at most one is on, with a gap between one going off and another going on. */
struct program_interlock {
	int outputs[PROGRAM_INTERLOCK_OUTPUTS_MAX];
	int output_count;
	int64_t gap_ns;
	char why[FREE_TEXT_SIZE];
};

struct program_input {
	char channel[CHANNEL_NAME_SIZE];
	char slot[SLOT_NAME_SIZE]; /* empty: the bench's own */
};

struct program {
	const struct plan *plan;   /* borrowed */
	bool manual;               /* its steps are done by hand, each when it is asked for */
	int slot_count;
	struct program_slot slots[PROGRAM_SLOTS_MAX];
	int output_count;
	struct program_output outputs[PROGRAM_OUTPUTS_MAX];
	int input_count;
	struct program_input *inputs;
	int preamble_count;        /* lines between boot and start; owned, freed by program_done */
	struct record *preamble;
	int interlock_count;
	struct program_interlock interlocks[PROGRAM_INTERLOCKS_MAX];
	bool needs_arm, has_estop, has_door, has_lab_feed;
	int ups;                   /* input: 1 while the UPS has mains; NO_CHANNEL: there is none */
	int64_t level_period_ns;   /* of the polls: at most the smallest settle time, at most RECORDER_POLL_NS */
	int64_t output_within_ns;  /* read-back of an output */
	int64_t sense_within_ns;   /* independent sense of a switch */
	int64_t stagger_ns;        /* between energising, or cutting, two slots */
	int hubs_together_max;     /* cuts begun in one 3-minute window of UTC; 0: no limit */
};

/* The slot of that name; NO_CHANNEL: there is none. */
int program_find_slot(const struct program *program, const char *name);

#endif
