/*
 * Keys and lines in, screens out, as they lie in tests/screens: what is drawn, and below it the roles of its colours. After a wanted
 * change of a screen they are made again, and looked at: build/tests/unit/dashboard_screens print
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "tests/support/shown_night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/screens/"
#define MIN NS_PER_MIN
#define S NS_PER_S

static const struct wanted {
	const char *name;
	int64_t t_ns;
	const char *keys;
	int rows, columns;
	bool ascii;
	enum link link;
	bool by_hand;
} wanted[] = {
	{"bench-80x24", 78 * MIN, "", 24, 80, false, LINK_REPLAY, false},
	{"bench-80x24-ascii", 78 * MIN, "", 24, 80, true, LINK_REPLAY, false},
	{"bench-120x40", 80 * MIN + 30 * S, "j", 40, 120, false, LINK_LIVE, false},
	{"bench-40x12", 78 * MIN, "", 12, 40, false, LINK_REPLAY, false},
	{"bench-lost", 78 * MIN, "", 24, 80, true, LINK_LOST, false},
	{"bench-waiting", 0, "", 24, 80, true, LINK_WAITING, false},
	{"bench-transfer", 50 * MIN, "", 24, 80, true, LINK_LIVE, false},
	{"slot-80x24", 80 * MIN, "2", 24, 80, false, LINK_REPLAY, false},
	{"slot-80x24-ascii", 78 * MIN, "2\t\t\t\t", 24, 80, true, LINK_REPLAY, false},
	{"slot-120x40", 50 * MIN, "2+", 40, 120, false, LINK_LIVE, false},
	{"slot-40x12", 80 * MIN, "2", 12, 40, true, LINK_REPLAY, false},
	{"slot-end", 180 * MIN, "2j-", 24, 80, false, LINK_ENDED, false},
	{"instruments-80x24", 78 * MIN, "3jj", 24, 80, false, LINK_LIVE, false},
	{"instruments-40x12-ascii", 78 * MIN, "3", 12, 40, true, LINK_LIVE, false},
	{"journal-80x24", 78 * MIN, "4", 24, 80, false, LINK_LIVE, false},
	{"journal-filtered", 78 * MIN, "4falert\n", 24, 80, true, LINK_LIVE, false},
	{"journal-found", 78 * MIN, "4g/gate\nn", 24, 80, true, LINK_LIVE, false},
	{"journal-not-found", 78 * MIN, "4/nowhere\n", 12, 40, true, LINK_LIVE, false},
	{"journal-typing", 78 * MIN, "4/act", 12, 40, true, LINK_LIVE, false},
	{"journal-of-a-figure", 78 * MIN, "l", 24, 80, true, LINK_REPLAY, false},
	{"night-80x24", 180 * MIN, "5", 24, 80, false, LINK_ENDED, false},
	{"night-120x40-ascii", 100 * MIN, "5", 40, 120, true, LINK_REPLAY, false},
	{"night-40x12", 100 * MIN, "5", 12, 40, false, LINK_REPLAY, false},
	{"hand-80x24", 78 * MIN, "ajj", 24, 80, false, LINK_LIVE, true},
	{"hand-80x24-ascii", 78 * MIN, "2ajj\n20s\n", 24, 80, true, LINK_LIVE, true},
	{"hand-120x40", 78 * MIN, "ajjjjjjj\n", 40, 120, false, LINK_LIVE, true},
	{"hand-40x12", 78 * MIN, "ajjjjjjjjjjjj\nthe lamp is red", 12, 40, true, LINK_LIVE, true},
	{"hand-all-off", 78 * MIN, "X", 24, 80, true, LINK_LIVE, true},
	{"help-80x24", 0, "?", 24, 80, false, LINK_LIVE, false},
	{"help-120x40", 0, "?jjjj", 40, 120, true, LINK_LIVE, false},
	{"help-40x12", 0, "?", 12, 40, true, LINK_LIVE, false},
};

/* What is drawn; to be freed. */
static char *draw_wanted(const struct wanted *of)
{
	static struct shown_night shown;
	const char *key;
	char *text = NULL;
	size_t size;
	FILE *out;

	shown_night_init(&shown);
	if (of->link != LINK_WAITING)
		shown_night_seek(&shown, of->t_ns);
	else
		model_clear(shown.model);
	shown.status.link = of->link;
	shown.by_hand = of->by_hand;
	if (of->link == LINK_LOST)
		shown.status.now_ns += 42 * S;
	for (key = of->keys; *key; key++)
		(void)shown_night_press(&shown, *key == '\t' ? KEY_OF_TAB : *key);
	shown_night_draw(&shown, of->rows, of->columns, of->ascii);
	out = open_memstream(&text, &size);
	cells_print(out, &shown.cells);
	fputs("colours\n", out);
	cells_print_colours(out, &shown.cells);
	(void)fclose(out);
	shown_night_done(&shown);
	return text;
}

