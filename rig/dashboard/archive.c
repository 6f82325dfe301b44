/* Records of different sizes, one behind the other in chunks. */

#include "rig/dashboard/archive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct archive_chunk {
	size_t used, room;
	int lines;
	size_t at[ARCHIVE_CHUNK_LINES]; /* where each begins, a multiple of what a record wants */
	unsigned char *bytes;
};

#define ALIGNMENT sizeof(int64_t)

/* Bytes of a record of this kind: behind its last field nothing is ever read. */
static size_t size_of(enum record_kind kind)
{
	static size_t sizes[RECORD_KIND_COUNT];
	const struct field *field;
	size_t size = offsetof(struct record, data);

	if (sizes[kind])
		return sizes[kind];
	for (field = record_fields(kind); field->key; field++) {
		size_t width = field->type == FIELD_INTEGER ? sizeof(int64_t) : field->type == FIELD_FLAG ? sizeof(bool) :
			       field->type == FIELD_CASES ? sizeof(unsigned) : field->size;

		if (field->offset + width > size)
			size = field->offset + width;
	}
	sizes[kind] = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return sizes[kind];
}

void archive_init(struct archive *archive)
{
	*archive = (struct archive){0};
}

static void chunk_free(struct archive_chunk *chunk)
{
	free(chunk->bytes);
	free(chunk);
}

void archive_done(struct archive *archive)
{
	size_t i;

	for (i = 0; i < archive->chunk_count; i++)
		chunk_free(archive->chunks[i]);
	free(archive->chunks);
	archive_init(archive);
}

static struct archive_chunk *last_chunk(const struct archive *archive)
{
	return archive->chunk_count ? archive->chunks[archive->chunk_count - 1] : NULL;
}

static struct archive_chunk *chunk_with_room(struct archive *archive)
{
	struct archive_chunk *chunk = last_chunk(archive);

	if (chunk && chunk->lines < ARCHIVE_CHUNK_LINES)
		return chunk;
	if (archive->chunk_count == archive->chunk_room) {
		archive->chunk_room = archive->chunk_room ? 2 * archive->chunk_room : 16;
		archive->chunks = realloc(archive->chunks, archive->chunk_room * sizeof *archive->chunks);
		assert(archive->chunks);
	}
	chunk = calloc(1, sizeof *chunk);
	assert(chunk);
	archive->chunks[archive->chunk_count++] = chunk;
	archive->bytes += sizeof *chunk;
	return chunk;
}

static void forget_oldest(struct archive *archive)
{
	struct archive_chunk *oldest = archive->chunks[0];

	archive->bytes -= sizeof *oldest + oldest->room;
	archive->first += oldest->lines;
	chunk_free(oldest);
	archive->chunk_count--;
	memmove(archive->chunks, archive->chunks + 1, archive->chunk_count * sizeof *archive->chunks);
}

void archive_add(struct archive *archive, const struct record *record)
{
	struct archive_chunk *chunk = chunk_with_room(archive);
	size_t size = size_of(record->kind);

	if (size > chunk->room - chunk->used) {
		size_t room = chunk->room ? 2 * chunk->room : 64 * 1024;

		chunk->bytes = realloc(chunk->bytes, room);
		assert(chunk->bytes);
		archive->bytes += room - chunk->room;
		chunk->room = room;
	}
	memcpy(chunk->bytes + chunk->used, record, size);
	chunk->at[chunk->lines++] = chunk->used;
	chunk->used += size;
	archive->end++;
	while (archive->bytes > ARCHIVE_BYTES_MAX && archive->chunk_count > 1)
		forget_oldest(archive);
}

const struct record *archive_head(const struct archive *archive, int64_t line)
{
	int64_t index = line - archive->first; /* all chunks but the last are full */
	const struct archive_chunk *chunk;

	assert(line >= archive->first && line < archive->end);
	chunk = archive->chunks[index / ARCHIVE_CHUNK_LINES];
	return (const void *)(chunk->bytes + chunk->at[index % ARCHIVE_CHUNK_LINES]);
}

void archive_get(const struct archive *archive, int64_t line, struct record *record)
{
	const struct record *head = archive_head(archive, line);

	memset(record, 0, sizeof *record);
	memcpy(record, head, size_of(head->kind));
}

void archive_cut(struct archive *archive, int64_t end)
{
	while (archive->end > end && archive->end > archive->first) {
		struct archive_chunk *chunk = last_chunk(archive);

		chunk->used = chunk->at[--chunk->lines];
		archive->end--;
		if (chunk->lines > 0)
			continue;
		archive->bytes -= sizeof *chunk + chunk->room;
		chunk_free(chunk);
		archive->chunk_count--;
	}
}

/* Lines of a supervisor have numbers of their own and are passed over. */
int64_t archive_find(const struct archive *archive, uint64_t seq)
{
	int64_t low = archive->first, high = archive->end - 1, line;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		for (line = middle; line > low && archive_head(archive, line)->supervisor; line--)
			;
		if (archive_head(archive, line)->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return archive->end > archive->first ? low : -1;
}
