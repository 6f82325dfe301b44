/* Instruments of a bench file: drivers and their settings but for loaders, and the buses that Modbus instruments share. */

#include "rig/base/pattern.h"
#include "rig/bench/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const drivers[] = {"gpio", "modbus", "console", "loader", "zigbee", NULL};

/* ---- GPIO ---- */

static void read_line(struct bench_reader *reader, int instrument, struct yaml_node key, struct yaml_node value)
{
	static const char *const directions[] = {"either", "input", "output", NULL};
	static const char *const actives[] = {"high", "low", NULL};
	static const char *const biases[] = {"as-is", "disabled", "pull-up", "pull-down", NULL};
	static const char *const drives[] = {"push-pull", "open-drain", "open-source", NULL};
	int direction = 0, active = 0, bias = 0, drive = 0;
	struct line_setting *setting;
	struct yaml_map map;

	if (!yaml_map_begin(&map, value, "a line's settings"))
		return;
	setting = READER_ADD(reader->lines, reader->line_count);
	setting->instrument = instrument;
	setting->at = yaml_place(key);
	(void)yaml_text(key, "a line", setting->line.line, sizeof setting->line.line);
	(void)yaml_get_word(&map, "direction", YAML_OPTIONAL, directions, &direction);
	(void)yaml_get_word(&map, "active", YAML_OPTIONAL, actives, &active);
	(void)yaml_get_word(&map, "bias", YAML_OPTIONAL, biases, &bias);
	(void)yaml_get_word(&map, "drive", YAML_OPTIONAL, drives, &drive);
	setting->direction = (enum line_direction)direction;
	setting->line.active_low = active == 1;
	setting->line.bias = (enum line_bias)bias;
	setting->line.drive = (enum line_drive)drive;
	if (drive > 0 && direction == 1)
		(void)yaml_problem(yaml_get(&map, "drive", YAML_OPTIONAL), "'drive' is for outputs; this line is an input");
	yaml_map_end(&map);
}

static void read_gpio(struct bench_reader *reader, struct yaml_map *map, int index)
{
	struct bench_instrument *to = &reader->bench->instruments[index];
	struct yaml_node lines;
	int i;

	(void)yaml_get_text(map, "chip", YAML_REQUIRED, to->chip, sizeof to->chip);
	lines = yaml_get_map(map, "lines", YAML_OPTIONAL);
	if (yaml_count(lines) > BENCH_LINES_MAX) {
		(void)yaml_problem(lines, "%d lines; at most %d are read", yaml_count(lines), BENCH_LINES_MAX);
		return;
	}
	for (i = 0; i < yaml_count(lines); i++)
		read_line(reader, index, yaml_entry_key(lines, i), yaml_entry_value(lines, i));
}

/* ---- Modbus ---- */

static struct profile *profile_known(const struct bench *bench, const char *name)
{
	int i;

	for (i = 0; i < bench->profile_count; i++)
		if (strcmp(bench->profiles[i]->name, name) == 0)
			return bench->profiles[i];
	return NULL;
}

static struct profile *profile_of(struct bench_reader *reader, struct yaml_node node, const char *name)
{
	struct profile *profile = profile_known(reader->bench, name);
	char path[WORKSPACE_PATH_SIZE];
	struct error error;

	if (profile)
		return profile;
	if (!workspace_find(reader->workspace, PROFILE_FOLDER, name, path, &error)) {
		(void)yaml_problem(node, "%s", error.text);
		return NULL;
	}
	profile = reader_grow(NULL, 0, sizeof *profile);
	if (profile_load(profile, path, reader->problems) && strcmp(profile->name, name) == 0) {
		*READER_ADD(reader->bench->profiles, reader->bench->profile_count) = profile;
		return profile;
	}
	(void)yaml_problem(node, profile->channel_count ? "%s calls its profile by another name" : "profile %s cannot be used",
			   profile->channel_count ? path : name);
	profile_done(profile);
	free(profile);
	return NULL;
}

