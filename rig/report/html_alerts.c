/* On the page of a device: what each observation point saw, which alert belongs to which outage, and the controls. */

#include "rig/report/html.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

static void cite_alert(FILE *out, const struct report *report, const struct history *history, int64_t t_ns, int observer)
{
	put_citation(out, &report->citations,
		     citation_find(&report->citations, RECORD_ALERT, history->slot, t_ns,
				   observer >= 0 ? history->observers[observer].name : NULL));
}

/* Points */

/* The observer's first AD1 behind the beginning of the outage; -1: none in reach. */
static int64_t first_alert(const struct history *history, int observer, const struct outage *outage)
{
	int i;

	for (i = 0; i < history->alert_count; i++) {
		const struct seen_alert *alert = &history->alerts[i];

		if (alert->ad1 && alert->observer == observer && !alert->other_hub && alert->t_ns >= outage->t_down_ns &&
		    alert->t_ns - outage->t_down_ns <= ALERT_REACH_NS)
			return alert->t_ns;
	}
	return -1;
}

/* The observer's positive control nearest in front of (or behind) an instant; NULL: none. */
static const struct control_result *control_beside(const struct findings *findings, const struct slot_findings *slot, int observer,
						   int64_t t_ns, bool after)
{
	const struct control_result *found = NULL;
	int i;

	for (i = slot->controls_from; i < slot->controls_from + slot->controls_count; i++) {
		const struct control_result *control = &findings->controls[i];

		if (control->observer != observer || control->polarity != POLARITY_POSITIVE)
			continue;
		if (after && control->begin_ns >= t_ns)
			return control;
		if (!after && control->end_ns <= t_ns)
			found = control;
	}
	return found;
}

static void put_control_word(FILE *out, const struct control_result *control)
{
	fprintf(out, "</td><td>%s", !control ? "there was none" : control->passed ? "\xe2\x97\x8b saw it" : "\xe2\x96\xb2 did NOT see it");
}

static const struct ledger_line *line_of(const struct findings *findings, const struct slot_findings *slot, const struct verdict *verdict)
{
	int i;

	for (i = slot->ledger_from; verdict && i < slot->ledger_from + slot->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];

		if (line->has_outage && line->class != LEDGER_DUPLICATE && line->outage.t_down_ns == verdict->worst.t_down_ns)
			return line;
	}
	return NULL;
}

static void put_point(FILE *out, const struct report *report, const struct slot_findings *slot, const struct ledger_line *line,
		      int observer)
{
	const struct history *history = slot->history;
	int64_t t_ns = first_alert(history, observer, &line->outage);

	fputs("<tr><td>", out);
	html_put_observers(out, history, 1U << observer);
	put_citation(out, &report->citations,
		     citation_find(&report->citations, RECORD_OBSERVER, history->slot, CITATION_ANY, history->observers[observer].name));
	fputs("</td><td>", out);
	if (line->seen >> observer & 1 && t_ns >= 0) {
		fputs("\xe2\x96\xb2 seen</td><td class=\"n\">", out);
		put_seconds_up(out, t_ns - line->outage.t_down_ns, 2);
		fputs(" s", out);
		cite_alert(out, report, history, t_ns, observer);
	} else {
		fprintf(out, "not observed%s</td><td class=\"n\">\xe2\x80\x93",
			line->usable >> observer & 1 ? "" : ", and could not have been");
	}
	put_control_word(out, control_beside(report->findings, slot, observer, line->outage.t_down_ns, false));
	put_control_word(out, control_beside(report->findings, slot, observer, line->outage.t_down_ns, true));
	fputs("</td></tr>\n", out);
}

static void put_points(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct ledger_line *line = line_of(report->findings, slot, html_deciding(report->findings, slot));
	int i;

	if (!line)
		return;
	fprintf(out, "<h3>AD1 of the longest judged outage, by observation point</h3>\n<p>AD1 expected: %s; %s.</p>\n<table><thead><tr>"
		     "<th>Point</th><th>AD1</th><th class=\"n\">after</th><th>positive control before</th><th>positive control after</th></tr>"
		     "</thead><tbody>\n", expectation_name(line->expected), words_alert(ledger_class_name(line->class)));
	for (i = 0; i < slot->history->observer_count; i++)
		put_point(out, report, slot, line, i);
	fputs("</tbody></table>\n", out);
}

