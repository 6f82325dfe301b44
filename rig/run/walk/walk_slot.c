/*
 * One slot after the other: on, its own senses and console and nobody else's, then off (walk_fall.c). What goes wrong on the
 * way ends in the same way off; only the finding differs.
 */

#include "rig/run/walk/walk_private.h"

#include <stdio.h>

static bool not_walked(struct walk *walk, const char *why)
{
	walk_say(walk, FINDING_UNPROVED, "not-walked", walk_wiring(walk)->name, walk_wiring(walk)->name, "not walked: %s", why);
	walk_next(walk);
	return true;
}

/* ---- On ---- */

/* What has changed since the lines were told of: with nothing of the slot on. NULL: nothing stands in the way. */
static const char *stands_in_the_way(struct walk *walk, char *text, size_t size)
{
	const struct bench_slot *slot = walk_wiring(walk);
	int senses[] = {slot->supply.channel, slot->mains.present ? slot->mains.sense : -1}, i;

	if (walk_trip_line(walk) >= 0 && walk->channels[walk_trip_line(walk)].level == 0)
		return "its group's protection has tripped";
	for (i = 0; i < 2; i++) {
		if (!walk_is_there(walk, senses[i]))
			continue;
		walk_now(walk)->doubtful = true;
		(void)snprintf(text, size, "%s is there before anything was switched on", walk_channel_name(walk, senses[i]));
		return text;
	}
	return NULL;
}

static bool has_turn(struct walk *walk, bool *never)
{
	const struct walk_slot *slot = walk_now(walk);
	bool turn = walk_has_window(walk), one_never;
	int i;

	*never = false;
	for (i = 0; i < slot->output_count; i++) {
		turn &= walk_has_turn(walk, slot->outputs[i], &one_never);
		*never |= one_never;
	}
	return turn;
}

static void take_baseline(struct walk *walk)
{
	int i;

	for (i = 0; i < walk->bench->channel_count; i++)
		walk->channels[i].baseline = walk->channels[i].level;
	walk_now(walk)->t_heard_ns = -1;
}

static bool begin(struct walk *walk)
{
	struct walk_slot *slot = walk_now(walk);
	char text[FREE_TEXT_SIZE];
	const char *why = slot->blocked[0] ? slot->blocked : stands_in_the_way(walk, text, sizeof text);
	bool never;

	if (why)
		return not_walked(walk, why);
	switch (walk_wait_for_person(walk, walk_hazardous(walk, slot), &why)) {
	case WALK_PENDING:
		return false;
	case WALK_FAILED:
		return not_walked(walk, why);
	case WALK_DONE:
		break;
	}
	if (!has_turn(walk, &never))
		return never ? not_walked(walk, "an interlock of the bench forbids its outputs together") : false;
	take_baseline(walk);
	walk_switch(walk, slot->outputs[0], true);
	walk_enter(walk, SLOT_ON, WALK_OUTPUT_NS);
	return true;
}

static bool output_failed(struct walk *walk, int channel, const char *how)
{
	walk_say(walk, FINDING_WRONG, "output", walk_channel_name(walk, channel), walk_wiring(walk)->name, "%s", how);
	walk->trouble = true;
	walk_open(walk);
	return true;
}

static bool switch_on(struct walk *walk)
{
	struct walk_slot *slot = walk_now(walk);
	int channel = slot->outputs[walk->output_at];

	if (walk->channels[channel].owed > 0)
		return walk_reached(walk, walk->step_deadline_ns) &&
		       output_failed(walk, channel, "did not say in time that it is on: look at the instrument");
	if (!walk->channels[channel].agrees)
		return output_failed(walk, channel, walk->channels[channel].text);
	switch (walk_has_closed(walk, channel)) {
	case WALK_PENDING:
		return false;
	case WALK_FAILED:
		return output_failed(walk, channel, "told to close, and its mirror contact says that it is open: look at the contactor");
	case WALK_DONE:
		break;
	}
	if (++walk->output_at < slot->output_count) {
		walk_switch(walk, slot->outputs[walk->output_at], true);
		walk_enter(walk, SLOT_ON, WALK_OUTPUT_NS);
	} else {
		walk_enter(walk, SLOT_SENSE, walk_wiring(walk)->feed.present ? WALK_SENSE_NS : WALK_METER_NS);
	}
	return true;
}

