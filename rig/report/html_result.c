/* On the page of a device: its results, its pictures, and every interruption of its hub's supply. */

#include "rig/report/html.h"

#include "rig/report/drawing.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* The result in large letters */

static void put_ad1_words(FILE *out, const struct device_result *row)
{
	if (!row || !row->ad1[0])
		return;
	fputs(" AD1: ", out);
	put_markup(out, words_alert(row->ad1));
	putc('.', out);
}

static void put_statement(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];
	const struct device_result *row = html_row_of(report, one->history);
	const struct verdict *verdict = html_deciding(report->findings, one);
	char statement[DEVICE_STATEMENT_SIZE];

	fputs("<div class=\"statement\">\n<p class=\"result\">", out);
	if (verdict) {
		html_put_tag(out, report->findings, verdict);
		if (verdict->validity == VALIDITY_VALID || verdict->validity == VALIDITY_INCONCLUSIVE) {
			fputs(" T = ", out);
			put_length(out, &verdict->worst);
			fputs(" \xc2\xb1 ", out);
			put_seconds_up(out, verdict->u_ns, 4);
			fputs(" s <span class=\"soft\">(k = 2, coverage about 95 %)</span>", out);
			if (verdict->worst.hi_ns > 0)
				html_cite_outage(out, report, one->history, &verdict->worst);
		}
	} else {
		fputs("<span class=\"tag none\">no outage was judged</span>", out);
	}
	fputs("</p>\n", out);
	if (row) {
		device_statement(row, statement, sizeof statement);
		fputs("<p><strong>What this evidence carries:</strong> ", out);
		put_markup(out, statement);
		putc('.', out);
		put_ad1_words(out, row);
		fputs("</p>\n", out);
	}
	fputs("</div>\n", out);
}

/* Cases */

/* What the night itself wrote of this case; NULL: nothing. */
static const struct record *live_line(const struct report *report, const struct verdict *verdict)
{
	const struct citations *citations = &report->citations;
	size_t i;

	for (i = 0; i < citations->count; i++) {
		const struct record *record = &citations->records[i];

		if (record->kind == RECORD_VERDICT && record->data.verdict.cases == CASE_BIT(verdict->kind) &&
		    record->data.verdict.watch == verdict->watch && strcmp(record->slot, slot_name(report->findings, verdict->slot)) == 0)
			return record;
	}
	return NULL;
}

static void put_case(FILE *out, const struct report *report, const struct verdict *verdict)
{
	bool measured = verdict->kind == CASE_OUTAGE &&
			(verdict->validity == VALIDITY_VALID || verdict->validity == VALIDITY_INCONCLUSIVE);

	fprintf(out, "<tr><td>%s", case_name(verdict->kind));
	if (verdict->watch > 0)
		fprintf(out, " <span class=\"soft\">watch %d</span>", verdict->watch + 1);
	put_citation(out, &report->citations, live_line(report, verdict));
	fputs("</td><td>", out);
	html_put_tag(out, report->findings, verdict);
	fputs("</td><td class=\"n\">", out);
	if (measured)
		put_length(out, &verdict->worst);
	fputs("</td><td class=\"n\">", out);
	if (measured) {
		put_seconds_up(out, verdict->u_ns, 4);
		fputs(" s", out);
	}
	fputs("</td><td>", out);
	put_markup(out, verdict->reason);
	fputs("</td></tr>\n", out);
}

static void put_cases(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	int i;

	fputs("<table><thead><tr><th>Case</th><th>Result</th><th class=\"n\">T</th><th class=\"n\">U (k = 2)</th><th>Why</th></tr></thead>"
	      "<tbody>\n", out);
	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++)
		put_case(out, report, &report->findings->verdicts[i]);
	fputs("</tbody></table>\n", out);
}

static void put_measurand(FILE *out, const struct report *report, const struct history *history)
{
	const struct record *wiring = &history->wiring;

	fprintf(out, "<p class=\"soft\">T is the time from the supply at the hub\xe2\x80\x99s connector falling below V<sub>down</sub> = %" PRId64
		     ".%03" PRId64 " V until it stayed above V<sub>up</sub> = %" PRId64 ".%03" PRId64 " V for ",
		wiring->data.slot.v_down_mv / 1000, wiring->data.slot.v_down_mv % 1000, wiring->data.slot.v_up_mv / 1000,
		wiring->data.slot.v_up_mv % 1000);
	put_seconds_up(out, wiring->data.slot.settle_ns, 3);
	fputs(" s, with the named hub attached", out);
	put_citation(out, &report->citations, wiring);
	fputs(". The choice of these thresholds is part of the definition and not of U; their own uncertainty is a term of the budget. The "
	      "value at other thresholds was not recorded: " NOT_STATED ".</p>\n", out);
}

/* Pictures */

