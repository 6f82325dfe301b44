/* What there is before anything is switched on: who answers, how every line stands, and which slots can be walked. */

#include "rig/run/walk/walk_private.h"

#include "rig/base/unit.h"

#include <stdio.h>
#include <string.h>

/* What the level of an input means. 1 is the good one but for AC LO, of which neither is. */
struct input_words {
	enum channel_use use;
	const char *name, *good, *bad, *way_out;
};

static const struct input_words input_words[] = {
	{USE_ARM, "arm", "armed", "not armed", ""},
	{USE_ESTOP, "emergency stop", "not pressed", "pressed", ": release it, or look for a broken wire"},
	{USE_DOOR, "door", "closed", "open", ": close it, or look for a broken wire"},
	{USE_TEMPERATURE, "temperature", "healthy", "too high", ": find out why, or look for a broken wire"},
	{USE_LAB_FEED, "lab feed", "there", "not there", ": switch the bench's mains on"},
	{USE_UPS, "UPS", "healthy", "not healthy", ": look at the UPS"},
	{USE_GROUP_MIRROR, "mirror contact", "its contactor is open", "its contactor is closed",
	 ", and nobody has closed it: welded, or switched by somebody else"},
	{USE_GROUP_TRIPPED, "group protection", "has not tripped", "has tripped", ": find out why, and reset it"},
	{USE_AC_LOST, "AC LO", "no AC", "AC there", ""},
	{USE_HUB_PRESENT, "hub", "seated", "not seated", ""},
	{USE_HOST_PRESENT, "host", "seated", "not seated", ""},
};

static const struct input_words *words_of(enum channel_use use)
{
	size_t i;

	for (i = 0; i < sizeof input_words / sizeof *input_words; i++)
		if (input_words[i].use == use)
			return &input_words[i];
	return NULL;
}

static bool instrument_takes_part(const struct walk *walk, int instrument)
{
	int slot = walk->bench->instruments[instrument].slot;

	return slot < 0 || walk->settings.taking_part[slot];
}

/* Whether the channel is looked at: of a slot that takes part or of the bench, and of an instrument that is ready. */
static bool is_there(const struct walk *walk, int channel)
{
	const struct bench_channel *it = &walk->bench->channels[channel];

	return (it->slot < 0 || walk->settings.taking_part[it->slot]) && walk->instruments[it->instrument].state == INSTRUMENT_READY;
}

/* ---- Sizing ---- */

static void add_output(struct walk_slot *slot, int channel)
{
	if (channel >= 0)
		slot->outputs[slot->output_count++] = channel;
}

static void init_slot(const struct bench *bench, int index, struct walk_slot *slot)
{
	const struct bench_slot *from = &bench->slots[index];
	int output = from->feed.output;

	slot->power = bench_slot_power(from);
	slot->t_heard_ns = slot->t_spoke_ns = -1;
	if (from->mains.present) {
		add_output(slot, from->mains.group >= 0 ? bench->groups[from->mains.group].contactor : -1);
		add_output(slot, from->mains.switch_channel);
	}
	if (!from->feed.present)
		return;
	add_output(slot, from->feed.volts);
	add_output(slot, output);
	add_output(slot, from->feed.switch_channel);
}

void walk_desk_init(struct walk *walk)
{
	const struct bench *bench = walk->bench;
	int i, input;

	for (i = 0; i < bench->channel_count; i++)
		walk->channels[i] = (struct walk_channel){.level = -1, .baseline = -1};
	for (i = 0; i < bench->slot_count; i++)
		init_slot(bench, i, &walk->slots[i]);
	for (i = 0; i < bench->instrument_count; i++)
		walk->instruments[i].state = INSTRUMENT_NOT_YET;
	for (input = 0; input < SAFETY_INPUTS; input++)
		walk->safety[input] = safety_bench_input(bench, (enum safety_input)input)->channel < 0 ? 1 : -1;
	walk->stagger_ns = WALK_STAGGER_NS;
	for (i = 0; i < bench->group_count; i++)
		if (bench->groups[i].stagger_ns > walk->stagger_ns)
			walk->stagger_ns = bench->groups[i].stagger_ns;
}

