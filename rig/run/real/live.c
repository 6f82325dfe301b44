/*
 * The glue: what instruments report becomes events in a queue, events become steps of the walk, and its actions go to the
 * instruments and to the terminal. Reports only queue, so an instrument may report while an action is carried out.
 */

#include "rig/run/real/live.h"

#include "rig/base/text.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/findings.h"
#include "rig/run/instruments.h"
#include "rig/run/real/loop.h"
#include "rig/supervisor/link.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 2048

struct live {
	const struct live_settings *settings;
	const struct bench *bench;
	struct walk *walk;
	struct walk_actions actions;
	struct loop *loop;
	struct instrument_listener listener;
	struct instruments instruments;
	struct safety safety;
	struct walk_event queue[QUEUE_MAX];
	int queue_first, queue_count;
	int64_t turn_ns, turn_utc_us;        /* CLOCK_MONOTONIC and UTC when the loop's present turn began */
	int64_t begin_ns, walk_deadline_ns, next_poll_ns, next_beat_ns;
	struct {
		bool told;
		enum instrument_state state;
		char text[ERROR_TEXT_MAX];
	} states[BENCH_INSTRUMENTS_MAX];     /* as the walk was told last */
	bool alone;                          /* the supervisor is gone */
	bool ended, broken;
	struct error error;
};

static void begin_turn(struct live *live)
{
	live->turn_ns = clock_monotonic_ns();
	live->turn_utc_us = clock_utc_us();
}

/* ---- Reports become events ---- */

static void break_off(struct live *live, const char *why)
{
	if (!live->broken)
		(void)error_set(&live->error, FAULT_RIG, "%s", why);
	live->broken = true;
	loop_stop(live->loop);
}

static struct walk_event *push(struct live *live, enum walk_event_kind kind, int64_t t_ns)
{
	struct walk_event *event = &live->queue[(live->queue_first + live->queue_count) % QUEUE_MAX];

	if (live->queue_count == QUEUE_MAX)
		break_off(live, "the loop does not keep up"); /* written over: the check has ended with it */
	else
		live->queue_count++;
	memset(event, 0, sizeof *event);
	event->kind = kind;
	event->t_ns = t_ns;
	return event;
}

static void push_text(struct live *live, enum walk_event_kind kind, const char *why)
{
	struct walk_event *event = push(live, kind, live->turn_ns);

	text_copy(event->text, sizeof event->text, why);
}

static void take_level(struct live *live, int channel, int level, int64_t t_ns)
{
	struct walk_event *event = push(live, WALK_LEVEL, t_ns);

	event->channel = channel;
	event->level = level;
	(void)safety_take(&live->safety, channel, level, t_ns);
}

static void on_safety(void *self, enum safety_input input, bool ok, int64_t t_ns)
{
	struct walk_event *event = push(self, WALK_SAFETY, t_ns);

	event->safety = input;
	event->level = ok;
}

static void on_edge(void *self, int channel, int64_t t_ns, int level, int64_t seqno)
{
	(void)seqno;
	take_level(self, channel, level, t_ns);
}

static void on_output(void *self, int channel, bool agrees, enum fault fault, const char *text)
{
	struct live *live = self;
	struct walk_event *event = push(live, WALK_OUTPUT, live->turn_ns);

	(void)fault;
	event->channel = channel;
	event->agrees = agrees;
	text_copy(event->text, sizeof event->text, text);
}

static void on_reading(void *self, int channel, int64_t milli)
{
	struct live *live = self;
	struct walk_event *event = push(live, WALK_READING, live->turn_ns);

	event->channel = channel;
	event->milli = milli;
}

static void on_changed(void *self, int channel, bool tripped, const char *text)
{
	struct live *live = self;
	struct walk_event *event = push(live, WALK_CHANGED, live->turn_ns);

	(void)tripped;
	event->channel = channel;
	text_copy(event->text, sizeof event->text, text);
}

/* Of a slot's serial port the name is its instrument's; a Modbus line has another. */
static void on_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	struct live *live = self;
	int instrument = direction == '<' && size > 0 ? bench_instrument_find(live->bench, name) : -1;

	(void)bytes;
	if (instrument >= 0)
		push(live, WALK_HEARD, t_ns)->instrument = instrument;
}

static void on_note(void *self, int slot, const char *text)
{
	(void)slot;
	push_text(self, WALK_NOTED, text);
}

