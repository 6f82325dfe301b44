/*
 * One slot off again, in two steps: the switch that cuts, then what lies before it. What goes only with the second is a contact
 * that does not let go; what does not go at all is mains that stay or a rail that somebody else feeds.
 */

#include "rig/run/walk/walk_private.h"

#include "rig/base/unit.h"

#include <stdio.h>

static int64_t discharge_ns(const struct walk *walk)
{
	int64_t stated_ns = walk_wiring(walk)->supply.discharge_ns;

	return stated_ns > 0 ? stated_ns : WALK_DISCHARGE_NS;
}

void walk_next(struct walk *walk)
{
	walk_now(walk)->walked = true;
	walk->cursor++;
	walk->output_at = 0;
	walk->trouble = walk->mains_stayed = walk->supply_stayed = false;
	walk->stirred_ns = -1;
	walk->step = SLOT_BEGIN;
}

/* Something is wrong with the slot: off, and on to the next. */
void walk_open(struct walk *walk)
{
	struct walk_slot *slot = walk_now(walk);

	if (walk->channels[slot->power].on)
		walk_switch(walk, slot->power, false);
	if (walk->energised)
		walk_count_cut(walk);
	walk_enter(walk, SLOT_OPEN, WALK_OUTPUT_NS);
}

/* Waits until outputs have said that they are off; those that do not are left to the supervisor and to people. */
static bool confirmed_off(struct walk *walk)
{
	const struct walk_slot *slot = walk_now(walk);
	bool up = walk_reached(walk, walk->step_deadline_ns);
	int i;

	for (i = 0; i < slot->output_count; i++)
		if (walk->channels[slot->outputs[i]].owed > 0 && !up)
			return false;
	return true;
}

/* Everything is told to go off once more, and what does not is named there. */
static bool not_off(struct walk *walk)
{
	walk_now(walk)->walked = true;
	walk_break_off(walk, "an output of another slot did not confirm that it is off");
	return true;
}

static bool opened(struct walk *walk)
{
	if (!confirmed_off(walk))
		return false;
	if (walk->channels[walk_now(walk)->power].on)
		return not_off(walk);
	walk_enter(walk, SLOT_FALL, discharge_ns(walk));
	return true;
}

static bool mains_hangs_on_power(const struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);

	return slot->mains.present && slot->mains.sense >= 0 && walk->slots[walk->cursor].power == slot->mains.switch_channel;
}

static void rest_off(struct walk *walk)
{
	const struct walk_slot *slot = walk_now(walk);
	int i;

	for (i = slot->output_count - 1; i >= 0; i--)
		if (walk->channels[slot->outputs[i]].on)
			walk_switch(walk, slot->outputs[i], false);
	walk_enter(walk, SLOT_REST, WALK_OUTPUT_NS);
}

/*
 * The rail behind the switch that was opened, the mains where that is what it cuts, and what it has stirred elsewhere. Mains
 * that stay need no longer wait for their rail.
 */
static bool wait_for_fall(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	int64_t t_off_ns = walk->channels[walk_now(walk)->power].t_off_ns;
	bool mains = mains_hangs_on_power(walk) && !walk_level_is(walk, slot->mains.sense, 0, walk_settle_ns(walk));
	bool supply = !walk_level_is(walk, slot->supply.channel, 0, walk_settle_ns(walk));
	char list[FREE_TEXT_SIZE];
	bool others = walk_stirred(walk, list, sizeof list);

	if ((mains || supply || others) && !walk_reached(walk, walk->step_deadline_ns) &&
	    !(mains && walk_reached(walk, t_off_ns + WALK_SENSE_NS)))
		return false;
	walk->mains_stayed = mains;
	walk->supply_stayed = supply;
	rest_off(walk);
	return true;
}

/* Where nothing lay before the switch there is nothing to wait for a second time. */
static int64_t judge_within_ns(const struct walk *walk)
{
	bool before = walk->slots[walk->cursor].output_count > 1;

	if (walk->supply_stayed && before)
		return discharge_ns(walk) > WALK_SENSE_NS ? discharge_ns(walk) : WALK_SENSE_NS;
	return walk->mains_stayed || (walk_wiring(walk)->mains.present && before) ? WALK_SENSE_NS : 0;
}

static bool wait_for_rest(struct walk *walk)
{
	const struct walk_slot *slot = walk_now(walk);
	int i;

	if (!confirmed_off(walk))
		return false;
	for (i = 0; i < slot->output_count; i++)
		if (walk->channels[slot->outputs[i]].on)
			return not_off(walk);
	walk_enter(walk, SLOT_JUDGE, judge_within_ns(walk));
	return true;
}

/* Mains that nothing says are off but the contact itself: nothing else is energised after that. */
static void welded(struct walk *walk, int contact, int sense, bool still_there)
{
	char text[FREE_TEXT_SIZE];

	walk_now(walk)->doubtful = walk_now(walk)->walked = true;
	walk->still_there |= still_there;
	walk_say(walk, FINDING_WRONG, "welded", walk_channel_name(walk, contact), walk_wiring(walk)->name,
		 "welded: told to open, and says that it is, and the %s (%s) %s",
		 channel_use_name(walk->bench->channels[sense].use), walk_channel_name(walk, sense),
		 still_there ? "stays: SWITCH OFF BY HAND upstream, and change what does not open"
			     : "went only with what lies before it: change what does not open");
	(void)snprintf(text, sizeof text, "%s, of slot %s, does not open", walk_channel_name(walk, contact), walk_wiring(walk)->name);
	walk_break_off(walk, text);
}

