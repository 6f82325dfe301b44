#ifndef HILRIG_RIG_RUN_CUT_WINDOW_H
#define HILRIG_RIG_RUN_CUT_WINDOW_H

/*
 * How many hubs are cut in one of DCC's windows: the day is divided into fixed ones of three minutes from midnight UTC, and
 * more than 50 hubs that go silent in one of them are treated as an area outage, which is another path than a firmware
 * campaign's (facts on PM12; safety.md 14). All zero is a window in which nothing was cut.
 */

#include "rig/base/instant.h"

#include <stdbool.h>
#include <stdint.h>

#define CUT_WINDOW_NS (3 * NS_PER_MIN)

struct cut_window {
	int64_t number;       /* of the last cut's window, counted from the epoch */
	int cuts;             /* begun in it */
};

/* Whether another cut fits in now; most 0: there is no limit. */
bool cut_window_has_room(const struct cut_window *window, int64_t utc_us, int most);

/* How long until the next window begins. */
int64_t cut_window_left_ns(int64_t utc_us);

/* A cut begins. */
void cut_window_take(struct cut_window *window, int64_t utc_us);

#endif
