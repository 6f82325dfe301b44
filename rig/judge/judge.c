/* The fold itself: records to histories, and histories to findings. */

#include "rig/judge/judge.h"

#include "rig/base/text.h"
#include "rig/judge/case.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A verdict as a verdict line of the journal states it. */
struct live_verdict {
	char slot[SLOT_NAME_SIZE];
	unsigned cases;
	int64_t watch;
	enum conformity conformity;
	enum validity validity;
	enum fault domain;
};

struct judge {
	int slots_max;
	struct history *histories;
	struct findings findings;
	unsigned expected;               /* of the whole bench */
	bool overflow;                   /* more slots or verdicts than there is room for */
	bool concluded;                  /* the findings are those of all that was taken */
	bool clock_seen, clock_free;
	bool budget_spoilt;
	bool rule_twice;                 /* two limits are none */
	struct uncertainty_budget when_locked, when_free;
	int live_count;
	struct live_verdict *live;
};

/* Lists are as long as their counts say: what is behind that is never read, and need not be cleared. */
static void *must_allocate(size_t count, size_t size)
{
	void *memory = malloc(count * size);

	assert(memory); /* at load, before anything is energised */
	return memory;
}

struct judge *judge_new(int slots_max)
{
	struct judge *judge = must_allocate(1, sizeof *judge);
	size_t slots = (size_t)slots_max;

	assert(slots_max > 0);
	memset(judge, 0, sizeof *judge);
	judge->slots_max = slots_max;
	judge->histories = must_allocate(slots, sizeof *judge->histories);
	judge->findings.slots = must_allocate(slots, sizeof *judge->findings.slots);
	judge->findings.verdicts = must_allocate(slots * VERDICTS_PER_SLOT_MAX, sizeof *judge->findings.verdicts);
	judge->findings.ledger = must_allocate(slots * LEDGER_LINES_MAX, sizeof *judge->findings.ledger);
	judge->findings.controls = must_allocate(slots * CONTROL_RESULTS_MAX, sizeof *judge->findings.controls);
	judge->live = must_allocate(slots * VERDICTS_PER_SLOT_MAX, sizeof *judge->live);
	return judge;
}

void judge_clear(struct judge *judge)
{
	const struct judge was = *judge;

	memset(judge, 0, sizeof *judge);
	judge->slots_max = was.slots_max;
	judge->histories = was.histories;
	judge->live = was.live;
	judge->findings.slots = was.findings.slots;
	judge->findings.verdicts = was.findings.verdicts;
	judge->findings.ledger = was.findings.ledger;
	judge->findings.controls = was.findings.controls;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	free(judge->live);
	free(judge->findings.controls);
	free(judge->findings.ledger);
	free(judge->findings.verdicts);
	free(judge->findings.slots);
	free(judge->histories);
	free(judge);
}

/* Taking */

static void take_term(struct judge *judge, const struct record *record)
{
	static const enum uncertainty_distribution distributions[] = {
		[DISTRIBUTION_RECTANGULAR] = UNCERTAINTY_RECTANGULAR,
		[DISTRIBUTION_NORMAL_K2] = UNCERTAINTY_NORMAL_K2,
		[DISTRIBUTION_TRIANGULAR] = UNCERTAINTY_TRIANGULAR,
	};
	enum term_condition condition = record->data.term.condition;
	char source[UNCERTAINTY_SOURCE_SIZE];
	bool added = true;

	text_copy(source, sizeof source, record->data.term.source);
	if (condition != TERM_CLOCK_FREE)
		added &= uncertainty_add(&judge->when_locked, record->data.term.term,
					 distributions[record->data.term.distribution], record->data.term.half_width_ns,
					 record->data.term.half_width_ppb, (int)record->data.term.edges, source, NULL);
	if (condition != TERM_CLOCK_LOCKED)
		added &= uncertainty_add(&judge->when_free, record->data.term.term,
					 distributions[record->data.term.distribution], record->data.term.half_width_ns,
					 record->data.term.half_width_ppb, (int)record->data.term.edges, source, NULL);
	/* A term that cannot be counted would make U too small. */
	judge->budget_spoilt |= !added;
}

