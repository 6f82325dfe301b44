/* What a test wants to happen: faults of buses, boards and supplies, mains, and the hands of people. */

#include "drivers/sim/wire/wire.h"

#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 5

struct words {
	char bytes[WIRE_COMMAND_SIZE];
	const char *word[WORDS_MAX];
	int count;
};

static bool split(struct words *words, const char *command, struct error *error)
{
	char *rest = words->bytes, *word;

	words->count = 0;
	if (!text_copy(words->bytes, sizeof words->bytes, command))
		return error_set(error, FAULT_USAGE, "the command is too long");
	while ((word = strsep(&rest, " \t\r\n")) != NULL) {
		if (!*word)
			continue;
		if (words->count == WORDS_MAX)
			return error_set(error, FAULT_USAGE, "'%s' has too many words", command);
		words->word[words->count++] = word;
	}
	return true;
}

static struct wire_bus *bus_of(struct wire *wire, const char *name, struct error *error)
{
	int i;

	for (i = 0; i < wire->bus_count; i++)
		if (strcmp(wire->buses[i].name, name) == 0)
			return &wire->buses[i];
	error_set(error, FAULT_USAGE, "there is no bus '%s'", name);
	return NULL;
}

static bool on_or_off(const char *word, bool *on, struct error *error)
{
	*on = strcmp(word, "on") == 0;
	if (*on || strcmp(word, "off") == 0)
		return true;
	return error_set(error, FAULT_USAGE, "'%s' is neither on nor off", word);
}

/* lab-feed, arm, estop, door: on|off */
static bool do_input(struct wire *wire, enum plant_event_kind kind, const struct words *words, int64_t t_ns, bool only_check,
		     struct error *error)
{
	struct plant_event event = {.kind = kind, .t_ns = t_ns};

	if (!on_or_off(words->word[1], &event.on, error))
		return false;
	if (!only_check)
		plant_step(&wire->plant, &event);
	return true;
}

static bool do_weld(struct wire *wire, const struct words *words, int64_t t_ns, bool only_check, struct error *error)
{
	struct plant_event event = {.kind = PLANT_WELD, .t_ns = t_ns};
	struct plant_contact contact;

	if (!wire_contact(wire, words->word[1], &contact, error) || !on_or_off(words->word[2], &event.on, error))
		return false;
	event.part = contact.board;
	event.relay = contact.relay;
	if (!only_check)
		plant_step(&wire->plant, &event);
	return true;
}

static bool do_reset(struct wire *wire, const struct words *words, int64_t t_ns, bool only_check, struct error *error)
{
	struct plant_event event = {.kind = PLANT_SUPPLY_RESET, .t_ns = t_ns, .part = wire_supply(wire, words->word[1])};

	if (event.part == PLANT_NONE)
		return error_set(error, FAULT_USAGE, "there is no supply '%s'", words->word[1]);
	if (!only_check)
		plant_step(&wire->plant, &event);
	return true;
}

static bool do_bus(struct wire *wire, const struct words *words, bool only_check, struct error *error)
{
	struct wire_bus *bus = bus_of(wire, words->word[1], error);
	int64_t amount = 0;

	if (!bus)
		return false;
	if (strcmp(words->word[0], "late") == 0) {
		if (!wire_duration(wire, words->word[2], &amount, error))
			return false;
		bus->late_ns = only_check ? bus->late_ns : amount;
		return true;
	}
	if (!number_read(words->word[2], 0, INT32_MAX, &amount, error))
		return error_prefix(error, "the number of answers is");
	if (only_check)
		return true;
	*(strcmp(words->word[0], "silent") == 0 ? &bus->silent_count : &bus->garbled_count) = amount;
	return true;
}

static bool run(struct wire *wire, const char *command, int64_t t_ns, bool only_check, struct error *error)
{
	static const struct {
		const char *name;
		int words;
		enum plant_event_kind kind;
	} inputs[] = {{"lab-feed", 2, PLANT_LAB_FEED}, {"arm", 2, PLANT_ARM}, {"estop", 2, PLANT_ESTOP}, {"door", 2, PLANT_DOOR}};
	struct words words;
	const char *verb;
	size_t i;

	if (!split(&words, command, error))
		return false;
	verb = words.count > 0 ? words.word[0] : "";
	for (i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (strcmp(verb, inputs[i].name) == 0 && words.count == inputs[i].words)
			return do_input(wire, inputs[i].kind, &words, t_ns, only_check, error);
	if (strcmp(verb, "weld") == 0 && words.count == 3)
		return do_weld(wire, &words, t_ns, only_check, error);
	if (strcmp(verb, "reset") == 0 && words.count == 2)
		return do_reset(wire, &words, t_ns, only_check, error);
	if (words.count == 3 && (strcmp(verb, "late") == 0 || strcmp(verb, "silent") == 0 || strcmp(verb, "garble") == 0))
		return do_bus(wire, &words, only_check, error);
	if (words.count > 1 && strcmp(verb, "dongle") == 0)
		return wire_dongle_command(&wire->dongle, words.word + 1, words.count - 1, t_ns, only_check, error);
	return error_set(error, FAULT_USAGE, "'%s' is no command", command);
}

bool wire_command_carry_out(struct wire *wire, const char *command, int64_t t_ns, struct error *error)
{
	truth_note(&wire->truth, t_ns, "command", NULL, command);
	return run(wire, command, t_ns, false, error);
}

bool wire_command_check(struct wire *wire, const char *command, struct error *error)
{
	return run(wire, command, 0, true, error);
}
