#ifndef HILRIG_RIG_JOURNAL_RECORD_H
#define HILRIG_RIG_JOURNAL_RECORD_H

/*
 * What can stand in a journal: one struct per kind of line, and one table that the writer, the strict reader and the
 * JSON Schema (reports/journal.schema.json) are all made from.
 *
 * Everything that a judgement uses is a record. There is no floating point: times are ns, voltages mV, rates ppb. Every
 * key of a kind is always present, in the order of its struct; "nothing" is an empty text, 0 or -1 as stated.
 *
 * Times. `t_ns` counts from the start of the run on CLOCK_MONOTONIC and is the instant of the event itself: an edge
 * carries the kernel's stamp, so a line may be a little earlier than the line before it. Within one channel it never
 * falls. `utc_us` is the wall clock at that instant and is used for reading only, never for a duration.
 *
 * Sizes are those of the buffers, with the terminating zero; a longer text is damage to the reader and an assert to the
 * writer, whose callers cut (text_copy) what comes from outside.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define SLOT_NAME_SIZE 24
#define CHANNEL_NAME_SIZE 48   /* "instrument.channel" */
#define GUID_SIZE 24           /* 00-DB-12-34-56-78-90-A0 */
#define WORD_TEXT_SIZE 48      /* names, versions, models, identifiers */
#define FREE_TEXT_SIZE 240     /* sentences: reasons, sources, notes */
#define DIGEST_TEXT_SIZE 65

enum record_kind {
	RECORD_BOOT,        /* first line, and first line after each resume */
	RECORD_RUN,         /* what run this is; second line */
	RECORD_DOCUMENT,    /* a file as used, by digest */
	RECORD_RULE,        /* the meter's limit */
	RECORD_IMAGE,       /* the firmware that is transferred */
	RECORD_TERM,        /* one row of the uncertainty budget */
	RECORD_EXPECT,      /* a case without which the run is not a pass */
	RECORD_SLOT,        /* wiring of a slot */
	RECORD_DEVICE,      /* a device in a slot, as the load sheet says */
	RECORD_BAND,        /* the hub's alert band */
	RECORD_OBSERVER,    /* a point that can see alerts of this slot */
	RECORD_START,       /* everything above is known; recording begins */
	RECORD_HEALTH,      /* an observer can, or cannot, see from here on */
	RECORD_EDGE,        /* an input changed; raw, stamped by the kernel */
	RECORD_LEVEL,       /* an input was read and had this level at t_ns */
	RECORD_READING,     /* a measured quantity */
	RECORD_ANNOUNCE,    /* durable before the act it announces */
	RECORD_COMMAND,     /* an output was told */
	RECORD_READBACK,    /* what the output said afterwards */
	RECORD_CONTROL,     /* begin and end of a control */
	RECORD_WATCH,       /* begin and end of what a judge step judges */
	RECORD_PHASE,       /* the meter's firmware phase from here on */
	RECORD_PROGRESS,    /* bytes of an image that crossed */
	RECORD_ACTIVATION,  /* the irreversible step, in its states */
	RECORD_IDENTITY,    /* what a device said of itself */
	RECORD_ALERT,       /* an alert as one observer saw it */
	RECORD_HUB,         /* something the hub did by itself or had done to it */
	RECORD_SAFETY,      /* an input that protects people */
	RECORD_PROTECTION,  /* a breaker, RCD, OVP or OCP of the bench acted */
	RECORD_CLOCK,       /* state of the host's clock */
	RECORD_GATE,        /* the check before an irreversible step */
	RECORD_STEP,        /* a scenario step */
	RECORD_PROMPT,      /* a question to a person and the answer */
	RECORD_NOTE,        /* a sentence for the reader; never judged */
	RECORD_FAULT,       /* something that spoils a case, and whose fault it is */
	RECORD_VERDICT,     /* what the live judge said; `judge` must say it again */
	RECORD_RAW,         /* digest of a file in raw/ */
	RECORD_END,         /* last line of a run that ended by itself */
	RECORD_KIND_COUNT
};

