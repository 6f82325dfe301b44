/* Cells as curses wants them, and its keys as ours. */

#include "rig/dashboard/terminal.h"

#include "rig/dashboard/key.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#undef columns /* words of term.h, for what nobody asks it here */
#undef lines

static struct {
	SCREEN *screen;
	bool ascii, coloured;
} terminal;

/* Foregrounds by role: of 256 colours, and of 8 or 16. -1 is the terminal's own. */
static const struct {
	short many, few;
} palette[COLOUR_COUNT] = {
	[COLOUR_PLAIN] = {-1, -1}, [COLOUR_DIM] = {244, -1}, [COLOUR_TITLE] = {75, COLOR_CYAN}, [COLOUR_GOOD] = {71, COLOR_GREEN},
	[COLOUR_BAD] = {203, COLOR_RED}, [COLOUR_OPEN] = {214, COLOR_YELLOW}, [COLOUR_NOTE] = {141, COLOR_MAGENTA},
	[COLOUR_ARMED] = {220, COLOR_YELLOW}, [COLOUR_LIVE] = {202, COLOR_RED}, [COLOUR_CERTIFIED] = {39, COLOR_BLUE},
	[COLOUR_KEY] = {75, COLOR_CYAN},
};

static void choose_colours(enum terminal_colours wanted)
{
	const char *no_colour = getenv("NO_COLOR");
	bool many;
	short role;

	if (wanted == COLOURS_NONE || (wanted == COLOURS_AS_TERMINAL && no_colour && no_colour[0]) || !has_colors() || start_color() == ERR)
		return;
	(void)use_default_colors();
	many = COLORS >= 256 && wanted != COLOURS_16;
	for (role = 0; role < COLOUR_COUNT; role++)
		(void)init_pair((short)(role + 1), many ? palette[role].many : palette[role].few, -1);
	terminal.coloured = true;
}

bool terminal_is_known(void)
{
	int found;

	if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
		return false;
	(void)del_curterm(cur_term);
	return true;
}

bool terminal_open(const struct terminal_settings *settings, struct error *error)
{
	const char *kind = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(error, FAULT_USAGE, "standard input and output must be a terminal; --print SCREEN prints one screen as text");
	(void)setlocale(LC_CTYPE, "");
	terminal.ascii = settings->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	terminal.coloured = false;
	/* newterm does not give back what it has taken when it knows no such terminal. */
	terminal.screen = terminal_is_known() ? newterm(NULL, stdout, stdin) : NULL;
	if (!terminal.screen)
		return error_set(error, FAULT_USAGE, "TERM=%.40s: nobody knows such a terminal here", kind ? kind : "");
	(void)set_term(terminal.screen);
	choose_colours(settings->colours);
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)curs_set(0);
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	set_escdelay(25);
	return true;
}

void terminal_close(void)
{
	if (!terminal.screen)
		return;
	(void)endwin();
	delscreen(terminal.screen);
	terminal.screen = NULL;
}

static int put_byte(int byte)
{
	char bytes[1] = {(char)byte};

	return write(STDOUT_FILENO, bytes, 1) == 1 ? byte : EOF;
}

static void put_string(const char *string)
{
	if (string)
		(void)tputs(string, 1, put_byte);
}

void terminal_mend(void)
{
	int found;

	if (terminal.screen || setupterm(NULL, STDOUT_FILENO, &found) != OK)
		return;
	put_string(exit_attribute_mode);
	put_string(exit_ca_mode);
	put_string(keypad_local);
	put_string(cursor_normal);
	(void)del_curterm(cur_term);
}

void terminal_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

bool terminal_is_ascii(void)
{
	return terminal.ascii;
}

/* Without colours what is dim says so by being dim, where the terminal can. */
static attr_t attributes_of(const struct cell *cell)
{
	attr_t attributes = A_NORMAL;

	if (cell->attributes & ATTRIBUTE_BOLD)
		attributes |= A_BOLD;
	if (cell->attributes & ATTRIBUTE_REVERSE)
		attributes |= A_REVERSE;
	if (cell->colour == COLOUR_DIM && !(cell->attributes & ATTRIBUTE_REVERSE) && (!terminal.coloured || COLORS < 256))
		attributes |= A_DIM;
	return attributes;
}

static void show_row(const struct cells *cells, int row)
{
	cchar_t line[CELLS_COLUMNS_MAX];
	int column;

	for (column = 0; column < cells->columns; column++) {
		const struct cell *cell = &cells->at[row][column];
		wchar_t glyph[2] = {(wchar_t)cell->glyph, L'\0'};

		(void)setcchar(&line[column], glyph, attributes_of(cell), terminal.coloured ? (short)(cell->colour + 1) : 0, NULL);
	}
	(void)mvadd_wchnstr(row, 0, line, cells->columns);
}

void terminal_show(const struct cells *cells)
{
	int row;

	(void)erase();
	for (row = 0; row < cells->rows; row++)
		show_row(cells, row);
	(void)refresh();
}

static int32_t named_key(wint_t key)
{
	static const struct {
		wint_t curses;
		enum key ours;
	} names[] = {
		{KEY_UP, KEY_OF_UP}, {KEY_DOWN, KEY_OF_DOWN}, {KEY_LEFT, KEY_OF_LEFT}, {KEY_RIGHT, KEY_OF_RIGHT}, {KEY_PPAGE, KEY_OF_PAGE_UP},
		{KEY_NPAGE, KEY_OF_PAGE_DOWN}, {KEY_HOME, KEY_OF_HOME}, {KEY_END, KEY_OF_END}, {KEY_ENTER, KEY_OF_ENTER},
		{KEY_BACKSPACE, KEY_OF_BACKSPACE}, {KEY_F(1), KEY_OF_F1}, {KEY_F(2), KEY_OF_F2}, {KEY_F(3), KEY_OF_F3}, {KEY_F(4), KEY_OF_F4},
		{KEY_F(5), KEY_OF_F5}, {KEY_F(6), KEY_OF_F6}, {KEY_F(9), KEY_OF_F9}, {KEY_F(10), KEY_OF_F10}, {KEY_RESIZE, KEY_OF_RESIZE},
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].curses == key)
			return names[i].ours;
	return KEY_OF_RESIZE; /* a key without a meaning; drawing again harms nobody */
}

int32_t terminal_key(void)
{
	wint_t key;
	int got = get_wch(&key);

	if (got == ERR)
		return KEY_OF_NONE;
	if (got == KEY_CODE_YES)
		return named_key(key);
	switch (key) {
	case '\r':
		return KEY_OF_ENTER;
	case '\t':
		return KEY_OF_TAB;
	case '\b':
		return KEY_OF_BACKSPACE;
	default:
		return (int32_t)key;
	}
}
