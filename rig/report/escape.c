/* The one place for each language's quotes. */

#include "rig/report/escape.h"

#include "rig/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define PIECE 512 /* bytes of input at a time */

void put_json(FILE *out, const char *text)
{
	char room[6 * PIECE + 16];
	size_t size = strlen(text), used;
	struct text piece;

	putc('"', out);
	while (size > 0) {
		used = size < PIECE ? size : PIECE;
		/* A piece must not end within a character. */
		while (used < size && used > PIECE - 4 && ((unsigned char)text[used] & 0xc0) == 0x80)
			used--;
		text_init(&piece, room, sizeof room);
		text_put_json_bytes(&piece, text, used);
		assert(!piece.full && piece.used >= 2);
		fwrite(room + 1, 1, piece.used - 2, out);
		text += used;
		size -= used;
	}
	putc('"', out);
}

static const char *markup_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF are valid UTF-8 and no characters of XML. */
static int is_allowed(const char *at, size_t length)
{
	unsigned char first = (unsigned char)at[0];

	if (length == 1)
		return (first >= 0x20 && first != 0x7f) || first == '\t' || first == '\n';
	return !(length == 3 && memcmp(at, "\xef\xbf", 2) == 0 && (unsigned char)at[2] >= 0xbe);
}

void put_markup(FILE *out, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		size_t length = text_utf8_length(text, size);
		const char *escaped = markup_of(*text);

		if (length == 0 || !is_allowed(text, length)) {
			putc('?', out);
			length = length ? length : 1;
		} else if (escaped) {
			fputs(escaped, out);
		} else {
			fwrite(text, 1, length, out);
		}
		text += length;
		size -= length;
	}
}

void put_csv(FILE *out, const char *text)
{
	int formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	int quoted = formula || strpbrk(text, ",\"\r\n") != NULL;
	size_t size = strlen(text);

	if (quoted)
		putc('"', out);
	if (formula)
		putc('\'', out);
	while (size > 0) {
		size_t length = text_utf8_length(text, size);

		if (length == 0)
			putc('?', out);
		else
			fwrite(text, 1, length, out);
		if (*text == '"')
			putc('"', out);
		length = length ? length : 1;
		text += length;
		size -= length;
	}
	if (quoted)
		putc('"', out);
}

static void put_seconds(FILE *out, int64_t ns, int decimals, bool up)
{
	int64_t unit = 1;
	int i;

	assert(ns >= 0 && decimals >= 0 && decimals <= 9);
	for (i = decimals; i < 9; i++)
		unit *= 10;
	ns = ns / unit + (up && ns % unit != 0);
	unit = 1000000000 / unit;
	fprintf(out, "%" PRId64, ns / unit);
	if (decimals > 0)
		fprintf(out, ".%0*" PRId64, decimals, ns % unit);
}

void put_seconds_down(FILE *out, int64_t ns, int decimals)
{
	put_seconds(out, ns, decimals, false);
}

void put_seconds_up(FILE *out, int64_t ns, int decimals)
{
	put_seconds(out, ns, decimals, true);
}
