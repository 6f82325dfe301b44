/* The rows of "What voids an outage", one function where one is more than a search among the events. */

#include "rig/alerts/blame.h"

/* Where to look: the outage and what can have led to it. */
struct window {
	const struct history *history;
	int64_t from_ns, to_ns;
};

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

static bool touches(const struct window *window, int64_t from_ns, int64_t to_ns)
{
	return from_ns <= window->to_ns && to_ns >= window->from_ns;
}

static int row_of_cut(const struct event *event)
{
	switch (event->purpose) {
	case PURPOSE_CONTROL:
	case PURPOSE_WALK:
		return BLAME_CONTROL_CUT;
	case PURPOSE_SCENARIO:
		return event->detail == POWERED_SUPPLY ? BLAME_SUPPLY_CUT :
		       event->detail == POWERED_MAINS ? BLAME_MAINS_CUT : -1;
	case PURPOSE_END:
		return BLAME_END_OFF;
	case PURPOSE_PERSON:
		return BLAME_PERSON;
	case PURPOSE_RIG:
		return BLAME_RIG;
	}
	return -1;
}

static int row_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_SAFETY:
		return BLAME_SAFETY;
	case EVENT_FAULT:
		return event->cases & CASE_BIT(CASE_OUTAGE) ? BLAME_FAULT : -1;
	case EVENT_RIG_CUT:
	case EVENT_SWITCHED_OFF:
		return row_of_cut(event);
	case EVENT_PROTECTION:
		return BLAME_PROTECTION;
	case EVENT_UNSEATED:
		return BLAME_UNSEATED;
	case EVENT_HUB:
	case EVENT_PHASE:
	case EVENT_SUSPEND:
		break;
	}
	return -1;
}

static void take_event(struct blame *blame, const struct event *event)
{
	int row = row_of(event);

	if (row < 0)
		return;
	if (row == BLAME_FAULT && blame->onset_ns[row] == INSTANT_NEVER)
		blame->fault = (enum fault)event->detail;
	blame->onset_ns[row] = earlier(blame->onset_ns[row], event->from_ns);
	if (row == BLAME_MAINS_CUT)
		blame->mains_cut_ns = later(blame->mains_cut_ns,
					    event->to_ns == INSTANT_NEVER ? INSTANT_NEVER : event->to_ns - event->from_ns);
}

/* Whether the rig had announced that the mains would go when they went. */
static bool mains_were_cut(const struct history *history, int64_t t_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if ((event->kind == EVENT_RIG_CUT || event->kind == EVENT_SWITCHED_OFF) &&
		    (event->detail == POWERED_MAINS || event->detail == POWERED_OTHER) && event->from_ns <= t_ns &&
		    t_ns <= duration_add(event->to_ns, HOLD_UP_NS))
			return true;
	}
	return false;
}

static void take_mains(struct blame *blame, const struct window *window)
{
	const struct sense *mains = &window->history->mains;
	int64_t away_ns = 0;
	int i;

	for (i = 0; window->history->wiring.data.slot.mains[0] && i < sense_outage_count(mains); i++) {
		struct outage outage = sense_outage(mains, i);

		if (!touches(window, outage.t_down_ns, outage.t_up_ns))
			continue;
		away_ns = duration_add(away_ns, outage.hi_ns);
		if (outage_is_certain(&outage) && !mains_were_cut(window->history, outage.t_down_ns))
			blame->onset_ns[BLAME_MAINS] = earlier(blame->onset_ns[BLAME_MAINS], outage.t_down_ns);
	}
	blame->mains_cut_ns = later(blame->mains_cut_ns, away_ns);
}

static void take_window(struct blame *blame, const struct window *window)
{
	const struct history *history = window->history;
	int i;

	for (i = 0; i < BLAME_ROW_COUNT; i++)
		blame->onset_ns[i] = INSTANT_NEVER;
	for (i = 0; i < history->event_count; i++)
		if (touches(window, history->events[i].from_ns, history->events[i].to_ns))
			take_event(blame, &history->events[i]);
	blame->onset_ns[BLAME_LAB_FEED] = sense_first_low(&history->lab_feed, window->from_ns, window->to_ns);
	take_mains(blame, window);
}

