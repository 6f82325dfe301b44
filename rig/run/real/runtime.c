/*
 * The glue: what instruments report becomes events in a queue, events become steps of the engine, and its actions go to
 * instruments and to the journal thread. Reports only queue, so an instrument may report while an action is carried out.
 */

#include "rig/run/real/runtime.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/writer.h"
#include "rig/run/engine.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/instruments.h"
#include "rig/run/real/journal_thread.h"
#include "rig/run/real/loop.h"
#include "rig/run/real/progress.h"
#include "rig/run/safety.h"
#include "rig/supervisor/link.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_MAX 2048
#define FLUSH_EVERY_NS NS_PER_S          /* lines that nobody waits for reach the disk at least so often */
#define CLOCK_EVERY_NS NS_PER_MIN
#define USABLE_WITHIN_NS (20 * NS_PER_S) /* instruments must prove who they are before the run begins */

struct queued {
	struct run_event event;
	struct record record;
	bool has_record;
};

struct runtime {
	const struct runtime_settings *settings;
	struct engine *engine;
	struct actions actions;
	struct journal_thread *journal;
	struct loop *loop;
	struct instrument_listener listener;
	struct instruments instruments;
	struct queued queue[QUEUE_MAX];
	int queue_first, queue_count;
	int64_t offset_ns;              /* t_ns minus CLOCK_MONOTONIC */
	int64_t turn_ns, turn_utc_us;   /* CLOCK_MONOTONIC and UTC when the loop's present turn began */
	int64_t engine_deadline_ns;     /* t_ns */
	int64_t next_poll_ns, next_beat_ns, next_flush_ns, next_clock_ns; /* t_ns */
	int64_t raw_offset_ns;
	char boot_id[WORD_TEXT_SIZE];   /* of the last boot line recalled */
	int64_t t_last_ns, utc_last_us; /* of the latest line recalled */
	bool lines_waiting;             /* put since the last flush */
	bool begun, ended, broken;
	bool over;                      /* the engine has said its last word, and takes no event any more */
	bool alone;                     /* the supervisor is gone */
	int64_t begin_deadline_ns;
	struct safety safety;
	bool off_by_person;             /* the run's earlier life ended so */
	int prompting;                  /* slot whose question waits for a line of standard input; -1 */
	struct error error;
};

/* All of a turn of the loop happens at its beginning: one time for all its events, and few questions to the clocks. */
static void begin_turn(struct runtime *runtime)
{
	runtime->turn_ns = clock_monotonic_ns();
	runtime->turn_utc_us = clock_utc_us();
}

static int64_t now_t(const struct runtime *runtime)
{
	return runtime->turn_ns + runtime->offset_ns;
}

/* Reports become events */

static void break_off(struct runtime *runtime, const struct error *error)
{
	if (!runtime->broken)
		runtime->error = *error;
	runtime->broken = true;
	loop_stop(runtime->loop);
}

static struct queued *fill(struct queued *queued, enum run_event_kind kind, int64_t t_ns)
{
	memset(&queued->event, 0, sizeof queued->event);
	queued->has_record = false;
	queued->event.kind = kind;
	queued->event.slot = queued->event.channel = NO_CHANNEL;
	queued->event.t_ns = t_ns < 0 ? 0 : t_ns;
	return queued;
}

static struct queued *push(struct runtime *runtime, enum run_event_kind kind, int64_t t_ns)
{
	struct queued *queued = &runtime->queue[(runtime->queue_first + runtime->queue_count) % QUEUE_MAX];
	struct error error;

	if (runtime->queue_count == QUEUE_MAX) {
		(void)error_set(&error, FAULT_RIG, "%d events wait: the loop does not keep up", QUEUE_MAX);
		break_off(runtime, &error);
		return queued; /* written over: the run has ended with it */
	}
	runtime->queue_count++;
	return fill(queued, kind, t_ns);
}

