#ifndef HILRIG_RIG_JOURNAL_TRANSFER_H
#define HILRIG_RIG_JOURNAL_TRANSFER_H

/*
 * How far an image is on its way into a slot's meter, for people who wait: from that slot's lines of the journal, in their order. Pure.
 * The rate is that since the first line that told bytes, so that a transfer which goes on in the middle is not taken for a fast one.
 */

#include "rig/base/text.h"
#include "rig/journal/record.h"

/* Zero: none. */
struct transfer {
	enum phase phase;
	bool counted;                            /* there was a line with bytes */
	int64_t began_ns, began_bytes;           /* the first of them, or of the last that began anew */
	int64_t t_ns, done_bytes, total_bytes;   /* the last */
};

/* A line of this slot; most mean nothing to it. */
void transfer_take(struct transfer *transfer, const struct record *record);

/* Bytes are on their way, and their number is known. */
bool transfer_goes_on(const struct transfer *transfer);

int transfer_percent(const struct transfer *transfer);
int64_t transfer_rate(const struct transfer *transfer);     /* bytes per second; 0: not known yet */
int64_t transfer_left_ns(const struct transfer *transfer);  /* INSTANT_NEVER: not known yet */

/* Of a rate and a time that are known: "1.1 kB/s, 4 s left", where nothing is left "1.1 kB/s", else nothing. */
void transfer_put_rate(struct text *text, int64_t rate, int64_t left_ns);

/* "4000 of 8062 bytes, 49 %, 1.1 kB/s, 4 s left" */
void transfer_put(struct text *text, const struct transfer *transfer);

#endif
