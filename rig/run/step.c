/*
 * One function per verb. Each is called again and again, at its begin and whenever something has happened, until it is done
 * or has failed; `stage` is its own. Deadlines stand in one place: plan_step_walk().
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define GATE_ASKS_EVERY_NS NS_PER_S
#define VERSION_ASKS_EVERY_NS (5 * NS_PER_S)
#define RAMP_EVERY_NS (500 * NS_PER_MS)
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

static const char hub_ready_words[] = "the hub to say that it is ready";

static bool hub_ready(const struct engine *engine, struct slot_run *run)
{
	if (!recharged(engine, run))
		return false;
	run->waits_for = hub_ready_words;
	/* A hub that said so while the rig was away will not say it again: its recharge time counts, as where none can be heard. */
	return run->ready || run->deaf || !run->slot->has_ready;
}

int64_t plan_step_length(const struct slot_run *run, const struct plan_step *step)
{
	if (run->asked >= 0)
		return run->asked;
	return step->value_from_bisect ? run->value_ns : step->for_ns;
}

int64_t plan_step_level(const struct slot_run *run, const struct plan_step *step)
{
	return run->asked >= 0 ? run->asked : step->level_mv;
}

static enum progress energise(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	enum progress progress;

	if (run->stage == 0) {
		progress = step->verb == VERB_MAINS ? power_energise(engine, run, PURPOSE_SCENARIO)
						    : power_bring_up(engine, run, PURPOSE_SCENARIO);
		if (progress != PROGRESS_DONE)
			return progress;
		run->stage = 1;
		if (run->t_moment_ns[MOMENT_START] < 0)
			run->t_moment_ns[MOMENT_START] = engine->t_ns;
	}
	return PROGRESS_DONE;
}

