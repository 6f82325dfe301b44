/*
 * The loop's turns: what descriptors, timer and signals bring goes to the conductor, which knows what a run is. Before that, a
 * run that is resumed recalls its journal.
 */

#include "rig/run/real/runtime.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/writer.h"
#include "rig/run/conductor.h"
#include "rig/run/control_orders.h"
#include "rig/run/progress.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/control.h"
#include "rig/run/real/journal_thread.h"
#include "rig/run/real/loop.h"
#include "rig/run/real/session.h"
#include "rig/run/real/teller.h"
#include "rig/supervisor/link.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAST_LINES_NS (5 * NS_PER_S) /* for a terminal to take what was said */
#define USABLE_WITHIN_NS (20 * NS_PER_S) /* instruments must prove who they are before the run begins */

struct runtime {
	const struct runtime_settings *settings;
	struct conductor conductor;
	struct journal_thread *journal;
	struct loop *loop;
	struct teller *teller;
	struct control *control;        /* NULL: nobody works it by hand */
	int64_t turn_ns;                /* CLOCK_MONOTONIC when the loop's present turn began */
	int64_t next_beat_ns;           /* t_ns */
	int64_t begin_deadline_ns;      /* t_ns */
	int64_t raw_offset_ns;
	char boot_id[WORD_TEXT_SIZE];   /* of the last boot line recalled */
	int64_t t_last_ns, utc_last_us; /* of the latest line recalled */
	bool alone;                     /* the supervisor is gone */
	bool off_by_person;             /* the run's earlier life ended so */
	struct onlooker onlooker;       /* of the person in front of it */
};

/* All of a turn of the loop happens at its beginning: one time for all its events, and few questions to the clocks. */
static void begin_turn(struct runtime *runtime)
{
	runtime->turn_ns = clock_monotonic_ns();
	conductor_turn(&runtime->conductor, runtime->turn_ns, clock_utc_us());
}

static int64_t now_t(const struct runtime *runtime)
{
	return conductor_t_ns(&runtime->conductor);
}

/* ---- What the conductor asks for ---- */

static bool put(void *self, const struct record *record)
{
	struct runtime *runtime = self;

	char line[PROGRESS_LINE_SIZE];

	if (!runtime->settings->quiet && progress_line(line, &runtime->onlooker, record))
		teller_say(runtime->teller, line);
	return journal_thread_put(runtime->journal, record);
}

static bool flush(void *self)
{
	struct runtime *runtime = self;

	return journal_thread_flush(runtime->journal);
}

static bool close_raw(void *self)
{
	struct runtime *runtime = self;

	return journal_thread_close_raw(runtime->journal);
}

/* raw/ supports the journal; where there is no room for it the journal goes first. */
static void raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	struct runtime *runtime = self;

	(void)!journal_thread_raw(runtime->journal, name, t_ns, direction, bytes, size);
}

static void prompt(void *self, const char *slot, const char *question)
{
	struct runtime *runtime = self;
	char line[PROGRESS_LINE_SIZE];

	(void)snprintf(line, sizeof line, "%s: %s", slot, question);
	teller_say(runtime->teller, line);
}

static void read_clock(void *self, struct record *record)
{
	struct runtime *runtime = self;

	clock_state_read(record, &runtime->raw_offset_ns);
}

static bool bus_moved(void *self, int bus, int fd)
{
	struct runtime *runtime = self;

	return link_bus(runtime->settings->supervisor, bus, fd);
}

static void stop(void *self)
{
	struct runtime *runtime = self;

	loop_stop(runtime->loop);
}

/* ---- Turns of the loop ---- */

static bool hand_over_off(struct runtime *runtime, struct error *error)
{
	static struct off_script script; /* too large for a careful stack */

	return instruments_off_script(&runtime->conductor.instruments, runtime->settings->holding, &script, error) &&
	       link_script(runtime->settings->supervisor, &script, error);
}