static void on_fault(void *self, int slot, enum fault fault, const char *text)
{
	(void)slot;
	(void)fault;
	push_text(self, WALK_LOST, text);
}

static void on_bus_moved(void *self, int bus, int fd)
{
	struct live *live = self;

	if (!link_bus(live->settings->supervisor, bus, fd))
		push_text(live, WALK_LOST, "the supervisor is gone");
}

/* ---- Actions are carried out ---- */

static void hand_over_off(struct live *live)
{
	static struct off_script script; /* too large for a careful stack */
	struct walk_event *event;
	struct error error = {FAULT_NONE, ""};
	bool done = instruments_off_script(&live->instruments, live->settings->holding, &script, &error) &&
		    link_script(live->settings->supervisor, &script, &error);

	event = push(live, WALK_GUARDED, live->turn_ns);
	event->agrees = done;
	text_copy(event->text, sizeof event->text, error.text);
}

static void carry_out(struct live *live)
{
	const struct walk_actions *actions = &live->actions;
	int i;

	for (i = 0; i < actions->set_count; i++)
		instruments_set(&live->instruments, actions->sets[i].channel, actions->sets[i].milli, live->turn_ns + WALK_OUTPUT_NS,
				live->turn_ns);
	for (i = 0; i < actions->finding_count; i++) {
		live->settings->found(live->settings->self, &actions->findings[i]);
		findings_print(&actions->findings[i], live->settings->json);
	}
	if (actions->guard)
		hand_over_off(live);
	live->walk_deadline_ns = actions->deadline_ns;
	live->ended = actions->end;
	if (live->ended)
		loop_stop(live->loop);
}

static void give(struct live *live, struct walk_event *event)
{
	do {
		event->utc_us = live->turn_utc_us;
		walk_step(live->walk, event, &live->actions);
		carry_out(live);
		*event = (struct walk_event){.kind = WALK_TICK, .t_ns = live->turn_ns};
	} while (live->actions.more);
}

static void give_queue(struct live *live)
{
	struct walk_event event;

	while (live->queue_count > 0 && !live->ended && !live->broken) {
		event = live->queue[live->queue_first];
		live->queue_first = (live->queue_first + 1) % QUEUE_MAX;
		live->queue_count--;
		give(live, &event);
	}
}

/* ---- Turns of the loop ---- */

static bool takes_part(const struct live *live, int slot)
{
	return slot < 0 || live->settings->walk.taking_part[slot];
}

static void poll_lines(struct live *live)
{
	struct walk_event *event;
	int i, level;

	for (i = 0; i < live->bench->channel_count; i++) {
		const struct bench_channel *channel = &live->bench->channels[i];

		level = takes_part(live, channel->slot) ? instruments_level(&live->instruments, i) : -1;
		if (level >= 0 && channel->kind == CHANNEL_INPUT) {
			take_level(live, i, level, live->turn_ns);
		} else if (level >= 0) {
			event = push(live, WALK_READING, live->turn_ns);
			event->channel = i;
			event->milli = level * 1000;
		}
	}
	safety_tick(&live->safety, live->turn_ns);
}

/* Tells the walk how an instrument is, whenever that is new. */
static void look_at(struct live *live, int index)
{
	const struct instrument *instrument = instruments_find(&live->instruments, index);
	const struct error *missing = &live->settings->missing[index];
	enum instrument_state state = INSTRUMENT_READY;
	struct walk_event *event;
	char text[ERROR_TEXT_MAX] = "";

	if (missing->fault != FAULT_NONE) {
		state = INSTRUMENT_NEVER;
		text_copy(text, sizeof text, missing->text);
	} else if (instrument && instrument->kind->state) {
		state = instrument->kind->state(instrument, text, sizeof text);
	}
	if (live->states[index].told && live->states[index].state == state && strcmp(live->states[index].text, text) == 0)
		return;
	live->states[index].told = true;
	live->states[index].state = state;
	text_copy(live->states[index].text, sizeof live->states[index].text, text);
	event = push(live, WALK_INSTRUMENT, live->turn_ns);
	event->instrument = index;
	event->state = state;
	text_copy(event->text, sizeof event->text, text);
}

static void look_at_all(struct live *live)
{
	int i;

	for (i = 0; i < live->bench->instrument_count; i++)
		if (takes_part(live, live->bench->instruments[i].slot))
			look_at(live, i);
}