/* It went, later than it may. */
static void slow_fall(struct walk *walk, int sense)
{
	const struct walk_channel *power = &walk->channels[walk_now(walk)->power];
	char after[SPAN_TEXT_SIZE], most[SPAN_TEXT_SIZE];

	walk->trouble = true;
	walk_say(walk, FINDING_WRONG, "sense", walk_channel_name(walk, sense), walk_wiring(walk)->name,
		 "goes only %s after %s opened, and %s are the most: look at the sense board and at what keeps it up",
		 span_text(after, walk->channels[sense].since_ns - power->t_off_ns), walk_power_name(walk), span_text(most, WALK_SENSE_NS));
}

/* The rail of a hub alone went when its supply did, and not when its relay opened. */
static void relay_stuck(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	char most[SPAN_TEXT_SIZE];

	walk_now(walk)->doubtful = walk->trouble = true;
	walk_say(walk, FINDING_WRONG, "welded", walk_power_name(walk), slot->name,
		 "welded: told to open, and says that it is, and the %s (%s) went only when the supply before it was off: change the relay; or "
		 "the rail takes longer than %s", channel_use_name(USE_SUPPLY_SENSE), walk_channel_name(walk, slot->supply.channel),
		 span_text(most, discharge_ns(walk)));
}

static void back_fed(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	const struct walk_channel *power = &walk->channels[walk_now(walk)->power];
	char waited[SPAN_TEXT_SIZE], volts[AMOUNT_TEXT_SIZE];

	walk_now(walk)->doubtful = walk->trouble = true;
	walk_say(walk, FINDING_WRONG, "back-fed", walk_channel_name(walk, slot->supply.channel), slot->name,
		 "back-fed: %s after %s opened the rail is not below %s: another source feeds it (a console's TX that idles high, a second "
		 "supply), it has no bleeder, or the contact does not let go", span_text(waited, walk->t_ns - power->t_off_ns),
		 walk_power_name(walk), amount_text(volts, UNIT_VOLTAGE, slot->supply.v_down_mv));
}

static bool judge_mirror(struct walk *walk, const struct bench_group *group)
{
	if (walk_level_is(walk, group->mirror, 1, 0))
		return true;
	if (!walk_reached(walk, walk->step_deadline_ns))
		return false;
	welded(walk, group->contactor, group->mirror, true);
	return true;
}

/* Mains gone, and the contactor before them open. False: not known yet. */
static bool judge_mains(struct walk *walk)
{
	const struct bench_mains *mains = &walk_wiring(walk)->mains;
	const struct bench_group *group = mains->present && mains->group >= 0 ? &walk->bench->groups[mains->group] : NULL;

	if (!mains->present)
		return true;
	if (!walk_level_is(walk, mains->sense, 0, walk_settle_ns(walk))) {
		if (!walk_reached(walk, walk->step_deadline_ns))
			return false;
		welded(walk, mains->switch_channel, mains->sense, true);
		return true;
	}
	if (walk->mains_stayed && group && group->contactor >= 0)
		welded(walk, mains->switch_channel, mains->sense, false);
	else if (walk->mains_stayed)
		slow_fall(walk, mains->sense);
	return walk->stage != WALK_STAGE_SLOTS || !group || group->contactor < 0 || judge_mirror(walk, group);
}

static void say_walked(struct walk *walk)
{
	const struct bench_slot *slot = walk_wiring(walk);
	const struct walk_slot *state = walk_now(walk);
	const struct walk_channel *power = &walk->channels[state->power];
	char heard[SPAN_TEXT_SIZE], fell[SPAN_TEXT_SIZE], volts[AMOUNT_TEXT_SIZE];

	walk_say(walk, FINDING_GOOD, "walk", slot->name, slot->name,
		 "%s stirs its own senses and no other slot's%s%s; off, its rail is below %s after %s", walk_power_name(walk),
		 slot->console >= 0 ? ", its console speaks after " : "",
		 slot->console >= 0 ? span_text(heard, state->t_heard_ns - power->t_on_ns) : "",
		 amount_text(volts, UNIT_VOLTAGE, slot->supply.v_down_mv),
		 span_text(fell, walk->channels[slot->supply.channel].since_ns - power->t_off_ns));
}

static void judge_rail(struct walk *walk, bool gone)
{
	const struct bench_feed *feed = &walk_wiring(walk)->feed;

	/* Only where the rig switches what lies before the switch can it tell the one from the other. */
	if (gone && walk->supply_stayed && feed->present && feed->supply >= 0)
		relay_stuck(walk);
	else if (!gone || (walk->supply_stayed && !walk->mains_stayed))
		back_fed(walk);
}

static bool judge(struct walk *walk)
{
	bool gone;

	if (!judge_mains(walk))
		return false;
	if (walk->stage != WALK_STAGE_SLOTS)
		return true;
	gone = walk_level_is(walk, walk_wiring(walk)->supply.channel, 0, walk_settle_ns(walk));
	if (!gone && !walk_reached(walk, walk->step_deadline_ns))
		return false;
	judge_rail(walk, gone);
	if (!walk->trouble) {
		walk_now(walk)->good = true;
		say_walked(walk);
	}
	walk_next(walk);
	return true;
}

bool walk_fall_advance(struct walk *walk)
{
	switch (walk->step) {
	case SLOT_OPEN:
		return opened(walk);
	case SLOT_FALL:
		return wait_for_fall(walk);
	case SLOT_REST:
		return wait_for_rest(walk);
	case SLOT_BEGIN:
	case SLOT_ON:
	case SLOT_SENSE:
	case SLOT_CONSOLE:
	case SLOT_JUDGE:
		break;
	}
	return judge(walk);
}
