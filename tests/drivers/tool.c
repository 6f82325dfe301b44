/*
 * Somebody else's program as a loader, with real processes: shell scripts play it. What is asked, what is told, and that nothing of it
 * outlives what it should not.
 */

#include "drivers/tool/tool_instrument.h"
#include "drivers/tool/tool_upgrade.h"
#include "rig/base/file.h"
#include "rig/base/text.h"

#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_NS (20 * NS_PER_S)
#define HEARD_SIZE (1024 * 1024)

struct heard {
	int said[SAID_FAILED + 1];
	enum phase phase;
	int64_t done_bytes;
	char version[64];
	struct error error;
	char notes[4096];
	size_t sent_size, output_size;
	char sent[4096];
	char output[HEARD_SIZE];
};

static struct heard heard;
static struct bench bench;
static struct bench_instrument from;
static struct bench_slot slot;
static struct bench_loader loader;
static struct upgrade_image image;
static bool was_activated;
static struct instrument *instrument;
static char folder[PATH_MAX - 64];

static int64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * NS_PER_S + time.tv_nsec;
}

/* ---- The listener ---- */

static void on_upgrade(void *self, int of, int64_t t_ns, const struct upgrade_report *report)
{
	(void)self;
	(void)t_ns;
	assert_int_equal(of, 0);
	heard.said[report->said]++;
	heard.phase = report->phase;
	if (report->said == SAID_PROGRESS) {
		assert_true(report->done_bytes > heard.done_bytes);
		assert_int_equal(report->total_bytes, image.size);
		heard.done_bytes = report->done_bytes;
	}
	if (report->text)
		text_copy(heard.version, sizeof heard.version, report->text);
	if (report->error)
		heard.error = *report->error;
}

static void on_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	(void)self;
	(void)t_ns;
	assert_string_equal(name, "A.upgrade");
	assert_true(size <= 512);
	if (direction == '>' && heard.sent_size + size < sizeof heard.sent) {
		memcpy(heard.sent + heard.sent_size, bytes, size);
		heard.sent_size += size;
	} else if (direction == '<') {
		if (heard.output_size + size < sizeof heard.output)
			memcpy(heard.output + heard.output_size, bytes, size);
		heard.output_size += size;
	}
}

static void on_note(void *self, int of, const char *text)
{
	(void)self;
	(void)of;
	strncat(heard.notes, text, sizeof heard.notes - strlen(heard.notes) - 2);
	strcat(heard.notes, "\n");
}

static const struct instrument_listener listener = {.upgrade = on_upgrade, .raw = on_raw, .note = on_note};

/* ---- A bench with a program ---- */

/* The script gets image, device and phase as $1 to $3, and `folder` as its own. */
static void call(struct bench_call *call, const char *script, int64_t within_ns)
{
	char path[PATH_MAX], *to = call->arguments;
	static int number;

	(void)snprintf(path, sizeof path, "%s/script-%d", folder, ++number);
	{
		char text[4096];
		int size = snprintf(text, sizeof text, "#!/bin/sh\ncd '%s'\n%s\n", folder, script);

		assert_true(file_write(path, text, (size_t)size, NULL));
	}
	assert_int_equal(chmod(path, 0755), 0);
	*call = (struct bench_call){.count = 4, .within_ns = within_ns};
	assert_true(strlen(path) < 400);
	to = stpcpy(to, path) + 1;
	to = stpcpy(to, "{image}") + 1;
	to = stpcpy(to, "{device}") + 1;
	(void)stpcpy(to, "{phase}-{slot}");
}

static void start(void)
{
	struct error error;
	const struct driver_start with = {.bench = &bench, .image = &image, .listener = &listener, .was_activated = &was_activated};

	instrument = tool_instrument_start(&with, 0, &error);
	assert_non_null(instrument);
}

