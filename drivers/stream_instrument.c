/*
 * The port, the console observer and the upgrade of a slot, joined. Observer and upgrade are pure machines; what is read is
 * given to both, and what a session wants to send waits here until the port takes it.
 */

#include "drivers/stream_instrument.h"

#include "drivers/loader/upgrade.h"
#include "drivers/observer/console.h"
#include "drivers/serial/port.h"
#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

#define UNSENT_SIZE (2 * SESSION_OUTPUT_SIZE)
#define PROGRESS_EVERY_BYTES (16 * 1024)

struct stream {
	struct instrument base;
	const struct bench *bench;
	const struct instrument_listener *listener;
	int slot;
	char name[INSTRUMENT_NAME_SIZE];
	struct port port;
	struct port_address address;
	struct port_settings settings;
	struct port_search search;
	bool searching;
	bool has_console, has_loader;
	struct console console;
	/* The upgrade: */
	struct upgrade upgrade;
	const struct upgrade_image *image;
	struct session session;
	bool running;
	enum upgrade_task task;
	enum phase phase;
	int64_t session_deadline_ns;
	int64_t told_bytes;
	bool first_block_told, sent_told;
	uint8_t unsent[UNSENT_SIZE];
	size_t unsent_size;
	int64_t unsent_again_ns;
	struct session_output output;
};

static struct stream *of(struct instrument *instrument)
{
	return (struct stream *)instrument;
}

/* What the console says */

static void tell_observed(struct stream *stream, const struct console_report *report)
{
	struct record record = {.kind = RECORD_NOTE};

	switch (report->kind) {
	case CONSOLE_ALERT:
		record.kind = RECORD_ALERT;
		text_copy(record.data.alert.observer, sizeof record.data.alert.observer, "console");
		text_copy(record.data.alert.code, sizeof record.data.alert.code, report->code);
		text_copy(record.data.alert.guid, sizeof record.data.alert.guid, report->guid);
		text_copy(record.data.alert.reference, sizeof record.data.alert.reference, report->reference);
		record.data.alert.count = report->count;
		record.data.alert.interruption_utc_us = report->interruption_utc_us;
		record.data.alert.restoration_utc_us = report->restoration_utc_us;
		break;
	case CONSOLE_HUB:
		record.kind = RECORD_HUB;
		record.data.hub.event = report->hub;
		break;
	case CONSOLE_HEALTH:
		record.kind = RECORD_HEALTH;
		text_copy(record.data.health.observer, sizeof record.data.health.observer, "console");
		record.data.health.healthy = report->healthy;
		text_copy(record.data.health.why, sizeof record.data.health.why, report->why);
		break;
	case CONSOLE_OVERFLOW:
		stream->listener->note(stream->listener->self, stream->slot, "the console sent a line without an end");
		return;
	}
	stream->listener->observed(stream->listener->self, stream->slot, report->t_ns, &record);
}

static void give_console(struct stream *stream, enum console_event_kind kind, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	struct console_event event = {.kind = kind, .t_ns = now_ns, .bytes = bytes, .size = size};
	struct console_report report;

	if (!stream->has_console)
		return;
	console_give(&stream->console, &event);
	while (console_take(&stream->console, &report))
		tell_observed(stream, &report);
}

/* What the upgrade says */

static void tell(struct stream *stream, int64_t now_ns, struct upgrade_report report)
{
	report.phase = stream->upgrade.phase;
	stream->listener->upgrade(stream->listener->self, stream->slot, now_ns, &report);
}

static void tell_progress(struct stream *stream, int64_t now_ns)
{
	const struct session_output *output = &stream->output;

	if (stream->phase != stream->upgrade.phase && stream->upgrade.phase != PHASE_TRANSFER) {
		stream->phase = stream->upgrade.phase;
		/* hold and activate have lines of their own: TRANSFERRED and SENT */
		if (stream->phase == PHASE_ENTER || stream->phase == PHASE_VERIFY)
			tell(stream, now_ns, (struct upgrade_report){.said = SAID_PHASE});
	}
	if (stream->task == UPGRADE_TRANSFER && output->done_bytes > 0 && !stream->first_block_told) {
		stream->first_block_told = true;
		stream->phase = PHASE_TRANSFER;
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_FIRST_BLOCK});
	}
	if (output->done_bytes - stream->told_bytes >= PROGRESS_EVERY_BYTES) {
		stream->told_bytes = output->done_bytes;
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_PROGRESS, .done_bytes = output->done_bytes,
							     .total_bytes = output->total_bytes});
	}
	if (stream->task == UPGRADE_ACTIVATE && stream->upgrade.activation_sent && !stream->sent_told) {
		stream->sent_told = true;
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_SENT});
	}
}

