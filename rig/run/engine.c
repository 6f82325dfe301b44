/*
 * The engine: what an event changes, then every slot walks as far as it can, then the end if all are through.
 * engine_private.h has the map of its files.
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLLS_TO_KNOW 2
#define LISTEN_WITHIN_NS (5 * NS_PER_S)

static void put_recorded(void *self, struct record *record)
{
	emit_record(self, record);
}

static void init_slot(struct engine *engine, int index)
{
	struct slot_run *run = &engine->slots[index];
	int mark;

	*run = (struct slot_run){.slot = &engine->program->slots[index], .index = index, .idle = engine->program->manual, .asked = -1, .t_high_since_ns = -1, .t_supply_fell_ns = -1, .t_mains_gone_ns = -1,
				 .t_unarmed_ns = -1, .t_queued_ns = -1,
				 .waits_for = "the run to begin", .waits_on = FAULT_RIG,
				 .acting = power_of_hub(&engine->program->slots[index])};
	for (mark = 0; mark < MOMENT_COUNT; mark++)
		run->t_moment_ns[mark] = -1;
}

struct engine *engine_new(const struct program *program)
{
	struct engine *engine = calloc(1, sizeof *engine);
	int i;

	assert(engine);
	engine->program = program;
	engine->judge = judge_new(program->slot_count > 0 ? program->slot_count : 1);
	engine->armed = !program->needs_arm;
	engine->estop_ok = !program->has_estop;
	engine->door_ok = !program->has_door;
	engine->temperature_ok = true;
	engine->lab_power_ok = !program->has_lab_feed;
	engine->t_last_turn_ns = engine->t_last_switch_ns = -1;
	recorder_init(&engine->recorder, (struct record_sink){put_recorded, engine});
	for (i = 0; i < program->input_count; i++)
		recorder_add(&engine->recorder, program->inputs[i].slot, program->inputs[i].channel);
	for (i = 0; i < program->slot_count; i++)
		init_slot(engine, i);
	for (i = 0; i < program->output_count; i++) {
		engine->slot_of_output[i] = program_find_slot(program, program->outputs[i].slot);
		engine->asked_by[i] = NO_CHANNEL;
	}
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	judge_free(engine->judge);
	free(engine);
}

/* ---- A slot from one step to the next ---- */

static void next_step(struct engine *engine, struct slot_run *run, int at)
{
	run->at = at;
	run->begun = false;
	run->stage = 0;
	run->over = at >= engine->program->plan->count;
}

/* By hand: until something is asked for again. */
static void rest(struct slot_run *run)
{
	run->idle = true;
	run->begun = false;
	run->asked = -1;
	run->energise_again = false;
}

static void end_of_slot(struct engine *engine, struct slot_run *run)
{
	int finally_from = engine->program->plan->finally_first;

	if (engine->program->manual) {
		rest(run);
		return;
	}
	if (run->finishing || finally_from >= engine->program->plan->count || run->at >= finally_from) {
		next_step(engine, run, engine->program->plan->count);
		return;
	}
	run->finishing = true;
	next_step(engine, run, finally_from);
}

static void fail_step(struct engine *engine, struct slot_run *run)
{
	emit_step(engine, run, STEP_FAILED, run->waits_for);
	run->failed = true;
	run->watch_open = run->control_open = false; /* it stays without an end; a later one is another one */
	emit_upgrade(engine, run, ASK_CANCEL); /* nothing that it began goes on behind it */
	power_drop(engine, run, PURPOSE_RIG);
	end_of_slot(engine, run);
}

/* ---- By hand ---- */

/* Between steps nobody acts on any of its switches: what is announced is what goes off. */
static void stand_by_what_is_on(const struct engine *engine, struct slot_run *run)
{
	run->acting = power_of_hub(run->slot);
	if (run->slot->mains != NO_CHANNEL && !power_is_to_be_dropped(engine, power_switch(run)))
		run->acting = POWERED_MAINS;
}

/* A gate in front of what was asked for comes first, as in a scenario: nothing irreversible is done without. */
static void begin_asked(struct engine *engine, struct slot_run *run, const struct by_hand *asked)
{
	const struct plan_step *steps = engine->program->plan->steps;
	bool gated = asked->step > 0 && steps[asked->step].verb == VERB_ACTIVATE && steps[asked->step - 1].verb == VERB_GATE;

	run->idle = run->failed = false;
	run->t_unarmed_ns = run->t_queued_ns = -1;
	run->asked = asked->amount;
	run->asked_at = asked->step;
	next_step(engine, run, gated ? asked->step - 1 : asked->step);
}

