/* Words of a world file become faults. */

#include "drivers/sim/faults.h"

#include "rig/base/instant.h"

#include <stdio.h>
#include <string.h>

#define LONGEST_NS (24 * NS_PER_H)
#define TIMES_MAX 100000

static const struct {
	const char *name;
	bool slot, line, with, instrument, dongle, console, at, lasts, by, protection, of;
} kinds[SIM_FAULT_KIND_COUNT] = {
	[FAULTY_EDGE_LOST] = {.name = "edge-lost", .slot = true, .line = true, .at = true},
	[FAULTY_EDGE_UNNUMBERED] = {.name = "edge-unnumbered", .slot = true, .line = true, .at = true},
	[FAULTY_LEVEL_WRONG] = {.name = "level-wrong", .slot = true, .line = true, .at = true, .lasts = true},
	[FAULTY_CHATTER] = {.name = "chatter", .slot = true, .line = true, .at = true, .by = true},
	[FAULTY_INVERTED] = {.name = "inverted", .slot = true, .line = true},
	[FAULTY_CROSSED] = {.name = "crossed", .slot = true, .line = true, .with = true},
	[FAULTY_CROSSED_CONSOLES] = {.name = "crossed-consoles", .slot = true, .with = true},
	[FAULTY_SWAPPED_HUBS] = {.name = "swapped-hubs", .slot = true, .with = true},
	[FAULTY_OTHER_HUB] = {.name = "other-hub", .slot = true},
	[FAULTY_BUS_SILENT] = {.name = "bus-silent", .instrument = true, .at = true},
	[FAULTY_BUS_DEAF] = {.name = "bus-deaf", .instrument = true, .at = true},
	[FAULTY_BUS_CHECK] = {.name = "bus-check", .instrument = true, .at = true},
	[FAULTY_BUS_UNIT] = {.name = "bus-unit", .instrument = true, .at = true},
	[FAULTY_BUS_SHORT] = {.name = "bus-short", .instrument = true, .at = true},
	[FAULTY_BUS_EXCEPTION] = {.name = "bus-exception", .instrument = true, .at = true},
	[FAULTY_BUS_LATE] = {.name = "bus-late", .instrument = true, .at = true, .by = true},
	[FAULTY_BYTES_LOST] = {.name = "bytes-lost", .slot = true, .console = true, .at = true},
	[FAULTY_BYTES_WRONG] = {.name = "bytes-wrong", .slot = true, .console = true, .at = true},
	[FAULTY_BYTES_ADDED] = {.name = "bytes-added", .slot = true, .console = true, .at = true},
	[FAULTY_BYTES_SPLIT] = {.name = "bytes-split", .slot = true, .console = true, .at = true, .by = true},
	[FAULTY_LOADER_UNPLUGGED] = {.name = "loader-unplugged", .slot = true, .at = true, .lasts = true},
	[FAULTY_LOADER_NAK] = {.name = "loader-nak", .slot = true, .at = true},
	[FAULTY_LOADER_RESET] = {.name = "loader-reset", .slot = true, .at = true, .lasts = true},
	[FAULTY_IMAGE_DAMAGED] = {.name = "image-damaged", .slot = true},
	[FAULTY_IMAGE_ACCEPTED] = {.name = "image-accepted", .slot = true},
	[FAULTY_METER_RESET] = {.name = "meter-reset", .slot = true, .at = true, .lasts = true},
	[FAULTY_GATE_LAPSE] = {.name = "gate-lapse", .slot = true, .at = true, .lasts = true, .of = true},
	[FAULTY_RELAY_LATE] = {.name = "relay-late", .instrument = true, .by = true},
	[FAULTY_RELAY_BOUNCES] = {.name = "relay-bounces", .instrument = true, .by = true},
	[FAULTY_RCD] = {.name = "rcd", .slot = true, .at = true, .lasts = true},
	[FAULTY_BACK_FEED] = {.name = "back-feed", .slot = true, .at = true, .lasts = true},
	[FAULTY_AD1_SPURIOUS] = {.name = "ad1-spurious", .slot = true, .at = true},
	[FAULTY_AD1_THROTTLED] = {.name = "ad1-throttled", .slot = true, .at = true, .lasts = true},
	[FAULTY_SUPPLY_TRIPS] = {.name = "supply-trips", .instrument = true, .at = true, .protection = true},
	[FAULTY_SUPPLY_RAMPS] = {.name = "supply-ramps", .instrument = true, .by = true},
	[FAULTY_SUPPLY_RESETS] = {.name = "supply-resets", .instrument = true, .at = true},
	[FAULTY_SUPPLY_LOCKED] = {.name = "supply-locked", .instrument = true, .at = true, .lasts = true},
	[FAULTY_CLOCK_STEP] = {.name = "clock-step", .at = true, .by = true},
	[FAULTY_CLOCK_SLEW] = {.name = "clock-slew", .at = true, .lasts = true, .by = true},
	[FAULTY_CLOCK_RATE] = {.name = "clock-rate", .by = true},
	[FAULTY_SUSPEND] = {.name = "suspend", .at = true, .lasts = true},
	[FAULTY_STOP] = {.name = "stop", .at = true},
	[FAULTY_KILL] = {.name = "kill", .at = true, .lasts = true},
	[FAULTY_DISK_FULL] = {.name = "disk-full", .at = true, .lasts = true},
	[FAULTY_DISK_SLOW] = {.name = "disk-slow", .at = true, .lasts = true, .by = true},
	[FAULTY_DISK_WRITE] = {.name = "disk-write", .at = true},
	[FAULTY_DISK_FLUSH] = {.name = "disk-flush", .at = true},
	[FAULTY_DONGLE_LOST] = {.name = "dongle-bytes-lost", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_WRONG] = {.name = "dongle-bytes-wrong", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_ADDED] = {.name = "dongle-bytes-added", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_SILENT] = {.name = "dongle-silent", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_UNCONFIRMED] = {.name = "dongle-unconfirmed", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_DEAF] = {.name = "dongle-deaf", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_FULL] = {.name = "dongle-full", .instrument = true, .dongle = true, .at = true},
	[FAULTY_AIR_BUSY] = {.name = "air-busy", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_RESETS] = {.name = "dongle-resets", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_FORGETS] = {.name = "dongle-forgets", .instrument = true, .dongle = true, .at = true},
	[FAULTY_DONGLE_HANGS] = {.name = "dongle-hangs", .instrument = true, .dongle = true, .at = true, .lasts = true},
	[FAULTY_DONGLE_UNPLUGGED] = {.name = "dongle-unplugged", .instrument = true, .dongle = true, .at = true, .lasts = true},
	[FAULTY_AIR_LOST] = {.name = "air-lost", .slot = true, .at = true},
	[FAULTY_AIR_LATE] = {.name = "air-late", .slot = true, .at = true, .by = true},
	[FAULTY_ROUTE_LOST] = {.name = "route-lost", .slot = true, .at = true},
	[FAULTY_END_LOST] = {.name = "ota-end-lost", .slot = true},
	[FAULTY_METER_MOVES] = {.name = "meter-moves", .slot = true, .at = true},
	[FAULTY_METER_LEAVES] = {.name = "meter-leaves", .slot = true, .at = true, .lasts = true},
	[FAULTY_METER_SLEEPS] = {.name = "meter-sleeps", .slot = true, .by = true},
	[FAULTY_OTA_RESET] = {.name = "ota-reset", .slot = true, .lasts = true},
	[FAULTY_OTA_LATE] = {.name = "ota-late", .slot = true, .by = true},
	[FAULTY_OTA_PAGES] = {.name = "ota-pages", .slot = true},
	[FAULTY_OTA_EMPTY_OPTIONS] = {.name = "ota-empty-options", .slot = true},
	[FAULTY_OTA_NO_BLOCKS] = {.name = "ota-no-blocks", .slot = true},
	[FAULTY_OTA_PAST_END] = {.name = "ota-past-end", .slot = true},
	[FAULTY_OTA_OTHER_IMAGE] = {.name = "ota-other-image", .slot = true},
	[FAULTY_OTA_REPEATS] = {.name = "ota-repeats", .slot = true},
	[FAULTY_OTA_TWICE] = {.name = "ota-twice", .slot = true},
	[FAULTY_OTA_COMPLAINS] = {.name = "ota-complains", .slot = true},
	[FAULTY_OTA_MUTE] = {.name = "ota-mute", .slot = true},
	[FAULTY_OTA_ABORTS] = {.name = "ota-aborts", .slot = true},
	[FAULTY_OTA_EAGER] = {.name = "ota-eager", .slot = true},
};

