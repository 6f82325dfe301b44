/* Slots of a bench file: what feeds them, what senses them, what talks to their devices; and the groups they share. */

#include "rig/bench/contact.h"
#include "rig/bench/reader.h"

#include <stdio.h>
#include <string.h>

static const char *const isolation_kinds[] = {"opto", "digital", "transformer", "relay", "fibre", "radio", NULL};
static const char *const isolation_classes[] = {"functional", "basic", "supplementary", "double", "reinforced", NULL};
static const char *const loss_words[] = {"off", "hold", NULL};

const char *isolation_kind_name(enum isolation_kind kind)
{
	return kind == ISOLATION_NONE ? "none" : isolation_kinds[kind - ISOLATION_OPTO];
}

const char *isolation_class_name(enum isolation_class class)
{
	return isolation_classes[class];
}

static void read_isolation(struct yaml_map *map, struct isolation *isolation)
{
	struct yaml_node node = yaml_get_map(map, "isolation", YAML_OPTIONAL);
	struct yaml_map keys;
	int index = 0;

	*isolation = (struct isolation){.kind = ISOLATION_NONE};
	if (!yaml_is_there(node) || !yaml_map_begin(&keys, node, "'isolation'"))
		return;
	/* Declared, even where something in it is wrong: that is said once, not twice. */
	isolation->kind = ISOLATION_OPTO;
	isolation->at = keys.place;
	if (yaml_get_word(&keys, "kind", YAML_REQUIRED, isolation_kinds, &index))
		isolation->kind = (enum isolation_kind)(ISOLATION_OPTO + index);
	isolation->class = ISOLATION_REINFORCED;
	if (yaml_get_word(&keys, "class", YAML_REQUIRED, isolation_classes, &index))
		isolation->class = (enum isolation_class)index;
	isolation->working_mv = BENCH_MAINS_MV;
	(void)yaml_get_decimal(&keys, "working_v", YAML_REQUIRED, 1000, "V", 0, 10000000, &isolation->working_mv);
	(void)yaml_get_text(&keys, "source", YAML_REQUIRED, isolation->source, sizeof isolation->source);
	yaml_map_end(&keys);
}

/* {value: 600, source: "hub manual 3.2"}: a number is only as good as where it comes from. */
static bool read_sourced(struct yaml_map *map, const char *key, int64_t scale, const char *unit, int64_t most, int64_t *value,
			 char source[FREE_TEXT_SIZE])
{
	struct yaml_node node = yaml_get(map, key, YAML_OPTIONAL);
	struct yaml_map keys;

	if (!yaml_is_there(node))
		return false;
	if (!yaml_is_map(node))
		return yaml_problem(node, "'%s' needs its source: write {value: %.20s, source: \"...\"}", key,
				    yaml_is_scalar(node) ? yaml_scalar(node) : "...");
	if (!yaml_map_begin(&keys, node, key))
		return false;
	(void)yaml_get_decimal(&keys, "value", YAML_REQUIRED, scale, unit, 1, most, value);
	(void)yaml_get_text(&keys, "source", YAML_REQUIRED, source, FREE_TEXT_SIZE);
	yaml_map_end(&keys);
	return true;
}

/* ---- Outputs ---- */

