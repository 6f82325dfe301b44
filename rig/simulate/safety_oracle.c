/* Relays and supplies as they were told, beside the inputs that forbid. */

#include "rig/simulate/safety_oracle.h"

#include "rig/base/instant.h"

#include <stdio.h>
#include <string.h>

struct inputs {
	bool arm, estop, door, lab_feed;
	int64_t forbidden_ns;      /* since when; INSTANT_NEVER: it is not */
	int64_t allowed_ns;        /* since when nothing keeps the mains from the relays */
	bool anew_wanted;          /* e-stop or door were bad, long enough for somebody to see it, and the arm was not off since */
	int64_t bad_ns;            /* since when e-stop or door are; INSTANT_NEVER: neither is */
};

struct switches {
	bool told[PLANT_BOARDS_MAX][PLANT_RELAYS];
	bool contact[PLANT_BOARDS_MAX][PLANT_RELAYS];
	bool welded[PLANT_BOARDS_MAX][PLANT_RELAYS];
	int64_t t_off_ns[PLANT_BOARDS_MAX][PLANT_RELAYS]; /* when it was last told to go off; 0: never */
	bool dead[PLANT_BOARDS_MAX][PLANT_RELAYS];   /* the breaker before it is open: no sense can tell that its contact is closed */
};

/* Programmable ones, each as it was told and took it. */
struct supplies {
	bool on[PLANT_SUPPLIES_MAX];
	bool limited[PLANT_SUPPLIES_MAX][2];         /* its protections, voltage and current, are at the bench's limits or below */
};

/* At some time of it the rig lived, and could see what there was for so long; and its next life can know, behind a flush that was under way. */
static bool was_seen(const struct safety_run *run, int64_t from_ns, int64_t to_ns)
{
	const struct safety_deaths *deaths = run->deaths;
	int64_t kept_ns = from_ns + SAFETY_SEEN_NS + 2 * run->flush_ns;
	int i;

	for (i = 0; i < deaths->count; i++)
		if (deaths->list[i].from_ns < (kept_ns > to_ns ? kept_ns : to_ns) && deaths->list[i].to_ns + SAFETY_OFF_WITHIN_NS > from_ns)
			return false; /* a part of it would have been enough: too fine a question for this */
	return to_ns - from_ns >= SAFETY_SEEN_NS;
}

/* Whoever released an emergency stop must arm anew: the arm is seen off in between. */
static void take_arming(struct inputs *inputs, const struct safety_run *run, int64_t t_ns)
{
	bool bad = !inputs->estop || !inputs->door;

	if (bad && inputs->bad_ns == INSTANT_NEVER)
		inputs->bad_ns = t_ns;
	if (!bad && inputs->bad_ns != INSTANT_NEVER) {
		inputs->anew_wanted |= inputs->arm && was_seen(run, inputs->bad_ns, t_ns);
		inputs->bad_ns = INSTANT_NEVER;
	}
	if (!inputs->arm)
		inputs->anew_wanted = false;
}

