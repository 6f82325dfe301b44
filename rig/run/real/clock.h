#ifndef HILRIG_RIG_RUN_REAL_CLOCK_H
#define HILRIG_RIG_RUN_REAL_CLOCK_H

/* The host's clocks: the only place of the runtime that reads them. */

#include "rig/journal/record.h"

int64_t clock_monotonic_ns(void);
int64_t clock_utc_us(void);

/*
 * What a CLOCK record says: whether the kernel's clock is steered (adjtimex), at which rate, how long the host was
 * suspended, and how far MONOTONIC went from MONOTONIC_RAW since `first_raw_offset_ns`, which the first call (with
 * INSTANT_NEVER) sets.
 */
void clock_state_read(struct record *record, int64_t *first_raw_offset_ns);

/* The kernel's boot id, without its newline; "unknown" where /proc does not say. */
void clock_boot_id(char id[WORD_TEXT_SIZE]);

#endif