/* Recharge, cut, supply back, and time for an alert to arrive: a control and a plain cut go the same way. */
static enum progress cut_and_listen(struct engine *engine, struct slot_run *run, int64_t for_ns, enum purpose purpose,
				    int64_t listen_ns)
{
	enum progress progress;

	if (run->stage == 1) {
		progress = power_cut(engine, run, for_ns, purpose);
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
	return run_reached(engine, run, run->t_cut_ns + for_ns + listen_ns) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress control(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	enum progress progress;

	if (run->stage == 0) {
		if (run->control_open) /* interrupted: what it showed is its own, and it is done again */
			emit_control(engine, run, SPAN_END, step->polarity);
		if (!hub_ready(engine, run))
			return PROGRESS_PENDING;
		emit_control(engine, run, SPAN_BEGIN, step->polarity);
		run->stage = 1;
	}
	progress = cut_and_listen(engine, run, plan_step_length(run, step), PURPOSE_CONTROL, step->watch_ns);
	if (progress != PROGRESS_DONE)
		return progress;
	emit_control(engine, run, SPAN_END, step->polarity);
	if (step->polarity == POLARITY_POSITIVE && run->t_moment_ns[MOMENT_CONTROL] < 0)
		run->t_moment_ns[MOMENT_CONTROL] = engine->t_ns;
	return progress;
}

/* Of a supply that is there, and no more: dips a second apart are what some scenarios are about. */
static enum progress cut(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	if (run->stage == 0) {
		if (!supply_settled(engine, run))
			return PROGRESS_PENDING;
		run->stage = 1;
	}
	return cut_and_listen(engine, run, plan_step_length(run, step), PURPOSE_SCENARIO, 0);
}

static const char version_words[] = "the device to say its version";

/* The device is asked for its version until it has said one: it may be booting, or a line may have got lost. Stages 0 to 2. */
static bool version_said(struct engine *engine, struct slot_run *run)
{
	if (run->stage == 0) {
		run->version_read = run->upgrade_failed = false;
		run->unread_fault = FAULT_NONE;
		emit_upgrade(engine, run, ASK_VERSION);
		run->stage = 1;
	}
	run->waits_for = version_words;
	if (run->upgrade_failed) {
		run->upgrade_failed = false;
		run->unread_fault = run->upgrade_fault;
		run->stage = 2;
		run->t_ask_ns = engine->t_ns + VERSION_ASKS_EVERY_NS;
	}
	if (run->stage == 2 && run_reached(engine, run, run->t_ask_ns)) {
		emit_upgrade(engine, run, ASK_VERSION);
		run->stage = 1;
	}
	return run->version_read;
}

/*
 * A meter that ran the new version before would do nothing on its activation, and pass for one that did it well; and what another one
 * than the load sheet's does is no answer for that.
 */
static bool runs_what_it_should(struct engine *engine, struct slot_run *run)
{
	const struct program_slot *slot = run->slot;
	char text[FREE_TEXT_SIZE];

	if (slot->firmware_to[0] && strcmp(run->version, slot->firmware_to) == 0)
		(void)snprintf(text, sizeof text, "the meter runs %s already: there is nothing to upgrade", run->version);
	else if (slot->firmware_from[0] && strcmp(run->version, slot->firmware_from) != 0)
		(void)snprintf(text, sizeof text, "the meter runs %s, and its load sheet says %s: correct the sheet, or take another meter",
			       run->version, slot->firmware_from);
	else
		return true;
	run->waits_for = "a meter with the firmware that its load sheet says";
	emit_fault(engine, slot->name, FAULT_CONFIGURATION, DEVICE_CASES, "other-firmware", text);
	return false;
}

static const char image_words[] = "the image to cross";

/* Stages 0 to 2 are the version's, which only the first upgrade of a run finds as the load sheet says; then the image's. */
static enum progress transfer(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	(void)step;
	if (run->stage < 3) {
		if (!run->activation_announced && !version_said(engine, run))
			return PROGRESS_PENDING;
		if (!run->activation_announced && !runs_what_it_should(engine, run))
			return PROGRESS_FAILED;
		run->transferred = run->upgrade_failed = false;
		emit_upgrade(engine, run, ASK_TRANSFER);
		run->stage = 3;
	}
	run->waits_for = image_words;
	if (run->upgrade_failed) {
		emit_fault(engine, run->slot->name, run->upgrade_fault, DEVICE_CASES, "transfer-failed", run->upgrade_text);
		return PROGRESS_FAILED;
	}
	return run->transferred ? PROGRESS_DONE : PROGRESS_PENDING;
}

static const char canary_words[] = "a canary is not through yet";

/*
 * A wasted activation is not to be had back, so those that were named for it go first. The others wait until each of them has either
 * come through, new version read back, or was lost before it was activated; one that did not come back stops the batch.
 */
static const char *canary_obstacle(const struct engine *engine, const struct slot_run *run, const struct findings *findings, bool *final)
{
	int canaries = 0, lost = 0, waiting = 0, i;

	for (i = 0; i < engine->program->slot_count && !run->slot->canary; i++) {
		const struct slot_run *other = &engine->slots[i];

		if (!other->slot->canary)
			continue;
		canaries++;
		if (findings->slots[i].confirmed)
			continue;
		if (!other->failed && !other->over) {
			waiting++;
		} else if (other->activation_announced) {
			*final = true;
			return "a canary did not come through its activation: the batch stops here";
		} else {
			lost++;
		}
	}
	if (waiting > 0)
		return canary_words;
	*final = canaries > 0 && lost == canaries;
	return *final ? "no canary could be activated: the batch stops here" : NULL;
}

/*
 * What still stands in the way of an irreversible step; NULL: nothing. *final: waiting will not help. The judge is asked last: it has
 * the whole night to go through.
 */
static const char *gate_obstacle(struct engine *engine, struct slot_run *run, bool *final)
{
	const struct findings *findings;
	const struct slot_findings *slot;
	int i, observer, positive = 0, good = 0;

	*final = false;
	if (engine->program->needs_arm && !engine->armed)
		return "the bench is not armed";
	if (!engine->lab_power_ok)
		return "the lab's power is away";
	if (engine->program->ups != NO_CHANNEL && recorder_level(&engine->recorder, engine->program->ups) == 0)
		return "the UPS runs on its battery";
	if (!engine->clock_known)
		return "the state of the host's clock is not known";
	if (!hub_ready(engine, run))
		return "the hub is not ready and recharged";
	findings = judge_conclude(engine->judge);
	slot = &findings->slots[run->index];
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
	return canary_obstacle(engine, run, findings, final);
}

static void emit_gate(struct engine *engine, const struct slot_run *run, enum gate_state state, const char *text)
{
	struct record record = emit_line(engine, RECORD_GATE, run->slot->name);

	record.data.gate.state = state;
	text_copy(record.data.gate.text, sizeof record.data.gate.text, text);
	emit_record(engine, &record);
}

/* Asks, and once a second again; what it waits for is said when that is another thing than before. `first`: it has not waited until now. */
static enum progress gate_ask(struct engine *engine, struct slot_run *run, bool first)
{
	const char *obstacle;
	bool final;

	if (!first && !run_reached(engine, run, run->t_ask_ns))
		return PROGRESS_PENDING;
	obstacle = gate_obstacle(engine, run, &final);
	if (!obstacle)
		return PROGRESS_DONE;
	if (final) {
		emit_gate(engine, run, GATE_FAILED, obstacle);
		return PROGRESS_FAILED;
	}
	if (first || run->obstacle != obstacle)
		emit_gate(engine, run, GATE_WAITING, obstacle);
	run->waits_for = run->obstacle = obstacle;
	if (obstacle == canary_words) /* all that canaries do is bounded, and none of it is this step's */
		run->t_begin_ns = engine->t_ns;
	run->t_ask_ns = engine->t_ns + GATE_ASKS_EVERY_NS;
	(void)run_reached(engine, run, run->t_ask_ns);
	return PROGRESS_PENDING;
}

static const char open_words[] = "nothing stands in the way";

static enum progress gate(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	enum progress progress = gate_ask(engine, run, run->stage == 0);

	(void)step;
	run->stage = 1;
	if (progress == PROGRESS_DONE)
		emit_gate(engine, run, GATE_PASSED, open_words);
	return progress;
}

/* After a resume nobody knows whether the command went out: the device is asked, and the command is not sent again. */
static enum progress activate_in_doubt(struct engine *engine, struct slot_run *run)
{
	if (run->stage == 0) {
		emit_activation(engine, run, ACTIVATION_UNKNOWN);
		if (run->t_moment_ns[MOMENT_ACTIVATE] < 0)
			run->t_moment_ns[MOMENT_ACTIVATE] = engine->t_ns;
		run->version_read = run->upgrade_failed = false;
		emit_upgrade(engine, run, ASK_VERSION);
		run->stage = 1;
	}
	run->waits_for = version_words;
	if (!run->version_read)
		return run->upgrade_failed ? PROGRESS_DONE : PROGRESS_PENDING; /* it may be rebooting: the watch will tell */
	if (strcmp(run->version, run->slot->firmware_to) == 0)
		return PROGRESS_DONE;
	/* The old version: nothing was activated that could be watched, and nothing is sent a second time. */
	emit_fault(engine, run->slot->name, FAULT_RIG, 0, "activation-in-doubt",
		   "the rig was interrupted between announcing the activation and sending it; the old version runs");
	return PROGRESS_FAILED;
}

/* The disk may have taken its time since the gate was open, or the rig has died in between. */
static enum progress gate_ask_again(struct engine *engine, struct slot_run *run)
{
	enum progress progress = gate_ask(engine, run, run->stage == 1);

	if (progress == PROGRESS_DONE && run->stage == 2)
		emit_gate(engine, run, GATE_PASSED, open_words);
	run->stage = 2;
	return progress;
}

static enum progress activate(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	(void)step;
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
	}
	if (run->stage < 3) {
		enum progress open = gate_ask_again(engine, run);

		if (open != PROGRESS_DONE)
			return open;
		run->accepted = run->refused = run->upgrade_failed = false;
		emit_upgrade(engine, run, ASK_ACTIVATE);
		run->stage = 3;
	}
	run->waits_for = "the device to take the activation";
	if (run->refused)
		return PROGRESS_FAILED;
	if (run->upgrade_failed && !run->activation_sent) {
		emit_fault(engine, run->slot->name, run->upgrade_fault, 0, "activation-failed", run->upgrade_text);
		return PROGRESS_FAILED;
	}
	/* A meter that reboots at once cannot answer: sent is enough, the version read back decides. */
	return run->accepted || (run->activation_sent && run->upgrade_failed) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress judge_step(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	int64_t from_ns = run->t_moment_ns[step->from], after_ns = run->t_moment_ns[step->until_moment];

	if (!run->watch_open && run->stage == 0)
		emit_watch(engine, run, SPAN_BEGIN, step->cases, from_ns < 0 ? engine->t_ns : from_ns);
	run->stage = 1;
	run->waits_for = "the end of the watch";
	if (!run_reached(engine, run, duration_add(after_ns < 0 ? run->t_begin_ns : after_ns, step->until_ns)))
		return PROGRESS_PENDING;
	emit_watch(engine, run, SPAN_END, step->cases, 0);
	return PROGRESS_DONE;
}

static enum progress confirm(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	(void)step;
	if (run->stage == 0)
		emit_phase(engine, run, PHASE_CONFIRM);
	return version_said(engine, run) ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress hold(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	run->waits_for = "the hold to pass";
	return run_reached(engine, run, run->t_begin_ns + plan_step_length(run, step)) ? PROGRESS_DONE : PROGRESS_PENDING;
}

/* In steps of RAMP_EVERY_NS, evenly in time; the supply itself makes the steps round. */
static enum progress ramp(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	int64_t for_ns = plan_step_length(run, step), since_ns = engine->t_ns - run->t_begin_ns, millivolts;
	enum progress progress;

	run->waits_for = "the ramp";
	if (run->stage == 0)
		run->ramp_from_mv = run->millivolts;
	if (run->power == POWER_IDLE && run->stage > 0 &&
	    !run_reached(engine, run, run->t_begin_ns + run->stage * RAMP_EVERY_NS))
		return PROGRESS_PENDING;
	millivolts = since_ns >= for_ns ? step->level_mv
				       : run->ramp_from_mv + (step->level_mv - run->ramp_from_mv) * (since_ns / NS_PER_MS) /
								     (for_ns / NS_PER_MS > 0 ? for_ns / NS_PER_MS : 1);
	progress = power_set(engine, run, millivolts);
	if (progress != PROGRESS_DONE)
		return progress;
	run->stage = (int)(since_ns / RAMP_EVERY_NS) + 1;
	(void)run_reached(engine, run, run->t_begin_ns + run->stage * RAMP_EVERY_NS);
	return run->millivolts == step->level_mv && since_ns >= for_ns ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress wait(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	bool come = false;

	switch (step->wait) {
	case WAIT_HUB_READY:
		come = hub_ready(engine, run);
		break;
	case WAIT_RECHARGED:
		come = recharged(engine, run);
		break;
	case WAIT_SUPPLY_PRESENT:
		come = supply_settled(engine, run);
		break;
	case WAIT_SUPPLY_ABSENT:
		come = recorder_level(&engine->recorder, run->slot->sense) == 0;
		run->waits_for = "the hub's supply to go";
		break;
	case WAIT_MAINS_PRESENT:
	case WAIT_MAINS_ABSENT:
		come = run->slot->mains_sense != NO_CHANNEL && recorder_level(&engine->recorder, run->slot->mains_sense) ==
								       (step->wait == WAIT_MAINS_PRESENT ? 1 : 0);
		run->waits_for = "the mains";
		break;
	case WAIT_AD1:
		come = run->ad1_seen;
		run->waits_for = "an AD1";
		break;
	}
	return come ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress note(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	struct record record = emit_line(engine, RECORD_NOTE, run->slot->name);

	text_copy(record.data.note.text, sizeof record.data.note.text, step->text);
	emit_record(engine, &record);
	return PROGRESS_DONE;
}

static enum progress prompt(struct engine *engine, struct slot_run *run)
{
	run->waits_for = "a person's answer";
	if (run->stage == 0) {
		emit_prompt(engine, run);
		run->stage = 1;
	}
	return run->stage == 2 ? PROGRESS_DONE : PROGRESS_PENDING;
}

static enum progress switched(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	switch (step->switching) {
	case SWITCHING_ON:
		return energise(engine, run, step);
	case SWITCHING_OFF:
		return power_off(engine, run, PURPOSE_SCENARIO);
	case SWITCHING_CUT:
		return power_cut(engine, run, plan_step_length(run, step), PURPOSE_SCENARIO);
	}
	return PROGRESS_FAILED;
}

static enum progress walk(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	switch (step->verb) {
	case VERB_SUPPLY:
	case VERB_MAINS:
		return switched(engine, run, step);
	case VERB_CUT:
		return cut(engine, run, step);
	case VERB_SET:
		return power_set(engine, run, plan_step_level(run, step));
	case VERB_RAMP:
		return ramp(engine, run, step);
	case VERB_HOLD:
		return hold(engine, run, step);
	case VERB_WAIT:
		return wait(engine, run, step);
	case VERB_CONTROL:
		return control(engine, run, step);
	case VERB_TRANSFER:
		return transfer(engine, run, step);
	case VERB_GATE:
		return gate(engine, run, step);
	case VERB_ACTIVATE:
		return activate(engine, run, step);
	case VERB_JUDGE:
		return judge_step(engine, run, step);
	case VERB_CONFIRM:
		return confirm(engine, run, step);
	case VERB_PROMPT:
		return prompt(engine, run);
	case VERB_NOTE:
		return note(engine, run, step);
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		break; /* a plan has no loops */
	}
	return PROGRESS_FAILED;
}

/* Nobody was there, and the scenario says what is then taken for an answer. */
static bool answer_by_default(struct engine *engine, const struct slot_run *run, const struct plan_step *step)
{
	struct record record = emit_line(engine, RECORD_PROMPT, run->slot->name);

	if (step->verb != VERB_PROMPT || !step->answer || !step->answer[0])
		return false;
	text_copy(record.data.prompt.question, sizeof record.data.prompt.question, step->text);
	text_copy(record.data.prompt.answer, sizeof record.data.prompt.answer, step->answer);
	text_copy(record.data.prompt.name, sizeof record.data.prompt.name, "nobody: the scenario's default");
	emit_record(engine, &record);
	return true;
}

/*
 * Whose fault it is when a step's time is up, and what that spoils. Of a version that is never read back, or a gate that
 * never opens, the cases themselves speak. What is waited for before or during switching is never owed by a device, and neither is
 * a word that may have been said while an observer was not healthy.
 */
void plan_step_out_of_time(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	bool speaks = step->verb == VERB_CONFIRM || step->verb == VERB_ACTIVATE || step->verb == VERB_GATE;
	enum fault domain = run->power != POWER_IDLE ? run->waits_on : step->verb == VERB_PROMPT ? FAULT_OPERATOR : FAULT_DEVICE;
	bool maybe_said = run->waits_for == hub_ready_words && run->unheard;
	bool unfed = run->slot->mains == NO_CHANNEL && run->t_high_since_ns < 0; /* by the bench, since there is no meter */
	/* A question that could not be put, or an answer that could not be heard, is not the device's silence. */
	bool unasked = run->waits_for == version_words && run->unread_fault != FAULT_NONE && run->unread_fault != FAULT_DEVICE;
	bool crossing = run->waits_for == image_words;
	unsigned cases = speaks && run->power == POWER_IDLE ? 0 : DEVICE_CASES;
	char text[FREE_TEXT_SIZE];

	if (maybe_said && domain == FAULT_DEVICE)
		domain = FAULT_OBSERVER;
	if (unfed && domain == FAULT_DEVICE)
		domain = FAULT_SUPPLY;
	/* Whether the device took too long or the way to it, which may have been away, nobody can tell. */
	if (crossing && domain == FAULT_DEVICE)
		domain = FAULT_RIG;
	if (unasked) {
		domain = run->unread_fault;
		cases |= CASE_BIT(CASE_FIRMWARE);
	}
	snprintf(text, sizeof text, "%s (line %d): waited %.0f s for %s%s%.100s", verb_name(step->verb), step->at.line,
		 (double)step->within_ns / 1e9, run->waits_for, maybe_said ? ", which it may have done while nobody could hear it" : unasked ? ": " : "",
		 unasked ? run->upgrade_text : "");
	emit_fault(engine, run->slot->name, domain, cases, "out-of-time", text);
}

enum progress plan_step_walk(struct engine *engine, struct slot_run *run, const struct plan_step *step)
{
	enum progress progress;

	/* A judge step has an end instead of a bound, and one that is at its end is done. */
	run->acting = step->verb == VERB_MAINS ? POWERED_MAINS : power_of_hub(run->slot);
	progress = walk(engine, run, step);
	if (progress != PROGRESS_PENDING || step->verb == VERB_JUDGE || step->verb == VERB_NOTE ||
	    !run_reached(engine, run, duration_add(run->t_begin_ns, step->within_ns)))
		return progress;
	if (answer_by_default(engine, run, step))
		return PROGRESS_DONE;
	plan_step_out_of_time(engine, run, step);
	return PROGRESS_FAILED;
}
