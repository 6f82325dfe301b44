#ifndef HILRIG_DRIVERS_LOADER_CBOR_H
#define HILRIG_DRIVERS_LOADER_CBOR_H

/*
 * CBOR (RFC 8949), as much of it as MCUmgr's SMP needs: maps of texts, unsigned numbers, byte strings, flags and further
 * maps are written; any well-formed item is read over.
 *
 * Maps and lists are of either form, written and read: counted, or, as Zephyr's, begun with BF or 9F and ended with FF. Not
 * taken, because no SMP server writes them: strings in pieces, and maps or lists deeper than CBOR_DEPTH_MAX.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CBOR_DEPTH_MAX 8

enum cbor_kind { CBOR_NUMBER, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_LIST, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE };

/* ---- Writing: into the caller's buffer. What does not fit leaves `full` true, and nothing more is written. ---- */

struct cbor_out {
	uint8_t *bytes;
	size_t room;
	size_t size;
	bool full;
};

void cbor_put_map(struct cbor_out *out, size_t pairs);
void cbor_put_list(struct cbor_out *out, size_t items);
void cbor_put_open(struct cbor_out *out, enum cbor_kind kind); /* a map or list that ends with cbor_put_end */
void cbor_put_end(struct cbor_out *out);
void cbor_put_number(struct cbor_out *out, uint64_t number);
void cbor_put_flag(struct cbor_out *out, bool flag);
void cbor_put_text(struct cbor_out *out, const char *text);
void cbor_put_bytes(struct cbor_out *out, const void *bytes, size_t size);

/* ---- Reading: over the caller's bytes, front to back. Once something was malformed, `bad` stays true and nothing is found. ---- */

struct cbor_in {
	const uint8_t *bytes;
	size_t size;
	size_t at;
	bool bad;
};

/* An item's head, and with strings all of it. */
struct cbor_item {
	enum cbor_kind kind;
	uint64_t number;        /* the number; how many bytes, items or pairs; which tag; 20 false and 21 true */
	bool open;              /* a map or list that ends with FF instead of being counted */
	const uint8_t *bytes;   /* of strings: borrowed from the input */
};

/* The next item; false at a break, at the end, or when it is malformed. Of a map or list it is the head alone: its items come next. */
bool cbor_get(struct cbor_in *in, struct cbor_item *item);

/* What is left of an item whose head was read. */
void cbor_skip(struct cbor_in *in, const struct cbor_item *item);

/*
 * Walks through a map or list whose head was read:
 *
 *     for (left = cbor_begin(&item); cbor_more(&in, &left);)
 *             read or skip one pair, or one item, completely
 */
struct cbor_left {
	uint64_t items;
	bool open;
};

struct cbor_left cbor_begin(const struct cbor_item *item);
bool cbor_more(struct cbor_in *in, struct cbor_left *left);

/* The key of a pair and its value's head. A key that is no text is read over, and looks like "". False: malformed. */
bool cbor_get_pair(struct cbor_in *in, struct cbor_item *key, struct cbor_item *value);
bool cbor_is(const struct cbor_item *item, const char *text);

#endif
