/* Falls in the watch that are no control's own, and what they must have raised. */

#include "rig/simulate/hub_oracle.h"

#include "rig/base/instant.h"
#include "rig/simulate/control_oracle.h"

#include <stdio.h>
#include <string.h>

#define BAND_NEAR_NS (100 * NS_PER_MS)  /* so near an end of the band a fall may be on either side of it, by what U allows */
#define TOLD_LATE_NS (2 * NS_PER_S)     /* so much later than a supply goes or comes, the rig may still think otherwise */
#define ALERT_WAY_NS NS_PER_MIN         /* as in story.c */

/* ---- Blame ---- */

static bool was_fed(const struct story *story, int64_t t_ns)
{
	int i;

	for (i = 0; i < story->fall_count; i++)
		if (story->falls[i].t_down_ns + TOLD_LATE_NS < t_ns && story->falls[i].t_up_ns > t_ns)
			return false;
	return story->t_first_rose_ns <= t_ns;
}

bool hub_oracle_blame(const struct story *story, const struct history *history, char why[ORACLE_TEXT_SIZE])
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind != EVENT_FAULT || event->detail != FAULT_DEVICE || was_fed(story, event->from_ns))
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "at %.3f s the hub is at fault (%.30s), and it had no supply", (double)event->from_ns / 1e9, event->text);
		return false;
	}
	return true;
}

/* ---- What supplies did ---- */

/* Nothing is owed any more: the slot was given up or told to be off, or the run was over. */
static bool is_over(const struct truth *truth, const struct history *history, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if ((event->kind == EVENT_FAULT && event->from_ns < from_ns) || (event->kind == EVENT_SAFETY && event->from_ns <= to_ns) ||
		    ((event->kind == EVENT_RIG_CUT || event->kind == EVENT_SWITCHED_OFF) && event->from_ns <= to_ns && event->to_ns >= from_ns))
			return true;
	}
	return truth->t_end_ns <= to_ns;
}

static bool has_event(const struct history *history, enum event_kind kind, int detail, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++)
		if (history->events[i].kind == kind && (detail < 0 || history->events[i].detail == detail) && history->events[i].from_ns >= from_ns &&
		    history->events[i].from_ns <= to_ns)
			return true;
	return false;
}

bool hub_oracle_told(const struct truth *truth, const struct history *history, char why[ORACLE_TEXT_SIZE])
{
	bool tripped = false;
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];
		int64_t t_ns = fact->t_ns, until_ns = t_ns + HUB_TOLD_WITHIN_NS;

		if (fact->fact == FACT_SUPPLY_TRIPPED || fact->fact == FACT_SUPPLY_RESET)
			tripped = fact->fact == FACT_SUPPLY_TRIPPED;
		if (fact->fact != FACT_FEED_LOST || strcmp(fact->slot, history->slot) != 0 || is_over(truth, history, t_ns, until_ns) ||
		    (has_event(history, EVENT_FAULT, FAULT_SUPPLY, t_ns, until_ns) && (!tripped || has_event(history, EVENT_PROTECTION, -1, t_ns, until_ns))))
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "at %.3f s its supply %s, and nobody said so", (double)t_ns / 1e9, tripped ? "tripped" : "restarted");
		return false;
	}
	return true;
}

/* ---- Cuts ---- */

/* The cut that was announced right before this fall; NULL: none was, or it has been ended since. */
static const struct event *cut_of(const struct history *history, const struct fall *fall)
{
	const struct event *found = NULL;
	int i;

	for (i = 0; i < history->event_count; i++)
		if (history->events[i].kind == EVENT_RIG_CUT && history->events[i].to_ns != INSTANT_NEVER && history->events[i].from_ns <= fall->t_down_ns &&
		    fall->t_down_ns - history->events[i].from_ns <= TOLD_LATE_NS)
			found = &history->events[i];
	return found;
}

static bool cuts_hold(const struct story *story, const struct history *history, char why[ORACLE_TEXT_SIZE])
{
	int i;

	for (i = 0; i < story->fall_count; i++) {
		const struct event *cut = cut_of(history, &story->falls[i]);
		int64_t wanted_ns = cut ? cut->to_ns - cut->from_ns : 0, length_ns = story_length(story, &story->falls[i]);

		if (!cut || (length_ns >= wanted_ns - HUB_CUT_NEAR_NS && length_ns <= wanted_ns + HUB_CUT_NEAR_NS))
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "the cut at %.3f s lasted %.6f s, and %.6f s were announced", (double)story->falls[i].t_down_ns / 1e9,
			       (double)length_ns / 1e9, (double)wanted_ns / 1e9);
		return false;
	}
	return true;
}

/* ---- The hub's alerts ---- */

/*
 * An alert may be taken for one of another fall, or of none: it came sooner than any may, when another fall had begun, long after its own,
 * or behind the end of the control whose cut it is of. Or something befell the hub, or whoever listens to it, or what feeds it.
 */
