#ifndef HILRIG_RIG_DASHBOARD_PLANNED_H
#define HILRIG_RIG_DASHBOARD_PLANNED_H

/*
 * What was planned of a night: the steps that every slot goes through, each with when it begins and ends if every wait is over at once
 * (soon) and if every bound is taken in full (late), as hilrig plan prints them. Times count from the slot's first step. Whoever knows
 * the scenario fills it; the screens know none.
 */

#include "rig/journal/record.h"

#define PLANNED_MAX 1024 /* steps; a plan that has more is not shown */

struct planned_step {
	char verb[WORD_TEXT_SIZE];
	int64_t soon_from_ns, soon_to_ns;
	int64_t late_from_ns, late_to_ns;
};

struct planned {
	int count; /* 0: nothing is known of a plan */
	struct planned_step steps[PLANNED_MAX];
};

#endif
