/* Bytes on a simulated line: each chunk arrives when its last byte has passed, one after the other. */

#include "drivers/sim/world.h"

#include "rig/base/instant.h"

#include <string.h>

void cable_put(struct cable_way *way, int64_t t_ns, int64_t byte_ns, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;
	size_t i;
	int at;

	if (size == 0 || way->chunk_count == CABLE_CHUNKS_MAX || (size_t)(CABLE_BYTES_MAX - way->size) < size)
		return;
	for (i = 0; i < size; i++)
		way->bytes[(way->first + way->size + (int)i) % CABLE_BYTES_MAX] = from[i];
	way->size += (int)size;
	way->busy_ns = (way->busy_ns > t_ns ? way->busy_ns : t_ns) + (int64_t)size * byte_ns;
	at = (way->chunk_first + way->chunk_count++) % CABLE_CHUNKS_MAX;
	way->chunks[at].due_ns = way->busy_ns;
	way->chunks[at].size = (int)size;
}

size_t cable_take(struct cable_way *way, int64_t t_ns, uint8_t *bytes, size_t size)
{
	int i, count;

	if (way->chunk_count == 0 || way->chunks[way->chunk_first].due_ns > t_ns)
		return 0;
	count = way->chunks[way->chunk_first].size;
	if ((size_t)count > size)
		count = (int)size;
	for (i = 0; i < count; i++)
		bytes[i] = way->bytes[(way->first + i) % CABLE_BYTES_MAX];
	way->first = (way->first + count) % CABLE_BYTES_MAX;
	way->size -= count;
	way->chunks[way->chunk_first].size -= count;
	if (way->chunks[way->chunk_first].size == 0) {
		way->chunk_first = (way->chunk_first + 1) % CABLE_CHUNKS_MAX;
		way->chunk_count--;
	}
	return (size_t)count;
}

int64_t cable_next(const struct cable_way *way)
{
	return way->chunk_count > 0 ? way->chunks[way->chunk_first].due_ns : INSTANT_NEVER;
}

bool cable_is_there(const struct cable *cable, int64_t t_ns)
{
	int i;

	for (i = 0; i < cable->gap_count; i++)
		if (cable->gaps[i].from_ns <= t_ns && t_ns < cable->gaps[i].until_ns)
			return false;
	return true;
}

int64_t cable_changes(const struct cable *cable, int64_t t_ns)
{
	int64_t next_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < cable->gap_count; i++) {
		if (cable->gaps[i].from_ns > t_ns && cable->gaps[i].from_ns < next_ns)
			next_ns = cable->gaps[i].from_ns;
		if (cable->gaps[i].until_ns > t_ns && cable->gaps[i].until_ns < next_ns)
			next_ns = cable->gaps[i].until_ns;
	}
	return next_ns;
}
