#ifndef HILRIG_DRIVERS_SIM_FACE_UNITS_H
#define HILRIG_DRIVERS_SIM_FACE_UNITS_H

/*
 * What speaks Modbus on a bench: a relay board as Waveshare's 8-channel one, a supply as RuiDeng's RD6006
 * (bench-hardware.md 2.1 and 1.1).
 *
 * Board: coils 0 to 7 by FC01, FC05 (0xFF00, 0x0000 and the toggle 0x5500) and FC0F, 0xFF for all; flash-on 0x0200 and
 * flash-off 0x0400 with a time in 100 ms; FC03 of address and version. Supply: holding registers by FC03, FC06 and FC10.
 *
 * Both obey writes that a rig must never send (toggles, calibration, boot loader, settings of the port), as the real ones
 * do, and tell of them: a truth that such a thing happened fails any test.
 */

#include "drivers/sim/plant/plant.h"
#include "drivers/sim/face/server.h"

#define RIDEN_REGISTERS 120

struct units {
	struct plant *plant;
	/* Told of every write that a rig must never send. */
	void (*forbidden)(void *self, const char *text);
	void *self;
	int model[PLANT_SUPPLIES_MAX];                       /* register 0: 60062 is an RD6006 */
	int registers[PLANT_SUPPLIES_MAX][RIDEN_REGISTERS];  /* of those that do nothing here */
};

/* For `struct face_unit`; `self` is a struct units. */
size_t board_carry_out(void *self, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer);
size_t riden_carry_out(void *self, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer);

#endif
