/* The table of journal lines as a JSON Schema. */

#include "rig/report/schema.h"

#include "rig/journal/record.h"

#include <inttypes.h>

#define DIGEST "{\"type\": \"string\", \"pattern\": \"^[0-9a-f]{64}$\"}"

static void put_words(FILE *out, const char *const *words)
{
	int i;

	fputs("{\"enum\": [", out);
	for (i = 0; words[i]; i++)
		fprintf(out, "%s\"%s\"", i ? ", " : "", words[i]);
	fputs("]}", out);
}

/* Every set of cases, in the one order in which a set is written. */
static void put_cases(FILE *out)
{
	unsigned set;
	int kind;

	fputs("{\"enum\": [", out);
	for (set = 0; set < 1U << CASE_COUNT; set++) {
		const char *comma = "";

		fputs(set ? ", \"" : "\"", out);
		for (kind = 0; kind < CASE_COUNT; kind++) {
			if (!(set & CASE_BIT(kind)))
				continue;
			fprintf(out, "%s%s", comma, case_name((enum case_kind)kind));
			comma = ",";
		}
		putc('"', out);
	}
	fputs("]}", out);
}

static void put_field(FILE *out, const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXT:
		/* The limit is in bytes of UTF-8, which are never fewer than characters. */
		fprintf(out, "{\"type\": \"string\", \"maxLength\": %zu}", field->size - 1);
		break;
	case FIELD_INTEGER:
		fprintf(out, "{\"type\": \"integer\", \"minimum\": %" PRId64 ", \"maximum\": %" PRId64 "}", field->least, field->most);
		break;
	case FIELD_FLAG:
		fputs("{\"type\": \"boolean\"}", out);
		break;
	case FIELD_WORD:
		put_words(out, field->words);
		break;
	case FIELD_CASES:
		fputs("{\"$ref\": \"#/$defs/cases\"}", out);
		break;
	}
}

static void put_kind(FILE *out, enum record_kind kind)
{
	const struct field *field;
	const char *comma = "";

	fprintf(out, ",\n  \"data-of-%s\": {\"type\": \"object\", \"additionalProperties\": false, \"required\": [", record_kind_name(kind));
	for (field = record_fields(kind); field->key; field++) {
		fprintf(out, "%s\"%s\"", comma, field->key);
		comma = ", ";
	}
	fputs("],\n   \"properties\": {", out);
	for (field = record_fields(kind); field->key; field++) {
		fprintf(out, "%s\n    \"%s\": ", field == record_fields(kind) ? "" : ",", field->key);
		put_field(out, field);
	}
	fputs("}}", out);
}

void put_journal_schema(FILE *out)
{
	int kind;

	fputs("{\n \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	      " \"title\": \"One line of journal.jsonl or supervisor.jsonl\",\n"
	      " \"description\": \"Normative. Made from the table of rig/journal/record.c by rig/report/schema.c; do not edit. A line has "
	      "these keys in this order, without blanks, and ends in a line feed; prev is the hash of the line before (64 zeros in the first), "
	      "hash the SHA-256 of the line's own bytes in front of the comma before it. Lengths of texts are counted in bytes of UTF-8; "
	      "times are ns, voltages mV, rates ppb. What a kind means is in rig/journal/record.h.\",\n"
	      " \"type\": \"object\",\n \"additionalProperties\": false,\n"
	      " \"required\": [\"seq\", \"t_ns\", \"utc\", \"kind\", \"slot\", \"data\", \"prev\", \"hash\"],\n \"properties\": {\n", out);
	fprintf(out, "  \"seq\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": %" PRId64 "},\n", INT64_MAX);
	fprintf(out, "  \"t_ns\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": %" PRId64 "},\n", INT64_MAX / 4);
	fputs("  \"utc\": {\"type\": \"string\", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\\\.[0-9]{6}Z$\"},\n"
	      "  \"kind\": {\"enum\": [", out);
	for (kind = 0; kind < RECORD_KIND_COUNT; kind++)
		fprintf(out, "%s\"%s\"", kind ? ", " : "", record_kind_name((enum record_kind)kind));
	fprintf(out, "]},\n  \"slot\": {\"type\": \"string\", \"maxLength\": %d},\n  \"data\": {\"type\": \"object\"},\n", SLOT_NAME_SIZE - 1);
	fputs("  \"prev\": " DIGEST ",\n  \"hash\": " DIGEST "\n },\n \"allOf\": [", out);
	for (kind = 0; kind < RECORD_KIND_COUNT; kind++)
		fprintf(out, "%s\n  {\"if\": {\"properties\": {\"kind\": {\"const\": \"%s\"}}}, \"then\": {\"properties\": {\"data\": {\"$ref\": "
			"\"#/$defs/data-of-%s\"}}}}", kind ? "," : "", record_kind_name((enum record_kind)kind),
			record_kind_name((enum record_kind)kind));
	fputs("\n ],\n \"$defs\": {\n  \"cases\": ", out);
	put_cases(out);
	for (kind = 0; kind < RECORD_KIND_COUNT; kind++)
		put_kind(out, (enum record_kind)kind);
	fputs("\n }\n}\n", out);
}
