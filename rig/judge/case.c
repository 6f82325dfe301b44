/* The rules of reports/judging.md, case by case, in the order of that page. */

#include "rig/judge/case.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define RESTORED_LONG_US (INT64_C(180) * 1000000) /* "outage >= 3 minutes": the meaning of 0x8F36, domain.md 4.3 */

static struct verdict verdict_make(enum case_kind kind, enum conformity conformity, enum validity validity, enum fault domain,
				   const char *reason)
{
	struct verdict verdict = {.kind = kind, .conformity = conformity, .validity = validity, .domain = domain};

	text_copy(verdict.reason, sizeof verdict.reason, reason);
	return verdict;
}

static struct verdict verdict_void(enum case_kind kind, enum fault domain, const char *reason)
{
	return verdict_make(kind, CONFORMITY_NOT_APPLICABLE, VALIDITY_VOID, domain, reason);
}

static struct verdict verdict_unfinished(const struct case_basis *basis, enum case_kind kind)
{
	bool person = basis->ended && (basis->end_reason == END_STOPPED || basis->end_reason == END_SAFETY);

	return verdict_make(kind, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, person ? FAULT_OPERATOR : FAULT_RIG,
			    person ? "the watch was stopped before its end" : "the watch has no end: the rig did not finish it");
}

static int64_t watch_end(const struct case_basis *basis, const struct watch_span *watch)
{
	return watch->end_ns == INSTANT_NEVER ? basis->history->t_last_ns : watch->end_ns;
}

static const struct event *fault_in(const struct case_basis *basis, const struct watch_span *watch, enum case_kind kind)
{
	int i;

	for (i = 0; i < basis->history->event_count; i++) {
		const struct event *event = &basis->history->events[i];

		if (event->kind == EVENT_FAULT && (event->cases & CASE_BIT(kind)) && event->from_ns >= watch->from_ns &&
		    event->from_ns <= watch_end(basis, watch))
			return event;
	}
	return NULL;
}

static struct verdict verdict_fault(enum case_kind kind, const struct event *event)
{
	char reason[REASON_SIZE];

	snprintf(reason, sizeof reason, "spoilt at %.3f s: %s", (double)event->from_ns / 1e9, event->text);
	return verdict_void(kind, (enum fault)event->detail, reason);
}

/* Outage */

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

/* What a cause that is not the meter's makes of the case; FAULT_NONE: the outage counts. */
static enum fault foreign_domain(enum cause cause)
{
	switch (cause) {
	case CAUSE_LAB_POWER:
	case CAUSE_MAINS_LOSS:
		return FAULT_ENVIRONMENT;
	case CAUSE_BENCH_PROTECTION:
		return FAULT_SUPPLY;
	case CAUSE_EMERGENCY_STOP:
	case CAUSE_HUB_UNSEATED:
		return FAULT_OPERATOR;
	case CAUSE_RIG_FAULT:
		return FAULT_RIG;
	case CAUSE_UNKNOWN:
	case CAUSE_RIG_SUPPLY_CUT:
	case CAUSE_RIG_MAINS_CUT:
	case CAUSE_HUB_UPGRADE:
	case CAUSE_HUB_RESTART:
	case CAUSE_FIRMWARE:
	case CAUSE_COUNT:
		break;
	}
	return FAULT_NONE;
}

/* One considered outage with what follows from it. */
struct weighed {
	struct outage outage;
	int64_t u_ns;
	enum limit_zone zone;
	enum fault foreign;       /* it cannot be laid at the meter's door */
	enum cause cause;
};

static struct weighed weigh(const struct case_basis *basis, struct outage outage)
{
	struct cause_found found = cause_of_outage(basis->history, outage.t_down_ns, outage.t_up_ns);
	struct weighed weighed = {.outage = outage, .cause = found.cause};
	int64_t unsure_ns = outage.hi_ns == INSTANT_NEVER ? 0 : outage.hi_ns - outage.lo_ns, own_ns;

