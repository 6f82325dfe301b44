/* Everything that leaves the engine passes here: a record is counted, given to the live judge and queued as an action. */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum powered power_of_hub(const struct program_slot *slot)
{
	return slot->feed != NO_CHANNEL ? POWERED_SUPPLY : POWERED_MAINS;
}

int power_switch(const struct slot_run *run)
{
	return run->acting == POWERED_SUPPLY ? run->slot->feed : run->slot->mains;
}

int power_sense(const struct slot_run *run)
{
	return run->acting == POWERED_SUPPLY ? run->slot->sense : run->slot->mains_sense;
}

struct record emit_line(const struct engine *engine, enum record_kind kind, const char *slot)
{
	struct record record = {.kind = kind, .t_ns = engine->t_ns, .utc_us = engine->utc_us};

	text_copy(record.slot, sizeof record.slot, slot);
	return record;
}

static struct action *add_action(struct engine *engine, enum action_kind kind)
{
	struct action *action = &engine->actions->list[engine->actions->count];

	assert(engine->actions->count < ACTIONS_MAX);
	engine->actions->count++;
	action->kind = kind;
	action->slot = action->output = NO_CHANNEL;
	return action;
}

void emit_record(struct engine *engine, struct record *record)
{
	record->seq = engine->lines++;
	judge_take(engine->judge, record);
	add_action(engine, ACTION_RECORD)->record = *record;
}

void emit_flush(struct engine *engine)
{
	engine->flush_wanted = true;
}

static void emit_command(struct engine *engine, int output, bool on, int64_t millivolts, enum purpose purpose)
{
	const struct program_output *out = &engine->program->outputs[output];
	struct record record = emit_line(engine, RECORD_COMMAND, out->slot);

	text_copy(record.data.command.channel, sizeof record.data.command.channel, out->channel);
	if (out->is_switch)
		text_copy(record.data.command.value, sizeof record.data.command.value, on ? "on" : "off");
	else
		snprintf(record.data.command.value, sizeof record.data.command.value, "%lld mV", (long long)millivolts);
	record.data.command.purpose = purpose;
	emit_record(engine, &record);
}

void emit_output(struct engine *engine, struct slot_run *run, int output, bool on, int64_t millivolts, enum purpose purpose)
{
	struct action *action;

	emit_command(engine, output, on, millivolts, purpose);
	action = add_action(engine, ACTION_OUTPUT);
	action->slot = engine->slot_of_output[output];
	action->output = output;
	action->on = on;
	action->millivolts = millivolts;
	engine->asked_by[output] = run ? run->index : NO_CHANNEL;
	engine->answers_owed[output]++;
	engine->on[output] = on;
	engine->told_off[output] = !on;
	if (on)
		engine->maybe_on[output] = true; /* until it has confirmed that it is off */
	else
		engine->t_off_ns[output] = engine->t_ns;
}

void emit_upgrade(struct engine *engine, struct slot_run *run, enum upgrade_ask command)
{
	struct action *action = add_action(engine, ACTION_UPGRADE);

	action->slot = run->index;
	action->command = command;
}

void emit_close_raw(struct engine *engine)
{
	(void)add_action(engine, ACTION_CLOSE_RAW);
}

void emit_prompt(struct engine *engine, const struct slot_run *run)
{
	struct action *action = add_action(engine, ACTION_PROMPT);

	action->slot = run->index;
	text_copy(action->record.data.prompt.question, sizeof action->record.data.prompt.question,
		  engine->program->plan->steps[run->at].text);
}

void emit_step(struct engine *engine, const struct slot_run *run, enum step_state state, const char *text)
{
	struct record record = emit_line(engine, RECORD_STEP, run->slot->name);

	record.data.step.step = run->at;
	text_copy(record.data.step.verb, sizeof record.data.step.verb, verb_name(engine->program->plan->steps[run->at].verb));
	record.data.step.state = state;
	text_copy(record.data.step.text, sizeof record.data.step.text, text);
	emit_record(engine, &record);
}

void emit_fault(struct engine *engine, const char *slot, enum fault domain, unsigned cases, const char *code, const char *text)
{
	struct record record = emit_line(engine, RECORD_FAULT, slot);

	record.data.fault.domain = domain;
	record.data.fault.cases = cases;
	text_copy(record.data.fault.code, sizeof record.data.fault.code, code);
	text_copy(record.data.fault.text, sizeof record.data.fault.text, text);
	emit_record(engine, &record);
}

void emit_announce(struct engine *engine, const struct slot_run *run, enum announced action, int64_t for_ns,
		   enum purpose purpose)
{
	struct record record = emit_line(engine, RECORD_ANNOUNCE, run->slot->name);

	record.data.announce.action = action;
	record.data.announce.what = action == ANNOUNCED_ACTIVATE ? POWERED_OTHER : run->acting;
	record.data.announce.for_ns = for_ns;
	record.data.announce.purpose = purpose;
	if (action != ANNOUNCED_ACTIVATE)
		text_copy(record.data.announce.channel, sizeof record.data.announce.channel,
			  engine->program->outputs[power_switch(run)].channel);
	emit_record(engine, &record);
}

void emit_phase(struct engine *engine, const struct slot_run *run, enum phase phase)
{
	struct record record = emit_line(engine, RECORD_PHASE, run->slot->name);

	record.data.phase.phase = phase;
	emit_record(engine, &record);
}

void emit_activation(struct engine *engine, const struct slot_run *run, enum activation_state state)
{
	struct record record = emit_line(engine, RECORD_ACTIVATION, run->slot->name);

	record.data.activation.state = state;
	record.data.activation.attempt = 1;
	text_copy(record.data.activation.firmware_from, sizeof record.data.activation.firmware_from, run->slot->firmware_from);
	text_copy(record.data.activation.firmware_to, sizeof record.data.activation.firmware_to, run->slot->firmware_to);
	text_copy(record.data.activation.image, sizeof record.data.activation.image, run->slot->image);
	emit_record(engine, &record);
}

/* What a control or a watch of this slot begins or ends with. */
static void take_stock(struct engine *engine, const struct slot_run *run)
{
	recorder_take_stock(&engine->recorder, run->slot->name);
	engine->actions->polls_wanted = true;
}

void emit_watch(struct engine *engine, struct slot_run *run, enum span state, unsigned cases, int64_t from_ns)
{
	struct record record = emit_line(engine, RECORD_WATCH, run->slot->name);

	record.data.watch.cases = cases;
	record.data.watch.state = state;
	record.data.watch.from_ns = state == SPAN_BEGIN ? from_ns : 0;
	run->watch_open = state == SPAN_BEGIN;
	emit_record(engine, &record);
	take_stock(engine, run);
}

void emit_control(struct engine *engine, struct slot_run *run, enum span state, enum polarity polarity)
{
	struct record record = emit_line(engine, RECORD_CONTROL, run->slot->name);

	record.data.control.polarity = polarity;
	record.data.control.state = state;
	run->control_open = state == SPAN_BEGIN;
	emit_record(engine, &record);
	take_stock(engine, run);
}

bool run_reached(const struct engine *engine, struct slot_run *run, int64_t until_ns)
{
	if (engine->t_ns >= until_ns)
		return true;
	if (until_ns < run->wake_ns)
		run->wake_ns = until_ns;
	return false;
}