/* In front of everything that instruments have reported so far. */
static struct queued *push_first(struct runtime *runtime, enum run_event_kind kind, int64_t t_ns)
{
	assert(runtime->queue_count < QUEUE_MAX);
	runtime->queue_first = (runtime->queue_first + QUEUE_MAX - 1) % QUEUE_MAX;
	runtime->queue_count++;
	return fill(&runtime->queue[runtime->queue_first], kind, t_ns);
}

static int input_of(const struct runtime *runtime, int channel)
{
	int i;

	for (i = 0; i < runtime->settings->assembled->program.input_count; i++)
		if (runtime->settings->assembled->input_channel[i] == channel)
			return i;
	return NO_CHANNEL;
}

static void tell_safety(void *self, enum safety_input input, bool ok, int64_t t_ns)
{
	struct queued *queued = push(self, EVENT_SAFETY_INPUT, t_ns);

	queued->event.safety = input;
	queued->event.level = ok;
}

static bool take_group(struct runtime *runtime, int channel, int level, int64_t t_ns)
{
	const struct bench *bench = runtime->settings->bench;
	struct queued *queued;
	int i;

	for (i = 0; i < bench->group_count; i++) {
		if (bench->groups[i].tripped != channel)
			continue;
		queued = push(runtime, EVENT_PROTECTION_ACTED, t_ns);
		queued->event.level = level == 0;
		text_copy(queued->event.text, sizeof queued->event.text, bench->groups[i].name);
		return true;
	}
	return false;
}

static void on_edge(void *self, int channel, int64_t t_ns, int level, int64_t seqno)
{
	struct runtime *runtime = self;
	int input = input_of(runtime, channel);
	struct queued *queued;

	t_ns += runtime->offset_ns;
	if (safety_take(&runtime->safety, channel, level, t_ns) || take_group(runtime, channel, level, t_ns))
		input = channel == runtime->settings->bench->lab_feed.channel ? input : NO_CHANNEL; /* this one is judged, too */
	if (input == NO_CHANNEL)
		return;
	queued = push(runtime, EVENT_EDGE_SEEN, t_ns);
	queued->event.channel = input;
	queued->event.level = level;
	queued->event.seqno = seqno;
}

static void on_output(void *self, int channel, bool agrees, enum fault fault, const char *text)
{
	struct runtime *runtime = self;
	const struct assembled *assembled = runtime->settings->assembled;
	struct queued *queued;
	int i;

	for (i = 0; i < assembled->program.output_count; i++) {
		if (assembled->output_channel[i] != channel)
			continue;
		queued = push(runtime, EVENT_OUTPUT_DONE, now_t(runtime));
		queued->event.channel = i;
		queued->event.agrees = agrees;
		queued->event.fault = fault;
		text_copy(queued->event.text, sizeof queued->event.text, text);
		return;
	}
}

static int program_slot(const struct runtime *runtime, int slot)
{
	return slot < 0 ? NO_CHANNEL : runtime->settings->assembled->slot_of_bench[slot];
}

static void push_record(struct runtime *runtime, enum run_event_kind kind, int slot, int64_t t_ns,
				  const struct record *record)
{
	struct queued *queued = push(runtime, kind, t_ns);

	queued->event.slot = program_slot(runtime, slot);
	queued->record = *record;
	queued->has_record = true;
}

static void on_reading(void *self, int channel, int64_t milli)
{
	(void)self;
	(void)channel;
	(void)milli; /* kept by the instrument; the journal's readings come with the wire's raw frames */
}