static void read_output(struct bench_reader *reader, struct yaml_map *map, int taken, bool hazardous)
{
	int64_t off_min_ns = 0;
	int loss = 0;

	(void)yaml_get_word(map, "on_rig_loss", YAML_OPTIONAL, loss_words, &loss);
	(void)yaml_get_decimal(map, "off_min_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 0, NS_PER_H, &off_min_ns);
	if (taken < 0)
		return;
	reader->bench->channels[taken].on_rig_loss = (enum on_rig_loss)loss;
	reader->bench->channels[taken].off_min_ns = off_min_ns;
	reader->bench->channels[taken].hazardous = hazardous;
}

/* ---- Groups ---- */

static int group_find(const struct bench *bench, const char *name)
{
	int i;

	for (i = 0; i < bench->group_count; i++)
		if (strcmp(bench->groups[i].name, name) == 0)
			return i;
	return -1;
}

static int add_group(struct bench *bench, const char *name, struct place at)
{
	struct bench_group *group = READER_ADD(bench->groups, bench->group_count);

	(void)snprintf(group->name, sizeof group->name, "%s", name);
	group->contactor = group->mirror = group->tripped = -1;
	group->stagger_ns = 500 * NS_PER_MS;
	group->at = at;
	return bench->group_count - 1;
}

static void read_group(struct bench_reader *reader, struct yaml_node key, struct yaml_node value)
{
	char name[SLOT_NAME_SIZE];
	struct bench_group group;
	struct yaml_map map;
	int index;

	if (!yaml_name(key, "a group's name", name, sizeof name) || !yaml_map_begin(&map, value, "a group"))
		return;
	index = add_group(reader->bench, name, yaml_place(key));
	group = reader->bench->groups[index];
	group.contactor = take_channel(reader, yaml_get(&map, "contactor", YAML_OPTIONAL), CHANNEL_SWITCH, USE_GROUP_CONTACTOR, -1);
	group.mirror = take_channel(reader, yaml_get(&map, "mirror", YAML_OPTIONAL), CHANNEL_INPUT, USE_GROUP_MIRROR, -1);
	group.tripped = take_channel(reader, yaml_get(&map, "tripped", YAML_OPTIONAL), CHANNEL_INPUT, USE_GROUP_TRIPPED, -1);
	(void)yaml_get_decimal(&map, "stagger_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 0, NS_PER_MIN, &group.stagger_ns);
	if (yaml_is_there(yaml_get(&map, "contactor", YAML_OPTIONAL)) && !yaml_is_there(yaml_get(&map, "mirror", YAML_OPTIONAL)))
		(void)yaml_problem(key, "group '%s' has a contactor without 'mirror'; a weld would not be seen", name);
	if (group.contactor >= 0)
		reader->bench->channels[group.contactor].hazardous = true;
	reader->bench->groups[index] = group;
	yaml_map_end(&map);
}

void read_groups(struct bench_reader *reader, struct yaml_map *bench)
{
	struct yaml_node node = yaml_get_map(bench, "groups", YAML_OPTIONAL);
	int i;

	if (yaml_count(node) > BENCH_GROUPS_MAX) {
		(void)yaml_problem(node, "%d groups; at most %d are read", yaml_count(node), BENCH_GROUPS_MAX);
		return;
	}
	for (i = 0; i < yaml_count(node); i++)
		read_group(reader, yaml_entry_key(node, i), yaml_entry_value(node, i));
}

/* A bench without `groups` may name them where they are used; with it, the name must be there. */
static int group_of(struct bench_reader *reader, struct yaml_node node, bool listed)
{
	const char *words[BENCH_GROUPS_MAX + 1], *meant;
	struct bench *bench = reader->bench;
	char name[SLOT_NAME_SIZE];
	int i, found;

	if (!yaml_name(node, "'group'", name, sizeof name))
		return -1;
	found = group_find(bench, name);
	if (found >= 0 || (!listed && bench->group_count < BENCH_GROUPS_MAX))
		return found >= 0 ? found : add_group(bench, name, yaml_place(node));
	for (i = 0; i < bench->group_count; i++)
		words[i] = bench->groups[i].name;
	words[i] = NULL;
	meant = word_meant(name, words);
	if (meant)
		(void)yaml_problem(node, "there is no group '%s'; did you mean '%s'?", name, meant);
	else
		(void)yaml_problem(node, "there is no group '%s'; add it below 'groups'", name);
	return -1;
}

/* ---- Roles ---- */

/* A contact that is in no profile states its rating where it is used; the refusals look at either. */
static void check_contact(struct bench_reader *reader, struct yaml_map *map, const struct bench_mains *mains)
{
	const struct bench *bench = reader->bench;
	const struct bench_channel *channel = mains->switch_channel >= 0 ? &bench->channels[mains->switch_channel] : NULL;
	const struct profile *profile = channel ? bench->instruments[channel->instrument].profile : NULL;
	char rated[AMOUNT_TEXT_SIZE], demanded[AMOUNT_TEXT_SIZE];
	struct profile_contact rating;
	struct yaml_node at = yaml_get(map, "switch", YAML_OPTIONAL);

	if (!contact_read(map, &rating)) {
		if (!channel)
			return;
		if (!profile || !profile->has_contact) {
			(void)yaml_problem(at, "nothing says what the contact of %s may switch; add 'contact' here or to its profile",
					   channel->name);
			return;
		}
		rating = profile->contact;
	}
	if (!rating.mains_insulation)
		(void)yaml_problem(at, "the board of this contact has no insulation for mains (contact: insulation); use another one");
	if (rating.ac_mv < BENCH_MAINS_MV)
		(void)yaml_problem(at, "the contact may switch %s; mains has %dV", amount_text(rated, UNIT_VOLTAGE, rating.ac_mv),
				   BENCH_MAINS_MV / 1000);
	if (rating.ac_ma < mains->contact_ac_ma)
		(void)yaml_problem(at, "the contact may switch %s; %s are demanded (contact_ac_a)", amount_text(rated, UNIT_CURRENT, rating.ac_ma),
				   amount_text(demanded, UNIT_CURRENT, mains->contact_ac_ma));
}

static void read_mains(struct bench_reader *reader, struct yaml_node node, int slot, bool groups_listed)
{
	struct bench_mains mains = {.present = true, .switch_channel = -1, .sense = -1, .group = -1, .at = yaml_place(node)};
	struct yaml_map map;

	if (!yaml_map_begin(&map, node, "'mains'"))
		return;
	mains.switch_channel = take_channel(reader, yaml_get(&map, "switch", YAML_REQUIRED), CHANNEL_SWITCH, USE_MAINS_SWITCH, slot);
	mains.sense = take_channel(reader, yaml_get(&map, "sense", YAML_REQUIRED), CHANNEL_INPUT, USE_MAINS_SENSE, slot);
	(void)yaml_get_decimal(&map, "contact_ac_a", YAML_REQUIRED, 1000, "A", 1, 100000, &mains.contact_ac_ma);
	mains.group = group_of(reader, yaml_get(&map, "group", YAML_OPTIONAL), groups_listed);
	read_isolation(&map, &mains.isolation);
	read_output(reader, &map, mains.switch_channel, true);
	check_contact(reader, &map, &mains);
	yaml_map_end(&map);
	reader->bench->slots[slot].mains = mains;
	reader->bench->slots[slot].arrangement = ARRANGEMENT_METER_WITH_HUB;
}

static int supply_of(struct bench_reader *reader, struct yaml_node node)
{
	const struct bench *bench = reader->bench;
	const char *words[BENCH_INSTRUMENTS_MAX + 1], *meant;
	char name[INSTRUMENT_NAME_SIZE];
	int i, found;

	if (!yaml_name(node, "'supply'", name, sizeof name))
		return -1;
	found = bench_instrument_find(bench, name);
	if (found >= 0 && bench->instruments[found].driver == DRIVER_MODBUS)
		return found;
	for (i = 0; i < bench->instrument_count && i < BENCH_INSTRUMENTS_MAX; i++)
		words[i] = bench->instruments[i].name;
	words[i] = NULL;
	meant = found >= 0 ? NULL : word_meant(name, words);
	if (meant)
		(void)yaml_problem(node, "there is no instrument '%s'; did you mean '%s'?", name, meant);
	else
		(void)yaml_problem(node, found >= 0 ? "'%s' is no supply; it must be a Modbus instrument" :
				   "there is no instrument '%s'; add it below 'instruments'", name);
	return -1;
}

static void take_supply(struct bench_reader *reader, struct yaml_node node, struct bench_feed *feed)
{
	const struct profile *profile = reader->bench->instruments[feed->supply].profile;
	struct place at = yaml_place(node);
	int supply = feed->supply;

	feed->volts = take_supply_channel(reader, supply, "volts", CHANNEL_LEVEL, USE_SUPPLY_VOLTS, at);
	feed->output = take_supply_channel(reader, supply, "output", CHANNEL_SWITCH, USE_SUPPLY_OUTPUT, at);
	feed->amps = take_supply_channel(reader, supply, "amps", CHANNEL_LEVEL, USE_SUPPLY_AMPS, at);
	feed->ovp = take_supply_channel(reader, supply, "ovp", CHANNEL_LEVEL, USE_SUPPLY_OVP, at);
	feed->ocp = take_supply_channel(reader, supply, "ocp", CHANNEL_LEVEL, USE_SUPPLY_OCP, at);
	feed->volts_out = take_supply_channel(reader, supply, "volts_out", CHANNEL_READING, USE_SUPPLY_VOLTS_OUT, at);
	feed->amps_out = take_supply_channel(reader, supply, "amps_out", CHANNEL_READING, USE_SUPPLY_AMPS_OUT, at);
	feed->protection = take_supply_channel(reader, supply, "protection", CHANNEL_READING, USE_SUPPLY_PROTECTION, at);
	if (profile && (feed->volts < 0 || feed->output < 0))
		(void)yaml_problem(node, "profile %s is none of a supply: it has no %s", profile->name,
				   feed->volts < 0 ? "level 'volts'" : "switch 'output'");
}

static void read_feed(struct bench_reader *reader, struct yaml_node node, int slot)
{
	struct bench_feed feed = {.present = true, .supply = -1, .volts = -1, .amps = -1, .output = -1, .ovp = -1, .ocp = -1,
		.volts_out = -1, .amps_out = -1, .protection = -1, .switch_channel = -1, .at = yaml_place(node)};
	struct yaml_node supply, by_switch;
	bool hazardous = false;
	struct yaml_map map;

	if (!yaml_map_begin(&map, node, "'feed'"))
		return;
	supply = yaml_get(&map, "supply", YAML_OPTIONAL);
	by_switch = yaml_get(&map, "switch", YAML_OPTIONAL);
	feed.supply = supply_of(reader, supply);
	if (feed.supply >= 0)
		take_supply(reader, supply, &feed);
	feed.switch_channel = take_channel(reader, by_switch, CHANNEL_SWITCH, USE_FEED_SWITCH, slot);
	(void)yaml_get_decimal(&map, "contact_dc_a", YAML_OPTIONAL, 1000, "A", 1, 100000, &feed.contact_dc_ma);
	if (!read_sourced(&map, "clamp_v", 1000, "V", BENCH_VOLTS_MAX_MV, &feed.clamp_mv, feed.clamp_source) &&
	    yaml_is_there(yaml_get(&map, "clamp_v", YAML_OPTIONAL)))
		feed.clamp_mv = BENCH_VOLTS_MAX_MV; /* it is there; what is wrong with it was said */
	(void)yaml_get_flag(&map, "hazardous", YAML_OPTIONAL, &hazardous);
	read_output(reader, &map, feed.switch_channel >= 0 ? feed.switch_channel : feed.output, hazardous);
	if (!yaml_is_there(supply) && !yaml_is_there(by_switch))
		(void)yaml_problem(node, "'feed' has neither 'supply' nor 'switch'; the rig could not cut it");
	yaml_map_end(&map);
	reader->bench->slots[slot].feed = feed;
}

static void read_sense(struct bench_reader *reader, struct yaml_node node, int slot)
{
	struct bench_sense sense = {.channel = -1, .at = yaml_place(node)};
	bool down, up, settle, bounce;
	struct yaml_map map;

	if (!yaml_map_begin(&map, node, "'supply'"))
		return;
	sense.channel = take_channel(reader, yaml_get(&map, "sense", YAML_REQUIRED), CHANNEL_INPUT, USE_SUPPLY_SENSE, slot);
	down = yaml_get_decimal(&map, "v_down", YAML_REQUIRED, 1000, "V", 1, BENCH_VOLTS_MAX_MV, &sense.v_down_mv);
	up = yaml_get_decimal(&map, "v_up", YAML_REQUIRED, 1000, "V", 1, BENCH_VOLTS_MAX_MV, &sense.v_up_mv);
	settle = yaml_get_decimal(&map, "settle_ms", YAML_REQUIRED, NS_PER_MS, "ms", 0, 10 * NS_PER_S, &sense.settle_ns);
	bounce = yaml_get_decimal(&map, "bounce_ms", YAML_REQUIRED, NS_PER_MS, "ms", 0, 10 * NS_PER_S, &sense.bounce_ns);
	(void)yaml_get_decimal(&map, "backfeed_v", YAML_OPTIONAL, 1000, "V", 1, BENCH_VOLTS_MAX_MV, &sense.backfeed_mv);
	(void)yaml_get_decimal(&map, "discharge_ms", YAML_OPTIONAL, NS_PER_MS, "ms", NS_PER_MS, NS_PER_MIN, &sense.discharge_ns);
	read_isolation(&map, &sense.isolation);
	if (down && up && sense.v_down_mv >= sense.v_up_mv)
		(void)yaml_problem(yaml_get(&map, "v_down", YAML_REQUIRED), "'v_down' is not below 'v_up'; an outage could not end");
	if (settle && bounce && sense.bounce_ns > sense.settle_ns)
		(void)yaml_problem(yaml_get(&map, "bounce_ms", YAML_REQUIRED), "'bounce_ms' is longer than 'settle_ms'");
	if ((sense.backfeed_mv == 0) != (sense.discharge_ns == 0))
		(void)yaml_problem(node, "'backfeed_v' and 'discharge_ms' belong together; give both or none");
	yaml_map_end(&map);
	reader->bench->slots[slot].supply = sense;
}

static void read_pin(struct bench_reader *reader, struct yaml_map *slot_map, const char *key, enum channel_use use, int slot,
		     struct bench_pin *to)
{
	struct yaml_node node = yaml_get_map(slot_map, key, YAML_OPTIONAL);
	struct bench_pin pin = {.channel = -1};
	struct yaml_map map;

	*to = pin;
	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, key))
		return;
	pin.channel = take_channel(reader, yaml_get(&map, "input", YAML_REQUIRED), CHANNEL_INPUT, use, slot);
	read_isolation(&map, &pin.isolation);
	yaml_map_end(&map);
	*to = pin;
}

