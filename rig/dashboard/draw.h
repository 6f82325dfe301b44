#ifndef HILRIG_RIG_DASHBOARD_DRAW_H
#define HILRIG_RIG_DASHBOARD_DRAW_H

/*
 * Drawing: model, archive, view and status in, cells out. Pure; nothing of a terminal.
 *
 * The frame is drawn by draw(), each screen by a file of its own (draw_NAME.c) into the area inside it. Any size works: what has no
 * room is left out, the least important first.
 */

#include "rig/dashboard/archive.h"
#include "rig/dashboard/cells.h"
#include "rig/dashboard/hand.h"
#include "rig/dashboard/model.h"
#include "rig/dashboard/outage_clock.h"
#include "rig/dashboard/planned.h"
#include "rig/dashboard/view.h"

#define DRAW_STATUS_SIZE 256

/* How the lines come. */
enum link {
	LINK_WAITING,  /* no line came yet */
	LINK_PAST,     /* the past is being read */
	LINK_LIVE,
	LINK_LOST,     /* nothing is known since `heard_ns`; text says why */
	LINK_ENDED,    /* the run's last line was read */
	LINK_REPLAY
};

struct status {
	enum link link;
	char text[DRAW_STATUS_SIZE]; /* a sentence about it; empty: none */
	char off[DRAW_STATUS_SIZE];  /* what became of ALL OFF; empty: nobody asked for it here */
	int64_t now_ns;              /* by the run's clock: ages count to here */
	int64_t heard_ns;            /* clocks of outages run to here */
	int64_t speed;               /* of a replay */
	bool paused;
	int64_t end_ns;              /* of a replay: its last line */
};

struct scene {
	const struct model *model;
	const struct archive *archive;
	const struct view *view;
	const struct status *status;
	const struct hand *hand;     /* what is done by hand; NULL: nothing can be */
	const struct planned *planned; /* NULL: nobody knows the plan */
};

struct area {
	int row, column, rows, columns;
};

void draw(struct cells *cells, const struct scene *scene, int rows, int columns, bool ascii);

/* Rows of a page on a screen of that many: for keys that move by one. */
int draw_page_rows(int rows);

void draw_bench(struct cells *cells, const struct scene *scene, struct area area);
void draw_slot(struct cells *cells, const struct scene *scene, struct area area);
void draw_instruments(struct cells *cells, const struct scene *scene, struct area area);
void draw_journal(struct cells *cells, const struct scene *scene, struct area area);
void draw_night(struct cells *cells, const struct scene *scene, struct area area);
void draw_help(struct cells *cells, const struct scene *scene, struct area area);

/* Over whatever screen is shown. */
void draw_hand(struct cells *cells, const struct hand *hand, struct area area);
void draw_all_off(struct cells *cells);

/* ---- Of the night's screen ---- */

#define NIGHT_NAME_WIDTH 6
#define PLAN_ROWS 3             /* two under the axis, and one of words */
#define PLAN_AREA_ROWS_LEAST 14 /* with less there is only what was done */

/* So much time over a row of cells. */
struct axis {
	int column, width;
	int64_t end_ns;
};

int64_t axis_instant(const struct axis *axis, int cell);
int axis_cell(const struct axis *axis, int64_t t_ns);

/* Whether a plan is known, and the selected slot has begun. The others are only called where that is so. */
bool plan_is_shown(const struct scene *scene, struct area area);
int64_t plan_soonest_end_ns(const struct scene *scene);
void draw_plan_rows(struct cells *cells, const struct scene *scene, const struct axis *axis, int row);
void draw_plan_words(struct cells *cells, const struct scene *scene, struct area area, int row);

/* ---- Parts that screens share ---- */

struct pen pen(enum colour colour);
struct pen pen_bold(enum colour colour);

/* A rule with a title in it over the whole width. */
void draw_rule(struct cells *cells, struct area area, int row, const char *title);

/* "3s" behind an instant, or "-" where nothing was said. At most five columns, to the right. */
void draw_age(struct cells *cells, const struct scene *scene, int row, int column, struct said said);

/* The first of `count` rows to show so that `selected` is among `rows`. */
int draw_top(int selected, int count, int rows);

/* A bar from nothing to one and a half of `whole`, with a mark at `whole`; and one of a part of the whole. */
void draw_bar(struct cells *cells, int row, int column, int width, struct pen pen, int64_t value, int64_t whole);
void draw_part(struct cells *cells, int row, int column, int width, struct pen pen, int64_t value, int64_t whole);

enum colour clock_colour(const struct outage_clock *clock);

/* "12.5 s", "between 180.2 and 182.0 s", "more than 2398.0 s, not ended". */
#define CLOCK_TEXT_SIZE 96
void clock_words(char text[CLOCK_TEXT_SIZE], const struct outage_clock *clock);

/* The outage clock of a slot in digits of three rows, with what it is about beside them; in one row where `area` has less than three. */
void draw_clock(struct cells *cells, const struct scene *scene, struct area area, int slot);

/* Level of a channel over time, in two rows or one, from the newest at the right back over the view's time. */
void draw_wave(struct cells *cells, const struct scene *scene, struct area area, int channel, const char *label);

/* Messages between meter, hub, rig and DCC, the newest at the bottom. */
void draw_ladder(struct cells *cells, const struct scene *scene, struct area area, const struct model_slot *slot);

/* "+ok -ok": what became of a slot's positive and negative controls. */
#define CONTROLS_TEXT_SIZE 16
void controls_words(char text[CONTROLS_TEXT_SIZE], const struct model *model, int slot);

/* Wall clock of an instant of the run, "18:55:05". */
#define DAYTIME_SIZE 16
void daytime(char text[DAYTIME_SIZE], const struct model *model, int64_t t_ns);

#endif
