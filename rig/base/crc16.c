/* The check of Modbus RTU frames, four bits at a time: what a half byte adds is a table of one line, and campaigns spend less on it. */

#include "rig/base/crc16.h"

/* Each half byte, shifted out by the polynomial 0xA001. */
static const uint16_t halves[16] = {0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
				    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400};

uint16_t crc16_modbus(const uint8_t *bytes, size_t size)
{
	unsigned crc = 0xFFFF;
	size_t i;

	for (i = 0; i < size; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ halves[crc & 15];
		crc = crc >> 4 ^ halves[crc & 15];
	}
	return (uint16_t)crc;
}

size_t crc16_modbus_append(uint8_t *bytes, size_t size)
{
	uint16_t crc = crc16_modbus(bytes, size);

	bytes[size] = (uint8_t)(crc & 0xFF);
	bytes[size + 1] = (uint8_t)(crc >> 8);
	return size + 2;
}

bool crc16_modbus_holds(const uint8_t *bytes, size_t size)
{
	uint16_t crc;

	if (size < 3)
		return false;
	crc = crc16_modbus(bytes, size - 2);
	return bytes[size - 2] == (crc & 0xFF) && bytes[size - 1] == crc >> 8;
}
