/*
 * One function per kind of operation. Each is called again and again, at its begin and whenever something has happened,
 * until it is done or has failed; `stage` is its own. Deadlines stand in one place: operation_step().
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define GATE_ASKS_EVERY_NS NS_PER_S
#define DEVICE_CASES (CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1) | CASE_BIT(CASE_RESTORED))

static bool supply_settled(const struct engine *engine, struct slot_run *run)
{
	run->waits_for = "the hub's supply";
	return run->t_high_since_ns >= 0 && run_reached(engine, run, run->t_high_since_ns + run->slot->settle_ns);
}

static bool recharged(const struct engine *engine, struct slot_run *run)
{
	if (!supply_settled(engine, run))
		return false;
	run->waits_for = "the hub's store to be recharged";
	return run_reached(engine, run, run->t_high_since_ns + run->slot->recharge_ns);
}

static bool hub_ready(const struct engine *engine, struct slot_run *run)
{
	if (!recharged(engine, run))
		return false;
	run->waits_for = "the hub to say that it is ready";
	return run->ready || !run->slot->has_ready;
}

static enum progress supply_on(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	enum progress progress;

	(void)operation;
	if (run->stage == 0) {
		progress = power_energise(engine, run, PURPOSE_SCENARIO);
		if (progress != PROGRESS_DONE)
			return progress;
		run->stage = 1;
		run->t_mark_ns[MARK_SUPPLY_ON] = engine->t_ns;
	}
	return supply_settled(engine, run) ? PROGRESS_DONE : PROGRESS_PENDING;
}

/* Recharge, cut, supply back, and time for an alert to arrive: a control and a plain cut go the same way. */
static enum progress cut_and_listen(struct engine *engine, struct slot_run *run, const struct operation *operation,
				    enum purpose purpose, int64_t listen_ns)
{
	enum progress progress;

