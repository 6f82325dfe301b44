/* The first page of report.html: what was found, for somebody who knows nothing of the project and has one page of time. */

#include "rig/report/html.h"

#include "rig/report/dots.h"
#include "rig/report/headline.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

/* What the first page has room for, so that it stays one sheet of paper. */
#define ROWS_MOST 6
#define STRATA_MOST_SHOWN 3

/* Banner */

static const char *environment_words(enum environment environment)
{
	switch (environment) {
	case ENVIRONMENT_BOXED:
		return "environment: boxed (emulated)";
	case ENVIRONMENT_UIT:
		return "environment: UIT";
	case ENVIRONMENT_PRODUCTION:
		return "environment: PRODUCTION";
	case ENVIRONMENT_SIMULATED:
		return "environment: SIMULATED";
	}
	return "";
}

/* Production or engineering samples, as the load sheet says. */
static const char *sample_words(const struct findings *findings)
{
	int production = 0, other = 0, unstated = 0, i;

	for (i = 0; i < findings->slot_count; i++) {
		const struct history *history = findings->slots[i].history;
		const char *build = history->meter.data.device.build;

		if (!history->has_meter)
			continue;
		production += strcmp(build, "production") == 0;
		other += build[0] && strcmp(build, "production") != 0;
		unstated += !build[0];
	}
	if (production + other + unstated == 0)
		return "no meters: hubs alone";
	if (unstated)
		return "samples: not stated for every meter";
	return other == 0 ? "production samples" : production == 0 ? "engineering samples" : "production and engineering samples";
}

static void put_criterion(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	char limit[FREE_TEXT_SIZE];

	if (!findings->has_rule) {
		fputs("<li class=\"loud\">no limit rule: lengths only</li>\n", out);
		return;
	}
	words_limit(limit, sizeof limit, findings);
	fputs("<li>criterion: ", out);
	put_markup(out, limit);
	put_citation(out, &report->citations, &findings->rule);
	fputs("</li>\n", out);
}

static void put_banner(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	enum environment environment = findings->run.data.run.environment;

	fputs("<ul class=\"banner\">\n<li class=\"loud\">test report, not a certificate of conformity</li>\n", out);
	if (findings->has_run) {
		fprintf(out, "<li%s>%s", environment == ENVIRONMENT_PRODUCTION || environment == ENVIRONMENT_SIMULATED ? " class=\"loud\"" : "",
			environment_words(environment));
		put_citation(out, &report->citations, &findings->run);
		fprintf(out, "</li>\n<li>%s</li>\n",
			findings->run.data.run.hazard == HAZARD_MAINS ? "bench with mains" : "bench with extra-low voltage only");
	}
	fprintf(out, "<li>%s</li>\n", sample_words(findings));
	put_criterion(out, report);
	if (!findings->limit_known)
		fputs("<li class=\"loud\">no limit clause: a classification, no statement against a requirement</li>\n", out);
	fputs("<li>relates only to the items tested</li>\n</ul>\n", out);
}

/* Head and sentences */

static void put_kicker(FILE *out, const struct report *report)
{
	char from[UTC_TEXT_SIZE], to[UTC_TEXT_SIZE];

	utc_to_text(report->utc_first_us, from);
	utc_to_text(report->utc_last_us, to);
	fputs("<p class=\"kicker\">Test report ", out);
	put_markup(out, report->findings->has_run ? report->findings->run.data.run.run : report->name);
	fprintf(out, " \xc2\xb7 %.10s %.5s to %.10s %.5s UTC</p>\n", from, from + 11, to, to + 11);
}

/* For a reader who hears of it for the first time. */
static void put_subject(FILE *out)
{
	fputs("<p class=\"soft\">A meter that reboots while new firmware is activated can cut the supply of the Communications Hub that sits "
	      "on it. Cut for more than three minutes, the hub raises AD1, the Power Outage Alert, and a network operator cannot tell it "
	      "from a real outage. T is the length of the longest such cut, measured at the hub\xe2\x80\x99s supply, with its bounds where the "
	      "record leaves room and \xc2\xb1 U (k = 2). T decides; AD1 stands beside it and decides nothing. Small raised numbers are "
	      "lines of the journal.</p>\n", out);
}

