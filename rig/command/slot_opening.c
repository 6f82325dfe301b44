/* The five steps of opening a slot. Each line on screen says what was seen, and no more than that. */

#include "rig/command/slot_opening.h"

#include "rig/base/text.h"
#include "rig/command/slot_means.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct bench_slot *slot_of(const struct opening *opening)
{
	return &opening->bench->slots[opening->slot];
}

static const char *name_of(const struct opening *opening, int channel)
{
	return opening->bench->channels[channel].name;
}

static int level_of(const struct opening *opening, int channel)
{
	return opening->hands->level(opening->self, channel);
}

/* Says what disagrees, and keeps the first of it. */
static void PRINTF_LIKE(2, 3) find(struct opening *opening, const char *format, ...)
{
	char text[FREE_TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	fprintf(opening->out, "  DISAGREES: %s\n", text);
	if (!opening->finding[0])
		text_copy(opening->finding, sizeof opening->finding, text);
}

/* ---- What is taken ---- */

static bool *nothing_wanted(const struct opening *opening)
{
	bool *wanted = calloc((size_t)opening->bench->channel_count + 1, sizeof *wanted);

	assert(wanted);
	return wanted;
}

static void want(bool *wanted, int channel)
{
	if (channel >= 0)
		wanted[channel] = true;
}

static void want_senses(const struct opening *opening, int slot, bool *wanted)
{
	want(wanted, opening->bench->slots[slot].mains.sense);
	want(wanted, opening->bench->slots[slot].supply.channel);
}

static bool take(struct opening *opening, bool *wanted, struct error *error)
{
	bool taken = opening->hands->take(opening->self, wanted, error);

	free(wanted);
	return taken;
}

/* ---- 1. Neighbours ---- */

static bool is_cut_too(const struct opening *opening, int slot)
{
	return slot_means_shared(opening->bench, opening->slot, slot) >= 0;
}

static bool may_be_on(const struct opening *opening, int slot)
{
	const struct bench_slot *neighbour = &opening->bench->slots[slot];

	return (neighbour->mains.sense >= 0 && level_of(opening, neighbour->mains.sense) != 0) ||
	       level_of(opening, neighbour->supply.channel) != 0;
}

static bool ask_for_neighbours(struct opening *opening, const char *on, struct error *error)
{
	char line[OPENING_WORD_SIZE];

	fprintf(opening->out, "On now, and cut with it:%s. Type yes to cut them too: ", on);
	(void)fflush(opening->out);
	if (!opening->hands->ask(opening->self, line, error))
		return false;
	return strcmp(line, "yes") == 0 ||
	       error_set(error, FAULT_OPERATOR, "slot %s was not opened: nobody said that slots%s may be cut; nothing was switched",
			 slot_of(opening)->name, on);
}

static bool agree_on_neighbours(struct opening *opening, struct error *error)
{
	char cut_bytes[BENCH_SLOTS_MAX * (SLOT_NAME_SIZE + 1)], on_bytes[sizeof cut_bytes];
	bool *wanted = nothing_wanted(opening);
	struct text cut, on;
	int i, channel = -1;

	text_init(&cut, cut_bytes, sizeof cut_bytes);
	text_init(&on, on_bytes, sizeof on_bytes);
	for (i = 0; i < opening->bench->slot_count; i++) {
		if (!is_cut_too(opening, i))
			continue;
		channel = slot_means_shared(opening->bench, opening->slot, i);
		text_format(&cut, " %s", opening->bench->slots[i].name);
		want_senses(opening, i, wanted);
	}
	if (channel < 0) {
		free(wanted);
		return true;
	}
	fprintf(opening->out, "%s feeds other slots too:%s. Opening slot %s cuts them.\n", name_of(opening, channel), cut.bytes,
		slot_of(opening)->name);
	if (opening->yes) {
		free(wanted);
		return true;
	}
	if (!take(opening, wanted, error))
		return false;
	for (i = 0; i < opening->bench->slot_count; i++)
		if (is_cut_too(opening, i) && may_be_on(opening, i))
			text_format(&on, " %s", opening->bench->slots[i].name);
	return on.used == 0 || ask_for_neighbours(opening, on.bytes, error);
}

/* ---- 2 and 3. Off, and seen to be off ---- */

/* Waits for a level. *reached: it is there. */
static bool wait_for(struct opening *opening, int channel, int level, int64_t within_ns, bool *reached, struct error *error)
{
	int64_t deadline_ns = opening->hands->now_ns(opening->self) + within_ns;

	while (!(*reached = level_of(opening, channel) == level) && opening->hands->now_ns(opening->self) < deadline_ns)
		if (!opening->hands->pause(opening->self, error))
			return false;
	return true;
}

static bool see_mains(struct opening *opening, const char *cause, struct error *error)
{
	const struct bench_mains *mains = &slot_of(opening)->mains;
	bool dead;

	if (!mains->present)
		return true;
	if (mains->sense < 0) {
		fprintf(opening->out, "  nothing senses the mains of slot %s: the rig cannot see whether it is dead\n", slot_of(opening)->name);
		return true;
	}
	if (!wait_for(opening, mains->sense, 0, OPENING_SENSE_WITHIN_NS, &dead, error))
		return false;
	if (dead)
		fprintf(opening->out, "  mains sense %s: dead\n", name_of(opening, mains->sense));
	else
		find(opening, "%s, and mains sense %s %s", cause, name_of(opening, mains->sense),
		     level_of(opening, mains->sense) < 0 ? "cannot be read" : "says live");
	return true;
}

static bool see_supply(struct opening *opening, struct error *error)
{
	const struct bench_sense *supply = &slot_of(opening)->supply;
	bool dead;

	if (!wait_for(opening, supply->channel, 0, OPENING_SUPPLY_WITHIN_NS + supply->discharge_ns, &dead, error))
		return false;
	if (dead)
		fprintf(opening->out, "  supply sense %s: dead\n", name_of(opening, supply->channel));
	else if (level_of(opening, supply->channel) < 0)
		find(opening, "supply-unseen: supply sense %s cannot be read", name_of(opening, supply->channel));
	else
		find(opening, "supply-live: switched off, and supply sense %s says live: a weld, or something else feeds the hub",
		     name_of(opening, supply->channel));
	return true;
}

static bool see_mirror(struct opening *opening, const struct slot_means *means, struct error *error)
{
	bool open;

	if (means->mirror < 0) {
		fprintf(opening->out, "  %s has no mirror contact: the rig cannot see whether it is open\n", name_of(opening, means->contactor));
		return true;
	}
	if (!wait_for(opening, means->mirror, 1, OPENING_SENSE_WITHIN_NS, &open, error))
		return false;
	if (open)
		fprintf(opening->out, "  mirror contact %s: %s is open\n", name_of(opening, means->mirror), name_of(opening, means->contactor));
	else
		find(opening, "contactor-welded: %s was switched off, and mirror contact %s does not say open", name_of(opening, means->contactor),
		     name_of(opening, means->mirror));
	return true;
}

/* Modbus read-backs come as one answer for all that was switched. */
static void find_no_readback(struct opening *opening, const struct slot_means *means, bool contactor)
{
	char names[(SLOT_MEANS_MAX + 1) * (CHANNEL_NAME_SIZE + 2)];
	struct text text;
	int i;

	text_init(&text, names, sizeof names);
	for (i = 0; i < means->own_count; i++)
		text_format(&text, "%s%s", i ? ", " : "", name_of(opening, means->own[i]));
	if (contactor)
		text_format(&text, ", %s", name_of(opening, means->contactor));
	find(opening, "no-readback: not everything confirmed that it is off: %.150s", names);
}

static void see_output(struct opening *opening, int output)
{
	if (level_of(opening, output) == 1)
		find(opening, "readback-disagrees: %s was switched off and reads on", name_of(opening, output));
	else
		fprintf(opening->out, "  %s: off, read back\n", name_of(opening, output));
}

/* What the switches say of themselves; those of the step before were named there. */
static bool switch_off(struct opening *opening, const struct slot_means *means, bool contactor, struct error *error)
{
	bool agrees;
	int i;

	if (!opening->hands->off(opening->self, &agrees, error))
		return false;
	if (!agrees)
		find_no_readback(opening, means, contactor);
	else if (contactor)
		see_output(opening, means->contactor);
	for (i = 0; agrees && !contactor && i < means->own_count; i++)
		see_output(opening, means->own[i]);
	return true;
}

static bool *want_own(const struct opening *opening, const struct slot_means *means)
{
	bool *wanted = nothing_wanted(opening);
	int i;

	for (i = 0; i < means->own_count; i++)
		want(wanted, means->own[i]);
	want_senses(opening, opening->slot, wanted);
	return wanted;
}

static bool open_relays(struct opening *opening, const struct slot_means *means, struct error *error)
{
	return take(opening, want_own(opening, means), error) && switch_off(opening, means, false, error) &&
	       see_mains(opening, "relay-welded: switched off", error) && see_supply(opening, error);
}

static bool open_contactor(struct opening *opening, const struct slot_means *means, struct error *error)
{
	bool *wanted;

	if (means->contactor < 0)
		return true;
	wanted = want_own(opening, means);
	want(wanted, means->contactor);
	want(wanted, means->mirror);
	return take(opening, wanted, error) && switch_off(opening, means, true, error) && see_mirror(opening, means, error) &&
	       see_mains(opening, "contactor-welded: relay and contactor were switched off", error) && see_supply(opening, error);
}

/* ---- 4 and 5. The person ---- */

static void tell(const struct opening *opening)
{
	const char *slot = slot_of(opening)->name;

	fprintf(opening->out,
		"slot %s: OFF (not isolated)\n"
		"Nothing that this program switches isolates anything. Now, at the bench:\n"
		"  1. isolate slot %s upstream,\n"
		"  2. lock the isolator off and keep the key,\n"
		"  3. prove it dead at the terminals with an approved tester, itself proved before and after.\n"
		"(Electricity at Work Regulations 1989, regulations 12 to 14; HSE INDG354; HSE HSG85.)\n", slot, slot);
}

static bool ask_whether_dead(struct opening *opening, struct error *error)
{
	const char *slot = slot_of(opening)->name;
	char line[OPENING_WORD_SIZE];

	tell(opening);
	fprintf(opening->out, "Type the slot's name, %s, to say that it was proved dead; anything else does not open it: ", slot);
	(void)fflush(opening->out);
	if (!opening->hands->ask(opening->self, line, error))
		return false;
	return strcmp(line, slot) == 0 ||
	       error_set(error, FAULT_OPERATOR, "slot %s was not opened: its name was not typed; it is OFF (not isolated)", slot);
}

static bool see_again(struct opening *opening, const struct slot_means *means, struct error *error)
{
	return (means->contactor < 0 || see_mirror(opening, means, error)) &&
	       see_mains(opening, "live-again: dead before the confirmation", error) && see_supply(opening, error);
}

/* ---- All of it ---- */

static bool agrees(const struct opening *opening, struct error *error)
{
	return !opening->finding[0] || error_set(error, FAULT_RIG, "slot %s was NOT opened: %s", slot_of(opening)->name, opening->finding);
}

bool opening_run(struct opening *opening, struct error *error)
{
	const struct slot_means means = slot_means_of(opening->bench, opening->slot);

	opening->finding[0] = '\0';
	return agree_on_neighbours(opening, error) && open_relays(opening, &means, error) && open_contactor(opening, &means, error) &&
	       agrees(opening, error) && ask_whether_dead(opening, error) && see_again(opening, &means, error) && agrees(opening, error);
}
