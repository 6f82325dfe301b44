/* slot close, slot clear, slot list: what is known of a bench's slots beyond any run. Opening one is in slot_open.c. */

#include "rig/command/slot_job.h"
#include "rig/command/table.h"

#include "rig/report/escape.h"

#include <stdio.h>
#include <string.h>

static struct slot_job job; /* large, and there is one command in a process */

/* ---- close and clear ---- */

static void put_since(FILE *out, const char *what, const struct slot_mark *mark)
{
	char when[SLOT_WHEN_SIZE];

	slot_when(mark->entry.utc_us, when);
	fprintf(out, "%s since %s by %s", what, when, mark->entry.by);
}

static void put_lock(FILE *out, const struct slot_state *state)
{
	if (!state->locked.line) {
		fprintf(out, "locked out by the damaged line %d of %s", job.store.record.damaged_line, job.store.path);
		return;
	}
	put_since(out, "locked out", &state->locked);
	fprintf(out, ": %s", state->locked.entry.why);
}

/* What still keeps runs away from the slot. */
static void put_rest(FILE *out, const struct slot_state *state)
{
	if (slot_is_locked(&job.store.record, state)) {
		fputs("it is still ", out);
		put_lock(out, state);
	} else if (state->opened.line) {
		fputs("it is still ", out);
		put_since(out, "open", &state->opened);
	} else {
		fputs("runs may use it", out);
	}
	fputs("\n", out);
}

static bool add(enum slot_what what, struct error *error)
{
	struct slot_state state;

	job.entry.what = what;
	if (!slot_store_add(&job.store, &job.entry, error))
		return false;
	state = slot_record_state(&job.store.record, job.entry.slot);
	printf("slot %s: %s by %s; ", job.entry.slot, slot_what_name(what), job.entry.by);
	put_rest(stdout, &state);
	return true;
}

static bool close_slot(const struct arguments *arguments, struct error *error)
{
	struct slot_state state;

	if (!slot_job_begin(&job, arguments, true, error) || !slot_job_look(&job, true, &state, error))
		return false;
	return state.opened.line ? add(SLOT_CLOSED, error) : error_set(error, FAULT_USAGE, "slot %s is not open", job.entry.slot);
}

static bool close_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done = close_slot(arguments, error);

	(void)exit_code;
	slot_job_done(&job);
	return done;
}

static bool clear_slot(const struct arguments *arguments, struct error *error)
{
	const char *why = arguments_value(arguments, "--why");
	struct slot_state state;

	if (!why || why[strspn(why, " ")] == '\0')
		return error_set(error, FAULT_USAGE, "--why TEXT is missing: what was mended?");
	if (!slot_job_begin(&job, arguments, true, error) || !slot_job_look(&job, true, &state, error))
		return false;
	if (!slot_is_locked(&job.store.record, &state))
		return error_set(error, FAULT_USAGE, "slot %s is not locked out", job.entry.slot);
	return add(SLOT_CLEARED, error);
}

static bool clear_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done = clear_slot(arguments, error);

	(void)exit_code;
	slot_job_done(&job);
	return done;
}

/* ---- list ---- */

static void put_row(const char *slot, const char *what, const struct slot_mark *mark)
{
	const struct slot_entry *entry = &mark->entry;
	char when[SLOT_WHEN_SIZE] = "-";

	if (mark->line)
		slot_when(entry->utc_us, when);
	printf("%-10s  %-10s  %-23s  %-20s  %s%s%s%s\n", slot, what, when, mark->line ? entry->by : "-", entry->why,
	       entry->run[0] ? " (run " : "", entry->run, entry->run[0] ? ")" : "");
}

static void put_suspect(const char *slot)
{
	printf("%-10s  %-10s  %-23s  %-20s  line %d of the record is damaged: %s\n", slot, "LOCKED OUT", "-", "-",
	       job.store.record.damaged_line, job.store.record.damage);
}

static void put_slot(const struct slot_state *state)
{
	if (slot_is_suspect(&job.store.record, state))
		put_suspect(state->slot);
	if (state->locked.line)
		put_row(state->slot, "LOCKED OUT", &state->locked);
	if (state->opened.line)
		put_row(state->slot, "OPEN", &state->opened);
	if (!state->opened.line && !slot_is_locked(&job.store.record, state))
		put_row(state->slot, "usable", &state->last);
}

static void put_json_mark(const char *key, const struct slot_mark *mark)
{
	char utc[UTC_TEXT_SIZE];

	printf(", \"%s\": ", key);
	if (!mark->line) {
		fputs("null", stdout);
		return;
	}
	utc_to_text(mark->entry.utc_us, utc);
	printf("{\"what\": \"%s\", \"since\": \"%s\", \"by\": ", slot_what_name(mark->entry.what), utc);
	put_json(stdout, mark->entry.by);
	fputs(", \"why\": ", stdout);
	put_json(stdout, mark->entry.why);
	printf(", \"run\": \"%s\", \"line\": %d}", mark->entry.run, mark->line);
}

static void put_json_slot(const struct slot_state *state, bool in_bench_file)
{
	const struct slot_record *record = &job.store.record;

	fputs("{\"slot\": ", stdout);
	put_json(stdout, state->slot);
	printf(", \"in_bench_file\": %s, \"usable\": %s", in_bench_file ? "true" : "false",
	       state->opened.line || slot_is_locked(record, state) ? "false" : "true");
	put_json_mark("open", &state->opened);
	put_json_mark("locked_out", &state->locked);
	printf(", \"locked_by_damage\": %s", slot_is_suspect(record, state) ? "true" : "false");
	put_json_mark("last", &state->last);
	fputs("}", stdout);
}

