/* From the journal of a run to lock-outs of the slots in which it found a weld. */

#include "rig/command/weld.h"

#include "rig/command/slot_store.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SLOTS_MAX 64  /* of a bench */
#define WELDS_MAX 256 /* in one journal: a slot's run ends with its weld, so each resume can add one a slot at most */

/* ---- What a journal says ---- */

struct welds {
	char run[WORD_TEXT_SIZE];
	char operator[WORD_TEXT_SIZE];
	struct slot_entry entries[WELDS_MAX];
	int count;
	char slots[SLOTS_MAX][SLOT_NAME_SIZE]; /* that took part */
	int slot_count;
	int64_t utc_us;                /* of the last line that could be read */
};

/* The codes of rig/run/power.c for a contact that does not open; NULL ends them. */
static const char *const weld_codes[] = {"relay-welded", "contactor-welded", NULL};

static bool is_weld(const struct record *record)
{
	int i;

	for (i = 0; record->kind == RECORD_FAULT && record->slot[0] && weld_codes[i]; i++)
		if (strcmp(record->data.fault.code, weld_codes[i]) == 0)
			return true;
	return false;
}

static void take_record(struct welds *welds, const struct record *record)
{
	struct slot_entry *entry;

	if (record->kind == RECORD_RUN) {
		text_copy(welds->run, sizeof welds->run, record->data.run.run);
		text_copy(welds->operator, sizeof welds->operator, record->data.run.operator);
	}
	welds->utc_us = record->utc_us;
	if (record->kind == RECORD_SLOT && welds->slot_count < SLOTS_MAX)
		text_copy(welds->slots[welds->slot_count++], SLOT_NAME_SIZE, record->slot);
	if (!is_weld(record) || welds->count == WELDS_MAX)
		return;
	entry = &welds->entries[welds->count++];
	*entry = (struct slot_entry){.utc_us = record->utc_us, .what = SLOT_LOCKED_OUT};
	text_copy(entry->slot, sizeof entry->slot, record->slot);
	(void)snprintf(entry->why, sizeof entry->why, "%s: %.180s", record->data.fault.code, record->data.fault.text);
}

/*
 * The rig's own chain: nobody else finds welds. A line that was cut off is what a crash leaves, and it was not durable. False:
 * there is more in it that could not be read.
 */
static bool read_journal(const char *path, struct welds *welds, struct error *error)
{
	struct sha256 *sha256 = sha256_new();
	struct reader reader;
	struct record record;
	bool done, got = true;

	done = reader_open(&reader, path, sha256, error);
	if (done) {
		while (got && (done = reader_next(&reader, &record, &got, error)))
			if (got)
				take_record(welds, &record);
		done |= reader.damage == DAMAGE_CUT;
		reader_close(&reader);
	}
	sha256_free(sha256);
	return done;
}

/* Of a journal that cannot be read to its end nobody knows whether it told of a weld: no slot of it is to be used. */
static void lock_out_unknown(struct welds *welds, const char *why)
{
	int i;

	for (i = 0; i < welds->slot_count && welds->count < WELDS_MAX; i++) {
		struct slot_entry *entry = &welds->entries[welds->count++];

		*entry = (struct slot_entry){.utc_us = welds->utc_us, .what = SLOT_LOCKED_OUT};
		text_copy(entry->slot, sizeof entry->slot, welds->slots[i]);
		(void)snprintf(entry->why, sizeof entry->why, "whether it welded is not known: %.150s", why);
	}
}

static void read_welds(const char *folder, struct welds *welds)
{
	char path[PATH_MAX];
	struct error error;

	memset(welds, 0, sizeof *welds);
	/* A folder without a journal is of a run that never began. */
	if (access(folder, F_OK) == 0 && !folder_has(folder, FOLDER_JOURNAL))
		return;
	if (folder_path(path, folder, FOLDER_JOURNAL, &error) && read_journal(path, welds, &error))
		return;
	fprintf(stderr, "hilrig: whether the last run on this bench found a weld is not known, so its slots are locked out: %s\n", error.text);
	lock_out_unknown(welds, error.text);
}

/* ---- Writing it down ---- */

struct sought {
	const struct slot_entry *entry;
	bool found;
};

static void compare(void *self, int line, const struct slot_entry *entry)
{
	struct sought *sought = self;

	(void)line;
	sought->found |= entry->what == SLOT_LOCKED_OUT && entry->utc_us == sought->entry->utc_us &&
			 strcmp(entry->slot, sought->entry->slot) == 0 && strcmp(entry->run, sought->entry->run) == 0;
}

static void ignore_damage(void *self, int line, const char *why)
{
	(void)self;
	(void)line;
	(void)why;
}

static bool is_known(const struct slot_store *store, const struct slot_entry *entry)
{
	struct sought sought = {entry, false};
	const struct slot_reader reader = {&sought, compare, ignore_damage};

	slot_record_read(store->file.bytes, store->file.size, store->record.bench, &reader);
	return sought.found;
}

/* A journal may hold texts that the record does not take; what matters is the slot. */
static bool make_writable(struct slot_entry *entry, const char *bench, const struct welds *welds, struct error *error)
{
	text_copy(entry->bench, sizeof entry->bench, bench);
	text_copy(entry->run, sizeof entry->run, welds->run);
	text_copy(entry->by, sizeof entry->by, welds->operator);
	if (slot_entry_check(entry, NULL))
		return true;
	text_copy(entry->by, sizeof entry->by, "hilrig run");
	if (slot_entry_check(entry, NULL))
		return true;
	entry->why[strcspn(entry->why, ":")] = '\0';
	return slot_entry_check(entry, error);
}