enum input_lines { LINES_REQUESTED, LINES_HELD };
enum boundary { BOUNDARY_MORE_THAN, BOUNDARY_AT_LEAST };
enum decision { DECISION_GUARD_BAND, DECISION_SIMPLE };
enum distribution { DISTRIBUTION_RECTANGULAR, DISTRIBUTION_NORMAL_K2, DISTRIBUTION_TRIANGULAR };
enum term_condition { TERM_ALWAYS, TERM_CLOCK_LOCKED, TERM_CLOCK_FREE };
enum hazard { HAZARD_MAINS, HAZARD_SELV_ONLY };
enum environment { ENVIRONMENT_BOXED, ENVIRONMENT_UIT, ENVIRONMENT_PRODUCTION, ENVIRONMENT_SIMULATED };
enum arrangement { ARRANGEMENT_METER_WITH_HUB, ARRANGEMENT_HUB_ALONE };
enum device_role { ROLE_METER, ROLE_HUB };
enum known { KNOWN_SCANNED, KNOWN_READ, KNOWN_CUSTOMER };
enum announced { ANNOUNCED_ENERGISE, ANNOUNCED_CUT, ANNOUNCED_OFF, ANNOUNCED_ACTIVATE };
enum purpose { PURPOSE_SCENARIO, PURPOSE_CONTROL, PURPOSE_WALK, PURPOSE_PERSON, PURPOSE_RIG, PURPOSE_END };
enum powered { POWERED_MAINS, POWERED_SUPPLY, POWERED_OTHER };
enum polarity { POLARITY_POSITIVE, POLARITY_NEGATIVE };
enum span { SPAN_BEGIN, SPAN_END };
enum phase { PHASE_IDLE, PHASE_ENTER, PHASE_TRANSFER, PHASE_VERIFY, PHASE_HOLD, PHASE_ACTIVATE, PHASE_CONFIRM };
enum activation_state { ACTIVATION_ANNOUNCED, ACTIVATION_SENT, ACTIVATION_ACCEPTED, ACTIVATION_REFUSED, ACTIVATION_UNKNOWN };
enum hub_event { HUB_READY, HUB_RESTART, HUB_UPGRADE, HUB_UNSEATED, HUB_SEATED };
enum safety_input { SAFETY_ARM, SAFETY_ESTOP, SAFETY_DOOR, SAFETY_TEMPERATURE, SAFETY_LAB_POWER };
enum clock_state { CLOCK_LOCKED, CLOCK_FREE };
enum gate_state { GATE_WAITING, GATE_PASSED, GATE_FAILED };
enum step_state { STEP_BEGIN, STEP_DONE, STEP_FAILED, STEP_SKIPPED };
enum conformity {
	CONFORMITY_NOT_APPLICABLE, CONFORMITY_PASS, CONFORMITY_CONDITIONAL_PASS, CONFORMITY_CONDITIONAL_FAIL, CONFORMITY_FAIL,
	/* The same four where no clause is known: a classification, never a statement of conformity. */
	CONFORMITY_NOT_MORE, CONFORMITY_CONDITIONAL_NOT_MORE, CONFORMITY_CONDITIONAL_MORE, CONFORMITY_MORE
};
enum validity { VALIDITY_VALID, VALIDITY_INCONCLUSIVE, VALIDITY_VOID, VALIDITY_MISSING };
enum end_reason { END_COMPLETED, END_STOPPED, END_FAULT, END_SAFETY };

/* Cases a scenario can expect and a watch can judge: bits, written as "outage,ad1" in this order. */
enum case_kind { CASE_OUTAGE, CASE_AD1, CASE_RESTORED, CASE_FIRMWARE, CASE_COUNT };
#define CASE_BIT(kind) (1U << (kind))

