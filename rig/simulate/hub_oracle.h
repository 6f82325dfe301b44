#ifndef HILRIG_RIG_SIMULATE_HUB_ORACLE_H
#define HILRIG_RIG_SIMULATE_HUB_ORACLE_H

/*
 * What must have been found of a hub alone, which the bench feeds and cuts, worked out from the truth; as oracle.h for meters.
 *
 *   ad1      whether alerts came, in the watch, where the hub's band says that they had to, or that they had not; void where the controls
 *            show that its console is not to be believed
 *   cuts     each lasted for as long as it was announced, to within HUB_CUT_NEAR_NS for relays, supplies and buses
 *   blame    no fault of the device is stated for what a hub without its supply did not do
 */

#include "rig/simulate/story.h"

#define HUB_CUT_NEAR_NS (100 * NS_PER_MS)

/* Whether nobody calls the hub at fault while it had no supply. False: `why` is a sentence. */
MUST_USE bool hub_oracle_blame(const struct story *story, const struct history *history, char why[ORACLE_TEXT_SIZE]);

/* Of a slot that nothing disturbed: whether the findings (its index in findings->slots) are what the truth wants. False: `why` says why not. */
MUST_USE bool hub_oracle_agrees(const struct truth *truth, const struct story *story, const struct oracle_rule *rule,
				const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE]);

#endif
