/* The sender of XMODEM with CRC. One answer is worked on at a time: at most one frame leaves per event. */

#include "drivers/loader/xmodem.h"

#include <assert.h>
#include <string.h>

/* x^16 + x^12 + x^5 + 1, a byte at a time: what leaves at the top comes back shifted by 12, 5 and 0, and its upper half once more. */
uint16_t xmodem_crc(uint16_t crc, const uint8_t *bytes, size_t size)
{
	uint32_t out, left = crc;
	size_t i;

	for (i = 0; i < size; i++) {
		out = (left >> 8 ^ bytes[i]) & 0xFF;
		out ^= out >> 4;
		left = left << 8 ^ out << 12 ^ out << 5 ^ out;
	}
	return (uint16_t)left;
}

size_t xmodem_put_cancel(uint8_t *bytes)
{
	memset(bytes, XMODEM_CAN, 5);
	return 5;
}

void xmodem_init(struct xmodem *xmodem, const struct xmodem_settings *settings)
{
	assert(settings->size > 0 && (settings->block_size == 128 || settings->block_size == XMODEM_BLOCK_MAX));
	*xmodem = (struct xmodem){.settings = *settings};
}

/* ---- What goes out ---------------------------------------------------------------------------------------------- */

static size_t block_at(const struct xmodem *xmodem)
{
	const struct xmodem_settings *settings = &xmodem->settings;
	size_t left = settings->size - xmodem->at;

	return settings->block_size == 128 || (settings->short_tail && left < XMODEM_BLOCK_MAX) ? 128 : XMODEM_BLOCK_MAX;
}

static void put_block(const struct xmodem *xmodem, struct session_output *output)
{
	const struct xmodem_settings *settings = &xmodem->settings;
	size_t left = settings->size - xmodem->at, data = left < xmodem->block ? left : xmodem->block;
	uint8_t *frame = output->bytes;
	uint16_t crc;

	frame[0] = xmodem->block == 128 ? XMODEM_SOH : XMODEM_STX;
	frame[1] = xmodem->number;
	frame[2] = (uint8_t)~xmodem->number;
	memcpy(frame + 3, settings->image + xmodem->at, data);
	memset(frame + 3 + data, XMODEM_SUB, xmodem->block - data);
	crc = xmodem_crc(0, frame + 3, xmodem->block);
	frame[3 + xmodem->block] = (uint8_t)(crc >> 8);
	frame[4 + xmodem->block] = (uint8_t)crc;
	output->size = xmodem->block + 5;
}

static void send(struct xmodem *xmodem, int64_t t_ns, struct session_output *output)
{
	if (xmodem->state == XMODEM_ENDING) {
		output->bytes[0] = XMODEM_EOT;
		output->size = 1;
	} else {
		xmodem->block = block_at(xmodem);
		put_block(xmodem, output);
	}
	xmodem->sent_ns = t_ns + (int64_t)output->size * xmodem->settings.byte_ns;
	xmodem->deadline_ns = xmodem->sent_ns + XMODEM_ANSWER_NS;
}

static void fail(struct session_output *output, enum fault fault, const char *text)
{
	output->state = SESSION_FAILED;
	error_set(&output->error, fault, "%s", text);
}

static void give_up(struct xmodem *xmodem, struct session_output *output, const char *what)
{
	output->state = SESSION_FAILED;
	output->size = xmodem_put_cancel(output->bytes);
	if (xmodem->state == XMODEM_WAITING)
		error_set(&output->error, FAULT_RIG, xmodem->sums_asked ?
		          "the receiver asks for 8-bit sums (NAK), which protect nothing; it must ask for a CRC ('C')" :
		          "the receiver did not ask for the first block ('C')");
	else if (xmodem->state == XMODEM_ENDING)
		error_set(&output->error, FAULT_RIG, "the end of the image was %s %d times", what, XMODEM_TRIES);
	else
		error_set(&output->error, FAULT_RIG, "the block at byte %zu of %zu was %s %d times", xmodem->at,
		          xmodem->settings.size, what, XMODEM_TRIES);
}

static void send_again(struct xmodem *xmodem, int64_t t_ns, struct session_output *output, const char *what)
{
	if (++xmodem->tries >= XMODEM_TRIES)
		give_up(xmodem, output, what);
	else
		send(xmodem, t_ns, output);
}

/* ---- What comes in ---------------------------------------------------------------------------------------------- */

