/* The front page of report.html: what was found, whether it can be trusted, and what needs a decision. */

#include "rig/report/html.h"

#include "rig/report/drawing.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* The headline, in the words of the limit: "more than three minutes". */

static const char *plural(int64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* Outages that a mains cut or anything else made, in a run that activated nothing. */
static void put_unactivated(FILE *out, const struct findings *findings, const char *above)
{
	int i, cases = 0, longer = 0;

	for (i = 0; i < findings->verdict_count; i++) {
		cases += findings->verdicts[i].kind == CASE_OUTAGE && verdict_tone(&findings->verdicts[i]) != TONE_NONE;
		longer += findings->verdicts[i].kind == CASE_OUTAGE && verdict_tone(&findings->verdicts[i]) == TONE_BAD;
	}
	fputs("No meter was activated in this run", out);
	if (cases)
		fprintf(out, "; the hub\xe2\x80\x99s supply was gone for %s in %d of %d judged %s", above, longer, cases,
			plural(cases, "case", "cases"));
	putc('.', out);
}

static void put_headline(FILE *out, const struct report *report)
{
	const struct device_counts *counts = &report->counts;
	const struct limit_rule limit = judge_limit(report->findings);
	char above[LIMIT_TEXT_MAX] = "the limit";
	int64_t undecided = counts->undecided + counts->void_devices;

	if (report->findings->has_rule)
		limit_classification(&limit, LIMIT_ABOVE, above, sizeof above);
	fputs("<p class=\"headline\">", out);
	if (counts->activated == 0) {
		put_unactivated(out, report->findings, above);
	} else {
		fprintf(out, "Of %" PRId64 " %s activated, %" PRId64 " cut %s hub for %s; %" PRId64 " did not", counts->activated,
			plural(counts->activated, "meter", "meters"), counts->affected, plural(counts->affected, "its", "their"), above,
			counts->not_shown);
		if (undecided)
			fprintf(out, "; %" PRId64 " could not be decided", undecided);
		putc('.', out);
	}
	fputs("</p>\n", out);
}

/* What AD1 did, beside the list and never deciding it. */
static void put_alert_line(FILE *out, const struct findings *findings)
{
	int64_t counts[LEDGER_CLASS_COUNT] = {0}, expected;
	int i;

	for (i = 0; i < findings->ledger_count; i++)
		counts[findings->ledger[i].class]++;
	expected = counts[LEDGER_EXPECTED_SEEN] + counts[LEDGER_EXPECTED_MISSING] + counts[LEDGER_LATE];
	fputs("<p>AD1: ", out);
	if (expected)
		fprintf(out, "of %" PRId64 " %s that had to raise one, %" PRId64 " did, at a point that was shown to be able to see one%s. ",
			expected, plural(expected, "outage", "outages"), counts[LEDGER_EXPECTED_SEEN] + counts[LEDGER_LATE],
			counts[LEDGER_LATE] ? " (late ones included)" : "");
	else
		fputs("no outage had to raise one. ", out);
	if (counts[LEDGER_UNEXPECTED])
		fprintf(out, "%" PRId64 " came without an outage that explains %s. ", counts[LEDGER_UNEXPECTED],
			plural(counts[LEDGER_UNEXPECTED], "it", "them"));
	if (counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID])
		fprintf(out, "Of %" PRId64 " %s nothing can be said. ", counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID],
			plural(counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID], "entry", "entries"));
	if (counts[LEDGER_DUPLICATE])
		fprintf(out, "%" PRId64 " %s duplicates. ", counts[LEDGER_DUPLICATE], plural(counts[LEDGER_DUPLICATE], "entry is of", "entries are of"));
	fputs("</p>\n", out);
}

static void put_rig_line(FILE *out, const struct findings *findings)
{
	int meters = 0, idle = 0, i;

	for (i = 0; i < findings->slot_count; i++) {
		meters += findings->slots[i].history->has_meter;
		idle += findings->slots[i].history->has_meter && !findings->slots[i].activated;
	}
	if (idle)
		fprintf(out, "<p>%d of %d %s not activated: no meter was spent there.</p>\n", idle, meters,
			plural(idle, "slots was", "slots were"));
	if (!findings->ended)
		fputs("<p>The run did not end by itself; what follows is what was recorded until then.</p>\n", out);
}

static const char *environment_words(enum environment environment)
{
	switch (environment) {
	case ENVIRONMENT_BOXED:
		return "environment: boxed (emulated)";
	case ENVIRONMENT_UIT:
		return "environment: UIT";
	case ENVIRONMENT_PRODUCTION:
		return "environment: PRODUCTION";
	case ENVIRONMENT_SIMULATED:
		return "SIMULATED: no device was there";
	}
	return "";
}