static void take_asked(struct engine *engine, const struct run_event *event)
{
	struct slot_run *run = &engine->slots[event->slot];
	char why[FREE_TEXT_SIZE];

	if (!by_hand_permits(engine, event->slot, &event->by_hand, why)) {
		emit_fault(engine, run->slot->name, FAULT_OPERATOR, 0, "by-hand-refused", why);
	} else if (event->by_hand.step == BY_HAND_OFF) {
		if (run->idle)
			stand_by_what_is_on(engine, run);
		power_drop(engine, run, PURPOSE_PERSON);
		run->waits_for = "nothing any more: it was switched off by hand";
		if (!run->idle)
			fail_step(engine, run);
	} else {
		begin_asked(engine, run, &event->by_hand);
	}
}

/* Everything goes off, and the run is complete: whatever is under way ends with it. */
static void finish(struct engine *engine)
{
	int i;

	assert(engine->program->manual);
	for (i = 0; i < engine->program->slot_count; i++)
		if (!engine->slots[i].idle)
			fail_step(engine, &engine->slots[i]);
	for (i = 0; i < engine->program->slot_count; i++)
		engine->slots[i].over = true;
}

/* Events */

static void take_output(struct engine *engine, const struct run_event *event)
{
	struct record record = emit_line(engine, RECORD_READBACK, engine->program->outputs[event->channel].slot);
	struct slot_run *run;

	text_copy(record.data.readback.channel, sizeof record.data.readback.channel,
		  engine->program->outputs[event->channel].channel);
	text_copy(record.data.readback.value, sizeof record.data.readback.value, event->text);
	record.data.readback.agrees = event->agrees;
	emit_record(engine, &record);
	if (engine->answers_owed[event->channel] > 0)
		engine->answers_owed[event->channel]--;
	/* Only the answer to the last command says what the output is now. */
	if (engine->answers_owed[event->channel] == 0 && event->agrees && !engine->on[event->channel] && engine->maybe_on[event->channel]) {
		engine->maybe_on[event->channel] = false;
		engine->t_off_ns[event->channel] = engine->t_ns;
	}
	if (engine->asked_by[event->channel] == NO_CHANNEL)
		return;
	run = &engine->slots[engine->asked_by[event->channel]];
	engine->asked_by[event->channel] = NO_CHANNEL;
	if (run->outputs_wanted > 0)
		run->outputs_wanted--;
	if (!event->agrees) {
		run->output_refused = true;
		run->output_fault = event->fault == FAULT_NONE ? FAULT_RIG : event->fault;
		text_copy(run->output_text, sizeof run->output_text, event->text);
	}
}

static void take_observed(struct engine *engine, const struct run_event *event)
{
	struct record record = *event->record;
	struct slot_run *run = &engine->slots[event->slot];

	record.t_ns = event->t_ns;
	record.utc_us = event->utc_us;
	text_copy(record.slot, sizeof record.slot, run->slot->name);
	if (record.kind == RECORD_HEALTH) {
		run->unhealthy = !record.data.health.healthy;
		run->unheard |= run->unhealthy;
	}
	if (record.kind == RECORD_ALERT && strcmp(record.data.alert.code, "AD1") == 0)
		run->ad1_seen = run->round_seen = true;
	if (record.kind == RECORD_HUB && record.data.hub.event == HUB_READY)
		run->ready = true;
	if (record.kind == RECORD_HUB && record.data.hub.event == HUB_RESTART)
		run->ready = run->deaf = false; /* it will say that it is ready, and is heard now */
	emit_record(engine, &record);
}

static void put_progress(struct engine *engine, const struct slot_run *run, const struct run_event *event)
{
	struct record record = emit_line(engine, RECORD_PROGRESS, run->slot->name);

	record.data.progress.done_bytes = event->done_bytes;
	record.data.progress.total_bytes = event->total_bytes;
	emit_record(engine, &record);
}

static void take_version(struct engine *engine, struct slot_run *run, const struct run_event *event)
{
	struct record record = emit_line(engine, RECORD_IDENTITY, run->slot->name);

	record.data.identity.role = ROLE_METER;
	record.data.identity.known = KNOWN_READ;
	text_copy(record.data.identity.firmware, sizeof record.data.identity.firmware, event->text);
	text_copy(record.data.identity.guid, sizeof record.data.identity.guid, event->guid);
	emit_record(engine, &record);
	run->version_read = true;
	text_copy(run->version, sizeof run->version, event->text);
}