/* All slots of the file, then those of which only the record knows. */
static void put_each(void (*put)(const struct slot_state *state, bool in_bench_file))
{
	const struct slot_record *record = &job.store.record;
	const struct bench *bench = &job.night.bench;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct slot_state state = slot_record_state(record, bench->slots[i].name);

		put(&state, true);
	}
	for (i = 0; i < record->state_count; i++)
		if (bench_slot_find(bench, record->states[i].slot) < 0)
			put(&record->states[i], false);
}

static void put_text_slot(const struct slot_state *state, bool in_bench_file)
{
	put_slot(state);
	if (!in_bench_file)
		printf("%-10s  %-10s  the bench file has no such slot any more\n", state->slot, "(remark)");
}

static void put_text_list(void)
{
	printf("bench %s, record %s\n\n", job.night.bench.name, job.store.path);
	printf("%-10s  %-10s  %-23s  %-20s  %s\n", "SLOT", "STATE", "SINCE", "BY", "WHY");
	put_each(put_text_slot);
}

static const char *comma;

static void put_next_json_slot(const struct slot_state *state, bool in_bench_file)
{
	fputs(comma, stdout);
	put_json_slot(state, in_bench_file);
	comma = ",\n  ";
}

static void put_json_list(void)
{
	const struct slot_record *record = &job.store.record;

	fputs("{\"bench\": ", stdout);
	put_json(stdout, job.night.bench.name);
	fputs(", \"record\": ", stdout);
	put_json(stdout, job.store.path);
	fputs(", \"damage\": ", stdout);
	if (record->damaged_line) {
		printf("{\"line\": %d, \"text\": ", record->damaged_line);
		put_json(stdout, record->damage);
		fputs("}", stdout);
	} else {
		fputs("null", stdout);
	}
	fputs(",\n \"slots\": [\n  ", stdout);
	comma = "";
	put_each(put_next_json_slot);
	fputs("\n ]}\n", stdout);
}

static bool is_any_suspect(void)
{
	const struct bench *bench = &job.night.bench;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct slot_state state = slot_record_state(&job.store.record, bench->slots[i].name);

		if (slot_is_suspect(&job.store.record, &state))
			return true;
	}
	return false;
}

static bool list(const struct arguments *arguments, struct error *error)
{
	if (!slot_job_begin(&job, arguments, false, error) || !slot_job_look(&job, false, NULL, error))
		return false;
	if (arguments_has(arguments, "--json"))
		put_json_list();
	else
		put_text_list();
	return !is_any_suspect() ||
	       error_set(error, FAULT_CONFIGURATION,
			 "%s:%d: this line is damaged (%s), so slots count as locked out; look what it was, then for each slot "
			 "hilrig slot clear NAME --bench %s --operator NAME --why TEXT",
			 job.store.path, job.store.record.damaged_line, job.store.record.damage, job.bench_words);
}

static bool list_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done = list(arguments, error);

	(void)exit_code;
	slot_job_done(&job);
	return done;
}

/* ---- The table ---- */

static const struct command_option close_options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--operator", "NAME", "who has put it together again", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example close_examples[] = {
	{"slot close A --bench one-slot --operator A.Person", "the device is changed and everything is shut again"},
	{NULL, NULL},
};

const struct command command_slot_close = {
	.name = "slot close",
	.operands = "NAME",
	.operands_least = 1,
	.operands_most = 1,
	.about = "ends the changing of a device: runs may use the slot again",
	.text = "Ends what slot open began, with name and time. Nothing is switched. A slot that is locked out stays so.",
	.options = close_options,
	.examples = close_examples,
	.run = close_run,
};

static const struct command_option clear_options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--operator", "NAME", "who answers for it", false},
	{"--why", "TEXT", "what was mended, and how that was proved", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example clear_examples[] = {
	{"slot clear A --bench one-slot --operator A.Person --why relay-1-replaced", "after a weld"},
	{NULL, NULL},
};

const struct command command_slot_clear = {
	.name = "slot clear",
	.operands = "NAME",
	.operands_least = 1,
	.operands_most = 1,
	.about = "lifts the lock-out of a slot after it was mended",
	.text = "A slot is locked out when a run finds its relay welded, or when slot open finds something that disagrees. It stays so,\n"
		"over all runs and restarts, until a person lifts it here with a reason; name, time and reason are kept. A damaged line of\n"
		"the record counts as a lock-out of every slot, and is lifted in the same way, slot by slot.",
	.options = clear_options,
	.examples = clear_examples,
	.run = clear_run,
};

static const struct command_option list_options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--json", NULL, "as JSON (reports/slots.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example list_examples[] = {
	{"slot list --bench one-slot", "which slots are open or locked out, since when, by whom and why"},
	{NULL, NULL},
};

const struct command command_slot_list = {
	.name = "slot list",
	.operands = "",
	.about = "which slots of a bench are open or locked out",
	.text = "Every slot with its state, since when, by whom and why. The record is one file of JSON lines for each bench, the user's on\n"
		"this host: ${XDG_STATE_HOME:-$HOME/.local/state}/hilrig/slots/BENCH.jsonl. Lines are added and never changed, so it is\n"
		"the history too. A damaged line ends the command with 64 and says where it is.",
	.options = list_options,
	.examples = list_examples,
	.run = list_run,
};
