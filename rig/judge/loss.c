/* Lost alerts: counting one table of events. */

#include "rig/judge/loss.h"

#include <assert.h>

/* Hubs, hubs with a loss at the point, and the sum of squares of their numbers of events. */
struct hubs {
	int64_t number, with_loss;
	double squares;
};

static struct hubs count_hubs(const struct loss_event *events, size_t count, unsigned bit)
{
	struct hubs hubs = {0, 0, 0.0};
	size_t i, first;

	for (first = 0; first < count; first = i) {
		bool loss = false;
		double size;

		for (i = first; i < count && events[i].hub == events[first].hub; i++)
			loss = loss || (events[i].seen & bit) == 0;
		size = (double)(i - first);
		hubs.squares += size * size;
		hubs.number++;
		hubs.with_loss += loss;
	}
	return hubs;
}

struct loss_point loss_at(const struct loss_event *events, size_t count, int point, double rho, double alpha)
{
	unsigned bit = 1U << point, from_here = ~(bit - 1U), from_before = point == 0 ? ~0U : ~((bit >> 1) - 1U);
	struct loss_point result = {.events = (int64_t)count};
	struct hubs hubs;
	size_t i;

	assert(count >= 1 && count <= (size_t)TAIL_COUNT_MAX && point >= 0 && point < LOSS_POINTS_MAX);
	for (i = 0; i < count; i++) {
		bool seen = (events[i].seen & bit) != 0, reached = (events[i].seen & from_here) != 0;
		bool came = point == 0 || (events[i].seen & from_before) != 0;

		result.seen += seen;
		result.came += came;
		result.lost_here += came && !reached;
		result.unseen_here += reached && !seen;
	}
	result.lost = result.events - result.seen;
	hubs = count_hubs(events, count, bit);
	result.hubs = hubs.number;
	result.hubs_with_loss = hubs.with_loss;
	result.by_hub = share_interval(hubs.number, hubs.with_loss, alpha);
	/* An event's hub has sum(m^2) / sum(m) events; with equal hubs that is m. */
	result.effective = (double)count / (1.0 + (hubs.squares / (double)count - 1.0) * rho);
	if (result.effective < 1.0)
		result.effective = 1.0;
	result.pooled = share_interval_effective(result.events, result.lost, result.effective, alpha);
	return result;
}

int64_t loss_missed_by_all(const struct loss_event *events, size_t count, unsigned points)
{
	int64_t missed = 0;
	size_t i;

	for (i = 0; i < count; i++)
		missed += (events[i].seen & points) == 0;
	return missed;
}
