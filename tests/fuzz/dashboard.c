/*
 * Bytes as lines of a journal, keys and sizes: whatever comes, each screen holds only glyphs that are one column wide, the view points to
 * what is there, and folded again from its first line the same journal gives the same screen.
 */

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/draw.h"
#include "rig/dashboard/player.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define INPUT_MAX 8192
#define SLOTS 3
#define T_MOST (INT64_C(366) * 86400 * 1000000000)

struct input {
	const uint8_t *at, *end;
};

struct shown {
	struct model *model;
	struct archive archive;
	struct view view;
	struct status status;
	struct cells cells, again;
};

static uint64_t take(struct input *input, int count)
{
	uint64_t number = 0;

	for (; count > 0; count--)
		number = number << 8 | (input->at < input->end ? *input->at++ : 0U);
	return number;
}

/* Short ones, so that names meet again. */
static void take_text(struct input *input, char *to, size_t size)
{
	char raw[FREE_TEXT_SIZE];
	size_t length = take(input, 1) % 24, i;

	for (i = 0; i < length; i++)
		raw[i] = (char)(take(input, 1) | 0U);
	raw[length] = '\0';
	(void)text_copy(to, size, raw);
}

static int count_words(const struct field *field)
{
	int count = 0;

	while (field->words[count])
		count++;
	return count;
}

static void fill(struct input *input, struct record *record, const struct field *field)
{
	char *at = (char *)record + field->offset;

	switch (field->type) {
	case FIELD_TEXT:
		take_text(input, at, field->size);
		break;
	case FIELD_INTEGER: {
		int64_t number = field->least >= 0 || field->least == -1 ? (int64_t)(take(input, 5)) : (int64_t)take(input, 8);

		*(int64_t *)(void *)at = number < field->least ? field->least : number > field->most ? field->most : number;
		break;
	}
	case FIELD_FLAG:
		*(bool *)(void *)at = take(input, 1) & 1;
		break;
	case FIELD_WORD:
		*(unsigned *)(void *)at = (unsigned)take(input, 1) % (unsigned)count_words(field);
		break;
	case FIELD_CASES:
		*(unsigned *)(void *)at = (unsigned)take(input, 1) % (1U << CASE_COUNT);
		break;
	}
}

static void take_record(struct input *input, struct shown *shown, int64_t *t_ns)
{
	static const char *const slots[SLOTS] = {"", "A", "B\344\270\255\033"};
	struct record record = {.kind = (enum record_kind)(take(input, 1) % RECORD_KIND_COUNT), .seq = (uint64_t)shown->archive.end};
	const struct field *field;

	*t_ns += (int64_t)take(input, 1) * (int64_t)take(input, 1) * 10000000;
	record.t_ns = *t_ns < T_MOST ? *t_ns : T_MOST;
	record.utc_us = INT64_C(1795456800000000) + record.t_ns / 1000;
	text_copy(record.slot, sizeof record.slot, slots[take(input, 1) % SLOTS]);
	for (field = record_fields(record.kind); field->key; field++)
		fill(input, &record, field);
	archive_add(&shown->archive, &record);
	model_take(shown->model, &record);
}

static bool is_harmless(uint32_t glyph, bool ascii)
{
	return (glyph >= 0x20 && glyph < 0x7F) || (!ascii && glyph > 0xA0 && glyph != 0xAD && glyph < 0x2600 && !(glyph >= 0x300 && glyph < 0x370));
}

static void draw_it(struct shown *shown, struct cells *cells, int rows, int columns, bool ascii)
{
	static const struct planned planned = {2, {{"wait", 0, 0, 0, NS_PER_S}, {"activate", NS_PER_S, 2 * NS_PER_S, NS_PER_H, 2 * NS_PER_H}}};
	const struct scene scene = {shown->model, &shown->archive, &shown->view, &shown->status, NULL, &planned};
	int row, column;

	shown->status.heard_ns = shown->model->t_ns;
	shown->status.now_ns = shown->model->t_ns;
	model_conclude(shown->model);
	view_keep(&shown->view, shown->model, &shown->archive);
	draw(cells, &scene, rows, columns, ascii);
	assert(shown->view.line < shown->archive.end && (shown->view.slot < shown->model->slot_count || shown->view.slot == 0));
	for (row = 0; row < cells->rows; row++)
		for (column = 0; column < cells->columns; column++)
			assert(is_harmless(cells->at[row][column].glyph, ascii));
}

static bool same(const struct cells *a, const struct cells *b)
{
	int row, column;

	for (row = 0; row < a->rows; row++)
		for (column = 0; column < a->columns; column++)
			if (a->at[row][column].glyph != b->at[row][column].glyph || a->at[row][column].colour != b->at[row][column].colour ||
			    a->at[row][column].attributes != b->at[row][column].attributes)
				return false;
	return a->rows == b->rows && a->columns == b->columns;
}

static void fold_again(struct shown *shown)
{
	struct player player;

	draw_it(shown, &shown->cells, 30, 100, false);
	player_init(&player, &shown->archive, shown->model);
	player_go(&player, shown->archive.end);
	draw_it(shown, &shown->again, 30, 100, false);
	assert(same(&shown->cells, &shown->again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct shown shown;
	struct input input = {bytes, bytes + (size < INPUT_MAX ? size : INPUT_MAX)};
	int64_t t_ns = 0;

	if (!shown.model)
		shown.model = model_new();
	model_clear(shown.model);
	archive_done(&shown.archive);
	view_init(&shown.view);
	shown.status = (struct status){.speed = 1};
	model_conclude(shown.model);
	while (input.at < input.end) {
		unsigned what = (unsigned)take(&input, 1);

		if (what < 200) {
			take_record(&input, &shown, &t_ns);
		} else if (what < 240) {
			model_conclude(shown.model);
			(void)view_key(&shown.view, shown.model, &shown.archive,
				       what & 1 ? key_table[take(&input, 1) % key_table_count].key : (int32_t)take(&input, 1), what & 2, 5);
		} else {
			shown.status.link = (enum link)(what % (LINK_REPLAY + 1));
			draw_it(&shown, &shown.cells, (int)take(&input, 1) % 60, (int)take(&input, 1), what & 1);
		}
	}
	fold_again(&shown);
	return 0;
}
