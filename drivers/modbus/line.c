/* Bytes between a tty and a socketpair, and a record of them. */

#include "drivers/modbus/line.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void line_init(struct line *line, void (*record)(void *, const struct modbus_frame *), void *recorder)
{
	*line = (struct line){.tty = -1, .pair = -1, .record = record, .recorder = recorder};
}

void line_attach(struct line *line, int tty, int pair)
{
	line->tty = tty;
	line->pair = pair;
	line->open = false;
	line->request_size = line->heard_size = 0;
	line->first_ns = line->last_ns = 0;
}

void line_detach(struct line *line)
{
	int64_t last_ns;

	line_end(line, &last_ns);
	line->tty = line->pair = -1;
}

static void put_record(struct line *line, enum modbus_frame_kind kind, int64_t first_ns, int64_t last_ns, const uint8_t *bytes,
		       size_t size)
{
	const struct modbus_frame frame = {.kind = kind, .first_ns = first_ns, .last_ns = last_ns, .bytes = bytes, .size = size};

	if (line->record && size > 0)
		line->record(line->recorder, &frame);
}

static void hear(struct line *line, const uint8_t *bytes, size_t size, int64_t now_ns)
{
	size_t room = line->heard_size < sizeof line->heard ? sizeof line->heard - line->heard_size : 0;

	if (!line->open) {
		put_record(line, MODBUS_FRAME_DROPPED, now_ns, now_ns, bytes, size);
		return;
	}
	memcpy(line->heard + line->heard_size, bytes, size < room ? size : room);
	if (size > room)
		put_record(line, MODBUS_FRAME_DROPPED, now_ns, now_ns, bytes + room, size - room);
	if (line->heard_size == 0)
		line->first_ns = now_ns;
	line->heard_size += size;
	line->last_ns = now_ns;
	/* A worker that has given up meanwhile needs nothing; one that reads has room for a frame. */
	(void)!send(line->pair, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

enum line_state line_tty_ready(struct line *line, int64_t now_ns)
{
	uint8_t bytes[2 * MODBUS_FRAME_MAX];
	ssize_t got = read(line->tty, bytes, sizeof bytes);

	if (got > 0) {
		hear(line, bytes, (size_t)got, now_ns);
		return LINE_HEARD;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return LINE_NOTHING;
	return LINE_LOST;
}

static bool drop_late(struct line *line, int64_t now_ns)
{
	uint8_t bytes[MODBUS_FRAME_MAX];
	bool late = false;
	int reads;
	ssize_t got;

	/* A line that babbles faster than this reads is not waited for. */
	for (reads = 0; reads < 16 && (got = read(line->tty, bytes, sizeof bytes)) > 0; reads++) {
		put_record(line, MODBUS_FRAME_DROPPED, now_ns, now_ns, bytes, (size_t)got);
		late = true;
	}
	return late;
}

bool line_pair_ready(struct line *line)
{
	ssize_t size = recv(line->pair, line->request, sizeof line->request, MSG_DONTWAIT);

	if (size > 0)
		line->request_size = (size_t)size;
	return size > 0;
}

enum line_state line_send(struct line *line, int64_t now_ns)
{
	bool late = drop_late(line, now_ns);
	ssize_t written = write(line->tty, line->request, line->request_size);

	line->request_size = 0;
	if (written < 0 && errno != EAGAIN && errno != EINTR)
		return LINE_LOST;
	put_record(line, MODBUS_FRAME_SENT, now_ns, now_ns, line->request, written < 0 ? 0 : (size_t)written);
	line->open = true;
	line->heard_size = 0;
	line->first_ns = line->last_ns = 0;
	return late ? LINE_HEARD : LINE_NOTHING;
}

size_t line_end(struct line *line, int64_t *last_ns)
{
	size_t size = line->open ? line->heard_size : 0;

	*last_ns = line->open ? line->last_ns : 0;
	if (line->open)
		put_record(line, MODBUS_FRAME_HEARD, line->first_ns, line->last_ns, line->heard,
			   size < sizeof line->heard ? size : sizeof line->heard);
	line->open = false;
	line->request_size = line->heard_size = 0;
	return size;
}
