/* Draws, and a place for what they give. */

#include "rig/simulate/drawing.h"

#include "rig/base/instant.h"

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

int64_t drawing_length(struct drawing *drawing)
{
	switch (drawing_between(drawing, 0, 9)) {
	case 0:
		return 20 * NS_PER_MS;
	case 1:
		return 2 * NS_PER_S + drawing_between(drawing, 0, NS_PER_MS);
	case 2:
	case 3:
		return drawing_between(drawing, 5 * NS_PER_S, 90 * NS_PER_S);
	case 4:
		return drawing_between(drawing, 179 * NS_PER_S, 181 * NS_PER_S);
	case 5:
		return 180 * NS_PER_S + drawing_between(drawing, -3, 3) * NS_PER_MS;
	case 6:
		return 180 * NS_PER_S;
	case 7:
		return drawing_between(drawing, 55 * NS_PER_S, 65 * NS_PER_S);
	case 8:
		return drawing_between(drawing, 236 * NS_PER_S, 244 * NS_PER_S);
	default:
		return drawing_between(drawing, 181 * NS_PER_S, 300 * NS_PER_S);
	}
}
