/* What goes wrong in a drawn world: one draw of what, then where, when and how much. */

#include "rig/simulate/drawing.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

/* What goes wrong: the last is what befalls the rig itself. Hubs alone have no meter that could be upgraded: none of what stands between. */
#define LAST_OF_METERS 18
#define LAST_OF_HUBS 15
#define LAST_OF_LOADERS 5 /* behind those of a loader on a line: what befalls the meter */

static int some_slot(struct drawing *drawing)
{
	return drawing->slots[drawing_between(drawing, 0, drawing->slot_count - 1)];
}

static const char *draw_instant(struct drawing *drawing, char text[AMOUNT_TEXT_SIZE])
{
	return amount_text(text, UNIT_DURATION, drawing_between(drawing, 0, drawing->length_ns));
}

static const char *slot_name(const struct drawing *drawing, int slot)
{
	return drawing->bench->slots[slot].name;
}

/* One that this bench has. */
static const char *some_input(struct drawing *drawing)
{
	const struct bench *bench = drawing->bench;
	const struct {
		const char *word;
		int channel;
	} inputs[] = {{"lab-feed", bench->lab_feed.channel}, {"arm", bench->arm.channel}, {"estop", bench->estop.channel}, {"door", bench->door.channel}};
	const char *words[sizeof inputs / sizeof *inputs];
	int count = 0;
	size_t i;

	for (i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (inputs[i].channel >= 0)
			words[count++] = inputs[i].word;
	return count > 0 ? words[drawing_between(drawing, 0, count - 1)] : NULL;
}

static void draw_bench_event(struct drawing *drawing)
{
	const char *input = some_input(drawing);
	int64_t at_ns = drawing_between(drawing, NS_PER_S, drawing->length_ns);
	char at[AMOUNT_TEXT_SIZE];

	if (!input)
		return;
	drawing_add(drawing, DRAWN_EVENT, -1, "{at: %s, what: %s, to: off}", amount_text(at, UNIT_DURATION, at_ns), input);
	if (!drawing_one_in(drawing, 3))
		drawing_add(drawing, DRAWN_EVENT, -1, "{at: %s, what: %s, to: on}",
		    amount_text(at, UNIT_DURATION, at_ns + drawing_between(drawing, NS_PER_MS, drawing_one_in(drawing, 2) ? 2 * NS_PER_S : 300 * NS_PER_S)), input);
}

static void draw_console(struct drawing *drawing)
{
	int slot = some_slot(drawing);
	char at[AMOUNT_TEXT_SIZE], lasts[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	amount_text(lasts, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, drawing_one_in(drawing, 2) ? 5 * NS_PER_S : 400 * NS_PER_S));
	drawing_add(drawing, DRAWN_CONSOLE, slot, "unplugged: [{from: %s, for: %s}]", at, lasts);
}

static void draw_line_fault(struct drawing *drawing)
{
	static const char *const lines[] = {"supply", "supply", "mains", "ac-lost"};
	int slot = some_slot(drawing), other = some_slot(drawing);
	const char *line = lines[drawing->bench->slots[slot].mains.present ? drawing_between(drawing, 0, 3) : 0], *name = slot_name(drawing, slot);
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	switch (drawing_between(drawing, 0, 6)) {
	case 0:
	case 1:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: edge-lost, slot: %s, line: %s, at: %s, times: %d}", name, line, at, (int)drawing_between(drawing, 1, 3));
		break;
	case 2:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: edge-unnumbered, slot: %s, line: %s, at: %s}", name, line, at);
		break;
	case 3:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: level-wrong, slot: %s, line: %s, at: %s, for: %s}", name, line, at,
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, 49 * NS_PER_MS)));
		break;
	case 4:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: chatter, slot: %s, line: %s, at: %s, times: %d, by: %s}", name, line, at,
		    (int)drawing_between(drawing, 1, 6), amount_text(amount, UNIT_DURATION, drawing_between(drawing, 1, 15 * NS_PER_MS)));
		break;
	case 5:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: inverted, slot: %s, line: %s}", name, line);
		break;
	default:
		if (other != slot)
			drawing_add(drawing, DRAWN_FAULT, slot, "{what: crossed, slot: %s, with: %s, line: %s}", name, slot_name(drawing, other), line);
		break;
	}
}

