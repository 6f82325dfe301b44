#ifndef HILRIG_RIG_JUDGE_FIELD_H
#define HILRIG_RIG_JUDGE_FIELD_H

/*
 * What lists of alerts from the field can and cannot say. Each function names what it assumes; a report repeats it.
 */

#include "rig/judge/interval.h"

/*
 * Share of restoration alerts (8F36, or 8F35/8F36 whose own times exceed the hub's band) without an AD1:
 * n01 / (n11 + n01). Conditional on a restoration alert; needs no independence of the two. Count each hub once.
 * restored_only + both >= 1.
 */
struct share_bounds field_loss_given_restored(int64_t restored_only, int64_t both, double alpha);

/*
 * Chapman's estimate (1951) of all outages from two lists: (n1 + 1)(n2 + 1) / (m + 1) - 1, m in both. It assumes that the
 * lists miss independently, which fails (same hub, same network), and then it is too small: show it only as a lower
 * bound, labelled so. 0 <= both <= ad1, restored <= TAIL_COUNT_MAX.
 */
double field_chapman(int64_t ad1, int64_t restored, int64_t both);

struct ratio_bounds {
	double least, most; /* most: only when not open */
	bool open;          /* no upper bound: nothing was seen before */
};

/*
 * Is it the firmware? AD1 of the same meters in a window after activation against an equal window before. Given the
 * total, the number after is binomial with share 1/2 if firmware does nothing (Przyborowski and Wilenski 1940); the
 * interval of the ratio after : before follows from Clopper-Pearson. 15 against 0 is a ratio of at least 3.5.
 * after + before >= 1.
 */
struct ratio_bounds field_ratio(int64_t after, int64_t before, double alpha);

/*
 * Genuine outages hidden by a rule that drops every AD1 for `window_s` after an activation: activations times the rate
 * of genuine outages times the window. A year has 365.25 days. At 0.5 outages a year 57 in a million for one hour.
 */
double field_masked(int64_t activations, double outages_per_year, int64_t window_s);

#endif
