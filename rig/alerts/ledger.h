#ifndef HILRIG_RIG_ALERTS_LEDGER_H
#define HILRIG_RIG_ALERTS_LEDGER_H

/*
 * Which alert belongs to which outage, and what follows from that: the ledger of one slot, and the controls that say
 * which observers may be believed. Pure functions of a slot's history; reports/judging.md, "Controls" and "Ledger".
 */

#include "rig/alerts/history.h"

#define LEDGER_LINES_MAX (2 * (OUTAGES_MAX + 1) + ALERTS_MAX) /* per slot */
#define CONTROL_RESULTS_MAX (CONTROLS_MAX * OBSERVERS_MAX)

enum ledger_class {
	LEDGER_EXPECTED_SEEN,
	LEDGER_EXPECTED_MISSING,
	LEDGER_UNEXPECTED,
	LEDGER_NONE_EXPECTED_NONE_SEEN,
	LEDGER_LATE,
	LEDGER_DUPLICATE,
	LEDGER_INDETERMINATE,
	LEDGER_VOID,
	LEDGER_CLASS_COUNT
};

enum expectation { EXPECTED_YES, EXPECTED_NO, EXPECTED_PERHAPS, EXPECTED_NONE /* no outage: a lone alert */ };

enum cause {
	CAUSE_UNKNOWN,
	CAUSE_EMERGENCY_STOP,
	CAUSE_RIG_FAULT,
	CAUSE_RIG_SUPPLY_CUT,
	CAUSE_RIG_MAINS_CUT,
	CAUSE_LAB_POWER,
	CAUSE_BENCH_PROTECTION,
	CAUSE_MAINS_LOSS,
	CAUSE_HUB_UNSEATED,
	CAUSE_HUB_UPGRADE,
	CAUSE_HUB_RESTART,
	CAUSE_FIRMWARE,           /* with the phase beside it */
	CAUSE_COUNT
};

/* Why something began at t_down, as far as the record lets one say. */
struct cause_found {
	enum cause cause;
	enum phase phase;         /* where cause is CAUSE_FIRMWARE */
};

struct ledger_line {
	int slot;                 /* filled by the judge */
	enum ledger_class class;
	enum expectation expected;
	struct cause_found cause;
	bool has_outage;
	int outage_index;         /* of the slot's supply sense; -1 without an outage */
	struct outage outage;
	int64_t u_ns;
	int64_t t_alert_ns;       /* first AD1 that the line stands for; -1: none */
	int64_t count;            /* AD1 that the line stands for: surplus ones of a duplicate */
	unsigned seen;            /* bit per observer of the slot */
	unsigned usable;          /* observers that could have seen it */
	bool recharged;           /* the hub's store was full before */
	bool unseated;            /* the hub was off its socket when it should have recharged, or later */
};

struct control_result {
	int slot;                 /* filled by the judge */
	enum polarity polarity;
	int observer;             /* index into history->observers */
	int64_t begin_ns, end_ns;
	int64_t outage_ns;        /* longest lo inside, 0: none */
	int64_t latency_ns;       /* first AD1 after the outage began; -1: none */
	bool passed;
};

const char *ledger_class_name(enum ledger_class class);
const char *expectation_name(enum expectation expectation);

/* "firmware-activate", "lab-power", ...: one word for journals, tables and JSON. */
const char *cause_name(enum cause cause, enum phase phase);

/* Results of every control at every observer, in order of begin, then observer; returns how many. */
int controls_evaluate(const struct history *history, struct control_result results[CONTROL_RESULTS_MAX]);

/*
 * The slot's ledger in order of t_down (a lone alert at its own time; a duplicate line after its outage); returns the
 * number of lines. `budget` gives U.
 */
int ledger_make(const struct history *history, const struct control_result *controls, int control_count,
		const struct uncertainty_budget *budget, struct ledger_line lines[LEDGER_LINES_MAX]);

/* Whether the observer could have seen an AD1 at all times of [from_ns, to_ns], controls before and after included. */
bool observer_usable(const struct history *history, const struct control_result *controls, int control_count, int observer,
		     int64_t from_ns, int64_t to_ns);

/* The cause of an outage (t_up INSTANT_NEVER while open), and of an alert that belongs to none. */
struct cause_found cause_of_outage(const struct history *history, const struct outage *outage);
struct cause_found cause_of_alert(const struct history *history, int64_t t_ns);

#endif
