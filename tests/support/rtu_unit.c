/* A unit that answers like a relay board and a supply do. */

#include "tests/support/rtu_unit.h"

#include <string.h>

static unsigned word(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

/* Modbus over serial line 1.02, 6.2.2, by division of the bit stream. */
static unsigned remainder_of(const uint8_t *bytes, size_t size)
{
	unsigned value = 0xFFFF;
	size_t bit;

	for (bit = 0; bit < 8 * size; bit++) {
		unsigned in = bytes[bit / 8] >> bit % 8 & 1;

		value = (value & 1) ^ in ? value >> 1 ^ 0xA001 : value >> 1;
	}
	return value;
}

size_t rtu_seal(uint8_t *frame, size_t size)
{
	unsigned value = remainder_of(frame, size);

	frame[size] = value & 0xFF;
	frame[size + 1] = value >> 8 & 0xFF;
	return size + 2;
}

int rtu_request_size(const uint8_t *bytes, size_t size)
{
	if (size < 2)
		return 0;
	if (bytes[1] >= 1 && bytes[1] <= 6)
		return 8;
	if (bytes[1] != 15 && bytes[1] != 16)
		return -1;
	return size < 7 ? 0 : 9 + bytes[6];
}

void rtu_unit_time(struct rtu_unit *unit, int64_t t_ns)
{
	int i;

	if (unit->slow_until_ns && unit->slow_until_ns <= t_ns) {
		unit->registers[unit->slow_address] = unit->slow_value;
		unit->slow_until_ns = 0;
	}
	for (i = 0; i < RTU_COILS; i++) {
		if (unit->falls_ns[i] && unit->falls_ns[i] <= t_ns) {
			unit->falls_ns[i] = 0;
			unit->coils[i] = false;
		}
	}
}

static void set_coil(struct rtu_unit *unit, unsigned address, bool on, int64_t falls_ns)
{
	unit->written[unit->writes++ % 64] = (uint16_t)address;
	unit->falls_ns[address] = falls_ns;
	if (!unit->stuck[address])
		unit->coils[address] = on;
}

static void set_register(struct rtu_unit *unit, unsigned address, unsigned value, int64_t t_ns)
{
	unit->written[unit->writes++ % 64] = (uint16_t)address;
	if (unit->slow_ns) {
		unit->slow_until_ns = t_ns + unit->slow_ns;
		unit->slow_address = (uint16_t)address;
		unit->slow_value = (uint16_t)value;
	} else if (address != unit->frozen || address == 0)
		unit->registers[address] = (uint16_t)value;
}

static size_t refuse(uint8_t *answer, unsigned code)
{
	answer[1] |= 0x80;
	answer[2] = (uint8_t)code;
	return 3;
}

static size_t read_bits(struct rtu_unit *unit, const uint8_t *request, uint8_t *answer)
{
	unsigned first = word(request + 2), count = word(request + 4), i;

	if (count == 0 || first + count > RTU_COILS)
		return refuse(answer, 2);
	answer[2] = (uint8_t)((count + 7) / 8);
	memset(answer + 3, 0, answer[2]);
	for (i = 0; i < count; i++)
		if (unit->coils[first + i])
			answer[3 + i / 8] |= (uint8_t)(1u << i % 8);
	return 3u + answer[2];
}

static size_t read_words(struct rtu_unit *unit, const uint8_t *request, uint8_t *answer)
{
	unsigned first = word(request + 2), count = word(request + 4), i;

	if (count == 0 || count > 125 || first + count > RTU_REGISTERS)
		return refuse(answer, 2);
	answer[2] = (uint8_t)(2 * count);
	for (i = 0; i < count; i++) {
		answer[3 + 2 * i] = (uint8_t)(unit->registers[first + i] >> 8);
		answer[4 + 2 * i] = (uint8_t)(unit->registers[first + i] & 0xFF);
	}
	return 3u + answer[2];
}

static size_t write_bit(struct rtu_unit *unit, const uint8_t *request, uint8_t *answer, int64_t t_ns)
{
	unsigned address = word(request + 2), value = word(request + 4);

	if ((address & 0xFF00) == 0x0200 && (address & 0xFF) < RTU_COILS)
		set_coil(unit, address & 0xFF, true, t_ns + (int64_t)value * 100000000);
	else if (address >= RTU_COILS)
		return refuse(answer, 2);
	else if (value == 0x5500)
		set_coil(unit, address, !unit->coils[address], 0);
	else if (value == 0xFF00 || value == 0)
		set_coil(unit, address, value != 0, 0);
	else
		return refuse(answer, 3);
	return 6;
}

static size_t write_many(struct rtu_unit *unit, const uint8_t *request, uint8_t *answer, int64_t t_ns)
{
	unsigned first = word(request + 2), count = word(request + 4), i;
	bool bits = request[1] == 15;

	if (count == 0 || first + count > (bits ? RTU_COILS : RTU_REGISTERS) || request[6] != (bits ? (count + 7) / 8 : 2 * count))
		return refuse(answer, 2);
	for (i = 0; i < count; i++) {
		if (bits)
			set_coil(unit, first + i, request[7 + i / 8] >> i % 8 & 1, 0);
		else
			set_register(unit, first + i, word(request + 7 + 2 * i), t_ns);
	}
	return 6;
}

static size_t carry_out(struct rtu_unit *unit, const uint8_t *request, uint8_t *answer, int64_t t_ns)
{
	memcpy(answer, request, 6);
	switch (request[1]) {
	case 1:
		return read_bits(unit, request, answer);
	case 3:
		return read_words(unit, request, answer);
	case 5:
		return write_bit(unit, request, answer, t_ns);
	case 6:
		if (word(request + 2) >= RTU_REGISTERS)
			return refuse(answer, 2);
		set_register(unit, word(request + 2), word(request + 4), t_ns);
		return 6;
	case 15:
	case 16:
		return write_many(unit, request, answer, t_ns);
	default:
		return refuse(answer, 1);
	}
}

static enum rtu_manner next_manner(struct rtu_unit *unit)
{
	if (unit->manners == 0)
		return RTU_WELL;
	if (unit->manners > 0)
		unit->manners--;
	return unit->manner;
}

static size_t misbehave(enum rtu_manner manner, uint8_t *answer, size_t size)
{
	switch (manner) {
	case RTU_WELL:
	case RTU_BUSY:
		break;
	case RTU_SILENT:
	case RTU_DEAF:
		return 0;
	case RTU_BAD_CRC:
		answer[size - 1] ^= 0x40;
		break;
	case RTU_OTHER_UNIT:
		answer[0]++;
		rtu_seal(answer, size - 2);
		break;
	case RTU_SHORT:
		return 3;
	case RTU_TWICE:
		memcpy(answer + size, answer, size);
		return 2 * size;
	}
	return size;
}

size_t rtu_unit_answer(struct rtu_unit *unit, const uint8_t *request, size_t size, int64_t t_ns, uint8_t answer[RTU_FRAME_MAX],
		       int64_t *delay_ns)
{
	enum rtu_manner manner;
	size_t made;

	if (size < 8 || request[0] != unit->unit || remainder_of(request, size) != 0)
		return 0;
	unit->requests++;
	rtu_unit_time(unit, t_ns);
	manner = next_manner(unit);
	*delay_ns = unit->delay_once_ns ? unit->delay_once_ns : unit->delay_ns;
	unit->delay_once_ns = 0;
	if (manner == RTU_SILENT)
		return 0;
	if (manner == RTU_BUSY) {
		memcpy(answer, request, 2);
		made = refuse(answer, 6);
	} else {
		made = carry_out(unit, request, answer, t_ns);
	}
	return misbehave(manner, answer, rtu_seal(answer, made));
}
