/* What belongs to every slot of report.html: uncertainty, bench, documents, lines told, how to check it all. */

#include "rig/report/html.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* Uncertainty */

static void put_microseconds(FILE *out, double ns)
{
	fprintf(out, "%.1f \xc2\xb5s", ns / 1000.0);
}

static void put_term(FILE *out, const struct uncertainty_term *term, double standard_ns)
{
	fputs("<tr><td>", out);
	put_markup(out, term->name);
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

static void put_uncertainty(FILE *out, const struct report *report)
{
	const struct uncertainty_budget *budget = judge_budget(report->judge);
	int64_t at_ns = judge_limit(report->findings).limit_ns;
	struct uncertainty at = uncertainty_at(budget, at_ns);
	size_t i;

	fputs("<h2 id=\"uncertainty\">Uncertainty of T</h2>\n", out);
	if (budget->count == 0) {
		fputs("<p>The record holds no uncertainty budget: no length can be judged by it.</p>\n", out);
		return;
	}
	fputs("<p>For T at the limit, ", out);
	put_seconds_up(out, at_ns, 0);
	fputs(" s:</p>\n<table><thead><tr><th>Term</th><th>Distribution</th><th class=\"n\">Half width</th><th class=\"n\">times</th>"
	      "<th class=\"n\">Standard uncertainty</th><th>Source</th></tr></thead><tbody>\n", out);
	for (i = 0; i < budget->count; i++)
		put_term(out, &budget->terms[i], at.term_ns[i]);
	fputs("</tbody></table>\n<p>Combined: ", out);
	put_microseconds(out, at.combined_ns);
	fputs("; expanded, k = 2, coverage about 95 %: <strong>U = ", out);
	put_seconds_up(out, at.expanded_ns, 6);
	fputs(" s</strong>.", out);
	if (at.beyond_half_width)
		fputs(" One rectangular term dominates, and U exceeds its half width: U is too large here, never too small.", out);
	fputs("</p>\n<p class=\"soft\">Four-way rule of ILAC-G8:09/2019, 4.2.3, with a guard band of U, on the bound that hurts. At a length "
	      "of exactly limit \xe2\x88\x92 U the risk of a false acceptance is at most 2.3 % for a Gaussian.</p>\n", out);
}

/* Bench */

static void put_documents(FILE *out, const struct report *report)
{
	size_t i;

	fputs("<table><thead><tr><th>File as used</th><th class=\"n\">Bytes</th><th>SHA-256</th></tr></thead><tbody>\n", out);
	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		if (record->kind != RECORD_DOCUMENT && record->kind != RECORD_RAW)
			continue;
		fputs("<tr><td>", out);
		put_markup(out, record->kind == RECORD_RAW ? "raw/" : "");
		put_markup(out, record->kind == RECORD_RAW ? record->data.raw.name : record->data.document.name);
		fprintf(out, "</td><td class=\"n\">%" PRId64 "</td><td class=\"mono hash\">",
			record->kind == RECORD_RAW ? record->data.raw.size_bytes : record->data.document.size_bytes);
		put_markup(out, record->kind == RECORD_RAW ? record->data.raw.sha256 : record->data.document.sha256);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

static void put_milli(FILE *out, int64_t milli)
{
	int64_t size = milli < 0 ? -milli : milli;

	fprintf(out, "%s%" PRId64 ".%03" PRId64, milli < 0 ? "\xe2\x88\x92" : "", size / 1000, size % 1000);
}

static void put_readings(FILE *out, const struct report *report)
{
	int i;

	if (report->reading_count == 0)
		return;
	fputs("<h3>Readings, extremes over the run</h3>\n<table><thead><tr><th>Channel</th><th class=\"n\">least</th><th class=\"n\">most</th>"
	      "<th>unit</th><th class=\"n\">readings</th></tr></thead><tbody>\n", out);
	for (i = 0; i < report->reading_count; i++) {
		const struct reading_span *span = &report->readings[i];

		fputs("<tr><td>", out);
		put_markup(out, span->channel);
		fputs("</td><td class=\"n\">", out);
		put_milli(out, span->least_milli);
		fputs("</td><td class=\"n\">", out);
		put_milli(out, span->most_milli);
		fputs("</td><td>", out);
		put_markup(out, span->unit);
		fprintf(out, "</td><td class=\"n\">%" PRId64 "</td></tr>\n", span->count);
	}
	fputs("</tbody></table>\n", out);
}

static void put_wiring(FILE *out, const struct findings *findings)
{
	int i;

	fputs("<h3>Slots as wired</h3>\n<table><thead><tr><th>Slot</th><th>Supply sensed at</th><th>Mains</th><th>Lab feed</th><th>AC LO</th>"
	      "<th class=\"n\">V down</th><th class=\"n\">V up</th><th class=\"n\">settle</th><th class=\"n\">bounce</th>"
	      "<th class=\"n\">recharge</th></tr></thead><tbody>\n", out);
	for (i = 0; i < findings->slot_count; i++) {
		const struct record *wiring = &findings->slots[i].history->wiring;
		const char *const channels[] = {wiring->data.slot.sense, wiring->data.slot.mains, wiring->data.slot.lab_feed,
						wiring->data.slot.ac_lost};
		size_t j;

		fputs("<tr><td>", out);
		put_markup(out, wiring->slot);
		for (j = 0; j < 4; j++) {
			fputs("</td><td>", out);
			put_markup(out, channels[j][0] ? channels[j] : "none");
		}
		fputs("</td><td class=\"n\">", out);
		put_milli(out, wiring->data.slot.v_down_mv);
		fputs("</td><td class=\"n\">", out);
		put_milli(out, wiring->data.slot.v_up_mv);
		fputs("</td><td class=\"n\">", out);
		put_seconds_up(out, wiring->data.slot.settle_ns, 3);
		fputs("</td><td class=\"n\">", out);
		put_seconds_up(out, wiring->data.slot.bounce_ns, 3);
		fputs("</td><td class=\"n\">", out);
		put_seconds_up(out, wiring->data.slot.recharge_ns, 0);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n<p class=\"soft\">Volts and seconds.</p>\n", out);
}

static void put_bench(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;

	fputs("<h2 id=\"bench\">Bench and equipment</h2>\n<dl>\n", out);
	if (findings->has_run) {
		html_put_fact(out, "Bench", findings->run.data.run.bench);
		fputs("<dt>Method</dt><dd>scenario ", out);
		put_markup(out, findings->run.data.run.scenario);
		fprintf(out, ", version %" PRId64 "</dd>\n", findings->run.data.run.scenario_version);
		html_put_fact(out, "Test order", findings->run.data.run.order[0] ? findings->run.data.run.order : "none");
		fprintf(out, "<dt>Attempts agreed</dt><dd>%" PRId64 " per device</dd>\n", findings->run.data.run.attempts);
		html_put_fact(out, "Performed by", findings->run.data.run.operator[0] ? findings->run.data.run.operator : "not named");
	}
	html_put_fact(out, "Program", findings->has_boot ? findings->boot.data.boot.revision : "");
	fputs("</dl>\n", out);
	put_documents(out, report);
	put_wiring(out, findings);
	put_readings(out, report);
}

/* Lines told */

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

static void put_told(FILE *out, const struct report *report)
{
	size_t i;

	fputs("<h2 id=\"told\">Attempts and events</h2>\n<table><thead><tr><th class=\"n\">Line</th><th>UTC</th><th>Slot</th><th>What</th><th></th>"
	      "<th></th></tr></thead><tbody>\n", out);
	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		if (record->kind == RECORD_DOCUMENT || record->kind == RECORD_RAW)
			continue;
		fprintf(out, "<tr><td class=\"n\">%" PRIu64 "</td><td class=\"mono\">", record->seq + 1);
		html_put_utc(out, report, record->t_ns);
		fputs("</td><td>", out);
		put_markup(out, record->slot);
		fprintf(out, "</td><td>%s</td><td>%s</td><td>", record_kind_name(record->kind),
			tellings[record->kind].word ? tellings[record->kind].word(record) : "");
		put_told_text(out, record);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
	if (report->told_dropped)
		fprintf(out, "<p>and %" PRIu64 " more, in the journal.</p>\n", report->told_dropped);
}

/* How to check */

static void put_check(FILE *out, const struct report *report)
{
	fputs("<h2 id=\"check\">How to check this report</h2>\n<p>Every line of the evidence carries the SHA-256 of itself and of the line "
	      "before it. The last one stands here on paper:</p>\n<dl>\n", out);
	fprintf(out, "<dt>journal.jsonl</dt><dd class=\"mono\">%" PRIu64 " lines, head %s</dd>\n", report->heads.journal_lines,
		report->heads.journal);
	if (report->heads.supervisor_lines)
		fprintf(out, "<dt>supervisor.jsonl</dt><dd class=\"mono\">%" PRIu64 " lines, head %s</dd>\n",
			report->heads.supervisor_lines, report->heads.supervisor);
	fputs("</dl>\n<pre>hilrig verify ", out);
	put_markup(out, report->name);
	fputs("\nhilrig judge ", out);
	put_markup(out, report->name);
	fputs("\n\n# without hilrig: the head from the bytes of the last line\ntail -n 1 ", out);
	put_markup(out, report->name);
	fputs("/journal.jsonl | sed &#39;s/,&quot;hash&quot;:.*//&#39; | tr -d &#39;\\n&#39; | sha256sum</pre>\n", out);
	fputs("<div class=\"sign\"><div>performed by", out);
	if (report->findings->has_run && report->findings->run.data.run.operator[0]) {
		fputs(": ", out);
		put_markup(out, report->findings->run.data.run.operator);
	}
	fputs("</div><div>checked by</div><div>authorised by (another person)</div></div>\n"
	      "<p class=\"end\">end of the report</p>\n", out);
}

void html_put_annex(FILE *out, const struct report *report)
{
	fputs("<section class=\"slot\">\n", out);
	put_uncertainty(out, report);
	put_bench(out, report);
	put_told(out, report);
	put_check(out, report);
	fputs("</section>\n", out);
}
