/* The command line: parts in the order in which they are named, and settings of the part named last. */

#include "drivers/sim/plant/usual.h"
#include "drivers/sim/wire/wire.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
"usage: plant OPTION ...\n"
"Plays relay boards, supplies, meters and hubs over serial ports and gpio-sim lines; writes the truth about them.\n"
"Prints \"port NAME PATH\" for each pty that it makes, then \"ready\"; ends on SIGTERM.\n"
"PATH is a tty, or pty; TTY is PATH or PATH@BAUD, which paces it. TIME is 180s, or 170s..190s: drawn.\n"
"\n"
"  --seed N                 of everything that is drawn (1)\n"
"  --truth FILE             JSON lines\n"
"  --commands FIFO          further commands, one a line\n"
"  --at TIME COMMAND        a command so long after \"ready\":\n"
"                             lab-feed|arm|estop|door on|off, weld BUS:UNIT.RELAY on|off, reset BUS:UNIT,\n"
"                             late BUS TIME (the next answer), silent BUS N, garble BUS N (the next N answers)\n"
"  --no-chain               arm, e-stop and door do not act on the mains by themselves\n"
"  --line NAME=PULL         lab-feed, arm, estop, door: the line's pull file in sysfs\n"
"\n"
"  --bus NAME=TTY           a Modbus RTU bus\n"
"    --answer TIME          from request to answer (2ms)\n"
"  --board BUS:UNIT         a relay board as Waveshare's on it\n"
"    --close TIME --open TIME  of its contacts (7ms, 5ms)\n"
"    --bounce TIME,TIME,...    an even number of intervals between changes after the first touch\n"
"  --psu BUS:UNIT           a supply as RuiDeng's RD6006 on it\n"
"    --model N              what it says it is (60062)\n"
"    --rise MV_S --fall MV_S   slopes of its output, mV/s (0: at once)\n"
"\n"
"  --slot NAME              a slot; without --mains a hub alone\n"
"    --mains BUS:UNIT.RELAY    the relay of its meter's mains; \"always\": no relay\n"
"    --feed BUS:UNIT.RELAY     the relay near a hub alone\n"
"    --supply BUS:UNIT         its supply; without one it is fed by 12 V that are always there\n"
"    --thresholds DOWN,UP      of the comparator, mV (9500,10500)\n"
"    --rail-rise MV_S --rail-fall MV_S\n"
"    --load MA                 of the hub (300)\n"
"    --line NAME=PULL          supply, mains, ac-lost\n"
"    --hub-console TTY --hub-guid GUID\n"
"    --threshold TIME          of the hub's outage timer (180s); --at-least: exactly that long is enough; --adds TIME: dips\n"
"                              add up until the supply has stayed so long\n"
"    --store TIME --recharge TIME --charged   the hub lives so long without supply (300s), fills in (60s), begins full\n"
"    --latency TIME            of AD1; a range is drawn anew for each (1s..5s)\n"
"    --lose-ad1 --duplicate TIME\n"
"    --hub-boot TIME --hub-wake TIME          until ready, after death (20s) and after an outage it lived through (2s)\n"
"    --meter-console TTY --version HEX8 --digest HEX64 (of the image that is right; any)\n"
"    --loader PROTOCOL         of that console: xmodem, ymodem, smp (xmodem)\n"
"    --boot TIME --hold-up TIME --verify TIME --restart TIME   of the meter (30s, 20ms, 2s, 30s)\n"
"    --dropout [OFFSET+]TIME   a dip of the hub's supply after the activation (OFFSET 1s), or \"never\" back; may be repeated\n"
"    --refuse --rolls-back     of the activation\n"
"\n"
"  --dongle TTY             a ZigBee dongle with Z-Stack, as \"port dongle\"; further commands: dongle hang|hang-hard|reset,\n"
"                           dongle full TIME (its buffers), dongle device IEEE on|off|move\n"
"    --dongle-set WORDS        KEY=VALUE,...: ieee, z-stack (1.2, 3.x.0), boot-loader, answer, confirm, form (times),\n"
"                              lose-confirm, lose-incoming (ppm), late-confirm (a time; every tenth)\n"
"    --device WORDS            one more on its air: kind (meter, socket), ieee, manufacturer, type, hardware, version, block, page,\n"
"                              spacing, turnaround, query, query-every, verify, boot, odd, latency, loss-to, loss-from (ppm),\n"
"                              hops, sleepy (a time), joined, or join (a time after it is permitted and runs), or slot: it is that\n"
"                              slot's meter, whose times and version hold instead of verify, boot and version\n";

