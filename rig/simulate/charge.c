/* Falls of a hub's supply as the plant tells them, and what was said of them. */

#include "rig/simulate/charge.h"

#include "rig/base/instant.h"
#include "rig/simulate/starving.h"

#include <stdio.h>
#include <string.h>

#define NEAR_NS (11 * NS_PER_S)   /* what happens so near an outage may be taken for its cause (reports/judging.md: 10 s) */
#define FALLS_MAX 128

/* ---- What was disturbed ---- */

void disturbances_take(struct disturbances *disturbances, const struct world_fault *fault, int slot)
{
	/* Two hubs that sit on each other's meters throw doubt on what every slot's console says. */
	disturbances->any |= strcmp(fault->what, "swapped-hubs") == 0;
	if (fault->slot >= 0 && fault->slot != slot && fault->with != slot)
		return;
	disturbances->any = true;
	disturbances->crossed |= strcmp(fault->what, "inverted") == 0 || strcmp(fault->what, "crossed") == 0;
	disturbances->console |= strncmp(fault->what, "bytes-", 6) == 0;
	disturbances->other_hub |= strcmp(fault->what, "crossed-consoles") == 0;
	disturbances->swapped |= strcmp(fault->what, "swapped-hubs") == 0;
	disturbances->console |= disturbances->other_hub;
	disturbances->noise |= strcmp(fault->what, "chatter") == 0;
	disturbances->spurious |= strcmp(fault->what, "ad1-spurious") == 0;
}

/* ---- Falls ---- */

enum begun { BEGUN_BY_METER, BEGUN_BY_RIG, BEGUN_BY_LAB, BEGUN_BY_PERSON, BEGUN_BY_BREAKER };

static const char *const begun_names[] = {"the meter", "the rig", "the lab", "a person", "a breaker"};

struct fall {
	enum begun begun;
	int64_t t_down_ns, t_up_ns;    /* INSTANT_NEVER: it has not ended */
	int64_t own_ns;                /* the longest time in it for which the meter had its mains and its hub nothing */
	int64_t alone_ns;              /* since when that is so; INSTANT_NEVER: it is not */
	int seen;                      /* alerts of it at a console that was plugged in ... */
	int unheard;                   /* ... and at one that was not */
	int64_t soonest_ns;            /* the first of them was raised or seen so long after it began; INSTANT_NEVER: none */
	bool charged;                  /* the supply had been there for recharge_ns before */
	bool bench_near;               /* mains of the slot went, or an input of the bench changed, near its beginning */
	bool told_near;                /* a relay was told something near its beginning */
};

struct story {
	int activations;
	int seen;                      /* alerts at a console that was plugged in, of whatever */
	int64_t t_spurious_ns;         /* an AD1 without an outage, at a console that was plugged in; -1: none */
	bool stale;                    /* one of them came so late that nothing tells it from one of another outage, or of none */
	char version[TRUTH_TEXT_SIZE];
	int64_t t_end_ns;
	int fall_count;
	bool overflow;
	struct fall falls[FALLS_MAX];
};

struct telling {
	struct story *story;
	const struct oracle_rule *rule;
	int64_t t_rose_ns;
	bool lab_feed, person, breaker, mains, plugged;
	int64_t t_bench_ns;            /* the last time that something of the bench changed for this slot */
	int64_t t_told_ns;             /* the last time that a relay was told something; -1: never yet */
	bool told[PLANT_BOARDS_MAX][PLANT_RELAYS];
};

static struct fall *last_fall(struct story *story)
{
	return story->fall_count > 0 ? &story->falls[story->fall_count - 1] : NULL;
}

/* The meter is no longer alone to blame. */
static void bench_acts(struct telling *telling, int64_t t_ns)
{
	struct fall *last = last_fall(telling->story);

	telling->t_bench_ns = t_ns;
	if (last && last->t_up_ns == INSTANT_NEVER && t_ns - last->t_down_ns <= NEAR_NS)
		last->bench_near = true;
}

/* Ends the time for which the meter alone starved its hub, for good or until its supply falls again too soon. */
static void end_alone(struct fall *fall, int64_t t_ns)
{
	if (fall->alone_ns != INSTANT_NEVER && t_ns - fall->alone_ns > fall->own_ns)
		fall->own_ns = t_ns - fall->alone_ns;
}

