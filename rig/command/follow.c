/* follow: a second terminal's view of a run that goes on. */

#include "rig/command/table.h"

#include "rig/base/instant.h"
#include "rig/command/which_run.h"
#include "rig/evidence/follower.h"
#include "rig/report/report.h"
#include "rig/run/real/clock.h"
#include "rig/run/progress.h"
#include "rig/supervisor/seat.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct following {
	struct follower follower;
	char bench[WORD_TEXT_SIZE];
	bool json;
	bool served;                   /* a rig serves the run, as far as was said */
	bool seat_gone;                /* at the last look, after which the folder was read once more */
	char status[SEAT_LINE_SIZE];   /* the supervisor's, as it was said last */
	struct onlooker onlooker;
};

static struct following following; /* large, and there is one in a process */

/* What is said. Lines go to standard output, and what is said about the run to standard error. */

static void say(const char *text)
{
	(void)fflush(stdout);
	fprintf(stderr, "hilrig follow: %s\n", text);
}

static void show_line(void *self, const struct record *record, const char *bytes, size_t size)
{
	struct following *follow = self;

	if (follow->json)
		(void)fwrite(bytes, 1, size, stdout);
	else
		progress_print(&follow->onlooker, record);
}

static void show_loss(void *self, uint64_t lines)
{
	char text[WORD_TEXT_SIZE * 4];

	(void)self;
	(void)snprintf(text, sizeof text, "the last %llu lines above were lost with the rig before they reached the disk; "
		       "the journal goes on without them", (unsigned long long)lines);
	say(text);
}

static void say_served(struct following *follow)
{
	char text[PATH_MAX + 4 * WORD_TEXT_SIZE];

	if (!follow->served && follow->status[0])
		say("a rig serves the run now");
	if (!follow->served && !follow->status[0] && !follow->json) {
		(void)snprintf(text, sizeof text, "run %s at bench %s, evidence %s; Ctrl-C ends following, not the run",
			       follow->follower.hello.run, follow->bench, follow->follower.folder);
		say(text);
	}
	follow->served = true;
	follow->seat_gone = false;
	follow->status[0] = '\0';
}

/*
 * Nobody serves. The seat is looked at before the folder is read for the last time, so that a run that ends in between is not
 * taken for one that was cut short.
 */
static bool say_alone(struct following *follow, struct error *error)
{
	char status[SEAT_LINE_SIZE], text[SEAT_LINE_SIZE + WORD_TEXT_SIZE * 2];

	if (follow->seat_gone && !follow->follower.folder[0])
		return error_set(error, FAULT_USAGE, "bench %s is free again, and no run was seen there", follow->bench);
	if (follow->seat_gone)
		return error_set(error, FAULT_RIG, "the run was cut short: nobody holds bench %s any more; hilrig resume %s goes on with it",
				 follow->bench, follow->follower.folder);
	follow->seat_gone = !seat_status(follow->bench, status);
	if (follow->seat_gone)
		return true;
	follow->served = false;
	if (!status[0])
		text_copy(status, sizeof status, "its supervisor does not answer");
	if (strcmp(status, follow->status) == 0)
		return true;
	text_copy(follow->status, sizeof follow->status, status);
	(void)snprintf(text, sizeof text, "%s: %s; it is tried again",
		       follow->follower.hello.run[0] ? "NO RIG SERVES THE RUN" : "waiting for the run's rig", status);
	say(text);
	return true;
}

static bool say_state(struct following *follow, int64_t now_ns, struct error *error)
{
	switch (follow->follower.state) {
	case FOLLOWER_ALONE:
		return follower_deadline(&follow->follower) <= now_ns || say_alone(follow, error);
	case FOLLOWER_LIVE:
		say_served(follow);
		return true;
	case FOLLOWER_GREETED:
	case FOLLOWER_PAST:
	case FOLLOWER_TAIL:
	case FOLLOWER_ENDED:
		break;
	}
	return true;
}

/* Until the end */

