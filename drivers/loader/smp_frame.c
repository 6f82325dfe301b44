/* Packets and lines. */

#include "drivers/loader/smp_frame.h"

#include "drivers/loader/xmodem.h"
#include "rig/base/base64.h"

#include <assert.h>
#include <string.h>

#define FIRST_0 0x06
#define FIRST_1 0x09
#define MORE_0 0x04
#define MORE_1 0x14

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

static size_t put_line(uint8_t *bytes, bool first, const uint8_t *raw, size_t size)
{
	char line[BASE64_SIZE(SMP_LINE_RAW) + 1];
	struct text text;

	text_init(&text, line, sizeof line);
	base64_put(&text, raw, size);
	bytes[0] = first ? FIRST_0 : MORE_0;
	bytes[1] = first ? FIRST_1 : MORE_1;
	memcpy(bytes + 2, line, text.used);
	bytes[2 + text.used] = '\n';
	return text.used + 3;
}

size_t smp_frame_put(uint8_t *bytes, const uint8_t *packet, size_t size)
{
	uint8_t raw[SMP_PACKET_MAX + 4];
	uint16_t crc = xmodem_crc(0, packet, size);
	size_t at, piece, used = 0;

	assert(size > 0 && size <= SMP_PACKET_MAX);
	raw[0] = (uint8_t)((size + 2) >> 8);
	raw[1] = (uint8_t)(size + 2);
	memcpy(raw + 2, packet, size);
	raw[2 + size] = (uint8_t)(crc >> 8);
	raw[3 + size] = (uint8_t)crc;
	for (at = 0; at < size + 4; at += piece) {
		piece = size + 4 - at < SMP_LINE_RAW ? size + 4 - at : SMP_LINE_RAW;
		used += put_line(bytes + used, at == 0, raw + at, piece);
	}
	return used;
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static size_t length(const struct smp_frame *frame)
{
	return (size_t)frame->packet[0] << 8 | frame->packet[1];
}

static bool add_line(struct smp_frame *frame)
{
	size_t text = frame->line_size, size = text / 4 * 3;

	if (text == 0 || text % 4 != 0)
		return false;
	size -= (size_t)(frame->line[text - 1] == '=') + (frame->line[text - 2] == '=');
	if (size > sizeof frame->packet - frame->size || !base64_get(frame->packet + frame->size, size, frame->line, text))
		return false;
	frame->size += size;
	return true;
}

/* A line has ended. What is wrong in any way ends the packet; whoever wanted it asks again. */
static bool end_line(struct smp_frame *frame)
{
	bool good = frame->begun && add_line(frame);
	size_t size;

	frame->in_line = false;
	frame->begun &= good;
	if (!good || frame->size < 2 || frame->size < length(frame) + 2)
		return false;
	size = length(frame);
	frame->begun = false;
	return frame->size == size + 2 && size > 2 && xmodem_crc(0, frame->packet + 2, size) == 0;
}

/* Two bytes that begin a line, wherever they stand: the console's own text may lack an end. */
static bool begin_line(struct smp_frame *frame, uint8_t before, uint8_t byte)
{
	bool first = before == FIRST_0 && byte == FIRST_1;

	if (!first && !(before == MORE_0 && byte == MORE_1))
		return false;
	if (first) {
		frame->begun = true;
		frame->size = 0;
	}
	frame->in_line = true;
	frame->line_size = 0;
	return true;
}

bool smp_frame_take(struct smp_frame *frame, uint8_t byte)
{
	uint8_t before = frame->before;

	frame->before = byte;
	if (begin_line(frame, before, byte) || !frame->in_line || byte == '\r')
		return false;
	if (byte == '\n')
		return end_line(frame);
	if (byte == FIRST_0 || byte == MORE_0) /* perhaps the next line's: the end of this one was lost */
		return false;
	if (frame->line_size == sizeof frame->line)
		frame->in_line = frame->begun = false;
	else
		frame->line[frame->line_size++] = (char)byte;
	return false;
}

const uint8_t *smp_frame_packet(const struct smp_frame *frame, size_t *size)
{
	*size = length(frame) - 2;
	return frame->packet + 2;
}
