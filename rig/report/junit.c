/*
 * JUnit XML for a lab's CI: a suite for each slot, a case for each verdict. Only a verdict that is valid and in order is a
 * success; whatever could not be decided is an error, so that a server that counts greens never counts it.
 */

#include "rig/report/report.h"
#include "rig/report/words.h"

#include <inttypes.h>

/* The suite of the run itself: a run that judged nothing, or says otherwise live than offline, must not look green. */
static int run_errors(const struct findings *findings)
{
	return (findings->verdict_count == 0) + (findings->live_mismatch_count > 0) + !findings->ended;
}

static void put_run_case(FILE *out, const char *name, const char *problem)
{
	fprintf(out, "    <testcase classname=\"run\" name=\"%s\" time=\"0\"", name);
	if (problem)
		fprintf(out, ">\n      <error type=\"rig\" message=\"%s\"/>\n    </testcase>\n", problem);
	else
		fputs("/>\n", out);
}

static void put_run_suite(FILE *out, const struct findings *findings)
{
	fprintf(out, "  <testsuite name=\"run\" tests=\"3\" failures=\"0\" errors=\"%d\" skipped=\"0\" time=\"0\">\n",
		run_errors(findings));
	put_run_case(out, "something was judged", findings->verdict_count ? NULL : "no case was judged");
	put_run_case(out, "the run ended by itself", findings->ended ? NULL : "the journal has no end line");
	put_run_case(out, "judged again as it was judged live",
		     findings->live_mismatch_count ? "verdicts in the journal are not those of this judge" : NULL);
	fputs("  </testsuite>\n", out);
}

static int count_tone(const struct findings *findings, const struct slot_findings *slot, enum tone tone)
{
	int i, count = 0;

	for (i = 0; i < slot->verdicts_count; i++)
		count += verdict_tone(&findings->verdicts[slot->verdicts_from + i]) == tone;
	return count;
}

static void put_outcome(FILE *out, const char *element, const struct verdict *verdict)
{
	char words[FREE_TEXT_SIZE];

	words_verdict(words, sizeof words, verdict);
	fprintf(out, "      <%s type=\"", element);
	put_markup(out, words);
	fputs("\" message=\"", out);
	put_markup(out, verdict->reason);
	fputs("\"/>\n", out);
}

static void put_facts(FILE *out, const struct verdict *verdict)
{
	if (verdict->kind != CASE_OUTAGE || verdict->validity == VALIDITY_MISSING)
		return;
	fputs("      <system-out>T ", out);
	put_length(out, &verdict->worst);
	fputs(", U (k = 2) ", out);
	put_seconds_up(out, verdict->u_ns, 4);
	fputs(" s</system-out>\n", out);
}

static void put_case(FILE *out, const struct findings *findings, const struct verdict *verdict)
{
	fputs("    <testcase classname=\"", out);
	put_markup(out, findings->has_run ? findings->run.data.run.scenario : "scenario");
	fputs(".", out);
	put_markup(out, slot_name(findings, verdict->slot));
	fprintf(out, "\" name=\"%s", case_name(verdict->kind));
	if (verdict->watch > 0)
		fprintf(out, " watch %d", verdict->watch);
	fputs("\" time=\"", out);
	put_seconds_down(out, verdict->kind == CASE_OUTAGE ? verdict->worst.lo_ns : 0, 3);
	fputs("\">\n", out);
	switch (verdict_tone(verdict)) {
	case TONE_GOOD:
		break;
	case TONE_BAD:
		put_outcome(out, "failure", verdict);
		break;
	case TONE_OPEN:
		put_outcome(out, "error", verdict);
		break;
	case TONE_NONE:
		put_outcome(out, "skipped", verdict);
		break;
	}
	put_facts(out, verdict);
	fputs("    </testcase>\n", out);
}

static void put_suite(FILE *out, const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	fputs("  <testsuite name=\"slot ", out);
	put_markup(out, slot->history->slot);
	if (slot->history->has_meter) {
		fputs(" meter ", out);
		put_markup(out, slot->history->meter.data.device.guid);
	}
	fprintf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"0\">\n", slot->verdicts_count,
		count_tone(findings, slot, TONE_BAD), count_tone(findings, slot, TONE_OPEN),
		count_tone(findings, slot, TONE_NONE));
	for (i = 0; i < slot->verdicts_count; i++)
		put_case(out, findings, &findings->verdicts[slot->verdicts_from + i]);
	fputs("  </testsuite>\n", out);
}

void report_put_junit(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int failures = 0, errors = run_errors(findings), skipped = 0, i;

	for (i = 0; i < findings->slot_count; i++) {
		failures += count_tone(findings, &findings->slots[i], TONE_BAD);
		errors += count_tone(findings, &findings->slots[i], TONE_OPEN);
		skipped += count_tone(findings, &findings->slots[i], TONE_NONE);
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"", out);
	put_markup(out, findings->has_run ? findings->run.data.run.run : report->name);
	fprintf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", findings->verdict_count + 3, failures,
		errors, skipped);
	put_run_suite(out, findings);
	for (i = 0; i < findings->slot_count; i++)
		put_suite(out, findings, &findings->slots[i]);
	fputs("</testsuites>\n", out);
}
