/* Holds what main has handed over. */

#include "rig/command/drivers.h"

static const struct driver *driver_table_in_use;

void command_use_drivers(const struct driver *table)
{
	driver_table_in_use = table;
}

const struct driver *command_drivers(void)
{
	return driver_table_in_use;
}
