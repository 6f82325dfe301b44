#ifndef HILRIG_RIG_DASHBOARD_OUTAGE_CLOCK_H
#define HILRIG_RIG_DASHBOARD_OUTAGE_CLOCK_H

/*
 * The one figure that matters in a slot: how long its hub has been, or was, without supply, with bounds, against the limit.
 *
 * While an outage that is the meter's goes on it is that; else one that the rig makes and that goes on; else the longest that was the
 * meter's: after the first activation, or ever where there was none. What the rig switched off at the end of a slot is none, and ends
 * what went on then: more than so long, and nobody will know how much more.
 *
 * Bounds are those of rig/metrology. Of an outage that goes on the bounds grow with `now_ns`: as long as nothing is heard to the
 * contrary the supply is away. So `now_ns` must be an instant up to which the rig has been heard: with a lost connection it is that of
 * the last line.
 */

#include "rig/dashboard/model.h"

enum clock_zone {
	ZONE_NONE,        /* nothing to say: there is no outage, or no limit */
	ZONE_BELOW,
	ZONE_NEAR,        /* within U of the limit, or bounds on both sides of it; running: it may pass it */
	ZONE_ABOVE
};

struct outage_clock {
	bool any, running;
	bool by_rig;              /* the rig made it: in a control, or because the scenario says so */
	int64_t t_down_ns;
	int64_t lo_ns, hi_ns;     /* INSTANT_NEVER: no upper bound. Running: by now */
	int64_t u_ns;             /* 0: not known */
	int64_t planned_ns;       /* of the rig's own: so long it will be; 0: not known */
	enum clock_zone zone;
	const char *cause;        /* "firmware-activate"; "" where none is known */
	const char *class;        /* of the ledger; "" */
	int ledger;               /* index in the findings' ledger; -1 */
};

struct outage_clock outage_clock(const struct model *model, int slot, int64_t now_ns);

/* The slot whose clock is to be seen first: running and the meter's before running before the longest. -1: no slot has one. */
int outage_clock_first(const struct model *model, int64_t now_ns);

/* "less", "NEAR", "MORE"; "runs" while it has not passed the limit, "rig" where the rig made it. */
const char *clock_zone_word(const struct outage_clock *clock);

/* Marks of the alerts that belong to the clock's outage, as each of the slot's observers saw them. */
enum alert_mark { MARK_NONE, MARK_AD1, MARK_RESTORED, MARK_BOTH, MARK_DEAF };
enum alert_mark outage_alert(const struct model *model, int slot, const struct outage_clock *clock, int observer);
char alert_mark_letter(enum alert_mark mark);

#endif
