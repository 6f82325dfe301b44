/* Frames in, frames out. */

#include "drivers/sim/face/server.h"

#include <string.h>

/* The remainder of the polynomial x^16 + x^15 + x^2 + 1, lowest bit first, over a shift register that starts full. */
static unsigned check_of(const uint8_t *bytes, size_t size)
{
	unsigned rest = 0xFFFF;
	size_t bit;

	for (bit = 0; bit < 8 * size; bit++) {
		unsigned out = (rest ^ (unsigned)bytes[bit / 8] >> bit % 8) & 1;

		rest >>= 1;
		if (out)
			rest ^= 0xA001;
	}
	return rest;
}

int face_word(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

void face_put_word(uint8_t *bytes, int64_t word)
{
	bytes[0] = (uint8_t)(word >> 8);
	bytes[1] = (uint8_t)word;
}

size_t face_refuse(const uint8_t *pdu, int code, uint8_t *answer)
{
	answer[0] = pdu[0] | 0x80;
	answer[1] = (uint8_t)code;
	return 2;
}

size_t face_request_size(const uint8_t *frame, size_t size)
{
	if (size < 2)
		return 0;
	if (frame[1] >= 1 && frame[1] <= 6)
		return 8;
	if (frame[1] == 15 || frame[1] == 16)
		return size < 7 ? 0 : 9 + (size_t)frame[6];
	return size < 4 ? 0 : size; /* some other function, refused as a whole */
}

int face_check_fits(const uint8_t *frame, size_t size)
{
	return check_of(frame, size) == 0; /* over its own check the remainder is none */
}

size_t face_seal(uint8_t *frame, size_t size)
{
	unsigned check = check_of(frame, size);

	frame[size] = (uint8_t)check;
	frame[size + 1] = (uint8_t)(check >> 8);
	return size + 2;
}

size_t face_serve(const struct face_unit *units, int count, int64_t t_ns, const uint8_t *frame, size_t size,
		  uint8_t answer[FACE_FRAME_MAX])
{
	size_t said = 0, last;
	int i;

	for (i = 0; i < count; i++) {
		if (frame[0] != units[i].address && frame[0] != 0)
			continue;
		last = units[i].carry_out(units[i].self, units[i].index, t_ns, frame + 1, size - 3, answer + 1);
		said = frame[0] != 0 ? last : 0;
	}
	if (said == 0)
		return 0;
	answer[0] = frame[0];
	return face_seal(answer, said + 1);
}
