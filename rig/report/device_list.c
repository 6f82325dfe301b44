/* The definitive list, for people and for programs. */

#include "rig/report/device_list.h"

#include "rig/base/instant.h"
#include "rig/judge/planning.h"
#include "rig/report/device_table.h"
#include "rig/report/escape.h"

#include <inttypes.h>

#define PLAN_BETA 0.05

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

/* "more than three minutes", or what can be said where runs had different limits. */
static void put_limit(FILE *out, const struct device_report *report)
{
	char text[LIMIT_TEXT_MAX];

	if (!report->one_limit) {
		fputs("more than the limit of the run", out);
		return;
	}
	limit_classification(&report->limit, LIMIT_ABOVE, text, sizeof text);
	fputs(text, out);
}

static void put_headline(FILE *out, const struct device_report *report, const struct device_counts *counts)
{
	char utc[UTC_TEXT_SIZE] = "nothing";

	fprintf(out, "Of %" PRId64 " meter%s activated, %" PRId64 " starved %s hub for ", counts->activated,
		plural(counts->activated), counts->affected, counts->affected == 1 ? "its" : "their");
	put_limit(out, report);
	fprintf(out, "; %" PRId64 " %s not shown affected; %" PRId64 " could not be decided.\n", counts->not_shown,
		counts->not_shown == 1 ? "was" : "were", counts->undecided);
	if (counts->void_devices + counts->not_activated > 0)
		fprintf(out, "Of %" PRId64 " every activation was void; %" PRId64 " on the bench %s never activated.\n",
			counts->void_devices, counts->not_activated, counts->not_activated == 1 ? "was" : "were");
	if (counts->in_conflict > 0)
		fprintf(out, "%" PRId64 " meter%s named with different makes, models or hardware: see below.\n",
			counts->in_conflict, counts->in_conflict == 1 ? " is" : "s are");
	if (report->utc_last_us > 0)
		utc_to_text(report->utc_last_us, utc);
	fprintf(out, "The list is decided by T, measured at the hub's supply, and not by alerts. Evidence: %" PRId64
		" run%s, up to %s.\n", report->runs, plural(report->runs), utc);
}

static void put_who(FILE *out, const struct device_result *row)
{
	fprintf(out, "  %-1s  %s", device_grade_name(row->grade), row->guid);
	if (row->model[0])
		fprintf(out, "  %s %s", row->manufacturer, row->model);
	if (row->hardware[0])
		fprintf(out, " hardware %s", row->hardware);
	if (row->firmware_to[0])
		fprintf(out, "  %s -> %s", row->firmware_from, row->firmware_to);
	if (row->hub_model[0])
		fprintf(out, "  hub %s", row->hub_model);
	putc('\n', out);
}

/* Alert and cause belong to the activation that decides; its T is told where the sentence rests on another one. */
static void put_deciding(FILE *out, const struct device_result *row)
{
	if (row->activations == 0)
		return;
	if (row->attributed.any && (row->attributed.t_lo_ns != row->t_lo_ns || row->attributed.t_hi_ns != row->t_hi_ns)) {
		fputs("; longest without full identity: at least ", out);
		put_seconds_down(out, row->t_lo_ns, 6);
		fputs(row->open ? " s, not ended" : " s", out);
	}
	if (row->ad1[0])
		fprintf(out, "; AD1 %s", row->ad1);
	if (row->cause[0])
		fprintf(out, "; cause %s", row->cause);
}

static void put_device(FILE *out, const struct device_result *row)
{
	char statement[DEVICE_STATEMENT_SIZE];

	put_who(out, row);
	device_statement(row, statement, sizeof statement);
	fprintf(out, "     %s", statement);
	put_deciding(out, row);
	if (row->listed)
		fputs("; on a list", out);
	if (row->in_field && row->source == SOURCE_BENCH)
		fputs("; in field records", out);
	if (row->in_conflict)
		fputs("; CONFLICT: this GUID is named with another make, model or hardware too", out);
	fprintf(out, "\n     %s\n", row->runs);
}

/* The rows of up to two grades; nothing at all where there are none, unless it is the list itself. */
static void put_section(FILE *out, const struct device_report *report, const char *title, enum device_grade grade,
			enum device_grade or_grade, bool always)
{
	int64_t count = 0;
	size_t i;

