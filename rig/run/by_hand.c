/* What stands in the way of a step that a person asks for. Pure: it looks at the engine's state and changes nothing. */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <stdarg.h>
#include <stdio.h>

const char *by_hand_name(const struct plan_step *step)
{
	static const char *const supply[] = {"supply off", "supply on", "supply cut"}, *const mains[] = {"mains off", "mains on", "mains cut"};

	if (!step)
		return "off";
	if (step->verb == VERB_SUPPLY)
		return supply[step->switching];
	if (step->verb == VERB_MAINS)
		return mains[step->switching];
	if (step->verb == VERB_CONTROL)
		return step->polarity == POLARITY_POSITIVE ? "control positive" : "control negative";
	return verb_name(step->verb);
}

static bool is_cut(const struct plan_step *step)
{
	return step->verb == VERB_CUT || step->verb == VERB_CONTROL || (step->verb == VERB_MAINS && step->switching == SWITCHING_CUT);
}

static bool energises(const struct plan_step *step)
{
	return (step->verb == VERB_SUPPLY || step->verb == VERB_MAINS) && step->switching == SWITCHING_ON;
}

char by_hand_unit(const struct plan_step *step)
{
	return is_cut(step) ? 's' : step->verb == VERB_SET ? 'V' : '\0';
}

__attribute__((format(printf, 2, 3)))
static bool because(char why[FREE_TEXT_SIZE], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, FREE_TEXT_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool can(const struct program_slot *slot, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	switch (step->verb) {
	case VERB_MAINS:
		return slot->mains != NO_CHANNEL || because(why, "this slot has no 'mains' in the bench file");
	case VERB_SET:
		return slot->supply != NO_CHANNEL || because(why, "this slot has no 'feed' with a supply whose level can be set");
	case VERB_CONTROL:
		return slot->observers > 0 || because(why, "this slot has no observer of AD1 (console: ad1)");
	case VERB_TRANSFER:
	case VERB_GATE:
	case VERB_ACTIVATE:
	case VERB_CONFIRM:
		return slot->has_upgrade || because(why, "this slot has no 'upgrade' in the bench file");
	case VERB_SUPPLY:
	case VERB_CUT:
		return true;
	case VERB_RAMP:
	case VERB_HOLD:
	case VERB_WAIT:
	case VERB_JUDGE:
	case VERB_PROMPT:
	case VERB_NOTE:
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		break;
	}
	return because(why, "this cannot be done by hand");
}

static bool within_limits(const struct engine *engine, const struct slot_run *run, const struct plan_step *step, int64_t amount,
			  char why[FREE_TEXT_SIZE])
{
	int64_t most = step->verb == VERB_SET ? step->level_mv : step->for_ns, least_ns = engine->program->outputs[power_switch(run)].min_off_ns;
	char unit = by_hand_unit(step);

	if (amount < 0)
		return true;
	if (unit == '\0')
		return because(why, "%s has no length and no level", by_hand_name(step));
	if (amount == 0 || amount > most)
		return because(why, "the scenario allows at most %.3f %c", (double)most / (unit == 'V' ? 1e3 : 1e9), unit);
	if (is_cut(step) && amount < least_ns)
		return because(why, "its switch must stay off for %.3f s at least (off_min_ms)", (double)least_ns / 1e9);
	return true;
}

/* What must be on for it, and what may not. */
static bool stands_well(const struct engine *engine, const struct slot_run *run, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	bool on = engine->on[power_switch(run)], switches = step->verb == VERB_SUPPLY || step->verb == VERB_MAINS;

	if (switches && step->switching == SWITCHING_OFF)
		return true; /* to switch off is always right */
	if (energises(step))
		return !on || because(why, "it is on");
	return on || because(why, "it is off: %s on comes first", step->verb == VERB_MAINS ? "mains" : "supply");
}

/* Nothing is switched on behind a contact that does not open: a person clears it, after the run. */
static bool can_open(const struct engine *engine, const struct slot_run *run, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	if (!energises(step))
		return true;
	if (run->weld_said)
		return because(why, "its relay or contactor is welded: hilrig slot clear, after this run");
	return power_weld(engine, run) == WELD_NONE || because(why, "it was switched off, and the sense behind the switch still says on");
}

/* A level is the supply's: whatever else hangs on it must be at nothing that would be spoilt. */
static bool disturbs_nobody(const struct engine *engine, const struct slot_run *run, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	int i;

	for (i = 0; i < engine->program->slot_count && step->verb == VERB_SET; i++) {
		const struct slot_run *other = &engine->slots[i];

		if (i != run->index && other->slot->supply == run->slot->supply && !other->idle)
			return because(why, "its supply feeds slot %s, too, which is at %s", other->slot->name,
				       by_hand_name(&engine->program->plan->steps[other->at]));
	}
	return true;
}

static bool people_allow(const struct engine *engine, const struct slot_run *run, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	const char *wanted = power_forbidden(engine, run), *interlock = energises(step) ? power_interlocked(engine, run) : NULL;

	if ((step->verb == VERB_SUPPLY || step->verb == VERB_MAINS) && step->switching == SWITCHING_OFF)
		return true;
	if (wanted)
		return because(why, "it waits for %s", wanted);
	return !interlock || because(why, "interlock: %.200s", interlock);
}

static bool may_activate(const struct slot_run *run, const struct plan_step *step, char why[FREE_TEXT_SIZE])
{
	if (step->verb != VERB_ACTIVATE)
		return true;
	if (run->activation_announced)
		return because(why, "it was sent in this run, and is never sent twice");
	return run->transferred || because(why, "no image has crossed yet: transfer comes first");
}

bool by_hand_permits(const struct engine *engine, int slot, const struct by_hand *asked, char why[FREE_TEXT_SIZE])
{
	const struct plan *plan = engine->program->plan;
	const struct plan_step *step;
	struct slot_run run;

	why[0] = '\0';
	if (!engine->program->manual)
		return because(why, "a scenario drives this run, and what is done by hand would spoil it: hilrig off ends it, hilrig run by-hand begins "
			       "one by hand");
	if (engine->stage != ENGINE_WALKING || engine->stopping)
		return because(why, engine->stage < ENGINE_WALKING ? "the run has not begun yet" : "the run ends");
	if (asked->step == BY_HAND_OFF)
		return true;
	if (asked->step < 0 || asked->step >= plan->count)
		return because(why, "the scenario has no such step");
	run = engine->slots[slot]; /* as it would be in that step */
	step = &plan->steps[asked->step];
	if (!can(run.slot, step, why))
		return false;
	run.acting = step->verb == VERB_MAINS ? POWERED_MAINS : power_of_hub(run.slot);
	if (!run.idle)
		return because(why, "it is at %s: wait, or switch the slot off", by_hand_name(&plan->steps[run.at]));
	if (run.doomed)
		return because(why, "something that it needs was lost; the journal says what");
	return within_limits(engine, &run, step, asked->amount, why) && people_allow(engine, &run, step, why) &&
	       stands_well(engine, &run, step, why) && can_open(engine, &run, step, why) && disturbs_nobody(engine, &run, step, why) &&
	       may_activate(&run, step, why);
}
