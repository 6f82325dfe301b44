#ifndef HILRIG_RIG_REPORT_SCHEMA_H
#define HILRIG_RIG_REPORT_SCHEMA_H

/*
 * reports/journal.schema.json, made from the table of rig/journal/record.c: what the writer writes and the strict reader
 * takes, as far as JSON Schema (2020-12) can say it. A test holds the committed file against these bytes.
 */

#include <stdio.h>

void put_journal_schema(FILE *out);

#endif