static void tell_mains(struct telling *telling, bool there, int64_t t_ns)
{
	struct fall *last = last_fall(telling->story);

	telling->mains = there;
	bench_acts(telling, t_ns);
	if (!last)
		return;
	if (last->t_up_ns == INSTANT_NEVER)
		end_alone(last, t_ns);
	last->alone_ns = there ? t_ns : INSTANT_NEVER;
}

static enum begun begun_by(const struct telling *telling)
{
	if (telling->mains)
		return BEGUN_BY_METER;
	return !telling->lab_feed ? BEGUN_BY_LAB : !telling->person ? BEGUN_BY_PERSON : !telling->breaker ? BEGUN_BY_BREAKER : BEGUN_BY_RIG;
}

static void tell_fall(struct telling *telling, int64_t t_ns)
{
	struct story *story = telling->story;
	struct fall *last = last_fall(story);

	if (last && t_ns - last->t_up_ns < telling->rule->settle_ns) {
		last->t_up_ns = INSTANT_NEVER; /* it had not been back long enough */
		last->bench_near |= telling->t_bench_ns >= last->t_down_ns && telling->t_bench_ns - last->t_down_ns <= NEAR_NS;
		return;
	}
	if (story->fall_count == FALLS_MAX) {
		story->overflow = true;
		return;
	}
	story->falls[story->fall_count++] = (struct fall){
		.begun = begun_by(telling), .t_down_ns = t_ns, .t_up_ns = INSTANT_NEVER, .alone_ns = telling->mains ? t_ns : INSTANT_NEVER,
		.charged = t_ns - telling->t_rose_ns >= telling->rule->recharge_ns,
		.bench_near = telling->t_bench_ns >= 0 && t_ns - telling->t_bench_ns <= NEAR_NS,
		.told_near = telling->t_told_ns >= 0 && t_ns - telling->t_told_ns <= NEAR_NS};
}

static void tell_rise(struct telling *telling, int64_t t_ns)
{
	struct fall *last = last_fall(telling->story);

	telling->t_rose_ns = t_ns;
	if (!last || last->t_up_ns != INSTANT_NEVER)
		return;
	last->t_up_ns = t_ns;
	end_alone(last, t_ns);
}

/* What an alert says of itself is not read: it goes by when it came. */
static void tell_seen(struct telling *telling, const struct truth_fact *fact)
{
	int64_t began_ns = fact->t_ns - fact->value;
	int i;

	telling->story->seen += telling->plugged;
	for (i = 0; i < telling->story->fall_count; i++) {
		struct fall *fall = &telling->story->falls[i];

		if (fall->t_down_ns > began_ns) {
			telling->story->stale = true; /* another one has begun since */
			continue;
		}
		if (began_ns >= fall->t_up_ns)
			continue;
		if (!telling->plugged) {
			fall->unheard++;
			continue;
		}
		if (fall->seen++ == 0)
			fall->soonest_ns = fact->t_ns - fall->t_down_ns;
		if (fall->t_up_ns != INSTANT_NEVER && fact->t_ns > fall->t_up_ns + telling->rule->always_ns)
			telling->story->stale = true;
	}
}

/* Whichever it was: it may be taken for a cause. */
static void relay_told(struct telling *telling, const struct truth_fact *fact)
{
	struct fall *last = last_fall(telling->story);

	telling->t_told_ns = fact->t_ns;
	telling->told[fact->part][fact->relay] = fact->value != 0;
	if (last && last->t_up_ns == INSTANT_NEVER && fact->t_ns - last->t_down_ns <= NEAR_NS)
		last->told_near = true;
	bench_acts(telling, fact->t_ns);
}

static void tell_bench(struct telling *telling, const struct truth_fact *fact)
{
	if (fact->fact == FACT_RELAY_TOLD)
		relay_told(telling, fact);
	if (fact->fact != FACT_INPUT)
		return;
	if (strcmp(fact->text, "lab-feed") == 0)
		telling->lab_feed = fact->value != 0;
	else
		telling->person = fact->value != 0;
	bench_acts(telling, fact->t_ns);
}