/* ---- Instruments ---- */

static const char *instrument_way_out(const struct bench_instrument *instrument, enum instrument_state state)
{
	switch (instrument->driver) {
	case DRIVER_GPIO:
		return "look at 'chip' and at the lines in the bench file";
	case DRIVER_MODBUS:
		return state == INSTRUMENT_NEVER
			       ? "is it plugged into another's port? look at 'port', 'unit' and 'profile' in the bench file"
			       : "look at its power, its cable, and at 'port', 'baud' and 'unit' in the bench file";
	case DRIVER_LOADER:
		if (instrument->loader->protocol == LOADER_TOOL)
			return "look at what 'run' names in the bench file";
		break;
	case DRIVER_CONSOLE:
	case DRIVER_ZIGBEE:
		break;
	}
	return "look at its cable, and at 'port' in the bench file";
}

static void tell_instrument(struct walk *walk, int index)
{
	const struct bench_instrument *wanted = &walk->bench->instruments[index];
	struct walk_instrument *it = &walk->instruments[index];
	const char *slot = wanted->slot < 0 ? "" : walk->bench->slots[wanted->slot].name;
	bool port = wanted->driver != DRIVER_GPIO && wanted->driver != DRIVER_MODBUS;
	const char *what = port ? "port" : "instrument";
	char after[SPAN_TEXT_SIZE];

	it->said = true;
	if (it->state == INSTRUMENT_READY)
		walk_say(walk, FINDING_GOOD, what, wanted->name, slot, "%s%s", port ? "opened " : "", it->text);
	else if (it->state == INSTRUMENT_NEVER)
		walk_say(walk, FINDING_WRONG, what, wanted->name, slot, "%s; %s", it->text,
			 instrument_way_out(wanted, it->state));
	else
		walk_say(walk, FINDING_WRONG, what, wanted->name, slot, "%s; not ready after %s: %s", it->text,
			 span_text(after, walk->t_ns - walk->t_begin_ns), instrument_way_out(wanted, it->state));
}

/* The longest that a bus with silent instruments on it may need to have asked all of them. */
static int64_t ready_within(const struct bench *bench)
{
	int most = 1, bus, i;

	for (bus = 0; bus < bench->bus_count; bus++) {
		int count = 0;

		for (i = 0; i < bench->instrument_count; i++)
			count += bench->instruments[i].driver == DRIVER_MODBUS && bench->instruments[i].bus == bus;
		if (count > most)
			most = count;
	}
	return WALK_READY_NS + (most - 1) * WALK_READY_MORE_NS;
}

bool walk_tell_instruments(struct walk *walk)
{
	bool up = walk_reached(walk, walk->t_begin_ns + ready_within(walk->bench)), all = true;
	int i;

	for (i = 0; i < walk->bench->instrument_count; i++) {
		if (!instrument_takes_part(walk, i) || walk->instruments[i].said)
			continue;
		if (up || walk->instruments[i].state != INSTRUMENT_NOT_YET)
			tell_instrument(walk, i);
		else
			all = false;
	}
	return all;
}

/* ---- Lines ---- */

/* A supply's own protection, for which the bench has a limit. */
static bool is_limit(const struct walk *walk, int channel)
{
	enum channel_use use = walk->bench->channels[channel].use;

	return (use == USE_SUPPLY_OVP && walk->bench->supply_limit.present) || (use == USE_SUPPLY_OCP && walk->bench->current_limit.present);
}

static bool was_read(const struct walk *walk, int channel)
{
	enum channel_kind kind = walk->bench->channels[channel].kind;

	if (kind == CHANNEL_INPUT)
		return walk->channels[channel].level >= 0;
	return walk->channels[channel].has_reading || (kind != CHANNEL_SWITCH && !is_limit(walk, channel));
}

bool walk_has_listened(struct walk *walk)
{
	int i;

	if (walk_reached(walk, walk->stage_deadline_ns))
		return true;
	for (i = 0; i < walk->bench->channel_count; i++)
		if (is_there(walk, i) && !was_read(walk, i))
			return false;
	return true;
}