static void on_changed(void *self, int channel, bool tripped, const char *text)
{
	struct runtime *runtime = self;
	const struct bench *bench = runtime->settings->bench;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct bench_feed *feed = &bench->slots[i].feed;
		struct queued *queued;

		if (!runtime->settings->taking_part[i])
			continue;
		if (bench->channels[channel].instrument != feed->supply && channel != feed->switch_channel &&
		    channel != bench->slots[i].mains.switch_channel)
			continue;
		if (tripped) {
			queued = push(runtime, EVENT_PROTECTION_ACTED, now_t(runtime));
			queued->event.slot = program_slot(runtime, i);
			queued->event.level = 1;
			text_copy(queued->event.text, sizeof queued->event.text, text);
		}
		queued = push(runtime, EVENT_LOST, now_t(runtime));
		queued->event.slot = program_slot(runtime, i);
		queued->event.fault = FAULT_SUPPLY;
		text_copy(queued->event.text, sizeof queued->event.text, text);
	}
}

static void on_observed(void *self, int slot, int64_t t_ns, const struct record *record)
{
	struct runtime *runtime = self;

	push_record(runtime, EVENT_OBSERVED, slot, t_ns + runtime->offset_ns, record);
}

static void on_upgrade(void *self, int slot, int64_t t_ns, const struct upgrade_report *report)
{
	struct runtime *runtime = self;
	struct queued *queued = push(runtime, EVENT_UPGRADE_AT, t_ns + runtime->offset_ns);

	queued->event.slot = program_slot(runtime, slot);
	queued->event.report = report->said;
	queued->event.phase = report->phase;
	queued->event.done_bytes = report->done_bytes;
	queued->event.total_bytes = report->total_bytes;
	if (report->text)
		text_copy(queued->event.text, sizeof queued->event.text, report->text);
	if (report->error) {
		queued->event.fault = report->error->fault;
		text_copy(queued->event.text, sizeof queued->event.text, report->error->text);
	}
}

static void on_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	struct runtime *runtime = self;

	/* raw/ supports the journal; where there is no room for it the journal goes first. */
	if (!runtime->ended)
		(void)!journal_thread_raw(runtime->journal, name, t_ns + runtime->offset_ns, direction, bytes, size);
}

static void on_note(void *self, int slot, const char *text)
{
	struct runtime *runtime = self;
	struct record record = {.kind = RECORD_NOTE};

	text_copy(record.data.note.text, sizeof record.data.note.text, text);
	push_record(runtime, EVENT_NOTED, slot, now_t(runtime), &record);
}

static void on_fault(void *self, int slot, enum fault fault, const char *text)
{
	struct runtime *runtime = self;
	struct queued *queued = push(runtime, EVENT_LOST, now_t(runtime));

	queued->event.slot = program_slot(runtime, slot);
	queued->event.fault = fault;
	text_copy(queued->event.text, sizeof queued->event.text, text);
}

static void on_bus_moved(void *self, int bus, int fd)
{
	struct runtime *runtime = self;
	struct error error;

	if (!link_bus(runtime->settings->supervisor, bus, fd)) {
		(void)error_set(&error, FAULT_RIG, "the supervisor is gone");
		break_off(runtime, &error);
	}
}

/* Actions are carried out */

static void flush(struct runtime *runtime)
{
	struct error error;

	runtime->lines_waiting = false;
	if (journal_thread_flush(runtime->journal))
		return;
	(void)error_set(&error, FAULT_ENVIRONMENT, "the disk does not take the journal");
	break_off(runtime, &error);
}

static void put_record(struct runtime *runtime, const struct record *record)
{
	struct error error;

	runtime->lines_waiting = true;
	if (!runtime->settings->quiet)
		progress_print(record);
	if (journal_thread_put(runtime->journal, record))
		return;
	(void)error_set(&error, FAULT_ENVIRONMENT, "the disk does not take the journal");
	break_off(runtime, &error);
}

static void drive(struct runtime *runtime, const struct action *action)
{
	const struct assembled *assembled = runtime->settings->assembled;
	bool is_switch = assembled->program.outputs[action->output].is_switch;
	int64_t milli = !action->on ? 0 : is_switch ? 1000 : action->millivolts;

	instruments_set(&runtime->instruments, assembled->output_channel[action->output], milli,
			runtime->turn_ns + assembled->program.output_within_ns, runtime->turn_ns);
}

