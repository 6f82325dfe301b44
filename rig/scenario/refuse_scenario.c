/* What a scenario is refused for as a whole: what is expected and never judged, and irreversible steps that nothing guards. */

#include "rig/scenario/step_reader.h"

#include <string.h>

/* How far a walk through the steps in their order has come. */
struct walk {
	struct step_reader *reader;
	bool supplied;     /* a step has energised the slot */
	bool unsupplied_said;
	bool transferred;
	bool controlled;   /* by a positive control */
	bool gated;        /* nothing has happened since the gate that could spoil it */
	bool activated;
	unsigned judged;   /* CASE_BITs */
};

static void refuse(struct walk *walk, const struct scenario_step *step, const char *text)
{
	(void)yaml_problem_at(walk->reader->yaml, step->at, "%s", text);
}

static bool inside(const struct scenario *scenario, const struct scenario_step *step, enum verb loop)
{
	int parent;

	for (parent = step->parent; parent >= 0; parent = scenario->steps[parent].parent)
		if (scenario->steps[parent].verb == loop)
			return true;
	return false;
}

static void look_at_activate(struct walk *walk, const struct scenario_step *step)
{
	const struct scenario *scenario = walk->reader->scenario;

	if (!walk->transferred)
		refuse(walk, step, "'activate' without a 'transfer' before it; there is nothing to activate");
	if (!walk->gated)
		refuse(walk, step, "'activate' needs 'gate: irreversible' right before it; between them nothing may be switched or transferred");
	if (inside(scenario, step, VERB_REPEAT) || inside(scenario, step, VERB_BISECT))
		refuse(walk, step, "'activate' cannot be repeated: a meter and a pair of versions is activated once; use for-each over images");
	walk->gated = false;
	walk->activated = true;
}

static void look_at_judge(struct walk *walk, const struct scenario_step *step)
{
	if ((step->from == MOMENT_FIRST_BLOCK || step->until_moment == MOMENT_FIRST_BLOCK) && !walk->transferred)
		refuse(walk, step, "'judge' counts from the first block and nothing is transferred before it");
	if ((step->from == MOMENT_ACTIVATE || step->until_moment == MOMENT_ACTIVATE) && !walk->activated)
		refuse(walk, step, "'judge' counts from the activation and nothing is activated before it");
	if ((step->from == MOMENT_CONTROL || step->until_moment == MOMENT_CONTROL) && !walk->controlled)
		refuse(walk, step, "'judge' counts from the first positive control and there is none before it");
	if (step->from == MOMENT_START && (step->cases & CASE_BIT(CASE_AD1)) && walk->controlled)
		refuse(walk, step, "'ad1' judged from the start can only come out void, as no control has passed by then; write from: control");
	walk->judged |= step->cases;
}

/* Steps that mean nothing while the device is off. Said once: the first one is where 'supply: on' is missing. */
static void look_for_supply(struct walk *walk, const struct scenario_step *step)
{
	if (walk->supplied || walk->unsupplied_said)
		return;
	walk->unsupplied_said = true;
	(void)yaml_problem_at(walk->reader->yaml, step->at, "'%s' before anything is energised; put 'supply: on' before it", verb_name(step->verb));
}

static void look_at_loop(struct walk *walk, int index)
{
	const struct scenario *scenario = walk->reader->scenario;
	const struct scenario_step *loop = &scenario->steps[index];
	bool used = false;
	int i;

	walk->gated = false;
	for (i = index + 1; i < loop->end; i++) {
		const struct scenario_step *step = &scenario->steps[i];

		used = used || step->for_ns.loop == index || step->level_mv.loop == index || step->within_ns.loop == index ||
		       step->watch_ns.loop == index || step->until_ns.loop == index || step->text_loop == index;
		if (loop->verb == VERB_BISECT && step->verb == VERB_BISECT)
			refuse(walk, step, "a bisect inside a bisect cannot be planned; put them one behind the other");
	}
	if (loop->verb != VERB_REPEAT && loop->variable[0] && !used)
		(void)yaml_problem_at(walk->reader->yaml, loop->at, "no step of this %s uses '$%s'", verb_name(loop->verb), loop->variable);
}