static void tell_who_goes_on(struct runtime *runtime)
{
	char text[FREE_TEXT_SIZE];

	if (!runtime->settings->resumed_by[0])
		return;
	(void)snprintf(text, sizeof text, "%.60s goes on with the run, after %s", runtime->settings->resumed_by,
		       runtime->off_by_person ? "a person or the lab's power had switched everything off"
					      : "the host was started anew");
	conductor_note(&runtime->conductor, text);
}

/* Everything has said who it is and the supervisor knows how to switch it off: now the engine may begin. */
static void begin(struct runtime *runtime)
{
	struct record boot = {.kind = RECORD_BOOT};
	char why[ERROR_TEXT_MAX];
	enum instrument_state state = instruments_state(&runtime->conductor.instruments, runtime->settings->resumed, why, sizeof why);
	struct error error;

	if (state == INSTRUMENT_NOT_YET && now_t(runtime) < runtime->begin_deadline_ns)
		return;
	if (state != INSTRUMENT_READY) {
		(void)error_set(&error, FAULT_RIG, "%s%s", state == INSTRUMENT_NOT_YET ? "not ready in time: " : "", why);
		conductor_break_off(&runtime->conductor, &error);
		return;
	}
	if (!hand_over_off(runtime, &error)) {
		conductor_break_off(&runtime->conductor, &error);
		return;
	}
	clock_boot_id(boot.data.boot.boot_id);
	boot.data.boot.offset_ns = runtime->conductor.offset_ns;
	boot.data.boot.lines = runtime->settings->held ? LINES_HELD : LINES_REQUESTED;
	text_copy(boot.data.boot.revision, sizeof boot.data.boot.revision, runtime->settings->revision);
	conductor_begin(&runtime->conductor, &boot, runtime->settings->resumed);
	tell_who_goes_on(runtime);
}

static void beat(struct runtime *runtime)
{
	bool told_to_stop = false, there = link_turn(runtime->settings->supervisor, &told_to_stop);

	if (told_to_stop)
		conductor_stop(&runtime->conductor);
	if (there || runtime->alone)
		return;
	/* Without it nothing may stay energised; nobody else can switch it off now. */
	runtime->alone = true;
	conductor_lost(&runtime->conductor, "the supervisor is gone");
}

static void take_news(struct runtime *runtime)
{
	struct journal_news news;

	while (journal_thread_news(runtime->journal, &news)) {
		switch (news.kind) {
		case JOURNAL_DURABLE:
			conductor_durable(&runtime->conductor, news.durable);
			break;
		case JOURNAL_FAILED:
			(void)error_prefix(&news.error, "journal");
			conductor_break_off(&runtime->conductor, &news.error);
			break;
		case JOURNAL_RAW_DIGEST:
			conductor_raw_digest(&runtime->conductor, &news.raw);
			break;
		case JOURNAL_RAW_CLOSED:
			conductor_raw_closed(&runtime->conductor);
			break;
		}
	}
}

static void take_answer(struct runtime *runtime)
{
	char line[FREE_TEXT_SIZE];

	if (!fgets(line, sizeof line, stdin))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	conductor_answer(&runtime->conductor, conductor_prompt(&runtime->conductor), runtime->settings->operator, line);
}

static void on_ready(void *self, int descriptor)
{
	struct runtime *runtime = self;

	begin_turn(runtime);
	if (descriptor == journal_thread_descriptor(runtime->journal)) {
		take_news(runtime);
		return;
	}
	if (descriptor == runtime->settings->supervisor) {
		beat(runtime);
		return;
	}
	if (runtime->control && control_ready(runtime->control, descriptor, runtime->turn_ns))
		return;
	if (descriptor == STDIN_FILENO && conductor_prompt(&runtime->conductor) != NO_CHANNEL) {
		take_answer(runtime);
		return;
	}
	(void)instruments_ready(&runtime->conductor.instruments, descriptor, runtime->turn_ns);
}