static bool is_plain(const struct truth *truth, const char *name, const struct history *history, const struct story *story, const struct oracle_rule *rule)
{
	size_t i;
	int j;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (fact->fact == FACT_INPUT || fact->fact == FACT_WELDED)
			return false;
		if (strcmp(fact->slot, name) == 0 && (fact->fact == FACT_CONSOLE || fact->fact == FACT_HUB_RESTARTED || fact->fact == FACT_HUB_DIED ||
						      fact->fact == FACT_FEED_LOST || fact->fact == FACT_HELD || fact->fact == FACT_AD1_SPURIOUS))
			return false;
		for (j = 0; j < history->control_count && strcmp(fact->slot, name) == 0 && fact->fact == FACT_AD1_SEEN; j++)
			if (fact->t_ns - fact->value <= history->controls[j].span.to_ns && fact->t_ns > history->controls[j].span.to_ns - CONTROL_LINE_NS)
				return false;
	}
	for (j = 0; j < story->fall_count; j++)
		if (story->falls[j].seen != story->falls[j].in_band)
			return false;
	return !story->stale && story->t_end_ns != INSTANT_NEVER && rule->never_ns < rule->always_ns;
}

static bool in_a_control(const struct history *history, const struct fall *fall)
{
	int i;

	for (i = 0; i < history->control_count; i++)
		if (fall->t_down_ns >= history->controls[i].span.from_ns && fall->t_down_ns <= history->controls[i].span.to_ns)
			return true;
	return false;
}

struct wanted {
	enum validity validity;
	enum conformity conformity;
	bool perhaps;                  /* of one fall it cannot be told: that is said before anything is called void for want of a witness */
	bool unclear;
};

/*
 * Where alerts do not say of what they are: a copy may pass for the alert of a fall in front of it that may have raised one and has none,
 * and so may one that a short fall raised.
 */
static bool may_pass_for_anothers(const struct story *story, const struct oracle_rule *rule)
{
	bool lacking = false;
	int i;

	for (i = 0; i < story->fall_count && !rule->alerts_say_when; i++) {
		const struct fall *fall = &story->falls[i];
		int64_t length_ns = story_length(story, fall);

		if (lacking && (fall->seen > 1 || (fall->seen > 0 && length_ns < rule->never_ns)))
			return true;
		lacking |= fall->seen == 0 && length_ns > rule->never_ns - BAND_NEAR_NS;
	}
	return false;
}

static struct wanted want(const struct story *story, const struct oracle_rule *rule, const struct history *history, const struct watch_span *watch,
			  enum controls_show controls)
{
	struct wanted wanted;
	bool unexpected = false, missing = false, perhaps = false, unclear = controls == CONTROLS_UNCLEAR || may_pass_for_anothers(story, rule);
	int i;

	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];
		int64_t length_ns = story_length(story, fall);
		bool must = fall->t_up_ns == INSTANT_NEVER || length_ns > rule->always_ns, must_not = length_ns < rule->never_ns;

		if (fall->t_up_ns < watch->from_ns || fall->t_down_ns > watch->end_ns || in_a_control(history, fall))
			continue;
		unclear |= (length_ns > rule->never_ns - BAND_NEAR_NS && length_ns < rule->never_ns + BAND_NEAR_NS) ||
			   (length_ns > rule->always_ns - BAND_NEAR_NS && length_ns < rule->always_ns + BAND_NEAR_NS) || (must && !fall->charged);
		unclear |= must && story->t_end_ns < fall->t_down_ns + length_ns + ALERT_WAY_NS + NS_PER_S;
		unexpected |= must_not && fall->seen > 0;
		missing |= must && fall->seen == 0;
		perhaps |= !must && !must_not;
	}
	wanted = (struct wanted){VALIDITY_VALID, CONFORMITY_PASS, perhaps, unclear};
	if (controls != CONTROLS_GHOST && (unexpected || (missing && controls == CONTROLS_BELIEVED)))
		wanted.conformity = CONFORMITY_FAIL;
	else if (controls != CONTROLS_BELIEVED)
		wanted.validity = VALIDITY_VOID;
	else if (perhaps)
		wanted.validity = VALIDITY_INCONCLUSIVE;
	return wanted;
}

static bool is_wanted(const struct wanted *wanted, const struct verdict *verdict)
{
	if (wanted->validity == VALIDITY_VOID && wanted->perhaps && verdict->validity == VALIDITY_INCONCLUSIVE)
		return true;
	return verdict->validity == wanted->validity && (wanted->validity != VALIDITY_VALID || verdict->conformity == wanted->conformity);
}

bool hub_oracle_agrees(const struct truth *truth, const struct story *story, const struct oracle_rule *rule, bool elsewhere,
		       const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	const struct verdict *verdict = oracle_verdict(findings, index, CASE_AD1);
	struct wanted wanted;

	if (!is_plain(truth, history->slot, history, story, rule))
		return true;
	if (!cuts_hold(story, history, why))
		return false;
	if (!verdict || verdict->watch < 0 || verdict->watch >= history->watch_count) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1 was not judged, and nothing was in the way of that");
		return false;
	}
	wanted = want(story, rule, history, &history->watches[verdict->watch],
		      control_oracle(truth, history->slot, history, rule->never_ns, history->watches[verdict->watch].from_ns));
	if (wanted.unclear || is_wanted(&wanted, verdict) ||
	    (elsewhere && wanted.conformity == CONFORMITY_FAIL && verdict->validity == VALIDITY_VOID && verdict->domain == FAULT_OBSERVER))
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1: %s, %s was wanted, and %s, %s was found", validity_name(wanted.validity),
		       conformity_name(wanted.conformity), validity_name(verdict->validity), conformity_name(verdict->conformity));
	return false;
}
