#ifndef HILRIG_RIG_ALERTS_HISTORY_H
#define HILRIG_RIG_ALERTS_HISTORY_H

/*
 * What happened in one slot, as far as judging needs it: the fold of the slot's (and the bench's) journal lines into
 * bounded lists. Nothing is decided here. Every list has a maximum; what exceeds it sets `causes_lost` or `lists_lost`.
 * Lines that contradict each other set `confused`: from such a record nothing can be judged.
 */

#include "rig/journal/record.h"
#include "rig/metrology/outage.h"
#include "rig/metrology/uncertainty.h"

#define OBSERVERS_MAX 8
#define ALERTS_MAX 512
#define HEALTH_MAX 256
#define CONTROLS_MAX 64
#define WATCHES_MAX 64
#define EVENTS_MAX 512
#define READY_MAX 64
/* Behind its outage, an AD1 that repeats another may come so much later than the band and the agreed delay let it. */
#define ALERT_REACH_NS NS_PER_H
/* An observer may show an alert so much later than the hub sent it; it must have been listening until then. */
#define LISTEN_AFTER_NS (60 * NS_PER_S)
#define READY_UNFED_NS NS_PER_S              /* an edge may be written so much later than what followed it */
#define HUB_READY_WITHIN_NS (5 * NS_PER_MIN) /* a hub has booted, and said so, behind the return of its supply */

/* Meters hold the hub's supply for some seconds after they lost their own: a cause may lie so far in front of its effect. */
#define HOLD_UP_NS (10 * NS_PER_S)

/*
 * So far apart may be the instant that an alert names and the one at which the rig saw the supply go: a hub's clock, kept by its
 * network, the host's, and the time that the hub takes to notice. Our own choice; no source is known for hubs.
 */
#define ALERT_CLOCK_NS (15 * NS_PER_S)
/* Once a control has shown by how much, the rest is the second to which such times are written, twice. */
#define ALERT_NAMES_NS (2 * NS_PER_S)
/* The host's wall clock has been set, not only steered, if it moved by more than this against the run's. */
#define WALL_STEADY_US (INT64_C(1000000))

struct seen_alert {
	int64_t t_ns;
	int observer;             /* index, -1: an observer that the slot does not declare */
	bool ad1;
	bool restored;            /* 8F35 to 8F3C */
	bool other_hub;           /* an AD1 that names a hub that is not this slot's */
	bool other_device;        /* a restoration alert that names neither this slot's meter nor its hub */
	unsigned code;            /* of a restoration alert: 0x8F36 */
	int64_t count;
	int64_t interruption_utc_us, restoration_utc_us;
	int64_t t_interrupted_ns; /* when it says that the supply went, by the run's clock; -1: it does not, or the clocks cannot be compared */
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
	bool interrupted;         /* a boot line stands in it: it counts for nothing */
};

struct watch_span {
	unsigned cases;
	int64_t from_ns;          /* judged from here; not after begin_ns */
	int64_t begin_ns;         /* when the line was written */
	int64_t end_ns;           /* INSTANT_NEVER: it has no end line */
};

/* Everything else that can be a cause, or spoil a case, in order of the lines. */
enum event_kind {
	EVENT_SAFETY,
	EVENT_FAULT,
	EVENT_RIG_CUT,            /* a cut or an off that was asked for */
	EVENT_SWITCHED_OFF,       /* an off by a person's or the rig's own cause */
	EVENT_PROTECTION,
	EVENT_HUB,                /* its restart or upgrade */
	EVENT_UNSEATED,
	EVENT_PHASE,
	EVENT_SUSPEND
};

struct event {
	enum event_kind kind;
	int64_t from_ns;
	int64_t to_ns;            /* of what lasts: a cut, an off, unseated, suspended; else from_ns */
	int detail;               /* SAFETY: input; RIG_CUT, SWITCHED_OFF: enum powered; HUB: enum hub_event;
				     PHASE: enum phase; FAULT: enum fault */
	enum purpose purpose;     /* RIG_CUT, SWITCHED_OFF */
	bool commanded;           /* RIG_CUT: not only announced */
	unsigned cases;           /* FAULT */
	char text[CHANNEL_NAME_SIZE]; /* FAULT: its code; SWITCHED_OFF by a command: the channel */
};

struct observer {
	char name[WORD_TEXT_SIZE];
	char point[WORD_TEXT_SIZE];
};

