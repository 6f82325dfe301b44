/* A byte stream over a simulated line that takes its time and can be pulled out. */

#include "drivers/sim/sim_instrument.h"
#include "drivers/stream.h"
#include "rig/base/text.h"

#include <stdlib.h>

struct sim_stream {
	struct instrument base;
	struct stream stream;
	struct world *world;
	struct cable *cable;
	bool open;
	int64_t change_ns;     /* the line is pulled out or put in */
};

static struct sim_stream *of(struct instrument *instrument)
{
	return (struct sim_stream *)instrument;
}

static void send_unsent(struct sim_stream *self, int64_t now_ns)
{
	const struct session_line *line;
	size_t size;

	while (self->open && ((size = stream_sendable(&self->stream)) > 0 || stream_line(&self->stream))) {
		if (size > 0) {
			cable_tell(self->cable, now_ns, self->stream.unsent, size);
			stream_sent(&self->stream, now_ns, size);
			world_look_again(self->world);
		}
		/* The device follows every rate; DTR, RTS and breaks mean nothing to it. */
		line = stream_line(&self->stream);
		if (line && line->baud > 0)
			self->cable->byte_ns = 10 * NS_PER_S / line->baud;
		if (line)
			stream_lined(&self->stream, now_ns, NULL);
	}
}

static void look_at_line(struct sim_stream *self, int64_t now_ns)
{
	bool open = cable_is_there(self->cable, now_ns);

	self->change_ns = cable_changes(self->cable, now_ns);
	self->cable->gaps_changed = false;
	if (open == self->open)
		return;
	self->open = open;
	world_tell_console(self->world, self->base.index, open, now_ns);
	self->stream.listener->note(self->stream.listener->self, self->stream.slot,
				    open ? "the serial port is back" : "a serial port was lost");
	if (open)
		stream_opened(&self->stream, now_ns);
	else
		stream_lost(&self->stream, now_ns);
}

static void hear(struct sim_stream *self, int64_t now_ns)
{
	uint8_t bytes[SESSION_OUTPUT_SIZE];
	size_t size;

	while ((size = cable_take(&self->cable->to_rig, now_ns, bytes, sizeof bytes)) > 0)
		if (self->open) {
			stream_heard(&self->stream, now_ns, bytes, size);
			send_unsent(self, now_ns);
		}
}

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct sim_stream *self = of(instrument);
	uint8_t missed[SESSION_OUTPUT_SIZE];

	while (cable_take(&self->cable->to_rig, now_ns, missed, sizeof missed) > 0)
		; /* said before anybody listened */
	self->open = cable_is_there(self->cable, now_ns);
	self->change_ns = cable_changes(self->cable, now_ns);
	if (self->open)
		stream_opened(&self->stream, now_ns);
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct sim_stream *self = (const struct sim_stream *)instrument;
	int64_t deadline_ns = stream_deadline(&self->stream);

	if (self->cable->gaps_changed)
		return 0;
	if (cable_next(&self->cable->to_rig) < deadline_ns)
		deadline_ns = cable_next(&self->cable->to_rig);
	return self->change_ns < deadline_ns ? self->change_ns : deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct sim_stream *self = of(instrument);

	if (self->change_ns <= now_ns || self->cable->gaps_changed)
		look_at_line(self, now_ns);
	hear(self, now_ns);
	stream_tick(&self->stream, now_ns);
	send_unsent(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct sim_stream *self = of(instrument);

	(void)slot;
	stream_ask(&self->stream, ask, self->open, now_ns);
	send_unsent(self, now_ns);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct sim_stream *self = (const struct sim_stream *)instrument;

	text_copy(text, size, self->stream.name);
	return self->open ? INSTRUMENT_READY : INSTRUMENT_NOT_YET;
}

static void close_instrument(struct instrument *instrument)
{
	((struct sim_stream *)instrument)->world->listener = NULL;
	free(instrument);
}

struct instrument *sim_stream_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.begin = begin, .deadline = deadline, .tick = tick, .upgrade = ask, .state = state,
						    .close = close_instrument};
	struct sim_stream *self = malloc(sizeof *self); /* all of it is set below */

	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	self->world = start->world;
	self->world->listener = start->listener;
	self->cable = world_cable(self->world, instrument);
	self->open = true;
	self->change_ns = INSTANT_NEVER;
	if (!stream_init(&self->stream, start, instrument, error)) {
		free(self);
		return NULL;
	}
	return &self->base;
}
