#ifndef HILRIG_RIG_SIMULATE_HUB_ORACLE_H
#define HILRIG_RIG_SIMULATE_HUB_ORACLE_H

/*
 * What must have been found of a hub alone, which the bench feeds and cuts, worked out from the truth; as oracle.h for meters.
 *
 *   ad1      whether alerts came, in the watch, where the hub's band says that they had to, or that they had not; void where the controls
 *            show that its console is not to be believed
 *   cuts     each lasted for as long as it was announced, to within HUB_CUT_NEAR_NS for relays, supplies and buses
 *   blame    no fault of the device is stated for what a hub without its supply did not do
 *   told     a supply that trips or restarts is told as that, unless it is switched off before anybody looks
 */

#include "rig/simulate/story.h"

#define HUB_CUT_NEAR_NS (100 * NS_PER_MS)
#define HUB_TOLD_WITHIN_NS (55 * NS_PER_S)   /* supplies of the shipped bench are looked at every 45 s */

/* Whether nobody calls the hub at fault while it had no supply. False: `why` is a sentence. */
MUST_USE bool hub_oracle_blame(const struct story *story, const struct history *history, char why[ORACLE_TEXT_SIZE]);

/* Where nothing but supplies went wrong: whether what the slot's did was told. False: `why` is a sentence. */
MUST_USE bool hub_oracle_told(const struct truth *truth, const struct history *history, char why[ORACLE_TEXT_SIZE]);

/*
 * Of a slot that nothing disturbed: whether the findings (its index in findings->slots) are what the truth wants. False: `why` says why not.
 * Where another slot was disturbed, its hub may seem to sit here: then a failure may also be void.
 */
MUST_USE bool hub_oracle_agrees(const struct truth *truth, const struct story *story, const struct oracle_rule *rule, bool elsewhere,
				const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE]);

#endif
