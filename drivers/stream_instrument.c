/* The port around a stream: bytes in and out, and looking for it when it is lost. */

#include "drivers/stream_instrument.h"

#include "drivers/serial/link.h"
#include "drivers/stream.h"
#include "rig/base/text.h"

#include <stdlib.h>

#define UNSENT_AGAIN_NS (2 * NS_PER_MS) /* a full port is asked again: the loop polls for reading only */

struct stream_instrument {
	struct instrument base;
	struct stream stream;
	struct port_link link;
	int64_t unsent_again_ns;
};

static struct stream_instrument *of(struct instrument *instrument)
{
	return (struct stream_instrument *)instrument;
}

static void note(const struct stream_instrument *self, const char *text)
{
	self->stream.listener->note(self->stream.listener->self, self->stream.slot, text);
}

static void lose(struct stream_instrument *self, int64_t now_ns)
{
	if (!port_link_lose(&self->link, now_ns))
		return;
	note(self, "a serial port was lost");
	stream_lost(&self->stream, now_ns);
}

static bool make_line(struct stream_instrument *self, const struct session_line *line, struct error *error)
{
	struct port_settings settings = self->link.settings;

	settings.baud = line->baud;
	return (line->baud == 0 || port_set_rate(&self->link.port, &settings, error)) &&
	       ((line->dtr == PORT_LINE_LEAVE && line->rts == PORT_LINE_LEAVE) || port_set_lines(&self->link.port, line->dtr, line->rts, error)) &&
	       (line->brk == PORT_LINE_LEAVE || port_set_break(&self->link.port, line->brk == PORT_LINE_ON, error));
}

/* Waits, without blocking, until all that was sent is out. */
static void set_line(struct stream_instrument *self, int64_t now_ns)
{
	const struct session_line *line;
	struct error error;

	while (self->link.port.fd >= 0 && (line = stream_line(&self->stream)) && port_is_drained(&self->link.port))
		stream_lined(&self->stream, now_ns, make_line(self, line, &error) ? NULL : &error);
}

static void send_unsent(struct stream_instrument *self, int64_t now_ns)
{
	size_t count;

	while ((set_line(self, now_ns), stream_sendable(&self->stream) > 0) && self->link.port.fd >= 0) {
		switch (port_write(&self->link.port, self->stream.unsent, stream_sendable(&self->stream), &count)) {
		case PORT_MOVED:
			stream_sent(&self->stream, now_ns, count);
			break;
		case PORT_LATER:
			return;
		case PORT_GONE:
			lose(self, now_ns);
			return;
		}
	}
}

static void search(struct stream_instrument *self, int64_t now_ns)
{
	char text[FREE_TEXT_SIZE];
	struct text line;

	if (!port_link_find(&self->link, now_ns))
		return;
	text_init(&line, text, sizeof text);
	text_format(&line, "the serial port is back as %s", self->link.port.name);
	note(self, text);
	stream_opened(&self->stream, now_ns);
}

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct stream_instrument *self = of(instrument);

	if (self->link.port.fd >= 0)
		stream_opened(&self->stream, now_ns);
}

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct stream_instrument *self = (const struct stream_instrument *)instrument;

	fds[0] = self->link.port.fd;
	return self->link.port.fd >= 0 ? 1 : 0;
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct stream_instrument *self = of(instrument);
	uint8_t bytes[1024];
	size_t count;

	(void)fd;
	while (self->link.port.fd >= 0) {
		switch (port_read(&self->link.port, bytes, sizeof bytes, &count)) {
		case PORT_MOVED:
			stream_heard(&self->stream, now_ns, bytes, count);
			send_unsent(self, now_ns);
			break;
		case PORT_LATER:
			return;
		case PORT_GONE:
			lose(self, now_ns);
			return;
		}
	}
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct stream_instrument *self = (const struct stream_instrument *)instrument;
	int64_t deadline_ns = stream_deadline(&self->stream);

	if (port_link_deadline(&self->link) < deadline_ns)
		deadline_ns = port_link_deadline(&self->link);
	if ((self->stream.unsent_size > 0 || stream_line(&self->stream)) && self->unsent_again_ns < deadline_ns)
		deadline_ns = self->unsent_again_ns;
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct stream_instrument *self = of(instrument);

	search(self, now_ns);
	stream_tick(&self->stream, now_ns);
	self->unsent_again_ns = now_ns + UNSENT_AGAIN_NS;
	send_unsent(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct stream_instrument *self = of(instrument);

	(void)slot;
	stream_ask(&self->stream, ask, self->link.port.fd >= 0, now_ns);
	send_unsent(self, now_ns);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct stream_instrument *self = (const struct stream_instrument *)instrument;
	bool open = self->link.port.fd >= 0;

	text_copy(text, size, open ? self->link.port.name : self->link.search.why.text[0] ? self->link.search.why.text : self->stream.name);
	return open ? INSTRUMENT_READY : INSTRUMENT_NOT_YET;
}

static void close_instrument(struct instrument *instrument)
{
	struct stream_instrument *self = of(instrument);

	port_link_close(&self->link);
	free(self);
}

struct instrument *stream_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.begin = begin, .descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .upgrade = ask,
		.state = state, .close = close_instrument,
	};
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	struct stream_instrument *self = calloc(1, sizeof *self);

	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	if (!stream_init(&self->stream, start, instrument, error) ||
	    !port_link_open(&self->link, &from->port, &from->settings, error)) {
		free(self);
		return NULL;
	}
	return &self->base;
}
