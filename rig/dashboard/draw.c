/* The frame around every screen: where it is, what is dangerous, how the lines come, and the keys. */

#include "rig/dashboard/draw.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"

#include <stdio.h>
#include <string.h>

#define FRAME_ROWS 3 /* two borders and the bar of keys */

int draw_page_rows(int rows)
{
	return rows - FRAME_ROWS - 2;
}

static enum colour frame_colour(const struct model *model)
{
	if (model_mains_live(model))
		return COLOUR_LIVE;
	if (model_armed(model))
		return COLOUR_ARMED;
	return model_certified(model) ? COLOUR_CERTIFIED : COLOUR_DIM;
}

static void draw_border(struct cells *cells, struct pen ink)
{
	int bottom = cells->rows - 2, right = cells->columns - 1, row;

	cells_repeat(cells, 0, 0, cells->columns, ink, GLYPH_HORIZONTAL);
	cells_repeat(cells, bottom, 0, cells->columns, ink, GLYPH_HORIZONTAL);
	for (row = 1; row < bottom; row++) {
		cells_glyph(cells, row, 0, ink, GLYPH_VERTICAL);
		cells_glyph(cells, row, right, ink, GLYPH_VERTICAL);
	}
	cells_glyph(cells, 0, 0, ink, GLYPH_DOWN_RIGHT);
	cells_glyph(cells, 0, right, ink, GLYPH_DOWN_LEFT);
	cells_glyph(cells, bottom, 0, ink, GLYPH_UP_RIGHT);
	cells_glyph(cells, bottom, right, ink, GLYPH_UP_LEFT);
}

#define NARROW 60 /* columns below which flags are short */

static int put_flag(struct cells *cells, int column, bool holds, enum colour colour, const char *wide, const char *narrow)
{
	struct pen ink = {colour, ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE};
	const char *word = cells->columns < NARROW ? narrow : wide;

	if (!holds)
		return column;
	return column + 1 + cells_format(cells, 0, column, cells->columns - column - 2, ink, " %s ", word);
}

/* The bench and the screen, then what is dangerous, then the wall clock. */
static void draw_title(struct cells *cells, const struct scene *scene)
{
	const struct findings *findings = scene->model->findings;
	char time[DAYTIME_SIZE];
	int column = 2;

	if (cells->columns < NARROW)
		column += cells_format(cells, 0, column, cells->columns - 4, pen_bold(COLOUR_TITLE), " %s ", screen_name(scene->view->screen)) + 1;
	else
		column += cells_format(cells, 0, column, cells->columns - 4, pen_bold(COLOUR_TITLE), " %s: %s ",
				       findings && findings->has_run ? findings->run.data.run.bench : "hilrig", screen_name(scene->view->screen)) + 1;
	column = put_flag(cells, column, model_mains_live(scene->model), COLOUR_LIVE, "MAINS LIVE", "LIVE");
	column = put_flag(cells, column, model_armed(scene->model), COLOUR_ARMED, "ARMED", "ARM");
	column = put_flag(cells, column, model_certified(scene->model), COLOUR_CERTIFIED, "CERTIFICATION", "CERT");
	column = put_flag(cells, column, model_simulated(scene->model), COLOUR_NOTE, "SIMULATED", "SIM");
	if (scene->model->lines == 0 || column + 15 > cells->columns)
		return;
	daytime(time, scene->model, scene->status->now_ns);
	(void)cells_format(cells, 0, cells->columns - 15, 14, pen(COLOUR_TITLE), " %s UTC ", time);
}

static const char *link_word(enum link link)
{
	static const char *const words[] = {[LINK_WAITING] = "waiting for the first line", [LINK_PAST] = "reading what was", [LINK_LIVE] = "live",
					    [LINK_LOST] = "NOT CONNECTED", [LINK_ENDED] = "the run has ended", [LINK_REPLAY] = "replay"};

	return words[link];
}

