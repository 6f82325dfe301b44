/* Draws in a fixed order: the devices of each slot first, then what goes wrong. */

#include "rig/simulate/drawn_world.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CAMPAIGN_SALT UINT64_C(0x68696C7269672031) /* apart from what the world itself draws with this seed */

struct drawing {
	struct drawn_world *world;
	const struct bench *bench;
	struct draw draw;
	int slots[BENCH_SLOTS_MAX], slot_count;
	int instruments[BENCH_INSTRUMENTS_MAX], instrument_count;
	int64_t length_ns;
};

static int64_t between(struct drawing *drawing, int64_t least, int64_t most)
{
	return draw_between(&drawing->draw, (struct draw_range){least, most});
}

static bool one_in(struct drawing *drawing, int count)
{
	return between(drawing, 1, count) == 1;
}

static int some_slot(struct drawing *drawing)
{
	return drawing->slots[between(drawing, 0, drawing->slot_count - 1)];
}

__attribute__((format(printf, 4, 5))) static void add(struct drawing *drawing, enum drawn_part_kind kind, int slot, const char *format, ...)
{
	struct drawn_part *part = &drawing->world->parts[drawing->world->count];
	va_list values;

	if (drawing->world->count == DRAWN_PARTS_MAX)
		return;
	drawing->world->count++;
	part->kind = kind;
	part->slot = slot;
	part->left_out = false;
	va_start(values, format);
	(void)vsnprintf(part->text, sizeof part->text, format, values);
	va_end(values);
}

/* ---- Devices ---- */

/* Lengths at which something could turn: nothing, a blink, the limit from both sides, hours. */
static int64_t draw_length(struct drawing *drawing)
{
	switch (between(drawing, 0, 9)) {
	case 0:
		return 20 * NS_PER_MS;
	case 1:
		return 2 * NS_PER_S + between(drawing, 0, NS_PER_MS);
	case 2:
	case 3:
		return between(drawing, 5 * NS_PER_S, 90 * NS_PER_S);
	case 4:
		return between(drawing, 179 * NS_PER_S, 181 * NS_PER_S);
	case 5:
		return 180 * NS_PER_S + between(drawing, -3, 3) * NS_PER_MS;
	case 6:
		return 180 * NS_PER_S;
	case 7:
		return between(drawing, 55 * NS_PER_S, 65 * NS_PER_S);
	case 8:
		return between(drawing, 236 * NS_PER_S, 244 * NS_PER_S);
	default:
		return between(drawing, 181 * NS_PER_S, 300 * NS_PER_S);
	}
}

static void draw_dips(struct drawing *drawing, struct text *text)
{
	char after[AMOUNT_TEXT_SIZE], lasts[AMOUNT_TEXT_SIZE];
	int count = (int)between(drawing, 0, 5), i;
	int64_t after_ns = one_in(drawing, 3) ? between(drawing, 0, 120 * NS_PER_S) : between(drawing, 0, 5 * NS_PER_S), length_ns;

	count = count < 4 ? count > 0 : count - 2; /* none, one, two or three */
	text_put(text, "dips: [");
	for (i = 0; i < count; i++) {
		length_ns = draw_length(drawing);
		text_format(text, "%s{after: %s, for: %s}", i ? ", " : "", amount_text(after, UNIT_DURATION, after_ns),
			    i + 1 == count && one_in(drawing, 12) ? "ever" : amount_text(lasts, UNIT_DURATION, length_ns));
		after_ns += length_ns + (one_in(drawing, 3) ? between(drawing, 1, 60 * NS_PER_MS) : between(drawing, NS_PER_S, 60 * NS_PER_S));
	}
	text_put(text, "]");
}