static void put_banner(FILE *out, const struct findings *findings)
{
	char limit[FREE_TEXT_SIZE];

	fputs("<ul class=\"banner\">\n", out);
	if (findings->has_run)
		fprintf(out, "<li%s>%s</li>\n<li>%s</li>\n",
			findings->run.data.run.environment == ENVIRONMENT_PRODUCTION ||
			findings->run.data.run.environment == ENVIRONMENT_SIMULATED ? " class=\"loud\"" : "",
			environment_words(findings->run.data.run.environment),
			findings->run.data.run.hazard == HAZARD_MAINS ? "bench with mains" : "bench with extra-low voltage only");
	if (findings->has_rule) {
		words_limit(limit, sizeof limit, findings);
		fputs("<li>criterion: ", out);
		put_markup(out, limit);
		fputs("</li>\n", out);
	} else {
		fputs("<li class=\"loud\">no limit rule: lengths only</li>\n", out);
	}
	if (!findings->limit_known)
		fputs("<li class=\"loud\">classification, no statement against a requirement</li>\n", out);
	fputs("<li>relates only to the items tested</li>\n</ul>\n", out);
}

static void put_links(FILE *out, const struct findings *findings)
{
	int i;

	fputs("<nav>", out);
	for (i = 0; i < findings->slot_count; i++) {
		fprintf(out, "<a href=\"#slot-%d\">slot ", i);
		put_markup(out, slot_name(findings, i));
		fputs("</a> ", out);
	}
	fputs("<a href=\"#uncertainty\">uncertainty</a> <a href=\"#bench\">bench and equipment</a> <a href=\"#told\">attempts and "
	      "events</a> <a href=\"#check\">how to check</a></nav>\n", out);
}

static void put_front(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	utc_to_text(report->utc_first_us, from);
	utc_to_text(report->utc_last_us, to);
	fputs("<header>\n<p class=\"kicker\">Test report \xc2\xb7 run ", out);
	put_markup(out, findings->has_run ? findings->run.data.run.run : report->name);
	fprintf(out, " \xc2\xb7 %.10s %.5s to %.10s %.5s UTC \xc2\xb7 head <span class=\"mono\">%.12s</span></p>\n", from, from + 11, to,
		to + 11, report->heads.journal);
	fputs("<h1>Interruption of the Communications Hub supply by a meter\xe2\x80\x99s firmware upgrade</h1>\n", out);
	put_headline(out, report);
	put_alert_line(out, findings);
	put_rig_line(out, findings);
	put_banner(out, findings);
	put_links(out, findings);
	fputs("</header>\n", out);
}

/* The table of devices */

static const struct device_result *row_of(const struct report *report, const struct history *history)
{
	size_t i;

	for (i = 0; i < report->row_count && history->has_meter; i++)
		if (strcmp(report->rows[i].guid, history->meter.data.device.guid) == 0)
			return &report->rows[i];
	return NULL;
}

static const struct verdict *outage_verdict(const struct findings *findings, const struct slot_findings *slot)
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

static void put_device_cells(FILE *out, const struct history *history)
{
	fputs(history->has_meter ? "<td class=\"mono\">" : "<td class=\"mono\">hub alone ", out);
	put_markup(out, history->has_meter ? history->meter.data.device.guid : history->hub.data.device.guid);
	fputs("</td><td>", out);
	if (history->has_meter) {
		put_markup(out, history->meter.data.device.manufacturer);
		putc(' ', out);
		put_markup(out, history->meter.data.device.model);
	}
	fputs("</td><td class=\"w\">", out);
	if (history->firmware_to[0]) {
		put_markup(out, history->firmware_from);
		fputs(" \xe2\x86\x92 ", out);
		put_markup(out, history->firmware_to);
	}
	fputs("</td>", out);
}

static void put_device_row(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];
	const struct device_result *row = row_of(report, one->history);
	const struct verdict *verdict = outage_verdict(report->findings, one);

	fprintf(out, "<tr><td><a href=\"#slot-%d\">", slot);
	put_markup(out, one->history->slot);
	fputs("</a></td>", out);
	put_device_cells(out, one->history);
	fputs("<td class=\"n\">", out);
	if (verdict && (verdict->validity == VALIDITY_VALID || verdict->validity == VALIDITY_INCONCLUSIVE)) {
		put_length(out, &verdict->worst);
		fputs("<br><span class=\"soft\">\xc2\xb1 ", out);
		put_seconds_up(out, verdict->u_ns, 4);
		fputs(" s</span>", out);
	}
	fputs("</td><td>", out);
	if (verdict)
		html_put_tag(out, verdict);
	fputs("</td><td>", out);
	put_markup(out, row ? row->ad1 : "");
	fputs("</td><td>", out);
	put_markup(out, row ? row->cause : "");
	fputs("</td></tr>\n", out);
}

static void put_devices(FILE *out, const struct report *report)
{
	int i;

	fputs("<h2>Devices</h2>\n<table><thead><tr><th>Slot</th><th>Meter</th><th>Make, model</th><th>Firmware</th>"
	      "<th class=\"n\">Longest outage T \xc2\xb1 U</th><th>Outage</th><th>AD1</th><th>Cause (interpretation)</th></tr></thead>\n"
	      "<tbody>\n", out);
	for (i = 0; i < report->findings->slot_count; i++)
		put_device_row(out, report, i);
	fputs("</tbody></table>\n<p class=\"soft\">T in [lower, upper] bounds where the record leaves room; U is the expanded "
	      "uncertainty, k = 2. The list is decided by T, which is electrical; AD1 stands beside it and decides nothing.</p>\n", out);
}