static void tell(struct telling *telling, const struct truth_fact *fact)
{
	struct story *story = telling->story;

	switch ((int)fact->fact) {
	case FACT_MAINS_FELL:
	case FACT_MAINS_ROSE:
		tell_mains(telling, fact->fact == FACT_MAINS_ROSE, fact->t_ns);
		break;
	case FACT_BREAKER:
		/* One that ends what a welded relay let through ends what the rig had cut. */
		telling->breaker = fact->value != 0 || fact->part < 0 || !telling->told[fact->part][fact->relay];
		break;
	case FACT_SUPPLY_FELL:
		tell_fall(telling, fact->t_ns);
		break;
	case FACT_SUPPLY_ROSE:
		tell_rise(telling, fact->t_ns);
		break;
	case FACT_ACTIVATION_RECEIVED:
		story->activations++;
		break;
	case FACT_METER_RUNS:
		if (story->activations > 0)
			memcpy(story->version, fact->text, sizeof story->version);
		break;
	case FACT_CONSOLE:
		telling->plugged = fact->value != 0;
		break;
	case FACT_AD1_SPURIOUS:
		if (telling->plugged)
			story->t_spurious_ns = fact->t_ns;
		break;
	case FACT_AD1_SEEN:
		tell_seen(telling, fact);
		break;
	default:
		break;
	}
}

/* Of the supply behind the meter of one slot, and of what was heard at the console of another. */
static bool tell_story(struct story *story, const struct truth *truth, const char *name, const char *console, const struct oracle_rule *rule)
{
	struct telling telling = {.story = story, .rule = rule, .lab_feed = true, .person = true, .breaker = true, .plugged = true,
				  .t_bench_ns = -1, .t_told_ns = -1};
	size_t i;

	memset(story, 0, offsetof(struct story, falls));
	story->t_spurious_ns = -1;
	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (!fact->slot[0])
			tell_bench(&telling, fact);
		else if (strcmp(fact->slot, fact->fact == FACT_CONSOLE ? console : name) == 0)
			tell(&telling, fact);
	}
	return !story->overflow;
}

/* ---- What was said ---- */

static int64_t length_of(const struct story *story, const struct fall *fall)
{
	return (fall->t_up_ns == INSTANT_NEVER ? story->t_end_ns : fall->t_up_ns) - fall->t_down_ns;
}

static int64_t own_of(const struct story *story, const struct fall *fall)
{
	int64_t alone_ns = fall->t_up_ns == INSTANT_NEVER && fall->alone_ns != INSTANT_NEVER ? story->t_end_ns - fall->alone_ns : 0;

	return alone_ns > fall->own_ns ? alone_ns : fall->own_ns;
}

/* The longest fall that touches the time from one instant to the other; NULL: none does. */
static const struct fall *longest_in(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	const struct fall *longest = NULL;
	int i;

	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];

		if (fall->t_down_ns <= to_ns && fall->t_up_ns >= from_ns && (!longest || length_of(story, fall) > length_of(story, longest)))
			longest = fall;
	}
	return longest;
}

/* Nobody knows how long something lasted that went on when the record ended. */
static bool bounds_hold(const struct story *story, const struct outage *said, int64_t slack_ns, char why[ORACLE_TEXT_SIZE])
{
	const struct fall *fall = longest_in(story, said->t_down_ns, said->t_up_ns);
	int64_t length_ns = fall ? length_of(story, fall) : 0;
	bool ended = !fall || fall->t_up_ns != INSTANT_NEVER;

	if (said->lo_ns <= length_ns + slack_ns && (said->hi_ns == INSTANT_NEVER || !ended || length_ns <= said->hi_ns + slack_ns) &&
	    (said->hi_ns == INSTANT_NEVER || ended))
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "the outage at %.6f s lasted %s%.9f s, and [%.9f, %.9f] s was said", (double)said->t_down_ns / 1e9,
		       ended ? "" : "at least ", (double)length_ns / 1e9, (double)said->lo_ns / 1e9,
		       said->hi_ns == INSTANT_NEVER ? -1.0 : (double)said->hi_ns / 1e9);
	return false;
}

