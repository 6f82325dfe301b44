#ifndef HILRIG_RIG_REPORT_HEADLINE_H
#define HILRIG_RIG_REPORT_HEADLINE_H

/*
 * The sentences that a manager reads first, generated from the findings and from nothing else. They are markup: what a
 * device or a person said stands in them escaped. Each function writes its text without a paragraph around it, and nothing
 * where it has nothing to say.
 */

#include "rig/report/report.h"

/*
 * "Of 61 meters activated, 2 cut their hub for more than three minutes; 58 did not; 1 could not be decided. Both raised AD1
 * (seen at the hub and at DUIS)." In a run that activated nothing, what the judged cases say.
 */
void put_headline(FILE *out, const struct report *report);

/* The rig's own faults: "3 of 64 slots were not activated: ... No meter was spent there." */
void put_rig_faults(FILE *out, const struct report *report);

/* What AD1 did over all outages, beside the list and never deciding it. */
void put_alert_sentences(FILE *out, const struct findings *findings);

/* "1 meter", "2 meters". */
const char *plural(int64_t count, const char *one, const char *many);

#endif
