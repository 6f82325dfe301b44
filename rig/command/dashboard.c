/* dashboard: a run that goes on, on a terminal. */

#include "rig/command/kept_plan.h"
#include "rig/command/screen_options.h"
#include "rig/command/table.h"
#include "rig/command/which_run.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/viewer.h"
#include "rig/evidence/follower.h"
#include "rig/run/real/clock.h"
#include "rig/supervisor/seat.h"

#include <stdio.h>
#include <string.h>

struct watching {
	struct viewer viewer;
	struct follower follower;
	struct sha256 *sha256;
	char bench[WORD_TEXT_SIZE];
	bool over;                 /* following has ended; `status` of the viewer says how */
	bool has_planned;          /* was looked for */
	int64_t asked_ns;          /* when the bench's supervisor was last asked */
};

static struct watching watching; /* large, and there is one in a process */

#define ASK_AGAIN_NS (5 * NS_PER_S)

static void take_line(void *self, const struct record *record, const char *bytes, size_t size)
{
	struct watching *watch = self;

	(void)bytes;
	(void)size;
	viewer_take(&watch->viewer, record);
}

static void take_loss(void *self, uint64_t lines)
{
	struct watching *watch = self;

	viewer_lose(&watch->viewer, lines);
}

static void say(struct watching *watch, enum link link, const char *words)
{
	struct status *status = &watch->viewer.status;

	if (status->link == link && strcmp(status->text, words) == 0)
		return;
	status->link = link;
	text_copy(status->text, sizeof status->text, words);
	watch->viewer.changed = true;
}

/* Nobody serves: what its supervisor says, who is asked now and then, because it may take its time to answer. */
static void say_alone(struct watching *watch, int64_t now_ns)
{
	enum link link = watch->viewer.model->lines ? LINK_LOST : LINK_WAITING;
	char status[SEAT_LINE_SIZE], words[DRAW_STATUS_SIZE];

	if (watch->viewer.status.link == link && now_ns - watch->asked_ns < ASK_AGAIN_NS)
		return;
	watch->asked_ns = now_ns;
	if (!seat_status(watch->bench, status))
		(void)snprintf(words, sizeof words, "nobody holds the bench any more; hilrig resume goes on with a run that was cut short");
	else
		(void)snprintf(words, sizeof words, "no rig serves the run: %.180s", status[0] ? status : "its supervisor does not answer");
	say(watch, link, words);
}

/* Once, when the folder is known and there is something to be seen already. */
static void look_for_plan(struct watching *watch)
{
	if (watch->has_planned)
		return;
	watch->has_planned = true;
	planned_from_folder(&watch->viewer.planned, watch->follower.folder);
}

static void say_state(struct watching *watch, int64_t now_ns)
{
	switch (watch->follower.state) {
	case FOLLOWER_ALONE:
		say_alone(watch, now_ns);
		break;
	case FOLLOWER_GREETED:
		break;
	case FOLLOWER_PAST:
		say(watch, LINK_PAST, "");
		break;
	case FOLLOWER_LIVE:
		say(watch, LINK_LIVE, "");
		look_for_plan(watch);
		break;
	case FOLLOWER_TAIL:
		break;
	case FOLLOWER_ENDED:
		say(watch, LINK_ENDED, watch->follower.folder);
		watch->over = true;
		break;
	}
}

static void turn(void *self, struct viewer *viewer, int64_t now_ns)
{
	struct watching *watch = self;
	struct error error;

	(void)viewer;
	if (watch->over)
		return;
	if (follower_turn(&watch->follower, now_ns, &error)) {
		say_state(watch, now_ns);
		return;
	}
	watch->over = true;
	say(watch, LINK_LOST, error.text);
}

static int descriptor(void *self)
{
	const struct watching *watch = self;

	return watch->over ? -1 : follower_descriptor(&watch->follower);
}

static int64_t deadline(void *self)
{
	const struct watching *watch = self;

	return watch->over ? INSTANT_NEVER : follower_deadline(&watch->follower);
}

static bool watch_run(struct watching *watch, const struct terminal_settings *settings, int *exit_code, struct error *error)
{
	const struct viewer_source source = {watch, turn, descriptor, deadline};
	bool watched;

	viewer_init(&watch->viewer);
	watched = viewer_watch(&watch->viewer, &source, settings, error);
	viewer_done(&watch->viewer);
	if (watch->viewer.stopped)
		*exit_code = EXIT_CODE_STOPPED;
	return watched;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *attach = arguments_value(arguments, "--attach"), *bench = arguments_value(arguments, "--bench");
	struct watching *watch = &watching;
	const struct follower_calls calls = {watch, take_line, take_loss};
	struct terminal_settings settings;
	char path[SEAT_PATH_SIZE];
	bool done;

	if (attach && bench)
		return error_set(error, FAULT_USAGE, "--attach says which bench it is: give it or --bench, not both");
	watch->sha256 = sha256_new();
	done = screen_settings(&settings, arguments, error) && which_run(watch->bench, attach, bench, watch->sha256, error) &&
	       seat_run_path(path, watch->bench, error) && follower_open(&watch->follower, path, attach, watch->sha256, &calls, error);
	if (done) {
		done = watch_run(watch, &settings, exit_code, error);
		follower_close(&watch->follower);
	}
	sha256_free(watch->sha256);
	return done;
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench's name as hilrig who lists it, or its file", false},
	{"--attach", "RUN", "the evidence folder of a run that goes on", false},
	{"--colours", "256|16|none", "instead of what the terminal and NO_COLOR say", false},
	{"--ascii", NULL, "no glyph beyond ASCII", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"dashboard", "the run that goes on"},
	{"dashboard --bench left-desk --colours none", "one of several, without colours"},
	{NULL, NULL},
};

const struct command command_dashboard = {
	.name = "dashboard",
	.operands = "",
	.operands_most = 0,
	.about = "a live bench on a terminal: outage clocks, waveforms, messages, journal",
	.text = "Shows a run while it goes on: a row a slot with the time that its hub has been without supply against the limit; each slot's\n"
		"waveforms, messages and ledger; every channel with its age; the journal, to be searched; the night's steps beside its plan (soon: if\n"
		"every wait is over at once; late: if every bound is taken in full). ? lists the keys. It only watches:\n"
		"whatever becomes of it the run is not held up, and nothing can be switched from here; hilrig off does that. When the connection is\n"
		"lost that is said, what is shown is dimmed, and it is tried again. A terminal of 80 by 24 is enough, smaller ones show less.\n"
		"\n"
		"Exit codes: 0 left with q, whatever the run's verdicts; 64 no run, several, or no terminal; 130 a signal ended it.",
	.options = options,
	.examples = examples,
	.run = run,
};
