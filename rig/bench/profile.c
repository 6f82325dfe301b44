/* Reads register maps (drivers/profiles) and refuses those that could write where they must not. */

#include "rig/bench/profile.h"

#include "rig/base/instant.h"
#include "rig/base/yaml.h"
#include "rig/bench/contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLI_MAX INT64_C(1000000000) /* a million of any unit */
#define COIL_ON 0xFF00                /* Modbus: what function 5 writes for on; 0 is off, some boards take another word to toggle */

static const char *const functions[] = {"1", "2", "3", "4", "5", "6", "15", "16", NULL};
static const int function_numbers[] = {1, 2, 3, 4, 5, 6, 15, 16};

static bool writes(int function)
{
	return function == 5 || function == 6 || function == 15 || function == 16;
}

/* Functions 1, 2, 5 and 15 move single bits, the others registers. */
static bool moves_bits(int function)
{
	return function == 1 || function == 2 || function == 5 || function == 15;
}

static void read_function(struct yaml_map *map, bool for_writing, int *function)
{
	struct yaml_node node = yaml_get(map, "function", YAML_REQUIRED);
	int index;

	if (!yaml_word(node, "'function'", functions, &index))
		return;
	if (writes(function_numbers[index]) != for_writing)
		(void)yaml_problem(node, "'function' is %s, which %s; it must be %s", functions[index],
				   for_writing ? "reads" : "writes", for_writing ? "5, 6, 15 or 16" : "1, 2, 3 or 4");
	else
		*function = function_numbers[index];
}

static void read_int(struct yaml_map *map, const char *key, enum yaml_need need, int least, int most, int *number)
{
	int64_t value;

	if (yaml_get_number(map, key, need, least, most, &value))
		*number = (int)value;
}

/* The keys that every access has; the caller asks for its own and ends the map. */
static void read_access(struct yaml_map *map, bool for_writing, struct profile_access *access)
{
	bool low_word_first = false;

	*access = (struct profile_access){.function = 0, .address = -1, .count = 1, .scale = 1};
	read_function(map, for_writing, &access->function);
	read_int(map, "register", YAML_REQUIRED, 0, 65535, &access->address);
	read_int(map, "count", YAML_OPTIONAL, 1, 2, &access->count);
	(void)yaml_get_number(map, "scale", YAML_OPTIONAL, 1, 1000000, &access->scale);
	(void)yaml_get_flag(map, "signed", YAML_OPTIONAL, &access->is_signed);
	if (yaml_get_flag(map, "low_word_first", YAML_OPTIONAL, &low_word_first))
		access->low_word_first = low_word_first;
	if (access->address >= 0 && access->address + access->count > 65536)
		(void)yaml_problem(map->node, "two registers from %d go beyond the last, 65535", access->address);
	if (access->count == 2 && access->function && (moves_bits(access->function) || access->function == 6))
		(void)yaml_problem(map->node, "function %d moves one at a time; remove 'count'", access->function);
}

static bool is_denied(const struct profile *profile, const struct profile_access *access)
{
	return profile_denies(profile, access->address) || (access->count == 2 && profile_denies(profile, access->address + 1));
}

static void read_set(struct yaml_map *channel, const struct profile *profile, struct profile_channel *to)
{
	struct yaml_node node = yaml_get_map(channel, "set", YAML_OPTIONAL);
	bool is_switch = to->kind == PROFILE_SWITCH;
	struct yaml_map map;

	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, "'set'"))
		return;
	read_access(&map, true, &to->set);
	if (is_switch) {
		read_int(&map, "on", YAML_REQUIRED, 0, 65535, &to->on_raw);
		read_int(&map, "off", YAML_REQUIRED, 0, 65535, &to->off_raw);
		if (to->on_raw == to->off_raw)
			(void)yaml_problem(node, "'on' and 'off' are the same word, %d", to->on_raw);
	}
	if (to->set.address >= 0 && is_denied(profile, &to->set))
		(void)yaml_problem(node, "register %d is in the deny list and cannot be written", to->set.address);
	yaml_map_end(&map);
}

/* What reads back like the switch was told, unless the profile says otherwise. */
static int expected_on(const struct profile_channel *channel, const struct profile_access *access)
{
	return moves_bits(access->function) ? 1 : channel->on_raw;
}

