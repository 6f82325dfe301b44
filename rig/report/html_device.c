/* The page of one device in report.html: what it is, how it was tested, and what the evidence does not state. */

#include "rig/report/html.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

static const char *or_empty(bool there, const char *text)
{
	return there ? text : "";
}

static const struct record *first_activation(const struct report *report, const struct history *history)
{
	size_t i;

	for (i = 0; i < report->told_count; i++)
		if (report->told[i].kind == RECORD_ACTIVATION && strcmp(report->told[i].slot, history->slot) == 0)
			return &report->told[i];
	return NULL;
}

static bool says_version(const struct record *record, const struct history *history)
{
	return record->kind == RECORD_IDENTITY && record->data.identity.role == ROLE_METER && record->data.identity.known == KNOWN_READ &&
	       record->data.identity.firmware[0] && strcmp(record->slot, history->slot) == 0;
}

/* The last line in which the meter said its version before the first activation, or after it; NULL: none. */
static const struct record *version_read(const struct report *report, const struct history *history, bool after)
{
	const struct record *activation = first_activation(report, history), *found = NULL;
	size_t i;

	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];
		bool behind = activation && record->t_ns >= activation->t_ns;

		if (says_version(record, history) && behind == after)
			found = record;
	}
	return found;
}

/* The first line in which the meter said who it is; NULL: none. */
static const struct record *identity_read(const struct report *report, const struct history *history)
{
	size_t i;

	for (i = 0; i < report->told_count; i++) {
		const struct record *record = &report->told[i];

		if (record->kind == RECORD_IDENTITY && record->data.identity.role == ROLE_METER && record->data.identity.known == KNOWN_READ &&
		    record->data.identity.guid[0] && strcmp(record->slot, history->slot) == 0)
			return record;
	}
	return NULL;
}

/* Item */

static void put_guid(FILE *out, const struct report *report, const struct record *device, bool read, const struct record *line)
{
	static const char *const how[] = {
		[KNOWN_SCANNED] = "scanned from its label", [KNOWN_READ] = "read from the device",
		[KNOWN_CUSTOMER] = "customer\xe2\x80\x99s data",
	};

	fputs("<dt>GUID</dt><dd><span class=\"mono\">", out);
	put_markup(out, device->data.device.guid);
	fprintf(out, "</span> <span class=\"soft\">%s%s</span>", how[device->data.device.known],
		device->data.device.known == KNOWN_READ ? "" : read ? ", and the device said the same" : ", not read from the device");
	put_citation(out, &report->citations, device);
	put_citation(out, &report->citations, read ? line : NULL);
	fputs("</dd>\n", out);
}

static void put_firmware(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	const struct record *before = version_read(report, history, false), *after = version_read(report, history, true);

	html_put_facts(out, report, "Firmware before",
		       before ? (const char *const[]){before->data.identity.firmware, "read from the device", NULL}
			      : (const char *const[]){history->meter.data.device.firmware, "not read from the device\xe2\x80\xa0", NULL},
		       before ? before : &history->meter);
	html_put_fact(out, report, "Firmware to install", history->firmware_to, first_activation(report, history));
	html_put_fact(out, report, "Firmware read back", slot->firmware_after, slot->firmware_after[0] ? after : NULL);
	fputs("<dt>File, SHA-256</dt><dd class=\"mono hash\">", out);
	if (history->image[0]) {
		put_markup(out, history->image);
		put_citation(out, &report->citations, first_activation(report, history));
	} else {
		fputs(NOT_STATED, out);
	}
	fputs("</dd>\n", out);
}

static void put_meter(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	const struct record *meter = &history->meter;

	fputs("<div><h3>Item: the meter</h3>\n<dl>\n", out);
	put_guid(out, report, meter, history->meter_identity_read, identity_read(report, history));
	html_put_facts(out, report, "Make, model, hardware\xe2\x80\xa0",
		       (const char *const[]){meter->data.device.manufacturer, meter->data.device.model, meter->data.device.hardware, NULL}, meter);
	html_put_fact(out, report, "Build\xe2\x80\xa0", meter->data.device.build, meter);
	put_firmware(out, report, slot);
	fprintf(out, "<dt>Activations</dt><dd>%" PRId64, history->activations);
	put_citation(out, &report->citations, first_activation(report, history));
	fputs("</dd>\n</dl></div>\n", out);
}

/* Hub */

