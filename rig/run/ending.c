/* The end of a run: everything off and seen to be off, raw files closed, verdicts, the last line, and that line on the disk. */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#define OFF_WITHIN_NS (12 * NS_PER_S) /* longer than DISCHARGED_NS, and what a relay takes: what still has a supply then is fed by another source */
#define LAB_POWER_TELL_NS NS_PER_S           /* the arm may fall before the sense of the lab's feed does */
#define LAB_POWER_WATCH_NS (10 * NS_PER_MIN) /* a hub's three minutes without the lab's power, and its alert's way */

static void begin_switching_off(struct engine *engine)
{
	int i;

	for (; engine->cursor < engine->program->slot_count; engine->cursor++) {
		struct slot_run *run = &engine->slots[engine->cursor];

		if (engine->actions->count >= ROOM_FOR_A_SLOT) {
			engine->actions->more = true;
			return;
		}
		if (engine->stopping && run->begun && !run->over)
			emit_upgrade(engine, run, ASK_CANCEL);
		run->outputs_wanted = 0;
		power_drop(engine, run, PURPOSE_END);
	}
	for (i = 0; i < engine->program->output_count; i++)
		if (power_is_to_be_dropped(engine, i)) /* shared by several slots */
			emit_output(engine, NULL, i, false, 0, PURPOSE_END);
	engine->off_deadline_ns = engine->t_ns + OFF_WITHIN_NS;
}

/* Whatever its mains sense says: a hub that still has its supply from a meter hangs on something that is on. */
static bool still_fed(const struct engine *engine, const struct program_slot *slot)
{
	return slot->mains != NO_CHANNEL && slot->feed == NO_CHANNEL && engine->told_off[slot->mains] && senses_input_is(engine, slot->sense, 1);
}

/* Its sense says nothing of a contact before which something else keeps the mains away: one that welded in this run may be closed. */
static bool weld_is_hidden(const struct engine *engine, const struct slot_run *run)
{
	return run->weld_said && !(engine->lab_power_ok && engine->estop_ok && engine->door_ok);
}

/* A sense that was not read since a resume proves nothing. */
static bool is_unread(const struct engine *engine, const struct program_slot *slot)
{
	int sense = slot->mains != NO_CHANNEL ? slot->mains_sense : slot->sense;

	return sense != NO_CHANNEL && recorder_level(&engine->recorder, sense) < 0;
}

static bool all_off(const struct engine *engine)
{
	int i;

	for (i = 0; i < engine->program->output_count; i++)
		if (engine->answers_owed[i] > 0 || engine->maybe_on[i])
			return false;
	for (i = 0; i < engine->program->slot_count; i++)
		if (is_unread(engine, engine->slots[i].slot) || power_weld(engine, &engine->slots[i]) != WELD_NONE ||
		    weld_is_hidden(engine, &engine->slots[i]) || still_fed(engine, engine->slots[i].slot))
			return false;
	return true;
}

/* What the end of the run has not proved off, each with the slot that must not be used. */
static void put_not_off(struct engine *engine)
{
	struct slot_run *run;
	int i;

	for (i = 0; i < engine->program->slot_count; i++) {
		run = &engine->slots[i];
		switch (run->weld_said ? WELD_NONE : power_weld(engine, run)) {
		case WELD_NONE:
			break;
		case WELD_RELAY:
			emit_fault(engine, run->slot->name, FAULT_RIG, 0, "relay-welded",
				   "switched off at the end of the run, and the sense behind the switch says on");
			break;
		case WELD_CONTACTOR:
			emit_fault(engine, run->slot->name, FAULT_RIG, 0, "contactor-welded",
				   "opened at the end of the run, and the mirror contact of the group's contactor says closed");
			break;
		}
		if (power_back_fed(engine, run))
			senses_say_back_fed(engine, run, "the mains were switched off at the end of the run, and the hub still has a supply");
	}
	emit_fault(engine, "", FAULT_RIG, 0, "not-off", "not everything confirmed that it is off at the end of the run: SWITCH OFF BY HAND");
}

/* The lab's power has gone: what hubs make of it is seen to its end, unless the operator does not want to wait. */
static bool watches_on(struct engine *engine)
{
	if (engine->reason != END_SAFETY || !engine->program->has_lab_feed || engine->hurry)
		return false;
	if (!engine->t_all_off_ns)
		engine->t_all_off_ns = engine->t_ns;
	engine->off_deadline_ns = engine->t_all_off_ns + (engine->lab_power_lost ? LAB_POWER_WATCH_NS : LAB_POWER_TELL_NS);
	return engine->t_ns < engine->off_deadline_ns;
}

/* One poll may have read an input wrong: the next one must say the same. */
static bool is_surely_off(struct engine *engine)
{
	if (!all_off(engine))
		engine->t_off_seen_ns = 0;
	else if (engine->t_off_seen_ns == 0)
		engine->t_off_seen_ns = engine->t_ns;
	return engine->t_off_seen_ns > 0 && engine->t_ns - engine->t_off_seen_ns >= engine->program->level_period_ns;
}

void ending_switch_off(struct engine *engine)
{
	bool off;

	if (engine->off_deadline_ns == 0)
		begin_switching_off(engine);
	off = is_surely_off(engine);
	if (engine->actions->more || (!off && engine->t_ns < engine->off_deadline_ns) || watches_on(engine))
		return;
	engine->proved_off = off;
	if (!engine->proved_off)
		put_not_off(engine);
	recorder_close(&engine->recorder);
	emit_close_raw(engine);
	engine->off_deadline_ns = engine->t_ns + OFF_WITHIN_NS;
	engine->stage = ENGINE_RAW;
}

void ending_close_raw(struct engine *engine)
{
	struct record record;

	if (!engine->raw_closed && engine->t_ns < engine->off_deadline_ns)
		return;
	if (!engine->raw_closed)
		emit_fault(engine, "", FAULT_ENVIRONMENT, 0, "raw-not-closed", "the files of raw/ did not close in time");
	/* The verdicts are those that the whole journal gives, its last line included; that line is written after them. */
	record = emit_line(engine, RECORD_END, "");
	record.data.end.reason = engine->reason;
	judge_take(engine->judge, &record);
	engine->cursor = 0;
	engine->stage = ENGINE_VERDICTS;
}

void ending_put_verdicts(struct engine *engine)
{
	const struct findings *findings = judge_conclude(engine->judge);
	struct record record;

	for (; engine->cursor < findings->verdict_count; engine->cursor++) {
		const struct verdict *verdict = &findings->verdicts[engine->cursor];

		if (engine->actions->count >= ROOM_FOR_LINES) {
			engine->actions->more = true;
			return;
		}
		record = emit_line(engine, RECORD_VERDICT, findings->slots[verdict->slot].history->slot);
		record.data.verdict.cases = CASE_BIT(verdict->kind);
		record.data.verdict.watch = verdict->watch;
		record.data.verdict.conformity = verdict->conformity;
		record.data.verdict.validity = verdict->validity;
		record.data.verdict.domain = verdict->domain;
		emit_record(engine, &record);
	}
	record = emit_line(engine, RECORD_END, "");
	record.data.end.reason = engine->reason;
	emit_record(engine, &record);
	emit_flush(engine);
	engine->stage = ENGINE_LAST_FLUSH;
}

void ending_finish(struct engine *engine)
{
	if (engine->durable < engine->lines)
		return;
	engine->actions->list[engine->actions->count++].kind = ACTION_END;
	engine->stage = ENGINE_OVER;
}
