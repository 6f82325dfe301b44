/* One evidence folder into what reports are made from: the judge takes every line, and some are kept for telling. */

#include "rig/report/report.h"

#include "rig/base/text.h"
#include "rig/judge/observation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_told(const struct record *record)
{
	switch (record->kind) {
	case RECORD_BOOT:
	case RECORD_DOCUMENT:
	case RECORD_RAW:
	case RECORD_IMAGE:
	case RECORD_ACTIVATION:
	case RECORD_FAULT:
	case RECORD_SAFETY:
	case RECORD_PROTECTION:
	case RECORD_PROMPT:
	case RECORD_NOTE:
	case RECORD_GATE:
	case RECORD_IDENTITY:
		return true;
	case RECORD_STEP:
		return record->data.step.state == STEP_FAILED || record->data.step.state == STEP_SKIPPED;
	case RECORD_READBACK:
		return !record->data.readback.agrees;
	case RECORD_RUN:
	case RECORD_RULE:
	case RECORD_TERM:
	case RECORD_EXPECT:
	case RECORD_SLOT:
	case RECORD_DEVICE:
	case RECORD_BAND:
	case RECORD_OBSERVER:
	case RECORD_START:
	case RECORD_HEALTH:
	case RECORD_EDGE:
	case RECORD_LEVEL:
	case RECORD_READING:
	case RECORD_ANNOUNCE:
	case RECORD_COMMAND:
	case RECORD_CONTROL:
	case RECORD_WATCH:
	case RECORD_PHASE:
	case RECORD_PROGRESS:
	case RECORD_ALERT:
	case RECORD_HUB:
	case RECORD_CLOCK:
	case RECORD_VERDICT:
	case RECORD_END:
	case RECORD_KIND_COUNT:
		return false;
	}
	return false;
}

static void tell(struct report *report, const struct record *record)
{
	if (report->told_count == TOLD_MAX) {
		report->told_dropped++;
		return;
	}
	if ((report->told_count & (report->told_count - 1)) == 0) {
		size_t room = report->told_count ? 2 * report->told_count : 1;

		report->told = realloc(report->told, room * sizeof *report->told);
		assert(report->told);
	}
	report->told[report->told_count++] = *record;
}

static void take_reading(struct report *report, const struct record *record)
{
	int64_t value = record->data.reading.value_milli;
	struct reading_span *span;
	int i;

	for (i = 0; i < report->reading_count; i++)
		if (strcmp(report->readings[i].channel, record->data.reading.channel) == 0)
			break;
	if (i == READINGS_MAX)
		return;
	span = &report->readings[i];
	if (i == report->reading_count) {
		report->reading_count++;
		text_copy(span->channel, sizeof span->channel, record->data.reading.channel);
		text_copy(span->unit, sizeof span->unit, record->data.reading.unit);
		span->least = span->most = *record;
	}
	span->count++;
	if (value < span->least.data.reading.value_milli)
		span->least = *record;
	if (value > span->most.data.reading.value_milli)
		span->most = *record;
	span->least_milli = span->least.data.reading.value_milli;
	span->most_milli = span->most.data.reading.value_milli;
}

static void take(void *owner, const struct record *record)
{
	struct report *report = owner;

	judge_take(report->judge, record);
	citations_take(&report->citations, record);
	if (is_told(record))
		tell(report, record);
	if (record->kind == RECORD_READING)
		take_reading(report, record);
	if (record->kind == RECORD_CLOCK && record->data.clock.state == CLOCK_LOCKED)
		report->clock_locked++;
	else if (record->kind == RECORD_CLOCK)
		report->clock_free++;
	if (record->kind == RECORD_BOOT && report->utc_first_us == 0)
		report->utc_first_us = record->utc_us;
	if (record->utc_us > report->utc_last_us)
		report->utc_last_us = record->utc_us;
}

static void name_of_folder(char name[WORD_TEXT_SIZE], const char *folder)
{
	size_t end = strlen(folder), from;

	while (end > 1 && folder[end - 1] == '/')
		end--;
	for (from = end; from > 0 && folder[from - 1] != '/'; from--)
		;
	if (end - from >= WORD_TEXT_SIZE)
		end = from + WORD_TEXT_SIZE - 1;
	memcpy(name, folder + from, end - from);
	name[end - from] = '\0';
}

static void settle_citations(struct report *report)
{
	int i;

	for (i = 0; i < report->reading_count; i++) {
		citations_add(&report->citations, &report->readings[i].least);
		if (report->readings[i].most.seq != report->readings[i].least.seq)
			citations_add(&report->citations, &report->readings[i].most);
	}
	citations_settle(&report->citations);
}

static void list_devices(struct report *report)
{
	report->rows = calloc(JUDGE_SLOTS_MAX, sizeof *report->rows);
	assert(report->rows);
	report->row_count = observation_make(report->findings, report->rows, JUDGE_SLOTS_MAX);
	report->row_count = device_list_merge(report->rows, report->row_count);
	device_list_grade(report->rows, report->row_count);
	report->counts = device_list_count(report->rows, report->row_count);
}

bool report_load(struct report *report, const char *folder, struct error *error)
{
	*report = (struct report){.judge = judge_new(JUDGE_SLOTS_MAX)};
	name_of_folder(report->name, folder);
	if (!evidence_read(folder, take, report, &report->heads, error)) {
		report_done(report);
		return false;
	}
	report->findings = judge_conclude(report->judge);
	list_devices(report);
	settle_citations(report);
	return true;
}

void report_done(struct report *report)
{
	judge_free(report->judge);
	citations_done(&report->citations);
	free(report->told);
	free(report->rows);
	*report = (struct report){0};
}