static void upgrade(struct runtime *runtime, const struct action *action)
{
	const struct runtime_settings *settings = runtime->settings;
	int slot = settings->assembled->bench_slot[action->slot];
	struct instrument *instrument = instruments_find(&runtime->instruments, settings->bench->slots[slot].upgrade);

	if (instrument && instrument->kind->upgrade)
		instrument->kind->upgrade(instrument, slot, action->command, runtime->turn_ns);
}

static void prompt(struct runtime *runtime, const struct action *action)
{
	printf("%s: %s\n", runtime->settings->assembled->program.slots[action->slot].name,
	       action->record.data.prompt.question);
	(void)fflush(stdout);
	runtime->prompting = action->slot;
}

static void close_raw(struct runtime *runtime)
{
	struct error error;

	runtime->ended = true; /* no more raw bytes */
	if (journal_thread_close_raw(runtime->journal))
		return;
	(void)error_set(&error, FAULT_ENVIRONMENT, "the disk does not take the journal");
	break_off(runtime, &error);
}

static void carry_out(struct runtime *runtime, const struct action *action)
{
	switch (action->kind) {
	case ACTION_RECORD:
		put_record(runtime, &action->record);
		break;
	case ACTION_FLUSH:
		flush(runtime);
		break;
	case ACTION_OUTPUT:
		drive(runtime, action);
		break;
	case ACTION_UPGRADE:
		upgrade(runtime, action);
		break;
	case ACTION_PROMPT:
		prompt(runtime, action);
		break;
	case ACTION_CLOSE_RAW:
		close_raw(runtime);
		break;
	case ACTION_END:
		runtime->over = true;
		loop_stop(runtime->loop);
		break;
	}
}

static void give(struct runtime *runtime, struct run_event *event)
{
	bool more;
	int i;

	do {
		event->utc_us = runtime->turn_utc_us - (now_t(runtime) - event->t_ns) / NS_PER_US;
		run_step(runtime->engine, event, &runtime->actions);
		more = runtime->actions.more;
		runtime->engine_deadline_ns = runtime->actions.deadline_ns;
		for (i = 0; i < runtime->actions.count; i++)
			carry_out(runtime, &runtime->actions.list[i]);
		*event = (struct run_event){.kind = EVENT_TICK, .t_ns = now_t(runtime), .slot = NO_CHANNEL};
	} while (more && !runtime->broken && !runtime->over);
}

static void give_queue(struct runtime *runtime)
{
	static struct queued queued; /* too large for a stack, and give() never nests */

	while (runtime->queue_count > 0 && !runtime->broken && !runtime->over) {
		queued = runtime->queue[runtime->queue_first];
		runtime->queue_first = (runtime->queue_first + 1) % QUEUE_MAX;
		runtime->queue_count--;
		if (queued.has_record)
			queued.event.record = &queued.record;
		give(runtime, &queued.event);
	}
}

/* Turns of the loop */

static void poll_levels(struct runtime *runtime)
{
	const struct assembled *assembled = runtime->settings->assembled;
	int i, input, level;

	for (i = 0; i < assembled->program.input_count; i++) {
		struct queued *queued;

		level = instruments_level(&runtime->instruments, assembled->input_channel[i]);
		if (level < 0)
			continue;
		queued = push(runtime, EVENT_LEVEL_READ, now_t(runtime));
		queued->event.channel = i;
		queued->event.level = level;
	}
	for (input = 0; input < SAFETY_INPUTS; input++) {
		int channel = safety_bench_input(runtime->settings->bench, (enum safety_input)input)->channel;

		level = channel < 0 ? -1 : instruments_level(&runtime->instruments, channel);
		if (level >= 0)
			(void)safety_take(&runtime->safety, channel, level, now_t(runtime));
	}
	safety_tick(&runtime->safety, now_t(runtime));
}

