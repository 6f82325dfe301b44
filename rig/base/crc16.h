#ifndef HILRIG_RIG_BASE_CRC16_H
#define HILRIG_RIG_BASE_CRC16_H

/*
 * The check of a Modbus RTU frame (Modbus over serial line 1.02, 6.2.2): polynomial 0xA001 reflected, start 0xFFFF, low
 * byte first on the wire. It stands here because the supervisor, which contains no Modbus, checks answers with it too.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint16_t crc16_modbus(const uint8_t *bytes, size_t size);

/* Appends the check of the first `size` bytes behind them; `bytes` has room for 2 more. Gives size + 2. */
size_t crc16_modbus_append(uint8_t *bytes, size_t size);

/* Whether the last two of `size` bytes are the check of those before them; false for fewer than 3 bytes. */
bool crc16_modbus_holds(const uint8_t *bytes, size_t size);

#endif
