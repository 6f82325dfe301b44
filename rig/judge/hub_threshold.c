/* From ledger lines to tries, and from their bracket back to the lengths that were measured. */

#include "rig/judge/hub_threshold.h"

#include "rig/judge/threshold.h"

static bool says_something(const struct ledger_line *line)
{
	return line->has_outage && line->usable != 0 && line->recharged && !line->unseated && line->class != LEDGER_VOID &&
	       line->class != LEDGER_DUPLICATE && line->outage.hi_ns != INSTANT_NEVER && line->outage.lo_ns == line->outage.hi_ns;
}

/* The length under which cuts that were ordered alike are known: that of the first of them. */
static int64_t one_length(const struct threshold_try *tries, size_t count, int64_t length_ns)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (tries[i].length_ns - length_ns < HUB_THRESHOLD_SAME_NS && length_ns - tries[i].length_ns < HUB_THRESHOLD_SAME_NS)
			return tries[i].length_ns;
	return length_ns;
}

static void take(struct hub_threshold *threshold, const struct threshold_bracket *bracket, const struct threshold_try *try, int64_t length_ns)
{
	if (!try->seen && try->length_ns == bracket->below_ns) {
		threshold->never_tries++;
		if (length_ns > threshold->never_ns)
			threshold->never_ns = length_ns;
	}
	if (try->seen && try->length_ns == bracket->above_ns && (threshold->always_ns == 0 || length_ns < threshold->always_ns))
		threshold->always_ns = length_ns;
	threshold->lost += !try->seen && try->length_ns >= bracket->above_ns;
}

struct hub_threshold hub_threshold_of(const struct findings *findings, int slot)
{
	const struct slot_findings *of = &findings->slots[slot];
	struct threshold_try tries[LEDGER_LINES_MAX] = {{0, false}};
	int64_t lengths_ns[LEDGER_LINES_MAX];
	struct hub_threshold threshold = {.found = false};
	struct threshold_bracket bracket;
	size_t count = 0, i;
	int line;

	for (line = 0; line < of->ledger_count; line++) {
		const struct ledger_line *from = &findings->ledger[of->ledger_from + line];

		if (!says_something(from))
			continue;
		lengths_ns[count] = from->outage.lo_ns;
		tries[count] = (struct threshold_try){one_length(tries, count, from->outage.lo_ns), from->seen != 0};
		count++;
	}
	bracket = threshold_find(tries, count, 1);
	threshold.found = bracket.has_below && bracket.has_above;
	for (i = 0; threshold.found && i < count; i++)
		take(&threshold, &bracket, &tries[i], lengths_ns[i]);
	return threshold;
}
