#ifndef HILRIG_RIG_JUDGE_JUDGE_H
#define HILRIG_RIG_JUDGE_JUDGE_H

/*
 * judge(evidence) -> findings: a fold over the records of a journal, the same live and offline.
 *
 * judge_take() is fed every record in order; judge_conclude() may be asked at any time and says what follows from the
 * records so far. reports/judging.md is the rule, tests/scenarios/ the worked examples.
 *
 * Memory: judge_new() allocates everything for `slots_max` slots once; taking and concluding never allocate. A night
 * that exceeds a maximum below makes the slot's verdicts void (rig), never silently shorter.
 */

#include "rig/alerts/ledger.h"
#include "rig/journal/record.h"
#include "rig/metrology/limit.h"

#define JUDGE_SLOTS_MAX 64
#define VERDICTS_PER_SLOT_MAX (WATCHES_MAX * CASE_COUNT + CASE_COUNT) /* every watch all cases, and every case missing */
#define REASON_SIZE 200

struct verdict {
	int slot;                 /* index into findings->slots */
	enum case_kind kind;
	int watch;                /* 0, 1, ... of the slot; -1 where missing */
	enum conformity conformity;
	enum validity validity;
	enum fault domain;        /* FAULT_NONE where nothing is at fault */
	struct outage worst;      /* CASE_OUTAGE: the outage it rests on; lo = hi = 0 if there was none */
	int64_t u_ns;             /* CASE_OUTAGE: expanded uncertainty, k = 2 */
	int64_t sum_lo_ns, sum_hi_ns; /* CASE_OUTAGE: all dips of the watch; INSTANT_NEVER: no upper bound */
	int outages;              /* CASE_OUTAGE: how many */
	char reason[REASON_SIZE]; /* one sentence, for people */
};

/* What a slot held and went through; texts are those of the journal. */
struct slot_findings {
	const struct history *history;         /* valid as long as the judge */
	int verdicts_from, verdicts_count;     /* in findings->verdicts */
	int ledger_from, ledger_count;
	int controls_from, controls_count;
	bool activated;                        /* an activation was sent or accepted */
	bool confirmed;                        /* the new version was read back */
	char firmware_after[WORD_TEXT_SIZE];   /* last read back after it; empty: none */
};

struct findings {
	/* The run, as its lines say. */
	struct record run, rule, boot;         /* kind is the expected one once seen; has_* says so */
	bool has_run, has_rule, has_boot;
	bool ended;
	enum end_reason end_reason;
	int64_t end_ns;
	uint64_t lines;
	uint64_t stray_lines;                  /* of slots that no slot line describes: something was not judged */
	bool limit_known;                      /* a clause is named: words of conformity may be used */
	int slot_count;
	struct slot_findings *slots;
	int verdict_count;
	struct verdict *verdicts;              /* by slot, watch, case */
	int ledger_count;
	struct ledger_line *ledger;            /* by slot, t_down */
	int control_count;
	struct control_result *controls;       /* by slot, begin, observer */
	int live_verdict_count;                /* verdict lines the journal itself holds */
	int live_mismatch_count;               /* of these, the ones that this judge does not say again */
	int exit_code;                         /* EXIT_CODE_PASS, _FAIL or _UNDECIDED */
};

struct judge;

struct judge *judge_new(int slots_max);
void judge_free(struct judge *judge);

/* As a new one of the same size. */
void judge_clear(struct judge *judge);

void judge_take(struct judge *judge, const struct record *record);

/* Findings so far; owned by the judge, overwritten by the next call. */
const struct findings *judge_conclude(struct judge *judge);

/* The uncertainty budget that applied: the run's term lines, with the clock's row for the state its clock was in. */
const struct uncertainty_budget *judge_budget(const struct judge *judge);

/* The meter's limit as rig/metrology/limit.h takes it; all zeros before a rule line was seen. */
struct limit_rule judge_limit(const struct findings *findings);

#endif
