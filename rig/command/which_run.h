#ifndef HILRIG_RIG_COMMAND_WHICH_RUN_H
#define HILRIG_RIG_COMMAND_WHICH_RUN_H

/* Which of the runs that go on is meant, for commands that watch one. */

#include "rig/base/sha256.h"
#include "rig/journal/record.h"

/*
 * The name of the bench whose run is in `folder`; or of `bench`, which is a name as `hilrig who` prints it or a bench file; or, where
 * both are NULL, of the only run of this user. FAULT_USAGE, with what to do, where there is none, or several; FAULT_EVIDENCE for a
 * folder that does not say. `sha256` is borrowed for the call.
 */
MUST_USE bool which_run(char bench_name[WORD_TEXT_SIZE], const char *folder, const char *bench, struct sha256 *sha256, struct error *error);

#endif
