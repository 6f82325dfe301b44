#ifndef HILRIG_RIG_COMMAND_SLOT_PERMIT_H
#define HILRIG_RIG_COMMAND_SLOT_PERMIT_H

/* Whether a run may use the slots that take part: for run, resume and check. */

#include "rig/base/problem.h"
#include "rig/bench/bench.h"
#include "rig/command/slot_record.h"

/*
 * Adds a problem for each slot that is open or locked out, and for each that is fed through a switch which is off for such a
 * slot (slot_means.h); its place is the line of the slot record that says so. Welds of a run that died with its supervisor are
 * written down first; `seated` says that this process has the bench's seat. `bench_words` is what --bench was given, for the
 * way out. True if there was none; false with no problem added: `error` says why it cannot be known.
 */
MUST_USE bool slots_permit(const struct bench *bench, const char *bench_words, const bool taking_part[BENCH_SLOTS_MAX], bool seated,
			   struct problems *problems, struct error *error);

/* The same from a record that was read: `file` is its path. */
void slots_refuse(const struct bench *bench, const char *bench_words, const bool taking_part[BENCH_SLOTS_MAX],
		  const struct slot_record *record, const char *file, struct problems *problems);

#endif
