/* Facts in their order, up to the first activation. */

#include "rig/simulate/gate_oracle.h"

#include "rig/base/instant.h"

#include <stdio.h>
#include <string.h>

enum bench_input { INPUT_ARM, INPUT_ESTOP, INPUT_DOOR, INPUT_LAB_FEED, INPUT_COUNT };

static const char *const input_names[INPUT_COUNT] = {"arm", "estop", "door", "lab-feed"};

/* Of the time before an activation. */
struct standing {
	int64_t t_bad_ns[INPUT_COUNT]; /* since when; INSTANT_NEVER: it is good */
	int64_t t_fell_ns, t_rose_ns;  /* of the hub's supply, last; INSTANT_NEVER: not yet */
	int64_t t_fell_before_ns, t_rose_before_ns; /* the last time but one */
	int64_t t_restart_ns;          /* the hub has restarted, and not said that it is ready since; INSTANT_NEVER: it has not */
	bool ready;                    /* it was, since its supply came */
	int64_t t_away_ns;             /* since when its console is pulled out; INSTANT_NEVER: it is not */
	bool away_since_rise;          /* or was, since the supply came: it may have said that it is ready */
	bool alert, held;
};

static void take_input(struct standing *standing, const struct truth_fact *fact)
{
	int i;

	for (i = 0; i < INPUT_COUNT; i++)
		if (strcmp(fact->text, input_names[i]) == 0)
			standing->t_bad_ns[i] = fact->value ? INSTANT_NEVER : fact->t_ns;
}

/* A supply that goes and comes at one instant did so while the host slept. */
static void take_rise(struct standing *standing, int64_t t_ns)
{
	if (standing->t_fell_ns == t_ns) {
		standing->t_fell_ns = standing->t_fell_before_ns;
		return;
	}
	standing->t_rose_before_ns = standing->t_rose_ns;
	standing->t_rose_ns = t_ns;
	standing->away_since_rise = standing->t_away_ns != INSTANT_NEVER;
	standing->ready = false;
}

static void take_console(struct standing *standing, const struct truth_fact *fact)
{
	standing->t_away_ns = fact->value ? INSTANT_NEVER : fact->t_ns;
	standing->away_since_rise |= !fact->value;
	/* What it said a moment before may have been cut off. */
	if (!fact->value && standing->t_restart_ns != INSTANT_NEVER && fact->t_ns - standing->t_restart_ns < GATE_NOTICED_NS)
		standing->t_restart_ns = INSTANT_NEVER;
}

static void take(struct standing *standing, const struct truth_fact *fact)
{
	bool plugged = standing->t_away_ns == INSTANT_NEVER;

	switch ((int)fact->fact) {
	case FACT_SUPPLY_FELL:
		standing->t_fell_before_ns = standing->t_fell_ns;
		standing->t_fell_ns = fact->t_ns;
		break;
	case FACT_SUPPLY_ROSE:
		take_rise(standing, fact->t_ns);
		break;
	case FACT_HUB_RESTARTED:
		if (plugged) /* else nobody heard it */
			standing->t_restart_ns = fact->t_ns;
		break;
	case FACT_HUB_READY:
		standing->ready = true;
		standing->t_restart_ns = INSTANT_NEVER;
		break;
	case FACT_CONSOLE:
		take_console(standing, fact);
		break;
	case FACT_AD1_SEEN:
	case FACT_AD1_SPURIOUS:
		standing->alert |= plugged;
		break;
	case FACT_IMAGE_HELD:
		standing->held = true;
		break;
	default:
		break;
	}
}

static bool for_so_long(int64_t since_ns, int64_t t_ns, int64_t least_ns)
{
	return since_ns != INSTANT_NEVER && t_ns - since_ns >= least_ns;
}

/* The supply was there without a break for as long as the hub recharges; but what went a moment ago nobody may have seen. */
static bool is_recharged(const struct standing *standing, int64_t recharge_ns, int64_t t_ns)
{
	bool away = standing->t_fell_ns != INSTANT_NEVER && (standing->t_rose_ns == INSTANT_NEVER || standing->t_fell_ns > standing->t_rose_ns);
	bool fell_now = standing->t_fell_ns != INSTANT_NEVER && t_ns - standing->t_fell_ns < GATE_NOTICED_NS;

	if (away)
		return fell_now && for_so_long(standing->t_rose_ns, t_ns, recharge_ns);
	return for_so_long(fell_now ? standing->t_rose_before_ns : standing->t_rose_ns, t_ns, recharge_ns);
}

static bool holds(const struct standing *standing, const struct gate_rule *rule, int64_t t_ns, char why[GATE_TEXT_SIZE])
{
	const char *what = NULL;
	int i;

	for (i = 0; i < INPUT_COUNT && !what; i++)
		if (for_so_long(standing->t_bad_ns[i], t_ns, GATE_NOTICED_NS))
			what = input_names[i];
	if (what)
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and '%s' was not good", (double)t_ns / 1e9, what);
	else if (rule->supply_known && !is_recharged(standing, rule->recharge_ns, t_ns))
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and its hub's supply, which went at %.3f s, had not been there for %.0f s",
			       (double)t_ns / 1e9, (double)standing->t_fell_ns / 1e9, (double)rule->recharge_ns / 1e9);
	else if (rule->console_known && for_so_long(standing->t_away_ns, t_ns, GATE_NOTICED_NS))
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and its hub's console was away since %.3f s", (double)t_ns / 1e9,
			       (double)standing->t_away_ns / 1e9);
	else if (rule->console_known && rule->says_ready && for_so_long(standing->t_restart_ns, t_ns, GATE_NOTICED_NS))
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and its hub, which restarted at %.3f s, was not ready", (double)t_ns / 1e9,
			       (double)standing->t_restart_ns / 1e9);
	else if (rule->console_known && rule->supply_known && rule->says_ready && !standing->ready && !standing->away_since_rise &&
		 for_so_long(standing->t_rose_ns, t_ns, GATE_NOTICED_NS))
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and its hub had not been ready since its supply came at %.3f s",
			       (double)t_ns / 1e9, (double)standing->t_rose_ns / 1e9);
	else if (rule->console_known && !standing->alert)
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and nobody had seen an AD1 of its hub before", (double)t_ns / 1e9);
	else if (rule->image_known && !standing->held)
		(void)snprintf(why, GATE_TEXT_SIZE, "it was activated at %.3f s, and it had no image", (double)t_ns / 1e9);
	else
		return true;
	return false;
}

bool gate_oracle(const struct truth *truth, const char *slot, const struct gate_rule *rule, char why[GATE_TEXT_SIZE])
{
	struct standing standing = {.t_bad_ns = {INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER}, .t_fell_ns = INSTANT_NEVER,
				    .t_fell_before_ns = INSTANT_NEVER, .t_rose_ns = INSTANT_NEVER,
				    .t_rose_before_ns = INSTANT_NEVER, .t_restart_ns = INSTANT_NEVER,
				    .t_away_ns = INSTANT_NEVER};
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = &truth->facts[i];

		if (!fact->slot[0] && fact->fact == FACT_INPUT)
			take_input(&standing, fact);
		if (strcmp(fact->slot, slot) != 0)
			continue;
		if (fact->fact == (rule->over_the_air ? FACT_RELEASE_SENT : FACT_ACTIVATION_RECEIVED))
			return holds(&standing, rule, fact->t_ns, why);
		take(&standing, fact);
	}
	return true;
}