/* "0:57:03" */
static void put_time(struct text *text, int64_t ns)
{
	long long seconds = (long long)(ns / NS_PER_S);

	text_format(text, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static void put_replay(struct text *text, const struct status *status)
{
	text_put_char(text, ' ');
	put_time(text, status->now_ns);
	text_put(text, " of ");
	put_time(text, status->end_ns);
	text_format(text, ", speed %lld%s", (long long)status->speed,
		    status->now_ns >= status->end_ns ? ", at its end" : status->paused ? ", PAUSED" : "");
}

static void draw_status(struct cells *cells, const struct scene *scene)
{
	const struct status *status = scene->status;
	bool lost = status->link == LINK_LOST || status->link == LINK_WAITING || status->off[0];
	struct pen ink = {lost ? COLOUR_BAD : COLOUR_TITLE, lost ? ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE : 0};
	char bytes[2 * DRAW_STATUS_SIZE + 128], age[DURATION_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	if (status->off[0])
		text_format(&text, " %s;", status->off);
	text_format(&text, " %s", link_word(status->link));
	if (status->link == LINK_REPLAY)
		put_replay(&text, status);
	if (status->link == LINK_LOST && scene->model->lines > 0) {
		duration_age(age, status->now_ns - status->heard_ns);
		text_format(&text, " for %s: what stands here is that old", age);
	}
	if (status->text[0])
		text_format(&text, "; %s", status->text);
	if (scene->view->said[0])
		text_format(&text, "; %s", scene->view->said);
	text_put(&text, " ");
	(void)cells_put(cells, cells->rows - 2, 2, cells->columns - 4, ink, bytes);
}

static int put_key(struct cells *cells, int column, const char *key, const char *word)
{
	int room = cells->columns - column;

	if (room < cells_width(key) + cells_width(word) + 2)
		return cells->columns;
	column += cells_put(cells, cells->rows - 1, column, room, pen_bold(COLOUR_TITLE), key);
	column += 1 + cells_format(cells, cells->rows - 1, column, cells->columns - column, (struct pen){COLOUR_KEY, ATTRIBUTE_REVERSE}, "%s", word);
	return column;
}

static void draw_keys(struct cells *cells, const struct scene *scene)
{
	static const char *const screens[] = {"?", "Help", "1", "Bench", "2", "Slot", "3", "Instr", "4", "Journal", "5", "Night", "q", "Quit"};
	static const char *const by_hand[] = {"a", "Hand", "X X", "ALL OFF"};
	static const char *const replay[] = {"space", "Pause", "< >", "Speed", ". ,", "Step", "9 0", "Ends"};
	const struct view *view = scene->view;
	int column = 0;
	size_t i;

	if (view->typing != TYPING_NONE) {
		(void)cells_format(cells, cells->rows - 1, 0, cells->columns, pen_bold(COLOUR_TITLE), "%s%s_",
				   view->typing == TYPING_SEARCH ? "search: " : "only lines with: ", view->typed);
		return;
	}
	for (i = 0; i < sizeof screens / sizeof *screens; i += 2)
		column = put_key(cells, column, screens[i], screens[i + 1]);
	for (i = 0; scene->hand && i < sizeof by_hand / sizeof *by_hand; i += 2)
		column = put_key(cells, column, by_hand[i], by_hand[i + 1]);
	for (i = 0; scene->status->link == LINK_REPLAY && i < sizeof replay / sizeof *replay; i += 2)
		column = put_key(cells, column, replay[i], replay[i + 1]);
}

/* Old values must not be taken for fresh ones, on whatever screen they stand. */
static void dim_all(struct cells *cells, struct area area)
{
	int row, column;

	for (row = area.row; row < area.row + area.rows && row < cells->rows; row++)
		for (column = area.column; column < area.column + area.columns && column < cells->columns; column++)
			cells->at[row][column].colour = COLOUR_DIM;
}

void draw(struct cells *cells, const struct scene *scene, int rows, int columns, bool ascii)
{
	static void (*const screens[SCREEN_COUNT])(struct cells *, const struct scene *, struct area) = {
		draw_bench, draw_slot, draw_instruments, draw_journal, draw_night, draw_help,
	};
	enum colour colour = frame_colour(scene->model);
	struct area area;

	cells_clear(cells, rows, columns, ascii);
	area = (struct area){1, 2, cells->rows - FRAME_ROWS, cells->columns - 4};
	if (area.rows < 1 || area.columns < 8) {
		(void)cells_put(cells, 0, 0, cells->columns, pen(COLOUR_PLAIN), "too small");
		return;
	}
	screens[scene->view->screen](cells, scene, area);
	if (scene->status->link == LINK_LOST && scene->view->screen != SCREEN_HELP)
		dim_all(cells, area);
	if (scene->hand && scene->hand->stage != HAND_CLOSED)
		draw_hand(cells, scene->hand, area);
	draw_border(cells, colour == COLOUR_DIM ? pen(colour) : pen_bold(colour));
	draw_title(cells, scene);
	draw_status(cells, scene);
	draw_keys(cells, scene);
	if (scene->hand && scene->hand->off_asked)
		draw_all_off(cells);
}