struct blame blame_of(const struct history *history, const struct outage *outage)
{
	struct blame blame = {.fault = FAULT_NONE, .cause = cause_of_outage(history, outage).cause};

	take_window(&blame, &(struct window){history, outage->t_down_ns - HOLD_UP_NS, outage->t_up_ns});
	return blame;
}

static enum fault domain_of_row(const struct blame *blame, enum blame_row row)
{
	static const enum fault domains[BLAME_ROW_COUNT] = {
		[BLAME_LAB_FEED] = FAULT_ENVIRONMENT,   [BLAME_SAFETY] = FAULT_OPERATOR,
		[BLAME_PROTECTION] = FAULT_SUPPLY,      [BLAME_PERSON] = FAULT_OPERATOR,
		[BLAME_RIG] = FAULT_RIG,                [BLAME_MAINS] = FAULT_ENVIRONMENT,
		[BLAME_UNSEATED] = FAULT_OPERATOR,      [BLAME_CONTROL_CUT] = FAULT_RIG,
		[BLAME_SUPPLY_CUT] = FAULT_CONFIGURATION, [BLAME_MAINS_CUT] = FAULT_CONFIGURATION,
	};

	return row == BLAME_FAULT ? blame->fault : domains[row];
}

/* The rows that a cause can stand for. */
static unsigned rows_of_cause(enum cause cause)
{
	switch (cause) {
	case CAUSE_LAB_POWER:
		return 1U << BLAME_LAB_FEED;
	case CAUSE_EMERGENCY_STOP:
		return 1U << BLAME_SAFETY | 1U << BLAME_PERSON;
	case CAUSE_BENCH_PROTECTION:
		return 1U << BLAME_PROTECTION;
	case CAUSE_RIG_FAULT:
		return 1U << BLAME_FAULT | 1U << BLAME_RIG;
	case CAUSE_RIG_SUPPLY_CUT:
	case CAUSE_RIG_MAINS_CUT:
		return 1U << BLAME_CONTROL_CUT | 1U << BLAME_SUPPLY_CUT | 1U << BLAME_MAINS_CUT;
	case CAUSE_MAINS_LOSS:
		return 1U << BLAME_MAINS;
	case CAUSE_HUB_UNSEATED:
		return 1U << BLAME_UNSEATED;
	case CAUSE_UNKNOWN:
	case CAUSE_HUB_UPGRADE:
	case CAUSE_HUB_RESTART:
	case CAUSE_FIRMWARE:
	case CAUSE_COUNT:
		break;
	}
	return 0;
}

static enum fault first_domain(const struct blame *blame, unsigned rows)
{
	int row;

	for (row = 0; row < BLAME_END_OFF; row++)
		if ((rows >> row & 1) && blame->onset_ns[row] != INSTANT_NEVER)
			return domain_of_row(blame, (enum blame_row)row);
	return FAULT_NONE;
}

enum fault blame_of_power(const struct history *history, int64_t from_ns, int64_t to_ns)
{
	static const unsigned rows = 1U << BLAME_LAB_FEED | 1U << BLAME_SAFETY | 1U << BLAME_PROTECTION | 1U << BLAME_PERSON | 1U << BLAME_RIG |
				     1U << BLAME_MAINS;
	struct blame blame = {.fault = FAULT_NONE};

	take_window(&blame, &(struct window){history, from_ns, to_ns});
	return first_domain(&blame, rows);
}

enum fault blame_domain(const struct blame *blame)
{
	enum fault of_cause = first_domain(blame, rows_of_cause(blame->cause));

	return of_cause != FAULT_NONE ? of_cause : first_domain(blame, ~0U);
}

int64_t blame_onset(const struct blame *blame)
{
	int64_t onset_ns = INSTANT_NEVER;
	int row;

	for (row = 0; row < BLAME_END_OFF; row++)
		onset_ns = earlier(onset_ns, blame->onset_ns[row]);
	return onset_ns;
}
