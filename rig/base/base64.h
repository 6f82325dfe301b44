#ifndef HILRIG_RIG_BASE_BASE64_H
#define HILRIG_RIG_BASE_BASE64_H

/* Base64 of RFC 4648, section 4, for short values of known size: written with padding, read in that one form only. */

#include "rig/base/text.h"

/* Characters that stand for so many bytes. */
#define BASE64_SIZE(bytes) (((bytes) + 2) / 3 * 4)

void base64_put(struct text *text, const void *bytes, size_t size);

/*
 * Reads exactly `size` bytes from exactly BASE64_SIZE(size) characters. False for any other length, a foreign character, padding
 * that is missing or elsewhere, and bits in the last character that belong to no byte: equal bytes have one text. What
 * `bytes` holds is then undefined.
 */
MUST_USE bool base64_get(void *bytes, size_t size, const char *text, size_t text_size);

#endif
