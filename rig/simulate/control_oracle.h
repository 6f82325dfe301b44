#ifndef HILRIG_RIG_SIMULATE_CONTROL_ORACLE_H
#define HILRIG_RIG_SIMULATE_CONTROL_ORACLE_H

/*
 * What the controls of a slot showed of its console, by the alerts that really came: whether a positive one before what is judged, and
 * the first one behind it, saw the alert of its own cut, and whether a negative one saw one that it must not.
 *
 * Spans of controls are those that the run states; what happened in them is asked of the truth. Asked only of slots that nothing disturbed,
 * whose console was heard all the time.
 */

#include "rig/base/instant.h"
#include "rig/judge/judge.h"
#include "rig/simulate/truth.h"

#define CONTROL_LINE_NS (100 * NS_PER_MS)  /* what a hub says is heard so much later */

enum controls_show {
	CONTROLS_BELIEVED,             /* what the console says, and what it does not, counts */
	CONTROLS_DOUBTED,              /* that it says nothing does not count */
	CONTROLS_GHOST,                /* nor what it says */
	CONTROLS_UNCLEAR               /* an alert in a control is of something else, or came just at its end: it may be taken for either */
};

/* Of what is judged from `from_ns` on; `never_ns`: no alert comes sooner behind its cut. */
enum controls_show control_oracle(const struct truth *truth, const char *slot, const struct history *history, int64_t never_ns, int64_t from_ns);

#endif
