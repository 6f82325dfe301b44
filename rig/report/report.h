#ifndef HILRIG_RIG_REPORT_REPORT_H
#define HILRIG_RIG_REPORT_REPORT_H

/*
 * What every report is made from: one evidence folder, read once. The judge's findings decide; beside them stand the lines
 * that a reader wants to be told of and that decide nothing.
 *
 * Reports only read. Made twice from the same folder they are the same bytes: there is no date of issue, no path and no
 * host in them.
 */

#include "rig/evidence/reader.h"
#include "rig/judge/device_list.h"
#include "rig/judge/judge.h"
#include "rig/report/citation.h"

#include <stdio.h>

#define TOLD_MAX 4096      /* lines kept for telling */
#define READINGS_MAX 64    /* quantities with their extremes */

/* A measured quantity over the run. */
struct reading_span {
	char channel[CHANNEL_NAME_SIZE];
	char unit[8];
	int64_t least_milli, most_milli;
	struct record least, most;         /* the lines that say so, the first of equals */
	int64_t count;
};

struct report {
	char name[WORD_TEXT_SIZE];         /* of the folder, its last part, cut */
	struct heads heads;
	struct judge *judge;
	const struct findings *findings;   /* the judge's */
	struct device_result *rows;        /* the device list of this run alone, graded */
	size_t row_count;
	struct device_counts counts;

	/*
	 * Lines told as they stand: boot, document, raw, activation, fault, safety, protection, prompt, note, gate, step that failed
	 * or was skipped, readback that disagrees, identity.
	 */
	struct record *told;
	size_t told_count;
	uint64_t told_dropped;             /* beyond TOLD_MAX */

	struct citations citations;        /* lines that figures can rest on */
	struct reading_span readings[READINGS_MAX];
	int reading_count;
	int64_t clock_locked, clock_free;  /* clock lines by state */
	int64_t utc_first_us, utc_last_us; /* of the journal's lines, by wall clock */
};

/* Reads and judges the folder. FAULT_EVIDENCE, with file and line, where it is damaged. Given back by report_done. */
MUST_USE bool report_load(struct report *report, const char *folder, struct error *error);
void report_done(struct report *report);

/*
 * The five forms. Each writes a whole document to `out`; what `out` cannot take shows in ferror(out), as with any stream.
 *
 * report_put_judgement  what `judge --json` prints: exit, verdicts, ledger, controls; then reasons and the run's name
 * report_put_table      the same for people, as plain text
 * report_put_json       everything, reports/report.schema.json
 * report_put_csv        devices.csv of this run
 * report_put_junit      JUnit XML: a test suite per slot, a test case per case; only what is in order, or below the limit,
 *                       and valid is neither failure nor error
 * report_put_html       a first page for a manager, a page per device and the cited lines, in one file; needs no network,
 *                       prints on A4, readable without colours
 */
void report_put_judgement(FILE *out, const struct report *report);
void report_put_table(FILE *out, const struct report *report);
void report_put_json(FILE *out, const struct report *report);
void report_put_csv(FILE *out, const struct report *report);
void report_put_junit(FILE *out, const struct report *report);
void report_put_html(FILE *out, const struct report *report);

#endif
