#ifndef HILRIG_RIG_JUDGE_THRESHOLD_H
#define HILRIG_RIG_JUDGE_THRESHOLD_H

/*
 * What a night says of a hub's own threshold (statistics.md 6): the longest cut after which no AD1 was seen, with how often that was
 * tried, and the shortest after which one was. Errors are one-sided, because alerts can get lost and are never made up: an alert proves
 * "above", and an absence is worth as much as its tries.
 *
 * Only cuts count whose length is known without bounds, after which the hub was recharged, and of which an observer with passed controls
 * could have heard. An absence above the shortest cut that was seen is a lost alert and is counted as one.
 */

#include "rig/base/instant.h"
#include "rig/judge/judge.h"

#define THRESHOLD_SAME_NS (100 * NS_PER_MS) /* cuts that were ordered alike: relay and bus make them differ by tens of ms */

struct threshold {
	bool has_never, has_always;
	int64_t never_ns;      /* longest cut without an AD1 that is shorter than always_ns */
	int never_tries;       /* cuts of that length (THRESHOLD_SAME_NS), none of which was seen */
	int64_t always_ns;     /* shortest cut with an AD1 */
	int lost;              /* longer cuts than that without one */
};

/* Of one slot of the findings. Neither `has`: no cut that says anything. */
struct threshold threshold_of(const struct findings *findings, int slot);

/* Whether the slot's cuts were there to find it: at least two of them, one above and one below. */
bool threshold_is_found(const struct threshold *threshold);

#endif
