/* report.json: everything a report knows, for programs. reports/report.schema.json describes it. */

#include "rig/report/report.h"

#include "rig/report/rows.h"
#include "rig/report/words.h"

#include <inttypes.h>

static void put_key(FILE *out, const char *key)
{
	fprintf(out, ",\n \"%s\": ", key);
}

static void put_run(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	char first[UTC_TEXT_SIZE], last[UTC_TEXT_SIZE];

	utc_to_text(report->utc_first_us, first);
	utc_to_text(report->utc_last_us, last);
	fputs("{\"report\": 1, \"folder\": ", out);
	put_json(out, report->name);
	put_key(out, "run");
	if (findings->has_run)
		put_record_json(out, &findings->run);
	else
		fputs("null", out);
	put_key(out, "rule");
	if (findings->has_rule)
		put_record_json(out, &findings->rule);
	else
		fputs("null", out);
	fprintf(out, ",\n \"clause_known\": %s", findings->limit_known ? "true" : "false");
	put_key(out, "revision");
	put_json(out, findings->has_boot ? findings->boot.data.boot.revision : "");
	fprintf(out, ",\n \"from_utc\": \"%s\", \"to_utc\": \"%s\", \"end_ns\": %" PRId64 ", \"ended\": %s", first, last,
		findings->end_ns, findings->ended ? "true" : "false");
	fprintf(out, ",\n \"exit\": %d, \"live_verdicts\": %d, \"live_mismatches\": %d", findings->exit_code,
		findings->live_verdict_count, findings->live_mismatch_count);
	fprintf(out, ",\n \"heads\": {\"journal_lines\": %" PRIu64 ", \"journal\": \"%s\", \"supervisor_lines\": %" PRIu64
		     ", \"supervisor\": \"%s\"}", report->heads.journal_lines, report->heads.journal,
		report->heads.supervisor_lines, report->heads.supervisor);
}

static void put_reasons(FILE *out, const struct findings *findings)
{
	int i;

	put_key(out, "reasons");
	putc('[', out);
	for (i = 0; i < findings->verdict_count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		put_json(out, findings->verdicts[i].reason);
	}
	fputs("\n ]", out);
}

static void put_outage(FILE *out, const struct history *history, int index)
{
	struct outage outage = sense_outage(&history->supply, index);
	struct cause_found cause = cause_of_outage(history, &outage);

	fprintf(out, "{\"t_down_ns\": %" PRId64, outage.t_down_ns);
	put_bound(out, "t_up_ns", outage.t_up_ns);
	put_bound(out, "t_lo_ns", outage.lo_ns);
	put_bound(out, "t_hi_ns", outage.hi_ns);
	fprintf(out, ", \"first_burst_ns\": %" PRId64 ", \"last_burst_ns\": %" PRId64 ", \"cause\": \"%s\", \"in_control\": %s}",
		outage.first_burst_ns, outage.last_burst_ns, cause_name(cause.cause, cause.phase),
		history_control_of(history, &outage) >= 0 ? "true" : "false");
}

static void put_slot(FILE *out, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	int i;

	fputs("{\"slot\": ", out);
	put_json(out, history->slot);
	fputs(", \"wiring\": ", out);
	put_record_json(out, &history->wiring);
	fputs(",\n   \"meter\": ", out);
	if (history->has_meter)
		put_record_json(out, &history->meter);
	else
		fputs("null", out);
	fputs(",\n   \"hub\": ", out);
	if (history->has_hub)
		put_record_json(out, &history->hub);
	else
		fputs("null", out);
	fprintf(out, ",\n   \"activated\": %s, \"activations\": %" PRId64 ", \"confirmed\": %s, \"identity_read\": %s",
		slot->activated ? "true" : "false", history->activations, slot->confirmed ? "true" : "false",
		history->meter_identity_read ? "true" : "false");
	fputs(", \"firmware_from\": ", out);
	put_json(out, history->firmware_from);
	fputs(", \"firmware_to\": ", out);
	put_json(out, history->firmware_to);
	fputs(", \"firmware_after\": ", out);
	put_json(out, slot->firmware_after);
	fputs(", \"image\": ", out);
	put_json(out, history->image);
	fputs(",\n   \"outages\": [", out);
	for (i = 0; i < sense_outage_count(&history->supply); i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		put_outage(out, history, i);
	}
	fputs("]}", out);
}

static void put_budget(FILE *out, const struct report *report)
{
	const struct uncertainty_budget *budget = judge_budget(report->judge);
	int64_t at_ns = report->findings->has_rule ? report->findings->rule.data.rule.limit_ns : 0;
	struct uncertainty at = uncertainty_at(budget, at_ns);
	size_t i;

	put_key(out, "budget");
	fprintf(out, "{\"at_ns\": %" PRId64 ", \"u_ns\": %" PRId64 ", \"k\": 2, \"terms\": [", at_ns, at.expanded_ns);
	for (i = 0; i < budget->count; i++) {
		const struct uncertainty_term *term = &budget->terms[i];

		fputs(i ? ",\n  {\"term\": " : "\n  {\"term\": ", out);
		put_json(out, term->name);
		fprintf(out, ", \"distribution\": \"%s\", \"half_width_ns\": %" PRId64 ", \"half_width_ppb\": %" PRId64
			     ", \"edges\": %d, \"standard_ns\": %.1f, \"source\": ",
			uncertainty_distribution_name(term->distribution), term->half_width_ns, term->half_width_ppb, term->edges,
			at.term_ns[i]);
		put_json(out, term->source);
		putc('}', out);
	}
	fputs("]}", out);
}

static void put_readings(FILE *out, const struct report *report)
{
	int i;

	put_key(out, "readings");
	putc('[', out);
	for (i = 0; i < report->reading_count; i++) {
		const struct reading_span *span = &report->readings[i];

		fputs(i ? ",\n  {\"channel\": " : "\n  {\"channel\": ", out);
		put_json(out, span->channel);
		fputs(", \"unit\": ", out);
		put_json(out, span->unit);
		fprintf(out, ", \"least_milli\": %" PRId64 ", \"most_milli\": %" PRId64 ", \"count\": %" PRId64 "}",
			span->least_milli, span->most_milli, span->count);
	}
	fputs("\n ]", out);
}

static void put_told(FILE *out, const struct report *report)
{
	char utc[UTC_TEXT_SIZE];
	size_t i;

	put_key(out, "told_dropped");
	fprintf(out, "%" PRIu64, report->told_dropped);
	put_key(out, "told");
	putc('[', out);
	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		utc_to_text(record->utc_us, utc);
		fprintf(out, "%s{\"seq\": %" PRIu64 ", \"t_ns\": %" PRId64 ", \"utc\": \"%s\", \"kind\": \"%s\", \"slot\": ",
			i ? ",\n  " : "\n  ", record->seq, record->t_ns, utc, record_kind_name(record->kind));
		put_json(out, record->slot);
		fputs(", \"data\": ", out);
		put_record_json(out, record);
		putc('}', out);
	}
	fputs("\n ]", out);
}

void report_put_json(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int i;

	put_run(out, report);
	fputs(",\n ", out);
	put_findings_json(out, findings);
	put_reasons(out, findings);
	put_key(out, "slots");
	putc('[', out);
	for (i = 0; i < findings->slot_count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		put_slot(out, &findings->slots[i]);
	}
	fputs("\n ]", out);
	put_budget(out, report);
	put_readings(out, report);
	put_told(out, report);
	fputs("}\n", out);
}