static bool will_walk(const struct walk *walk)
{
	return walk->settings.extent == WALK_EVERYWHERE ||
	       (walk->settings.extent == WALK_NOT_PRODUCTION && walk->bench->environment != ENVIRONMENT_PRODUCTION);
}

/* An input at its bad level. What a person may still change before the walk is no finding yet; the walk waits for it. */
static enum finding_state bad_level(const struct walk *walk, enum channel_use use)
{
	if (use == USE_ARM || use == USE_HUB_PRESENT || use == USE_HOST_PRESENT)
		return FINDING_NOTE;
	if (use == USE_GROUP_MIRROR || use == USE_GROUP_TRIPPED)
		return FINDING_WRONG;
	if (use == USE_ESTOP || use == USE_DOOR || use == USE_TEMPERATURE || use == USE_LAB_FEED)
		return will_walk(walk) ? FINDING_NOTE : FINDING_UNPROVED;
	return FINDING_UNPROVED;
}

static bool is_on(const struct walk *walk, int channel)
{
	return channel >= 0 && walk->bench->channels[channel].kind == CHANNEL_SWITCH && walk->channels[channel].was_on;
}

static bool slot_is_on(const struct walk *walk, int slot)
{
	int i;

	for (i = 0; i < walk->slots[slot].output_count; i++)
		if (is_on(walk, walk->slots[slot].outputs[i]))
			return true;
	return false;
}

/* Supply and mains senses: with everything off there is nothing. */
static void tell_sense(struct walk *walk, int channel, const char *slot)
{
	const struct bench_channel *it = &walk->bench->channels[channel];
	const char *name = channel_use_name(it->use);

	if (walk->channels[channel].level == 0)
		walk_say(walk, FINDING_GOOD, "input", it->name, slot, "%s: nothing there, and nothing is switched on", name);
	else if (slot_is_on(walk, it->slot))
		walk_say(walk, FINDING_NOTE, "input", it->name, slot, "%s: there; something of the slot is on", name);
	else
		walk_say(walk, FINDING_WRONG, "input", it->name, slot,
			 "%s: there, and nothing of the slot is switched on: something else feeds it, or the line belongs elsewhere", name);
}

static void tell_input(struct walk *walk, int channel)
{
	const struct bench_channel *it = &walk->bench->channels[channel];
	const struct input_words *words = words_of(it->use);
	const char *slot = it->slot < 0 ? "" : walk->bench->slots[it->slot].name;
	int level = walk->channels[channel].level;

	if (level < 0)
		walk_say(walk, FINDING_WRONG, "input", it->name, slot, "%s: cannot be read", channel_use_name(it->use));
	else if (!words)
		tell_sense(walk, channel, slot);
	else if (it->use == USE_AC_LOST)
		walk_say(walk, FINDING_NOTE, "input", it->name, slot, "%s: %s; means something only while the meter is alive",
			 words->name, level ? words->good : words->bad);
	else
		walk_say(walk, level ? FINDING_GOOD : bad_level(walk, it->use), "input", it->name, slot, "%s: %s%s", words->name,
			 level ? words->good : words->bad, level ? "" : words->way_out);
}

static void tell_switch(struct walk *walk, int channel)
{
	const struct bench_channel *it = &walk->bench->channels[channel];
	const char *slot = it->slot < 0 ? "" : walk->bench->slots[it->slot].name;

	if (!walk->channels[channel].has_reading)
		walk_say(walk, FINDING_WRONG, "output", it->name, slot, "%s: does not say whether it is off",
			 channel_use_name(it->use));
	else if (walk->channels[channel].was_on)
		walk_say(walk, FINDING_WRONG, "output", it->name, slot,
			 "%s: is on, and this check did not do it; `hilrig off --bench %s` switches everything off", channel_use_name(it->use),
			 walk->bench->path);
}

