/* The port around a dongle: bytes in and out, its lines, and looking for it when it is lost. */

#include "drivers/zigbee/zigbee_instrument.h"

#include "drivers/serial/link.h"
#include "drivers/zigbee/dongle.h"
#include "rig/base/random.h"
#include "rig/base/text.h"

#include <stdio.h>
#include <stdlib.h>

#define UNSENT_AGAIN_NS (2 * NS_PER_MS) /* a full port is asked again: the loop polls for reading only */

struct zigbee_instrument {
	struct instrument base;
	struct port_link link;
	int64_t unsent_again_ns;
	struct dongle dongle;
};

static struct zigbee_instrument *of(struct instrument *instrument)
{
	return (struct zigbee_instrument *)instrument;
}

static void note(const struct zigbee_instrument *self, const char *text)
{
	self->dongle.listener->note(self->dongle.listener->self, -1, text);
}

static void lose(struct zigbee_instrument *self, int64_t now_ns)
{
	if (!port_link_lose(&self->link, now_ns))
		return;
	dongle_lost(&self->dongle, now_ns);
}

/* A dongle that is woken by its lines has some; one on a pty or a socket is told all the same, and goes on without. */
static void set_lines(struct zigbee_instrument *self)
{
	struct error error;

	self->dongle.wants_lines = false;
	if (!port_set_lines(&self->link.port, self->dongle.dtr ? PORT_LINE_ON : PORT_LINE_OFF, self->dongle.rts ? PORT_LINE_ON : PORT_LINE_OFF, &error))
		note(self, error.text);
}

static void send_unsent(struct zigbee_instrument *self, int64_t now_ns)
{
	size_t count;

	if (self->dongle.wants_lines && self->link.port.fd >= 0)
		set_lines(self);
	while (self->dongle.znp.unsent_size > 0 && self->link.port.fd >= 0) {
		switch (port_write(&self->link.port, self->dongle.znp.unsent, self->dongle.znp.unsent_size, &count)) {
		case PORT_MOVED:
			dongle_sent(&self->dongle, now_ns, count);
			break;
		case PORT_LATER:
			return;
		case PORT_GONE:
			lose(self, now_ns);
			return;
		}
	}
}

static void search(struct zigbee_instrument *self, int64_t now_ns)
{
	char text[FREE_TEXT_SIZE];

	if (!port_link_find(&self->link, now_ns))
		return;
	(void)snprintf(text, sizeof text, "the dongle is back as %s", self->link.port.name);
	note(self, text);
	dongle_opened(&self->dongle, now_ns);
}

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct zigbee_instrument *self = of(instrument);

	if (self->link.port.fd >= 0)
		dongle_opened(&self->dongle, now_ns);
	send_unsent(self, now_ns);
}

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct zigbee_instrument *self = (const struct zigbee_instrument *)instrument;

	fds[0] = self->link.port.fd;
	return self->link.port.fd >= 0 ? 1 : 0;
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct zigbee_instrument *self = of(instrument);
	uint8_t bytes[ZNP_HEARD_MAX];
	size_t count;

	(void)fd;
	while (self->link.port.fd >= 0) {
		switch (port_read(&self->link.port, bytes, sizeof bytes, &count)) {
		case PORT_MOVED:
			dongle_heard(&self->dongle, now_ns, bytes, count);
			send_unsent(self, now_ns);
			dongle_log_heard(&self->dongle);
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
	const struct zigbee_instrument *self = (const struct zigbee_instrument *)instrument;
	int64_t deadline_ns = dongle_deadline(&self->dongle);

	if (port_link_deadline(&self->link) < deadline_ns)
		deadline_ns = port_link_deadline(&self->link);
	if (self->dongle.znp.unsent_size > 0 && self->unsent_again_ns < deadline_ns)
		deadline_ns = self->unsent_again_ns;
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct zigbee_instrument *self = of(instrument);

	search(self, now_ns);
	dongle_tick(&self->dongle, now_ns);
	self->unsent_again_ns = now_ns + UNSENT_AGAIN_NS;
	send_unsent(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct zigbee_instrument *self = of(instrument);

	dongle_ask(&self->dongle, slot, ask, now_ns);
	send_unsent(self, now_ns);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct zigbee_instrument *self = (const struct zigbee_instrument *)instrument;
	struct text line;

	text_init(&line, text, size);
	text_format(&line, "%s: %s", self->link.port.fd >= 0 ? self->link.port.name : "no port", self->dongle.why);
	return self->dongle.up ? INSTRUMENT_READY : INSTRUMENT_NOT_YET;
}

static void close_instrument(struct instrument *instrument)
{
	struct zigbee_instrument *self = of(instrument);

	port_link_close(&self->link);
	free(self);
}

struct instrument *zigbee_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.begin = begin, .descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .upgrade = ask,
		.state = state, .close = close_instrument,
	};
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	struct zigbee_instrument *self = calloc(1, sizeof *self);
	uint8_t random[32]; /* for a network that has to be made */

	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	if (!random_bytes(random, sizeof random, error) || !dongle_init(&self->dongle, start, instrument, random, error) ||
	    !port_link_open(&self->link, &from->port, &from->settings, error)) {
		free(self);
		return NULL;
	}
	return &self->base;
}