enum {
	O_HELP = 256, O_SEED, O_TRUTH, O_COMMANDS, O_AT, O_NO_CHAIN, O_LINE, O_BUS, O_ANSWER, O_BOARD, O_CLOSE, O_OPEN, O_BOUNCE, O_PSU,
	O_MODEL, O_RISE, O_FALL, O_SLOT, O_MAINS, O_FEED, O_SUPPLY, O_THRESHOLDS, O_RAIL_RISE, O_RAIL_FALL, O_LOAD, O_HUB_CONSOLE,
	O_HUB_GUID, O_THRESHOLD, O_AT_LEAST, O_ADDS, O_STORE, O_RECHARGE, O_CHARGED, O_LATENCY, O_LOSE_AD1, O_DUPLICATE, O_HUB_BOOT,
	O_HUB_WAKE, O_METER_CONSOLE, O_VERSION, O_DIGEST, O_BOOT, O_HOLD_UP, O_VERIFY, O_RESTART, O_DROPOUT, O_REFUSE, O_ROLLS_BACK,
	O_LOADER, O_DONGLE, O_DONGLE_SET, O_DEVICE
};

static const struct option options[] = {
	{"help", no_argument, NULL, O_HELP}, {"seed", required_argument, NULL, O_SEED}, {"truth", required_argument, NULL, O_TRUTH},
	{"commands", required_argument, NULL, O_COMMANDS}, {"at", required_argument, NULL, O_AT},
	{"no-chain", no_argument, NULL, O_NO_CHAIN}, {"line", required_argument, NULL, O_LINE}, {"bus", required_argument, NULL, O_BUS},
	{"answer", required_argument, NULL, O_ANSWER}, {"board", required_argument, NULL, O_BOARD},
	{"close", required_argument, NULL, O_CLOSE}, {"open", required_argument, NULL, O_OPEN},
	{"bounce", required_argument, NULL, O_BOUNCE}, {"psu", required_argument, NULL, O_PSU},
	{"model", required_argument, NULL, O_MODEL}, {"rise", required_argument, NULL, O_RISE}, {"fall", required_argument, NULL, O_FALL},
	{"slot", required_argument, NULL, O_SLOT}, {"mains", required_argument, NULL, O_MAINS}, {"feed", required_argument, NULL, O_FEED},
	{"supply", required_argument, NULL, O_SUPPLY}, {"thresholds", required_argument, NULL, O_THRESHOLDS},
	{"rail-rise", required_argument, NULL, O_RAIL_RISE}, {"rail-fall", required_argument, NULL, O_RAIL_FALL},
	{"load", required_argument, NULL, O_LOAD}, {"hub-console", required_argument, NULL, O_HUB_CONSOLE},
	{"hub-guid", required_argument, NULL, O_HUB_GUID}, {"threshold", required_argument, NULL, O_THRESHOLD},
	{"at-least", no_argument, NULL, O_AT_LEAST}, {"adds", required_argument, NULL, O_ADDS}, {"store", required_argument, NULL, O_STORE},
	{"recharge", required_argument, NULL, O_RECHARGE}, {"charged", no_argument, NULL, O_CHARGED},
	{"latency", required_argument, NULL, O_LATENCY}, {"lose-ad1", no_argument, NULL, O_LOSE_AD1},
	{"duplicate", required_argument, NULL, O_DUPLICATE}, {"hub-boot", required_argument, NULL, O_HUB_BOOT},
	{"hub-wake", required_argument, NULL, O_HUB_WAKE}, {"meter-console", required_argument, NULL, O_METER_CONSOLE},
	{"version", required_argument, NULL, O_VERSION}, {"digest", required_argument, NULL, O_DIGEST},
	{"boot", required_argument, NULL, O_BOOT}, {"hold-up", required_argument, NULL, O_HOLD_UP},
	{"verify", required_argument, NULL, O_VERIFY}, {"restart", required_argument, NULL, O_RESTART},
	{"dropout", required_argument, NULL, O_DROPOUT}, {"refuse", no_argument, NULL, O_REFUSE},
	{"rolls-back", no_argument, NULL, O_ROLLS_BACK}, {"loader", required_argument, NULL, O_LOADER}, {"dongle", required_argument, NULL, O_DONGLE},
	{"dongle-set", required_argument, NULL, O_DONGLE_SET}, {"device", required_argument, NULL, O_DEVICE}, {NULL, 0, NULL, 0},
};

