/* Messages as a ladder between four parties. */

#include "rig/dashboard/draw.h"

#define TIME_WIDTH 9

static const char *const names[PARTY_COUNT] = {"meter", "hub", "rig", "DCC"};
static const char *const short_names[PARTY_COUNT] = {"mtr", "hub", "rig", "dcc"};

static int lane_width(struct area area)
{
	return area.columns >= 60 ? 8 : 4;
}

/* The column of a party's line. */
static int lane(struct area area, enum party party)
{
	return area.column + TIME_WIDTH + 1 + lane_width(area) * (int)party;
}

static void draw_lanes(struct cells *cells, struct area area, int row)
{
	int party;

	for (party = 0; party < PARTY_COUNT; party++)
		cells_glyph(cells, row, lane(area, (enum party)party), pen(COLOUR_DIM), GLYPH_VERTICAL);
}

/* The arrow lies between two parties, and what was said behind all of them. */
static void draw_message(struct cells *cells, struct area area, int row, const struct message *message)
{
	int from = lane(area, message->from), to = lane(area, message->to), left = from < to ? from : to, right = from < to ? to : from;
	struct pen ink = message->alert ? pen_bold(COLOUR_NOTE) : pen(COLOUR_PLAIN);
	int words = lane(area, PARTY_COUNT) - lane_width(area) + 3;

	cells_repeat(cells, row, left + 1, right - left - 1, ink, GLYPH_HORIZONTAL);
	cells_glyph(cells, row, from < to ? right - 1 : left + 1, ink, from < to ? GLYPH_RIGHT : GLYPH_LEFT);
	(void)cells_put(cells, row, words, area.column + area.columns - words, ink, message->text);
}

void draw_ladder(struct cells *cells, const struct scene *scene, struct area area, const struct model_slot *slot)
{
	int count = slot->message_count < LADDER_MAX ? slot->message_count : LADDER_MAX, rows = area.rows - 1, party, i;
	int newest = scene->view->message >= rows ? scene->view->message - rows + 1 : 0;
	char time[DAYTIME_SIZE];

	for (party = 0; party < PARTY_COUNT; party++)
		(void)cells_put(cells, area.row, lane(area, (enum party)party) - 1, 5, pen(COLOUR_TITLE),
				lane_width(area) > 5 ? names[party] : short_names[party]);
	for (i = 0; i < rows; i++) {
		int index = newest + rows - 1 - i < count ? slot->message_count - 1 - (newest + rows - 1 - i) : -1, row = area.row + 1 + i;
		const struct message *message = index < 0 ? NULL : &slot->messages[index % LADDER_MAX];

		draw_lanes(cells, area, row);
		if (!message)
			continue;
		daytime(time, scene->model, message->said.t_ns);
		(void)cells_put(cells, row, area.column, TIME_WIDTH, pen(COLOUR_DIM), time);
		draw_message(cells, area, row, message);
		if (slot->message_count - 1 - index == scene->view->message)
			cells_mark(cells, row, area.column, TIME_WIDTH - 1, ATTRIBUTE_REVERSE);
	}
}
