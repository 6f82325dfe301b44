/* One slot: its clock, its lines over time, what was said, its ledger, observers and transfer. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <stdio.h>
#include <string.h>

/* "meter 010A030B 00-DB-... 0002012F, read 00020130 | hub 0101AB03 ..." */
static void draw_devices(struct cells *cells, const struct scene *scene, struct area area)
{
	const struct slot_findings *found = model_findings(scene->model, scene->view->slot);
	const struct model_slot *slot = &scene->model->slots[scene->view->slot];
	char bytes[2 * FREE_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "%s", slot->name);
	if (found && found->history->has_meter)
		text_format(&text, "  meter %s %s fw %s", found->history->meter.data.device.model, found->history->meter.data.device.guid,
			    found->history->meter.data.device.firmware);
	if (slot->firmware_read[0])
		text_format(&text, ", read %s", slot->firmware_read);
	if (found && found->history->has_hub)
		text_format(&text, "  hub %s %s", found->history->hub.data.device.model, found->history->hub.data.device.guid);
	(void)cells_put(cells, area.row, area.column, area.columns, pen_bold(COLOUR_PLAIN), bytes);
}

static const char *step_word(enum step_state state)
{
	static const char *const words[] = {[STEP_BEGIN] = "", [STEP_DONE] = " done", [STEP_FAILED] = " FAILED", [STEP_SKIPPED] = " skipped"};

	return words[state];
}

