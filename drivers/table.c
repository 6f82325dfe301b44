/* One row per driver; tests walk it. */

#include "drivers/table.h"

#include "drivers/gpio_instrument.h"
#include "drivers/modbus/modbus_instrument.h"
#include "drivers/stream_instrument.h"
#include "drivers/zigbee/zigbee_instrument.h"

const struct driver driver_table[] = {
	{DRIVER_GPIO, "gpio", "lines of a GPIO chip: inputs with kernel-stamped edges, outputs", gpio_instrument_acquire,
	 gpio_instrument_start},
	{DRIVER_MODBUS, "modbus", "supplies, relays and meters on Modbus RTU, by a profile", modbus_instrument_acquire,
	 modbus_instrument_start},
	{DRIVER_CONSOLE, "console", "a device's console on a serial port: alerts and hub events by pattern", NULL,
	 stream_instrument_start},
	{DRIVER_LOADER, "loader", "firmware over a serial port: XMODEM or YMODEM, with commands by send and expect; MCUmgr's SMP; scripts", NULL,
	 stream_instrument_start},
	{DRIVER_ZIGBEE, "zigbee", "firmware over the air: a ZNP dongle with an OTA server for many meters", NULL, zigbee_instrument_start},
	{.name = NULL},
};
