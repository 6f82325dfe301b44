#ifndef HILRIG_RIG_METROLOGY_UNCERTAINTY_H
#define HILRIG_RIG_METROLOGY_UNCERTAINTY_H

/*
 * The uncertainty of an outage's length T as a budget: a table of terms, each with its distribution and its source.
 *
 * A term is a half width a: so many nanoseconds, or so many parts in 10^9 of T, or both (they then add). A term that
 * acts at each edge of the outage (stamp latency, threshold crossing) has edges = 2 and enters twice, independently; one
 * that acts on the interval (clock rate, a residual of the sense path's asymmetry) has edges = 1. The standard
 * uncertainty of a term follows the Guide to the expression of uncertainty (JCGM 100:2008, 4.3.7 to 4.3.9):
 *
 *   rectangular   a / sqrt(3)      nothing is known but the half width
 *   triangular    a / sqrt(6)      the middle is likelier
 *   normal-k2     a / 2            the half width is an expanded uncertainty with k = 2, from a certificate
 *
 * times sqrt(edges); the terms combine as the root of the sum of squares; the expanded uncertainty is U = 2 u, rounded
 * up to a whole nanosecond. The choice of the threshold is a definitional term: it is stated beside U and is no term
 * here.
 *
 * A budget is a plain value. Nothing here allocates; + - * / and sqrt on doubles, so the same budget gives the same
 * bytes on every machine.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define UNCERTAINTY_TERMS_MAX 24

/* Longest name and source with the terminating zero. */
#define UNCERTAINTY_NAME_SIZE 49
#define UNCERTAINTY_SOURCE_SIZE 240

/* Largest half width and largest U, 31 years: a U beyond it stays there. */
#define UNCERTAINTY_NS_MAX INT64_C(1000000000000000000)

/* Largest relative half width: the whole of T. */
#define UNCERTAINTY_PPB_MAX INT64_C(1000000000)

enum uncertainty_distribution {
	UNCERTAINTY_RECTANGULAR, /* "rectangular" */
	UNCERTAINTY_NORMAL_K2,   /* "normal-k2" */
	UNCERTAINTY_TRIANGULAR   /* "triangular" */
};

struct uncertainty_term {
	char name[UNCERTAINTY_NAME_SIZE];
	enum uncertainty_distribution distribution;
	int64_t half_width_ns;  /* 0 to UNCERTAINTY_NS_MAX */
	int64_t half_width_ppb; /* of T, 0 to UNCERTAINTY_PPB_MAX; 50 ppm are 50,000 */
	int edges;              /* 1 or 2 */
	char source[UNCERTAINTY_SOURCE_SIZE];
};

/* The terms in the order in which a report prints them. Empty is all zeros: U is then 0. */
struct uncertainty_budget {
	struct uncertainty_term terms[UNCERTAINTY_TERMS_MAX];
	size_t count;
};

/* What a budget gives for one T. */
struct uncertainty {
	double term_ns[UNCERTAINTY_TERMS_MAX]; /* standard uncertainty of each term, in the budget's order */
	size_t count;
	double combined_ns;  /* u */
	int64_t expanded_ns; /* U = 2 u, up to the next whole nanosecond; 0 only for an empty budget */
	/*
	 * Remark: one rectangular term on the interval carries more than half of the variance, and U exceeds that term's own
	 * half width, which it can never exceed. Harmless (U is too large, never too small), and to be said: with a free
	 * crystal U = 10.6 ms while 50 ppm of 180 s are 9.0 ms.
	 */
	bool beyond_half_width;
	size_t dominant; /* index of the term with the largest standard uncertainty, the first of equals; 0 if there is none */
};

/*
 * Adds a term. FAULT_CONFIGURATION, with the term's name, when the table is full, a name or source is empty or too long,
 * the name is there already, or a number is out of its range.
 */
MUST_USE bool uncertainty_add(struct uncertainty_budget *budget, const char *name,
			      enum uncertainty_distribution distribution, int64_t half_width_ns, int64_t half_width_ppb,
			      int edges, const char *source, struct error *error);

/*
 * The budget at T = t_ns, at least 0. For an outage with bounds use hi; for an open one lo, which is the bound that
 * decides then: the INT64_MAX of an open hi is an assert.
 */
struct uncertainty uncertainty_at(const struct uncertainty_budget *budget, int64_t t_ns);

/* "rectangular", "normal-k2", "triangular", and back; false for a word that is none. */
const char *uncertainty_distribution_name(enum uncertainty_distribution distribution);
MUST_USE bool uncertainty_distribution_from_name(const char *name, enum uncertainty_distribution *distribution);

#endif
