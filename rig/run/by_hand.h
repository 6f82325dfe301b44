#ifndef HILRIG_RIG_RUN_BY_HAND_H
#define HILRIG_RIG_RUN_BY_HAND_H

/*
 * What a person may ask a run for, step by step, and why not. Only a manual run (a scenario with `manual: true`) does what is asked: a
 * scenario that judges would have been spoilt by it. Limits, interlocks, arm and gates are those of every run, and each thing is asked
 * for again when it is done; this says beforehand, in a person's words, what stands in its way.
 */

#include "rig/journal/record.h"

#include <stdbool.h>
#include <stdint.h>

#define BY_HAND_OFF (-1) /* in place of a step: whatever is under way ends and the slot goes off; always allowed in a manual run */

struct by_hand {
	int step;            /* of the plan */
	int64_t amount;      /* ns, or mV of a `set`: from above 0 to what the scenario says; -1: that itself */
};

struct engine;

/* Whether the slot would do it now; if not, `why` says what stands in the way. Changes nothing. */
MUST_USE bool by_hand_permits(const struct engine *engine, int slot, const struct by_hand *asked, char why[FREE_TEXT_SIZE]);

/* The words by which a step is asked for: "cut", "mains off", "control positive". `step` BY_HAND_OFF: "off". */
struct plan_step;
const char *by_hand_name(const struct plan_step *step);

/* What its amount is: of a duration 's', of a level 'V'; '\0': it has none. */
char by_hand_unit(const struct plan_step *step);

#endif