struct record {
	enum record_kind kind;
	uint64_t seq;                  /* from 0, without a gap */
	int64_t t_ns;                  /* at least 0 */
	int64_t utc_us;
	char slot[SLOT_NAME_SIZE];     /* empty: the whole bench */
	bool supervisor;               /* given by evidence_read from supervisor.jsonl, where `seq` counts; never written */
	union {
		struct {
			char boot_id[WORD_TEXT_SIZE]; /* the kernel's; another one means another time base */
			int64_t offset_ns;            /* t_ns minus CLOCK_MONOTONIC, may be negative */
			enum input_lines lines;       /* held: the kernel's requests, and so the seqnos, go on */
			char revision[WORD_TEXT_SIZE];/* source revision of the program */
		} boot;
		struct {
			char run[WORD_TEXT_SIZE];
			char scenario[WORD_TEXT_SIZE];
			int64_t scenario_version;
			char bench[WORD_TEXT_SIZE];
			enum hazard hazard;
			enum environment environment;
			bool certify;
			char operator[WORD_TEXT_SIZE];
			char order[WORD_TEXT_SIZE];   /* empty: no test order */
			int64_t attempts;             /* agreed attempts per device, 1 without an order */
		} run;
		struct {
			char name[WORD_TEXT_SIZE];    /* "bench.yaml" */
			char sha256[DIGEST_TEXT_SIZE];
			int64_t size_bytes;
		} document;
		struct {
			char rule[WORD_TEXT_SIZE];
			char document[FREE_TEXT_SIZE];
			char version[WORD_TEXT_SIZE];
			char clause[WORD_TEXT_SIZE];  /* empty: unknown, so the result is a classification only */
			int64_t limit_ns;
			enum boundary boundary;
			enum decision decision;
		} rule;
		struct {
			char sha256[DIGEST_TEXT_SIZE];       /* of the file */
			int64_t size_bytes;
			char inner_sha256[DIGEST_TEXT_SIZE]; /* of the manufacturer's image in it, as the CPL and CS06 have it; empty: no OTA image */
			int64_t inner_size_bytes;
			char manufacturer[WORD_TEXT_SIZE];   /* of its header: 4 hexadecimal digits; empty, as the two below: no OTA image */
			char image_type[WORD_TEXT_SIZE];     /* 4 */
			char version[WORD_TEXT_SIZE];        /* 8 */
			char cpl_entry[WORD_TEXT_SIZE];      /* that the test order names; empty: none */
		} image;
		struct {
			char term[WORD_TEXT_SIZE];
			enum distribution distribution;
			int64_t half_width_ns;        /* absolute part */
			int64_t half_width_ppb;       /* part that grows with the measured time */
			int64_t edges;                /* 1: once per interval, 2: at both ends, independently */
			enum term_condition condition;
			char source[FREE_TEXT_SIZE];
		} term;
		struct {
			unsigned cases;               /* CASE_BITs; slot empty: in every slot */
		} expect;
		struct {
			enum arrangement arrangement;
			char sense[CHANNEL_NAME_SIZE];    /* supply at the hub's connector: 1 = present */
			char mains[CHANNEL_NAME_SIZE];    /* behind the slot's relay: 1 = present; empty: none */
			char lab_feed[CHANNEL_NAME_SIZE]; /* before all relays: 1 = present; empty: none */
			char ac_lost[CHANNEL_NAME_SIZE];  /* pin 9: 1 = meter says no AC; empty: none */
			int64_t v_down_mv;
			int64_t v_up_mv;
			int64_t settle_ns;
			int64_t bounce_ns;
			int64_t recharge_ns;              /* supply must have been present so long before a cut counts */
		} slot;
		struct {
			enum device_role role;
			char guid[GUID_SIZE];
			enum known known;
			char manufacturer[WORD_TEXT_SIZE];
			char model[WORD_TEXT_SIZE];
			char hardware[WORD_TEXT_SIZE];
			char firmware[WORD_TEXT_SIZE];
			char build[WORD_TEXT_SIZE];       /* production or engineering; hub: test or production */
			char region[WORD_TEXT_SIZE];
			char mpan[WORD_TEXT_SIZE];
		} device;
		struct {
			int64_t never_ns;                 /* shorter outages raise no AD1 */
			int64_t always_ns;                /* longer ones raise one */
			int64_t late_ns;                  /* allowed after outage start + always_ns; 0: no limit agreed */
			char source[FREE_TEXT_SIZE];
		} band;
		struct {
			char observer[WORD_TEXT_SIZE];
			char point[WORD_TEXT_SIZE];       /* where on the way: hub, csp, dsp, duis, dno */
			char channel[CHANNEL_NAME_SIZE];  /* what it listens to; empty: none of the bench */
		} observer;
		struct {
			int64_t level_period_ns;          /* inputs are polled at least so often */
		} start;
		struct {
			char observer[WORD_TEXT_SIZE];
			bool healthy;                     /* before the first such line it is not */
			char why[FREE_TEXT_SIZE];
		} health;
		struct {
			char channel[CHANNEL_NAME_SIZE];
			int64_t level;                    /* 0 or 1, after active-low */
			int64_t seqno;                    /* per line of the chip, +1 each; a gap means edges were lost */
		} edge;
		struct {
			char channel[CHANNEL_NAME_SIZE];
			int64_t level;
		} level;
		struct {
			char channel[CHANNEL_NAME_SIZE];
			int64_t value_milli;              /* thousandths of the unit */
			char unit[8];
		} reading;
		struct {
			enum announced action;
			enum powered what;                /* what a cut or energise acts on */
			char channel[CHANNEL_NAME_SIZE];
			int64_t for_ns;                   /* length of a cut; -1: until told otherwise */
			enum purpose purpose;
		} announce;
		struct {
			char channel[CHANNEL_NAME_SIZE];
			char value[WORD_TEXT_SIZE];       /* "on", "off", "12000 mV" */
			enum purpose purpose;
		} command;
		struct {
			char channel[CHANNEL_NAME_SIZE];
			char value[WORD_TEXT_SIZE];
			bool agrees;
		} readback;
		struct {
			enum polarity polarity;
			enum span state;
		} control;
		struct {
			unsigned cases;
			enum span state;
			int64_t from_ns;                  /* begin: judged from here, may lie before the line; end: 0 */
		} watch;
		struct {
			enum phase phase;
		} phase;
		struct {
			int64_t done_bytes;
			int64_t total_bytes;
		} progress;
		struct {
			enum activation_state state;
			int64_t attempt;                  /* from 1, over all resumes */
			char firmware_from[WORD_TEXT_SIZE];
			char firmware_to[WORD_TEXT_SIZE];
			char image[DIGEST_TEXT_SIZE];
		} activation;
		struct {
			enum device_role role;
			char guid[GUID_SIZE];             /* empty: it did not say */
			char firmware[WORD_TEXT_SIZE];
			enum known known;
		} identity;
		struct {
			char observer[WORD_TEXT_SIZE];
			char code[8];                     /* "AD1", "8F35", "8F36", ... */
			char guid[GUID_SIZE];             /* device named in it; empty: none */
			int64_t count;                    /* throttled alerts it stands for, itself included; at least 1 */
			int64_t interruption_utc_us;      /* its own times; -1: it has none */
			int64_t restoration_utc_us;
			char reference[WORD_TEXT_SIZE];   /* its own identifier; empty: none */
		} alert;
		struct {
			enum hub_event event;
		} hub;
		struct {
			enum safety_input input;
			bool ok;
		} safety;
		struct {
			char what[WORD_TEXT_SIZE];        /* "rcd2", "ovp", "ocp", "silent reset" */
			bool tripped;
		} protection;
		struct {
			enum clock_state state;
			int64_t frequency_ppb;            /* adjtimex */
			int64_t suspended_ns;             /* BOOTTIME minus MONOTONIC */
			int64_t raw_offset_ns;            /* MONOTONIC minus MONOTONIC_RAW, from the first such line */
		} clock;
		struct {
			enum gate_state state;
			char text[FREE_TEXT_SIZE];
		} gate;
		struct {
			int64_t step;                     /* index into the unrolled plan */
			char verb[WORD_TEXT_SIZE];
			enum step_state state;
			char text[FREE_TEXT_SIZE];
		} step;
		struct {
			char question[FREE_TEXT_SIZE];
			char answer[FREE_TEXT_SIZE];
			char name[WORD_TEXT_SIZE];
		} prompt;
		struct {
			char text[FREE_TEXT_SIZE];
		} note;
		struct {
			enum fault domain;
			unsigned cases;                   /* what it spoils while it is the last word: CASE_BITs; 0: nothing */
			char code[WORD_TEXT_SIZE];        /* "relay-welded", "readback-disagrees", ... */
			char text[FREE_TEXT_SIZE];
		} fault;
		struct {
			unsigned cases;                   /* exactly one bit */
			int64_t watch;                    /* 0, 1, ...: the slot's first, second watch; -1 for a missing case */
			enum conformity conformity;
			enum validity validity;
			enum fault domain;
		} verdict;
		struct {
			char name[WORD_TEXT_SIZE];
			char sha256[DIGEST_TEXT_SIZE];
			int64_t size_bytes;
		} raw;
		struct {
			enum end_reason reason;
		} end;
	} data;
};

/* One key of a kind. */
enum field_type { FIELD_TEXT, FIELD_INTEGER, FIELD_FLAG, FIELD_WORD, FIELD_CASES };

struct field {
	const char *key;           /* NULL ends a kind's list */
	enum field_type type;
	size_t offset;             /* in struct record */
	size_t size;               /* of a text buffer, of an enum */
	const char *const *words;  /* of a FIELD_WORD, NULL-terminated, in the order of the enum */
	int64_t least, most;       /* of a FIELD_INTEGER */
};

/* The kind's word in a journal, "edge", and its fields in order. */
const char *record_kind_name(enum record_kind kind);
const struct field *record_fields(enum record_kind kind);

/* The words of enums that people read elsewhere too. */
const char *phase_name(enum phase phase);
const char *conformity_name(enum conformity conformity);
const char *validity_name(enum validity validity);
const char *case_name(enum case_kind kind);
const char *known_name(enum known known);

#endif
