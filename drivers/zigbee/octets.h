#ifndef HILRIG_DRIVERS_ZIGBEE_OCTETS_H
#define HILRIG_DRIVERS_ZIGBEE_OCTETS_H

/*
 * Little-endian fields, one after the other, out of bytes and into them, within bounds. Reading past the end gives zeros and sets
 * `cut`, writing past the end drops what does not fit and sets `full`: whoever reads or writes several fields asks once at the end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct octets_in {
	const uint8_t *bytes; /* borrowed */
	size_t size, at;
	bool cut;
};

struct octets_out {
	uint8_t *bytes;       /* borrowed */
	size_t size, at;
	bool full;
};

static inline struct octets_in octets_in(const void *bytes, size_t size)
{
	return (struct octets_in){bytes, size, 0, false};
}

static inline struct octets_out octets_out(void *bytes, size_t size)
{
	return (struct octets_out){bytes, size, 0, false};
}

static inline size_t octets_left(const struct octets_in *in)
{
	return in->size - in->at;
}

/* Numbers of 1 to 8 bytes. */
static inline uint64_t octets_get(struct octets_in *in, size_t count)
{
	uint64_t value = 0;
	size_t i;

	if (octets_left(in) < count) {
		in->cut = true;
		in->at = in->size;
		return 0;
	}
	for (i = 0; i < count; i++)
		value |= (uint64_t)in->bytes[in->at + i] << 8 * i;
	in->at += count;
	return value;
}

static inline uint8_t octets_get8(struct octets_in *in)
{
	return (uint8_t)octets_get(in, 1);
}

static inline uint16_t octets_get16(struct octets_in *in)
{
	return (uint16_t)octets_get(in, 2);
}

static inline uint32_t octets_get32(struct octets_in *in)
{
	return (uint32_t)octets_get(in, 4);
}

/* So many bytes as they stand; NULL if there are not so many. */
static inline const uint8_t *octets_take(struct octets_in *in, size_t count)
{
	const uint8_t *bytes = in->bytes + in->at;

	if (octets_left(in) < count) {
		in->cut = true;
		return NULL;
	}
	in->at += count;
	return bytes;
}

static inline void octets_put_bytes(struct octets_out *out, const void *bytes, size_t count)
{
	if (out->size - out->at < count) {
		out->full = true;
		return;
	}
	if (count > 0)
		memcpy(out->bytes + out->at, bytes, count);
	out->at += count;
}

static inline void octets_put(struct octets_out *out, uint64_t value, size_t count)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < count; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	octets_put_bytes(out, bytes, count);
}

#endif