static bool no_sense(struct walk *walk, int output, int sense, const char *way_out)
{
	char waited[SPAN_TEXT_SIZE];

	walk_say(walk, FINDING_WRONG, "sense", walk_channel_name(walk, sense), walk_wiring(walk)->name,
		 "%s is on by its own read-back, and %s does not come within %s: %s", walk_channel_name(walk, output),
		 channel_use_name(walk->bench->channels[sense].use),
		 span_text(waited, walk->t_ns - walk->channels[output].t_on_ns), way_out);
	walk->trouble = true;
	walk_open(walk);
	return true;
}

static bool wait_for_senses(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	bool mains = !slot->mains.present || slot->mains.sense < 0 || walk_level_is(walk, slot->mains.sense, 1, walk_settle_ns(walk));
	bool supply = walk_level_is(walk, slot->supply.channel, 1, walk_settle_ns(walk));

	if (!mains && walk_reached(walk, walk->channels[slot->mains.switch_channel].t_on_ns + WALK_SENSE_NS))
		return no_sense(walk, slot->mains.switch_channel, slot->mains.sense,
				"look at the contact, the fuse, the sense board and its line");
	if (!supply && walk_reached(walk, walk->step_deadline_ns))
		return no_sense(walk, walk_now(walk)->power, slot->supply.channel, slot->feed.present
				? "look at the contact, the supply's fuse, the sense and its line"
				: "is there a meter in the slot, does it start, is its hub's connector in?");
	if (!mains || !supply)
		return false;
	walk_enter(walk, SLOT_CONSOLE, WALK_CONSOLE_NS);
	return true;
}

/* ---- While it is on ---- */

/* What has come of the slot itself, in words. */
static void put_own(const struct walk *walk, char *text, size_t size)
{
	const struct bench_slot *slot = walk_wiring(walk);
	bool mains = slot->mains.present && walk_is_there(walk, slot->mains.sense);
	bool supply = walk_is_there(walk, slot->supply.channel);

	(void)snprintf(text, size, "of its own %s", mains && supply ? "both senses came too" : mains ? "the mains sense came too"
				   : supply ? "the supply sense came too" : "nothing came");
}

/* True: the step has changed. */
static bool watch_others(struct walk *walk)
{
	char list[FREE_TEXT_SIZE], own[64];

	if (!walk_stirred(walk, list, sizeof list)) {
		walk->stirred_ns = -1;
		return false;
	}
	if (walk->stirred_ns < 0)
		walk->stirred_ns = walk->t_ns;
	if (!walk_reached(walk, walk->stirred_ns + WALK_STIR_NS))
		return false;
	put_own(walk, own, sizeof own);
	walk_say(walk, FINDING_WRONG, "cross-wired", walk_wiring(walk)->name, walk_wiring(walk)->name,
		 "cross-wired: %s stirs %s; %s: compare the wiring of both slots with the bench file", walk_power_name(walk), list, own);
	walk->trouble = true;
	walk_open(walk);
	return true;
}

static bool watch_protection(struct walk *walk)
{
	if (walk_trip_line(walk) < 0 || walk->channels[walk_trip_line(walk)].level != 0)
		return false;
	walk_say(walk, FINDING_WRONG, "protection", walk_wiring(walk)->name, walk_wiring(walk)->name,
		 "the protection of group %s tripped when %s closed: look for a fault to earth or a short in the slot",
		 walk->bench->groups[walk_wiring(walk)->mains.group].name, walk_power_name(walk));
	walk->trouble = true;
	walk_open(walk);
	return true;
}