static struct history *history_of(struct judge *judge, const char *slot)
{
	int i;

	for (i = 0; i < judge->findings.slot_count; i++)
		if (strcmp(judge->histories[i].slot, slot) == 0)
			return &judge->histories[i];
	return NULL;
}

static void take_slot(struct judge *judge, const struct record *record)
{
	struct history *history = history_of(judge, record->slot);

	if (history) { /* which of the two wirings holds nobody can tell */
		history->confused = true;
		return;
	}
	if (judge->findings.slot_count == judge->slots_max) {
		judge->overflow = true;
		return;
	}
	history = &judge->histories[judge->findings.slot_count++];
	history_init(history, record);
	history->expected = judge->expected;
	history_take(history, &judge->findings.boot);
}

static void take_live(struct judge *judge, const struct record *record)
{
	struct live_verdict *live;

	if (judge->live_count == judge->slots_max * VERDICTS_PER_SLOT_MAX) {
		judge->overflow = true;
		return;
	}
	live = &judge->live[judge->live_count++];
	text_copy(live->slot, sizeof live->slot, record->slot);
	live->cases = record->data.verdict.cases;
	live->watch = record->data.verdict.watch;
	live->conformity = record->data.verdict.conformity;
	live->validity = record->data.verdict.validity;
	live->domain = record->data.verdict.domain;
}

static void take_for_run(struct judge *judge, const struct record *record)
{
	struct findings *findings = &judge->findings;

	if (record->kind == RECORD_BOOT && !findings->has_boot) {
		findings->boot = *record;
		findings->has_boot = true;
	} else if (record->kind == RECORD_BOOT) {
		/* It goes on: an earlier end and what was said then are overtaken. */
		findings->ended = false;
		judge->live_count = 0;
	} else if (record->kind == RECORD_RUN) {
		findings->run = *record;
		findings->has_run = true;
	} else if (record->kind == RECORD_RULE) {
		judge->rule_twice |= findings->rule.kind == RECORD_RULE;
		findings->rule = *record;
		findings->has_rule = record->data.rule.limit_ns > 0 && !judge->rule_twice;
		findings->limit_known = record->data.rule.document[0] && record->data.rule.version[0] &&
					record->data.rule.clause[0];
	} else if (record->kind == RECORD_TERM) {
		take_term(judge, record);
	} else if (record->kind == RECORD_EXPECT && !record->slot[0]) {
		judge->expected |= record->data.expect.cases;
	} else if (record->kind == RECORD_SLOT) {
		take_slot(judge, record);
	} else if (record->kind == RECORD_CLOCK) {
		judge->clock_seen = true;
		judge->clock_free |= record->data.clock.state == CLOCK_FREE;
	} else if (record->kind == RECORD_VERDICT) {
		take_live(judge, record);
	} else if (record->kind == RECORD_END) {
		findings->ended = true;
		findings->end_reason = record->data.end.reason;
	}
}

/* Whether the line begins or ends something that is judged: of a slot that nobody described it must not just be lost. */
static bool is_judged(enum record_kind kind)
{
	return kind == RECORD_EXPECT || kind == RECORD_DEVICE || kind == RECORD_WATCH || kind == RECORD_CONTROL ||
	       kind == RECORD_ACTIVATION || kind == RECORD_ALERT;
}

void judge_take(struct judge *judge, const struct record *record)
{
	int i;

	judge->concluded = false;
	judge->findings.lines++;
	if (record->t_ns > judge->findings.end_ns)
		judge->findings.end_ns = record->t_ns;
	take_for_run(judge, record);
	if (record->slot[0]) {
		struct history *history = history_of(judge, record->slot);

		if (history)
			history_take(history, record);
		else
			judge->findings.stray_lines += is_judged(record->kind);
		return;
	}
	for (i = 0; i < judge->findings.slot_count; i++)
		history_take(&judge->histories[i], record);
}