/* reader->bench->instruments grows here, so the slot is looked up anew each time. */
static void read_console_of(struct bench_reader *reader, struct yaml_map *slot_map, int slot)
{
	struct yaml_node node = yaml_get_map(slot_map, "console", YAML_OPTIONAL);
	struct bench_slot *to = &reader->bench->slots[slot];
	char name[INSTRUMENT_NAME_SIZE];
	struct yaml_map map;

	to->console = to->console_channel = -1;
	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, "'console'"))
		return;
	(void)snprintf(name, sizeof name, "%.22s.console", to->name);
	to->console = read_own_instrument(reader, &map, name, DRIVER_CONSOLE, slot);
	if (to->console >= 0)
		to->console_channel = take_stream(reader, to->console, USE_CONSOLE, slot, map.place);
	read_isolation(&map, &to->console_isolation);
	if (to->console >= 0)
		yaml_map_end(&map);
}

static int dongle_of(struct bench_reader *reader, struct yaml_node node)
{
	const struct bench *bench = reader->bench;
	char name[INSTRUMENT_NAME_SIZE];
	int found;

	if (!yaml_name(node, "'via'", name, sizeof name))
		return -1;
	found = bench_instrument_find(bench, name);
	if (found >= 0 && bench->instruments[found].driver == DRIVER_ZIGBEE)
		return found;
	(void)yaml_problem(node, found >= 0 ? "'%s' transfers no firmware; name a zigbee instrument" : "there is no instrument '%s'", name);
	return -1;
}

