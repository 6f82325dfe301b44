#ifndef HILRIG_RIG_DASHBOARD_TERMINAL_H
#define HILRIG_RIG_DASHBOARD_TERMINAL_H

/*
 * The terminal: cells to it, keys from it. The only file that includes curses. One is open in a process.
 *
 * Colours and glyphs are as the terminal, the locale and NO_COLOR (https://no-color.org) say, unless the settings do.
 */

#include "rig/dashboard/cells.h"

enum terminal_colours { COLOURS_AS_TERMINAL, COLOURS_256, COLOURS_16, COLOURS_NONE };

struct terminal_settings {
	enum terminal_colours colours;
	bool ascii;            /* no glyph beyond ASCII; else as the locale says */
};

/* FAULT_USAGE where standard input and output are no terminal, or one of a kind that nobody knows. */
MUST_USE bool terminal_open(const struct terminal_settings *settings, struct error *error);
void terminal_close(void);

/* Whether curses knows what kind of terminal TERM says this is. */
bool terminal_is_known(void);

/* What another program that was killed has left on: colours, its own screen, a hidden cursor. None is open here. */
void terminal_mend(void);

void terminal_size(int *rows, int *columns);
bool terminal_is_ascii(void);

/* Writes what has changed since the last screen. */
void terminal_show(const struct cells *cells);

/* The next key that was pressed, as enum key or a code point; KEY_OF_NONE: none waits. */
int32_t terminal_key(void);

#endif