static void take_upgrade(struct engine *engine, const struct run_event *event)
{
	struct slot_run *run = &engine->slots[event->slot];

	switch (event->report) {
	case SAID_PHASE:
		emit_phase(engine, run, event->phase);
		break;
	case SAID_FIRST_BLOCK:
		run->t_moment_ns[MOMENT_FIRST_BLOCK] = event->t_ns;
		emit_phase(engine, run, PHASE_TRANSFER);
		break;
	case SAID_PROGRESS:
		put_progress(engine, run, event);
		break;
	case SAID_TRANSFERRED:
		run->transferred = true;
		emit_phase(engine, run, PHASE_HOLD);
		break;
	case SAID_SENT:
		run->activation_sent = true;
		run->t_moment_ns[MOMENT_ACTIVATE] = event->t_ns;
		emit_phase(engine, run, PHASE_ACTIVATE);
		emit_activation(engine, run, ACTIVATION_SENT);
		break;
	case SAID_ACCEPTED:
		run->accepted = true;
		emit_activation(engine, run, ACTIVATION_ACCEPTED);
		break;
	case SAID_REFUSED:
		run->refused = true;
		emit_activation(engine, run, ACTIVATION_REFUSED);
		break;
	case SAID_VERSION:
		take_version(engine, run, event);
		break;
	case SAID_FAILED:
		run->upgrade_failed = true;
		run->upgrade_fault = event->fault == FAULT_NONE ? FAULT_DEVICE : event->fault;
		text_copy(run->upgrade_text, sizeof run->upgrade_text, event->text);
		break;
	}
}

static bool *safety_flag(struct engine *engine, enum safety_input input)
{
	switch (input) {
	case SAFETY_ARM:
		return &engine->armed;
	case SAFETY_ESTOP:
		return &engine->estop_ok;
	case SAFETY_DOOR:
		return &engine->door_ok;
	case SAFETY_LAB_POWER:
		return &engine->lab_power_ok;
	case SAFETY_TEMPERATURE:
		break;
	}
	return &engine->temperature_ok;
}

/* Or may be, left on by an earlier life of a resumed rig; or is about to be: a slot that is cut for a time comes back by itself. */
static bool anything_energised(const struct engine *engine)
{
	int i;

	for (i = 0; i < engine->program->output_count; i++)
		if (engine->on[i] || engine->maybe_on[i])
			return true;
	for (i = 0; i < engine->program->slot_count; i++)
		if (engine->slots[i].power > POWER_TURN)
			return true;
	return false;
}

static void stop(struct engine *engine, enum end_reason reason)
{
	if (!engine->stopping)
		engine->reason = reason;
	engine->stopping = true;
}

/* A person's cause: everything off at once, and nothing comes back by itself. Arm is lost with the rest. */
static void take_safety(struct engine *engine, const struct run_event *event)
{
	bool ok = event->level == 1, *flag = safety_flag(engine, event->safety), was = *flag;
	bool news = was != ok || engine->stage == ENGINE_NEW || (engine->resumed && !engine->safety_told[event->safety]);
	struct record record = emit_line(engine, RECORD_SAFETY, "");
	int i;

	engine->safety_told[event->safety] = true;
	if (!news)
		return;
	*flag = ok;
	record.data.safety.input = event->safety;
	record.data.safety.ok = ok;
	emit_record(engine, &record);
	emit_flush(engine); /* a life after a power cut must know that a person has to arm anew */
	engine->lab_power_lost |= event->safety == SAFETY_LAB_POWER && was && !ok;
	if (ok || !was || !anything_energised(engine))
		return;
	for (i = 0; i < engine->program->slot_count; i++)
		power_drop(engine, &engine->slots[i], PURPOSE_PERSON);
	stop(engine, END_SAFETY);
}

static void take_protection(struct engine *engine, const struct run_event *event)
{
	struct record record = emit_line(engine, RECORD_PROTECTION,
					 event->slot < 0 ? "" : engine->program->slots[event->slot].name);

	text_copy(record.data.protection.what, sizeof record.data.protection.what, event->text);
	record.data.protection.tripped = event->level == 1;
	emit_record(engine, &record);
}

static void take_fault(struct engine *engine, const struct run_event *event)
{
	bool whole_bench = event->slot < 0;

	emit_fault(engine, whole_bench ? "" : engine->program->slots[event->slot].name,
		   event->fault == FAULT_NONE ? FAULT_RIG : event->fault, ALL_CASES, "lost", event->text);
	if (whole_bench)
		stop(engine, END_FAULT);
	else
		engine->slots[event->slot].doomed = true;
}

