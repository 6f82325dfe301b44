#ifndef HILRIG_RIG_RUN_PROGRESS_H
#define HILRIG_RIG_RUN_PROGRESS_H

/*
 * What a person in front of the run wants to know, as one line per event on standard output: steps, outages, alerts,
 * faults, verdicts. A terminal that is gone loses these lines and nothing else. Control characters that came from a device are
 * shown as '?'.
 */

#include "rig/journal/record.h"

/* Prints the line for a record that is worth one. */
void progress_print(const struct record *record);

#endif
