#ifndef HILRIG_RIG_BASE_UNIT_H
#define HILRIG_RIG_BASE_UNIT_H

/*
 * Numbers as people write them, read exactly or refused: "180s", "15min", "12.0V", "9500mV", "1A", and plain ones.
 *
 * A quantity is a decimal number and a unit without a blank between them. It becomes a whole number of the smallest unit
 * of its kind (ns, mV, mA); what is finer is refused, never rounded. There is no floating point, no sign but '-', no exponent,
 * no leading or trailing blank, no leading zero, no digit group, and nothing may follow: `96oo` is no number.
 *
 *   duration   ns us ms s min h d     in ns
 *   voltage    mV V kV                in mV
 *   current    mA A                   in mA
 *
 * Errors are FAULT_CONFIGURATION; their text quotes what was written, says what is wrong with it and how to write it, and
 * fits behind "'within' is ".
 */

#include "rig/base/error.h"
#include "rig/base/text.h"

#include <stdint.h>

enum unit { UNIT_DURATION, UNIT_VOLTAGE, UNIT_CURRENT, UNIT_COUNT };

/* A quantity with its unit; least and most are in ns, mV or mA, and both are allowed. */
MUST_USE bool unit_read(const char *text, enum unit unit, int64_t least, int64_t most, int64_t *amount, struct error *error);

/* A whole number, decimal or 0x and hexadecimal digits. */
MUST_USE bool number_read(const char *text, int64_t least, int64_t most, int64_t *number, struct error *error);

/*
 * A decimal number times `scale` (at least 1), which must come out whole: "9.5" with 1000 is 9500. For
 * values whose unit stands in their key. `unit_name` ("V", "ms"; may be empty) is for error texts only.
 */
MUST_USE bool decimal_read(const char *text, int64_t scale, const char *unit_name, int64_t least, int64_t most,
			   int64_t *amount, struct error *error);

/*
 * Writes an amount so that unit_read gives it back: in the largest unit in which it is whole ("3min", "1500ms", "9500mV").
 * Zero is "0s", "0V", "0A". Nothing is written for a negative amount but "-" and the rest.
 */
void unit_put(struct text *text, enum unit unit, int64_t amount);

/* The same into a buffer, which it returns. */
#define AMOUNT_TEXT_SIZE 48
const char *amount_text(char bytes[AMOUNT_TEXT_SIZE], enum unit unit, int64_t amount);

#endif
