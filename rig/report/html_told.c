/* Lines of the journal that decide nothing and that a reader wants to be told of: attempts, gates, faults, notes. */

#include "rig/report/html.h"

#include "rig/report/escape.h"

#include <inttypes.h>
#include <string.h>

static const char *boot_word(const struct record *record)
{
	return record->seq == 0 ? "started" : "resumed";
}

static const char *activation_word(const struct record *record)
{
	static const char *const states[] = {
		[ACTIVATION_ANNOUNCED] = "announced", [ACTIVATION_SENT] = "sent", [ACTIVATION_ACCEPTED] = "accepted",
		[ACTIVATION_REFUSED] = "refused", [ACTIVATION_UNKNOWN] = "outcome unknown",
	};

	return states[record->data.activation.state];
}

static const char *fault_word(const struct record *record)
{
	return fault_name(record->data.fault.domain);
}

static const char *gate_word(const struct record *record)
{
	static const char *const states[] = {[GATE_WAITING] = "waiting", [GATE_PASSED] = "open", [GATE_FAILED] = "closed"};

	return states[record->data.gate.state];
}

static const char *safety_word(const struct record *record)
{
	return record->data.safety.ok ? "in order" : "NOT in order";
}

static const char *protection_word(const struct record *record)
{
	return record->data.protection.tripped ? "tripped" : "back";
}

static const char *step_word(const struct record *record)
{
	return record->data.step.state == STEP_SKIPPED ? "skipped" : "not done";
}

static const char *readback_word(const struct record *record)
{
	(void)record;
	return "disagrees";
}

/* What a kind of line is told as: a word for its state, and the fields (by key) that are shown as they are. */
static const struct {
	const char *(*word)(const struct record *record);
	const char *keys[4];
} tellings[RECORD_KIND_COUNT] = {
	[RECORD_BOOT] = {boot_word, {"revision"}},
	[RECORD_ACTIVATION] = {activation_word, {"firmware_from", "firmware_to"}},
	[RECORD_FAULT] = {fault_word, {"code", "text"}},
	[RECORD_GATE] = {gate_word, {"text"}},
	[RECORD_SAFETY] = {safety_word, {NULL}},
	[RECORD_PROTECTION] = {protection_word, {"what"}},
	[RECORD_STEP] = {step_word, {"verb", "text"}},
	[RECORD_READBACK] = {readback_word, {"channel", "value"}},
	[RECORD_NOTE] = {NULL, {"text"}},
	[RECORD_PROMPT] = {NULL, {"question", "answer", "name"}},
	[RECORD_IDENTITY] = {NULL, {"guid", "firmware"}},
};

static void put_told_field(FILE *out, const struct record *record, const char *key)
{
	const struct field *field;

	for (field = record_fields(record->kind); field->key; field++)
		if (strcmp(field->key, key) == 0 && field->type == FIELD_TEXT)
			put_markup(out, (const char *)record + field->offset);
}

static void put_told_text(FILE *out, const struct record *record)
{
	size_t i;

	for (i = 0; i < 4 && tellings[record->kind].keys[i]; i++) {
		fputs(i ? " \xc2\xb7 " : "", out);
		put_told_field(out, record, tellings[record->kind].keys[i]);
	}
}

static void put_row(FILE *out, const struct report *report, const struct record *record)
{
	fputs("<tr><td class=\"n\">", out);
	put_citation(out, &report->citations, record);
	fputs("</td><td class=\"mono\">", out);
	html_put_utc(out, report, record->t_ns);
	fprintf(out, "</td><td>%s</td><td>%s</td><td>", record_kind_name(record->kind),
		tellings[record->kind].word ? tellings[record->kind].word(record) : "");
	put_told_text(out, record);
	fputs("</td></tr>\n", out);
}

void html_put_told(FILE *out, const struct report *report, const char *slot)
{
	size_t i, count = 0;

	fputs("<table class=\"told\"><thead><tr><th class=\"n\">Line</th><th>UTC</th><th>What</th><th></th><th></th></tr></thead><tbody>\n",
	      out);
	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		if (record->kind == RECORD_DOCUMENT || record->kind == RECORD_RAW || record->kind == RECORD_IMAGE || strcmp(record->slot, slot) != 0)
			continue;
		put_row(out, report, record);
		count++;
	}
	if (count == 0)
		fputs("<tr><td colspan=\"5\">None was recorded.</td></tr>\n", out);
	fputs("</tbody></table>\n", out);
	if (report->told_dropped)
		fprintf(out, "<p>More than %d lines are of this sort; %" PRIu64 " later ones stand in the journal only.</p>\n", TOLD_MAX,
			report->told_dropped);
}
