/* Falls of a hub's supply as the plant tells them, and what was said of them. */

#include "rig/simulate/charge.h"

#include "rig/simulate/air_oracle.h"

#include "rig/base/instant.h"
#include "rig/bench/bench.h"
#include "rig/judge/device_list.h"
#include "rig/judge/observation.h"
#include "rig/simulate/control_oracle.h"
#include "rig/simulate/hub_oracle.h"
#include "rig/simulate/starving.h"
#include "rig/simulate/story.h"

#include <stdio.h>
#include <string.h>

/* ---- What was disturbed ---- */

/* What devices do by themselves, or a disk that is only slow, disturbs nothing: it is what is measured, or told of in facts. */
static bool disturbs_nothing(const char *what)
{
	static const char *const words[] = {"loader-nak", "loader-reset", "image-damaged", "image-accepted", "meter-reset", "gate-lapse", "ad1-throttled",
					    "disk-slow", "ota-late", "ota-reset", "ota-pages", "ota-empty-options", "ota-no-blocks", "ota-past-end",
					    "ota-other-image", "ota-repeats", "ota-twice", "ota-complains", "ota-mute", "ota-aborts"};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(what, words[i]) == 0)
			return true;
	return false;
}

/* What comes between a meter on the air and the rig; "air" and "route" have their slot, a dongle is everybody's. */
static bool is_of_the_air(const char *what)
{
	return strncmp(what, "dongle-", 7) == 0 || strncmp(what, "air-", 4) == 0 || strcmp(what, "route-lost") == 0 || strcmp(what, "ota-end-lost") == 0;
}

/* One that is deaf, or loses what becomes of a message, looks as one whose meters are silent. */
static bool is_of_dongle(const char *what)
{
	return strncmp(what, "dongle-", 7) == 0 && strcmp(what, "dongle-deaf") != 0 && strcmp(what, "dongle-unconfirmed") != 0;
}

/* What a meter does there by itself. */
static bool is_odd(const char *what)
{
	return (strncmp(what, "ota-", 4) == 0 && strcmp(what, "ota-end-lost") != 0) || strncmp(what, "meter-", 6) == 0 || strncmp(what, "image-", 6) == 0 ||
	       strcmp(what, "gate-lapse") == 0;
}

/* Nor may that keep an image from it. */
static bool is_only_strange(const char *what)
{
	static const char *const words[] = {"ota-pages", "ota-empty-options", "ota-past-end", "ota-twice", "ota-complains", "ota-late"};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(what, words[i]) == 0)
			return true;
	return false;
}

void disturbances_take(struct disturbances *disturbances, const struct world_fault *fault, int slot)
{
	bool here = fault->slot < 0 || fault->slot == slot;

	disturbances->air |= here && is_of_the_air(fault->what);
	disturbances->silent |= here && is_of_the_air(fault->what) && !is_of_dongle(fault->what);
	disturbances->dongle |= here && is_of_dongle(fault->what);
	disturbances->hostile |= here && is_odd(fault->what) && !is_only_strange(fault->what);
	disturbances->liar |= here && strcmp(fault->what, "ota-no-blocks") == 0;
	disturbances->untold |= here && strcmp(fault->what, "ota-eager") == 0;
	disturbances->odd |= here && is_odd(fault->what);
	if (is_of_the_air(fault->what))
		return;
	disturbances->slow |= strcmp(fault->what, "disk-slow") == 0;
	if (disturbs_nothing(fault->what))
		return;
	/* Two hubs that sit on each other's meters, or are heard at each other's consoles, throw doubt on what every slot's console says. */
	disturbances->any |= strcmp(fault->what, "swapped-hubs") == 0 || strcmp(fault->what, "crossed-consoles") == 0;
	disturbances->elsewhere |= fault->slot >= 0 && fault->slot != slot && fault->with != slot;
	if (fault->slot >= 0 && fault->slot != slot && fault->with != slot)
		return;
	disturbances->any = true;
	disturbances->besides |= strncmp(fault->what, "supply-", 7) != 0 || strcmp(fault->what, "supply-locked") == 0;
	disturbances->crossed |= strcmp(fault->what, "inverted") == 0 || strcmp(fault->what, "crossed") == 0;
	disturbances->sense |= disturbances->crossed || strncmp(fault->what, "edge-", 5) == 0 || strcmp(fault->what, "level-wrong") == 0 ||
			       strcmp(fault->what, "chatter") == 0;
	disturbances->console |= strncmp(fault->what, "bytes-", 6) == 0;
	disturbances->other_hub |= strcmp(fault->what, "crossed-consoles") == 0 || strcmp(fault->what, "other-hub") == 0;
	disturbances->swapped |= strcmp(fault->what, "swapped-hubs") == 0;
	disturbances->console |= disturbances->other_hub;
	disturbances->bus |= strncmp(fault->what, "bus-", 4) == 0 || strcmp(fault->what, "supply-locked") == 0;
	disturbances->rate |= strcmp(fault->what, "clock-rate") == 0;
	disturbances->noise |= strcmp(fault->what, "chatter") == 0;
	disturbances->spurious |= strcmp(fault->what, "ad1-spurious") == 0;
}