static void draw_state(struct cells *cells, const struct scene *scene, struct area area, bool tight)
{
	const struct model_slot *slot = &scene->model->slots[scene->view->slot];
	char bytes[3 * FREE_TEXT_SIZE], age[DURATION_TEXT_SIZE], controls[CONTROLS_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	if (tight)
		text_format(&text, "%s  ", slot->name);
	if (slot->step_said.any) {
		duration_age(age, scene->status->now_ns - slot->step_said.t_ns);
		text_format(&text, "step %d %s%s (%s)  ", (int)slot->step.step + 1, slot->step.verb, step_word(slot->step.state), age);
	}
	if (slot->phase_said.any) {
		duration_age(age, scene->status->now_ns - slot->phase_said.t_ns);
		text_format(&text, "phase %s (%s)  ", phase_name(slot->phase), age);
	}
	controls_words(controls, scene->model, scene->view->slot);
	if (controls[0])
		text_format(&text, "controls %s  ", controls);
	if (slot->fault_said.any) {
		duration_age(age, scene->status->now_ns - slot->fault_said.t_ns);
		text_format(&text, "FAULT (%s) %s: %s (%s)", fault_name(slot->fault), slot->fault_code, slot->fault_text, age);
	} else if (slot->gate_said.any) {
		duration_age(age, scene->status->now_ns - slot->gate_said.t_ns);
		text_format(&text, "gate: %s (%s)", slot->gate == GATE_PASSED ? "passed" : slot->gate_text, age);
	}
	(void)cells_put(cells, area.row, area.column, area.columns, slot->fault_said.any ? pen(COLOUR_OPEN) : pen(COLOUR_PLAIN), bytes);
}

/* The first `count` of mains, supply and AC LO, `each` rows high. Gives the rows used. */
static int draw_waves(struct cells *cells, const struct scene *scene, struct area area, int each, int count)
{
	const struct model_slot *slot = &scene->model->slots[scene->view->slot];
	const struct {
		int channel;
		const char *label;
	} waves[] = {{slot->mains, "mains"}, {slot->supply, "supply"}, {slot->ac_lost, "AC LO"}};
	char title[64], span[DURATION_TEXT_SIZE];
	int i;

	duration_age(span, scene->view->wave_ns);
	(void)snprintf(title, sizeof title, "the last %s", span);
	draw_rule(cells, area, area.row, title);
	for (i = 0; i < count; i++)
		draw_wave(cells, scene, (struct area){area.row + 1 + i * each, area.column, each, area.columns}, waves[i].channel, waves[i].label);
	return 1 + count * each;
}

/* ---- The right side: observers, transfer, ledger, verdicts ---- */

struct lines {
	struct cells *cells;
	struct area area;
	int used;
};

static int next_row(struct lines *lines)
{
	return lines->used < lines->area.rows ? lines->area.row + lines->used++ : -1;
}

static void put_heading(struct lines *lines, const char *words)
{
	int row = next_row(lines);

	if (row >= 0)
		(void)cells_put(lines->cells, row, lines->area.column, lines->area.columns, pen(COLOUR_TITLE), words);
}

static void put_observers(struct lines *lines, const struct scene *scene, const struct outage_clock *clock)
{
	static const char *const marks[] = {[MARK_NONE] = "no alert", [MARK_AD1] = "AD1 SEEN", [MARK_RESTORED] = "restoration seen",
					    [MARK_BOTH] = "AD1 and restoration SEEN", [MARK_DEAF] = "NOT HEARD: cannot see"};
	const struct slot_findings *found = model_findings(scene->model, scene->view->slot);
	int i;

	put_heading(lines, "observers");
	for (i = 0; found && i < found->history->observer_count; i++) {
		enum alert_mark mark = outage_alert(scene->model, scene->view->slot, clock, i);
		bool seen = mark == MARK_AD1 || mark == MARK_BOTH;

		(void)cells_format(lines->cells, next_row(lines), lines->area.column, lines->area.columns,
				   seen ? pen_bold(COLOUR_NOTE) : pen(mark == MARK_DEAF ? COLOUR_BAD : COLOUR_PLAIN), " %s at %s: %s",
				   found->history->observers[i].name, found->history->observers[i].point, marks[mark]);
	}
}

static void put_transfer(struct lines *lines, const struct scene *scene)
{
	const struct model_slot *slot = &scene->model->slots[scene->view->slot];
	const struct transfer *transfer = &slot->transfer;
	char left[DURATION_TEXT_SIZE] = "?", age[DURATION_TEXT_SIZE];
	bool goes_on = slot->phase_said.any && slot->phase == PHASE_TRANSFER;
	int row;

	if (!transfer->counted)
		return;
	put_heading(lines, "transfer");
	if (transfer_left_ns(transfer) != INSTANT_NEVER)
		duration_age(left, transfer_left_ns(transfer));
	duration_age(age, scene->status->now_ns - slot->transfer_said.t_ns);
	row = next_row(lines);
	if (goes_on)
		(void)cells_format(lines->cells, row, lines->area.column, lines->area.columns, pen(COLOUR_PLAIN),
				   " %lld of %lld B, %lld B/s, left %s (%s)", (long long)transfer->done_bytes, (long long)transfer->total_bytes,
				   (long long)transfer_rate(transfer), left, age);
	else
		(void)cells_format(lines->cells, row, lines->area.column, lines->area.columns, pen(COLOUR_PLAIN), " %lld of %lld B, over (%s)",
				   (long long)transfer->done_bytes, (long long)transfer->total_bytes, age);
	row = next_row(lines);
	if (row >= 0)
		draw_part(lines->cells, row, lines->area.column + 1, lines->area.columns - 2, pen(COLOUR_GOOD), transfer->done_bytes, transfer->total_bytes);
}

/* "20.0 s  none-expected  firmware-activate": the newest last, as many as there is room for. */
static void put_ledger(struct lines *lines, const struct scene *scene, const struct outage_clock *clock)
{
	const struct slot_findings *found = model_findings(scene->model, scene->view->slot);
	int room = lines->area.rows - lines->used - 1, count = found ? found->ledger_count : 0, i;
	char length[CLOCK_TEXT_SIZE];

	put_heading(lines, "ledger: outage, alert, cause");
	for (i = count > room ? count - room : 0; i < count; i++) {
		const struct ledger_line *line = &scene->model->findings->ledger[found->ledger_from + i];
		struct outage_clock of = {.lo_ns = line->outage.lo_ns, .hi_ns = line->outage.hi_ns};
		bool bad = line->class == LEDGER_UNEXPECTED || line->class == LEDGER_EXPECTED_MISSING;

		clock_words(length, found->ledger_from + i == clock->ledger ? clock : &of);
		(void)cells_format(lines->cells, next_row(lines), lines->area.column, lines->area.columns,
				   bad ? pen(COLOUR_BAD) : pen(line->class == LEDGER_EXPECTED_SEEN ? COLOUR_NOTE : COLOUR_PLAIN), "%s%s  %s  %s",
				   found->ledger_from + i == clock->ledger ? ">" : " ", line->has_outage ? length : "no outage",
				   ledger_class_name(line->class), cause_name(line->cause.cause, line->cause.phase));
	}
}

static void put_verdicts(struct lines *lines, const struct scene *scene)
{
	const struct slot_findings *found = model_findings(scene->model, scene->view->slot);
	char bytes[FREE_TEXT_SIZE];
	struct text text;
	int i, put = 0;

	if (!found || !scene->model->findings->ended)
		return;
	text_init(&text, bytes, sizeof bytes);
	for (i = found->verdicts_from; i < found->verdicts_from + found->verdicts_count; i++) {
		const struct verdict *verdict = &scene->model->findings->verdicts[i];

		text_format(&text, "%s%s %s", put++ ? ", " : " ", case_name(verdict->kind),
			    verdict->validity == VALIDITY_VALID ? conformity_name(verdict->conformity) : validity_name(verdict->validity));
	}
	put_heading(lines, "verdicts");
	(void)cells_put(lines->cells, next_row(lines), lines->area.column, lines->area.columns, pen_bold(COLOUR_PLAIN), bytes);
}

static void draw_side(struct cells *cells, const struct scene *scene, struct area area)
{
	struct outage_clock clock = outage_clock(scene->model, scene->view->slot, scene->status->heard_ns);
	struct lines lines = {cells, area, 0};

	put_observers(&lines, scene, &clock);
	put_transfer(&lines, scene);
	put_verdicts(&lines, scene);
	put_ledger(&lines, scene, &clock);
}

void draw_slot(struct cells *cells, const struct scene *scene, struct area area)
{
	bool roomy = area.rows >= 18 && area.columns >= 60;
	bool tight = area.rows < 12;
	struct area part = area;

	if (scene->model->slot_count == 0) {
		(void)cells_put(cells, area.row + area.rows / 2, area.column, area.columns, pen(COLOUR_DIM), "There is no slot yet.");
		return;
	}
	if (!tight)
		draw_devices(cells, scene, (struct area){part.row++, part.column, 1, part.columns});
	draw_state(cells, scene, part, tight);
	part.row++;
	part.rows = roomy ? 3 : 1;
	draw_clock(cells, scene, part, scene->view->slot);
	part.row += part.rows;
	part.row += draw_waves(cells, scene, part, roomy ? 2 : 1, tight ? 2 : 3);
	part.rows = area.row + area.rows - part.row;
	if (part.rows < 2)
		return;
	if (!tight) {
		draw_rule(cells, area, part.row++, "messages");
		part.rows--;
	}
	if (area.columns >= 76) {
		struct area side = part;

		part.columns = area.columns / 2;
		side.column += part.columns + 2;
		side.columns -= part.columns + 2;
		draw_side(cells, scene, side);
	}
	draw_ladder(cells, scene, part, &scene->model->slots[scene->view->slot]);
}