static bool says_more(enum conformity word)
{
	return word == CONFORMITY_FAIL || word == CONFORMITY_CONDITIONAL_FAIL || word == CONFORMITY_MORE || word == CONFORMITY_CONDITIONAL_MORE;
}

static bool says_less(enum conformity word)
{
	return word == CONFORMITY_PASS || word == CONFORMITY_CONDITIONAL_PASS || word == CONFORMITY_NOT_MORE ||
	       word == CONFORMITY_CONDITIONAL_NOT_MORE;
}

/* The longest time for which the meter, alone, starved its hub in a watch. */
static int64_t longest_own(const struct story *story, const struct watch_span *watch)
{
	int64_t longest_ns = 0;
	int i;

	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];

		if (fall->t_down_ns <= watch->end_ns && fall->t_up_ns >= watch->from_ns && own_of(story, fall) > longest_ns)
			longest_ns = own_of(story, fall);
	}
	return longest_ns;
}

static bool conformity_holds(const struct story *story, const struct findings *findings, const struct verdict *verdict, int index,
			     char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	int64_t own_ns, limit_ns = findings->rule.data.rule.limit_ns;

	if (verdict->validity != VALIDITY_VALID || verdict->watch < 0 || verdict->watch >= history->watch_count)
		return true;
	own_ns = longest_own(story, &history->watches[verdict->watch]);
	if (!(says_more(verdict->conformity) && own_ns <= limit_ns - verdict->u_ns) &&
	    !(says_less(verdict->conformity) && own_ns > limit_ns + verdict->u_ns))
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "the meter starved its hub for %.9f s at most, and is called %s", (double)own_ns / 1e9,
		       conformity_name(verdict->conformity));
	return false;
}

/* What a source hid that gave itself away: no meter is good because of it. */
static bool nothing_hidden(const struct truth *truth, const struct story *story, const char *name, const struct findings *findings,
			   const struct verdict *verdict, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	int64_t starved_ns, limit_ns = findings->rule.data.rule.limit_ns;

	if (verdict->validity != VALIDITY_VALID || !says_less(verdict->conformity) || verdict->watch < 0 || verdict->watch >= history->watch_count)
		return true;
	starved_ns = starving_longest(truth, name, story->t_end_ns, history->watches[verdict->watch].from_ns, history->watches[verdict->watch].end_ns);
	if (starved_ns <= limit_ns + verdict->u_ns)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "the meter gave its hub nothing for %.9f s, which another source hid, and is called %s",
		       (double)starved_ns / 1e9, conformity_name(verdict->conformity));
	return false;
}

static bool firmware_holds(const struct story *story, const struct oracle_rule *rule, const struct verdict *verdict, char why[ORACLE_TEXT_SIZE])
{
	bool wanted = strcmp(story->version, rule->version) == 0;

	if (!verdict || verdict->validity != VALIDITY_VALID || (verdict->conformity == CONFORMITY_PASS) == wanted)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "firmware %s runs, and %s was said", story->version[0] ? story->version : "as before",
		       conformity_name(verdict->conformity));
	return false;
}

/* It came in the watch, and there is no outage that it could be of: not even one that is over, whose alert may be late. */
static bool spurious_stands_alone(const struct story *story, const struct oracle_rule *rule, const struct watch_span *watch)
{
	int64_t t_ns = story->t_spurious_ns;
	int i;

	if (t_ns < watch->from_ns || t_ns > watch->end_ns)
		return false;
	for (i = 0; i < story->fall_count; i++)
		if (length_of(story, &story->falls[i]) > rule->never_ns && story->falls[i].t_down_ns <= t_ns &&
		    (story->falls[i].begun == BEGUN_BY_METER || t_ns <= story->falls[i].t_down_ns + length_of(story, &story->falls[i]) + 2 * rule->always_ns))
			return false;
	return true;
}

