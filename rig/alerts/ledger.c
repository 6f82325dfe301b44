/*
 * The ledger of one slot: first every AD1 is given to an outage or to none, then each outage and each lone alert gets
 * its class. reports/judging.md is the rule; the names here are those of that page.
 */

#include "rig/alerts/ledger.h"

#include <assert.h>
#include <string.h>

#define ENTRIES_MAX (OUTAGES_MAX + 1)
#define NO_CONTROL (-1)

/* An outage on its way to a line. */
struct entry {
	struct ledger_line line;
	int control;              /* whose own it is; NO_CONTROL */
	unsigned inside;          /* observers that showed an AD1 in the control itself */
	unsigned ghosts;          /* observers that showed an AD1 but are no evidence */
	bool doubtful;            /* an AD1 may be of this outage, or of another one for which its time speaks as much */
	int64_t surplus[OBSERVERS_MAX];
	int64_t t_surplus_ns;     /* the first of them */
};

struct making {
	const struct history *history;
	const struct control_result *controls;
	int control_count;
	unsigned ghosts;          /* observers with a failed negative control */
	bool elsewhere;           /* the hub that is heard is not the one behind the sense */
	int entry_count;
	struct entry entries[ENTRIES_MAX];
	struct ledger_line *lines;
	int line_count;
};

static enum expectation expect(const struct history *history, const struct outage *outage, int64_t u_ns)
{
	if (outage->lo_ns - u_ns > history->always_ns)
		return EXPECTED_YES;
	if (outage->hi_ns != INSTANT_NEVER && outage->hi_ns + u_ns < history->never_ns)
		return EXPECTED_NO;
	return EXPECTED_PERHAPS;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

/* How long after its begin the outage can have raised an alert at the latest, without what was agreed for late ones. */
static int64_t raising_ns(const struct history *history, const struct outage *outage)
{
	return outage->hi_ns > history->always_ns ? outage->hi_ns : history->always_ns;
}

/* Until when an alert of this outage could have come. */
static int64_t listen_until(const struct history *history, const struct outage *outage)
{
	int64_t until_ns = duration_add(outage->t_down_ns, duration_add(raising_ns(history, outage),
									history->late_ns + LISTEN_AFTER_NS));

	return earlier(until_ns, history->t_last_ns);
}

/* Whether the record goes on for so long that a missing alert is missing. */
static bool heard_out(const struct history *history, const struct outage *outage)
{
	int64_t raising = outage->hi_ns == INSTANT_NEVER ? history->always_ns : raising_ns(history, outage);

	return duration_add(outage->t_down_ns, duration_add(raising, history->late_ns + LISTEN_AFTER_NS)) <= history->t_last_ns;
}

static bool recharged_before(const struct history *history, int64_t t_down_ns)
{
	int64_t recharge_ns = history->wiring.data.slot.recharge_ns;

	if (recharge_ns == 0)
		return true;
	return t_down_ns - recharge_ns >= history->t_start_ns &&
	       sense_high_throughout(&history->supply, t_down_ns - recharge_ns, t_down_ns);
}

static unsigned usable_observers(const struct making *making, int64_t from_ns, int64_t to_ns)
{
	unsigned usable = 0;
	int observer;

	for (observer = 0; observer < making->history->observer_count; observer++)
		if (observer_usable(making->history, making->controls, making->control_count, observer, from_ns, to_ns))
			usable |= 1U << observer;
	return usable;
}

static void add_outages(struct making *making, const struct uncertainty_budget *budget)
{
	const struct history *history = making->history;
	int i;

	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		struct outage outage = sense_outage(&history->supply, i);
		struct entry *entry = &making->entries[making->entry_count++];
		int64_t recharge_ns = history->wiring.data.slot.recharge_ns;

		*entry = (struct entry){.control = history_control_of(history, &outage)};
		entry->line = (struct ledger_line){
			.has_outage = true, .outage_index = i, .outage = outage, .t_alert_ns = -1,
			.u_ns = uncertainty_at(budget, outage.hi_ns == INSTANT_NEVER ? outage.lo_ns : outage.hi_ns).expanded_ns,
			.cause = cause_of_outage(history, &outage),
			.usable = usable_observers(making, outage.t_down_ns, listen_until(history, &outage)),
			.recharged = recharged_before(history, outage.t_down_ns),
			.unseated = history_unseated(history, outage.t_down_ns - recharge_ns, outage.t_up_ns),
		};
		entry->line.expected = expect(history, &outage, entry->line.u_ns);
	}
}

