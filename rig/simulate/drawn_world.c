/* Draws in a fixed order: the devices of each slot first, then what goes wrong. */

#include "rig/simulate/drawing.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

#include <stdio.h>
#include <string.h>

#define CAMPAIGN_SALT UINT64_C(0x68696C7269672031) /* apart from what the world itself draws with this seed */

/* ---- Devices ---- */

static void draw_dips(struct drawing *drawing, struct text *text)
{
	char after[AMOUNT_TEXT_SIZE], lasts[AMOUNT_TEXT_SIZE];
	int count = (int)drawing_between(drawing, 0, 5), i;
	int64_t after_ns = drawing_one_in(drawing, 3) ? drawing_between(drawing, 0, 120 * NS_PER_S) : drawing_between(drawing, 0, 5 * NS_PER_S), length_ns;

	count = count < 4 ? count > 0 : count - 2; /* none, one, two or three */
	text_put(text, "dips: [");
	for (i = 0; i < count; i++) {
		length_ns = drawing_length(drawing);
		text_format(text, "%s{after: %s, for: %s}", i ? ", " : "", amount_text(after, UNIT_DURATION, after_ns),
			    i + 1 == count && drawing_one_in(drawing, 12) ? "ever" : amount_text(lasts, UNIT_DURATION, length_ns));
		after_ns += length_ns + (drawing_one_in(drawing, 3) ? drawing_between(drawing, 1, 60 * NS_PER_MS) : drawing_between(drawing, NS_PER_S, 60 * NS_PER_S));
	}
	text_put(text, "]");
}

static void draw_meter(struct drawing *drawing, int slot)
{
	char bytes[DRAWN_PART_SIZE], boot[AMOUNT_TEXT_SIZE], restart[AMOUNT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	draw_dips(drawing, &text);
	amount_text(boot, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 40 * NS_PER_S));
	amount_text(restart, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 60 * NS_PER_S));
	text_format(&text, ", boot: %s, restart: %s", boot, restart);
	if (drawing_one_in(drawing, 16))
		text_put(&text, ", refuses: true");
	if (drawing_one_in(drawing, 16))
		text_put(&text, ", rolls_back: true");
	if (drawing_one_in(drawing, 24))
		text_put(&text, ", becomes: 00020131");
	if (drawing_one_in(drawing, 24)) /* another meter than the load sheet's, or one that somebody has upgraded since */
		text_format(&text, ", version: %s", drawing_one_in(drawing, 2) ? "0002012E" : "00020130");
	if (drawing_one_in(drawing, 4))
		text_put(&text, ", ac_lost_floats: low");
	if (drawing->dongle >= 0)
		text_format(&text, ", paces: %s", amount_text(restart, UNIT_DURATION, drawing_one_in(drawing, 3) ? drawing_between(drawing, NS_PER_MS, 100 * NS_PER_MS)
														 : drawing_between(drawing, 100 * NS_PER_MS, 8 * NS_PER_S)));
	drawing_add(drawing, DRAWN_METER, slot, "%s", bytes);
}

static void draw_hub(struct drawing *drawing, int slot)
{
	char bytes[DRAWN_PART_SIZE], amount[AMOUNT_TEXT_SIZE], more[AMOUNT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "threshold: %s", amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? 180 * NS_PER_S
							: drawing_between(drawing, 61 * NS_PER_S, 235 * NS_PER_S)));
	if (drawing_one_in(drawing, 4))
		text_put(&text, ", at_least: true");
	if (drawing_one_in(drawing, 10))
		text_format(&text, ", adds: %s", amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 120 * NS_PER_S)));
	text_format(&text, ", latency: %s..%s", amount_text(amount, UNIT_DURATION, drawing_between(drawing, 0, NS_PER_S)),
		    amount_text(more, UNIT_DURATION, drawing_one_in(drawing, 12) ? drawing_between(drawing, 30 * NS_PER_S, 400 * NS_PER_S)
									 : drawing_between(drawing, NS_PER_S, 8 * NS_PER_S)));
	if (drawing_one_in(drawing, 8))
		text_format(&text, ", loses: [%d]", (int)drawing_between(drawing, 1, 4));
	if (drawing_one_in(drawing, 8))
		text_format(&text, ", duplicates: %d, duplicate_after: %s", (int)drawing_between(drawing, 1, 3),
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 90 * NS_PER_S)));
	if (drawing_one_in(drawing, 12))
		text_format(&text, ", recharge: %s", amount_text(amount, UNIT_DURATION, drawing_between(drawing, 60 * NS_PER_S, 900 * NS_PER_S)));
	if (drawing_one_in(drawing, 12))
		text_format(&text, ", restarts: [%s]", amount_text(amount, UNIT_DURATION, drawing_between(drawing, 0, drawing->length_ns)));
	drawing_add(drawing, DRAWN_HUB, slot, "%s", bytes);
}

