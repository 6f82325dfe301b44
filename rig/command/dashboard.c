/* dashboard: a run that goes on, on a terminal. */

#include "rig/command/control_words.h"
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
#include <sys/wait.h>
#include <unistd.h>

struct watching {
	struct viewer viewer;
	struct follower follower;
	struct sha256 *sha256;
	char bench[WORD_TEXT_SIZE];
	bool over;                 /* following has ended; `status` of the viewer says how */
	bool has_planned;          /* was looked for */
	int64_t asked_ns;          /* when the bench's supervisor was last asked */
	char who[WORD_TEXT_SIZE];  /* works the bench by hand */
	int64_t list_at_ns;        /* when what may be done by hand is to be asked for again */
	pid_t off;                 /* the process that switches everything off; 0: none */
};

static struct watching watching; /* large, and there is one in a process */

#define ASK_AGAIN_NS (5 * NS_PER_S)
#define LIST_AGAIN_NS (500 * NS_PER_MS)
#define LIST_SHARE 4 /* a run that stalls holds up the keys while it is asked: so many times as long it is left alone then */

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

static void say_off(struct watching *watch, const char *words)
{
	text_copy(watch->viewer.status.off, sizeof watch->viewer.status.off, words);
	watch->viewer.changed = true;
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

/* ---- By hand ---- */

static void take_entry(void *self, const char *line)
{
	struct watching *watch = self;

	hand_add(&watch->viewer.hand, line);
}

/* What may be done now; the run answers at once, or something is wrong with it. */
static void list(struct watching *watch)
{
	struct control_request request = {.kind = CONTROL_MENU};
	struct hand *hand = &watch->viewer.hand;
	char last[CONTROL_ANSWER_SIZE];
	struct error error;
	int64_t begun_ns = clock_monotonic_ns(), took_ns;

	text_copy(request.slot, sizeof request.slot, hand->slot);
	hand_list(hand, "");
	if (!control_say(watch->bench, &request, take_entry, watch, last, &error))
		hand_list(hand, error.text);
	took_ns = clock_monotonic_ns() - begun_ns;
	watch->list_at_ns = begun_ns + took_ns + LIST_AGAIN_NS + LIST_SHARE * took_ns;
	if (hand->count > 0 && hand->selected >= hand->count) /* one that is empty for a while moves nothing */
		hand->selected = hand->count - 1;
}

/* The line that is shown is what is done: it is read as the command line is. */
static void act(struct watching *watch)
{
	struct hand *hand = &watch->viewer.hand;
	const struct hand_entry *entry = hand_selected(hand);
	char line[FREE_TEXT_SIZE], last[CONTROL_ANSWER_SIZE], *word, *rest = line;
	const char *words[HAND_TYPED_SIZE];
	struct control_request request;
	struct text text;
	struct error error;
	int count = 0;

	text_init(&text, line, sizeof line);
	hand_words(hand, &text);
	(void)strsep(&rest, " "); /* hilrig */
	(void)strsep(&rest, " "); /* hand */
	while (entry && rest && count < HAND_TYPED_SIZE && (word = strsep(&rest, " ")) != NULL)
		words[count++] = word;
	if (!entry || count == 0)
		return;
	if (!control_read(&request, words, count, &error) || !text_copy(request.who, sizeof request.who, watch->who) ||
	    !control_say(watch->bench, &request, NULL, NULL, last, &error))
		hand_tell(hand, false, error.text);
	else
		hand_tell(hand, true, last);
	hand->typed[0] = '\0';
}

static void look_for_proof(void *self, const char *line)
{
	bool *proved = self;

	*proved |= strcmp(line, SEAT_OFF_PROVED) == 0;
}

/* It may take its time, in which the screen goes on: another process waits for it. */
static void all_off(struct watching *watch)
{
	bool proved = false;
	int said;

	if (watch->off > 0)
		return;
	watch->off = fork();
	if (watch->off == 0)
		_exit(seat_say(watch->bench, "off", look_for_proof, &proved, &said) && proved ? EXIT_CODE_PASS : EXIT_CODE_RIG);
	say_off(watch, watch->off < 0 ? "ALL OFF could not be told: SWITCH OFF BY HAND" : "ALL OFF: the supervisor is told");
}

static void hear_of_off(struct watching *watch)
{
	int status;

	if (watch->off <= 0 || waitpid(watch->off, &status, WNOHANG) != watch->off)
		return;
	watch->off = 0;
	say_off(watch, WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CODE_PASS ? "ALL OFF: everything has confirmed that it is off (not isolated)"
										  : "ALL OFF was not confirmed: SWITCH OFF BY HAND");
}

static void work_by_hand(void *self, struct viewer *viewer, enum hand_wish wish)
{
	struct watching *watch = self;

	if (wish == HAND_ALL_OFF)
		all_off(watch);
	if (watch->over) { /* the bench may have another run by now, which is not the one that is shown */
		hand_list(&viewer->hand, "the run that is shown is over");
		return;
	}
	if (wish == HAND_DO)
		act(watch);
	if (viewer->hand.stage == HAND_CHOOSING) /* what somebody is about to say yes to does not move */
		list(watch);
}

static void turn(void *self, struct viewer *viewer, int64_t now_ns)
{
	struct watching *watch = self;
	struct error error;

	hear_of_off(watch);
	/* Not while somebody is about to say yes: what they said yes to must not move. */
	if (viewer->hand.stage == HAND_CHOOSING && now_ns >= watch->list_at_ns && !watch->over) {
		list(watch);
		viewer->changed = true;
	}
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
	const struct viewer_source source = {watch, turn, descriptor, deadline, work_by_hand};
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
	done = screen_settings(&settings, arguments, error) && control_who(watch->who, arguments_value(arguments, "--operator"), error) && which_run(watch->bench, attach, bench, watch->sha256, error) &&
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
	{"--operator", "NAME", "who does what is done by hand, for the journal (default: the account that is logged in)", false},
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
		"every wait is over at once; late: if every bound is taken in full). ? lists the keys. Whatever becomes of it the run is not held up.\n"
		"When the connection is lost that is said, what is shown is dimmed, and it is tried again. A terminal of 80 by 24 is enough, smaller\n"
		"ones show less.\n"
		"\n"
		"a shows what may be done by hand in the selected slot, and what not and why; each is done as hilrig hand does it, whose line is\n"
		"shown, and only at the bench. X twice is ALL OFF, from every session.\n"
		"\n"
		"Exit codes: 0 left with q, whatever the run's verdicts; 64 no run, several, or no terminal; 130 a signal ended it.",
	.options = options,
	.examples = examples,
	.run = run,
};
