#ifndef HILRIG_RIG_RUN_RECORDER_H
#define HILRIG_RIG_RUN_RECORDER_H

/*
 * From raw edges and polled levels of the input lines to the journal's `edge` and `level` lines.
 *
 * Edges are written as they come. Polls are written only where they say something: the first, one a minute, the last,
 * and around anything that is not as the edges said. A poll may overtake an edge that the kernel has stamped but not yet
 * delivered; so a poll is believed only when the next one comes and no edge in between has explained it. Within one
 * channel the instants of the lines never fall.
 *
 * No clock, no I/O, no malloc: events come with their instant, records go to a sink.
 */

#include "rig/base/instant.h"
#include "rig/journal/record.h"

#define RECORDER_INPUTS_MAX 320             /* 64 slots with up to 4 lines, and the bench's own */
#define RECORDER_LEVEL_EVERY_NS NS_PER_MIN  /* a level line at least so often */
#define RECORDER_AGREED 3                   /* so many polls back it is known when the line was read */
#define RECORDER_POLL_NS (100 * NS_PER_MS)  /* longest time between polls; shorter if a line settles faster */

/* Takes records in order; must copy what it keeps. */
struct record_sink {
	void (*put)(void *self, struct record *record);
	void *self;
};

struct recorded_input {
	char slot[SLOT_NAME_SIZE];
	char channel[CHANNEL_NAME_SIZE];
	bool known;
	int level;                /* as edges and believed polls have it */
	bool has_seqno;
	int64_t seqno;
	int64_t t_line_ns;        /* of its last line */
	int64_t t_agreed_ns[RECORDER_AGREED]; /* polls that agreed, the last one first; -1: there was none */
	bool pending;             /* a poll that is not yet believed */
	int64_t t_pending_ns;
	int pending_level;
	bool explain;             /* something was wrong: the next poll that agrees is written too */
};

struct recorder {
	struct record_sink sink;
	int input_count;
	struct recorded_input inputs[RECORDER_INPUTS_MAX];
	int64_t utc_offset_us;    /* UTC minus t, for the lines' wall clock */
	int64_t anomalies;        /* gaps, equal edges and contradictions so far */
};

void recorder_init(struct recorder *recorder, struct record_sink sink);

/* Adds an input line of a slot ("" for the bench's own) and returns its index. */
int recorder_add(struct recorder *recorder, const char *slot, const char *channel);

/* What to add to t_ns / 1000 to get the wall clock now. */
void recorder_set_utc(struct recorder *recorder, int64_t utc_offset_us);

/* An edge to `level` (0 or 1, after active-low) with the kernel's stamp and the line's own sequence number. */
void recorder_edge(struct recorder *recorder, int input, int64_t t_ns, int level, int64_t seqno);

/* The line was read at t_ns. All edges that were delivered before must have been given first. */
void recorder_poll(struct recorder *recorder, int input, int64_t t_ns, int level);

/*
 * The next poll that agrees is written for every line of a slot and of the bench: a control or a watch of that slot begins or ends, and
 * the levels there matter. What the other slots' lines say then is nothing to it, and on a large bench it would be most of the journal.
 */
void recorder_take_stock(struct recorder *recorder, const char *slot);

/* Nobody recorded until now: what was believed is no more. Used at resume. */
void recorder_forget(struct recorder *recorder);

/* Writes the last poll of every line; then nothing more may be given. */
void recorder_close(struct recorder *recorder);

/* The level as far as it is known: 0, 1, or -1. */
int recorder_level(const struct recorder *recorder, int input);

#endif
