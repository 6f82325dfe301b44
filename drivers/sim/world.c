/* Plant and cables in one time; what the plant says goes to levels, edges, cables and whoever wants the truth. */

#include "drivers/sim/world.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- What the plant says ---- */

static void set_level(struct world *world, int channel, int level, int64_t t_ns)
{
	if (channel < 0 || world->levels[channel] == level)
		return;
	world->levels[channel] = level;
	if (world->listener)
		world->listener->edge(world->listener->self, channel, t_ns, level, ++world->seqnos[channel]);
}

static void say_line(struct world *world, int slot, struct cable *cable, const struct phrases *words, const char *text,
		     int64_t t_ns)
{
	char said[PHRASE_SIZE], line[PHRASE_SIZE + 2];
	struct text to;

	(void)phrases_say(words, text, world->plant_settings.slots[slot].hub_guid, said);
	text_init(&to, line, sizeof line);
	text_format(&to, "%s\r\n", said);
	cable_put(&cable->to_rig, t_ns, cable->byte_ns, line, to.used);
}

static void put(void *self, const struct plant_output *output)
{
	struct world *world = self;
	bool bench = output->slot == PLANT_NONE;
	struct world_slot *slot = bench ? NULL : &world->slots[output->slot];

	switch (output->kind) {
	case PLANT_LINE:
		set_level(world, bench ? world->bench_line_channel[output->line] : world->line_channel[output->slot][output->line],
			  output->level, output->t_ns);
		break;
	case PLANT_HUB_TEXT:
		say_line(world, output->slot, &slot->hub, &slot->hub_words, output->text, output->t_ns);
		break;
	case PLANT_METER_TEXT:
		say_line(world, output->slot, &slot->meter, &slot->meter_words, output->text, output->t_ns);
		break;
	case PLANT_TRUTH:
		if (world->settings->fact)
			world->settings->fact(world->settings->self, bench ? "" : world->plant_settings.slots[output->slot].name, output);
		break;
	}
}

static void say(void *self, int slot, const void *bytes, size_t size)
{
	struct world *world = self;
	struct cable *cable = &world->slots[slot].meter;

	cable_put(&cable->to_rig, world->plant.t_ns, cable->byte_ns, bytes, size);
}

static void print(void *self, int slot, const char *text)
{
	struct world *world = self;

	say_line(world, slot, &world->slots[slot].meter, &world->slots[slot].meter_words, text, world->plant.t_ns);
}

static void forbidden(void *self, const char *text)
{
	struct world *world = self;

	if (world->listener)
		world->listener->fault(world->listener->self, -1, FAULT_RIG, text);
}

/* ---- Time ---- */

/* A group's mirror contact is closed, 1, while its contactor is open. */
static void set_mirrors(struct world *world, int64_t t_ns)
{
	const struct bench *bench = world->bench;
	int i;

	for (i = 0; i < bench->group_count; i++) {
		const struct plant_contact *contact;

		if (bench->groups[i].mirror < 0 || bench->groups[i].contactor < 0)
			continue;
		contact = &world->contacts[bench->groups[i].contactor];
		set_level(world, bench->groups[i].mirror, !world->plant.relays[contact->board][contact->relay].closed, t_ns);
	}
}

static void step_consoles(struct world *world, int64_t t_ns)
{
	uint8_t bytes[SESSION_OUTPUT_SIZE];
	size_t size;
	int i;

	for (i = 0; i < world->plant_settings.slot_count; i++) {
		struct world_slot *slot = &world->slots[i];

		if (!slot->has_meter_console || (cable_next(&slot->meter.to_device) > t_ns && meter_console_next(&slot->console) > t_ns))
			continue;
		do {
			size = cable_take(&slot->meter.to_device, t_ns, bytes, sizeof bytes);
			meter_console_step(&slot->console, t_ns, bytes, size);
		} while (size > 0);
	}
}

void world_look_again(struct world *world)
{
	int i;

	world->next_ns = plant_next(&world->plant);
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct world_slot *slot = &world->slots[i];

		if (!slot->has_meter_console)
			continue;
		if (cable_next(&slot->meter.to_device) < world->next_ns)
			world->next_ns = cable_next(&slot->meter.to_device);
		if (meter_console_next(&slot->console) < world->next_ns)
			world->next_ns = meter_console_next(&slot->console);
	}
}

static void give(struct world *world, const struct plant_event *event)
{
	plant_step(&world->plant, event);
	set_mirrors(world, event->t_ns);
	world_look_again(world);
}

