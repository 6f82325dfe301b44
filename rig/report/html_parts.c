/* Small pieces that every part of report.html is made of. */

#include "rig/report/html.h"

#include "rig/report/escape.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

void html_put_tag(FILE *out, const struct findings *findings, const struct verdict *verdict)
{
	static const char *const classes[] = {
		[TONE_GOOD] = "good", [TONE_BAD] = "bad", [TONE_OPEN] = "open", [TONE_NONE] = "none",
	};
	static const char *const shapes[] = {
		[TONE_GOOD] = "\xe2\x97\x8b", [TONE_BAD] = "\xe2\x96\xb2", [TONE_OPEN] = "?", [TONE_NONE] = "\xe2\x80\x93",
	};
	enum tone tone = verdict_tone(verdict);
	char words[FREE_TEXT_SIZE];

	words_result(words, sizeof words, findings, verdict);
	fprintf(out, "<span class=\"tag %s\">%s ", classes[tone], shapes[tone]);
	put_markup(out, words);
	fputs("</span>", out);
}

void html_put_utc(FILE *out, const struct report *report, int64_t t_ns)
{
	const struct record *boot = &report->findings->boot;
	int64_t utc_us = boot->utc_us + (t_ns - boot->t_ns) / 1000;
	char utc[UTC_TEXT_SIZE];

	utc_to_text(utc_us < 0 ? 0 : utc_us > UTC_US_MAX ? UTC_US_MAX : utc_us, utc);
	fprintf(out, "%.8s", utc + 11);
}

void html_put_facts(FILE *out, const struct report *report, const char *name, const char *const *texts, const struct record *line)
{
	const char *comma = "";

	fprintf(out, "<dt>%s</dt><dd>", name);
	for (; *texts; texts++) {
		if (!**texts)
			continue;
		fputs(comma, out);
		put_markup(out, *texts);
		comma = ", ";
	}
	if (comma[0] == '\0')
		fputs(NOT_STATED, out);
	else
		put_citation(out, &report->citations, line);
	fputs("</dd>\n", out);
}

void html_put_fact(FILE *out, const struct report *report, const char *name, const char *text, const struct record *line)
{
	html_put_facts(out, report, name, (const char *const[]){text, NULL}, line);
}

void html_cite_outage(FILE *out, const struct report *report, const struct history *history, const struct outage *outage)
{
	const char *sense = history->wiring.data.slot.sense;

	fputs("<span class=\"cites\">", out);
	put_citation(out, &report->citations, citation_of_input(&report->citations, history->slot, sense, outage->t_down_ns));
	if (outage->t_up_ns != INSTANT_NEVER)
		put_citation(out, &report->citations, citation_of_input(&report->citations, history->slot, sense, outage->t_up_ns));
	fputs("</span>", out);
}

void html_put_observers(FILE *out, const struct history *history, unsigned set)
{
	const char *comma = "";
	int i;

	for (i = 0; i < history->observer_count; i++) {
		if (!(set >> i & 1))
			continue;
		fputs(comma, out);
		put_markup(out, history->observers[i].name);
		if (history->observers[i].point[0]) {
			fputs(" (", out);
			put_markup(out, history->observers[i].point);
			putc(')', out);
		}
		comma = ", ";
	}
	if (comma[0] == '\0')
		fputs("\xe2\x80\x93", out);
}

void html_put_simulated(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;

	if (findings->has_run && findings->run.data.run.environment == ENVIRONMENT_SIMULATED)
		fputs("<p class=\"simulated\">SIMULATED <small>A program played bench and devices; nothing here was measured.</small></p>\n",
		      out);
}

const struct verdict *html_deciding(const struct findings *findings, const struct slot_findings *slot)
{
	const struct verdict *worst = NULL;
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->kind == CASE_OUTAGE && (!worst || verdict->worst.lo_ns > worst->worst.lo_ns ||
						      (verdict_tone(verdict) == TONE_BAD && verdict_tone(worst) != TONE_BAD)))
			worst = verdict;
	}
	return worst;
}

const struct device_result *html_row_of(const struct report *report, const struct history *history)
{
	size_t i;

	for (i = 0; i < report->row_count && history->has_meter; i++)
		if (strcmp(report->rows[i].guid, history->meter.data.device.guid) == 0)
			return &report->rows[i];
	return NULL;
}
