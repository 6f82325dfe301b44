#ifndef HILRIG_RIG_JUDGE_LOSS_H
#define HILRIG_RIG_JUDGE_LOSS_H

/*
 * Lost alerts on the bench: how often an AD1 that must have been raised was not seen at a point of its way.
 *
 * The events are known by construction (the rig cut the hub for longer than its band and U, the preconditions were met
 * and the control passed); each is one hub and the points at which it was seen. Points are numbered along the way, 0 the
 * first (the hub), at most LOSS_POINTS_MAX. The unit is the hub; beside it stands the rate of all events together, at
 * the size that correlated repetitions are worth.
 *
 * Along the way an alert has *reached* a point when it was seen there or at a later one: an observer may be blind to what
 * passed it. Then the losses between points, each conditional on the point before, multiply to the whole:
 * the product of (1 - lost_here / came) over the points is seen at the last / events. Observers share a network and a
 * night, so single rates are never multiplied: loss_missed_by_all counts joint misses in the table itself.
 */

#include "rig/judge/interval.h"

#define LOSS_POINTS_MAX 8

/* One event; `hub` numbers hubs, and the events of a hub stand together. */
struct loss_event {
	int64_t hub;
	unsigned seen; /* bit j: seen at point j */
};

struct loss_point {
	int64_t events, seen, lost;   /* seen + lost = events */
	int64_t hubs, hubs_with_loss; /* hubs that lost at least one here */
	struct share_bounds by_hub;   /* of hubs_with_loss / hubs */
	double effective;             /* what the events are worth, at least 1 */
	struct share_bounds pooled;   /* of lost / events, at the effective size */
	int64_t came;                 /* reached the point before (point 0: events) */
	int64_t lost_here;            /* of these, did not reach this one */
	int64_t unseen_here;          /* reached this point and were not seen at it */
};

/*
 * Rates at one point. count >= 1. `rho` (0 to 1) is the correlation of the events of one hub, 1 unless a test order says
 * otherwise: then an event more of the same hub is worth nothing. Hubs with different numbers of events enter the design
 * effect by the mean size of an event's hub. alpha is two-sided.
 */
struct loss_point loss_at(const struct loss_event *events, size_t count, int point, double rho, double alpha);

/* Events that none of the points in the mask saw. */
int64_t loss_missed_by_all(const struct loss_event *events, size_t count, unsigned points);

#endif
