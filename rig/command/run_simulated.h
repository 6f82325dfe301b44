#ifndef HILRIG_RIG_COMMAND_RUN_SIMULATED_H
#define HILRIG_RIG_COMMAND_RUN_SIMULATED_H

/* `run` in a simulated world: rehearsal.h with the command's options, its progress and its findings on standard output. */

#include "rig/command/arguments.h"
#include "rig/command/night.h"
#include "rig/command/run_key.h"

/* `night` is loaded and complete. --rehearse, --seed, --truth, --out and --quiet are read from the arguments. */
MUST_USE bool run_simulated(struct night *night, const struct night_names *names, const struct arguments *arguments,
			    const char *operator, const struct run_key *key, int *exit_code, struct error *error);

/* The findings of a run for people, and where its evidence lies; what cannot be read is said on standard error. */
void run_print_findings(const char *folder);

#endif
