/*
 * The check as a whole: what an event changes, then every stage as far as it goes. walk_private.h has the map of the files.
 */

#include "rig/run/walk/walk_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FOR_A_STEP (WALK_FINDINGS_MAX - 2 * BENCH_SLOTS_MAX - 8) /* the most that one step says: what is still there */
#define GUARD_WITHIN_NS (5 * NS_PER_S)
#define GONE_WITHIN_NS (10 * NS_PER_S)

struct walk *walk_new(const struct walk_settings *settings)
{
	struct walk *walk = calloc(1, sizeof *walk);

	if (!walk)
		return NULL;
	walk->settings = *settings;
	walk->bench = settings->bench;
	walk->channels = calloc((size_t)settings->bench->channel_count + 1, sizeof *walk->channels);
	walk->t_turn_ns = walk->stirred_ns = -1;
	if (!walk->channels) {
		free(walk);
		return NULL;
	}
	walk_desk_init(walk);
	return walk;
}

void walk_free(struct walk *walk)
{
	if (!walk)
		return;
	free(walk->channels);
	free(walk);
}

/* ---- Events ---- */

static void begin(struct walk *walk)
{
	int i;

	walk->t_begin_ns = walk->t_ns;
	walk->stage = WALK_STAGE_INSTRUMENTS;
	/* Who switched what before, and when, nobody knows: shortest times off count from now. */
	for (i = 0; i < walk->bench->channel_count; i++)
		walk->channels[i].t_off_ns = walk->t_ns;
}

static void take_instrument(struct walk *walk, const struct walk_event *event)
{
	struct walk_instrument *it = &walk->instruments[event->instrument];
	const char *name = walk->bench->instruments[event->instrument].name;
	bool lost = it->said && it->state == INSTRUMENT_READY && event->state != INSTRUMENT_READY;

	it->state = event->state;
	text_copy(it->text, sizeof it->text, event->text);
	if (!lost || walk->stage >= WALK_STAGE_OFF)
		return;
	walk_say(walk, FINDING_WRONG, "lost", name, NULL, "was there, and is lost: %s", event->text);
	walk_break_off(walk, "an instrument was lost");
}

static void take_level(struct walk *walk, const struct walk_event *event)
{
	struct walk_channel *channel = &walk->channels[event->channel];

	/* A poll may have overtaken the edge, which knows better since when. */
	if (channel->level != event->level || event->t_ns < channel->since_ns)
		channel->since_ns = event->t_ns;
	channel->level = event->level;
}

static void take_output(struct walk *walk, const struct walk_event *event)
{
	struct walk_channel *channel = &walk->channels[event->channel];

	if (channel->owed > 0)
		channel->owed--;
	channel->agrees = event->agrees;
	text_copy(channel->text, sizeof channel->text, event->text);
	if (event->agrees && channel->owed == 0 && channel->t_off_ns >= channel->t_on_ns)
		channel->on = false;
}

static void take_heard(struct walk *walk, const struct walk_event *event)
{
	int slot = walk->bench->instruments[event->instrument].slot;

	if (slot < 0 || walk->bench->slots[slot].console != event->instrument)
		return;
	walk->slots[slot].t_spoke_ns = event->t_ns;
	if (walk->slots[slot].t_heard_ns < 0)
		walk->slots[slot].t_heard_ns = event->t_ns;
}

/* In a proof test the person has been asked for just this; walk_proof.c then bounds how long the hardware may take. */
static bool person_was_asked(const struct walk *walk)
{
	return walk->stage == WALK_STAGE_PROOF && walk->proof >= PROOF_ASK;
}

static void take_safety(struct walk *walk, const struct walk_event *event)
{
	static const char *const lost[] = {
		[SAFETY_ARM] = "the arm was lost", [SAFETY_ESTOP] = "the emergency stop was pressed", [SAFETY_DOOR] = "the door was opened",
		[SAFETY_TEMPERATURE] = "over-temperature", [SAFETY_LAB_POWER] = "the lab's power went",
	};

	walk->safety[event->safety] = event->level;
	if (event->level == 1 || !walk->energised || walk->stage >= WALK_STAGE_OFF || person_was_asked(walk))
		return;
	walk_say(walk, FINDING_UNPROVED, "stopped", walk_channel_name(walk, safety_bench_input(walk->bench, event->safety)->channel), NULL,
		 "everything off: %s", lost[event->safety]);
	walk_break_off(walk, lost[event->safety]);
}

static void take_lost(struct walk *walk, const char *why)
{
	if (walk->stage >= WALK_STAGE_OFF)
		return;
	walk_say(walk, FINDING_WRONG, "lost", NULL, NULL, "everything off: %s", why);
	walk_break_off(walk, why);
}

