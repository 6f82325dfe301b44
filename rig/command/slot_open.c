/*
 * slot open: the procedure of slot_opening.h with the bench's own instruments, its seat, and a person at a terminal. While it
 * waits it answers at the seat, so that `who` names it and `off` is never kept waiting: it gives up the bench to that.
 */

#include "rig/command/desk.h"
#include "rig/command/slot_job.h"
#include "rig/command/slot_opening.h"
#include "rig/command/table.h"

#include "rig/run/real/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ASK_WITHIN_NS NS_PER_H
#define PAUSE_NS (10 * NS_PER_MS)

struct opener {
	struct slot_job job;
	struct desk desk;
	struct seat seat;
	int off_caller;                 /* who said off, and waits for the seat; -1: nobody */
	sigset_t waiting;               /* signals blocked while it waits: none */
};

static struct opener opener; /* large, and there is one command in a process */
static volatile sig_atomic_t interrupted;

/* ---- Ways in which somebody else ends it ---- */

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* Blocked but where it waits, so that a Ctrl-C never leaves a frame half sent. */
static void catch_signals(void)
{
	const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof caught / sizeof *caught; i++) {
		sigaddset(&blocked, caught[i]);
		(void)sigaction(caught[i], &action, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, &opener.waiting);
	for (i = 0; i < sizeof caught / sizeof *caught; i++)
		sigdelset(&opener.waiting, caught[i]);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void answer(int caller, const char *word, const int streams[2])
{
	char line[SEAT_LINE_SIZE];
	int i;

	for (i = 0; i < 2; i++)
		if (streams[i] >= 0)
			close(streams[i]);
	if (strcmp(word, "off") == 0 && opener.off_caller < 0) {
		opener.off_caller = caller;
		return;
	}
	(void)snprintf(line, sizeof line, "slot %s is being opened by %s, process %d", opener.job.entry.slot, opener.job.entry.by,
		       (int)getpid());
	seat_answer(caller, line, strcmp(word, "status") == 0 ? EXIT_CODE_PASS : EXIT_CODE_BUSY);
}

static bool is_given_up(void *self)
{
	char word[SEAT_WORD_SIZE];
	int streams[2], caller;

	(void)self;
	while ((caller = seat_caller(&opener.seat, word, streams)) >= 0)
		answer(caller, word, streams);
	return opener.off_caller >= 0;
}

/* Waits for standard input (if `typed`) or for somebody at the seat. *ready: there is something to read. */
static bool wait_a_little(bool typed, int64_t ns, bool *ready, struct error *error)
{
	struct pollfd polled[] = {{.fd = opener.seat.listening, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	const struct timespec left = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
	int count = ppoll(polled, typed ? 2 : 1, &left, &opener.waiting);

	*ready = count > 0 && typed && polled[1].revents;
	if (interrupted)
		return error_set(error, FAULT_OPERATOR, "slot %s was not opened: stopped", opener.job.entry.slot);
	if (is_given_up(NULL))
		return error_set(error, FAULT_OPERATOR, "slot %s was not opened: somebody said off", opener.job.entry.slot);
	return true;
}

/* ---- Hands ---- */

static bool take(void *self, const bool *wanted, struct error *error)
{
	bool everybody[BENCH_SLOTS_MAX];

	(void)self;
	memset(everybody, true, sizeof everybody);
	desk_close(&opener.desk);
	return desk_acquire(&opener.desk, &opener.job.night.bench, everybody, wanted, error) && desk_start(&opener.desk, error);
}

static bool off(void *self, bool *agrees, struct error *error)
{
	(void)self;
	*agrees = desk_off(&opener.desk, is_given_up, NULL, error);
	if (opener.off_caller >= 0)
		return error_set(error, FAULT_OPERATOR, "slot %s was not opened: somebody said off", opener.job.entry.slot);
	return *agrees || error->fault == FAULT_RIG;
}

static int level(void *self, int channel)
{
	(void)self;
	return desk_level(&opener.desk, channel);
}

static int64_t now_ns(void *self)
{
	(void)self;
	return clock_monotonic_ns();
}

static bool pause_a_little(void *self, struct error *error)
{
	bool ready;

	(void)self;
	return wait_a_little(false, PAUSE_NS, &ready, error);
}

static char *trimmed(char *line)
{
	size_t size;

	line += strspn(line, " \t");
	for (size = strlen(line); size > 0 && strchr(" \t\r", line[size - 1]); size--)
		line[size - 1] = '\0';
	return line;
}

/* Byte by byte: what stands behind the line is the answer to another question. A line that does not end is no answer. */
static bool read_typed(char typed[OPENING_WORD_SIZE], int64_t deadline_ns, struct error *error)
{
	size_t size = 0;
	bool ready;
	char byte;

	while (clock_monotonic_ns() < deadline_ns) {
		ssize_t got;

		if (!wait_a_little(true, deadline_ns - clock_monotonic_ns(), &ready, error))
			return false;
		if (!ready)
			continue;
		got = read(STDIN_FILENO, &byte, 1);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0 || size == OPENING_WORD_SIZE - 1)
			break;
		if (byte == '\n') {
			typed[size] = '\0';
			return true;
		}
		typed[size++] = byte;
	}
	return error_set(error, FAULT_OPERATOR, "slot %s was not opened: no answer", opener.job.entry.slot);
}

static bool ask(void *self, char line[OPENING_WORD_SIZE], struct error *error)
{
	bool terminal = isatty(STDIN_FILENO), answered;
	char typed[OPENING_WORD_SIZE];

	(void)self;
	/* What was typed before the question is no answer to it. */
	if (terminal)
		(void)tcflush(STDIN_FILENO, TCIFLUSH);
	answered = read_typed(typed, clock_monotonic_ns() + ASK_WITHIN_NS, error);
	if (!answered || !terminal)
		printf("\n"); /* a terminal has shown the one that was typed */
	return answered && (text_copy(line, OPENING_WORD_SIZE, trimmed(typed)) ||
			    error_set(error, FAULT_OPERATOR, "slot %s was not opened: no answer", opener.job.entry.slot));
}

static const struct opening_hands hands = {take, off, level, now_ns, pause_a_little, ask};

/* ---- The record ---- */

static bool write_down(enum slot_what what, const char *why, struct error *error)
{
	struct slot_state state;
	bool done;

	opener.job.entry.what = what;
	text_copy(opener.job.entry.why, sizeof opener.job.entry.why, why);
	done = slot_job_look(&opener.job, true, &state, error) && slot_store_add(&opener.job.store, &opener.job.entry, error);
	slot_job_leave(&opener.job);
	return done;
}

/* What disagreed is in `error`; the slot is locked out for it, and the way out is said. */
static bool lock_out(const char *finding, struct error *error)
{
	const char *slot = opener.job.entry.slot;
	struct error unwritten;
	bool written = write_down(SLOT_LOCKED_OUT, finding, &unwritten);

	printf("Do not touch the device: it may be live. Isolate slot %s upstream by hand, lock off and prove dead, and have it mended.\n"
	       "Then slot open may be tried again, and hilrig slot clear %s --bench %s --operator NAME --why TEXT lifts the lock-out.\n",
	       slot, slot, opener.job.bench_words);
	if (written)
		return error_set(error, FAULT_RIG, "slot %s was NOT opened and is locked out: %s", slot, finding);
	return error_set(error, FAULT_RIG, "slot %s was NOT opened: %s; it could not be locked out (%.150s): DO NOT USE IT", slot, finding,
			 unwritten.text);
}

/* ---- The command ---- */

static bool may_be_opened(struct error *error)
{
	struct slot_state state;
	char when[SLOT_WHEN_SIZE];
	bool done = slot_job_look(&opener.job, false, &state, error);

	if (done && bench_slot_find(&opener.job.night.bench, state.slot) < 0)
		done = error_set(error, FAULT_USAGE, "the bench file has no slot '%s' any more: it cannot be switched", state.slot);
	if (done && state.opened.line) {
		slot_when(state.opened.entry.utc_us, when);
		done = error_set(error, FAULT_USAGE, "slot %s is open already, since %s by %s", state.slot, when, state.opened.entry.by);
	}
	if (done && slot_is_locked(&opener.job.store.record, &state))
		printf("slot %s is locked out (hilrig slot list tells why); it is opened for mending.\n", state.slot);
	slot_job_leave(&opener.job);
	return done;
}

static bool open_slot(const struct arguments *arguments, struct error *error)
{
	struct slot_job *job = &opener.job;
	struct opening opening = {.bench = &job->night.bench, .yes = arguments_has(arguments, "--yes"), .out = stdout, .hands = &hands};

	if (!slot_job_begin(job, arguments, true, error) || !seat_take(&opener.seat, job->night.bench.name, error) || !may_be_opened(error))
		return false;
	catch_signals();
	opening.slot = bench_slot_find(&job->night.bench, job->entry.slot);
	if (!opening_run(&opening, error))
		return opening.finding[0] ? lock_out(opening.finding, error) : false;
	if (!write_down(SLOT_OPENED, "proved dead at the terminals, says the operator", error))
		return error_prefix(error, "slot %s was not opened", job->entry.slot);
	printf("slot %s is open, by %s: no run uses it until hilrig slot close %s --bench %s --operator NAME\n", job->entry.slot,
	       job->entry.by, job->entry.slot, job->bench_words);
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done;

	(void)exit_code;
	desk_init(&opener.desk);
	opener.seat = (struct seat){.lock = -1, .listening = -1};
	opener.off_caller = -1;
	done = open_slot(arguments, error);
	desk_close(&opener.desk);
	slot_job_done(&opener.job);
	seat_leave(&opener.seat);
	/* Unanswered, and only now: whoever said off finds the seat free and does it by himself. */
	if (opener.off_caller >= 0)
		close(opener.off_caller);
	return done;
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--operator", "NAME", "who is at the bench and proves it dead", false},
	{"--yes", NULL, "slots that are cut with it may be cut, also if they are on", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"slot open A --bench one-slot --operator A.Person", "before the meter in slot A is changed"},
	{NULL, NULL},
};

const struct command command_slot_open = {
	.name = "slot open",
	.operands = "NAME",
	.operands_least = 1,
	.operands_most = 1,
	.about = "the procedure for changing the device in a slot",
	.text = "Switches off the slot's relays and then the contactor of its group, reads them back, and looks at mains sense, supply sense\n"
		"and mirror contact. Off is not isolated: the person then isolates upstream, locks off, proves dead at the terminals with\n"
		"an approved tester (Electricity at Work Regulations 1989, regulations 12 to 14; HSE INDG354; HSE HSG85), and types the\n"
		"slot's name. Name and time are recorded, and no run uses the slot until slot close. Anything else that is typed, and\n"
		"Ctrl-C, does not open it (130). What disagrees is refused with 70, and the slot is locked out until slot clear.\n"
		"75: a run has the bench. A contactor cuts its other slots too: they are named, and if one is on, --yes or a typed yes is\n"
		"needed. hilrig off ends this command at once. Everything is recorded in\n"
		"${XDG_STATE_HOME:-$HOME/.local/state}/hilrig/slots/BENCH.jsonl.",
	.options = options,
	.examples = examples,
	.run = run,
};