/* Ledger */

static void put_ledger_row(FILE *out, const struct report *report, const struct history *history, const struct ledger_line *line)
{
	fprintf(out, "<tr><td>%s%s</td><td class=\"n\">", words_alert(ledger_class_name(line->class)), line->recharged ? "" : ", not recharged");
	if (line->has_outage) {
		put_length(out, &line->outage);
		html_cite_outage(out, report, history, &line->outage);
	} else {
		fputs("none", out);
	}
	fprintf(out, "</td><td>%s</td><td>", expectation_name(line->expected));
	html_put_observers(out, history, line->seen);
	if (line->count > 1)
		fprintf(out, " \xc3\x97 %" PRId64, line->count);
	fputs("</td><td class=\"n\">", out);
	if (line->has_outage && line->t_alert_ns >= line->outage.t_down_ns) {
		put_seconds_up(out, line->t_alert_ns - line->outage.t_down_ns, 2);
		fputs(" s", out);
	} else if (line->t_alert_ns >= 0) {
		fputs("at ", out);
		html_put_utc(out, report, line->t_alert_ns);
	}
	if (line->t_alert_ns >= 0)
		cite_alert(out, report, history, line->t_alert_ns, -1);
	fputs("</td><td>", out);
	html_put_observers(out, history, line->usable);
	fputs("</td><td>", out);
	put_cause(out, cause_name(line->cause.cause, line->cause.phase));
	fputs("</td></tr>\n", out);
}

static void put_ledger(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	int i;

	if (slot->ledger_count == 0)
		return;
	fputs("<h3>Ledger: which alert belongs to which outage</h3>\n<table><thead><tr><th>Class</th><th class=\"n\">Outage</th>"
	      "<th>AD1 expected</th><th>Seen at</th><th class=\"n\">after</th><th>Could have seen it</th><th>Cause (interpretation)</th></tr>"
	      "</thead><tbody>\n", out);
	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++)
		put_ledger_row(out, report, slot->history, &report->findings->ledger[i]);
	fputs("</tbody></table>\n", out);
}

/* Controls */

static void put_control(FILE *out, const struct report *report, const struct history *history, const struct control_result *control)
{
	fprintf(out, "<tr><td>%s</td><td class=\"mono\">", polarity_name(control->polarity));
	html_put_utc(out, report, control->begin_ns);
	put_citation(out, &report->citations,
		     citation_find(&report->citations, RECORD_CONTROL, history->slot, control->begin_ns, NULL));
	fputs("</td><td>", out);
	html_put_observers(out, history, 1U << control->observer);
	fputs("</td><td class=\"n\">", out);
	put_seconds_down(out, control->outage_ns, 3);
	fputs(" s</td><td class=\"n\">", out);
	if (control->latency_ns >= 0) {
		put_seconds_up(out, control->latency_ns, 2);
		fputs(" s", out);
	} else {
		fputs("none", out);
	}
	fprintf(out, "</td><td>%s</td></tr>\n", control->passed ? "\xe2\x97\x8b yes" : "\xe2\x96\xb2 NO");
}

static void put_controls(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	int i;

	fputs("<h3>Controls: what each point could see that night</h3>\n", out);
	if (slot->controls_count == 0) {
		fputs("<p>There was none: nothing is shown about what could have been seen.</p>\n", out);
		return;
	}
	fputs("<table><thead><tr><th>Control</th><th>UTC</th><th>Point</th><th class=\"n\">Cut</th><th class=\"n\">AD1 after</th>"
	      "<th>Showed what it had to</th></tr></thead><tbody>\n", out);
	for (i = slot->controls_from; i < slot->controls_from + slot->controls_count; i++)
		put_control(out, report, slot->history, &report->findings->controls[i]);
	fputs("</tbody></table>\n", out);
}

void html_put_alerts(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];

	put_points(out, report, one);
	put_ledger(out, report, one);
	put_controls(out, report, one);
}
