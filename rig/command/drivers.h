#ifndef HILRIG_RIG_COMMAND_DRIVERS_H
#define HILRIG_RIG_COMMAND_DRIVERS_H

/* The table of drivers that main hands to the commands before anything else; commands never include a driver. */

#include "rig/bench/driver.h"

void command_use_drivers(const struct driver *table);
const struct driver *command_drivers(void);

#endif
