#ifndef HILRIG_RIG_SCENARIO_TIMETABLE_H
#define HILRIG_RIG_SCENARIO_TIMETABLE_H

/* A plan as a person reads it: its steps with their times, and the night as a chart of characters. */

#include "rig/scenario/plan.h"

#include <stdio.h>

#define TIMETABLE_CHART_WIDTH 64

/* "1:02:03", or "1d 01:02:03" from a day on. Parts of a second are rounded up. */
#define TIMETABLE_TIME_SIZE 32
const char *timetable_time(char bytes[TIMETABLE_TIME_SIZE], int64_t ns);

/* What a step does, as a scenario writes it: "cut: 181s", "transfer: new.ota", "cut: $length (2min to 5min)". */
#define TIMETABLE_STEP_SIZE 96
void timetable_step(char bytes[TIMETABLE_STEP_SIZE], const struct plan *plan, int index);

/* The steps, one a line: number, what, begin at the earliest, end at the latest, and its bound. */
void timetable_put_steps(FILE *out, const struct plan *plan);

/*
 * The slowest night: a row for the steps, each by a letter, and a row for the supply of the hub ('#' on, '.' off, '~' on with
 * a cut inside), over a scale of time.
 */
void timetable_put_chart(FILE *out, const struct plan *plan);

#endif
