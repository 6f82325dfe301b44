#ifndef HILRIG_RIG_COMMAND_NIGHT_PICTURE_H
#define HILRIG_RIG_COMMAND_NIGHT_PICTURE_H

/*
 * A night as it looks while it runs: one row a slot, made from the journal's lines as they are written. Pure; drawing writes text
 * with the control sequences of a terminal (ECMA-48) or without.
 */

#include "rig/journal/record.h"
#include "rig/journal/transfer.h"

#include <stdio.h>

#define PICTURE_SLOTS_MAX 64

struct picture_row {
	char slot[SLOT_NAME_SIZE];
	char model[WORD_TEXT_SIZE];
	char sense[CHANNEL_NAME_SIZE];
	char step[WORD_TEXT_SIZE];     /* the verb of the step it is at */
	bool supplied, watched;
	bool was_supplied;             /* ever */
	int64_t fell_ns, longest_ns;   /* of outages while it is watched */
	int controls, alerts;          /* passed so far is the judge's to say: alerts that came in controls, and outside */
	bool in_control;
	bool activated, failed;
	struct transfer transfer;
	char said[FREE_TEXT_SIZE];     /* its last fault */
};

struct picture {
	int64_t t_ns, utc_us;
	int count;
	struct picture_row rows[PICTURE_SLOTS_MAX];
};

void picture_init(struct picture *picture);
void picture_take(struct picture *picture, const struct record *record);

/*
 * A table of picture.count + 3 lines of at most 110 columns; gives how many lines it has. `limit_ns` marks what is longer. `over`: so
 * many lines of the one before it, which had fewer slots perhaps, are drawn over, on a terminal; 0: none. While an image is on its way
 * into a meter, its row shows how much of it is there, at which rate, and the time left.
 */
int picture_draw(const struct picture *picture, int64_t limit_ns, int over, FILE *out);

/* One line for a log: how far the night is. */
void picture_say(const struct picture *picture, int64_t limit_ns, FILE *out);

/* Whether images are on their way, and a line that says how far each is, their rate, and when those of a known rate are there. */
bool picture_has_transfers(const struct picture *picture);
void picture_say_transfers(const struct picture *picture, FILE *out);

#endif
