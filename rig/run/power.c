/*
 * Energising, cutting and switching off one slot, in a closed loop: announce, make durable, command, read back, and ask an
 * independent sense. What disagrees is the rig's fault and ends the slot's run; it is never the device's.
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ARM_WITHIN_NS NS_PER_H

static void enter(struct slot_run *run, enum power_stage stage)
{
	run->power = stage;
	run->power_deadline_ns = INSTANT_NEVER;
}

static enum progress fail(struct engine *engine, struct slot_run *run, enum fault domain, const char *code, const char *text)
{
	emit_fault(engine, run->slot->name, domain, ALL_CASES, code, text);
	return PROGRESS_FAILED; /* it is dropped, which says that it is off where something was under way */
}

const char *power_forbidden(const struct engine *engine, const struct slot_run *run)
{
	/* What the lab's power switched off its return must not switch on, mains or not. */
	if (!engine->lab_power_ok)
		return "the lab's power";
	/* Whoever has pressed it wants nothing to come on, whatever its voltage. */
	if (!engine->estop_ok)
		return "the emergency stop to be released";
	if (!engine->program->outputs[power_switch(run)].hazardous)
		return NULL;
	if (!engine->door_ok)
		return "the door to be closed";
	if (!engine->temperature_ok)
		return "the temperature to be in order";
	return engine->armed ? NULL : "the bench to be armed";
}

/* What switching this slot on switches on, in this order: the supply first, then the switch near the hub. */
#define CHAIN_MAX 3

static int chain_of(const struct slot_run *run, int chain[CHAIN_MAX])
{
	const struct program_slot *slot = run->slot;
	const int supply[] = {slot->supply, slot->supply_output, slot->feed}, mains[] = {slot->contactor, slot->mains};
	const int *from = run->acting == POWERED_SUPPLY ? supply : mains;
	int from_count = run->acting == POWERED_SUPPLY ? 3 : 2, count = 0, i;

	for (i = 0; i < from_count; i++)
		if (from[i] != NO_CHANNEL)
			chain[count++] = from[i];
	return count;
}

/* On, perhaps on, or promised to a slot: one that is being switched, or cut for a time after which it comes back. */
static bool claimed(const struct engine *engine, int output, const struct slot_run *but)
{
	int chain[CHAIN_MAX], i, j;

	if (engine->on[output] || engine->maybe_on[output])
		return true;
	for (i = 0; i < engine->program->slot_count; i++) {
		const struct slot_run *run = &engine->slots[i];

		if (run == but || run->power <= POWER_TURN)
			continue;
		for (j = chain_of(run, chain) - 1; j >= 0; j--)
			if (chain[j] == output)
				return true;
	}
	return false;
}

static bool contains(const struct program_interlock *interlock, int output)
{
	int i;

	for (i = 0; i < interlock->output_count; i++)
		if (interlock->outputs[i] == output)
			return true;
	return false;
}

/* Whether an interlock lets this output go on now; if not, waits_for says why. */
static bool interlock_permits(struct engine *engine, struct slot_run *run, const struct program_interlock *interlock, int output)
{
	int i;

	for (i = 0; i < interlock->output_count; i++) {
		int other = interlock->outputs[i];

		if (other == output)
			continue;
		run->waits_for = interlock->why;
		if (claimed(engine, other, run))
			return false;
		if (!run_reached(engine, run, engine->t_off_ns[other] + interlock->gap_ns))
			return false;
	}
	return true;
}

const char *power_interlocked(const struct engine *engine, const struct slot_run *run)
{
	const struct program *program = engine->program;
	int chain[CHAIN_MAX], count = chain_of(run, chain), i, j, k;

	for (i = 0; i < count; i++)
		for (j = 0; j < program->interlock_count && !engine->on[chain[i]]; j++)
			for (k = 0; contains(&program->interlocks[j], chain[i]) && k < program->interlocks[j].output_count; k++)
				if (program->interlocks[j].outputs[k] != chain[i] && claimed(engine, program->interlocks[j].outputs[k], run))
					return program->interlocks[j].why;
	return NULL;
}