static bool ad1_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed,
		      const struct findings *findings, const struct verdict *verdict, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	bool failed = disturbed->spurious, perhaps = false;
	const struct watch_span *watch;
	int i;

	if (verdict && verdict->validity == VALIDITY_VALID && disturbed->other_hub) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1 is called %s by the console of another hub", conformity_name(verdict->conformity));
		return false;
	}
	if (!verdict || verdict->validity != VALIDITY_VALID || verdict->watch < 0 || verdict->watch >= history->watch_count ||
	    disturbed->crossed || disturbed->console || disturbed->noise || story->stale)
		return true;
	watch = &history->watches[verdict->watch];
	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];
		int64_t length_ns = length_of(story, fall);
		bool must = (fall->t_up_ns == INSTANT_NEVER || length_ns > rule->always_ns) && fall->charged;

		if (fall->t_up_ns < watch->from_ns || fall->t_down_ns > watch->end_ns)
			continue;
		if (length_ns <= rule->never_ns ? fall->seen > 0 : must && fall->seen == 0 && fall->unheard == 0)
			failed = true;
		else
			perhaps |= fall->soonest_ns < rule->never_ns; /* too soon is wrong, too */
	}
	if (verdict->conformity == CONFORMITY_PASS && spurious_stands_alone(story, rule, watch)) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1 is called pass, and an AD1 without an outage was seen at %.3f s",
			       (double)story->t_spurious_ns / 1e9);
		return false;
	}
	if (verdict->conformity == CONFORMITY_FAIL ? failed || perhaps : verdict->conformity != CONFORMITY_PASS || !failed || disturbed->spurious)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1 is called %s, and in truth it %s", conformity_name(verdict->conformity),
		       failed ? "failed" : "was as it has to be");
	return false;
}

/* The slot on whose meter the hub sits that is heard at this slot's console. */
static const char *feeder_of(const struct truth *truth, const char *name)
{
	size_t i;

	for (i = 0; i < truth->count; i++)
		if (truth->facts[i].fact == FACT_HEARD_AT && strcmp(truth->facts[i].text, name) == 0)
			return truth->facts[i].slot;
	return name;
}

/*
 * A hub on another meter did right or wrong by what that meter gave it, and must not be called bad for what this slot's supply did. That it
 * is called good cannot be held against anybody: one that says nothing differs in nothing from one that had nothing to say.
 */
static bool ad1_of_the_hub_holds(const struct truth *truth, const struct story *story, const char *name, const struct oracle_rule *rule,
				 const struct disturbances *disturbed, const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct verdict *verdict = oracle_verdict(findings, index, CASE_AD1);
	struct disturbances there = *disturbed;
	static struct story elsewhere; /* large */

	if (!disturbed->swapped || disturbed->other_hub)
		return ad1_holds(story, rule, disturbed, findings, verdict, index, why);
	if (story->stale || !verdict || verdict->conformity != CONFORMITY_FAIL)
		return true;
	if (!tell_story(&elsewhere, truth, feeder_of(truth, name), name, rule))
		return true; /* its own slot says so */
	elsewhere.t_end_ns = story->t_end_ns;
	there.spurious = elsewhere.t_spurious_ns >= 0;
	return ad1_holds(&elsewhere, rule, &there, findings, verdict, index, why);
}

/* ---- The ledger ---- */

static bool blames_bench(enum cause cause)
{
	return cause == CAUSE_RIG_MAINS_CUT || cause == CAUSE_RIG_SUPPLY_CUT || cause == CAUSE_LAB_POWER || cause == CAUSE_MAINS_LOSS ||
	       cause == CAUSE_EMERGENCY_STOP || cause == CAUSE_BENCH_PROTECTION || cause == CAUSE_HUB_UNSEATED;
}

static bool cause_holds(const struct fall *fall, enum cause cause)
{
	switch (fall->begun) {
	case BEGUN_BY_METER:
		return !blames_bench(cause) || fall->bench_near;
	case BEGUN_BY_RIG:
	case BEGUN_BY_LAB:
	case BEGUN_BY_PERSON:
		break;
	case BEGUN_BY_BREAKER: /* the rig cut nothing then, unless it did near it */
		if (cause == CAUSE_RIG_MAINS_CUT && !fall->told_near)
			return false;
		break;
	}
	return cause != CAUSE_FIRMWARE && cause != CAUSE_HUB_RESTART && cause != CAUSE_HUB_UPGRADE && cause != CAUSE_HUB_UNSEATED;
}

