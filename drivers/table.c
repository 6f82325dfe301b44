/* One row per driver; tests walk it. */

#include "drivers/table.h"

#include "drivers/gpio_instrument.h"
#include "drivers/modbus/modbus_instrument.h"
#include "drivers/stream_instrument.h"
#include "drivers/tool/tool_instrument.h"
#include "drivers/zigbee/zigbee_instrument.h"

/* Bytes over a port, or a program that does it. */
static struct instrument *start_loader(const struct driver_start *start, int instrument, struct error *error)
{
	if (start->bench->instruments[instrument].loader->protocol == LOADER_TOOL)
		return tool_instrument_start(start, instrument, error);
	return stream_instrument_start(start, instrument, error);
}

const struct driver driver_table[] = {
	{DRIVER_GPIO, "gpio", "lines of a GPIO chip: inputs with kernel-stamped edges, outputs", NULL, gpio_instrument_acquire,
	 gpio_instrument_start},
	{DRIVER_MODBUS, "modbus", "supplies, relays and meters on Modbus RTU, by a profile", NULL, modbus_instrument_acquire,
	 modbus_instrument_start},
	{DRIVER_CONSOLE, "console", "a device's console on a serial port: alerts and hub events by pattern", NULL, NULL,
	 stream_instrument_start},
	{DRIVER_LOADER, "loader", "firmware over a serial port: XMODEM or YMODEM, with commands by send and expect; MCUmgr's SMP; scripts; or a program that does it", NULL, NULL,
	 start_loader},
	{DRIVER_ZIGBEE, "zigbee", "firmware over the air: a ZNP dongle (TI's Z-Stack 3.x.0 or 1.2) with an OTA server for many meters",
	 "the firmware of open dongles has no certificate-based key establishment (CBKE), so a production SMETS2 meter does not accept the "
	 "bench as its hub, and takes no image from it. What works: meters in engineering mode or with security relaxed, that join with the "
	 "well-known link key. A production meter is upgraded over its own hub, or by its maker's tool",
	 NULL, zigbee_instrument_start},
	{.name = NULL},
};
