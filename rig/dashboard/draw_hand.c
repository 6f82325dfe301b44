/* What may be done by hand, over the lower part of whatever screen is shown; and the question before ALL OFF. */

#include "rig/dashboard/draw.h"

#include <string.h>

#define ROWS_AROUND 4 /* title, what is asked, the line that equals it, what came of the last thing */
#define ACTION_COLUMNS 18
#define MOST_COLUMNS 8

static void clear(struct cells *cells, struct area area)
{
	int row;

	for (row = area.row; row < area.row + area.rows; row++)
		cells_format(cells, row, area.column, area.columns, pen(COLOUR_PLAIN), "%*s", area.columns, "");
}

static void draw_entry(struct cells *cells, struct area area, int row, const struct hand_entry *entry, bool selected)
{
	bool may = !entry->why_not[0];
	int at = area.column + 2, room = area.columns - 2;

	(void)cells_put(cells, row, area.column, 1, pen_bold(COLOUR_TITLE), selected ? ">" : " ");
	(void)cells_put(cells, row, at, room < ACTION_COLUMNS ? room : ACTION_COLUMNS, may ? pen_bold(COLOUR_PLAIN) : pen(COLOUR_DIM), entry->action);
	at += ACTION_COLUMNS + 1;
	room -= ACTION_COLUMNS + 1;
	if (!may) {
		(void)cells_format(cells, row, at, room, pen(COLOUR_DIM), "not now: %s", entry->why_not);
	} else if (strcmp(entry->action, "answer") == 0) {
		(void)cells_put(cells, row, at, room, pen(COLOUR_OPEN), entry->most);
	} else if (entry->most[0]) {
		(void)cells_format(cells, row, at, room, pen(COLOUR_PLAIN), "at most %s", entry->most);
	}
	if (selected)
		cells_mark(cells, row, area.column, area.columns, ATTRIBUTE_REVERSE);
}

static void draw_question(struct cells *cells, struct area area, int row, const struct hand *hand)
{
	const struct hand_entry *entry = hand_selected(hand);
	struct pen sure = {COLOUR_LIVE, ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE};

	if (hand->stage == HAND_SURE)
		(void)cells_put(cells, row, area.column, area.columns, sure, " y does it; any other key does not ");
	else if (hand->stage == HAND_TYPING && entry && hand_wants_words(entry))
		(void)cells_format(cells, row, area.column, area.columns, pen_bold(COLOUR_TITLE), "%s: %s_", entry->action, hand->typed);
	else if (hand->stage == HAND_TYPING && entry)
		(void)cells_format(cells, row, area.column, area.columns, pen_bold(COLOUR_TITLE), "%s, at most %s: %s_", entry->action, entry->most, hand->typed);
	else
		(void)cells_put(cells, row, area.column, area.columns, pen(COLOUR_DIM), "up, down, Enter; Esc closes; X X is ALL OFF");
}

void draw_hand(struct cells *cells, const struct hand *hand, struct area area)
{
	int rows = hand->count > 0 ? hand->count : 1, top, i;
	char bytes[FREE_TEXT_SIZE];
	struct text words;

	if (rows > area.rows - ROWS_AROUND)
		rows = area.rows - ROWS_AROUND < 1 ? 1 : area.rows - ROWS_AROUND;
	if (rows + ROWS_AROUND < area.rows) {
		area.row += area.rows - rows - ROWS_AROUND;
		area.rows = rows + ROWS_AROUND;
	}
	clear(cells, area);
	(void)snprintf(bytes, sizeof bytes, "By hand: %s", hand->slot);
	draw_rule(cells, area, area.row, bytes);
	top = draw_top(hand->selected, hand->count, rows);
	for (i = 0; i < rows && top + i < hand->count; i++)
		draw_entry(cells, area, area.row + 1 + i, &hand->entries[top + i], top + i == hand->selected);
	if (hand->count == 0)
		(void)cells_put(cells, area.row + 1, area.column + 2, area.columns - 2, pen(COLOUR_DIM), hand->nothing[0] ? hand->nothing : "the run is asked");
	text_init(&words, bytes, sizeof bytes);
	hand_words(hand, &words);
	(void)cells_put(cells, area.row + 1 + rows, area.column, area.columns, pen(COLOUR_TITLE), bytes);
	draw_question(cells, area, area.row + 2 + rows, hand);
	(void)cells_put(cells, area.row + 3 + rows, area.column, area.columns, pen(hand->refused ? COLOUR_BAD : COLOUR_GOOD), hand->said);
}

void draw_all_off(struct cells *cells)
{
	const struct pen ink = {COLOUR_BAD, ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE};

	(void)cells_format(cells, cells->rows - 1, 0, cells->columns, ink, "%-*s", cells->columns,
			   " X again: ALL OFF (not isolated), and the run ends; any other key: nothing");
}
