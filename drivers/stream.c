/* Observer and upgrade are pure machines; here they get the same bytes, and their reports one listener. */

#include "drivers/stream.h"

#include "rig/base/text.h"

#include <stddef.h>
#include <string.h>


/* ---- What the console says ---- */

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

/* ---- What the upgrade says ---- */

static void tell(struct stream *stream, int64_t now_ns, struct upgrade_report report)
{
	report.phase = stream->upgrade.phase;
	stream->listener->upgrade(stream->listener->self, stream->slot, now_ns, &report);
}

static void tell_progress(struct stream *stream, int64_t now_ns)
{
	const struct session_output *output = &stream->output;

	if (stream->task == UPGRADE_TRANSFER && output->done_bytes > 0 && !stream->first_block_told) {
		stream->first_block_told = true;
		stream->phase = PHASE_TRANSFER;
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_FIRST_BLOCK});
	}
	if (stream->task == UPGRADE_TRANSFER &&
	    upgrade_progress_is_due(&stream->told, output->done_bytes, output->total_bytes, now_ns))
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_PROGRESS, .done_bytes = output->done_bytes,
							     .total_bytes = output->total_bytes});
	if (stream->phase != stream->upgrade.phase && stream->upgrade.phase != PHASE_TRANSFER) {
		stream->phase = stream->upgrade.phase;
		/* hold and activate have lines of their own: TRANSFERRED and SENT */
		if (stream->phase == PHASE_ENTER || stream->phase == PHASE_VERIFY)
			tell(stream, now_ns, (struct upgrade_report){.said = SAID_PHASE});
	}
	if (stream->task == UPGRADE_ACTIVATE && stream->upgrade.activation_sent && !stream->sent_told) {
		stream->sent_told = true;
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_SENT});
	}
}

/* `silence`: time ended it, and nothing that the line did. */
static void tell_end(struct stream *stream, int64_t now_ns, bool silence)
{
	struct error *error = &stream->output.error;
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
		/* The question went out on a line that is open. A transfer that starves may still be the line's own doing. */
		if (silence && error->fault == FAULT_RIG)
			error->fault = FAULT_DEVICE;
		tell(stream, now_ns, done ? (struct upgrade_report){.said = SAID_VERSION, .text = stream->upgrade.version}
					  : (struct upgrade_report){.said = SAID_FAILED, .error = error});
		break;
	}
}

static void step(struct stream *stream, enum session_event_kind kind, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	struct session_event event = {.kind = kind, .t_ns = now_ns, .bytes = bytes, .size = size};

	if (!stream->running)
		return;
	session_step(&stream->session, &event, &stream->output);
	stream->session_deadline_ns = stream->output.deadline_ns;
	if (stream->output.size > 0 && stream->unsent_size + stream->output.size <= STREAM_UNSENT_SIZE) {
		memcpy(stream->unsent + stream->unsent_size, stream->output.bytes, stream->output.size);
		stream->unsent_size += stream->output.size;
	}
	if (session_wants_line(&stream->output) && stream->line_count < STREAM_LINES_MAX)
		stream->lines[stream->line_count++] = (struct stream_line){stream->output.line, stream->unsent_size, stream->session_number};
	tell_progress(stream, now_ns);
	if (stream->output.state != SESSION_RUNNING)
		tell_end(stream, now_ns, kind == SESSION_DEADLINE);
}

/* ---- The line ---- */

void stream_opened(struct stream *stream, int64_t now_ns)
{
	give_console(stream, CONSOLE_OPENED, now_ns, NULL, 0);
}

void stream_lost(struct stream *stream, int64_t now_ns)
{
	stream->unsent_size = 0;
	give_console(stream, CONSOLE_LOST, now_ns, NULL, 0);
	step(stream, SESSION_LOST, now_ns, NULL, 0);
	stream->unsent_size = 0;
	stream->line_count = 0; /* it comes back as the bench file says */
}

void stream_heard(struct stream *stream, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	stream->listener->raw(stream->listener->self, stream->name, now_ns, '<', bytes, size);
	give_console(stream, CONSOLE_BYTES, now_ns, bytes, size);
	step(stream, SESSION_BYTES, now_ns, bytes, size);
}

