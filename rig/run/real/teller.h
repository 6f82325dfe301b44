#ifndef HILRIG_RIG_RUN_REAL_TELLER_H
#define HILRIG_RIG_RUN_REAL_TELLER_H

/*
 * A run's lines for people, on standard output, written by a thread of its own: a terminal that is stopped (Ctrl-S, a pager, a connection
 * that hangs) holds up this thread, and never the loop that measures and switches. Lines that wait are kept, TELLER_LINES_MAX of them; of
 * what comes while they are full only the number is told.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define TELLER_LINE_SIZE 704           /* with its newline and the zero; a longer one is cut */
#define TELLER_LINES_MAX 4096

struct teller;

/* FAULT_ENVIRONMENT. */
MUST_USE bool teller_start(struct teller **teller, struct error *error);

/* A line without its newline. Never waits. */
void teller_say(struct teller *teller, const char *line);

/* Returns when all of it was taken, or after so long. NULL is nothing. */
void teller_stop(struct teller *teller, int64_t patience_ns);

#endif