static void put_given(struct engine *engine, const struct run_event *event)
{
	struct record record = *event->record;

	record.t_ns = event->t_ns;
	record.utc_us = event->utc_us;
	if (event->slot >= 0)
		text_copy(record.slot, sizeof record.slot, engine->program->slots[event->slot].name);
	emit_record(engine, &record);
}

static void take_clock(struct engine *engine, const struct run_event *event)
{
	put_given(engine, event);
	engine->clock_known = true;
}

static void take_answer(struct engine *engine, const struct run_event *event)
{
	struct slot_run *run = &engine->slots[event->slot];
	struct record record = emit_line(engine, RECORD_PROMPT, run->slot->name);

	if (!engine_slot_asks(engine, event->slot)) /* its time was up: the step that it was for is no more */
		return;
	text_copy(record.data.prompt.question, sizeof record.data.prompt.question, engine->program->plan->steps[run->at].text);
	text_copy(record.data.prompt.answer, sizeof record.data.prompt.answer, event->text);
	text_copy(record.data.prompt.name, sizeof record.data.prompt.name, event->guid);
	emit_record(engine, &record);
	run->stage = 2;
}

static void begin(struct engine *engine, const struct run_event *event)
{
	int i;

	assert(event->record->kind == RECORD_BOOT);
	put_given(engine, event);
	/* Who switched what before nobody knows: shortest times off and the gaps of interlocks begin now. */
	for (i = 0; i < engine->program->output_count; i++)
		engine->t_off_ns[i] = event->t_ns;
	engine->stage = event->kind == EVENT_BEGIN ? ENGINE_PREAMBLE : ENGINE_LISTENING;
	if (event->kind != EVENT_RESUMED)
		return;
	recall_done(engine);
	/* The activation may have gone out without a line to say so: what the meter does from now on it may do because of that. */
	for (i = 0; i < engine->program->slot_count; i++)
		if (engine->slots[i].activation_doubtful)
			emit_phase(engine, &engine->slots[i], PHASE_ACTIVATE);
}

/*
 * What an earlier life left on may be on, and arm, e-stop, door or the lab's power may have gone while nobody was there to switch it
 * off: an input that does not allow it now is no change that would be told. By the second poll all of them have been read.
 */
static void drop_what_nobody_allows(struct engine *engine)
{
	int i;

	for (i = 0; i < engine->program->slot_count; i++)
		if (power_forbidden(engine, &engine->slots[i]))
			power_drop(engine, &engine->slots[i], PURPOSE_PERSON);
}

static void take_levels(struct engine *engine, const struct run_event *event)
{
	int back, i;

	for (back = event->earlier; back >= 0; back--)
		for (i = 0; i < engine->program->input_count; i++)
			if (event->levels[i] >= 0)
				recorder_poll(&engine->recorder, i, event->t_ns - back * engine->program->level_period_ns, event->levels[i]);
	senses_take(engine);
	if (engine->resumed && engine->polls_after_resume < POLLS_TO_KNOW && ++engine->polls_after_resume == POLLS_TO_KNOW)
		drop_what_nobody_allows(engine);
}

static void take(struct engine *engine, const struct run_event *event)
{
	switch (event->kind) {
	case EVENT_BEGIN:
	case EVENT_RESUMED:
		begin(engine, event);
		break;
	case EVENT_TICK:
		break;
	case EVENT_EDGE_SEEN:
		recorder_edge(&engine->recorder, event->channel, event->t_ns, event->level, event->seqno);
		senses_take(engine);
		break;
	case EVENT_LEVELS_READ:
		take_levels(engine, event);
		break;
	case EVENT_OUTPUT_DONE:
		take_output(engine, event);
		break;
	case EVENT_OBSERVED:
		take_observed(engine, event);
		break;
	case EVENT_UPGRADE_AT:
		take_upgrade(engine, event);
		break;
	case EVENT_DURABLE_TO:
		if (event->count > engine->durable)
			engine->durable = event->count;
		break;
	case EVENT_CLOCK_STATE:
		take_clock(engine, event);
		break;
	case EVENT_NOTED:
	case EVENT_RAW_DIGEST:
		put_given(engine, event);
		break;
	case EVENT_RAW_CLOSED:
		engine->raw_closed = true;
		break;
	case EVENT_SAFETY_INPUT:
		take_safety(engine, event);
		break;
	case EVENT_PROTECTION_ACTED:
		take_protection(engine, event);
		break;
	case EVENT_ANSWERED:
		take_answer(engine, event);
		break;
	case EVENT_STOP:
		stop(engine, END_STOPPED);
		engine->hurry = true;
		break;
	case EVENT_LOST:
		take_fault(engine, event);
		break;
	case EVENT_ASKED:
		take_asked(engine, event);
		break;
	case EVENT_FINISHED:
		finish(engine);
		break;
	}
}