static bool has_one_from(const struct entry *entry, int observer)
{
	return (entry->line.seen | entry->ghosts | entry->inside) >> observer & 1;
}

/* From when to when an AD1 of this outage can be seen; no bound where the outage, or the band, has none. */
static bool can_have_raised(const struct history *history, const struct outage *outage, int64_t t_ns)
{
	int64_t most_ns = raising_ns(history, outage);

	if (t_ns < duration_add(outage->t_down_ns, history->never_ns))
		return false;
	return most_ns == INSTANT_NEVER ||
	       t_ns <= duration_add(outage->t_down_ns, duration_add(most_ns, history->late_ns + ALERT_REACH_NS));
}

/* By the time that the alert says itself, it is of another outage. */
static bool names_another(const struct making *making, const struct entry *entry, const struct seen_alert *alert)
{
	return history_names_another(making->history, alert, entry->line.outage.t_down_ns, entry->line.outage.t_down_ns);
}

/* The last outage that can have raised what was seen at t_ns, with or without an AD1 from this observer already. */
static struct entry *last_that_raises(struct making *making, const struct seen_alert *alert, bool has_one)
{
	int i;

	for (i = making->entry_count - 1; i >= 0; i--) {
		struct entry *entry = &making->entries[i];

		/* A control's alert is never an excuse for a second one an hour later. */
		if (entry->line.expected != EXPECTED_NO && has_one_from(entry, alert->observer) == has_one &&
		    !(has_one && entry->control != NO_CONTROL) &&
		    can_have_raised(making->history, &entry->line.outage, alert->t_ns) && !names_another(making, entry, alert))
			return entry;
	}
	return NULL;
}

static bool is_near(const struct history *history, const struct outage *outage, int64_t t_ns)
{
	int64_t reach_ns = duration_add(outage->hi_ns, duration_add(history->always_ns, history->late_ns));

	return outage->t_down_ns <= t_ns && t_ns <= duration_add(outage->t_down_ns, reach_ns);
}

static struct entry *last_too_short(struct making *making, const struct seen_alert *alert)
{
	int i;

	for (i = making->entry_count - 1; i >= 0; i--)
		if (making->entries[i].line.expected == EXPECTED_NO &&
		    is_near(making->history, &making->entries[i].line.outage, alert->t_ns) &&
		    !names_another(making, &making->entries[i], alert))
			return &making->entries[i];
	return NULL;
}

static struct entry *last_control_near(struct making *making, const struct seen_alert *alert)
{
	int i;

	for (i = making->entry_count - 1; i >= 0; i--) {
		struct entry *entry = &making->entries[i];

		if (entry->control != NO_CONTROL && entry->line.expected != EXPECTED_NO && has_one_from(entry, alert->observer) &&
		    can_have_raised(making->history, &entry->line.outage, alert->t_ns) &&
		    is_near(making->history, &entry->line.outage, alert->t_ns) && !names_another(making, entry, alert))
			return entry;
	}
	return NULL;
}

/*
 * The outage may be two, with a time between them that nobody recorded, and the alert came when one of the part that is certain would long
 * have come.
 */
static bool outlasts_certain_part(const struct history *history, const struct outage *outage, int64_t t_ns)
{
	int64_t certain_ns = outage->lo_ns > history->always_ns ? outage->lo_ns : history->always_ns;

	return outage->hi_ns > duration_add(outage->lo_ns, LISTEN_AFTER_NS) &&
	       t_ns > duration_add(outage->sure_from_ns, duration_add(certain_ns, history->late_ns + LISTEN_AFTER_NS));
}

