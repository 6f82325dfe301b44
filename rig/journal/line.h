#ifndef HILRIG_RIG_JOURNAL_LINE_H
#define HILRIG_RIG_JOURNAL_LINE_H

/*
 * A journal line as bytes, and the chain that makes each line prove itself and all lines before it.
 *
 *   {"seq":12,"t_ns":183004211,"utc":"2026-11-23T18:01:02.123456Z","kind":"edge","slot":"A",
 *    "data":{"channel":"pins.17","level":0,"seqno":41},"prev":"<64 hex>","hash":"<64 hex>"}\n      (one line)
 *
 * `prev` is the hash of the line before, 64 zeros in the first line. `hash` is the SHA-256 of this line's own bytes up
 * to and not including the comma in front of "hash". So the last line of an interrupted run is covered too.
 *
 * There is one way to write a record, and the reader takes no other: the order of keys, no blanks, integers without
 * leading zeros or "-0", the escapes that text_put_json writes, all keys of the kind and no further one. A line that the
 * reader takes is therefore the line the writer would write.
 *
 * Both work in the caller's memory and never allocate. `struct chain` borrows a sha256.
 */

#include "rig/base/sha256.h"
#include "rig/base/text.h"
#include "rig/journal/record.h"

#define LINE_SIZE_MAX 4096 /* with the newline */

/* What is wrong with a line, for `verify` to say. */
enum damage {
	DAMAGE_NONE,
	DAMAGE_CUT,      /* no newline at the end: the line was being written */
	DAMAGE_TOO_LONG, /* no newline within LINE_SIZE_MAX */
	DAMAGE_FORM,     /* not a line the writer would write */
	DAMAGE_HASH,     /* the line's bytes do not give its hash */
	DAMAGE_CHAIN,    /* whole in itself, but not the successor of the line before: something is missing or swapped */
	DAMAGE_ORDER,    /* seq is not the next number although the hashes fit */
	DAMAGE_COUNT
};

/* One sentence per damage, lower case, without the line number. */
const char *damage_text(enum damage damage);

struct chain {
	struct sha256 *sha256;  /* borrowed */
	uint64_t next_seq;
	char last_hash[DIGEST_TEXT_SIZE];
};

void chain_init(struct chain *chain, struct sha256 *sha256);

/*
 * Appends the record as the chain's next line to `text`, with its newline. record->seq is set. If the text has no room
 * for it, text->full is set and the chain has not moved.
 */
void chain_put(struct chain *chain, struct record *record, struct text *text);

/*
 * Reads the line at the front of `bytes`, which may hold more lines behind it. On DAMAGE_NONE the record is filled,
 * *used is the line's length with its newline, and the chain has moved; on anything else the chain is as it was, the
 * record is undefined, and *used is the number of bytes in front of the next newline, itself included (0: there is none).
 */
enum damage chain_get(struct chain *chain, const char *bytes, size_t size, struct record *record, size_t *used);

/* Whether `bytes` (without newline) is a line in form, whatever its hashes; for fuzzing and for repair tools. */
bool line_get(const char *bytes, size_t size, struct record *record, size_t *hash_at);

#endif