static void on_timer(void *self)
{
	struct runtime *runtime = self;

	begin_turn(runtime);
	instruments_tick(&runtime->conductor.instruments, runtime->turn_ns);
	if (!runtime->conductor.begun)
		begin(runtime);
	if (now_t(runtime) >= runtime->next_beat_ns) {
		runtime->next_beat_ns = now_t(runtime) + runtime->settings->bench->hang_ns / 4;
		beat(runtime);
	}
	conductor_tick(&runtime->conductor);
	if (runtime->control)
		control_tick(runtime->control, runtime->turn_ns);
}

static void on_signal(void *self, int number)
{
	struct runtime *runtime = self;

	begin_turn(runtime);
	if (number != SIGHUP) /* a night goes on without its terminal */
		conductor_stop(&runtime->conductor);
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static void on_turned(void *self)
{
	struct runtime *runtime = self;
	struct conductor *conductor = &runtime->conductor;
	int fds[LOOP_DESCRIPTORS_MAX], count = 0;
	int64_t deadline_ns;

	conductor_give(conductor);
	fds[count++] = journal_thread_descriptor(runtime->journal);
	if (!runtime->alone)
		fds[count++] = runtime->settings->supervisor;
	if (conductor_prompt(conductor) != NO_CHANNEL)
		fds[count++] = STDIN_FILENO;
	count += instruments_descriptors(&conductor->instruments, fds + count, LOOP_DESCRIPTORS_MAX - count - 1 - CONTROL_CALLERS_MAX);
	deadline_ns = earliest(runtime->next_beat_ns - conductor->offset_ns,
			       earliest(conductor_deadline(conductor), instruments_deadline(&conductor->instruments)));
	if (runtime->control) {
		count += control_descriptors(runtime->control, fds + count);
		deadline_ns = earliest(deadline_ns, control_deadline(runtime->control));
	}
	loop_watch(runtime->loop, fds, count);
	loop_set_timer(runtime->loop, deadline_ns);
}

/* ---- By hand ---- */

static int take_request(void *self, const struct control_request *request, void (*say)(void *self, const char *line), void *said_to)
{
	struct runtime *runtime = self;

	return control_orders_take(&runtime->conductor, request, say, said_to);
}

/* A run can do without, but whoever wants to work it must hear of it. */
static void open_control(struct runtime *runtime)
{
	const struct control_settings settings = {runtime->settings->control, session_is_local, take_request, runtime};
	struct error error;

	if (runtime->settings->control[0] && !control_open(&runtime->control, &settings, &error))
		fprintf(stderr, "hilrig run: nothing can be done by hand in this run: %s\n", error.text);
}

/* ---- From settings to a loop that runs ---- */

static void recall(void *self, const struct record *record)
{
	struct runtime *runtime = self;

	if (record->kind == RECORD_BOOT) {
		runtime->conductor.offset_ns = record->data.boot.offset_ns;
		text_copy(runtime->boot_id, sizeof runtime->boot_id, record->data.boot.boot_id);
	}
	if (record->t_ns > runtime->t_last_ns) {
		runtime->t_last_ns = record->t_ns;
		runtime->utc_last_us = record->utc_us;
	}
	conductor_recall(&runtime->conductor, record);
}

/* After a restart of the host only the wall clock knows how long it took; the boot line says that the base is another. */
static void recall_base(struct runtime *runtime)
{
	char boot_id[WORD_TEXT_SIZE];
	int64_t away_us = clock_utc_us() - runtime->utc_last_us;

	clock_boot_id(boot_id);
	if (strcmp(boot_id, runtime->boot_id) == 0)
		return;
	runtime->conductor.safety.fresh_arm_wanted = true;
	runtime->conductor.offset_ns = runtime->t_last_ns + (away_us > 0 ? away_us * NS_PER_US : 0) - runtime->turn_ns;
}

static bool open_journal(struct runtime *runtime, struct error *error)
{
	const struct runtime_settings *settings = runtime->settings;
	char path[PATH_MAX];
	struct writer *writer;
	size_t torn;

	if (!folder_path(path, settings->folder, FOLDER_JOURNAL, error))
		return false;
	if (!settings->resumed) {
		runtime->conductor.offset_ns = -runtime->turn_ns;
		return writer_create(&writer, path, error) &&
		       journal_thread_start(&runtime->journal, writer, settings->folder, settings->viewers, error);
	}
	if (!writer_resume(&writer, path, NULL, NULL, &torn, error) ||
	    !evidence_read(settings->folder, recall, runtime, NULL, error))
		return false;
	runtime->off_by_person = runtime->conductor.safety.fresh_arm_wanted;
	recall_base(runtime);
	engine_set_lines(runtime->conductor.engine, writer_lines(writer));
	return journal_thread_start(&runtime->journal, writer, settings->folder, settings->viewers, error);
}

static bool start_instruments(struct runtime *runtime, struct error *error)
{
	const struct runtime_settings *settings = runtime->settings;
	struct driver_start start = {.bench = settings->bench, .taking_part = settings->taking_part, .image = settings->image,
				     .resumed = settings->resumed, .was_activated = settings->was_activated, .holding = settings->holding,
				     .listener = &runtime->conductor.listener};

	if (!instruments_start(&runtime->conductor.instruments, settings->drivers, &start, NULL, error))
		return false;
	begin_turn(runtime); /* opening has taken its time */
	instruments_begin(&runtime->conductor.instruments, runtime->turn_ns);
	return true;
}

static bool run(struct runtime *runtime, int *exit_code, struct error *error)
{
	const struct loop_calls calls = {runtime, on_ready, on_timer, on_signal, on_turned};
	bool stopped_well;

	if (!loop_new(&runtime->loop, &calls, error))
		return false;
	runtime->begin_deadline_ns = now_t(runtime) + USABLE_WITHIN_NS;
	if (!link_base(runtime->settings->supervisor, runtime->conductor.offset_ns) || !start_instruments(runtime, error)) {
		instruments_stop(&runtime->conductor.instruments);
		loop_free(runtime->loop);
		return false;
	}
	open_control(runtime);
	on_turned(runtime);
	loop_run(runtime->loop);
	control_close(runtime->control);
	instruments_stop(&runtime->conductor.instruments);
	loop_free(runtime->loop);
	stopped_well = journal_thread_stop(runtime->journal, error);
	runtime->journal = NULL;
	if (runtime->conductor.broken) {
		*error = runtime->conductor.error;
		return false;
	}
	*runtime->settings->is_off = engine_is_off(runtime->conductor.engine);
	*exit_code = engine_findings(runtime->conductor.engine)->end_reason == END_STOPPED
			     ? EXIT_CODE_STOPPED
			     : engine_findings(runtime->conductor.engine)->exit_code;
	return stopped_well;
}

static bool make(struct runtime *runtime, const struct runtime_settings *settings, struct error *error)
{
	const struct conductor_settings conductor = {
		.bench = settings->bench, .taking_part = settings->taking_part, .assembled = settings->assembled,
		.operator = settings->operator,
		.calls = {runtime, put, flush, close_raw, raw, prompt, read_clock, bus_moved, stop},
	};

	runtime->settings = settings;
	runtime->raw_offset_ns = INSTANT_NEVER;
	if (!conductor_init(&runtime->conductor, &conductor, error))
		return false;
	begin_turn(runtime);
	return true;
}

bool runtime_run(const struct runtime_settings *settings, int *exit_code, struct error *error)
{
	struct runtime *runtime = calloc(1, sizeof *runtime);
	bool done;

	if (!runtime)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the run");
	done = make(runtime, settings, error) && open_journal(runtime, error) && teller_start(&runtime->teller, error) && run(runtime, exit_code, error);
	/* What is not off the supervisor will write about: that folder is not sealed yet, and people are not waited for. */
	if (done && *settings->is_off)
		(void)!link_sealing(settings->supervisor); /* nobody hears it when the supervisor is gone */
	teller_stop(runtime->teller, done && *settings->is_off ? LAST_LINES_NS : LAST_LINES_NS / 20);
	conductor_done(&runtime->conductor);
	free(runtime);
	return done;
}