static void put_band(FILE *out, const struct report *report, const struct history *history)
{
	fputs("<dt>Alert band</dt><dd>", out);
	if (!history->band_source[0]) {
		fputs(NOT_STATED "</dd>\n", out);
		return;
	}
	fputs("no AD1 below ", out);
	put_seconds_down(out, history->never_ns, 1);
	fputs(" s, always above ", out);
	put_seconds_up(out, history->always_ns, 1);
	fputs(" s (", out);
	put_markup(out, history->band_source);
	putc(')', out);
	put_citation(out, &report->citations,
		     citation_find(&report->citations, RECORD_BAND, history->slot, CITATION_ANY, NULL));
	fputs("</dd>\n", out);
}

static void put_hub(FILE *out, const struct report *report, const struct history *history)
{
	const struct record *hub = &history->hub;

	fputs("<div><h3>Communications Hub</h3>\n<dl>\n", out);
	if (history->has_hub)
		put_guid(out, report, hub, false, NULL);
	html_put_facts(out, report, "Model, firmware\xe2\x80\xa0", (const char *const[]){hub->data.device.model, hub->data.device.firmware, NULL},
		       hub);
	html_put_facts(out, report, "Region, kind\xe2\x80\xa0", (const char *const[]){hub->data.device.region, hub->data.device.build, NULL}, hub);
	html_put_fact(out, report, "Connection",
		      history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE ? "hub alone, fed by the bench" : "on the meter",
		      &history->wiring);
	put_band(out, report, history);
	fputs("</dl></div>\n", out);
}

/* Method, conditions, people */

static void put_period(FILE *out, const struct report *report)
{
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	utc_to_text(report->utc_first_us, from);
	utc_to_text(report->utc_last_us, to);
	fprintf(out, "<dt>Dates and times</dt><dd>%.10s %.8s to %.10s %.8s UTC <span class=\"soft\">by the host\xe2\x80\x99s clock, its "
		     "uncertainty not stated; no length is taken from it</span>", from, from + 11, to, to + 11);
	put_citation(out, &report->citations, &report->findings->boot);
	fputs("</dd>\n", out);
}

static const struct record *document_line(const struct report *report, const char *name)
{
	size_t i;

	for (i = 0; i < report->told_count; i++)
		if (report->told[i].kind == RECORD_DOCUMENT && strcmp(report->told[i].data.document.name, name) == 0)
			return &report->told[i];
	return NULL;
}

static void put_digest(FILE *out, const struct report *report, const char *name, const char *file)
{
	const struct record *line = document_line(report, file);

	fprintf(out, "<dt>%s</dt><dd class=\"mono hash\">", name);
	put_markup(out, line ? line->data.document.sha256 : "");
	fputs(line ? "" : NOT_STATED, out);
	put_citation(out, &report->citations, line);
	fputs("</dd>\n", out);
}

/* Firmware is what is activated: which file, and what a device hashes of it before it does. */
static void put_image(FILE *out, const struct report *report)
{
	const struct record *line = NULL;
	size_t i;

	for (i = 0; i < report->told_count && !line; i++)
		if (report->told[i].kind == RECORD_IMAGE)
			line = &report->told[i];
	fputs("<dt>Firmware file, SHA-256</dt><dd class=\"mono hash\">", out);
	put_markup(out, line ? line->data.image.sha256 : "");
	fputs(line ? "" : NOT_STATED, out);
	put_citation(out, &report->citations, line);
	fputs("</dd>\n<dt>Manufacturer\xe2\x80\x99s image in it, SHA-256</dt><dd class=\"mono hash\">", out);
	put_markup(out, line ? line->data.image.inner_sha256 : "");
	fputs(line && line->data.image.inner_sha256[0] ? "" : NOT_STATED, out);
	fputs("</dd>\n<dt>CPL entry</dt><dd>", out);
	put_markup(out, line ? line->data.image.cpl_entry : "");
	fputs(line && line->data.image.cpl_entry[0] ? " <span class=\"soft\">as the test order names it</span>" : NOT_STATED, out);
	fputs("</dd>\n", out);
}

static void put_conditions(FILE *out, const struct report *report)
{
	int i, most = report->reading_count < 6 ? report->reading_count : 6;

	fputs("<dt>Readings, least to most</dt><dd>", out);
	for (i = 0; i < most; i++) {
		const struct reading_span *span = &report->readings[i];

		fputs(i ? "<br>" : "", out);
		put_markup(out, span->channel);
		fprintf(out, " %.3f to %.3f ", (double)span->least_milli / 1000.0, (double)span->most_milli / 1000.0);
		put_markup(out, span->unit);
		put_citation(out, &report->citations, &span->least);
		if (span->most.seq != span->least.seq)
			put_citation(out, &report->citations, &span->most);
	}
	if (report->reading_count > most)
		fprintf(out, "<br>and %d more: <a href=\"#bench\">bench</a>", report->reading_count - most);
	fputs(report->reading_count ? "</dd>\n" : NOT_STATED "</dd>\n", out);
}

