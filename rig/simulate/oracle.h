#ifndef HILRIG_RIG_SIMULATE_ORACLE_H
#define HILRIG_RIG_SIMULATE_ORACLE_H

/*
 * What must have been found of a meter that was upgraded in a simulated run, worked out from the truth alone, and whether it was.
 *
 * Written on its own: it knows the plant's facts and the verdicts' words, and neither the measuring nor the ledger. It speaks of the
 * journey's three cases, in the slots that hold a meter:
 *
 *   outage     the longest time for which the hub's supply was away while the meter had its mains, from the first block on; to the
 *              nanosecond, because virtual time has no stamp latency. A supply that is back for less than settle_ns is not back.
 *              Each length has one word, by the rule's boundary, decision and clause and the verdict's own U.
 *   ad1        whether alerts came to a console that was plugged in, where the hub's band says that they had to, or that they had not
 *   firmware   which version runs after the activation
 *
 * A meter that was never activated, or refused, has no verdict on its outage but a void or a missing one. Over the air nobody hears that it refuses:
 * there its firmware must not have passed.
 */

#include "rig/judge/judge.h"
#include "rig/simulate/control_oracle.h"
#include "rig/simulate/truth.h"

#define ORACLE_OUTAGES_MAX 64
#define ORACLE_AWAYS_MAX 16
#define ORACLE_TEXT_SIZE 200

struct oracle_rule {
	int64_t settle_ns, recharge_ns;
	int64_t never_ns, always_ns;   /* the hub's alert band */
	int64_t until_ns;              /* an outage that began later is not judged */
	bool alerts_say_when;          /* the bench reads from an alert when the supply went */
	const char *version;           /* that the image brings */
	bool over_the_air;             /* the meter cannot say that it refuses its activation: its version tells */
	bool perhaps_unread;           /* something was amiss with the dongle or its air: its version may not have been read */
	enum controls_show controls;   /* what the slot's controls show of its console */
};

struct oracle_outage {
	int64_t t_down_ns, t_up_ns;    /* t_up_ns INSTANT_NEVER: it has not ended */
	int seen;                      /* alerts of it that came to a console that was plugged in */
	int64_t supplied_ns;           /* for so long the supply had been there before it */
};

/* What happened to one meter. */
struct oracle_slot {
	int activations;
	bool refused, locked_up;
	bool deaf;                     /* its console was unplugged at some time between the first block and the end of the watch */
	int away_count;
	struct { int64_t from_ns, to_ns; } aways[ORACLE_AWAYS_MAX]; /* when its console was unplugged; to_ns INSTANT_NEVER: it still is */
	int64_t t_end_ns;              /* the last fact of all */
	int outage_count;              /* its own, from the first block on */
	struct oracle_outage outages[ORACLE_OUTAGES_MAX];
	char version[TRUTH_TEXT_SIZE]; /* that ran last after the activation; "": none did */
};

/* The first verdict of this kind on a slot (its index in findings->slots); NULL: there is none. */
const struct verdict *oracle_verdict(const struct findings *findings, int index, enum case_kind kind);

/* False: more than ORACLE_OUTAGES_MAX outages, or ORACLE_AWAYS_MAX times without a console. */
MUST_USE bool oracle_look(struct oracle_slot *slot, const struct truth *truth, const char *name, const struct oracle_rule *rule);

/*
 * Whether the findings of this slot (its index in findings->slots) are what the truth wants. False: `why` is a sentence about the
 * first thing that is not.
 */
MUST_USE bool oracle_agrees(const struct oracle_slot *slot, const struct oracle_rule *rule, const struct findings *findings, int index,
			    char why[ORACLE_TEXT_SIZE]);

#endif