static bool interlocks_permit(struct engine *engine, struct slot_run *run)
{
	const struct program *program = engine->program;
	int chain[CHAIN_MAX], count = chain_of(run, chain), i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < program->interlock_count && !engine->on[chain[i]]; j++)
			if (contains(&program->interlocks[j], chain[i]) &&
			    !interlock_permits(engine, run, &program->interlocks[j], chain[i]))
				return false;
	return true;
}

/*
 * Other slots are before it: that time is not the step's, and has a bound of its own, in which each of them has had its turn. A step's
 * own time begins anew after it.
 */
static void queue_up(struct engine *engine, struct slot_run *run)
{
	int64_t each_ns = engine->program->stagger_ns + (engine->program->hubs_together_max > 0 ? CUT_WINDOW_NS : 0);

	if (run->t_queued_ns < 0)
		run->t_queued_ns = engine->t_ns;
	if (!run_reached(engine, run, run->t_queued_ns + engine->program->slot_count * each_ns))
		run->t_begin_ns = engine->t_ns;
}

/* Whether this slot may switch now; if not, when to ask again. */
static bool has_turn(struct engine *engine, struct slot_run *run, bool cutting)
{
	const struct program *program = engine->program;
	int output = power_switch(run);

	run->waits_for = power_forbidden(engine, run);
	if (run->waits_for) {
		/* A person walks to the bench to arm it: that time is bounded by itself and not part of the step's. */
		run->waits_on = FAULT_OPERATOR;
		if (run->t_unarmed_ns < 0)
			run->t_unarmed_ns = engine->t_ns;
		if (run_reached(engine, run, run->t_unarmed_ns + ARM_WITHIN_NS))
			return false;
		run->t_begin_ns = engine->t_ns;
		return false;
	}
	run->t_unarmed_ns = -1;
	run->waits_on = FAULT_RIG;
	run->waits_for = "its turn to switch";
	if (engine->t_last_turn_ns >= 0 && !run_reached(engine, run, engine->t_last_turn_ns + program->stagger_ns)) {
		queue_up(engine, run);
		return false;
	}
	if (!cutting && !run_reached(engine, run, engine->t_off_ns[output] + program->outputs[output].min_off_ns))
		return false;
	if (!cutting && !interlocks_permit(engine, run))
		return false;
	if (!cutting || cut_window_has_room(&engine->window, engine->utc_us, program->hubs_together_max))
		return true;
	run->waits_for = "the next 3-minute window: enough hubs are cut in this one";
	(void)run_reached(engine, run, engine->t_ns + cut_window_left_ns(engine->utc_us));
	queue_up(engine, run);
	return false;
}

static void take_turn(struct engine *engine, struct slot_run *run, bool cutting)
{
	engine->t_last_turn_ns = engine->t_ns;
	run->t_queued_ns = -1;
	if (cutting)
		cut_window_take(&engine->window, engine->utc_us);
	emit_flush(engine);
	run->durable_needed = engine->lines;
	enter(run, POWER_DURABLE);
	run->waits_for = "the announcement to be on the disk";
}

/* Announcements that a slow disk held back become durable together; what they announced is switched one after the other all the same. */
static bool apart_from_last(struct engine *engine, struct slot_run *run)
{
	if (engine->t_last_switch_ns >= 0 && !run_reached(engine, run, engine->t_last_switch_ns + engine->program->stagger_ns)) {
		run->waits_for = "its turn to switch";
		queue_up(engine, run);
		return false;
	}
	engine->t_last_switch_ns = engine->t_ns;
	run->t_queued_ns = -1;
	return true;
}

static void command(struct engine *engine, struct slot_run *run, int output, bool on, enum purpose purpose)
{
	run->outputs_wanted = 1;
	run->output_refused = false;
	enter(run, POWER_OUTPUT);
	run->power_deadline_ns = engine->t_ns + engine->program->output_within_ns;
	run->waits_for = "the output's read-back";
	run->millivolts = run->slot->supply_mv;
	emit_output(engine, run, output, on, run->slot->supply_mv, purpose);
}

/* The first of the chain that is not on yet, and at least the switch itself. */
static void command_next_on(struct engine *engine, struct slot_run *run, enum purpose purpose)
{
	int chain[CHAIN_MAX], count = chain_of(run, chain), i;

	for (i = 0; i < count - 1 && engine->on[chain[i]]; i++)
		;
	command(engine, run, chain[i], true, purpose);
}

