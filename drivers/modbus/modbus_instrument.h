#ifndef HILRIG_DRIVERS_MODBUS_MODBUS_INSTRUMENT_H
#define HILRIG_DRIVERS_MODBUS_MODBUS_INSTRUMENT_H

/*
 * Modbus instruments behind the runtime's contract. Instruments of one bus share its port, its worker and its queue; the
 * first one that is started makes them, and answers for the bus's descriptor, its search when it is lost, and its frames.
 */

#include "rig/bench/driver.h"

bool modbus_instrument_acquire(const struct bench *bench, int instrument, const bool *taking_part, struct holding *holding,
			       struct error *error);
struct instrument *modbus_instrument_start(const struct driver_start *start, int instrument, struct error *error);

#endif
