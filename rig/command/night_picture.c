/* Rows follow their slot's lines; what is drawn is what a person would ask: where is it, is the hub supplied, how long was it cut. */

#include "rig/command/night_picture.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <string.h>

#define BAR_CELLS 24               /* of a logarithmic bar, from 1 s to one hour */

void picture_init(struct picture *picture)
{
	memset(picture, 0, sizeof *picture);
}

static struct picture_row *row_of(struct picture *picture, const char *slot, bool may_add)
{
	int i;

	for (i = 0; i < picture->count; i++)
		if (strcmp(picture->rows[i].slot, slot) == 0)
			return &picture->rows[i];
	if (!may_add || picture->count == PICTURE_SLOTS_MAX)
		return NULL;
	text_copy(picture->rows[picture->count].slot, SLOT_NAME_SIZE, slot);
	return &picture->rows[picture->count++];
}

static void take_supply(struct picture_row *row, const struct record *record)
{
	bool supplied = record->data.edge.level != 0;

	if (strcmp(record->data.edge.channel, row->sense) != 0)
		return;
	if (row->supplied && !supplied)
		row->fell_ns = record->t_ns;
	if (!row->supplied && supplied && row->was_supplied && row->watched && record->t_ns - row->fell_ns > row->longest_ns)
		row->longest_ns = record->t_ns - row->fell_ns;
	row->supplied = supplied;
	row->was_supplied |= supplied;
}

static void take_step(struct picture_row *row, const struct record *record)
{
	if (record->data.step.state == STEP_BEGIN)
		text_copy(row->step, sizeof row->step, record->data.step.verb);
	if (record->data.step.state == STEP_FAILED) {
		row->failed = true;
		row->watched = false; /* what follows is the rig switching off */
	}
}

static void take_row(struct picture_row *row, const struct record *record)
{
	transfer_take(&row->transfer, record);
	switch ((int)record->kind) {
	case RECORD_SLOT:
		text_copy(row->sense, sizeof row->sense, record->data.slot.sense);
		break;
	case RECORD_DEVICE:
		if (record->data.device.role == ROLE_METER)
			text_copy(row->model, sizeof row->model, record->data.device.model);
		break;
	case RECORD_EDGE:
		take_supply(row, record);
		break;
	case RECORD_STEP:
		take_step(row, record);
		break;
	case RECORD_CONTROL:
		row->in_control = record->data.control.state == SPAN_BEGIN;
		break;
	case RECORD_WATCH:
		if (record->data.watch.state == SPAN_END && row->watched && !row->supplied && record->t_ns - row->fell_ns > row->longest_ns)
			row->longest_ns = record->t_ns - row->fell_ns; /* it has not ended, but who watches has seen so much of it */
		row->watched = record->data.watch.state == SPAN_BEGIN;
		break;
	case RECORD_ACTIVATION:
		row->activated |= record->data.activation.state == ACTIVATION_SENT;
		row->watched |= record->data.activation.state == ACTIVATION_SENT;
		break;
	case RECORD_ALERT:
		if (row->in_control)
			row->controls++;
		else
			row->alerts++;
		break;
	case RECORD_FAULT:
		text_copy(row->said, sizeof row->said, record->data.fault.code);
		break;
	default:
		break;
	}
}

void picture_take(struct picture *picture, const struct record *record)
{
	struct picture_row *row = record->slot[0] ? row_of(picture, record->slot, record->kind == RECORD_SLOT) : NULL;

	if (record->t_ns > picture->t_ns) {
		picture->t_ns = record->t_ns;
		picture->utc_us = record->utc_us;
	}
	if (row)
		take_row(row, record);
}

static int64_t longest_of(const struct picture *picture, const struct picture_row *row)
{
	int64_t now_ns = row->watched && !row->supplied && row->was_supplied ? picture->t_ns - row->fell_ns : 0;

	return now_ns > row->longest_ns ? now_ns : row->longest_ns;
}

/* Cells of a bar that doubles its length every two: 1 s is none, an hour is all. */
static int cells_of(int64_t length_ns)
{
	int64_t second = NS_PER_S;
	int cells = 0;

	for (; cells < BAR_CELLS && length_ns >= second; cells += 2)
		second *= 2;
	return cells < BAR_CELLS ? cells : BAR_CELLS;
}

