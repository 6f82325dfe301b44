/* The receiver of YMODEM: block 0, the file, and the empty block 0 behind it. */

#include "drivers/loader/ymodem_receive.h"

#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

void ymodem_receive_init(struct ymodem_receive *receive, uint8_t *image, size_t room, int64_t start_ns)
{
	*receive = (struct ymodem_receive){.image = image, .room = room, .start_ns = start_ns};
}

static void use_stage(struct ymodem_receive *receive, enum ymodem_stage stage)
{
	struct xmodem_receive *inner = &receive->receive;
	bool file = stage == YMODEM_FILE;

	receive->stage = stage;
	xmodem_receive_init(inner, file ? receive->image : receive->header, file ? receive->room : sizeof receive->header,
	                    receive->start_ns);
	inner->part = stage == YMODEM_HEADER ? XMODEM_BLOCK_ZERO : file ? XMODEM_FILE : XMODEM_FAREWELL;
	receive->part = (struct chain_part){xmodem_receive_session(inner), &inner->used};
}

/* A name that ends, and a size that is one. */
static bool read_header(struct ymodem_receive *receive, size_t header_size)
{
	const char *name = (const char *)receive->header, *end = memchr(name, '\0', header_size);
	char said[64];
	char *rest;

	if (!end || end == name || !memchr(end + 1, '\0', header_size - (size_t)(end + 1 - name)))
		return false;
	text_copy(receive->name, sizeof receive->name, name);
	text_copy(said, sizeof said, end + 1);
	receive->size = strtoul(said, &rest, 10);
	receive->changed_s = *rest == ' ' ? strtol(rest + 1, NULL, 8) : 0;
	return rest != said && receive->size > 0 && receive->size <= receive->room;
}

static bool use_next(void *self, struct chain_part *part)
{
	struct ymodem_receive *receive = self;

	if (receive->stage == YMODEM_FAREWELL) {
		receive->wrong = receive->header[0] != 0;
		return false;
	}
	receive->wrong = receive->stage == YMODEM_HEADER ? !read_header(receive, receive->receive.size)
	                                                 : receive->receive.size < receive->size;
	if (receive->wrong)
		return false;
	use_stage(receive, receive->stage == YMODEM_HEADER ? YMODEM_FILE : YMODEM_FAREWELL);
	*part = receive->part;
	return true;
}

static void refuse(const struct ymodem_receive *receive, struct session_output *output)
{
	output->state = SESSION_FAILED;
	output->deadline_ns = INSTANT_NEVER;
	output->size = xmodem_put_cancel(output->bytes);
	error_set(&output->error, FAULT_RIG, "%s", receive->stage == YMODEM_HEADER ? "block 0 names no file, or one without a size that fits"
	                                           : receive->stage == YMODEM_FILE ? "the file is shorter than block 0 said"
	                                                                           : "a second file follows");
}

static void limit_farewell(struct ymodem_receive *receive, int64_t t_ns, bool begins, struct session_output *output)
{
	if (begins)
		receive->farewell_ns = t_ns + YMODEM_FAREWELL_NS;
	if (output->state != SESSION_RUNNING)
		return;
	if (t_ns >= receive->farewell_ns) {
		output->state = SESSION_DONE;
		output->deadline_ns = INSTANT_NEVER;
	} else if (receive->farewell_ns < output->deadline_ns) {
		output->deadline_ns = receive->farewell_ns;
	}
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct ymodem_receive *receive = self;
	enum ymodem_stage before;

	if (event->kind == SESSION_START) {
		receive->size = 0;
		receive->wrong = false;
		use_stage(receive, YMODEM_HEADER);
	}
	before = receive->stage;
	chain_step(&receive->part, use_next, receive, event, output);
	receive->used = output->state == SESSION_DONE ? receive->receive.used : event->size;
	if (receive->wrong)
		refuse(receive, output);
	else if (receive->stage == YMODEM_FAREWELL)
		limit_farewell(receive, event->t_ns, before != YMODEM_FAREWELL, output);
	output->done_bytes = receive->stage == YMODEM_FILE ? (int64_t)receive->receive.size : 0;
	output->total_bytes = 0;
}

struct session ymodem_receive_session(struct ymodem_receive *receive)
{
	static const struct session_kind kind = {"ymodem-receive", step};

	return (struct session){&kind, receive};
}