const char *sim_fault_name(enum sim_fault_kind kind)
{
	return kinds[kind].name;
}

static void get_duration(struct yaml_map *map, const char *key, bool wanted, int64_t *duration_ns)
{
	if (wanted)
		(void)yaml_get_unit(map, key, YAML_REQUIRED, UNIT_DURATION, 0, LONGEST_NS, duration_ns);
}

static void get_slot(struct yaml_map *map, const char *key, const struct bench *bench, int *slot)
{
	struct yaml_node node = yaml_get(map, key, YAML_REQUIRED);

	if (!yaml_is_there(node))
		return;
	*slot = bench_slot_find(bench, yaml_scalar(node));
	if (*slot < 0)
		(void)yaml_problem(node, "bench '%s' has no slot '%.40s'", bench->name, yaml_scalar(node));
}

static void get_instrument(struct yaml_map *map, const struct bench *bench, bool dongle, int *instrument)
{
	struct yaml_node node = yaml_get(map, "instrument", YAML_REQUIRED);
	int i;

	if (!yaml_is_there(node))
		return;
	for (i = 0; i < bench->instrument_count; i++)
		if (bench->instruments[i].driver == (dongle ? DRIVER_ZIGBEE : DRIVER_MODBUS) && strcmp(bench->instruments[i].name, yaml_scalar(node)) == 0)
			*instrument = i;
	if (*instrument < 0)
		(void)yaml_problem(node, "bench '%s' has no %s '%.40s'", bench->name, dongle ? "ZigBee dongle" : "Modbus instrument", yaml_scalar(node));
}