static void draw_bus_fault(struct drawing *drawing)
{
	static const char *const kinds[] = {"bus-silent", "bus-deaf", "bus-check", "bus-unit", "bus-short"};
	const char *name = drawing->bench->instruments[drawing->instruments[drawing_between(drawing, 0, drawing->instrument_count - 1)]].name;
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];
	int times = (int)(drawing_one_in(drawing, 4) ? drawing_between(drawing, 3, 60) : drawing_between(drawing, 1, 2));

	draw_instant(drawing, at);
	switch (drawing_between(drawing, 0, 8)) {
	case 5:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: bus-exception, instrument: %s, at: %s, times: %d, code: %d}", name, at, times,
		    (int)drawing_between(drawing, 1, 11));
		break;
	case 6:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: bus-late, instrument: %s, at: %s, times: %d, by: %s}", name, at, times,
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, 3 * NS_PER_S)));
		break;
	case 7:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: relay-late, instrument: %s, by: %s}", name,
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, 3 * NS_PER_S)));
		break;
	case 8:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: relay-bounces, instrument: %s, times: %d, by: %s}", name, (int)drawing_between(drawing, 1, 4),
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, 1, 10 * NS_PER_MS)));
		break;
	default:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: %s, instrument: %s, at: %s, times: %d}", kinds[drawing_between(drawing, 0, 4)], name, at, times);
		break;
	}
}

/* With half of them the sense of the supply is on the hub's side of the plug, and goes with it. */
static void draw_swap(struct drawing *drawing, int slot, int other)
{
	const char *name = slot_name(drawing, slot), *with = slot_name(drawing, other);

	drawing_add(drawing, DRAWN_FAULT, slot, "{what: swapped-hubs, slot: %s, with: %s}", name, with);
	if (drawing_one_in(drawing, 2))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: crossed, slot: %s, with: %s, line: supply}", name, with);
}

static void draw_byte_fault(struct drawing *drawing)
{
	static const char *const kinds[] = {"bytes-lost", "bytes-wrong", "bytes-added"}, *const ways[] = {"hub", "meter", "to-meter"};
	int slot = some_slot(drawing), other = some_slot(drawing);
	const char *way = ways[drawing->bench->slots[slot].upgrade >= 0 && drawing->dongle < 0 ? drawing_between(drawing, 0, 2) : 0], *name = slot_name(drawing, slot);
	int times = (int)(drawing_one_in(drawing, 4) ? drawing_between(drawing, 3, 40) : drawing_between(drawing, 1, 2));
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	if (drawing_one_in(drawing, 5))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: bytes-split, slot: %s, console: %s, at: %s, times: %d, by: %s}", name, way, at, times,
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, 5 * NS_PER_S)));
	else if (drawing_one_in(drawing, 4) && other != slot && drawing_one_in(drawing, 2))
		draw_swap(drawing, slot, other);
	else if (drawing_one_in(drawing, 8))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: other-hub, slot: %s}", name);
	else if (drawing_one_in(drawing, 8) && other != slot)
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: crossed-consoles, slot: %s, with: %s}", name, slot_name(drawing, other));
	else
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: %s, slot: %s, console: %s, at: %s, times: %d}", kinds[drawing_between(drawing, 0, 2)], name, way, at, times);
}

/* The loader of a meter, and what is left of the image. */
static void draw_loader_fault(struct drawing *drawing)
{
	const char *name;
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];
	int slot = some_slot(drawing);

	name = slot_name(drawing, slot);
	draw_instant(drawing, at);
	switch (drawing->dongle >= 0 ? LAST_OF_LOADERS : drawing_between(drawing, 0, LAST_OF_LOADERS)) {
	case 0:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: loader-unplugged, slot: %s, at: %s, for: %s}", name, at,
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, drawing_one_in(drawing, 2) ? 5 * NS_PER_S : 400 * NS_PER_S)));
		break;
	case 1:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: loader-nak, slot: %s, at: 0s, times: %d}", name,
		    (int)(drawing_one_in(drawing, 3) ? 100000 : drawing_between(drawing, 1, 24)));
		break;
	case 2:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: %s, slot: %s}", drawing_one_in(drawing, 2) ? "image-damaged" : "image-accepted", name);
		break;
	case 3:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: loader-reset, slot: %s, at: 0s, times: %d, for: %s}", name, (int)drawing_between(drawing, 1, 7),
		    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 3) ? 0 : drawing_length(drawing)));
		break;
	default:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: meter-reset, slot: %s, at: %s, for: %s}", name, at,
		    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 3) ? 0 : drawing_length(drawing)));
		break;
	}
}

