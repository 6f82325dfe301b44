/* A RuiDeng RD6006. */

#include "drivers/sim/face/units.h"

#include "rig/base/instant.h"

#include <stdio.h>
#include <string.h>

#define MV_PER_STEP 10        /* registers count 10 mV, and mA */
#define VOLTS_MAX_MV 61000
#define AMPS_MAX_MA 6100
#define INPUT_MV 65000
#define BOOT_LOADER 256

enum {
	R_MODEL = 0, R_SERIAL_LOW = 2, R_FIRMWARE = 3, R_TEMPERATURE = 5, R_VOLTS = 8, R_AMPS = 9, R_VOLTS_OUT = 10, R_AMPS_OUT = 11,
	R_POWER_HIGH = 12, R_POWER_LOW = 13, R_VOLTS_IN = 14, R_PROTECTION = 16, R_REGULATION = 17, R_OUTPUT = 18, R_RECALL = 19,
	R_CALIBRATION_FIRST = 54, R_CALIBRATION_LAST = 62, R_BOOT = 68, R_M0_VOLTS = 80, R_M0_AMPS = 81, R_M0_OVP = 82, R_M0_OCP = 83
};

static int register_value(const struct units *units, int index, int64_t t_ns, int number)
{
	const struct supply *supply = &units->plant->supplies[index];
	int64_t out_mv = voltage_at(&supply->out, t_ns), amps_ma = supply->load_ma;
	int64_t power = out_mv * amps_ma / 10000; /* hundredths of a watt */

	if (supply->constant_current)
		amps_ma = supply->amps_ma;
	switch (number) {
	case R_MODEL:
		return units->model[index];
	case R_SERIAL_LOW:
		return 4711 + index;
	case R_FIRMWARE:
		return 141;
	case R_TEMPERATURE:
		return 31;
	case R_VOLTS:
	case R_M0_VOLTS:
		return (int)(supply->volts_mv / MV_PER_STEP);
	case R_AMPS:
	case R_M0_AMPS:
		return (int)supply->amps_ma;
	case R_VOLTS_OUT:
		return (int)(out_mv / MV_PER_STEP);
	case R_AMPS_OUT:
		return out_mv > 0 ? (int)amps_ma : 0;
	case R_POWER_HIGH:
		return (int)(power >> 16);
	case R_POWER_LOW:
		return (int)(power & 0xFFFF);
	case R_VOLTS_IN:
		return INPUT_MV / MV_PER_STEP;
	case R_PROTECTION:
		return (int)supply->protection;
	case R_REGULATION:
		return supply->constant_current;
	case R_OUTPUT:
		return supply->output;
	case R_RECALL:
		return 0;
	case R_BOOT:
		return supply->boot_on;
	case R_M0_OVP:
		return (int)(supply->ovp_mv / MV_PER_STEP);
	case R_M0_OCP:
		return (int)supply->ocp_ma;
	default:
		return units->registers[index][number];
	}
}

static size_t read_registers(struct units *units, int index, int64_t t_ns, const uint8_t *pdu, uint8_t *answer)
{
	int from = face_word(pdu + 1), count = face_word(pdu + 3), i;

	if (count < 1 || count > 100)
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	if (from + count > RIDEN_REGISTERS)
		return face_refuse(pdu, MODBUS_BAD_ADDRESS, answer);
	answer[0] = pdu[0];
	answer[1] = (uint8_t)(2 * count);
	for (i = 0; i < count; i++)
		face_put_word(answer + 2 + 2 * i, register_value(units, index, t_ns, from + i));
	return 2 + 2 * (size_t)count;
}

static void forbid(struct units *units, int number)
{
	char text[64];

	snprintf(text, sizeof text, "supply's register %d written", number);
	units->forbidden(units->self, text);
}

/* What a register does; PLANT_TICK: it is only kept. */
static enum plant_event_kind event_of(int number)
{
	switch (number) {
	case R_VOLTS:
	case R_M0_VOLTS:
		return PLANT_SUPPLY_VOLTS;
	case R_AMPS:
	case R_M0_AMPS:
		return PLANT_SUPPLY_AMPS;
	case R_OUTPUT:
		return PLANT_SUPPLY_OUTPUT;
	case R_BOOT:
		return PLANT_SUPPLY_BOOT;
	case R_M0_OVP:
		return PLANT_SUPPLY_OVP;
	case R_M0_OCP:
		return PLANT_SUPPLY_OCP;
	default:
		return PLANT_TICK;
	}
}

/* 0, or the exception. */
static int write_register(struct units *units, int index, int64_t t_ns, int number, int value)
{
	struct plant_event event = {.kind = event_of(number), .t_ns = t_ns, .part = index, .on = value != 0, .value = value};
	bool volts = event.kind == PLANT_SUPPLY_VOLTS || event.kind == PLANT_SUPPLY_OVP;

	if (number == R_RECALL || number == BOOT_LOADER || (number >= R_CALIBRATION_FIRST && number <= R_CALIBRATION_LAST))
		forbid(units, number);
	if (number == BOOT_LOADER)
		return 0;
	if (number >= RIDEN_REGISTERS)
		return MODBUS_BAD_ADDRESS;
	if (event.kind == PLANT_TICK) {
		if (!units->plant->supplies[index].locked)
			units->registers[index][number] = value;
		return 0;
	}
	if (volts)
		event.value *= MV_PER_STEP;
	if (volts ? event.value > VOLTS_MAX_MV + 1000 : value > AMPS_MAX_MA + 100)
		return MODBUS_BAD_VALUE;
	plant_step(units->plant, &event);
	return 0;
}

static size_t write_registers(struct units *units, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer)
{
	bool many = pdu[0] == 16;
	int from = face_word(pdu + 1), count = many ? face_word(pdu + 3) : 1, i, code;

	if (many && (count < 1 || count > 60 || size < 6 + 2 * (size_t)count || pdu[5] != 2 * count))
		return face_refuse(pdu, MODBUS_BAD_VALUE, answer);
	for (i = 0; i < count; i++) {
		code = write_register(units, index, t_ns, from + i, face_word(pdu + (many ? 6 + 2 * i : 3)));
		if (code != 0)
			return face_refuse(pdu, code, answer);
	}
	memcpy(answer, pdu, 5);
	return 5;
}

size_t riden_carry_out(void *self, int index, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t *answer)
{
	struct units *units = self;

	if (!units->plant->supplies[index].fed)
		return 0;
	switch (pdu[0]) {
	case 3:
		return read_registers(units, index, t_ns, pdu, answer);
	case 6:
	case 16:
		return write_registers(units, index, t_ns, pdu, size, answer);
	default:
		return face_refuse(pdu, MODBUS_BAD_FUNCTION, answer);
	}
}