/* It came when this outage's own would long have come, and one behind it has its alert: it may be a copy of that. */
static bool may_be_a_later_ones_copy(struct making *making, const struct entry *raises, const struct seen_alert *alert)
{
	const struct entry *other = last_that_raises(making, alert, true);

	return other && other > raises && alert->t_ns > listen_until(making->history, &raises->line.outage);
}

/*
 * It came so late that it may as well be one that an outage behind this raised, and must not have: of that one it can no longer be said
 * that nothing was seen of it.
 */
static void doubt(struct making *making, struct entry *raises, const struct seen_alert *alert, bool repeats)
{
	struct entry *other = last_too_short(making, alert);

	raises->doubtful |= !repeats && (outlasts_certain_part(making->history, &raises->line.outage, alert->t_ns) ||
					 may_be_a_later_ones_copy(making, raises, alert));
	if (!other || other->line.outage.t_down_ns < raises->line.outage.t_down_ns ||
	    (!repeats && alert->t_ns <= listen_until(making->history, &raises->line.outage)))
		return;
	other->doubtful = true;
	raises->doubtful |= !repeats;
}

/* It may be a copy of a control's alert, or one that the short outage raised. */
static struct entry *short_or_control(struct making *making, const struct seen_alert *alert)
{
	struct entry *other = last_too_short(making, alert), *control = last_control_near(making, alert);

	if (other && control)
		other->doubtful = true;
	return control ? control : other;
}

static struct entry *belongs_to(struct making *making, const struct seen_alert *alert)
{
	struct entry *entry = last_that_raises(making, alert, false);
	bool repeats = !entry;

	if (repeats)
		entry = last_that_raises(making, alert, true);
	if (!entry)
		return short_or_control(making, alert);
	doubt(making, entry, alert, repeats);
	return entry;
}

/* Its own outage has its alert, and another one that began behind that has none yet. */
static bool is_of_a_later_one(const struct making *making, const struct entry *control, const struct seen_alert *alert)
{
	const struct entry *entry;

	for (entry = control + 1; entry < making->entries + making->entry_count && has_one_from(control, alert->observer); entry++)
		if (entry->control == NO_CONTROL && entry->line.expected != EXPECTED_NO && !has_one_from(entry, alert->observer) &&
		    can_have_raised(making->history, &entry->line.outage, alert->t_ns))
			return true;
	return false;
}

/* The control in which the alert was seen, if its own outage can have raised it. */
static struct entry *seen_in_control(struct making *making, const struct seen_alert *alert)
{
	const struct history *history = making->history;
	int i;

	for (i = 0; i < making->entry_count; i++) {
		struct entry *entry = &making->entries[i];
		const struct control_span *control = entry->control == NO_CONTROL ? NULL : &history->controls[entry->control];

		if (control && !names_another(making, entry, alert) && alert->t_ns <= control->span.to_ns &&
		    alert->t_ns >= duration_add(entry->line.outage.t_down_ns,
						control->polarity == POLARITY_POSITIVE ? history->never_ns : 0))
			return is_of_a_later_one(making, entry, alert) ? NULL : entry;
	}
	return NULL;
}

static void put_line(struct making *making, const struct ledger_line *line)
{
	assert(making->line_count < LEDGER_LINES_MAX);
	making->lines[making->line_count++] = *line;
}

/* Whether a lone alert says something of the hub: not if it is a ghost's, nor if nobody knows what was before it. */
static bool is_evidence(const struct making *making, const struct seen_alert *alert)
{
	int64_t from_ns = alert->t_ns - ALERT_REACH_NS;

	return !(making->ghosts >> alert->observer & 1) && !history_suspended(making->history, from_ns, alert->t_ns) &&
	       !history_unseated(making->history, from_ns, alert->t_ns) && !making->elsewhere;
}

