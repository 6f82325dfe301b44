/* Bytes on a simulated line: each chunk arrives when its last byte has passed, one after the other. */

#include "drivers/sim/world.h"

#include "rig/base/instant.h"

#include <string.h>

void link_put(struct link_way *way, int64_t t_ns, int64_t byte_ns, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;
	size_t i;
	int at;

	if (size == 0 || way->chunk_count == LINK_CHUNKS_MAX || (size_t)(LINK_BYTES_MAX - way->size) < size)
		return;
	for (i = 0; i < size; i++)
		way->bytes[(way->first + way->size + (int)i) % LINK_BYTES_MAX] = from[i];
	way->size += (int)size;
	way->busy_ns = (way->busy_ns > t_ns ? way->busy_ns : t_ns) + (int64_t)size * byte_ns;
	at = (way->chunk_first + way->chunk_count++) % LINK_CHUNKS_MAX;
	way->chunks[at].due_ns = way->busy_ns;
	way->chunks[at].size = (int)size;
}

size_t link_take(struct link_way *way, int64_t t_ns, uint8_t *bytes, size_t size)
{
	int i, count;

	if (way->chunk_count == 0 || way->chunks[way->chunk_first].due_ns > t_ns)
		return 0;
	count = way->chunks[way->chunk_first].size;
	if ((size_t)count > size)
		count = (int)size;
	for (i = 0; i < count; i++)
		bytes[i] = way->bytes[(way->first + i) % LINK_BYTES_MAX];
	way->first = (way->first + count) % LINK_BYTES_MAX;
	way->size -= count;
	way->chunks[way->chunk_first].size -= count;
	if (way->chunks[way->chunk_first].size == 0) {
		way->chunk_first = (way->chunk_first + 1) % LINK_CHUNKS_MAX;
		way->chunk_count--;
	}
	return (size_t)count;
}

int64_t link_next(const struct link_way *way)
{
	return way->chunk_count > 0 ? way->chunks[way->chunk_first].due_ns : INSTANT_NEVER;
}

bool link_is_there(const struct link *link, int64_t t_ns)
{
	int i;

	for (i = 0; i < link->gap_count; i++)
		if (link->gaps[i].from_ns <= t_ns && t_ns < link->gaps[i].until_ns)
			return false;
	return true;
}

int64_t link_changes(const struct link *link, int64_t t_ns)
{
	int64_t next_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < link->gap_count; i++) {
		if (link->gaps[i].from_ns > t_ns && link->gaps[i].from_ns < next_ns)
			next_ns = link->gaps[i].from_ns;
		if (link->gaps[i].until_ns > t_ns && link->gaps[i].until_ns < next_ns)
			next_ns = link->gaps[i].until_ns;
	}
	return next_ns;
}