/* At each instant at which something is due, so that nothing is told later than it happened. */
void world_step(struct world *world, int64_t t_ns)
{
	while (world->next_ns <= t_ns) {
		struct plant_event tick = {.kind = PLANT_TICK, .t_ns = world->next_ns > world->plant.t_ns ? world->next_ns : world->plant.t_ns};

		plant_step(&world->plant, &tick);
		set_mirrors(world, tick.t_ns);
		step_consoles(world, tick.t_ns);
		world_look_again(world);
	}
}

void world_drive(struct world *world, int channel, bool on, int64_t t_ns)
{
	const struct plant_contact *contact = &world->contacts[channel];
	struct plant_event event = {.kind = PLANT_RELAY, .t_ns = t_ns, .part = contact->board, .relay = contact->relay, .on = on};

	world_step(world, t_ns);
	give(world, &event);
}

struct cable *world_cable(struct world *world, int instrument)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	struct world_slot *slot = &world->slots[world->plant_slot[from->slot]];

	return from->loader ? &slot->meter : &slot->hub;
}

void world_tell_console(const struct world *world, int instrument, bool there, int64_t t_ns)
{
	int slot = world->plant_slot[world->bench->instruments[instrument].slot];
	const struct plant_output fact = {.kind = PLANT_TRUTH, .t_ns = t_ns, .slot = slot, .fact = FACT_CONSOLE, .part = PLANT_NONE,
					  .relay = PLANT_NONE, .value = there, .text = ""};

	if (world->settings->fact)
		world->settings->fact(world->settings->self, world->plant_settings.slots[slot].name, &fact);
}

/* ---- Life ---- */

void world_free(struct world *world)
{
	int i;

	for (i = 0; world->slots && i < world->plant_settings.slot_count; i++)
		if (world->slots[i].has_meter_console)
			meter_console_done(&world->slots[i].console);
	free(world->slots);
	free(world->contacts);
	free(world->seqnos);
	free(world->levels);
	free(world);
}

struct world *world_allocate(const struct world_settings *settings)
{
	struct world *world = calloc(1, sizeof *world);
	size_t channels = (size_t)settings->bench->channel_count + 1;

	if (!world)
		return NULL;
	world->bench = settings->bench;
	world->settings = settings;
	world->levels = calloc(channels, sizeof *world->levels);
	world->seqnos = calloc(channels, sizeof *world->seqnos);
	world->contacts = calloc(channels, sizeof *world->contacts);
	world->slots = calloc(PLANT_SLOTS_MAX, sizeof *world->slots);
	if (world->levels && world->seqnos && world->contacts && world->slots)
		return world;
	world_free(world);
	return NULL;
}

_Static_assert(PLANT_PLANNED_MAX >= WORLD_EVENTS_MAX + PLANT_SLOTS_MAX, "all that a world file can say is planned");

static void plan(struct world *world)
{
	int i, restart;

	for (i = 0; i < world->file.event_count; i++)
		(void)!plant_plan(&world->plant, &world->file.events[i]);
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct world_file_slot *file = &world->file.slots[world->bench_slot[i]];

		for (restart = 0; restart < file->restart_count; restart++)
			(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_HUB_RESTART, .t_ns = file->restarts_ns[restart],
									       .part = i});
	}
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct plant_slot_settings *slot = &world->plant_settings.slots[i];
		const struct plant_contact *contact = slot->has_meter ? &slot->mains : &slot->feed;
		struct plant_event weld = {.kind = PLANT_WELD, .t_ns = world->file.slots[world->bench_slot[i]].welds_ns, .on = true,
					   .part = contact->board, .relay = contact->relay};

		if (weld.t_ns >= 0 && contact->board != PLANT_NONE)
			(void)!plant_plan(&world->plant, &weld);
	}
}

void world_start(struct world *world)
{
	int i;

	for (i = 0; i < world->bench->channel_count; i++)
		world->levels[i] = 1; /* what the plant knows nothing of is well */
	world->units.plant = &world->plant;
	world->units.forbidden = forbidden;
	world->units.self = world;
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		world->slots[i].console.plant = &world->plant;
		world->slots[i].console.slot = i;
		world->slots[i].console.say = say;
		world->slots[i].console.print = print;
		world->slots[i].console.self = world;
	}
	plant_init(&world->plant, &world->plant_settings, (struct plant_sink){put, world}, 0);
	plan(world);
	set_mirrors(world, 0);
	world_look_again(world);
}

void world_end(struct world *world, int64_t t_ns)
{
	world_step(world, t_ns);
	world->listener = NULL;
	plant_end(&world->plant, t_ns);
}
