/* What makes no difference makes none. */

#include "rig/simulate/again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BITS_CHANGED 8

bool again_run(struct trial *trial, const struct drawn_world *world, const char *before, struct error *error)
{
	char bytes[DRAWN_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_put(&text, before);
	drawn_world_put(world, trial->on->bench, &text);
	return trial_run(trial, text.bytes, text.used, error);
}

/* A bit of one byte is another; the reader must not come through. */
static void change_bits(struct trial *trial, uint64_t seed)
{
	struct draw draw;
	struct reader reader;
	struct record record;
	struct error error;
	int i;

	draw_init(&draw, seed);
	for (i = 0; i < BITS_CHANGED && trial->disk.size > 0; i++) {
		char *at = &trial->disk.bytes[draw_between(&draw, (struct draw_range){0, (int64_t)trial->disk.size - 1})];
		char bit = (char)(1 << draw_between(&draw, (struct draw_range){0, 7}));
		bool got = true, read = true;

		*at ^= bit;
		reader_open_bytes(&reader, trial->disk.bytes, trial->disk.size, "journal", trial->sha256);
		while (got && read)
			read = reader_next(&reader, &record, &got, &error);
		reader_close(&reader);
		*at ^= bit;
		if (read)
			trial_fail(trial, CHECK_EVIDENCE, "a bit of its journal was changed, and nobody noticed");
	}
}

void again_keep(struct kept_verdicts *kept, const struct findings *findings)
{
	int room = (int)(sizeof kept->list / sizeof *kept->list);

	kept->count = findings->verdict_count < room ? findings->verdict_count : room;
	memcpy(kept->list, findings->verdicts, (size_t)kept->count * sizeof *kept->list);
}

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->slot == b->slot && a->kind == b->kind && a->watch == b->watch && a->conformity == b->conformity &&
	       a->validity == b->validity && a->domain == b->domain && a->worst.lo_ns == b->worst.lo_ns && a->worst.hi_ns == b->worst.hi_ns &&
	       a->u_ns == b->u_ns && a->outages == b->outages;
}

static bool same_verdicts(const struct kept_verdicts *kept, const struct findings *findings)
{
	int i;

	if (kept->count != findings->verdict_count)
		return false;
	for (i = 0; i < kept->count; i++)
		if (!same_verdict(&kept->list[i], &findings->verdicts[i]))
			return false;
	return true;
}

static bool again_as_it_was(struct trial *trial, const struct drawn_world *world, struct error *error)
{
	static struct kept_verdicts first;
	size_t size = trial->disk.size;
	char *journal = malloc(size ? size : 1);
	bool done;

	if (!journal)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for a second journal");
	memcpy(journal, trial->disk.bytes, size);
	again_keep(&first, judge_conclude(trial->judge));
	done = again_run(trial, world, "", error);
	if (done && trial->failed == CHECK_NONE && (trial->disk.size != size || memcmp(trial->disk.bytes, journal, size) != 0))
		trial_fail(trial, CHECK_EVIDENCE, "a second run of the same seed gave another journal");
	if (done && trial->failed == CHECK_NONE)
		done = again_run(trial, world, "begins: 2031-05-07T23:59:00Z\n", error);
	if (done && trial->failed == CHECK_NONE && !same_verdicts(&first, judge_conclude(trial->judge)))
		trial_fail(trial, CHECK_METAMORPHIC, "the same world on another day was judged otherwise");
	free(journal);
	return done;
}

/* ---- Other slots ---- */

/* The slots that take part in pairs: the first with the second, the third with the fourth; one without a partner stays. */
static int neighbour_of(const struct trial_bench *on, int slot)
{
	int i, partner = -1;

	for (i = 0; i < on->bench->slot_count; i++) {
		if (!on->taking_part[i])
			continue;
		if (partner >= 0 && (i == slot || partner == slot))
			return i == slot ? partner : i;
		partner = partner >= 0 ? -1 : i;
	}
	return slot;
}

static const struct verdict *verdict_of(const struct findings *findings, const char *slot, enum case_kind kind)
{
	int i;

	for (i = 0; i < findings->verdict_count; i++)
		if (findings->verdicts[i].kind == kind && strcmp(findings->slots[findings->verdicts[i].slot].history->slot, slot) == 0)
			return &findings->verdicts[i];
	return NULL;
}

/* An outage of the slot's watches went on when its watch was over. */
static bool runs_past(const struct findings *findings, const char *slot)
{
	const struct history *history = NULL;
	int i, w;

	for (i = 0; i < findings->slot_count; i++)
		if (strcmp(findings->slots[i].history->slot, slot) == 0)
			history = findings->slots[i].history;
	for (w = 0; history && w < history->watch_count; w++)
		for (i = 0; i < sense_outage_count(&history->supply); i++) {
			struct outage outage = sense_outage(&history->supply, i);

			if (outage.t_down_ns <= history->watches[w].end_ns && outage.t_up_ns > history->watches[w].end_ns)
				return true;
		}
	return false;
}

static bool is_good(const struct verdict *verdict)
{
	return verdict->validity == VALIDITY_VALID && (verdict->conformity == CONFORMITY_PASS || verdict->conformity == CONFORMITY_NOT_MORE);
}

