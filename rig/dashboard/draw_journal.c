/* The lines themselves. */

#include "rig/dashboard/draw.h"

#include "rig/dashboard/say.h"

#include <stdio.h>

#define ROWS_MOST CELLS_ROWS_MAX

static enum colour line_colour(const struct record *record)
{
	switch ((int)record->kind) {
	case RECORD_FAULT:
		return COLOUR_BAD;
	case RECORD_ALERT:
		return COLOUR_NOTE;
	case RECORD_ACTIVATION:
	case RECORD_SAFETY:
	case RECORD_PROTECTION:
		return COLOUR_OPEN;
	case RECORD_VERDICT:
	case RECORD_END:
		return COLOUR_TITLE;
	default:
		return COLOUR_PLAIN;
	}
}

static void draw_line(struct cells *cells, const struct scene *scene, struct area area, int row, int64_t line)
{
	char text[SAY_SIZE], time[DAYTIME_SIZE];
	struct record record;
	int column = area.column;

	archive_get(scene->archive, line, &record);
	say_record(text, &record);
	daytime(time, scene->model, record.t_ns);
	if (area.columns >= 60) {
		column += cells_format(cells, row, column, 8, pen(COLOUR_DIM), "%s%6llu ", record.supervisor ? "S" : " ", (unsigned long long)record.seq);
		column += 1 + cells_put(cells, row, column, 8, pen(COLOUR_DIM), time);
	}
	(void)cells_put(cells, row, column, 5, pen_bold(COLOUR_PLAIN), record.slot);
	column += 6;
	(void)cells_put(cells, row, column, 9, pen(COLOUR_TITLE), record_kind_name(record.kind));
	column += 10;
	(void)cells_put(cells, row, column, area.column + area.columns - column, pen(line_colour(&record)), text);
}

/* Numbers of the lines that fill the rows, around the selected one; gives how many. */
static int lines_around(const struct scene *scene, int64_t lines[ROWS_MOST], int rows)
{
	const struct view *view = scene->view;
	int64_t after[ROWS_MOST], before[ROWS_MOST], line;
	int afters = 0, befores = 0, count = 0, i;

	for (line = view->line; afters < rows - 1 && (line = view_next_line(view, scene->archive, line, 1)) >= 0;)
		after[afters++] = line;
	if (afters > rows / 2)
		afters = rows / 2;
	for (line = view->line; befores < rows - 1 - afters && (line = view_next_line(view, scene->archive, line, -1)) >= 0;)
		before[befores++] = line;
	for (i = befores - 1; i >= 0; i--)
		lines[count++] = before[i];
	lines[count++] = view->line;
	for (i = 0; i < afters; i++)
		lines[count++] = after[i];
	for (line = lines[count - 1]; count < rows && (line = view_next_line(view, scene->archive, line, 1)) >= 0;)
		lines[count++] = line;
	return count;
}

static void draw_foot(struct cells *cells, const struct scene *scene, struct area area)
{
	const struct view *view = scene->view;

	(void)cells_format(cells, area.row + area.rows - 1, area.column, area.columns, pen(COLOUR_DIM), "line %lld of %lld%s%s%s%s%s%s",
			   (long long)view->line + 1, (long long)scene->archive->end, view->follow ? ", following" : "",
			   view->all ? "" : ", without levels, readings, clock and progress (v)", view->filter[0] ? ", only: " : "", view->filter,
			   view->search[0] ? ", search: " : "", view->search);
}

void draw_journal(struct cells *cells, const struct scene *scene, struct area area)
{
	int64_t lines[ROWS_MOST];
	int rows = area.rows - 1, count, i;

	if (scene->view->line < scene->archive->first || scene->view->line >= scene->archive->end) {
		(void)cells_put(cells, area.row + area.rows / 2, area.column, area.columns, pen(COLOUR_DIM),
				scene->archive->end > 0 ? "No line has that text. f and Enter show all." : "No line has come yet.");
		return;
	}
	count = rows > 0 ? lines_around(scene, lines, rows) : 0;
	for (i = 0; i < count; i++) {
		draw_line(cells, scene, area, area.row + i, lines[i]);
		if (lines[i] == scene->view->line)
			cells_mark(cells, area.row + i, area.column, area.columns, ATTRIBUTE_REVERSE);
	}
	draw_foot(cells, scene, area);
}
