/*
 * Does the hardware cut, without this program? All mains on, a person operates the emergency stop (door, arm), and every mains
 * sense must go while the rig's own outputs are still on. The rig's own off waits for that, at most WALK_HARDWARE_NS.
 */

#include "rig/run/walk/walk_private.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

static const char *proof_name(enum safety_input input)
{
	static const char *const names[] = {[SAFETY_ARM] = "arm", [SAFETY_ESTOP] = "emergency stop", [SAFETY_DOOR] = "door",
					    [SAFETY_TEMPERATURE] = "temperature"};

	return names[input];
}

static const char *proof_act(enum safety_input input)
{
	static const char *const acts[] = {[SAFETY_ARM] = "disarm the bench", [SAFETY_ESTOP] = "press the emergency stop",
					   [SAFETY_DOOR] = "open the door", [SAFETY_TEMPERATURE] = "operate the temperature switch"};

	return acts[input];
}

static int proved_channel(const struct walk *walk)
{
	return safety_bench_input(walk->bench, walk->settings.proved)->channel;
}

static bool takes_part(const struct walk *walk, int slot)
{
	return walk->settings.taking_part[slot] && walk->bench->slots[slot].mains.present;
}

/* ---- Everything on ---- */

/* NULL, or why there can be no proof now. */
static const char *stands_in_the_way(const struct walk *walk)
{
	int count = 0, i;

	if (walk->counts[FINDING_WRONG] > 0)
		return "what is wrong has to be put right first";
	for (i = 0; i < walk->bench->slot_count; i++) {
		if (!takes_part(walk, i))
			continue;
		if (!walk->slots[i].good)
			return "not every slot was walked";
		count++;
	}
	if (walk->bench->hubs_together_max > 0 && count > walk->bench->hubs_together_max)
		return "it cuts more hubs together than 'hubs_together_max' of the bench file allows";
	return count > 0 ? NULL : "none of these slots has mains";
}

static bool give_up(struct walk *walk, const char *why)
{
	walk_say(walk, FINDING_UNPROVED, "proof", NULL, NULL, "no proof test of the %s: %s", proof_name(walk->settings.proved), why);
	walk_break_off(walk, why);
	return true;
}

static bool begin(struct walk *walk)
{
	const char *why = stands_in_the_way(walk);

	if (why)
		return give_up(walk, why);
	switch (walk_wait_for_person(walk, true, &why)) {
	case WALK_PENDING:
		return false;
	case WALK_FAILED:
		return give_up(walk, why);
	case WALK_DONE:
		break;
	}
	walk->cursor = walk->output_at = 0;
	walk->proof = PROOF_ON;
	return true;
}

static void ask(struct walk *walk)
{
	char within[SPAN_TEXT_SIZE];

	walk_say(walk, FINDING_NOTE, "prompt", walk_channel_name(walk, proved_channel(walk)), NULL,
		 "%s: %s NOW, within %s. Every slot's mains are on until the hardware cuts them", walk->settings.operator,
		 proof_act(walk->settings.proved), span_text(within, walk->settings.within_ns));
	walk->proof = PROOF_ASK;
	walk->step_deadline_ns = walk->t_ns + walk->settings.within_ns;
}

/* Contactor and mains of one slot after the other. */
static bool switch_on(struct walk *walk)
{
	int channel;
	bool never;

	while (walk->cursor < walk->bench->slot_count && !takes_part(walk, walk->cursor))
		walk->cursor++;
	if (walk->cursor == walk->bench->slot_count) {
		ask(walk);
		return true;
	}
	channel = walk->slots[walk->cursor].outputs[walk->output_at];
	if (walk->channels[channel].on) { /* a contactor that another slot of the group has closed */
		walk->output_at++;
		return true;
	}
	if (!walk_has_turn(walk, channel, &never))
		return never ? give_up(walk, "an interlock of the bench forbids its slots together") : false;
	walk_switch(walk, channel, true);
	walk->proof = PROOF_SENSE;
	return true;
}

static bool failed_to_energise(struct walk *walk, int channel, const char *how)
{
	walk_say(walk, FINDING_WRONG, "output", walk_channel_name(walk, channel), walk->bench->slots[walk->cursor].name, "%s", how);
	return give_up(walk, "not every slot could be energised");
}

