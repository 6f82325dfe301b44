/* Reading a world file: what is usual first, then what each slot says instead. */

#include "drivers/sim/world_file.h"

#include "drivers/sim/plant/usual.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/base/yaml.h"

#include <stdio.h>
#include <string.h>

#define DAY_NS (24 * NS_PER_H)
#define LONGEST_NS (7 * DAY_NS)
#define DEFAULT_BEGIN "2026-01-01T00:00:00.000000Z"

struct world_reader {
	struct world_file *file;
	struct yaml *yaml;
	const struct bench *bench;
	struct world_file_slot usual;
};

static void slot_init(struct world_file_slot *slot)
{
	struct plant_slot_settings usual = plant_slot_usual();

	memset(slot, 0, sizeof *slot);
	slot->meter = usual.meter;
	slot->hub = usual.hub;
	slot->threshold_ns = (struct draw_range){usual.hub.threshold_ns, usual.hub.threshold_ns};
	slot->paces_ns = 20 * NS_PER_MS;
	slot->welds_ns = -1;
}

void world_file_init(struct world_file *file)
{
	int i;

	memset(file, 0, sizeof *file);
	file->seed = 1;
	(void)!utc_from_text(DEFAULT_BEGIN, strlen(DEFAULT_BEGIN), &file->begins_utc_us);
	for (i = 0; i < BENCH_SLOTS_MAX; i++)
		slot_init(&file->slots[i]);
}

static void get_duration(struct yaml_map *map, const char *key, int64_t *duration_ns)
{
	(void)yaml_get_unit(map, key, YAML_OPTIONAL, UNIT_DURATION, 0, LONGEST_NS, duration_ns);
}

/* "180s", or "170s..190s". */
static bool read_range(struct yaml_node node, const char *what, int64_t least, struct draw_range *range)
{
	const char *text = yaml_scalar(node), *dots = strstr(text, "..");
	char first[32];
	struct error error;

	if (!yaml_is_there(node))
		return false;
	if (!dots) {
		if (!yaml_unit(node, what, UNIT_DURATION, least, LONGEST_NS, &range->least))
			return false;
		range->most = range->least;
		return true;
	}
	(void)snprintf(first, sizeof first, "%.*s", (int)(dots - text), text);
	if (!unit_read(first, UNIT_DURATION, least, LONGEST_NS, &range->least, &error) ||
	    !unit_read(dots + 2, UNIT_DURATION, range->least, LONGEST_NS, &range->most, &error))
		return yaml_problem(node, "%s is %s; a range is written as 170s..190s", what, error.text);
	return true;
}

/* ---- A slot ---- */

static void read_dip(struct yaml_node node, struct world_file_slot *slot)
{
	struct meter_dip *dip = &slot->meter.dips[slot->meter.dip_count];
	struct draw_range *length = &slot->dip_lengths[slot->meter.dip_count];
	struct yaml_map map;
	struct yaml_node lasts;

	if (slot->meter.dip_count == METER_DIPS_MAX) {
		(void)yaml_problem(node, "a meter has at most %d dips", METER_DIPS_MAX);
		return;
	}
	(void)yaml_map_begin(&map, node, "a dip");
	dip->offset_ns = NS_PER_S;
	*length = (struct draw_range){0, 0};
	get_duration(&map, "after", &dip->offset_ns);
	lasts = yaml_get(&map, "for", YAML_REQUIRED);
	if (strcmp(yaml_scalar(lasts), "ever") == 0)
		*length = (struct draw_range){METER_FOREVER, METER_FOREVER};
	else
		(void)read_range(lasts, "'for'", 1, length);
	yaml_map_end(&map);
	slot->meter.dip_count++;
}

static void read_dips(struct yaml_node list, struct world_file_slot *slot)
{
	int i;

	if (!yaml_is_there(list))
		return;
	slot->meter.dip_count = 0;
	for (i = 0; i < yaml_count(list); i++)
		read_dip(yaml_item(list, i), slot);
	for (i = 1; i < slot->meter.dip_count; i++)
		if (slot->dip_lengths[i - 1].most == METER_FOREVER ||
		    slot->meter.dips[i].offset_ns <= slot->meter.dips[i - 1].offset_ns + slot->dip_lengths[i - 1].most)
			(void)yaml_problem(yaml_item(list, i), "this dip begins before the one before it has ended");
}

