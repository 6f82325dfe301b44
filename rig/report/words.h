#ifndef HILRIG_RIG_REPORT_WORDS_H
#define HILRIG_RIG_REPORT_WORDS_H

/*
 * Which words a report uses for what the judge found, in one place.
 *
 * Where the clause of the limit is not known, a report says where T lies and never uses a word of conformity. The cases
 * about alerts and versions are no requirement with a clause either, so they always have words of their own: "as expected",
 * "new version read back".
 */

#include "rig/judge/judge.h"
#include "rig/report/escape.h"

/* The slot's name. */
const char *slot_name(const struct findings *findings, int slot);
const char *polarity_name(enum polarity polarity);

/* "more", "as expected", "void (observer)", "inconclusive", "not judged", ... */
void words_verdict(char *text, size_t size, const struct verdict *verdict);

/*
 * The same in words that need no explanation: of an outage without a clause "more than three minutes" instead of "more".
 */
void words_result(char *text, size_t size, const struct findings *findings, const struct verdict *verdict);

/* "expected, and not seen" for "expected-missing"; what is no class of the ledger stays as it is. */
const char *words_alert(const char *class);

/* A cause as markup: "firmware, phase activate" for "firmware-activate", "rig mains cut" for "rig-mains-cut". */
void put_cause(FILE *out, const char *cause);

/* How it is to be taken: what a reader looks for first, and what JUnit makes of it. */
enum tone {
	TONE_GOOD,       /* valid, and below the limit or as expected */
	TONE_BAD,        /* valid, and above or not as expected */
	TONE_OPEN,       /* conditional, inconclusive, void or missing */
	TONE_NONE        /* nothing to say: not applicable */
};

enum tone verdict_tone(const struct verdict *verdict);

/* "more than 180 s (mp102b: ...; clause unknown: a classification)". */
void words_limit(char *text, size_t size, const struct findings *findings);

/* One sentence for an exit code of judge. */
const char *words_exit(int exit_code);

/* "240.0000 s", "[20.0000, 180.0000] s", "at least 12.0000 s, not ended": lo down, hi up, four decimals. */
void put_length(FILE *out, const struct outage *outage);

#endif
