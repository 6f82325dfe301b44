/* One slot in report.html: what was in it, its pictures, its outages, ledger and controls. */

#include "rig/report/html.h"

#include "rig/report/drawing.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* Several short texts as one fact; empty ones are left out. */
static void put_together(FILE *out, const char *name, const char *const *texts)
{
	const char *comma = "";

	fprintf(out, "<dt>%s</dt><dd>", name);
	for (; *texts; texts++) {
		if (!**texts)
			continue;
		fputs(comma, out);
		put_markup(out, *texts);
		comma = ", ";
	}
	fputs("</dd>\n", out);
}

static void put_meter(FILE *out, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	const struct record *meter = &history->meter;

	fputs("<dl>\n", out);
	fprintf(out, "<dt>Meter</dt><dd class=\"mono\">");
	put_markup(out, meter->data.device.guid);
	fprintf(out, " <span class=\"soft\">%s%s</span></dd>\n", known_name(meter->data.device.known),
		history->meter_identity_read ? ", read" : ", not read from the device");
	put_together(out, "Make, model, hardware", (const char *const[]){meter->data.device.manufacturer, meter->data.device.model,
									     meter->data.device.hardware, NULL});
	html_put_fact(out, "Firmware at the start", meter->data.device.firmware);
	html_put_fact(out, "Firmware to install", history->firmware_to);
	if (history->activation_announced)
		html_put_fact(out, "Firmware read back", slot->firmware_after[0] ? slot->firmware_after : "none");
	html_put_fact(out, "Image SHA-256", history->image);
	html_put_fact(out, "Build", meter->data.device.build);
	fprintf(out, "<dt>Activations</dt><dd>%" PRId64 "</dd>\n</dl>\n", history->activations);
}

static void put_hub(FILE *out, const struct history *history)
{
	const struct record *hub = &history->hub;

	fputs("<dl>\n", out);
	html_put_fact(out, "Hub", hub->data.device.guid);
	put_together(out, "Model, firmware", (const char *const[]){hub->data.device.model, hub->data.device.firmware, NULL});
	put_together(out, "Region, build", (const char *const[]){hub->data.device.region, hub->data.device.build, NULL});
	fprintf(out, "<dt>Connection</dt><dd>%s</dd>\n",
		history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE ? "hub alone, fed by the bench" : "on the meter");
	if (history->band_source[0]) {
		fputs("<dt>Alert band</dt><dd>no AD1 below ", out);
		put_seconds_down(out, history->never_ns, 1);
		fputs(" s, always above ", out);
		put_seconds_up(out, history->always_ns, 1);
		fputs(" s (", out);
		put_markup(out, history->band_source);
		fputs(")</dd>\n", out);
	}
	fputs("</dl>\n", out);
}

static void put_results(FILE *out, const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	fputs("<table><thead><tr><th>Case</th><th>Result</th><th class=\"n\">T</th><th class=\"n\">U (k = 2)</th><th>Why</th></tr></thead>"
	      "<tbody>\n", out);
	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];
		bool measured = verdict->kind == CASE_OUTAGE &&
				(verdict->validity == VALIDITY_VALID || verdict->validity == VALIDITY_INCONCLUSIVE);

		fprintf(out, "<tr><td>%s", case_name(verdict->kind));
		if (verdict->watch > 0)
			fprintf(out, " <span class=\"soft\">watch %d</span>", verdict->watch + 1);
		fputs("</td><td>", out);
		html_put_tag(out, verdict);
		fputs("</td><td class=\"n\">", out);
		if (measured)
			put_length(out, &verdict->worst);
		fputs("</td><td class=\"n\">", out);
		if (measured) {
			put_seconds_up(out, verdict->u_ns, 4);
			fputs(" s", out);
		}
		fputs("</td><td>", out);
		put_markup(out, verdict->reason);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

/* The outage that a picture of its own is worth: the longest of the judged ones, with its U. */
static const struct verdict *shown_outage(const struct findings *findings, const struct slot_findings *slot)
{
	const struct verdict *shown = NULL;
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->kind == CASE_OUTAGE && verdict->worst.hi_ns > 0 && (!shown || verdict->worst.lo_ns > shown->worst.lo_ns))
			shown = verdict;
	}
	return shown;
}