static void read_meter(struct yaml_node node, struct world_file_slot *slot)
{
	static const char *const floats[] = {"low", "high", NULL};
	struct meter_settings *meter = &slot->meter;
	struct yaml_map map;

	(void)yaml_map_begin(&map, node, "a meter");
	get_duration(&map, "boot", &meter->boot_ns);
	get_duration(&map, "hold_up", &meter->hold_up_ns);
	get_duration(&map, "verify", &meter->verify_ns);
	get_duration(&map, "restart", &meter->restart_ns);
	get_duration(&map, "paces", &slot->paces_ns);
	(void)yaml_get_word(&map, "ac_lost_floats", YAML_OPTIONAL, floats, &meter->float_level);
	(void)yaml_get_flag(&map, "refuses", YAML_OPTIONAL, &meter->refuses);
	(void)yaml_get_flag(&map, "rolls_back", YAML_OPTIONAL, &meter->rolls_back);
	(void)yaml_get_name(&map, "becomes", YAML_OPTIONAL, meter->becomes, sizeof meter->becomes);
	slot->has_version |= yaml_get_name(&map, "version", YAML_OPTIONAL, meter->version, sizeof meter->version);
	read_dips(yaml_get_list(&map, "dips", YAML_OPTIONAL), slot);
	yaml_map_end(&map);
}

static void read_losses(struct yaml_node list, struct hub_settings *hub)
{
	int64_t number;
	int i;

	if (!yaml_is_there(list))
		return;
	hub->loses = 0;
	for (i = 0; i < yaml_count(list); i++) {
		if (strcmp(yaml_scalar(yaml_item(list, i)), "all") == 0)
			hub->loses = HUB_LOSES_ALL;
		else if (yaml_number(yaml_item(list, i), "an item of 'loses'", 1, 31, &number))
			hub->loses |= UINT32_C(1) << (number - 1);
	}
}

static void read_restarts(struct yaml_node list, struct world_file_slot *slot)
{
	int i;

	if (!yaml_is_there(list))
		return;
	slot->restart_count = 0;
	if (yaml_count(list) > WORLD_RESTARTS_MAX)
		(void)yaml_problem(list, "a hub restarts at most %d times by itself", WORLD_RESTARTS_MAX);
	for (i = 0; i < yaml_count(list) && i < WORLD_RESTARTS_MAX; i++)
		if (yaml_unit(yaml_item(list, i), "an item of 'restarts'", UNIT_DURATION, 0, LONGEST_NS, &slot->restarts_ns[i]))
			slot->restart_count++;
}

static void read_hub(struct yaml_node node, struct world_file_slot *slot)
{
	struct hub_settings *hub = &slot->hub;
	int64_t number;
	struct yaml_map map;

	(void)yaml_map_begin(&map, node, "a hub");
	(void)read_range(yaml_get(&map, "threshold", YAML_OPTIONAL), "'threshold'", 0, &slot->threshold_ns);
	(void)read_range(yaml_get(&map, "latency", YAML_OPTIONAL), "'latency'", 0, &hub->latency_ns);
	(void)yaml_get_flag(&map, "at_least", YAML_OPTIONAL, &hub->at_least);
	if (yaml_get_unit(&map, "adds", YAML_OPTIONAL, UNIT_DURATION, 0, LONGEST_NS, &hub->forget_ns))
		hub->adds = true;
	/* Their product must fit (hub.c). */
	(void)yaml_get_unit(&map, "store", YAML_OPTIONAL, UNIT_DURATION, 0, DAY_NS, &hub->store_ns);
	(void)yaml_get_unit(&map, "recharge", YAML_OPTIONAL, UNIT_DURATION, 0, DAY_NS, &hub->recharge_ns);
	(void)yaml_get_flag(&map, "begins_charged", YAML_OPTIONAL, &hub->begins_charged);
	read_losses(yaml_get_list(&map, "loses", YAML_OPTIONAL), hub);
	if (yaml_get_number(&map, "loss", YAML_OPTIONAL, 0, 1000, &number))
		hub->loss_permille = (int)number;
	if (yaml_get_number(&map, "duplicates", YAML_OPTIONAL, 0, HUB_COPIES_MAX - 1, &number))
		hub->duplicates = (int)number;
	get_duration(&map, "duplicate_after", &hub->duplicate_ns);
	read_restarts(yaml_get_list(&map, "restarts", YAML_OPTIONAL), slot);
	get_duration(&map, "boot", &hub->boot_ns);
	get_duration(&map, "wake", &hub->wake_ns);
	yaml_map_end(&map);
}