/* ---- Words ---- */

static bool read_amount(const char *text, int64_t most, int64_t *amount, struct error *error)
{
	return number_read(text, 0, most, amount, error) || error_prefix(error, "the number is");
}

/* "NAME=REST" */
static bool split_name(const char *text, char *name, size_t size, const char **rest, struct error *error)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || (size_t)(equals - text) >= size || !equals[1])
		return error_set(error, FAULT_USAGE, "'%s' is not NAME=PATH", text);
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	*rest = equals + 1;
	return true;
}

static bool keep_text(char *to, size_t size, const char *text, struct error *error)
{
	return text_copy(to, size, text) || error_set(error, FAULT_USAGE, "'%s' is too long", text);
}

/* ---- Buses and what is on them ---- */

static bool add_bus(struct wire *wire, const char *text, struct error *error)
{
	struct wire_bus *bus = &wire->buses[wire->bus_count];
	const char *path;

	if (wire->bus_count == WIRE_BUSES_MAX)
		return error_set(error, FAULT_USAGE, "more than %d buses", WIRE_BUSES_MAX);
	if (!split_name(text, bus->name, sizeof bus->name, &path, error) || !wire_port_open(&bus->port, path, error))
		return false;
	wire->bus_count++;
	bus->answer_ns = 2 * NS_PER_MS;
	if (bus->port.peer[0])
		printf("port %s %s\n", bus->name, bus->port.peer);
	return true;
}

/* Takes "BUS:UNIT" apart and puts a unit on that bus. */
static bool add_unit(struct wire *wire, const char *text, bool board, int index, struct error *error)
{
	const char *colon = strchr(text, ':');
	int64_t address = 0;
	struct face_unit *unit;
	struct wire_bus *bus = NULL;
	int i;

	for (i = 0; colon && i < wire->bus_count; i++)
		if (strlen(wire->buses[i].name) == (size_t)(colon - text) &&
		    strncmp(wire->buses[i].name, text, (size_t)(colon - text)) == 0)
			bus = &wire->buses[i];
	if (!bus || bus->unit_count == WIRE_UNITS_MAX || !number_read(colon + 1, 1, 247, &address, NULL))
		return error_set(error, FAULT_USAGE, "'%s' is no unit of a bus that was named before, such as relays:1", text);
	unit = &bus->units[bus->unit_count++];
	*unit = (struct face_unit){(int)address, board ? board_carry_out : riden_carry_out, &wire->units, index};
	return true;
}

static bool add_board(struct wire *wire, const char *text, struct error *error)
{
	int index = wire->settings.board_count;

	if (index == PLANT_BOARDS_MAX)
		return error_set(error, FAULT_USAGE, "more than %d boards", PLANT_BOARDS_MAX);
	if (!keep_text(wire->board_names[index], WIRE_NAME_SIZE, text, error) || !add_unit(wire, text, true, index, error))
		return false;
	wire->settings.boards[index] = relay_usual();
	wire->settings.board_count++;
	return true;
}

