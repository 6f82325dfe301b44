/*
 * The state of an interrupted run from its own lines. A step that had begun and was not done is begun again, with three
 * exceptions: an activation that was announced is never sent again, a watch that was open stays open, and of a search the whole
 * try is begun again.
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

static struct slot_run *run_of(struct engine *engine, const struct record *record)
{
	int i;

	for (i = 0; i < engine->program->slot_count; i++)
		if (strcmp(engine->program->slots[i].name, record->slot) == 0)
			return &engine->slots[i];
	return NULL;
}

static void take_step(struct engine *engine, struct slot_run *run, const struct record *record)
{
	int step = (int)record->data.step.step;

	if (step >= engine->program->plan->count)
		return;
	switch (record->data.step.state) {
	case STEP_BEGIN:
		(void)bisect_enter(engine, run, step);
		run->at = step;
		run->t_moment_ns[MOMENT_HERE] = record->t_ns;
		run->finishing |= step >= engine->program->plan->finally_first;
		break;
	case STEP_DONE:
	case STEP_SKIPPED:
		bisect_leave(engine, run, step);
		run->at = step + 1;
		break;
	case STEP_FAILED:
		run->failed = true;
		run->watch_open = run->control_open = false;
		run->at = run->finishing || engine->program->plan->finally_first >= engine->program->plan->count
				  ? engine->program->plan->count : engine->program->plan->finally_first;
		break;
	}
	run->over = run->at >= engine->program->plan->count;
}

static void take_activation(struct slot_run *run, const struct record *record)
{
	run->activation_announced = true;
	if (record->data.activation.state == ACTIVATION_SENT || record->data.activation.state == ACTIVATION_UNKNOWN) {
		run->activation_sent |= record->data.activation.state == ACTIVATION_SENT;
		run->t_moment_ns[MOMENT_ACTIVATE] = record->t_ns;
	}
	if (record->data.activation.state == ACTIVATION_ACCEPTED)
		run->accepted = true;
}

static void take_boot(struct engine *engine)
{
	int i;

	for (i = 0; i < engine->program->slot_count; i++)
		engine->slots[i].control_broken |= engine->slots[i].control_open;
}

/* One with a boot line in it shows nothing, and is done again (reports/judging.md, "Controls"). */
static void take_control(struct slot_run *run, const struct record *record)
{
	run->control_open = record->data.control.state == SPAN_BEGIN;
	if (run->control_open)
		run->control_broken = false;
	else if (record->data.control.polarity == POLARITY_POSITIVE && !run->control_broken && run->t_moment_ns[MOMENT_CONTROL] < 0)
		run->t_moment_ns[MOMENT_CONTROL] = record->t_ns;
}

/* The first transfer phase after the last idle or enter is where the first block went out. */
static void take_phase(struct slot_run *run, const struct record *record)
{
	if (record->data.phase.phase == PHASE_TRANSFER)
		run->t_moment_ns[MOMENT_FIRST_BLOCK] = record->t_ns;
}

/* A cut ends with the supply on again; only an off that the scenario wanted leaves the slot off. */
static void take_announce(struct engine *engine, struct slot_run *run, const struct record *record)
{
	int i;

	for (i = 0; i < engine->program->output_count && record->data.announce.action != ANNOUNCED_ACTIVATE; i++)
		if (engine->slot_of_output[i] == run->index)
			engine->announced_on[i] = record->data.announce.action != ANNOUNCED_OFF;
	if (record->data.announce.action == ANNOUNCED_ENERGISE) {
		if (run->t_moment_ns[MOMENT_START] < 0)
			run->t_moment_ns[MOMENT_START] = record->t_ns;
		run->energise_again = true;
	} else if (record->data.announce.action == ANNOUNCED_OFF && record->data.announce.purpose == PURPOSE_SCENARIO) {
		run->energise_again = false;
	}
}

/* What the hub said of itself is over once its supply was away. */
static void take_level(const struct engine *engine, struct slot_run *run, const struct record *record)
{
	bool edge = record->kind == RECORD_EDGE;
	const char *channel = edge ? record->data.edge.channel : record->data.level.channel;

	if ((edge ? record->data.edge.level : record->data.level.level) == 0 &&
	    strcmp(channel, engine->program->inputs[run->slot->sense].channel) == 0)
		run->ready = false;
}

static void take_command(struct engine *engine, const struct record *record)
{
	int i;

	for (i = 0; i < engine->program->output_count; i++)
		if (strcmp(engine->program->outputs[i].channel, record->data.command.channel) == 0) {
			engine->told_off[i] = strcmp(record->data.command.value, "off") == 0 ||
					      strcmp(record->data.command.value, "0 mV") == 0;
			engine->maybe_on[i] |= !engine->told_off[i];
		}
}

static void take_readback(struct engine *engine, const struct record *record)
{
	int i;

	for (i = 0; i < engine->program->output_count; i++)
		if (strcmp(engine->program->outputs[i].channel, record->data.readback.channel) == 0 && record->data.readback.agrees &&
		    engine->told_off[i])
			engine->maybe_on[i] = false;
}

void recall_take(struct engine *engine, const struct record *record)
{
	struct slot_run *run = run_of(engine, record);

	judge_take(engine->judge, record);
	if (record->t_ns > engine->t_ns)
		engine->t_ns = record->t_ns;
	if (record->kind == RECORD_CLOCK)
		engine->clock_known = true;
	if (record->kind == RECORD_COMMAND)
		take_command(engine, record);
	if (record->kind == RECORD_READBACK)
		take_readback(engine, record);
	if (record->kind == RECORD_BOOT)
		take_boot(engine);
	if (!run)
		return;
	if (record->kind == RECORD_STEP)
		take_step(engine, run, record);
	else if (record->kind == RECORD_ACTIVATION)
		take_activation(run, record);
	else if (record->kind == RECORD_PHASE)
		take_phase(run, record);
	else if (record->kind == RECORD_WATCH)
		run->watch_open = record->data.watch.state == SPAN_BEGIN;
	else if (record->kind == RECORD_CONTROL)
		take_control(run, record);
	else if (record->kind == RECORD_ALERT && strcmp(record->data.alert.code, "AD1") == 0)
		run->round_seen = true;
	else if (record->kind == RECORD_HUB)
		run->ready = record->data.hub.event == HUB_READY;
	else if (record->kind == RECORD_EDGE || record->kind == RECORD_LEVEL)
		take_level(engine, run, record);
	else if (record->kind == RECORD_ANNOUNCE)
		take_announce(engine, run, record);
	else if (record->kind == RECORD_FAULT)
		run->weld_said |= strcmp(record->data.fault.code, "relay-welded") == 0 || strcmp(record->data.fault.code, "contactor-welded") == 0;
}

void recall_done(struct engine *engine)
{
	int i;

	assert(!engine->program->manual); /* nobody goes on with what was done by hand */
	engine->resumed = true;
	/* What the last commands were may have been lost with the power; what was announced was on the disk. */
	for (i = 0; i < engine->program->output_count; i++)
		engine->maybe_on[i] |= engine->announced_on[i];
	for (i = 0; i < engine->program->slot_count; i++) {
		struct slot_run *run = &engine->slots[i];

		run->deaf = !run->ready;
		if (!run->over)
			run->at = bisect_again(engine, run);
		if (!run->over && engine->program->plan->steps[run->at].verb == VERB_SUPPLY)
			run->energise_again = false; /* it is about to do just that */
		/* Announced, and no later step begun: it may or may not be on its way. */
		run->activation_doubtful = run->activation_announced && !run->over &&
					   engine->program->plan->steps[run->at].verb == VERB_ACTIVATE;
	}
}