static void draw_meter(struct drawing *drawing, int slot)
{
	char bytes[DRAWN_PART_SIZE], boot[AMOUNT_TEXT_SIZE], restart[AMOUNT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	draw_dips(drawing, &text);
	amount_text(boot, UNIT_DURATION, between(drawing, NS_PER_S, 40 * NS_PER_S));
	amount_text(restart, UNIT_DURATION, between(drawing, NS_PER_S, 60 * NS_PER_S));
	text_format(&text, ", boot: %s, restart: %s", boot, restart);
	if (one_in(drawing, 16))
		text_put(&text, ", refuses: true");
	if (one_in(drawing, 16))
		text_put(&text, ", rolls_back: true");
	if (one_in(drawing, 4))
		text_put(&text, ", ac_lost_floats: low");
	add(drawing, DRAWN_METER, slot, "%s", bytes);
}

static void draw_hub(struct drawing *drawing, int slot)
{
	char bytes[DRAWN_PART_SIZE], amount[AMOUNT_TEXT_SIZE], more[AMOUNT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "threshold: %s", amount_text(amount, UNIT_DURATION, one_in(drawing, 2) ? 180 * NS_PER_S
							: between(drawing, 61 * NS_PER_S, 235 * NS_PER_S)));
	if (one_in(drawing, 4))
		text_put(&text, ", at_least: true");
	if (one_in(drawing, 10))
		text_format(&text, ", adds: %s", amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_S, 120 * NS_PER_S)));
	text_format(&text, ", latency: %s..%s", amount_text(amount, UNIT_DURATION, between(drawing, 0, NS_PER_S)),
		    amount_text(more, UNIT_DURATION, one_in(drawing, 12) ? between(drawing, 30 * NS_PER_S, 400 * NS_PER_S)
									 : between(drawing, NS_PER_S, 8 * NS_PER_S)));
	if (one_in(drawing, 8))
		text_format(&text, ", loses: [%d]", (int)between(drawing, 1, 4));
	if (one_in(drawing, 8))
		text_format(&text, ", duplicates: %d, duplicate_after: %s", (int)between(drawing, 1, 3),
			    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_S, 90 * NS_PER_S)));
	if (one_in(drawing, 12))
		text_format(&text, ", recharge: %s", amount_text(amount, UNIT_DURATION, between(drawing, 60 * NS_PER_S, 900 * NS_PER_S)));
	if (one_in(drawing, 12))
		text_format(&text, ", restarts: [%s]", amount_text(amount, UNIT_DURATION, between(drawing, 0, drawing->length_ns)));
	add(drawing, DRAWN_HUB, slot, "%s", bytes);
}

/* ---- What goes wrong ---- */

static const char *draw_instant(struct drawing *drawing, char text[AMOUNT_TEXT_SIZE])
{
	return amount_text(text, UNIT_DURATION, between(drawing, 0, drawing->length_ns));
}

static const char *slot_name(const struct drawing *drawing, int slot)
{
	return drawing->bench->slots[slot].name;
}

static void draw_bench_event(struct drawing *drawing)
{
	static const char *const inputs[] = {"lab-feed", "arm", "estop", "door"};
	const char *input = inputs[between(drawing, 0, 3)];
	int64_t at_ns = between(drawing, NS_PER_S, drawing->length_ns);
	char at[AMOUNT_TEXT_SIZE];

	add(drawing, DRAWN_EVENT, -1, "{at: %s, what: %s, to: off}", amount_text(at, UNIT_DURATION, at_ns), input);
	if (!one_in(drawing, 3))
		add(drawing, DRAWN_EVENT, -1, "{at: %s, what: %s, to: on}",
		    amount_text(at, UNIT_DURATION, at_ns + between(drawing, NS_PER_MS, one_in(drawing, 2) ? 2 * NS_PER_S : 300 * NS_PER_S)), input);
}