static bool wait_for_sense(struct walk *walk)
{
	const struct bench_mains *mains = &walk->bench->slots[walk->cursor].mains;
	int channel = walk->slots[walk->cursor].outputs[walk->output_at];
	const struct walk_channel *state = &walk->channels[channel];

	if (state->owed > 0)
		return walk_reached(walk, state->t_on_ns + WALK_OUTPUT_NS) &&
		       failed_to_energise(walk, channel, "did not say in time that it is on");
	if (!state->agrees)
		return failed_to_energise(walk, channel, state->text);
	if (walk_has_closed(walk, channel) == WALK_PENDING)
		return false;
	if (walk_has_closed(walk, channel) == WALK_FAILED)
		return failed_to_energise(walk, channel, "told to close, and its mirror contact says that it is open");
	walk->proof = PROOF_ON;
	if (channel != mains->switch_channel) {
		walk->output_at++;
		return true;
	}
	if (!walk_level_is(walk, mains->sense, 1, WALK_STEADY_NS)) {
		walk->proof = PROOF_SENSE;
		return walk_reached(walk, state->t_on_ns + WALK_SENSE_NS) &&
		       failed_to_energise(walk, channel, "is on, and its mains sense does not come");
	}
	walk->cursor++;
	walk->output_at = 0;
	return true;
}

/* ---- The operation ---- */

static void take_sign(struct walk *walk, int channel)
{
	const struct walk_channel *state = &walk->channels[channel];

	if (channel >= 0 && state->level == 0 && (walk->t_operated_ns < 0 || state->since_ns < walk->t_operated_ns))
		walk->t_operated_ns = state->since_ns;
}

/* Anything that moves begins the hardware's time: the chain may be faster than the input that tells of it. */
static bool wait_for_operation(struct walk *walk)
{
	int i;

	walk->t_operated_ns = -1;
	for (i = 0; i < SAFETY_INPUTS; i++)
		take_sign(walk, safety_bench_input(walk->bench, (enum safety_input)i)->channel);
	for (i = 0; i < walk->bench->slot_count; i++)
		if (takes_part(walk, i))
			take_sign(walk, walk->bench->slots[i].mains.sense);
	/* The arm's time limit is no level. */
	if (walk->t_operated_ns < 0 && walk_forbids(walk, true))
		return give_up(walk, walk_forbids(walk, true));
	if (walk->t_operated_ns >= 0) {
		walk->proof = PROOF_CUT;
		return true;
	}
	return walk_reached(walk, walk->step_deadline_ns) ? give_up(walk, "nobody operated it in time") : false;
}

struct cut {
	bool operated;               /* the input that is proved is bad */
	int went, slots;             /* mains senses that are gone, of all */
	bool steady;                 /* all of them for WALK_STEADY_NS */
	int last;                    /* slot whose sense went last; -1 */
	char stayed[FREE_TEXT_SIZE]; /* names of the slots that are still there */
};

static struct cut look(struct walk *walk)
{
	struct cut cut = {.operated = walk->channels[proved_channel(walk)].level == 0, .steady = true, .last = -1};
	const struct walk_channel *last = NULL, *sense;
	size_t used;
	int i;

	for (i = 0; i < walk->bench->slot_count; i++) {
		if (!takes_part(walk, i))
			continue;
		sense = &walk->channels[walk->bench->slots[i].mains.sense];
		cut.slots++;
		cut.steady &= walk_level_is(walk, walk->bench->slots[i].mains.sense, 0, WALK_STEADY_NS);
		if (sense->level != 0) {
			used = strlen(cut.stayed);
			(void)snprintf(cut.stayed + used, sizeof cut.stayed - used, "%s%s", used ? ", " : "", walk->bench->slots[i].name);
			continue;
		}
		cut.went++;
		if (!last || sense->since_ns > last->since_ns) {
			last = sense;
			cut.last = i;
		}
	}
	return cut;
}