static bool class_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed, const struct fall *fall,
			const struct ledger_line *line)
{
	int64_t length_ns = length_of(story, fall);
	bool heard = !disturbed->console && !disturbed->swapped && !story->stale; /* else the console tells nothing of the hub on this meter */

	switch (line->class) {
	case LEDGER_EXPECTED_SEEN:
		return length_ns > rule->never_ns && (!heard || story->seen > 0 || disturbed->spurious);
	case LEDGER_EXPECTED_MISSING:
		/* One that came before any hub may raise one is not the one that was expected. */
		return length_ns > rule->never_ns &&
		       (!heard || fall->seen == 0 || fall->t_up_ns == INSTANT_NEVER || (fall->seen == 1 && fall->soonest_ns < rule->never_ns));
	case LEDGER_NONE_EXPECTED_NONE_SEEN: /* its alert may pass for a repeated one of an outage before it, the control's for one */
		return fall->t_up_ns != INSTANT_NEVER && length_ns <= rule->always_ns && (!heard || fall->seen == 0 || story->seen > fall->seen);
	case LEDGER_UNEXPECTED:
		return !heard || story->seen > 0 || disturbed->spurious;
	case LEDGER_LATE:
	case LEDGER_DUPLICATE:
	case LEDGER_INDETERMINATE:
	case LEDGER_VOID:
	case LEDGER_CLASS_COUNT:
		break;
	}
	return true;
}

/* Several falls may be one outage of a record with a hole in it: the cause of any of them will do. */
static bool any_cause_holds(const struct story *story, const struct ledger_line *line)
{
	int i;

	for (i = 0; i < story->fall_count; i++)
		if (story->falls[i].t_down_ns <= line->outage.t_up_ns && story->falls[i].t_up_ns >= line->outage.t_down_ns &&
		    cause_holds(&story->falls[i], line->cause.cause))
			return true;
	return false;
}

static enum charge charge_ledger(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed,
				 const struct findings *findings, int index, int64_t slack_ns, char why[ORACLE_TEXT_SIZE])
{
	const struct slot_findings *slot = &findings->slots[index];
	int i;

	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];
		const struct fall *fall;

		if (!line->has_outage || line->class == LEDGER_VOID)
			continue; /* of what is void nothing is claimed */
		if (!bounds_hold(story, &line->outage, slack_ns, why))
			return CHARGE_ACCURACY;
		fall = longest_in(story, line->outage.t_down_ns, line->outage.t_up_ns);
		if (!fall || slack_ns > 0)
			continue;
		if (class_holds(story, rule, disturbed, fall, line) && any_cause_holds(story, line))
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "the outage at %.6f s of %.9f s, begun by %s, %d AD1 seen, is called %s, cause %s",
			       (double)fall->t_down_ns / 1e9, (double)length_of(story, fall) / 1e9,
			       begun_names[fall->begun], fall->seen, ledger_class_name(line->class), cause_name(line->cause.cause, line->cause.phase));
		return CHARGE_ATTRIBUTION;
	}
	return CHARGE_NOTHING;
}

/* ---- All of it ---- */

/* A fall without an alert, behind which one has more than one: where alerts do not say of what they are, one of those passes for the first's. */
static bool copy_may_stand_in(const struct story *story, const struct oracle_rule *rule)
{
	bool missing = false;
	int i;

	for (i = 0; i < story->fall_count; i++) {
		if (missing && story->falls[i].seen > 1)
			return !rule->alerts_say_when;
		missing |= story->falls[i].seen == 0 && length_of(story, &story->falls[i]) > rule->never_ns;
	}
	return false;
}

/* The alert of a fall that is judged may still come then, and a minute more is listened for it; or so it is at the end of all. */
static bool waits_for_alert(const struct story *story, const struct oracle_rule *rule, int64_t t_ns)
{
	int i;

	for (i = 0; i < story->fall_count; i++) {
		int64_t length_ns = length_of(story, &story->falls[i]);
		int64_t waits_ns = (length_ns > rule->always_ns ? length_ns : rule->always_ns) + 70 * NS_PER_S;

		if (story->falls[i].t_down_ns <= rule->until_ns && t_ns > rule->until_ns && t_ns < story->falls[i].t_down_ns + waits_ns)
			return true;
	}
	return t_ns > story->t_end_ns - 70 * NS_PER_S;
}

