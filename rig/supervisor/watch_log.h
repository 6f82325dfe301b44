#ifndef HILRIG_RIG_SUPERVISOR_WATCH_LOG_H
#define HILRIG_RIG_SUPERVISOR_WATCH_LOG_H

/*
 * supervisor.jsonl: what happened while no rig wrote. A chain of its own, that `judge` merges (reports/judging.md, "Order").
 * The disk may be full or gone: switching off never depends on it, so nothing here fails; what could not be written is
 * counted and said once there is room.
 */

#include "rig/base/sha256.h"
#include "rig/journal/line.h"

#include <limits.h>

struct watch_log {
	int descriptor;                /* -1: not open */
	struct sha256 *sha256;
	struct chain chain;
	int64_t offset_ns;             /* t_ns minus CLOCK_MONOTONIC */
	int64_t lost;                  /* lines that could not be written */
};

/* Opens or goes on with the folder's supervisor.jsonl. */
void watch_log_open(struct watch_log *log, const char *folder, int64_t offset_ns);
void watch_log_close(struct watch_log *log);

/* Appends; the record's t_ns is CLOCK_MONOTONIC and is moved to the run's base here. */
void watch_log_put(struct watch_log *log, struct record *record);
void watch_log_flush(struct watch_log *log);

#endif