static void draw_console(struct drawing *drawing)
{
	int slot = some_slot(drawing);
	char at[AMOUNT_TEXT_SIZE], lasts[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	amount_text(lasts, UNIT_DURATION, between(drawing, NS_PER_MS, one_in(drawing, 2) ? 5 * NS_PER_S : 400 * NS_PER_S));
	add(drawing, DRAWN_CONSOLE, slot, "unplugged: [{from: %s, for: %s}]", at, lasts);
}

static void draw_line_fault(struct drawing *drawing)
{
	static const char *const lines[] = {"supply", "supply", "mains", "ac-lost"};
	int slot = some_slot(drawing), other = some_slot(drawing);
	const char *line = lines[between(drawing, 0, 3)], *name = slot_name(drawing, slot);
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	switch (between(drawing, 0, 6)) {
	case 0:
	case 1:
		add(drawing, DRAWN_FAULT, slot, "{what: edge-lost, slot: %s, line: %s, at: %s, times: %d}", name, line, at, (int)between(drawing, 1, 3));
		break;
	case 2:
		add(drawing, DRAWN_FAULT, slot, "{what: edge-unnumbered, slot: %s, line: %s, at: %s}", name, line, at);
		break;
	case 3:
		add(drawing, DRAWN_FAULT, slot, "{what: level-wrong, slot: %s, line: %s, at: %s, for: %s}", name, line, at,
		    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_MS, 49 * NS_PER_MS)));
		break;
	case 4:
		add(drawing, DRAWN_FAULT, slot, "{what: chatter, slot: %s, line: %s, at: %s, times: %d, by: %s}", name, line, at,
		    (int)between(drawing, 1, 6), amount_text(amount, UNIT_DURATION, between(drawing, 1, 15 * NS_PER_MS)));
		break;
	case 5:
		add(drawing, DRAWN_FAULT, slot, "{what: inverted, slot: %s, line: %s}", name, line);
		break;
	default:
		if (other != slot)
			add(drawing, DRAWN_FAULT, slot, "{what: crossed, slot: %s, with: %s, line: %s}", name, slot_name(drawing, other), line);
		break;
	}
}

static void draw_bus_fault(struct drawing *drawing)
{
	static const char *const kinds[] = {"bus-silent", "bus-deaf", "bus-check", "bus-unit", "bus-short"};
	const char *name = drawing->bench->instruments[drawing->instruments[between(drawing, 0, drawing->instrument_count - 1)]].name;
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];
	int times = (int)(one_in(drawing, 4) ? between(drawing, 3, 60) : between(drawing, 1, 2));

	draw_instant(drawing, at);
	switch (between(drawing, 0, 8)) {
	case 5:
		add(drawing, DRAWN_FAULT, -1, "{what: bus-exception, instrument: %s, at: %s, times: %d, code: %d}", name, at, times,
		    (int)between(drawing, 1, 11));
		break;
	case 6:
		add(drawing, DRAWN_FAULT, -1, "{what: bus-late, instrument: %s, at: %s, times: %d, by: %s}", name, at, times,
		    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_MS, 3 * NS_PER_S)));
		break;
	case 7:
		add(drawing, DRAWN_FAULT, -1, "{what: relay-late, instrument: %s, by: %s}", name,
		    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_MS, 3 * NS_PER_S)));
		break;
	case 8:
		add(drawing, DRAWN_FAULT, -1, "{what: relay-bounces, instrument: %s, times: %d, by: %s}", name, (int)between(drawing, 1, 4),
		    amount_text(amount, UNIT_DURATION, between(drawing, 1, 10 * NS_PER_MS)));
		break;
	default:
		add(drawing, DRAWN_FAULT, -1, "{what: %s, instrument: %s, at: %s, times: %d}", kinds[between(drawing, 0, 4)], name, at, times);
		break;
	}
}

