/* The bus of a bench as the runtime sees it: outputs set and read back, watched for silent resets, found again when lost. */

#include "drivers/modbus/modbus_instrument.h"

#include "drivers/modbus/modbus_port.h"
#include "drivers/modbus/modbus_unit.h"
#include "drivers/serial/port.h"
#include "rig/base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OFF_GROUP_TRIES 5

/* One port with the instruments on it. */
struct modbus_bus {
	const struct bench *bench;
	const struct instrument_listener *listener;
	struct holding *holding;
	int index;                     /* of bench.buses */
	struct modbus_port *port;
	struct port tty;               /* while this process owns it; else it is the holding's */
	struct port_search search;
	bool searching;
	char raw_name[WORD_TEXT_SIZE];
	int users;                     /* instruments that are not closed yet */
	struct modbus_bus *next;
};

struct modbus_instrument {
	struct instrument base;
	struct modbus_bus *bus;
	struct modbus_unit unit;
	bool first;                    /* answers for the bus */
};

/* Buses of this process; instruments find theirs by its number. */
static struct modbus_bus *buses;

static struct modbus_instrument *of(struct instrument *instrument)
{
	return (struct modbus_instrument *)instrument;
}

bool modbus_instrument_acquire(const struct bench *bench, int instrument, const bool *taking_part, struct holding *holding,
			       struct error *error)
{
	int bus = bench->instruments[instrument].bus;
	struct port port;

	(void)taking_part;
	if (bus >= HOLDING_BUSES_MAX)
		return error_set(error, FAULT_CONFIGURATION, "more than %d buses", HOLDING_BUSES_MAX);
	if (holding->buses[bus].fd >= 0)
		return true;
	if (!port_open(&port, &bench->buses[bus].port, &bench->buses[bus].settings, error))
		return error_prefix(error, "%s", bench->instruments[instrument].name);
	holding->buses[bus].fd = port.fd;
	text_copy(holding->buses[bus].name, sizeof holding->buses[bus].name, port.name);
	if (holding->bus_count <= bus)
		holding->bus_count = bus + 1;
	return true;
}

/* The bus */

static void record_frame(void *self, const struct modbus_frame *frame)
{
	static const char directions[] = {[MODBUS_FRAME_SENT] = '>', [MODBUS_FRAME_HEARD] = '<', [MODBUS_FRAME_DROPPED] = '!'};
	struct modbus_bus *bus = self;

	bus->listener->raw(bus->listener->self, bus->raw_name, frame->first_ns, directions[frame->kind], frame->bytes,
			   frame->size);
}

static struct modbus_bus *bus_make(const struct driver_start *start, int index, struct error *error)
{
	struct modbus_bus *bus = calloc(1, sizeof *bus);
	struct modbus_port_settings settings = {.baud = (int)start->bench->buses[index].settings.baud, .record = record_frame,
						.recorder = bus};

	if (!bus) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	bus->bench = start->bench;
	bus->listener = start->listener;
	bus->holding = start->holding;
	bus->index = index;
	bus->tty = PORT_NONE;
	(void)snprintf(bus->raw_name, sizeof bus->raw_name, "modbus-%d", index);
	bus->port = modbus_port_new(&settings, error);
	if (!bus->port) {
		free(bus);
		return NULL;
	}
	bus->next = buses;
	buses = bus;
	return bus;
}

static struct modbus_bus *bus_find(int index)
{
	struct modbus_bus *bus;

	for (bus = buses; bus && bus->index != index; bus = bus->next)
		;
	return bus;
}

static void bus_release(struct modbus_bus *bus)
{
	struct modbus_bus **link;

	if (--bus->users > 0)
		return;
	modbus_port_free(bus->port);
	if (bus->searching)
		port_search_end(&bus->search);
	for (link = &buses; *link != bus; link = &(*link)->next)
		;
	*link = bus->next;
	free(bus);
}

static void bus_lost(struct modbus_bus *bus, int64_t now_ns)
{
	const struct bench_bus *settings = &bus->bench->buses[bus->index];

	modbus_port_detach(bus->port, now_ns);
	bus->tty = PORT_NONE;
	bus->tty.fd = bus->holding->buses[bus->index].fd;
	bus->holding->buses[bus->index].fd = -1;
	bus->searching = true;
	port_search_begin(&bus->search, &bus->tty, &settings->port, &settings->settings, now_ns);
	bus->listener->note(bus->listener->self, -1, "a Modbus port was lost");
}

static void bus_search(struct modbus_bus *bus, int64_t now_ns)
{
	struct error error;

	if (!port_search_step(&bus->search, &bus->tty, now_ns))
		return;
	port_search_end(&bus->search);
	bus->searching = false;
	bus->holding->buses[bus->index].fd = bus->tty.fd;
	text_copy(bus->holding->buses[bus->index].name, sizeof bus->holding->buses[bus->index].name, bus->tty.name);
	bus->listener->bus_moved(bus->listener->self, bus->index, bus->tty.fd);
	if (!modbus_port_attach(bus->port, bus->tty.fd, now_ns, &error))
		bus->listener->fault(bus->listener->self, -1, error.fault, error.text);
}

/* Reports of the segment */