static void put_method(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	const struct record *run = &findings->run;
	char version[32] = "";

	if (findings->has_run)
		(void)snprintf(version, sizeof version, "version %" PRId64, run->data.run.scenario_version);
	fputs("<div><h3>Method and conditions</h3>\n<dl>\n", out);
	html_put_facts(out, report, "Scenario", (const char *const[]){or_empty(findings->has_run, run->data.run.scenario), version, NULL}, run);
	put_digest(out, report, "Its SHA-256", "scenario.yaml");
	put_image(out, report);
	fputs("<dt>Deviations, attempts</dt><dd>see \xe2\x80\x9c" "Attempts and events\xe2\x80\x9d below</dd>\n", out);
	put_period(out, report);
	put_conditions(out, report);
	fputs("</dl></div>\n", out);
}

static void put_people(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	const struct record *run = &findings->run;

	fputs("<div><h3>Laboratory, order, program</h3>\n<dl>\n", out);
	fputs("<dt>Laboratory, address, accreditation</dt><dd>" NOT_STATED "; this report claims no accreditation</dd>\n", out);
	html_put_fact(out, report, "Place (bench)", or_empty(findings->has_run, run->data.run.bench), run);
	fputs("<dt>Customer, contact</dt><dd><span class=\"unstated\">not stated here: see the test order</span></dd>\n", out);
	html_put_fact(out, report, "Test order", or_empty(findings->has_run, run->data.run.order), run);
	put_digest(out, report, "Its SHA-256", "order.yaml");
	html_put_fact(out, report, "Rig program", or_empty(findings->has_boot, findings->boot.data.boot.revision), &findings->boot);
	fputs("</dl></div>\n", out);
}

/* The page */

static void put_title(FILE *out, const struct report *report, int slot)
{
	const struct history *history = report->findings->slots[slot].history;

	fputs("<p class=\"kicker\">Test report: interruption of the Communications Hub supply \xc2\xb7 report ", out);
	put_markup(out, report->findings->has_run ? report->findings->run.data.run.run : report->name);
	fprintf(out, " \xc2\xb7 device %d of %d<span class=\"onscreen\"> \xc2\xb7 <a href=\"#summary\">first page</a></span></p>\n<h2>Slot ", slot + 1,
		report->findings->slot_count);
	put_markup(out, history->slot);
	fputs(history->has_meter ? ": meter <span class=\"guid\">" : ": hub alone <span class=\"guid\">", out);
	put_markup(out, history->has_meter ? history->meter.data.device.guid : history->hub.data.device.guid);
	fputs("</span></h2>\n", out);
}

static void put_opinion(FILE *out, const struct report *report, const struct history *history)
{
	const struct device_result *row = html_row_of(report, history);

	fputs("<h3>Opinions and interpretations</h3>\n<p>Of the cause: ", out);
	if (row && row->cause[0]) {
		put_cause(out, row->cause);
		fputs(". It is concluded from the order of events, not measured.", out);
	} else {
		fputs("none is given.", out);
	}
	fputs(" Authorised by: " NOT_STATED ".</p>\n", out);
}

static void put_close(FILE *out, const struct report *report, int slot)
{
	fputs("<p class=\"soft\">\xe2\x80\xa0 Data of the customer or of the load sheet, not verified by the rig. This page relates only to the "
	      "item tested. Amendments: none in this evidence; an amended report is issued as a whole, with a manifest of its own.</p>\n",
	      out);
	html_put_signatures(out, report);
	fputs("<h3>How to verify</h3>\n", out);
	html_put_check_lines(out, report);
	fprintf(out, "<p class=\"end\">end of device %d of %d</p>\n", slot + 1, report->findings->slot_count);
}

void html_put_device(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];

	fprintf(out, "<section class=\"sheet device\" id=\"slot-%d\">\n", slot);
	html_put_simulated(out, report);
	put_title(out, report, slot);
	html_put_results(out, report, slot);
	fputs("<div class=\"pair\">\n", out);
	if (one->history->has_meter)
		put_meter(out, report, one);
	put_hub(out, report, one->history);
	put_method(out, report);
	put_people(out, report);
	fputs("</div>\n<p class=\"soft\"><strong>Not stated in this evidence:</strong> serial number, "
	      "condition and date of receipt of the item; temperature, mains voltage and frequency, load and sense current, but for the "
	      "readings above; build hash and validation reference of the program.</p>\n", out);
	html_put_alerts(out, report, slot);
	html_put_basis(out, report, slot);
	fputs("<h3>Attempts and events</h3>\n", out);
	html_put_told(out, report, one->history->slot);
	put_opinion(out, report, one->history);
	put_close(out, report, slot);
	fputs("</section>\n", out);
}
