#ifndef HILRIG_RIG_REPORT_DEVICE_LIST_H
#define HILRIG_RIG_REPORT_DEVICE_LIST_H

/*
 * The definitive list as a document: what `hilrig devices` prints.
 *
 * The list is decided by T, which is electrical, per device; AD1 stands beside it. Grades A and B are the list; C, N, D and
 * devices without a grade are shown apart. There is no date of issue: the date is that of the youngest evidence, so the same
 * evidence gives the same bytes.
 */

#include "rig/judge/device_list.h"
#include "rig/judge/strata.h"
#include "rig/metrology/limit.h"

#include <stdio.h>

/* A list that was compared with the rows. */
struct reconciled_list {
	const char *name;
	struct device_reconciliation result;
};

struct device_report {
	const struct device_result *rows; /* merged and graded */
	size_t row_count;
	const struct strata *strata;
	const struct reconciled_list *lists;
	size_t list_count;
	int64_t runs;                     /* evidence folders */
	bool simulated;                   /* of a simulated bench, all of them: nothing in the list was measured */
	int64_t utc_last_us;              /* youngest line of the evidence; 0: there is none */
	bool one_limit;                   /* all runs were judged by the same limit, and this is it: */
	struct limit_rule limit;
	int64_t plan_share_ppm;           /* plans are for this share affected */
};

/* For people, as plain text. */
void device_report_put_text(FILE *out, const struct device_report *report);

/* One object; reports/devices.schema.json describes it. */
void device_report_put_json(FILE *out, const struct device_report *report);

/* devices.csv. */
void device_report_put_csv(FILE *out, const struct device_report *report);

#endif
