/* Facts in their order become falls. */

#include "rig/simulate/story.h"

#include <string.h>

#define ALERT_WAY_NS NS_PER_MIN    /* whoever waits for an alert waits so long for one that is on its way (reports/judging.md) */

struct telling {
	struct story *story;
	const struct oracle_rule *rule;
	int64_t true_rose_ns;
	bool lab_feed, person, breaker, supply, mains, plugged; /* supply: that of a hub alone gives what it was told */
	int64_t t_bench_ns;            /* the last time that something of the bench changed for this slot */
	int64_t t_told_ns;             /* the last time that a relay or a supply was told something; -1: never yet */
	bool told[PLANT_BOARDS_MAX][PLANT_RELAYS];
};

static struct fall *last_fall(struct story *story)
{
	return story->fall_count > 0 ? &story->falls[story->fall_count - 1] : NULL;
}

/* It has not ended, or may have not: what comes back for less than settle_ns was not back. */
static bool goes_on(const struct telling *telling, const struct fall *last, int64_t t_ns)
{
	return last && (last->t_up_ns == INSTANT_NEVER || t_ns - last->t_up_ns < telling->rule->settle_ns);
}

/* The meter is no longer alone to blame. */
static void bench_acts(struct telling *telling, const struct truth_fact *fact)
{
	struct fall *last = last_fall(telling->story);
	int64_t t_ns = fact->t_ns;

	telling->t_bench_ns = t_ns;
	if (goes_on(telling, last, t_ns) && t_ns - last->t_down_ns <= NEAR_NS)
		last->bench_near = true;
}

/* Ends the time for which the meter alone starved its hub, for good or until its supply falls again too soon. */
static void end_alone(struct fall *fall, int64_t true_ns)
{
	if (fall->true_alone_ns != INSTANT_NEVER && true_ns - fall->true_alone_ns > fall->own_ns)
		fall->own_ns = true_ns - fall->true_alone_ns;
}

static void tell_mains(struct telling *telling, const struct truth_fact *fact)
{
	struct fall *last = last_fall(telling->story);

	telling->mains = fact->fact == FACT_MAINS_ROSE;
	bench_acts(telling, fact);
	if (!last)
		return;
	if (last->t_up_ns == INSTANT_NEVER)
		end_alone(last, fact->true_ns);
	last->true_alone_ns = telling->mains ? fact->true_ns : INSTANT_NEVER;
}

static enum begun begun_by(const struct telling *telling)
{
	if (telling->mains)
		return BEGUN_BY_METER;
	if (telling->lab_feed && !telling->supply)
		return BEGUN_BY_SUPPLY;
	return !telling->lab_feed ? BEGUN_BY_LAB : !telling->person ? BEGUN_BY_PERSON : !telling->breaker ? BEGUN_BY_BREAKER : BEGUN_BY_RIG;
}

static void tell_fall(struct telling *telling, const struct truth_fact *fact)
{
	int64_t t_ns = fact->t_ns;
	struct story *story = telling->story;
	struct fall *last = last_fall(story);

	if (last && last->t_up_ns != INSTANT_NEVER && fact->true_ns - last->true_up_ns < telling->rule->settle_ns) {
		last->t_up_ns = INSTANT_NEVER; /* it had not been back long enough */
		return;
	}
	if (story->fall_count == FALLS_MAX) {
		story->overflow = true;
		return;
	}
	story->falls[story->fall_count++] = (struct fall){
		.begun = begun_by(telling), .t_down_ns = t_ns, .t_up_ns = INSTANT_NEVER, .true_down_ns = fact->true_ns,
		.true_alone_ns = telling->mains ? fact->true_ns : INSTANT_NEVER,
		.charged = fact->true_ns - telling->true_rose_ns >= telling->rule->recharge_ns,
		.bench_near = telling->t_bench_ns >= 0 && t_ns - telling->t_bench_ns <= NEAR_NS,
		.told_near = telling->t_told_ns >= 0 && t_ns - telling->t_told_ns <= NEAR_NS};
}

static void tell_rise(struct telling *telling, const struct truth_fact *fact)
{
	struct fall *last = last_fall(telling->story);

	telling->true_rose_ns = fact->true_ns;
	if (telling->story->t_first_rose_ns == INSTANT_NEVER)
		telling->story->t_first_rose_ns = fact->t_ns;
	if (!last || last->t_up_ns != INSTANT_NEVER)
		return;
	last->t_up_ns = fact->t_ns;
	last->true_up_ns = fact->true_ns;
	end_alone(last, fact->true_ns);
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
		fall->in_band += fact->t_ns - fall->t_down_ns >= telling->rule->never_ns;
		if (fall->seen++ == 0)
			fall->soonest_ns = fact->t_ns - fall->t_down_ns;
		if ((fall->t_up_ns != INSTANT_NEVER && fact->t_ns > fall->t_up_ns + telling->rule->always_ns) ||
		    (fall->t_up_ns == INSTANT_NEVER && fact->value > telling->rule->always_ns + ALERT_WAY_NS))
			telling->story->stale = true;
	}
}