static void put_lone_alert(struct making *making, const struct seen_alert *alert)
{
	put_line(making, &(struct ledger_line){
		.class = is_evidence(making, alert) ? LEDGER_UNEXPECTED : LEDGER_VOID,
		.expected = EXPECTED_NONE,
		.cause = cause_of_alert(making->history, alert->t_ns),
		.outage_index = -1,
		.t_alert_ns = alert->t_ns,
		.count = alert->count,
		.seen = 1U << alert->observer,
		.recharged = true,
		.unseated = history_unseated(making->history, alert->t_ns - ALERT_REACH_NS, alert->t_ns),
	});
}

static void give_to(struct making *making, struct entry *entry, const struct seen_alert *alert)
{
	unsigned bit = 1U << alert->observer;
	bool has_one = has_one_from(entry, alert->observer);
	int64_t surplus = has_one ? alert->count : alert->count - 1;

	entry->surplus[alert->observer] += surplus;
	if (surplus > 0 && (entry->t_surplus_ns == 0 || alert->t_ns < entry->t_surplus_ns))
		entry->t_surplus_ns = alert->t_ns;
	if (has_one)
		return;
	if (making->ghosts & bit) {
		entry->ghosts |= bit;
		return;
	}
	entry->line.seen |= bit;
	if (entry->line.t_alert_ns < 0 || alert->t_ns < entry->line.t_alert_ns)
		entry->line.t_alert_ns = alert->t_ns;
}

/* The same alert without an outage seen by a second observer is still one line. */
static bool joined_lone_alert(struct making *making, const struct seen_alert *alert)
{
	int i;

	for (i = 0; i < making->line_count; i++) {
		struct ledger_line *line = &making->lines[i];

		if (line->seen >> alert->observer & 1 || alert->t_ns - line->t_alert_ns > LISTEN_AFTER_NS ||
		    (line->class == LEDGER_VOID) == is_evidence(making, alert))
			continue;
		line->seen |= 1U << alert->observer;
		return true;
	}
	return false;
}

static void give_alerts(struct making *making)
{
	const struct history *history = making->history;
	struct entry *entry;
	int i;

	for (i = 0; i < history->alert_count; i++) {
		const struct seen_alert *alert = &history->alerts[i];

		if (!alert->ad1 || alert->other_hub || alert->observer < 0)
			continue;
		entry = seen_in_control(making, alert);
		if (entry) {
			entry->inside |= 1U << alert->observer;
			continue;
		}
		entry = belongs_to(making, alert);
		if (entry)
			give_to(making, entry, alert);
		else if (!joined_lone_alert(making, alert))
			put_lone_alert(making, alert);
	}
}

static bool came_late(const struct history *history, const struct ledger_line *line)
{
	return history->late_ns > 0 &&
	       line->t_alert_ns > duration_add(line->outage.t_down_ns, duration_add(history->always_ns, history->late_ns));
}

static enum ledger_class classify(const struct making *making, const struct entry *entry)
{
	const struct ledger_line *line = &entry->line;

	if (history_suspended(making->history, line->outage.t_down_ns, line->outage.t_up_ns))
		return LEDGER_VOID;
	if (line->seen && line->expected == EXPECTED_YES && !entry->doubtful)
		return came_late(making->history, line) ? LEDGER_LATE : LEDGER_EXPECTED_SEEN;
	if (line->seen && line->expected == EXPECTED_NO)
		return making->elsewhere ? LEDGER_VOID : LEDGER_UNEXPECTED;
	if (line->expected == EXPECTED_PERHAPS || entry->doubtful)
		return LEDGER_INDETERMINATE;
	if (!line->usable)
		return LEDGER_VOID;
	if (line->expected == EXPECTED_YES)
		return line->recharged && !line->unseated && heard_out(making->history, &line->outage) &&
				       !making->elsewhere && !history_hub_stayed_away(making->history, &line->outage)
			       ? LEDGER_EXPECTED_MISSING
			       : LEDGER_VOID;
	return LEDGER_NONE_EXPECTED_NONE_SEEN;
}

