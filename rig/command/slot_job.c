/* Command line and record of the slot commands. */

#include "rig/command/slot_job.h"

#include "rig/command/weld.h"

#include <string.h>

/* A text of the command line that goes into the record whole, or not at all. */
static bool take_text(const struct arguments *arguments, const char *option, char *to, size_t size, struct error *error)
{
	const char *text = arguments_value(arguments, option);

	if (!text)
		return true;
	if (strlen(text) >= size)
		return error_set(error, FAULT_USAGE, "%s: at most %zu bytes are kept", option, size - 1);
	return text_copy(to, size, text) || error_set(error, FAULT_USAGE, "%s is no UTF-8", option);
}

static bool take_words(struct slot_job *job, const struct arguments *arguments, struct error *error)
{
	struct slot_entry whole;

	if (!arguments_value(arguments, "--operator"))
		return error_set(error, FAULT_USAGE, "--operator NAME is missing: who says so?");
	if (!text_copy(job->entry.slot, sizeof job->entry.slot, arguments->operands[0]))
		return error_set(error, FAULT_USAGE, "'%.40s' is no slot's name", arguments->operands[0]);
	if (!take_text(arguments, "--operator", job->entry.by, sizeof job->entry.by, error) ||
	    !take_text(arguments, "--why", job->entry.why, sizeof job->entry.why, error))
		return false;
	whole = job->entry;
	text_copy(whole.bench, sizeof whole.bench, job->night.bench.name);
	return slot_entry_check(&whole, error);
}

bool slot_job_begin(struct slot_job *job, const struct arguments *arguments, bool named, struct error *error)
{
	memset(job, 0, sizeof *job);
	job->bench_words = arguments_value(arguments, "--bench");
	return night_load_bench(&job->night, job->bench_words, error) && (!named || take_words(job, arguments, error));
}

static bool refuse_name(const struct slot_job *job, struct error *error)
{
	const char *words[BENCH_SLOTS_MAX + 1], *meant;
	const struct bench *bench = &job->night.bench;
	int i;

	for (i = 0; i < bench->slot_count; i++)
		words[i] = bench->slots[i].name;
	words[i] = NULL;
	meant = word_meant(job->entry.slot, words);
	return error_set(error, FAULT_USAGE, "bench %s has no slot '%s'%s%s%s", bench->name, job->entry.slot, meant ? "; did you mean '" : "",
			 meant ? meant : "", meant ? "'?" : "");
}

bool slot_job_look(struct slot_job *job, bool write, struct slot_state *state, struct error *error)
{
	const char *bench = job->night.bench.name;

	if (!weld_settle(bench, false, error) || !slot_store_open(&job->store, bench, write, error))
		return false;
	job->store_is_open = true;
	if (!state)
		return true;
	*state = slot_record_state(&job->store.record, job->entry.slot);
	return bench_slot_find(&job->night.bench, job->entry.slot) >= 0 || state->last.line || refuse_name(job, error);
}

void slot_job_leave(struct slot_job *job)
{
	if (job->store_is_open)
		slot_store_close(&job->store);
	job->store_is_open = false;
}

void slot_job_done(struct slot_job *job)
{
	slot_job_leave(job);
	night_done(&job->night);
}
