#ifndef HILRIG_DRIVERS_MODBUS_TRANSACTION_H
#define HILRIG_DRIVERS_MODBUS_TRANSACTION_H

/*
 * One question to one unit and its answer, and what their RTU frames look like. Pure: values in, bytes out, and back.
 *
 * Functions known: 1 read coils, 2 read discrete inputs, 3 read holding registers, 4 read input registers, 5 write one
 * coil, 6 write one register, 15 write coils, 16 write registers (Modbus Application Protocol 1.1b3, section 6).
 *
 * The answer is compared with the question strictly: unit, function, byte count, and of writes the whole echo. libmodbus
 * 3.1.6 compares neither address nor value of a single write's echo, so a late "on" would pass for the answer to "off".
 */

#include "rig/base/error.h"

#include <stdint.h>

#define MODBUS_VALUES_MAX 64   /* registers or coils of one transaction */
#define MODBUS_FRAME_MAX 256   /* bytes of an RTU frame with its check (Modbus over serial line 1.02, 2.5.1) */

enum modbus_function {
	MODBUS_READ_COILS = 1,
	MODBUS_READ_INPUTS = 2,
	MODBUS_READ_HOLDING = 3,
	MODBUS_READ_INPUT_REGISTERS = 4,
	MODBUS_WRITE_COIL = 5,
	MODBUS_WRITE_REGISTER = 6,
	MODBUS_WRITE_COILS = 15,
	MODBUS_WRITE_REGISTERS = 16
};

struct modbus_transaction {
	uint8_t unit;                      /* 1 to 247: broadcast has no answer and is not used */
	uint8_t function;
	uint16_t address;
	uint16_t count;                    /* of registers or coils, 1 to MODBUS_VALUES_MAX; 1 for functions 5 and 6 */
	uint16_t values[MODBUS_VALUES_MAX]; /* writes: registers, coils 0 or 1; function 5: the word itself (0xFF00, 0x0000, ...) */
};

/* How one try ended. Everything from MODBUS_NO_ANSWER to MODBUS_WRONG_ANSWER leaves the line in doubt. */
enum modbus_outcome {
	MODBUS_OK,
	MODBUS_EXCEPTION,    /* the unit refused, properly */
	MODBUS_NO_ANSWER,    /* nothing came in time */
	MODBUS_SHORT,        /* some bytes came, no whole frame */
	MODBUS_BAD_CRC,
	MODBUS_WRONG_UNIT,
	MODBUS_WRONG_ANSWER, /* function, count or echo are not those of the question */
	MODBUS_LOST,         /* the port is gone */
	MODBUS_TOO_LATE,     /* the request's deadline passed */
	MODBUS_CANCELLED,
	MODBUS_OUTCOME_COUNT
};

bool modbus_is_read(uint8_t function);

/* "no answer", "bad check", ... */
const char *modbus_outcome_text(enum modbus_outcome outcome);

/* What a unit means by an exception's code: "no such register", ... (Application Protocol 1.1b3, section 7) */
const char *modbus_exception_text(uint8_t exception);

/* Whether the line may still carry something that belongs to the try that ended so. */
bool modbus_outcome_in_doubt(enum modbus_outcome outcome);

/* Writes the request with its check. Gives its size, at most MODBUS_FRAME_MAX. */
size_t modbus_request_frame(const struct modbus_transaction *transaction, uint8_t frame[MODBUS_FRAME_MAX]);

/* Size of the answer, with its check, when there is no exception. */
size_t modbus_answer_size(const struct modbus_transaction *transaction);

/*
 * Writes the answer that a unit gives which holds `values`; of writes the echo, and `values` may be NULL. With it an off
 * script says what it expects.
 */
size_t modbus_answer_frame(const struct modbus_transaction *transaction, const uint16_t *values, uint8_t frame[MODBUS_FRAME_MAX]);

/*
 * Judges a frame as received. MODBUS_OK: `values` holds what was read (registers, or coils as 0 and 1); with
 * MODBUS_EXCEPTION `*exception` is its code; both are untouched otherwise.
 */
enum modbus_outcome modbus_answer_read(const struct modbus_transaction *transaction, const uint8_t *frame, size_t size,
				       uint16_t values[MODBUS_VALUES_MAX], uint8_t *exception);

/*
 * Time of `bytes` on the wire, and the silence that ends a frame: 3.5 characters, 1.75 ms above 19200 baud. A character has
 * 11 bits (start, 8, parity or second stop, stop), whatever is configured: the standard's count, on the safe side.
 */
int64_t modbus_wire_ns(size_t bytes, int baud);
int64_t modbus_gap_ns(int baud);

#endif
