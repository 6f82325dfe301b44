#ifndef HILRIG_RIG_RUN_PROGRAM_H
#define HILRIG_RIG_RUN_PROGRAM_H

/*
 * What the engine executes: one flat list of operations for all slots, with every length and deadline resolved, and the
 * slots with their channels as numbers. rig/run/assemble.h makes it from the files that people write; the engine knows no
 * file and no name of a driver.
 *
 * Everything is sized at load and does not change while the engine runs.
 */

#include "rig/base/instant.h"
#include "rig/journal/record.h"

#define PROGRAM_OPERATIONS_MAX 512
#define PROGRAM_SLOTS_MAX 64
#define PROGRAM_OUTPUTS_MAX 256
#define PROGRAM_PREAMBLE_MAX 1024
#define NO_CHANNEL (-1)

enum operation_kind {
	OPERATION_SUPPLY_ON,   /* energise the slot; then the supply must be sensed within `within_ns` */
	OPERATION_SUPPLY_OFF,
	OPERATION_WAIT_READY,  /* hub says it is ready, and its store is recharged */
	OPERATION_CONTROL,     /* cut of `for_ns`, with `polarity` */
	OPERATION_CUT,         /* cut of `for_ns` of `what` */
	OPERATION_TRANSFER,
	OPERATION_GATE,
	OPERATION_ACTIVATE,
	OPERATION_JUDGE,       /* watches `cases` from `from` until `for_ns` after `after` */
	OPERATION_CONFIRM,
	OPERATION_SET_SUPPLY,  /* to `millivolts` */
	OPERATION_HOLD,        /* does nothing for `for_ns` */
	OPERATION_PROMPT,
	OPERATION_NOTE,
	OPERATION_KIND_COUNT
};

/* Instants of a slot that a judge step can refer to. */
enum mark { MARK_STEP, MARK_FIRST_BLOCK, MARK_ACTIVATE, MARK_SUPPLY_ON, MARK_COUNT };

struct operation {
	enum operation_kind kind;
	char verb[24];             /* as the scenario writes it; for step lines and errors */
	int line;                  /* of the scenario file */
	int64_t within_ns;         /* longest time from its begin; no operation is without one */
	int64_t for_ns;
	enum powered what;
	enum polarity polarity;
	unsigned cases;
	enum mark from, after;
	int64_t millivolts;
	char text[FREE_TEXT_SIZE]; /* of a prompt or note */
};

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
	int supply;                /* voltage */
	int64_t supply_mv;         /* what `supply: on` sets */
	int sense, mains_sense;    /* inputs of the recorder, in the order of program_input */
	int observers;             /* number of observer lines in the preamble */
	bool has_ready;            /* an observer can say that the hub is ready */
	bool has_upgrade;
	int64_t recharge_ns;
	int64_t settle_ns;
	int64_t listen_ns;         /* how long after a control's cut an AD1 is waited for */
	char firmware_from[WORD_TEXT_SIZE], firmware_to[WORD_TEXT_SIZE];
	char image[DIGEST_TEXT_SIZE];
};

struct program_input {
	char channel[CHANNEL_NAME_SIZE];
	char slot[SLOT_NAME_SIZE]; /* empty: the bench's own */
};

struct program {
	int operation_count;
	struct operation operations[PROGRAM_OPERATIONS_MAX];
	int finally_from;          /* operations from here on run whatever happened; operation_count: none */
	int slot_count;
	struct program_slot slots[PROGRAM_SLOTS_MAX];
	int output_count;
	struct program_output outputs[PROGRAM_OUTPUTS_MAX];
	int input_count;
	struct program_input *inputs;
	int preamble_count;        /* lines between boot and start; owned, freed by program_done */
	struct record *preamble;
	bool needs_arm, has_estop, has_door;
	int64_t level_period_ns;   /* of the polls: at most the smallest settle time, at most RECORDER_POLL_NS */
	int64_t output_within_ns;  /* read-back of an output */
	int64_t sense_within_ns;   /* independent sense of a switch */
	int64_t stagger_ns;        /* between energising, or cutting, two slots */
	int hubs_together_max;     /* cuts begun in one 3-minute window of UTC; 0: no limit */
};

#endif
