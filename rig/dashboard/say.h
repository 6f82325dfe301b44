#ifndef HILRIG_RIG_DASHBOARD_SAY_H
#define HILRIG_RIG_DASHBOARD_SAY_H

/* A line of a journal as a person reads it on one row: "channel pins.5  level 1  seqno 4". Times in seconds; empty texts left out. */

#include "rig/journal/record.h"

#define SAY_SIZE 1024

void say_record(char text[SAY_SIZE], const struct record *record);

#endif
