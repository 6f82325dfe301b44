/* The night: every slot's steps over time, what was cut, and what was expected of it against what came. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <stdio.h>

#define CASES_WIDTH 30

/* The step that the slot was at: the last that had begun. */
static const struct step_span *step_at(const struct model_slot *slot, int64_t t_ns)
{
	int i;

	for (i = slot->span_count - 1; i >= 0 && i >= slot->span_count - SPANS_MAX; i--)
		if (slot->spans[i % SPANS_MAX].from_ns <= t_ns)
			return &slot->spans[i % SPANS_MAX];
	return NULL;
}

static void draw_steps(struct cells *cells, const struct axis *axis, int row, const struct scene *scene, const struct model_slot *slot)
{
	int cell;

	for (cell = 0; cell < axis->width; cell++) {
		const struct step_span *span = step_at(slot, axis_instant(axis, cell + 1));
		char letter[2] = " ";

		if (axis_instant(axis, cell) > scene->status->heard_ns || !span || (span->to_ns != INSTANT_NEVER && span->to_ns < axis_instant(axis, cell)))
			continue;
		letter[0] = span->verb[0];
		(void)cells_put(cells, row, axis->column + cell, 1, span->state == STEP_FAILED ? pen_bold(COLOUR_OPEN) : pen(COLOUR_DIM), letter);
	}
}

/* Over the steps: a block for each time without supply, and a mark for each alert. */
static void draw_outages(struct cells *cells, const struct axis *axis, int row, const struct scene *scene, int index)
{
	const struct slot_findings *found = model_findings(scene->model, index);
	int i, cell;

	for (i = 0; found && i < sense_outage_count(&found->history->supply); i++) {
		struct outage outage = sense_outage(&found->history->supply, i);
		bool control = history_control_of(found->history, &outage) >= 0, off = scene->model->slots[index].off &&
			       outage.t_down_ns >= scene->model->slots[index].off_ns - NS_PER_S;
		int64_t end_ns = outage.t_up_ns == INSTANT_NEVER ? scene->status->heard_ns : outage.t_up_ns;

		for (cell = axis_cell(axis, outage.t_down_ns); !off && cell <= axis_cell(axis, end_ns); cell++)
			cells_glyph(cells, row, axis->column + cell, control ? pen(COLOUR_NOTE) : pen_bold(COLOUR_BAD), control ? GLYPH_SHADE : GLYPH_FULL);
	}
	for (i = 0; found && i < found->history->alert_count; i++)
		(void)cells_put(cells, row, axis->column + axis_cell(axis, found->history->alerts[i].t_ns), 1, pen_bold(COLOUR_NOTE),
				found->history->alerts[i].ad1 ? "A" : "R");
}

/* "outage more, ad1 pass, firmware ...": each case that is expected, and what came of it; what was not judged yet is "-". */
static void draw_cases(struct cells *cells, const struct scene *scene, struct area area, int row, int index)
{
	const struct slot_findings *found = model_findings(scene->model, index);
	char bytes[FREE_TEXT_SIZE];
	struct text text;
	int kind, i, put = 0;

	if (!found)
		return;
	text_init(&text, bytes, sizeof bytes);
	for (kind = 0; kind < CASE_COUNT; kind++) {
		const char *word = "-";

		if (!(found->history->expected & CASE_BIT(kind)))
			continue;
		for (i = found->verdicts_from; scene->model->findings->ended && i < found->verdicts_from + found->verdicts_count; i++) {
			const struct verdict *verdict = &scene->model->findings->verdicts[i];

			if (verdict->kind == (enum case_kind)kind)
				word = verdict->validity == VALIDITY_VALID ? conformity_name(verdict->conformity) : validity_name(verdict->validity);
		}
		text_format(&text, "%s%s", put++ ? " | " : "", word);
	}
	(void)cells_put(cells, row, area.column + area.columns - CASES_WIDTH, CASES_WIDTH, pen(COLOUR_PLAIN), bytes);
}

