#ifndef HILRIG_RIG_ALERTS_BLAME_H
#define HILRIG_RIG_ALERTS_BLAME_H

/*
 * What, in an outage, was not the meter's doing. The cause of a ledger line names one thing; here everything counts that keeps
 * the outage, or what follows it, from being laid at the meter's door: reports/judging.md, "What voids an outage".
 */

#include "rig/alerts/ledger.h"

/* The rows of that page's table, in its order, and the rig's own off at the end, which voids nothing and cuts T short. */
enum blame_row {
	BLAME_LAB_FEED,
	BLAME_SAFETY,
	BLAME_PROTECTION,
	BLAME_FAULT,
	BLAME_PERSON,
	BLAME_RIG,
	BLAME_MAINS,
	BLAME_UNSEATED,
	BLAME_CONTROL_CUT,
	BLAME_SUPPLY_CUT,
	BLAME_MAINS_CUT,          /* the scenario's; only if it is long by itself, which is for the caller to say */
	BLAME_END_OFF,
	BLAME_ROW_COUNT
};

struct blame {
	int64_t onset_ns[BLAME_ROW_COUNT]; /* INSTANT_NEVER: the row does not apply */
	enum fault fault;         /* BLAME_FAULT: its domain */
	int64_t mains_cut_ns;     /* BLAME_MAINS_CUT: how long, as announced or as sensed, whichever is longer */
	enum cause cause;         /* as the ledger has it */
};

struct blame blame_of(const struct history *history, const struct outage *outage);

/* The domain of a verdict that is void for this: of the cause if that is a row that applies, else of the first that does. */
enum fault blame_domain(const struct blame *blame);

/*
 * Whose doing it was that power went, or was switched off, at any time from one instant to another, without any regard to an outage: rows
 * LAB_FEED to MAINS but FAULT, the first that applies. FAULT_NONE: nobody's.
 */
enum fault blame_of_power(const struct history *history, int64_t from_ns, int64_t to_ns);

/* When the first row began that voids; INSTANT_NEVER: none applies. */
int64_t blame_onset(const struct blame *blame);

#endif
