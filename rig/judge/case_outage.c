/*
 * The meter's case: which outages of a watch count, which cannot be laid at its door, and the worst of those that count against
 * the limit. reports/judging.md, "Case outage", in the order of that page.
 */

#include "rig/judge/case_private.h"

#include "rig/alerts/blame.h"

#include <stdio.h>

static int zone_rank(enum limit_zone zone)
{
	switch (zone) {
	case LIMIT_BELOW:
		return 0;
	case LIMIT_BELOW_CONDITIONAL:
		return 1;
	case LIMIT_ABOVE_CONDITIONAL:
		return 2;
	case LIMIT_STRADDLES:
		return 3;
	case LIMIT_ABOVE:
		return 4;
	case LIMIT_ZONE_COUNT:
		break;
	}
	return -1;
}

/* One considered outage with what follows from it. */
struct weighed {
	struct outage outage;
	int64_t u_ns;
	enum limit_zone zone;
	enum fault foreign;       /* it cannot be laid at the meter's door; FAULT_NONE: it counts */
	enum cause cause;
	bool suspended;
};

/* What had passed for certain before a foreign thing set in is the meter's own, whatever came after it. */
static bool own_part_is_above(const struct case_basis *basis, struct weighed *weighed, int64_t onset_ns)
{
	int64_t own_ns = outage_sure_before(&weighed->outage, onset_ns);

	if (limit_judge(&basis->limit, own_ns, weighed->outage.hi_ns, weighed->u_ns) != LIMIT_ABOVE)
		return false;
	weighed->zone = LIMIT_ABOVE;
	weighed->outage.lo_ns = own_ns;
	return true;
}

/* A cut of the mains that the scenario wanted shows something of the meter if it is short by itself. */
static bool cut_is_short(const struct case_basis *basis, int64_t cut_ns, int64_t u_ns)
{
	return cut_ns != INSTANT_NEVER && limit_judge(&basis->limit, cut_ns, cut_ns, u_ns) == LIMIT_BELOW;
}

/* The rig switched off at its end: T is known to be as long as it was then, and no more of it is the meter's. */
static void cut_short(const struct case_basis *basis, struct weighed *weighed, int64_t t_end_off_ns)
{
	weighed->outage.lo_ns = outage_sure_before(&weighed->outage, t_end_off_ns);
	weighed->outage.hi_ns = INSTANT_NEVER;
	weighed->zone = limit_judge(&basis->limit, weighed->outage.lo_ns, INSTANT_NEVER, weighed->u_ns);
}

static struct weighed weigh(const struct case_basis *basis, struct outage outage)
{
	struct blame blame = blame_of(basis->history, &outage);
	struct weighed weighed = {.outage = outage, .cause = blame.cause, .foreign = FAULT_NONE,
				  .suspended = history_suspended(basis->history, outage.t_down_ns, outage.t_up_ns)};

	weighed.u_ns = uncertainty_at(basis->budget, outage.hi_ns == INSTANT_NEVER ? outage.lo_ns : outage.hi_ns).expanded_ns;
	weighed.zone = limit_judge(&basis->limit, outage.lo_ns, outage.hi_ns, weighed.u_ns);
	if (weighed.zone == LIMIT_BELOW)
		return weighed;
	if (cut_is_short(basis, blame.mains_cut_ns, weighed.u_ns))
		blame.onset_ns[BLAME_MAINS_CUT] = INSTANT_NEVER;
	if (blame_domain(&blame) != FAULT_NONE) {
		int64_t onset_ns = blame_onset(&blame), t_end_off_ns = blame.onset_ns[BLAME_END_OFF];

		if (!own_part_is_above(basis, &weighed, onset_ns < t_end_off_ns ? onset_ns : t_end_off_ns))
			weighed.foreign = blame_domain(&blame);
	} else if (blame.onset_ns[BLAME_END_OFF] != INSTANT_NEVER) {
		cut_short(basis, &weighed, blame.onset_ns[BLAME_END_OFF]);
	}
	return weighed;
}

