/* The end of report.html: what is common to all devices, how to check it, and the lines of the journal that were cited. */

#include "rig/report/html.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* Bench */

static void put_image(FILE *out, const struct report *report, const struct record *record)
{
	fputs("<tr><td>firmware image", out);
	put_citation(out, &report->citations, record);
	fprintf(out, "</td><td class=\"n\">%" PRId64 "</td><td class=\"mono hash\">", record->data.image.size_bytes);
	put_markup(out, record->data.image.sha256);
	if (record->data.image.inner_sha256[0]) {
		fprintf(out, "</td></tr>\n<tr><td>manufacturer\xe2\x80\x99s image in it</td><td class=\"n\">%" PRId64 "</td><td class=\"mono hash\">",
			record->data.image.inner_size_bytes);
		put_markup(out, record->data.image.inner_sha256);
	}
	fputs("</td></tr>\n", out);
}

static void put_documents(FILE *out, const struct report *report)
{
	size_t i;

	fputs("<table><thead><tr><th>File as used</th><th class=\"n\">Bytes</th><th>SHA-256</th></tr></thead><tbody>\n", out);
	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		if (record->kind == RECORD_IMAGE)
			put_image(out, report, record);
		if (record->kind != RECORD_DOCUMENT && record->kind != RECORD_RAW)
			continue;
		fputs("<tr><td>", out);
		put_markup(out, record->kind == RECORD_RAW ? "raw/" : "");
		put_markup(out, record->kind == RECORD_RAW ? record->data.raw.name : record->data.document.name);
		put_citation(out, &report->citations, record);
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
		put_citation(out, &report->citations, &span->least);
		fputs("</td><td class=\"n\">", out);
		put_milli(out, span->most_milli);
		put_citation(out, &report->citations, &span->most);
		fputs("</td><td>", out);
		put_markup(out, span->unit);
		fprintf(out, "</td><td class=\"n\">%" PRId64 "</td></tr>\n", span->count);
	}
	fputs("</tbody></table>\n", out);
}

static void put_wiring(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
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
		put_citation(out, &report->citations, wiring);
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

static void put_run(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	const struct record *run = &findings->run;

	fputs("<dl>\n", out);
	if (findings->has_run) {
		html_put_fact(out, report, "Bench", run->data.run.bench, run);
		fputs("<dt>Method</dt><dd>scenario ", out);
		put_markup(out, run->data.run.scenario);
		fprintf(out, ", version %" PRId64, run->data.run.scenario_version);
		put_citation(out, &report->citations, run);
		fputs("</dd>\n", out);
		html_put_fact(out, report, "Test order", run->data.run.order[0] ? run->data.run.order : "none", run);
		fprintf(out, "<dt>Attempts agreed</dt><dd>%" PRId64 " per device", run->data.run.attempts);
		put_citation(out, &report->citations, run);
		fputs("</dd>\n", out);
		html_put_fact(out, report, "Performed by", run->data.run.operator, run);
	}
	html_put_fact(out, report, "Program", findings->has_boot ? findings->boot.data.boot.revision : "", &findings->boot);
	fputs("</dl>\n", out);
}

static void put_lines(FILE *out, const struct report *report)
{
	fputs("<section class=\"sheet\" id=\"lines\">\n", out);
	html_put_simulated(out, report);
	fputs("<h2>Lines of the journal</h2>\n<p class=\"soft\">Those that this report cites, by number; <code>sed -n 12p journal.jsonl</code> "
	      "shows the whole of line 12. A line with an S stands in supervisor.jsonl. The hashes that chain each line to the one before it "
	      "are left out here.", out);
	if (report->citations.dropped)
		fprintf(out, " The run has more lines than are kept for this: figures that rest on the last %" PRIu64 " have no link.",
			report->citations.dropped);
	fputs("</p>\n<ol class=\"lines\">\n", out);
	put_cited_lines(out, &report->citations);
	fputs("</ol>\n<p class=\"end\">end of the report</p>\n</section>\n", out);
}

void html_put_annex(FILE *out, const struct report *report)
{
	fputs("<section class=\"sheet\" id=\"bench\">\n", out);
	html_put_simulated(out, report);
	fputs("<h2>Bench and documents</h2>\n", out);
	put_run(out, report);
	put_documents(out, report);
	put_wiring(out, report);
	put_readings(out, report);
	fputs("<h2 id=\"told\">Events of the whole bench</h2>\n", out);
	html_put_told(out, report, "");
	html_put_check(out, report);
	fputs("</section>\n", out);
	put_lines(out, report);
}