static void put_sentences(FILE *out, const struct report *report)
{
	fputs("<h1>Interruption of the Communications Hub supply by a meter\xe2\x80\x99s firmware upgrade</h1>\n<p class=\"headline\">", out);
	put_headline(out, report);
	fputs("</p>\n<p class=\"second\">", out);
	put_rig_faults(out, report);
	fputs("</p>\n<p class=\"second\">", out);
	put_alert_sentences(out, report->findings);
	fputs("</p>\n", out);
	put_subject(out);
}

static void put_contents(FILE *out, const struct report *report)
{
	int i;

	fputs("<nav>", out);
	for (i = 0; i < report->findings->slot_count; i++) {
		fprintf(out, "<a href=\"#slot-%d\">slot ", i);
		put_markup(out, slot_name(report->findings, i));
		fputs("</a> ", out);
	}
	fputs("<a href=\"#bench\">bench and documents</a> <a href=\"#told\">events of the bench</a> <a href=\"#check\">how to check</a> "
	      "<a href=\"#lines\">lines of the journal</a></nav>\n", out);
}

/* Tables and picture */

static void put_first_devices(FILE *out, const struct report *report)
{
	bool all = report->findings->slot_count <= ROWS_MOST;
	int i, first = 0;

	for (i = 0; i < report->findings->verdict_count; i++) {
		enum tone tone = verdict_tone(&report->findings->verdicts[i]);

		first += report->findings->verdicts[i].kind == CASE_OUTAGE && (tone == TONE_BAD || tone == TONE_OPEN);
	}
	if (!all && first == 0)
		return;
	fprintf(out, "<h2>%s</h2>\n", all ? "The devices" : "Affected, undecided and void devices");
	html_put_devices(out, report, all, ROWS_MOST);
}

static void put_picture(FILE *out, const struct report *report)
{
	int i;

	for (i = 0; i < report->findings->verdict_count; i++)
		if (report->findings->verdicts[i].kind == CASE_OUTAGE)
			break;
	if (i == report->findings->verdict_count)
		return;
	fputs("<figure><figcaption>Every T on a logarithmic axis. Full dot: measured; open dot: a bound (arrow: it had not ended); "
	      "\xc3\x97: void; diamond: no interruption at all.</figcaption>\n", out);
	draw_dots(out, report);
	fputs("</figure>\n", out);
}

/* Who and what */

static void put_names(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	const struct record *run = &findings->run;

	fputs("<h2>Who answers for it</h2>\n<dl class=\"names\">\n", out);
	html_put_fact(out, report, "Performed by", findings->has_run ? run->data.run.operator : "", run);
	html_put_fact(out, report, "Authorised by", "", NULL);
	html_put_fact(out, report, "Test order", findings->has_run ? run->data.run.order : "", run);
	html_put_fact(out, report, "Report id", findings->has_run ? run->data.run.run : report->name, run);
	fprintf(out, "<dt>Head hash</dt><dd class=\"mono hash\">%s</dd>\n</dl>\n", report->heads.journal);
}

void html_put_summary(FILE *out, const struct report *report)
{
	fputs("<section class=\"sheet\" id=\"summary\">\n", out);
	html_put_simulated(out, report);
	put_kicker(out, report);
	put_sentences(out, report);
	put_banner(out, report);
	put_contents(out, report);
	put_first_devices(out, report);
	html_put_strata(out, report, STRATA_MOST_SHOWN);
	put_picture(out, report);
	fputs("<div class=\"split\"><div>\n", out);
	html_put_trust(out, report);
	fputs("</div><div>\n", out);
	html_put_decisions(out, report);
	fputs("</div></div>\n", out);
	fputs("<div class=\"split\"><div>\n", out);
	put_names(out, report);
	fputs("</div><div>\n", out);
	html_put_cost(out, report);
	fputs("</div></div>\n", out);
	fputs("</section>\n", out);
	/* Where there are few devices the first page holds them all, but not always all their kinds. */
	if (report->findings->slot_count <= STRATA_MOST_SHOWN)
		return;
	fputs("<section class=\"sheet\" id=\"devices\">\n", out);
	html_put_simulated(out, report);
	fputs("<h2>All devices of the run</h2>\n", out);
	html_put_devices(out, report, true, JUDGE_SLOTS_MAX);
	html_put_strata(out, report, JUDGE_SLOTS_MAX);
	fputs("</section>\n", out);
}
