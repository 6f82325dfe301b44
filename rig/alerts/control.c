/* Controls: cuts that the rig made so that an observer could show what it sees, and does not see. */

#include "rig/alerts/ledger.h"

/* The longest of the control's own outages, and when it began. */
static int64_t own_outage(const struct history *history, int control, int64_t *t_down_ns)
{
	int64_t longest_ns = 0;
	int i;

	*t_down_ns = history->controls[control].span.from_ns;
	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		struct outage outage = sense_outage(&history->supply, i);

		if (outage.lo_ns <= longest_ns || history_control_of(history, &outage) != control)
			continue;
		longest_ns = outage.lo_ns;
		*t_down_ns = outage.t_down_ns;
	}
	return longest_ns;
}

static int64_t first_ad1(const struct history *history, const struct interval *control, int observer, int64_t from_ns)
{
	int i;

	for (i = 0; i < history->alert_count; i++) {
		const struct seen_alert *alert = &history->alerts[i];

		if (alert->ad1 && !alert->other_hub && alert->observer == observer && alert->t_ns >= from_ns &&
		    alert->t_ns <= control->to_ns && !history_names_another(history, alert, control->from_ns, control->to_ns))
			return alert->t_ns;
	}
	return -1;
}

static struct control_result evaluate(const struct history *history, int index, int observer)
{
	const struct control_span *control = &history->controls[index];
	struct control_result result = {.polarity = control->polarity, .observer = observer,
					.begin_ns = control->span.from_ns, .end_ns = control->span.to_ns};
	bool healthy = history_healthy(history, observer, result.begin_ns, result.end_ns);
	bool positive = control->polarity == POLARITY_POSITIVE;
	int64_t t_down_ns, t_alert_ns;

	result.outage_ns = own_outage(history, index, &t_down_ns);
	/* A negative control fails on any AD1 in it; a positive one needs one that its own cut can have raised. */
	t_alert_ns = first_ad1(history, &control->span, observer, positive ? duration_add(t_down_ns, history->never_ns) : result.begin_ns);
	result.latency_ns = t_alert_ns < 0 ? -1 : t_alert_ns - t_down_ns;
	result.passed = healthy && result.outage_ns > 0 && (t_alert_ns >= 0) == positive;
	return result;
}

int controls_evaluate(const struct history *history, struct control_result results[CONTROL_RESULTS_MAX])
{
	int count = 0, i, observer;

	for (i = 0; i < history->control_count; i++) {
		if (history->controls[i].span.to_ns == INSTANT_NEVER || history->controls[i].interrupted)
			continue; /* it was cut short and shows nothing either way */
		for (observer = 0; observer < history->observer_count; observer++)
			results[count++] = evaluate(history, i, observer);
	}
	return count;
}

bool observer_usable(const struct history *history, const struct control_result *controls, int control_count, int observer,
		     int64_t from_ns, int64_t to_ns)
{
	bool before = false, after_seen = false;
	int i;

	if (!history_healthy(history, observer, from_ns, to_ns) || history_suspended(history, from_ns, to_ns))
		return false;
	for (i = 0; i < control_count; i++) {
		const struct control_result *control = &controls[i];

		if (control->observer != observer)
			continue;
		if (control->polarity == POLARITY_NEGATIVE) {
			if (!control->passed)
				return false;
		} else if (control->begin_ns < from_ns) {
			before = control->passed;
		} else if (!after_seen) {
			after_seen = true;
			if (!control->passed)
				return false;
		}
	}
	return before;
}
