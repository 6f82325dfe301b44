/* Help: the table of keys, and what marks and words mean. */

#include "rig/dashboard/draw.h"

static const char *const words[] = {
	"Whatever becomes of this viewer, the run goes on: it reads what a run says.",
	"a: what may be done by hand, at the bench. X twice: ALL OFF, from everywhere.",
	"Off is not isolated.",
	"",
	"AD1      a letter for each observer: A saw AD1, R a restoration alert,",
	"         B both, . neither, ! it is not heard and could not have seen one",
	"seconds  >12.0 at least so long; ~12.0 at most: its bounds differ",
	"MORE     above the limit by more than U; less: below it; NEAR: within U, or",
	"         bounds on both sides; runs: it goes on; rig: cut by the rig itself",
	"control  + of 240 s, to be seen; - of 60 s, not to be seen; ok, NO, run",
	"hub      on; CUT: no supply; off: switched off at its end; ?: not known",
	"age      since that was said last. Inputs are told when they change, and",
	"         once a minute; while connected, silence means no change",
	"night    soon: the plan if nothing waits; late: if every bound is used up",
	"frame    mains live, armed or certification, with the word in the title",
};

struct page {
	struct cells *cells;
	struct area area;
	int line, top;
};

/* The row for the next line of the help; -1: it is not on this page. */
static int next_row(struct page *page)
{
	int row = page->line++ - page->top;

	return row >= 0 && row < page->area.rows ? page->area.row + row : -1;
}

static void put_group(struct page *page, enum key_group group)
{
	size_t i;

	(void)cells_put(page->cells, next_row(page), page->area.column, page->area.columns, pen_bold(COLOUR_TITLE), key_group_name(group));
	for (i = 0; i < key_table_count; i++) {
		int row;

		if (key_table[i].group != group)
			continue;
		row = next_row(page);
		(void)cells_put(page->cells, row, page->area.column + 1, 9, pen_bold(COLOUR_PLAIN), key_table[i].name);
		(void)cells_put(page->cells, row, page->area.column + 11, page->area.columns - 11, pen(COLOUR_PLAIN), key_table[i].about);
	}
}

void draw_help(struct cells *cells, const struct scene *scene, struct area area)
{
	struct page page = {cells, area, 0, scene->view->help_top};
	int group;
	size_t i;

	page.area.rows--;

	for (i = 0; i < 4; i++)
		(void)cells_put(cells, next_row(&page), area.column, area.columns, i < 3 ? pen_bold(COLOUR_PLAIN) : pen(COLOUR_PLAIN), words[i]);
	for (group = 0; group < KEYS_GROUP_COUNT; group++)
		put_group(&page, (enum key_group)group);
	(void)cells_put(cells, next_row(&page), area.column, area.columns, pen_bold(COLOUR_TITLE), "What stands there");
	for (i = 4; i < sizeof words / sizeof *words; i++)
		(void)cells_put(cells, next_row(&page), area.column + 1, area.columns - 1, pen(COLOUR_PLAIN), words[i]);
	(void)cells_put(cells, area.row + area.rows - 1, area.column, area.columns, pen(COLOUR_DIM),
			page.line - page.top > page.area.rows ? "more below: down, PgDn" : "");
}
