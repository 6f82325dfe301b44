/* What can be asked of a slot's history: spans that touch, guids that are one, and whether the record can be believed. */

#include "rig/alerts/history.h"

#include <ctype.h>
#include <string.h>

#define GUID_DIGITS 16

/* The hexadecimal digits of a guid, whatever stands between them; false: it has not the number of a guid's. */
static bool guid_digits(const char *guid, char digits[GUID_DIGITS])
{
	int count = 0;

	for (; *guid; guid++) {
		if (*guid == '-' || *guid == ':')
			continue;
		if (!isxdigit((unsigned char)*guid) || count == GUID_DIGITS)
			return false;
		digits[count++] = (char)tolower((unsigned char)*guid);
	}
	return count == GUID_DIGITS;
}

bool guid_same(const char *a, const char *b)
{
	char a_digits[GUID_DIGITS], b_digits[GUID_DIGITS];

	if (guid_digits(a, a_digits) && guid_digits(b, b_digits))
		return memcmp(a_digits, b_digits, GUID_DIGITS) == 0;
	return strcasecmp(a, b) == 0;
}

bool guid_differs(const char *a, const char *b)
{
	char a_digits[GUID_DIGITS], b_digits[GUID_DIGITS];

	return guid_digits(a, a_digits) && guid_digits(b, b_digits) && memcmp(a_digits, b_digits, GUID_DIGITS) != 0;
}

bool history_healthy(const struct history *history, int observer, int64_t from_ns, int64_t to_ns)
{
	int64_t last_ns = -1;
	bool healthy = false;
	int i;

	/* Lines may be a little out of order: the last one at or before the begin says how it was then. */
	for (i = 0; i < history->health_count; i++) {
		const struct health_change *change = &history->health[i];

		if (change->observer != observer || change->t_ns > to_ns)
			continue;
		if (change->t_ns > from_ns && !change->healthy)
			return false;
		if (change->t_ns > from_ns || change->t_ns < last_ns)
			continue;
		last_ns = change->t_ns;
		healthy = change->healthy;
	}
	return healthy;
}

static bool event_touches(const struct history *history, enum event_kind kind, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == kind && event->from_ns <= to_ns && event->to_ns >= from_ns)
			return true;
	}
	return false;
}

bool history_suspended(const struct history *history, int64_t from_ns, int64_t to_ns)
{
	return event_touches(history, EVENT_SUSPEND, from_ns, to_ns);
}

bool history_unseated(const struct history *history, int64_t from_ns, int64_t to_ns)
{
	return event_touches(history, EVENT_UNSEATED, from_ns, to_ns);
}

/* Whether the alert names this outage: the instant at which it began, or else one within it. */
static bool is_named(const struct outage *outage, int64_t t_ns, bool begins)
{
	if (begins)
		return outage->t_down_ns - t_ns <= ALERT_NAMES_NS && t_ns - outage->t_down_ns <= ALERT_NAMES_NS;
	return t_ns >= outage->t_down_ns && t_ns <= outage->t_up_ns;
}

/* Of those that are named, whether there is any, and whether one began in [from_ns, to_ns]. */
static bool any_named(const struct history *history, int64_t t_ns, bool begins, int64_t from_ns, int64_t to_ns, bool *here)
{
	bool any = false;
	int i;

	*here = false;
	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		struct outage outage = sense_outage(&history->supply, i);

		if (!is_named(&outage, t_ns, begins))
			continue;
		any = true;
		*here |= outage.t_down_ns >= from_ns && outage.t_down_ns <= to_ns;
	}
	return any;
}

bool history_names_another(const struct history *history, const struct seen_alert *alert, int64_t from_ns, int64_t to_ns)
{
	bool here = false;

	return alert->t_interrupted_ns >= 0 && (any_named(history, alert->t_interrupted_ns, true, from_ns, to_ns, &here) ||
						any_named(history, alert->t_interrupted_ns, false, from_ns, to_ns, &here)) &&
	       !here;
}

