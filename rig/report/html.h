#ifndef HILRIG_RIG_REPORT_HTML_H
#define HILRIG_RIG_REPORT_HTML_H

/*
 * The parts of report.html. The page is one file: its style stands in it, its pictures are SVG, nothing is fetched, and it
 * says so to the browser by a content security policy. The front page is html.c, a slot html_slot.c, what is common to all
 * slots html_annex.c, the pieces of all three html_parts.c, the style style.c.
 */

#include "rig/report/report.h"

/* The page's style sheet in pieces, for between <style> and </style>; NULL ends it. */
extern const char *const html_style[];

/* A result as a tag: a shape for its tone and its words. */
void html_put_tag(FILE *out, const struct verdict *verdict);

/* Wall clock of an instant of the run, to the second, from the first boot line: for reading only. */
void html_put_utc(FILE *out, const struct report *report, int64_t t_ns);

/* <dt>/<dd> with an escaped text; nothing for an empty one. */
void html_put_fact(FILE *out, const char *name, const char *text);

void html_put_slot(FILE *out, const struct report *report, int slot);

/* Uncertainty, bench and documents, lines told, how to verify, signatures. */
void html_put_annex(FILE *out, const struct report *report);

#endif
