/* The judge's findings as `judge` prints them: JSON for programs, a table for people. */

#include "rig/report/report.h"

#include "rig/judge/hub_threshold.h"
#include "rig/report/rows.h"
#include "rig/report/words.h"

#include <inttypes.h>

/* JSON */

static void put_reason(FILE *out, const struct findings *findings, const struct verdict *verdict)
{
	fputs("{\"slot\": ", out);
	put_json(out, slot_name(findings, verdict->slot));
	fprintf(out, ", \"case\": \"%s\", \"watch\": %d, \"reason\": ", case_name(verdict->kind), verdict->watch);
	put_json(out, verdict->reason);
	putc('}', out);
}

static const char *between(int i)
{
	return i ? ",\n  " : "\n  ";
}

/* Of slots with cuts on both sides of it. */
static void put_thresholds(FILE *out, const struct findings *findings)
{
	int slot, put = 0;

	for (slot = 0; slot < findings->slot_count; slot++) {
		struct hub_threshold threshold = hub_threshold_of(findings, slot);

		if (!threshold.found)
			continue;
		fprintf(out, "%s{\"slot\": ", between(put++));
		put_json(out, slot_name(findings, slot));
		fprintf(out, ", \"never_ns\": %" PRId64 ", \"tries\": %d, \"always_ns\": %" PRId64 ", \"lost\": %d}", threshold.never_ns,
			threshold.never_tries, threshold.always_ns, threshold.lost);
	}
}

void report_put_judgement(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int i;

	fprintf(out, "{\"exit\": %d,\n \"run\": ", findings->exit_code);
	put_json(out, findings->has_run ? findings->run.data.run.run : "");
	fputs(",\n ", out);
	put_findings_json(out, findings);
	fputs(",\n \"reasons\": [", out);
	for (i = 0; i < findings->verdict_count; i++) {
		fputs(between(i), out);
		put_reason(out, findings, &findings->verdicts[i]);
	}
	fputs("\n ],\n \"thresholds\": [", out);
	put_thresholds(out, findings);
	fprintf(out, "\n ],\n \"live\": {\"verdicts\": %d, \"mismatches\": %d}}\n", findings->live_verdict_count,
		findings->live_mismatch_count);
}

/* Plain text */

static void put_head(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	char text[FREE_TEXT_SIZE];

	fprintf(out, "%s", report->name);
	if (findings->has_run)
		fprintf(out, "  run %s, scenario %s %" PRId64 ", bench %s", findings->run.data.run.run,
			findings->run.data.run.scenario, findings->run.data.run.scenario_version, findings->run.data.run.bench);
	fputs("\n", out);
	if (findings->has_rule) {
		words_limit(text, sizeof text, findings);
		fprintf(out, "limit   %s\n", text);
	}
}

static void put_device(FILE *out, const struct slot_findings *slot)
{
	const struct history *history = slot->history;

	fprintf(out, "\nslot %s", history->slot);
	if (history->has_meter)
		fprintf(out, "  meter %s %s %s", history->meter.data.device.guid, history->meter.data.device.manufacturer,
			history->meter.data.device.model);
	if (history->firmware_to[0])
		fprintf(out, " %s -> %s", history->firmware_from, history->firmware_to);
	if (history->has_hub)
		fprintf(out, "  hub %s", history->hub.data.device.guid);
	putc('\n', out);
}

static void put_row(FILE *out, const struct findings *findings, const struct verdict *verdict)
{
	char result[FREE_TEXT_SIZE];

	words_verdict(result, sizeof result, verdict);
	fprintf(out, "  %-9s %-24s ", case_name(verdict->kind), result);
	if (verdict->kind == CASE_OUTAGE && verdict->validity != VALIDITY_MISSING) {
		put_length(out, &verdict->worst);
		fputs(", U ", out);
		put_seconds_up(out, verdict->u_ns, 4);
		fputs(" s", out);
	}
	fprintf(out, "\n            %s\n", verdict->reason);
	(void)findings;
}

static void put_ledger_row(FILE *out, const struct findings *findings, const struct ledger_line *line)
{
	const struct history *history = findings->slots[line->slot].history;
	const char *comma = " seen at ";
	int i;

	fprintf(out, "  %-9s %-24s ", "alert", ledger_class_name(line->class));
	if (line->has_outage)
		put_length(out, &line->outage);
	else
		fputs("no outage", out);
	fprintf(out, ", cause %s", cause_name(line->cause.cause, line->cause.phase));
	if (line->count > 1)
		fprintf(out, ", %" PRId64 " alerts", line->count);
	if (line->seen)
		putc(',', out);
	for (i = 0; i < history->observer_count; i++) {
		if (!(line->seen >> i & 1))
			continue;
		fprintf(out, "%s%s", comma, history->observers[i].name);
		comma = " and ";
	}
	putc('\n', out);
}

static void put_control_row(FILE *out, const struct findings *findings, const struct control_result *control)
{
	fprintf(out, "  %-9s %-24s %s at ", "control", control->passed ? "passed" : "FAILED", polarity_name(control->polarity));
	fputs(findings->slots[control->slot].history->observers[control->observer].name, out);
	if (control->latency_ns >= 0) {
		fputs(", alert after ", out);
		put_seconds_up(out, control->latency_ns, 3);
		fputs(" s", out);
	}
	putc('\n', out);
}

static void put_threshold_row(FILE *out, const struct findings *findings, int slot)
{
	struct hub_threshold threshold = hub_threshold_of(findings, slot);

	if (!threshold.found)
		return;
	fprintf(out, "  %-9s no AD1 up to ", "threshold");
	put_seconds_up(out, threshold.never_ns, 4);
	fprintf(out, " s (%d tr%s), AD1 from ", threshold.never_tries, threshold.never_tries == 1 ? "y" : "ies");
	put_seconds_up(out, threshold.always_ns, 4);
	fputs(" s on", out);
	if (threshold.lost > 0)
		fprintf(out, "; %d longer without one: lost", threshold.lost);
	putc('\n', out);
}

void report_put_table(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int slot, i;

	put_head(out, report);
	for (slot = 0; slot < findings->slot_count; slot++) {
		const struct slot_findings *one = &findings->slots[slot];

		put_device(out, one);
		for (i = 0; i < one->verdicts_count; i++)
			put_row(out, findings, &findings->verdicts[one->verdicts_from + i]);
		for (i = 0; i < one->ledger_count; i++)
			put_ledger_row(out, findings, &findings->ledger[one->ledger_from + i]);
		for (i = 0; i < one->controls_count; i++)
			put_control_row(out, findings, &findings->controls[one->controls_from + i]);
		put_threshold_row(out, findings, slot);
	}
	fprintf(out, "\n%s\n", findings->verdict_count > 0 ? words_exit(findings->exit_code) : "No case was expected or judged: what was measured says nothing of a device.");
	if (findings->stray_lines)
		fprintf(out, "NOTE: %" PRIu64 " lines are of slots that the record does not describe; they were not judged.\n",
			findings->stray_lines);
	if (findings->live_mismatch_count)
		fprintf(out, "NOTE: %d of %d verdicts that the run itself wrote are not those of this judge.\n",
			findings->live_mismatch_count, findings->live_verdict_count);
}
