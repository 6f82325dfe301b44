/* Readings and what they should be. */

#include "drivers/modbus/readings.h"

#include <string.h>

static void add_span(struct readings *readings, const struct profile_access *access)
{
	int most = readings->profile->read_max < MODBUS_VALUES_MAX ? readings->profile->read_max : MODBUS_VALUES_MAX;
	struct access_span place = {.function = (uint8_t)access->function, .address = (uint16_t)access->address,
				    .count = (uint16_t)access->count};

	if (access->function)
		readings->span_count = access_span_add(readings->spans, readings->span_count, place, most);
}

void readings_init(struct readings *readings, const struct profile *profile)
{
	int i;

	memset(readings, 0, sizeof *readings);
	readings->profile = profile;
	for (i = 0; i < profile->channel_count; i++) {
		add_span(readings, &profile->channels[i].get);
		add_span(readings, &profile->channels[i].echo);
	}
}

void readings_forget(struct readings *readings)
{
	memset(readings->channels, 0, sizeof readings->channels);
}

void readings_note(struct readings *readings, int channel, int64_t milli, int64_t t_ns)
{
	readings->channels[channel].seen = true;
	readings->channels[channel].seen_milli = milli;
	readings->channels[channel].seen_ns = t_ns;
}

static bool in_span(const struct access_span *span, const struct profile_access *access)
{
	return access->function == span->function && access->address >= span->address &&
	       access->address + access->count <= span->address + span->count;
}

void readings_take(struct readings *readings, int span_index, const uint16_t *values, int64_t t_ns)
{
	const struct access_span *span = &readings->spans[span_index];
	int i;

	for (i = 0; i < readings->profile->channel_count; i++) {
		const struct profile_channel *channel = &readings->profile->channels[i];
		const struct profile_access *get = access_get(channel), *echo = &channel->echo;

		if (get && in_span(span, get))
			readings_note(readings, i, access_quantity(channel, get, values + (get->address - span->address)), t_ns);
		if (echo->function && in_span(span, echo)) {
			readings->channels[i].echo_milli = access_quantity(channel, echo, values + (echo->address - span->address));
			readings->channels[i].echo_ns = t_ns;
		}
	}
}

void readings_want(struct readings *readings, int channel, int64_t milli, int64_t t_ns)
{
	readings->channels[channel].wanted_known = true;
	readings->channels[channel].wanted_milli = milli;
	readings->channels[channel].wanted_ns = t_ns;
}

void readings_unwant(struct readings *readings, int channel)
{
	readings->channels[channel].wanted_known = false;
}

void readings_unwant_all(struct readings *readings)
{
	int i;

	for (i = 0; i < readings->profile->channel_count; i++)
		readings_unwant(readings, i);
}

bool readings_differ(const struct readings *readings, int channel, int64_t milli, int64_t asked_ns)
{
	const struct reading *reading = &readings->channels[channel];

	return reading->wanted_known && reading->wanted_ns <= asked_ns && reading->wanted_milli != milli;
}

int readings_changed(const struct readings *readings, int64_t asked_ns)
{
	int i;

	for (i = 0; i < readings->profile->channel_count; i++) {
		const struct reading *reading = &readings->channels[i];

		if (reading->echo_ns >= asked_ns && reading->echo_ns && readings_differ(readings, i, reading->echo_milli, asked_ns))
			return i;
	}
	return -1;
}

bool readings_tripped(const struct readings *readings)
{
	int channel = profile_channel_find(readings->profile, "protection");

	return channel >= 0 && readings->channels[channel].seen && readings->channels[channel].seen_milli != 0;
}