/* `matters`: one that is lost forbids. */
static void take_input(struct inputs *inputs, const struct safety_run *run, bool matters, const struct truth_fact *fact)
{
	bool was = inputs->arm && inputs->estop && inputs->door, fed = was && inputs->lab_feed, is;

	if (strcmp(fact->text, "arm") == 0)
		inputs->arm = fact->value != 0;
	else if (strcmp(fact->text, "estop") == 0)
		inputs->estop = fact->value != 0;
	else if (strcmp(fact->text, "door") == 0)
		inputs->door = fact->value != 0;
	else
		inputs->lab_feed = fact->value != 0;
	is = inputs->arm && inputs->estop && inputs->door;
	if (was && !is && matters)
		inputs->forbidden_ns = fact->t_ns;
	else if (is)
		inputs->forbidden_ns = INSTANT_NEVER;
	if (is && inputs->lab_feed && !fed)
		inputs->allowed_ns = fact->t_ns;
	take_arming(inputs, run, fact->t_ns);
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

static bool is_any_on(const struct switches *switches, const struct supplies *supplies)
{
	int i, j;

	for (i = 0; i < PLANT_SUPPLIES_MAX; i++)
		if (supplies->on[i])
			return true;
	for (i = 0; i < PLANT_BOARDS_MAX; i++)
		for (j = 0; j < PLANT_RELAYS; j++)
			if (switches->told[i][j])
				return true;
	return false;
}

static bool any_output(const struct supplies *supplies, const struct truth_fact *after, char why[SAFETY_TEXT_SIZE], const char *what)
{
	int i;

	for (i = 0; i < PLANT_SUPPLIES_MAX; i++)
		if (supplies->on[i]) {
			(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s the output of supply %d is still on: %s", (double)after->t_ns / 1e9, i + 1, what);
			return true;
		}
	return false;
}

static bool take_supply(struct supplies *supplies, const struct safety_run *run, const struct truth_fact *fact, char why[SAFETY_TEXT_SIZE])
{
	int at = fact->part;

	switch ((int)fact->fact) {
	case FACT_SUPPLY_VOLTS:
		if (run->volts_max_mv == 0 || fact->value <= run->volts_max_mv)
			return true;
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s supply %d was set to %.3f V, above the bench's limit", (double)fact->t_ns / 1e9, at + 1,
			       (double)fact->value / 1e3);
		return false;
	case FACT_SUPPLY_OVP:
		supplies->limited[at][0] = fact->value <= run->volts_max_mv;
		return true;
	case FACT_SUPPLY_OCP:
		supplies->limited[at][1] = fact->value <= run->amps_max_ma;
		return true;
	case FACT_SUPPLY_OUTPUT:
		supplies->on[at] = fact->value != 0;
		if (!fact->value || ((run->volts_max_mv == 0 || supplies->limited[at][0]) && (run->amps_max_ma == 0 || supplies->limited[at][1])))
			return true;
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s the output of supply %d was switched on, and its protections are not at the bench's limits",
			       (double)fact->t_ns / 1e9, at + 1);
		return false;
	default: /* it tripped, or has restarted and gives 0 V */
		supplies->on[at] = false;
		return true;
	}
}

static bool is_of_supply(enum plant_fact fact)
{
	return fact == FACT_SUPPLY_VOLTS || fact == FACT_SUPPLY_OVP || fact == FACT_SUPPLY_OCP || fact == FACT_SUPPLY_OUTPUT ||
	       fact == FACT_SUPPLY_TRIPPED || fact == FACT_SUPPLY_RESET;
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

static bool take_told(struct switches *switches, const struct inputs *inputs, int64_t off_min_ns, const struct truth_fact *fact,
		      char why[SAFETY_TEXT_SIZE])
{
	bool on = fact->value != 0, was = switches->told[fact->part][fact->relay];
	int64_t t_off_ns = switches->t_off_ns[fact->part][fact->relay];

	switches->told[fact->part][fact->relay] = on;
	if (!on && was)
		switches->t_off_ns[fact->part][fact->relay] = fact->t_ns;
	if (!on || was)
		return true;
	if (inputs->forbidden_ns != INSTANT_NEVER && fact->t_ns - inputs->forbidden_ns >= SAFETY_NOTICED_NS)
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d was switched on; arm, e-stop or door forbid it since %.3f s",
			       (double)fact->t_ns / 1e9, fact->relay + 1, fact->part + 1, (double)inputs->forbidden_ns / 1e9);
	else if (inputs->anew_wanted)
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d was switched on, and nobody had armed anew", (double)fact->t_ns / 1e9,
			       fact->relay + 1, fact->part + 1);
	else if (t_off_ns > 0 && fact->t_ns - t_off_ns < off_min_ns)
		(void)snprintf(why, SAFETY_TEXT_SIZE, "at %.3f s relay %d of board %d was switched on %.3f s after its off", (double)fact->t_ns / 1e9,
			       fact->relay + 1, fact->part + 1, (double)(fact->t_ns - t_off_ns) / 1e9);
	else
		return true;
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

