/* Reports in, events out; actions in, settings and lines out. */

#include "rig/run/conductor.h"

#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define QUIET_POLLS 2 /* that read the same, without an edge in between: what the one before them said is then believed and written */

static struct conductor_queued *fill(struct conductor_queued *queued, enum run_event_kind kind, int64_t t_ns)
{
	memset(&queued->event, 0, offsetof(struct run_event, text)); /* its texts are long, and most events have none */
	queued->event.text[0] = queued->event.guid[0] = '\0';
	queued->event.record = NULL;
	queued->has_record = false;
	queued->event.kind = kind;
	queued->event.slot = queued->event.channel = NO_CHANNEL;
	queued->event.t_ns = t_ns < 0 ? 0 : t_ns;
	return queued;
}

static struct conductor_queued *push_last(struct conductor *conductor, enum run_event_kind kind, int64_t t_ns)
{
	int last = (conductor->queue_first + conductor->queue_count) % CONDUCTOR_QUEUE_MAX;
	struct conductor_queued *queued = &conductor->queue[last];
	struct error error;

	if (conductor->queue_count == CONDUCTOR_QUEUE_MAX) {
		(void)error_set(&error, FAULT_RIG, "%d events wait: the loop does not keep up", CONDUCTOR_QUEUE_MAX);
		conductor_break_off(conductor, &error);
		return queued; /* written over: the run has ended with it */
	}
	conductor->queue_count++;
	return fill(queued, kind, t_ns);
}

static void push_levels(struct conductor *conductor, int64_t t_ns, const int8_t *levels, int earlier)
{
	struct conductor_queued *queued = push_last(conductor, EVENT_LEVELS_READ, t_ns);

	queued->event.levels = levels;
	queued->event.earlier = earlier;
}

/*
 * Polls that would have been before an instant and were not due: how many of them the engine is to be told of. Those before have nothing
 * to say. The next poll is behind them.
 */
static int pass_over(struct conductor *conductor, int64_t before_ns)
{
	int64_t period_ns = conductor->settings.assembled->program.level_period_ns, polls;

	if (conductor->quiet_until_ns < before_ns)
		before_ns = conductor->quiet_until_ns;
	if (conductor->next_poll_ns >= before_ns)
		return 0;
	polls = (before_ns - conductor->next_poll_ns - 1) / period_ns + 1;
	conductor->next_poll_ns += polls * period_ns;
	return polls < RECORDER_AGREED ? (int)polls : RECORDER_AGREED;
}

/* Nothing has changed since the last poll that was made, so they read what it did. */
static void catch_up(struct conductor *conductor, int64_t before_ns)
{
	int polls = pass_over(conductor, before_ns);

	if (polls > 0)
		push_levels(conductor, conductor->next_poll_ns - conductor->settings.assembled->program.level_period_ns,
			    conductor->levels[conductor->levels_last], polls - 1);
}

/* An event, behind the polls that were before it. What is durable is nothing that a level could have to do with. */
static struct conductor_queued *push(struct conductor *conductor, enum run_event_kind kind, int64_t t_ns)
{
	if (kind != EVENT_DURABLE_TO)
		catch_up(conductor, t_ns);
	return push_last(conductor, kind, t_ns);
}

/* From here on polls are made again, until they read the same for a while. */
static void look_closely(struct conductor *conductor)
{
	int64_t t_ns = conductor_t_ns(conductor);

	conductor->quiet_polls = 0;
	if (conductor->quiet_until_ns > t_ns)
		conductor->quiet_until_ns = t_ns;
}

static int64_t poll_due_ns(const struct conductor *conductor)
{
	int64_t period_ns = conductor->settings.assembled->program.level_period_ns, ahead_ns = conductor->quiet_until_ns - conductor->next_poll_ns;

	return conductor->next_poll_ns + (ahead_ns > 0 ? ((ahead_ns - 1) / period_ns + 1) * period_ns : 0);
}

static struct conductor_queued *push_first(struct conductor *conductor, enum run_event_kind kind, int64_t t_ns)
{
	assert(conductor->queue_count < CONDUCTOR_QUEUE_MAX);
	conductor->queue_first = (conductor->queue_first + CONDUCTOR_QUEUE_MAX - 1) % CONDUCTOR_QUEUE_MAX;
	conductor->queue_count++;
	return fill(&conductor->queue[conductor->queue_first], kind, t_ns);
}

