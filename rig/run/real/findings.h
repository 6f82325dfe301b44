#ifndef HILRIG_RIG_RUN_REAL_FINDINGS_H
#define HILRIG_RIG_RUN_REAL_FINDINGS_H

/*
 * What a live check finds, on standard output, a line as soon as it is known: for people, or a JSON object a line
 * (reports/check.schema.json). A check that was killed has no last line.
 */

#include "rig/run/walk/walk.h"

void findings_begin(const struct bench *bench, int64_t utc_us, bool json);
void findings_print(const struct finding *finding, bool json);
void findings_end(const struct walk *walk, int64_t t_ns, bool json);

#endif