static void read_get(struct yaml_map *channel, const char *key, struct profile_channel *to, struct profile_access *access,
		     int *on_raw)
{
	struct yaml_node node = yaml_get_map(channel, key, YAML_OPTIONAL);
	struct yaml_map map;

	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, key))
		return;
	read_access(&map, false, access);
	*on_raw = expected_on(to, access);
	if (to->kind == PROFILE_SWITCH)
		read_int(&map, "on", YAML_OPTIONAL, 0, 65535, on_raw);
	yaml_map_end(&map);
}

static void read_dead_man(struct yaml_map *channel, struct profile_channel *to)
{
	struct yaml_node node = yaml_get_map(channel, "dead_man", YAML_OPTIONAL);
	struct yaml_map map;

	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, "'dead_man'"))
		return;
	if (to->kind != PROFILE_SWITCH)
		(void)yaml_problem(node, "only a switch can have a dead-man; remove it");
	read_access(&map, true, &to->dead_man);
	(void)yaml_get_decimal(&map, "unit_ms", YAML_REQUIRED, NS_PER_MS, "ms", NS_PER_MS, NS_PER_MIN, &to->dead_man_unit_ns);
	(void)yaml_get_number(&map, "max", YAML_REQUIRED, 1, 65535, &to->dead_man_max);
	yaml_map_end(&map);
}

/* A register that is set reads back where it was set; coils likewise. */
static void default_echo(struct profile_channel *channel)
{
	if (channel->echo.function || !channel->set.function)
		return;
	channel->echo = channel->set;
	channel->echo.function = moves_bits(channel->set.function) ? 1 : 3;
}

static void read_range(struct yaml_map *map, struct profile_channel *to)
{
	enum yaml_need need = to->kind == PROFILE_LEVEL ? YAML_REQUIRED : YAML_OPTIONAL;
	int64_t most_raw;

	(void)yaml_get_decimal(map, "low", need, 1000, to->unit, -MILLI_MAX, MILLI_MAX, &to->low_milli);
	(void)yaml_get_decimal(map, "high", need, 1000, to->unit, -MILLI_MAX, MILLI_MAX, &to->high_milli);
	(void)yaml_get_decimal(map, "off", need, 1000, to->unit, -MILLI_MAX, MILLI_MAX, &to->off_milli);
	if (to->kind != PROFILE_LEVEL)
		return;
	if (to->low_milli >= to->high_milli)
		(void)yaml_problem(map->node, "'low' is not below 'high'");
	if (to->off_milli < to->low_milli || to->off_milli > to->high_milli)
		(void)yaml_problem(map->node, "'off' lies outside 'low' to 'high'");
	most_raw = to->set.count == 2 ? INT32_MAX : to->set.is_signed ? INT16_MAX : UINT16_MAX;
	if (to->high_milli / 1000 * to->set.scale > most_raw)
		(void)yaml_problem(map->node, "'high' times 'scale' does not fit into %d register%s", to->set.count,
				   to->set.count == 2 ? "s" : "");
}

static enum profile_kind kind_of(struct yaml_map *map)
{
	bool is_switch = false;

	(void)yaml_get_flag(map, "switch", YAML_OPTIONAL, &is_switch);
	if (is_switch)
		return PROFILE_SWITCH;
	return yaml_is_there(yaml_get(map, "set", YAML_OPTIONAL)) ? PROFILE_LEVEL : PROFILE_READING;
}

static void read_channel(struct yaml_node key, struct yaml_node value, struct profile *profile)
{
	struct profile_channel *to = &profile->channels[profile->channel_count];
	struct yaml_map map;
	int echo_on_raw = 0;

	*to = (struct profile_channel){.at = yaml_place(key)};
	if (!yaml_name(key, "a channel's name", to->name, sizeof to->name) || !yaml_map_begin(&map, value, "a channel"))
		return;
	profile->channel_count++;
	to->kind = kind_of(&map);
	(void)yaml_get_text(&map, "unit", to->kind == PROFILE_LEVEL ? YAML_REQUIRED : YAML_OPTIONAL, to->unit, sizeof to->unit);
	read_set(&map, profile, to);
	read_get(&map, "get", to, &to->get, &to->get_on_raw);
	read_get(&map, "echo", to, &to->echo, &echo_on_raw);
	read_dead_man(&map, to);
	read_range(&map, to);
	default_echo(to);
	if (!yaml_is_there(yaml_get(&map, "set", YAML_OPTIONAL)) && !yaml_is_there(yaml_get(&map, "get", YAML_OPTIONAL)))
		(void)yaml_problem(key, "channel '%s' has neither 'set' nor 'get'; it needs one", to->name);
	if (to->kind == PROFILE_SWITCH && !to->get.function) {
		to->get = to->echo;
		to->get_on_raw = expected_on(to, &to->get);
	}
	yaml_map_end(&map);
}

