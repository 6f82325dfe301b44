#ifndef HILRIG_RIG_REPORT_ROWS_H
#define HILRIG_RIG_REPORT_ROWS_H

/* JSON objects that `judge --json` and report.json have in common. Times are whole ns; null: no upper bound, or none. */

#include "rig/judge/judge.h"

#include <stdio.h>

/* `, "key": 123` or `, "key": null` for INSTANT_NEVER. */
void put_bound(FILE *out, const char *key, int64_t ns);

/* The members "verdicts", "ledger" and "controls", each a list with one object a line. */
void put_findings_json(FILE *out, const struct findings *findings);

/* An object with every field of the record's kind, in the order and with the words of a journal line. */
void put_record_json(FILE *out, const struct record *record);

#endif
