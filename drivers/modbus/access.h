#ifndef HILRIG_DRIVERS_MODBUS_ACCESS_H
#define HILRIG_DRIVERS_MODBUS_ACCESS_H

/*
 * From a profile's way to a channel to a transaction, and between quantities and raw values. Pure.
 *
 * milli = raw * 1000 / scale. What is written must be exact: a quantity that the scale cannot express is refused. What is read
 * is rounded to the nearest thousandth, halves away from zero (only scales that do not divide 1000 need it).
 */

#include "drivers/modbus/transaction.h"
#include "rig/bench/profile.h"

/* Longest text of a quantity, with the terminating zero: "-4294967.295 degC". */
#define ACCESS_TEXT_SIZE 40

/*
 * Words that set the channel to `milli` (switch: 1 or 0); gives how many, 0 with an error: FAULT_CONFIGURATION when it is
 * outside the profile's range, not exact, or does not fit into the registers.
 */
MUST_USE int access_words(const struct profile_channel *channel, int64_t milli, uint16_t words[2], struct error *error);

/* The quantity in the words of `access` (switch: 1 if it reads on, else 0). */
int64_t access_quantity(const struct profile_channel *channel, const struct profile_access *access, const uint16_t *words);

/* The number in the words of `access`, sign and word order considered. */
int64_t access_raw(const struct profile_access *access, const uint16_t *words);

/* What means off: 0 for a switch. */
int64_t access_off(const struct profile_channel *channel);

/* "12.500 V", "on", "3" */
void access_text(const struct profile_channel *channel, int64_t milli, char text[ACCESS_TEXT_SIZE]);

/* A write of `words` to the place of `access`, and a read of it. The caller sets `unit`. */
void access_write(const struct profile_access *access, const uint16_t *words, int count, struct modbus_transaction *transaction);
void access_read(const struct profile_access *access, struct modbus_transaction *transaction);

/* How a channel is read: `get`, or `echo` where there is no `get`. NULL: not at all. */
const struct profile_access *access_get(const struct profile_channel *channel);

/* A read of `count` registers or coils in a row. */
struct access_span {
	uint8_t function;
	uint16_t address, count;
};

/* Whether some channel of the profile reads this register or coil by this function, so that it is there. */
bool access_known(const struct profile *profile, int function, int address);

/*
 * Adds the place to a list ordered by function and address, and merges neighbours without a hole up to `count_max`: a hole
 * may be a register that the instrument refuses. Gives the new number of spans; the list has room for one more.
 */
int access_span_add(struct access_span *spans, int span_count, struct access_span place, int count_max);

#endif