bool history_hub_came_back(const struct history *history, const struct outage *outage)
{
	int i;

	for (i = 0; i < history->ready_count; i++)
		if (history->ready_ns[i] >= outage->t_up_ns && history->ready_ns[i] - outage->t_up_ns <= HUB_READY_WITHIN_NS)
			return true;
	return false;
}

bool history_hub_stayed_away(const struct history *history, const struct outage *outage)
{
	return outage->t_up_ns != INSTANT_NEVER && history->ready_count > 0 && history->ready_count < READY_MAX &&
	       history->ready_ns[0] <= outage->t_down_ns && !history_hub_came_back(history, outage);
}

/* The supply came back so long before an instant that the hub says so then. */
static bool rose_before(const struct history *history, int64_t t_ns)
{
	int i;

	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		struct outage outage = sense_outage(&history->supply, i);

		if (outage.t_up_ns <= t_ns && outage.t_up_ns >= t_ns - HUB_READY_WITHIN_NS)
			return true;
	}
	return false;
}

/* Neither did its supply come back, nor did it say that it starts anew: nothing gave it a reason. */
static bool ready_without_reason(const struct history *history, int ready)
{
	int64_t t_ns = history->ready_ns[ready], from_ns = t_ns - HUB_READY_WITHIN_NS;
	int i;

	for (i = 0; i < history->event_count; i++)
		if (history->events[i].kind == EVENT_HUB && history->events[i].from_ns <= t_ns && history->events[i].from_ns >= from_ns)
			return false;
	/* A hub without a supply may send an alert from its store; it does not boot. */
	return history->ready_unfed[ready] || (sense_high_throughout(&history->supply, from_ns, from_ns) && !rose_before(history, t_ns));
}

bool history_hub_elsewhere(const struct history *history)
{
	int i;

	for (i = 0; i < history->ready_count; i++)
		if (ready_without_reason(history, i))
			return true;
	return false;
}

bool history_hub_sits_on(const struct history *history, const struct history *other)
{
	int i;

	for (i = 0; i < history->ready_count; i++)
		if (ready_without_reason(history, i) && rose_before(other, history->ready_ns[i]))
			return true;
	return false;
}

/* A supply goes once for a cut: what goes behind the cut's end, when it went in the cut before, the cut did not make. */
static bool is_second_of_cut(const struct history *history, const struct event *cut, int64_t t_down_ns)
{
	int i;

	for (i = 0; t_down_ns > cut->to_ns && i < sense_outage_count(&history->supply); i++) {
		struct outage before = sense_outage(&history->supply, i);

		if (before.t_down_ns >= cut->from_ns && before.t_down_ns <= cut->to_ns)
			return true;
	}
	return false;
}

bool history_cut_in(const struct history *history, const struct control_span *control, int64_t t_down_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_RIG_CUT && event->purpose == PURPOSE_CONTROL &&
		    event->from_ns >= control->span.from_ns && event->from_ns <= t_down_ns &&
		    t_down_ns <= duration_add(event->to_ns, HOLD_UP_NS) && !is_second_of_cut(history, event, t_down_ns))
			return true;
	}
	return false;
}

int history_control_of(const struct history *history, const struct outage *outage)
{
	int i;

	for (i = 0; i < history->control_count; i++) {
		const struct control_span *control = &history->controls[i];

		if (control->span.to_ns != INSTANT_NEVER && !control->interrupted &&
		    control->span.from_ns <= outage->t_down_ns && outage->t_down_ns <= control->span.to_ns &&
		    history_cut_in(history, control, outage->t_down_ns))
			return i;
	}
	return -1;
}

static bool unreadable(const struct sense *sense, const char *wired)
{
	return wired[0] && (!sense->known || sense->confused);
}

bool history_confused(const struct history *history)
{
	const struct record *wiring = &history->wiring;

	return history->confused || !history->started || unreadable(&history->supply, wiring->data.slot.sense) ||
	       unreadable(&history->mains, wiring->data.slot.mains) ||
	       unreadable(&history->lab_feed, wiring->data.slot.lab_feed);
}