/* A contactor is closed only if its mirror contact has shown it open, and is closed when that no longer does. */
static enum progress close_contactor(struct engine *engine, struct slot_run *run)
{
	bool told = engine->on[run->slot->contactor];

	if (recorder_level(&engine->recorder, run->slot->mirror) == (told ? 0 : 1))
		return PROGRESS_DONE;
	if (!told)
		return fail(engine, run, FAULT_RIG, "contactor-welded", "the mirror contact says that the group's contactor is closed, and it was not told to");
	run->waits_for = "the mirror contact of the group's contactor";
	if (!run_reached(engine, run, run->power_deadline_ns))
		return PROGRESS_PENDING;
	return fail(engine, run, FAULT_RIG, "contactor-open", "the group's contactor was told to close, and its mirror contact says that it is open");
}

static bool needs_mirror(const struct slot_run *run)
{
	return run->acting == POWERED_MAINS && run->slot->contactor != NO_CHANNEL;
}

static enum progress after_output(struct engine *engine, struct slot_run *run)
{
	if (run->outputs_wanted > 0 && !run_reached(engine, run, run->power_deadline_ns))
		return PROGRESS_PENDING;
	if (run->outputs_wanted > 0)
		return fail(engine, run, FAULT_RIG, "no-readback", "an output did not say in time what it is");
	if (run->output_refused)
		return fail(engine, run, run->output_fault, "readback-disagrees", run->output_text);
	enter(run, POWER_SENSE);
	run->power_deadline_ns = engine->t_ns + engine->program->sense_within_ns;
	run->waits_for = "the sense to follow the switch";
	return PROGRESS_DONE;
}

static enum progress after_sense(struct engine *engine, struct slot_run *run, bool wanted)
{
	int input = power_sense(run);

	if (input == NO_CHANNEL || recorder_level(&engine->recorder, input) == (wanted ? 1 : 0))
		return PROGRESS_DONE;
	if (!run_reached(engine, run, run->power_deadline_ns))
		return PROGRESS_PENDING;
	run->weld_said |= !wanted;
	return wanted ? fail(engine, run, FAULT_RIG, "sense-disagrees", "switched on, and the sense behind the switch says off")
		      : fail(engine, run, FAULT_RIG, "relay-welded", "switched off, and the sense behind the switch says on");
}

/* A long cut is over, and the sense has had its time to show it. */
static enum progress sense_at_end_of_cut(struct engine *engine, struct slot_run *run)
{
	run->power_deadline_ns = engine->t_ns;
	return after_sense(engine, run, false);
}

enum progress power_energise(struct engine *engine, struct slot_run *run, enum purpose purpose)
{
	enum progress progress;

	if (run->power == POWER_IDLE)
		enter(run, POWER_TURN);
	if (run->power == POWER_TURN) {
		if (!has_turn(engine, run, false))
			return PROGRESS_PENDING;
		emit_announce(engine, run, ANNOUNCED_ENERGISE, -1, purpose);
		take_turn(engine, run, false);
	}
	if (run->power == POWER_DURABLE) {
		if (engine->durable < run->durable_needed)
			return PROGRESS_PENDING;
		if (power_forbidden(engine, run)) { /* it was lost while the disk worked */
			enter(run, POWER_TURN);
			return PROGRESS_PENDING;
		}
		if (!apart_from_last(engine, run))
			return PROGRESS_PENDING;
		if (needs_mirror(run) && engine->on[run->slot->contactor]) { /* another slot has told it so, and may still wait */
			enter(run, POWER_MIRROR);
			run->power_deadline_ns = engine->t_ns + engine->program->sense_within_ns;
		} else {
			progress = needs_mirror(run) ? close_contactor(engine, run) : PROGRESS_DONE;
			if (progress != PROGRESS_DONE)
				return progress;
			command_next_on(engine, run, purpose);
		}
	}
	if (run->power == POWER_OUTPUT) {
		progress = after_output(engine, run);
		if (progress != PROGRESS_DONE)
			return progress;
		if (!engine->on[power_switch(run)] && needs_mirror(run))
			run->power = POWER_MIRROR;
	}
	if (run->power == POWER_MIRROR) {
		progress = close_contactor(engine, run);
		if (progress != PROGRESS_DONE)
			return progress;
	}
	if (!engine->on[power_switch(run)]) {
		command_next_on(engine, run, purpose);
		return PROGRESS_PENDING;
	}
	/* What a meter feeds comes when the meter has booted: the step waits for that, with its own bound. */
	progress = run->acting == POWERED_SUPPLY && run->slot->mains != NO_CHANNEL ? PROGRESS_DONE : after_sense(engine, run, true);
	if (progress == PROGRESS_DONE)
		enter(run, POWER_IDLE);
	return progress;
}

