#ifndef HILRIG_RIG_RUN_REAL_JOURNAL_THREAD_H
#define HILRIG_RIG_RUN_REAL_JOURNAL_THREAD_H

/*
 * The thread that writes: journal lines through the one writer, and the files of raw/. The loop never waits for a disk;
 * it posts, and is told what has become durable through a descriptor that it polls. Here lines get their bytes, so those
 * who watch the run are served here too (viewers.h), after the lines of each turn were taken.
 *
 * A post that finds no room means that the disk has stood still for thousands of lines; the run cannot go on without a
 * record, so the caller ends it.
 */

#include "rig/base/error.h"
#include "rig/evidence/writer.h"
#include "rig/run/real/viewers.h"

struct journal_thread;

/* What the thread has to say. */
struct journal_news {
	enum { JOURNAL_DURABLE, JOURNAL_FAILED, JOURNAL_RAW_DIGEST, JOURNAL_RAW_CLOSED } kind;
	uint64_t durable;         /* lines below this are on the disk */
	struct error error;       /* JOURNAL_FAILED */
	struct record raw;        /* JOURNAL_RAW_DIGEST: kind RAW */
};

/*
 * Owns the writer from here on, to which nothing was put since it was opened. `folder` holds raw/. `viewers` is borrowed until
 * the thread has stopped; NULL: nobody is served.
 */
MUST_USE bool journal_thread_start(struct journal_thread **thread, struct writer *writer, const char *folder,
				   struct viewers *viewers, struct error *error);

/* False: no room. */
MUST_USE bool journal_thread_put(struct journal_thread *thread, const struct record *record);
MUST_USE bool journal_thread_flush(struct journal_thread *thread);
/* Bytes for raw/NAME.log; cut at RAW_LOG_BYTES_MAX (rig/evidence/raw_log.h) per post. */
MUST_USE bool journal_thread_raw(struct journal_thread *thread, const char *name, int64_t t_ns, char direction,
				 const uint8_t *bytes, size_t size);
MUST_USE bool journal_thread_close_raw(struct journal_thread *thread);

int journal_thread_descriptor(const struct journal_thread *thread);
MUST_USE bool journal_thread_news(struct journal_thread *thread, struct journal_news *news);

/* Writes what was posted, flushes, hangs up on the viewers, joins. */
MUST_USE bool journal_thread_stop(struct journal_thread *thread, struct error *error);

#endif
