#ifndef HILRIG_RIG_BASE_PATTERN_H
#define HILRIG_RIG_BASE_PATTERN_H

/*
 * A pattern that a person wrote, looked for in a line of text that a device wrote.
 *
 * The language is POSIX extended regular expressions: literals, `.`, `[a-z]`, `[^…]`, `[[:digit:]]`, `( )`, `|`, `* + ?`,
 * `{2}`, `{2,}`, `{2,5}`, `^`, `$`, and `\` before a punctuation mark. On top of them stand words in braces, which match a
 * known form and say what it is:
 *   {guid}         an EUI-64: 16 hex digits, pairs perhaps parted by `-` or `:`
 *   {interrupted}  an instant: 2026-11-23T18:01:02Z, or with a space for the T, with or without a fraction and the Z; UTC
 *   {restored}     likewise
 *   {count}        a decimal number
 *   {reference}    anything without a space
 * The first pair of parentheses is a capture of its own (CAPTURE_GROUP): the answer of a version read-back, for example.
 * No back references. The leftmost match is taken; of several from there the one that comes first in the pattern's order
 * (earlier alternative, longer repetition).
 *
 * regexec is not used because it allocates as it goes (glibc 2.36: 56 calls for the first line it sees, some for later
 * ones) and its time has no bound. This matcher allocates nothing and takes at most size × program steps.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define PATTERN_PROGRAM_MAX 256  /* steps of a compiled pattern; a literal byte takes one, {guid} 32, an instant 27 */
#define PATTERN_SETS_MAX 16      /* different bracket expressions in one pattern */
#define PATTERN_DEPTH_MAX 16     /* nesting of parentheses */
#define PATTERN_REPEAT_MAX 255   /* {2,255} */
#define PATTERN_TEXT_MAX 60000   /* longest text that is looked through */

enum capture {
	CAPTURE_WHOLE, CAPTURE_GROUP, CAPTURE_GUID, CAPTURE_INTERRUPTED, CAPTURE_RESTORED, CAPTURE_COUNT, CAPTURE_REFERENCE,
	CAPTURES
};

/* Private, but here so that a caller can own the memory. */
struct pattern_step {
	uint8_t kind;
	uint8_t value;          /* a byte, a set, a place in the match */
	int16_t to, other;      /* of a jump or a fork, from this step */
};

struct pattern {
	uint32_t sets[PATTERN_SETS_MAX][8];
	struct pattern_step steps[PATTERN_PROGRAM_MAX];
	uint16_t step_count;
	uint16_t set_count;
	uint16_t captures;      /* bits: which captures the pattern has, the whole aside */
};

/* Where a capture lies in the text; begin == end == 0 with `there` unset when it took no part. */
struct pattern_match {
	uint16_t there;         /* bits by enum capture */
	uint16_t begin[CAPTURES], end[CAPTURES];
};

/* FAULT_CONFIGURATION, with the place in the pattern, for one that cannot be read or is too long. */
MUST_USE bool pattern_compile(struct pattern *pattern, const char *text, struct error *error);

/* Looks for the first match. `match` may be NULL. Longer texts than PATTERN_TEXT_MAX are looked at up to there. */
MUST_USE bool pattern_find(const struct pattern *pattern, const char *text, size_t size, struct pattern_match *match);

/*
 * Writes a text that the pattern matches, as short as can be: for whoever plays a device that speaks so. values[capture] is what
 * stands where that capture is; NULL: anything. False: it does not fit, or the values are none that the pattern takes.
 */
MUST_USE bool pattern_example(const struct pattern *pattern, const char *const values[CAPTURES], char *to, size_t size);

static inline bool pattern_has(const struct pattern *pattern, enum capture capture)
{
	return pattern->captures >> capture & 1;
}

#endif
