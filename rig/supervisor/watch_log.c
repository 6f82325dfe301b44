/* The supervisor's own chain, written line by line: there are few, and each may be the last. */

#include "rig/supervisor/watch_log.h"

#include "rig/base/instant.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Goes through what is there, so that the chain continues; a torn last line is cut off. */
static void find_end(struct watch_log *log)
{
	static char bytes[4 * LINE_SIZE_MAX];
	static struct record record;
	off_t whole = 0;
	size_t size = 0, used, at;
	ssize_t got;

	while ((got = read(log->descriptor, bytes + size, sizeof bytes - size)) > 0) {
		size += (size_t)got;
		for (at = 0; chain_get(&log->chain, bytes + at, size - at, &record, &used) == DAMAGE_NONE; at += used)
			;
		whole += (off_t)at;
		size -= at;
		memmove(bytes, bytes + at, size);
		if (at == 0 && size == sizeof bytes)
			break;
	}
	log->torn = ftruncate(log->descriptor, whole) != 0 || lseek(log->descriptor, whole, SEEK_SET) < 0;
}

void watch_log_open(struct watch_log *log, const char *folder, int64_t offset_ns)
{
	char path[PATH_MAX];

	log->offset_ns = offset_ns;
	log->nobody = !folder[0];
	if (log->descriptor >= 0 || log->nobody)
		return;
	if (!log->sha256)
		log->sha256 = sha256_new();
	chain_init(&log->chain, log->sha256);
	if (snprintf(path, sizeof path, "%s/supervisor.jsonl", folder) >= (int)sizeof path)
		return;
	log->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (log->descriptor >= 0)
		find_end(log);
}

void watch_log_close(struct watch_log *log)
{
	watch_log_flush(log);
	if (log->descriptor >= 0)
		close(log->descriptor);
	log->descriptor = -1;
	sha256_free(log->sha256);
	log->sha256 = NULL;
}

/* False: the disk does not take it, and nothing of it stands there. */
static bool write_line(struct watch_log *log, struct record *record)
{
	char bytes[LINE_SIZE_MAX + 1];
	struct chain before = log->chain;
	struct text text;
	off_t end;

	if (log->descriptor < 0)
		return false;
	text_init(&text, bytes, sizeof bytes);
	chain_put(&log->chain, record, &text);
	end = lseek(log->descriptor, 0, SEEK_END);
	if (!text.full && write(log->descriptor, bytes, text.used) == (ssize_t)text.used)
		return true;
	log->chain = before;
	if (end < 0 || ftruncate(log->descriptor, end) != 0)
		log->torn = true; /* part of a line stands there, and nothing may follow it */
	return false;
}

static void say_what_is_lost(struct watch_log *log, const struct record *at)
{
	struct record record = {.kind = RECORD_FAULT, .t_ns = at->t_ns, .utc_us = at->utc_us};

	record.data.fault.domain = FAULT_ENVIRONMENT;
	record.data.fault.cases = (1U << CASE_COUNT) - 1;
	text_copy(record.data.fault.code, sizeof record.data.fault.code, "lines-lost");
	(void)snprintf(record.data.fault.text, sizeof record.data.fault.text,
		       "the disk took no lines, and %lld of the supervisor's are lost", (long long)log->lost);
	if (write_line(log, &record))
		log->lost = 0;
}

/* What waits goes first, so that the order is kept. */
static void write_waiting(struct watch_log *log)
{
	int written = 0;

	while (written < log->waiting_count && !log->torn && write_line(log, &log->waiting[written]))
		written++;
	if (written > 0 && written == log->waiting_count && log->lost > 0)
		say_what_is_lost(log, &log->waiting[written - 1]);
	log->waiting_count -= written;
	memmove(log->waiting, log->waiting + written, (size_t)log->waiting_count * sizeof *log->waiting);
}

void watch_log_put(struct watch_log *log, struct record *record)
{
	if (log->nobody)
		return;
	record->utc_us = (clock_ns(CLOCK_REALTIME) - (clock_ns(CLOCK_MONOTONIC) - record->t_ns)) / NS_PER_US;
	record->t_ns += log->offset_ns;
	if (record->t_ns < 0)
		record->t_ns = 0;
	if (log->waiting_count == WATCH_LOG_WAITING_MAX)
		log->lost++;
	else
		log->waiting[log->waiting_count++] = *record;
	write_waiting(log);
}

void watch_log_flush(struct watch_log *log)
{
	write_waiting(log);
	if (log->descriptor >= 0)
		(void)fdatasync(log->descriptor); /* what the disk does not take now it is asked to take again */
}
