/* The bus of a bench as the runtime sees it: outputs set and read back, watched for silent resets, found again when lost. */

#include "drivers/modbus/modbus_instrument.h"

#include "drivers/modbus/modbus_port.h"
#include "drivers/serial/port.h"
#include "rig/base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WATCH_EVERY_NS NS_PER_S
#define WATCH_WITHIN_NS (5 * NS_PER_S)
#define OFF_GROUP_TRIES 5
#define TAG_WATCH UINT32_MAX

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
	int bench_instrument[SEGMENT_DRIVERS_MAX];
	int users;                     /* instruments that are not closed yet */
	struct modbus_bus *next;
};

struct modbus_instrument {
	struct instrument base;
	struct modbus_bus *bus;
	const struct bench_instrument *settings;
	int on_bus;                    /* index in the segment */
	bool first;                    /* answers for the bus */
	bool ready;
	char why[ERROR_TEXT_MAX];
	int64_t next_watch_ns;
	bool watching;                 /* a watch is under way */
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

static int bench_channel(const struct modbus_instrument *instrument, int profile_channel)
{
	const struct bench *bench = instrument->bus->bench;
	int i;

	for (i = 0; i < bench->channel_count; i++)
		if (bench->channels[i].instrument == instrument->base.index &&
		    bench->channels[i].profile_channel == profile_channel)
			return i;
	return -1;
}

static void tell_readings(const struct modbus_instrument *instrument)
{
	const struct instrument_listener *listener = instrument->bus->listener;
	const struct modbus_driver *driver = segment_driver(modbus_port_segment(instrument->bus->port), instrument->on_bus);
	const struct bench *bench = instrument->bus->bench;
	int64_t milli, t_ns;
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		if (channel->instrument != instrument->base.index || channel->profile_channel < 0 ||
		    !driver_reading(driver, channel->profile_channel, &milli, &t_ns))
			continue;
		listener->reading(listener->self, i, channel->kind == CHANNEL_SWITCH ? milli * 1000 : milli);
	}
}

static void answer(struct modbus_instrument *instrument, const struct driver_report *report)
{
	const struct instrument_listener *listener = instrument->bus->listener;
	char text[FREE_TEXT_SIZE];
	int channel;

	if (report->tag == TAG_WATCH) {
		instrument->watching = false;
		if (report->ok)
			tell_readings(instrument);
		return;
	}
	channel = (int)report->tag;
	if (report->ok && instrument->bus->bench->channels[channel].kind == CHANNEL_SWITCH)
		text_copy(text, sizeof text, report->milli ? "on" : "off");
	else if (report->ok)
		(void)snprintf(text, sizeof text, "%lld mV", (long long)report->milli);
	else
		text_copy(text, sizeof text, report->error.text);
	listener->output(listener->self, channel, report->ok, report->error.fault == FAULT_NONE ? FAULT_RIG : report->error.fault,
			 text);
}

static void take_report(struct modbus_instrument *instrument, const struct driver_report *report)
{
	const struct instrument_listener *listener = instrument->bus->listener;
	int channel = report->channel < 0 ? -1 : bench_channel(instrument, report->channel);

	switch (report->kind) {
	case REPORT_ANSWER:
		answer(instrument, report);
		break;
	case REPORT_READY:
		instrument->ready = true;
		break;
	case REPORT_UNUSABLE:
		instrument->ready = false;
		text_copy(instrument->why, sizeof instrument->why, report->error.text);
		break;
	case REPORT_RESET:
	case REPORT_TRIPPED:
		listener->changed(listener->self, channel < 0 ? bench_channel(instrument, 0) : channel,
				  report->kind == REPORT_TRIPPED, report->error.text);
		break;
	case REPORT_DEAD_MAN:
		listener->note(listener->self, -1, report->error.text);
		break;
	case REPORT_GONE:
		instrument->ready = false;
		instrument->watching = false;
		break;
	}
}

static void take_reports(struct modbus_bus *bus)
{
	struct driver_report report;
	int on_bus;

	while (modbus_port_take(bus->port, &on_bus, &report))
		take_report(instruments_of_bus[bus->index][on_bus], &report);
}

/* The contract */

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	struct error error;
	int fd = modbus->bus->holding->buses[modbus->bus->index].fd;

	modbus->next_watch_ns = now_ns + WATCH_EVERY_NS;
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
	int64_t deadline_ns = modbus->ready && !modbus->watching ? modbus->next_watch_ns : INSTANT_NEVER;

	if (modbus->first && modbus->bus->searching && modbus->bus->search.next_ns < deadline_ns)
		deadline_ns = modbus->bus->search.next_ns;
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	struct driver_command command = {.kind = COMMAND_WATCH, .channel = -1, .tag = TAG_WATCH,
					 .deadline_ns = now_ns + WATCH_WITHIN_NS};
	struct error error;

	if (modbus->first && modbus->bus->searching && modbus->bus->search.next_ns <= now_ns)
		bus_search(modbus->bus, now_ns);
	if (!modbus->ready || modbus->watching || now_ns < modbus->next_watch_ns)
		return;
	modbus->next_watch_ns = now_ns + WATCH_EVERY_NS;
	modbus->watching = modbus_port_command(modbus->bus->port, modbus->on_bus, &command, now_ns, &error);
	take_reports(modbus->bus);
}

