#ifndef HILRIG_TESTS_SUPPORT_SHOWN_NIGHT_H
#define HILRIG_TESTS_SUPPORT_SHOWN_NIGHT_H

/*
 * A made-up night for screens: five slots, of which one starves its hub for 250 s, one has bounds, one fails its gate, one never comes back
 * and one bears a hostile name. Its lines are in an archive, and a model and a view are beside them.
 */

#include "rig/dashboard/draw.h"
#include "rig/dashboard/player.h"

#define SHOWN_HOSTILE "x\033[31m\007\302\233\344\270\255e\314\201\360\237\222\251y"

struct shown_night {
	struct archive archive;
	struct model *model;
	struct view view;
	struct status status;
	struct player player;
	struct planned planned;
	struct cells cells;
	bool by_hand;            /* the bench can be worked: 'a' opens a list as a run gives it */
	struct hand hand;
	enum hand_wish wish;     /* of the last key */
};

/* At its begin, on the bench screen. Everything that can fail is asserted. */
void shown_night_init(struct shown_night *shown);
void shown_night_done(struct shown_night *shown);

/* Goes to this instant of the night. Lines behind it are not seen. */
void shown_night_seek(struct shown_night *shown, int64_t t_ns);

/* One key. */
enum request shown_night_press(struct shown_night *shown, int32_t key);

/* Draws it as it is. */
void shown_night_draw(struct shown_night *shown, int rows, int columns, bool ascii);

#endif
