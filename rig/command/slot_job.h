#ifndef HILRIG_RIG_COMMAND_SLOT_JOB_H
#define HILRIG_RIG_COMMAND_SLOT_JOB_H

/*
 * What the slot commands have in common: whose bench, which slot, who says so, and the record under its lock.
 *
 * A slot is one of the bench file or of the record: one that was renamed in the file while it was locked out can still be
 * cleared. A job is large and lives in static memory.
 */

#include "rig/command/arguments.h"
#include "rig/command/night.h"
#include "rig/command/slot_store.h"

struct slot_job {
	struct night night;             /* its bench */
	const char *bench_words;        /* what --bench was given, for ways out */
	struct slot_entry entry;        /* slot, by and why of the line to come; the rest is empty */
	struct slot_store store;
	bool store_is_open;
};

/* Reads --bench, and with `named` also NAME, --operator and --why, each refused with FAULT_USAGE. slot_job_done in either case. */
MUST_USE bool slot_job_begin(struct slot_job *job, const struct arguments *arguments, bool named, struct error *error);

/*
 * Settles what a dead run left (weld.h), reads the record, with `write` under its lock, and gives the slot's state (NULL: of none).
 * May be called again after slot_job_leave.
 */
MUST_USE bool slot_job_look(struct slot_job *job, bool write, struct slot_state *state, struct error *error);
void slot_job_leave(struct slot_job *job);

void slot_job_done(struct slot_job *job);

#endif