	weighed.u_ns = uncertainty_at(basis->budget, outage.hi_ns == INSTANT_NEVER ? outage.lo_ns : outage.hi_ns).expanded_ns;
	weighed.zone = limit_judge(&basis->limit, outage.lo_ns, outage.hi_ns, weighed.u_ns);
	weighed.foreign = weighed.zone == LIMIT_BELOW ? FAULT_NONE : foreign_domain(found.cause);
	if (weighed.foreign == FAULT_NONE || unsure_ns >= found.onset_ns - outage.t_down_ns)
		return weighed;
	/* What had passed for certain before the foreign cause set in is the meter's own. */
	own_ns = found.onset_ns - outage.t_down_ns - unsure_ns;
	if (own_ns <= outage.lo_ns && limit_judge(&basis->limit, own_ns, outage.hi_ns, weighed.u_ns) == LIMIT_ABOVE) {
		weighed.foreign = FAULT_NONE;
		weighed.zone = LIMIT_ABOVE;
		weighed.outage.lo_ns = own_ns;
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
	struct weighed worst;
	struct weighed foreign;   /* the first that cannot be counted; .foreign tells whether there is one */
	bool suspended;
	int count;
	int64_t sum_lo_ns, sum_hi_ns;
};

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

		if (outage.t_up_ns < watch->from_ns || outage.t_down_ns > watch_end(basis, watch) ||
		    history_in_control(history, outage.t_down_ns, outage.t_up_ns))
			continue;
		weighed = weigh(basis, outage);
		all.suspended |= history_suspended(history, &outage);
		all.sum_lo_ns += outage.lo_ns;
		all.sum_hi_ns = duration_add(all.sum_hi_ns, outage.hi_ns);
		if (weighed.foreign != FAULT_NONE) {
			if (all.foreign.foreign == FAULT_NONE)
				all.foreign = weighed;
		} else if (all.count == 0 || is_worse(&weighed, &all.worst)) {
			all.worst = weighed;
		}
		all.count++;
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

static struct verdict outage_by_limit(const struct case_basis *basis, const struct watch_span *watch,
				      const struct weighing *all)
{
	char reason[REASON_SIZE], statement[LIMIT_TEXT_MAX];
	enum limit_zone zone = all->worst.zone;

	limit_statement(&basis->limit, zone, statement, sizeof statement);
	if (zone == LIMIT_STRADDLES) {
		if (watch->end_ns == INSTANT_NEVER)
			return verdict_unfinished(basis, CASE_OUTAGE);
		return verdict_make(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the bounds lie on both sides of the limit: what was not recorded decides");
	}
	if (zone != LIMIT_ABOVE && watch->end_ns == INSTANT_NEVER)
		return verdict_unfinished(basis, CASE_OUTAGE);
	snprintf(reason, sizeof reason, "%s%s", statement, all->count ? "" : ": the supply was there all the time");
	return verdict_make(CASE_OUTAGE, conformity_of(&basis->limit, zone), VALIDITY_VALID,
			    limit_zone_is_above(zone) ? FAULT_DEVICE : FAULT_NONE, reason);
}

static struct verdict outage_conclude(const struct case_basis *basis, const struct watch_span *watch,
				      const struct weighing *all)
{
	const struct event *fault = fault_in(basis, watch, CASE_OUTAGE);
	char reason[REASON_SIZE];

	if (basis->history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE)
		return verdict_make(CASE_OUTAGE, CONFORMITY_NOT_APPLICABLE, VALIDITY_VALID, FAULT_NONE,
				    "a hub alone: the rig cuts here, not a meter");
	if (fault)
		return verdict_fault(CASE_OUTAGE, fault);
	if (all->foreign.foreign != FAULT_NONE) {
		snprintf(reason, sizeof reason, "an outage of the watch has the cause %s", cause_name(all->foreign.cause, PHASE_IDLE));
		return verdict_void(CASE_OUTAGE, all->foreign.foreign, reason);
	}
	if (all->suspended)
		return verdict_void(CASE_OUTAGE, FAULT_ENVIRONMENT, "the host was suspended: its clock stood still");
	return outage_by_limit(basis, watch, all);
}

struct verdict case_outage(const struct case_basis *basis, const struct watch_span *watch)
{
	struct weighing all;
	struct verdict verdict;

	if (!basis->budget)
		return verdict_void(CASE_OUTAGE, FAULT_CONFIGURATION, "no uncertainty budget");
	if (basis->history->overflow || basis->history->supply.overflow)
		return verdict_void(CASE_OUTAGE, FAULT_RIG, "more happened than the record keeps");
	all = weigh_all(basis, watch); /* without a rule the longest: the limit is 0 */
	verdict = basis->has_limit ? outage_conclude(basis, watch, &all) :
				     verdict_void(CASE_OUTAGE, FAULT_CONFIGURATION, "no limit rule");
	verdict.worst = all.foreign.foreign != FAULT_NONE ? all.foreign.outage : all.worst.outage;
	verdict.u_ns = all.foreign.foreign != FAULT_NONE ? all.foreign.u_ns : all.worst.u_ns;
	verdict.sum_lo_ns = all.sum_lo_ns;
	verdict.sum_hi_ns = all.sum_hi_ns;
	verdict.outages = all.count;
	return verdict;
}

/* AD1 */

static bool line_in_watch(const struct case_basis *basis, const struct watch_span *watch, const struct ledger_line *line)
{
	int64_t from_ns = line->has_outage ? line->outage.t_down_ns : line->t_alert_ns;
	int64_t to_ns = line->has_outage ? line->outage.t_up_ns : line->t_alert_ns;

	return to_ns >= watch->from_ns && from_ns <= watch_end(basis, watch);
}

/* The first line of the watch that has one of the classes (a bit each), or NULL. */
static const struct ledger_line *first_of(const struct case_basis *basis, const struct watch_span *watch, unsigned classes)
{
	int i;

	for (i = 0; i < basis->ledger_count; i++)
		if ((classes >> basis->ledger[i].class & 1) && line_in_watch(basis, watch, &basis->ledger[i]))
			return &basis->ledger[i];
	return NULL;
}

static bool names_another_hub(const struct case_basis *basis, const struct watch_span *watch)
{
	int i;

	for (i = 0; i < basis->history->alert_count; i++) {
		const struct seen_alert *alert = &basis->history->alerts[i];

		if (alert->other_hub && alert->t_ns >= watch->from_ns && alert->t_ns <= watch_end(basis, watch))
			return true;
	}
	return false;
}

static struct verdict ad1_of_quiet_watch(const struct case_basis *basis, const struct watch_span *watch)
{
	int observer;

	for (observer = 0; observer < basis->history->observer_count; observer++)
		if (observer_usable(basis->history, basis->controls, basis->control_count, observer, watch->from_ns,
				    watch_end(basis, watch)))
			return verdict_make(CASE_AD1, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE,
					    "no outage, and no alert at a point that could have seen one");
	return verdict_void(CASE_AD1, FAULT_OBSERVER, "no observer that could have seen an alert all the time");
}

static struct verdict ad1_conclude(const struct case_basis *basis, const struct watch_span *watch)
{
	static const unsigned failing = 1U << LEDGER_UNEXPECTED | 1U << LEDGER_EXPECTED_MISSING | 1U << LEDGER_LATE;
	const struct ledger_line *line;

	line = first_of(basis, watch, failing);
	if (line)
		return verdict_make(CASE_AD1, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE, ledger_class_name(line->class));
	line = first_of(basis, watch, 1U << LEDGER_VOID);
	if (line && line->has_outage && history_suspended(basis->history, &line->outage))
		return verdict_void(CASE_AD1, FAULT_ENVIRONMENT, "the host was suspended: its clock stood still");
	if (line && line->has_outage && line->usable && !line->recharged)
		return verdict_void(CASE_AD1, FAULT_CONFIGURATION, "the hub's store was not recharged before the outage");
	if (line)
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "no observer that could have seen an alert of the outage");
	if (!first_of(basis, watch, (1U << LEDGER_CLASS_COUNT) - 1)) {
		struct verdict quiet = ad1_of_quiet_watch(basis, watch);

		if (quiet.validity == VALIDITY_VOID)
			return quiet;
	}
	if (watch->end_ns == INSTANT_NEVER)
		return verdict_unfinished(basis, CASE_AD1);
	if (first_of(basis, watch, 1U << LEDGER_INDETERMINATE))
		return verdict_make(CASE_AD1, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE,
				    "an outage is not clear of the hub's alert band");
	return verdict_make(CASE_AD1, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE,
			    first_of(basis, watch, 1U << LEDGER_DUPLICATE) ? "as expected, with duplicates" : "as expected");
}

struct verdict case_ad1(const struct case_basis *basis, const struct watch_span *watch)
{
	const struct event *fault = fault_in(basis, watch, CASE_AD1);