	for (i = 0; i < report->row_count; i++)
		count += report->rows[i].grade == grade || report->rows[i].grade == or_grade;
	if (count == 0 && !always)
		return;
	fprintf(out, "\n%s: %" PRId64 "\n", title, count);
	for (i = 0; i < report->row_count; i++) {
		if (report->rows[i].grade == grade || report->rows[i].grade == or_grade)
			put_device(out, &report->rows[i]);
	}
}

/* Per cent with one decimal, outwards; a bound of 0 or 1 stays. */
static void put_percent(FILE *out, double share, bool up)
{
	double tenths = share * 1000.0;
	int64_t whole = (int64_t)tenths;

	whole += up && (double)whole < tenths;
	fprintf(out, "%" PRId64 ".%" PRId64 " %%", whole / 10, whole % 10);
}

static void put_interval(FILE *out, const struct stratum *stratum, double alpha)
{
	if (!stratum->projected) {
		fprintf(out, "    %s\n", STRATUM_TESTED_ONLY);
		return;
	}
	if (stratum->population > 0) {
		fprintf(out, "    of N = %" PRId64 ": between %" PRId64 " and %" PRId64 " affected, at most %" PRId64 " more",
			stratum->population, stratum->affected_least, stratum->affected_most, stratum->residual);
	} else {
		fputs("    of all: between ", out);
		put_percent(out, stratum->share_least, false);
		fputs(" and ", out);
		put_percent(out, stratum->share_most, true);
		fputs(" affected", out);
	}
	fputs(" (", out);
	put_percent(out, 1.0 - alpha, false);
	fputs(" over all strata together)\n", out);
}

/* How many devices a sample without an affected one needs; nothing where one was found. */
static int64_t plan_of(const struct stratum *stratum, const struct device_report *report)
{
	if (stratum->affected > 0)
		return PLANNING_IMPOSSIBLE;
	return planning_sample(stratum->population, report->plan_share_ppm, 0, PLAN_BETA);
}

static void put_stratum(FILE *out, const struct stratum *stratum, const struct device_report *report)
{
	const struct stratum_key *key = &stratum->key;
	int64_t plan = plan_of(stratum, report);

	fprintf(out, "  %s %s %s  %s -> %s  hub %s\n", key->manufacturer, key->model, key->hardware, key->firmware_from,
		key->firmware_to, key->hub_model);
	fprintf(out, "    %" PRId64 " devices: %" PRId64 " affected, %" PRId64 " undecided, %" PRId64 " not shown affected, %" PRId64
		" void, %" PRId64 " not activated; %" PRId64 " activation%s\n", stratum->devices, stratum->affected,
		stratum->undecided, stratum->not_shown, stratum->void_devices, stratum->not_activated, stratum->activations,
		plural(stratum->activations));
	if (stratum->any_time) {
		fputs("    longest T at least ", out);
		put_seconds_down(out, stratum->t_lo_ns, 4);
		fputs(" s, U ", out);
		put_seconds_up(out, stratum->u_ns, 4);
		fprintf(out, " s; AD1 seen for %" PRId64 ", lost for %" PRId64 ", unexpected for %" PRId64 "\n", stratum->ad1_seen,
			stratum->ad1_lost, stratum->ad1_unexpected);
	}
	put_interval(out, stratum, report->strata->alpha);
	if (plan != PLANNING_IMPOSSIBLE) {
		fputs("    plan: a random sample of ", out);
		fprintf(out, "%" PRId64 " without one affected shows fewer than ", plan);
		put_percent(out, (double)report->plan_share_ppm / (double)PLANNING_PPM, true);
		fprintf(out, " affected (95.0 %%); %" PRId64 " were tested\n", stratum->sample_n);
	}
}

static void put_strata(FILE *out, const struct device_report *report)
{
	const struct strata *strata = report->strata;
	size_t i;

	fprintf(out, "\nSTRATA: %zu\n", strata->count);
	for (i = 0; i < strata->count; i++)
		put_stratum(out, &strata->stratum[i], report);
	if (strata->all_projected)
		fprintf(out, "  All strata: between %" PRId64 " and %" PRId64 " affected, at most %" PRId64 " more than were found.\n",
			strata->affected_least, strata->affected_most, strata->residual);
	if (strata->rows_without > 0)
		fprintf(out, "  %" PRId64 " row%s of the bench without model or firmware pair: in no stratum.\n",
			strata->rows_without, plural(strata->rows_without));
}