	if (run->stage == 1) {
		progress = power_cut(engine, run, operation->for_ns, purpose);
		if (progress != PROGRESS_DONE)
			return progress;
		run->stage = 2;
	}
	if (run->stage == 2) {
		if (!supply_settled(engine, run))
			return PROGRESS_PENDING;
		run->stage = 3;
	}
	run->waits_for = "an alert, as long as one can come";
	return run_reached(engine, run, run->t_cut_ns + listen_ns) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress control(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	enum progress progress;

	if (run->stage == 0) {
		if (run->control_open) /* interrupted: what it showed is its own, and it is done again */
			emit_control(engine, run, SPAN_END, operation->polarity);
		if (!hub_ready(engine, run))
			return PROGRESS_PENDING;
		emit_control(engine, run, SPAN_BEGIN, operation->polarity);
		run->stage = 1;
	}
	progress = cut_and_listen(engine, run, operation, PURPOSE_CONTROL, run->slot->listen_ns);
	if (progress == PROGRESS_DONE)
		emit_control(engine, run, SPAN_END, operation->polarity);
	return progress;
}

static enum progress cut(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	if (run->stage == 0) {
		if (!recharged(engine, run))
			return PROGRESS_PENDING;
		run->stage = 1;
	}
	return cut_and_listen(engine, run, operation, PURPOSE_SCENARIO, operation->for_ns);
}

static enum progress transfer(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	(void)operation;
	if (run->stage == 0) {
		run->transferred = run->upgrade_failed = false;
		emit_upgrade(engine, run, UPGRADE_START);
		run->stage = 1;
	}
	run->waits_for = "the image to cross";
	if (run->upgrade_failed) {
		emit_fault(engine, run->slot->name, run->upgrade_fault, DEVICE_CASES, "transfer-failed", run->upgrade_text);
		return PROGRESS_FAILED;
	}
	return run->transferred ? PROGRESS_DONE : PROGRESS_PENDING;
}

/* What still stands in the way of an irreversible step; NULL: nothing. *final: waiting will not help. */
static const char *gate_obstacle(struct engine *engine, struct slot_run *run, bool *final)
{
	const struct findings *findings = judge_conclude(engine->judge);
	const struct slot_findings *slot = &findings->slots[run->index];
	int i, observer, positive = 0, good = 0;

	*final = false;
	if (engine->program->needs_arm && !engine->armed)
		return "the bench is not armed";
	if (!engine->clock_known)
		return "the state of the host's clock is not known";
	if (!hub_ready(engine, run))
		return "the hub is not ready and recharged";
	for (observer = 0; observer < slot->history->observer_count; observer++) {
		bool passed = false, seen = false;

		if (!history_healthy(slot->history, observer, engine->t_ns, engine->t_ns))
			return "an observer is not heard";
		for (i = 0; i < slot->controls_count; i++) {
			const struct control_result *result = &findings->controls[slot->controls_from + i];

			if (result->observer != observer)
				continue;
			seen |= result->polarity == POLARITY_POSITIVE;
			passed = result->polarity == POLARITY_POSITIVE ? result->passed : passed && result->passed;
		}
		positive += seen;
		good += passed;
	}
	if (positive > 0 && good < positive) {
		*final = true;
		return "a control failed at an observer that the claim rests on";
	}
	return NULL;
}

static enum progress gate(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	struct record record = emit_line(engine, RECORD_GATE, run->slot->name);
	bool final;
	const char *obstacle = gate_obstacle(engine, run, &final);

	(void)operation;
	if (obstacle && !final) {
		if (run->stage == 0) {
			record.data.gate.state = GATE_WAITING;
			text_copy(record.data.gate.text, sizeof record.data.gate.text, obstacle);
			emit_record(engine, &record);
			run->stage = 1;
		}
		run->waits_for = obstacle;
		(void)run_reached(engine, run, engine->t_ns + GATE_ASKS_EVERY_NS);
		return PROGRESS_PENDING;
	}
	record.data.gate.state = obstacle ? GATE_FAILED : GATE_PASSED;
	text_copy(record.data.gate.text, sizeof record.data.gate.text, obstacle ? obstacle : "nothing stands in the way");
	emit_record(engine, &record);
	return obstacle ? PROGRESS_FAILED : PROGRESS_DONE;
}

/* After a resume nobody knows whether the command went out: the device is asked, and the command is not sent again. */
static enum progress activate_in_doubt(struct engine *engine, struct slot_run *run)
{
	if (run->stage == 0) {
		emit_activation(engine, run, ACTIVATION_UNKNOWN);
		if (run->t_mark_ns[MARK_ACTIVATE] < 0)
			run->t_mark_ns[MARK_ACTIVATE] = engine->t_ns;
		run->version_read = run->upgrade_failed = false;
		emit_upgrade(engine, run, UPGRADE_READ_VERSION);
		run->stage = 1;
	}
	run->waits_for = "the device to say its version";
	if (!run->version_read)
		return run->upgrade_failed ? PROGRESS_DONE : PROGRESS_PENDING; /* it may be rebooting: the watch will tell */
	if (strcmp(run->version, run->slot->firmware_to) == 0)
		return PROGRESS_DONE;
	/* The old version: nothing was activated that could be watched, and nothing is sent a second time. */
	emit_fault(engine, run->slot->name, FAULT_RIG, 0, "activation-in-doubt",
		   "the rig was interrupted between announcing the activation and sending it; the old version runs");
	return PROGRESS_FAILED;
}

static enum progress activate(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	(void)operation;
	if (run->activation_doubtful)
		return activate_in_doubt(engine, run);
	if (run->stage == 0) {
		emit_announce(engine, run, ANNOUNCED_ACTIVATE, -1, PURPOSE_SCENARIO);
		emit_activation(engine, run, ACTIVATION_ANNOUNCED);
		run->activation_announced = true;
		emit_flush(engine);
		run->durable_needed = engine->lines;
		run->stage = 1;
	}
	if (run->stage == 1) {
		run->waits_for = "the announcement to be on the disk";
		if (engine->durable < run->durable_needed)
			return PROGRESS_PENDING;
		run->accepted = run->refused = run->upgrade_failed = false;
		emit_upgrade(engine, run, UPGRADE_ACTIVATE);
		run->stage = 2;
	}
	run->waits_for = "the device to take the activation";
	if (run->refused)
		return PROGRESS_FAILED;
	/* A meter that reboots at once cannot answer: sent is enough, the version read back decides. */
	return run->accepted || (run->activation_sent && run->upgrade_failed) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress judge_step(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	int64_t from_ns = run->t_mark_ns[operation->from], after_ns = run->t_mark_ns[operation->after];

	if (!run->watch_open && run->stage == 0)
		emit_watch(engine, run, SPAN_BEGIN, operation->cases, from_ns < 0 ? engine->t_ns : from_ns);
	run->stage = 1;
	run->waits_for = "the end of the watch";
	if (!run_reached(engine, run, duration_add(after_ns < 0 ? run->t_begin_ns : after_ns, operation->for_ns)))
		return PROGRESS_PENDING;
	emit_watch(engine, run, SPAN_END, operation->cases, 0);
	return PROGRESS_DONE;
}

static enum progress confirm(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	(void)operation;
	if (run->stage == 0) {
		struct record record = emit_line(engine, RECORD_PHASE, run->slot->name);

		record.data.phase.phase = PHASE_CONFIRM;
		emit_record(engine, &record);
		run->version_read = run->upgrade_failed = false;
		emit_upgrade(engine, run, UPGRADE_READ_VERSION);
		run->stage = 1;
	}
	run->waits_for = "the device to say its version";
	if (run->upgrade_failed) { /* it may still be booting: ask again, until the deadline */
		run->upgrade_failed = false;
		run->stage = 2;
		run->t_cut_ns = engine->t_ns;
	}
	if (run->stage == 2 && run_reached(engine, run, run->t_cut_ns + 5 * NS_PER_S)) {
		emit_upgrade(engine, run, UPGRADE_READ_VERSION);
		run->stage = 1;
	}
	return run->version_read ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress hold(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	run->waits_for = "the hold to pass";
	return run_reached(engine, run, run->t_begin_ns + operation->for_ns) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress note(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	struct record record = emit_line(engine, RECORD_NOTE, run->slot->name);

	text_copy(record.data.note.text, sizeof record.data.note.text, operation->text);
	emit_record(engine, &record);
	return PROGRESS_DONE;
}

static enum progress prompt(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	struct action *action;

	(void)operation;
	run->waits_for = "a person's answer";
	if (run->stage == 0) {
		action = &engine->actions->list[engine->actions->count++];
		action->kind = ACTION_PROMPT;
		action->slot = run->index;
		run->stage = 1;
	}
	return run->stage == 2 ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress step(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	switch (operation->kind) {
	case OPERATION_SUPPLY_ON:
		return supply_on(engine, run, operation);
	case OPERATION_SUPPLY_OFF:
		return power_off(engine, run, PURPOSE_SCENARIO);
	case OPERATION_WAIT_READY:
		return hub_ready(engine, run) ? PROGRESS_DONE : PROGRESS_PENDING;
	case OPERATION_CONTROL:
		return control(engine, run, operation);
	case OPERATION_CUT:
		return cut(engine, run, operation);
	case OPERATION_TRANSFER:
		return transfer(engine, run, operation);
	case OPERATION_GATE:
		return gate(engine, run, operation);
	case OPERATION_ACTIVATE:
		return activate(engine, run, operation);
	case OPERATION_JUDGE:
		return judge_step(engine, run, operation);
	case OPERATION_CONFIRM:
		return confirm(engine, run, operation);
	case OPERATION_SET_SUPPLY:
		return power_set(engine, run, operation->millivolts);
	case OPERATION_HOLD:
		return hold(engine, run, operation);
	case OPERATION_PROMPT:
		return prompt(engine, run, operation);
	case OPERATION_NOTE:
		return note(engine, run, operation);
	case OPERATION_KIND_COUNT:
		break;
	}
	return PROGRESS_FAILED;
}

/* Whose fault it is when an operation's time is up, and what that spoils. */
static void out_of_time(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	char text[FREE_TEXT_SIZE];

	snprintf(text, sizeof text, "%s (line %d): waited %.0f s for %s", operation->verb, operation->line,
		 (double)operation->within_ns / 1e9, run->waits_for);
	switch (operation->kind) {
	case OPERATION_CONFIRM:  /* the firmware case says it: no version was read back */
	case OPERATION_ACTIVATE:
	case OPERATION_GATE:
		emit_fault(engine, run->slot->name, FAULT_DEVICE, 0, "out-of-time", text);
		break;
	case OPERATION_PROMPT:
		emit_fault(engine, run->slot->name, FAULT_OPERATOR, DEVICE_CASES, "out-of-time", text);
		break;
	case OPERATION_SUPPLY_ON:
	case OPERATION_SUPPLY_OFF:
	case OPERATION_WAIT_READY:
	case OPERATION_CONTROL:
	case OPERATION_CUT:
	case OPERATION_TRANSFER:
	case OPERATION_JUDGE:
	case OPERATION_SET_SUPPLY:
	case OPERATION_HOLD:
	case OPERATION_NOTE:
	case OPERATION_KIND_COUNT:
		emit_fault(engine, run->slot->name, FAULT_DEVICE, DEVICE_CASES, "out-of-time", text);
		break;
	}
}

enum progress operation_step(struct engine *engine, struct slot_run *run, const struct operation *operation)
{
	enum progress progress = step(engine, run, operation);

	if (progress != PROGRESS_PENDING || !run_reached(engine, run, duration_add(run->t_begin_ns, operation->within_ns)))
		return progress;
	out_of_time(engine, run, operation);
	return PROGRESS_FAILED;
}