static void look_at_step(struct walk *walk, int index)
{
	const struct scenario_step *step = &walk->reader->scenario->steps[index];

	switch (step->verb) {
	case VERB_SUPPLY:
	case VERB_MAINS:
		if (step->switching == SWITCHING_CUT)
			look_for_supply(walk, step);
		walk->supplied = step->switching != SWITCHING_OFF;
		walk->gated = false;
		break;
	case VERB_CUT:
	case VERB_CONTROL:
	case VERB_TRANSFER:
		look_for_supply(walk, step);
		walk->transferred = walk->transferred || step->verb == VERB_TRANSFER;
		walk->controlled = walk->controlled || (step->verb == VERB_CONTROL && step->polarity == POLARITY_POSITIVE);
		walk->gated = false;
		break;
	case VERB_SET:
	case VERB_RAMP:
		walk->gated = false;
		break;
	case VERB_GATE:
		walk->gated = true;
		break;
	case VERB_ACTIVATE:
		look_for_supply(walk, step);
		look_at_activate(walk, step);
		break;
	case VERB_JUDGE:
		look_at_judge(walk, step);
		break;
	case VERB_CONFIRM:
		look_for_supply(walk, step);
		walk->judged |= step->cases;
		break;
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
		look_at_loop(walk, index);
		break;
	case VERB_WAIT:
	case VERB_HOLD:
	case VERB_PROMPT:
	case VERB_NOTE:
	case VERB_COUNT:
		break;
	}
}

/* finally puts the slot into order; it decides nothing and asks nobody. */
static void look_at_finally(struct walk *walk, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_SUPPLY:
	case VERB_MAINS:
	case VERB_SET:
	case VERB_HOLD:
	case VERB_WAIT:
	case VERB_NOTE:
		return;
	case VERB_CUT:
	case VERB_RAMP:
	case VERB_CONTROL:
	case VERB_TRANSFER:
	case VERB_GATE:
	case VERB_ACTIVATE:
	case VERB_JUDGE:
	case VERB_CONFIRM:
	case VERB_PROMPT:
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		break;
	}
	if (step->depth == 0)
		(void)yaml_problem_at(walk->reader->yaml, step->at, "'%s' cannot stand in 'finally'; supply, mains, set, hold, wait and note can",
				      verb_name(step->verb));
}

/* By hand one thing is done at a time, and asked for by its name. */
static void look_at_manual(struct walk *walk, int index)
{
	const struct scenario *scenario = walk->reader->scenario;
	const struct scenario_step *step = &scenario->steps[index], *other;
	int i;

	switch (step->verb) {
	case VERB_JUDGE:
	case VERB_PROMPT:
	case VERB_NOTE:
	case VERB_WAIT:
	case VERB_HOLD:
	case VERB_RAMP:
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		(void)yaml_problem_at(walk->reader->yaml, step->at, "'%s' cannot be done by hand; supply, mains, cut, set, control, transfer, gate, "
				      "activate and confirm can", verb_name(step->verb));
		break;
	case VERB_SUPPLY:
	case VERB_MAINS:
	case VERB_CUT:
	case VERB_SET:
	case VERB_CONTROL:
	case VERB_TRANSFER:
	case VERB_GATE:
	case VERB_ACTIVATE:
	case VERB_CONFIRM:
		break;
	}
	for (i = 0; i < index; i++) {
		other = &scenario->steps[i];
		if (other->verb == step->verb && other->switching == step->switching && other->polarity == step->polarity)
			refuse(walk, step, "this stands twice: what may be done by hand is asked for by its verb, with its own duration or level");
	}
}

static void look_at_expected(struct walk *walk)
{
	const struct scenario *scenario = walk->reader->scenario;
	unsigned missing = scenario->expects & ~walk->judged;
	int i;

	for (i = 0; i < CASE_COUNT; i++)
		if (missing & CASE_BIT(i))
			(void)yaml_problem_at(walk->reader->yaml, scenario->expects_at, "case '%s' is expected and no step judges it; %s",
					      case_name((enum case_kind)i),
					      i == CASE_FIRMWARE ? "add confirm: firmware" : "add it to a 'judge' step");
}

static void look_at_parameters(struct step_reader *reader)
{
	const struct scenario *scenario = reader->scenario;
	int i;

	for (i = 0; i < scenario->parameter_count; i++)
		if (!scenario->parameters[i].used)
			(void)yaml_problem_at(reader->yaml, scenario->parameters[i].at, "no step uses parameter '%s'; remove it or write $%s where it belongs",
					      scenario->parameters[i].name, scenario->parameters[i].name);
}

void refuse_scenario(struct step_reader *reader)
{
	const struct scenario *scenario = reader->scenario;
	struct walk walk = {.reader = reader};
	int i;

	if (reader->lost)
		return;
	for (i = 0; i < scenario->finally_first; i++)
		look_at_step(&walk, i);
	for (; i < scenario->step_count; i++)
		look_at_finally(&walk, &scenario->steps[i]);
	for (i = 0; i < scenario->step_count && scenario->manual; i++)
		look_at_manual(&walk, i);
	if (scenario->manual && scenario->expects)
		(void)yaml_problem_at(reader->yaml, scenario->expects_at, "what is done by hand is measured and not judged; write expects: []");
	look_at_expected(&walk);
	look_at_parameters(reader);
}
