#ifndef HILRIG_DRIVERS_LOADER_CHAIN_H
#define HILRIG_DRIVERS_LOADER_CHAIN_H

/*
 * Sessions that follow each other on one line and look like one from outside. When a part ends well, the next one begins
 * within the same event, with the bytes that were left over, and their outputs are put together: all that the parts of one
 * event send must fit into SESSION_OUTPUT_SIZE. One that wants something of the line ends in a later event, so nothing comes
 * behind it in the same.
 */

#include "rig/bench/session.h"

struct chain_part {
	struct session session;
	const size_t *used;     /* how many of its last event's bytes it took: where the rest begins when it is done */
};

/* Makes `part` what comes behind the one that ended well; false: nothing does. */
typedef bool chain_next(void *self, struct chain_part *part);

/* One event of `part` and of whatever it brings `next` to make of it. Progress is that of the last part which tells any. */
void chain_step(struct chain_part *part, chain_next *next, void *self, const struct session_event *event,
                struct session_output *output);

#endif
