/* What the slots' senses say now, and which of them cannot be as they say: crossed ones, and rails that another source holds. */

#include "rig/run/engine_private.h"

#include <stdio.h>
#include <string.h>

#define SENSE_APART_NS (NS_PER_S / 4)         /* so much may the senses of mains and supply differ in what they take to tell: less than
						 the turns of two slots are apart, or crossed ones would pass for it */

bool senses_input_is(const struct engine *engine, int input, int level)
{
	return input != NO_CHANNEL && recorder_level(&engine->recorder, input) == level;
}

static void doom_crossed(struct engine *engine, struct slot_run *run, const char *text)
{
	if (run->doomed)
		return;
	emit_fault(engine, run->slot->name, FAULT_RIG, ALL_CASES, "senses-crossed", text);
	run->doomed = true;
}

/*
 * The supply of a slot went though its mains is there, and a slot whose mains is away still has one: what was measured may be the
 * other's hub. After an activation a meter may do that by itself; and one that was told to go off may be quicker than its mains sense.
 */
static void look_for_crossing(struct engine *engine, struct slot_run *run)
{
	char text[FREE_TEXT_SIZE];
	int i;

	if (run->doomed || run->activation_sent || !senses_input_is(engine, run->slot->mains_sense, 1) || !engine->on[run->slot->mains])
		return;
	for (i = 0; i < engine->program->slot_count; i++) {
		struct slot_run *other = &engine->slots[i];

		if (other == run || !senses_input_is(engine, other->slot->mains_sense, 0) || !senses_input_is(engine, other->slot->sense, 1))
			continue;
		(void)snprintf(text, sizeof text, "a hub's supply went with the mains of another slot: are the senses of %s and %s crossed?",
			       run->slot->name, other->slot->name);
		doom_crossed(engine, run, text);
		doom_crossed(engine, other, text);
		return;
	}
}

/* The mains of a slot went when its hub's supply had long gone: that was not this meter's doing, unless it was activated. */
static void look_at_order(struct engine *engine, struct slot_run *run)
{
	if (run->activation_sent || run->t_supply_fell_ns < run->t_mains_rose_ns || engine->t_ns - run->t_supply_fell_ns < SENSE_APART_NS ||
	    senses_input_is(engine, run->slot->sense, 1))
		return;
	doom_crossed(engine, run, "the hub's supply went before the mains did: is its sense another slot's?");
}

void senses_say_back_fed(struct engine *engine, struct slot_run *run, const char *text)
{
	if (!run->back_fed_said)
		emit_fault(engine, run->slot->name, FAULT_RIG, CASE_BIT(CASE_OUTAGE), "back-fed", text);
	run->back_fed_said = run->doomed = true;
}

/*
 * Mains that have been away for so long leave a hub that a meter alone feeds without a supply: if it has one, or had until now, another
 * source feeds it, or the sense is another slot's.
 */
static void look_for_source(struct engine *engine, struct slot_run *run)
{
	if (power_discharged(engine, run))
		senses_say_back_fed(engine, run, "the hub had a supply, and its meter no mains: from another source, or its sense is another slot's");
}

static void take_mains(struct engine *engine, struct slot_run *run)
{
	bool mains = senses_input_is(engine, run->slot->mains_sense, 1);

	if (mains)
		run->t_mains_gone_ns = -1;
	else if (run->t_mains_gone_ns < 0 && senses_input_is(engine, run->slot->mains_sense, 0))
		run->t_mains_gone_ns = engine->t_ns;
	if (senses_input_is(engine, run->slot->sense, 1))
		look_for_source(engine, run);
	if (mains && !run->mains_there)
		run->t_mains_rose_ns = engine->t_ns;
	else if (!mains && run->mains_there)
		look_at_order(engine, run);
	run->mains_there = mains;
}

void senses_take(struct engine *engine)
{
	int i;

	for (i = 0; i < engine->program->slot_count; i++) {
		struct slot_run *run = &engine->slots[i];

		if (run->slot->sense == NO_CHANNEL)
			continue;
		if (recorder_level(&engine->recorder, run->slot->sense) != 1) {
			if (run->t_high_since_ns >= 0) {
				run->t_supply_fell_ns = engine->t_ns;
				look_for_crossing(engine, run);
				look_for_source(engine, run);
			}
			run->t_high_since_ns = -1;
			run->ready = run->deaf = false;
			run->unheard = run->unhealthy;
		} else if (run->t_high_since_ns < 0) {
			run->t_high_since_ns = engine->t_ns;
		}
		if (run->slot->mains_sense != NO_CHANNEL)
			take_mains(engine, run);
	}
}
