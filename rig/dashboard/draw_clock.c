/* The outage clock, large. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <stdio.h>
#include <string.h>

#define DIGIT_ROWS 3
#define DIGITS_WIDTH 30

/* Three columns of five dots, two dots a cell: a bit a dot, the leftmost column the highest. */
static const unsigned char dots[10][5] = {
	{7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
	{7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 1, 1, 1}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7},
};

/* The same as seven segments, for ASCII. */
static const char *const segments[10][DIGIT_ROWS] = {
	{" _ ", "| |", "|_|"}, {"   ", "  |", "  |"}, {" _ ", " _|", "|_ "}, {" _ ", " _|", " _|"}, {"   ", "|_|", "  |"},
	{" _ ", "|_ ", " _|"}, {" _ ", "|_ ", "|_|"}, {" _ ", "  |", "  |"}, {" _ ", "|_|", "|_|"}, {" _ ", "|_|", " _|"},
};

static void draw_dots(struct cells *cells, int row, int column, struct pen ink, const unsigned char *digit)
{
	int y, x;

	for (y = 0; y < DIGIT_ROWS; y++)
		for (x = 0; x < 3; x++) {
			unsigned bit = 4U >> x;
			bool upper = digit[2 * y] & bit, lower = y < 2 && digit[2 * y + 1] & bit;

			if (upper || lower)
				cells_glyph(cells, row + y, column + x, ink, upper && lower ? GLYPH_FULL : upper ? GLYPH_UPPER : GLYPH_LOWER);
		}
}

static void draw_digit(struct cells *cells, int row, int column, struct pen ink, int digit)
{
	int y;

	if (!cells->ascii)
		draw_dots(cells, row, column, ink, dots[digit]);
	for (y = 0; cells->ascii && y < DIGIT_ROWS; y++)
		(void)cells_put(cells, row + y, column, 3, ink, segments[digit][y]);
}

/* Gives the columns used. */
static int draw_digits(struct cells *cells, int row, int column, struct pen ink, const char *text)
{
	int at = column;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			draw_digit(cells, row, at, ink, *text - '0');
			at += 4;
		} else {
			if (cells->ascii)
				(void)cells_put(cells, row + 2, at, 1, ink, ".");
			else
				cells_glyph(cells, row + 2, at, ink, GLYPH_UPPER);
			at += 2;
		}
	}
	return at - column;
}

static const char *what(const struct outage_clock *clock)
{
	if (clock->by_rig)
		return clock->running ? "the rig has cut the supply" : "the rig cut the supply";
	if (clock->running)
		return "the hub is WITHOUT SUPPLY";
	return "the hub was without supply";
}

static const char *against(const struct outage_clock *clock)
{
	if (clock->by_rig)
		return "not judged against the limit";
	switch (clock->zone) {
	case ZONE_ABOVE:
		return "MORE than the limit";
	case ZONE_NEAR:
		return clock->running ? "counting" : "NEAR the limit: undecided by U or by its bounds";
	case ZONE_BELOW:
		return "not more than the limit";
	case ZONE_NONE:
		break;
	}
	return "no limit is known";
}

/* "S04 010A030B": the slot and its meter. */
static void put_name(struct text *text, const struct model *model, int slot)
{
	const struct slot_findings *found = model_findings(model, slot);

	text_put(text, model->slots[slot].name);
	if (found && found->history->has_meter)
		text_format(text, " %s", found->history->meter.data.device.model);
}

static void draw_words(struct cells *cells, const struct scene *scene, struct area area, int slot, const struct outage_clock *clock)
{
	int64_t limit_ns = judge_limit(scene->model->findings).limit_ns, whole_ns = clock->by_rig && clock->planned_ns ? clock->planned_ns : limit_ns;
	char bytes[FREE_TEXT_SIZE], words[CLOCK_TEXT_SIZE], since[DAYTIME_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	put_name(&text, scene->model, slot);
	text_format(&text, "  %s", what(clock));
	(void)cells_put(cells, area.row, area.column, area.columns, pen_bold(clock_colour(clock)), bytes);
	clock_words(words, clock);
	daytime(since, scene->model, clock->t_down_ns);
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "%s since %s, U %.1f ms%s%s", words, since, (double)clock->u_ns / 1e6, clock->cause[0] ? ", " : "", clock->cause);
	(void)cells_put(cells, area.row + 1, area.column, area.columns, pen(COLOUR_PLAIN), bytes);
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "%s %lld s: %s", whole_ns == limit_ns ? "limit" : "announced", (long long)(whole_ns / NS_PER_S), against(clock));
	draw_bar(cells, area.row + 2, area.column, area.columns / 3, pen(clock_colour(clock)), clock->lo_ns, whole_ns);
	(void)cells_put(cells, area.row + 2, area.column + area.columns / 3 + 1, area.columns - area.columns / 3 - 1, pen(clock_colour(clock)), bytes);
}

static void draw_in_one_row(struct cells *cells, const struct scene *scene, struct area area, int slot, const struct outage_clock *clock)
{
	char words[CLOCK_TEXT_SIZE];

	clock_words(words, clock);
	(void)cells_format(cells, area.row, area.column, area.columns, pen_bold(clock_colour(clock)), "%s %s %s %s",
			   scene->model->slots[slot].name, clock->running ? "WITHOUT SUPPLY" : "was without", words,
			   clock->by_rig ? "(the rig's own)" : clock->zone == ZONE_ABOVE ? "MORE" : "");
}

static void draw_nothing(struct cells *cells, struct area area)
{
	(void)cells_put(cells, area.row + (area.rows >= DIGIT_ROWS ? 1 : 0), area.column, area.columns, pen(COLOUR_DIM),
			"No hub has been without its supply yet.");
}

void draw_clock(struct cells *cells, const struct scene *scene, struct area area, int slot)
{
	struct outage_clock clock = {0};
	struct area right = area;
	char text[DURATION_TEXT_SIZE];
	int used;

	if (slot >= 0)
		clock = outage_clock(scene->model, slot, scene->status->heard_ns);
	if (!clock.any) {
		draw_nothing(cells, area);
		return;
	}
	if (area.rows < DIGIT_ROWS || area.columns < 2 * DIGITS_WIDTH) {
		draw_in_one_row(cells, scene, area, slot, &clock);
		return;
	}
	duration_seconds(text, clock.hi_ns == INSTANT_NEVER || clock.running ? clock.lo_ns : clock.hi_ns);
	used = draw_digits(cells, area.row, area.column, pen_bold(clock_colour(&clock)), text);
	(void)cells_put(cells, area.row + 2, area.column + used, 1, pen_bold(clock_colour(&clock)), "s");
	used = used + 3 < DIGITS_WIDTH - 6 ? DIGITS_WIDTH - 6 : used + 3;
	right.column += used;
	right.columns -= used;
	draw_words(cells, scene, right, slot, &clock);
}
