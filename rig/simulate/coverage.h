#ifndef HILRIG_RIG_SIMULATE_COVERAGE_H
#define HILRIG_RIG_SIMULATE_COVERAGE_H

/* How often a campaign reached what: each fault that acted, and each word that findings can say. Plain counters, which add up. */

#include "rig/judge/judge.h"

#define COVERAGE_FAULTS_MAX 96
#define COVERAGE_CONFORMITIES (CONFORMITY_MORE + 1)
#define COVERAGE_VALIDITIES (VALIDITY_MISSING + 1)
#define COVERAGE_REASONS (END_SAFETY + 1)

struct coverage {
	int64_t trials, lines, virtual_s;
	int64_t fault_drawn[COVERAGE_FAULTS_MAX], fault_fired[COVERAGE_FAULTS_MAX];
	int64_t fault_decided[COVERAGE_FAULTS_MAX], fault_verdicts[COVERAGE_FAULTS_MAX]; /* verdicts on outages in trials where it fired */
	int64_t decided, verdicts;                                                       /* of all trials */
	int64_t verdict[CASE_COUNT][COVERAGE_VALIDITIES][COVERAGE_CONFORMITIES];
	int64_t ledger[LEDGER_CLASS_COUNT];
	int64_t cause[CAUSE_COUNT];
	int64_t domain[FAULT_COUNT];                                                     /* of verdicts */
	int64_t end[COVERAGE_REASONS];
};

void coverage_take(struct coverage *coverage, const struct findings *findings);
void coverage_add(struct coverage *to, const struct coverage *from);

#endif