enum progress power_bring_up(struct engine *engine, struct slot_run *run, enum purpose purpose)
{
	enum progress progress;

	if (run->slot->mains != NO_CHANNEL && run->slot->feed != NO_CHANNEL && !run->mains_up) {
		run->acting = POWERED_MAINS;
		progress = power_energise(engine, run, purpose);
		run->mains_up = progress == PROGRESS_DONE;
		if (progress != PROGRESS_DONE)
			return progress;
	}
	run->acting = power_of_hub(run->slot);
	progress = power_energise(engine, run, purpose);
	if (progress != PROGRESS_PENDING)
		run->mains_up = false;
	return progress;
}

enum progress power_off(struct engine *engine, struct slot_run *run, enum purpose purpose)
{
	enum progress progress;

	if (run->power == POWER_IDLE) {
		emit_announce(engine, run, ANNOUNCED_OFF, -1, purpose);
		command(engine, run, power_switch(run), false, purpose);
	}
	if (run->power == POWER_OUTPUT) {
		progress = after_output(engine, run);
		if (progress != PROGRESS_DONE)
			return progress;
	}
	progress = after_sense(engine, run, false);
	if (progress == PROGRESS_DONE)
		enter(run, POWER_IDLE);
	return progress;
}

/* Re-energising was announced with the cut and waits for no flush; but what protects people is asked again. */
static enum progress end_of_cut(struct engine *engine, struct slot_run *run, int64_t for_ns, enum purpose purpose)
{
	run->waits_for = "the end of the cut";
	if (!run_reached(engine, run, run->t_cut_ns + for_ns))
		return PROGRESS_PENDING;
	if (for_ns >= DISCHARGED_NS && power_back_fed(engine, run)) /* whether or not anybody has looked since that was so long */
		return fail(engine, run, FAULT_RIG, "back-fed", "the mains were cut, and at the end of that the hub still had a supply");
	if (power_forbidden(engine, run))
		return fail(engine, run, FAULT_OPERATOR, "not-armed", "the arm was lost during a cut");
	command(engine, run, power_switch(run), true, purpose);
	return PROGRESS_PENDING;
}

enum progress power_cut(struct engine *engine, struct slot_run *run, int64_t for_ns, enum purpose purpose)
{
	int output = power_switch(run);
	enum progress progress;

	if (run->power == POWER_IDLE)
		enter(run, POWER_TURN);
	if (run->power == POWER_TURN) {
		if (!has_turn(engine, run, true))
			return PROGRESS_PENDING;
		emit_announce(engine, run, ANNOUNCED_CUT, for_ns, purpose);
		take_turn(engine, run, true);
	}
	if (run->power == POWER_DURABLE) {
		if (engine->durable < run->durable_needed || !apart_from_last(engine, run))
			return PROGRESS_PENDING;
		run->t_cut_ns = engine->t_ns;
		command(engine, run, output, false, purpose);
	}
	if (run->power == POWER_LENGTH)
		return end_of_cut(engine, run, for_ns, purpose);
	if (run->power == POWER_OUTPUT) {
		progress = after_output(engine, run);
		if (progress != PROGRESS_DONE)
			return progress;
	}
	if (!engine->on[output] && engine->t_ns >= run->t_cut_ns + for_ns && for_ns < engine->program->sense_within_ns)
		progress = PROGRESS_DONE; /* one that is shorter than the sense may be slow must not become longer for it */
	else if (!engine->on[output] && engine->t_ns >= run->t_cut_ns + for_ns)
		progress = sense_at_end_of_cut(engine, run);
	else
		progress = after_sense(engine, run, engine->on[output]);
	if (!engine->on[output] && progress == PROGRESS_PENDING)
		(void)run_reached(engine, run, run->t_cut_ns + for_ns);
	if (progress != PROGRESS_DONE)
		return progress;
	if (engine->on[output]) {
		enter(run, POWER_IDLE);
		return PROGRESS_DONE;
	}
	enter(run, POWER_LENGTH);
	return end_of_cut(engine, run, for_ns, purpose);
}

