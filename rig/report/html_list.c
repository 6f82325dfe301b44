/* Strata and devices as tables of the first pages. */

#include "rig/report/html.h"

#include "rig/judge/strata.h"
#include "rig/report/headline.h"
#include "rig/report/words.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/* Strata */

static void put_pair(FILE *out, const char *from, const char *to)
{
	put_markup(out, from);
	fputs("\xc2\xa0\xe2\x86\x92 ", out);
	put_markup(out, to);
}

static void put_longest(FILE *out, const struct stratum *stratum)
{
	const struct outage length = {.t_up_ns = stratum->open ? INSTANT_NEVER : 0, .lo_ns = stratum->t_lo_ns, .hi_ns = stratum->t_hi_ns};

	if (!stratum->any_time) {
		fputs("none", out);
		return;
	}
	put_length(out, &length);
	fputs("<br><span class=\"soft\">\xc2\xb1 ", out);
	put_seconds_up(out, stratum->u_ns, 4);
	fputs(" s</span>", out);
}

static void put_stratum(FILE *out, const struct stratum *stratum)
{
	const struct stratum_key *key = &stratum->key;

	fputs("<tr><td>", out);
	put_markup(out, key->manufacturer);
	putc(' ', out);
	put_markup(out, key->model);
	if (key->hardware[0]) {
		fputs(", ", out);
		put_markup(out, key->hardware);
	}
	fputs("</td><td>", out);
	put_pair(out, key->firmware_from, key->firmware_to);
	fputs("</td><td>", out);
	put_markup(out, key->hub_model[0] ? key->hub_model : "not stated");
	fprintf(out, "</td><td class=\"n\">%" PRId64 "</td><td class=\"n%s\">%" PRId64 "</td><td class=\"n\">%" PRId64
		     "</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">",
		stratum->devices - stratum->not_activated, stratum->affected ? " strong" : "", stratum->affected, stratum->not_shown,
		stratum->undecided, stratum->void_devices);
	put_longest(out, stratum);
	fprintf(out, "</td><td class=\"n\">%" PRId64 " / %" PRId64 " / %" PRId64 "</td><td>sample not random: no projection</td></tr>\n",
		stratum->ad1_seen, stratum->ad1_lost, stratum->ad1_unexpected);
}

/* Those with an affected or undecided device come first. */
static void put_strata_rows(FILE *out, const struct strata *strata, size_t most)
{
	size_t i, rows = 0;
	int round;

	for (round = 0; round < 2; round++)
		for (i = 0; i < strata->count; i++)
			if ((strata->stratum[i].affected + strata->stratum[i].undecided > 0) == (round == 0) && rows++ < most)
				put_stratum(out, &strata->stratum[i]);
}

void html_put_strata(FILE *out, const struct report *report, size_t most)
{
	struct strata *strata = malloc(sizeof *strata);
	struct error error;
	bool folded;

	assert(strata);
	/* A run has no more meters than there may be strata, and no population is declared: it cannot fail. */
	folded = strata_fold(strata, report->rows, report->row_count, NULL, 0, 0.05, &error);
	assert(folded);
	fputs("<h2>By model, firmware and hub</h2>\n", out);
	if (strata->count > 0) {
		fputs("<div class=\"wide\"><table class=\"strata\"><thead><tr><th>Model, hardware</th><th>From \xe2\x86\x92 to</th><th>Hub model</th>"
		      "<th class=\"n\">tested</th><th class=\"n\">affected</th><th class=\"n\">not shown</th><th class=\"n\">un\xc2\xad"
		      "decided</th><th class=\"n\">void</th><th class=\"n\">longest T \xc2\xb1 U</th><th class=\"n\">AD1 seen / lost / "
		      "unexpected</th><th>Of all such meters</th></tr></thead><tbody>\n", out);
		put_strata_rows(out, strata, most);
		fputs("</tbody></table></div>\n", out);
		fputs("<p class=\"soft\">", out);
		if (strata->count > most)
			fprintf(out, "And %zu more: see <a href=\"#devices\">all of them</a>. ", strata->count - most);
		fputs("No sampling plan is part of this evidence: the counts apply to the devices tested only.", out);
	} else {
		fputs("<p class=\"soft\">No meter was activated: there is nothing to count.", out);
	}
	if (strata->rows_without > 0)
		fprintf(out, " %" PRId64 " %s without a pair of versions %s in no row.", strata->rows_without,
			plural(strata->rows_without, "meter", "meters"), plural(strata->rows_without, "is", "are"));
	fputs("</p>\n", out);
	free(strata);
}