	if (!basis->budget)
		return verdict_void(CASE_AD1, FAULT_CONFIGURATION, "no uncertainty budget");
	if (basis->history->overflow || basis->history->supply.overflow)
		return verdict_void(CASE_AD1, FAULT_RIG, "more happened than the record keeps");
	if (fault)
		return verdict_fault(CASE_AD1, fault);
	if (names_another_hub(basis, watch))
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "an alert names another hub: is the console cross-wired?");
	return ad1_conclude(basis, watch);
}

/* Restored */

struct verdict case_restored(const struct case_basis *basis, const struct watch_span *watch)
{
	const struct event *fault = fault_in(basis, watch, CASE_RESTORED);
	int i, judged = 0;

	if (fault)
		return verdict_fault(CASE_RESTORED, fault);
	for (i = 0; i < basis->history->alert_count; i++) {
		const struct seen_alert *alert = &basis->history->alerts[i];
		int64_t length_us = alert->restoration_utc_us - alert->interruption_utc_us;

		if (!alert->restored || alert->t_ns < watch->from_ns || alert->t_ns > watch_end(basis, watch) ||
		    alert->interruption_utc_us < 0 || alert->restoration_utc_us < 0)
			continue;
		if ((alert->code % 2 == 0) != (length_us >= RESTORED_LONG_US))
			return verdict_make(CASE_RESTORED, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE,
					    "a restoration alert contradicts its own times");
		judged++;
	}
	if (judged == 0)
		return verdict_make(CASE_RESTORED, CONFORMITY_NOT_APPLICABLE, VALIDITY_VALID, FAULT_NONE,
				    "no restoration alert with times of its own");
	return verdict_make(CASE_RESTORED, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE, "each says of itself what its times say");
}

