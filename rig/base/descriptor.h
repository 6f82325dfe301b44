#ifndef HILRIG_RIG_BASE_DESCRIPTOR_H
#define HILRIG_RIG_BASE_DESCRIPTOR_H

/*
 * Closing what a loop may be watching. A loop knows a descriptor by its number; one that is closed and, in the same turn, opened again as
 * something else has the number of the old one, while the kernel watches it no more (epoll(7), question 6). So whoever closes one counts
 * it, and a loop that sees the count moved begins to watch all of its own anew.
 */

/* As close(2); errors are of no use to anybody. May be called from any thread. */
void descriptor_close(int descriptor);

/* How many were closed so far; wraps. */
unsigned descriptor_closings(void);

#endif
