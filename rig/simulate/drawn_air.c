/* What goes wrong with a ZigBee dongle, on its air, and with the meters there: as drawn_fault.c. */

#include "rig/simulate/drawing.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

/* In most nights meters are given their images, and are released, in this time. */
#define UPGRADES_FROM_NS (410 * NS_PER_S)
#define UPGRADES_TO_NS (520 * NS_PER_S)

static const char *some_slot(struct drawing *drawing, int *slot)
{
	*slot = drawing->slots[drawing_between(drawing, 0, drawing->slot_count - 1)];
	return drawing->bench->slots[*slot].name;
}

static const char *draw_instant(struct drawing *drawing, char text[AMOUNT_TEXT_SIZE])
{
	return amount_text(text, UNIT_DURATION, drawing_one_in(drawing, 3) ? drawing_between(drawing, 0, drawing->length_ns)
									   : drawing_between(drawing, UPGRADES_FROM_NS, UPGRADES_TO_NS));
}

/* A moment, or long. */
static const char *draw_time(struct drawing *drawing, char text[AMOUNT_TEXT_SIZE])
{
	return amount_text(text, UNIT_DURATION, drawing_one_in(drawing, 2) ? drawing_between(drawing, NS_PER_MS, 10 * NS_PER_S)
									   : drawing_between(drawing, 10 * NS_PER_S, 300 * NS_PER_S));
}

static int draw_times(struct drawing *drawing)
{
	return (int)(drawing_one_in(drawing, 3) ? drawing_between(drawing, 4, 60) : drawing_between(drawing, 1, 3));
}

/* Bytes on its line, and what it does not say. */
static void draw_line(struct drawing *drawing, const char *name)
{
	static const char *const kinds[] = {"dongle-bytes-lost", "dongle-bytes-wrong", "dongle-bytes-added", "dongle-silent",
					    "dongle-unconfirmed", "dongle-deaf", "dongle-full", "air-busy"};
	int64_t kind = drawing_between(drawing, 0, 7);
	const char *back = kind < 3 && drawing_one_in(drawing, 2) ? ", back: true" : "";
	char at[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	drawing_add(drawing, DRAWN_FAULT, -1, "{what: %s, instrument: %s, at: %s, times: %d%s}", kinds[kind], name, at, draw_times(drawing), back);
}

static void draw_dongle(struct drawing *drawing, const char *name)
{
	int64_t kind = drawing_between(drawing, 0, 4);
	char at[AMOUNT_TEXT_SIZE], lasts[AMOUNT_TEXT_SIZE];

	draw_instant(drawing, at);
	if (kind < 2)
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: %s, instrument: %s, at: %s}", kind ? "dongle-forgets" : "dongle-resets", name, at);
	else if (kind < 4)
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: dongle-hangs, instrument: %s, at: %s, for: %s%s}", name, at, draw_time(drawing, lasts),
			    kind == 2 ? ", back: true" : "");
	else
		drawing_add(drawing, DRAWN_FAULT, -1, "{what: dongle-unplugged, instrument: %s, at: %s, for: %s}", name, at, draw_time(drawing, lasts));
}

static void draw_air(struct drawing *drawing)
{
	char at[AMOUNT_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE];
	int slot, times = draw_times(drawing);
	const char *name = some_slot(drawing, &slot);

	draw_instant(drawing, at);
	switch (drawing_between(drawing, 0, 8)) {
	case 0:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: air-late, slot: %s, at: %s, times: %d, by: %s}", name, at, times,
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_MS, drawing_one_in(drawing, 2) ? NS_PER_S : 20 * NS_PER_S)));
		break;
	case 1:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: route-lost, slot: %s, at: %s, times: %d}", name, at, times);
		break;
	case 2:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: ota-end-lost, slot: %s, times: %d}", name, (int)drawing_between(drawing, 1, 4));
		break;
	case 3:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: meter-moves, slot: %s, at: %s}", name, at);
		break;
	case 4:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: meter-leaves, slot: %s, at: %s, for: %s}", name, at, draw_time(drawing, amount));
		break;
	case 5:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: meter-sleeps, slot: %s, by: %s}", name,
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, 200 * NS_PER_MS, 12 * NS_PER_S)));
		break;
	default:
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: air-lost, slot: %s, at: %s, times: %d%s}", name, at, times,
			    drawing_one_in(drawing, 2) ? ", back: true" : "");
		break;
	}
}

/* What an OTA client does by itself. */
static void draw_client(struct drawing *drawing)
{
	static const char *const oddities[] = {"ota-pages", "image-damaged", "ota-empty-options", "ota-no-blocks", "ota-past-end", "ota-other-image",
					       "ota-repeats", "ota-twice", "ota-complains", "ota-mute", "ota-aborts", "ota-eager"};
	char amount[AMOUNT_TEXT_SIZE];
	int slot;
	const char *name = some_slot(drawing, &slot);

	if (drawing_one_in(drawing, 4))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: ota-reset, slot: %s, times: %d, for: %s%s}", name, (int)drawing_between(drawing, 1, 9),
			    amount_text(amount, UNIT_DURATION, drawing_one_in(drawing, 3) ? 0 : drawing_length(drawing)),
			    drawing_one_in(drawing, 2) ? ", back: true" : "");
	else if (drawing_one_in(drawing, 6))
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: ota-late, slot: %s, by: %s}", name,
			    amount_text(amount, UNIT_DURATION, drawing_between(drawing, NS_PER_S, 200 * NS_PER_S)));
	else
		drawing_add(drawing, DRAWN_FAULT, slot, "{what: %s, slot: %s}", oddities[drawing_between(drawing, 0, 11)], name);
}

void drawing_air_fault(struct drawing *drawing)
{
	const char *dongle = drawing->bench->instruments[drawing->dongle].name;

	switch (drawing_between(drawing, 0, 6)) {
	case 0:
	case 1:
		draw_line(drawing, dongle);
		break;
	case 2:
		draw_dongle(drawing, dongle);
		break;
	case 3:
	case 4:
		draw_air(drawing);
		break;
	default:
		draw_client(drawing);
		break;
	}
}
