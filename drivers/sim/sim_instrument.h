#ifndef HILRIG_DRIVERS_SIM_SIM_INSTRUMENT_H
#define HILRIG_DRIVERS_SIM_SIM_INSTRUMENT_H

/*
 * Instruments of a simulated bench, one file per carrier: lines of a chip, Modbus lines, byte streams. What can go wrong in them is
 * the shipped code, drivers/modbus/segment.h and drivers/stream.h; only the carrier is another. Of a loader's program the rig's side is. driver_start.world is the world.
 */

#include "drivers/sim/world.h"

struct instrument *sim_gpio_start(const struct driver_start *start, int instrument, struct error *error);
struct instrument *sim_modbus_start(const struct driver_start *start, int instrument, struct error *error);
struct instrument *sim_stream_start(const struct driver_start *start, int instrument, struct error *error);
struct instrument *sim_tool_start(const struct driver_start *start, int instrument, struct error *error);
struct instrument *sim_zigbee_start(const struct driver_start *start, int instrument, struct error *error);

#endif