static void read_channels(struct yaml_map *map, struct profile *profile)
{
	struct yaml_node node = yaml_get_map(map, "channels", YAML_REQUIRED);
	int i, count = yaml_count(node);

	if (yaml_is_there(node) && count == 0)
		(void)yaml_problem(node, "a profile needs at least one channel");
	if (count > PROFILE_CHANNELS_MAX) {
		(void)yaml_problem(node, "%d channels; at most %d are read", count, PROFILE_CHANNELS_MAX);
		count = PROFILE_CHANNELS_MAX;
	}
	for (i = 0; i < count; i++)
		read_channel(yaml_entry_key(node, i), yaml_entry_value(node, i), profile);
}

/* "54-62" or "256". */
static bool read_span(struct yaml_node node, const char *what, struct profile_span *span)
{
	const char *text = yaml_scalar(node), *dash = strchr(text, '-');
	int64_t first, last;
	char front[16];
	bool sound;

	if (!dash || dash == text || (size_t)(dash - text) >= sizeof front) {
		if (!yaml_number(node, what, 0, 65535, &first))
			return false;
		*span = (struct profile_span){(int)first, (int)first};
		return true;
	}
	(void)snprintf(front, sizeof front, "%.*s", (int)(dash - text), text);
	sound = number_read(front, 0, 65535, &first, NULL) && number_read(dash + 1, 0, 65535, &last, NULL) && first <= last;
	if (!sound)
		return yaml_problem(node, "%s is '%.40s'; write a number, or two with a '-' between, the lower first", what, text);
	*span = (struct profile_span){(int)first, (int)last};
	return true;
}

static int read_spans(struct yaml_map *map, const char *key, const char *what, struct profile_span *spans)
{
	struct yaml_node list = yaml_get_list(map, key, YAML_OPTIONAL);
	int i, count = yaml_count(list), used = 0;

	if (count > PROFILE_DENY_MAX)
		(void)yaml_problem(list, "'%s' has %d items; at most %d are read", key, count, PROFILE_DENY_MAX);
	for (i = 0; i < count && i < PROFILE_DENY_MAX; i++)
		used += read_span(yaml_item(list, i), what, &spans[used]);
	return used;
}

static void read_identity(struct yaml_map *map, struct profile *profile)
{
	struct yaml_node node = yaml_get_map(map, "identity", YAML_OPTIONAL), list;
	struct yaml_map identity;
	int64_t value;
	int i;

	if (!yaml_is_there(node) || !yaml_map_begin(&identity, node, "'identity'"))
		return;
	read_access(&identity, false, &profile->identity);
	list = yaml_get_list(&identity, "in", YAML_REQUIRED);
	if (yaml_count(list) > PROFILE_IDENTITY_MAX || (yaml_is_there(list) && yaml_count(list) == 0))
		(void)yaml_problem(list, "'in' has %d values; 1 to %d are read", yaml_count(list), PROFILE_IDENTITY_MAX);
	for (i = 0; i < yaml_count(list) && i < PROFILE_IDENTITY_MAX; i++)
		if (yaml_number(yaml_item(list, i), "a value of 'in'", 0, INT32_MAX, &value))
			profile->identity_values[profile->identity_count++] = (int)value;
	yaml_map_end(&identity);
}

static void read_start(struct yaml_map *map, struct profile *profile)
{
	struct yaml_node list = yaml_get_list(map, "start", YAML_OPTIONAL);
	int i;

	if (yaml_count(list) > PROFILE_START_MAX)
		(void)yaml_problem(list, "'start' has %d items; at most %d are read", yaml_count(list), PROFILE_START_MAX);
	for (i = 0; i < yaml_count(list) && i < PROFILE_START_MAX; i++) {
		struct profile_start *start = &profile->start[profile->start_count];
		struct yaml_map item;

		if (!yaml_map_begin(&item, yaml_item(list, i), "an item of 'start'"))
			continue;
		*start = (struct profile_start){6, -1, 0};
		read_int(&item, "function", YAML_OPTIONAL, 5, 6, &start->function);
		read_int(&item, "register", YAML_REQUIRED, 0, 65535, &start->address);
		read_int(&item, "value", YAML_REQUIRED, 0, 65535, &start->value);
		if (start->address >= 0 && profile_denies(profile, start->address))
			(void)yaml_problem(item.node, "register %d is in the deny list and cannot be written", start->address);
		if (start->function == 5 && start->value != 0 && start->value != COIL_ON)
			(void)yaml_problem(item.node, "the value of function 5 is 65280 (0xFF00: on) or 0 (off)");
		yaml_map_end(&item);
		profile->start_count++;
	}
}

