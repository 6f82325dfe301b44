/*
 * A segment on a simulated line: frames go to the world's servers when their last byte has passed, and their answers come back when
 * theirs has. Bus policy, drivers and framing are the shipped ones; instead of libmodbus this executes one transaction at a time.
 */

#include "drivers/modbus/modbus_unit.h"
#include "drivers/sim/sim_instrument.h"
#include "rig/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 64

struct sim_bus {
	struct world *world;
	const struct instrument_listener *listener;
	int index;                     /* of bench.buses */
	int baud;
	char raw_name[WORD_TEXT_SIZE];
	struct segment *segment;
	struct modbus_unit *units[SEGMENT_DRIVERS_MAX];
	int users;
	int64_t deadline_ns;           /* of the segment */
	bool busy;                     /* a transaction is on the line */
	uint32_t number;
	struct modbus_transaction transaction;
	int64_t arrives_ns;            /* its last byte; INSTANT_NEVER: has arrived */
	int64_t answered_ns;           /* the answer's last byte; INSTANT_NEVER: none will come */
	int64_t limit_ns;
	uint8_t answer[FACE_FRAME_MAX];
	size_t answer_size;
	int64_t stray_ns;              /* an answer that nobody waits for any more; INSTANT_NEVER: none is on its way */
	uint8_t stray[FACE_FRAME_MAX];
	size_t stray_size;
	struct sim_bus *next;
};

struct sim_modbus {
	struct instrument base;
	struct sim_bus *bus;
	struct modbus_unit unit;
	bool first;                    /* answers for the bus */
};

/* Buses of this process; instruments find theirs by its number. */
static struct sim_bus *buses;

static struct sim_modbus *of(struct instrument *instrument)
{
	return (struct sim_modbus *)instrument;
}

/* ---- The line ---- */

static void record(const struct sim_bus *bus, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	bus->listener->raw(bus->listener->self, bus->raw_name, t_ns, direction, bytes, size);
}

static void send(struct sim_bus *bus, const struct bus_output *output, int64_t now_ns)
{
	uint8_t frame[MODBUS_FRAME_MAX];
	int64_t send_ns = output->send_ns > now_ns ? output->send_ns : now_ns;

	bus->busy = true;
	bus->number = output->number;
	bus->transaction = *output->transaction;
	bus->limit_ns = output->limit_ns;
	bus->arrives_ns = send_ns + modbus_wire_ns(modbus_request_frame(&bus->transaction, frame), bus->baud);
	bus->answered_ns = INSTANT_NEVER;
}

static void step(struct sim_bus *bus, const struct bus_event *first)
{
	struct bus_event event = *first;
	struct bus_output output;
	int64_t now_ns = first->t_ns;
	int steps = 0;

	do {
		segment_step(bus->segment, &event, &output);
		if (output.action == BUS_START)
			send(bus, &output, now_ns);
		else if (output.action == BUS_ABORT)
			bus->busy = false;
		event = (struct bus_event){.kind = BUS_TICK, .t_ns = now_ns};
	} while (output.deadline_ns <= now_ns && ++steps < STEPS_MAX);
	bus->deadline_ns = output.deadline_ns;
}

static void tell(struct sim_bus *bus, enum bus_event_kind kind, int64_t now_ns)
{
	step(bus, &(struct bus_event){.kind = kind, .t_ns = now_ns});
}

/* What a fault makes of an answer. */
static void spoil_answer(struct sim_bus *bus, const struct sim_fault *fault)
{
	uint8_t refused[FACE_FRAME_MAX];

	switch ((int)fault->kind) {
	case FAULTY_BUS_SILENT:
		bus->answer_size = 0;
		break;
	case FAULTY_BUS_CHECK:
		bus->answer[bus->answer_size - 1] ^= 0x40;
		break;
	case FAULTY_BUS_UNIT:
		bus->answer[0]++;
		bus->answer_size = face_seal(bus->answer, bus->answer_size - 2);
		break;
	case FAULTY_BUS_SHORT:
		bus->answer_size -= bus->answer_size > 5 ? 3 : 1;
		break;
	case FAULTY_BUS_EXCEPTION:
		memcpy(refused, bus->answer, 2);
		bus->answer_size = 1 + face_refuse(refused + 1, fault->code, bus->answer + 1);
		bus->answer_size = face_seal(bus->answer, bus->answer_size);
		break;
	default:
		break;
	}
}

