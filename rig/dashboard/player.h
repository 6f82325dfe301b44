#ifndef HILRIG_RIG_DASHBOARD_PLAYER_H
#define HILRIG_RIG_DASHBOARD_PLAYER_H

/*
 * A journal that is over, fed to a model again as its own time passes: at any speed, paused, line by line, forwards and back. Going
 * back folds the journal again from its first line. Pure: time that passes is told.
 */

#include "rig/dashboard/archive.h"
#include "rig/dashboard/model.h"

#define PLAYER_SPEED_MOST 65536

struct player {
	const struct archive *archive;  /* borrowed; all of it is kept */
	struct model *model;            /* borrowed */
	int64_t next;                   /* the line that is fed next */
	int64_t t_ns;                   /* where it is, by the run's clock */
	int64_t end_ns;                 /* of the last line */
	int64_t speed;
	bool paused;
};

/* At the begin, with nothing fed. */
void player_init(struct player *player, const struct archive *archive, struct model *model);

/* So much time of whoever watches has passed. */
void player_advance(struct player *player, int64_t ns);

/* All lines up to this instant, and no later one. Below 0 is 0, and beyond the end is the end. */
void player_seek(struct player *player, int64_t t_ns);

/* Exactly the lines in front of this one; the time is that of the last of them. Pauses. */
void player_go(struct player *player, int64_t next);

void player_speed(struct player *player, bool faster);

#endif