/* ---- What was said ---- */

/* The longest fall that touches the time from one instant to the other; NULL: none does. */
static const struct fall *longest_in(const struct story *story, int64_t from_ns, int64_t to_ns)
{
	const struct fall *longest = NULL;
	int i;

	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];

		if (fall->t_down_ns <= to_ns && fall->t_up_ns >= from_ns && (!longest || story_length(story, fall) > story_length(story, longest)))
			longest = fall;
	}
	return longest;
}

/* Nobody knows how long something lasted that went on when the record ended. */
static bool is_within(const struct story *story, const struct fall *fall, const struct outage *said, int64_t slack_ns)
{
	int64_t length_ns = fall ? story_length(story, fall) : 0;
	bool ended = !fall || fall->t_up_ns != INSTANT_NEVER;

	return said->lo_ns <= length_ns + slack_ns && (said->hi_ns == INSTANT_NEVER || !ended || length_ns <= said->hi_ns + slack_ns) &&
	       (said->hi_ns == INSTANT_NEVER || ended);
}

/* What begins only where nobody knows whether the outage still went on may be the next one. */
static bool bounds_hold(const struct story *story, const struct outage *said, int64_t slack_ns, char why[ORACLE_TEXT_SIZE])
{
	const struct fall *fall = longest_in(story, said->t_down_ns, said->t_up_ns);
	int64_t unsure_ns = said->hi_ns == INSTANT_NEVER || said->lo_ns == 0 ? 0 : said->hi_ns - said->lo_ns;
	const struct fall *sure = unsure_ns > 0 ? longest_in(story, said->t_down_ns, said->t_up_ns - unsure_ns) : NULL;

	if (is_within(story, fall, said, slack_ns) || (sure && fall->t_down_ns > said->t_up_ns - unsure_ns && is_within(story, sure, said, slack_ns)))
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "the outage at %.6f s lasted %s%.9f s, and [%.9f, %.9f] s was said", (double)said->t_down_ns / 1e9,
		       !fall || fall->t_up_ns != INSTANT_NEVER ? "" : "at least ", fall ? (double)story_length(story, fall) / 1e9 : 0.0,
		       (double)said->lo_ns / 1e9, said->hi_ns == INSTANT_NEVER ? -1.0 : (double)said->hi_ns / 1e9);
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

		if (fall->t_down_ns <= watch->end_ns && fall->t_up_ns >= watch->from_ns && story_own(story, fall) > longest_ns)
			longest_ns = story_own(story, fall);
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
static bool nothing_hidden(const struct truth *truth, const char *name, const struct findings *findings,
			   const struct verdict *verdict, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	int64_t starved_ns, limit_ns = findings->rule.data.rule.limit_ns;

	if (verdict->validity != VALIDITY_VALID || !says_less(verdict->conformity) || verdict->watch < 0 || verdict->watch >= history->watch_count)
		return true;
	starved_ns = starving_longest(truth, name, history->watches[verdict->watch].from_ns, history->watches[verdict->watch].end_ns);
	if (starved_ns <= limit_ns + verdict->u_ns)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "the meter gave its hub nothing for %.9f s, which another source hid, and is called %s",
		       (double)starved_ns / 1e9, conformity_name(verdict->conformity));
	return false;
}

