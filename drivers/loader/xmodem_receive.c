/* The receiver of XMODEM with CRC. */

#include "drivers/loader/xmodem_receive.h"

#include <string.h>

#define FRAME_EXTRA 5 /* start, number, complement, CRC */

void xmodem_receive_init(struct xmodem_receive *receive, uint8_t *image, size_t room, int64_t start_ns)
{
	*receive = (struct xmodem_receive){.image = image, .room = room, .start_ns = start_ns};
}

static void put(struct session_output *output, uint8_t byte)
{
	if (output->size < SESSION_OUTPUT_SIZE)
		output->bytes[output->size++] = byte;
}

static void fail(struct session_output *output, bool tell, enum fault fault, const char *text)
{
	output->state = SESSION_FAILED;
	error_set(&output->error, fault, "%s", text);
	if (tell)
		output->size = xmodem_put_cancel(output->bytes);
}

static bool is_block_zero(const struct xmodem_receive *receive)
{
	return receive->part == XMODEM_BLOCK_ZERO || receive->part == XMODEM_FAREWELL;
}

static size_t frame_length(const struct xmodem_receive *receive)
{
	return (receive->frame[0] == XMODEM_STX ? XMODEM_BLOCK_MAX : 128U) + FRAME_EXTRA;
}

static bool frame_is_good(const struct xmodem_receive *receive)
{
	const uint8_t *frame = receive->frame;
	size_t data = receive->frame_size - FRAME_EXTRA;
	uint16_t crc = (uint16_t)(frame[3 + data] << 8 | frame[4 + data]);

	return (frame[1] ^ frame[2]) == 0xFF && xmodem_crc(0, frame + 3, data) == crc;
}

static void take_frame(struct xmodem_receive *receive, int64_t t_ns, struct session_output *output)
{
	size_t data = receive->frame_size - FRAME_EXTRA;
	uint8_t number = receive->frame[1];
	bool good = frame_is_good(receive);

	receive->frame_size = 0;
	receive->deadline_ns = t_ns + (good ? XMODEM_ANSWER_NS : XMODEM_QUIET_NS);
	receive->refusing = !good;
	if (!good)
		return;
	if ((receive->begun || receive->part == XMODEM_FILE) && number == (uint8_t)(receive->number - 1)) {
		put(output, XMODEM_ACK);
		if (!receive->begun) /* 'C' asked for the first block before; what came shows that it was lost, too */
			put(output, XMODEM_CRC);
	} else if (number != receive->number) {
		fail(output, true, FAULT_RIG, "the sender is out of step");
	} else if (data > receive->room - receive->size) {
		fail(output, true, FAULT_RIG, "the image is longer than there is room for");
	} else {
		memcpy(receive->image + receive->size, receive->frame + 3, data);
		receive->size += data;
		receive->number++;
		receive->begun = true;
		receive->end_seen = false;
		receive->tries = 0;
		put(output, XMODEM_ACK);
		if (is_block_zero(receive))
			output->state = SESSION_DONE;
	}
}

static void take_between_frames(struct xmodem_receive *receive, uint8_t byte, int64_t t_ns, struct session_output *output)
{
	bool cancel_seen = receive->cancel_seen;

	receive->cancel_seen = byte == XMODEM_CAN;
	if (byte == XMODEM_SOH || byte == XMODEM_STX) {
		receive->frame[0] = byte;
		receive->frame_size = 1;
		receive->deadline_ns = t_ns + XMODEM_QUIET_NS;
	} else if (byte == XMODEM_EOT && receive->begun) {
		put(output, receive->end_seen ? XMODEM_ACK : XMODEM_NAK);
		if (receive->end_seen)
			output->state = SESSION_DONE;
		receive->end_seen = true;
	} else if (byte == XMODEM_EOT && receive->part == XMODEM_FAREWELL) {
		put(output, XMODEM_ACK);
		put(output, XMODEM_CRC);
	} else if (byte == XMODEM_CAN && cancel_seen) {
		fail(output, false, FAULT_RIG, "the sender cancelled the transfer");
	}
}

/* As much of the frame as has come. */
static void take_into_frame(struct xmodem_receive *receive, const struct session_event *event, struct session_output *output)
{
	size_t wanted = frame_length(receive) - receive->frame_size, there = event->size - receive->used;

	if (there > wanted)
		there = wanted;
	memcpy(receive->frame + receive->frame_size, event->bytes + receive->used, there);
	receive->frame_size += there;
	receive->used += there;
	receive->deadline_ns = event->t_ns + XMODEM_QUIET_NS;
	if (there == wanted)
		take_frame(receive, event->t_ns, output);
}

static void take_bytes(struct xmodem_receive *receive, const struct session_event *event, struct session_output *output)
{
	for (receive->used = 0; receive->used < event->size && output->state == SESSION_RUNNING; ) {
		if (receive->refusing) {
			receive->used++;
			receive->deadline_ns = event->t_ns + XMODEM_QUIET_NS;
		} else if (receive->frame_size == 0) {
			take_between_frames(receive, event->bytes[receive->used++], event->t_ns, output);
		} else {
			take_into_frame(receive, event, output);
		}
	}
}

/* Nothing, or only part of a block, or nonsense until now: ask again. */
static void ask_again(struct xmodem_receive *receive, int64_t t_ns, struct session_output *output)
{
	bool broken = receive->refusing || receive->frame_size > 0;

	receive->refusing = false;
	receive->frame_size = 0;
	if (receive->begun || broken)
		receive->tries++;
	if (receive->tries >= XMODEM_TRIES || (!receive->begun && t_ns >= receive->give_up_ns)) {
		fail(output, true, FAULT_RIG, receive->begun ? "no good block came in time" : "the sender did not begin");
		return;
	}
	put(output, receive->begun ? XMODEM_NAK : XMODEM_CRC);
	receive->deadline_ns = t_ns + (receive->begun ? XMODEM_ANSWER_NS : XMODEM_INVITE_NS);
}

static void begin(struct xmodem_receive *receive, int64_t t_ns, struct session_output *output)
{
	const struct xmodem_receive settings = *receive;

	xmodem_receive_init(receive, settings.image, settings.room, settings.start_ns);
	receive->part = settings.part;
	receive->number = is_block_zero(receive) ? 0 : 1;
	receive->deadline_ns = t_ns + XMODEM_INVITE_NS;
	receive->give_up_ns = t_ns + receive->start_ns;
	put(output, XMODEM_CRC);
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct xmodem_receive *receive = self;

	output->size = 0;
	output->state = SESSION_RUNNING;
	switch (event->kind) {
	case SESSION_START:
		begin(receive, event->t_ns, output);
		break;
	case SESSION_BYTES:
		take_bytes(receive, event, output);
		break;
	case SESSION_DEADLINE:
		if (event->t_ns >= receive->deadline_ns)
			ask_again(receive, event->t_ns, output);
		break;
	case SESSION_LINE: /* nothing was wanted of it */
		break;
	case SESSION_LOST:
		fail(output, false, FAULT_RIG, "the line was lost");
		break;
	case SESSION_CANCEL:
		fail(output, true, FAULT_OPERATOR, "cancelled");
		break;
	}
	output->deadline_ns = output->state == SESSION_RUNNING ? receive->deadline_ns : INSTANT_NEVER;
	output->done_bytes = (int64_t)receive->size;
	output->total_bytes = 0;
}

struct session xmodem_receive_session(struct xmodem_receive *receive)
{
	static const struct session_kind kind = {"xmodem-receive", step};

	return (struct session){&kind, receive};
}