static void read_modbus(struct bench_reader *reader, struct yaml_map *map, int index)
{
	struct bench_instrument *to = &reader->bench->instruments[index];
	struct yaml_node node = yaml_get(map, "profile", YAML_REQUIRED);
	char name[WORD_TEXT_SIZE];
	int64_t unit = 1;

	read_port(map, YAML_REQUIRED, &to->port);
	read_settings(map, &to->settings);
	to->watch_ns = NS_PER_S;
	(void)yaml_get_decimal(map, "watch_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 100 * NS_PER_MS, NS_PER_H, &to->watch_ns);
	if (yaml_get_number(map, "unit", YAML_REQUIRED, 1, 247, &unit))
		to->unit = (int)unit;
	if (yaml_name(node, "'profile'", name, sizeof name))
		to->profile = profile_of(reader, node, name);
}

/* ---- Consoles ---- */

static bool is_alert_code(const char *code)
{
	if (strcmp(code, "AD1") == 0)
		return true;
	return strlen(code) == 4 && strncmp(code, "8F3", 3) == 0 && strchr("56789ABC", code[3]) != NULL;
}

static void add_alert(struct bench_console *console, const char *code, struct yaml_node pattern, const char *key)
{
	struct bench_alert_pattern *alert = &console->alerts[console->alert_count];

	if (console->alert_count == CONSOLE_ALERTS_MAX) {
		(void)yaml_problem(pattern, "at most %d alerts are listened for", CONSOLE_ALERTS_MAX);
		return;
	}
	console->alert_count++;
	(void)snprintf(alert->code, sizeof alert->code, "%s", code);
	read_pattern(pattern, key, alert->pattern, NULL);
}

static void read_alerts(struct yaml_map *map, struct bench_console *console)
{
	struct yaml_node ad1 = yaml_get(map, "ad1", YAML_OPTIONAL), alerts = yaml_get_map(map, "alerts", YAML_OPTIONAL);
	int i;

	if (yaml_is_there(ad1))
		add_alert(console, "AD1", ad1, "ad1");
	for (i = 0; i < yaml_count(alerts); i++) {
		struct yaml_node key = yaml_entry_key(alerts, i);
		const char *code = yaml_scalar(key);

		if (!is_alert_code(code))
			(void)yaml_problem(key, "'%.20s' is no alert that is judged; known are AD1 and 8F35 to 8F3C", code);
		else if (yaml_is_there(ad1) && strcmp(code, "AD1") == 0)
			(void)yaml_problem(key, "AD1 has its pattern in 'ad1' already; remove one");
		else
			add_alert(console, code, yaml_entry_value(alerts, i), code);
	}
}

static void read_hub_patterns(struct yaml_map *map, struct bench_console *console)
{
	static const char *const events[HUB_EVENT_COUNT] = {"ready", "restart", "upgrade", "unseated", "seated"};
	struct yaml_node node = yaml_get_map(map, "hub", YAML_OPTIONAL);
	struct yaml_map hub;
	int i;

	if (!yaml_is_there(node) || !yaml_map_begin(&hub, node, "'hub'"))
		return;
	for (i = 0; i < HUB_EVENT_COUNT; i++)
		read_pattern(yaml_get(&hub, events[i], YAML_OPTIONAL), events[i], console->hub[i], NULL);
	yaml_map_end(&hub);
}

static void read_console(struct yaml_map *map, struct bench_instrument *to)
{
	struct bench_console *console = reader_grow(NULL, 0, sizeof *console);

	to->console = console;
	read_port(map, YAML_REQUIRED, &to->port);
	read_settings(map, &to->settings);
	read_alerts(map, console);
	read_hub_patterns(map, console);
	(void)yaml_get_decimal(map, "heartbeat_s", YAML_OPTIONAL, NS_PER_S, "s", NS_PER_S, 24 * NS_PER_H, &console->heartbeat_ns);
	(void)snprintf(console->point, sizeof console->point, "hub");
	(void)yaml_get_name(map, "point", YAML_OPTIONAL, console->point, sizeof console->point);
}

static void read_zigbee(struct yaml_map *map, struct bench_instrument *to)
{
	static const char *const stacks[] = {"znp", "ezsp", NULL};
	int64_t profile = 0x0109, channel = 0, block = 50, at_once = 8, activate_in_s = 0;
	int stack = 0;

	read_port(map, YAML_REQUIRED, &to->port);
	to->settings = (struct port_settings){.baud = 115200, .data_bits = 8, .stop_bits = 1};
	if (yaml_is_there(yaml_get(map, "baud", YAML_OPTIONAL)))
		read_settings(map, &to->settings);
	(void)yaml_get_word(map, "stack", YAML_REQUIRED, stacks, &stack);
	(void)yaml_get_number(map, "zigbee_profile", YAML_OPTIONAL, 0, 0xFFFF, &profile);
	to->stack = (enum zigbee_stack)stack;
	to->zigbee_profile = (int)profile;
	(void)yaml_get_number(map, "channel", YAML_OPTIONAL, 11, 26, &channel);
	(void)yaml_get_number(map, "block", YAML_OPTIONAL, 40, 63, &block);
	(void)yaml_get_number(map, "at_once", YAML_OPTIONAL, 1, 64, &at_once);
	(void)yaml_get_number(map, "activate_in_s", YAML_OPTIONAL, 0, 3600, &activate_in_s);
	(void)yaml_get_flag(map, "aps_encryption", YAML_OPTIONAL, &to->aps_encryption);
	(void)yaml_get_flag(map, "reset_by_lines", YAML_OPTIONAL, &to->reset_by_lines);
	to->zigbee_channel = (int)channel;
	to->ota_block = (int)block;
	to->ota_at_once = (int)at_once;
	to->ota_activate_in_s = (int)activate_in_s;
}

/* ---- All of them ---- */

static int add_instrument(struct bench_reader *reader, const char *name, enum bench_driver driver, int slot, struct place at)
{
	struct bench *bench = reader->bench;
	struct bench_instrument *to = READER_ADD(bench->instruments, bench->instrument_count);

	(void)snprintf(to->name, sizeof to->name, "%s", name);
	to->driver = driver;
	to->slot = slot;
	to->bus = -1;
	to->port.usb_port = -1;
	to->at = at;
	return bench->instrument_count - 1;
}

static void read_driver(struct bench_reader *reader, struct yaml_map *map, int index)
{
	struct bench_instrument *to = &reader->bench->instruments[index];

	switch (to->driver) {
	case DRIVER_GPIO:
		read_gpio(reader, map, index);
		break;
	case DRIVER_MODBUS:
		read_modbus(reader, map, index);
		break;
	case DRIVER_CONSOLE:
		read_console(map, to);
		break;
	case DRIVER_LOADER:
		read_loader(map, to);
		break;
	case DRIVER_ZIGBEE:
		read_zigbee(map, to);
		break;
	}
}

static void read_instrument(struct bench_reader *reader, struct yaml_node key, struct yaml_node value)
{
	char name[CHANNEL_WORD_SIZE];
	struct yaml_map map;
	int driver;

	if (!yaml_name(key, "an instrument's name", name, sizeof name) || !yaml_map_begin(&map, value, "an instrument"))
		return;
	/* Without its driver nothing is known about the other keys. */
	if (!yaml_get_word(&map, "driver", YAML_REQUIRED, drivers, &driver))
		return;
	read_driver(reader, &map, add_instrument(reader, name, (enum bench_driver)driver, -1, yaml_place(key)));
	yaml_map_end(&map);
}

void read_instruments(struct bench_reader *reader, struct yaml_map *bench)
{
	struct yaml_node node = yaml_get_map(bench, "instruments", YAML_REQUIRED);
	int i, count = yaml_count(node);

	if (count > BENCH_INSTRUMENTS_MAX - 2 * BENCH_SLOTS_MAX) {
		(void)yaml_problem(node, "%d instruments; at most %d are read", count, BENCH_INSTRUMENTS_MAX - 2 * BENCH_SLOTS_MAX);
		return;
	}
	for (i = 0; i < count; i++)
		read_instrument(reader, yaml_entry_key(node, i), yaml_entry_value(node, i));
}

int read_own_instrument(struct bench_reader *reader, struct yaml_map *map, const char *name, enum bench_driver driver, int slot)
{
	struct yaml_node node = yaml_get(map, "driver", YAML_REQUIRED);
	int given, index;

	if (!yaml_word(node, "'driver'", drivers, &given))
		return -1;
	if (given != (int)driver) {
		(void)yaml_problem(node, "'driver' is %s; it must be %s here", drivers[given], drivers[driver]);
		return -1;
	}
	index = add_instrument(reader, name, driver, slot, map->place);
	read_driver(reader, map, index);
	return index;
}

/* ---- Buses ---- */

static bool same_port(const struct port_address *a, const struct port_address *b)
{
	return strcmp(a->path, b->path) == 0 && strcmp(a->usb, b->usb) == 0 && strcmp(a->usb_serial, b->usb_serial) == 0 &&
	       strcmp(a->usb_path, b->usb_path) == 0 && a->usb_port == b->usb_port;
}

static bool same_settings(const struct port_settings *a, const struct port_settings *b)
{
	return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity && a->stop_bits == b->stop_bits &&
	       a->flow == b->flow && a->dtr == b->dtr && a->rts == b->rts;
}

static bool has_port(const struct bench_instrument *instrument)
{
	const struct port_address *port = &instrument->port;

	return port->path[0] || port->usb[0] || port->usb_serial[0] || port->usb_path[0];
}

static int bus_of(struct bench *bench, const struct bench_instrument *instrument)
{
	struct bench_bus *bus;
	int i;

	for (i = 0; i < bench->bus_count; i++)
		if (same_port(&bench->buses[i].port, &instrument->port))
			return i;
	bus = READER_ADD(bench->buses, bench->bus_count);
	bus->port = instrument->port;
	bus->settings = instrument->settings;
	return bench->bus_count - 1;
}

/* What two instruments on one port must not be. */
static void compare_ports(struct bench_reader *reader, const struct bench_instrument *first, const struct bench_instrument *second)
{
	if (!has_port(first) || !has_port(second) || !same_port(&first->port, &second->port))
		return;
	if (first->driver != DRIVER_MODBUS || second->driver != DRIVER_MODBUS)
		(void)yaml_problem_at(reader->yaml, second->at, "%s is on the port of %s (line %d); only Modbus instruments share a port",
				      second->name, first->name, first->at.line);
	else if (!same_settings(&first->settings, &second->settings))
		(void)yaml_problem_at(reader->yaml, second->at, "%s shares a port with %s (line %d) and must have the same baud and settings",
				      second->name, first->name, first->at.line);
	else if (first->unit == second->unit)
		(void)yaml_problem_at(reader->yaml, second->at, "%s and %s (line %d) are both unit %d of one port; give each its own",
				      second->name, first->name, first->at.line, second->unit);
}

void read_buses(struct bench_reader *reader)
{
	struct bench *bench = reader->bench;
	int i, k;

	for (i = 0; i < bench->instrument_count; i++) {
		for (k = 0; k < i; k++)
			compare_ports(reader, &bench->instruments[k], &bench->instruments[i]);
		if (bench->instruments[i].driver == DRIVER_MODBUS && has_port(&bench->instruments[i]))
			bench->instruments[i].bus = bus_of(bench, &bench->instruments[i]);
	}
}