static void put_pictures(FILE *out, const struct report *report, int slot)
{
	const struct verdict *shown = shown_outage(report->findings, &report->findings->slots[slot]);

	fputs("<figure><figcaption>The run. \xe2\x96\xb2 AD1, \xe2\x97\x87 restoration alert; hatched: not known, or the observer could not "
	      "see. AC LO high means the meter says that mains is lost.</figcaption>\n", out);
	draw_timeline(out, report, slot);
	fputs("</figure>\n", out);
	if (!shown)
		return;
	fputs("<figure><figcaption>The longest judged outage. The shaded band around the limit is \xc2\xb1 U.</figcaption>\n", out);
	draw_outage(out, report, slot, &shown->worst, shown->u_ns);
	fputs("</figure>\n", out);
}

static void put_outage_row(FILE *out, const struct report *report, const struct history *history, int index)
{
	struct outage outage = sense_outage(&history->supply, index);
	struct cause_found cause = cause_of_outage(history, outage.t_down_ns, outage.t_up_ns);
	bool control = history_control_of(history, &outage) >= 0;

	fprintf(out, "<tr><td class=\"n\">%d</td><td class=\"mono\">", index + 1);
	html_put_utc(out, report, outage.t_down_ns);
	fputs("</td><td class=\"n\">", out);
	put_seconds_down(out, outage.t_down_ns, 4);
	fputs(" s</td><td class=\"n\">", out);
	put_length(out, &outage);
	fputs("</td><td class=\"n\">", out);
	put_seconds_up(out, outage.first_burst_ns, 4);
	fputs(" / ", out);
	put_seconds_up(out, outage.last_burst_ns, 4);
	fprintf(out, " s</td><td>%s</td><td>%s</td></tr>\n", cause_name(cause.cause, cause.phase),
		control ? "control" : "");
}

static void put_sums(FILE *out, const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->kind != CASE_OUTAGE || verdict->outages < 2)
			continue;
		fprintf(out, "<p>Watch %d: %d outages, together at least ", verdict->watch + 1, verdict->outages);
		put_seconds_down(out, verdict->sum_lo_ns, 4);
		if (verdict->sum_hi_ns == INSTANT_NEVER) {
			fputs(" s, without an upper bound.</p>\n", out);
			continue;
		}
		fputs(" s and at most ", out);
		put_seconds_up(out, verdict->sum_hi_ns, 4);
		fputs(" s. Whether a hub adds them up is not known.</p>\n", out);
	}
}

static void put_outages(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	int i, count = sense_outage_count(&history->supply);

	fputs("<h3>Interruptions of the hub\xe2\x80\x99s supply</h3>\n", out);
	if (count == 0) {
		fputs("<p>None was recorded.</p>\n", out);
		return;
	}
	fputs("<table><thead><tr><th class=\"n\">No.</th><th>Began, UTC</th><th class=\"n\">in the run</th><th class=\"n\">T</th>"
	      "<th class=\"n\">bounce at begin / end</th><th>Cause (interpretation)</th><th></th></tr></thead><tbody>\n", out);
	for (i = 0; i < count; i++)
		put_outage_row(out, report, history, i);
	fputs("</tbody></table>\n", out);
	put_sums(out, report->findings, slot);
}

static void put_observers(FILE *out, const struct history *history, unsigned set)
{
	const char *comma = "";
	int i;

	for (i = 0; i < history->observer_count; i++) {
		if (!(set >> i & 1))
			continue;
		fputs(comma, out);
		put_markup(out, history->observers[i].name);
		if (history->observers[i].point[0]) {
			fputs(" (", out);
			put_markup(out, history->observers[i].point);
			putc(')', out);
		}
		comma = ", ";
	}
	if (comma[0] == '\0')
		fputs("\xe2\x80\x93", out);
}