static void path_of(char path[128], const struct wanted *of)
{
	(void)snprintf(path, 128, FOLDER "%s.txt", of->name);
}

static void every_screen_is_as_it_was_looked_at(void **state)
{
	struct error error;
	struct file file;
	char path[128];
	size_t i, wrong = 0;

	(void)state;
	for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		char *drawn = draw_wanted(&wanted[i]);

		path_of(path, &wanted[i]);
		if (!file_read(&file, path, 1024 * 1024, &error))
			fail_msg("%s", error.text);
		if (strcmp(file.bytes, drawn) != 0) {
			print_error("%s: it is now\n%s", path, drawn);
			wrong++;
		}
		file_done(&file);
		free(drawn);
	}
	assert_int_equal(wrong, 0);
}

static int print_all(void)
{
	char path[128];
	size_t i;

	for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		char *drawn = draw_wanted(&wanted[i]);
		struct error error;

		path_of(path, &wanted[i]);
		if (!file_write(path, drawn, strlen(drawn), &error)) {
			fprintf(stderr, "%s\n", error.text);
			return 1;
		}
		free(drawn);
	}
	return 0;
}

static bool is_plain(uint32_t glyph, bool ascii)
{
	bool ours = glyph >= 0x2000 && glyph < 0x2600 && glyph != 0x2028 && glyph != 0x2029;

	return (glyph >= 0x20 && glyph < 0x7F) || (!ascii && ((glyph > 0xA0 && glyph < 0x300 && glyph != 0xAD) || ours));
}

/* On all screens, at all times, of all sizes: whatever devices said, only glyphs that are a column wide are there. */
static void no_glyph_is_wide_or_steers_a_terminal(void **state)
{
	static struct shown_night shown;
	static const int sizes[][2] = {{24, 80}, {40, 120}, {12, 40}, {1, 1}, {3, 9}, {4, 200}, {120, 320}, {5, 12}};
	int64_t t_ns;
	int screen, row, column;
	size_t i;

	(void)state;
	shown_night_init(&shown);
	for (t_ns = 0; t_ns <= 180 * MIN; t_ns += 9 * MIN) {
		shown_night_seek(&shown, t_ns);
		for (screen = 0; screen < SCREEN_COUNT; screen++)
			for (i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
				shown.view.screen = (enum screen)screen;
				shown.view.slot = (int)(i % 5);
				shown_night_draw(&shown, sizes[i / 2][0], sizes[i / 2][1], i % 2);
				for (row = 0; row < shown.cells.rows; row++)
					for (column = 0; column < shown.cells.columns; column++)
						if (!is_plain(shown.cells.at[row][column].glyph, i % 2))
							fail_msg("%s: U+%04X at %d,%d", screen_name((enum screen)screen),
								 shown.cells.at[row][column].glyph, row, column);
			}
	}
	shown_night_done(&shown);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_screen_is_as_it_was_looked_at),
		cmocka_unit_test(no_glyph_is_wide_or_steers_a_terminal),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0)
		return print_all();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