static void wait_for_more(const struct follower *follower)
{
	struct pollfd polled = {.fd = follower_descriptor(follower), .events = POLLIN};
	int64_t deadline_ns = follower_deadline(follower), left_ns = deadline_ns == 0 ? 0 : deadline_ns - clock_monotonic_ns();
	struct timespec left;

	if (left_ns < 0)
		left_ns = 0;
	left = (struct timespec){.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
	(void)ppoll(&polled, 1, deadline_ns == INSTANT_NEVER ? NULL : &left, NULL);
}

static bool follow_to_the_end(struct following *follow, struct error *error)
{
	int64_t now_ns;

	for (;;) {
		now_ns = clock_monotonic_ns();
		if (!follower_turn(&follow->follower, now_ns, error))
			return false;
		(void)fflush(stdout);
		/* Standard output that is gone is said by main. */
		if (follow->follower.state == FOLLOWER_ENDED || ferror(stdout))
			return true;
		if (!say_state(follow, now_ns, error))
			return false;
		wait_for_more(&follow->follower);
	}
}

static bool judge(const struct following *follow, int *exit_code, struct error *error)
{
	struct report report;

	if (!report_load(&report, follow->follower.folder, error))
		return false;
	*exit_code = follow->follower.end == END_STOPPED ? EXIT_CODE_STOPPED : report.findings->exit_code;
	if (!follow->json) {
		report_put_table(stdout, &report);
		printf("\nevidence: %s\n", follow->follower.folder);
	}
	report_done(&report);
	return true;
}

/* At once, even where a slow terminal holds standard output up: there is nothing to tidy. */
static void stop(int number)
{
	static const char text[] = "\nhilrig follow: ended; the run goes on\n";

	(void)number;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(EXIT_CODE_STOPPED);
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct following *follow = &following;
	const struct follower_calls calls = {follow, show_line, show_loss};
	struct sha256 *sha256 = sha256_new();
	char path[SEAT_PATH_SIZE];
	const char *folder;
	bool done;

	if (signal(SIGINT, stop) == SIG_IGN)
		(void)signal(SIGINT, SIG_IGN);
	follow->json = arguments_has(arguments, "--json");
	folder = arguments->operand_count ? arguments->operands[0] : NULL;
	done = which_run(follow->bench, folder, arguments_value(arguments, "--bench"), sha256, error) && seat_run_path(path, follow->bench, error) &&
	       follower_open(&follow->follower, path, folder, sha256, &calls, error);
	if (done) {
		done = follow_to_the_end(follow, error);
		follower_close(&follow->follower);
	}
	sha256_free(sha256);
	return done && (ferror(stdout) || judge(follow, exit_code, error));
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench's name as hilrig who lists it, or its file", false},
	{"--json", NULL, "the journal's lines as they are, one JSON object a line", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"follow", "the run that goes on, from its first line"},
	{"follow --bench left-desk", "one of several"},
	{"follow --json --bench left-desk", "for a program: every line is checked, and can be checked again"},
	{NULL, NULL},
};

const struct command command_follow = {
	.name = "follow",
	.operands = "[DIR]",
	.operands_most = 1,
	.about = "watch a run that goes on, from another terminal",
	.text = "Prints the run's lines from the first one on and goes on as they come, in the words of hilrig run; then the verdicts.\n"
		"DIR is the run's evidence folder; without it and without --bench it is the only run of this user. It only reads:\n"
		"whatever becomes of this process, and however slow its terminal is, the run is not held up, and Ctrl-C ends this\n"
		"and not the run. When the rig is lost that is said; following waits for hilrig resume as long as somebody holds\n"
		"the bench. What is said about the run goes to standard error, so that standard output is the journal's alone.\n"
		"\n"
		"Exit codes: that of the run when it ends; 64 no run, or several; 65 the journal is damaged; 70 the run was cut\n"
		"short; 75 too many watch it already; 130 Ctrl-C, or the run was stopped. reports/README.md tells the protocol.",
	.options = options,
	.examples = examples,
	.run = run,
};
