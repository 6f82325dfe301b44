#ifndef HILRIG_RIG_COMMAND_SHEET_H
#define HILRIG_RIG_COMMAND_SHEET_H

/*
 * A table that a spreadsheet or another program wrote, as CSV (RFC 4180): one header line with the names of the columns,
 * then lines with as many fields. Empty lines and lines that begin with '#' are passed over; CR LF and a byte order mark
 * are taken as they come. What cannot be is FAULT_CONFIGURATION with "NAME:line: ...".
 */

#include "rig/base/error.h"

#define SHEET_COLUMNS_MAX 32

/* Fields and names point into the bytes, which are the caller's, are changed by reading, and end in a zero. */
struct sheet {
	const char *name;       /* of the file, for errors */
	char *next;             /* unread */
	int line;               /* of the last line read, from 1 */
	int next_line;
	int column_count;
	const char *columns[SHEET_COLUMNS_MAX];
	const char *fields[SHEET_COLUMNS_MAX];
};

/*
 * Reads the header line; its names are lower case as they stand. `known` lists the names that may occur, NULL at the end;
 * another one, one that is there twice, and a missing one of `needed` (which may be NULL) are refused.
 */
MUST_USE bool sheet_begin(struct sheet *sheet, const char *name, char *bytes, const char *const *known,
			  const char *const *needed, struct error *error);

/* As sheet_begin for a table of one column without a header line. */
void sheet_begin_bare(struct sheet *sheet, const char *name, char *bytes, const char *column);

/* The next line; *got is false behind the last. */
MUST_USE bool sheet_next(struct sheet *sheet, bool *got, struct error *error);

/* The field of a column in the line read last; "" where the sheet has no such column. */
const char *sheet_value(const struct sheet *sheet, const char *column);

/* FAULT_CONFIGURATION with name and line in front. Returns false. */
bool sheet_refuse(const struct sheet *sheet, struct error *error, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
