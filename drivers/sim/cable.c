/* Bytes on a simulated line: each chunk arrives when its last byte has passed, one after the other. */

#include "drivers/sim/world.h"

#include "rig/base/instant.h"

#include <stddef.h>
#include <string.h>

static void way_init(struct cable_way *way)
{
	way->first = way->size = way->chunk_first = way->chunk_count = 0;
	way->busy_ns = 0;
}

void cable_init(struct cable *cable)
{
	memset(cable, 0, offsetof(struct cable, to_rig));
	way_init(&cable->to_rig);
	way_init(&cable->to_device);
}

static void put(struct cable_way *way, int64_t t_ns, int64_t byte_ns, const void *bytes, size_t size)
{
	int at = (way->first + way->size) % CABLE_BYTES_MAX;
	size_t straight = (size_t)(CABLE_BYTES_MAX - at) < size ? (size_t)(CABLE_BYTES_MAX - at) : size; /* up to the ring's seam */

	if (size == 0 || way->chunk_count == CABLE_CHUNKS_MAX || (size_t)(CABLE_BYTES_MAX - way->size) < size)
		return;
	memcpy(way->bytes + at, bytes, straight);
	memcpy(way->bytes, (const uint8_t *)bytes + straight, size - straight);
	way->size += (int)size;
	way->busy_ns = (way->busy_ns > t_ns ? way->busy_ns : t_ns) + (int64_t)size * byte_ns;
	at = (way->chunk_first + way->chunk_count++) % CABLE_CHUNKS_MAX;
	way->chunks[at].due_ns = way->busy_ns;
	way->chunks[at].size = (int)size;
}

/*
 * What a fault makes of a chunk: a byte less, a bit other, some more, or two parts. The middle of it is hit: an alert's line loses
 * what makes it one.
 */
static void put_faulty(struct cable *cable, struct cable_way *way, enum sim_way direction, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	struct sim_fault *fault = cable->faults ? sim_fault_due(cable->faults, FAULTY_BYTES_LOST, FAULTY_BYTES_SPLIT, cable->slot, (int)direction, t_ns)
						: NULL;
	uint8_t changed[CABLE_BYTES_MAX];
	size_t middle = size / 2;

	if (!fault || size < 2 || size > sizeof changed - 16) {
		put(way, t_ns, cable->byte_ns, bytes, size);
		return;
	}
	fault->fired++;
	memcpy(changed, bytes, size);
	switch ((int)fault->kind) {
	case FAULTY_BYTES_LOST:
		memmove(changed + middle, changed + middle + 1, size - middle - 1);
		put(way, t_ns, cable->byte_ns, changed, size - 1);
		break;
	case FAULTY_BYTES_WRONG:
		changed[middle] ^= 0x10;
		put(way, t_ns, cable->byte_ns, changed, size);
		break;
	case FAULTY_BYTES_ADDED:
		memcpy(changed + size, "\xFF\x00~}#\r\n", 7);
		put(way, t_ns, cable->byte_ns, changed, size + 7);
		break;
	default:
		put(way, t_ns, cable->byte_ns, bytes, middle);
		put(way, t_ns + fault->by_ns, cable->byte_ns, bytes + middle, size - middle);
		break;
	}
}

void cable_say(struct cable *cable, int64_t t_ns, const void *bytes, size_t size)
{
	put_faulty(cable, &cable->to_rig, cable->way_to_rig, t_ns, bytes, size);
}

void cable_tell(struct cable *cable, int64_t t_ns, const void *bytes, size_t size)
{
	if (cable->way_to_rig == WAY_METER)
		put_faulty(cable, &cable->to_device, WAY_TO_METER, t_ns, bytes, size);
	else
		put(&cable->to_device, t_ns, cable->byte_ns, bytes, size);
}

size_t cable_take(struct cable_way *way, int64_t t_ns, uint8_t *bytes, size_t size)
{
	int count, straight;

	if (way->chunk_count == 0 || way->chunks[way->chunk_first].due_ns > t_ns)
		return 0;
	count = way->chunks[way->chunk_first].size;
	if ((size_t)count > size)
		count = (int)size;
	straight = CABLE_BYTES_MAX - way->first < count ? CABLE_BYTES_MAX - way->first : count;
	memcpy(bytes, way->bytes + way->first, (size_t)straight);
	memcpy(bytes + straight, way->bytes, (size_t)(count - straight));
	way->first = (way->first + count) % CABLE_BYTES_MAX;
	way->size -= count;
	way->chunks[way->chunk_first].size -= count;
	if (way->chunks[way->chunk_first].size == 0) {
		way->chunk_first = (way->chunk_first + 1) % CABLE_CHUNKS_MAX;
		way->chunk_count--;
	}
	return (size_t)count;
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