static bool lock_out(struct slot_store *store, const struct welds *welds, struct slot_entry *entry, struct error *error)
{
	struct error unwritable;

	if (!make_writable(entry, store->record.bench, welds, &unwritable)) {
		fprintf(stderr, "hilrig: a weld that was found cannot be written down: %s\n", unwritable.text);
		return true; /* nor could it ever be */
	}
	if (is_known(store, entry))
		return true;
	if (!slot_store_add(store, entry, error))
		return error_prefix(error, "slot %s is NOT locked out although a weld was found", entry->slot);
	fprintf(stderr, "hilrig: slot %s is locked out: %s; hilrig slot clear %s --bench FILE --operator NAME --why TEXT after it was mended\n",
		entry->slot, entry->why, entry->slot);
	return true;
}

static struct welds welds_found; /* large, and nobody looks at two runs at a time */

static bool lock_out_found(const char *bench, struct error *error)
{
	struct welds *welds = &welds_found;
	struct slot_store store;
	bool done = true;
	int i;

	if (welds->count == 0)
		return true;
	if (!slot_store_open(&store, bench, true, error))
		return error_prefix(error, "a weld was found in slot %s, which cannot be locked out", welds->entries[0].slot);
	for (i = 0; i < welds->count && done; i++)
		done = lock_out(&store, welds, &welds->entries[i], error);
	slot_store_close(&store);
	return done;
}

static bool lock_out_all(const char *bench, const char *folder, struct error *error)
{
	read_welds(folder, &welds_found);
	return lock_out_found(bench, error);
}

bool weld_could_lock_out(const char *bench, struct error *error)
{
	struct slot_store store;

	if (!slot_store_open(&store, bench, true, error))
		return error_prefix(error, "a weld could not be written down");
	slot_store_close(&store);
	return true;
}

void weld_lock_out(const char *bench, const struct slot_entry *entries, int count)
{
	struct error error;

	memset(&welds_found, 0, sizeof welds_found);
	for (; welds_found.count < count && welds_found.count < WELDS_MAX; welds_found.count++) {
		welds_found.entries[welds_found.count] = entries[welds_found.count];
		text_copy(welds_found.operator, sizeof welds_found.operator, entries[welds_found.count].by);
	}
	if (!lock_out_found(bench, &error))
		fprintf(stderr, "hilrig: %s: DO NOT USE IT\n", error.text);
}

/* ---- The run that goes on ---- */

static bool write_folder(int held, const char *folder)
{
	char line[PATH_MAX + 1];
	int size = snprintf(line, sizeof line, "%s\n", folder);

	return ftruncate(held, 0) == 0 && pwrite(held, line, (size_t)size, 0) == size && fsync(held) == 0;
}

static bool open_marker(int *held, const char *bench, bool make, struct error *error)
{
	char path[PATH_MAX];

	if (!slot_store_path(path, bench, "run", make, error))
		return false;
	*held = open(path, O_RDWR | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
	return *held >= 0 || (!make && errno == ENOENT) || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
}

bool weld_watch_begin(struct weld_watch *watch, const char *bench, const char *folder, struct error *error)
{
	text_copy(watch->bench, sizeof watch->bench, bench);
	if (!realpath(folder, watch->folder))
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", folder);
	if (!open_marker(&watch->held, bench, true, error))
		return false;
	if (!slot_lock(watch->held, SLOT_STORE_WAIT_NS))
		(void)error_set(error, FAULT_BUSY, "another run on bench %s has not ended yet", bench);
	else if (!write_folder(watch->held, watch->folder))
		(void)error_set_errno(error, FAULT_ENVIRONMENT, errno, "the run's folder cannot be written down");
	else
		return true;
	close(watch->held);
	return false;
}

/* Empty: nothing is left to be settled. */
static void forget(int held)
{
	(void)!ftruncate(held, 0);
	(void)fsync(held);
}

void weld_watch_end(struct weld_watch *watch)
{
	struct error error;

	if (lock_out_all(watch->bench, watch->folder, &error))
		forget(watch->held);
	else
		fprintf(stderr, "hilrig: %s: DO NOT USE IT\n", error.text);
	close(watch->held);
}

/* ---- A run that died ---- */

/* `over`: no process of that run lives any more, and nothing can be added to its journal. */
static bool settle(int held, const char *bench, bool over, struct error *error)
{
	char folder[PATH_MAX + 1];
	ssize_t size = pread(held, folder, sizeof folder - 1, 0);

	folder[size > 0 ? size : 0] = '\0';
	/* A line that was cut off: the run never came to anything. */
	if (size <= 0 || folder[size - 1] != '\n')
		return true;
	folder[strcspn(folder, "\n")] = '\0';
	if (!lock_out_all(bench, folder, error))
		return false;
	if (over)
		forget(held);
	return true;
}

bool weld_settle(const char *bench, bool seated, struct error *error)
{
	bool done, over;
	int held = -1;

	if (!open_marker(&held, bench, false, error))
		return false;
	if (held < 0)
		return true;
	over = slot_lock(held, seated ? SLOT_STORE_WAIT_NS : 0);
	if (over || !seated)
		done = settle(held, bench, over, error);
	else
		done = error_set(error, FAULT_BUSY, "another process looks at the last run on bench %s and does not end", bench);
	close(held);
	return done;
}
