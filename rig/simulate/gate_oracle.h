#ifndef HILRIG_RIG_SIMULATE_GATE_ORACLE_H
#define HILRIG_RIG_SIMULATE_GATE_ORACLE_H

/*
 * Whether a meter was activated only while what the gate stands on held in truth, from the facts up to the instant at which its activation
 * came: bench armed, e-stop and door good and the lab's power there; the hub supplied for as long as it recharges, and ready; its console
 * plugged in, and an AD1 of that night seen at it; and an image that the meter holds. Over the air it is the instant at which it was told to, for it takes
 * its time, and the gate does not last until then; one that activates untold is not asked of.
 *
 * What changed a moment before is not held against anybody. Nor is what nobody could know: of a supply whose sense was disturbed, and of a
 * hub whose console was, nothing is asked.
 */

#include "rig/simulate/truth.h"

#define GATE_NOTICED_NS (200 * NS_PER_MS)  /* inputs are read ten times a second */
#define GATE_TEXT_SIZE 200

struct gate_rule {
	int64_t recharge_ns;
	bool says_ready;       /* the bench knows by what word a hub is ready */
	bool over_the_air;
	bool image_known;      /* the meter says that it holds an image only when it does */
	bool supply_known;     /* its sense told what there was */
	bool console_known;    /* and its console, of its own hub */
};

/* False: `why` is a sentence. Of the first activation of the slot; where none came everything is in order. */
MUST_USE bool gate_oracle(const struct truth *truth, const char *slot, const struct gate_rule *rule, char why[GATE_TEXT_SIZE]);

#endif
