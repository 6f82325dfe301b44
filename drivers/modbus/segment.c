/* Bus and drivers as one machine: results go to their drivers, and what drivers want goes to the bus, until both are still. */

#include "drivers/modbus/segment.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdlib.h>

#define OFF_QUIET_NS (20 * NS_PER_MS) /* longest turn-around of an instrument that is well; facts: 5 to 50 ms, mostly below 20 */

struct segment {
	struct bus bus;
	int count;
	struct modbus_driver drivers[SEGMENT_DRIVERS_MAX];
};

struct segment *segment_new(const struct bus_settings *settings)
{
	struct segment *segment = malloc(sizeof *segment); /* large: each driver is filled when it is added */

	if (!segment)
		return NULL;
	segment->count = 0;
	bus_init(&segment->bus, settings);
	return segment;
}

void segment_free(struct segment *segment)
{
	free(segment);
}

int segment_add(struct segment *segment, const struct driver_settings *settings, struct error *error)
{
	struct driver_settings own = *settings;

	assert(segment->bus.gone);
	if (segment->count == SEGMENT_DRIVERS_MAX) {
		error_set(error, FAULT_CONFIGURATION, "%s: more than %d instruments on one bus", settings->name, SEGMENT_DRIVERS_MAX);
		return -1;
	}
	own.index = (uint8_t)segment->count;
	if (!driver_init(&segment->drivers[segment->count], &own, &segment->bus, error))
		return -1;
	return segment->count++;
}

int segment_count(const struct segment *segment)
{
	return segment->count;
}

const struct modbus_driver *segment_driver(const struct segment *segment, int instrument)
{
	assert(instrument >= 0 && instrument < segment->count);
	return &segment->drivers[instrument];
}

bool segment_command(struct segment *segment, int instrument, const struct driver_command *command, int64_t t_ns,
		     struct error *error)
{
	assert(instrument >= 0 && instrument < segment->count);
	return driver_command(&segment->drivers[instrument], command, t_ns, error);
}

static void tell_drivers(struct segment *segment, const struct bus_event *event)
{
	int i;

	for (i = 0; i < segment->count; i++) {
		if (event->kind == BUS_BACK)
			driver_attach(&segment->drivers[i], event->t_ns);
		else if (event->kind == BUS_GONE)
			driver_detach(&segment->drivers[i], event->t_ns);
	}
}

/* Results to their drivers, and time to those that wait for it. */
static void pass_on(struct segment *segment, int64_t t_ns)
{
	struct bus_result result;
	int i;

	while (bus_take(&segment->bus, &result))
		driver_result(&segment->drivers[driver_result_index(&result)], &result, t_ns);
	for (i = 0; i < segment->count; i++)
		if (driver_deadline(&segment->drivers[i]) <= t_ns)
			driver_tick(&segment->drivers[i], t_ns);
}

static void finish(const struct segment *segment, struct bus_output *output)
{
	int i;

	output->more = false;
	for (i = 0; i < segment->count; i++) {
		int64_t deadline_ns = driver_deadline(&segment->drivers[i]);

		if (deadline_ns < output->deadline_ns)
			output->deadline_ns = deadline_ns;
		output->more |= driver_has_report(&segment->drivers[i]);
	}
}

void segment_step(struct segment *segment, const struct bus_event *event, struct bus_output *output)
{
	struct bus_event tick = {.kind = BUS_TICK, .t_ns = event->t_ns};
	struct bus_output again;

	bus_step(&segment->bus, event, output);
	tell_drivers(segment, event);
	pass_on(segment, event->t_ns);
	if (output->action == BUS_ABORT) {
		/* One action at a time: what follows is for the next step. */
		output->deadline_ns = event->t_ns;
	} else {
		/* A result can make a driver ask for more, and a request can fail at once: at most a few rounds, then a next step. */
		int rounds;

		for (rounds = 0; rounds < 4; rounds++) {
			bus_step(&segment->bus, &tick, &again);
			assert(again.action == BUS_NOTHING || output->action == BUS_NOTHING);
			if (again.action != BUS_NOTHING)
				*output = again;
			output->deadline_ns = again.more ? event->t_ns : again.deadline_ns;
			if (!again.more)
				break;
			pass_on(segment, event->t_ns);
		}
	}
	finish(segment, output);
}

bool segment_take(struct segment *segment, int *instrument, struct driver_report *report)
{
	int i;

	for (i = 0; i < segment->count; i++) {
		if (driver_take(&segment->drivers[i], report)) {
			*instrument = i;
			return true;
		}
	}
	return false;
}

bool segment_off_bus(const struct segment *segment, const char *name, int tries, struct off_script *script, uint8_t *bus,
		     struct error *error)
{
	int baud = segment->bus.settings.baud, i;
	struct off_bus off = {.gap_ns = modbus_gap_ns(baud), .tries = tries};

	for (i = 0; i < segment->count; i++) {
		const struct profile *profile = segment->drivers[i].settings.profile;

		if (profile->gap_ns > off.gap_ns)
			off.gap_ns = profile->gap_ns;
		if (profile->response_ns > off.drain_ns)
			off.drain_ns = profile->response_ns;
	}
	text_copy(off.name, sizeof off.name, name);
	off.answer_ns = off.drain_ns + modbus_wire_ns(2 * OFF_FRAME_MAX, baud);
	off.quiet_ns = off.gap_ns > OFF_QUIET_NS ? off.gap_ns : OFF_QUIET_NS;
	off.quiet_max_ns = 2 * off.drain_ns;
	return off_script_add_bus(script, &off, bus, error);
}