static void next_block(struct xmodem *xmodem, int64_t t_ns, struct session_output *output)
{
	xmodem->at += xmodem->block < xmodem->settings.size - xmodem->at ? xmodem->block : xmodem->settings.size - xmodem->at;
	xmodem->number++;
	xmodem->tries = 0;
	xmodem->state = xmodem->at == xmodem->settings.size ? XMODEM_ENDING : XMODEM_SENDING;
	if (xmodem->settings.block_zero)
		output->state = SESSION_DONE;
	else
		send(xmodem, t_ns, output);
}

static void take_ack(struct xmodem *xmodem, int64_t t_ns, struct session_output *output)
{
	if (xmodem->state == XMODEM_ENDING) {
		output->state = SESSION_DONE;
	} else if (xmodem->tries == 0) {
		next_block(xmodem, t_ns, output);
	} else {
		xmodem->state = XMODEM_SETTLING;
		xmodem->deadline_ns = (t_ns > xmodem->sent_ns ? t_ns : xmodem->sent_ns) + XMODEM_SETTLE_NS;
	}
}

static bool asks_for_first(const struct xmodem *xmodem, uint8_t byte, int64_t t_ns)
{
	return byte == XMODEM_CRC && xmodem->state == XMODEM_SENDING && xmodem->at == 0 &&
	       t_ns - xmodem->sent_ns >= XMODEM_STALE_NS;
}

/* True when the byte was an answer: what follows it in the same event was sent before what goes out now. */
static bool take_byte(struct xmodem *xmodem, uint8_t byte, int64_t t_ns, struct session_output *output)
{
	if (xmodem->state == XMODEM_WAITING) {
		xmodem->sums_asked |= byte == XMODEM_NAK;
		if (byte != XMODEM_CRC)
			return false;
		xmodem->state = XMODEM_SENDING;
		xmodem->number = xmodem->settings.block_zero ? 0 : 1;
		send(xmodem, t_ns, output);
		return true;
	}
	if (xmodem->state == XMODEM_SETTLING)
		return false;
	if (byte == XMODEM_ACK)
		take_ack(xmodem, t_ns, output);
	else if (byte == XMODEM_NAK || asks_for_first(xmodem, byte, t_ns))
		send_again(xmodem, t_ns, output, "refused");
	else
		return false;
	return true;
}

static void take_bytes(struct xmodem *xmodem, const struct session_event *event, struct session_output *output)
{
	bool answered = false;
	uint8_t byte;

	for (xmodem->used = 0; xmodem->used < event->size && output->state == SESSION_RUNNING; ) {
		byte = event->bytes[xmodem->used++];
		if (byte == XMODEM_CAN && xmodem->cancel_seen) {
			output->size = 0;
			fail(output, FAULT_DEVICE, "the receiver cancelled the transfer");
			return;
		}
		xmodem->cancel_seen = byte == XMODEM_CAN;
		if (!answered && byte != XMODEM_CAN)
			answered = take_byte(xmodem, byte, event->t_ns, output);
	}
}

static void begin(struct xmodem *xmodem, int64_t t_ns)
{
	const struct xmodem_settings settings = xmodem->settings;

	*xmodem = (struct xmodem){.settings = settings, .deadline_ns = t_ns + settings.start_ns};
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct xmodem *xmodem = self;

	output->size = 0;
	output->state = SESSION_RUNNING;
	switch (event->kind) {
	case SESSION_START:
		begin(xmodem, event->t_ns);
		break;
	case SESSION_BYTES:
		take_bytes(xmodem, event, output);
		break;
	case SESSION_DEADLINE:
		if (event->t_ns < xmodem->deadline_ns)
			break;
		if (xmodem->state == XMODEM_WAITING)
			give_up(xmodem, output, "");
		else if (xmodem->state == XMODEM_SETTLING)
			next_block(xmodem, event->t_ns, output);
		else
			send_again(xmodem, event->t_ns, output, "not answered");
		break;
	case SESSION_LINE: /* nothing was wanted of it */
		break;
	case SESSION_LOST:
		fail(output, FAULT_RIG, "the line was lost");
		break;
	case SESSION_CANCEL:
		output->size = xmodem_put_cancel(output->bytes);
		fail(output, FAULT_OPERATOR, "cancelled");
		break;
	}
	output->deadline_ns = output->state == SESSION_RUNNING ? xmodem->deadline_ns : INSTANT_NEVER;
	output->done_bytes = (int64_t)xmodem->at;
	output->total_bytes = (int64_t)xmodem->settings.size;
}

struct session xmodem_session(struct xmodem *xmodem)
{
	static const struct session_kind kind = {"xmodem", step};

	return (struct session){&kind, xmodem};
}
