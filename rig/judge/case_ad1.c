/* The hub's and the path's case: what the lines of the ledger say of a watch. reports/judging.md, "Case ad1". */

#include "rig/judge/case_private.h"

/* At the end of a recording the last poll may lie so far back; design.md: inputs are polled ten times a second. */
#define RECORDING_LAG_NS NS_PER_S

static bool line_in_watch(const struct case_basis *basis, const struct watch_span *watch, const struct ledger_line *line)
{
	if (line->has_outage && watch_touches(basis, watch, line->outage.t_down_ns, line->outage.t_up_ns))
		return true;
	return line->t_alert_ns >= 0 && watch_touches(basis, watch, line->t_alert_ns, line->t_alert_ns);
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

#define FAULT_LEAD_OF_ALERT_NS (10 * NS_PER_MIN)

/* An alert that was seen and should not have been, or not then, with nothing wrong where it was seen. */
static const struct ledger_line *seen_and_wrong(const struct case_basis *basis, const struct watch_span *watch)
{
	int i;

	for (i = 0; i < basis->ledger_count; i++) {
		const struct ledger_line *line = &basis->ledger[i];
		int64_t from_ns = line->has_outage ? line->outage.t_down_ns - HOLD_UP_NS : line->t_alert_ns - FAULT_LEAD_OF_ALERT_NS;

		if ((line->class == LEDGER_UNEXPECTED || line->class == LEDGER_LATE) && line_in_watch(basis, watch, line) &&
		    !fault_between(basis->history, CASE_AD1, from_ns, line->t_alert_ns))
			return line;
	}
	return NULL;
}

/* Whether an AD1 was seen in the watch that names another hub, or that came by a point nobody declared. */
static bool odd_alert(const struct case_basis *basis, const struct watch_span *watch, bool undeclared)
{
	int i;

	for (i = 0; i < basis->history->alert_count; i++) {
		const struct seen_alert *alert = &basis->history->alerts[i];

		if ((undeclared ? alert->ad1 && !alert->other_hub && alert->observer < 0 : alert->other_hub) &&
		    watch_touches(basis, watch, alert->t_ns, alert->t_ns))
			return true;
	}
	return false;
}

static bool heard_all_the_time(const struct case_basis *basis, const struct watch_span *watch)
{
	int observer;

	for (observer = 0; observer < basis->history->observer_count; observer++)
		if (observer_usable(basis->history, basis->controls, basis->control_count, observer, watch->from_ns,
				    watch_end(basis, watch)))
			return true;
	return false;
}

static struct verdict verdict_of_void_line(const struct case_basis *basis, const struct ledger_line *line)
{
	const struct outage *outage = &line->outage;
	int64_t from_ns = line->has_outage ? outage->t_down_ns : line->t_alert_ns - ALERT_REACH_NS;
	int64_t to_ns = line->has_outage ? outage->t_up_ns : line->t_alert_ns;

	if (history_suspended(basis->history, from_ns, to_ns))
		return verdict_void(CASE_AD1, FAULT_ENVIRONMENT, "the host was suspended: its clock stood still");
	if (line->unseated && (line->usable || !line->has_outage))
		return verdict_void(CASE_AD1, FAULT_OPERATOR, "the hub was off its socket");
	if (line->has_outage && line->usable && !line->recharged)
		return verdict_void(CASE_AD1, FAULT_CONFIGURATION, "the hub's store was not recharged before the outage");
	return verdict_void(CASE_AD1, FAULT_OBSERVER, "no observer that could have seen an alert of the outage");
}

/* An outage that nobody recorded may have raised what nobody can expect. */
static bool tail_may_raise(const struct case_basis *basis, const struct watch_span *watch)
{
	int64_t tail_ns = watch_unknown_tail(basis, watch);

	return tail_ns > 0 && tail_ns + uncertainty_at(basis->budget, tail_ns).expanded_ns >= basis->history->never_ns &&
	       tail_ns > basis->history->wiring.data.slot.settle_ns + RECORDING_LAG_NS;
}

/* The rules of the case from 5 on. */
static struct verdict ad1_without_fail(const struct case_basis *basis, const struct watch_span *watch)
{
	const struct ledger_line *line = first_of(basis, watch, 1U << LEDGER_VOID);

	if (line)
		return verdict_of_void_line(basis, line);
	if (history_hub_elsewhere(basis->history))
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "the hub at the console booted without a reason of its slot: it sits on another meter");
	if (odd_alert(basis, watch, true))
		return verdict_void(CASE_AD1, FAULT_CONFIGURATION, "an alert came by an observer that the slot does not declare");
	if (history_suspended(basis->history, watch->from_ns, watch_end(basis, watch)))
		return verdict_void(CASE_AD1, FAULT_ENVIRONMENT, "the host was suspended: nobody listened");
	line = first_of(basis, watch, 1U << LEDGER_INDETERMINATE);
	if (!line && !heard_all_the_time(basis, watch))
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "no observer that could have seen an alert all the time");
	if (watch->end_ns == INSTANT_NEVER)
		return verdict_unfinished(basis, CASE_AD1);
	if (line)
		return verdict_make(CASE_AD1, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE,
				    "an outage is not clear of the hub's alert band");
	if (tail_may_raise(basis, watch))
		return verdict_make(CASE_AD1, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the supply was not recorded to the end of the watch");
	if (!first_of(basis, watch, (1U << LEDGER_CLASS_COUNT) - 1))
		return verdict_make(CASE_AD1, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE,
				    "no outage, and no alert at a point that could have seen one");
	return verdict_make(CASE_AD1, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE,
			    first_of(basis, watch, 1U << LEDGER_DUPLICATE) ? "as expected, with duplicates" : "as expected");
}

