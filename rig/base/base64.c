/* Base64: three bytes are four characters; a reader that takes nothing but what the writer writes. */

#include "rig/base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct text *text, const void *bytes, size_t size)
{
	const unsigned char *from = bytes;
	size_t at, i;

	for (at = 0; at < size; at += 3) {
		size_t here = size - at < 3 ? size - at : 3;
		uint32_t bits = 0;

		for (i = 0; i < 3; i++)
			bits = bits << 8 | (i < here ? from[at + i] : 0U);
		for (i = 0; i < 4; i++)
			text_put_char(text, i <= here ? digits[bits >> (18 - 6 * i) & 63] : '=');
	}
}

static bool get_digit(uint32_t *bits, char digit)
{
	const char *found = digit ? strchr(digits, digit) : NULL;

	if (!found)
		return false;
	*bits = *bits << 6 | (uint32_t)(found - digits);
	return true;
}

bool base64_get(void *bytes, size_t size, const char *text, size_t text_size)
{
	unsigned char *to = bytes;
	size_t at, i;

	if (text_size != BASE64_SIZE(size))
		return false;
	for (at = 0; at < size; at += 3, text += 4) {
		size_t here = size - at < 3 ? size - at : 3;
		uint32_t bits = 0;

		for (i = 0; i <= here; i++)
			if (!get_digit(&bits, text[i]))
				return false;
		for (; i < 4; i++, bits <<= 6)
			if (text[i] != '=')
				return false;
		if (bits & ((1U << 8 * (3 - here)) - 1))
			return false;
		for (i = 0; i < here; i++)
			to[at + i] = (unsigned char)(bits >> (16 - 8 * i));
	}
	return true;
}