static int instrument_on(const struct sim_bus *bus, int unit)
{
	const struct bench *bench = bus->world->bench;
	int i;

	for (i = 0; i < bench->instrument_count; i++)
		if (bench->instruments[i].bus == bus->index && bench->instruments[i].unit == unit)
			return i;
	return -1;
}

/* The request is with its unit. */
static void arrive(struct sim_bus *bus, int64_t now_ns)
{
	const struct world_bus *servers = &bus->world->buses[bus->index];
	uint8_t frame[MODBUS_FRAME_MAX];
	size_t size = modbus_request_frame(&bus->transaction, frame);
	int unit = instrument_on(bus, bus->transaction.unit);
	const struct sim_fault *fault;

	bus->arrives_ns = INSTANT_NEVER;
	record(bus, now_ns, '>', frame, size);
	world_step(bus->world, now_ns);
	if (world_bus_fault(bus->world, FAULTY_BUS_DEAF, FAULTY_BUS_DEAF, unit, now_ns))
		return;
	bus->answer_size = face_check_fits(frame, size) ? face_serve(servers->units, servers->unit_count, world_plant_ns(bus->world, now_ns), frame, size, bus->answer) : 0;
	world_look_again(bus->world);
	fault = bus->answer_size > 0 ? world_bus_fault(bus->world, FAULTY_BUS_SILENT, FAULTY_BUS_LATE, unit, now_ns) : NULL;
	if (fault)
		spoil_answer(bus, fault);
	if (bus->answer_size > 0)
		bus->answered_ns = now_ns + WORLD_ANSWER_NS + modbus_wire_ns(bus->answer_size, bus->baud);
	if (fault && fault->kind == FAULTY_BUS_LATE)
		bus->answered_ns += fault->by_ns;
}

/* An answer that comes too late goes on coming, and falls into whatever is then open. */
static void go_astray(struct sim_bus *bus)
{
	if (bus->answered_ns == INSTANT_NEVER)
		return;
	bus->stray_ns = bus->answered_ns;
	bus->stray_size = bus->answer_size;
	memcpy(bus->stray, bus->answer, bus->answer_size);
}

static void take_stray(struct sim_bus *bus, int64_t now_ns)
{
	bus->stray_ns = INSTANT_NEVER;
	record(bus, now_ns, '<', bus->stray, bus->stray_size);
	if (!bus->busy)
		return; /* nobody listens: the line throws it away */
	memcpy(bus->answer, bus->stray, bus->stray_size);
	bus->answer_size = bus->stray_size;
	bus->answered_ns = now_ns;
}

static void end(struct sim_bus *bus, int64_t now_ns)
{
	uint16_t values[MODBUS_VALUES_MAX];
	struct bus_event event = {.kind = BUS_ENDED, .t_ns = now_ns, .number = bus->number, .outcome = MODBUS_NO_ANSWER, .values = values};

	bus->busy = false;
	if (bus->answered_ns > now_ns)
		go_astray(bus);
	if (bus->answered_ns <= now_ns) {
		record(bus, now_ns, '<', bus->answer, bus->answer_size);
		event.last_ns = now_ns;
		event.outcome = modbus_answer_read(&bus->transaction, bus->answer, bus->answer_size, values, &event.exception);
	}
	step(bus, &event);
}

static int64_t ends_at(const struct sim_bus *bus)
{
	return bus->answered_ns < bus->limit_ns ? bus->answered_ns : bus->limit_ns;
}

static int64_t bus_next(const struct sim_bus *bus)
{
	int64_t next_ns = bus->deadline_ns < bus->stray_ns ? bus->deadline_ns : bus->stray_ns;

	if (bus->busy && bus->arrives_ns < next_ns)
		next_ns = bus->arrives_ns;
	return bus->busy && ends_at(bus) < next_ns ? ends_at(bus) : next_ns;
}

static void take_reports(struct sim_bus *bus)
{
	struct driver_report report;
	int on_bus;

	while (segment_take(bus->segment, &on_bus, &report))
		modbus_unit_take(bus->units[on_bus], &report);
}

static void bus_tick(struct sim_bus *bus, int64_t now_ns)
{
	if (bus->stray_ns <= now_ns)
		take_stray(bus, now_ns);
	if (bus->busy && bus->arrives_ns <= now_ns)
		arrive(bus, now_ns);
	if (bus->busy && ends_at(bus) <= now_ns)
		end(bus, now_ns);
	if (bus->deadline_ns <= now_ns)
		tell(bus, BUS_TICK, now_ns);
	take_reports(bus);
}

