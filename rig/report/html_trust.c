/* Of the first page of report.html: can this night be trusted, what needs a decision, what it costs. */

#include "rig/report/html.h"

#include "rig/report/headline.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Lamps */

enum lamp { LAMP_GOOD, LAMP_BAD, LAMP_UNKNOWN };

static PRINTF_LIKE(4, 5) void put_lamp(FILE *out, enum lamp lamp, const char *name, const char *format, ...)
{
	static const char *const classes[] = {[LAMP_GOOD] = "", [LAMP_BAD] = " class=\"off\"", [LAMP_UNKNOWN] = " class=\"unknown\""};
	static const char *const signs[] = {[LAMP_GOOD] = "\xe2\x9c\x93", [LAMP_BAD] = "!", [LAMP_UNKNOWN] = "?"};
	va_list arguments;

	fprintf(out, "<li%s><b>%s</b><strong>%s</strong> ", classes[lamp], signs[lamp], name);
	va_start(arguments, format);
	vfprintf(out, format, arguments);
	va_end(arguments);
	fputs("</li>\n", out);
}

static void put_control_lamp(FILE *out, const struct findings *findings)
{
	int shown = 0, i;

	for (i = 0; i < findings->control_count; i++)
		shown += findings->controls[i].passed;
	put_lamp(out, shown == findings->control_count && shown > 0 ? LAMP_GOOD : LAMP_BAD, "Controls:", "%d of %d showed what they had to show",
		 shown, findings->control_count);
}

/* No record speaks of a check standard yet: what is known of the rate of the clock stands in its place. */
static void put_standard_lamp(FILE *out, const struct report *report)
{
	put_lamp(out, report->clock_free ? LAMP_BAD : LAMP_UNKNOWN, "Check standard:", "none in this evidence; the host\xe2\x80\x99s clock %s",
		 report->clock_free ? "was free at times, and a wider term of uncertainty applies" :
		 report->clock_locked ? "was locked all the time" : "was not recorded");
}

static void put_identity_lamp(FILE *out, const struct findings *findings)
{
	int meters = 0, scanned = 0, read = 0, i;

	for (i = 0; i < findings->slot_count; i++) {
		const struct history *history = findings->slots[i].history;

		meters += history->has_meter;
		scanned += history->has_meter && history->meter.data.device.known == KNOWN_SCANNED;
		read += history->meter_identity_read;
	}
	put_lamp(out, scanned == meters && read == meters ? LAMP_GOOD : LAMP_BAD, "Identity:",
		 "%d of %d %s scanned, %d read from the device", scanned, meters, plural(meters, "meter", "meters"), read);
}

static void put_void_lamp(FILE *out, const struct findings *findings)
{
	int cases = findings->verdict_count, undecided = 0, i, tenths;

	for (i = 0; i < cases; i++)
		undecided += findings->verdicts[i].validity != VALIDITY_VALID;
	tenths = cases ? (1000 * undecided + cases / 2) / cases : 0;
	put_lamp(out, undecided == 0 && cases > 0 ? LAMP_GOOD : LAMP_BAD, "Void rate:",
		 "%d.%d %%, %d of %d cases void, inconclusive or not judged; agreed limit: see the order", tenths / 10, tenths % 10,
		 undecided, cases);
}

void html_put_trust(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;

	fputs("<h2>Can this night be trusted?</h2>\n<ul class=\"lamps\">\n", out);
	put_control_lamp(out, findings);
	put_standard_lamp(out, report);
	put_identity_lamp(out, findings);
	put_void_lamp(out, findings);
	fputs("</ul>\n<p class=\"soft\">", out);
	fprintf(out, "The record: %" PRIu64 " lines, each proved by its chain; the run %s.", report->heads.journal_lines,
		findings->ended ? "ended by itself" : "did not end by itself");
	if (findings->live_verdict_count)
		fprintf(out, " Judged again for this report: %d of %d results of the night came out the same.",
			findings->live_verdict_count - findings->live_mismatch_count, findings->live_verdict_count);
	fputs("</p>\n", out);
}

/* Decisions */

#define DECISIONS_MOST 5 /* rows; a page for a manager has no more room */