static void read_gap(struct yaml_node node, struct world_file_slot *slot)
{
	struct world_gap *gap = &slot->gaps[slot->gap_count];
	int64_t lasts_ns = 0;
	struct yaml_map map;

	if (slot->gap_count == WORLD_GAPS_MAX) {
		(void)yaml_problem(node, "a console is unplugged at most %d times", WORLD_GAPS_MAX);
		return;
	}
	(void)yaml_map_begin(&map, node, "an unplugging");
	(void)yaml_get_unit(&map, "from", YAML_REQUIRED, UNIT_DURATION, 0, LONGEST_NS, &gap->from_ns);
	gap->until_ns = INSTANT_NEVER;
	if (yaml_get_unit(&map, "for", YAML_OPTIONAL, UNIT_DURATION, 1, LONGEST_NS, &lasts_ns))
		gap->until_ns = gap->from_ns + lasts_ns;
	yaml_map_end(&map);
	slot->gap_count++;
}

static void read_console(struct yaml_node node, struct world_file_slot *slot)
{
	struct yaml_map map;
	struct yaml_node list;
	int i;

	(void)yaml_map_begin(&map, node, "a console");
	list = yaml_get_list(&map, "unplugged", YAML_REQUIRED);
	if (yaml_is_there(list))
		slot->gap_count = 0;
	for (i = 0; i < yaml_count(list); i++)
		read_gap(yaml_item(list, i), slot);
	yaml_map_end(&map);
}

static void read_slot(struct yaml_node node, struct world_file_slot *slot, const char *what)
{
	struct yaml_map map, relay;

	if (!yaml_map_begin(&map, node, what))
		return;
	read_meter(yaml_get_map(&map, "meter", YAML_OPTIONAL), slot);
	read_hub(yaml_get_map(&map, "hub", YAML_OPTIONAL), slot);
	read_console(yaml_get_map(&map, "console", YAML_OPTIONAL), slot);
	if (yaml_map_begin(&relay, yaml_get_map(&map, "relay", YAML_OPTIONAL), "a relay")) {
		(void)yaml_get_unit(&relay, "welds", YAML_REQUIRED, UNIT_DURATION, 0, LONGEST_NS, &slot->welds_ns);
		yaml_map_end(&relay);
	}
	yaml_map_end(&map);
}

static void read_slots(struct world_reader *reader, struct yaml_node slots)
{
	int i, index;

	for (i = 0; i < reader->bench->slot_count; i++)
		reader->file->slots[i] = reader->usual;
	for (i = 0; i < yaml_count(slots); i++) {
		const char *name = yaml_scalar(yaml_entry_key(slots, i));

		index = bench_slot_find(reader->bench, name);
		if (index < 0) {
			(void)yaml_problem(yaml_entry_key(slots, i), "bench '%s' has no slot '%.40s'", reader->bench->name, name);
			continue;
		}
		read_slot(yaml_entry_value(slots, i), &reader->file->slots[index], "a slot");
	}
}

/* ---- What happens to the bench ---- */

static void read_event(struct world_reader *reader, struct yaml_node node)
{
	static const char *const words[] = {"lab-feed", "arm", "estop", "door", NULL}, *const states[] = {"off", "on", NULL};
	static const enum plant_event_kind kinds[] = {PLANT_LAB_FEED, PLANT_ARM, PLANT_ESTOP, PLANT_DOOR};
	struct world_file *file = reader->file;
	struct plant_event event = {.kind = PLANT_TICK};
	int word = 0, state = 0;
	struct yaml_map map;

	if (file->event_count == WORLD_EVENTS_MAX) {
		(void)yaml_problem(node, "at most %d things happen", WORLD_EVENTS_MAX);
		return;
	}
	(void)yaml_map_begin(&map, node, "something that happens");
	(void)yaml_get_unit(&map, "at", YAML_REQUIRED, UNIT_DURATION, 0, LONGEST_NS, &event.t_ns);
	(void)yaml_get_word(&map, "what", YAML_REQUIRED, words, &word);
	(void)yaml_get_word(&map, "to", YAML_REQUIRED, states, &state);
	yaml_map_end(&map);
	event.kind = kinds[word];
	event.on = state;
	file->events[file->event_count++] = event;
}