static void read_clock(struct runtime *runtime)
{
	struct record record;

	clock_state_read(&record, &runtime->raw_offset_ns);
	push_record(runtime, EVENT_CLOCK_STATE, NO_CHANNEL, now_t(runtime), &record);
}

/* Everything has said who it is and the supervisor knows how to switch it off: now the engine may begin. */
static void begin(struct runtime *runtime)
{
	struct record boot = {.kind = RECORD_BOOT};
	struct queued *first;
	char why[ERROR_TEXT_MAX];
	enum instrument_state state = instruments_state(&runtime->instruments, why, sizeof why);
	struct error error;

	if (state == INSTRUMENT_NOT_YET && now_t(runtime) < runtime->begin_deadline_ns)
		return;
	if (state != INSTRUMENT_READY) {
		(void)error_set(&error, FAULT_RIG, "%s%s", state == INSTRUMENT_NOT_YET ? "not ready in time: " : "", why);
		break_off(runtime, &error);
		return;
	}
	if (!instruments_hand_over_off(&runtime->instruments, runtime->settings->holding, runtime->settings->supervisor, &error)) {
		break_off(runtime, &error);
		return;
	}
	runtime->begun = true;
	clock_boot_id(boot.data.boot.boot_id);
	boot.data.boot.offset_ns = runtime->offset_ns;
	boot.data.boot.lines = runtime->settings->held ? LINES_HELD : LINES_REQUESTED;
	text_copy(boot.data.boot.revision, sizeof boot.data.boot.revision, runtime->settings->revision);
	first = push_first(runtime, runtime->settings->resumed ? EVENT_RESUMED : EVENT_BEGIN, now_t(runtime));
	first->record = boot;
	first->has_record = true;
	runtime->next_clock_ns = runtime->next_poll_ns = now_t(runtime);
	if (runtime->settings->resumed_by[0]) {
		(void)snprintf(why, sizeof why, "%.60s goes on with the run, after %s", runtime->settings->resumed_by,
			       runtime->off_by_person ? "a person or the lab's power had switched everything off"
						      : "the host was started anew");
		on_note(runtime, NO_CHANNEL, why);
	}
}

static void beat(struct runtime *runtime)
{
	bool stop = false, there = link_turn(runtime->settings->supervisor, &stop);
	struct queued *lost;

	if (stop)
		(void)push(runtime, EVENT_STOP, now_t(runtime));
	if (there || runtime->alone)
		return;
	/* Without it nothing may stay energised; nobody else can switch it off now. */
	runtime->alone = true;
	lost = push(runtime, EVENT_LOST, now_t(runtime));
	text_copy(lost->event.text, sizeof lost->event.text, "the supervisor is gone");
}

static void take_news(struct runtime *runtime)
{
	struct journal_news news;
	struct queued *queued;

	while (journal_thread_news(runtime->journal, &news)) {
		switch (news.kind) {
		case JOURNAL_DURABLE:
			queued = push(runtime, EVENT_DURABLE_TO, now_t(runtime));
			queued->event.count = news.durable;
			break;
		case JOURNAL_FAILED:
			(void)error_prefix(&news.error, "journal");
			break_off(runtime, &news.error);
			break;
		case JOURNAL_RAW_DIGEST:
			push_record(runtime, EVENT_RAW_DIGEST, NO_CHANNEL, now_t(runtime), &news.raw);
			break;
		case JOURNAL_RAW_CLOSED:
			(void)push(runtime, EVENT_RAW_CLOSED, now_t(runtime));
			break;
		}
	}
}

static void take_answer(struct runtime *runtime)
{
	struct queued *queued;
	char line[FREE_TEXT_SIZE];

	if (!fgets(line, sizeof line, stdin))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	queued = push(runtime, EVENT_ANSWERED, now_t(runtime));
	queued->event.slot = runtime->prompting;
	text_copy(queued->event.text, sizeof queued->event.text, line);
	text_copy(queued->event.guid, sizeof queued->event.guid, runtime->settings->operator);
	runtime->prompting = NO_CHANNEL;
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
	if (descriptor == STDIN_FILENO && runtime->prompting != NO_CHANNEL) {
		take_answer(runtime);
		return;
	}
	(void)instruments_ready(&runtime->instruments, descriptor, runtime->turn_ns);
}

