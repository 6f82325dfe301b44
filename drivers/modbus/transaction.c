/* RTU frames of eight functions: written, sized, and answers judged against their question. */

#include "drivers/modbus/transaction.h"

#include "rig/base/crc16.h"
#include "rig/base/instant.h"

#include <assert.h>
#include <string.h>

#define BITS_PER_CHARACTER 11
#define EXCEPTION_BIT 0x80
#define EXCEPTION_SIZE 5

static const char *const outcome_texts[MODBUS_OUTCOME_COUNT] = {
	[MODBUS_OK] = "answered",
	[MODBUS_EXCEPTION] = "refused",
	[MODBUS_NO_ANSWER] = "no answer",
	[MODBUS_SHORT] = "answer cut short",
	[MODBUS_BAD_CRC] = "answer with a bad check",
	[MODBUS_WRONG_UNIT] = "answer of another unit",
	[MODBUS_WRONG_ANSWER] = "answer to another question",
	[MODBUS_LOST] = "port lost",
	[MODBUS_TOO_LATE] = "not answered before the deadline",
	[MODBUS_CANCELLED] = "cancelled",
};

bool modbus_is_read(uint8_t function)
{
	return function >= MODBUS_READ_COILS && function <= MODBUS_READ_INPUT_REGISTERS;
}

const char *modbus_outcome_text(enum modbus_outcome outcome)
{
	assert(outcome < MODBUS_OUTCOME_COUNT);
	return outcome_texts[outcome];
}

const char *modbus_exception_text(uint8_t exception)
{
	switch (exception) {
	case 1: return "no such function";
	case 2: return "no such register";
	case 3: return "no such value";
	case 4: return "device failure";
	case 5: return "not finished yet";
	case 6: return "device busy";
	default: return "its own reason";
	}
}

bool modbus_outcome_in_doubt(enum modbus_outcome outcome)
{
	return outcome >= MODBUS_NO_ANSWER && outcome <= MODBUS_WRONG_ANSWER;
}

static bool is_coils(uint8_t function)
{
	return function == MODBUS_READ_COILS || function == MODBUS_READ_INPUTS || function == MODBUS_WRITE_COILS;
}

static void put_word(uint8_t *bytes, unsigned word)
{
	bytes[0] = (uint8_t)(word >> 8);
	bytes[1] = (uint8_t)(word & 0xFF);
}

static size_t data_size(const struct modbus_transaction *transaction)
{
	return is_coils(transaction->function) ? (transaction->count + 7u) / 8 : 2u * transaction->count;
}

static void put_values(const struct modbus_transaction *transaction, const uint16_t *values, uint8_t *bytes)
{
	size_t i;

	memset(bytes, 0, data_size(transaction));
	for (i = 0; i < transaction->count; i++) {
		if (!is_coils(transaction->function))
			put_word(bytes + 2 * i, values[i]);
		else if (values[i])
			bytes[i / 8] |= (uint8_t)(1u << i % 8);
	}
}

static void get_values(const struct modbus_transaction *transaction, const uint8_t *bytes, uint16_t *values)
{
	size_t i;

	for (i = 0; i < transaction->count; i++)
		values[i] = (uint16_t)(is_coils(transaction->function) ? bytes[i / 8] >> i % 8 & 1
								       : bytes[2 * i] << 8 | bytes[2 * i + 1]);
}

size_t modbus_request_frame(const struct modbus_transaction *transaction, uint8_t frame[MODBUS_FRAME_MAX])
{
	size_t size = 6;

	assert(transaction->count >= 1 && transaction->count <= MODBUS_VALUES_MAX);
	frame[0] = transaction->unit;
	frame[1] = transaction->function;
	put_word(frame + 2, transaction->address);
	switch (transaction->function) {
	case MODBUS_WRITE_COIL:
	case MODBUS_WRITE_REGISTER:
		put_word(frame + 4, transaction->values[0]);
		break;
	case MODBUS_WRITE_COILS:
	case MODBUS_WRITE_REGISTERS:
		put_word(frame + 4, transaction->count);
		frame[6] = (uint8_t)data_size(transaction);
		put_values(transaction, transaction->values, frame + 7);
		size = 7 + data_size(transaction);
		break;
	default:
		assert(modbus_is_read(transaction->function));
		put_word(frame + 4, transaction->count);
	}
	return crc16_modbus_append(frame, size);
}

size_t modbus_answer_size(const struct modbus_transaction *transaction)
{
	return modbus_is_read(transaction->function) ? 5 + data_size(transaction) : 8;
}

size_t modbus_answer_frame(const struct modbus_transaction *transaction, const uint16_t *values, uint8_t frame[MODBUS_FRAME_MAX])
{
	if (!modbus_is_read(transaction->function)) {
		modbus_request_frame(transaction, frame); /* unit, function, address, and value or count: six bytes */
		return crc16_modbus_append(frame, 6);
	}
	frame[0] = transaction->unit;
	frame[1] = transaction->function;
	frame[2] = (uint8_t)data_size(transaction);
	put_values(transaction, values, frame + 3);
	return crc16_modbus_append(frame, 3 + data_size(transaction));
}

enum modbus_outcome modbus_answer_read(const struct modbus_transaction *transaction, const uint8_t *frame, size_t size,
				       uint16_t values[MODBUS_VALUES_MAX], uint8_t *exception)
{
	uint8_t echo[MODBUS_FRAME_MAX];

	if (size == 0)
		return MODBUS_NO_ANSWER;
	if (size < EXCEPTION_SIZE)
		return MODBUS_SHORT;
	if (!crc16_modbus_holds(frame, size))
		return MODBUS_BAD_CRC;
	if (frame[0] != transaction->unit)
		return MODBUS_WRONG_UNIT;
	if (frame[1] == (transaction->function | EXCEPTION_BIT) && size == EXCEPTION_SIZE) {
		*exception = frame[2];
		return MODBUS_EXCEPTION;
	}
	if (frame[1] != transaction->function || size != modbus_answer_size(transaction))
		return MODBUS_WRONG_ANSWER;
	if (!modbus_is_read(transaction->function)) {
		modbus_answer_frame(transaction, NULL, echo);
		return memcmp(echo, frame, size) == 0 ? MODBUS_OK : MODBUS_WRONG_ANSWER;
	}
	if (frame[2] != data_size(transaction))
		return MODBUS_WRONG_ANSWER;
	get_values(transaction, frame + 3, values);
	return MODBUS_OK;
}

int64_t modbus_wire_ns(size_t bytes, int baud)
{
	return ((int64_t)bytes * BITS_PER_CHARACTER * NS_PER_S + baud - 1) / baud;
}

int64_t modbus_gap_ns(int baud)
{
	/* 3.5 characters are 7 half characters; above 19200 the standard fixes 1.75 ms. */
	return baud > 19200 ? 1750 * NS_PER_US : (7 * BITS_PER_CHARACTER * NS_PER_S / 2 + baud - 1) / baud;
}
