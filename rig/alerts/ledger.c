/*
 * The ledger of one slot: first every AD1 is given to an outage or to none, then each outage and each lone alert gets
 * its class. reports/judging.md is the rule; the names here are those of that page.
 */

#include "rig/alerts/ledger.h"

#include <assert.h>
#include <string.h>

#define ENTRIES_MAX (OUTAGES_MAX + 1)
/* An observer may show an alert so much later than the hub sent it; it must have been listening until then. */
#define LISTEN_AFTER_NS (60 * NS_PER_S)

/* An outage on its way to a line. */
struct entry {
	struct ledger_line line;
	unsigned ghosts;          /* observers that showed an AD1 but are no evidence */
	int64_t surplus[OBSERVERS_MAX];
};

struct making {
	const struct history *history;
	const struct control_result *controls;
	int control_count;
	unsigned ghosts;          /* observers with a failed negative control */
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

/* Until when an alert of this outage could have come. */
static int64_t listen_until(const struct history *history, const struct outage *outage)
{
	int64_t length_ns = outage->hi_ns > history->always_ns ? outage->hi_ns : history->always_ns;
	int64_t until_ns = duration_add(outage->t_down_ns, duration_add(length_ns, history->late_ns + LISTEN_AFTER_NS));

	return earlier(until_ns, history->t_last_ns);
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
		struct ledger_line *line = &making->entries[making->entry_count].line;

		if (history_in_control(history, outage.t_down_ns, outage.t_up_ns))
			continue;
		making->entries[making->entry_count++] = (struct entry){.ghosts = 0};
		*line = (struct ledger_line){
			.has_outage = true, .outage_index = i, .outage = outage, .t_alert_ns = -1,
			.u_ns = uncertainty_at(budget, outage.hi_ns == INSTANT_NEVER ? outage.lo_ns : outage.hi_ns).expanded_ns,
			.cause = cause_of_outage(history, outage.t_down_ns, outage.t_up_ns),
			.usable = usable_observers(making, outage.t_down_ns, listen_until(history, &outage)),
			.recharged = recharged_before(history, outage.t_down_ns),
		};
		line->expected = expect(history, &outage, line->u_ns);
	}
}

/* The last outage that can have raised what was seen at t_ns, with or without an AD1 from this observer already. */
static struct entry *last_that_raises(struct making *making, const struct seen_alert *alert, bool has_one)
{
	int i;

	for (i = making->entry_count - 1; i >= 0; i--) {
		struct entry *entry = &making->entries[i];
		bool has = (entry->line.seen | entry->ghosts) >> alert->observer & 1;

		if (entry->line.expected != EXPECTED_NO && has == has_one &&
		    duration_add(entry->line.outage.t_down_ns, making->history->never_ns) <= alert->t_ns)
			return entry;
	}
	return NULL;
}

static struct entry *last_in_reach(struct making *making, const struct seen_alert *alert)
{
	const struct history *history = making->history;
	int i;

	for (i = making->entry_count - 1; i >= 0; i--) {
		const struct outage *outage = &making->entries[i].line.outage;
		int64_t reach_ns = duration_add(outage->hi_ns, duration_add(history->always_ns, history->late_ns));

		if (outage->t_down_ns <= alert->t_ns && alert->t_ns <= duration_add(outage->t_down_ns, reach_ns))
			return &making->entries[i];
	}
	return NULL;
}

static void put_line(struct making *making, const struct ledger_line *line)
{
	assert(making->line_count < LEDGER_LINES_MAX);
	making->lines[making->line_count++] = *line;
}

static void put_lone_alert(struct making *making, const struct seen_alert *alert)
{
	bool ghost = making->ghosts >> alert->observer & 1;

	put_line(making, &(struct ledger_line){
		.class = ghost ? LEDGER_VOID : LEDGER_UNEXPECTED,
		.expected = EXPECTED_NONE,
		.cause = cause_of_alert(making->history, alert->t_ns),
		.outage_index = -1,
		.t_alert_ns = alert->t_ns,
		.count = alert->count,
		.seen = 1U << alert->observer,
		.recharged = true,
	});
}

static void give_to(struct making *making, struct entry *entry, const struct seen_alert *alert)
{
	unsigned bit = 1U << alert->observer;

	if ((entry->line.seen | entry->ghosts) & bit) {
		entry->surplus[alert->observer] += alert->count;
		return;
	}
	entry->surplus[alert->observer] += alert->count - 1;
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
		    (line->class == LEDGER_VOID) != (making->ghosts >> alert->observer & 1))
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

		if (!alert->ad1 || alert->other_hub || alert->observer < 0 ||
		    history_in_control(history, alert->t_ns, alert->t_ns))
			continue;
		entry = last_that_raises(making, alert, false);
		if (!entry)
			entry = last_that_raises(making, alert, true);
		if (!entry)
			entry = last_in_reach(making, alert);
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

	if (history_suspended(making->history, &line->outage))
		return LEDGER_VOID;
	if (line->seen && line->expected == EXPECTED_YES)
		return came_late(making->history, line) ? LEDGER_LATE : LEDGER_EXPECTED_SEEN;
	if (line->seen && line->expected == EXPECTED_NO)
		return LEDGER_UNEXPECTED;
	if (line->expected == EXPECTED_PERHAPS)
		return LEDGER_INDETERMINATE;
	if (!line->usable)
		return LEDGER_VOID;
	if (line->expected == EXPECTED_YES)
		return line->recharged ? LEDGER_EXPECTED_MISSING : LEDGER_VOID;
	return LEDGER_NONE_EXPECTED_NONE_SEEN;
}

/* Surplus alerts that several observers saw are the same alerts: whoever saw most of them says how many there were. */
static void put_duplicates(struct making *making, const struct entry *entry)
{
	struct ledger_line line = entry->line;
	int observer;

	line.class = LEDGER_DUPLICATE;
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

static void put_outages(struct making *making)
{
	int i;

	for (i = 0; i < making->entry_count; i++) {
		struct entry *entry = &making->entries[i];
		struct ledger_line line = entry->line;

		line.class = classify(making, entry);
		line.count = line.seen ? 1 : 0;
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
	struct making making = {.history = history, .controls = controls, .control_count = control_count, .lines = lines};
	int i;

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
