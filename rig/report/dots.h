#ifndef HILRIG_RIG_REPORT_DOTS_H
#define HILRIG_RIG_REPORT_DOTS_H

/*
 * The dot plot of all T: one dot a judged outage case on a logarithmic axis, the limit a line across.
 *
 * Shapes, not colours: a full dot is a measured length; an open dot is a bound (it had not ended, or its bounds lie apart)
 * with its arrow or span; a cross is a void case; a diamond in the gutter left of the axis is "no outage at all". Up to
 * DOTS_ROWS_MAX cases have a row each with the slot's name; more share one strip, where dots pile up, and only those above
 * the limit, open or void are named.
 */

#include "rig/report/report.h"

#define DOTS_ROWS_MAX 12

/* Whole decades of seconds, from 10^from to 10^to, over x = left to right. */
struct dots_scale {
	int from, to;
	double left, right;
};

/* From 0.1 s to the first decade that holds both the limit and the longest T; `longest_ns` and `limit_ns` at least 0. */
struct dots_scale dots_scale_for(int64_t longest_ns, int64_t limit_ns);

/* Left of the axis for what is shorter than its first decade, its right end for what is longer. */
double dots_x(const struct dots_scale *scale, int64_t ns);

void draw_dots(FILE *out, const struct report *report);

#endif