/* Firmware */

bool case_firmware(const struct case_basis *basis, struct verdict *verdict)
{
	const struct history *history = basis->history;
	char reason[REASON_SIZE];

	if (!history->activation_announced)
		return false;
	if (history->version_read && !history->activation_sent && history->activation_unknown &&
	    strcmp(history->firmware_read, history->firmware_to) != 0) {
		*verdict = verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
					"whether the activation was ever sent is not known, and the new version does not run");
	} else if (history->version_read && (history->activation_sent || history->activation_unknown)) {
		bool reached = strcmp(history->firmware_read, history->firmware_to) == 0;

		snprintf(reason, sizeof reason, "read back %s, wanted %s", history->firmware_read, history->firmware_to);
		*verdict = verdict_make(CASE_FIRMWARE, reached ? CONFORMITY_PASS : CONFORMITY_FAIL, VALIDITY_VALID,
					reached ? FAULT_NONE : FAULT_DEVICE, reason);
	} else if (history->activation_sent || history->activation_unknown) {
		*verdict = verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE,
					"no version was read back after the activation");
	} else if (history->activation_refused) {
		*verdict = verdict_make(CASE_FIRMWARE, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE,
					"the meter refused the activation");
	} else {
		*verdict = verdict_void(CASE_FIRMWARE, FAULT_RIG, "the activation was announced and never sent");
	}
	return true;
}
