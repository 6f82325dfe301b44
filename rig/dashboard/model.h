#ifndef HILRIG_RIG_DASHBOARD_MODEL_H
#define HILRIG_RIG_DASHBOARD_MODEL_H

/*
 * What is known of a run at this line of its journal: the fold of records into what screens show. What is judged (outages with their
 * bounds, controls, ledger, causes, verdicts) is asked of rig/judge and not derived again; here stands what it has no need of: steps,
 * transfers, channels with their last values, what was said between meter, hub, rig and network, and when each was said.
 *
 * Pure: no clock. Every value carries the instant and the line that said it. Lists have the maxima below; what is beyond them is
 * counted in `dropped`, or is the oldest where the list is a ring. model_new takes all memory (some 20 MB), taking and concluding none.
 */

#include "rig/journal/transfer.h"
#include "rig/judge/judge.h"

#define MODEL_SLOTS_MAX JUDGE_SLOTS_MAX
#define MODEL_CHANNELS_MAX 512
#define WAVE_MAX 128          /* last changes of a channel */
#define LADDER_MAX 64         /* last messages of a slot */
#define SPANS_MAX 128         /* last steps of a slot */
#define MESSAGE_TEXT_SIZE 64

/* Who says a value, and when. */
struct said {
	bool any;
	int64_t t_ns;
	uint64_t seq;
};

enum said_kind { SAID_INPUT, SAID_READING, SAID_OUTPUT, SAID_OBSERVER, SAID_SAFETY };

struct wave_change {
	int64_t t_ns;
	int level;                /* 0, 1; -1: not known from here on */
};

struct channel_value {
	char name[CHANNEL_NAME_SIZE];
	char slot[SLOT_NAME_SIZE];
	char use[12];             /* "mains", "supply", "AC LO", ... */
	enum said_kind kind;
	char text[WORD_TEXT_SIZE]; /* its value in words: "present", "12.000 V", "on, read back" */
	bool good;                 /* false: it disagrees, is not heard, is not ok */
	int level;                 /* of an input */
	struct said said;
	int wave_count;            /* changes ever; the last WAVE_MAX of them are kept, change i at i % WAVE_MAX */
	struct wave_change wave[WAVE_MAX];
};

enum party { PARTY_METER, PARTY_HUB, PARTY_RIG, PARTY_DCC, PARTY_COUNT };

struct message {
	struct said said;
	enum party from, to;
	bool alert;
	char text[MESSAGE_TEXT_SIZE];
};

struct step_span {
	char verb[WORD_TEXT_SIZE];
	int64_t step;
	int64_t from_ns, to_ns;   /* INSTANT_NEVER: not ended */
	enum step_state state;
};

struct model_slot {
	char name[SLOT_NAME_SIZE];
	struct said said;         /* anything of this slot */
	int supply, mains, lab_feed, ac_lost; /* channels; -1: none */
	struct said step_said, phase_said, gate_said, fault_said, activation_said, identity_said;
	struct step_span step;    /* the last one */
	char question[FREE_TEXT_SIZE]; /* that waits for a person's answer; empty: none */
	int64_t begun_ns;         /* its first one; INSTANT_NEVER: none yet */
	enum phase phase;
	enum gate_state gate;
	char gate_text[FREE_TEXT_SIZE];
	enum fault fault;
	char fault_code[WORD_TEXT_SIZE], fault_text[FREE_TEXT_SIZE];
	enum activation_state activation;
	char firmware_read[WORD_TEXT_SIZE];
	bool off;                 /* told to be off and not told on since */
	int64_t off_ns;
	int observer_count;
	struct observer observers[OBSERVERS_MAX];
	struct said cut_said;     /* the last cut that was announced */
	int64_t cut_for_ns;
	struct transfer transfer;      /* its last reports, also when it is over */
	struct said transfer_said;
	int message_count;        /* ever; message i at i % LADDER_MAX */
	struct message messages[LADDER_MAX];
	int span_count;           /* ever; span i at i % SPANS_MAX */
	struct step_span spans[SPANS_MAX];
};

struct model {
	struct judge *judge;
	const struct findings *findings; /* as of the last model_conclude; NULL: never yet */
	int judged_slots;         /* so many of them were there then */
	int64_t t_ns, utc_us;     /* of the last line, never falling */
	uint64_t seq;             /* of the last line */
	int64_t lines;
	char boot_id[WORD_TEXT_SIZE];
	int64_t offset_ns;        /* of the last boot line */
	int safety[5];            /* channel of each enum safety_input; -1: nothing was said */
	struct said fault_said;   /* the last fault of the whole bench */
	char fault_text[FREE_TEXT_SIZE];
	int64_t dropped;          /* channels and slots beyond the maxima */
	int slot_count, channel_count;
	struct model_slot *slots;
	struct channel_value *channels;
};

struct model *model_new(void);
void model_free(struct model *model);
void model_clear(struct model *model);

void model_take(struct model *model, const struct record *record);

/* Asks the judge; whoever draws calls it after the lines that it took. Cheap where nothing was taken since. */
void model_conclude(struct model *model);

/* ---- What follows from it ---- */

bool model_armed(const struct model *model);
bool model_mains_live(const struct model *model);
bool model_certified(const struct model *model);
bool model_simulated(const struct model *model);

/* The findings of a slot; NULL before the first model_conclude that knew it. */
const struct slot_findings *model_findings(const struct model *model, int slot);

/* The last change of a channel at or before `t_ns`: its level then. -1: not known, or no longer kept. */
int channel_level_at(const struct channel_value *channel, int64_t t_ns);

#endif
