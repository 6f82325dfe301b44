#ifndef HILRIG_RIG_SIMULATE_STORY_H
#define HILRIG_RIG_SIMULATE_STORY_H

/*
 * What happened to a slot, as the plant tells it: the falls of its hub's supply, who began each, for how long the meter alone was to blame,
 * and which alerts came of it. Of all that is stated of a slot nothing else is asked (charge.h).
 *
 * Instants are those of the host's clock, as in what is stated; lengths are true time, whatever that clock did.
 */

#include "rig/base/instant.h"
#include "rig/simulate/oracle.h"

#define NEAR_NS (11 * NS_PER_S)   /* what happens so near an outage may be taken for its cause (reports/judging.md: 10 s) */
#define FALLS_MAX 128

enum begun { BEGUN_BY_METER, BEGUN_BY_RIG, BEGUN_BY_LAB, BEGUN_BY_PERSON, BEGUN_BY_BREAKER, BEGUN_BY_SUPPLY };

struct fall {
	enum begun begun;
	int64_t t_down_ns, t_up_ns;    /* INSTANT_NEVER: it has not ended */
	int64_t true_down_ns, true_up_ns;
	int64_t own_ns;                /* the longest time in it for which the meter had its mains and its hub nothing */
	int64_t true_alone_ns;         /* since when that is so; INSTANT_NEVER: it is not */
	int seen;                      /* alerts of it at a console that was plugged in ... */
	int in_band;                   /* of them, those that came no sooner than the band lets any come */
	int unheard;                   /* ... and at one that was not */
	int64_t soonest_ns;            /* the first of them was raised or seen so long after it began; INSTANT_NEVER: none */
	bool charged;                  /* the supply had been there for recharge_ns before */
	bool bench_near;               /* mains of the slot went, or an input of the bench changed, near its beginning */
	bool told_near;                /* a relay or a supply was told something near its beginning */
};

struct story {
	int activations;
	int64_t t_activation_ns;       /* the first was received; INSTANT_NEVER: none was */
	bool begun, held;              /* a transfer; and an image came whole, and was verified */
	bool restarted;                /* with the image that it held: it may not have heard that it is to activate, and looks as if it had */
	bool bothered;                 /* its meter restarted, or an input, a breaker or a relay did what it should not */
	int sent, released;            /* over the air: so often it was told to activate, and so often it has heard that */
	int64_t t_runs_ns, t_gone_ns;  /* its meter ran, and died or restarted, the last time; INSTANT_NEVER: never */
	bool locked_up;                /* it feeds its hub no more, and answers nobody */
	int64_t t_sent_ns;             /* the first time; INSTANT_NEVER: never */
	int seen;                      /* alerts at a console that was plugged in, of whatever */
	int64_t t_spurious_ns;         /* an AD1 without an outage, at a console that was plugged in; -1: none */
	bool stale;                    /* one of them came so late that nothing tells it from one of another outage, or of none */
	char version[TRUTH_TEXT_SIZE];
	int64_t t_first_rose_ns;       /* of the hub's supply; INSTANT_NEVER: never */
	int64_t t_end_ns, true_end_ns;
	int fall_count;
	bool overflow;
	struct fall falls[FALLS_MAX];
};

/*
 * Of the hub's supply in one slot, behind its meter or from the bench's own supply, and of what was heard at the console of another, until the world ended. False: more than
 * FALLS_MAX falls.
 */
MUST_USE bool story_tell(struct story *story, const struct truth *truth, const char *name, const char *console, const struct oracle_rule *rule);

int64_t story_length(const struct story *story, const struct fall *fall);

/* For so long the meter alone starved its hub in it. */
int64_t story_own(const struct story *story, const struct fall *fall);

const char *story_begun_name(enum begun begun);

#endif