/* The driver has written it and read it back before it called itself ready; this is what the instrument says now. */
static void tell_limit(struct walk *walk, int channel)
{
	const struct bench_channel *it = &walk->bench->channels[channel];
	bool volts = it->use == USE_SUPPLY_OVP;
	int64_t limit = volts ? walk->bench->supply_limit.max_mv : walk->bench->current_limit.max_ma;
	const struct walk_channel *state = &walk->channels[channel];
	char is[AMOUNT_TEXT_SIZE], should[AMOUNT_TEXT_SIZE];
	enum unit unit = volts ? UNIT_VOLTAGE : UNIT_CURRENT;

	if (!state->has_reading)
		walk_say(walk, FINDING_WRONG, "limit", it->name, NULL, "does not read back");
	else if (state->reading == limit)
		walk_say(walk, FINDING_GOOD, "limit", it->name, NULL, "%s written and read back", amount_text(is, unit, limit));
	else
		walk_say(walk, FINDING_WRONG, "limit", it->name, NULL,
			 "%s was written and %s reads back: somebody is at its knobs, or it has been reset", amount_text(should, unit, limit), amount_text(is, unit, state->reading));
}

static void tell_line(struct walk *walk, int channel)
{
	const struct bench_channel *it = &walk->bench->channels[channel];

	if (!is_there(walk, channel))
		return;
	if (it->kind == CHANNEL_INPUT)
		tell_input(walk, channel);
	else if (it->kind == CHANNEL_SWITCH)
		tell_switch(walk, channel);
	else if (is_limit(walk, channel))
		tell_limit(walk, channel);
}

/* One line for all outputs of an instrument that are as they should be. */
static void tell_outputs_off(struct walk *walk, int instrument)
{
	int count = 0, i;

	for (i = 0; i < walk->bench->channel_count; i++)
		count += walk->bench->channels[i].instrument == instrument && walk->bench->channels[i].kind == CHANNEL_SWITCH &&
			 is_there(walk, i) && walk->channels[i].has_reading && !walk->channels[i].was_on;
	if (count > 0)
		walk_say(walk, FINDING_GOOD, "output", walk->bench->instruments[instrument].name, NULL, "%d output%s read%s back as off",
			 count, count == 1 ? "" : "s", count == 1 ? "s" : "");
}

static void tell_proof_date(struct walk *walk, enum proof_of what, enum safety_input input, const char *name)
{
	const struct bench_proof *newest = bench_proof_newest(walk->bench, what);

	if (!newest || strcmp(walk->settings.today, newest->due) <= 0 ||
	    (walk->settings.proves && walk->settings.proved == input))
		return;
	walk_say(walk, FINDING_UNPROVED, "proof", NULL, NULL, "the proof test of the %s was due on %s: make it with --prove %s",
		 name, newest->due, what == PROOF_ESTOP ? "estop" : name);
}

static void tell_proof_dates(struct walk *walk)
{
	tell_proof_date(walk, PROOF_ARM, SAFETY_ARM, "arm");
	tell_proof_date(walk, PROOF_ESTOP, SAFETY_ESTOP, "emergency stop");
	tell_proof_date(walk, PROOF_DOOR, SAFETY_DOOR, "door");
}

static void see_what_is_on(struct walk *walk)
{
	int i;

	for (i = 0; i < walk->bench->channel_count; i++)
		walk->channels[i].was_on = walk->bench->channels[i].kind == CHANNEL_SWITCH && walk->channels[i].has_reading &&
					   walk->channels[i].reading != 0;
}

bool walk_tell_lines(struct walk *walk)
{
	int at = walk->cursor++, channels = walk->bench->channel_count;

	if (at == 0)
		see_what_is_on(walk);
	if (at < channels)
		tell_line(walk, at);
	else if (at < channels + walk->bench->instrument_count)
		tell_outputs_off(walk, at - channels);
	else
		tell_proof_dates(walk);
	return at >= channels + walk->bench->instrument_count;
}

/* ---- Which slots can be walked ---- */

static bool block(struct walk_slot *slot, const char *what, const char *why)
{
	if (!slot->blocked[0])
		(void)snprintf(slot->blocked, sizeof slot->blocked, "%.80s %s", what, why);
	return false;
}