/* Surplus alerts that several observers saw are the same alerts: whoever saw most of them says how many there were. */
static void put_duplicates(struct making *making, const struct entry *entry)
{
	struct ledger_line line = entry->line;
	int observer;

	line.class = history_suspended(making->history, line.outage.t_down_ns, line.outage.t_up_ns) ? LEDGER_VOID : LEDGER_DUPLICATE;
	line.t_alert_ns = entry->t_surplus_ns;
	line.count = 0;
	line.seen = 0;
	for (observer = 0; observer < making->history->observer_count; observer++) {
		if (entry->surplus[observer] > 0 && !(making->ghosts >> observer & 1))
			line.seen |= 1U << observer;
		if (entry->surplus[observer] > line.count && !(making->ghosts >> observer & 1))
			line.count = entry->surplus[observer];
	}
	if (line.count > 0)
		put_line(making, &line);
}

/*
 * A control's own outage is what was asked for, unless it raised what it must not, or, behind the end of a negative control and while one of
 * it may still come, what it may have raised: or an outage behind it did.
 */
static bool has_line(const struct making *making, const struct entry *entry, enum ledger_class class)
{
	if (entry->control == NO_CONTROL || class == LEDGER_UNEXPECTED)
		return true;
	return class == LEDGER_INDETERMINATE && entry->line.seen && making->history->controls[entry->control].polarity == POLARITY_NEGATIVE &&
	       entry->line.t_alert_ns <= listen_until(making->history, &entry->line.outage);
}

static void put_outages(struct making *making)
{
	int i;

	for (i = 0; i < making->entry_count; i++) {
		struct entry *entry = &making->entries[i];
		struct ledger_line line = entry->line;

		line.class = classify(making, entry);
		line.count = line.seen ? 1 : 0;
		if (has_line(making, entry, line.class))
			put_line(making, &line);
		put_duplicates(making, entry);
	}
}

static int64_t line_instant(const struct ledger_line *line)
{
	return line->has_outage ? line->outage.t_down_ns : line->t_alert_ns;
}

/* Insertion keeps the order of equals: lone alerts were put first, so an outage at the same instant follows. */
static void sort_lines(struct making *making)
{
	int i, at;

	for (i = 1; i < making->line_count; i++) {
		struct ledger_line line = making->lines[i];

		for (at = i; at > 0 && line_instant(&making->lines[at - 1]) > line_instant(&line); at--)
			making->lines[at] = making->lines[at - 1];
		making->lines[at] = line;
	}
}

int ledger_make(const struct history *history, const struct control_result *controls, int control_count,
		const struct uncertainty_budget *budget, struct ledger_line lines[LEDGER_LINES_MAX])
{
	struct making making; /* not all of it set to zero: its entries are many, are made one by one, and this is done often */
	int i;

	making.history = history;
	making.controls = controls;
	making.control_count = control_count;
	making.ghosts = 0;
	making.elsewhere = history_hub_elsewhere(history);
	making.entry_count = making.line_count = 0;
	making.lines = lines;
	for (i = 0; i < control_count; i++)
		if (controls[i].polarity == POLARITY_NEGATIVE && !controls[i].passed && controls[i].latency_ns >= 0)
			making.ghosts |= 1U << controls[i].observer;
	add_outages(&making, budget);
	give_alerts(&making);
	put_outages(&making);
	sort_lines(&making);
	return making.line_count;
}

const char *ledger_class_name(enum ledger_class class)
{
	static const char *const names[LEDGER_CLASS_COUNT] = {
		[LEDGER_EXPECTED_SEEN] = "expected-seen",
		[LEDGER_EXPECTED_MISSING] = "expected-missing",
		[LEDGER_UNEXPECTED] = "unexpected",
		[LEDGER_NONE_EXPECTED_NONE_SEEN] = "none-expected-none-seen",
		[LEDGER_LATE] = "late",
		[LEDGER_DUPLICATE] = "duplicate",
		[LEDGER_INDETERMINATE] = "indeterminate",
		[LEDGER_VOID] = "void",
	};

	return names[class];
}

const char *expectation_name(enum expectation expectation)
{
	static const char *const names[] = {
		[EXPECTED_YES] = "yes", [EXPECTED_NO] = "no", [EXPECTED_PERHAPS] = "perhaps", [EXPECTED_NONE] = "none",
	};

	return names[expectation];
}
