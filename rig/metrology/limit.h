#ifndef HILRIG_RIG_METROLOGY_LIMIT_H
#define HILRIG_RIG_METROLOGY_LIMIT_H

/*
 * One measured outage against one limit: where it lies, and which words may be used for that.
 *
 * The outage has bounds [lo, hi] and an expanded uncertainty U (k = 2). The four-way rule is that of ILAC-G8:09/2019
 * clause 4.2.3 with the guard band w = U, applied to the bound that hurts. For a boundary `more-than` (T > L is more,
 * T == L is not):
 *
 *   BELOW                hi <= L - U               pass
 *   BELOW_CONDITIONAL    L - U < hi <= L           conditional pass
 *   ABOVE_CONDITIONAL    L < lo <= L + U           conditional fail
 *   ABOVE                lo > L + U                fail
 *   STRADDLES            lo <= L < hi              inconclusive: the bounds lie on both sides of the limit
 *
 * These five never overlap and leave nothing out. How far away the other bound is does not matter while it is on the
 * same side: [20 s, 179.9999 s] is a conditional pass, [180.0001 s, never back] a conditional fail. For a boundary
 * `at-least` (T >= L is more) every comparison takes the other side of equality: BELOW hi < L - U, BELOW_CONDITIONAL
 * L - U <= hi < L, ABOVE_CONDITIONAL L <= lo < L + U, ABOVE lo >= L + U, STRADDLES lo < L <= hi.
 *
 * At hi == L - U the risk of false acceptance is at most 2.3 % for a Gaussian; a report states it (17025, 7.8.6.1).
 * Under the decision `simple` the guard band is zero: U is reported and does not decide; nothing is conditional.
 *
 * Words. pass, conditional pass, conditional fail and fail belong to a requirement whose document, version and clause
 * are known. Where the clause is unknown there is only a classification, "not more than three minutes" or "more than
 * three minutes", derived from the limit; limit_conformity() then has no word to give, and nothing else here has one.
 *
 * Pure: no clock, no memory of its own, integers only.
 */

#include "rig/base/error.h"

#include <stdint.h>

/* The upper bound of an outage that has not ended: T >= lo is all that is known. */
#define LIMIT_OPEN_NS INT64_MAX

/* Largest limit and largest U: 31 years, so that L + U never overflows. */
#define LIMIT_NS_MAX INT64_C(1000000000000000000)

/* Bytes for any text made here, with its terminating zero. */
#define LIMIT_TEXT_MAX 96

/* AD1 says "more than" three minutes, 0x8F36 "at least": the boundary is data. */
enum limit_boundary {
	LIMIT_MORE_THAN, /* "more-than": T == L is not more */
	LIMIT_AT_LEAST   /* "at-least":  T == L is more */
};

/* Agreed in the test order before the run. */
enum limit_decision {
	LIMIT_GUARD_BAND, /* "guard-band": the four-way rule with w = U */
	LIMIT_SIMPLE      /* "simple": w = 0 */
};

/* A limit and how it is applied. */
struct limit_rule {
	int64_t limit_ns; /* 0 to LIMIT_NS_MAX */
	enum limit_boundary boundary;
	enum limit_decision decision;
	bool clause_known; /* document, version and clause are all known: words of conformity are allowed */
};

enum limit_zone {
	LIMIT_BELOW,
	LIMIT_BELOW_CONDITIONAL,
	LIMIT_ABOVE_CONDITIONAL,
	LIMIT_ABOVE,
	LIMIT_STRADDLES,
	LIMIT_ZONE_COUNT
};

/*
 * Where [lo, hi] lies. 0 <= lo_ns <= hi_ns, hi_ns may be LIMIT_OPEN_NS; 0 <= u_ns <= LIMIT_NS_MAX, and u_ns is the
 * expanded uncertainty at this outage's length (rig/metrology/uncertainty.h). Anything else is an assert.
 */
enum limit_zone limit_judge(const struct limit_rule *rule, int64_t lo_ns, int64_t hi_ns, int64_t u_ns);

/* True for the two zones below the limit / the two above it; both false where the bounds straddle. */
bool limit_zone_is_below(enum limit_zone zone);
bool limit_zone_is_above(enum limit_zone zone);
bool limit_zone_is_conditional(enum limit_zone zone);

/* The word in files: "below", "below-conditional", "above-conditional", "above", "straddles". Never NULL. */
const char *limit_zone_name(enum limit_zone zone);

/* The words in files for the two settings, and back; false for a word that is none. */
const char *limit_boundary_name(enum limit_boundary boundary);
const char *limit_decision_name(enum limit_decision decision);
MUST_USE bool limit_boundary_from_name(const char *name, enum limit_boundary *boundary);
MUST_USE bool limit_decision_from_name(const char *name, enum limit_decision *decision);

/*
 * "pass", "conditional pass", "conditional fail" or "fail". NULL where there is no such word: the rule's clause is not
 * known, or the bounds straddle (that is a matter of validity: inconclusive).
 */
const char *limit_conformity(const struct limit_rule *rule, enum limit_zone zone);

/*
 * The classification, which needs no clause, written into `text` (LIMIT_TEXT_MAX bytes are always enough):
 * "not more than three minutes", "conditional: not more than three minutes", "conditional: more than three minutes",
 * "more than three minutes"; with `at-least` "less than three minutes" and "at least three minutes"; "inconclusive:
 * three minutes lies between the bounds". Whole minutes up to twelve are spelled, any other limit stands in seconds:
 * "187 s", "179.5 s".
 */
void limit_classification(const struct limit_rule *rule, enum limit_zone zone, char *text, size_t size);

/* What a report may print: the word of conformity where there is one, else the classification. */
void limit_statement(const struct limit_rule *rule, enum limit_zone zone, char *text, size_t size);

#endif