/* Why an activated slot may be locked up: its supply was still gone at the end, or the meter did not answer; NULL: it is not. */
static const char *locked_up(const struct slot_findings *slot)
{
	int outages = sense_outage_count(&slot->history->supply);

	if (!slot->activated || slot->history->version_read) /* one that spoke afterwards is not: the rig has switched it off since */
		return NULL;
	if (outages > 0 && sense_outage(&slot->history->supply, outages - 1).t_up_ns == INSTANT_NEVER)
		return "activated; the hub's supply had not come back when the record ended, and the meter did not say its version";
	return "activated, and the meter did not say its version afterwards";
}

static const char *decision_word(const struct verdict *verdict)
{
	static const char *const words[] = {
		[VALIDITY_VALID] = "conditional", [VALIDITY_INCONCLUSIVE] = "inconclusive", [VALIDITY_VOID] = "void",
		[VALIDITY_MISSING] = "not judged",
	};

	return words[verdict->validity];
}

/* The slot's first case that is open; NULL: none. */
static const struct verdict *first_open(const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++)
		if (verdict_tone(&findings->verdicts[i]) == TONE_OPEN)
			return &findings->verdicts[i];
	return NULL;
}

static int count_decisions(const struct findings *findings)
{
	int i, count = 0;

	for (i = 0; i < findings->slot_count; i++)
		count += locked_up(&findings->slots[i]) || first_open(findings, &findings->slots[i]);
	return count;
}

/* One row a slot: all that is open, and the first reason. */
static void put_decision(FILE *out, const struct findings *findings, int slot)
{
	const struct slot_findings *one = &findings->slots[slot];
	const struct verdict *first = first_open(findings, one);
	const char *lock = locked_up(one), *comma = "";
	int i;

	fprintf(out, "<tr><td><a href=\"#slot-%d\">", slot);
	put_markup(out, one->history->slot);
	fprintf(out, "</a></td><td>%s", lock ? "perhaps locked up" : "");
	comma = lock ? "; " : "";
	for (i = one->verdicts_from; i < one->verdicts_from + one->verdicts_count; i++) {
		if (verdict_tone(&findings->verdicts[i]) != TONE_OPEN)
			continue;
		fprintf(out, "%s%s %s", comma, case_name(findings->verdicts[i].kind), decision_word(&findings->verdicts[i]));
		comma = ", ";
	}
	fputs("</td><td>", out);
	put_markup(out, lock ? lock : first->reason);
	fputs("</td></tr>\n", out);
}

void html_put_decisions(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int i, rows = 0, count = count_decisions(findings);

	fputs("<h2>Needs a decision</h2>\n", out);
	if (count == 0) {
		fputs("<p>Nothing: every case is decided, and every activated meter answered.</p>\n", out);
		return;
	}
	fputs("<table class=\"narrow\"><thead><tr><th>Slot</th><th>What</th><th>Why</th></tr></thead><tbody>\n", out);
	for (i = 0; i < findings->slot_count; i++)
		if ((locked_up(&findings->slots[i]) || first_open(findings, &findings->slots[i])) && rows++ < DECISIONS_MOST)
			put_decision(out, findings, i);
	fputs("</tbody></table>\n", out);
	if (count > DECISIONS_MOST)
		fprintf(out, "<p class=\"soft\">And %d more slots, on the pages of the devices.</p>\n", count - DECISIONS_MOST);
}

/* Cost */

void html_put_cost(FILE *out, const struct report *report)
{
	int64_t raised = 0;
	size_t i;

	for (i = 0; i < report->row_count; i++)
		raised += report->rows[i].affected_activations > 0 &&
			  (strcmp(report->rows[i].ad1, ledger_class_name(LEDGER_EXPECTED_SEEN)) == 0 ||
			   strcmp(report->rows[i].ad1, ledger_class_name(LEDGER_LATE)) == 0);
	fputs("<h2>What it costs, and what changed</h2>\n<p>", out);
	if (report->counts.activated > 0)
		fprintf(out, "In this run %" PRId64 " of %" PRId64 " %s raised an AD1 without a real outage. ", raised,
			report->counts.activated, plural(report->counts.activated, "meter activated", "meters activated"));
	fputs("Expected false AD1 per 100,000 activations: not stated, the devices are no random sample. Genuine outages that a "
	      "drop, hold or tag rule would hide: not stated, this evidence holds no rate of genuine outages"
	      ". Difference to an earlier run or to an imported list: not part of one run\xe2\x80\x99s evidence (<code>hilrig "
	      "devices</code>).</p>\n", out);
}
