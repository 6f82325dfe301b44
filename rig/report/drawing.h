#ifndef HILRIG_RIG_REPORT_DRAWING_H
#define HILRIG_RIG_REPORT_DRAWING_H

/*
 * Pictures of a run as SVG elements inside an HTML page. Nothing rests on colour: uncertain spans are hatched, alerts and
 * results have shapes, everything has a word beside it. They use the classes of rig/report/style.c and the patterns that
 * draw_patterns puts once into a page.
 */

#include "rig/report/report.h"

/* Hatches, referred to by the other drawings; once per page, in front of them. */
void draw_patterns(FILE *out);

/* One slot, the whole run: firmware phases, mains, lab feed, supply, AC LO, alerts by observer, controls and watches. */
void draw_timeline(FILE *out, const struct report *report, int slot);

/*
 * One outage of the slot from shortly before to shortly after it: supply, AC LO, mains, alerts, with its bounds, the limit
 * and U. `outage` is one of the slot's supply sense.
 */
void draw_outage(FILE *out, const struct report *report, int slot, const struct outage *outage, int64_t u_ns);

#endif
