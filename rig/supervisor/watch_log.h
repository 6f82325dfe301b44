#ifndef HILRIG_RIG_SUPERVISOR_WATCH_LOG_H
#define HILRIG_RIG_SUPERVISOR_WATCH_LOG_H

/*
 * supervisor.jsonl: what happened while no rig wrote. A chain of its own, that `judge` merges (reports/judging.md, "Order").
 * The disk may be full or gone: switching off never depends on it, so nothing here fails. What could not be written waits in
 * memory, WATCH_LOG_WAITING_MAX lines of it, and is written in its order once there is room; what did not fit there either
 * is counted, and a fault line says how much it was.
 */

#include "rig/base/sha256.h"
#include "rig/journal/line.h"

#include <limits.h>

#define WATCH_LOG_WAITING_MAX 1024

struct watch_log {
	int descriptor;                /* -1: not open */
	bool nobody;                   /* there is no folder: nothing is kept */
	struct sha256 *sha256;
	struct chain chain;
	int64_t offset_ns;             /* t_ns minus CLOCK_MONOTONIC */
	bool torn;                     /* a line could not be taken back: nothing more may be written */
	int waiting_count;
	struct record waiting[WATCH_LOG_WAITING_MAX]; /* their times are on the run's base already */
	int64_t lost;                  /* lines for which there was no room here either */
};

/* Opens or goes on with the folder's supervisor.jsonl. An empty name: there is none, and nobody is logged to. */
void watch_log_open(struct watch_log *log, const char *folder, int64_t offset_ns);
void watch_log_close(struct watch_log *log);

/* Appends; the record's t_ns is CLOCK_MONOTONIC and is moved to the run's base here. */
void watch_log_put(struct watch_log *log, struct record *record);
void watch_log_flush(struct watch_log *log);

#endif