static void put_ledger(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	const struct findings *findings = report->findings;
	int i;

	if (slot->ledger_count == 0)
		return;
	fputs("<h3>Ledger: which alert belongs to which outage</h3>\n<table><thead><tr><th>Class</th><th class=\"n\">Outage</th>"
	      "<th>AD1 expected</th><th>Seen at</th><th class=\"n\">after</th><th>Could have seen it</th><th>Cause (interpretation)</th></tr>"
	      "</thead><tbody>\n", out);
	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];

		fprintf(out, "<tr><td>%s%s</td><td class=\"n\">", ledger_class_name(line->class), line->recharged ? "" : ", not recharged");
		if (line->has_outage)
			put_length(out, &line->outage);
		else
			fputs("none", out);
		fprintf(out, "</td><td>%s</td><td>", expectation_name(line->expected));
		put_observers(out, slot->history, line->seen);
		if (line->count > 1)
			fprintf(out, " \xc3\x97 %" PRId64, line->count);
		fputs("</td><td class=\"n\">", out);
		if (line->has_outage && line->t_alert_ns >= line->outage.t_down_ns) {
			put_seconds_up(out, line->t_alert_ns - line->outage.t_down_ns, 2);
			fputs(" s", out);
		} else if (line->t_alert_ns >= 0) {
			fputs("at ", out);
			html_put_utc(out, report, line->t_alert_ns);
		}
		fputs("</td><td>", out);
		put_observers(out, slot->history, line->usable);
		fprintf(out, "</td><td>%s</td></tr>\n", cause_name(line->cause.cause, line->cause.phase));
	}
	fputs("</tbody></table>\n", out);
}

static void put_controls(FILE *out, const struct report *report, const struct slot_findings *slot)
{
	int i;

	fputs("<h3>Controls: what each point could see that night</h3>\n", out);
	if (slot->controls_count == 0) {
		fputs("<p>There was none: nothing is shown about what could have been seen.</p>\n", out);
		return;
	}
	fputs("<table><thead><tr><th>Control</th><th>UTC</th><th>Point</th><th class=\"n\">Cut</th><th class=\"n\">AD1 after</th>"
	      "<th>Showed what it had to</th></tr></thead><tbody>\n", out);
	for (i = slot->controls_from; i < slot->controls_from + slot->controls_count; i++) {
		const struct control_result *control = &report->findings->controls[i];

		fprintf(out, "<tr><td>%s</td><td class=\"mono\">", polarity_name(control->polarity));
		html_put_utc(out, report, control->begin_ns);
		fputs("</td><td>", out);
		put_observers(out, slot->history, 1U << control->observer);
		fputs("</td><td class=\"n\">", out);
		put_seconds_down(out, control->outage_ns, 3);
		fputs(" s</td><td class=\"n\">", out);
		if (control->latency_ns >= 0) {
			put_seconds_up(out, control->latency_ns, 2);
			fputs(" s", out);
		} else {
			fputs("none", out);
		}
		fprintf(out, "</td><td>%s</td></tr>\n", control->passed ? "\xe2\x97\x8b yes" : "\xe2\x96\xb2 NO");
	}
	fputs("</tbody></table>\n", out);
}

static void put_measurand(FILE *out, const struct history *history)
{
	const struct record *wiring = &history->wiring;

	fprintf(out, "<p class=\"soft\">T is the time from the supply at the hub\xe2\x80\x99s connector falling below %" PRId64
		     ".%03" PRId64 " V until it stayed above %" PRId64 ".%03" PRId64 " V for ", wiring->data.slot.v_down_mv / 1000,
		wiring->data.slot.v_down_mv % 1000, wiring->data.slot.v_up_mv / 1000, wiring->data.slot.v_up_mv % 1000);
	put_seconds_up(out, wiring->data.slot.settle_ns, 3);
	fputs(" s, with the named hub attached. The choice of these thresholds is part of the definition and not of U.</p>\n", out);
}

static void put_statement(FILE *out, const struct report *report, const struct history *history)
{
	char statement[DEVICE_STATEMENT_SIZE];
	size_t i;

	for (i = 0; i < report->row_count && history->has_meter; i++) {
		if (strcmp(report->rows[i].guid, history->meter.data.device.guid) != 0)
			continue;
		device_statement(&report->rows[i], statement, sizeof statement);
		fputs("<p><strong>What this evidence carries:</strong> ", out);
		put_markup(out, statement);
		fputs("</p>\n", out);
	}
}

void html_put_slot(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];

	fprintf(out, "<section class=\"slot\" id=\"slot-%d\">\n<div class=\"slothead\"><h2>Slot ", slot);
	put_markup(out, one->history->slot);
	fputs("</h2></div>\n<div class=\"pair\">\n", out);
	if (one->history->has_meter)
		put_meter(out, one);
	if (one->history->has_hub)
		put_hub(out, one->history);
	fputs("</div>\n", out);
	put_results(out, report->findings, one);
	put_statement(out, report, one->history);
	put_measurand(out, one->history);
	put_pictures(out, report, slot);
	put_outages(out, report, one);
	put_ledger(out, report, one);
	put_controls(out, report, one);
	fputs("</section>\n", out);
}