static bool needs_instrument(const struct walk *walk, struct walk_slot *slot, int instrument)
{
	return instrument < 0 || walk->instruments[instrument].state == INSTRUMENT_READY ||
	       block(slot, walk->bench->instruments[instrument].name, "is not ready");
}

static bool needs_input(const struct walk *walk, struct walk_slot *slot, int channel)
{
	if (channel < 0)
		return true;
	if (!needs_instrument(walk, slot, walk->bench->channels[channel].instrument))
		return false;
	return walk->channels[channel].level >= 0 || block(slot, walk_channel_name(walk, channel), "cannot be read");
}

static bool needs_output(const struct walk *walk, struct walk_slot *slot, int channel)
{
	if (!needs_instrument(walk, slot, walk->bench->channels[channel].instrument))
		return false;
	if (walk->bench->channels[channel].kind != CHANNEL_SWITCH)
		return true;
	if (!walk->channels[channel].has_reading)
		return block(slot, walk_channel_name(walk, channel), "does not say whether it is off");
	slot->doubtful |= walk->channels[channel].was_on;
	return !walk->channels[channel].was_on || block(slot, walk_channel_name(walk, channel), "is on already");
}

/* What feeds this slot would feed that one too, whose relay is closed. */
static bool needs_neighbours_off(const struct walk *walk, struct walk_slot *slot, const struct bench_slot *own,
				 const struct bench_slot *other)
{
	const struct bench_group *group = own->mains.present && own->mains.group >= 0 ? &walk->bench->groups[own->mains.group] : NULL;

	if (own == other)
		return true;
	if (own->feed.present && other->feed.present && own->feed.supply >= 0 && own->feed.supply == other->feed.supply &&
	    is_on(walk, other->feed.switch_channel))
		return block(slot, walk_channel_name(walk, other->feed.switch_channel), "is on already, and hangs on the same supply");
	if (group && group->contactor >= 0 && other->mains.present && other->mains.group == own->mains.group &&
	    is_on(walk, other->mains.switch_channel))
		return block(slot, walk_channel_name(walk, other->mains.switch_channel), "is on already, and hangs on the same contactor");
	return true;
}

static bool needs_mains(const struct walk *walk, struct walk_slot *slot, const struct bench_mains *mains)
{
	const struct bench_group *group = mains->group >= 0 ? &walk->bench->groups[mains->group] : NULL;

	if (!needs_input(walk, slot, mains->sense))
		return false;
	if (!group)
		return true;
	if (!needs_input(walk, slot, group->tripped) || !needs_input(walk, slot, group->mirror))
		return false;
	if (group->tripped >= 0 && walk->channels[group->tripped].level == 0)
		return block(slot, walk_channel_name(walk, group->tripped), "says that the group's protection has tripped");
	return group->mirror < 0 || walk->channels[group->mirror].level == 1 ||
	       block(slot, walk_channel_name(walk, group->mirror), "says that the group's contactor is closed");
}

static void block_slot(const struct walk *walk, int index, struct walk_slot *slot)
{
	const struct bench *bench = walk->bench;
	const struct bench_slot *own = &bench->slots[index];
	bool can = needs_input(walk, slot, own->supply.channel) && needs_instrument(walk, slot, own->console);
	int i;

	/* All of them: whether one is on already matters to others too. */
	for (i = 0; i < slot->output_count; i++)
		can = needs_output(walk, slot, slot->outputs[i]) && can;
	for (i = 0; can && i < SAFETY_INPUTS; i++)
		can = needs_input(walk, slot, safety_bench_input(bench, (enum safety_input)i)->channel);
	for (i = 0; can && i < bench->slot_count; i++)
		can = needs_neighbours_off(walk, slot, own, &bench->slots[i]);
	if (can && own->mains.present)
		(void)needs_mains(walk, slot, &own->mains);
}

void walk_block_slots(struct walk *walk)
{
	int i;

	for (i = 0; i < walk->bench->slot_count; i++)
		if (walk->settings.taking_part[i])
			block_slot(walk, i, &walk->slots[i]);
}