static void put_pictures(FILE *out, const struct report *report, int slot)
{
	const struct verdict *shown = html_deciding(report->findings, &report->findings->slots[slot]);

	fputs("<figure><figcaption>The run of this slot. \xe2\x96\xb2 AD1, \xe2\x97\x87 restoration alert; hatched: not known, or the observer "
	      "could not see. AC LO high: the meter says that mains is lost.</figcaption>\n", out);
	draw_timeline(out, report, slot);
	fputs("</figure>\n", out);
	if (!shown || shown->worst.hi_ns <= 0)
		return;
	fputs("<figure><figcaption>The longest judged outage. The shaded band around the limit is \xc2\xb1 U.</figcaption>\n", out);
	draw_outage(out, report, slot, &shown->worst, shown->u_ns);
	fputs("</figure>\n", out);
}

/* Interruptions */

/* The mains outage that made this one: it began first, not longer before than a meter holds up, and ended first. */
static bool mains_outage_of(const struct history *history, const struct outage *outage, struct outage *mains)
{
	int i;

	for (i = 0; i < sense_outage_count(&history->mains); i++) {
		*mains = sense_outage(&history->mains, i);
		if (mains->t_down_ns <= outage->t_down_ns && mains->t_down_ns >= outage->t_down_ns - HOLD_UP_NS &&
		    mains->t_up_ns <= outage->t_up_ns && outage->t_up_ns != INSTANT_NEVER)
			return true;
	}
	return false;
}

static void put_mains(FILE *out, const struct history *history, const struct outage *outage)
{
	struct outage mains;

	if (!history->wiring.data.slot.mains[0]) {
		fputs("no mains sensed</td><td class=\"n\">", out);
	} else if (mains_outage_of(history, outage, &mains)) {
		fputs("mains away</td><td class=\"n\">", out);
		put_seconds_down(out, outage->t_down_ns - mains.t_down_ns, 3);
		fputs(" s / ", out);
		put_seconds_down(out, outage->t_up_ns - mains.t_up_ns, 3);
		fputs(" s", out);
	} else {
		fprintf(out, "%s</td><td class=\"n\">\xe2\x80\x93",
			sense_high_throughout(&history->mains, outage->t_down_ns,
					      outage->t_up_ns == INSTANT_NEVER ? history->t_last_ns : outage->t_up_ns) ?
			"mains present" : "mains not known, or away in part");
	}
}

static void put_outage_row(FILE *out, const struct report *report, const struct history *history, int index)
{
	struct outage outage = sense_outage(&history->supply, index);
	struct cause_found cause = cause_of_outage(history, &outage);
	bool control = history_control_of(history, &outage) >= 0;

	fprintf(out, "<tr><td class=\"n\">%d</td><td class=\"mono\">", index + 1);
	html_put_utc(out, report, outage.t_down_ns);
	fputs("</td><td class=\"n\">", out);
	put_length(out, &outage);
	html_cite_outage(out, report, history, &outage);
	fputs("</td><td class=\"n\">", out);
	put_seconds_up(out, outage.first_burst_ns, 4);
	fputs(" / ", out);
	put_seconds_up(out, outage.last_burst_ns, 4);
	fputs(" s</td><td>", out);
	put_mains(out, history, &outage);
	fputs("</td><td>", out);
	put_cause(out, cause_name(cause.cause, cause.phase));
	fputs(control ? ", a control</td></tr>\n" : "</td></tr>\n", out);
}

static void put_sums(FILE *out, const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->kind != CASE_OUTAGE || verdict->outages < 2)
			continue;
		fprintf(out, "<p>Watch %d: %d outages, together at least ", verdict->watch + 1, verdict->outages);
		put_seconds_down(out, verdict->sum_lo_ns, 4);
		if (verdict->sum_hi_ns == INSTANT_NEVER) {
			fputs(" s, without an upper bound.</p>\n", out);
			continue;
		}
		fputs(" s and at most ", out);
		put_seconds_up(out, verdict->sum_hi_ns, 4);
		fputs(" s. Whether a hub adds them up is not known.</p>\n", out);
	}
}

static void put_outages(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	int i, count = sense_outage_count(&history->supply);

	fputs("<h3>Every interruption of the hub\xe2\x80\x99s supply</h3>\n", out);
	if (count == 0) {
		fputs("<p>None was recorded.</p>\n", out);
		return;
	}
	fputs("<table><thead><tr><th class=\"n\">No.</th><th>Began, UTC</th><th class=\"n\">T</th><th class=\"n\">bounce at begin / end</th>"
	      "<th>Mains</th><th class=\"n\">hold-up / boot delay</th><th>Cause and phase (interpretation)</th></tr></thead><tbody>\n", out);
	for (i = 0; i < count; i++)
		put_outage_row(out, report, history, i);
	fputs("</tbody></table>\n", out);
	put_sums(out, report->findings, slot);
}

void html_put_results(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];

	put_statement(out, report, slot);
	put_cases(out, report, one);
	put_measurand(out, report, one->history);
	put_pictures(out, report, slot);
	put_outages(out, report, one);
}