/*
 * The oracle of exact results may be asked: nothing happened to the bench or to the hub, no outage was under way when the rig switched the
 * slot off at the end, and whoever waits for the alert of the last one, which takes minutes, could hear it.
 */
static bool is_plain(const struct truth *truth, const struct story *story, const char *name, const struct oracle_rule *rule)
{
	bool supplied = false, activated = false;
	int64_t t_rose_ns = -1;
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (fact->fact == FACT_INPUT || fact->fact == FACT_WELDED)
			return false;
		if (strcmp(fact->slot, name) != 0)
			continue;
		if (fact->fact == FACT_BREAKER)
			return false;
		if (fact->fact == FACT_SUPPLY_ROSE || fact->fact == FACT_SUPPLY_FELL)
			supplied = fact->fact == FACT_SUPPLY_ROSE;
		if (fact->fact == FACT_SUPPLY_ROSE)
			t_rose_ns = fact->t_ns;
		activated |= fact->fact == FACT_ACTIVATION_RECEIVED;
		if (fact->fact == FACT_HUB_RESTARTED || fact->fact == FACT_HUB_DIED ||
		    (fact->fact == FACT_CONSOLE && waits_for_alert(story, rule, fact->t_ns)) ||
		    (fact->fact == FACT_AD1_SEEN && fact->value > 250 * NS_PER_S) ||
		    (fact->fact == FACT_AD1_RAISED && fact->value < rule->never_ns) ||
		    (fact->fact == FACT_MAINS_FELL && activated && !supplied))
			return false;
	}
	return !story->stale && !copy_may_stand_in(story, rule) && story->t_end_ns - t_rose_ns > 70 * NS_PER_S; /* an alert is waited for a minute */
}

static enum charge charge_exactly(const struct truth *truth, const struct story *story, const char *name, const struct oracle_rule *rule, const struct findings *findings,
				  int index, char why[ORACLE_TEXT_SIZE])
{
	struct oracle_slot exact;

	if (!is_plain(truth, story, name, rule) || !oracle_look(&exact, truth, name, rule))
		return CHARGE_NOTHING;
	return oracle_agrees(&exact, rule, findings, index, why) ? CHARGE_NOTHING : CHARGE_USEFULNESS;
}

enum charge charge_slot(const struct truth *truth, int64_t t_end_ns, const char *name, const struct oracle_rule *rule, const struct disturbances *disturbed,
			const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct verdict *outage = oracle_verdict(findings, index, CASE_OUTAGE);
	static struct story story; /* large */
	int64_t slack_ns = disturbed->noise ? 4 * rule->settle_ns : 0;
	enum charge charge;

	why[0] = '\0';
	if (!tell_story(&story, truth, name, name, rule)) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "more than %d falls of the supply", FALLS_MAX);
		return CHARGE_ACCURACY;
	}
	story.t_end_ns = t_end_ns;
	if (story.activations > 1) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "it was activated %d times", story.activations);
		return CHARGE_ACTIVATION;
	}
	if (outage && outage->outages > 0 && outage->validity <= VALIDITY_INCONCLUSIVE && !disturbed->crossed &&
	    !bounds_hold(&story, &outage->worst, slack_ns, why))
		return CHARGE_ACCURACY;
	if (outage && (!conformity_holds(&story, findings, outage, index, why) ||
		       !nothing_hidden(truth, &story, name, findings, outage, index, why)))
		return CHARGE_CONFORMITY;
	if (!firmware_holds(&story, rule, oracle_verdict(findings, index, CASE_FIRMWARE), why) ||
	    !ad1_of_the_hub_holds(truth, &story, name, rule, disturbed, findings, index, why))
		return CHARGE_CONFORMITY;
	if (disturbed->crossed)
		return CHARGE_NOTHING; /* what was measured is another slot's: it must only not be believed */
	charge = charge_ledger(&story, rule, disturbed, findings, index, slack_ns, why);
	if (charge != CHARGE_NOTHING || disturbed->any)
		return charge;
	return charge_exactly(truth, &story, name, rule, findings, index, why);
}
