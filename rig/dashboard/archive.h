#ifndef HILRIG_RIG_DASHBOARD_ARCHIVE_H
#define HILRIG_RIG_DASHBOARD_ARCHIVE_H

/*
 * The lines of a journal, kept so that they can be shown, searched and folded again from the first: what a journal screen shows and
 * a replay feeds from. A record is kept in as many bytes as its kind has, so a night takes about half of what its file does.
 *
 * At most ARCHIVE_BYTES_MAX are kept; then the oldest lines go, a chunk at a time, and `first` says where it begins. Takes memory
 * as it grows; a machine that has none left is an assert.
 */

#include "rig/journal/record.h"

#define ARCHIVE_CHUNK_LINES 4096
#define ARCHIVE_BYTES_MAX (512 * 1024 * 1024)

struct archive_chunk;

struct archive {
	struct archive_chunk **chunks;
	size_t chunk_count, chunk_room;
	size_t bytes;
	int64_t first, end;      /* lines [first, end) are kept, counted from 0 in the order in which they came */
};

void archive_init(struct archive *archive);
void archive_done(struct archive *archive);

void archive_add(struct archive *archive, const struct record *record);

/* The line of this number, which is kept. */
void archive_get(const struct archive *archive, int64_t line, struct record *record);

/* Only what stands in front of its data: kind, seq, times, slot. For looking through many. */
const struct record *archive_head(const struct archive *archive, int64_t line);

/* Forgets the last lines: they were told, and never became part of the journal. */
void archive_cut(struct archive *archive, int64_t end);

/* The line whose record has this number of the journal; the nearest kept one if it is not there. -1: nothing is kept. */
int64_t archive_find(const struct archive *archive, uint64_t seq);

#endif
