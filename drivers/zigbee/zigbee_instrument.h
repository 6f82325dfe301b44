#ifndef HILRIG_DRIVERS_ZIGBEE_ZIGBEE_INSTRUMENT_H
#define HILRIG_DRIVERS_ZIGBEE_ZIGBEE_INSTRUMENT_H

/*
 * A ZigBee dongle on a serial port as an instrument: the port around dongle.h. A port that is lost is looked for again; what was under
 * way goes on when the dongle is up again.
 */

#include "rig/bench/driver.h"

struct instrument *zigbee_instrument_start(const struct driver_start *start, int instrument, struct error *error);

#endif