/* Devices */

static void put_device_cells(FILE *out, const struct history *history)
{
	fputs(history->has_meter ? "<td class=\"mono\">" : "<td class=\"mono\">hub alone ", out);
	put_markup(out, history->has_meter ? history->meter.data.device.guid : history->hub.data.device.guid);
	fputs("</td><td>", out);
	if (history->has_meter) {
		put_markup(out, history->meter.data.device.manufacturer);
		putc(' ', out);
		put_markup(out, history->meter.data.device.model);
	}
	fputs("</td><td class=\"w\">", out);
	if (history->firmware_to[0])
		put_pair(out, history->firmware_from, history->firmware_to);
	fputs("</td>", out);
}

static void put_device_row(FILE *out, const struct report *report, int slot)
{
	const struct slot_findings *one = &report->findings->slots[slot];
	const struct device_result *row = html_row_of(report, one->history);
	const struct verdict *verdict = html_deciding(report->findings, one);

	fprintf(out, "<tr><td><a href=\"#slot-%d\">", slot);
	put_markup(out, one->history->slot);
	fputs("</a></td>", out);
	put_device_cells(out, one->history);
	fputs("<td class=\"n\">", out);
	if (verdict && (verdict->validity == VALIDITY_VALID || verdict->validity == VALIDITY_INCONCLUSIVE)) {
		put_length(out, &verdict->worst);
		fputs("<br><span class=\"soft w\">\xc2\xb1 ", out);
		put_seconds_up(out, verdict->u_ns, 4);
		fputs(" s", out);
		if (verdict->worst.hi_ns > 0)
			html_cite_outage(out, report, one->history, &verdict->worst);
		fputs("</span>", out);
	}
	fputs("</td><td>", out);
	if (verdict)
		html_put_tag(out, report->findings, verdict);
	fputs("</td><td>", out);
	put_markup(out, row ? words_alert(row->ad1) : "");
	fputs("</td><td>", out);
	put_cause(out, row ? row->cause : "");
	fputs("</td></tr>\n", out);
}

/* Of these a manager wants to know first. */
static bool is_first(const struct report *report, int slot)
{
	const struct verdict *verdict = html_deciding(report->findings, &report->findings->slots[slot]);

	return verdict && (verdict_tone(verdict) == TONE_BAD || verdict_tone(verdict) == TONE_OPEN);
}

void html_put_devices(FILE *out, const struct report *report, bool all, int most)
{
	int i, count = 0;

	fputs("<div class=\"wide\"><table class=\"list\"><thead><tr><th>Slot</th><th>Meter</th><th>Make, model</th><th>Firmware</th>"
	      "<th class=\"n\">Longest outage T \xc2\xb1 U</th><th>Outage</th><th>AD1</th><th>Cause (opinion)</th></tr></thead>\n"
	      "<tbody>\n", out);
	for (i = 0; i < report->findings->slot_count; i++) {
		if (!all && !is_first(report, i))
			continue;
		if (count++ < most)
			put_device_row(out, report, i);
	}
	fputs("</tbody></table></div>\n", out);
	if (count > most)
		fprintf(out, "<p class=\"soft\">And %d more: see the <a href=\"#devices\">list of devices</a>.</p>\n", count - most);
}