static void tell_end(struct stream *stream, int64_t now_ns)
{
	const struct error *error = &stream->output.error;
	bool done = stream->output.state == SESSION_DONE;

	stream->running = false;
	switch (stream->task) {
	case UPGRADE_TRANSFER:
		tell(stream, now_ns, done ? (struct upgrade_report){.said = SAID_TRANSFERRED}
					  : (struct upgrade_report){.said = SAID_FAILED, .error = error});
		break;
	case UPGRADE_ACTIVATE:
		if (stream->upgrade.activation == ACTIVATION_ACCEPTED)
			tell(stream, now_ns, (struct upgrade_report){.said = SAID_ACCEPTED});
		else if (stream->upgrade.activation == ACTIVATION_REFUSED)
			tell(stream, now_ns, (struct upgrade_report){.said = SAID_REFUSED});
		else
			tell(stream, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = error});
		break;
	case UPGRADE_VERSION:
		tell(stream, now_ns, done ? (struct upgrade_report){.said = SAID_VERSION, .text = stream->upgrade.version}
					  : (struct upgrade_report){.said = SAID_FAILED, .error = error});
		break;
	}
}

static void lose(struct stream *stream, int64_t now_ns);

static void send_unsent(struct stream *stream, int64_t now_ns)
{
	size_t count;

	while (stream->unsent_size > 0) {
		switch (port_write(&stream->port, stream->unsent, stream->unsent_size, &count)) {
		case PORT_MOVED:
			stream->listener->raw(stream->listener->self, stream->name, now_ns, '>', stream->unsent, count);
			memmove(stream->unsent, stream->unsent + count, stream->unsent_size - count);
			stream->unsent_size -= count;
			break;
		case PORT_LATER:
			return;
		case PORT_GONE:
			lose(stream, now_ns);
			return;
		}
	}
}

static void step(struct stream *stream, enum session_event_kind kind, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = now_ns, .bytes = bytes, .size = size};

	if (!stream->running)
		return;
	session_step(&stream->session, &event, &stream->output);
	stream->session_deadline_ns = stream->output.deadline_ns;
	if (stream->output.size > 0 && stream->unsent_size + stream->output.size <= UNSENT_SIZE) {
		memcpy(stream->unsent + stream->unsent_size, stream->output.bytes, stream->output.size);
		stream->unsent_size += stream->output.size;
	}
	tell_progress(stream, now_ns);
	if (stream->output.state != SESSION_RUNNING)
		tell_end(stream, now_ns);
	if (stream->port.fd >= 0)
		send_unsent(stream, now_ns);
}

/* The port */

static void lose(struct stream *stream, int64_t now_ns)
{
	if (stream->searching)
		return;
	stream->searching = true;
	stream->unsent_size = 0;
	port_search_begin(&stream->search, &stream->port, &stream->address, &stream->settings, now_ns);
	stream->listener->note(stream->listener->self, stream->slot, "a serial port was lost");
	give_console(stream, CONSOLE_LOST, now_ns, NULL, 0);
	step(stream, SESSION_LOST, now_ns, NULL, 0);
}

static void search(struct stream *stream, int64_t now_ns)
{
	char text[FREE_TEXT_SIZE];
	struct text line;

	if (!port_search_step(&stream->search, &stream->port, now_ns))
		return;
	port_search_end(&stream->search);
	stream->searching = false;
	text_init(&line, text, sizeof text);
	text_format(&line, "the serial port is back as %s", stream->port.name);
	stream->listener->note(stream->listener->self, stream->slot, text);
	give_console(stream, CONSOLE_OPENED, now_ns, NULL, 0);
}

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct stream *stream = of(instrument);

	if (stream->port.fd >= 0)
		give_console(stream, CONSOLE_OPENED, now_ns, NULL, 0);
}

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct stream *stream = (const struct stream *)instrument;

	fds[0] = stream->port.fd;
	return stream->port.fd >= 0 ? 1 : 0;
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct stream *stream = of(instrument);
	uint8_t bytes[1024];
	size_t count;

	(void)fd;
	for (;;) {
		switch (port_read(&stream->port, bytes, sizeof bytes, &count)) {
		case PORT_MOVED:
			stream->listener->raw(stream->listener->self, stream->name, now_ns, '<', bytes, count);
			give_console(stream, CONSOLE_BYTES, now_ns, bytes, count);
			step(stream, SESSION_BYTES, now_ns, bytes, count);
			if (stream->port.fd >= 0)
				continue;
			return;
		case PORT_LATER:
			return;
		case PORT_GONE:
			lose(stream, now_ns);
			return;
		}
	}
}

