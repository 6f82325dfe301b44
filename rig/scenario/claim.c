/* From a slot's wiring to the sentences that it can support. */

#include "rig/scenario/claim.h"

#include <string.h>

const char *claim_text(enum claim claim)
{
	static const char *const texts[CLAIM_COUNT] = {
		[CLAIM_OUTAGE] = "T of an outage, with its uncertainty",
		[CLAIM_AD1_RAISED] = "AD1 was raised",
		[CLAIM_AD1_NOT_RAISED] = "AD1 was not raised",
		[CLAIM_MISSING] = "an expected AD1 is missing",
		[CLAIM_FIRMWARE] = "the firmware changed",
		[CLAIM_NOT_MAINS] = "it was no outage of the mains",
	};

	return texts[claim];
}

const char *claim_point(const struct bench *bench, int slot)
{
	int console = bench->slots[slot].console, i;

	for (i = 0; console >= 0 && i < bench->instruments[console].console->alert_count; i++)
		if (strcmp(bench->instruments[console].console->alerts[i].code, "AD1") == 0)
			return bench->instruments[console].console->point;
	return NULL;
}

const char *claim_lacks(const struct bench *bench, int slot, enum claim claim)
{
	const struct bench_slot *at = &bench->slots[slot];
	const char *point = claim_point(bench, slot);

	switch (claim) {
	case CLAIM_OUTAGE:
		return bench->term_count > 0 ? NULL : "an uncertainty budget (uncertainty)";
	case CLAIM_AD1_RAISED:
		return point ? NULL : "an observer of AD1 (console: ad1)";
	case CLAIM_AD1_NOT_RAISED:
		if (!point)
			return "an observer of AD1 (console: ad1)";
		return strcmp(point, "hub") == 0 ? NULL : "an observer at the hub; only \"not observed at this point\" can be said";
	case CLAIM_MISSING:
		if (!point)
			return "an observer of AD1 (console: ad1)";
		return at->recharge_ns > 0 ? NULL : "the hub's recharge time (recharge_s)";
	case CLAIM_FIRMWARE:
		return at->upgrade >= 0 ? NULL : "a way to read the version (upgrade)";
	case CLAIM_NOT_MAINS:
		if (at->arrangement == ARRANGEMENT_HUB_ALONE)
			return "a meter: the hub is fed by the rig";
		return bench->lab_feed.channel >= 0 ? NULL : "the lab's feed before all relays (lab_feed)";
	case CLAIM_COUNT:
		break;
	}
	return "everything";
}