static void take_guarded(struct walk *walk, const struct walk_event *event)
{
	walk->guarded = event->agrees;
	if (!event->agrees)
		take_lost(walk, event->text);
}

static void take_stop(struct walk *walk)
{
	if (walk->stopped || walk->stage >= WALK_STAGE_LAST)
		return;
	walk->stopped = true;
	walk_say(walk, FINDING_NOTE, "stopped", NULL, NULL, "stopped by the operator: everything off");
	walk_break_off(walk, "stopped by the operator");
}

static void take(struct walk *walk, const struct walk_event *event)
{
	switch (event->kind) {
	case WALK_BEGIN:
		begin(walk);
		break;
	case WALK_TICK:
		break;
	case WALK_INSTRUMENT:
		take_instrument(walk, event);
		break;
	case WALK_LEVEL:
		take_level(walk, event);
		break;
	case WALK_READING:
		walk->channels[event->channel].has_reading = true;
		walk->channels[event->channel].reading = event->milli;
		break;
	case WALK_OUTPUT:
		take_output(walk, event);
		break;
	case WALK_HEARD:
		take_heard(walk, event);
		break;
	case WALK_SAFETY:
		take_safety(walk, event);
		break;
	case WALK_GUARDED:
		take_guarded(walk, event);
		break;
	case WALK_CHANGED:
		walk_say(walk, FINDING_WRONG, "protection", walk_channel_name(walk, event->channel), NULL, "%s", event->text);
		walk_slot_changed(walk, event->channel);
		break;
	case WALK_NOTED:
		walk_say(walk, FINDING_NOTE, "note", NULL, NULL, "%s", event->text);
		break;
	case WALK_LOST:
		take_lost(walk, event->text);
		break;
	case WALK_STOP:
		take_stop(walk);
		break;
	}
}

/* ---- Stages ---- */

static bool enter(struct walk *walk, enum walk_stage stage, int64_t within_ns)
{
	walk->stage = stage;
	walk->stage_deadline_ns = walk->t_ns + within_ns;
	walk->cursor = 0;
	return true;
}

/* After what costs nothing: is anything to be energised? */
static bool after_lines(struct walk *walk)
{
	bool production = walk->bench->environment == ENVIRONMENT_PRODUCTION;

	walk_block_slots(walk);
	if (walk->settings.extent == WALK_NOTHING)
		return enter(walk, WALK_STAGE_OVER, 0);
	if (walk->settings.extent == WALK_EVERYWHERE || !production)
		return enter(walk, WALK_STAGE_GUARD, GUARD_WITHIN_NS);
	text_copy(walk->why_not, sizeof walk->why_not,
		  "a hub of a production bench that is powered up and cut again may raise AD1 three minutes later, at a real network "
		  "operator; --walk does it all the same");
	return enter(walk, WALK_STAGE_LAST, 0);
}

static bool guard(struct walk *walk)
{
	if (walk->guarded) {
		walk->step = SLOT_BEGIN;
		return enter(walk, WALK_STAGE_SLOTS, 0);
	}
	walk->actions->guard = !walk->guard_asked;
	walk->guard_asked = true;
	if (!walk_reached(walk, walk->stage_deadline_ns))
		return false;
	take_lost(walk, "the supervisor did not take the off script");
	return true;
}

/* Every output says that it is off, or does not. */
static bool wait_for_off(struct walk *walk)
{
	bool up = walk_reached(walk, walk->stage_deadline_ns);
	int i;

	for (i = 0; !up && i < walk->bench->channel_count; i++)
		if (walk->channels[i].owed > 0)
			return false;
	for (i = 0; i < walk->bench->channel_count; i++) {
		if (!walk->channels[i].on)
			continue;
		walk->not_off = true;
		walk_say(walk, FINDING_WRONG, "not-off", walk_channel_name(walk, i), NULL,
			 "did not confirm that it is off (%s): SWITCH OFF BY HAND", walk->channels[i].owed > 0 ? "no answer" : walk->channels[i].text);
	}
	return enter(walk, WALK_STAGE_GONE, GONE_WITHIN_NS);
}

/* Says what is still there; true if there is nothing, or nothing to wait for. */
static bool is_gone(struct walk *walk, int slot, int sense, bool up)
{
	if (sense < 0 || walk->slots[slot].doubtful || walk->channels[sense].level != 1)
		return true;
	if (!up)
		return false;
	walk->still_there = true;
	walk_say(walk, FINDING_WRONG, "not-off", walk_channel_name(walk, sense), walk->bench->slots[slot].name,
		 "still there after everything was switched off: SWITCH OFF BY HAND");
	return false;
}