/* An alert of an outage comes in this time, unless it waits on its way. */
static bool can_be_of(const struct history *history, const struct outage *outage, int64_t t_ns)
{
	int64_t raising_ns = outage->hi_ns < history->always_ns ? history->always_ns : outage->hi_ns;

	return outage->hi_ns >= history->never_ns && t_ns >= duration_add(outage->t_down_ns, history->never_ns) &&
	       t_ns <= duration_add(outage->t_down_ns, duration_add(raising_ns, history->late_ns + LISTEN_AFTER_NS));
}

/* Whether the slot itself had an outage that its alert can be of, or repeat the alert of. */
static bool has_its_own(const struct history *history, int alert)
{
	int64_t t_ns = history->alerts[alert].t_ns;
	int before, at;

	for (at = 0; at < sense_outage_count(&history->supply); at++) {
		struct outage outage = sense_outage(&history->supply, at);
		int64_t near_ns = duration_add(outage.t_down_ns, duration_add(outage.hi_ns, history->always_ns + history->late_ns));

		if (can_be_of(history, &outage, t_ns))
			return true;
		for (before = 0; before < alert && t_ns <= near_ns; before++)
			if (history->alerts[before].ad1 && !history->alerts[before].other_hub &&
			    can_be_of(history, &outage, history->alerts[before].t_ns))
				return true;
	}
	return false;
}

/* One that nobody can believe, or that says itself that it is of another outage, shows nothing. */
static bool shows_nothing(const struct findings *findings, int slot, const struct seen_alert *alert)
{
	const struct slot_findings *of = &findings->slots[slot];
	int i;

	if (!alert->ad1 || alert->other_hub || alert->observer < 0 || history_names_another(of->history, alert, -1, -1))
		return true;
	for (i = of->controls_from; i < of->controls_from + of->controls_count; i++) {
		const struct control_result *control = &findings->controls[i];

		if (control->observer == alert->observer && control->polarity == POLARITY_NEGATIVE && !control->passed && control->latency_ns >= 0)
			return true;
	}
	return false;
}

/* A slot saw an alert in the outage of another one, and had no outage of its own that it can be of. */
static bool saw_one_of(const struct case_basis *basis, int slot, const struct outage *theirs)
{
	const struct history *history = basis->findings->slots[slot].history;
	int i;

	for (i = 0; i < history->alert_count; i++)
		if (!shows_nothing(basis->findings, slot, &history->alerts[i]) && can_be_of(basis->history, theirs, history->alerts[i].t_ns) &&
		    !has_its_own(history, i))
			return true;
	return false;
}

/* A slot had an outage in which this alert can have been raised, saw none of it, and nor did its hub say that it is back from it. */
static bool lacks_one_at(const struct findings *findings, int slot, int64_t t_ns)
{
	const struct history *history = findings->slots[slot].history;
	int i;

	for (i = findings->slots[slot].ledger_from; i < findings->slots[slot].ledger_from + findings->slots[slot].ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];

		if (line->has_outage && !line->seen && line->expected != EXPECTED_NO && can_be_of(history, &line->outage, t_ns) &&
		    !history_hub_came_back(history, &line->outage))
			return true;
	}
	return false;
}

/*
 * Either hub may sit on the other's meter, with its console: it came back when the other's supply did, or one slot lacks an alert that the
 * other has too many. Each control is passed then, where both are cut together.
 */
static bool are_swapped(const struct case_basis *basis, int other, const struct ledger_line *line)
{
	const struct history *history = basis->findings->slots[other].history;

	if (history_hub_sits_on(history, basis->history) || history_hub_sits_on(basis->history, history))
		return true;
	return line->class == LEDGER_UNEXPECTED ? lacks_one_at(basis->findings, other, line->t_alert_ns)
						: line->class == LEDGER_EXPECTED_MISSING && !history_hub_came_back(basis->history, &line->outage) &&
							  saw_one_of(basis, other, &line->outage);
}

static bool is_anothers(const struct case_basis *basis, const struct ledger_line *line)
{
	int i;

	if (basis->history->ready_count == READY_MAX)
		return true; /* what its hub said later is not kept: nobody knows where it sits */
	for (i = 0; i < basis->findings->slot_count; i++)
		if (i != basis->slot && are_swapped(basis, i, line))
			return true;
	return false;
}

struct verdict case_ad1(const struct case_basis *basis, const struct watch_span *watch)
{
	static const unsigned failing = 1U << LEDGER_UNEXPECTED | 1U << LEDGER_EXPECTED_MISSING | 1U << LEDGER_LATE;
	struct verdict verdict = verdict_of_record(basis, CASE_AD1);
	const struct event *fault = fault_in(basis, watch, CASE_AD1);
	const struct ledger_line *line;

	if (verdict.validity != VALIDITY_VALID)
		return verdict;
	if (odd_alert(basis, watch, false))
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "an alert names another hub: is the console cross-wired?");
	line = seen_and_wrong(basis, watch);
	if (!line && fault)
		return verdict_fault(CASE_AD1, fault);
	if (!line && lists_lost(basis))
		return verdict_lists_lost(CASE_AD1);
	if (!line)
		line = first_of(basis, watch, failing);
	if (line && is_anothers(basis, line))
		return verdict_void(CASE_AD1, FAULT_OBSERVER, "one slot lacks an alert that another has too many: do hubs sit on each other's meters?");
	if (line)
		return verdict_make(CASE_AD1, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE, ledger_class_name(line->class));
	return ad1_without_fail(basis, watch);
}