/* One that activates untold may do so when its version has been read. */
static bool firmware_holds(const struct story *story, const struct oracle_rule *rule, const struct verdict *verdict, bool untold, char why[ORACLE_TEXT_SIZE])
{
	bool wanted = strcmp(story->version, rule->version) == 0;

	if (untold && verdict && verdict->conformity == CONFORMITY_FAIL)
		return true;
	if (!verdict || verdict->validity != VALIDITY_VALID || (verdict->conformity == CONFORMITY_PASS) == wanted)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "firmware %s runs, and %s was said", story->version[0] ? story->version : "as before",
		       conformity_name(verdict->conformity));
	return false;
}

/* What never reached the meter it cannot have failed. */
static bool firmware_is_its_own(const struct story *story, const struct verdict *verdict, char why[ORACLE_TEXT_SIZE])
{
	if (!verdict || verdict->validity != VALIDITY_VALID || verdict->conformity != CONFORMITY_FAIL || story->activations > 0)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "it never heard of its activation, and is said to have failed it");
	return false;
}

/* Only a meter that ran the new firmware may stand on the list as one that was tested and shows nothing. */
static bool list_holds(const struct story *story, const struct oracle_rule *rule, const struct findings *findings, int index,
		       char why[ORACLE_TEXT_SIZE])
{
	static struct device_result rows[BENCH_SLOTS_MAX]; /* large */
	size_t count = observation_make(findings, rows, BENCH_SLOTS_MAX), i;
	const char *guid = findings->slots[index].history->meter.data.device.guid;

	count = device_list_merge(rows, count);
	for (i = 0; i < count; i++) {
		if (strcmp(rows[i].guid, guid) != 0 || rows[i].valid_activations == 0 || rows[i].affected_activations > 0 ||
		    strcmp(story->version, rule->version) == 0)
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "the list counts an activation as a test, and firmware %s runs",
			       story->version[0] ? story->version : "as before");
		return false;
	}
	return true;
}

/* It came in the watch, and there is no outage that it could be of: not even one that is over, whose alert may be late. */
static bool spurious_stands_alone(const struct story *story, const struct oracle_rule *rule, const struct watch_span *watch)
{
	int64_t t_ns = story->t_spurious_ns;
	int i;

	if (t_ns < watch->from_ns || t_ns > watch->end_ns)
		return false;
	for (i = 0; i < story->fall_count; i++)
		if (story_length(story, &story->falls[i]) > rule->never_ns && story->falls[i].t_down_ns <= t_ns &&
		    (story->falls[i].begun == BEGUN_BY_METER || t_ns <= story->falls[i].t_down_ns + story_length(story, &story->falls[i]) + 2 * rule->always_ns))
			return false;
	return true;
}

/* Nothing tells the first alert of this fall from one that repeats that of another one shortly before. */
static bool may_repeat(const struct story *story, const struct oracle_rule *rule, int fall)
{
	int64_t t_ns = story->falls[fall].t_down_ns + story->falls[fall].soonest_ns;
	int i;

	for (i = 0; i < fall; i++)
		if (story->falls[i].seen > 0 && t_ns <= story->falls[i].t_down_ns + story_length(story, &story->falls[i]) + rule->always_ns)
			return true;
	return false;
}