static int program_slot(const struct conductor *conductor, int slot)
{
	return slot < 0 ? NO_CHANNEL : conductor->settings.assembled->slot_of_bench[slot];
}

static void push_record(struct conductor *conductor, enum run_event_kind kind, int slot, int64_t t_ns, const struct record *record)
{
	struct conductor_queued *queued = push(conductor, kind, t_ns);

	queued->event.slot = program_slot(conductor, slot);
	queued->record = *record;
	queued->has_record = true;
}

static struct conductor_queued *push_lost(struct conductor *conductor, int slot, enum fault fault, const char *text)
{
	struct conductor_queued *queued = push(conductor, EVENT_LOST, conductor_t_ns(conductor));

	queued->event.slot = program_slot(conductor, slot);
	queued->event.fault = fault;
	text_copy(queued->event.text, sizeof queued->event.text, text);
	return queued;
}

/* ---- Reports become events ---- */

static int input_of(const struct conductor *conductor, int channel)
{
	int i;

	for (i = 0; i < conductor->settings.assembled->program.input_count; i++)
		if (conductor->settings.assembled->input_channel[i] == channel)
			return i;
	return NO_CHANNEL;
}

static void tell_safety(void *self, enum safety_input input, bool ok, int64_t t_ns)
{
	struct conductor_queued *queued = push(self, EVENT_SAFETY_INPUT, t_ns);

	queued->event.safety = input;
	queued->event.level = ok;
}

/* The breaker of a group is told for each slot behind it: nothing that happens in another slot comes from there. */
static void tell_group(struct conductor *conductor, int group, int level, int64_t t_ns)
{
	const struct bench *bench = conductor->settings.bench;
	struct conductor_queued *queued;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		if (!conductor->settings.taking_part[i] || !bench->slots[i].mains.present || bench->slots[i].mains.group != group)
			continue;
		queued = push(conductor, EVENT_PROTECTION_ACTED, t_ns);
		queued->event.slot = program_slot(conductor, i);
		queued->event.level = level == 0;
		text_copy(queued->event.text, sizeof queued->event.text, bench->groups[group].name);
	}
}

static bool take_group(struct conductor *conductor, int channel, int level, int64_t t_ns)
{
	const struct bench *bench = conductor->settings.bench;
	int i;

	for (i = 0; i < bench->group_count; i++) {
		if (bench->groups[i].tripped != channel)
			continue;
		tell_group(conductor, i, level, t_ns);
		return true;
	}
	return false;
}

static void on_edge(void *self, int channel, int64_t now_ns, int level, int64_t seqno)
{
	struct conductor *conductor = self;
	int64_t t_ns = now_ns + conductor->offset_ns;
	int input = input_of(conductor, channel);
	struct conductor_queued *queued;

	catch_up(conductor, t_ns);
	look_closely(conductor);
	if (safety_take(&conductor->safety, channel, level, t_ns) || take_group(conductor, channel, level, t_ns))
		input = channel == conductor->settings.bench->lab_feed.channel ? input : NO_CHANNEL; /* this one is judged, too */
	if (input == NO_CHANNEL)
		return;
	queued = push(conductor, EVENT_EDGE_SEEN, t_ns);
	queued->event.channel = input;
	queued->event.level = level;
	queued->event.seqno = seqno;
}

static void on_output(void *self, int channel, bool agrees, enum fault fault, const char *text)
{
	struct conductor *conductor = self;
	const struct assembled *assembled = conductor->settings.assembled;
	struct conductor_queued *queued;
	int i;

	for (i = 0; i < assembled->program.output_count; i++) {
		if (assembled->output_channel[i] != channel)
			continue;
		queued = push(conductor, EVENT_OUTPUT_DONE, conductor_t_ns(conductor));
		queued->event.channel = i;
		queued->event.agrees = agrees;
		queued->event.fault = fault;
		text_copy(queued->event.text, sizeof queued->event.text, text);
		return;
	}
}

static void on_reading(void *self, int channel, int64_t milli)
{
	(void)self;
	(void)channel;
	(void)milli; /* kept by the instrument; the journal's readings come with the wire's raw frames */
}