/* What the gate stands on goes, behind a disk that lets whoever waits for it wait long, in half of them. */
static void draw_lapse(struct drawing *drawing)
{
	static const char *const what[] = {"arm", "estop", "door", "lab-feed", "breaker", "supply", "supply", "hub", "hub", "console", "console", "image"};
	int slot = some_slot(drawing);
	int64_t slow_ns = drawing_one_in(drawing, 2) ? drawing_between(drawing, 100 * NS_PER_MS, 20 * NS_PER_S) : 5 * NS_PER_MS;
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE], slow[AMOUNT_TEXT_SIZE];

	if (slow_ns > 5 * NS_PER_MS)
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: disk-slow, at: %s, for: %s, by: %s}",
		    amount_text(at, UNIT_DURATION, drawing_between(drawing, 0, 430 * NS_PER_S)),
		    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 600 * NS_PER_S)), amount_text(slow, UNIT_DURATION, slow_ns));
	drawing_add(drawing, DRAWN_FAULT, slot, "{what: gate-lapse, slot: %s, of: %s, at: %s, for: %s}", slot_name(drawing, slot), what[drawing_between(drawing, 0, 11)],
	    amount_text(at, UNIT_DURATION, drawing_between(drawing, 0, drawing_one_in(drawing, 4) ? 60 * NS_PER_S : slow_ns + NS_PER_MS)),
	    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? drawing_between(drawing, NS_PER_MS, 2 * NS_PER_S)
									   : drawing_between(drawing, NS_PER_S, 300 * NS_PER_S)));
}

/* What is amiss between the lab's feed and a hub. */
static void draw_feed_fault(struct drawing *drawing)
{
	int slot = some_slot(drawing);
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	if (!drawing->bench->slots[slot].mains.present || drawing_one_in(drawing, 2))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: back-feed, slot: %s, at: %s, for: %s}", slot_name(drawing, slot), at,
			    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? NS_PER_H : drawing_between(drawing, NS_PER_MS, 600 * NS_PER_S)));
	else
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: rcd, slot: %s, at: %s, for: %s}", slot_name(drawing, slot), at,
			    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? NS_PER_H : drawing_between(drawing, NS_PER_MS, 300 * NS_PER_S)));
}

/* What a programmable supply does by itself, or does not do. */
static void draw_supply_fault(struct drawing *drawing)
{
	const char *name = drawing->bench->instruments[drawing->supplies[drawing_between(drawing, 0, drawing->supply_count - 1)]].name;
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	switch (drawing_between(drawing, 0, 3)) {
	case 0:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: supply-trips, instrument: %s, at: %s, by: %s}", name, at, drawing_one_in(drawing, 2) ? "ovp" : "ocp");
		break;
	case 1:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: supply-ramps, instrument: %s, by: %s}", name,
			    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? drawing_between(drawing, NS_PER_MS, 2 * NS_PER_S)
											  : drawing_between(drawing, 2 * NS_PER_S, 20 * NS_PER_S)));
		break;
	case 2:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: supply-resets, instrument: %s, at: %s%s}", name, at, drawing_one_in(drawing, 2) ? ", back: true" : "");
		break;
	default:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: supply-locked, instrument: %s, at: %s, for: %s}", name, drawing_one_in(drawing, 4) ? "0ns" : at,
			    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? NS_PER_H : drawing_between(drawing, NS_PER_MS, 300 * NS_PER_S)));
		break;
	}
}

