/* Findings and records as JSON objects. */

#include "rig/report/rows.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

void put_bound(FILE *out, const char *key, int64_t ns)
{
	if (ns == INSTANT_NEVER)
		fprintf(out, ", \"%s\": null", key);
	else
		fprintf(out, ", \"%s\": %" PRId64, key, ns);
}

static void put_verdict(FILE *out, const struct findings *findings, const struct verdict *verdict)
{
	fputs("{\"slot\": ", out);
	put_json(out, slot_name(findings, verdict->slot));
	fprintf(out, ", \"case\": \"%s\", \"watch\": %d, \"conformity\": \"%s\", \"validity\": \"%s\", \"domain\": \"%s\"",
		case_name(verdict->kind), verdict->watch, conformity_name(verdict->conformity), validity_name(verdict->validity),
		fault_name(verdict->domain));
	if (verdict->kind == CASE_OUTAGE) {
		put_bound(out, "t_lo_ns", verdict->worst.lo_ns);
		put_bound(out, "t_hi_ns", verdict->worst.hi_ns);
		put_bound(out, "u_ns", verdict->u_ns);
	}
	putc('}', out);
}

static void put_ledger_line(FILE *out, const struct findings *findings, const struct ledger_line *line)
{
	const struct history *history = findings->slots[line->slot].history;
	const char *comma = "";
	int i;

	fputs("{\"slot\": ", out);
	put_json(out, history->slot);
	fprintf(out, ", \"class\": \"%s\", \"cause\": \"%s\"", ledger_class_name(line->class),
		cause_name(line->cause.cause, line->cause.phase));
	put_bound(out, "t_lo_ns", line->has_outage ? line->outage.lo_ns : INSTANT_NEVER);
	put_bound(out, "t_hi_ns", line->has_outage ? line->outage.hi_ns : INSTANT_NEVER);
	fprintf(out, ", \"open\": %s, \"expected\": \"%s\", \"count\": %" PRId64 ", \"seen\": [",
		line->has_outage && line->outage.t_up_ns == INSTANT_NEVER ? "true" : "false", expectation_name(line->expected),
		line->count);
	for (i = 0; i < history->observer_count; i++) {
		if (!(line->seen >> i & 1))
			continue;
		fputs(comma, out);
		put_json(out, history->observers[i].name);
		comma = ", ";
	}
	fputs("]}", out);
}

static void put_control(FILE *out, const struct findings *findings, const struct control_result *control)
{
	const struct history *history = findings->slots[control->slot].history;

	fputs("{\"slot\": ", out);
	put_json(out, history->slot);
	fprintf(out, ", \"polarity\": \"%s\", \"observer\": ", polarity_name(control->polarity));
	put_json(out, history->observers[control->observer].name);
	fprintf(out, ", \"passed\": %s}", control->passed ? "true" : "false");
}

static const char *between(int i)
{
	return i ? ",\n  " : "\n  ";
}

void put_findings_json(FILE *out, const struct findings *findings)
{
	int i;

	fputs("\"verdicts\": [", out);
	for (i = 0; i < findings->verdict_count; i++) {
		fputs(between(i), out);
		put_verdict(out, findings, &findings->verdicts[i]);
	}
	fputs("\n ],\n \"ledger\": [", out);
	for (i = 0; i < findings->ledger_count; i++) {
		fputs(between(i), out);
		put_ledger_line(out, findings, &findings->ledger[i]);
	}
	fputs("\n ],\n \"controls\": [", out);
	for (i = 0; i < findings->control_count; i++) {
		fputs(between(i), out);
		put_control(out, findings, &findings->controls[i]);
	}
	fputs("\n ]", out);
}

static void put_cases(FILE *out, unsigned cases)
{
	const char *comma = "";
	int kind;

	putc('"', out);
	for (kind = 0; kind < CASE_COUNT; kind++) {
		if (!(cases & CASE_BIT(kind)))
			continue;
		fprintf(out, "%s%s", comma, case_name((enum case_kind)kind));
		comma = ",";
	}
	putc('"', out);
}

static void put_field(FILE *out, const struct record *record, const struct field *field)
{
	const char *at = (const char *)record + field->offset;
	int64_t number;
	unsigned cases;
	int word;

	switch (field->type) {
	case FIELD_TEXT:
		put_json(out, at);
		break;
	case FIELD_INTEGER:
		memcpy(&number, at, sizeof number);
		fprintf(out, "%" PRId64, number);
		break;
	case FIELD_FLAG:
		fputs(*(const bool *)at ? "true" : "false", out);
		break;
	case FIELD_WORD:
		memcpy(&word, at, sizeof word);
		fprintf(out, "\"%s\"", field->words[word]);
		break;
	case FIELD_CASES:
		memcpy(&cases, at, sizeof cases);
		put_cases(out, cases);
		break;
	}
}

void put_record_json(FILE *out, const struct record *record)
{
	const struct field *field;
	const char *comma = "";

	putc('{', out);
	for (field = record_fields(record->kind); field->key; field++) {
		fprintf(out, "%s\"%s\": ", comma, field->key);
		put_field(out, record, field);
		comma = ", ";
	}
	putc('}', out);
}
