/* Opening a bench's instruments for this process, and switching off what they drive. */

#include "rig/command/desk.h"

#include "rig/base/text.h"
#include "rig/command/drivers.h"

#include <stdlib.h>
#include <string.h>

#define NO_INSTRUMENT (-1)

void desk_init(struct desk *desk)
{
	memset(desk, 0, sizeof *desk);
	holding_init(&desk->holding);
	desk->listener = instrument_listener_none();
}

/* ---- What is wanted ---- */

/* A channel that belongs to no instrument is nobody's to open, to drive or to switch off. */
static bool narrow(struct desk *desk, const bool *wanted, struct error *error)
{
	int i;

	desk->channels = malloc((size_t)desk->view.channel_count * sizeof *desk->channels);
	if (!desk->channels)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the bench");
	memcpy(desk->channels, desk->view.channels, (size_t)desk->view.channel_count * sizeof *desk->channels);
	for (i = 0; i < desk->view.channel_count; i++)
		if (!wanted[i])
			desk->channels[i].instrument = NO_INSTRUMENT;
	desk->view.channels = desk->channels;
	return true;
}

static bool is_used(const struct desk *desk, int instrument)
{
	int slot = desk->view.instruments[instrument].slot, i;

	if (slot >= 0 && !desk->taking_part[slot])
		return false;
	for (i = 0; desk->channels && i < desk->view.channel_count; i++)
		if (desk->channels[i].instrument == instrument)
			return true;
	return !desk->channels;
}

/* ---- Opening ---- */

static void describe_request(struct desk *desk, int index)
{
	const struct held_request *held = &desk->holding.requests[index];
	struct supervised_request *request = &desk->requests[index];
	const struct bench *bench = &desk->view;
	uint32_t line;

	request->request = &desk->holding.requests[index].request;
	request->output = held->output;
	for (line = 0; line < held->request.count; line++) {
		const struct bench_channel *channel = &bench->channels[held->channels[line]];

		text_copy(request->lines[line].channel, sizeof request->lines[line].channel, channel->name);
		text_copy(request->lines[line].slot, sizeof request->lines[line].slot,
			  channel->slot < 0 ? "" : bench->slots[channel->slot].name);
	}
}

static void describe(struct desk *desk)
{
	int i;

	for (i = 0; i < desk->holding.request_count; i++)
		describe_request(desk, i);
	for (i = 0; i < desk->holding.bus_count; i++)
		desk->buses[i] = desk->holding.buses[i].fd;
	desk->supervised.bench = desk->view.name;
	desk->supervised.request_count = desk->holding.request_count;
	desk->supervised.requests = desk->requests;
	desk->supervised.bus_count = desk->holding.bus_count;
	desk->supervised.buses = desk->buses;
}

static bool acquire_one(struct desk *desk, int instrument, struct error *error)
{
	const struct bench_instrument *wanted = &desk->view.instruments[instrument];
	const struct driver *driver = driver_find(command_drivers(), wanted->driver);

	if (!driver)
		return error_set(error, FAULT_CONFIGURATION, "%s: this program has no driver for it", wanted->name);
	return !driver->acquire || driver->acquire(&desk->view, instrument, desk->taking_part, &desk->holding, error);
}

bool desk_is_real(const struct bench *bench, struct error *error)
{
	return bench->environment != ENVIRONMENT_SIMULATED ||
	       error_set(error, FAULT_USAGE, "%s is a simulated bench: there is nothing to open or to switch off", bench->name);
}

bool desk_acquire(struct desk *desk, const struct bench *bench, const bool taking_part[BENCH_SLOTS_MAX], const bool *wanted,
		  struct error *error)
{
	int i;

	if (!desk_is_real(bench, error))
		return false;
	desk->view = *bench;
	memcpy(desk->taking_part, taking_part, sizeof desk->taking_part);
	if (wanted && !narrow(desk, wanted, error))
		return false;
	for (i = 0; i < bench->instrument_count; i++)
		if (is_used(desk, i) && !acquire_one(desk, i, error))
			return false;
	describe(desk);
	return true;
}

void desk_acquire_all(struct desk *desk, const struct bench *bench, const bool taking_part[BENCH_SLOTS_MAX],
		      struct error missing[BENCH_INSTRUMENTS_MAX])
{
	int i;

	desk->view = *bench;
	memcpy(desk->taking_part, taking_part, sizeof desk->taking_part);
	for (i = 0; i < bench->instrument_count; i++) {
		missing[i].fault = FAULT_NONE;
		if (is_used(desk, i))
			(void)!acquire_one(desk, i, &missing[i]);
	}
	describe(desk);
}

/* ---- Switching and looking ---- */

/* Consoles and loaders neither switch nor look. */
static bool start_one(struct desk *desk, int index, struct error *error)
{
	const struct driver_start start = {.bench = &desk->view, .taking_part = desk->taking_part, .holding = &desk->holding,
					   .listener = &desk->listener};
	const struct driver *driver = driver_find(command_drivers(), desk->view.instruments[index].driver);
	struct instrument *instrument;

	if (!is_used(desk, index) || driver->driver == DRIVER_CONSOLE || driver->driver == DRIVER_LOADER)
		return true;
	instrument = driver->start(&start, index, error);
	if (!instrument)
		return error_prefix(error, "%s", desk->view.instruments[index].name);
	instrument->index = index;
	desk->instruments[desk->instrument_count++] = instrument;
	return true;
}

bool desk_start(struct desk *desk, struct error *error)
{
	int i;

	for (i = 0; i < desk->view.instrument_count; i++)
		if (!start_one(desk, i, error))
			return false;
	return true;
}

void desk_start_all(struct desk *desk, struct error missing[BENCH_INSTRUMENTS_MAX])
{
	int i;

	for (i = 0; i < desk->view.instrument_count; i++)
		if (missing[i].fault == FAULT_NONE)
			(void)!start_one(desk, i, &missing[i]);
}

bool desk_off(struct desk *desk, bool (*given_up)(void *self), void *self, struct error *error)
{
	static struct off_script script;
	bool all = true;
	int i;

	memset(&script, 0, sizeof script);
	for (i = 0; i < desk->instrument_count; i++) {
		struct instrument *instrument = desk->instruments[i];

		/* One that cannot say how it is switched off keeps nothing else on. */
		if (instrument->kind->off)
			all &= instrument->kind->off(instrument, &desk->holding, &script, error);
	}
	if (!supervisor_off(&desk->supervised, &script, OFF_CAUSE_PERSON, given_up, self))
		return error_set(error, FAULT_RIG, "not everything confirmed that it is off: SWITCH OFF BY HAND");
	return all;
}

int desk_level(const struct desk *desk, int channel)
{
	int i;

	for (i = 0; i < desk->instrument_count; i++) {
		struct instrument *instrument = desk->instruments[i];

		if (instrument->index == desk->view.channels[channel].instrument)
			return instrument->kind->level ? instrument->kind->level(instrument, channel) : -1;
	}
	return -1;
}

void desk_close(struct desk *desk)
{
	int i;

	for (i = desk->instrument_count - 1; i >= 0; i--)
		desk->instruments[i]->kind->close(desk->instruments[i]);
	holding_close(&desk->holding);
	free(desk->channels);
	desk_init(desk);
}
