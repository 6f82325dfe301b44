/* The file of a bench's slot record: found by XDG's rules, replaced whole under a lock. */

#include "rig/command/slot_store.h"

#include "rig/base/user_folder.h"
#include "rig/run/real/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PAUSE_NS (10 * NS_PER_MS)

/* ---- The folder ---- */

bool slot_store_path(char path[PATH_MAX], const char *bench, const char *suffix, bool make, struct error *error)
{
	char folder[PATH_MAX];

	if (!user_folder(folder, "XDG_STATE_HOME", ".local/state", "slots", error))
		return error_prefix(error, "it is not known which slots are locked out");
	if (snprintf(path, PATH_MAX, "%s/%s.%s", folder, bench, suffix) >= PATH_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: path too long", folder);
	return !make || user_folder_make(path, error);
}

/* ---- The lock ---- */

bool slot_lock(int descriptor, int64_t within_ns)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
	int64_t deadline_ns = clock_monotonic_ns() + within_ns;

	while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
		if (clock_monotonic_ns() >= deadline_ns)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static bool take_lock(struct slot_store *store, const char *bench, struct error *error)
{
	char path[PATH_MAX];

	if (!slot_store_path(path, bench, "lock", true, error))
		return false;
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	if (slot_lock(store->lock, SLOT_STORE_WAIT_NS))
		return true;
	return error_set(error, FAULT_BUSY, "%s is held by another process; it did not give it back within %d s", path,
			 (int)(SLOT_STORE_WAIT_NS / NS_PER_S));
}

/* ---- The record ---- */

static bool read_file(struct slot_store *store, struct error *error)
{
	store->file = (struct file){NULL, 0};
	if (access(store->path, F_OK) != 0 && errno == ENOENT)
		return true;
	return file_read(&store->file, store->path, SLOT_RECORD_SIZE_MAX, error) ||
	       error_prefix(error, "which slots are locked out cannot be read");
}

bool slot_store_open(struct slot_store *store, const char *bench, bool write, struct error *error)
{
	*store = (struct slot_store){.lock = -1};
	if (!slot_store_path(store->path, bench, "jsonl", false, error) || (write && !take_lock(store, bench, error)) ||
	    !read_file(store, error)) {
		slot_store_close(store);
		return false;
	}
	slot_record_load(&store->record, bench, store->file.bytes, store->file.size);
	return true;
}

void slot_store_close(struct slot_store *store)
{
	slot_record_done(&store->record);
	file_done(&store->file);
	if (store->lock >= 0)
		close(store->lock);
	store->lock = -1;
}

/* A last line that was cut off stays what it is, and a line of its own. */
static bool append(struct slot_store *store, const char *line, size_t size, struct error *error)
{
	size_t before = store->file.size, cut = before > 0 && store->file.bytes[before - 1] != '\n';
	char *bytes;

	if (before + cut + size > SLOT_RECORD_SIZE_MAX)
		return error_set(error, FAULT_ENVIRONMENT, "%s is full (%d MiB); keep a copy, and take out old lines of slots that are usable",
				 store->path, SLOT_RECORD_SIZE_MAX / 1024 / 1024);
	bytes = malloc(before + cut + size + 1);
	if (!bytes)
		return error_set(error, FAULT_ENVIRONMENT, "%s: no memory", store->path);
	if (before > 0)
		memcpy(bytes, store->file.bytes, before);
	if (cut)
		bytes[before] = '\n';
	memcpy(bytes + before + cut, line, size);
	bytes[before + cut + size] = '\0';
	if (!file_write(store->path, bytes, before + cut + size, error)) {
		free(bytes);
		return false;
	}
	file_done(&store->file);
	store->file = (struct file){bytes, before + cut + size};
	return true;
}

bool slot_store_add(struct slot_store *store, const struct slot_entry *entry, struct error *error)
{
	char bytes[SLOT_LINE_SIZE_MAX], bench[WORD_TEXT_SIZE];
	struct slot_entry whole = *entry;
	struct text line;

	assert(store->lock >= 0);
	text_copy(whole.bench, sizeof whole.bench, store->record.bench);
	if (whole.utc_us == 0)
		whole.utc_us = clock_utc_us();
	if (!slot_entry_check(&whole, error))
		return false;
	text_init(&line, bytes, sizeof bytes);
	slot_entry_put(&line, &whole);
	assert(!line.full);
	if (!append(store, line.bytes, line.used, error))
		return false;
	text_copy(bench, sizeof bench, store->record.bench);
	slot_record_done(&store->record);
	slot_record_load(&store->record, bench, store->file.bytes, store->file.size);
	return true;
}