static void set(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct modbus_instrument *modbus = of(instrument);
	const struct bench_channel *bench_channel = &modbus->bus->bench->channels[channel];
	struct driver_command command = {.kind = COMMAND_SET, .channel = bench_channel->profile_channel, .tag = (uint32_t)channel,
					 .milli = bench_channel->kind == CHANNEL_SWITCH ? milli != 0 : milli,
					 .deadline_ns = deadline_ns};
	struct error error;

	if (!modbus_port_command(modbus->bus->port, modbus->on_bus, &command, now_ns, &error))
		modbus->bus->listener->output(modbus->bus->listener->self, channel, false, error.fault, error.text);
	take_reports(modbus->bus);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct modbus_instrument *modbus = (const struct modbus_instrument *)instrument;
	const struct modbus_bus *bus = modbus->bus;
	const char *port = bus->searching ? "its port is lost" : bus->holding->buses[bus->index].name;

	if (modbus->ready) {
		(void)snprintf(text, size, "%s, unit %d at %s", modbus->settings->profile->name, modbus->settings->unit, port);
		return INSTRUMENT_READY;
	}
	if (modbus->why[0])
		(void)snprintf(text, size, "%s (unit %d at %s)", modbus->why, modbus->settings->unit, port);
	else
		(void)snprintf(text, size, "%s: no answer yet (unit %d at %s)", modbus->settings->name, modbus->settings->unit, port);
	return segment_driver(modbus_port_segment(bus->port), modbus->on_bus)->state == DRIVER_WRONG ? INSTRUMENT_NEVER
												     : INSTRUMENT_NOT_YET;
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
	return driver_off(segment_driver(segment, modbus->on_bus), causes, (uint8_t)modbus->bus->index, script, error);
}

static void close_instrument(struct instrument *instrument)
{
	struct modbus_instrument *modbus = of(instrument);

	instruments_of_bus[modbus->bus->index][modbus->on_bus] = NULL;
	bus_release(modbus->bus);
	free(modbus);
}

/* The bench's own limits: the supply's voltage and current are bounded in the instrument before anything is switched on. */
static void add_limits(struct driver_settings *settings, const struct bench *bench, int instrument)
{
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];
		bool volts = channel->use == USE_SUPPLY_OVP && bench->supply_limit.present;
		bool amps = channel->use == USE_SUPPLY_OCP && bench->current_limit.present;

		if (channel->instrument != instrument || channel->profile_channel < 0)
			continue;
		if (channel->use == USE_SUPPLY_VOLTS && bench->supply_limit.present)
			settings->high_milli[channel->profile_channel] = bench->supply_limit.max_mv;
		if (channel->use == USE_SUPPLY_AMPS && bench->current_limit.present)
			settings->high_milli[channel->profile_channel] = bench->current_limit.max_ma;
		if ((volts || amps) && settings->limit_count < DRIVER_LIMITS_MAX)
			settings->limits[settings->limit_count++] = (struct driver_limit){
				channel->profile_channel, volts ? bench->supply_limit.max_mv : bench->current_limit.max_ma};
	}
}

/*
 * Switches that go off with the rig are closed by dead-man where the board has one: it also works when host and supervisor
 * are both gone. Never one that is to be held.
 */
static void add_dead_men(struct driver_settings *settings, const struct bench *bench, int instrument)
{
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		if (channel->instrument == instrument && channel->profile_channel >= 0 && channel->kind == CHANNEL_SWITCH &&
		    channel->on_rig_loss == ON_RIG_LOSS_OFF)
			settings->dead_man[channel->profile_channel] =
				settings->profile->channels[channel->profile_channel].dead_man_unit_ns > 0;
	}
}

struct instrument *modbus_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.begin = begin, .descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .set = set,
		.state = state, .off = off, .close = close_instrument,
	};
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	struct driver_settings settings = {.profile = from->profile, .unit = (uint8_t)from->unit};
	struct modbus_bus *bus = bus_find(from->bus);
	struct modbus_instrument *modbus = calloc(1, sizeof *modbus);

	if (!modbus) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	modbus->first = !bus;
	if (!bus)
		bus = bus_make(start, from->bus, error);
	text_copy(settings.name, sizeof settings.name, from->name);
	add_limits(&settings, start->bench, instrument);
	add_dead_men(&settings, start->bench, instrument);
	if (bus)
		modbus->on_bus = segment_add(modbus_port_segment(bus->port), &settings, error);
	if (!bus || modbus->on_bus < 0) {
		if (bus && bus->users == 0) {
			bus->users = 1;
			bus_release(bus);
		}
		free(modbus);
		return NULL;
	}
	modbus->base = (struct instrument){&kind, instrument};
	modbus->bus = bus;
	modbus->settings = from;
	modbus->bus->users++;
	instruments_of_bus[from->bus][modbus->on_bus] = modbus;
	return &modbus->base;
}
