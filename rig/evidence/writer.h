#ifndef HILRIG_RIG_EVIDENCE_WRITER_H
#define HILRIG_RIG_EVIDENCE_WRITER_H

/*
 * The one writer of a journal: records in, lines of a chain out, and an answer to "what of it survives a power cut now".
 *
 * Durable before dangerous: writer_put() only buffers. Whoever is about to energise something or to do something
 * irreversible puts the announcement, then waits until writer_durable() is beyond the announcement's number.
 * writer_flush() writes and calls fdatasync, so it belongs into a thread that may wait for a disk; a writer is a plain
 * object that one thread drives, and takes no memory after it was opened.
 *
 * When the disk refuses:
 * - a write that fails or stops half way leaves no torn line: the file is cut back to its last whole line. After ENOSPC and
 *   EDQUOT the lines wait in the buffer and the next flush tries again; after anything else the writer is spoilt.
 * - after a failed fdatasync nobody knows what is on the disk, not even when a later one succeeds. The writer is spoilt:
 *   every later call fails with the first error, and writer_durable() never moves again.
 */

#include "rig/base/error.h"
#include "rig/evidence/reader.h"

#define WRITER_BUFFER_SIZE (256 * 1024)

struct writer;

/*
 * What a journal's bytes are written to: a file, or what a simulated run has in place of one. Each call gives 0 or an errno;
 * `write` may do less than it was asked (*put, also where it fails), and then is asked again.
 */
struct writer_disk {
	int (*write)(void *self, const char *bytes, size_t size, uint64_t offset, size_t *put);
	int (*cut)(void *self, uint64_t size);  /* nothing is behind `size` any more */
	int (*flush)(void *self);
	int (*close)(void *self);
	void *self;                             /* borrowed until writer_close */
};

/* A new journal on an empty disk. `name` is for error texts. */
struct writer *writer_begin(const struct writer_disk *disk, const char *name);

/* A new journal; the file must not exist. Its name in the folder is durable with the first flush. */
MUST_USE bool writer_create(struct writer **writer, const char *path, struct error *error);

/*
 * Goes on with a journal after a crash: reads it to its last whole line, giving each record to `take` (which may be NULL),
 * cuts off a torn last line, and continues the chain. *torn_bytes says how much was cut, 0: nothing. Any other damage
 * refuses with FAULT_EVIDENCE, file and line, and the file stays as it is.
 */
MUST_USE bool writer_resume(struct writer **writer, const char *path, record_taker *take, void *owner, size_t *torn_bytes,
			    struct error *error);

/* The same with a journal whose bytes so far are given; they lie on `disk`, and are borrowed for the call. */
MUST_USE bool writer_go_on(struct writer **writer, const struct writer_disk *disk, const char *bytes, size_t size, const char *name,
			   record_taker *take, void *owner, size_t *torn_bytes, struct error *error);

/*
 * A writer on an open descriptor whose file is empty; owned from here on. writer_create is made of it, and a process that
 * is given a descriptor can use it. `path` is for error texts.
 */
MUST_USE bool writer_adopt(struct writer **writer, int descriptor, const char *path, struct error *error);

/*
 * Appends the record as the next line; record->seq is its number. Writes (without fdatasync) when the buffer is full.
 * False: FAULT_ENVIRONMENT; the record is not part of the journal.
 */
MUST_USE bool writer_put(struct writer *writer, struct record *record, struct error *error);

/* Makes everything put so far durable. */
MUST_USE bool writer_flush(struct writer *writer, struct error *error);

/*
 * Hands what is buffered to the kernel, without waiting for the disk: it then outlives this process, though not the machine.
 * Errors as writer_flush; writer_durable() does not move.
 */
MUST_USE bool writer_hand_over(struct writer *writer, struct error *error);

/* Lines with a seq below this are durable. */
uint64_t writer_durable(const struct writer *writer);

/* Lines put so far, and the hash of the last one (64 zeros: there is none). */
uint64_t writer_lines(const struct writer *writer);
const char *writer_head(const struct writer *writer);

/* The bytes of the line put last, with its newline; borrowed until the next call. */
const char *writer_line(const struct writer *writer, size_t *size);

/*
 * What a reader of the file finds there now, whether or not it is durable: so many bytes, and in *lines so many whole lines.
 * Never more than WRITER_BUFFER_SIZE bytes behind what was put.
 */
uint64_t writer_written(const struct writer *writer, uint64_t *lines);

/* Gives it up as a process does that dies: what was not handed over is lost. */
void writer_abandon(struct writer *writer);

/* Flushes unless spoilt, and closes. The writer is gone in any case. False: not everything put is durable. */
MUST_USE bool writer_close(struct writer *writer, struct error *error);

#endif
