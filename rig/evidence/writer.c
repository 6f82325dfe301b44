/*
 * The journal's writer. Bytes go out by pwrite at a known place, so that what a failed write left behind can be cut off
 * and written again without guessing where the file ends.
 */

#include "rig/evidence/writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct writer {
	char path[PATH_MAX];
	struct writer_disk disk;
	int descriptor;            /* of a journal that is a file */
	bool name_is_durable;      /* the folder's own entry for the file has been flushed */
	struct sha256 *sha256;
	struct chain chain;        /* includes what is still in the buffer */
	struct text buffer;        /* whole lines that are not in the file yet */
	size_t line_at;            /* where in the buffer the line put last begins */
	uint64_t offset;           /* bytes of whole lines in the file */
	uint64_t durable;          /* lines */
	bool spoilt;
	struct error first;        /* why it is spoilt */
	char bytes[WRITER_BUFFER_SIZE];
};

/* Remembers the error for every later call. */
static bool spoil(struct writer *writer, struct error *error, int number, const char *what)
{
	(void)error_set_errno(&writer->first, FAULT_ENVIRONMENT, number, "%s: %s", writer->path, what);
	writer->spoilt = true;
	if (error)
		*error = writer->first;
	return false;
}

static bool refuse_spoilt(const struct writer *writer, struct error *error)
{
	if (error)
		*error = writer->first;
	return false;
}

/* ---- A file as the disk ---- */

static int file_write_at(void *self, const char *bytes, size_t size, uint64_t offset, size_t *put)
{
	const struct writer *writer = self;
	ssize_t got;

	do
		got = pwrite(writer->descriptor, bytes, size, (off_t)offset);
	while (got < 0 && errno == EINTR);
	*put = got > 0 ? (size_t)got : 0;
	return got > 0 ? 0 : got < 0 ? errno : EIO;
}

static int file_cut(void *self, uint64_t size)
{
	return ftruncate(((const struct writer *)self)->descriptor, (off_t)size) == 0 ? 0 : errno;
}

static bool flush_name(struct writer *writer)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(writer->path, '/');
	int descriptor;
	bool done;

	if (writer->name_is_durable)
		return true;
	(void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - writer->path + 1) : 1, slash ? writer->path : ".");
	descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	done = fsync(descriptor) == 0;
	close(descriptor);
	writer->name_is_durable = done;
	return done;
}

static int file_flush(void *self)
{
	struct writer *writer = self;

	return fdatasync(writer->descriptor) == 0 && flush_name(writer) ? 0 : errno;
}

static int file_close(void *self)
{
	return close(((const struct writer *)self)->descriptor) == 0 ? 0 : errno;
}

/* ---- Beginning ---- */

static struct writer *writer_new(const char *path)
{
	struct writer *writer = malloc(sizeof *writer);

	assert(writer);
	memset(writer, 0, offsetof(struct writer, bytes)); /* the buffer is large, and read only where it was written */
	(void)snprintf(writer->path, sizeof writer->path, "%s", path);
	writer->sha256 = sha256_new();
	chain_init(&writer->chain, writer->sha256);
	text_init(&writer->buffer, writer->bytes, sizeof writer->bytes);
	return writer;
}

static struct writer *writer_of_file(int descriptor, const char *path)
{
	struct writer *writer = writer_new(path);

	writer->descriptor = descriptor;
	writer->disk = (struct writer_disk){file_write_at, file_cut, file_flush, file_close, writer};
	return writer;
}

struct writer *writer_begin(const struct writer_disk *disk, const char *name)
{
	struct writer *writer = writer_new(name);

	writer->disk = *disk;
	return writer;
}

static void writer_free(struct writer *writer)
{
	sha256_free(writer->sha256);
	free(writer);
}

bool writer_adopt(struct writer **writer, int descriptor, const char *path, struct error *error)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0 || status.st_size != 0) {
		close(descriptor);
		return error_set(error, FAULT_ENVIRONMENT, "%s: not an empty file", path);
	}
	*writer = writer_of_file(descriptor, path);
	return true;
}