/* And the senses, of what was energised when everything went off. */
static bool wait_for_gone(struct walk *walk)
{
	bool up = walk_reached(walk, walk->stage_deadline_ns), gone = true;
	int i;

	for (i = 0; walk->energised && i < walk->bench->slot_count; i++) {
		const struct bench_slot *slot = &walk->bench->slots[i];

		if (!walk->settings.taking_part[i] || walk->slots[i].blocked[0])
			continue;
		gone = is_gone(walk, i, slot->mains.present ? slot->mains.sense : -1, up) && gone;
		gone = is_gone(walk, i, slot->supply.channel, up) && gone;
	}
	return (gone || up) && enter(walk, WALK_STAGE_LAST, 0);
}

static void say_not_walked(struct walk *walk)
{
	char list[FREE_TEXT_SIZE] = "";
	size_t used = 0;
	int count = 0, i;

	for (i = 0; i < walk->bench->slot_count; i++) {
		if (!walk->settings.taking_part[i] || walk->slots[i].walked || used >= sizeof list)
			continue;
		count++;
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", walk->bench->slots[i].name);
	}
	if (list[0])
		walk_say(walk, FINDING_UNPROVED, "not-walked", NULL, NULL, "not walked: slot%s %s: %s", count > 1 ? "s" : "", list,
			 walk->why_not);
}

static bool last(struct walk *walk)
{
	if (walk->settings.extent != WALK_NOTHING)
		say_not_walked(walk);
	if (walk->energised && walk_all_off(walk) && !walk->still_there)
		walk_say(walk, FINDING_NOTE, "off", NULL, NULL, "ALL OFF (not isolated): everything that this check switched on");
	return enter(walk, WALK_STAGE_OVER, 0);
}

static bool advance(struct walk *walk)
{
	switch (walk->stage) {
	case WALK_STAGE_NEW:
	case WALK_STAGE_OVER:
		break;
	case WALK_STAGE_INSTRUMENTS:
		return walk_tell_instruments(walk) && enter(walk, WALK_STAGE_LISTENING, WALK_LISTEN_NS);
	case WALK_STAGE_LISTENING:
		return walk_has_listened(walk) && enter(walk, WALK_STAGE_TELLING, 0);
	case WALK_STAGE_TELLING:
		return walk_tell_lines(walk) ? after_lines(walk) : true;
	case WALK_STAGE_GUARD:
		return guard(walk);
	case WALK_STAGE_SLOTS:
		return walk_slots_advance(walk);
	case WALK_STAGE_PROOF:
		return walk->settings.proves ? walk_proof_advance(walk) : enter(walk, WALK_STAGE_LAST, 0);
	case WALK_STAGE_OFF:
		return wait_for_off(walk);
	case WALK_STAGE_GONE:
		return wait_for_gone(walk);
	case WALK_STAGE_LAST:
		return last(walk);
	}
	return false;
}

void walk_step(struct walk *walk, const struct walk_event *event, struct walk_actions *actions)
{
	bool further = true;

	assert(walk->stage != WALK_STAGE_OVER);
	actions->set_count = actions->finding_count = 0;
	actions->guard = actions->end = false;
	walk->actions = actions;
	if (event->t_ns > walk->t_ns)
		walk->t_ns = event->t_ns;
	walk->utc_us = event->utc_us;
	take(walk, event);
	while (further && actions->finding_count < ROOM_FOR_A_STEP) {
		walk->wake_ns = INSTANT_NEVER;
		further = advance(walk);
	}
	actions->end = walk->stage == WALK_STAGE_OVER;
	actions->more = further && !actions->end;
	actions->deadline_ns = walk->wake_ns;
	walk->actions = NULL;
}

/* ---- Asking ---- */

bool walk_all_off(const struct walk *walk)
{
	int i;

	for (i = 0; i < walk->bench->channel_count; i++)
		if (walk->channels[i].on)
			return false;
	return true;
}

enum exit_code walk_exit_code(const struct walk *walk)
{
	if (walk->not_off || walk->still_there)
		return EXIT_CODE_RIG;
	if (walk->stopped)
		return EXIT_CODE_STOPPED;
	if (walk->counts[FINDING_WRONG] > 0)
		return EXIT_CODE_RIG;
	return walk->counts[FINDING_UNPROVED] > 0 ? EXIT_CODE_UNDECIDED : EXIT_CODE_PASS;
}

int walk_count(const struct walk *walk, enum finding_state state)
{
	return walk->counts[state];
}

const char *finding_state_name(enum finding_state state)
{
	static const char *const names[] = {[FINDING_GOOD] = "good", [FINDING_NOTE] = "note", [FINDING_UNPROVED] = "unproved",
					    [FINDING_WRONG] = "wrong"};

	return names[state];
}
