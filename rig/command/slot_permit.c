/* Refusing slots at which somebody works, and slots that nobody has mended yet, in words that say what to do. */

#include "rig/command/slot_permit.h"

#include "rig/command/slot_means.h"
#include "rig/command/slot_store.h"
#include "rig/command/weld.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 60

/* What all refusals of one run have in common. */
struct refusal {
	const struct bench *bench;
	const char *words;
	const struct slot_record *record;
	const char *file;
	struct problems *problems;
};

static void refuse_locked(const struct refusal *refusal, const struct slot_state *state)
{
	const struct slot_entry *entry = &state->locked.entry;
	char when[SLOT_WHEN_SIZE];

	slot_when(entry->utc_us, when);
	(void)problem_add(refusal->problems, refusal->file, (struct place){state->locked.line, 1},
			  "slot %s is locked out since %s: %.80s%s%.20s%s; hilrig slot clear %s --bench %s --operator NAME --why TEXT "
			  "after it was mended",
			  state->slot, when, entry->why, entry->run[0] ? " (run " : "", entry->run, entry->run[0] ? ")" : "", state->slot,
			  refusal->words);
}

static void refuse_open(const struct refusal *refusal, const struct slot_state *state)
{
	const struct slot_entry *entry = &state->opened.entry;
	char when[SLOT_WHEN_SIZE];

	slot_when(entry->utc_us, when);
	(void)problem_add(refusal->problems, refusal->file, (struct place){state->opened.line, 1},
			  "slot %s is open since %s (%s): somebody may be working at it; hilrig slot close %s --bench %s --operator NAME "
			  "once it is put together again",
			  state->slot, when, entry->by, state->slot, refusal->words);
}

static void refuse_damage(const struct refusal *refusal)
{
	(void)problem_add(refusal->problems, refusal->file, (struct place){refusal->record->damaged_line, 1},
			  "this line is damaged (%s), so every slot of bench %s counts as locked out; look what it was, then for each slot "
			  "hilrig slot clear NAME --bench %s --operator NAME --why TEXT",
			  refusal->record->damage, refusal->bench->name, refusal->words);
}

/* This slot takes part, and that one must stay off. */
static void refuse_shared(const struct refusal *refusal, int slot, const struct slot_state *off, int channel)
{
	int line = off->opened.line ? off->opened.line : off->locked.line ? off->locked.line : refusal->record->damaged_line;

	(void)problem_add(refusal->problems, refusal->file, (struct place){line, 1},
			  "slot %s is fed through %s, which stays off for slot %s: that one is %s; close or clear it first, or leave %s "
			  "out with --slots",
			  refusal->bench->slots[slot].name, refusal->bench->channels[channel].name, off->slot,
			  off->opened.line ? "open" : "locked out", refusal->bench->slots[slot].name);
}

static void refuse_neighbours(const struct refusal *refusal, int off, const struct slot_state *state,
			      const bool taking_part[BENCH_SLOTS_MAX])
{
	int i, channel;

	for (i = 0; i < refusal->bench->slot_count; i++) {
		channel = taking_part[i] ? slot_means_shared(refusal->bench, off, i) : -1;
		if (channel >= 0)
			refuse_shared(refusal, i, state, channel);
	}
}

void slots_refuse(const struct bench *bench, const char *bench_words, const bool taking_part[BENCH_SLOTS_MAX],
		  const struct slot_record *record, const char *file, struct problems *problems)
{
	/* A problem has an end (PROBLEM_TEXT_SIZE), and half a path is no way out. */
	const struct refusal refusal = {bench, strlen(bench_words) < WORDS_MAX ? bench_words : "FILE", record, file, problems};
	bool suspect = false;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct slot_state state = slot_record_state(record, bench->slots[i].name);

		suspect |= taking_part[i] && slot_is_suspect(record, &state);
		if (taking_part[i] && state.opened.line)
			refuse_open(&refusal, &state);
		if (taking_part[i] && state.locked.line)
			refuse_locked(&refusal, &state);
		if (state.opened.line || slot_is_locked(record, &state))
			refuse_neighbours(&refusal, i, &state, taking_part);
	}
	if (suspect)
		refuse_damage(&refusal);
}

bool slots_permit(const struct bench *bench, const char *bench_words, const bool taking_part[BENCH_SLOTS_MAX], bool seated,
		  struct problems *problems, struct error *error)
{
	int before = problems->count + problems->dropped;
	struct slot_store store;

	if (!weld_settle(bench->name, seated, error) || !slot_store_open(&store, bench->name, false, error))
		return false;
	slots_refuse(bench, bench_words, taking_part, &store.record, store.path, problems);
	slot_store_close(&store);
	return problems->count + problems->dropped == before;
}