void sim_fault_read(struct sim_faults *faults, struct yaml_node node, const struct bench *bench)
{
	static const char *const lines[] = {"supply", "mains", "ac-lost", NULL}, *const ways[] = {"hub", "meter", "to-meter", NULL},
			  *const protections[] = {"ovp", "ocp", NULL};
	static const char *const lapses[LAPSE_COUNT + 1] = {"arm", "estop", "door", "lab-feed", "breaker", "supply", "hub", "console", "image", NULL};
	struct sim_fault *fault = &faults->list[faults->count];
	const char *names[SIM_FAULT_KIND_COUNT + 1];
	int64_t times = 1, code = 4;
	struct yaml_map map;
	int kind = 0, line = 0, way = 0, protection = 0, of = 0, i;

	if (faults->count == SIM_FAULTS_MAX) {
		(void)yaml_problem(node, "a world has at most %d faults", SIM_FAULTS_MAX);
		return;
	}
	for (i = 0; i < SIM_FAULT_KIND_COUNT; i++)
		names[i] = kinds[i].name;
	names[i] = NULL;
	*fault = (struct sim_fault){.slot = -1, .with = -1, .instrument = -1, .next_ns = INSTANT_NEVER};
	(void)yaml_map_begin(&map, node, "a fault");
	if (yaml_get_word(&map, "what", YAML_REQUIRED, names, &kind)) {
		fault->kind = (enum sim_fault_kind)kind;
		if (kinds[kind].slot)
			get_slot(&map, "slot", bench, &fault->slot);
		if (kinds[kind].with)
			get_slot(&map, "with", bench, &fault->with);
		if (kinds[kind].instrument)
			get_instrument(&map, bench, kinds[kind].dongle, &fault->instrument);
		if (kinds[kind].line)
			(void)yaml_get_word(&map, "line", YAML_REQUIRED, lines, &line);
		if (kinds[kind].console)
			(void)yaml_get_word(&map, "console", YAML_REQUIRED, ways, &way);
		if (kinds[kind].of)
			(void)yaml_get_word(&map, "of", YAML_REQUIRED, lapses, &of);
		get_duration(&map, "at", kinds[kind].at, &fault->at_ns);
		get_duration(&map, "for", kinds[kind].lasts, &fault->for_ns);
		get_duration(&map, "by", kinds[kind].by, &fault->by_ns);
		if (kinds[kind].protection && yaml_get_word(&map, "by", YAML_REQUIRED, protections, &protection))
			code = protection ? SUPPLY_PROTECTION_OCP : SUPPLY_PROTECTION_OVP;
		(void)yaml_get_number(&map, "times", YAML_OPTIONAL, 1, TIMES_MAX, &times);
		(void)yaml_get_number(&map, "code", YAML_OPTIONAL, 1, 11, &code);
		(void)yaml_get_flag(&map, "back", YAML_OPTIONAL, &fault->back);
	}
	yaml_map_end(&map);
	fault->line = (enum plant_line)line;
	fault->way = (enum sim_way)way;
	fault->of = (enum sim_lapse)of;
	fault->times = (int)times;
	fault->code = (int)code;
	faults->count++;
}

static bool is_for(const struct sim_fault *fault, int of, int detail)
{
	if (kinds[fault->kind].line && (int)fault->line != detail)
		return false;
	if (kinds[fault->kind].console && (int)fault->way != detail)
		return false;
	return (kinds[fault->kind].instrument ? fault->instrument : fault->slot) == of;
}

struct sim_fault *sim_fault_due(struct sim_faults *faults, enum sim_fault_kind from, enum sim_fault_kind to, int of, int detail,
				int64_t t_ns)
{
	int i;

	for (i = 0; i < faults->count; i++) {
		struct sim_fault *fault = &faults->list[i];

		if (fault->kind >= from && fault->kind <= to && fault->at_ns <= t_ns && fault->fired < fault->times &&
		    is_for(fault, of, detail))
			return fault;
	}
	return NULL;
}