static bool add_supply(struct wire *wire, const char *text, struct error *error)
{
	int index = wire->settings.supply_count;

	if (index == PLANT_SUPPLIES_MAX)
		return error_set(error, FAULT_USAGE, "more than %d supplies", PLANT_SUPPLIES_MAX);
	if (!keep_text(wire->supply_names[index], WIRE_NAME_SIZE, text, error) || !add_unit(wire, text, false, index, error))
		return false;
	wire->settings.supplies[index] = supply_usual();
	wire->units.model[index] = 60062;
	wire->settings.supply_count++;
	return true;
}

static bool read_bounce(struct wire *wire, struct relay_settings *relay, const char *text, struct error *error)
{
	char bytes[256], *rest = bytes, *word;

	if (!keep_text(bytes, sizeof bytes, text, error))
		return false;
	relay->bounce_count = 0;
	while ((word = strsep(&rest, ",")) != NULL) {
		if (relay->bounce_count == RELAY_BOUNCES_MAX)
			return error_set(error, FAULT_USAGE, "more than %d bounces", RELAY_BOUNCES_MAX);
		if (!wire_duration(wire, word, &relay->bounce_ns[relay->bounce_count++], error))
			return false;
	}
	return relay->bounce_count % 2 == 0 || error_set(error, FAULT_USAGE, "an odd number of bounces");
}

/* ---- Slots ---- */

static bool add_slot(struct wire *wire, const char *name, struct error *error)
{
	struct plant_slot_settings *slot = &wire->settings.slots[wire->settings.slot_count];
	int i;

	if (wire->settings.slot_count == PLANT_SLOTS_MAX)
		return error_set(error, FAULT_USAGE, "more than %d slots", PLANT_SLOTS_MAX);
	*slot = plant_slot_usual();
	for (i = 0; i < PLANT_LINE_COUNT; i++)
		wire->slots[wire->settings.slot_count].lines[i] = -1;
	wire->settings.slot_count++;
	return keep_text(slot->name, sizeof slot->name, name, error);
}

static bool read_thresholds(struct plant_slot_settings *slot, const char *text, struct error *error)
{
	const char *comma = strchr(text, ',');
	char down[16];

	if (!comma || (size_t)(comma - text) >= sizeof down)
		return error_set(error, FAULT_USAGE, "'%s' is not DOWN,UP", text);
	memcpy(down, text, (size_t)(comma - text));
	down[comma - text] = '\0';
	if (!read_amount(down, 60000, &slot->v_down_mv, error) || !read_amount(comma + 1, 60000, &slot->v_up_mv, error))
		return false;
	return slot->v_down_mv < slot->v_up_mv || error_set(error, FAULT_USAGE, "DOWN is not below UP");
}

static bool add_dropout(struct wire *wire, struct meter_settings *meter, const char *text, struct error *error)
{
	struct meter_dip *dip = &meter->dips[meter->dip_count];
	const char *plus = strchr(text, '+'), *length = plus ? plus + 1 : text;
	char offset[64];

	if (meter->dip_count == METER_DIPS_MAX)
		return error_set(error, FAULT_USAGE, "more than %d dropouts", METER_DIPS_MAX);
	dip->offset_ns = NS_PER_S;
	dip->length_ns = METER_FOREVER;
	if (plus) {
		if ((size_t)(plus - text) >= sizeof offset)
			return error_set(error, FAULT_USAGE, "'%s' is no dropout", text);
		memcpy(offset, text, (size_t)(plus - text));
		offset[plus - text] = '\0';
		if (!wire_duration(wire, offset, &dip->offset_ns, error))
			return false;
	}
	if (strcmp(length, "never") != 0 && !wire_duration(wire, length, &dip->length_ns, error))
		return false;
	if (meter->dip_count > 0 && dip->offset_ns <= duration_add(dip[-1].offset_ns, dip[-1].length_ns))
		return error_set(error, FAULT_USAGE, "it does not begin after the one before");
	meter->dip_count++;
	return true;
}

