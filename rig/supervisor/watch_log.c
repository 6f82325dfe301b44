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
	if (ftruncate(log->descriptor, whole) != 0 || lseek(log->descriptor, whole, SEEK_SET) < 0)
		log->lost++;
}

void watch_log_open(struct watch_log *log, const char *folder, int64_t offset_ns)
{
	char path[PATH_MAX];

	log->offset_ns = offset_ns;
	if (log->descriptor >= 0)
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

void watch_log_put(struct watch_log *log, struct record *record)
{
	char bytes[LINE_SIZE_MAX + 1];
	struct chain before = log->chain;
	struct text text;
	off_t end;

	record->utc_us = (clock_ns(CLOCK_REALTIME) - (clock_ns(CLOCK_MONOTONIC) - record->t_ns)) / NS_PER_US;
	record->t_ns += log->offset_ns;
	if (record->t_ns < 0)
		record->t_ns = 0;
	if (log->descriptor < 0) {
		log->lost++;
		return;
	}
	text_init(&text, bytes, sizeof bytes);
	chain_put(&log->chain, record, &text);
	end = lseek(log->descriptor, 0, SEEK_END);
	if (text.full || write(log->descriptor, bytes, text.used) != (ssize_t)text.used) {
		log->chain = before;
		log->lost++;
		if (end < 0 || ftruncate(log->descriptor, end) != 0)
			log->lost++;
	}
}

void watch_log_flush(struct watch_log *log)
{
	if (log->descriptor >= 0 && fdatasync(log->descriptor) != 0)
		log->lost++;
}
