/* splitmix64, and even draws from a range by refusing the uneven rest. */

#include "drivers/sim/plant/draw.h"

#include <assert.h>

void draw_init(struct draw *draw, uint64_t seed)
{
	draw->state = seed;
}

uint64_t draw_bits(struct draw *draw)
{
	uint64_t bits = draw->state += UINT64_C(0x9E3779B97F4A7C15);

	bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
	return bits ^ bits >> 31;
}

int64_t draw_between(struct draw *draw, struct draw_range range)
{
	uint64_t size = (uint64_t)range.most - (uint64_t)range.least + 1, bits;

	assert(range.least <= range.most);
	if (size <= 1)
		return range.least; /* one value; all 2^64 are no range of durations */
	do {
		bits = draw_bits(draw);
	} while (bits >= UINT64_MAX - UINT64_MAX % size);
	return (int64_t)((uint64_t)range.least + bits % size);
}
