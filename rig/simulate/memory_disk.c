/* Bytes in a block that grows. */

#include "rig/simulate/memory_disk.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM (256 * 1024)

static int put(struct memory_disk *disk, const char *bytes, size_t size, uint64_t offset)
{
	size_t end = (size_t)offset + size, room = disk->room ? disk->room : FIRST_ROOM;
	char *more;

	while (room < end)
		room *= 2;
	if (room != disk->room) {
		more = realloc(disk->bytes, room);
		if (!more)
			return ENOMEM;
		disk->bytes = more;
		disk->room = room;
	}
	memcpy(disk->bytes + offset, bytes, size);
	if (end > disk->size)
		disk->size = end;
	return 0;
}

static int write_at(void *self, const char *bytes, size_t size, uint64_t offset, size_t *done)
{
	struct memory_disk *disk = self;
	int64_t number = disk->writes++;
	int failed;

	*done = 0;
	if (number == disk->dies_at_write) {
		disk->dead = true;
		(void)put(disk, bytes, size * (size_t)disk->dies_having_put / 3, offset);
	}
	if (disk->dead)
		return EIO;
	if (number == disk->fails_at_write) {
		disk->refused++;
		return EIO;
	}
	if (number >= disk->full_from && number < disk->full_until) {
		disk->refused++;
		failed = put(disk, bytes, size / 2, offset);
		*done = failed ? 0 : size / 2;
		return ENOSPC;
	}
	failed = put(disk, bytes, size, offset);
	*done = failed ? 0 : size;
	return failed;
}

static int cut(void *self, uint64_t size)
{
	struct memory_disk *disk = self;

	assert(size <= disk->size);
	if (disk->dead)
		return EIO;
	disk->size = (size_t)size;
	if (disk->flushed > disk->size)
		disk->flushed = disk->size;
	return 0;
}

static int flush(void *self)
{
	struct memory_disk *disk = self;

	if (disk->dead)
		return EIO;
	if (disk->flushes++ == disk->fails_at_flush) {
		disk->refused++;
		return EIO;
	}
	disk->flushed = disk->size;
	return 0;
}

static int close_disk(void *self)
{
	(void)self;
	return 0;
}

void memory_disk_clear(struct memory_disk *disk)
{
	disk->size = disk->flushed = 0;
	disk->writes = disk->flushes = disk->refused = 0;
	disk->full_from = disk->full_until = disk->fails_at_write = disk->fails_at_flush = disk->dies_at_write = INT64_MAX;
	disk->dead = false;
}

void memory_disk_init(struct memory_disk *disk)
{
	memset(disk, 0, sizeof *disk);
	memory_disk_clear(disk);
}

void memory_disk_done(struct memory_disk *disk)
{
	free(disk->bytes);
	memory_disk_init(disk);
}

struct writer_disk memory_disk_calls(struct memory_disk *disk)
{
	return (struct writer_disk){write_at, cut, flush, close_disk, disk};
}
