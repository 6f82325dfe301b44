/* Heads and what follows them. */

#include "drivers/loader/cbor.h"

#include <string.h>

#define BREAK 0xFF
#define OPEN 31
#define FLAG_FALSE 20

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

static void put(struct cbor_out *out, const void *bytes, size_t size)
{
	out->full |= size > out->room - out->size;
	if (out->full)
		return;
	memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
}

/* The shortest form, as RFC 8949 wants it: 0 to 23 in the head's own byte, else 1, 2, 4 or 8 bytes behind it. */
static void put_head(struct cbor_out *out, enum cbor_kind kind, uint64_t number)
{
	uint8_t head[9] = {(uint8_t)((unsigned)kind << 5)};
	size_t more = number < 24 ? 0 : number <= UINT8_MAX ? 1 : number <= UINT16_MAX ? 2 : number <= UINT32_MAX ? 4 : 8, i;

	head[0] |= (uint8_t)(more == 0 ? number : more == 1 ? 24 : more == 2 ? 25 : more == 4 ? 26 : 27);
	for (i = 0; i < more; i++)
		head[1 + i] = (uint8_t)(number >> 8 * (more - 1 - i));
	put(out, head, 1 + more);
}

void cbor_put_map(struct cbor_out *out, size_t pairs)
{
	put_head(out, CBOR_MAP, pairs);
}

void cbor_put_list(struct cbor_out *out, size_t items)
{
	put_head(out, CBOR_LIST, items);
}

void cbor_put_open(struct cbor_out *out, enum cbor_kind kind)
{
	const uint8_t head = (uint8_t)((unsigned)kind << 5 | OPEN);

	put(out, &head, 1);
}

void cbor_put_end(struct cbor_out *out)
{
	const uint8_t end = BREAK;

	put(out, &end, 1);
}

void cbor_put_number(struct cbor_out *out, uint64_t number)
{
	put_head(out, CBOR_NUMBER, number);
}

void cbor_put_flag(struct cbor_out *out, bool flag)
{
	put_head(out, CBOR_SIMPLE, flag ? FLAG_FALSE + 1 : FLAG_FALSE);
}

void cbor_put_text(struct cbor_out *out, const char *text)
{
	put_head(out, CBOR_TEXT, strlen(text));
	put(out, text, strlen(text));
}

void cbor_put_bytes(struct cbor_out *out, const void *bytes, size_t size)
{
	put_head(out, CBOR_BYTES, size);
	put(out, bytes, size);
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static bool spoil(struct cbor_in *in)
{
	in->bad = true;
	return false;
}

static bool get_number(struct cbor_in *in, unsigned form, uint64_t *number)
{
	size_t more, i;

	*number = form;
	if (form < 24)
		return true;
	more = (size_t)1 << (form - 24);
	if (form > 27 || more > in->size - in->at)
		return spoil(in);
	for (*number = 0, i = 0; i < more; i++)
		*number = *number << 8 | in->bytes[in->at++];
	return true;
}

bool cbor_get(struct cbor_in *in, struct cbor_item *item)
{
	uint8_t head;

	if (in->bad || in->at == in->size)
		return spoil(in);
	if (in->bytes[in->at] == BREAK)
		return false;
	head = in->bytes[in->at++];
	*item = (struct cbor_item){.kind = (enum cbor_kind)(head >> 5)};
	if ((head & 31) == OPEN) {
		item->open = true;
		return item->kind == CBOR_LIST || item->kind == CBOR_MAP || spoil(in);
	}
	if (!get_number(in, head & 31U, &item->number))
		return false;
	if (item->kind == CBOR_BYTES || item->kind == CBOR_TEXT) {
		if (item->number > in->size - in->at)
			return spoil(in);
		item->bytes = in->bytes + in->at;
		in->at += (size_t)item->number;
	}
	return true;
}

struct cbor_left cbor_begin(const struct cbor_item *item)
{
	return (struct cbor_left){.items = item->number, .open = item->open};
}

bool cbor_more(struct cbor_in *in, struct cbor_left *left)
{
	if (in->bad)
		return false;
	if (!left->open)
		return left->items > 0 && left->items-- > 0;
	if (in->at == in->size)
		return spoil(in);
	if (in->bytes[in->at] != BREAK)
		return true;
	in->at++;
	return false;
}

static void skip(struct cbor_in *in, const struct cbor_item *item, int depth);

static void skip_next(struct cbor_in *in, int depth)
{
	struct cbor_item item;

	if (!cbor_get(in, &item))
		(void)spoil(in); /* a break where an item should be */
	else
		skip(in, &item, depth);
}

/* Recursion ends at CBOR_DEPTH_MAX. */
static void skip(struct cbor_in *in, const struct cbor_item *item, int depth)
{
	struct cbor_left left = cbor_begin(item);

	if (item->kind == CBOR_TAG && depth < CBOR_DEPTH_MAX) {
		skip_next(in, depth + 1);
		return;
	}
	if (item->kind != CBOR_LIST && item->kind != CBOR_MAP && item->kind != CBOR_TAG)
		return;
	if (depth == CBOR_DEPTH_MAX) {
		(void)spoil(in);
		return;
	}
	while (cbor_more(in, &left)) {
		skip_next(in, depth + 1);
		if (item->kind == CBOR_MAP)
			skip_next(in, depth + 1);
	}
}

void cbor_skip(struct cbor_in *in, const struct cbor_item *item)
{
	skip(in, item, 0);
}

bool cbor_get_pair(struct cbor_in *in, struct cbor_item *key, struct cbor_item *value)
{
	if (!cbor_get(in, key))
		return spoil(in);
	if (key->kind != CBOR_TEXT) {
		cbor_skip(in, key);
		*key = (struct cbor_item){.kind = CBOR_TEXT};
	}
	return cbor_get(in, value) || spoil(in);
}

bool cbor_is(const struct cbor_item *item, const char *text)
{
	size_t size = strlen(text);

	return item->kind == CBOR_TEXT && item->number == size && (size == 0 || memcmp(item->bytes, text, size) == 0);
}
