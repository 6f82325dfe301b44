#ifndef HILRIG_RIG_EVIDENCE_FOLLOWER_H
#define HILRIG_RIG_EVIDENCE_FOLLOWER_H

/*
 * Following a run that goes on: every line of its journal once, in order, with its bytes; the past from the folder, then what
 * comes from the run's socket (reports/README.md, "The socket of a run"). Each line is checked against its chain.
 *
 * It connects first and then reads the past up to where the socket goes on, so nothing is missed. When the connection ends
 * it is tried again: a follower that was too slow was dropped, and finds what it missed in the folder. When nobody serves it
 * reads the folder to its end; if the last line is there, the run has ended, and so has following. If not, the rig is gone,
 * and it is tried again once a second; whether there is still somebody who may start another is for the caller to find out.
 *
 * A line comes before it is on the disk. What a dead rig had not yet written is then not part of the journal: that is told,
 * and the lines that stand there instead are given.
 *
 * No call waits but for the disk of the folder and for what the caller does with a line. follower_turn does a part of the
 * work; the caller polls follower_descriptor() until follower_deadline() in between. One object, of some 110 kB; takes no
 * memory but while it reads a hello.
 */

#include "rig/evidence/hello.h"
#include "rig/journal/line.h"

#define FOLLOWER_BUFFER_SIZE (64 * 1024)
#define FOLLOWER_RETRY_NS INT64_C(1000000000)
#define FOLLOWER_HELLO_NS INT64_C(30000000000)   /* a run's journal thread may be waiting for its disk */
#define FOLLOWER_REMEMBERED 2048                 /* lines; more than a writer's buffer can hold */
#define FOLLOWER_HASH_SIZE 16                    /* of a line's hash: enough to tell two lines apart */

enum follower_state {
	FOLLOWER_ALONE,    /* nobody serves */
	FOLLOWER_GREETED,  /* connected; the hello is awaited */
	FOLLOWER_PAST,     /* lines come from the folder, up to where the socket goes on */
	FOLLOWER_LIVE,     /* lines come from the socket */
	FOLLOWER_TAIL,     /* nobody serves; lines come from the folder, up to its end */
	FOLLOWER_ENDED     /* the run's last line was given, and its journal is whole on the disk */
};

struct follower_calls {
	void *self;
	/* A line, with its newline; neither outlives the call. */
	void (*line)(void *self, const struct record *record, const char *bytes, size_t size);
	/* The last `lines` that were given never reached the disk: they are not part of the journal. */
	void (*lost)(void *self, uint64_t lines);
};

struct follower {
	struct follower_calls calls;
	char socket_path[108];
	struct hello hello;              /* of the run that is followed; run empty: not known yet */
	char folder[PATH_MAX];           /* empty: not known yet */
	enum follower_state state;
	int socket, file;                /* -1: none */
	int64_t deadline_ns;             /* CLOCK_MONOTONIC */
	bool has_end;                    /* the last line was given */
	enum end_reason end;
	bool bench_taken;                /* another run is served there: this one is over, whatever its journal says */
	char taker[WORD_TEXT_SIZE];      /* that run */
	char greeting[HELLO_SIZE_MAX];
	size_t greeting_size;
	/* Where it is in the journal: of what was taken in this pass. */
	struct chain chain;
	uint64_t taken_bytes;
	/* What was given, over all passes: lines below this, and the hashes of the last of them. */
	uint64_t given;
	char hashes[FOLLOWER_REMEMBERED][FOLLOWER_HASH_SIZE];
	char buffer[FOLLOWER_BUFFER_SIZE];
	size_t from, to;                 /* bytes of the buffer not yet taken */
};

/*
 * `socket_path` is where the run serves. `folder`: only a run whose evidence is there is followed; NULL: whichever run is
 * found. `sha256` is borrowed until follower_close. Nothing is opened before the first turn. FAULT_USAGE for a path too long.
 */
MUST_USE bool follower_open(struct follower *follower, const char *socket_path, const char *folder, struct sha256 *sha256,
			    const struct follower_calls *calls, struct error *error);
void follower_close(struct follower *follower);

/*
 * Does what can be done at this instant of CLOCK_MONOTONIC. False, and following is over: FAULT_EVIDENCE for a damaged
 * journal, with file and line; FAULT_BUSY when the run refuses one more viewer; FAULT_RIG when another run has the bench and
 * this one has no end, or what answers is no run or speaks another protocol.
 */
MUST_USE bool follower_turn(struct follower *follower, int64_t now_ns, struct error *error);

/* To be polled for reading; -1: only the deadline counts. The deadline is 0 while there is more to do at once. */
int follower_descriptor(const struct follower *follower);
int64_t follower_deadline(const struct follower *follower);

#endif