static bool is_worse(const struct weighed *a, const struct weighed *b)
{
	int difference = zone_rank(a->zone) - zone_rank(b->zone);

	if (difference != 0)
		return difference > 0;
	if (a->outage.lo_ns != b->outage.lo_ns)
		return a->outage.lo_ns > b->outage.lo_ns;
	return a->outage.hi_ns > b->outage.hi_ns;
}

/* All that a watch's outages amount to. */
struct weighing {
	struct weighed worst;     /* of those that count */
	int counted;
	struct weighed proven;    /* the worst that is above and that no suspended clock touches */
	bool has_proven;
	struct weighed foreign;   /* the first that cannot be counted */
	bool has_foreign;
	bool suspended;
	int count;
	int64_t sum_lo_ns, sum_hi_ns;
};

/* Whether the rig had announced that it switches the slot off at its end when the outage began. */
static bool after_the_end(const struct history *history, int64_t t_down_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_RIG_CUT && event->purpose == PURPOSE_END && event->from_ns <= t_down_ns &&
		    event->to_ns >= t_down_ns)
			return true;
	}
	return false;
}

static bool is_considered(const struct case_basis *basis, const struct watch_span *watch, const struct outage *outage)
{
	return outage->t_up_ns >= watch->from_ns && outage->t_down_ns <= watch_end(basis, watch) &&
	       history_control_of(basis->history, outage) < 0 && !after_the_end(basis->history, outage->t_down_ns);
}

static void put_on_the_scales(struct weighing *all, const struct weighed *weighed)
{
	all->suspended |= weighed->suspended;
	all->sum_lo_ns = duration_add(all->sum_lo_ns, weighed->outage.lo_ns);
	all->sum_hi_ns = duration_add(all->sum_hi_ns, weighed->outage.hi_ns);
	all->count++;
	if (weighed->foreign != FAULT_NONE) {
		if (!all->has_foreign)
			all->foreign = *weighed;
		all->has_foreign = true;
		return;
	}
	if (all->counted == 0 || is_worse(weighed, &all->worst))
		all->worst = *weighed;
	all->counted++;
	if (weighed->zone == LIMIT_ABOVE && !weighed->suspended &&
	    (!all->has_proven || is_worse(weighed, &all->proven))) {
		all->proven = *weighed;
		all->has_proven = true;
	}
}

static struct weighing weigh_all(const struct case_basis *basis, const struct watch_span *watch)
{
	const struct history *history = basis->history;
	struct weighing all = {.worst = {.zone = LIMIT_BELOW}};
	int i;

	all.worst.u_ns = uncertainty_at(basis->budget, 0).expanded_ns;
	all.worst.zone = limit_judge(&basis->limit, 0, 0, all.worst.u_ns);
	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		struct outage outage = sense_outage(&history->supply, i);
		struct weighed weighed;

		if (!is_considered(basis, watch, &outage))
			continue;
		weighed = weigh(basis, outage);
		put_on_the_scales(&all, &weighed);
	}
	return all;
}

static enum conformity conformity_of(const struct limit_rule *limit, enum limit_zone zone)
{
	static const enum conformity known[] = {CONFORMITY_PASS, CONFORMITY_CONDITIONAL_PASS, CONFORMITY_CONDITIONAL_FAIL,
						CONFORMITY_FAIL, CONFORMITY_NOT_APPLICABLE};
	static const enum conformity unknown[] = {CONFORMITY_NOT_MORE, CONFORMITY_CONDITIONAL_NOT_MORE,
						  CONFORMITY_CONDITIONAL_MORE, CONFORMITY_MORE, CONFORMITY_NOT_APPLICABLE};

	return (limit->clause_known ? known : unknown)[zone];
}

static struct verdict outage_by_limit(const struct case_basis *basis, const struct weighed *worst, bool any)
{
	char reason[REASON_SIZE], statement[LIMIT_TEXT_MAX];

