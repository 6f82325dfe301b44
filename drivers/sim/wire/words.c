/* Words that options and commands have in common: parts by their names, times and ranges of times. */

#include "drivers/sim/wire/wire.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

#include <string.h>

#define DURATION_MAX_NS (30 * 24 * NS_PER_H)

static int name_index(const char (*names)[WIRE_NAME_SIZE], int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return PLANT_NONE;
}

int wire_board(const struct wire *wire, const char *name)
{
	return name_index(wire->board_names, wire->settings.board_count, name);
}

int wire_supply(const struct wire *wire, const char *name)
{
	return name_index(wire->supply_names, wire->settings.supply_count, name);
}

bool wire_contact(const struct wire *wire, const char *text, struct plant_contact *contact, struct error *error)
{
	const char *dot = strrchr(text, '.');
	char board[WIRE_NAME_SIZE];
	int64_t relay = 0;

	contact->board = PLANT_NONE;
	if (strcmp(text, "always") == 0)
		return true;
	if (dot && dot - text < WIRE_NAME_SIZE) {
		memcpy(board, text, (size_t)(dot - text));
		board[dot - text] = '\0';
		contact->board = wire_board(wire, board);
	}
	if (contact->board == PLANT_NONE || !number_read(dot + 1, 1, PLANT_RELAYS, &relay, NULL))
		return error_set(error, FAULT_USAGE, "'%s' is no relay of a board that was named before, such as relays:1.3", text);
	contact->relay = (int)relay - 1;
	return true;
}

bool wire_range(const char *text, struct draw_range *range, struct error *error)
{
	const char *dots = strstr(text, "..");
	char first[32];

	if (!dots) {
		if (!unit_read(text, UNIT_DURATION, 0, DURATION_MAX_NS, &range->least, error))
			return error_prefix(error, "the time is");
		range->most = range->least;
		return true;
	}
	if ((size_t)(dots - text) >= sizeof first)
		return error_set(error, FAULT_USAGE, "'%s' is no range of times", text);
	memcpy(first, text, (size_t)(dots - text));
	first[dots - text] = '\0';
	if (!unit_read(first, UNIT_DURATION, 0, DURATION_MAX_NS, &range->least, error) ||
	    !unit_read(dots + 2, UNIT_DURATION, range->least, DURATION_MAX_NS, &range->most, error))
		return error_prefix(error, "the range %s is", text);
	return true;
}

bool wire_duration(struct wire *wire, const char *text, int64_t *duration_ns, struct error *error)
{
	struct draw_range range;

	if (!wire_range(text, &range, error))
		return false;
	*duration_ns = draw_between(&wire->draw, range);
	return true;
}
