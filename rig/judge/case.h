#ifndef HILRIG_RIG_JUDGE_CASE_H
#define HILRIG_RIG_JUDGE_CASE_H

/*
 * The four cases, one function each: what a slot's history, ledger and controls say about one watch. Pure.
 * reports/judging.md has a section per case, with the order in which its rules are tried.
 */

#include "rig/judge/judge.h"

/* What the cases of one slot are judged on. */
struct case_basis {
	const struct history *history;
	const struct uncertainty_budget *budget; /* NULL: none or unusable */
	struct limit_rule limit;
	bool has_limit;
	const struct ledger_line *ledger;
	int ledger_count;
	const struct control_result *controls;
	int control_count;
	const struct findings *findings; /* its slots have their ledgers */
	int slot;                  /* this one, in them */
	bool ended;                /* the run has an end line */
	enum end_reason end_reason;
};

struct verdict case_outage(const struct case_basis *basis, const struct watch_span *watch);
struct verdict case_ad1(const struct case_basis *basis, const struct watch_span *watch);
struct verdict case_restored(const struct case_basis *basis, const struct watch_span *watch);

/* Of the whole run; false where no activation was ever announced. */
bool case_firmware(const struct case_basis *basis, struct verdict *verdict);

#endif
