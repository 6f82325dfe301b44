/* The bench: a row a slot, and above them the clock that matters most. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <stdio.h>
#include <string.h>

#define CLOCK_ROWS 4         /* digits and a rule */
#define ROWS_FOR_CLOCK 16    /* an area of fewer rows has the clock in one */

/* A row of the table and what it is made from. */
struct row {
	const struct scene *scene;
	int slot;
	struct outage_clock clock;
	struct pen base;
};

typedef void put_column(struct cells *cells, int row, int column, int width, const struct row *of);

static const struct model_slot *slot_of(const struct row *of)
{
	return &of->scene->model->slots[of->slot];
}

static void put_name(struct cells *cells, int row, int column, int width, const struct row *of)
{
	(void)cells_put(cells, row, column, width, pen_bold(COLOUR_PLAIN), slot_of(of)->name);
}

static void put_model(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct slot_findings *found = model_findings(of->scene->model, of->slot);

	if (found && found->history->has_meter)
		(void)cells_put(cells, row, column, width, of->base, found->history->meter.data.device.model);
}

/* The step; of a transfer how far it is and how long it will take. */
static void put_step(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct model_slot *slot = slot_of(of);
	const struct transfer *transfer = &slot->transfer;
	char left[DURATION_TEXT_SIZE] = "";

	if (slot->step.state == STEP_FAILED || slot->step.state == STEP_SKIPPED) {
		(void)cells_format(cells, row, column, width, pen_bold(COLOUR_OPEN), "%s: %s", slot->step.state == STEP_FAILED ? "FAILED" : "skipped",
				   slot->step.verb);
	} else if (slot->phase_said.any && slot->phase == PHASE_TRANSFER && transfer->total_bytes > 0) {
		if (transfer_left_ns(transfer) != INSTANT_NEVER)
			duration_age(left, transfer_left_ns(transfer));
		(void)cells_format(cells, row, column, width, of->base, "%d%% %s", transfer_percent(transfer), left);
	} else {
		(void)cells_put(cells, row, column, width, of->base, slot->step.verb);
	}
}

static void put_age(struct cells *cells, int row, int column, int width, const struct row *of)
{
	draw_age(cells, of->scene, row, column + width - 5, slot_of(of)->said);
}

/* What the sense says. */
static void put_supply(struct cells *cells, int row, int column, int width, const struct row *of)
{
	int channel = slot_of(of)->supply, level = channel >= 0 ? of->scene->model->channels[channel].level : -1;

	(void)cells_put(cells, row, column, width, level == 0 ? pen_bold(COLOUR_OPEN) : pen(level > 0 ? COLOUR_GOOD : COLOUR_DIM),
			level < 0 ? "?" : level ? "on" : slot_of(of)->off ? "off" : "CUT");
}

/* Of the slot's first reading in volts. */
static void put_volts(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct model *model = of->scene->model;
	int i;

	for (i = 0; i < model->channel_count; i++) {
		const struct channel_value *channel = &model->channels[i];
		size_t size = strlen(channel->text);

		if (channel->kind == SAID_READING && strcmp(channel->slot, slot_of(of)->name) == 0 && size > 2 &&
		    strcmp(channel->text + size - 2, " V") == 0) {
			cells_put_right(cells, row, column, width, of->base, channel->text);
			return;
		}
	}
	cells_put_right(cells, row, column, width, pen(COLOUR_DIM), "-");
}

static void put_bar(struct cells *cells, int row, int column, int width, const struct row *of)
{
	draw_bar(cells, row, column, width, pen(clock_colour(&of->clock)), of->clock.any ? of->clock.lo_ns : 0,
		 judge_limit(of->scene->model->findings).limit_ns);
}

/* The bound that is known; '>' where the other is far from it, '~' where they differ. */
static void put_length(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct outage_clock *clock = &of->clock;
	bool open = clock->hi_ns == INSTANT_NEVER, wide = !open && clock->hi_ns - clock->lo_ns >= NS_PER_S / 10;
	char seconds[DURATION_TEXT_SIZE], text[DURATION_TEXT_SIZE + 2];

	if (!clock->any)
		return;
	duration_seconds(seconds, open || clock->running ? clock->lo_ns : clock->hi_ns);
	(void)snprintf(text, sizeof text, "%s%s", open || clock->running ? ">" : wide ? "~" : "", seconds);
	cells_put_right(cells, row, column, width, clock->running ? pen_bold(clock_colour(clock)) : pen(clock_colour(clock)), text);
}

static void put_zone(struct cells *cells, int row, int column, int width, const struct row *of)
{
	(void)cells_put(cells, row, column, width, pen_bold(clock_colour(&of->clock)), clock_zone_word(&of->clock));
}

static void put_alerts(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct slot_findings *found = model_findings(of->scene->model, of->slot);
	char letters[OBSERVERS_MAX + 1] = "";
	bool any = false;
	int i;

	for (i = 0; found && i < found->history->observer_count; i++) {
		enum alert_mark mark = outage_alert(of->scene->model, of->slot, &of->clock, i);

		letters[i] = alert_mark_letter(mark);
		letters[i + 1] = '\0';
		any |= mark == MARK_AD1 || mark == MARK_BOTH;
	}
	(void)cells_put(cells, row, column, width, any ? pen_bold(COLOUR_NOTE) : pen(COLOUR_DIM), letters);
}