static void put_lengths(FILE *out, const struct report *report)
{
	int i;

	for (i = 0; i < report->findings->verdict_count; i++)
		if (report->findings->verdicts[i].kind == CASE_OUTAGE)
			break;
	if (i == report->findings->verdict_count)
		return;
	fputs("<figure><figcaption>Every judged outage case: longest T. Filled: measured; hollow: bounds apart, or not ended (arrow); "
	      "crossed: void. No outage at all stands at the left edge.</figcaption>\n", out);
	draw_lengths(out, report);
	fputs("</figure>\n", out);
}

/* Can this night be trusted? */


static PRINTF_LIKE(3, 4) void put_lamp(FILE *out, bool good, const char *format, ...)
{
	va_list arguments;

	fprintf(out, "<li%s><b>%s</b>", good ? "" : " class=\"off\"", good ? "\xe2\x9c\x93" : "!");
	va_start(arguments, format);
	vfprintf(out, format, arguments);
	va_end(arguments);
	fputs("</li>\n", out);
}

static void put_trust(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int controls = 0, meters = 0, scanned = 0, read = 0, undecided = 0, i;

	for (i = 0; i < findings->control_count; i++)
		controls += findings->controls[i].passed;
	for (i = 0; i < findings->slot_count; i++) {
		const struct history *history = findings->slots[i].history;

		meters += history->has_meter;
		scanned += history->has_meter && history->meter.data.device.known == KNOWN_SCANNED;
		read += history->meter_identity_read;
	}
	for (i = 0; i < findings->verdict_count; i++)
		undecided += findings->verdicts[i].validity != VALIDITY_VALID;
	fputs("<h2>Can this night be trusted?</h2>\n<ul class=\"lamps\">\n", out);
	put_lamp(out, controls == findings->control_count && controls > 0, "controls: %d of %d showed what they had to show", controls,
		 findings->control_count);
	put_lamp(out, scanned == meters && read == meters, "identity of %d %s: %d scanned, %d read from the device", meters,
		 plural(meters, "meter", "meters"), scanned, read);
	put_lamp(out, undecided == 0, "%d of %d cases void, inconclusive or not judged", undecided, findings->verdict_count);
	put_lamp(out, report->clock_free == 0 && report->clock_locked > 0, "clock: %s",
		 report->clock_free ? "free at times, a wider term of uncertainty applies" :
		 report->clock_locked ? "locked all the time" : "its state was not recorded");
	put_lamp(out, findings->ended, "record: %" PRIu64 " lines, each proved by its chain; the run %s", report->heads.journal_lines,
		 findings->ended ? "ended by itself" : "did not end by itself");
	if (findings->live_verdict_count)
		put_lamp(out, findings->live_mismatch_count == 0, "judged again: %d of %d results of the night came out the same",
			 findings->live_verdict_count - findings->live_mismatch_count, findings->live_verdict_count);
	fputs("</ul>\n", out);
}

static void put_decisions(FILE *out, const struct findings *findings)
{
	int i, count = 0;

	for (i = 0; i < findings->verdict_count; i++)
		count += verdict_tone(&findings->verdicts[i]) == TONE_OPEN;
	if (count == 0)
		return;
	fputs("<h2>Needs a decision</h2>\n<table><thead><tr><th>Slot</th><th>Case</th><th>Result</th><th>Why</th></tr></thead><tbody>\n",
	      out);
	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict_tone(verdict) != TONE_OPEN)
			continue;
		fputs("<tr><td>", out);
		put_markup(out, slot_name(findings, verdict->slot));
		fprintf(out, "</td><td>%s</td><td>", case_name(verdict->kind));
		html_put_tag(out, verdict);
		fputs("</td><td>", out);
		put_markup(out, verdict->reason);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

void report_put_html(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int i;

	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; style-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" href=\"data:,\">\n<title>Test report ", out);
	put_markup(out, findings->has_run ? findings->run.data.run.run : report->name);
	fputs("</title>\n<style>\n", out);
	for (i = 0; html_style[i]; i++)
		fputs(html_style[i], out);
	/* On every printed page; the head's hex cannot end the string, as a name could. */
	fprintf(out, "@page{@top-left{content:\"Test report, head %.12s\";font:8pt sans-serif}@bottom-right"
		     "{content:\"page \" counter(page) \" of \" counter(pages);font:8pt sans-serif}}\n</style>\n</head>\n<body>\n<main>\n",
		report->heads.journal);
	draw_patterns(out);
	put_front(out, report);
	put_devices(out, report);
	put_lengths(out, report);
	put_trust(out, report);
	put_decisions(out, findings);
	for (i = 0; i < findings->slot_count; i++)
		html_put_slot(out, report, i);
	html_put_annex(out, report);
	fputs("</main>\n</body>\n</html>\n", out);
}