static bool ad1_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed,
		      const struct findings *findings, const struct verdict *verdict, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	bool failed = disturbed->spurious, perhaps = false;
	const struct watch_span *watch;
	int i;

	/* Hubs that were exchanged, and consoles too, may be as they should. */
	if (verdict && verdict->validity == VALIDITY_VALID && disturbed->other_hub && !disturbed->swapped) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1 is called %s by the console of another hub", conformity_name(verdict->conformity));
		return false;
	}
	if (!verdict || verdict->validity != VALIDITY_VALID || verdict->watch < 0 || verdict->watch >= history->watch_count ||
	    disturbed->crossed || disturbed->console || disturbed->noise || story->stale)
		return true;
	watch = &history->watches[verdict->watch];
	for (i = 0; i < story->fall_count; i++) {
		const struct fall *fall = &story->falls[i];
		int64_t length_ns = story_length(story, fall);
		bool must = (fall->t_up_ns == INSTANT_NEVER || length_ns > rule->always_ns) && fall->charged;

		if (fall->t_up_ns < watch->from_ns || fall->t_down_ns > watch->end_ns)
			continue;
		if (length_ns <= rule->never_ns && fall->seen > 0 && may_repeat(story, rule, i))
			perhaps = true;
		else if (length_ns <= rule->never_ns ? fall->seen > 0 : must && fall->seen == 0 && fall->unheard == 0)
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

#define BOOTS_WITHIN_NS (5 * NS_PER_MIN) /* a hub has booted so long after its supply came back (reports/judging.md) */

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
 * The hub that is heard at this console booted, and somebody heard it, when the slot's supply was away, or had long been there: it sits
 * elsewhere. One that does not do that cannot be told from one that sits where it should.
 */
static bool gives_itself_away(const struct truth *truth, const char *name)
{
	const char *feeder = feeder_of(truth, name);
	bool supplied = false, plugged = true;
	int64_t t_changed_ns = 0, t_restart_ns = -BOOTS_WITHIN_NS;
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (strcmp(fact->slot, name) == 0 && (fact->fact == FACT_SUPPLY_FELL || fact->fact == FACT_SUPPLY_ROSE)) {
			supplied = fact->fact == FACT_SUPPLY_ROSE;
			t_changed_ns = fact->t_ns;
		}
		if (strcmp(fact->slot, name) == 0 && fact->fact == FACT_CONSOLE)
			plugged = fact->value != 0;
		if (strcmp(fact->slot, feeder) != 0)
			continue;
		if (fact->fact == FACT_HUB_RESTARTED)
			t_restart_ns = fact->t_ns;
		if (fact->fact == FACT_HUB_READY && plugged && fact->t_ns - t_restart_ns > BOOTS_WITHIN_NS &&
		    fact->t_ns - t_changed_ns > (supplied ? BOOTS_WITHIN_NS : NS_PER_S))
			return true;
	}
	return false;
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
	if (!disturbed->crossed && !gives_itself_away(truth, name) && !gives_itself_away(truth, feeder_of(truth, name)))
		return true; /* nor can anybody tell from the record */
	if (!story_tell(&elsewhere, truth, feeder_of(truth, name), name, rule))
		return true; /* its own slot says so */
	there.spurious = elsewhere.t_spurious_ns >= 0;
	return ad1_holds(&elsewhere, rule, &there, findings, verdict, index, why);
}

/* ---- The ledger ---- */

#define ACTIVATION_NEAR_NS NS_PER_S /* the rig's phase and the meter's word of it are so near each other */
#define SAID_LATE_NS (7 * NS_PER_S) /* for so long the rig waits for a dongle's answer (drivers/README.md), and a second more */

static bool blames_bench(enum cause cause)
{
	return cause == CAUSE_RIG_MAINS_CUT || cause == CAUSE_RIG_SUPPLY_CUT || cause == CAUSE_LAB_POWER || cause == CAUSE_MAINS_LOSS ||
	       cause == CAUSE_EMERGENCY_STOP || cause == CAUSE_BENCH_PROTECTION || cause == CAUSE_HUB_UNSEATED;
}

/* What the firmware did after its activation it cannot have done before that, nor the other way round. */
static bool phase_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed, const struct fall *fall,
			enum phase phase)
{
	bool activated = phase == PHASE_ACTIVATE || phase == PHASE_CONFIRM;
	/* One that does not hear from its dongle that the activation has left says so when it waits no longer. */
	int64_t late_ns = disturbed->dongle ? SAID_LATE_NS : ACTIVATION_NEAR_NS;

