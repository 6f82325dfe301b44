#ifndef HILRIG_RIG_DASHBOARD_VIEW_H
#define HILRIG_RIG_DASHBOARD_VIEW_H

/*
 * What somebody looks at: which screen, what is selected, what is searched for. Keys change it, and nothing else does. Pure.
 *
 * Everything in it may point to what is no more (a line that was lost, a slot of another run): it is brought back into range by
 * view_keep before it is drawn.
 */

#include "rig/dashboard/archive.h"
#include "rig/dashboard/key.h"
#include "rig/dashboard/model.h"

#define VIEW_TEXT_SIZE 64
#define VIEW_BEFORE_MAX 8     /* screens that Esc goes back to */
#define WAVE_LEAST_NS (NS_PER_S * 5)
#define WAVE_MOST_NS (NS_PER_S * 86400)

enum screen { SCREEN_BENCH, SCREEN_SLOT, SCREEN_INSTRUMENTS, SCREEN_JOURNAL, SCREEN_NIGHT, SCREEN_HELP, SCREEN_COUNT };
enum typing { TYPING_NONE, TYPING_SEARCH, TYPING_FILTER };

struct view {
	enum screen screen;
	int before_count;
	enum screen before[VIEW_BEFORE_MAX];
	int slot;                   /* of the model */
	int channel;
	int message;                /* of the slot's ladder, 0: the newest */
	int help_top;
	int64_t line;               /* of the archive */
	bool follow;                /* the line is the newest */
	bool all;                   /* levels, readings and clock lines are shown too */
	char search[VIEW_TEXT_SIZE], filter[VIEW_TEXT_SIZE];
	enum typing typing;
	char typed[VIEW_TEXT_SIZE];
	char said[VIEW_TEXT_SIZE];  /* an answer to the last key; empty: none */
	int64_t wave_ns;            /* so much time is on the waveform */
};

void view_init(struct view *view);

/* The word of a screen, "bench", and back; SCREEN_COUNT for a word that is none. */
const char *screen_name(enum screen screen);
enum screen screen_from_name(const char *name);

/*
 * What a key does to the view; `page` are the rows of a page. Gives the request where it is somebody else's to do (of a replay, and
 * REQUEST_QUIT), else REQUEST_NONE. While a text is typed a key is a letter of it.
 */
enum request view_key(struct view *view, const struct model *model, const struct archive *archive, int32_t key, bool replay, int page);

/* After lines came or went: what is selected is there, and the newest line is followed. */
void view_keep(struct view *view, const struct model *model, const struct archive *archive);

/* ---- Lines that are shown ---- */

#define LINES_LOOKED_AT_MAX 200000 /* by one step or search */

bool view_shows(const struct view *view, const struct archive *archive, int64_t line);

/* The nearest line that is shown beyond this one, forwards (1) or back (-1); -1: none within LINES_LOOKED_AT_MAX. */
int64_t view_next_line(const struct view *view, const struct archive *archive, int64_t line, int step);

#endif
