/* replay: a run that is over, on the screens of the dashboard. */

#include "rig/command/kept_plan.h"
#include "rig/command/screen_options.h"
#include "rig/command/table.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"
#include "rig/dashboard/viewer.h"
#include "rig/evidence/reader.h"

#include <stdio.h>
#include <string.h>

static struct viewer viewer; /* large, and there is one in a process */

static void take(void *owner, const struct record *record)
{
	archive_add(owner, record);
}

/* A number of slots, a name, or nothing: the slot that is selected. */
static bool choose_slot(const char *name, struct error *error)
{
	int i;

	for (i = 0; name && i < viewer.model->slot_count; i++)
		if (strcmp(viewer.model->slots[i].name, name) == 0) {
			viewer.view.slot = i;
			return true;
		}
	return !name || error_set(error, FAULT_USAGE, "--slot %.40s: there is no such slot at this instant", name);
}

static bool choose_screen(const char *name, struct error *error)
{
	enum screen screen = name ? screen_from_name(name) : SCREEN_BENCH;

	if (screen == SCREEN_COUNT)
		return error_set(error, FAULT_USAGE, "--print %.40s: it is bench, slot, instruments, journal, night or help", name);
	viewer.view.screen = screen;
	return true;
}

static bool take_numbers(const struct arguments *arguments, int64_t *at_ns, int64_t *speed, struct error *error)
{
	const char *at = arguments_value(arguments, "--at"), *fast = arguments_value(arguments, "--speed");

	*at_ns = 0;
	*speed = 1;
	if (at && !unit_read(at, UNIT_DURATION, 0, INT64_MAX / 2, at_ns, error)) {
		error->fault = FAULT_USAGE;
		return error_prefix(error, "--at %.40s", at);
	}
	if (fast && !number_read(fast, 1, PLAYER_SPEED_MOST, speed, error)) {
		error->fault = FAULT_USAGE;
		return error_prefix(error, "--speed %.40s", fast);
	}
	return true;
}

static bool print(const struct arguments *arguments, const struct terminal_settings *settings, struct error *error)
{
	int rows = 24, columns = 80;

	if (!screen_size(&rows, &columns, arguments, error))
		return false;
	viewer.player.paused = true;
	model_conclude(viewer.model);
	viewer_draw(&viewer, rows, columns, settings->ascii);
	cells_print(stdout, &viewer.cells);
	return true;
}

static bool show(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct terminal_settings settings;
	int64_t at_ns, speed;

	if (!screen_settings(&settings, arguments, error) || !take_numbers(arguments, &at_ns, &speed, error) ||
	    !choose_screen(arguments_value(arguments, "--print"), error) ||
	    !evidence_read(arguments->operands[0], take, &viewer.archive, NULL, error))
		return false;
	if (viewer.archive.first > 0)
		return error_set(error, FAULT_USAGE, "%s: too long to be replayed: more than %d MiB of lines", arguments->operands[0],
				 ARCHIVE_BYTES_MAX / 1024 / 1024);
	planned_from_folder(&viewer.planned, arguments->operands[0]);
	viewer_replay(&viewer, at_ns, speed);
	if (!choose_slot(arguments_value(arguments, "--slot"), error))
		return false;
	if (arguments_has(arguments, "--print"))
		return print(arguments, &settings, error);
	if (!viewer_watch(&viewer, NULL, &settings, error))
		return false;
	if (viewer.stopped)
		*exit_code = EXIT_CODE_STOPPED;
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done;

	viewer_init(&viewer);
	done = show(arguments, exit_code, error);
	viewer_done(&viewer);
	return done;
}

static const struct command_option options[] = {
	{"--at", "TIME", "begin at this time of the run, as 55min; begins paused with --print", false},
	{"--speed", "N", "so many times as fast as it was (default: 1)", false},
	{"--slot", "NAME", "the slot that is selected", false},
	{"--print", "SCREEN", "print one screen as text: bench, slot, instruments, journal, night, help", false},
	{"--size", "COLUMNSxROWS", "of a printed screen (default: 80x24)", false},
	{"--colours", "256|16|none", "instead of what the terminal and NO_COLOR say", false},
	{"--ascii", NULL, "no glyph beyond ASCII", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"replay reports/20261123T180000Z-ota-journey-1 --speed 64", "watch that night again, in two minutes"},
	{"replay reports/20261123T180000Z-ota-journey-1 --at 57min --slot S04 --print slot", "how that slot stood then, as text"},
	{NULL, NULL},
};

const struct command command_replay = {
	.name = "replay",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "watch a run again, from its evidence, on the dashboard's screens",
	.text = "Feeds the lines of an evidence folder to the screens of hilrig dashboard as their own time passes: at any speed, paused,\n"
		"line by line, forwards and back. ? lists the keys. What is shown at an instant is what was known then: causes and marks of an\n"
		"instant are those that follow from the lines up to it. Every line is checked against its chain first.\n"
		"\n"
		"Exit codes: 0; 64 no terminal; 65 damaged evidence; 130 a signal ended it.",
	.options = options,
	.examples = examples,
	.run = run,
};
