#ifndef HILRIG_RIG_COMMAND_DRIVERS_H
#define HILRIG_RIG_COMMAND_DRIVERS_H

/* The table of drivers, and what stands in for them on a simulated bench, which main hands to the commands before anything else; commands never include a driver. */

#include "rig/bench/world.h"

void command_use_drivers(const struct driver *table);
const struct driver *command_drivers(void);

void command_use_simulation(const struct simulation *simulation);
const struct simulation *command_simulation(void);

#endif