	/* Over the air it activates when it has been told to for a while; or untold, of which nobody hears. */
	if (story->sent > 0 && activated && story->t_sent_ns <= story->t_activation_ns)
		return fall->t_down_ns >= story->t_sent_ns - ACTIVATION_NEAR_NS;
	if (rule->over_the_air && story->t_sent_ns > story->t_activation_ns)
		return true;
	return activated ? fall->t_down_ns >= story->t_activation_ns - ACTIVATION_NEAR_NS
			 : story->t_activation_ns == INSTANT_NEVER || fall->t_down_ns <= story->t_activation_ns + late_ns;
}

static bool cause_holds(const struct story *story, const struct oracle_rule *rule, const struct fall *fall, const struct disturbances *disturbed,
			const struct cause_found *found)
{
	enum cause cause = found->cause;

	if (cause == CAUSE_FIRMWARE && !disturbed->unheard && !phase_holds(story, rule, disturbed, fall, found->phase))
		return false;
	switch (fall->begun) {
	case BEGUN_BY_METER:
		return !blames_bench(cause) || fall->bench_near;
	case BEGUN_BY_RIG:
	case BEGUN_BY_LAB:
	case BEGUN_BY_PERSON:
		break;
	case BEGUN_BY_BREAKER: /* the rig cut nothing then, unless it did near it, or announced what a relay did not hear */
		if (cause == CAUSE_RIG_MAINS_CUT && !fall->told_near && !disturbed->bus)
			return false;
		break;
	case BEGUN_BY_SUPPLY:
		if (cause == CAUSE_RIG_SUPPLY_CUT && !fall->told_near && !disturbed->bus)
			return false;
		break;
	}
	return cause != CAUSE_FIRMWARE && cause != CAUSE_HUB_RESTART && cause != CAUSE_HUB_UPGRADE && cause != CAUSE_HUB_UNSEATED;
}

/* Alerts of falls that began so near each other that a text which names a second is of any of them. */
static int seen_near(const struct story *story, const struct fall *fall)
{
	int seen = 0, i;

	for (i = 0; i < story->fall_count; i++)
		if (story->falls[i].t_down_ns - fall->t_down_ns <= 5 * NS_PER_S && fall->t_down_ns - story->falls[i].t_down_ns <= 5 * NS_PER_S)
			seen += story->falls[i].seen;
	return seen;
}

/* An outage in front of this one has no alert: one of this one may pass for it, where alerts do not say of what they are, or are not heard. */
static bool one_lacks_its_alert(const struct story *story, const struct oracle_rule *rule, bool say_when, const struct fall *fall)
{
	const struct fall *before;

	for (before = story->falls; before < fall && !say_when; before++)
		if (before->seen == 0 && story_length(story, before) > rule->never_ns)
			return true;
	return false;
}

