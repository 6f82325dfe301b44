/* Frames of the Monitor and Test API. */

#include "drivers/zigbee/mt.h"

#include <string.h>

#define AROUND 5     /* SOF, length, two command bytes, check */

static uint8_t check_of(const uint8_t *bytes, size_t size)
{
	uint8_t check = 0;
	size_t i;

	for (i = 0; i < size; i++)
		check ^= bytes[i];
	return check;
}

size_t mt_put(const struct mt_frame *frame, uint8_t bytes[MT_FRAME_MAX])
{
	bytes[0] = MT_SOF;
	bytes[1] = frame->size;
	bytes[2] = (uint8_t)(frame->type << 5 | frame->subsystem);
	bytes[3] = frame->command;
	memcpy(bytes + 4, frame->data, frame->size);
	bytes[4 + frame->size] = check_of(bytes + 1, 3 + (size_t)frame->size);
	return AROUND + (size_t)frame->size;
}

enum mt_got mt_get(struct mt_frame *frame, const uint8_t *bytes, size_t size, size_t *used)
{
	const uint8_t *start = size > 0 ? memchr(bytes, MT_SOF, size) : NULL;

	*used = start ? (size_t)(start - bytes) : size;
	if (*used > 0)
		return MT_BAD;
	if (size < 2)
		return MT_MORE;
	*used = 1;
	if (bytes[1] > MT_DATA_MAX)
		return MT_BAD;
	*used = 0;
	if (size < AROUND + (size_t)bytes[1])
		return MT_MORE;
	*used = 1;
	if (check_of(bytes + 1, 4 + (size_t)bytes[1]) != 0)
		return MT_BAD;
	*used = AROUND + (size_t)bytes[1];
	frame->size = bytes[1];
	frame->type = bytes[2] >> 5;
	frame->subsystem = bytes[2] & 0x1F;
	frame->command = bytes[3];
	memcpy(frame->data, bytes + 4, frame->size);
	return MT_DONE;
}

size_t mt_reader_add(struct mt_reader *reader, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	size_t room = sizeof reader->bytes - reader->size;

	if (size > room)
		size = room;
	memcpy(reader->bytes + reader->size, bytes, size);
	reader->size += size;
	reader->last_ns = t_ns;
	return size;
}

static void drop(struct mt_reader *reader, size_t count)
{
	reader->size -= count;
	memmove(reader->bytes, reader->bytes + count, reader->size);
}

bool mt_reader_take(struct mt_reader *reader, int64_t t_ns, struct mt_frame *frame)
{
	enum mt_got got;
	size_t used;

	while (reader->size > 0) {
		got = mt_get(frame, reader->bytes, reader->size, &used);
		if (got == MT_MORE && t_ns - reader->last_ns < MT_GAP_NS)
			return false;
		if (got == MT_MORE)
			used = 1;
		drop(reader, used);
		if (got == MT_DONE)
			return true;
		reader->noise_bytes += (int64_t)used;
	}
	return false;
}

int64_t mt_reader_deadline(const struct mt_reader *reader)
{
	return reader->size > 0 ? reader->last_ns + MT_GAP_NS : INSTANT_NEVER;
}