static void beat(struct live *live)
{
	bool stop = false, there = link_turn(live->settings->supervisor, &stop);

	if (stop)
		(void)push(live, WALK_STOP, live->turn_ns);
	if (there || live->alone)
		return;
	/* Nobody else can switch off now what this process does not. */
	live->alone = true;
	push_text(live, WALK_LOST, "the supervisor is gone");
}

static void on_ready(void *self, int descriptor)
{
	struct live *live = self;

	begin_turn(live);
	if (descriptor == live->settings->supervisor)
		beat(live);
	else
		(void)instruments_ready(&live->instruments, descriptor, live->turn_ns);
}

static void on_timer(void *self)
{
	struct live *live = self;
	int64_t now_ns;

	begin_turn(live);
	now_ns = live->turn_ns;
	instruments_tick(&live->instruments, now_ns);
	if (now_ns >= live->next_beat_ns) {
		live->next_beat_ns = now_ns + live->bench->hang_ns / 4;
		beat(live);
	}
	if (now_ns >= live->next_poll_ns) {
		live->next_poll_ns = now_ns + live->bench->level_period_ns;
		poll_lines(live);
	}
	if (now_ns >= live->walk_deadline_ns)
		(void)push(live, WALK_TICK, now_ns);
}

/* Ctrl-C, SIGTERM, and a terminal that is gone: nobody is in front of the bench any more. */
static void on_signal(void *self, int number)
{
	struct live *live = self;

	(void)number;
	begin_turn(live);
	(void)push(live, WALK_STOP, live->turn_ns);
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static void on_turned(void *self)
{
	struct live *live = self;
	int fds[LOOP_DESCRIPTORS_MAX], count = 0;

	look_at_all(live);
	give_queue(live);
	if (!live->alone)
		fds[count++] = live->settings->supervisor;
	count += instruments_descriptors(&live->instruments, fds + count, LOOP_DESCRIPTORS_MAX - count);
	loop_watch(live->loop, fds, count);
	loop_set_timer(live->loop, earliest(earliest(live->next_beat_ns, live->next_poll_ns),
					    earliest(live->walk_deadline_ns, instruments_deadline(&live->instruments))));
}

/* ---- From settings to a loop that runs ---- */

static struct instrument_listener listener_of(struct live *live)
{
	struct instrument_listener listener = instrument_listener_none();

	listener.self = live;
	listener.edge = on_edge;
	listener.output = on_output;
	listener.reading = on_reading;
	listener.changed = on_changed;
	listener.raw = on_raw;
	listener.note = on_note;
	listener.fault = on_fault;
	listener.bus_moved = on_bus_moved;
	return listener;
}

static bool run(struct live *live, struct error *error)
{
	const struct live_settings *settings = live->settings;
	const struct loop_calls calls = {live, on_ready, on_timer, on_signal, on_turned};
	struct driver_start start = {.bench = live->bench, .taking_part = settings->walk.taking_part, .holding = settings->holding,
				     .listener = &live->listener};
	bool done;

	if (!loop_new(&live->loop, &calls, error))
		return false;
	begin_turn(live);
	live->begin_ns = live->turn_ns;
	(void)push(live, WALK_BEGIN, live->begin_ns);
	findings_begin(live->bench, live->turn_utc_us, settings->json);
	done = instruments_start(&live->instruments, settings->drivers, &start, settings->missing, error);
	if (done) {
		begin_turn(live); /* opening has taken its time */
		instruments_begin(&live->instruments, live->turn_ns);
		on_turned(live);
		loop_run(live->loop);
	}
	instruments_stop(&live->instruments);
	loop_free(live->loop);
	if (done && live->broken)
		*error = live->error;
	return done && !live->broken;
}

bool live_run(const struct live_settings *settings, int *exit_code, bool *all_off, struct error *error)
{
	struct live *live = calloc(1, sizeof *live);
	bool done = false;

	if (live)
		live->walk = walk_new(&settings->walk);
	if (!live || !live->walk) {
		free(live);
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the check");
	}
	live->settings = settings;
	live->bench = settings->walk.bench;
	live->walk_deadline_ns = INSTANT_NEVER;
	live->listener = listener_of(live);
	safety_init(&live->safety, live->bench, on_safety, live);
	done = run(live, error);
	if (done)
		findings_end(live->walk, live->turn_ns - live->begin_ns, settings->json);
	*exit_code = (int)walk_exit_code(live->walk);
	*all_off = walk_all_off(live->walk);
	walk_free(live->walk);
	free(live);
	return done;
}
