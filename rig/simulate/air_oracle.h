#ifndef HILRIG_RIG_SIMULATE_AIR_ORACLE_H
#define HILRIG_RIG_SIMULATE_AIR_ORACLE_H

/*
 * What must be true of an upgrade over the air, beside what is asked of any: from the plant's facts and the verdicts' words alone.
 *
 *   once          it was told to activate once at most: as the dongle put it on the air, and as the meter heard it
 *   it came       a meter that did nothing that keeps it from that, and asked for its image over an air that nothing disturbed, has got it
 *   not its doing a meter that never heard that it is to activate is not called bad for that it did not; and where something was amiss with the
 *                 dongle that the rig could notice, and nothing with the air or the meter, which runs and was there to be asked, its version that was not read is not its fault
 */

#include "rig/simulate/oracle.h"
#include "rig/simulate/story.h"

#define AIR_ASKED_NS (150 * NS_PER_S)  /* a version is asked for in two minutes before the end */
#define AIR_OFF_NS (10 * NS_PER_S)     /* in which slots are switched off at the end */

/* False: more than once. */
MUST_USE bool air_oracle_once(const struct story *story, char why[ORACLE_TEXT_SIZE]);

/* False: a transfer began that nothing disturbed, and no image came of it. */
MUST_USE bool air_oracle_came(const struct story *story, char why[ORACLE_TEXT_SIZE]);

/* `sense`: the slot's senses told what was not so, which may pass for what the meter did; `amiss`: the dongle was; `odd`: the meter itself did something that it should not. */
MUST_USE bool air_oracle_blame(const struct story *story, const struct oracle_rule *rule, bool sense, bool amiss, bool odd, const struct verdict *firmware,
			       char why[ORACLE_TEXT_SIZE]);

#endif
