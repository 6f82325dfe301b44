/* What screens share: rules, ages, bars, words. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <string.h>

struct pen pen(enum colour colour)
{
	return (struct pen){.colour = colour};
}

struct pen pen_bold(enum colour colour)
{
	return (struct pen){.colour = colour, .attributes = ATTRIBUTE_BOLD};
}

void draw_rule(struct cells *cells, struct area area, int row, const char *title)
{
	cells_repeat(cells, row, area.column, area.columns, pen(COLOUR_DIM), GLYPH_HORIZONTAL);
	if (title[0])
		(void)cells_format(cells, row, area.column + 1, area.columns - 2, pen(COLOUR_TITLE), " %s ", title);
}

void draw_age(struct cells *cells, const struct scene *scene, int row, int column, struct said said)
{
	char text[DURATION_TEXT_SIZE] = "-";

	if (said.any)
		duration_age(text, scene->status->now_ns - said.t_ns);
	cells_put_right(cells, row, column, 5, pen(COLOUR_DIM), text);
}

int draw_top(int selected, int count, int rows)
{
	int top = selected - rows / 2;

	if (top > count - rows)
		top = count - rows;
	return top < 0 ? 0 : top;
}

void draw_part(struct cells *cells, int row, int column, int width, struct pen full, int64_t value, int64_t whole)
{
	int cell = 0, filled = whole > 0 ? (int)(value >= whole ? width : (int64_t)((double)value / (double)whole * width)) : 0;

	for (cell = 0; cell < width; cell++)
		cells_glyph(cells, row, column + cell, cell < filled ? full : pen(COLOUR_DIM), cell < filled ? GLYPH_FULL : GLYPH_EMPTY);
}

void draw_bar(struct cells *cells, int row, int column, int width, struct pen full, int64_t value, int64_t whole)
{
	int mark = width * 2 / 3;

	draw_part(cells, row, column, width, full, value, whole + whole / 2);
	if (whole <= 0)
		return;
	cells_glyph(cells, row, column + mark, pen(COLOUR_PLAIN), GLYPH_LIMIT);
	if (value > whole + whole / 2)
		cells_glyph(cells, row, column + width - 1, full, GLYPH_RIGHT);
}

enum colour clock_colour(const struct outage_clock *clock)
{
	if (clock->by_rig)
		return COLOUR_NOTE;
	switch (clock->zone) {
	case ZONE_ABOVE:
		return COLOUR_BAD;
	case ZONE_NEAR:
		return COLOUR_OPEN;
	case ZONE_BELOW:
		return COLOUR_GOOD;
	case ZONE_NONE:
		break;
	}
	return COLOUR_PLAIN;
}

void clock_words(char bytes[CLOCK_TEXT_SIZE], const struct outage_clock *clock)
{
	char lo[DURATION_TEXT_SIZE], hi[DURATION_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, CLOCK_TEXT_SIZE);
	duration_seconds(lo, clock->lo_ns);
	if (clock->hi_ns == INSTANT_NEVER) {
		text_format(&text, "more than %s s", lo);
		return;
	}
	duration_seconds(hi, clock->hi_ns);
	if (strcmp(lo, hi) == 0)
		text_format(&text, "%s s", hi);
	else
		text_format(&text, "between %s and %s s", lo, hi);
}

/* By the wall clock of the last line: between two lines of a run it is steered, not set. */
void daytime(char text[DAYTIME_SIZE], const struct model *model, int64_t t_ns)
{
	int64_t utc_us = model->utc_us + (t_ns - model->t_ns) / NS_PER_US;
	char utc[UTC_TEXT_SIZE];

	utc_to_text(utc_us < 0 ? 0 : utc_us > UTC_US_MAX ? UTC_US_MAX : utc_us, utc);
	utc[19] = '\0';
	text_copy(text, DAYTIME_SIZE, utc + 11);
}

static const char *controls_of(const struct model *model, const struct slot_findings *found, enum polarity polarity)
{
	const struct history *history = found->history;
	bool any = false, failed = false;
	int i;

	for (i = 0; i < history->control_count; i++)
		if (history->controls[i].polarity == polarity && history->controls[i].span.to_ns == INSTANT_NEVER)
			return "run";
	for (i = found->controls_from; i < found->controls_from + found->controls_count; i++) {
		const struct control_result *result = &model->findings->controls[i];

		any |= result->polarity == polarity;
		failed |= result->polarity == polarity && !result->passed;
	}
	return failed ? "NO" : any ? "ok" : "";
}

void controls_words(char bytes[CONTROLS_TEXT_SIZE], const struct model *model, int slot)
{
	const struct slot_findings *found = model_findings(model, slot);
	const char *positive, *negative;
	struct text text;

	text_init(&text, bytes, CONTROLS_TEXT_SIZE);
	if (!found)
		return;
	positive = controls_of(model, found, POLARITY_POSITIVE);
	negative = controls_of(model, found, POLARITY_NEGATIVE);
	if (positive[0])
		text_format(&text, "+%s", positive);
	if (negative[0])
		text_format(&text, "%s-%s", positive[0] ? " " : "", negative);
}

int64_t axis_instant(const struct axis *axis, int cell)
{
	return axis->end_ns / axis->width * cell;
}

int axis_cell(const struct axis *axis, int64_t t_ns)
{
	int cell = (int)(t_ns / (axis->end_ns / axis->width + 1));

	return cell < axis->width ? cell : axis->width - 1;
}
