/* Looks things up in a bench: by name, what switches a slot, and the words for what a channel is. */

#include "rig/bench/bench.h"

#include <string.h>

const char *channel_kind_name(enum channel_kind kind)
{
	static const char *const names[] = {[CHANNEL_SWITCH] = "switch", [CHANNEL_LEVEL] = "level", [CHANNEL_READING] = "reading",
		[CHANNEL_INPUT] = "input", [CHANNEL_STREAM] = "stream"};

	return names[kind];
}

const char *channel_use_name(enum channel_use use)
{
	static const char *const names[] = {
		[USE_MAINS_SWITCH] = "mains switch", [USE_FEED_SWITCH] = "feed switch", [USE_SUPPLY_VOLTS] = "supply volts",
		[USE_SUPPLY_AMPS] = "supply amps", [USE_SUPPLY_OUTPUT] = "supply output", [USE_SUPPLY_OVP] = "over-voltage protection",
		[USE_SUPPLY_OCP] = "over-current protection", [USE_SUPPLY_VOLTS_OUT] = "supply volts read",
		[USE_SUPPLY_AMPS_OUT] = "supply amps read", [USE_SUPPLY_PROTECTION] = "supply protection",
		[USE_GROUP_CONTACTOR] = "contactor", [USE_GROUP_MIRROR] = "mirror contact", [USE_GROUP_TRIPPED] = "trip contact",
		[USE_SUPPLY_SENSE] = "supply sense", [USE_MAINS_SENSE] = "mains sense", [USE_AC_LOST] = "ac_lost",
		[USE_HUB_PRESENT] = "hub_present", [USE_HOST_PRESENT] = "host_present", [USE_ARM] = "arm", [USE_ESTOP] = "estop",
		[USE_DOOR] = "door", [USE_TEMPERATURE] = "temperature", [USE_LAB_FEED] = "lab_feed", [USE_UPS] = "ups",
		[USE_CONSOLE] = "console", [USE_UPGRADE] = "upgrade"};

	return names[use];
}

int bench_slot_find(const struct bench *bench, const char *name)
{
	int i;

	for (i = 0; i < bench->slot_count; i++)
		if (strcmp(bench->slots[i].name, name) == 0)
			return i;
	return -1;
}

int bench_channel_find(const struct bench *bench, const char *name)
{
	int i;

	for (i = 0; i < bench->channel_count; i++)
		if (strcmp(bench->channels[i].name, name) == 0)
			return i;
	return -1;
}

int bench_instrument_find(const struct bench *bench, const char *name)
{
	int i;

	for (i = 0; i < bench->instrument_count; i++)
		if (strcmp(bench->instruments[i].name, name) == 0)
			return i;
	return -1;
}

const struct bench_proof *bench_proof_newest(const struct bench *bench, enum proof_of what)
{
	const struct bench_proof *newest = NULL;
	int i;

	for (i = 0; i < bench->proof_count; i++)
		if (bench->proofs[i].what == what && (!newest || strcmp(bench->proofs[i].due, newest->due) > 0))
			newest = &bench->proofs[i];
	return newest;
}

enum powered bench_slot_powered(const struct bench_slot *slot)
{
	return slot->feed.present ? POWERED_SUPPLY : POWERED_MAINS;
}

int bench_slot_power(const struct bench_slot *slot)
{
	if (!slot->feed.present)
		return slot->mains.switch_channel;
	return slot->feed.switch_channel >= 0 ? slot->feed.switch_channel : slot->feed.output;
}
