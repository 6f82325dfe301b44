/* Bounded text in a caller's buffer, and the one place that knows how a string becomes JSON. */

#include "rig/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *text, char *bytes, size_t size)
{
	assert(size > 0);
	*text = (struct text){.bytes = bytes, .size = size};
	bytes[0] = '\0';
}

void text_put(struct text *text, const char *string)
{
	text_put_bytes(text, string, strlen(string));
}

void text_put_int(struct text *text, int64_t number)
{
	char digits[20];
	size_t at = sizeof digits;
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (number < 0)
		text_put_char(text, '-');
	text_put_bytes(text, digits + at, sizeof digits - at);
}

void text_format(struct text *text, const char *format, ...)
{
	size_t room = text->size - text->used;
	va_list arguments;
	int wanted;

	if (text->full)
		return;
	va_start(arguments, format);
	wanted = vsnprintf(text->bytes + text->used, room, format, arguments);
	va_end(arguments);
	if (wanted < 0 || (size_t)wanted >= room) {
		text->full = true;
		text->bytes[text->used] = '\0';
		return;
	}
	text->used += (size_t)wanted;
}

size_t text_utf8_length(const char *bytes, size_t size)
{
	const unsigned char *b = (const unsigned char *)bytes;
	size_t length, i;

	if (size == 0)
		return 0;
	if (b[0] < 0x80)
		return 1;
	length = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
	if (b[0] < 0xC2 || b[0] > 0xF4 || length > size)
		return 0;
	for (i = 1; i < length; i++)
		if ((b[i] & 0xC0) != 0x80)
			return 0;
	if ((b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F))
		return 0;
	if ((b[0] == 0xF0 && b[1] < 0x90) || (b[0] == 0xF4 && b[1] > 0x8F))
		return 0;
	return length;
}

static void put_escaped(struct text *text, unsigned char byte)
{
	static const char short_forms[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	static const char hex[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i + 1 < sizeof short_forms; i += 2) {
		if (short_forms[i] == (char)byte) {
			text_put_bytes(text, (char[]){'\\', short_forms[i + 1]}, 2);
			return;
		}
	}
	text_put_bytes(text, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
}

void text_put_json_bytes(struct text *text, const char *bytes, size_t size)
{
	size_t at = 0, plain = 0;

	text_put_char(text, '"');
	while (at < size) {
		unsigned char byte = (unsigned char)bytes[at];
		size_t length = byte < 0x80 ? 1 : text_utf8_length(bytes + at, size - at);

		if (byte >= 0x20 && byte != '"' && byte != '\\' && length > 0) {
			at += length;
			continue;
		}
		text_put_bytes(text, bytes + plain, at - plain);
		if (length == 0)
			text_put_char(text, '?');
		else
			put_escaped(text, byte);
		plain = ++at;
	}
	text_put_bytes(text, bytes + plain, at - plain);
	text_put_char(text, '"');
}

void text_put_json(struct text *text, const char *string)
{
	text_put_json_bytes(text, string, strlen(string));
}

bool text_copy(char *to, size_t size, const char *from)
{
	size_t used = 0, length;

	assert(size > 0);
	while (from[used]) {
		if ((unsigned char)from[used] < 0x80 && used + 1 < size) { /* most of them */
			to[used] = from[used];
			used++;
			continue;
		}
		length = text_utf8_length(from + used, strnlen(from + used, 4));
		if (used + (length ? length : 1) >= size)
			break;
		if (length == 0)
			to[used++] = '?';
		for (; length > 0; length--, used++)
			to[used] = from[used];
	}
	to[used] = '\0';
	return from[used] == '\0';
}
