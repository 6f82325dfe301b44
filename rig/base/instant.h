#ifndef HILRIG_RIG_BASE_INSTANT_H
#define HILRIG_RIG_BASE_INSTANT_H

/*
 * Instants and durations are int64_t in the unit that their name ends in: *_ns on a monotonic time base, *_us of UTC
 * since 1970-01-01. INSTANT_NEVER stands for "no deadline" and "open": it is later than everything.
 *
 * UTC text has one form, 27 characters: 2026-11-23T18:01:02.123456Z, years 1970 to 9999, no leap second.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define INSTANT_NEVER INT64_MAX
#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MIN (60 * NS_PER_S)
#define NS_PER_H (3600 * NS_PER_S)

#define UTC_TEXT_SIZE 28                          /* with the terminating zero */
#define UTC_US_MAX INT64_C(253402300799999999)    /* 9999-12-31T23:59:59.999999Z */

/* Writes the text of an instant between 0 and UTC_US_MAX. */
void utc_to_text(int64_t utc_us, char text[UTC_TEXT_SIZE]);

/* Reads exactly the 27 characters that utc_to_text writes; false for anything else. */
MUST_USE bool utc_from_text(const char *text, size_t size, int64_t *utc_us);

/* a + b for durations of which either may be INSTANT_NEVER, and never beyond it. Both at least 0. */
int64_t duration_add(int64_t a_ns, int64_t b_ns);

#endif
