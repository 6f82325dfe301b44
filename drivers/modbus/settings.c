/* Checks that belong to load time. */

#include "drivers/modbus/settings.h"

#define DEAD_MAN_UNITS_MIN 3 /* it is renewed after a third */

uint16_t dead_man_units(const struct profile_channel *channel)
{
	int64_t units = DRIVER_DEAD_MAN_NS / channel->dead_man_unit_ns;

	return (uint16_t)(units < channel->dead_man_max ? units : channel->dead_man_max);
}

int64_t dead_man_ns(const struct profile_channel *channel)
{
	return dead_man_units(channel) * channel->dead_man_unit_ns;
}

enum fault driver_settings_fault(const struct driver_settings *settings)
{
	return profile_channel_find(settings->profile, "volts") >= 0 ? FAULT_SUPPLY : FAULT_RIG;
}

static bool check_write(const struct driver_settings *settings, const char *name, const struct profile_access *access,
			struct error *error)
{
	int i;

	for (i = 0; i < access->count; i++)
		if (profile_denies(settings->profile, access->address + i))
			return error_set(error, FAULT_CONFIGURATION, "%s: %s writes register %d, which the profile denies",
					 settings->name, name, access->address + i);
	return true;
}

static bool check_channel(const struct driver_settings *settings, int index, struct error *error)
{
	const struct profile_channel *channel = &settings->profile->channels[index];

	if (channel->set.function && !check_write(settings, channel->name, &channel->set, error))
		return false;
	if (!settings->dead_man[index])
		return true;
	if (channel->dead_man_unit_ns <= 0 || dead_man_units(channel) < DEAD_MAN_UNITS_MIN)
		return error_set(error, FAULT_CONFIGURATION, "%s: %s has no dead-man", settings->name, channel->name);
	return check_write(settings, channel->name, &channel->dead_man, error);
}

static bool check_limit(const struct driver_settings *settings, const struct driver_limit *limit, struct error *error)
{
	const struct profile_channel *channel = &settings->profile->channels[limit->channel];
	uint16_t words[2];

	if (channel->set.function == 0)
		return error_set(error, FAULT_CONFIGURATION, "%s: %s cannot be set", settings->name, channel->name);
	if (access_words(channel, limit->milli, words, error) == 0)
		return error_prefix(error, "%s: %s", settings->name, channel->name);
	return true;
}

bool driver_settings_check(const struct driver_settings *settings, struct error *error)
{
	const struct profile *profile = settings->profile;
	int i;

	if (settings->unit < 1 || settings->unit > 247)
		return error_set(error, FAULT_CONFIGURATION, "%s: unit %d is not 1 to 247", settings->name, settings->unit);
	for (i = 0; i < profile->channel_count; i++)
		if (!check_channel(settings, i, error))
			return false;
	for (i = 0; i < profile->start_count; i++)
		if (profile_denies(profile, profile->start[i].address))
			return error_set(error, FAULT_CONFIGURATION, "%s: the start writes register %d, which the profile denies",
					 settings->name, profile->start[i].address);
	for (i = 0; i < settings->limit_count; i++)
		if (!check_limit(settings, &settings->limits[i], error))
			return false;
	return true;
}