static struct modbus_instrument *instruments_of_bus[HOLDING_BUSES_MAX][SEGMENT_DRIVERS_MAX];

static void take_reports(struct modbus_bus *bus)
{
	struct driver_report report;
	int on_bus;

	while (modbus_port_take(bus->port, &on_bus, &report))
		modbus_unit_take(&instruments_of_bus[bus->index][on_bus]->unit, &report);
}

/* The contract */

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	struct error error;
	int fd = modbus->bus->holding->buses[modbus->bus->index].fd;

	modbus_unit_begin(&modbus->unit, now_ns);
	if (!modbus->first)
		return;
	if (!modbus_port_attach(modbus->bus->port, fd, now_ns, &error))
		modbus->bus->listener->fault(modbus->bus->listener->self, -1, error.fault, error.text);
	take_reports(modbus->bus);
}

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct modbus_instrument *modbus = (const struct modbus_instrument *)instrument;

	fds[0] = modbus_port_descriptor(modbus->bus->port);
	return modbus->first ? 1 : 0;
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct modbus_bus *bus = of(instrument)->bus;

	(void)fd;
	modbus_port_ready(bus->port, now_ns);
	take_reports(bus);
	if (!bus->searching && modbus_port_is_lost(bus->port))
		bus_lost(bus, now_ns);
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct modbus_instrument *modbus = (const struct modbus_instrument *)instrument;
	int64_t deadline_ns = modbus_unit_watch_at(&modbus->unit);

	if (modbus->first && modbus->bus->searching && modbus->bus->search.next_ns < deadline_ns)
		deadline_ns = modbus->bus->search.next_ns;
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	struct driver_command command;
	struct error error;

	if (modbus->first && modbus->bus->searching && modbus->bus->search.next_ns <= now_ns)
		bus_search(modbus->bus, now_ns);
	if (modbus_unit_watch_at(&modbus->unit) > now_ns)
		return;
	command = modbus_unit_watch(&modbus->unit, now_ns);
	modbus->unit.watching = modbus_port_command(modbus->bus->port, modbus->unit.on_bus, &command, now_ns, &error);
	take_reports(modbus->bus);
}

static void set(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	struct driver_command command = modbus_unit_set(&modbus->unit, channel, milli, deadline_ns);
	struct error error;

	if (!modbus_port_command(modbus->bus->port, modbus->unit.on_bus, &command, now_ns, &error))
		modbus_unit_refused(&modbus->unit, channel, &error);
	take_reports(modbus->bus);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct modbus_instrument *modbus = (const struct modbus_instrument *)instrument;
	const struct modbus_bus *bus = modbus->bus;

	return modbus_unit_state(&modbus->unit, bus->searching ? "its port is lost" : bus->holding->buses[bus->index].name, text, size);
}

static bool off(const struct instrument *instrument, const struct holding *holding, struct off_script *script,
		struct error *error)
{
	const struct modbus_instrument *modbus = (const struct modbus_instrument *)instrument;
	const struct bench *bench = modbus->bus->bench;
	const struct segment *segment = modbus_port_segment(modbus->bus->port);
	uint8_t causes[PROFILE_CHANNELS_MAX] = {0}, index;
	int i;

	/* Index n of the script's buses is the n-th that the supervisor holds, so all are described in their order. */
	while (script->bus_count <= modbus->bus->index) {
		if (!segment_off_bus(segment, holding->buses[script->bus_count].name, OFF_GROUP_TRIES, script, &index, error))
			return false;
	}
	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		if (channel->instrument != instrument->index || channel->profile_channel < 0 ||
		    (channel->kind != CHANNEL_SWITCH && channel->kind != CHANNEL_LEVEL))
			continue;
		causes[channel->profile_channel] = OFF_CAUSE_PERSON;
		if (channel->on_rig_loss == ON_RIG_LOSS_OFF)
			causes[channel->profile_channel] |= OFF_CAUSE_RIG;
	}
	return driver_off(segment_driver(segment, modbus->unit.on_bus), causes, (uint8_t)modbus->bus->index, script, error);
}

static void close_instrument(struct instrument *instrument)
{
	struct modbus_instrument *modbus = of(instrument);

	instruments_of_bus[modbus->bus->index][modbus->unit.on_bus] = NULL;
	bus_release(modbus->bus);
	free(modbus);
}

struct instrument *modbus_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.begin = begin, .descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .set = set,
		.state = state, .off = off, .close = close_instrument,
	};
	int on = start->bench->instruments[instrument].bus;
	struct modbus_bus *bus = bus_find(on);
	struct modbus_instrument *modbus = calloc(1, sizeof *modbus);

	if (!modbus) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	modbus->first = !bus;
	if (!bus)
		bus = bus_make(start, on, error);
	if (!bus || !modbus_unit_init(&modbus->unit, start, instrument, modbus_port_segment(bus->port), error)) {
		if (bus && bus->users == 0) {
			bus->users = 1;
			bus_release(bus);
		}
		free(modbus);
		return NULL;
	}
	modbus->base = (struct instrument){&kind, instrument};
	modbus->bus = bus;
	bus->users++;
	instruments_of_bus[on][modbus->unit.on_bus] = modbus;
	return &modbus->base;
}