/* A line for the bench file; a person's name may hold anything, and JSON's quotes are YAML's too. */
static void say_line(struct walk *walk)
{
	static const char *const words[] = {[SAFETY_ARM] = "arm", [SAFETY_ESTOP] = "estop", [SAFETY_DOOR] = "door",
					    [SAFETY_TEMPERATURE] = "temperature"};
	char name[2 * WORD_TEXT_SIZE + 8];
	struct text text;
	int i;

	for (i = 0; i < walk->bench->slot_count; i++) {
		if (!walk->bench->slots[i].mains.present || walk->settings.taking_part[i])
			continue;
		walk_say(walk, FINDING_UNPROVED, "proof", NULL, NULL,
			 "the proof is of these slots only; one of the bench needs all that have mains: do it without --slots");
		return;
	}
	text_init(&text, name, sizeof name);
	text_put_json(&text, walk->settings.operator);
	walk_say(walk, FINDING_GOOD, "proof-line", NULL, NULL, "proofs: [{what: %s, by: %s, on: %s, due: %s}]",
		 words[walk->settings.proved], name, walk->settings.today, walk->settings.due);
}

static void say_passed(struct walk *walk, const struct cut *cut)
{
	const struct bench_mains *mains = &walk->bench->slots[cut->last].mains;
	int64_t after_ns = walk->channels[mains->sense].since_ns - walk->channels[proved_channel(walk)].since_ns;
	char span[SPAN_TEXT_SIZE];

	walk_say(walk, FINDING_GOOD, "proof", walk_channel_name(walk, proved_channel(walk)), NULL,
		 "the hardware cut the mains of %d slot%s by itself, the last (%s) %s %s %s", cut->slots, cut->slots == 1 ? "" : "s",
		 walk->bench->slots[cut->last].name, span_text(span, after_ns < 0 ? -after_ns : after_ns), after_ns < 0 ? "before" : "after",
		 walk_channel_name(walk, proved_channel(walk)));
	say_line(walk);
}

/* The input that is proved did not move: what else was it? */
static void say_not_operated(struct walk *walk, const struct cut *cut)
{
	const struct bench *bench = walk->bench;
	enum safety_input input;

	for (input = SAFETY_ARM; input <= SAFETY_TEMPERATURE; input++)
		if (safety_bench_input(bench, input)->channel >= 0 && walk->channels[safety_bench_input(bench, input)->channel].level == 0) {
			walk_say(walk, FINDING_UNPROVED, "proof", walk_channel_name(walk, safety_bench_input(bench, input)->channel), NULL,
				 "no proof: this is the %s, and the %s was to be operated", proof_name(input), proof_name(walk->settings.proved));
			return;
		}
	if (walk->safety[SAFETY_LAB_POWER] == 0)
		walk_say(walk, FINDING_UNPROVED, "proof", walk_channel_name(walk, bench->lab_feed.channel), NULL,
			 "no proof: the lab's power went");
	else
		walk_say(walk, FINDING_WRONG, "proof", walk_channel_name(walk, proved_channel(walk)), NULL,
			 "the mains of %d of %d slots went, and this input does not show that the %s was operated: its wire, or a protection",
			 cut->went, cut->slots, proof_name(walk->settings.proved));
}

static bool wait_for_cut(struct walk *walk)
{
	struct cut cut = look(walk);
	bool all = cut.went == cut.slots;
	char within[SPAN_TEXT_SIZE];

	if (!(cut.operated && all && cut.steady) && !walk_reached(walk, walk->t_operated_ns + WALK_HARDWARE_NS))
		return false;
	if (!cut.operated)
		say_not_operated(walk, &cut);
	else if (all)
		say_passed(walk, &cut);
	else
		walk_say(walk, FINDING_WRONG, "proof", walk_channel_name(walk, proved_channel(walk)), NULL,
			 "THE HARDWARE DID NOT CUT: %s after the %s the mains of %s are still there; the rig has switched them off now. "
			 "Energise nothing here before its chain is repaired and proved", span_text(within, WALK_HARDWARE_NS),
			 proof_name(walk->settings.proved), cut.stayed);
	walk_break_off(walk, "the proof test is over");
	return true;
}

bool walk_proof_advance(struct walk *walk)
{
	switch (walk->proof) {
	case PROOF_BEGIN:
		return begin(walk);
	case PROOF_ON:
		return switch_on(walk);
	case PROOF_SENSE:
		return wait_for_sense(walk);
	case PROOF_ASK:
		return wait_for_operation(walk);
	case PROOF_CUT:
		break;
	}
	return wait_for_cut(walk);
}