static void put_lists(FILE *out, const struct device_report *report)
{
	size_t i;

	if (report->list_count > 0)
		fputs("\nLISTS\n", out);
	for (i = 0; i < report->list_count; i++) {
		const struct device_reconciliation *result = &report->lists[i].result;

		fprintf(out, "  %s names %" PRId64 ": %" PRId64 " affected (A), %" PRId64 " with field evidence (B), %" PRId64
			" tested and not shown affected (N), %" PRId64 " of an affected stratum (C), %" PRId64
			" not known otherwise (D); %" PRId64 " of grade A or B %s not on it.\n",
			report->lists[i].name, result->named, result->grades[GRADE_A], result->grades[GRADE_B],
			result->grades[GRADE_N], result->grades[GRADE_C], result->grades[GRADE_D] + result->grades[GRADE_NONE],
			result->not_named, result->not_named == 1 ? "is" : "are");
	}
}

void device_report_put_text(FILE *out, const struct device_report *report)
{
	struct device_counts counts = device_list_count(report->rows, report->row_count);

	if (report->simulated)
		fputs("SIMULATED: a program played bench and devices; nothing in this list was measured.\n\n", out);
	put_headline(out, report, &counts);
	put_section(out, report, "DEFINITIVE LIST (A measured on a bench, B field evidence)", GRADE_A, GRADE_B, true);
	put_section(out, report, "OF AN AFFECTED STRATUM, NOT TESTED (C)", GRADE_C, GRADE_C, false);
	put_section(out, report, "TESTED, NOT SHOWN AFFECTED (N)", GRADE_N, GRADE_N, false);
	put_section(out, report, "ON A LIST ONLY (D)", GRADE_D, GRADE_D, false);
	put_section(out, report, "NOT TESTED", GRADE_NONE, GRADE_NONE, false);
	put_strata(out, report);
	put_lists(out, report);
}

void device_report_put_csv(FILE *out, const struct device_report *report)
{
	size_t i;

	fputs(DEVICE_CSV_HEADER, out);
	for (i = 0; i < report->row_count; i++)
		device_put_csv(out, &report->rows[i]);
}

/* JSON */

static void put_number(FILE *out, const char *key, int64_t value, const char *behind)
{
	fprintf(out, "\"%s\": %" PRId64 "%s", key, value, behind);
}

static void put_member(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\": ", key);
	put_json(out, value);
	fputs(", ", out);
}

static void put_grades(FILE *out, const int64_t grades[GRADE_COUNT])
{
	put_number(out, "A", grades[GRADE_A], ", ");
	put_number(out, "B", grades[GRADE_B], ", ");
	put_number(out, "C", grades[GRADE_C], ", ");
	put_number(out, "D", grades[GRADE_D], ", ");
	put_number(out, "N", grades[GRADE_N], ", ");
	put_number(out, "none", grades[GRADE_NONE], "");
}

static void put_counts_json(FILE *out, const struct device_report *report)
{
	struct device_counts counts = device_list_count(report->rows, report->row_count);

	fputs("\"counts\": {", out);
	put_number(out, "activated", counts.activated, ", ");
	put_number(out, "affected", counts.affected, ", ");
	put_number(out, "undecided", counts.undecided, ", ");
	put_number(out, "not_shown", counts.not_shown, ", ");
	put_number(out, "void", counts.void_devices, ", ");
	put_number(out, "not_activated", counts.not_activated, ", ");
	put_number(out, "elsewhere", counts.elsewhere, ", ");
	put_number(out, "in_conflict", counts.in_conflict, ", ");
	fputs("\"grades\": {", out);
	put_grades(out, counts.grades);
	fputs("}}", out);
}

