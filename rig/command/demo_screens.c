/* The dashboard beside the night that it shows. */

#include "rig/command/demo_screens.h"

#include "rig/command/kept_plan.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/viewer.h"
#include "rig/run/real/clock.h"

#define FRAME_NS (40 * NS_PER_MS) /* so often at least, whatever happens in the night */

static struct {
	struct viewer viewer; /* large, and there is one in a process */
	bool shown;
	int64_t turned_ns;
} screens;

bool demo_screens_open(const struct plan *plan, struct error *error)
{
	const struct terminal_settings settings = {.colours = COLOURS_AS_TERMINAL};

	viewer_init(&screens.viewer);
	planned_from(&screens.viewer.planned, plan);
	screens.viewer.status.link = LINK_LIVE;
	text_copy(screens.viewer.status.text, sizeof screens.viewer.status.text, "a simulated night");
	screens.shown = viewer_open(&screens.viewer, &settings, error);
	if (!screens.shown)
		viewer_done(&screens.viewer);
	return screens.shown;
}

bool demo_screens_shown(void)
{
	return screens.shown;
}

bool demo_screens_stopped(void)
{
	return screens.viewer.stopped;
}

void demo_screens_take(const struct record *record)
{
	if (screens.shown)
		viewer_take(&screens.viewer, record);
}

static void leave(void)
{
	viewer_close();
	viewer_done(&screens.viewer);
	screens.shown = false;
}

void demo_screens_wait(int64_t t_ns, int64_t due_ns)
{
	int64_t now_ns = clock_monotonic_ns();

	screens.viewer.told_ns = t_ns;
	while (screens.shown && (now_ns < due_ns || now_ns - screens.turned_ns >= FRAME_NS)) {
		if (!viewer_turn(&screens.viewer, NULL, due_ns))
			leave();
		now_ns = screens.turned_ns = clock_monotonic_ns();
	}
}

void demo_screens_end(bool at_once)
{
	screens.viewer.status.link = LINK_ENDED;
	screens.viewer.changed = true;
	text_copy(screens.viewer.status.text, sizeof screens.viewer.status.text, "q shows what came of it");
	while (screens.shown)
		if (at_once || !viewer_turn(&screens.viewer, NULL, INSTANT_NEVER))
			leave();
}