/* Concluding */

const struct uncertainty_budget *judge_budget(const struct judge *judge)
{
	return judge->clock_seen && !judge->clock_free ? &judge->when_locked : &judge->when_free;
}

struct limit_rule judge_limit(const struct findings *findings)
{
	const struct record *rule = &findings->rule;

	if (!findings->has_rule)
		return (struct limit_rule){0};
	return (struct limit_rule){
		.limit_ns = rule->data.rule.limit_ns,
		.boundary = rule->data.rule.boundary == BOUNDARY_AT_LEAST ? LIMIT_AT_LEAST : LIMIT_MORE_THAN,
		.decision = rule->data.rule.decision == DECISION_SIMPLE ? LIMIT_SIMPLE : LIMIT_GUARD_BAND,
		.clause_known = findings->limit_known,
	};
}

static void add_verdict(struct judge *judge, int slot, int watch, struct verdict verdict)
{
	struct findings *findings = &judge->findings;

	if (findings->verdict_count == judge->slots_max * VERDICTS_PER_SLOT_MAX) {
		judge->overflow = true;
		return;
	}
	verdict.slot = slot;
	verdict.watch = watch;
	findings->verdicts[findings->verdict_count++] = verdict;
}

static void add_missing(struct judge *judge, int slot, unsigned judged)
{
	unsigned missing = judge->histories[slot].expected & ~judged;
	int kind;

	for (kind = 0; kind < CASE_COUNT; kind++)
		if (missing & CASE_BIT(kind))
			add_verdict(judge, slot, -1, (struct verdict){
				.kind = (enum case_kind)kind, .validity = VALIDITY_MISSING, .domain = FAULT_RIG,
				.reason = "expected, and never judged"});
}

/* The firmware case has no watch of its own and stands with the first one. */
static void judge_watches(struct judge *judge, int slot, const struct case_basis *basis)
{
	const struct history *history = basis->history;
	struct verdict firmware;
	bool has_firmware = case_firmware(basis, &firmware);
	unsigned judged = has_firmware ? CASE_BIT(CASE_FIRMWARE) : 0;
	int i;

	for (i = 0; i < history->watch_count; i++)
		judged |= history->watches[i].cases & ~CASE_BIT(CASE_FIRMWARE);
	add_missing(judge, slot, judged);
	for (i = 0; i < history->watch_count; i++) {
		const struct watch_span *watch = &history->watches[i];

		if (watch->cases & CASE_BIT(CASE_OUTAGE))
			add_verdict(judge, slot, i, case_outage(basis, watch));
		if (watch->cases & CASE_BIT(CASE_AD1))
			add_verdict(judge, slot, i, case_ad1(basis, watch));
		if (watch->cases & CASE_BIT(CASE_RESTORED))
			add_verdict(judge, slot, i, case_restored(basis, watch));
		if (i == 0 && has_firmware)
			add_verdict(judge, slot, 0, firmware);
	}
	if (history->watch_count == 0 && has_firmware)
		add_verdict(judge, slot, 0, firmware);
}

/* What became of the slot, its controls and its ledger. */
static void look_at_slot(struct judge *judge, int slot)
{
	struct findings *findings = &judge->findings;
	struct slot_findings *out = &findings->slots[slot];
	const struct history *history = &judge->histories[slot];
	const struct control_result *controls = findings->controls + findings->control_count;
	int i;

	*out = (struct slot_findings){
		.history = history,
		.ledger_from = findings->ledger_count,
		.controls_from = findings->control_count,
		.activated = history->activation_sent,
		.confirmed = (history->activation_sent || history->activation_unknown) && history->version_read &&
			     strcmp(history->firmware_read, history->firmware_to) == 0,
	};
	if (history->version_read)
		text_copy(out->firmware_after, sizeof out->firmware_after, history->firmware_read);
	out->controls_count = controls_evaluate(history, findings->controls + findings->control_count);
	out->ledger_count = ledger_make(history, controls, out->controls_count, judge_budget(judge),
					findings->ledger + findings->ledger_count);
	for (i = 0; i < out->controls_count; i++)
		findings->controls[out->controls_from + i].slot = slot;
	for (i = 0; i < out->ledger_count; i++)
		findings->ledger[out->ledger_from + i].slot = slot;
	findings->control_count += out->controls_count;
	findings->ledger_count += out->ledger_count;
}