bool writer_create(struct writer **writer, const char *path, struct error *error)
{
	int descriptor;

	if (strlen(path) >= PATH_MAX)
		return error_set(error, FAULT_USAGE, "%.64s...: path too long", path);
	descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (descriptor < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	return writer_adopt(writer, descriptor, path, error);
}

/* Resuming */

static bool read_to_the_end(struct reader *reader, record_taker *take, void *owner, struct error *error)
{
	struct record record;
	bool got = true;

	while (reader_next(reader, &record, &got, error)) {
		if (!got)
			return true;
		if (take)
			take(owner, &record);
	}
	return reader->damage == DAMAGE_CUT;
}

static bool cut_tail(struct writer *writer, uint64_t size, size_t *torn_bytes, struct error *error)
{
	int failed;

	*torn_bytes = (size_t)(size - writer->offset);
	failed = *torn_bytes > 0 ? writer->disk.cut(writer->disk.self, writer->offset) : 0;
	return !failed || error_set_errno(error, FAULT_ENVIRONMENT, failed, "%s: cutting off a torn line", writer->path);
}

/* What was whole after the crash is made durable before anything is built upon it. */
static bool take_over(struct writer *writer, const struct reader *reader, uint64_t size, size_t *torn_bytes, struct error *error)
{
	writer->chain.next_seq = reader->chain.next_seq;
	memcpy(writer->chain.last_hash, reader->chain.last_hash, sizeof writer->chain.last_hash);
	writer->offset = reader->offset;
	if (cut_tail(writer, size, torn_bytes, error) && writer_flush(writer, error))
		return true;
	(void)writer->disk.close(writer->disk.self);
	writer_free(writer);
	return false;
}

bool writer_go_on(struct writer **writer, const struct writer_disk *disk, const char *bytes, size_t size, const char *name,
		  record_taker *take, void *owner, size_t *torn_bytes, struct error *error)
{
	struct sha256 *sha256 = sha256_new();
	struct writer *opened;
	struct reader reader;
	bool done;

	reader_open_bytes(&reader, bytes, size, name, sha256);
	done = read_to_the_end(&reader, take, owner, error);
	reader_close(&reader);
	sha256_free(sha256);
	if (!done)
		return false;
	opened = writer_begin(disk, name);
	if (!take_over(opened, &reader, size, torn_bytes, error))
		return false;
	*writer = opened;
	return true;
}

bool writer_resume(struct writer **writer, const char *path, record_taker *take, void *owner, size_t *torn_bytes,
		   struct error *error)
{
	struct sha256 *sha256 = sha256_new();
	struct writer *opened;
	struct reader reader;
	struct stat status;
	int descriptor = -1;
	bool done = reader_open(&reader, path, sha256, error);

	if (done) {
		done = read_to_the_end(&reader, take, owner, error);
		if (done) {
			descriptor = open(path, O_RDWR | O_CLOEXEC);
			done = descriptor >= 0 || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
		}
		reader_close(&reader);
	}
	sha256_free(sha256);
	if (!done)
		return false;
	if (fstat(descriptor, &status) != 0) {
		close(descriptor);
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	}
	opened = writer_of_file(descriptor, path);
	if (!take_over(opened, &reader, (uint64_t)status.st_size, torn_bytes, error))
		return false;
	*writer = opened;
	return true;
}

/* Writing */

/* Drops the first `size` bytes of the buffer: they are in the file. */
static void drop_written(struct writer *writer, size_t size)
{
	memmove(writer->bytes, writer->bytes + size, writer->buffer.used - size + 1);
	writer->buffer.used -= size;
	writer->offset += size;
}

/* The disk took `size` bytes and then refused: whole lines stay, the beginning of the next one is cut off. */
static bool refused(struct writer *writer, size_t size, int number, struct error *error)
{
	const char *newline = size ? memrchr(writer->bytes, '\n', size) : NULL;
	size_t whole = newline ? (size_t)(newline - writer->bytes) + 1 : 0;
	int failed;

	drop_written(writer, whole);
	failed = size > whole ? writer->disk.cut(writer->disk.self, writer->offset) : 0;
	if (failed)
		return spoil(writer, error, failed, "cutting off a torn line");
	if (number != ENOSPC && number != EDQUOT)
		return spoil(writer, error, number, "write");
	return error_set_errno(error, FAULT_ENVIRONMENT, number, "%s: write", writer->path);
}

static bool write_buffer(struct writer *writer, struct error *error)
{
	size_t put = 0, more;
	int failed;

	while (put < writer->buffer.used) {
		failed = writer->disk.write(writer->disk.self, writer->bytes + put, writer->buffer.used - put, writer->offset + put, &more);
		put += more;
		if (failed)
			return refused(writer, put, failed, error);
	}
	drop_written(writer, put);
	return true;
}

bool writer_put(struct writer *writer, struct record *record, struct error *error)
{
	if (writer->spoilt)
		return refuse_spoilt(writer, error);
	if (writer->buffer.size - writer->buffer.used <= LINE_SIZE_MAX && !write_buffer(writer, error))
		return false;
	writer->line_at = writer->buffer.used;
	chain_put(&writer->chain, record, &writer->buffer);
	assert(!writer->buffer.full);
	return true;
}

bool writer_hand_over(struct writer *writer, struct error *error)
{
	return writer->spoilt ? refuse_spoilt(writer, error) : write_buffer(writer, error);
}

bool writer_flush(struct writer *writer, struct error *error)
{
	int failed;

	if (writer->spoilt)
		return refuse_spoilt(writer, error);
	if (!write_buffer(writer, error))
		return false;
	failed = writer->disk.flush(writer->disk.self);
	if (failed)
		return spoil(writer, error, failed, "fdatasync");
	writer->durable = writer->chain.next_seq;
	return true;
}

uint64_t writer_durable(const struct writer *writer)
{
	return writer->durable;
}

uint64_t writer_lines(const struct writer *writer)
{
	return writer->chain.next_seq;
}

const char *writer_head(const struct writer *writer)
{
	return writer->chain.last_hash;
}

const char *writer_line(const struct writer *writer, size_t *size)
{
	*size = writer->buffer.used - writer->line_at;
	return writer->bytes + writer->line_at;
}

uint64_t writer_written(const struct writer *writer, uint64_t *lines)
{
	size_t i;

	*lines = writer->chain.next_seq;
	for (i = 0; i < writer->buffer.used; i++)
		*lines -= writer->bytes[i] == '\n';
	return writer->offset;
}

bool writer_close(struct writer *writer, struct error *error)
{
	bool done = writer_flush(writer, error);
	int failed = writer->disk.close(writer->disk.self);

	if (failed && done)
		done = error_set_errno(error, FAULT_ENVIRONMENT, failed, "%s", writer->path);
	writer_free(writer);
	return done;
}

void writer_abandon(struct writer *writer)
{
	(void)writer->disk.close(writer->disk.self);
	writer_free(writer);
}