/* "2026-11-23T18:00:00Z" */
static void read_begin(struct yaml_map *map, struct world_file *file)
{
	char text[24] = "", whole[UTC_TEXT_SIZE];

	if (!yaml_get_text(map, "begins", YAML_OPTIONAL, text, sizeof text))
		return;
	(void)snprintf(whole, sizeof whole, "%.19s.000000Z", text);
	if (strcmp(text, "2100") > 0 ||
	    strlen(text) != 20 || text[19] != 'Z' || !utc_from_text(whole, strlen(whole), &file->begins_utc_us))
		(void)yaml_problem(yaml_get(map, "begins", YAML_OPTIONAL), "'begins' is '%s'; write UTC as 2026-11-23T18:00:00Z", text);
}

static void read_bench(struct yaml_map *map, struct world_file *file, const struct bench *bench)
{
	if (yaml_get_name(map, "bench", YAML_OPTIONAL, file->bench, sizeof file->bench) && strcmp(file->bench, bench->name) != 0)
		(void)yaml_problem(yaml_get(map, "bench", YAML_OPTIONAL), "this is a world of bench '%s', and not of '%s'", file->bench, bench->name);
}

void world_file_bench(const char *bytes, size_t size, char bench[WORD_TEXT_SIZE])
{
	struct problems problems;
	struct yaml_map map;
	struct yaml *yaml;

	bench[0] = '\0';
	problems_init(&problems);
	yaml = yaml_open("world", bytes, size, &problems);
	if (yaml && yaml_map_begin(&map, yaml_root(yaml), "a world file"))
		(void)yaml_get_name(&map, "bench", YAML_OPTIONAL, bench, WORD_TEXT_SIZE);
	yaml_close(yaml);
	problems_done(&problems);
}

bool world_file_parse(struct world_file *file, const char *name, const char *bytes, size_t size, const struct bench *bench,
		      struct problems *problems)
{
	struct world_reader reader = {.file = file, .bench = bench};
	int before = problems->count, i;
	int64_t seed = 1;
	struct yaml_node list;
	struct yaml_map map;

	world_file_init(file);
	slot_init(&reader.usual);
	reader.yaml = yaml_open(name, bytes, size, problems);
	if (!reader.yaml)
		return false;
	(void)yaml_map_begin(&map, yaml_root(reader.yaml), "a world file");
	(void)yaml_get_name(&map, "world", YAML_REQUIRED, file->name, sizeof file->name);
	read_bench(&map, file, bench);
	read_begin(&map, file);
	if (yaml_get_number(&map, "seed", YAML_OPTIONAL, 0, INT64_MAX, &seed))
		file->seed = (uint64_t)seed;
	read_slot(yaml_get_map(&map, "usual", YAML_OPTIONAL), &reader.usual, "what is usual");
	read_slots(&reader, yaml_get_map(&map, "slots", YAML_OPTIONAL));
	list = yaml_get_list(&map, "happens", YAML_OPTIONAL);
	for (i = 0; i < yaml_count(list); i++)
		read_event(&reader, yaml_item(list, i));
	list = yaml_get_list(&map, "faults", YAML_OPTIONAL);
	for (i = 0; i < yaml_count(list); i++)
		sim_fault_read(&file->faults, yaml_item(list, i), bench);
	yaml_map_end(&map);
	yaml_close(reader.yaml);
	return problems->count == before;
}

bool world_file_load(struct world_file *file, const char *path, const struct bench *bench, struct problems *problems)
{
	struct file read;
	bool good;

	if (!yaml_file_read(&read, path, problems))
		return false;
	good = world_file_parse(file, path, read.bytes, read.size, bench, problems);
	file_done(&read);
	return good;
}