/* Beginning */

static void put_preamble(struct engine *engine)
{
	while (engine->cursor < engine->program->preamble_count) {
		struct record record = engine->program->preamble[engine->cursor];

		if (engine->actions->count >= ROOM_FOR_LINES) {
			engine->actions->more = true;
			return;
		}
		record.t_ns = engine->t_ns;
		record.utc_us = engine->utc_us;
		emit_record(engine, &record);
		engine->cursor++;
	}
	engine->cursor = 0;
	engine->stage = ENGINE_LISTENING;
}

/* No slot moves before every input has been read once: what is not sensed cannot be judged. */
static void listen(struct engine *engine)
{
	int i;

	if (engine->listen_deadline_ns == 0)
		engine->listen_deadline_ns = engine->t_ns + LISTEN_WITHIN_NS;
	for (i = 0; i < engine->program->input_count && recorder_level(&engine->recorder, i) >= 0; i++)
		;
	if (i < engine->program->input_count && engine->t_ns < engine->listen_deadline_ns && !engine->stopping)
		return;
	if (i < engine->program->input_count && !engine->stopping) {
		emit_fault(engine, engine->program->inputs[i].slot, FAULT_RIG, ALL_CASES, "input-silent",
			   engine->program->inputs[i].channel);
		stop(engine, END_FAULT);
	}
	engine->stage = ENGINE_WALKING;
}

/* Walking */

/* The step at which the slot is now, searches considered; false: there is none left. */
static bool enter_step(struct engine *engine, struct slot_run *run)
{
	int elsewhere;

	while (!run->over && (elsewhere = bisect_enter(engine, run, run->at)) >= 0)
		next_step(engine, run, elsewhere);
	return !run->over;
}

static void walk_one(struct engine *engine, struct slot_run *run)
{
	const struct plan_step *step;

	if (!run->begun && !enter_step(engine, run))
		return;
	step = &engine->program->plan->steps[run->at];
	if (!run->begun) {
		run->begun = true;
		run->t_begin_ns = engine->t_ns;
		run->t_moment_ns[MOMENT_HERE] = engine->t_ns;
		run->ad1_seen = false;
		emit_step(engine, run, STEP_BEGIN, step->verb == VERB_PROMPT ? step->text : ""); /* for whoever watches, and could answer */
	}
	if (run->doomed && !run->finishing) {
		fail_step(engine, run);
		return;
	}
	if (run->energise_again) {
		enum progress progress = power_bring_up(engine, run, PURPOSE_SCENARIO);

		if (progress == PROGRESS_PENDING && run_reached(engine, run, duration_add(run->t_begin_ns, step->within_ns))) {
			plan_step_out_of_time(engine, run, step);
			progress = PROGRESS_FAILED;
		}
		run->energise_again = progress == PROGRESS_PENDING;
		if (progress == PROGRESS_FAILED)
			fail_step(engine, run);
		if (progress != PROGRESS_DONE)
			return;
	}
	switch (plan_step_walk(engine, run, step)) {
	case PROGRESS_PENDING:
		break;
	case PROGRESS_DONE:
		emit_step(engine, run, STEP_DONE, "");
		bisect_leave(engine, run, run->at);
		if (engine->program->manual && run->at == run->asked_at)
			rest(run);
		else
			next_step(engine, run, run->at + 1);
		break;
	case PROGRESS_FAILED:
		fail_step(engine, run);
		break;
	}
}

static void walk(struct engine *engine, struct slot_run *run)
{
	int at;

	run->wake_ns = INSTANT_NEVER;
	do {
		at = run->at;
		if (engine->actions->count >= ROOM_FOR_A_SLOT) {
			engine->actions->more = true;
			return;
		}
		walk_one(engine, run);
	} while (!run->over && !run->idle && run->at != at);
}