static int set_up(void **state)
{
	static char path[PATH_MAX], bytes[1000];
	struct sha256 *sha256 = sha256_new();

	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(folder));
	memset(&heard, 0, sizeof heard);
	memset(bytes, 'f', sizeof bytes);
	(void)snprintf(path, sizeof path, "%s/image.ota", folder);
	assert_true(file_write(path, bytes, sizeof bytes, NULL));
	image = (struct upgrade_image){.bytes = (const uint8_t *)bytes, .size = sizeof bytes, .path = path, .meters = {"00-DB-12-34-56-78-90-A0"}};
	sha256_begin(sha256);
	sha256_add(sha256, bytes, sizeof bytes);
	sha256_end(sha256, image.sha256);
	sha256_free(sha256);
	was_activated = false;
	loader = (struct bench_loader){.protocol = LOADER_TOOL, .push = LOADER_TOOL,
				       .tool = {.progress = "progress: *([0-9]{1,3}) ?%", .expect = "firmware ([0-9A-F]+)"}};
	from = (struct bench_instrument){.name = "A.upgrade", .driver = DRIVER_LOADER, .loader = &loader, .port = {.usb_port = -1}};
	slot = (struct bench_slot){.name = "A"};
	bench = (struct bench){.instruments = &from, .instrument_count = 1, .slots = &slot, .slot_count = 1};
	call(&loader.tool.transfer, "true", 10 * NS_PER_S);
	call(&loader.tool.activate, "true", 10 * NS_PER_S);
	call(&loader.tool.version, "echo firmware 00020130", 10 * NS_PER_S);
	return 0;
}

static int tear_down(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	if (instrument)
		instrument->kind->close(instrument);
	instrument = NULL;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

/* One turn of a loop: descriptors, then time. Gives how long it worked beside waiting. */
static int64_t turn(void)
{
	int fds[INSTRUMENT_DESCRIPTORS_MAX], count = instrument->kind->descriptors(instrument, fds), i;
	int64_t until_ns = instrument->kind->deadline(instrument), wait_ms = until_ns == INSTANT_NEVER ? 50 : (until_ns - now()) / NS_PER_MS + 1, began_ns;
	struct pollfd polls[4];

	for (i = 0; i < count; i++)
		polls[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	(void)poll(polls, (nfds_t)count, (int)(wait_ms < 0 ? 0 : wait_ms > 50 ? 50 : wait_ms));
	began_ns = now();
	for (i = 0; i < count; i++)
		if (polls[i].revents)
			instrument->kind->ready(instrument, fds[i], now());
	instrument->kind->tick(instrument, now());
	return now() - began_ns;
}

static void ask(enum upgrade_ask what)
{
	instrument->kind->upgrade(instrument, 0, what, now());
}

static void until_said(enum upgrade_said said)
{
	int64_t end_ns = now() + PATIENCE_NS;

	while (heard.said[said] == 0) {
		assert_true(now() < end_ns);
		(void)turn();
	}
}

static void failed_with(enum fault fault, const char *text)
{
	until_said(SAID_FAILED);
	if (heard.error.fault != fault || !strstr(heard.error.text, text))
		fail_msg("%s: %s", fault_name(heard.error.fault), heard.error.text);
}

/* The number that a script has written into a file of the folder. */
static pid_t number_in(const char *name)
{
	char path[PATH_MAX];
	int64_t end_ns = now() + PATIENCE_NS;
	struct file file;
	pid_t number;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	while (!file_read(&file, path, 64, NULL) || (file.size == 0 && (file_done(&file), true))) {
		assert_true(now() < end_ns);
		(void)usleep(5000);
	}
	number = (pid_t)strtol(file.bytes, NULL, 10);
	file_done(&file);
	assert_true(number > 1);
	return number;
}

/* Dead, or a zombie that somebody else is to reap. */
static bool lives(pid_t pid)
{
	char path[64], line[256] = "";
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(line, sizeof line, file))
		line[0] = '\0';
	(void)fclose(file);
	return strrchr(line, ')') && strrchr(line, ')')[2] != 'Z';
}

static void dies(pid_t pid)
{
	int64_t end_ns = now() + PATIENCE_NS;

	while (lives(pid)) {
		assert_true(now() < end_ns);
		(void)usleep(5000);
	}
}

/* ---- Well ---- */

static void a_program_brings_the_image_and_says_the_version(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "test \"$3\" = transfer-A || exit 9; test \"$2\" = 00-DB-12-34-56-78-90-A0 || exit 8\n"
	     "cp \"$1\" got; echo 'progress: 10 %'; printf 'progress: 60%%\\r'; echo 'progress: 60 %' >&2\n"
	     "echo 'progress: 40 %'; echo 'progress: 100 %'", 10 * NS_PER_S);
	call(&loader.tool.verify, "test \"$3\" = verify-A && cmp \"$1\" got", 10 * NS_PER_S);
	start();
	ask(ASK_VERSION);
	until_said(SAID_VERSION);
	assert_string_equal(heard.version, "00020130");
	ask(ASK_TRANSFER);
	until_said(SAID_TRANSFERRED);
	assert_int_equal(heard.phase, PHASE_HOLD);
	assert_int_equal(heard.said[SAID_FIRST_BLOCK], 1);
	assert_int_equal(heard.said[SAID_PROGRESS], 3);
	assert_int_equal(heard.done_bytes, 1000);
	assert_int_equal(heard.said[SAID_PHASE], 1); /* verify */
	ask(ASK_ACTIVATE);
	until_said(SAID_ACCEPTED);
	assert_int_equal(heard.said[SAID_SENT], 1);
	assert_int_equal(heard.phase, PHASE_CONFIRM);
	ask(ASK_VERSION);
	while (heard.said[SAID_VERSION] < 2)
		(void)turn();
	assert_int_equal(heard.phase, PHASE_IDLE);
	assert_int_equal(heard.said[SAID_FAILED], 0);
}

