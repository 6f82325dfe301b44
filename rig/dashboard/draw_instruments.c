/* Every channel with its value and age. */

#include "rig/dashboard/draw.h"

static const char *kind_word(enum said_kind kind)
{
	static const char *const words[] = {[SAID_INPUT] = "input", [SAID_READING] = "reading", [SAID_OUTPUT] = "output",
					    [SAID_OBSERVER] = "observer", [SAID_SAFETY] = "safety"};

	return words[kind];
}

static void draw_channel(struct cells *cells, const struct scene *scene, struct area area, int row, const struct channel_value *channel)
{
	struct pen ink = channel->good ? pen(COLOUR_PLAIN) : pen_bold(COLOUR_BAD);
	int name = area.columns >= 70 ? 22 : 14, column = area.column;

	(void)cells_put(cells, row, column, name, pen_bold(COLOUR_PLAIN), channel->name);
	column += name + 1;
	(void)cells_put(cells, row, column, 6, pen(COLOUR_DIM), channel->slot);
	column += 7;
	if (area.columns >= 60) {
		(void)cells_put(cells, row, column, 8, pen(COLOUR_DIM), kind_word(channel->kind));
		column += 9;
		(void)cells_put(cells, row, column, 8, pen(COLOUR_DIM), channel->use);
		column += 9;
	}
	if (channel->said.any)
		(void)cells_put(cells, row, column, area.column + area.columns - 6 - column, ink, channel->text);
	else
		(void)cells_put(cells, row, column, area.column + area.columns - 6 - column, pen(COLOUR_DIM), "nothing said yet");
	draw_age(cells, scene, row, area.column + area.columns - 5, channel->said);
}

static void draw_heading(struct cells *cells, struct area area)
{
	int name = area.columns >= 70 ? 22 : 14;

	(void)cells_put(cells, area.row, area.column, name, pen(COLOUR_DIM), "channel");
	(void)cells_put(cells, area.row, area.column + name + 1, 6, pen(COLOUR_DIM), "slot");
	if (area.columns >= 60) {
		(void)cells_put(cells, area.row, area.column + name + 8, 8, pen(COLOUR_DIM), "kind");
		(void)cells_put(cells, area.row, area.column + name + 17, 8, pen(COLOUR_DIM), "what");
		(void)cells_put(cells, area.row, area.column + name + 26, 8, pen(COLOUR_DIM), "value");
	}
	cells_put_right(cells, area.row, area.column, area.columns, pen(COLOUR_DIM), "age");
}

void draw_instruments(struct cells *cells, const struct scene *scene, struct area area)
{
	int count = scene->model->channel_count, rows = area.rows - 2, top = draw_top(scene->view->channel, count, rows), i;

	draw_heading(cells, area);
	for (i = 0; i < rows && top + i < count; i++) {
		draw_channel(cells, scene, area, area.row + 1 + i, &scene->model->channels[top + i]);
		if (top + i == scene->view->channel)
			cells_mark(cells, area.row + 1 + i, area.column, area.columns, ATTRIBUTE_REVERSE);
	}
	(void)cells_format(cells, area.row + area.rows - 1, area.column, area.columns, pen(COLOUR_DIM), "%d to %d of %d channels%s; l: its line",
			   count ? top + 1 : 0, top + i, count, scene->model->dropped ? ", and more than are kept" : "");
}