static void put_controls(struct cells *cells, int row, int column, int width, const struct row *of)
{
	char text[CONTROLS_TEXT_SIZE];

	controls_words(text, of->scene->model, of->slot);
	(void)cells_put(cells, row, column, width, strstr(text, "NO") ? pen_bold(COLOUR_BAD) : strstr(text, "run") ? pen(COLOUR_NOTE) : pen(COLOUR_PLAIN),
			text);
}

static void put_health(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct slot_findings *found = model_findings(of->scene->model, of->slot);
	int i, deaf = 0, count = found ? found->history->observer_count : 0;

	for (i = 0; i < count; i++)
		deaf += !history_healthy(found->history, i, found->history->t_last_ns, found->history->t_last_ns);
	(void)cells_put(cells, row, column, width, deaf ? pen_bold(COLOUR_BAD) : pen(COLOUR_GOOD), count == 0 ? "-" : deaf ? "DEAF" : "ok");
}

/* What there is to say: a question, a fault, what a gate waits for, else why the supply was away. */
static void put_now(struct cells *cells, int row, int column, int width, const struct row *of)
{
	const struct model_slot *slot = slot_of(of);

	if (slot->question[0])
		(void)cells_format(cells, row, column, width, pen_bold(COLOUR_NOTE), "asks: %s", slot->question);
	else if (slot->fault_said.any)
		(void)cells_format(cells, row, column, width, pen(COLOUR_OPEN), "%s: %s", fault_name(slot->fault), slot->fault_code);
	else if (slot->gate_said.any && slot->gate != GATE_PASSED)
		(void)cells_format(cells, row, column, width, pen(COLOUR_DIM), "gate: %s", slot->gate_text);
	else if (cells_width(of->clock.cause) > width && strncmp(of->clock.cause, "firmware-", 9) == 0)
		(void)cells_format(cells, row, column, width, of->base, "fw-%s", of->clock.cause + 9);
	else
		(void)cells_put(cells, row, column, width, of->base, of->clock.cause);
}

/* In the order in which they stand; `from` is the width of the table from which on there is room for it. */
static const struct {
	const char *title;
	int width, from;
	put_column *put;
} columns[] = {
	{"slot", 5, 0, put_name}, {"meter", 9, 100, put_model}, {"step", 11, 70, put_step}, {"age", 5, 60, put_age}, {"hub", 3, 0, put_supply},
	{"volts", 8, 110, put_volts}, {"limit", 5, 0, put_bar}, {"seconds", 8, 0, put_length}, {"", 4, 30, put_zone}, {"AD1", 3, 36, put_alerts},
	{"control", 7, 74, put_controls}, {"obs", 4, 50, put_health}, {"cause", 0, 74, put_now},
};

#define COLUMNS (sizeof columns / sizeof *columns)

/* What is left behind all others goes to the last; the bar grows where there is much room. */
static int width_of(size_t index, struct area area, int left)
{
	if (columns[index].width == 0)
		return left;
	return columns[index].put == put_bar && area.columns > 110 ? 18 : columns[index].width;
}

static void put_row(struct cells *cells, struct area area, int row, const struct row *of)
{
	int column = area.column;
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		int left = area.column + area.columns - column, width = width_of(i, area, left);

		if (columns[i].from > area.columns || left < width || width < 3)
			continue;
		if (of)
			columns[i].put(cells, row, column, width, of);
		else
			(void)cells_put(cells, row, column, width, pen(COLOUR_DIM), columns[i].title);
		column += width + 1;
	}
}

static void draw_table(struct cells *cells, const struct scene *scene, struct area area)
{
	int count = scene->model->slot_count, rows = area.rows - 1, top, i;

	put_row(cells, area, area.row, NULL);
	if (count > rows && rows > 2)
		rows--;
	top = draw_top(scene->view->slot, count, rows);
	for (i = 0; i < rows && top + i < count; i++) {
		struct row row = {.scene = scene, .slot = top + i, .base = pen(COLOUR_PLAIN)};

		row.clock = outage_clock(scene->model, row.slot, scene->status->heard_ns);
		put_row(cells, area, area.row + 1 + i, &row);
		if (row.slot == scene->view->slot)
			cells_mark(cells, area.row + 1 + i, area.column, area.columns, ATTRIBUTE_REVERSE);
	}
	if (count > rows)
		(void)cells_format(cells, area.row + area.rows - 1, area.column, area.columns, pen(COLOUR_DIM), "%d to %d of %d slots%s", top + 1, top + i,
				   count, top + i < count ? "; more below" : "");
}

static void draw_empty(struct cells *cells, const struct scene *scene, struct area area)
{
	(void)cells_put(cells, area.row + area.rows / 2, area.column, area.columns, pen(COLOUR_DIM),
			scene->model->lines ? "The run has not said yet which slots take part." : "No line of a run has come yet.");
}

void draw_bench(struct cells *cells, const struct scene *scene, struct area area)
{
	bool large = area.rows >= ROWS_FOR_CLOCK && area.columns >= 60;
	struct area clock = {area.row, area.column, large ? CLOCK_ROWS - 1 : 1, area.columns}, table = area;

	if (scene->model->slot_count == 0) {
		draw_empty(cells, scene, area);
		return;
	}
	draw_clock(cells, scene, clock, outage_clock_first(scene->model, scene->status->heard_ns));
	table.row += large ? CLOCK_ROWS : 1;
	table.rows -= large ? CLOCK_ROWS : 1;
	if (large)
		draw_rule(cells, area, area.row + CLOCK_ROWS - 1, "");
	draw_table(cells, scene, table);
}
