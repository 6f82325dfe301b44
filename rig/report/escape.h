#ifndef HILRIG_RIG_REPORT_ESCAPE_H
#define HILRIG_RIG_REPORT_ESCAPE_H

/*
 * Texts from outside (names, models, reasons, paths) on their way into a document: one function per language, and no other
 * place that knows its quotes. Whatever a device or a person wrote, the document stays well-formed and says nothing but it.
 * Bytes that are no valid UTF-8 become '?'.
 */

#include <stdint.h>
#include <stdio.h>

/* A JSON string with its quotes (the same form as in a journal line). */
void put_json(FILE *out, const char *text);

/* Text of HTML and XML, and of attributes in double quotes: & < > " ' escaped; what XML 1.0 does not allow becomes '?'. */
void put_markup(FILE *out, const char *text);

/*
 * A CSV field (RFC 4180): quoted when it must be. A field that a spreadsheet would take for a formula (it begins with = + - @,
 * a tab or a carriage return) gets an apostrophe in front, which spreadsheets do not show.
 */
void put_csv(FILE *out, const char *text);

/*
 * Seconds with `decimals` (0 to 9) digits, from nanoseconds of at least 0. Lower bounds are cut, upper bounds and
 * uncertainties rounded up, so that a printed interval always holds the measured one.
 */
void put_seconds_down(FILE *out, int64_t ns, int decimals);
void put_seconds_up(FILE *out, int64_t ns, int decimals);

#endif