static void on_changed(void *self, int channel, bool tripped, const char *text)
{
	struct conductor *conductor = self;
	const struct bench *bench = conductor->settings.bench;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct bench_feed *feed = &bench->slots[i].feed;
		struct conductor_queued *queued;

		if (!conductor->settings.taking_part[i])
			continue;
		if (bench->channels[channel].instrument != feed->supply && channel != feed->switch_channel &&
		    channel != bench->slots[i].mains.switch_channel)
			continue;
		if (tripped) {
			queued = push(conductor, EVENT_PROTECTION_ACTED, conductor_t_ns(conductor));
			queued->event.slot = program_slot(conductor, i);
			queued->event.level = 1;
			text_copy(queued->event.text, sizeof queued->event.text, text);
		}
		(void)push_lost(conductor, i, FAULT_SUPPLY, text);
	}
}

static void on_observed(void *self, int slot, int64_t now_ns, const struct record *record)
{
	struct conductor *conductor = self;

	push_record(conductor, EVENT_OBSERVED, slot, now_ns + conductor->offset_ns, record);
}

static void on_upgrade(void *self, int slot, int64_t now_ns, const struct upgrade_report *report)
{
	struct conductor *conductor = self;
	struct conductor_queued *queued = push(conductor, EVENT_UPGRADE_AT, now_ns + conductor->offset_ns);

	queued->event.slot = program_slot(conductor, slot);
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

static void on_raw(void *self, const char *name, int64_t now_ns, char direction, const uint8_t *bytes, size_t size)
{
	struct conductor *conductor = self;

	if (!conductor->raw_closed)
		conductor->settings.calls.raw(conductor->settings.calls.self, name, now_ns + conductor->offset_ns, direction, bytes,
					      size);
}

static void on_note(void *self, int slot, const char *text)
{
	struct conductor *conductor = self;
	struct record record = {.kind = RECORD_NOTE};

	text_copy(record.data.note.text, sizeof record.data.note.text, text);
	push_record(conductor, EVENT_NOTED, slot, conductor_t_ns(conductor), &record);
}

static void on_fault(void *self, int slot, enum fault fault, const char *text)
{
	(void)push_lost(self, slot, fault, text);
}

static void on_bus_moved(void *self, int bus, int fd)
{
	struct conductor *conductor = self;
	struct error error;

	if (conductor->settings.calls.bus_moved(conductor->settings.calls.self, bus, fd))
		return;
	(void)error_set(&error, FAULT_RIG, "the supervisor is gone");
	conductor_break_off(conductor, &error);
}

/* ---- Actions are carried out ---- */

static void must(struct conductor *conductor, bool taken)
{
	struct error error;

	if (taken)
		return;
	(void)error_set(&error, FAULT_ENVIRONMENT, "the disk does not take the journal");
	conductor_break_off(conductor, &error);
}

static void flush(struct conductor *conductor)
{
	conductor->lines_waiting = false;
	must(conductor, conductor->settings.calls.flush(conductor->settings.calls.self));
}

static void drive(struct conductor *conductor, const struct action *action)
{
	const struct assembled *assembled = conductor->settings.assembled;
	bool is_switch = assembled->program.outputs[action->output].is_switch;
	int64_t milli = !action->on ? 0 : is_switch ? 1000 : action->millivolts;

	conductor->acted = true;
	instruments_set(&conductor->instruments, assembled->output_channel[action->output], milli,
			conductor->turn_ns + assembled->program.output_within_ns, conductor->turn_ns);
}

static void upgrade(struct conductor *conductor, const struct action *action)
{
	int slot = conductor->settings.assembled->bench_slot[action->slot];
	struct instrument *instrument = instruments_find(&conductor->instruments, conductor->settings.bench->slots[slot].upgrade);

	conductor->acted = true;
	if (instrument && instrument->kind->upgrade)
		instrument->kind->upgrade(instrument, slot, action->command, conductor->turn_ns);
}

static void read_clock(struct conductor *conductor)
{
	struct record record = {.kind = RECORD_CLOCK};

	conductor->settings.calls.clock(conductor->settings.calls.self, &record);
	push_record(conductor, EVENT_CLOCK_STATE, NO_CHANNEL, conductor_t_ns(conductor), &record);
}

static void forget_prompt(struct conductor *conductor, int index)
{
	conductor->prompt_count--;
	memmove(conductor->prompts + index, conductor->prompts + index + 1, (size_t)(conductor->prompt_count - index) * sizeof *conductor->prompts);
}

static void take_prompt(struct conductor *conductor, const struct action *action)
{
	const struct conductor_calls *calls = &conductor->settings.calls;
	int i;

	for (i = conductor->prompt_count - 1; i >= 0; i--) /* what it asked before is over: it asks one thing at a time */
		if (conductor->prompts[i] == action->slot)
			forget_prompt(conductor, i);
	conductor->prompts[conductor->prompt_count++] = action->slot;
	calls->prompt(calls->self, conductor->settings.assembled->program.slots[action->slot].name, action->record.data.prompt.question);
}

static void carry_out(struct conductor *conductor, const struct action *action)
{
	const struct conductor_calls *calls = &conductor->settings.calls;

	switch (action->kind) {
	case ACTION_RECORD:
		if (!conductor->lines_waiting)
			conductor->next_flush_ns = conductor_t_ns(conductor) + CONDUCTOR_FLUSH_EVERY_NS;
		conductor->lines_waiting = true;
		must(conductor, calls->put(calls->self, &action->record));
		break;
	case ACTION_FLUSH:
		flush(conductor);
		break;
	case ACTION_OUTPUT:
		look_closely(conductor);
		drive(conductor, action);
		break;
	case ACTION_UPGRADE:
		upgrade(conductor, action);
		break;
	case ACTION_PROMPT:
		take_prompt(conductor, action);
		break;
	case ACTION_CLOSE_RAW:
		read_clock(conductor); /* nothing that is judged lies behind the last look at it */
		conductor->raw_closed = true;
		must(conductor, calls->close_raw(calls->self));
		break;
	case ACTION_END:
		conductor->over = true;
		calls->stop(calls->self);
		break;
	}
}

static void give(struct conductor *conductor, struct run_event *event)
{
	bool more;
	int i;

	do {
		event->utc_us = conductor->turn_utc_us - (conductor_t_ns(conductor) - event->t_ns) / NS_PER_US;
		run_step(conductor->engine, event, &conductor->actions);
		more = conductor->actions.more;
		if (conductor->actions.polls_wanted)
			look_closely(conductor);
		conductor->engine_deadline_ns = conductor->actions.deadline_ns;
		for (i = 0; i < conductor->actions.count && !conductor->broken; i++) /* nothing that was to be announced and is not */
			carry_out(conductor, &conductor->actions.list[i]);
		more &= !conductor->broken && !conductor->over;
		if (more)
			*event = (struct run_event){.kind = EVENT_TICK, .t_ns = conductor_t_ns(conductor), .slot = NO_CHANNEL};
	} while (more);
}

void conductor_give(struct conductor *conductor)
{
	while (conductor->begun && conductor->queue_count > 0 && !conductor->broken && !conductor->over) {
		struct conductor_queued *given = &conductor->queue[conductor->queue_first];

		if (given->has_record)
			given->event.record = &given->record;
		give(conductor, &given->event);
		conductor->queue_first = (conductor->queue_first + 1) % CONDUCTOR_QUEUE_MAX; /* its place was its own until now */
		conductor->queue_count--;
	}
	if (conductor->queue_count == 0)
		conductor->queue_first = 0; /* the ring is large: the places that were used last are the ones in the cache */
}

/* ---- Time ---- */

static void poll_levels(struct conductor *conductor)
{
	const struct assembled *assembled = conductor->settings.assembled;
	int8_t *levels = conductor->levels[!conductor->levels_last]; /* those of the last poll may wait in the queue; older ones do not */
	int64_t t_ns = conductor_t_ns(conductor);
	int i, input, level;
	bool same;

	for (i = 0; i < assembled->program.input_count; i++)
		levels[i] = (int8_t)instruments_level(&conductor->instruments, assembled->input_channel[i]);
	same = memcmp(levels, conductor->levels[conductor->levels_last], (size_t)assembled->program.input_count) == 0;
	if (!same)
		catch_up(conductor, t_ns);
	push_levels(conductor, t_ns, levels, pass_over(conductor, t_ns));
	conductor->quiet_until_ns = 0;
	conductor->quiet_polls = same ? conductor->quiet_polls + 1 : 0;
	conductor->levels_last = !conductor->levels_last;
	for (input = 0; input < SAFETY_INPUTS; input++) {
		int channel = safety_bench_input(conductor->settings.bench, (enum safety_input)input)->channel;

		level = channel < 0 ? -1 : instruments_level(&conductor->instruments, channel);
		if (level >= 0)
			(void)safety_take(&conductor->safety, channel, level, t_ns);
	}
	safety_tick(&conductor->safety, t_ns);
}

void conductor_tick(struct conductor *conductor)
{
	int64_t t_ns = conductor_t_ns(conductor);

	if (!conductor->begun)
		return;
	if (t_ns >= conductor->next_clock_ns) {
		conductor->next_clock_ns = t_ns + CONDUCTOR_CLOCK_EVERY_NS;
		read_clock(conductor);
	}
	if (t_ns >= poll_due_ns(conductor)) {
		poll_levels(conductor);
		conductor->next_poll_ns = t_ns + conductor->settings.assembled->program.level_period_ns;
	}
	if (conductor->lines_waiting && t_ns >= conductor->next_flush_ns)
		flush(conductor);
	if (t_ns >= conductor->engine_deadline_ns)
		(void)push(conductor, EVENT_TICK, t_ns);
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

int64_t conductor_deadline(const struct conductor *conductor)
{
	int64_t next_ns;

	if (!conductor->begun)
		return INSTANT_NEVER;
	next_ns = earliest(earliest(poll_due_ns(conductor), conductor->next_clock_ns), conductor->engine_deadline_ns);
	return (conductor->lines_waiting ? earliest(next_ns, conductor->next_flush_ns) : next_ns) - conductor->offset_ns;
}

void conductor_skip_polls(struct conductor *conductor, int64_t until_ns)
{
	bool poll_owed = conductor->quiet_until_ns > 0 && conductor->quiet_until_ns <= conductor_t_ns(conductor);

	if (!conductor->begun || conductor->quiet_polls < QUIET_POLLS || conductor->queue_count > 0 || poll_owed)
		return;
	/* One at each reading of the clock: a line of every level is due each minute. */
	conductor->quiet_until_ns = earliest(until_ns + conductor->offset_ns, conductor->next_clock_ns);
}

void conductor_turn(struct conductor *conductor, int64_t now_ns, int64_t utc_us)
{
	int64_t apart_us = utc_us - now_ns / NS_PER_US, moved_us = apart_us - conductor->apart_us;

	conductor->acted = false;
	conductor->turn_ns = now_ns;
	conductor->turn_utc_us = utc_us;
	conductor->apart_us = apart_us;
	/* The host slept, or its wall clock was set: the clock's line says which, and comes before anything else can go wrong. */
	if (conductor->begun && (moved_us > CONDUCTOR_CLOCK_MOVED_US || moved_us < -CONDUCTOR_CLOCK_MOVED_US) &&
	    conductor_t_ns(conductor) < conductor->next_clock_ns)
		conductor->next_clock_ns = conductor_t_ns(conductor);
}

int64_t conductor_t_ns(const struct conductor *conductor)
{
	return conductor->turn_ns + conductor->offset_ns;
}

/* ---- What the runtime has to say ---- */

void conductor_recall(struct conductor *conductor, const struct record *record)
{
	if (record->kind == RECORD_SAFETY && (!record->data.safety.ok || record->data.safety.input == SAFETY_ARM))
		conductor->safety.fresh_arm_wanted = !record->data.safety.ok;
	if (record->kind == RECORD_END && record->data.end.reason == END_SAFETY)
		conductor->safety.fresh_arm_wanted = true;
	engine_recall(conductor->engine, record);
}

void conductor_begin(struct conductor *conductor, const struct record *boot, bool resumed)
{
	int64_t t_ns = conductor_t_ns(conductor);
	struct conductor_queued *first = push_first(conductor, resumed ? EVENT_RESUMED : EVENT_BEGIN, t_ns);

	first->record = *boot;
	first->has_record = true;
	conductor->begun = true;
	conductor->next_clock_ns = conductor->next_poll_ns = t_ns;
}

void conductor_durable(struct conductor *conductor, uint64_t lines)
{
	push(conductor, EVENT_DURABLE_TO, conductor_t_ns(conductor))->event.count = lines;
}

void conductor_raw_digest(struct conductor *conductor, const struct record *raw)
{
	push_record(conductor, EVENT_RAW_DIGEST, NO_CHANNEL, conductor_t_ns(conductor), raw);
}

void conductor_raw_closed(struct conductor *conductor)
{
	(void)push(conductor, EVENT_RAW_CLOSED, conductor_t_ns(conductor));
}

void conductor_note(struct conductor *conductor, const char *text)
{
	on_note(conductor, NO_CHANNEL, text);
}

/* A line that says who did what, and in which slot. */
static void push_note(struct conductor *conductor, int slot, const char *who, const char *what, const char *text)
{
	struct record record = {.kind = RECORD_NOTE};
	struct conductor_queued *queued = push(conductor, EVENT_NOTED, conductor_t_ns(conductor));

	(void)snprintf(record.data.note.text, sizeof record.data.note.text, "%.47s %s: %.185s", who, what, text);
	queued->event.slot = slot;
	queued->record = record;
	queued->has_record = true;
}

void conductor_note_by(struct conductor *conductor, int slot, const char *who, const char *text)
{
	push_note(conductor, slot, who, "notes", text);
}

bool conductor_ask(struct conductor *conductor, int slot, const struct by_hand *asked, const char *who, char why[FREE_TEXT_SIZE])
{
	const struct plan_step *step;
	struct conductor_queued *queued;
	char words[FREE_TEXT_SIZE], amount[AMOUNT_TEXT_SIZE] = "";

	conductor_give(conductor);
	if (!by_hand_permits(conductor->engine, slot, asked, why))
		return false;
	step = asked->step == BY_HAND_OFF ? NULL : &conductor->settings.assembled->program.plan->steps[asked->step];
	if (asked->amount >= 0)
		(void)amount_text(amount, by_hand_unit(step) == 'V' ? UNIT_VOLTAGE : UNIT_DURATION, asked->amount);
	(void)snprintf(words, sizeof words, "%s%s%s", by_hand_name(step), amount[0] ? " " : "", amount);
	push_note(conductor, slot, who, "asks for", words);
	queued = push(conductor, EVENT_ASKED, conductor_t_ns(conductor));
	queued->event.slot = slot;
	queued->event.by_hand = *asked;
	conductor_give(conductor);
	return true;
}

void conductor_finish(struct conductor *conductor, const char *who)
{
	push_note(conductor, NO_CHANNEL, who, "asks for", "the end");
	(void)push(conductor, EVENT_FINISHED, conductor_t_ns(conductor));
}

int conductor_prompt(struct conductor *conductor)
{
	/* One whose time was up asks no more. */
	while (conductor->prompt_count > 0 && !engine_slot_asks(conductor->engine, conductor->prompts[0]))
		forget_prompt(conductor, 0);
	return conductor->prompt_count > 0 ? conductor->prompts[0] : NO_CHANNEL;
}

void conductor_answer(struct conductor *conductor, int slot, const char *who, const char *text)
{
	struct conductor_queued *queued;
	int i;

	for (i = conductor->prompt_count - 1; i >= 0 && conductor->prompts[i] != slot; i--)
		;
	if (i < 0)
		return;
	queued = push(conductor, EVENT_ANSWERED, conductor_t_ns(conductor));
	queued->event.slot = slot;
	text_copy(queued->event.text, sizeof queued->event.text, text);
	text_copy(queued->event.guid, sizeof queued->event.guid, who);
	forget_prompt(conductor, i);
}

void conductor_stop(struct conductor *conductor)
{
	(void)push(conductor, EVENT_STOP, conductor_t_ns(conductor));
}

void conductor_lost(struct conductor *conductor, const char *text)
{
	push_lost(conductor, NO_CHANNEL, FAULT_NONE, text);
}

void conductor_break_off(struct conductor *conductor, const struct error *error)
{
	if (!conductor->broken)
		conductor->error = *error;
	conductor->broken = true;
	conductor->settings.calls.stop(conductor->settings.calls.self);
}

/* ---- Life ---- */

bool conductor_init(struct conductor *conductor, const struct conductor_settings *settings, struct error *error)
{
	memset(conductor, 0, offsetof(struct conductor, queue));
	conductor->settings = *settings;
	conductor->engine_deadline_ns = INSTANT_NEVER;
	conductor->listener = (struct instrument_listener){conductor, on_edge, on_output, on_reading, on_changed, on_observed,
							   on_upgrade, on_raw, on_note, on_fault, on_bus_moved};
	safety_init(&conductor->safety, settings->bench, tell_safety, conductor);
	conductor->engine = engine_new(&settings->assembled->program);
	return conductor->engine != NULL || error_set(error, FAULT_ENVIRONMENT, "no memory for an engine");
}

void conductor_done(struct conductor *conductor)
{
	engine_free(conductor->engine);
	conductor->engine = NULL;
}