/* All that is known while the facts are gone through. */
struct looking {
	const struct safety_run *run;
	struct inputs inputs;
	struct switches switches;
	struct supplies supplies;
};

static bool off_in_time(const struct looking *looking, const struct truth_fact *fact, char why[SAFETY_TEXT_SIZE])
{
	const struct inputs *inputs = &looking->inputs;

	if (inputs->forbidden_ns == INSTANT_NEVER || fact->t_ns - inputs->forbidden_ns < SAFETY_OFF_WITHIN_NS || !looking->run->reachable ||
	    was_dead(looking->run->deaths, inputs->forbidden_ns, fact->t_ns))
		return true;
	return !any_on(&looking->switches, fact, why, "an input forbids it") && !any_output(&looking->supplies, fact, why, "an input forbids it");
}

/* Without hazard a rig that was resumed begins anew, whatever an input was before it could read any. */
static void forget_before_death(struct looking *looking, int64_t t_ns)
{
	int i;

	for (i = 0; i < looking->run->deaths->count && !looking->run->hazardous; i++)
		if (looking->run->deaths->list[i].from_ns <= t_ns && looking->run->deaths->list[i].to_ns + SAFETY_OFF_WITHIN_NS >= looking->inputs.forbidden_ns)
			looking->inputs.forbidden_ns = INSTANT_NEVER;
}

/* False: it is not as it should be. */
static bool take(struct looking *looking, const struct truth_fact *fact, char why[SAFETY_TEXT_SIZE])
{
	const struct safety_run *run = looking->run;
	struct switches *switches = &looking->switches;

	switch ((int)fact->fact) {
	case FACT_INPUT:
		take_input(&looking->inputs, run, run->hazardous || is_any_on(switches, &looking->supplies), fact);
		looking->inputs.anew_wanted &= run->hazardous;
		if (!looking->inputs.lab_feed)
			memset(looking->supplies.on, 0, sizeof looking->supplies.on);
		return true;
	case FACT_RELAY_TOLD:
		return take_told(switches, &looking->inputs, run->off_min_ns, fact, why);
	case FACT_CONTACT_CLOSED:
	case FACT_CONTACT_OPENED:
		switches->contact[fact->part][fact->relay] = fact->fact == FACT_CONTACT_CLOSED;
		return true;
	case FACT_BREAKER:
		if (fact->part >= 0)
			switches->dead[fact->part][fact->relay] = fact->value == 0;
		return true;
	case FACT_WELDED:
		switches->welded[fact->part][fact->relay] = fact->value != 0;
		return true;
	default:
		return !is_of_supply(fact->fact) || take_supply(&looking->supplies, run, fact, why);
	}
}

static bool end_holds(const struct looking *looking, const struct truth_fact *last, char why[SAFETY_TEXT_SIZE])
{
	const struct safety_run *run = looking->run;
	const char *what = run->is_off ? "and the run says that all is off" : "the run has ended";

	if ((run->is_off || run->reachable) && (any_on(&looking->switches, last, why, what) || any_output(&looking->supplies, last, why, what)))
		return false;
	if (!run->is_off || !run->hazardous || looking->inputs.forbidden_ns != INSTANT_NEVER || !looking->inputs.lab_feed ||
	    run->said_ns - looking->inputs.allowed_ns < SAFETY_NOTICED_NS)
		return true; /* nothing is, or was until a moment ago, behind a closed contact then, and no sense can tell */
	return !any_welded(&looking->switches, why);
}

bool safety_oracle(const struct truth *truth, const struct safety_run *run, char why[SAFETY_TEXT_SIZE])
{
	struct looking looking = {.run = run, .inputs = {true, true, true, true, INSTANT_NEVER, 0, false, INSTANT_NEVER}};
	const struct truth_fact *last = NULL;
	size_t i;

	for (i = 0; i < truth->count; i++) {
		last = &truth->facts[i];
		forget_before_death(&looking, last->t_ns);
		if (!off_in_time(&looking, last, why) || !take(&looking, last, why))
			return false;
	}
	return !last || !run->ended || end_holds(&looking, last, why);
}
