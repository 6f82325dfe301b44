#ifndef HILRIG_RIG_JUDGE_HUB_THRESHOLD_H
#define HILRIG_RIG_JUDGE_HUB_THRESHOLD_H

/*
 * What a night's ledger says of a hub's own threshold: its cuts as tries of rig/judge/threshold.h.
 *
 * Only cuts count whose length is known without bounds, before which the hub was recharged, and of which an observer with passed
 * controls could have heard. Cuts that were ordered alike count as of one length; relay and bus make them differ by tens of ms. An
 * absence at or above the shortest cut that was seen is a lost alert, and is counted as one.
 */

#include "rig/base/instant.h"
#include "rig/judge/judge.h"

#define HUB_THRESHOLD_SAME_NS (100 * NS_PER_MS)

struct hub_threshold {
	bool found;            /* there was a cut on either side of it; the rest is 0 without */
	int64_t never_ns;      /* longest cut without an AD1 that is shorter than always_ns */
	int never_tries;       /* cuts of that length, none of which was seen */
	int64_t always_ns;     /* shortest cut with an AD1 */
	int lost;              /* cuts of that length or longer without one */
};

/* Of one slot of the findings. */
struct hub_threshold hub_threshold_of(const struct findings *findings, int slot);

#endif
