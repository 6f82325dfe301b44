/* Draws, and a place for what they give. */

#include "rig/simulate/drawing.h"

#include <stdarg.h>
#include <stdio.h>

int64_t drawing_between(struct drawing *drawing, int64_t least, int64_t most)
{
	return draw_between(&drawing->draw, (struct draw_range){least, most});
}

bool drawing_one_in(struct drawing *drawing, int count)
{
	return drawing_between(drawing, 1, count) == 1;
}

void drawing_add(struct drawing *drawing, enum drawn_part_kind kind, int slot, const char *format, ...)
{
	struct drawn_part *part = &drawing->world->parts[drawing->world->count];
	va_list values;

	if (drawing->world->count == DRAWN_PARTS_MAX)
		return;
	drawing->world->count++;
	part->kind = kind;
	part->slot = slot;
	part->left_out = false;
	va_start(values, format);
	(void)vsnprintf(part->text, sizeof part->text, format, values);
	va_end(values);
}
