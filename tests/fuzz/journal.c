/*
 * Bytes as a journal: the reader ends, and of every line that it takes in form three things hold. The writer writes the same
 * bytes from the record, jansson takes the line too, and reads the same values.
 */

#include "rig/journal/line.h"
#include "tests/support/jansson_line.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct sha256 *sha256;

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void read_chain(const char *bytes, size_t size)
{
	struct record record;
	struct chain chain;
	size_t used;

	chain_init(&chain, sha256);
	while (size > 0) {
		enum damage damage = chain_get(&chain, bytes, size, &record, &used);

		must(used <= size, "more used than there is");
		if (damage != DAMAGE_NONE && used == 0)
			return;
		must(used > 0, "a line without bytes");
		bytes += used;
		size -= used;
	}
}

/* The chain stands where this line says it stood, so that what is written can be compared up to the hash. */
static void write_again(const char *bytes, size_t hash_at, const struct record *record)
{
	static char room[LINE_SIZE_MAX + 1];
	struct record copy = *record;
	struct chain chain;
	struct text text;

	chain_init(&chain, sha256);
	chain.next_seq = record->seq;
	memcpy(chain.last_hash, bytes + hash_at - 65, 64);
	text_init(&text, room, sizeof room);
	chain_put(&chain, &copy, &text);
	must(!text.full && text.used > hash_at && memcmp(room, bytes, hash_at) == 0, "written again it is another line");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *at = (const char *)bytes, *end = at + size;
	struct record record;
	size_t hash_at;

	if (!sha256)
		sha256 = sha256_new();
	read_chain(at, size);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);

		if (length < LINE_SIZE_MAX && line_get(at, length, &record, &hash_at)) {
			write_again(at, hash_at, &record);
			must(jansson_reads_the_same(at, length, &record), "jansson reads something else");
		}
		at += length + (newline != NULL);
	}
	return 0;
}