static void read_timing(struct yaml_map *map, struct profile *profile)
{
	struct yaml_node node = yaml_get_map(map, "timing", YAML_OPTIONAL);
	struct yaml_map timing;

	profile->response_ns = PROFILE_RESPONSE_NS;
	if (!yaml_is_there(node) || !yaml_map_begin(&timing, node, "'timing'"))
		return;
	(void)yaml_get_decimal(&timing, "response_ms", YAML_OPTIONAL, NS_PER_MS, "ms", NS_PER_MS, NS_PER_MIN, &profile->response_ns);
	(void)yaml_get_decimal(&timing, "gap_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 0, 10 * NS_PER_S, &profile->gap_ns);
	(void)yaml_get_decimal(&timing, "settle_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 0, NS_PER_MIN, &profile->settle_ns);
	yaml_map_end(&timing);
}

static bool word_is_denied(const struct profile *profile, int word)
{
	int i;

	for (i = 0; i < profile->deny_value_count; i++)
		if (word >= profile->deny_values[i].first && word <= profile->deny_values[i].last)
			return true;
	return false;
}

/* A toggle as a word for on or off is neither: a lost answer and a retry invert it. */
static void refuse_denied_words(struct yaml *yaml, const struct profile *profile)
{
	int i;

	for (i = 0; i < profile->channel_count; i++) {
		const struct profile_channel *channel = &profile->channels[i];

		if (channel->kind == PROFILE_SWITCH && channel->set.function &&
		    (word_is_denied(profile, channel->on_raw) || word_is_denied(profile, channel->off_raw)))
			(void)yaml_problem_at(yaml, channel->at, "channel '%s' uses a word of 'deny_values'", channel->name);
	}
}

static void read_profile(struct yaml *yaml, struct profile *profile)
{
	struct yaml_map map;

	if (!yaml_map_begin(&map, yaml_root(yaml), "a profile"))
		return;
	profile->at = map.place;
	profile->read_max = 125;
	(void)yaml_get_name(&map, "profile", YAML_REQUIRED, profile->name, sizeof profile->name);
	profile->deny_count = read_spans(&map, "deny", "a register of 'deny'", profile->deny);
	profile->deny_value_count = read_spans(&map, "deny_values", "a word of 'deny_values'", profile->deny_values);
	read_identity(&map, profile);
	read_channels(&map, profile);
	read_start(&map, profile);
	read_timing(&map, profile);
	profile->has_contact = contact_read(&map, &profile->contact);
	read_int(&map, "read_max", YAML_OPTIONAL, 1, 125, &profile->read_max);
	(void)yaml_get_flag(&map, "function_16", YAML_OPTIONAL, &profile->function_16);
	(void)yaml_get_text(&map, "source", YAML_REQUIRED, profile->source, sizeof profile->source);
	refuse_denied_words(yaml, profile);
	yaml_map_end(&map);
}

bool profile_parse(struct profile *profile, const char *file_name, const char *bytes, size_t size, struct problems *problems)
{
	int before = problems->count + problems->dropped;
	struct yaml *yaml;

	*profile = (struct profile){.channel_count = 0};
	yaml = yaml_open(file_name, bytes, size, problems);
	if (yaml)
		read_profile(yaml, profile);
	yaml_close(yaml);
	if (problems->count + problems->dropped == before)
		return true;
	*profile = (struct profile){.channel_count = 0};
	return false;
}

bool profile_load(struct profile *profile, const char *path, struct problems *problems)
{
	struct file file;

	*profile = (struct profile){.channel_count = 0};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!profile_parse(profile, path, file.bytes, file.size, problems)) {
		file_done(&file);
		return false;
	}
	profile->file = file;
	return true;
}

void profile_done(struct profile *profile)
{
	file_done(&profile->file);
	*profile = (struct profile){.channel_count = 0};
}

int profile_channel_find(const struct profile *profile, const char *name)
{
	int i;

	for (i = 0; i < profile->channel_count; i++)
		if (strcmp(profile->channels[i].name, name) == 0)
			return i;
	return -1;
}

bool profile_denies(const struct profile *profile, int address)
{
	int i;

	for (i = 0; i < profile->deny_count; i++)
		if (address >= profile->deny[i].first && address <= profile->deny[i].last)
			return true;
	return false;
}
