/* A Waveshare relay board. */

#include "drivers/sim/face/units.h"

#include "rig/base/instant.h"

#include <string.h>

#define COIL_ALL 0x00FF
#define TOGGLE_ALL 0x01FF
#define FLASH_ON 0x0200
#define FLASH_OFF 0x0400
#define FLASH_UNIT_NS (100 * NS_PER_MS)
#define VALUE_ON 0xFF00
#define VALUE_OFF 0x0000
#define VALUE_TOGGLE 0x5500

static void tell(struct units *units, enum plant_event_kind kind, int board, int relay, bool on, int64_t value, int64_t t_ns)
{
	struct plant_event event = {.kind = kind, .t_ns = t_ns, .part = board, .relay = relay, .on = on, .value = value};

	plant_step(units->plant, &event);
}

static size_t read_coils(struct units *units, int board, const uint8_t *pdu, uint8_t *answer)
{
	int from = face_word(pdu + 1), count = face_word(pdu + 3), i;

	if (count < 1 || count > PLANT_RELAYS)
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	if (from + count > PLANT_RELAYS)
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	answer[0] = pdu[0];
	answer[1] = 1;
	answer[2] = 0;
	for (i = 0; i < count; i++)
		answer[2] |= (uint8_t)(plant_coil(units->plant, board, from + i) << i);
	return 3;
}

static bool write_coil(struct units *units, int board, int64_t t_ns, int from, int to, int value)
{
	int relay;

	if (value != VALUE_ON && value != VALUE_OFF && value != VALUE_TOGGLE)
		return false;
	if (value == VALUE_TOGGLE)
		units->forbidden(units->self, "relay toggled");
	for (relay = from; relay <= to; relay++)
		tell(units, PLANT_RELAY, board, relay,
		     value == VALUE_TOGGLE ? !plant_coil(units->plant, board, relay) : value == VALUE_ON, 0, t_ns);
	return true;
}

static size_t write_one(struct units *units, int board, int64_t t_ns, const uint8_t *pdu, uint8_t *answer)
{
	int at = face_word(pdu + 1), value = face_word(pdu + 3), relay = at & 0xFF;
	bool good = true;

	if (at == COIL_ALL)
		good = write_coil(units, board, t_ns, 0, PLANT_RELAYS - 1, value);
	else if (at == TOGGLE_ALL)
		good = write_coil(units, board, t_ns, 0, PLANT_RELAYS - 1, VALUE_TOGGLE);
	else if (relay >= PLANT_RELAYS)
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	else if (at - relay == FLASH_ON || at - relay == FLASH_OFF)
		tell(units, PLANT_FLASH, board, relay, at - relay == FLASH_ON, value * FLASH_UNIT_NS, t_ns);
	else if (at == relay)
		good = write_coil(units, board, t_ns, relay, relay, value);
	else
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	if (!good)
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	memcpy(answer, pdu, 5);
	return 5;
}

static size_t write_many(struct units *units, int board, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer)
{
	int from = face_word(pdu + 1), count = face_word(pdu + 3), i;

	if (count < 1 || count > PLANT_RELAYS || size < 7 || pdu[5] != 1)
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	if (from + count > PLANT_RELAYS)
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	for (i = 0; i < count; i++)
		tell(units, PLANT_RELAY, board, from + i, pdu[6] >> i & 1, 0, t_ns);
	memcpy(answer, pdu, 5);
	return 5;
}

static size_t read_settings(const uint8_t *pdu, uint8_t *answer)
{
	int at = face_word(pdu + 1), value;

	if (face_word(pdu + 3) != 1)
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	if (at == 0x2000)
		value = 0x0001;         /* 9600 8N1 */
	else if (at == 0x4000)
		value = 1;
	else if (at == 0x8000)
		value = 200;            /* version 2.00 */
	else
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	answer[0] = pdu[0];
	answer[1] = 2;
	face_put_word(answer + 2, value);
	return 4;
}

size_t board_carry_out(void *self, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer)
{
	struct units *units = self;

	switch (pdu[0]) {
	case 1:
		return read_coils(units, index, pdu, answer);
	case 3:
		return read_settings(pdu, answer);
	case 5:
		return write_one(units, index, t_ns, pdu, answer);
	case 6:
		units->forbidden(units->self, "relay board's own settings written");
		memcpy(answer, pdu, 5);
		return 5;
	case 15:
		return write_many(units, index, t_ns, pdu, size, answer);
	default:
		return face_refuse(pdu, MODBUS_BAD_FUNCTION, answer);
	}
}
