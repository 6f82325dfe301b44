#ifndef HILRIG_DRIVERS_MODBUS_SETTINGS_H
#define HILRIG_DRIVERS_MODBUS_SETTINGS_H

/* What a bench file says of one Modbus instrument, and whether its profile can do it. */

#include "drivers/modbus/access.h"
#include "rig/base/instant.h"

#define DRIVER_NAME_SIZE 24
#define DRIVER_LIMITS_MAX 4
#define DRIVER_DEAD_MAN_NS (30 * NS_PER_S) /* a switch closed by dead-man is closed for so long, or the profile's most */

struct driver_limit {
	int channel;             /* index into the profile's: `ovp`, `ocp` */
	int64_t milli;
};

struct driver_settings {
	char name[DRIVER_NAME_SIZE];        /* "psu1", for errors and the off script */
	const struct profile *profile;      /* borrowed for the driver's life */
	uint8_t unit;                       /* 1 to 247 */
	struct driver_limit limits[DRIVER_LIMITS_MAX]; /* written and read back before anything is switched on */
	int limit_count;
	int64_t high_milli[PROFILE_CHANNELS_MAX];  /* bench's own ceiling of a level; 0: the profile's */
	bool dead_man[PROFILE_CHANNELS_MAX];       /* switches to close by dead-man; the profile must offer it */
	uint8_t index;                             /* among the drivers of the bus, 0 to 15 */
};

/*
 * FAULT_CONFIGURATION: a channel that would write a denied register, a limit that cannot be expressed, a dead-man that the
 * profile does not have, a bad unit.
 */
MUST_USE bool driver_settings_check(const struct driver_settings *settings, struct error *error);

/* Whose fault it is when the instrument does not do what it is told: FAULT_SUPPLY for one with `volts`, else FAULT_RIG. */
enum fault driver_settings_fault(const struct driver_settings *settings);

/* Time for which a dead-man closes the switch, in the profile's units and in ns. */
uint16_t dead_man_units(const struct profile_channel *channel);
int64_t dead_man_ns(const struct profile_channel *channel);

#endif
