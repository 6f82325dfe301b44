/* Instrument, loop and journal, put together. */

#include "tests/support/upgrade_host.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/journal_thread.h"
#include "rig/run/real/loop.h"

#include <assert.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct hosting {
	const struct upgrade_host *host;
	struct instrument *instrument;
	struct journal_thread *journal;
	struct loop *loop;
	bool asked;
	int done, ticks;
	int64_t tick_ns;
	int result;
};

static struct hosting hosting; /* one in a process */

static void put_line(enum record_kind kind, int slot, const struct upgrade_report *report)
{
	struct record record = {.kind = kind, .t_ns = clock_monotonic_ns(), .utc_us = clock_utc_us()};

	(void)snprintf(record.slot, sizeof record.slot, "%d", slot);
	if (kind == RECORD_PROGRESS) {
		record.data.progress.done_bytes = report->done_bytes;
		record.data.progress.total_bytes = report->total_bytes;
	} else {
		(void)snprintf(record.data.level.channel, sizeof record.data.level.channel, "pins.%d", slot);
	}
	assert(journal_thread_put(hosting.journal, &record));
}

static void take_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	(void)self;
	assert(journal_thread_raw(hosting.journal, name, t_ns, direction, bytes, size));
}

static void take_upgrade(void *self, int slot, int64_t t_ns, const struct upgrade_report *report)
{
	(void)self;
	if (hosting.host->said)
		hosting.host->said(hosting.host->self, slot, t_ns, report);
	if (report->said == SAID_PROGRESS)
		put_line(RECORD_PROGRESS, slot, report);
	if (report->said == SAID_FAILED) {
		fprintf(stderr, "slot %d: %s\n", slot, report->error->text);
		hosting.result = 1;
		loop_stop(hosting.loop);
	}
	if (report->said == SAID_TRANSFERRED && ++hosting.done == hosting.host->bench->slot_count)
		loop_stop(hosting.loop);
}

static void write_lines(int64_t now_ns)
{
	int i;

	while (hosting.tick_ns <= now_ns)
		hosting.tick_ns += UPGRADE_HOST_TICK_NS;
	for (i = 0; i < hosting.host->lines_a_tick; i++)
		put_line(RECORD_LEVEL, i, NULL);
	if (++hosting.ticks % UPGRADE_HOST_FLUSH_EVERY == 0)
		assert(journal_thread_flush(hosting.journal));
}

static void ready(void *self, int descriptor)
{
	struct journal_news news;
	int64_t began_ns;

	(void)self;
	if (descriptor != journal_thread_descriptor(hosting.journal)) {
		began_ns = clock_monotonic_ns();
		hosting.instrument->kind->ready(hosting.instrument, descriptor, began_ns);
		if (hosting.host->served)
			hosting.host->served(hosting.host->self, began_ns);
		return;
	}
	while (journal_thread_news(hosting.journal, &news))
		assert(news.kind != JOURNAL_FAILED);
}

static void timer(void *self)
{
	int64_t now_ns = clock_monotonic_ns();

	(void)self;
	if (hosting.instrument->kind->deadline(hosting.instrument) <= now_ns)
		hosting.instrument->kind->tick(hosting.instrument, now_ns);
	if (hosting.tick_ns <= now_ns)
		write_lines(now_ns);
}

static void ask_all(void)
{
	char text[FREE_TEXT_SIZE];
	int i;

	if (hosting.asked || hosting.instrument->kind->state(hosting.instrument, text, sizeof text) != INSTRUMENT_READY)
		return;
	hosting.asked = true;
	for (i = 0; i < hosting.host->bench->slot_count; i++)
		hosting.instrument->kind->upgrade(hosting.instrument, i, ASK_TRANSFER, clock_monotonic_ns());
}

static void turned(void *self)
{
	int descriptors[INSTRUMENT_DESCRIPTORS_MAX], count = hosting.instrument->kind->descriptors(hosting.instrument, descriptors);
	int64_t deadline_ns;

	(void)self;
	ask_all();
	descriptors[count++] = journal_thread_descriptor(hosting.journal);
	loop_watch(hosting.loop, descriptors, count);
	deadline_ns = hosting.instrument->kind->deadline(hosting.instrument);
	loop_set_timer(hosting.loop, deadline_ns < hosting.tick_ns ? deadline_ns : hosting.tick_ns);
}

static void stop(void *self, int number)
{
	(void)self;
	(void)number;
	hosting.result = 2;
	loop_stop(hosting.loop);
}

static bool open_journal(char path[PATH_MAX], char raw[PATH_MAX], struct error *error)
{
	struct writer *writer;

	(void)mkdir(hosting.host->folder, 0755);
	if (!folder_path(path, hosting.host->folder, FOLDER_JOURNAL, error) || !folder_path(raw, hosting.host->folder, FOLDER_RAW, error))
		return false;
	(void)unlink(path);
	(void)mkdir(raw, 0755);
	return writer_create(&writer, path, error) && journal_thread_start(&hosting.journal, writer, hosting.host->folder, NULL, error);
}

static bool run(struct error *error)
{
	static bool taking_part[BENCH_SLOTS_MAX];
	static struct instrument_listener listener;
	static const struct loop_calls calls = {NULL, ready, timer, stop, turned};
	const struct driver_start start = {.bench = hosting.host->bench, .taking_part = taking_part, .image = hosting.host->image, .listener = &listener};
	int i;

	for (i = 0; i < hosting.host->bench->slot_count; i++)
		taking_part[i] = true;
	listener = instrument_listener_none();
	listener.upgrade = take_upgrade;
	listener.raw = take_raw;
	hosting.instrument = hosting.host->start(&start, 0, error);
	if (!hosting.instrument || !loop_new(&hosting.loop, &calls, error))
		return false;
	hosting.tick_ns = clock_monotonic_ns();
	hosting.instrument->kind->begin(hosting.instrument, hosting.tick_ns);
	turned(NULL);
	loop_run(hosting.loop);
	hosting.instrument->kind->close(hosting.instrument);
	loop_free(hosting.loop);
	return true;
}

int upgrade_host_run(const struct upgrade_host *host)
{
	char path[PATH_MAX], raw[PATH_MAX], words[PATH_MAX];
	struct error error = {FAULT_NONE, ""};

	hosting = (struct hosting){.host = host};
	if (!open_journal(path, raw, &error) || !run(&error) || !journal_thread_stop(hosting.journal, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	(void)unlink(path);
	(void)snprintf(words, sizeof words, "%.*s/%.60s.log", PATH_MAX - 80, raw, host->bench->instruments[0].name);
	(void)unlink(words);
	(void)rmdir(raw);
	(void)rmdir(host->folder);
	return hosting.result;
}