enum progress power_set(struct engine *engine, struct slot_run *run, int64_t millivolts)
{
	assert(run->slot->supply != NO_CHANNEL);
	if (run->power == POWER_IDLE) {
		emit_announce(engine, run, ANNOUNCED_ENERGISE, -1, PURPOSE_SCENARIO);
		emit_flush(engine);
		run->durable_needed = engine->lines;
		enter(run, POWER_DURABLE);
	}
	if (run->power == POWER_DURABLE) {
		if (engine->durable < run->durable_needed)
			return PROGRESS_PENDING;
		run->outputs_wanted = 1;
		run->output_refused = false;
		enter(run, POWER_OUTPUT);
		run->power_deadline_ns = engine->t_ns + engine->program->output_within_ns;
		run->millivolts = millivolts;
		emit_output(engine, run, run->slot->supply, true, millivolts, PURPOSE_SCENARIO);
		return PROGRESS_PENDING;
	}
	if (run->outputs_wanted > 0 && !run_reached(engine, run, run->power_deadline_ns))
		return PROGRESS_PENDING;
	if (run->outputs_wanted > 0)
		return fail(engine, run, FAULT_SUPPLY, "no-readback", "the supply did not say in time what it is");
	if (run->output_refused)
		return fail(engine, run, run->output_fault, "readback-disagrees", run->output_text);
	enter(run, POWER_IDLE);
	return PROGRESS_DONE;
}

bool power_is_to_be_dropped(const struct engine *engine, int output)
{
	return engine->on[output] || (engine->maybe_on[output] && engine->answers_owed[output] == 0);
}

static void drop_output(struct engine *engine, struct slot_run *run, int output, enum purpose purpose)
{
	if (output != NO_CHANNEL && power_is_to_be_dropped(engine, output) && engine->slot_of_output[output] == run->index)
		emit_output(engine, run, output, false, 0, purpose);
}

void power_drop(struct engine *engine, struct slot_run *run, enum purpose purpose)
{
	if (run->power != POWER_IDLE || power_is_to_be_dropped(engine, power_switch(run)))
		emit_announce(engine, run, ANNOUNCED_OFF, -1, purpose);
	drop_output(engine, run, run->slot->feed, purpose);
	drop_output(engine, run, run->slot->mains, purpose);
	drop_output(engine, run, run->slot->supply_output, purpose);
	drop_output(engine, run, run->slot->supply, purpose);
	run->power = POWER_IDLE;
	run->mains_up = false;
}

static bool says_on(const struct engine *engine, int output, int input, int level)
{
	return output != NO_CHANNEL && input != NO_CHANNEL && engine->told_off[output] &&
	       recorder_level(&engine->recorder, input) == level;
}

enum weld power_weld(const struct engine *engine, const struct slot_run *run)
{
	const struct program_slot *slot = run->slot;

	if (says_on(engine, slot->contactor, slot->mirror, 0))
		return WELD_CONTACTOR;
	/* Behind a meter the hub's rail has its own time to fall; what the mains relay does its own sense tells. */
	return says_on(engine, slot->mains, slot->mains_sense, 1) || (slot->mains == NO_CHANNEL && says_on(engine, slot->feed, slot->sense, 1))
		       ? WELD_RELAY : WELD_NONE;
}

bool power_discharged(const struct engine *engine, const struct slot_run *run)
{
	return run->slot->feed == NO_CHANNEL && run->t_mains_gone_ns >= 0 && engine->t_ns - run->t_mains_gone_ns >= DISCHARGED_NS;
}

bool power_back_fed(const struct engine *engine, const struct slot_run *run)
{
	const struct program_slot *slot = run->slot;

	return slot->mains != NO_CHANNEL && slot->sense != NO_CHANNEL && engine->told_off[slot->mains] && power_discharged(engine, run) &&
	       recorder_level(&engine->recorder, slot->sense) == 1;
}