/* In the place of the outages, of which there are none yet. */
static void draw_transfer(const struct picture_row *row, int over, FILE *out)
{
	char bar[BAR_CELLS + 1], rate[48];
	struct text text;

	memset(bar, '.', BAR_CELLS);
	memset(bar, '=', (size_t)(transfer_percent(&row->transfer) * BAR_CELLS / 100));
	bar[BAR_CELLS] = '\0';
	text_init(&text, rate, sizeof rate);
	transfer_put_rate(&text, transfer_rate(&row->transfer), transfer_left_ns(&row->transfer));
	fprintf(out, "%s  %-6.6s %-9.9s %-9.9s %-4s %s %8d %%          %.31s\n", over ? "\r\033[K" : "", row->slot, row->model, row->step,
		!row->was_supplied ? "" : row->supplied ? "on" : "CUT", bar, transfer_percent(&row->transfer), rate);
}

static void draw_row(const struct picture *picture, const struct picture_row *row, int64_t limit_ns, int over, FILE *out)
{
	int64_t longest_ns = longest_of(picture, row);
	char bar[BAR_CELLS + 1], length[24] = "";
	int cells = cells_of(longest_ns), mark = cells_of(limit_ns);

	memset(bar, '.', BAR_CELLS);
	memset(bar, '#', (size_t)cells);
	bar[BAR_CELLS] = '\0';
	if (mark > 0)
		bar[mark - 1] = cells >= mark && longest_ns > limit_ns ? '#' : '|';
	if (longest_ns > 0)
		(void)snprintf(length, sizeof length, "%.1f s", (double)longest_ns / 1e9);
	fprintf(out, "%s  %-6.6s %-9.9s %-9.9s %-4s %s %10.10s %s%s %.31s\n", over ? "\r\033[K" : "", row->slot, row->model,
		row->failed ? "ended" : row->step, !row->was_supplied ? "" : row->supplied ? "on" : "CUT", bar, length,
		longest_ns > limit_ns ? "MORE" : "    ", row->alerts > 0 ? " AD1" : "    ", row->said);
}

int picture_draw(const struct picture *picture, int64_t limit_ns, int over, FILE *out)
{
	char utc[UTC_TEXT_SIZE];
	int i;

	utc_to_text(picture->utc_us, utc);
	if (over > 0)
		fprintf(out, "\033[%dA", over);
	fprintf(out, "%s  %.10s %.8s UTC, simulated\n", over ? "\r\033[K" : "", utc, utc + 11);
	fprintf(out, "%s  %-6s %-9s %-9s %-4s %-*s %10s\n", over ? "\r\033[K" : "", "slot", "meter", "step", "hub", BAR_CELLS,
		"longest cut by its meter", "");
	for (i = 0; i < picture->count; i++)
		if (transfer_goes_on(&picture->rows[i].transfer))
			draw_transfer(&picture->rows[i], over, out);
		else
			draw_row(picture, &picture->rows[i], limit_ns, over, out);
	fputs(over ? "\r\033[K\n" : "\n", out);
	return picture->count + 3;
}

void picture_say(const struct picture *picture, int64_t limit_ns, FILE *out)
{
	int activated = 0, more = 0, alerts = 0, ended = 0, i;
	char utc[UTC_TEXT_SIZE];

	for (i = 0; i < picture->count; i++) {
		activated += picture->rows[i].activated;
		more += longest_of(picture, &picture->rows[i]) > limit_ns;
		alerts += picture->rows[i].alerts > 0;
		ended += picture->rows[i].failed;
	}
	utc_to_text(picture->utc_us, utc);
	fprintf(out, "  %.5s  %2d of %d meters activated, %2d longer than the limit without supply, %2d AD1, %2d ended early\n", utc + 11, activated,
		picture->count, more, alerts, ended);
}

bool picture_has_transfers(const struct picture *picture)
{
	int i;

	for (i = 0; i < picture->count; i++)
		if (transfer_goes_on(&picture->rows[i].transfer))
			return true;
	return false;
}

void picture_say_transfers(const struct picture *picture, FILE *out)
{
	char utc[UTC_TEXT_SIZE], bytes[64];
	int64_t rate = 0, left_ns = 0;
	const char *between = "";
	struct text text;
	int i;

	utc_to_text(picture->utc_us, utc);
	fprintf(out, "  %.8s  ", utc + 11);
	for (i = 0; i < picture->count; i++) {
		const struct transfer *transfer = &picture->rows[i].transfer;

		if (!transfer_goes_on(transfer))
			continue;
		fprintf(out, "%s%s %d %%", between, picture->rows[i].slot, transfer_percent(transfer));
		between = ", ";
		rate += transfer_rate(transfer);
		if (transfer_rate(transfer) > 0 && transfer_left_ns(transfer) > left_ns)
			left_ns = transfer_left_ns(transfer);
	}
	text_init(&text, bytes, sizeof bytes);
	transfer_put_rate(&text, rate, left_ns);
	fprintf(out, "%s%s\n", text.used > 0 ? "; " : "", bytes);
}