struct history {
	char slot[SLOT_NAME_SIZE];
	struct record wiring;     /* the slot line */
	struct record meter, hub; /* the device lines; kind RECORD_DEVICE once seen */
	bool has_meter, has_hub, has_band;
	int64_t never_ns, always_ns, late_ns;
	char band_source[FREE_TEXT_SIZE];
	unsigned expected;        /* CASE_BITs */
	char boot_id[WORD_TEXT_SIZE];
	bool has_clock;
	int64_t t_clock_ns, suspended_ns;
	bool clock_free;          /* the host's clock was not locked at some time */
	unsigned clocks_agree;    /* bit per observer: in a control an alert named the outage that the rig made, nearly ... */
	int64_t clock_ahead_ns[OBSERVERS_MAX]; /* ... by so much too late, the last time */
	bool wall_moved;          /* the host's wall clock was set */
	int64_t wall_us;          /* UTC less the run's clock, by the slot line */
	bool has_phase;
	enum phase phase;         /* of the last phase line */
	bool started;
	int64_t t_start_ns;
	int64_t t_last_ns;        /* of any line of the run */

	int observer_count, health_count, alert_count, control_count, watch_count, event_count;

	int ready_count;
	int64_t ready_ns[READY_MAX]; /* the hub said that it is ready; more set lists_lost */
	bool ready_unfed[READY_MAX]; /* and the slot's supply had been away for more than READY_UNFED_NS */

	bool activation_announced, activation_sent, activation_accepted, activation_refused, activation_unknown;
	int64_t activations;      /* distinct attempts that were sent */
	int64_t t_activation_ns;  /* of the last sent or accepted line */
	char firmware_from[WORD_TEXT_SIZE], firmware_to[WORD_TEXT_SIZE];
	char image[DIGEST_TEXT_SIZE];
	bool version_read;        /* after the last activation */
	int64_t t_version_ns;     /* of the line that says so */
	char firmware_read[WORD_TEXT_SIZE];
	bool meter_identity_read; /* guid came from the device itself */
	bool other_device_read;   /* the meter or the hub said that it is another one */
	enum fault firmware_fault;/* domain of the first fault with bit firmware since an activation was announced */
	enum fault read_fault;    /* the same, at the time of the version that was read last */

	bool confused;            /* the record contradicts itself */
	bool causes_lost;         /* more controls or events than are kept */
	bool lists_lost;          /* more alerts, health lines, watches or observers than are kept */

	/* From here on lists are as long as their counts say, and the rest of them is nothing that was written. */
	struct sense supply, mains, lab_feed, ac_lost;
	struct observer observers[OBSERVERS_MAX];
	struct health_change health[HEALTH_MAX];
	struct seen_alert alerts[ALERTS_MAX];
	struct control_span controls[CONTROLS_MAX];
	struct watch_span watches[WATCHES_MAX];
	struct event events[EVENTS_MAX];
};

/* A history of nothing for the slot that this slot line describes. */
void history_init(struct history *history, const struct record *slot_line);

/* Takes a record that belongs to this slot (or to the whole bench). */
void history_take(struct history *history, const struct record *record);

/* Whether the observer was healthy at every instant of [from_ns, to_ns]. */
bool history_healthy(const struct history *history, int observer, int64_t from_ns, int64_t to_ns);

/* Whether [from_ns, to_ns] touches a time in which the host was suspended, and its clock stood still. */
bool history_suspended(const struct history *history, int64_t from_ns, int64_t to_ns);

/* Whether the hub was off its socket at any time of [from_ns, to_ns]. */
bool history_unseated(const struct history *history, int64_t from_ns, int64_t to_ns);

/*
 * Whether the alert, by the time that it says itself, is of an outage that did not begin in [from_ns, to_ns]: of one that began then,
 * within ALERT_NAMES_NS, or, where none did, of the one in which that time lies. One that says no time,
 * or one at which no outage is known (its clock may be wrong), is of none in particular.
 */
bool history_names_another(const struct history *history, const struct seen_alert *alert, int64_t from_ns, int64_t to_ns);

/*
 * Whether the hub at the slot's console is the one behind the slot's sense, as far as "ready" tells. It said that it is back from this
 * outage; or it did not, though it had said so before of others. It is elsewhere: once it came back from something that was no outage of
 * this supply, nor a restart of its own.
 */
bool history_hub_came_back(const struct history *history, const struct outage *outage);
bool history_hub_stayed_away(const struct history *history, const struct outage *outage);
bool history_hub_elsewhere(const struct history *history);

/* And so it came back when the supply of another slot did. */
bool history_hub_sits_on(const struct history *history, const struct history *other);

/* Whether a cut that was announced in the control can have made an outage that began at `t_down_ns`. */
bool history_cut_in(const struct history *history, const struct control_span *control, int64_t t_down_ns);

/* The control whose own outage this is (reports/judging.md, "Controls"); -1: none's. */
int history_control_of(const struct history *history, const struct outage *outage);

/* Whether the record of this slot contradicts itself, or lacks an input that the slot declares. */
bool history_confused(const struct history *history);

/* Whether two guids name one device; what does not look like a guid (16 hexadecimal digits) is itself only. */
bool guid_same(const char *a, const char *b);

/* Whether both look like guids, and are two. */
bool guid_differs(const char *a, const char *b);

#endif
