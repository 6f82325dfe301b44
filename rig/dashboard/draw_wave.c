/* A channel over time, as a scope shows it. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"

#include <string.h>

#define LABEL_WIDTH 18

struct trace {
	struct cells *cells;
	int row;            /* the upper one */
	bool tall;          /* two rows */
	struct pen ink;
};

/* A cell of a steady level, and one in which the level changes. */
static void put_steady(const struct trace *trace, int column, int level)
{
	if (level < 0)
		cells_glyph(trace->cells, trace->row, column, pen(COLOUR_DIM), GLYPH_UNKNOWN);
	else if (trace->tall)
		cells_glyph(trace->cells, level ? trace->row : trace->row + 1, column, trace->ink, GLYPH_HORIZONTAL);
	else
		cells_glyph(trace->cells, trace->row, column, trace->ink, level ? GLYPH_FULL : GLYPH_LOWER);
}

static void put_change(const struct trace *trace, int column, int from, int to)
{
	if (!trace->tall || from < 0 || to < 0) {
		put_steady(trace, column, to);
		return;
	}
	cells_glyph(trace->cells, trace->row, column, trace->ink, to ? GLYPH_DOWN_RIGHT : GLYPH_DOWN_LEFT);
	cells_glyph(trace->cells, trace->row + 1, column, trace->ink, to ? GLYPH_UP_LEFT : GLYPH_UP_RIGHT);
}

/* More than one change within a cell: both rows full, so that a dip is never too short to be seen. */
static void put_burst(const struct trace *trace, int column)
{
	cells_glyph(trace->cells, trace->row, column, trace->ink, GLYPH_VERTICAL);
	if (trace->tall)
		cells_glyph(trace->cells, trace->row + 1, column, trace->ink, GLYPH_VERTICAL);
}

static int changes_in(const struct channel_value *channel, int64_t from_ns, int64_t to_ns)
{
	int count = 0, i;

	for (i = channel->wave_count - 1; i >= 0 && i >= channel->wave_count - WAVE_MAX; i--)
		count += channel->wave[i % WAVE_MAX].t_ns > from_ns && channel->wave[i % WAVE_MAX].t_ns <= to_ns;
	return count;
}

static void draw_trace(const struct trace *trace, const struct scene *scene, const struct channel_value *channel, int column, int width)
{
	int64_t end_ns = scene->status->heard_ns, span_ns = scene->view->wave_ns;
	int i;

	for (i = 0; i < width; i++) {
		int64_t from_ns = end_ns - span_ns + span_ns / width * i, to_ns = i == width - 1 ? end_ns : end_ns - span_ns + span_ns / width * (i + 1);
		int before = channel_level_at(channel, from_ns), after = channel_level_at(channel, to_ns);

		if (to_ns < 0)
			continue;
		if (before == after && changes_in(channel, from_ns, to_ns) > 0)
			put_burst(trace, column + i);
		else if (before == after)
			put_steady(trace, column + i, after);
		else
			put_change(trace, column + i, before, after);
	}
}

/* Supply that is away, and a meter that says so. */
static bool is_away(const struct channel_value *channel)
{
	return channel->level == (strcmp(channel->use, "AC LO") == 0 ? 1 : 0);
}

void draw_wave(struct cells *cells, const struct scene *scene, struct area area, int index, const char *label)
{
	struct trace trace = {.cells = cells, .row = area.row, .tall = area.rows > 1, .ink = pen(COLOUR_GOOD)};
	const struct channel_value *channel = index < 0 ? NULL : &scene->model->channels[index];
	int used = area.columns > 60 ? LABEL_WIDTH : 8;

	(void)cells_put(cells, area.row, area.column, used, pen(COLOUR_TITLE), label);
	if (!channel || !channel->said.any) {
		(void)cells_put(cells, area.row, area.column + used, area.columns - used, pen(COLOUR_DIM), channel ? "nothing said yet" : "not wired");
		return;
	}
	if (used == LABEL_WIDTH) {
		(void)cells_put(cells, area.row, area.column + 7, 10, is_away(channel) ? pen_bold(COLOUR_OPEN) : pen(COLOUR_PLAIN), channel->text);
		if (area.rows > 1) {
			(void)cells_put(cells, area.row + 1, area.column, 6, pen(COLOUR_DIM), "  age");
			draw_age(cells, scene, area.row + 1, area.column + 6, channel->said);
		}
	}
	if (is_away(channel))
		trace.ink = pen_bold(COLOUR_OPEN);
	draw_trace(&trace, scene, channel, area.column + used, area.columns - used);
}