static bool command(struct sim_modbus *modbus, const struct driver_command *command, int64_t now_ns, struct error *error)
{
	bool taken = segment_command(modbus->bus->segment, modbus->unit.on_bus, command, now_ns, error);

	if (taken)
		tell(modbus->bus, BUS_TICK, now_ns);
	return taken;
}

/* ---- The contract ---- */

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct sim_modbus *modbus = of(instrument);

	modbus_unit_begin(&modbus->unit, now_ns);
	if (!modbus->first)
		return;
	tell(modbus->bus, BUS_BACK, now_ns);
	take_reports(modbus->bus);
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct sim_modbus *modbus = (const struct sim_modbus *)instrument;
	int64_t deadline_ns = modbus_unit_watch_at(&modbus->unit);

	if (modbus->first && bus_next(modbus->bus) < deadline_ns)
		deadline_ns = bus_next(modbus->bus);
	return deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct sim_modbus *modbus = of(instrument);
	struct driver_command watch;
	struct error error;

	if (modbus->first)
		bus_tick(modbus->bus, now_ns);
	if (modbus_unit_watch_at(&modbus->unit) > now_ns)
		return;
	watch = modbus_unit_watch(&modbus->unit, now_ns);
	modbus->unit.watching = command(modbus, &watch, now_ns, &error);
	take_reports(modbus->bus);
}

static void set(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct sim_modbus *modbus = of(instrument);
	struct driver_command to = modbus_unit_set(&modbus->unit, channel, milli, deadline_ns);
	struct error error;

	if (!command(modbus, &to, now_ns, &error))
		modbus_unit_refused(&modbus->unit, channel, &error);
	take_reports(modbus->bus);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	return modbus_unit_state(&((const struct sim_modbus *)instrument)->unit, "a simulated line", text, size);
}

static void bus_release(struct sim_bus *bus)
{
	struct sim_bus **place;

	if (--bus->users > 0)
		return;
	for (place = &buses; *place != bus; place = &(*place)->next)
		;
	*place = bus->next;
	segment_free(bus->segment);
	free(bus);
}

static void close_instrument(struct instrument *instrument)
{
	of(instrument)->bus->world->listener = NULL;
	bus_release(of(instrument)->bus);
	free(instrument);
}

/* ---- Life ---- */

static struct sim_bus *bus_make(const struct driver_start *start, int index, struct error *error)
{
	struct sim_bus *bus = calloc(1, sizeof *bus);
	const struct bus_settings settings = {.baud = (int)start->bench->buses[index].settings.baud};

	if (bus)
		bus->segment = segment_new(&settings);
	if (!bus || !bus->segment) {
		free(bus);
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory for a bus");
		return NULL;
	}
	bus->world = start->world;
	bus->listener = start->listener;
	bus->index = index;
	bus->baud = settings.baud;
	bus->deadline_ns = bus->stray_ns = INSTANT_NEVER;
	(void)snprintf(bus->raw_name, sizeof bus->raw_name, "modbus-%d", index);
	bus->next = buses;
	buses = bus;
	return bus;
}

static struct sim_bus *bus_find(int index)
{
	struct sim_bus *bus;

	for (bus = buses; bus && bus->index != index; bus = bus->next)
		;
	return bus;
}

struct instrument *sim_modbus_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.begin = begin, .deadline = deadline, .tick = tick, .set = set, .state = state,
						    .close = close_instrument};
	int on = start->bench->instruments[instrument].bus;
	struct sim_bus *bus = bus_find(on);
	struct sim_modbus *modbus = calloc(1, sizeof *modbus);

	if (!modbus) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	modbus->first = !bus;
	if (!bus)
		bus = bus_make(start, on, error);
	if (bus)
		bus->users++;
	if (!bus || !modbus_unit_init(&modbus->unit, start, instrument, bus->segment, error)) {
		if (bus)
			bus_release(bus);
		free(modbus);
		return NULL;
	}
	modbus->base = (struct instrument){&kind, instrument};
	modbus->bus = bus;
	start->world->listener = start->listener;
	bus->units[modbus->unit.on_bus] = &modbus->unit;
	return &modbus->base;
}