static bool is_bad(const struct verdict *verdict)
{
	return verdict->validity == VALIDITY_VALID && (verdict->conformity == CONFORMITY_FAIL || verdict->conformity == CONFORMITY_MORE);
}

/*
 * What one slot had is what the other has: both NULL, or equal in all that a verdict on a meter says. How much was seen of an outage that
 * went on when its watch was over depends on when the run ended, which other slots have a say in; nothing good becomes bad by that.
 */
static bool judged_alike(const struct verdict *was, const struct verdict *is, bool past)
{
	if (!was || !is)
		return !was && !is;
	if (past)
		return !(is_good(was) && is_bad(is)) && !(is_bad(was) && is_good(is));
	return was->conformity == is->conformity && was->validity == is->validity && was->worst.lo_ns == is->worst.lo_ns &&
	       was->worst.hi_ns == is->worst.hi_ns && was->outages == is->outages;
}

/* Verdicts by slot of the bench, so that they outlive the findings. */
struct by_slot {
	bool past[BENCH_SLOTS_MAX];
	bool has[BENCH_SLOTS_MAX][CASE_COUNT];
	struct verdict list[BENCH_SLOTS_MAX][CASE_COUNT];
};

static void keep_by_slot(struct by_slot *kept, const struct trial_bench *on, const struct findings *findings)
{
	const struct verdict *found;
	int slot, kind;

	for (slot = 0; slot < on->bench->slot_count; slot++) {
		kept->past[slot] = runs_past(findings, on->bench->slots[slot].name);
		for (kind = 0; kind < CASE_COUNT; kind++) {
			found = verdict_of(findings, on->bench->slots[slot].name, (enum case_kind)kind);
			kept->has[slot][kind] = found != NULL;
			if (found)
				kept->list[slot][kind] = *found;
		}
	}
}

/* Each slot but `left_out` has what `moved ? its neighbour : itself` had. */
static void compare(struct trial *trial, const struct by_slot *kept, bool moved, int left_out, const char *what)
{
	static const enum case_kind kinds[] = {CASE_OUTAGE, CASE_FIRMWARE};
	const struct findings *findings = judge_conclude(trial->judge);
	const struct trial_bench *on = trial->on;
	int slot;
	size_t i;

	for (slot = 0; slot < on->bench->slot_count; slot++) {
		int from = moved ? neighbour_of(on, slot) : slot;
		bool past = kept->past[from] || runs_past(findings, on->bench->slots[slot].name);

		for (i = 0; i < sizeof kinds / sizeof *kinds && on->taking_part[slot] && slot != left_out; i++)
			if (!judged_alike(kept->has[from][kinds[i]] ? &kept->list[from][kinds[i]] : NULL,
					  verdict_of(findings, on->bench->slots[slot].name, kinds[i]), past))
				trial_fail(trial, CHECK_METAMORPHIC, "%s: %s of slot %s was judged otherwise in slot %s", what, case_name(kinds[i]),
					   on->bench->slots[from].name, on->bench->slots[slot].name);
	}
}

static int last_slot(const struct trial_bench *on)
{
	int slot = on->bench->slot_count - 1;

	while (slot > 0 && !on->taking_part[slot])
		slot--;
	return slot;
}

/* Of hubs alone nothing is drawn that would move with them but their alerts' delays. */
static bool has_meters(const struct trial_bench *on)
{
	int i;

	for (i = 0; i < on->bench->slot_count; i++)
		if (on->taking_part[i] && on->bench->slots[i].mains.present)
			return true;
	return false;
}

static bool again_elsewhere(struct trial *trial, const struct drawn_world *world, struct error *error)
{
	static struct drawn_world plain, other;
	static struct by_slot kept;
	int idle = last_slot(trial->on), i;

	plain = *world;
	for (i = 0; i < plain.count; i++)
		plain.parts[i].left_out = plain.parts[i].kind != DRAWN_METER;
	if (!again_run(trial, &plain, "", error))
		return false;
	keep_by_slot(&kept, trial->on, judge_conclude(trial->judge));
	other = plain;
	for (i = 0; i < other.count; i++)
		if (other.parts[i].slot >= 0)
			other.parts[i].slot = neighbour_of(trial->on, other.parts[i].slot);
	if (trial->failed != CHECK_NONE || !again_run(trial, &other, "", error))
		return trial->failed != CHECK_NONE;
	compare(trial, &kept, true, -1, "slots that changed places");
	other = plain;
	for (i = 0; i < other.count; i++)
		other.parts[i].left_out |= other.parts[i].slot == idle;
	if (trial->failed != CHECK_NONE || !again_run(trial, &other, "", error))
		return trial->failed != CHECK_NONE;
	compare(trial, &kept, false, idle, "a slot that is idle");
	return true;
}

bool again_ask(struct trial *trial, const struct drawn_world *world, struct error *error)
{
	change_bits(trial, world->seed);
	return trial->failed != CHECK_NONE ||
	       (again_as_it_was(trial, world, error) &&
		(trial->failed != CHECK_NONE || !has_meters(trial->on) || again_elsewhere(trial, world, error)));
}
