/* Relays as they were told, beside the inputs that forbid. */

#include "rig/simulate/safety_oracle.h"

#include "rig/base/instant.h"

#include <stdio.h>
#include <string.h>

struct inputs {
	bool arm, estop, door, lab_feed;
	int64_t forbidden_ns;      /* since when; INSTANT_NEVER: it is not */
	int64_t lost_ns;           /* e-stop, door or the lab's feed went, and one of them is still away; INSTANT_NEVER: none is */
	int64_t unarmed_ns;        /* they are back since then, and nobody has armed anew; INSTANT_NEVER: somebody has */
};

struct switches {
	bool told[PLANT_BOARDS_MAX][PLANT_RELAYS];
	bool contact[PLANT_BOARDS_MAX][PLANT_RELAYS];
	bool welded[PLANT_BOARDS_MAX][PLANT_RELAYS];
	bool dead[PLANT_BOARDS_MAX][PLANT_RELAYS];   /* the breaker before it is open: no sense can tell that its contact is closed */
};

/* What was away long enough to be noticed took the arm with it: to arm anew is to take the key off, once all is back, and on again. */
static void take_arming(struct inputs *inputs, int64_t t_ns)
{
	bool there = inputs->estop && inputs->door && inputs->lab_feed;

	if (!there && inputs->lost_ns == INSTANT_NEVER)
		inputs->lost_ns = t_ns;
	if (there && inputs->lost_ns != INSTANT_NEVER) {
		if (t_ns - inputs->lost_ns >= SAFETY_NOTICED_NS)
			inputs->unarmed_ns = t_ns;
		inputs->lost_ns = INSTANT_NEVER;
	}
	if (there && !inputs->arm)
		inputs->unarmed_ns = INSTANT_NEVER;
}

static void take_input(struct inputs *inputs, const struct truth_fact *fact)
{
	bool was = inputs->arm && inputs->estop && inputs->door, is;

	if (strcmp(fact->text, "arm") == 0)
		inputs->arm = fact->value != 0;
	else if (strcmp(fact->text, "estop") == 0)
		inputs->estop = fact->value != 0;
	else if (strcmp(fact->text, "door") == 0)
		inputs->door = fact->value != 0;
	else
		inputs->lab_feed = fact->value != 0;
	is = inputs->arm && inputs->estop && inputs->door;
	take_arming(inputs, fact->t_ns);
	if (was && !is)
		inputs->forbidden_ns = fact->t_ns;
	else if (is)
		inputs->forbidden_ns = INSTANT_NEVER;
}

static bool any_on(const struct switches *switches, const struct truth_fact *after, char why[SAFETY_TEXT_SIZE], const char *what)
{
	int board, relay;

	for (board = 0; board < PLANT_BOARDS_MAX; board++)
		for (relay = 0; relay < PLANT_RELAYS; relay++)
			if (switches->told[board][relay]) {
				(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d is still told to be on: %s",
					       (double)after->t_ns / 1e9, relay + 1, board + 1, what);
				return true;
			}
	return false;
}

static bool any_welded(const struct switches *switches, char why[SAFETY_TEXT_SIZE])
{
	int board, relay;

	for (board = 0; board < PLANT_BOARDS_MAX; board++)
		for (relay = 0; relay < PLANT_RELAYS; relay++)
			if (switches->contact[board][relay] && switches->welded[board][relay] && !switches->dead[board][relay]) {
				(void)snprintf(why, SAFETY_TEXT_SIZE, "relay %d of board %d is welded and closed, and the run says that all is off",
					       relay + 1, board + 1);
				return true;
			}
	return false;
}

/* A rig that began anew knows nothing of what was before: who resumes it gives a name for that. */
static bool began_since(const struct safety_deaths *deaths, int64_t t_ns)
{
	int i;

	for (i = 0; i < deaths->count; i++)
		if (deaths->list[i].to_ns >= t_ns)
			return true;
	return false;
}

static bool take_told(struct switches *switches, const struct inputs *inputs, const struct truth_fact *fact, const struct safety_deaths *deaths,
		      char why[SAFETY_TEXT_SIZE])
{
	bool on = fact->value != 0, was = switches->told[fact->part][fact->relay];

	switches->told[fact->part][fact->relay] = on;
	if (on && !was && inputs->unarmed_ns != INSTANT_NEVER && !began_since(deaths, inputs->unarmed_ns)) {
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d was switched on; since %.3f s nobody has armed anew",
			       (double)fact->t_ns / 1e9, fact->relay + 1, fact->part + 1, (double)inputs->unarmed_ns / 1e9);
		return false;
	}
	if (!on || was || inputs->forbidden_ns == INSTANT_NEVER || fact->t_ns - inputs->forbidden_ns < SAFETY_NOTICED_NS)
		return true;
	(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d was switched on; arm, e-stop or door forbid it since %.3f s",
		       (double)fact->t_ns / 1e9, fact->relay + 1, fact->part + 1, (double)inputs->forbidden_ns / 1e9);
	return false;
}

/* Dead at some time since it was forbidden, or so soon after its resume that it cannot have been told. */
static bool was_dead(const struct safety_deaths *deaths, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < deaths->count; i++)
		if (deaths->list[i].from_ns <= to_ns && deaths->list[i].to_ns + SAFETY_OFF_WITHIN_NS >= to_ns && deaths->list[i].to_ns >= from_ns)
			return true;
	return false;
}

static bool off_in_time(const struct switches *switches, const struct inputs *inputs, const struct truth_fact *fact,
			const struct safety_deaths *deaths, bool reachable, char why[SAFETY_TEXT_SIZE])
{
	if (inputs->forbidden_ns == INSTANT_NEVER || fact->t_ns - inputs->forbidden_ns < SAFETY_OFF_WITHIN_NS || !reachable ||
	    was_dead(deaths, inputs->forbidden_ns, fact->t_ns))
		return true;
	return !any_on(switches, fact, why, "an input forbids it");
}

bool safety_oracle(const struct truth *truth, const struct safety_deaths *deaths, bool ended, bool is_off, bool reachable,
		   char why[SAFETY_TEXT_SIZE])
{
	struct inputs inputs = {true, true, true, true, INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER};
	struct switches switches = {0};
	const struct truth_fact *last = NULL;
	size_t i;

	for (i = 0; i < truth->count; i++) {
		const struct truth_fact *fact = last = &truth->facts[i];

		if (!off_in_time(&switches, &inputs, fact, deaths, reachable, why))
			return false;
		if (fact->fact == FACT_INPUT)
			take_input(&inputs, fact);
		else if (fact->fact == FACT_RELAY_TOLD && !take_told(&switches, &inputs, fact, deaths, why))
			return false;
		else if (fact->fact == FACT_CONTACT_CLOSED || fact->fact == FACT_CONTACT_OPENED)
			switches.contact[fact->part][fact->relay] = fact->fact == FACT_CONTACT_CLOSED;
		else if (fact->fact == FACT_BREAKER && fact->part >= 0)
			switches.dead[fact->part][fact->relay] = fact->value == 0;
		else if (fact->fact == FACT_WELDED)
			switches.welded[fact->part][fact->relay] = fact->value != 0;
	}
	if (!last || !ended)
		return true;
	if (is_off ? any_on(&switches, last, why, "and the run says that all is off") : reachable && any_on(&switches, last, why, "the run has ended"))
		return false;
	if (!is_off || inputs.forbidden_ns != INSTANT_NEVER || !inputs.lab_feed)
		return true; /* nothing is behind a closed contact then, and no sense can tell */
	return !any_welded(&switches, why);
}