void stream_sent(struct stream *stream, int64_t now_ns, size_t size)
{
	size_t i;

	stream->listener->raw(stream->listener->self, stream->name, now_ns, '>', stream->unsent, size);
	memmove(stream->unsent, stream->unsent + size, stream->unsent_size - size);
	stream->unsent_size -= size;
	for (i = 0; i < stream->line_count; i++)
		stream->lines[i].behind -= size;
}

size_t stream_sendable(const struct stream *stream)
{
	return stream->line_count > 0 ? stream->lines[0].behind : stream->unsent_size;
}

const struct session_line *stream_line(const struct stream *stream)
{
	return stream->line_count > 0 && stream->lines[0].behind == 0 ? &stream->lines[0].line : NULL;
}

void stream_lined(struct stream *stream, int64_t now_ns, const struct error *error)
{
	bool waits = stream->lines[0].session == stream->session_number;

	memmove(stream->lines, stream->lines + 1, --stream->line_count * sizeof *stream->lines);
	if (error)
		stream->listener->note(stream->listener->self, stream->slot, error->text);
	else if (waits)
		step(stream, SESSION_LINE, now_ns, NULL, 0);
}

int64_t stream_deadline(const struct stream *stream)
{
	int64_t deadline_ns = stream->has_console ? console_deadline(&stream->console) : INSTANT_NEVER;

	return stream->running && stream->session_deadline_ns < deadline_ns ? stream->session_deadline_ns : deadline_ns;
}

void stream_tick(struct stream *stream, int64_t now_ns)
{
	if (stream->has_console && console_deadline(&stream->console) <= now_ns)
		give_console(stream, CONSOLE_DEADLINE, now_ns, NULL, 0);
	if (stream->running && stream->session_deadline_ns <= now_ns)
		step(stream, SESSION_DEADLINE, now_ns, NULL, 0);
}

static void take_image(struct stream *stream)
{
	upgrade_set_image(&stream->upgrade, stream->image->bytes, stream->image->size);
	upgrade_set_digest(&stream->upgrade, stream->image->sha256);
}

void stream_ask(struct stream *stream, enum upgrade_ask ask, bool open, int64_t now_ns)
{
	static const enum upgrade_task tasks[] = {
		[ASK_TRANSFER] = UPGRADE_TRANSFER, [ASK_ACTIVATE] = UPGRADE_ACTIVATE, [ASK_VERSION] = UPGRADE_VERSION,
	};

	if (stream->running)
		step(stream, SESSION_CANCEL, now_ns, NULL, 0);
	if (ask == ASK_CANCEL || stream->running)
		return;
	stream->task = tasks[ask];
	stream->told = (struct upgrade_told){.bytes = 0};
	stream->first_block_told = false;
	if (ask == ASK_TRANSFER && stream->image)
		take_image(stream);
	stream->output.error = (struct error){FAULT_RIG, "the console's port is lost"};
	stream->output.state = SESSION_FAILED;
	if (!open || !upgrade_begin(&stream->upgrade, stream->task, &stream->session, &stream->output.error)) {
		tell(stream, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = &stream->output.error});
		return;
	}
	stream->running = true;
	stream->session_number++;
	step(stream, SESSION_START, now_ns, NULL, 0);
}

bool stream_init(struct stream *stream, const struct driver_start *start, int instrument, struct error *error)
{
	const struct bench_instrument *from = &start->bench->instruments[instrument];

	memset(stream, 0, offsetof(struct stream, console));
	stream->listener = start->listener;
	stream->slot = from->slot;
	stream->image = start->image;
	stream->session_deadline_ns = INSTANT_NEVER;
	text_copy(stream->name, sizeof stream->name, from->name);
	stream->has_console = from->console != NULL;
	stream->has_loader = from->loader != NULL;
	if (stream->has_loader)
		upgrade_init(&stream->upgrade, from->loader, from->settings.baud);
	if (start->was_activated && start->was_activated[from->slot])
		upgrade_was_activated(&stream->upgrade);
	return !stream->has_console || console_init(&stream->console, from->console, error);
}
