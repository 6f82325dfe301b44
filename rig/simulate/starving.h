#ifndef HILRIG_RIG_SIMULATE_STARVING_H
#define HILRIG_RIG_SIMULATE_STARVING_H

/*
 * How long a meter that had its mains gave its hub nothing, also where another source held the hub's rail, so that no sense of the rail
 * could tell.
 *
 * Whoever looks at the rail alone cannot know of such a source as long as the meter feeds the rail or ought to: then nothing differs from
 * a bench without it. But a rail that is held while the slot has no mains, and longer than any rail takes to discharge, gives the source
 * away, and with it all that it may have hidden since it was there. Only what a source hid that gave itself away so is counted.
 */

#include "rig/simulate/truth.h"

#define STARVING_DISCHARGE_NS (10 * NS_PER_S + 200 * NS_PER_MS) /* rails may hold for 10 s (reports/judging.md), and are read ten times a second */

/* The longest such time that touches the time from one instant to the other. */
int64_t starving_longest(const struct truth *truth, const char *slot, int64_t from_ns, int64_t to_ns);

#endif
