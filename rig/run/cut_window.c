/* Three minutes of UTC, and what was cut in them. */

#include "rig/run/cut_window.h"

#include "rig/base/instant.h"

#define WINDOW_US (INT64_C(180) * 1000000)

bool cut_window_has_room(const struct cut_window *window, int64_t utc_us, int most)
{
	return most == 0 || window->number != utc_us / WINDOW_US || window->cuts < most;
}

int64_t cut_window_left_ns(int64_t utc_us)
{
	return (WINDOW_US - utc_us % WINDOW_US) * NS_PER_US;
}

void cut_window_take(struct cut_window *window, int64_t utc_us)
{
	window->cuts = window->number == utc_us / WINDOW_US ? window->cuts + 1 : 1;
	window->number = utc_us / WINDOW_US;
}
