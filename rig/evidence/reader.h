#ifndef HILRIG_RIG_EVIDENCE_READER_H
#define HILRIG_RIG_EVIDENCE_READER_H

/*
 * Reading journals of any size: line by line through one buffer of 1 MiB, each line checked against its chain before its
 * record is given. No memory is taken per line.
 */

#include "rig/base/error.h"
#include "rig/journal/line.h"

#include <limits.h>

struct reader {
	char path[PATH_MAX];
	int descriptor;
	char *buffer;          /* of a file; NULL: the bytes are somebody's */
	const char *bytes;
	size_t from, to;       /* unread bytes of the buffer */
	bool at_end;           /* the file has no more bytes */
	uint64_t offset;       /* bytes of the whole lines taken so far */
	struct chain chain;    /* chain.next_seq: lines taken so far; chain.last_hash: head */
	enum damage damage;    /* why reader_next refused; DAMAGE_NONE: it did not, or the disk did */
};

/* `sha256` is borrowed until reader_close. FAULT_EVIDENCE where the file is missing or not a regular one. */
MUST_USE bool reader_open(struct reader *reader, const char *path, struct sha256 *sha256, struct error *error);
void reader_close(struct reader *reader);

/* A journal that lies in memory; the bytes are borrowed until reader_close. */
void reader_open_bytes(struct reader *reader, const char *bytes, size_t size, const char *name, struct sha256 *sha256);

/*
 * The next record. *got is false behind the last line. False: FAULT_EVIDENCE with "PATH: line N: what is wrong", lines
 * counted from 1, and reader->damage set; or FAULT_ENVIRONMENT when the disk does not read. After that reader_next is
 * not called again.
 */
MUST_USE bool reader_next(struct reader *reader, struct record *record, bool *got, struct error *error);

/* What is done with a record. Nothing in it outlives the call. */
typedef void record_taker(void *owner, const struct record *record);

/* Where the chains of a folder end: what a report prints, so that paper anchors it. */
struct heads {
	uint64_t journal_lines;
	char journal[DIGEST_TEXT_SIZE];
	uint64_t supervisor_lines;          /* 0: there is no supervisor.jsonl */
	char supervisor[DIGEST_TEXT_SIZE];
};

/*
 * Gives every record of a folder in the order of reports/judging.md: the lines of journal.jsonl, and those of
 * supervisor.jsonl whose t_ns is not behind it in front of the boot line of each resume, the rest behind the last line.
 *
 * Stops at the first damage, with FAULT_EVIDENCE and file and line; records in front of it were given. An empty journal is
 * damaged at line 1. `heads` may be NULL.
 */
MUST_USE bool evidence_read(const char *folder, record_taker *take, void *owner, struct heads *heads, struct error *error);

#endif