static void draw_byte_fault(struct drawing *drawing)
{
	static const char *const kinds[] = {"bytes-lost", "bytes-wrong", "bytes-added"}, *const ways[] = {"hub", "meter", "to-meter"};
	int slot = some_slot(drawing), other = some_slot(drawing);
	const char *way = ways[between(drawing, 0, 2)], *name = slot_name(drawing, slot);
	int times = (int)(one_in(drawing, 4) ? between(drawing, 3, 40) : between(drawing, 1, 2));
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	if (one_in(drawing, 5))
		add(drawing, DRAWN_FAULT, slot, "{what: bytes-split, slot: %s, console: %s, at: %s, times: %d, by: %s}", name, way, at, times,
		    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_MS, 5 * NS_PER_S)));
	else if (one_in(drawing, 8) && other != slot)
		add(drawing, DRAWN_FAULT, slot, "{what: crossed-consoles, slot: %s, with: %s}", name, slot_name(drawing, other));
	else
		add(drawing, DRAWN_FAULT, slot, "{what: %s, slot: %s, console: %s, at: %s, times: %d}", kinds[between(drawing, 0, 2)], name, way, at, times);
}

static void draw_fault(struct drawing *drawing)
{
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];
	int slot = some_slot(drawing);

	switch (between(drawing, 0, 13)) {
	case 0:
		draw_bench_event(drawing);
		break;
	case 1:
		draw_console(drawing);
		break;
	case 2:
		add(drawing, DRAWN_RELAY, slot, "welds: %s", draw_instant(drawing, at));
		break;
	case 3:
	case 4:
	case 5:
		draw_line_fault(drawing);
		break;
	case 6:
	case 7:
		draw_bus_fault(drawing);
		break;
	case 8:
	case 9:
		draw_byte_fault(drawing);
		break;
	case 10:
		add(drawing, DRAWN_FAULT, slot, "{what: ad1-spurious, slot: %s, at: %s}", slot_name(drawing, slot), draw_instant(drawing, at));
		break;
	case 11:
		add(drawing, DRAWN_FAULT, -1, "{what: kill, at: %s, for: %s%s}", draw_instant(drawing, at),
		    amount_text(amount, UNIT_DURATION, one_in(drawing, 2) ? between(drawing, 1, NS_PER_S) : between(drawing, NS_PER_S, 300 * NS_PER_S)),
		    one_in(drawing, 2) ? ", back: true" : "");
		break;
	case 12:
		add(drawing, DRAWN_FAULT, -1, "{what: clock-step, at: %s, by: %s%s}", draw_instant(drawing, at),
		    amount_text(amount, UNIT_DURATION, NS_PER_US * between(drawing, 1, one_in(drawing, 2) ? 1000000 : 3600000000)),
		    one_in(drawing, 2) ? ", back: true" : "");
		break;
	default:
		if (one_in(drawing, 4))
			add(drawing, DRAWN_FAULT, -1, "{what: %s, at: %s}", one_in(drawing, 2) ? "disk-write" : "disk-flush", draw_instant(drawing, at));
		else if (one_in(drawing, 2))
			add(drawing, DRAWN_FAULT, -1, "{what: stop, at: %s}", draw_instant(drawing, at));
		else
			add(drawing, DRAWN_FAULT, -1, "{what: disk-full, at: %s, for: %s}", draw_instant(drawing, at),
			    amount_text(amount, UNIT_DURATION, between(drawing, NS_PER_MS, 20 * NS_PER_S)));
		break;
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
	for (i = 0; i < bench->instrument_count; i++)
		if (bench->instruments[i].driver == DRIVER_MODBUS)
			drawing.instruments[drawing.instrument_count++] = i;
	for (i = 0; i < drawing.slot_count; i++) {
		draw_meter(&drawing, drawing.slots[i]);
		draw_hub(&drawing, drawing.slots[i]);
	}
	chance = between(&drawing, 0, 15);
	faults = chance < 3 ? 0 : chance < 9 ? 1 : chance < 13 ? 2 : (int)between(&drawing, 3, 6);
	for (i = 0; i < faults; i++)
		draw_fault(&drawing);
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

	text_format(text, "world: seed-%llu\nseed: %llu\n", (unsigned long long)world->seed, (unsigned long long)world->seed);
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
