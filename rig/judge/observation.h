#ifndef HILRIG_RIG_JUDGE_OBSERVATION_H
#define HILRIG_RIG_JUDGE_OBSERVATION_H

/*
 * From the findings of one run to what it says of each meter: the observations that device_list_merge() takes.
 *
 * One for each slot that held a meter, also when it was never activated. Of several watches the one with the worst verdict
 * on the outage decides. `ad1` and `cause` are those of the ledger line of the deciding outage; an alert that nothing
 * explains ("unexpected") is shown where that outage has no alert of its own to speak of.
 */

#include "rig/judge/device.h"
#include "rig/judge/judge.h"

/*
 * Writes at most `capacity` observations, in order of slots, and returns their number; JUDGE_SLOTS_MAX are always enough
 * for a judge of that many slots. Texts are copies. An activation that may have been sent (its outcome is unknown) counts as
 * one, and so does an outage above the limit that firmware caused in any phase; a refused activation does not.
 */
size_t observation_make(const struct findings *findings, struct device_result *results, size_t capacity);

#endif
