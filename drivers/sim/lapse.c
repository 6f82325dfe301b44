/* One thing goes, and most of them come back. */

#include "drivers/sim/lapse.h"

void lapse_begin(struct world *world, int slot, int64_t t_ns)
{
	int i;

	for (i = 0; i < world->file.faults.count; i++) {
		struct sim_fault *fault = &world->file.faults.list[i];

		if (fault->kind != FAULTY_GATE_LAPSE || fault->met > 0 || fault->slot != world->bench_slot[slot])
			continue;
		fault->met = 1;
		fault->at_ns += t_ns;
		fault->next_ns = fault->at_ns;
	}
}

/* What happens to the plant when this goes, or is there again; PLANT_TICK: nothing does. */
static struct plant_event event_of(const struct world *world, const struct sim_fault *fault, int slot, bool on)
{
	static const enum plant_event_kind kinds[LAPSE_COUNT] = {
		[LAPSE_ARM] = PLANT_ARM, [LAPSE_ESTOP] = PLANT_ESTOP, [LAPSE_DOOR] = PLANT_DOOR, [LAPSE_LAB_FEED] = PLANT_LAB_FEED,
		[LAPSE_BREAKER] = PLANT_BREAKER, [LAPSE_SUPPLY] = PLANT_METER_RESET, [LAPSE_HUB] = PLANT_HUB_RESTART,
		[LAPSE_CONSOLE] = PLANT_TICK, [LAPSE_IMAGE] = PLANT_IMAGE_LOST};
	struct plant_event event = {.kind = kinds[fault->of], .t_ns = world->plant.t_ns, .part = slot, .on = on, .value = fault->for_ns};
	bool comes_back = fault->of <= LAPSE_BREAKER;

	if (fault->of == LAPSE_BREAKER)
		event.part = world->plant_settings.slots[slot].group;
	if ((on && !comes_back) || event.part == PLANT_NONE)
		event.kind = PLANT_TICK;
	return event;
}

/* There is something that can go. */
static bool is_there(const struct world *world, const struct sim_fault *fault, int slot)
{
	const struct plant *plant = &world->plant;

	switch (fault->of) {
	case LAPSE_ARM:
		return plant->arm;
	case LAPSE_ESTOP:
		return plant->estop;
	case LAPSE_DOOR:
		return plant->door;
	case LAPSE_LAB_FEED:
		return plant->lab_feed;
	case LAPSE_BREAKER:
		return plant->slots[slot].settings->group != PLANT_NONE && plant->slots[slot].mains;
	case LAPSE_SUPPLY:
		return plant->slots[slot].supplied && plant_meter_listens(plant, slot);
	case LAPSE_HUB:
		return plant->slots[slot].hub.powered && plant->slots[slot].hub.alive;
	case LAPSE_CONSOLE:
		return world->slots[slot].hub.gap_count < WORLD_GAPS_MAX;
	case LAPSE_IMAGE:
		return plant->slots[slot].meter.image == METER_IMAGE_HELD;
	case LAPSE_COUNT:
		break;
	}
	return false;
}

static void pull_out(struct cable *cable, int64_t t_ns, int64_t for_ns)
{
	cable->gaps[cable->gap_count++] = (struct world_gap){t_ns, t_ns + for_ns};
	cable->gaps_changed = true;
}

void lapse_step(struct world *world, struct sim_fault *fault, int64_t t_ns)
{
	int slot = world->plant_slot[fault->slot];
	bool on = fault->fired > 0;
	struct plant_event event = event_of(world, fault, slot, on);

	fault->next_ns = INSTANT_NEVER;
	if (!on && !is_there(world, fault, slot))
		return;
	if (!on) {
		fault->fired = 1;
		fault->next_ns = t_ns + fault->for_ns;
	}
	if (!on && fault->of == LAPSE_CONSOLE)
		pull_out(&world->slots[slot].hub, t_ns, fault->for_ns);
	plant_step(&world->plant, &event);
}