static void draw_axis(struct cells *cells, const struct scene *scene, const struct axis *axis, int row)
{
	char text[DURATION_TEXT_SIZE], time[DAYTIME_SIZE];
	int cell;

	for (cell = 0; cell + 6 <= axis->width; cell += axis->width >= 60 ? 15 : 10) {
		daytime(time, scene->model, axis_instant(axis, cell));
		(void)snprintf(text, sizeof text, "%.5s", time);
		cells_glyph(cells, row, axis->column + cell, pen(COLOUR_DIM), GLYPH_VERTICAL);
		(void)cells_put(cells, row, axis->column + cell + 1, 5, pen(COLOUR_TITLE), text);
	}
}

/* The cases that are expected, in the order of their column. */
static void draw_expected(struct cells *cells, const struct scene *scene, struct area area)
{
	const struct slot_findings *found = model_findings(scene->model, 0);
	char bytes[CASES_WIDTH * 2];
	struct text text;
	int kind, put = 0;

	text_init(&text, bytes, sizeof bytes);
	for (kind = 0; found && kind < CASE_COUNT; kind++)
		if (found->history->expected & CASE_BIT(kind))
			text_format(&text, "%s%s", put++ ? " | " : "", case_name((enum case_kind)kind));
	(void)cells_put(cells, area.row, area.column + area.columns - CASES_WIDTH, CASES_WIDTH, pen(COLOUR_TITLE), bytes);
}

static void draw_legend(struct cells *cells, struct area area)
{
	int row = area.row + area.rows - 1, column = area.column;

	cells_glyph(cells, row, column, pen_bold(COLOUR_BAD), GLYPH_FULL);
	column += 1 + cells_put(cells, row, column + 1, area.columns - 1, pen(COLOUR_DIM), " without supply  ");
	cells_glyph(cells, row, column, pen(COLOUR_NOTE), GLYPH_SHADE);
	column += 1;
	(void)cells_put(cells, row, column, area.column + area.columns - column, pen(COLOUR_DIM),
			" cut in a control  A AD1  R restored  letters: the step's verb");
}

void draw_night(struct cells *cells, const struct scene *scene, struct area area)
{
	bool cases = area.columns >= 74, planned = plan_is_shown(scene, area);
	int count = scene->model->slot_count, rows = area.rows - 2 - (planned ? PLAN_ROWS : 0), top = draw_top(scene->view->slot, count, rows), i;
	int first = area.row + (planned ? PLAN_ROWS : 1);
	int64_t end_ns = scene->status->link == LINK_REPLAY && scene->status->end_ns > 0 ? scene->status->end_ns : scene->status->heard_ns;
	struct axis axis = {area.column + NIGHT_NAME_WIDTH, area.columns - NIGHT_NAME_WIDTH - (cases ? CASES_WIDTH + 1 : 0), end_ns};

	if (planned && axis.end_ns < plan_soonest_end_ns(scene))
		axis.end_ns = plan_soonest_end_ns(scene);
	if (axis.width < 1 || axis.end_ns < axis.width)
		return;
	draw_axis(cells, scene, &axis, area.row);
	if (cases)
		draw_expected(cells, scene, area);
	if (planned) {
		draw_plan_rows(cells, scene, &axis, area.row + 1);
		draw_plan_words(cells, scene, area, area.row + area.rows - 2);
	}
	for (i = 0; i < rows && top + i < count; i++) {
		const struct model_slot *slot = &scene->model->slots[top + i];
		int row = first + i;

		(void)cells_put(cells, row, area.column, NIGHT_NAME_WIDTH - 1, pen_bold(COLOUR_PLAIN), slot->name);
		draw_steps(cells, &axis, row, scene, slot);
		draw_outages(cells, &axis, row, scene, top + i);
		if (cases)
			draw_cases(cells, scene, area, row, top + i);
		if (top + i == scene->view->slot)
			cells_mark(cells, row, area.column, NIGHT_NAME_WIDTH - 1, ATTRIBUTE_REVERSE);
	}
	draw_legend(cells, area);
}