/* Its verdicts; the ledgers of all slots are there. */
static void conclude_slot(struct judge *judge, int slot)
{
	struct findings *findings = &judge->findings;
	struct slot_findings *out = &findings->slots[slot];
	const struct uncertainty_budget *budget = judge_budget(judge);
	const struct case_basis basis = {
		.history = out->history,
		.budget = judge->budget_spoilt || budget->count == 0 ? NULL : budget,
		.limit = judge_limit(findings),
		.has_limit = findings->has_rule,
		.ledger = findings->ledger + out->ledger_from,
		.ledger_count = out->ledger_count,
		.controls = findings->controls + out->controls_from,
		.control_count = out->controls_count,
		.findings = findings,
		.slot = slot,
		.ended = findings->ended,
		.end_reason = findings->end_reason,
	};

	out->verdicts_from = findings->verdict_count;
	judge_watches(judge, slot, &basis);
	out->verdicts_count = findings->verdict_count - out->verdicts_from;
}

/* A record that lost its end line has lost with it why the run ended, which may be whose fault it was. */
static bool said_again(const struct findings *findings, const struct live_verdict *live)
{
	int i;

	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (strcmp(findings->slots[verdict->slot].history->slot, live->slot) == 0 && verdict->watch == live->watch &&
		    CASE_BIT(verdict->kind) == live->cases && verdict->conformity == live->conformity &&
		    verdict->validity == live->validity && (verdict->domain == live->domain || !findings->ended))
			return true;
	}
	return false;
}

static int exit_code_of(const struct judge *judge)
{
	const struct findings *findings = &judge->findings;
	bool whole = findings->verdict_count > 0 && findings->stray_lines == 0 && !judge->overflow;
	int code = whole ? EXIT_CODE_PASS : EXIT_CODE_UNDECIDED, i;
	bool decided = false;

	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->validity != VALIDITY_VALID) {
			code = EXIT_CODE_UNDECIDED;
			continue;
		}
		switch (verdict->conformity) {
		case CONFORMITY_FAIL:
		case CONFORMITY_MORE:
			return EXIT_CODE_FAIL;
		case CONFORMITY_CONDITIONAL_PASS:
		case CONFORMITY_CONDITIONAL_FAIL:
		case CONFORMITY_CONDITIONAL_NOT_MORE:
		case CONFORMITY_CONDITIONAL_MORE:
			code = EXIT_CODE_UNDECIDED;
			break;
		case CONFORMITY_PASS:
		case CONFORMITY_NOT_MORE:
			decided = true;
			break;
		case CONFORMITY_NOT_APPLICABLE:
			break;
		}
	}
	/* What applied to nothing has tested nothing. */
	return decided ? code : EXIT_CODE_UNDECIDED;
}

const struct findings *judge_conclude(struct judge *judge)
{
	struct findings *findings = &judge->findings;
	int i;

	if (judge->concluded)
		return findings;
	findings->verdict_count = findings->ledger_count = findings->control_count = 0;
	for (i = 0; i < findings->slot_count; i++)
		look_at_slot(judge, i);
	for (i = 0; i < findings->slot_count; i++)
		conclude_slot(judge, i);
	findings->live_verdict_count = judge->live_count;
	findings->live_mismatch_count = 0;
	for (i = 0; i < judge->live_count; i++)
		if (!said_again(findings, &judge->live[i]))
			findings->live_mismatch_count++;
	findings->exit_code = exit_code_of(judge);
	judge->concluded = true;
	return findings;
}