#define UNSENT_AGAIN_NS (2 * NS_PER_MS) /* a full port is asked again: the loop polls for reading only */

static int64_t deadline(const struct instrument *instrument)
{
	const struct stream *stream = (const struct stream *)instrument;
	int64_t deadline_ns = stream->has_console ? console_deadline(&stream->console) : INSTANT_NEVER;

	if (stream->searching && stream->search.next_ns < deadline_ns)
		deadline_ns = stream->search.next_ns;
	if (stream->running && stream->session_deadline_ns < deadline_ns)
		deadline_ns = stream->session_deadline_ns;
	if (stream->unsent_size > 0 && stream->unsent_again_ns < deadline_ns)
		deadline_ns = stream->unsent_again_ns;
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct stream *stream = of(instrument);

	if (stream->searching && stream->search.next_ns <= now_ns)
		search(stream, now_ns);
	if (stream->has_console && console_deadline(&stream->console) <= now_ns)
		give_console(stream, CONSOLE_DEADLINE, now_ns, NULL, 0);
	if (stream->running && stream->session_deadline_ns <= now_ns)
		step(stream, SESSION_DEADLINE, now_ns, NULL, 0);
	if (stream->unsent_size > 0 && stream->port.fd >= 0) {
		stream->unsent_again_ns = now_ns + UNSENT_AGAIN_NS;
		send_unsent(stream, now_ns);
	}
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	static const enum upgrade_task tasks[] = {
		[ASK_TRANSFER] = UPGRADE_TRANSFER, [ASK_ACTIVATE] = UPGRADE_ACTIVATE, [ASK_VERSION] = UPGRADE_VERSION,
	};
	struct stream *stream = of(instrument);

	(void)slot;
	if (stream->running)
		step(stream, SESSION_CANCEL, now_ns, NULL, 0);
	if (ask == ASK_CANCEL || stream->running)
		return;
	stream->task = tasks[ask];
	stream->told_bytes = 0;
	stream->first_block_told = false;
	if (ask == ASK_TRANSFER && stream->image)
		upgrade_set_image(&stream->upgrade, stream->image->bytes, stream->image->size);
	stream->output.error = (struct error){FAULT_RIG, "the console's port is lost"};
	stream->output.state = SESSION_FAILED;
	if (stream->port.fd < 0 || !upgrade_begin(&stream->upgrade, stream->task, &stream->session, &stream->output.error)) {
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = &stream->output.error});
		return;
	}
	stream->running = true;
	step(stream, SESSION_START, now_ns, NULL, 0);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct stream *stream = (const struct stream *)instrument;
	bool open = stream->port.fd >= 0;

	text_copy(text, size, open ? stream->port.name : stream->search.why.text[0] ? stream->search.why.text : stream->name);
	return open ? INSTRUMENT_READY : INSTRUMENT_NOT_YET;
}

static void close_instrument(struct instrument *instrument)
{
	struct stream *stream = of(instrument);

	if (stream->searching)
		port_search_end(&stream->search);
	port_close(&stream->port);
	free(stream);
}

struct instrument *stream_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.begin = begin, .descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .upgrade = ask,
		.state = state, .close = close_instrument,
	};
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	struct stream *stream = calloc(1, sizeof *stream);

	if (!stream) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	stream->base = (struct instrument){&kind, instrument};
	stream->bench = start->bench;
	stream->listener = start->listener;
	stream->slot = from->slot;
	stream->address = from->port;
	stream->settings = from->settings;
	stream->image = start->image;
	stream->session_deadline_ns = INSTANT_NEVER;
	text_copy(stream->name, sizeof stream->name, from->name);
	stream->has_console = from->console != NULL;
	stream->has_loader = from->loader != NULL;
	if (stream->has_loader)
		upgrade_init(&stream->upgrade, from->loader, from->settings.baud);
	if (start->was_activated && start->was_activated[from->slot])
		upgrade_was_activated(&stream->upgrade);
	if ((stream->has_console && !console_init(&stream->console, from->console, error)) ||
	    !port_open(&stream->port, &stream->address, &stream->settings, error)) {
		free(stream);
		return NULL;
	}
	return &stream->base;
}
