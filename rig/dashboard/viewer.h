#ifndef HILRIG_RIG_DASHBOARD_VIEWER_H
#define HILRIG_RIG_DASHBOARD_VIEWER_H

/*
 * Somebody who watches: lines from a source into model and archive, keys into the view, and the screen to the terminal, until they
 * leave. It only reads; what becomes of it changes nothing elsewhere.
 *
 * A viewer is large and takes memory: one in a process. Everything is the caller's to give back with viewer_done.
 */

#include "rig/dashboard/draw.h"
#include "rig/dashboard/player.h"
#include "rig/dashboard/terminal.h"

struct viewer {
	struct model *model;
	struct archive archive;
	struct view view;
	struct status status;
	struct player player;    /* of a replay */
	struct hand hand;        /* where the source can be worked by hand */
	bool by_hand;
	struct planned planned;  /* filled by whoever knows it */
	bool replay;
	int64_t heard_at_ns;     /* CLOCK_MONOTONIC: when the last line came */
	bool own_boot;           /* the run's clock is this machine's, by its boot id */
	int64_t told_ns;         /* by the run's clock, where whoever feeds it tells its time (a simulated night); -1: it is this machine's */
	bool changed;            /* since the screen was shown */
	enum link shown_link;    /* on it */
	bool stopped;            /* a signal ended it */
	int64_t turned_ns, shown_ns, judged_ns; /* CLOCK_MONOTONIC: the last time */
	struct cells cells;
};

/* Where lines come from while they come. A turn reads what there is and waits for nothing; it gives lines with viewer_take. */
struct viewer_source {
	void *self;
	void (*turn)(void *self, struct viewer *viewer, int64_t now_ns);
	int (*descriptor)(void *self);          /* to be polled for reading; -1: none */
	int64_t (*deadline)(void *self);        /* of CLOCK_MONOTONIC, for the next turn */
	/* Does what somebody wishes by hand, and tells viewer->hand what came of it; NULL: nothing can be done. May wait for SEAT_CONTROL_MS. */
	void (*hand)(void *self, struct viewer *viewer, enum hand_wish wish);
};

void viewer_init(struct viewer *viewer);
void viewer_done(struct viewer *viewer);

void viewer_take(struct viewer *viewer, const struct record *record);

/* The last lines were never written: what followed from them is forgotten. */
void viewer_lose(struct viewer *viewer, uint64_t lines);

/* Prepares a replay of what was taken, at this instant. */
void viewer_replay(struct viewer *viewer, int64_t t_ns, int64_t speed);

/* The screen as it is now, of that size. */
void viewer_draw(struct viewer *viewer, int rows, int columns, bool ascii);

/* Takes the terminal and the signals that end a program. FAULT_USAGE: there is no terminal to watch on. */
MUST_USE bool viewer_open(struct viewer *viewer, const struct terminal_settings *settings, struct error *error);

/*
 * Does what keys, lines and the time ask for, then waits for more of them, until `deadline_ns` of CLOCK_MONOTONIC at most. `source` NULL:
 * a replay, or lines are given by the caller. False: somebody has left, or a signal ended it.
 */
MUST_USE bool viewer_turn(struct viewer *viewer, const struct viewer_source *source, int64_t deadline_ns);

/* The terminal is as it was before. */
void viewer_close(void);

/* All three, until it ends. */
MUST_USE bool viewer_watch(struct viewer *viewer, const struct viewer_source *source, const struct terminal_settings *settings,
			   struct error *error);

#endif
