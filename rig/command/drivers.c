/* Holds what main has handed over. */

#include "rig/command/drivers.h"

static const struct driver *driver_table_in_use;
static const struct simulation *simulation_in_use;

void command_use_drivers(const struct driver *table)
{
	driver_table_in_use = table;
}

const struct driver *command_drivers(void)
{
	return driver_table_in_use;
}

void command_use_simulation(const struct simulation *simulation)
{
	simulation_in_use = simulation;
}

const struct simulation *command_simulation(void)
{
	return simulation_in_use;
}
