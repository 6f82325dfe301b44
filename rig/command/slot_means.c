/* A slot's switches, read off the bench. */

#include "rig/command/slot_means.h"

static bool shares_supply(const struct bench *bench, int slot)
{
	int i;

	for (i = 0; i < bench->slot_count; i++)
		if (i != slot && bench->slots[i].feed.present && bench->slots[i].feed.output == bench->slots[slot].feed.output)
			return true;
	return false;
}

static void add(struct slot_means *means, int channel)
{
	if (channel >= 0)
		means->own[means->own_count++] = channel;
}

struct slot_means slot_means_of(const struct bench *bench, int slot)
{
	const struct bench_slot *from = &bench->slots[slot];
	struct slot_means means = {.contactor = -1, .mirror = -1};

	if (from->mains.present)
		add(&means, from->mains.switch_channel);
	if (from->feed.present) {
		add(&means, from->feed.switch_channel);
		if (from->feed.switch_channel < 0 || !shares_supply(bench, slot))
			add(&means, from->feed.output);
	}
	if (from->mains.present && from->mains.group >= 0) {
		means.contactor = bench->groups[from->mains.group].contactor;
		means.mirror = bench->groups[from->mains.group].mirror;
	}
	return means;
}

int slot_means_shared(const struct bench *bench, int slot, int other)
{
	const struct slot_means means = slot_means_of(bench, slot);
	const struct bench_slot *fed = &bench->slots[other];
	int i;

	if (slot == other)
		return -1;
	if (means.contactor >= 0 && fed->mains.present && fed->mains.group == bench->slots[slot].mains.group)
		return means.contactor;
	for (i = 0; i < means.own_count; i++)
		if (fed->feed.present && fed->feed.output == means.own[i])
			return means.own[i];
	return -1;
}