static void on_timer(void *self)
{
	struct runtime *runtime = self;
	int64_t t_ns;

	begin_turn(runtime);
	t_ns = now_t(runtime);
	instruments_tick(&runtime->instruments, runtime->turn_ns);
	if (!runtime->begun)
		begin(runtime);
	if (t_ns >= runtime->next_beat_ns) {
		runtime->next_beat_ns = t_ns + runtime->settings->bench->hang_ns / 4;
		beat(runtime);
	}
	if (runtime->begun && t_ns >= runtime->next_clock_ns) {
		runtime->next_clock_ns = t_ns + CLOCK_EVERY_NS;
		read_clock(runtime);
	}
	if (runtime->begun && t_ns >= runtime->next_poll_ns) {
		runtime->next_poll_ns = t_ns + runtime->settings->assembled->program.level_period_ns;
		poll_levels(runtime);
	}
	if (runtime->begun && t_ns >= runtime->next_flush_ns) {
		runtime->next_flush_ns = t_ns + FLUSH_EVERY_NS;
		if (runtime->lines_waiting)
			flush(runtime);
	}
	if (runtime->begun && t_ns >= runtime->engine_deadline_ns)
		(void)push(runtime, EVENT_TICK, t_ns);
}

static void on_signal(void *self, int number)
{
	struct runtime *runtime = self;

	begin_turn(runtime);
	if (number != SIGHUP) /* a night goes on without its terminal */
		(void)push(runtime, EVENT_STOP, now_t(runtime));
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static void set_timer(struct runtime *runtime)
{
	int64_t next_ns = runtime->next_beat_ns;

	if (runtime->begun) {
		next_ns = earliest(next_ns, earliest(runtime->next_poll_ns, runtime->next_clock_ns));
		next_ns = earliest(next_ns, earliest(runtime->next_flush_ns, runtime->engine_deadline_ns));
	}
	next_ns = earliest(next_ns - runtime->offset_ns, instruments_deadline(&runtime->instruments));
	loop_set_timer(runtime->loop, next_ns);
}

static void on_turned(void *self)
{
	struct runtime *runtime = self;
	int fds[LOOP_DESCRIPTORS_MAX], count = 0;

	if (runtime->begun)
		give_queue(runtime);
	fds[count++] = journal_thread_descriptor(runtime->journal);
	if (!runtime->alone)
		fds[count++] = runtime->settings->supervisor;
	if (runtime->prompting != NO_CHANNEL)
		fds[count++] = STDIN_FILENO;
	count += instruments_descriptors(&runtime->instruments, fds + count, LOOP_DESCRIPTORS_MAX - count);
	loop_watch(runtime->loop, fds, count);
	set_timer(runtime);
}

/* From settings to a loop that runs */

static void recall(void *self, const struct record *record)
{
	struct runtime *runtime = self;

	if (record->kind == RECORD_BOOT) {
		runtime->offset_ns = record->data.boot.offset_ns;
		text_copy(runtime->boot_id, sizeof runtime->boot_id, record->data.boot.boot_id);
	}
	/* A rig that died before it could write its end has written what a person did. */
	if (record->kind == RECORD_SAFETY && (!record->data.safety.ok || record->data.safety.input == SAFETY_ARM))
		runtime->safety.fresh_arm_wanted = runtime->off_by_person = !record->data.safety.ok;
	if (record->kind == RECORD_END && record->data.end.reason == END_SAFETY)
		runtime->safety.fresh_arm_wanted = runtime->off_by_person = true;
	if (record->t_ns > runtime->t_last_ns) {
		runtime->t_last_ns = record->t_ns;
		runtime->utc_last_us = record->utc_us;
	}
	engine_recall(runtime->engine, record);
}

/* After a restart of the host only the wall clock knows how long it took; the boot line says that the base is another. */
static void recall_base(struct runtime *runtime)
{
	char boot_id[WORD_TEXT_SIZE];
	int64_t away_us = clock_utc_us() - runtime->utc_last_us;

	clock_boot_id(boot_id);
	if (strcmp(boot_id, runtime->boot_id) == 0)
		return;
	runtime->safety.fresh_arm_wanted = true;
	runtime->offset_ns = runtime->t_last_ns + (away_us > 0 ? away_us * NS_PER_US : 0) - runtime->turn_ns;
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
		runtime->offset_ns = -runtime->turn_ns;
		return writer_create(&writer, path, error) &&
		       journal_thread_start(&runtime->journal, writer, settings->folder, settings->viewers, error);
	}
	if (!writer_resume(&writer, path, NULL, NULL, &torn, error) ||
	    !evidence_read(settings->folder, recall, runtime, NULL, error))
		return false;
	recall_base(runtime);
	engine_set_lines(runtime->engine, writer_lines(writer));
	return journal_thread_start(&runtime->journal, writer, settings->folder, settings->viewers, error);
}

