#ifndef HILRIG_RIG_ALERTS_HISTORY_H
#define HILRIG_RIG_ALERTS_HISTORY_H

/*
 * What happened in one slot, as far as judging needs it: the fold of the slot's (and the bench's) journal lines into
 * bounded lists. Nothing is decided here. Every list has a maximum; what exceeds it sets `overflow`.
 */

#include "rig/journal/record.h"
#include "rig/metrology/outage.h"
#include "rig/metrology/uncertainty.h"

#define OBSERVERS_MAX 8
#define ALERTS_MAX 512
#define HEALTH_MAX 256
#define CONTROLS_MAX 64
#define WATCHES_MAX 64
#define EVENTS_MAX 256

struct seen_alert {
	int64_t t_ns;
	int observer;             /* index, -1: an observer that the slot does not declare */
	bool ad1;
	bool restored;            /* 8F35 to 8F3C */
	bool other_hub;           /* names a hub that is not this slot's */
	unsigned code;            /* of a restoration alert: 0x8F36 */
	int64_t count;
	int64_t interruption_utc_us, restoration_utc_us;
};

struct health_change {
	int64_t t_ns;
	int observer;
	bool healthy;
};

struct interval {
	int64_t from_ns, to_ns;   /* to_ns INSTANT_NEVER: not ended */
};

struct control_span {
	enum polarity polarity;
	struct interval span;
};

struct watch_span {
	unsigned cases;
	int64_t from_ns;          /* judged from here */
	int64_t begin_ns;         /* when the line was written */
	int64_t end_ns;           /* INSTANT_NEVER: it has no end line */
};

/* Everything else that can be a cause, or spoil a case, in order of the lines. */
enum event_kind { EVENT_SAFETY, EVENT_FAULT, EVENT_RIG_CUT, EVENT_PROTECTION, EVENT_HUB, EVENT_PHASE, EVENT_SUSPEND };

struct event {
	enum event_kind kind;
	int64_t from_ns;
	int64_t to_ns;            /* of a cut in force or a suspended span; else from_ns */
	int detail;               /* SAFETY: input; RIG_CUT: enum powered; HUB: enum hub_event; PHASE: enum phase;
				     FAULT: enum fault */
	unsigned cases;           /* FAULT */
	char text[WORD_TEXT_SIZE];/* FAULT: its code */
};

struct observer {
	char name[WORD_TEXT_SIZE];
	char point[WORD_TEXT_SIZE];
};

struct history {
	char slot[SLOT_NAME_SIZE];
	struct record wiring;     /* the slot line */
	struct record meter, hub; /* the device lines; kind RECORD_DEVICE once seen */
	bool has_meter, has_hub;
	int64_t never_ns, always_ns, late_ns;
	char band_source[FREE_TEXT_SIZE];
	unsigned expected;        /* CASE_BITs */
	char boot_id[WORD_TEXT_SIZE];
	bool has_clock;
	int64_t t_clock_ns, suspended_ns;
	bool started;
	int64_t t_start_ns;
	int64_t t_last_ns;        /* of any line of the run */

	struct sense supply, mains, lab_feed, ac_lost;

	int observer_count;
	struct observer observers[OBSERVERS_MAX];
	int health_count;
	struct health_change health[HEALTH_MAX];
	int alert_count;
	struct seen_alert alerts[ALERTS_MAX];
	int control_count;
	struct control_span controls[CONTROLS_MAX];
	int watch_count;
	struct watch_span watches[WATCHES_MAX];
	int event_count;
	struct event events[EVENTS_MAX];

	bool activation_announced, activation_sent, activation_refused, activation_unknown;
	int64_t activations;      /* distinct attempts that were sent */
	int64_t t_activation_ns;  /* of the last sent or accepted line */
	char firmware_from[WORD_TEXT_SIZE], firmware_to[WORD_TEXT_SIZE];
	char image[DIGEST_TEXT_SIZE];
	bool version_read;        /* after the last activation */
	char firmware_read[WORD_TEXT_SIZE];
	bool meter_identity_read; /* guid came from the device itself */

	bool overflow;
};

/* A history of nothing for the slot that this slot line describes. */
void history_init(struct history *history, const struct record *slot_line);

/* Takes a record that belongs to this slot (or to the whole bench). */
void history_take(struct history *history, const struct record *record);

/* Whether the observer was healthy at every instant of [from_ns, to_ns]. */
bool history_healthy(const struct history *history, int observer, int64_t from_ns, int64_t to_ns);

/* Whether the outage overlaps a time in which the host was suspended, and its clock stood still. */
bool history_suspended(const struct history *history, const struct outage *outage);

/* Whether [from_ns, to_ns] and a control of the slot that has an end share an instant. */
bool history_in_control(const struct history *history, int64_t from_ns, int64_t to_ns);

#endif
