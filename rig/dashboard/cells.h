#ifndef HILRIG_RIG_DASHBOARD_CELLS_H
#define HILRIG_RIG_DASHBOARD_CELLS_H

/*
 * A screen without a terminal: rows and columns of cells, each a glyph that is one column wide, the role of its colour, and
 * attributes. Everything that is drawn goes through here, so this is the one place at which texts from devices, files and people
 * become glyphs: control characters, combining and wide glyphs, and what is not UTF-8 become '?', one for each character. What is
 * outside the screen is not drawn.
 *
 * Plain memory of the caller's, some 300 kB; nothing is allocated.
 */

#include "rig/base/error.h"

#include <stdint.h>
#include <stdio.h>

#define CELLS_ROWS_MAX 120
#define CELLS_COLUMNS_MAX 320

/* What a colour says. A terminal gives each a colour, or none: whatever it says stands there in words too. */
enum colour {
	COLOUR_PLAIN,
	COLOUR_DIM,        /* labels, rules, ages */
	COLOUR_TITLE,
	COLOUR_GOOD,       /* as expected, supplied */
	COLOUR_BAD,        /* above the limit, not as expected */
	COLOUR_OPEN,       /* running, near the limit, inconclusive, void */
	COLOUR_NOTE,       /* alerts */
	COLOUR_ARMED,      /* frames */
	COLOUR_LIVE,
	COLOUR_CERTIFIED,
	COLOUR_KEY,        /* the bar of keys */
	COLOUR_COUNT
};

#define ATTRIBUTE_BOLD 1U
#define ATTRIBUTE_REVERSE 2U

struct pen {
	enum colour colour;
	unsigned attributes;
};

struct cell {
	uint32_t glyph;    /* a code point that is one column wide */
	uint8_t colour, attributes;
};

struct cells {
	int rows, columns;
	bool ascii;        /* no glyph beyond ASCII */
	struct cell at[CELLS_ROWS_MAX][CELLS_COLUMNS_MAX];
};

/* Our own glyphs, with their ASCII forms. */
enum glyph {
	GLYPH_HORIZONTAL, GLYPH_VERTICAL, GLYPH_DOWN_RIGHT, GLYPH_DOWN_LEFT, GLYPH_UP_RIGHT, GLYPH_UP_LEFT,
	GLYPH_FULL, GLYPH_SHADE, GLYPH_EMPTY, GLYPH_LIMIT, GLYPH_UPPER, GLYPH_LOWER, GLYPH_RIGHT, GLYPH_LEFT, GLYPH_MORE, GLYPH_UNKNOWN,
	GLYPH_COUNT
};

/* A blank screen of that size, or as much of it as there is room for. At least one row and column. */
void cells_clear(struct cells *cells, int rows, int columns, bool ascii);

/*
 * Puts text into at most `width` columns; a longer one ends in a mark that it does. Gives the columns used. cells_format: at most 511
 * bytes of text. cells_put_right: so that it ends in the last of the columns.
 */
int cells_put(struct cells *cells, int row, int column, int width, struct pen pen, const char *text);
int cells_format(struct cells *cells, int row, int column, int width, struct pen pen, const char *format, ...) PRINTF_LIKE(6, 7);
void cells_put_right(struct cells *cells, int row, int column, int width, struct pen pen, const char *text);

void cells_glyph(struct cells *cells, int row, int column, struct pen pen, enum glyph glyph);
void cells_repeat(struct cells *cells, int row, int column, int width, struct pen pen, enum glyph glyph);

/* Adds attributes to cells that stand there: a selected row. */
void cells_mark(struct cells *cells, int row, int column, int width, unsigned attributes);

/* Columns that a text takes. */
int cells_width(const char *text);

/* The screen as text, a line a row without blanks at its end. */
void cells_print(FILE *out, const struct cells *cells);

/* The roles of its colours, a letter a cell: of the role, '.' for a plain one; a capital or '#' in reverse; '*' plain and bold. */
void cells_print_colours(FILE *out, const struct cells *cells);

#endif
