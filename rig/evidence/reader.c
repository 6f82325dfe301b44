/* Journals as streams of records, and the two chains of a folder as one. */

#include "rig/evidence/reader.h"

#include "rig/evidence/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (1024 * 1024)

bool reader_open(struct reader *reader, const char *path, struct sha256 *sha256, struct error *error)
{
	struct stat status;

	memset(reader, 0, offsetof(struct reader, chain));
	reader->damage = DAMAGE_NONE;
	chain_init(&reader->chain, sha256);
	if (snprintf(reader->path, sizeof reader->path, "%s", path) >= (int)sizeof reader->path)
		return error_set(error, FAULT_USAGE, "%.64s...: path too long", path);
	/* O_NONBLOCK: a fifo in the journal's place must not make anybody wait. */
	reader->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (reader->descriptor < 0)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	if (fstat(reader->descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(reader->descriptor);
		return error_set(error, FAULT_EVIDENCE, "%s: not a regular file", path);
	}
	reader->buffer = malloc(BUFFER_SIZE);
	assert(reader->buffer);
	reader->bytes = reader->buffer;
	return true;
}

void reader_open_bytes(struct reader *reader, const char *bytes, size_t size, const char *name, struct sha256 *sha256)
{
	memset(reader, 0, offsetof(struct reader, chain));
	reader->damage = DAMAGE_NONE;
	chain_init(&reader->chain, sha256);
	(void)snprintf(reader->path, sizeof reader->path, "%s", name);
	reader->descriptor = -1;
	reader->bytes = bytes;
	reader->to = size;
	reader->at_end = true;
}

void reader_close(struct reader *reader)
{
	if (reader->descriptor < 0)
		return;
	free(reader->buffer);
	close(reader->descriptor);
}

/* Moves what is left to the front and fills the rest. */
static bool fill(struct reader *reader, struct error *error)
{
	memmove(reader->buffer, reader->buffer + reader->from, reader->to - reader->from);
	reader->to -= reader->from;
	reader->from = 0;
	while (!reader->at_end && reader->to < BUFFER_SIZE) {
		ssize_t got = read(reader->descriptor, reader->buffer + reader->to, BUFFER_SIZE - reader->to);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", reader->path);
		reader->at_end = got == 0;
		reader->to += (size_t)got;
	}
	return true;
}

bool reader_next(struct reader *reader, struct record *record, bool *got, struct error *error)
{
	size_t used;

	if (reader->to - reader->from < LINE_SIZE_MAX && !reader->at_end && !fill(reader, error))
		return false;
	*got = reader->from < reader->to;
	if (!*got)
		return true;
	reader->damage = chain_get(&reader->chain, reader->bytes + reader->from, reader->to - reader->from, record, &used);
	if (reader->damage != DAMAGE_NONE)
		return error_set(error, FAULT_EVIDENCE, "%s: line %" PRIu64 ": %s", reader->path, reader->chain.next_seq + 1,
				 damage_text(reader->damage));
	reader->from += used;
	reader->offset += used;
	return true;
}

/* Two chains as one stream. `waiting` is the supervisor's next record, read ahead. */
struct merge {
	struct reader journal, supervisor;
	bool has_supervisor;
	bool has_waiting;
	struct record waiting;
	record_taker *take;
	void *owner;
};

static bool read_ahead(struct merge *merge, struct error *error)
{
	if (!merge->has_supervisor)
		return true;
	return reader_next(&merge->supervisor, &merge->waiting, &merge->has_waiting, error);
}

static bool give_supervisor_until(struct merge *merge, int64_t t_ns, struct error *error)
{
	while (merge->has_waiting && merge->waiting.t_ns <= t_ns) {
		merge->waiting.supervisor = true;
		merge->take(merge->owner, &merge->waiting);
		if (!read_ahead(merge, error))
			return false;
	}
	return true;
}

static bool give_all(struct merge *merge, struct error *error)
{
	struct record record;
	bool got;

	if (!read_ahead(merge, error))
		return false;
	for (;;) {
		if (!reader_next(&merge->journal, &record, &got, error))
			return false;
		if (!got)
			break;
		/* seq 0 is the start of the run: nothing of a supervisor can belong in front of it. */
		if (record.kind == RECORD_BOOT && record.seq > 0 && !give_supervisor_until(merge, record.t_ns, error))
			return false;
		merge->take(merge->owner, &record);
	}
	if (merge->journal.chain.next_seq == 0)
		return error_set(error, FAULT_EVIDENCE, "%s: line 1: missing, the file is empty", merge->journal.path);
	return give_supervisor_until(merge, INT64_MAX, error);
}

static void note_heads(const struct merge *merge, struct heads *heads)
{
	*heads = (struct heads){.journal_lines = merge->journal.chain.next_seq};
	memcpy(heads->journal, merge->journal.chain.last_hash, sizeof heads->journal);
	if (!merge->has_supervisor)
		return;
	heads->supervisor_lines = merge->supervisor.chain.next_seq;
	memcpy(heads->supervisor, merge->supervisor.chain.last_hash, sizeof heads->supervisor);
}

static bool open_both(struct merge *merge, const char *folder, struct sha256 *sha256, struct error *error)
{
	char path[PATH_MAX];

	if (!folder_path(path, folder, FOLDER_JOURNAL, error) || !reader_open(&merge->journal, path, sha256, error))
		return false;
	merge->has_supervisor = folder_has(folder, FOLDER_SUPERVISOR);
	if (!merge->has_supervisor)
		return true;
	if (folder_path(path, folder, FOLDER_SUPERVISOR, error) && reader_open(&merge->supervisor, path, sha256, error))
		return true;
	reader_close(&merge->journal);
	return false;
}

bool evidence_read(const char *folder, record_taker *take, void *owner, struct heads *heads, struct error *error)
{
	struct merge merge = {.take = take, .owner = owner};
	struct sha256 *sha256 = sha256_new();
	bool done = open_both(&merge, folder, sha256, error);

	if (done) {
		done = give_all(&merge, error);
		if (heads)
			note_heads(&merge, heads);
		reader_close(&merge.journal);
		if (merge.has_supervisor)
			reader_close(&merge.supervisor);
	}
	sha256_free(sha256);
	return done;
}
