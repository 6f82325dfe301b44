/* Each control with the falls and the alerts that lie in it. */

#include "rig/simulate/control_oracle.h"

#include <string.h>

/* What lies in one control. */
struct shown {
	int64_t t_down_ns;             /* of the first fall in it; -1: none */
	bool alert;                    /* one came that its own cut can have raised, or, in a negative one, any */
	bool foreign;                  /* one came that is of something in front of it, or may have been heard behind it */
};

static bool is_in(const struct interval *span, int64_t t_ns)
{
	return t_ns >= span->from_ns && t_ns <= span->to_ns;
}

static struct shown look(const struct truth *truth, const char *slot, const struct control_span *control, int64_t never_ns)
{
	struct shown shown = {.t_down_ns = -1};
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (strcmp(fact->slot, slot) != 0 || !is_in(&control->span, fact->t_ns))
			continue;
		if (fact->fact == FACT_SUPPLY_FELL && shown.t_down_ns < 0)
			shown.t_down_ns = fact->t_ns;
		if (fact->fact != FACT_AD1_SEEN)
			continue;
		shown.foreign |= shown.t_down_ns < 0 || fact->t_ns - fact->value < shown.t_down_ns || fact->t_ns > control->span.to_ns - CONTROL_LINE_NS;
		shown.alert |= control->polarity == POLARITY_NEGATIVE || fact->t_ns - shown.t_down_ns >= never_ns;
	}
	return shown;
}

enum controls_show control_oracle(const struct truth *truth, const char *slot, const struct history *history, int64_t never_ns, int64_t from_ns)
{
	bool before = false, after = true, after_seen = false, ghost = false;
	int i;

	for (i = 0; i < history->control_count; i++) {
		const struct control_span *control = &history->controls[i];
		struct shown shown;

		if (control->interrupted || control->span.to_ns == INSTANT_NEVER)
			continue;
		shown = look(truth, slot, control, never_ns);
		if (shown.foreign || shown.t_down_ns < 0)
			return CONTROLS_UNCLEAR;
		if (control->polarity == POLARITY_NEGATIVE)
			ghost |= shown.alert;
		else if (control->span.from_ns < from_ns)
			before = shown.alert;
		else if (!after_seen)
			after = shown.alert;
		after_seen |= control->polarity == POLARITY_POSITIVE && control->span.from_ns >= from_ns;
	}
	return ghost ? CONTROLS_GHOST : before && after ? CONTROLS_BELIEVED : CONTROLS_DOUBTED;
}