/* Shares in parts per million, outwards: integers are the same for every reader. */
static void put_interval_json(FILE *out, const struct stratum *stratum)
{
	double least = stratum->share_least * 1e6, most = stratum->share_most * 1e6;
	int64_t most_ppm = (int64_t)most;

	if (!stratum->projected) {
		fputs("\"projection\": null", out);
		return;
	}
	fputs("\"projection\": {", out);
	put_number(out, "share_least_ppm", (int64_t)least, ", ");
	put_number(out, "share_most_ppm", most_ppm + ((double)most_ppm < most), ", ");
	if (stratum->population == 0) {
		fputs("\"population\": null, \"affected_least\": null, \"affected_most\": null, \"residual\": null}", out);
		return;
	}
	put_number(out, "population", stratum->population, ", ");
	put_number(out, "affected_least", stratum->affected_least, ", ");
	put_number(out, "affected_most", stratum->affected_most, ", ");
	put_number(out, "residual", stratum->residual, "}");
}

static void put_stratum_json(FILE *out, const struct stratum *stratum, const struct device_report *report)
{
	int64_t plan = plan_of(stratum, report);

	putc('{', out);
	put_member(out, "manufacturer", stratum->key.manufacturer);
	put_member(out, "model", stratum->key.model);
	put_member(out, "hardware", stratum->key.hardware);
	put_member(out, "firmware_from", stratum->key.firmware_from);
	put_member(out, "firmware_to", stratum->key.firmware_to);
	put_member(out, "hub_model", stratum->key.hub_model);
	put_number(out, "devices", stratum->devices, ", ");
	put_number(out, "affected", stratum->affected, ", ");
	put_number(out, "undecided", stratum->undecided, ", ");
	put_number(out, "not_shown", stratum->not_shown, ", ");
	put_number(out, "void", stratum->void_devices, ", ");
	put_number(out, "not_activated", stratum->not_activated, ", ");
	put_number(out, "activations", stratum->activations, ", ");
	put_number(out, "ad1_seen", stratum->ad1_seen, ", ");
	put_number(out, "ad1_lost", stratum->ad1_lost, ", ");
	put_number(out, "ad1_unexpected", stratum->ad1_unexpected, ", ");
	put_number(out, "sample", stratum->sample_n, ", ");
	put_number(out, "sample_affected", stratum->sample_k, ", ");
	put_number(out, "sample_undecided", stratum->sample_undecided, ", ");
	if (plan == PLANNING_IMPOSSIBLE)
		fputs("\"plan\": null, ", out);
	else
		put_number(out, "plan", plan, ", ");
	put_interval_json(out, stratum);
	putc('}', out);
}

static void put_total_json(FILE *out, const struct strata *strata)
{
	if (!strata->all_projected) {
		fputs("\"total\": null", out);
		return;
	}
	fputs("\"total\": {", out);
	put_number(out, "affected_least", strata->affected_least, ", ");
	put_number(out, "affected_most", strata->affected_most, ", ");
	put_number(out, "residual", strata->residual, "}");
}

static void put_list_json(FILE *out, const struct reconciled_list *list)
{
	putc('{', out);
	put_member(out, "name", list->name);
	put_number(out, "named", list->result.named, ", ");
	put_number(out, "not_named", list->result.not_named, ", ");
	fputs("\"grades\": {", out);
	put_grades(out, list->result.grades);
	fputs("}}", out);
}

void device_report_put_json(FILE *out, const struct device_report *report)
{
	char utc[UTC_TEXT_SIZE] = "";
	size_t i;

	if (report->utc_last_us > 0)
		utc_to_text(report->utc_last_us, utc);
	fprintf(out, "{\"runs\": %" PRId64 ", \"simulated\": %s, \"evidence_up_to\": \"%s\",\n ", report->runs,
		report->simulated ? "true" : "false", utc);
	put_counts_json(out, report);
	fputs(",\n \"devices\": [", out);
	for (i = 0; i < report->row_count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		device_put_json(out, &report->rows[i]);
	}
	fputs("\n ],\n \"strata\": [", out);
	for (i = 0; i < report->strata->count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		put_stratum_json(out, &report->strata->stratum[i], report);
	}
	fputs("\n ],\n ", out);
	put_total_json(out, report->strata);
	fputs(",\n \"lists\": [", out);
	for (i = 0; i < report->list_count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		put_list_json(out, &report->lists[i]);
	}
	fputs("\n ]}\n", out);
}
