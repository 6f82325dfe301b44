#ifndef HILRIG_RIG_DASHBOARD_DURATION_H
#define HILRIG_RIG_DASHBOARD_DURATION_H

/* Durations as a screen has room for them. */

#include <stdint.h>

#define DURATION_TEXT_SIZE 24

/* At most five columns: "0s", "59s", "9m59", "59m", "9h59", "99h", "12d". A negative one is "0s". Rounded down. */
void duration_age(char text[DURATION_TEXT_SIZE], int64_t ns);

/* Seconds with one decimal, "250.0"; rounded down. */
void duration_seconds(char text[DURATION_TEXT_SIZE], int64_t ns);

#endif