static void draw_clock_fault(struct drawing *drawing)
{
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE], more[AMOUNT_TEXT_SIZE];
	const char *back = drawing_one_in(drawing, 2) ? ", back: true" : "";
	int64_t step_ns = NS_PER_US * drawing_between(drawing, 1, drawing_one_in(drawing, 2) ? 1000000 : 3600000000);

	draw_instant(drawing, at);
	amount_text(amount, UNIT_DURATION, step_ns);
	switch (drawing_between(drawing, 0, 4)) {
	case 0:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: clock-slew, at: %s, for: %s, by: %s%s}", at,
			    amount_text(more, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 1000 * NS_PER_S)), amount, back);
		break;
	case 1:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: clock-rate, by: %s%s}",
			    amount_text(more, UNIT_DURATION, drawing_one_in(drawing, 4) ? drawing_between(drawing, 1, NS_PER_US)
											: drawing_between(drawing, NS_PER_US, 50 * NS_PER_US)), back);
		break;
	case 2:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: suspend, at: %s, for: %s}", at,
			    amount_text(more, UNIT_DURATION, drawing_one_in(drawing, 2) ? drawing_between(drawing, 2 * NS_PER_MS, 2 * NS_PER_S)
											: drawing_between(drawing, 2 * NS_PER_S, 600 * NS_PER_S)));
		break;
	default:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: clock-step, at: %s, by: %s%s}", at, amount, back);
		break;
	}
}

static void draw_alert_fault(struct drawing *drawing)
{
	int slot = some_slot(drawing);
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	if (drawing_one_in(drawing, 2))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: ad1-spurious, slot: %s, at: %s}", slot_name(drawing, slot), at);
	else
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: ad1-throttled, slot: %s, at: %s, for: %s}", slot_name(drawing, slot), at,
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, drawing_one_in(drawing, 2) ? 60 * NS_PER_S : 600 * NS_PER_S)));
}

void drawing_fault(struct drawing *drawing)
{
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE], more[AMOUNT_TEXT_SIZE];
	int slot = some_slot(drawing);
	int64_t kind;

	if (drawing->dongle >= 0 && !drawing_one_in(drawing, 3)) {
		drawing_air_fault(drawing);
		return;
	}
	if (drawing->supply_count > 0 && drawing_one_in(drawing, 3)) {
		draw_supply_fault(drawing);
		return;
	}
	kind = drawing_between(drawing, 0, drawing->supply_count > 0 ? LAST_OF_HUBS : LAST_OF_METERS);
	switch (drawing->supply_count > 0 && kind == LAST_OF_HUBS ? LAST_OF_METERS : kind) {
	case 0:
		draw_bench_event(drawing);
		break;
	case 1:
		draw_console(drawing);
		break;
	case 2:
		drawing_add(drawing, DRAWN_RELAY, slot, "welds: %s", draw_instant(drawing, at));
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
		draw_alert_fault(drawing);
		break;
	case 11:
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: kill, at: %s, for: %s%s}", draw_instant(drawing, at),
		    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 2) ? drawing_between(drawing, 1, NS_PER_S) : drawing_between(drawing, NS_PER_S, 300 * NS_PER_S)),
		    drawing_one_in(drawing, 2) ? ", back: true" : "");
		break;
	case 12:
		draw_clock_fault(drawing);
		break;
	case 13:
	case 14:
		draw_feed_fault(drawing);
		break;
	case 15:
	case 16:
		draw_loader_fault(drawing);
		break;
	case 17:
		draw_lapse(drawing);
		break;
	default:
		if (drawing_one_in(drawing, 6))
			drawing_add(drawing, DRAWN_FAULT, -1, "{what: disk-slow, at: %s, for: %s, by: %s}", draw_instant(drawing, at),
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 600 * NS_PER_S)),
			    amount_text(more, UNIT_DURATION, drawing_between(drawing, 10 * NS_PER_MS, 20 * NS_PER_S)));
		else if (drawing_one_in(drawing, 4))
			drawing_add(drawing, DRAWN_FAULT, -1, "{what: %s, at: %s}", drawing_one_in(drawing, 2) ? "disk-write" : "disk-flush", draw_instant(drawing, at));
		else if (drawing_one_in(drawing, 2))
			drawing_add(drawing, DRAWN_FAULT, -1, "{what: stop, at: %s}", draw_instant(drawing, at));
		else
			drawing_add(drawing, DRAWN_FAULT, -1, "{what: disk-full, at: %s, for: %s}", draw_instant(drawing, at),
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, 20 * NS_PER_S)));
		break;
	}
}