/* By hand, with nothing under way that could fail: what a slot needs was lost, and it goes off as in a scenario, once. */
static void drop_lost(struct engine *engine, struct slot_run *run)
{
	if (!run->idle || !run->doomed || run->failed)
		return;
	if (engine->actions->count >= ROOM_FOR_A_SLOT) {
		engine->actions->more = true;
		return;
	}
	stand_by_what_is_on(engine, run);
	power_drop(engine, run, PURPOSE_RIG);
	run->failed = true;
}

static void walk_all(struct engine *engine)
{
	bool all_over = true;
	int i;

	for (i = 0; i < engine->program->slot_count && !engine->stopping; i++) {
		if (!engine->slots[i].over && !engine->slots[i].idle)
			walk(engine, &engine->slots[i]);
		drop_lost(engine, &engine->slots[i]);
		all_over &= engine->slots[i].over;
	}
	if (all_over || engine->stopping)
		engine->stage = ENGINE_SWITCHING_OFF;
}

/* The step */

static int64_t next_deadline(const struct engine *engine)
{
	int64_t deadline_ns = INSTANT_NEVER;
	int i;

	if (engine->stage == ENGINE_LISTENING)
		return engine->listen_deadline_ns;
	if (engine->stage == ENGINE_SWITCHING_OFF && engine->t_off_seen_ns > 0) {
		int64_t sure_ns = engine->t_off_seen_ns + engine->program->level_period_ns;

		if (sure_ns > engine->t_ns && sure_ns < engine->off_deadline_ns)
			return sure_ns;
	}
	if (engine->stage == ENGINE_SWITCHING_OFF || engine->stage == ENGINE_RAW)
		return engine->off_deadline_ns;
	if (engine->stage != ENGINE_WALKING)
		return INSTANT_NEVER; /* what is left waits for the disk alone, and no slot for anything */
	for (i = 0; i < engine->program->slot_count; i++)
		if (!engine->slots[i].over && !engine->slots[i].idle && engine->slots[i].wake_ns < deadline_ns)
			deadline_ns = engine->slots[i].wake_ns;
	return deadline_ns;
}

void run_step(struct engine *engine, const struct run_event *event, struct actions *actions)
{
	actions->count = 0;
	actions->more = actions->polls_wanted = false;
	engine->actions = actions;
	/* An edge carries its own instant, which may lie before the present. */
	if (event->t_ns > engine->t_ns) {
		engine->t_ns = event->t_ns;
		engine->utc_us = event->utc_us;
	}
	recorder_set_utc(&engine->recorder, event->utc_us - event->t_ns / NS_PER_US);
	assert(engine->stage != ENGINE_OVER);
	if (engine->stage <= ENGINE_RAW || event->kind == EVENT_DURABLE_TO)
		take(engine, event); /* the last line is the last line */
	if (engine->stage == ENGINE_PREAMBLE)
		put_preamble(engine);
	if (engine->stage == ENGINE_LISTENING)
		listen(engine);
	if (engine->stage == ENGINE_WALKING)
		walk_all(engine);
	if (engine->stage == ENGINE_SWITCHING_OFF)
		ending_switch_off(engine);
	if (engine->stage == ENGINE_RAW)
		ending_close_raw(engine);
	if (engine->stage == ENGINE_VERDICTS && !actions->more)
		ending_put_verdicts(engine);
	if (engine->stage == ENGINE_LAST_FLUSH)
		ending_finish(engine);
	if (engine->flush_wanted && !actions->more) {
		assert(actions->count < ACTIONS_MAX);
		actions->list[actions->count++].kind = ACTION_FLUSH;
		engine->flush_wanted = false;
	}
	actions->deadline_ns = next_deadline(engine);
	engine->actions = NULL;
}

void engine_recall(struct engine *engine, const struct record *record)
{
	recall_take(engine, record);
}

void engine_set_lines(struct engine *engine, uint64_t lines)
{
	engine->lines = engine->durable = lines;
}

bool engine_is_off(const struct engine *engine)
{
	return engine->proved_off;
}

const struct findings *engine_findings(struct engine *engine)
{
	return judge_conclude(engine->judge);
}

int engine_slot_at(const struct engine *engine, int slot)
{
	return engine->slots[slot].at;
}

bool engine_slot_asks(const struct engine *engine, int slot)
{
	const struct slot_run *run = &engine->slots[slot];

	return !run->over && run->begun && run->stage == 1 && engine->program->plan->steps[run->at].verb == VERB_PROMPT;
}

const char *engine_slot_waits_for(const struct engine *engine, int slot)
{
	return engine->slots[slot].over || engine->slots[slot].idle ? "" : engine->slots[slot].waits_for;
}