/* Whichever it was: it may be taken for a cause. */
static void switch_told(struct telling *telling, const struct truth_fact *fact)
{
	struct fall *last = last_fall(telling->story);

	telling->t_told_ns = fact->t_ns;
	if (fact->fact == FACT_RELAY_TOLD)
		telling->told[fact->part][fact->relay] = fact->value != 0;
	if (goes_on(telling, last, fact->t_ns) && fact->t_ns - last->t_down_ns <= NEAR_NS)
		last->told_near = true;
	bench_acts(telling, fact);
}

static void tell_bench(struct telling *telling, const struct truth_fact *fact)
{
	if (fact->fact == FACT_RELAY_TOLD || fact->fact == FACT_SUPPLY_OUTPUT)
		switch_told(telling, fact);
	telling->story->bothered |= fact->fact == FACT_INPUT || fact->fact == FACT_WELDED;
	if (fact->fact != FACT_INPUT)
		return;
	if (strcmp(fact->text, "lab-feed") == 0)
		telling->lab_feed = fact->value != 0;
	else
		telling->person = fact->value != 0;
	bench_acts(telling, fact);
}

static void tell(struct telling *telling, const struct truth_fact *fact)
{
	struct story *story = telling->story;

	switch ((int)fact->fact) {
	case FACT_MAINS_FELL:
	case FACT_MAINS_ROSE:
		tell_mains(telling, fact);
		break;
	case FACT_BREAKER:
		story->bothered = true;
		/* One that ends what a welded relay let through ends what the rig had cut. */
		telling->breaker = fact->value != 0 || fact->part < 0 || !telling->told[fact->part][fact->relay];
		break;
	case FACT_FEED_LOST:
	case FACT_FEED_TOLD:
		telling->supply = fact->fact == FACT_FEED_TOLD;
		bench_acts(telling, fact);
		break;
	case FACT_SUPPLY_FELL:
		tell_fall(telling, fact);
		break;
	case FACT_SUPPLY_ROSE:
		tell_rise(telling, fact);
		break;
	case FACT_ACTIVATION_RECEIVED:
		if (story->activations++ == 0)
			story->t_activation_ns = fact->t_ns;
		break;
	case FACT_RELEASE_SENT:
		if (story->sent++ == 0)
			story->t_sent_ns = fact->t_ns;
		break;
	case FACT_TRANSFER_BEGAN:
		story->begun = true;
		break;
	case FACT_IMAGE_HELD:
		story->held = true;
		break;
	case FACT_LOCKED_UP:
		story->locked_up = true;
		break;
	case FACT_RELEASE_HEARD:
		story->released++;
		break;
	case FACT_METER_DIED:
	case FACT_METER_RESET:
		story->bothered |= fact->fact == FACT_METER_RESET;
		story->restarted |= story->held;
		if (story->t_gone_ns == INSTANT_NEVER || story->t_gone_ns <= story->t_runs_ns)
			story->t_gone_ns = fact->t_ns; /* one that boots is not there yet, and cannot go */
		break;
	case FACT_METER_RUNS:
		story->t_runs_ns = fact->t_ns;
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

bool story_tell(struct story *story, const struct truth *truth, const char *name, const char *console, const struct oracle_rule *rule)
{
	struct telling telling = {.story = story, .rule = rule, .lab_feed = true, .person = true, .breaker = true, .supply = true, .plugged = true,
				  .t_bench_ns = -1, .t_told_ns = -1};
	size_t i;

	memset(story, 0, offsetof(struct story, falls));
	story->t_spurious_ns = -1;
	story->t_activation_ns = story->t_sent_ns = story->t_first_rose_ns = story->t_runs_ns = story->t_gone_ns = INSTANT_NEVER;
	story->t_end_ns = truth->t_end_ns;
	story->true_end_ns = truth->true_end_ns;
	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (!fact->slot[0])
			tell_bench(&telling, fact);
		else if (strcmp(fact->slot, fact->fact == FACT_CONSOLE ? console : name) == 0)
			tell(&telling, fact);
	}
	return !story->overflow;
}

int64_t story_length(const struct story *story, const struct fall *fall)
{
	return (fall->t_up_ns == INSTANT_NEVER ? story->true_end_ns : fall->true_up_ns) - fall->true_down_ns;
}

int64_t story_own(const struct story *story, const struct fall *fall)
{
	int64_t alone_ns = fall->t_up_ns == INSTANT_NEVER && fall->true_alone_ns != INSTANT_NEVER ? story->true_end_ns - fall->true_alone_ns : 0;

	return alone_ns > fall->own_ns ? alone_ns : fall->own_ns;
}

const char *story_begun_name(enum begun begun)
{
	static const char *const names[] = {"the meter", "the rig", "the lab", "a person", "a breaker", "its supply"};

	return names[begun];
}