void walk_slot_changed(struct walk *walk, int channel)
{
	const struct walk_slot *slot;
	int i;

	if (walk->stage != WALK_STAGE_SLOTS || walk->cursor >= walk->bench->slot_count || walk->step == SLOT_BEGIN ||
	    walk->step >= SLOT_OPEN)
		return;
	slot = walk_now(walk);
	for (i = 0; i < slot->output_count; i++)
		if (walk->bench->channels[slot->outputs[i]].instrument == walk->bench->channels[channel].instrument)
			break;
	if (i == slot->output_count)
		return;
	walk->trouble = true;
	walk_open(walk);
}

/* It came, and is gone while everything is still on. */
static bool watch_own(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	int senses[] = {slot->mains.present ? slot->mains.sense : -1, slot->supply.channel}, i;

	for (i = 0; i < 2 && walk->step == SLOT_CONSOLE; i++) {
		if (senses[i] < 0 || !walk_level_is(walk, senses[i], 0, walk_settle_ns(walk)))
			continue;
		walk_say(walk, FINDING_WRONG, "sense", walk_channel_name(walk, senses[i]), slot->name,
			 "%s came and went while %s is on: look for a loose contact or a supply that gives in",
			 channel_use_name(walk->bench->channels[senses[i]].use), walk_power_name(walk));
		walk->trouble = true;
		walk_open(walk);
		return true;
	}
	return false;
}

static void silent_console(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	int64_t t_on_ns = walk->channels[walk_now(walk)->power].t_on_ns;
	char others[FREE_TEXT_SIZE] = "", waited[SPAN_TEXT_SIZE];
	int i;

	for (i = 0; i < walk->bench->slot_count; i++)
		if (i != walk->cursor && walk->slots[i].t_spoke_ns >= t_on_ns)
			walk_add_name(others, sizeof others, walk->bench->slots[i].name);
	walk_say(walk, FINDING_WRONG, "console", walk->bench->instruments[slot->console].name, slot->name,
		 "silent for %s after the hub had its supply%s%s: look at its cable (TX and RX), baud rate and port",
		 span_text(waited, walk->t_ns - walk->channels[slot->supply.channel].since_ns),
		 others[0] ? ", while there was something to hear at the console of slot " : "", others);
}

static bool wait_for_console(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	bool heard = slot->console < 0 || walk_now(walk)->t_heard_ns >= 0;

	/* Whatever else the switch stirs comes about as fast as what it should stir. */
	if (walk->stirred_ns >= 0)
		return false;
	if (heard && !walk_reached(walk, walk->step_deadline_ns - WALK_CONSOLE_NS + WALK_STIR_NS))
		return false;
	if (!heard && !walk_reached(walk, walk->step_deadline_ns))
		return false;
	if (!heard) {
		silent_console(walk);
		walk->trouble = true;
	}
	walk_open(walk);
	return true;
}

/* ---- The steps ---- */

static bool watch(struct walk *walk)
{
	return walk->step > SLOT_BEGIN && walk->step < SLOT_OPEN && 
	       (watch_protection(walk) || watch_others(walk) || watch_own(walk));
}

bool walk_slots_advance(struct walk *walk)
{
	while (walk->cursor < walk->bench->slot_count && !walk->settings.taking_part[walk->cursor])
		walk->cursor++;
	if (walk->cursor >= walk->bench->slot_count) {
		walk->stage = WALK_STAGE_PROOF;
		walk->cursor = 0;
		return true;
	}
	if (watch(walk))
		return true;
	switch (walk->step) {
	case SLOT_BEGIN:
		return begin(walk);
	case SLOT_ON:
		return switch_on(walk);
	case SLOT_SENSE:
		return wait_for_senses(walk);
	case SLOT_CONSOLE:
		return wait_for_console(walk);
	case SLOT_OPEN:
	case SLOT_FALL:
	case SLOT_REST:
	case SLOT_JUDGE:
		break;
	}
	return walk_fall_advance(walk);
}
