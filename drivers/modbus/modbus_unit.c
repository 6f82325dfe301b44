/* Channels of the bench are looked up by what the profile calls them. */

#include "drivers/modbus/modbus_unit.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define WATCH_WITHIN_NS (5 * NS_PER_S)
#define TAG_WATCH UINT32_MAX

static const struct modbus_driver *driver_of(const struct modbus_unit *unit)
{
	return segment_driver(unit->segment, unit->on_bus);
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

bool modbus_unit_init(struct modbus_unit *unit, const struct driver_start *start, int index, struct segment *segment,
		      struct error *error)
{
	const struct bench_instrument *from = &start->bench->instruments[index];
	struct driver_settings settings = {.profile = from->profile, .unit = (uint8_t)from->unit};

	text_copy(settings.name, sizeof settings.name, from->name);
	add_limits(&settings, start->bench, index);
	add_dead_men(&settings, start->bench, index);
	*unit = (struct modbus_unit){.bench = start->bench, .listener = start->listener, .segment = segment, .index = index};
	unit->on_bus = segment_add(segment, &settings, error);
	return unit->on_bus >= 0;
}

void modbus_unit_begin(struct modbus_unit *unit, int64_t now_ns)
{
	unit->next_watch_ns = now_ns + unit->bench->instruments[unit->index].watch_ns;
}

/* ---- Commands ---- */

struct driver_command modbus_unit_set(const struct modbus_unit *unit, int channel, int64_t milli, int64_t deadline_ns)
{
	const struct bench_channel *of = &unit->bench->channels[channel];

	return (struct driver_command){.kind = COMMAND_SET, .channel = of->profile_channel, .tag = (uint32_t)channel,
				       .milli = of->kind == CHANNEL_SWITCH ? milli != 0 : milli, .deadline_ns = deadline_ns};
}

void modbus_unit_refused(const struct modbus_unit *unit, int channel, const struct error *error)
{
	unit->listener->output(unit->listener->self, channel, false, error->fault, error->text);
}

int64_t modbus_unit_watch_at(const struct modbus_unit *unit)
{
	return unit->ready && !unit->watching ? unit->next_watch_ns : INSTANT_NEVER;
}

struct driver_command modbus_unit_watch(struct modbus_unit *unit, int64_t now_ns)
{
	unit->next_watch_ns = now_ns + unit->bench->instruments[unit->index].watch_ns;
	unit->watching = true;
	return (struct driver_command){.kind = COMMAND_WATCH, .channel = -1, .tag = TAG_WATCH,
				       .deadline_ns = now_ns + WATCH_WITHIN_NS};
}

/* ---- Reports ---- */

static int bench_channel(const struct modbus_unit *unit, int profile_channel)
{
	const struct bench *bench = unit->bench;
	int i;

	for (i = 0; i < bench->channel_count; i++)
		if (bench->channels[i].instrument == unit->index &&
		    bench->channels[i].profile_channel == profile_channel)
			return i;
	return -1;
}

static void tell_readings(const struct modbus_unit *unit)
{
	const struct instrument_listener *listener = unit->listener;
	const struct modbus_driver *driver = driver_of(unit);
	const struct bench *bench = unit->bench;
	int64_t milli, t_ns;
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		if (channel->instrument != unit->index || channel->profile_channel < 0 ||
		    !driver_reading(driver, channel->profile_channel, &milli, &t_ns))
			continue;
		listener->reading(listener->self, i, channel->kind == CHANNEL_SWITCH ? milli * 1000 : milli);
	}
}

static void answer(struct modbus_unit *unit, const struct driver_report *report)
{
	const struct instrument_listener *listener = unit->listener;
	char text[FREE_TEXT_SIZE];
	int channel;

	if (report->tag == TAG_WATCH) {
		unit->watching = false;
		if (report->ok)
			tell_readings(unit);
		return;
	}
	channel = (int)report->tag;
	if (report->ok && unit->bench->channels[channel].kind == CHANNEL_SWITCH)
		text_copy(text, sizeof text, report->milli ? "on" : "off");
	else if (report->ok)
		(void)snprintf(text, sizeof text, "%lld mV", (long long)report->milli);
	else
		text_copy(text, sizeof text, report->error.text);
	listener->output(listener->self, channel, report->ok, report->error.fault == FAULT_NONE ? FAULT_RIG : report->error.fault,
			 text);
}

void modbus_unit_take(struct modbus_unit *unit, const struct driver_report *report)
{
	const struct instrument_listener *listener = unit->listener;
	int channel = report->channel < 0 ? -1 : bench_channel(unit, report->channel);

	switch (report->kind) {
	case REPORT_ANSWER:
		answer(unit, report);
		break;
	case REPORT_READY:
		unit->ready = true;
		break;
	case REPORT_UNUSABLE:
		unit->ready = false;
		text_copy(unit->why, sizeof unit->why, report->error.text);
		break;
	case REPORT_RESET:
	case REPORT_TRIPPED:
		listener->changed(listener->self, channel < 0 ? bench_channel(unit, 0) : channel,
				  report->kind == REPORT_TRIPPED, report->error.text);
		break;
	case REPORT_DEAD_MAN:
		listener->note(listener->self, -1, report->error.text);
		break;
	case REPORT_GONE:
		unit->ready = false;
		unit->watching = false;
		break;
	}
}

enum instrument_state modbus_unit_state(const struct modbus_unit *unit, const char *place, char *text, size_t size)
{
	const struct bench_instrument *settings = &unit->bench->instruments[unit->index];

	if (unit->ready) {
		(void)snprintf(text, size, "%s, unit %d at %s", settings->profile->name, settings->unit, place);
		return INSTRUMENT_READY;
	}
	if (unit->why[0])
		(void)snprintf(text, size, "%s (unit %d at %s)", unit->why, settings->unit, place);
	else
		(void)snprintf(text, size, "%s: no answer yet (unit %d at %s)", settings->name, settings->unit, place);
	return driver_of(unit)->state == DRIVER_WRONG ? INSTRUMENT_NEVER : INSTRUMENT_NOT_YET;
}