	if (worst->zone == LIMIT_STRADDLES)
		return verdict_make(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the bounds lie on both sides of the limit: what was not recorded decides");
	limit_statement(&basis->limit, worst->zone, statement, sizeof statement);
	snprintf(reason, sizeof reason, "%s%s", statement, any ? "" : ": the supply was there all the time");
	return verdict_make(CASE_OUTAGE, conformity_of(&basis->limit, worst->zone), VALIDITY_VALID,
			    limit_zone_is_above(worst->zone) ? FAULT_DEVICE : FAULT_NONE, reason);
}

static bool tail_decides(const struct case_basis *basis, const struct watch_span *watch, enum limit_zone zone)
{
	int64_t tail_ns = watch_unknown_tail(basis, watch);

	return tail_ns > 0 && zone == LIMIT_BELOW &&
	       limit_judge(&basis->limit, 0, tail_ns, uncertainty_at(basis->budget, tail_ns).expanded_ns) != LIMIT_BELOW;
}

static struct verdict verdict_foreign(const struct weighed *foreign)
{
	char reason[REASON_SIZE];

	snprintf(reason, sizeof reason, "an outage of the watch is not the meter's: cause %s, fault of the %s",
		 cause_name(foreign->cause, PHASE_IDLE), fault_name(foreign->foreign));
	return verdict_void(CASE_OUTAGE, foreign->foreign, reason);
}

/* The rules of the case from 1 on, in their order. */
static struct verdict outage_conclude(const struct case_basis *basis, const struct watch_span *watch,
				      const struct weighing *all)
{
	const struct history *history = basis->history;
	const struct event *fault = fault_in(basis, watch, CASE_OUTAGE);

	if (history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE)
		return verdict_make(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE, VALIDITY_VALID, FAULT_NONE,
				    "a hub alone: the rig cuts here, not a meter");
	if (all->has_proven)
		return outage_by_limit(basis, &all->proven, true);
	if (lists_lost(basis))
		return verdict_lists_lost(CASE_OUTAGE);
	if (fault)
		return verdict_fault(CASE_OUTAGE, fault);
	if (all->has_foreign)
		return verdict_foreign(&all->foreign);
	if (all->suspended || history_suspended(history, watch->from_ns, watch_end(basis, watch)))
		return verdict_void(CASE_OUTAGE, FAULT_ENVIRONMENT, "the host was suspended: its clock stood still");
	if (sense_off_after(&history->supply, watch->from_ns))
		return verdict_void(CASE_OUTAGE, FAULT_RIG, "the slot was off, or not recorded, when the watch began");
	if (watch->end_ns == INSTANT_NEVER)
		return verdict_unfinished(basis, CASE_OUTAGE);
	if (tail_decides(basis, watch, all->worst.zone))
		return verdict_make(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the supply was not recorded to the end of the watch");
	return outage_by_limit(basis, &all->worst, all->count > 0);
}

/* The outage on which the verdict rests. */
static const struct weighed *stated(const struct weighing *all)
{
	if (all->has_proven)
		return &all->proven;
	return all->has_foreign ? &all->foreign : &all->worst;
}

struct verdict case_outage(const struct case_basis *basis, const struct watch_span *watch)
{
	struct verdict verdict = verdict_of_record(basis, CASE_OUTAGE);
	struct weighing all;

	if (!basis->budget)
		return verdict;
	all = weigh_all(basis, watch); /* without a rule the longest: the limit is 0 */
	if (!basis->has_limit)
		verdict = verdict_void(CASE_OUTAGE, FAULT_CONFIGURATION, "no limit rule");
	else if (verdict.validity == VALIDITY_VALID)
		verdict = outage_conclude(basis, watch, &all);
	verdict.worst = stated(&all)->outage;
	verdict.u_ns = stated(&all)->u_ns;
	verdict.sum_lo_ns = all.sum_lo_ns;
	verdict.sum_hi_ns = all.sum_hi_ns;
	verdict.outages = all.count;
	return verdict;
}
