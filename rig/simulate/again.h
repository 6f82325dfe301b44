#ifndef HILRIG_RIG_SIMULATE_AGAIN_H
#define HILRIG_RIG_SIMULATE_AGAIN_H

/*
 * A world that was run once is run again, as it was and with what must make no difference:
 *
 *   the same            every byte of the journal is the same
 *   changed bits        one bit of its journal is another: each is noticed
 *   another day         the wall clock stands five years later: every verdict is the same, to the nanosecond
 *   slots change places each meter and hub stands in its neighbour's slot. Outage and firmware are judged there as they were here
 *   an idle slot        the devices of a slot do nothing of their own. In the others outage and firmware are judged as before
 *
 * The last two of meters, with nothing that goes wrong, and with hubs of one kind: instants of faults do not move with the slots, and the delays of
 * alerts, on which a control may fail, are drawn for all hubs together.
 */

#include "rig/simulate/drawn_world.h"
#include "rig/simulate/trial.h"

struct kept_verdicts {
	int count;
	struct verdict list[JUDGE_SLOTS_MAX * 8];
};

void again_keep(struct kept_verdicts *kept, const struct findings *findings);

/* Runs a drawn world; the lines `before` stand in front of it. False: it could not be run at all. */
MUST_USE bool again_run(struct trial *trial, const struct drawn_world *world, const char *before, struct error *error);

/* All of the above, of the world that the trial has just run and passed. False: one could not be run at all; else trial->failed says it. */
MUST_USE bool again_ask(struct trial *trial, const struct drawn_world *world, struct error *error);

#endif