static bool class_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed, const struct fall *fall,
			const struct ledger_line *line)
{
	int64_t length_ns = story_length(story, fall);
	bool heard = !disturbed->console && !disturbed->swapped && !story->stale; /* else the console tells nothing of the hub on this meter */
	/* Where alerts say of what they are, and nothing throws doubt on that, none passes for another. */
	bool say_when = rule->alerts_say_when && !disturbed->any;
	int seen = say_when ? seen_near(story, fall) : story->seen;

	switch (line->class) {
	case LEDGER_EXPECTED_SEEN:
		return length_ns > rule->never_ns && (!heard || seen > 0 || disturbed->spurious);
	case LEDGER_EXPECTED_MISSING: /* one that comes sooner than the band lets any come is not known for its own */
		return length_ns > rule->never_ns && (!heard || fall->in_band == 0 || fall->t_up_ns == INSTANT_NEVER);
	case LEDGER_NONE_EXPECTED_NONE_SEEN: /* its alert may pass for a repeated one of an outage before it, the control's for one */
		return fall->t_up_ns != INSTANT_NEVER && length_ns <= rule->always_ns && 
		       (!heard || fall->seen == 0 || seen > fall->seen || one_lacks_its_alert(story, rule, say_when, fall));
	case LEDGER_UNEXPECTED:
		return !heard || seen > 0 || disturbed->spurious;
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
static bool any_cause_holds(const struct story *story, const struct oracle_rule *rule, const struct disturbances *disturbed,
			    const struct ledger_line *line)
{
	int i;

	for (i = 0; i < story->fall_count; i++)
		if (story->falls[i].t_down_ns <= line->outage.t_up_ns && story->falls[i].t_up_ns >= line->outage.t_down_ns &&
		    cause_holds(story, rule, &story->falls[i], disturbed, &line->cause))
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
		if (!bounds_hold(story, &line->outage, slack_ns + (disturbed->rate ? line->u_ns : 0), why))
			return CHARGE_ACCURACY;
		fall = longest_in(story, line->outage.t_down_ns, line->outage.t_up_ns);
		if (!fall || slack_ns > 0)
			continue;
		if (class_holds(story, rule, disturbed, fall, line) && any_cause_holds(story, rule, disturbed, line))
			continue;
		(void)snprintf(why, ORACLE_TEXT_SIZE, "the outage at %.6f s of %.9f s, begun by %s, %d AD1 seen, is called %s, cause %s",
			       (double)fall->t_down_ns / 1e9, (double)story_length(story, fall) / 1e9,
			       story_begun_name(fall->begun), fall->seen, ledger_class_name(line->class), cause_name(line->cause.cause, line->cause.phase));
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
		missing |= story->falls[i].seen == 0 && story_length(story, &story->falls[i]) > rule->never_ns;
	}
	return false;
}

/* The alert of a fall that is judged may still come then, and a minute more is listened for it; or so it is at the end of all. */
static bool waits_for_alert(const struct story *story, const struct oracle_rule *rule, int64_t t_ns)
{
	int i;

	for (i = 0; i < story->fall_count; i++) {
		int64_t length_ns = story_length(story, &story->falls[i]);
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
	bool supplied = false, activated = false, held = false;
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
		held |= fact->fact == FACT_IMAGE_HELD;
		if (fact->fact == FACT_METER_RESET && held && !activated)
			return false; /* it may not have heard that it is to activate */
		if (fact->fact == FACT_HUB_RESTARTED || fact->fact == FACT_HUB_DIED ||
		    (fact->fact == FACT_CONSOLE && waits_for_alert(story, rule, fact->t_ns)) ||
		    (fact->fact == FACT_AD1_SEEN && fact->value > 250 * NS_PER_S) ||
		    (fact->fact == FACT_AD1_RAISED && fact->value < rule->never_ns) ||
		    (fact->fact == FACT_MAINS_FELL && activated && !supplied))
			return false;
	}
	return !story->stale && !copy_may_stand_in(story, rule) && story->t_end_ns - t_rose_ns > 70 * NS_PER_S; /* an alert is waited for a minute */
}

static bool is_alone(const struct history *history)
{
	return history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE;
}

static enum charge charge_exactly(const struct truth *truth, const struct story *story, const char *name, const struct oracle_rule *rule, const struct disturbances *disturbed,
				  const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct history *history = findings->slots[index].history;
	const struct verdict *ad1 = oracle_verdict(findings, index, CASE_AD1);
	struct oracle_rule with_controls = *rule;
	struct oracle_slot exact;

	if (is_alone(history))
		return hub_oracle_agrees(truth, story, rule, disturbed->elsewhere, findings, index, why) ? CHARGE_NOTHING : CHARGE_USEFULNESS;
	if (ad1 && ad1->watch >= 0 && ad1->watch < history->watch_count)
		with_controls.controls = control_oracle(truth, name, history, rule->never_ns, history->watches[ad1->watch].from_ns);
	/* One that heard of it and did nothing, having lost its image, does not say so over the air: its version does (firmware_holds). */
	if (rule->over_the_air && story->released > 0 && story->activations == 0)
		return CHARGE_NOTHING;
	/* With a dongle out of order it is enough that what was activated is judged, and rightly. */
	if (disturbed->air && (story->activations != 1 || story->released != 1 || !findings->slots[index].activated))
		return CHARGE_NOTHING;
	with_controls.perhaps_unread = disturbed->air;
	if (!is_plain(truth, story, name, rule) || !oracle_look(&exact, truth, name, rule))
		return CHARGE_NOTHING;
	return oracle_agrees(&exact, &with_controls, findings, index, why) ? CHARGE_NOTHING : CHARGE_USEFULNESS;
}

/* Nothing and nobody was in the way of an image, in this slot or by what happened in another. */
static bool is_free(const struct disturbances *disturbed, const struct findings *findings)
{
	return !disturbed->any && !disturbed->elsewhere && !disturbed->air && !disturbed->hostile && findings->ended &&
	       findings->end_reason == END_COMPLETED;
}

enum charge charge_slot(const struct truth *truth, const char *name, const struct oracle_rule *rule, const struct disturbances *known,
			const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE])
{
	const struct verdict *outage = oracle_verdict(findings, index, CASE_OUTAGE);
	struct disturbances found = *known, *disturbed = &found;
	static struct story story; /* large */
	int64_t slack_ns = disturbed->noise ? 4 * rule->settle_ns : 0;
	/* Only a run that came to its end has asked for the version. */
	bool amiss = disturbed->dongle && !disturbed->silent && findings->ended && findings->end_reason == END_COMPLETED;
	enum charge charge;

	why[0] = '\0';
	if (!story_tell(&story, truth, name, name, rule)) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "more than %d falls of the supply", FALLS_MAX);
		return CHARGE_ACCURACY;
	}
	/* A slow disk keeps the world going behind the last line. */
	if (findings->ended && findings->end_ns < story.t_end_ns)
		story.t_end_ns = findings->end_ns;
	found.unheard = findings->slots[index].activated && story.activations == 0;
	if (story.activations > 1 && !disturbed->untold) { /* what it does by itself, again and again, nobody has told it */
		(void)snprintf(why, ORACLE_TEXT_SIZE, "it was activated %d times", story.activations);
		return CHARGE_ACTIVATION;
	}
	if (!air_oracle_once(&story, why))
		return CHARGE_ACTIVATION;
	if (outage && outage->outages > 0 && outage->validity <= VALIDITY_INCONCLUSIVE && !disturbed->crossed &&
	    !bounds_hold(&story, &outage->worst, slack_ns + (disturbed->rate ? outage->u_ns : 0), why))
		return CHARGE_ACCURACY;
	if (outage && (!conformity_holds(&story, findings, outage, index, why) ||
		       !nothing_hidden(truth, name, findings, outage, index, why)))
		return CHARGE_CONFORMITY;
	if (!firmware_holds(&story, rule, oracle_verdict(findings, index, CASE_FIRMWARE), disturbed->untold, why) ||
	    !ad1_of_the_hub_holds(truth, &story, name, rule, disturbed, findings, index, why))
		return CHARGE_CONFORMITY;
	if (!list_holds(&story, rule, findings, index, why))
		return CHARGE_CONFORMITY;
	if (!rule->over_the_air && !firmware_is_its_own(&story, oracle_verdict(findings, index, CASE_FIRMWARE), why))
		return CHARGE_ATTRIBUTION;
	if (disturbed->crossed)
		return CHARGE_NOTHING; /* what was measured is another slot's: it must only not be believed */
	if (rule->over_the_air &&
	    !air_oracle_blame(&story, rule, disturbed->sense, amiss, disturbed->odd, oracle_verdict(findings, index, CASE_FIRMWARE), why))
		return CHARGE_ATTRIBUTION;
	if (is_alone(findings->slots[index].history) && !hub_oracle_blame(&story, findings->slots[index].history, why))
		return CHARGE_ATTRIBUTION;
	if (is_alone(findings->slots[index].history) && !disturbed->besides && !hub_oracle_told(truth, findings->slots[index].history, why))
		return CHARGE_ATTRIBUTION;
	charge = charge_ledger(&story, rule, disturbed, findings, index, slack_ns, why);
	/* A hub alone has its supply within ten seconds, or the rig has failed; a slow disk holds back what is announced for longer. */
	if (charge == CHARGE_NOTHING && is_free(disturbed, findings) && rule->over_the_air && !air_oracle_came(&story, why))
		return CHARGE_USEFULNESS;
	if (charge != CHARGE_NOTHING || disturbed->any || (disturbed->slow && is_alone(findings->slots[index].history)))
		return charge;
	return charge_exactly(truth, &story, name, rule, disturbed, findings, index, why);
}
