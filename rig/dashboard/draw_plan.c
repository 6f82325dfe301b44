/* The plan beside what was done: the two nights between which the selected slot's lies, and in words how its step stands to them. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdio.h>

bool plan_is_shown(const struct scene *scene, struct area area)
{
	const struct view *view = scene->view;

	return scene->planned && scene->planned->count > 0 && area.rows >= PLAN_AREA_ROWS_LEAST && view->slot < scene->model->slot_count &&
	       scene->model->slots[view->slot].begun_ns != INSTANT_NEVER;
}

int64_t plan_soonest_end_ns(const struct scene *scene)
{
	return scene->model->slots[scene->view->slot].begun_ns + scene->planned->steps[scene->planned->count - 1].soon_to_ns;
}

/* The last step that has begun then. */
static const struct planned_step *step_at(const struct planned *planned, int64_t t_ns, bool late)
{
	int i;

	for (i = planned->count - 1; i >= 0; i--)
		if ((late ? planned->steps[i].late_from_ns : planned->steps[i].soon_from_ns) <= t_ns)
			return &planned->steps[i];
	return NULL;
}

static void draw_row(struct cells *cells, const struct scene *scene, const struct axis *axis, int row, bool late)
{
	int64_t begun_ns = scene->model->slots[scene->view->slot].begun_ns;
	int cell;

	for (cell = 0; cell < axis->width; cell++) {
		const struct planned_step *step = step_at(scene->planned, axis_instant(axis, cell + 1) - begun_ns, late);
		char letter[2] = " ";

		if (!step || (late ? step->late_to_ns : step->soon_to_ns) < axis_instant(axis, cell) - begun_ns)
			continue;
		letter[0] = step->verb[0];
		(void)cells_put(cells, row, axis->column + cell, 1, pen(COLOUR_TITLE), letter);
	}
}

void draw_plan_rows(struct cells *cells, const struct scene *scene, const struct axis *axis, int row)
{
	(void)cells_put(cells, row, axis->column - NIGHT_NAME_WIDTH, NIGHT_NAME_WIDTH - 1, pen(COLOUR_TITLE), "soon");
	draw_row(cells, scene, axis, row, false);
	(void)cells_put(cells, row + 1, axis->column - NIGHT_NAME_WIDTH, NIGHT_NAME_WIDTH - 1, pen(COLOUR_TITLE), "late");
	draw_row(cells, scene, axis, row + 1, true);
}

/* "in time" until it is later than every bound allows. */
static const char *standing(const struct model_slot *slot, const struct planned_step *step, int64_t now_ns)
{
	int64_t ended_ns = slot->step.to_ns == INSTANT_NEVER ? now_ns : slot->step.to_ns;

	if (slot->step.from_ns - slot->begun_ns > step->late_from_ns)
		return "LATER THAN PLANNED";
	return ended_ns - slot->begun_ns > step->late_to_ns ? "OVER ITS TIME" : "in time";
}

void draw_plan_words(struct cells *cells, const struct scene *scene, struct area area, int row)
{
	const struct model_slot *slot = &scene->model->slots[scene->view->slot];
	char soon[DAYTIME_SIZE], late[DAYTIME_SIZE], end[DAYTIME_SIZE], begun[DAYTIME_SIZE];
	const struct planned_step *step;
	const char *how;

	if (slot->step.step < 0 || slot->step.step >= scene->planned->count)
		return;
	step = &scene->planned->steps[slot->step.step];
	daytime(soon, scene->model, slot->begun_ns + step->soon_from_ns);
	daytime(late, scene->model, slot->begun_ns + step->late_from_ns);
	daytime(end, scene->model, slot->begun_ns + step->late_to_ns);
	daytime(begun, scene->model, slot->step.from_ns);
	how = standing(slot, step, scene->status->heard_ns);
	(void)cells_format(cells, row, area.column, area.columns, how[0] == 'i' ? pen(COLOUR_PLAIN) : pen_bold(COLOUR_OPEN),
			   "%s: %s, step %d/%d %s, begun %.5s, plan %.5s-%.5s, end by %.5s", slot->name, how, (int)slot->step.step + 1,
			   scene->planned->count, slot->step.verb, begun, soon, late, end);
}
