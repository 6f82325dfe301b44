/* Texts become glyphs here and nowhere else. */

#include "rig/dashboard/cells.h"

#include "rig/base/text.h"

#include <stdarg.h>
#include <string.h>

#define FORMAT_SIZE 512

static const struct {
	uint32_t wide_terminal;
	char ascii;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_HORIZONTAL] = {0x2500, '-'}, [GLYPH_VERTICAL] = {0x2502, '|'}, [GLYPH_DOWN_RIGHT] = {0x250C, '+'},
	[GLYPH_DOWN_LEFT] = {0x2510, '+'}, [GLYPH_UP_RIGHT] = {0x2514, '+'}, [GLYPH_UP_LEFT] = {0x2518, '+'},
	[GLYPH_FULL] = {0x2588, '#'}, [GLYPH_SHADE] = {0x2592, '%'}, [GLYPH_EMPTY] = {0x00B7, '.'}, [GLYPH_LIMIT] = {0x2503, '|'},
	[GLYPH_UPPER] = {0x2580, '"'}, [GLYPH_LOWER] = {0x2584, '_'}, [GLYPH_RIGHT] = {0x2192, '>'}, [GLYPH_LEFT] = {0x2190, '<'},
	[GLYPH_MORE] = {0x2026, '~'}, [GLYPH_UNKNOWN] = {'?', '?'},
};

static uint32_t glyph_code(const struct cells *cells, enum glyph glyph)
{
	return cells->ascii ? (uint32_t)glyphs[glyph].ascii : glyphs[glyph].wide_terminal;
}

void cells_clear(struct cells *cells, int rows, int columns, bool ascii)
{
	int row, column;

	cells->rows = rows < 1 ? 1 : rows > CELLS_ROWS_MAX ? CELLS_ROWS_MAX : rows;
	cells->columns = columns < 1 ? 1 : columns > CELLS_COLUMNS_MAX ? CELLS_COLUMNS_MAX : columns;
	cells->ascii = ascii;
	for (row = 0; row < cells->rows; row++)
		for (column = 0; column < cells->columns; column++)
			cells->at[row][column] = (struct cell){.glyph = ' '};
}

static void put_code(struct cells *cells, int row, int column, struct pen pen, uint32_t code)
{
	if (row < 0 || row >= cells->rows || column < 0 || column >= cells->columns)
		return;
	cells->at[row][column] = (struct cell){.glyph = code, .colour = (uint8_t)pen.colour, .attributes = (uint8_t)pen.attributes};
}

static uint32_t decode(const char *bytes, size_t length)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	uint32_t code = length == 1 ? byte[0] : byte[0] & (0x7FU >> length);
	size_t i;

	for (i = 1; i < length; i++)
		code = code << 6 | (byte[i] & 0x3FU);
	return code;
}

/*
 * Letters that every terminal draws one column wide: Latin, Greek and Cyrillic without their combining marks. What else Unicode has,
 * terminals disagree on, and a row that is a column longer than we think spoils the screen.
 */
static bool is_narrow(uint32_t code)
{
	return (code >= 0x20 && code < 0x7F) || (code >= 0xA1 && code <= 0x24F && code != 0xAD) ||
	       (code >= 0x391 && code <= 0x3C9 && code != 0x3A2) || (code >= 0x400 && code <= 0x481) || (code >= 0x48A && code <= 0x52F);
}

/* The glyph for the character at the front of a text that is not at its end; *used are its bytes. */
static uint32_t glyph_of(const struct cells *cells, const char *text, size_t *used)
{
	size_t length = text_utf8_length(text, strnlen(text, 4));
	uint32_t code;

	*used = length ? length : 1;
	code = length ? decode(text, length) : '?';
	return is_narrow(code) && (code < 0x80 || !cells->ascii) ? code : '?';
}

int cells_width(const char *text)
{
	int width = 0;
	size_t length;

	for (; *text; text += length ? length : 1, width++)
		length = text_utf8_length(text, strnlen(text, 4));
	return width;
}

int cells_put(struct cells *cells, int row, int column, int width, struct pen pen, const char *text)
{
	int at = 0;
	size_t used;

	for (; *text && at < width; text += used, at++) {
		uint32_t code = glyph_of(cells, text, &used);

		if (at == width - 1 && text[used])
			code = glyph_code(cells, GLYPH_MORE);
		put_code(cells, row, column + at, pen, code);
	}
	return at;
}

int cells_format(struct cells *cells, int row, int column, int width, struct pen pen, const char *format, ...)
{
	char text[FORMAT_SIZE];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return cells_put(cells, row, column, width, pen, text);
}

void cells_put_right(struct cells *cells, int row, int column, int width, struct pen pen, const char *text)
{
	int used = cells_width(text);

	if (used > width)
		used = width;
	(void)cells_put(cells, row, column + width - used, used, pen, text);
}

void cells_glyph(struct cells *cells, int row, int column, struct pen pen, enum glyph glyph)
{
	put_code(cells, row, column, pen, glyph_code(cells, glyph));
}

void cells_repeat(struct cells *cells, int row, int column, int width, struct pen pen, enum glyph glyph)
{
	int i;

	for (i = 0; i < width; i++)
		cells_glyph(cells, row, column + i, pen, glyph);
}

void cells_mark(struct cells *cells, int row, int column, int width, unsigned attributes)
{
	int i;

	for (i = column < 0 ? 0 : column; row >= 0 && row < cells->rows && i < column + width && i < cells->columns; i++)
		cells->at[row][i].attributes = (uint8_t)(cells->at[row][i].attributes | attributes);
}

static void print_glyph(FILE *out, uint32_t code)
{
	if (code >= 0x800)
		fprintf(out, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3F)), (int)(0x80 | (code & 0x3F)));
	else if (code >= 0x80)
		fprintf(out, "%c%c", (int)(0xC0 | code >> 6), (int)(0x80 | (code & 0x3F)));
	else
		fputc((int)code, out);
}

static int last_of(const struct cells *cells, int row, bool roles)
{
	int column = cells->columns;

	while (column > 0 && (cells->at[row][column - 1].glyph == ' ' || (roles && cells->at[row][column - 1].colour == COLOUR_PLAIN)) &&
	       (!roles || cells->at[row][column - 1].attributes == 0))
		column--;
	return column;
}

static char role_letter(const struct cell *cell)
{
	static const char letters[COLOUR_COUNT + 1] = ".dtgbonalck";
	char letter = letters[cell->colour];

	if (cell->glyph == ' ' && cell->attributes == 0)
		return ' ';
	if (cell->attributes & ATTRIBUTE_REVERSE)
		return letter == '.' ? '#' : (char)(letter - 'a' + 'A');
	return cell->attributes & ATTRIBUTE_BOLD && letter == '.' ? '*' : letter;
}

void cells_print(FILE *out, const struct cells *cells)
{
	int row, column, last;

	for (row = 0; row < cells->rows; row++) {
		last = last_of(cells, row, false);
		for (column = 0; column < last; column++)
			print_glyph(out, cells->at[row][column].glyph);
		fputc('\n', out);
	}
}

void cells_print_colours(FILE *out, const struct cells *cells)
{
	int row, column, last;

	for (row = 0; row < cells->rows; row++) {
		last = last_of(cells, row, true);
		for (column = 0; column < last; column++)
			fputc(role_letter(&cells->at[row][column]), out);
		fputc('\n', out);
	}
}