static bool feeds_any(const struct drawing *drawing, int instrument)
{
	int i;

	for (i = 0; i < drawing->slot_count; i++)
		if (drawing->bench->slots[drawing->slots[i]].feed.present && drawing->bench->slots[drawing->slots[i]].feed.supply == instrument)
			return true;
	return false;
}

static void find_instruments(struct drawing *drawing)
{
	int i;

	drawing->dongle = -1;
	for (i = 0; i < drawing->bench->instrument_count; i++) {
		if (drawing->bench->instruments[i].driver == DRIVER_ZIGBEE)
			drawing->dongle = i;
		if (drawing->bench->instruments[i].driver != DRIVER_MODBUS)
			continue;
		drawing->instruments[drawing->instrument_count++] = i;
		if (feeds_any(drawing, i))
			drawing->supplies[drawing->supply_count++] = i;
	}
}

void drawn_world_draw(struct drawn_world *world, uint64_t seed, const struct bench *bench, const bool *taking_part, int64_t length_ns)
{
	struct drawing drawing = {.world = world, .bench = bench, .length_ns = length_ns};
	int64_t chance;
	int i, faults;

	world->seed = seed;
	world->count = 0;
	draw_init(&drawing.draw, seed ^ CAMPAIGN_SALT);
	for (i = 0; i < bench->slot_count; i++)
		if (taking_part[i])
			drawing.slots[drawing.slot_count++] = i;
	find_instruments(&drawing);
	for (i = 0; i < drawing.slot_count; i++) {
		if (bench->slots[drawing.slots[i]].mains.present)
			draw_meter(&drawing, drawing.slots[i]);
		draw_hub(&drawing, drawing.slots[i]);
	}
	chance = drawing_between(&drawing, 0, 15);
	faults = chance < 3 ? 0 : chance < 9 ? 1 : chance < 13 ? 2 : (int)drawing_between(&drawing, 3, 6);
	for (i = 0; i < faults; i++)
		drawing_fault(&drawing);
}

void drawn_world_only(struct drawn_world *world, const char *fault)
{
	char begins[DRAWN_PART_SIZE];
	int i;

	(void)snprintf(begins, sizeof begins, "{what: %s,", fault ? fault : "");
	for (i = 0; i < world->count; i++)
		if (world->parts[i].kind >= DRAWN_CONSOLE)
			world->parts[i].left_out = world->parts[i].kind != DRAWN_FAULT || strncmp(world->parts[i].text, begins, strlen(begins)) != 0;
}

/* ---- As a file ---- */

static void put_device(const struct drawn_world *world, enum drawn_part_kind kind, int slot, const char *key, bool *any, struct text *text)
{
	int i, found = -1;

	for (i = 0; i < world->count; i++)
		if (!world->parts[i].left_out && world->parts[i].kind == kind && world->parts[i].slot == slot)
			found = i; /* a slot is unplugged, or welds, once: the last draw counts */
	if (found < 0)
		return;
	text_format(text, "%s%s: {%s}", *any ? ", " : "", key, world->parts[found].text);
	*any = true;
}

static void put_slot(const struct drawn_world *world, int slot, const char *name, struct text *text)
{
	bool any = false;

	text_format(text, "  %s: {", name);
	put_device(world, DRAWN_METER, slot, "meter", &any, text);
	put_device(world, DRAWN_HUB, slot, "hub", &any, text);
	put_device(world, DRAWN_CONSOLE, slot, "console", &any, text);
	put_device(world, DRAWN_RELAY, slot, "relay", &any, text);
	text_put(text, "}\n");
}

static void put_list(const struct drawn_world *world, enum drawn_part_kind kind, const char *key, struct text *text)
{
	bool any = false;
	int i;

	for (i = 0; i < world->count; i++) {
		if (world->parts[i].left_out || world->parts[i].kind != kind)
			continue;
		text_format(text, "%s%s  - %s\n", any ? "" : key, any ? "" : ":\n", world->parts[i].text);
		any = true;
	}
}

static bool says_something(const struct drawn_world *world, int slot)
{
	int i;

	for (i = 0; i < world->count; i++)
		if (!world->parts[i].left_out && world->parts[i].slot == slot && world->parts[i].kind < DRAWN_EVENT)
			return true;
	return false;
}

void drawn_world_put(const struct drawn_world *world, const struct bench *bench, struct text *text)
{
	bool any = false;
	int i;

	text_format(text, "world: seed-%llu\nbench: %s\nseed: %llu\n", (unsigned long long)world->seed, bench->name, (unsigned long long)world->seed);
	for (i = 0; i < bench->slot_count; i++) {
		if (!says_something(world, i))
			continue;
		if (!any)
			text_put(text, "slots:\n");
		any = true;
		put_slot(world, i, bench->slots[i].name, text);
	}
	put_list(world, DRAWN_EVENT, "happens", text);
	put_list(world, DRAWN_FAULT, "faults", text);
}
