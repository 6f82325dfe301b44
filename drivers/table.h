#ifndef HILRIG_DRIVERS_TABLE_H
#define HILRIG_DRIVERS_TABLE_H

/* All drivers of this program: main hands the table to the commands. It ends with a row without a name. */

#include "rig/bench/driver.h"

extern const struct driver driver_table[];

#endif
