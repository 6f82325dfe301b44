/* The check of Modbus RTU frames, bit by bit: frames have 8 bytes and a table would be the longer text. */

#include "rig/base/crc16.h"

uint16_t crc16_modbus(const uint8_t *bytes, size_t size)
{
	unsigned crc = 0xFFFF;
	size_t i;
	int bit;

	for (i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
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