static void read_upgrade_of(struct bench_reader *reader, struct yaml_map *slot_map, int slot)
{
	struct yaml_node node = yaml_get_map(slot_map, "upgrade", YAML_OPTIONAL);
	struct bench_slot *to = &reader->bench->slots[slot];
	char name[INSTRUMENT_NAME_SIZE];
	struct yaml_map map;

	to->upgrade = to->upgrade_channel = -1;
	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, "'upgrade'"))
		return;
	if (yaml_is_there(yaml_get(&map, "via", YAML_OPTIONAL))) {
		to->upgrade = dongle_of(reader, yaml_get(&map, "via", YAML_OPTIONAL));
		yaml_map_end(&map);
		return;
	}
	(void)snprintf(name, sizeof name, "%.22s.upgrade", to->name);
	to->upgrade = read_own_instrument(reader, &map, name, DRIVER_LOADER, slot);
	if (to->upgrade >= 0)
		to->upgrade_channel = take_stream(reader, to->upgrade, USE_UPGRADE, slot, map.place);
	read_isolation(&map, &to->upgrade_isolation);
	if (to->upgrade >= 0)
		yaml_map_end(&map);
}

static void read_slot(struct bench_reader *reader, struct yaml_node key, struct yaml_node value, bool groups_listed)
{
	struct bench *bench = reader->bench;
	struct yaml_node mains, feed, supply;
	struct bench_slot *to;
	struct yaml_map map;
	int slot;

	to = READER_ADD(bench->slots, bench->slot_count);
	slot = bench->slot_count - 1;
	*to = (struct bench_slot){.arrangement = ARRANGEMENT_HUB_ALONE, .supply = {.channel = -1}, .at = yaml_place(key)};
	to->mains.switch_channel = to->mains.sense = to->mains.group = -1;
	to->feed.supply = to->feed.switch_channel = to->feed.volts = to->feed.amps = to->feed.output = to->feed.ovp = -1;
	to->feed.ocp = to->feed.volts_out = to->feed.amps_out = to->feed.protection = -1;
	to->ac_lost.channel = to->hub_present.channel = to->host_present.channel = -1;
	to->console = to->console_channel = to->upgrade = to->upgrade_channel = -1;
	if (!yaml_name(key, "a slot's name", to->name, sizeof to->name) || !yaml_map_begin(&map, value, "a slot"))
		return;
	if (strcmp(to->name, "end") == 0 || strcmp(to->name, "note") == 0)
		(void)yaml_problem(key, "a slot cannot be called '%s': hilrig hand means something else by it", to->name);
	mains = yaml_get_map(&map, "mains", YAML_OPTIONAL);
	if (yaml_is_there(mains))
		read_mains(reader, mains, slot, groups_listed);
	feed = yaml_get_map(&map, "feed", YAML_OPTIONAL);
	if (yaml_is_there(feed))
		read_feed(reader, feed, slot);
	supply = yaml_get_map(&map, "supply", YAML_REQUIRED);
	if (yaml_is_there(supply))
		read_sense(reader, supply, slot);
	read_pin(reader, &map, "ac_lost", USE_AC_LOST, slot, &to->ac_lost);
	read_pin(reader, &map, "hub_present", USE_HUB_PRESENT, slot, &to->hub_present);
	read_pin(reader, &map, "host_present", USE_HOST_PRESENT, slot, &to->host_present);
	read_console_of(reader, &map, slot);
	read_upgrade_of(reader, &map, slot);
	(void)read_sourced(&map, "recharge_s", NS_PER_S, "s", 24 * NS_PER_H, &to->recharge_ns, to->recharge_source);
	if (!yaml_is_there(mains) && !yaml_is_there(feed))
		(void)yaml_problem(key, "slot '%s' has neither 'mains' nor 'feed'; nothing could be switched", to->name);
	yaml_map_end(&map);
}

void read_slots(struct bench_reader *reader, struct yaml_map *bench)
{
	bool groups_listed = yaml_is_there(yaml_get(bench, "groups", YAML_OPTIONAL));
	struct yaml_node node = yaml_get_map(bench, "slots", YAML_REQUIRED);
	int i, count = yaml_count(node);

	if (yaml_is_there(node) && count == 0)
		(void)yaml_problem(node, "a bench needs at least one slot");
	if (count > BENCH_SLOTS_MAX) {
		(void)yaml_problem(node, "%d slots; at most %d are read", count, BENCH_SLOTS_MAX);
		return;
	}
	for (i = 0; i < count; i++)
		read_slot(reader, yaml_entry_key(node, i), yaml_entry_value(node, i), groups_listed);
}
