/* On the page of a device: by which rule it was judged, with which uncertainty, and with which equipment. */

#include "rig/report/html.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* Rule */

static void put_rule(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	char limit[FREE_TEXT_SIZE];

	fputs("<h3>Decision rule</h3>\n<p>", out);
	if (!findings->has_rule) {
		fputs("No limit rule is part of this evidence: lengths only.</p>\n", out);
		return;
	}
	words_limit(limit, sizeof limit, findings);
	put_markup(out, limit);
	put_citation(out, &report->citations, &findings->rule);
	fputs(findings->limit_known ? ". " : ". No clause is known: a classification only, without any statement against a requirement. ", out);
	fputs("Agreed: with the test order; the date is " NOT_STATED ". ", out);
	if (judge_limit(findings).decision == LIMIT_SIMPLE)
		fputs("Simple acceptance: U is reported and does not decide; at the limit itself the risk of a false acceptance is up to "
		      "50 %.</p>\n", out);
	else
		fputs("Four-way rule of ILAC-G8:09/2019, 4.2.3, with a guard band of U, on the bound that hurts; at a length of exactly limit "
		      "\xe2\x88\x92 U the risk of a false acceptance is at most 2.3 % for a Gaussian.</p>\n", out);
}

/* Uncertainty */

static void put_microseconds(FILE *out, double ns)
{
	fprintf(out, "%.1f \xc2\xb5s", ns / 1000.0);
}

static void put_term(FILE *out, const struct report *report, const struct uncertainty_term *term, double standard_ns)
{
	fputs("<tr><td>", out);
	put_markup(out, term->name);
	put_citation(out, &report->citations, citation_find(&report->citations, RECORD_TERM, "", CITATION_ANY, term->name));
	fprintf(out, "</td><td>%s</td><td class=\"n\">", uncertainty_distribution_name(term->distribution));
	if (term->half_width_ns || !term->half_width_ppb)
		put_microseconds(out, (double)term->half_width_ns);
	if (term->half_width_ns && term->half_width_ppb)
		fputs(" + ", out);
	if (term->half_width_ppb)
		fprintf(out, "%.3f ppm of T", (double)term->half_width_ppb / 1000.0);
	fprintf(out, "</td><td class=\"n\">%d</td><td class=\"n\">", term->edges);
	put_microseconds(out, standard_ns);
	fputs("</td><td>", out);
	put_markup(out, term->source);
	fputs("</td></tr>\n", out);
}

/* T of the deciding outage, its lower bound while open; the limit where there was none. */
static int64_t budget_at(const struct report *report, int slot, const char **of)
{
	const struct verdict *verdict = html_deciding(report->findings, &report->findings->slots[slot]);

	*of = "the longest judged outage";
	if (verdict && verdict->worst.hi_ns > 0)
		return verdict->worst.hi_ns == INSTANT_NEVER ? verdict->worst.lo_ns : verdict->worst.hi_ns;
	*of = "the limit";
	return judge_limit(report->findings).limit_ns;
}

static void put_budget(FILE *out, const struct report *report, int slot)
{
	const struct uncertainty_budget *budget = judge_budget(report->judge);
	struct uncertainty at;
	const char *of;
	int64_t at_ns = budget_at(report, slot, &of);
	size_t i;

	fputs("<h3>Uncertainty of T</h3>\n", out);
	if (budget->count == 0) {
		fputs("<p>The record holds no uncertainty budget: no length can be judged by it.</p>\n", out);
		return;
	}
	at = uncertainty_at(budget, at_ns);
	fprintf(out, "<p>For T of %s, ", of);
	put_seconds_up(out, at_ns, 4);
	fputs(" s:</p>\n<table><thead><tr><th>Term</th><th>Distribution</th><th class=\"n\">Half width</th><th class=\"n\">times</th>"
	      "<th class=\"n\">Standard uncertainty</th><th>Source</th></tr></thead><tbody>\n", out);
	for (i = 0; i < budget->count; i++)
		put_term(out, report, &budget->terms[i], at.term_ns[i]);
	fputs("</tbody></table>\n<p>Combined: ", out);
	put_microseconds(out, at.combined_ns);
	fputs("; expanded, k = 2, coverage about 95 %: <strong>U = ", out);
	put_seconds_up(out, at.expanded_ns, 6);
	fputs(" s</strong>.", out);
	if (at.beyond_half_width)
		fputs(" One rectangular term dominates, and U exceeds its half width: U is too large here, never too small.", out);
	fputs("</p>\n", out);
}