static void what_was_run_and_what_it_printed_is_kept(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "echo to output; echo to error >&2; printf unfinished", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	until_said(SAID_TRANSFERRED);
	assert_non_null(strstr(heard.output, "to output\nto error\nunfinished"));
	assert_non_null(strstr(heard.sent, "/image.ota 00-DB-12-34-56-78-90-A0 transfer-A\n"));
	assert_non_null(strstr(heard.notes, "run: /"));
}

/* ---- Not well ---- */

static void one_that_fails_is_nobodys_bad_device(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "echo 'error: no answer'; exit 3", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	failed_with(FAULT_RIG, "transfer: the program ended with 3; its last line: error: no answer");
	assert_int_equal(heard.phase, PHASE_IDLE);
	assert_int_equal(heard.said[SAID_TRANSFERRED], 0);
}

static void one_that_verifies_badly_has_not_transferred(void **state)
{
	(void)state;
	call(&loader.tool.verify, "exit 1", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	failed_with(FAULT_RIG, "verify: the program ended with 1");
	assert_int_equal(heard.said[SAID_TRANSFERRED], 0);
}

static void one_that_is_not_there_is_the_bench_files_fault(void **state)
{
	char text[200];

	(void)state;
	strcpy(loader.tool.transfer.arguments, "/no/such/program");
	loader.tool.transfer.count = 1;
	start();
	assert_int_equal(instrument->kind->state(instrument, text, sizeof text), INSTRUMENT_NEVER);
	assert_string_equal(text, "there is no program '/no/such/program'");
	ask(ASK_TRANSFER);
	failed_with(FAULT_CONFIGURATION, "transfer: /no/such/program cannot be started: No such file");
	assert_int_equal(heard.said[SAID_FIRST_BLOCK], 0);
}

static void an_image_that_has_changed_is_not_given_to_it(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "echo more >>\"$1\"", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	failed_with(FAULT_CONFIGURATION, "this is another image than the run began with");
	assert_int_equal(heard.said[SAID_FIRST_BLOCK], 1); /* it was the right one before */
	heard.said[SAID_FAILED] = 0;
	ask(ASK_TRANSFER);
	failed_with(FAULT_CONFIGURATION, "transfer: ");
	assert_int_equal(heard.said[SAID_FIRST_BLOCK], 1);
}

static void a_version_must_be_printed(void **state)
{
	(void)state;
	call(&loader.tool.version, "echo nothing to say", 10 * NS_PER_S);
	start();
	ask(ASK_VERSION);
	failed_with(FAULT_RIG, "version: the program ended well and printed no version; its last line: nothing to say");
	heard.said[SAID_FAILED] = 0;
	instrument->kind->close(instrument);
	call(&loader.tool.version, "echo firmware 00020130; exit 1", 10 * NS_PER_S);
	start();
	ask(ASK_VERSION);
	failed_with(FAULT_RIG, "version: the program ended with 1");
	assert_int_equal(heard.said[SAID_VERSION], 0);
}

/* ---- Activation ---- */

static void an_activation_is_started_once(void **state)
{
	(void)state;
	call(&loader.tool.activate, "echo x >>activations", 10 * NS_PER_S);
	start();
	ask(ASK_ACTIVATE);
	until_said(SAID_ACCEPTED);
	ask(ASK_ACTIVATE);
	failed_with(FAULT_RIG, "never started twice");
	instrument->kind->close(instrument);
	was_activated = true; /* by an earlier life of the run */
	start();
	heard.said[SAID_FAILED] = 0;
	ask(ASK_ACTIVATE);
	failed_with(FAULT_RIG, "never started twice");
	assert_int_equal(heard.said[SAID_SENT], 1);
}

static void an_activation_that_fails_leaves_it_unknown(void **state)
{
	(void)state;
	call(&loader.tool.activate, "exit 1", 10 * NS_PER_S);
	start();
	ask(ASK_ACTIVATE);
	failed_with(FAULT_RIG, "activate: the program ended with 1");
	assert_int_equal(heard.said[SAID_SENT], 1);
	assert_int_equal(heard.said[SAID_REFUSED], 0);
	assert_int_equal(heard.said[SAID_ACCEPTED], 0);
	assert_int_equal(heard.phase, PHASE_CONFIRM);
}

static void an_activation_that_cannot_be_started_was_not_sent(void **state)
{
	(void)state;
	strcpy(loader.tool.activate.arguments, "/no/such/program");
	loader.tool.activate.count = 1;
	start();
	ask(ASK_ACTIVATE);
	failed_with(FAULT_CONFIGURATION, "cannot be started");
	assert_int_equal(heard.said[SAID_SENT], 0);
	assert_int_equal(heard.phase, PHASE_HOLD);
}

/* ---- Ended from outside ---- */

static const char hang[] = "trap '' TERM; echo $$ >pid; sleep 1000 & echo $! >child; setsid sleep 1001 & echo $! >other\n"
			   "while :; do sleep 1000; done";

static void one_that_hangs_is_ended_with_all_that_it_forked(void **state)
{
	int64_t began_ns = now();
	pid_t pid, child, other;

	(void)state;
	call(&loader.tool.transfer, hang, NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	pid = number_in("pid");
	child = number_in("child");
	other = number_in("other");
	assert_true(lives(pid) && lives(child) && lives(other));
	failed_with(FAULT_RIG, "transfer: the program was not done within 1 s");
	assert_in_range(now() - began_ns, NS_PER_S, 5 * NS_PER_S);
	assert_false(lives(pid) || lives(child) || lives(other));
}

static void one_is_cancelled(void **state)
{
	pid_t pid, child, other;

	(void)state;
	call(&loader.tool.transfer, hang, 1000 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	pid = number_in("pid");
	child = number_in("child");
	other = number_in("other");
	(void)turn();
	ask(ASK_CANCEL);
	failed_with(FAULT_OPERATOR, "transfer: cancelled");
	assert_false(lives(pid) || lives(child) || lives(other));
}

static void what_is_asked_while_one_ends_comes_next(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "echo $$ >pid; sleep 1000", 1000 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	(void)number_in("pid");
	ask(ASK_VERSION);
	until_said(SAID_VERSION);
	assert_int_equal(heard.said[SAID_FAILED], 1);
}

static void one_that_is_cancelled_before_it_ran_does_not_run(void **state)
{
	(void)state;
	call(&loader.tool.transfer, "sleep 0.2", 1000 * NS_PER_S);
	call(&loader.tool.activate, "echo x >activations", 1000 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	ask(ASK_ACTIVATE); /* the transfer ends first */
	ask(ASK_CANCEL);
	failed_with(FAULT_OPERATOR, "cancelled");
	while (heard.said[SAID_FAILED] < 1)
		(void)turn();
	assert_int_equal(heard.said[SAID_SENT], 0);
}

/* The machine alone: nobody says that its program has started, nor that it has ended. */
static void time_runs_from_when_a_program_is_wanted(void **state)
{
	const struct driver_start with = {.bench = &bench, .image = &image, .listener = &listener, .was_activated = &was_activated};
	struct tool_upgrade upgrade;
	struct error error;

	(void)state;
	assert_true(tool_upgrade_init(&upgrade, &with, 0, &error));
	assert_true(tool_upgrade_deadline(&upgrade) == INSTANT_NEVER);
	tool_upgrade_ask(&upgrade, ASK_TRANSFER, NS_PER_S);
	assert_ptr_equal(upgrade.wanted, &loader.tool.transfer);
	assert_int_equal(tool_upgrade_deadline(&upgrade), 11 * NS_PER_S);
	tool_upgrade_tick(&upgrade, 11 * NS_PER_S - 1);
	assert_false(upgrade.end_wanted);
	tool_upgrade_tick(&upgrade, 11 * NS_PER_S);
	assert_true(upgrade.end_wanted);
	assert_int_equal(tool_upgrade_deadline(&upgrade), 11 * NS_PER_S + TOOL_END_NS);
	tool_upgrade_ask(&upgrade, ASK_CANCEL, 12 * NS_PER_S); /* which gives it no more time */
	tool_upgrade_tick(&upgrade, 11 * NS_PER_S + TOOL_END_NS);
	assert_true(upgrade.given_up);
	assert_true(tool_upgrade_deadline(&upgrade) == INSTANT_NEVER);
}

/* The keeper of what was asked last: our youngest child. Those of earlier tests may still be there. */
static pid_t keeper(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	int child = 0;

	assert_non_null(file);
	while (fscanf(file, "%d", &child) == 1)
		;
	(void)fclose(file);
	assert_true(child > 1);
	return child;
}

/* It may have started its program by then, or not: nobody hears of it. */
static void a_keeper_that_hangs_does_not_outlast_the_phase(void **state)
{
	int64_t began_ns = now();
	pid_t stopped;

	(void)state;
	call(&loader.tool.transfer, "sleep 1000", NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	stopped = keeper();
	assert_int_equal(kill(stopped, SIGSTOP), 0);
	failed_with(FAULT_RIG, "transfer: the program does not end, and may still be at work");
	assert_in_range(now() - began_ns, NS_PER_S, NS_PER_S + TOOL_END_NS + 2 * NS_PER_S);
	dies(stopped);
	ask(ASK_VERSION); /* and the next one begins */
	until_said(SAID_VERSION);
}

static void an_activation_whose_keeper_is_killed_may_have_been_sent(void **state)
{
	(void)state;
	call(&loader.tool.activate, "sleep 1000", 10 * NS_PER_S);
	start();
	ask(ASK_ACTIVATE);
	assert_int_equal(kill(keeper(), SIGKILL), 0);
	failed_with(FAULT_RIG, "activate: the program does not end, and may still be at work");
	assert_int_equal(heard.said[SAID_SENT], 1);
	assert_int_equal(heard.phase, PHASE_CONFIRM);
	heard.said[SAID_FAILED] = 0;
	ask(ASK_ACTIVATE);
	failed_with(FAULT_RIG, "never started twice");
	assert_int_equal(heard.said[SAID_SENT], 1);
}

static void an_activation_does_not_wait_for_another_program_to_end(void **state)
{
	(void)state;
	call(&loader.tool.transfer, hang, 1000 * NS_PER_S); /* it has to be killed, after KEEPER_GRACE_NS */
	call(&loader.tool.activate, "echo x >activations", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	(void)number_in("other");
	ask(ASK_ACTIVATE);
	failed_with(FAULT_RIG, "activate: the program was not started: another one did not end in time");
	assert_int_equal(heard.said[SAID_FAILED], 2); /* the transfer was cancelled */
	assert_int_equal(heard.said[SAID_SENT], 0);
	ask(ASK_ACTIVATE); /* asked anew, it is sent */
	until_said(SAID_ACCEPTED);
}

static void closing_ends_it(void **state)
{
	pid_t pid, child, other;

	(void)state;
	call(&loader.tool.transfer, hang, 1000 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	pid = number_in("pid");
	child = number_in("child");
	other = number_in("other");
	instrument->kind->close(instrument);
	instrument = NULL;
	dies(pid);
	dies(child);
	dies(other);
}

static void processes_that_it_left_behind_are_ended_and_told(void **state)
{
	pid_t other;

	(void)state;
	call(&loader.tool.transfer, "setsid sleep 1000 & echo $! >other", 10 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	other = number_in("other");
	until_said(SAID_TRANSFERRED);
	assert_false(lives(other));
	assert_non_null(strstr(heard.notes, "the program left 1 process behind, which was ended"));
}

/* The rig is a child of this test, and is killed in the middle of a program. */
static void it_dies_with_a_rig_that_is_killed(void **state)
{
	pid_t rig, pid, child, other;

	(void)state;
	call(&loader.tool.transfer, hang, 1000 * NS_PER_S);
	rig = fork();
	if (rig == 0) {
		start();
		ask(ASK_TRANSFER);
		for (;;)
			(void)turn();
	}
	pid = number_in("pid");
	child = number_in("child");
	other = number_in("other");
	assert_true(lives(pid) && lives(child) && lives(other));
	assert_int_equal(kill(rig, SIGKILL), 0);
	assert_int_equal(waitpid(rig, NULL, 0), rig);
	dies(pid);
	dies(child);
	dies(other);
}

/* Lines and buses of a rig that is gone must be free, and its supervisor must see its end. */
static void what_the_rig_holds_the_program_does_not(void **state)
{
	struct pollfd end;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	call(&loader.tool.transfer, hang, 1000 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	(void)number_in("other");
	(void)close(pipes[1]);
	end = (struct pollfd){.fd = pipes[0], .events = POLLIN};
	assert_int_equal(poll(&end, 1, 5000), 1);
	assert_true(end.revents & POLLHUP);
	(void)close(pipes[0]);
}

/* ---- Output without end ---- */

static void one_that_floods_neither_fills_the_disk_nor_holds_up_the_loop(void **state)
{
	int64_t longest_ns = 0, end_ns, began_ns = now(), worked_ns;
	size_t first = 0;

	(void)state;
	call(&loader.tool.transfer, "yes 'progress: 7 %'", 3 * NS_PER_S);
	start();
	ask(ASK_TRANSFER);
	for (end_ns = now() + PATIENCE_NS; heard.said[SAID_FAILED] == 0;) {
		assert_true(now() < end_ns);
		worked_ns = turn();
		if (worked_ns > longest_ns)
			longest_ns = worked_ns;
		if (first == 0 && now() - began_ns > NS_PER_S)
			first = heard.output_size;
	}
	assert_int_equal(heard.said[SAID_PROGRESS], 1);
	assert_in_range(first, 65536, 6 * TOOL_READ_BYTES);
	assert_true(heard.output_size <= TOOL_OUTPUT_MAX);
	assert_true(longest_ns < 500 * NS_PER_MS); /* a rig hangs after 1 s */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program_brings_the_image_and_says_the_version, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_run_and_what_it_printed_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_fails_is_nobodys_bad_device, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_verifies_badly_has_not_transferred, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_is_not_there_is_the_bench_files_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_image_that_has_changed_is_not_given_to_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_version_must_be_printed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_activation_is_started_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_activation_that_fails_leaves_it_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_activation_that_cannot_be_started_was_not_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_hangs_is_ended_with_all_that_it_forked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_is_cancelled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_asked_while_one_ends_comes_next, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_is_cancelled_before_it_ran_does_not_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(time_runs_from_when_a_program_is_wanted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_keeper_that_hangs_does_not_outlast_the_phase, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_activation_whose_keeper_is_killed_may_have_been_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_activation_does_not_wait_for_another_program_to_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(closing_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(processes_that_it_left_behind_are_ended_and_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_dies_with_a_rig_that_is_killed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_rig_holds_the_program_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_floods_neither_fills_the_disk_nor_holds_up_the_loop, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
