#ifndef HILRIG_RIG_RUN_REAL_VIEWERS_H
#define HILRIG_RIG_RUN_REAL_VIEWERS_H

/*
 * Who watches a run: the read-only local socket that every run serves, and those who are connected to it. What they are
 * told is reports/README.md, "The socket of a run"; rig/evidence/follower.h is the other end.
 *
 * The last `ring_bytes` of the journal's bytes are kept in one ring, whether they are in the file already or not, and each
 * viewer has a place in it. A viewer is sent what is new when its own buffer in the kernel takes it, and is never waited
 * for: one that is a whole ring behind is dropped (it may connect again and read in the file what it missed). What a viewer
 * sends is never read: its direction of the connection is shut when it comes. So none of them can change the run.
 *
 * All of it is one thread's: the one that writes the journal. It polls viewers_poll's descriptors beside its own, and in
 * each turn, after its own work, calls viewers_serve. No call waits, and after viewers_open none takes memory.
 */

#include "rig/evidence/hello.h"
#include "rig/evidence/writer.h"

#include <poll.h>
#include <sys/types.h>

#define VIEWERS_MAX 8                             /* connected at a time; one more is refused with a word */
#define VIEWERS_POLLED (1 + VIEWERS_MAX)
#define VIEWERS_RING_BYTES (1024 * 1024)
#define VIEWERS_RING_LEAST (2 * WRITER_BUFFER_SIZE) /* a newcomer begins where the file ends, which must still be in the ring */
#define VIEWERS_PATH_SIZE 108                     /* sockaddr_un */

struct viewers;

struct viewers_settings {
	const char *path;        /* of the socket; what lies there is replaced: the caller holds the bench's seat */
	uid_t owner;             /* whose processes are let in */
	size_t ring_bytes;       /* at least VIEWERS_RING_LEAST */
	const struct hello *who; /* run, bench, folder, revision; copied */
};

/* Listens, mode 0600. FAULT_ENVIRONMENT. A run can do without: the caller says so and goes on with NULL. */
MUST_USE bool viewers_open(struct viewers **viewers, const struct viewers_settings *settings, struct error *error);
void viewers_close(struct viewers *viewers);

/* The journal has so many bytes already, in its file or on the way there. Once, before the first line. */
void viewers_begin(struct viewers *viewers, uint64_t bytes);

/* The journal's next line, with its newline. */
void viewers_put(struct viewers *viewers, const char *line, size_t size);

/* Fills the descriptors to poll, and says when to come back even if none is ready (CLOCK_MONOTONIC; INSTANT_NEVER). */
int64_t viewers_poll(const struct viewers *viewers, struct pollfd polled[VIEWERS_POLLED]);

/*
 * Sends what can be sent, at most 64 KiB to each. True: somebody stands at the door, and viewers_welcome is to be called with
 * what writer_written says; one is let in, or sent away, in a turn.
 */
MUST_USE bool viewers_serve(struct viewers *viewers, const struct pollfd polled[VIEWERS_POLLED]);
void viewers_welcome(struct viewers *viewers, uint64_t written_bytes, uint64_t written_lines);

/*
 * The journal's file is complete and closed. The socket goes first, so that nobody comes any more; then everyone is sent
 * what fits, and hung up on. Whoever could not take all of it finds the rest in the file.
 */
void viewers_finish(struct viewers *viewers);

/* How many are connected, and how many were dropped so far because they were a ring behind. */
int viewers_count(const struct viewers *viewers);
int viewers_dropped(const struct viewers *viewers);

#endif