/* One that takes XMODEM takes blocks of both sizes. */
static bool read_loader(struct meter_console *console, const char *text, struct error *error)
{
	static const struct {
		const char *name;
		enum loader_protocol protocol;
	} protocols[] = {{"xmodem", LOADER_XMODEM_1K}, {"ymodem", LOADER_YMODEM}, {"smp", LOADER_SMP}};
	size_t i;

	for (i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (strcmp(text, protocols[i].name) == 0) {
			console->protocol = protocols[i].protocol;
			return true;
		}
	return error_set(error, FAULT_USAGE, "'%s' is neither xmodem nor ymodem nor smp", text);
}

static bool open_line(struct wire *wire, const char *text, struct error *error)
{
	char name[WIRE_NAME_SIZE];
	const char *path;
	int line, *to;

	if (!split_name(text, name, sizeof name, &path, error))
		return false;
	for (line = 0; line < PLANT_LINE_COUNT; line++)
		if (strcmp(name, plant_line_name((enum plant_line)line)) == 0)
			break;
	if (line == PLANT_LINE_COUNT || (line < LINE_LAB_FEED && wire->settings.slot_count == 0))
		return error_set(error, FAULT_USAGE, "there is no line '%s' here", name);
	to = line < LINE_LAB_FEED ? &wire->slots[wire->settings.slot_count - 1].lines[line] : &wire->lines[line];
	*to = open(path, O_WRONLY | O_CLOEXEC);
	return *to >= 0 || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
}

/* ---- Options ---- */

static bool slot_option(struct wire *wire, int option, const char *text, struct error *error)
{
	struct plant_slot_settings *slot;
	struct wire_slot *faces;

	if (wire->settings.slot_count == 0)
		return error_set(error, FAULT_USAGE, "--slot comes first");
	slot = &wire->settings.slots[wire->settings.slot_count - 1];
	faces = &wire->slots[wire->settings.slot_count - 1];
	switch (option) {
	case O_MAINS:
		slot->has_meter = true;
		return wire_contact(wire, text, &slot->mains, error);
	case O_FEED:
		return wire_contact(wire, text, &slot->feed, error);
	case O_SUPPLY:
		slot->supply = wire_supply(wire, text);
		return slot->supply != PLANT_NONE || error_set(error, FAULT_USAGE, "there is no supply '%s'", text);
	case O_THRESHOLDS:
		return read_thresholds(slot, text, error);
	case O_RAIL_RISE:
		return read_amount(text, 100000000, &slot->rise_mv_s, error);
	case O_RAIL_FALL:
		return read_amount(text, 100000000, &slot->fall_mv_s, error);
	case O_LOAD:
		return read_amount(text, 6000, &slot->load_ma, error);
	case O_HUB_CONSOLE:
		faces->has_hub_console = true;
		return keep_text(faces->hub_console_path, sizeof faces->hub_console_path, text, error);
	case O_HUB_GUID:
		return keep_text(slot->hub_guid, sizeof slot->hub_guid, text, error);
	case O_THRESHOLD:
		return wire_duration(wire, text, &slot->hub.threshold_ns, error);
	case O_AT_LEAST:
		return slot->hub.at_least = true;
	case O_ADDS:
		slot->hub.adds = true;
		return wire_duration(wire, text, &slot->hub.forget_ns, error);
	case O_STORE:
		return wire_duration(wire, text, &slot->hub.store_ns, error);
	case O_RECHARGE:
		return wire_duration(wire, text, &slot->hub.recharge_ns, error);
	case O_CHARGED:
		return slot->hub.begins_charged = true;
	case O_LATENCY:
		return wire_range(text, &slot->hub.latency_ns, error);
	case O_LOSE_AD1:
		slot->hub.loses = HUB_LOSES_ALL;
		return true;
	case O_DUPLICATE:
		slot->hub.duplicates++;
		return wire_duration(wire, text, &slot->hub.duplicate_ns, error);
	case O_HUB_BOOT:
		return wire_duration(wire, text, &slot->hub.boot_ns, error);
	case O_HUB_WAKE:
		return wire_duration(wire, text, &slot->hub.wake_ns, error);
	case O_METER_CONSOLE:
		faces->has_meter_console = true;
		return keep_text(faces->meter_console_path, sizeof faces->meter_console_path, text, error);
	case O_VERSION:
		return keep_text(slot->meter.version, sizeof slot->meter.version, text, error);
	case O_DIGEST:
		return keep_text(faces->meter_console.digest, sizeof faces->meter_console.digest, text, error);
	case O_LOADER:
		return read_loader(&faces->meter_console, text, error);
	case O_BOOT:
		return wire_duration(wire, text, &slot->meter.boot_ns, error);
	case O_HOLD_UP:
		return wire_duration(wire, text, &slot->meter.hold_up_ns, error);
	case O_VERIFY:
		return wire_duration(wire, text, &slot->meter.verify_ns, error);
	case O_RESTART:
		return wire_duration(wire, text, &slot->meter.restart_ns, error);
	case O_DROPOUT:
		return add_dropout(wire, &slot->meter, text, error);
	case O_REFUSE:
		return slot->meter.refuses = true;
	default:
		return slot->meter.rolls_back = true;
	}
}

static bool part_option(struct wire *wire, int option, const char *text, struct error *error)
{
	struct relay_settings *board;
	struct supply_settings *supply;
	bool of_board = option == O_CLOSE || option == O_OPEN || option == O_BOUNCE;
	int64_t amount = 0;

	if (option == O_ANSWER)
		return (wire->bus_count > 0 && wire_duration(wire, text, &wire->buses[wire->bus_count - 1].answer_ns, error)) ||
		       error_set(error, FAULT_USAGE, "--bus comes first, and then a time");
	if (of_board ? wire->settings.board_count == 0 : wire->settings.supply_count == 0)
		return error_set(error, FAULT_USAGE, "%s comes first", of_board ? "--board" : "--psu");
	board = of_board ? &wire->settings.boards[wire->settings.board_count - 1] : NULL;
	supply = of_board ? NULL : &wire->settings.supplies[wire->settings.supply_count - 1];
	switch (option) {
	case O_CLOSE:
		return wire_duration(wire, text, &board->close_ns, error);
	case O_OPEN:
		return wire_duration(wire, text, &board->open_ns, error);
	case O_BOUNCE:
		return read_bounce(wire, board, text, error);
	case O_RISE:
		return read_amount(text, 100000000, &supply->rise_mv_s, error);
	case O_FALL:
		return read_amount(text, 100000000, &supply->fall_mv_s, error);
	default:
		if (!read_amount(text, 65535, &amount, error))
			return false;
		wire->units.model[wire->settings.supply_count - 1] = (int)amount;
		return true;
	}
}

static bool add_later(struct wire *wire, const char *time, const char *command, struct error *error)
{
	struct wire_later *later = &wire->later[wire->later_count];

	if (wire->later_count == WIRE_LATER_MAX)
		return error_set(error, FAULT_USAGE, "more than %d commands", WIRE_LATER_MAX);
	if (!command)
		return error_set(error, FAULT_USAGE, "a command is missing");
	wire->later_count++;
	return wire_duration(wire, time, &later->t_ns, error) && keep_text(later->command, sizeof later->command, command, error);
}

static bool read_option(struct wire *wire, int option, const char *text, struct error *error)
{
	int64_t seed = 0;

	switch (option) {
	case O_HELP:
		fputs(usage, stdout);
		exit(0);
	case O_SEED:
		if (!read_amount(text, INT64_MAX, &seed, error))
			return false;
		wire->settings.seed = (uint64_t)seed;
		draw_init(&wire->draw, wire->settings.seed ^ UINT64_C(0x706C616E74)); /* not those of the plant */
		return true;
	case O_TRUTH:
		return truth_open(&wire->truth, text, error);
	case O_COMMANDS:
		return keep_text(wire->commands_path, sizeof wire->commands_path, text, error);
	case O_NO_CHAIN:
		wire->settings.hardware_chain = false;
		return true;
	case O_LINE:
		return open_line(wire, text, error);
	case O_BUS:
		return add_bus(wire, text, error);
	case O_BOARD:
		return add_board(wire, text, error);
	case O_PSU:
		return add_supply(wire, text, error);
	case O_SLOT:
		return add_slot(wire, text, error);
	case O_DONGLE:
		return wire_dongle_open(&wire->dongle, text, error);
	case O_DONGLE_SET:
		return wire_dongle_set(&wire->dongle, text, error);
	case O_DEVICE:
		return wire_dongle_add(&wire->dongle, text, error);
	case O_ANSWER:
	case O_CLOSE:
	case O_OPEN:
	case O_BOUNCE:
	case O_MODEL:
	case O_RISE:
	case O_FALL:
		return part_option(wire, option, text, error);
	default:
		return slot_option(wire, option, text, error);
	}
}

static void say_on_port(void *self, int slot, const void *bytes, size_t size)
{
	struct wire *wire = self;

	wire_port_write(&wire->slots[slot].meter_port, bytes, size);
}

static bool open_meter_console(struct wire *wire, int index, struct error *error)
{
	struct wire_slot *slot = &wire->slots[index];

	slot->meter_console.plant = &wire->plant;
	slot->meter_console.slot = index;
	slot->meter_console.say = say_on_port;
	slot->meter_console.self = wire;
	if (!meter_console_init(&slot->meter_console, error) || !wire_port_open(&slot->meter_port, slot->meter_console_path, error))
		return false;
	if (slot->meter_port.peer[0])
		printf("port %s.upgrade %s\n", wire->settings.slots[index].name, slot->meter_port.peer);
	return true;
}

static bool open_consoles(struct wire *wire, struct error *error)
{
	int i;

	for (i = 0; i < wire->settings.slot_count; i++) {
		struct wire_slot *slot = &wire->slots[i];
		const char *name = wire->settings.slots[i].name;

		if (slot->has_hub_console && !wire_port_open(&slot->hub_console, slot->hub_console_path, error))
			return false;
		if (slot->has_hub_console && slot->hub_console.peer[0])
			printf("port %s.console %s\n", name, slot->hub_console.peer);
		if (slot->has_meter_console && !open_meter_console(wire, i, error))
			return false;
	}
	return true;
}

bool wire_options(struct wire *wire, int argc, char **argv, struct error *error)
{
	int option, index, i;

	wire->settings.seed = 1;
	wire->settings.hardware_chain = true;
	draw_init(&wire->draw, 1);
	for (i = 0; i < PLANT_LINE_COUNT; i++)
		wire->lines[i] = -1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", options, &index)) != -1) {
		if (option == '?' || option == ':')
			return error_set(error, FAULT_USAGE, "%s: there is no such option, or its value is missing (--help)", argv[optind - 1]);
		if (option == O_AT) {
			if (!add_later(wire, optarg, optind < argc ? argv[optind] : NULL, error))
				return error_prefix(error, "--at %s", optarg);
			optind++;
			continue;
		}
		if (!read_option(wire, option, optarg, error))
			return error_prefix(error, "--%s", options[index].name);
	}
	if (optind < argc)
		return error_set(error, FAULT_USAGE, "'%s' is no option (--help)", argv[optind]);
	for (i = 0; i < wire->later_count; i++)
		if (!wire_command_check(wire, wire->later[i].command, error))
			return error_prefix(error, "--at");
	return wire_dongle_find_meters(&wire->dongle, &wire->settings, error) && open_consoles(wire, error);
}
