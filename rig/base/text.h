#ifndef HILRIG_RIG_BASE_TEXT_H
#define HILRIG_RIG_BASE_TEXT_H

/*
 * Text built in a caller's buffer, without malloc and without overrun.
 *
 * A `struct text` writes into memory that somebody else owns. Once something does not fit, `full` is set, the rest is
 * dropped, and it stays set: a caller checks once at the end. The text is zero-terminated at all times.
 */

#include "rig/base/error.h"

#include <stdint.h>
#include <string.h>

struct text {
	char *bytes;  /* borrowed */
	size_t size;  /* of `bytes`, at least 1 */
	size_t used;  /* without the terminating zero */
	bool full;    /* something did not fit */
};

/* Starts an empty text in `bytes`, which must outlive it. */
void text_init(struct text *text, char *bytes, size_t size);

/* Here, so that what is put piece by piece (a journal line has some forty) costs no calls. */
static inline void text_put_bytes(struct text *text, const void *bytes, size_t size)
{
	if (text->full || size >= text->size - text->used) {
		text->full = true;
		return;
	}
	memcpy(text->bytes + text->used, bytes, size);
	text->used += size;
	text->bytes[text->used] = '\0';
}

static inline void text_put_char(struct text *text, char byte)
{
	text_put_bytes(text, &byte, 1);
}

void text_put(struct text *text, const char *string);
void text_put_int(struct text *text, int64_t number);
void text_format(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Puts a string as JSON with its quotes: '"', '\' and control bytes escaped (\" \\ \b \f \n \r \t, else \u00xx),
 * everything else as it is. A byte that is not part of valid UTF-8 becomes '?', so that what a device sent can never break
 * a file, nor make a text longer than it was. text_put_json_bytes takes `size` bytes that may hold zeros.
 */
void text_put_json(struct text *text, const char *string);
void text_put_json_bytes(struct text *text, const char *bytes, size_t size);

/*
 * Length in bytes (1 to 4) of the valid UTF-8 character at the front of `bytes`, or 0 when the front is not valid:
 * cut short, overlong, a surrogate, or beyond U+10FFFF.
 */
size_t text_utf8_length(const char *bytes, size_t size);

/*
 * Copies `from` into `to` of `size` bytes, cut in front of the first character that does not fit; each byte that is not
 * part of valid UTF-8 becomes '?'. True if all of it fitted.
 */
bool text_copy(char *to, size_t size, const char *from);

#endif
