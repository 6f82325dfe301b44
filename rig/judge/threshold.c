/* Two passes: what was seen first, then what was not. */

#include "rig/judge/threshold.h"

#include "rig/base/instant.h"

static bool says_something(const struct ledger_line *line)
{
	return line->has_outage && line->usable != 0 && line->recharged && !line->unseated && line->class != LEDGER_VOID &&
	       line->class != LEDGER_DUPLICATE && line->outage.hi_ns != INSTANT_NEVER && line->outage.lo_ns == line->outage.hi_ns;
}

static void take_seen(struct threshold *threshold, const struct ledger_line *line)
{
	if (line->seen == 0 || (threshold->has_always && line->outage.lo_ns >= threshold->always_ns))
		return;
	threshold->has_always = true;
	threshold->always_ns = line->outage.lo_ns;
}

static void take_absence(struct threshold *threshold, const struct ledger_line *line)
{
	int64_t length_ns = line->outage.lo_ns;

	if (line->seen != 0)
		return;
	if (threshold->has_always && length_ns >= threshold->always_ns) {
		threshold->lost++;
	} else if (!threshold->has_never || length_ns > threshold->never_ns + THRESHOLD_SAME_NS) {
		threshold->has_never = true;
		threshold->never_ns = length_ns;
		threshold->never_tries = 1;
	} else if (length_ns >= threshold->never_ns - THRESHOLD_SAME_NS) {
		threshold->never_tries++;
		if (length_ns > threshold->never_ns)
			threshold->never_ns = length_ns;
	}
}

struct threshold threshold_of(const struct findings *findings, int slot)
{
	const struct slot_findings *of = &findings->slots[slot];
	const struct ledger_line *lines = findings->ledger + of->ledger_from;
	struct threshold threshold = {.has_never = false};
	int i;

	for (i = 0; i < of->ledger_count; i++)
		if (says_something(&lines[i]))
			take_seen(&threshold, &lines[i]);
	for (i = 0; i < of->ledger_count; i++)
		if (says_something(&lines[i]))
			take_absence(&threshold, &lines[i]);
	return threshold;
}

bool threshold_is_found(const struct threshold *threshold)
{
	return threshold->has_never && threshold->has_always;
}
