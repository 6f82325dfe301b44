#ifndef HILRIG_RIG_REPORT_HTML_H
#define HILRIG_RIG_REPORT_HTML_H

/*
 * The parts of report.html. The page is one file: its style stands in it, its pictures are SVG, nothing is fetched, and it
 * says so to the browser by a content security policy.
 *
 *   html.c           the document around the pages
 *   html_summary.c   the first page: what was found, for a manager
 *   html_trust.c     ... whether it can be trusted, what needs a decision, what it costs
 *   html_list.c      ... strata, and the list of devices
 *   html_device.c    a page per device: what it is, how it was tested, what is not stated
 *   html_result.c    ... its results, pictures and interruptions
 *   html_alerts.c    ... AD1 by observation point, ledger, controls
 *   html_basis.c     ... decision rule, uncertainty budget, equipment
 *   html_told.c      lines told as they stand: attempts and events
 *   html_annex.c     what is common to all devices, and the cited lines
 *   html_check.c     who answers for the report, and how to check it
 *   html_parts.c     the pieces of all of these
 *   style.c          the style
 *
 * A number that rests on a line of the journal has a link to it beside it (rig/report/citation.h). What the evidence does
 * not hold is said to be "not stated".
 */

#include "rig/report/report.h"

/* The page's style sheet in pieces, for between <style> and </style>; NULL ends it. */
extern const char *const html_style[];

/* What the evidence does not hold, in words. */
#define NOT_STATED "<span class=\"unstated\">not stated</span>"

/* ---- Pieces ---- */

/* A result as a tag: a shape for its tone and its words. */
void html_put_tag(FILE *out, const struct findings *findings, const struct verdict *verdict);

/* Wall clock of an instant of the run, to the second, from the first boot line: for reading only. */
void html_put_utc(FILE *out, const struct report *report, int64_t t_ns);

/* <dt>/<dd> with an escaped text and the line that says so (NULL: none); "not stated" for an empty one. */
void html_put_fact(FILE *out, const struct report *report, const char *name, const char *text, const struct record *line);

/* Several short texts as one fact; empty ones are left out. */
void html_put_facts(FILE *out, const struct report *report, const char *name, const char *const *texts, const struct record *line);

/* Links to the lines with which an outage of the slot began and ended. */
void html_cite_outage(FILE *out, const struct report *report, const struct history *history, const struct outage *outage);

/* "console (hub)" for each observer of the set; a dash for none. */
void html_put_observers(FILE *out, const struct history *history, unsigned set);

/* What each sheet begins with: that nothing of it was real, where the environment was simulated. */
void html_put_simulated(FILE *out, const struct report *report);

/* The verdict on a slot's outage that decides; NULL: none. */
const struct verdict *html_deciding(const struct findings *findings, const struct slot_findings *slot);

/* The row of the device list of the meter in this slot; NULL: none. */
const struct device_result *html_row_of(const struct report *report, const struct history *history);

/* ---- Parts ---- */

void html_put_summary(FILE *out, const struct report *report);
void html_put_trust(FILE *out, const struct report *report);
void html_put_decisions(FILE *out, const struct report *report);
void html_put_cost(FILE *out, const struct report *report);

/* The first `most` strata. */
void html_put_strata(FILE *out, const struct report *report, size_t most);

/* All devices, or only those of which something is to be known first: affected, undecided, void. At most `most` rows. */
void html_put_devices(FILE *out, const struct report *report, bool all, int most);

void html_put_device(FILE *out, const struct report *report, int slot);
void html_put_results(FILE *out, const struct report *report, int slot);
void html_put_alerts(FILE *out, const struct report *report, int slot);

/* Decision rule; budget at T of the deciding outage; equipment. */
void html_put_basis(FILE *out, const struct report *report, int slot);

/* Lines of one slot; "" those of the whole bench. */
void html_put_told(FILE *out, const struct report *report, const char *slot);

/* Two lines for a shell: the head of the journal from its bytes, and the signature. */
void html_put_check_lines(FILE *out, const struct report *report);
void html_put_signatures(FILE *out, const struct report *report);

void html_put_check(FILE *out, const struct report *report);

void html_put_annex(FILE *out, const struct report *report);

#endif