/* Equipment */

#define USES_MAX (4 + OBSERVERS_MAX)

/* A channel of an instrument, and what it is for in this slot. */
struct use {
	const char *what, *channel;
	const struct record *line;
};

static int gather_uses(const struct report *report, const struct history *history, struct use uses[USES_MAX])
{
	const struct record *wiring = &history->wiring;
	const struct use wired[] = {
		{"supply at the hub", wiring->data.slot.sense, wiring}, {"mains behind the relay", wiring->data.slot.mains, wiring},
		{"lab feed", wiring->data.slot.lab_feed, wiring}, {"AC LO", wiring->data.slot.ac_lost, wiring},
	};
	int i, count = 0;

	for (i = 0; i < 4; i++)
		if (wired[i].channel[0])
			uses[count++] = wired[i];
	for (i = 0; i < history->observer_count; i++) {
		const struct record *line = citation_find(&report->citations, RECORD_OBSERVER, history->slot, CITATION_ANY,
							  history->observers[i].name);

		if (line && line->data.observer.channel[0])
			uses[count++] = (struct use){"observer", line->data.observer.channel, line};
	}
	return count;
}

static size_t instrument_length(const char *channel)
{
	return strcspn(channel, ".");
}

static bool same_instrument(const char *a, const char *b)
{
	return instrument_length(a) == instrument_length(b) && strncmp(a, b, instrument_length(a)) == 0;
}

/* A row for each instrument, with all its uses, where the first of them stands. */
static void put_instrument(FILE *out, const struct report *report, const struct use *uses, int count, int first)
{
	char name[CHANNEL_NAME_SIZE];
	const char *comma = "";
	int i;

	for (i = 0; i < first; i++)
		if (same_instrument(uses[i].channel, uses[first].channel))
			return;
	(void)snprintf(name, sizeof name, "%.*s", (int)instrument_length(uses[first].channel), uses[first].channel);
	fputs("<tr><td>", out);
	put_markup(out, name);
	fputs("</td><td>", out);
	for (i = first; i < count; i++) {
		if (!same_instrument(uses[i].channel, uses[first].channel))
			continue;
		fprintf(out, "%s%s: ", comma, uses[i].what);
		put_markup(out, uses[i].channel);
		put_citation(out, &report->citations, uses[i].line);
		comma = "; ";
	}
	fputs("</td><td>" NOT_STATED "</td></tr>\n", out);
}

static void put_equipment(FILE *out, const struct report *report, const struct history *history)
{
	struct use uses[USES_MAX];
	int i, count = gather_uses(report, history, uses);

	fputs("<h3>Equipment</h3>\n<table><thead><tr><th>Instrument</th><th>Used for</th><th>Firmware, calibrated, due, "
	      "document of calibration</th></tr></thead><tbody>\n", out);
	for (i = 0; i < count; i++)
		put_instrument(out, report, uses, count, i);
	fputs("</tbody></table>\n<p class=\"soft\">Instruments, calibration and load sheet stand, as used, in the files of the evidence "
	      "folder whose digests are under <a href=\"#bench\">bench and documents</a>. Check standard of the batch: none in this "
	      "evidence.</p>\n", out);
}

void html_put_basis(FILE *out, const struct report *report, int slot)
{
	put_rule(out, report);
	put_budget(out, report, slot);
	put_equipment(out, report, report->findings->slots[slot].history);
}