static bool start_instruments(struct runtime *runtime, struct error *error)
{
	const struct runtime_settings *settings = runtime->settings;
	struct driver_start start = {.bench = settings->bench, .taking_part = settings->taking_part, .image = settings->image,
				     .was_activated = settings->was_activated, .holding = settings->holding,
				     .listener = &runtime->listener};

	if (!instruments_start(&runtime->instruments, settings->drivers, &start, NULL, error))
		return false;
	begin_turn(runtime); /* opening has taken its time */
	instruments_begin(&runtime->instruments, runtime->turn_ns);
	return true;
}

static bool run(struct runtime *runtime, int *exit_code, struct error *error)
{
	const struct loop_calls calls = {runtime, on_ready, on_timer, on_signal, on_turned};
	bool stopped_well;

	if (!loop_new(&runtime->loop, &calls, error))
		return false;
	runtime->begin_deadline_ns = now_t(runtime) + USABLE_WITHIN_NS;
	if (!link_base(runtime->settings->supervisor, runtime->offset_ns) || !start_instruments(runtime, error)) {
		instruments_stop(&runtime->instruments);
		loop_free(runtime->loop);
		return false;
	}
	on_turned(runtime);
	loop_run(runtime->loop);
	instruments_stop(&runtime->instruments);
	loop_free(runtime->loop);
	stopped_well = journal_thread_stop(runtime->journal, error);
	runtime->journal = NULL;
	if (runtime->broken) {
		*error = runtime->error;
		return false;
	}
	*runtime->settings->is_off = engine_is_off(runtime->engine);
	*exit_code = engine_findings(runtime->engine)->end_reason == END_STOPPED ? EXIT_CODE_STOPPED
									       : engine_findings(runtime->engine)->exit_code;
	return stopped_well;
}

bool runtime_run(const struct runtime_settings *settings, int *exit_code, struct error *error)
{
	struct runtime *runtime = calloc(1, sizeof *runtime);
	bool done;

	if (!runtime)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the run");
	runtime->settings = settings;
	begin_turn(runtime);
	runtime->prompting = NO_CHANNEL;
	runtime->raw_offset_ns = INSTANT_NEVER;
	runtime->engine_deadline_ns = INSTANT_NEVER;
	safety_init(&runtime->safety, settings->bench, tell_safety, runtime);
	runtime->listener = (struct instrument_listener){runtime, on_edge, on_output, on_reading, on_changed, on_observed,
							 on_upgrade, on_raw, on_note, on_fault, on_bus_moved};
	runtime->engine = engine_new(&settings->assembled->program);
	done = open_journal(runtime, error) && run(runtime, exit_code, error);
	engine_free(runtime->engine);
	free(runtime);
	return done;
}
