#ifndef HILRIG_DRIVERS_MODBUS_WORKER_H
#define HILRIG_DRIVERS_MODBUS_WORKER_H

/*
 * The thread that executes one transaction at a time with libmodbus, and the only file that includes it.
 *
 * libmodbus blocks, so it runs here, on one end of a socketpair whose other end the loop holds (line.h). It adds and checks
 * the frame's check, knows how long an answer is and waits for it; recovery is off (MODBUS_ERROR_RECOVERY_NONE), since what to
 * do after an error is the bus's decision (bus.h). Every function goes as a raw request, and the answer is compared here
 * with the question (transaction.h): libmodbus 3.1.6 does not compare the echo of a single write, and its own calls know
 * only 0xFF00 and 0x0000 for a coil.
 *
 * The worker reads no clock; instants are taken where the bytes pass, by the line. Shutting the loop's end of the socketpair
 * down ends a blocked call at once. All functions belong to the loop's thread.
 */

#include "drivers/modbus/transaction.h"

struct worker;

struct worker_end {
	uint32_t number;
	enum modbus_outcome outcome;   /* MODBUS_OK to MODBUS_LOST; a short answer is MODBUS_NO_ANSWER here */
	uint8_t exception;
	size_t size;                   /* of the answer that was judged */
	uint16_t values[MODBUS_VALUES_MAX];
};

/* Starts the thread. `baud` is for libmodbus to be told; it sets no tty. FAULT_ENVIRONMENT. */
MUST_USE struct worker *worker_new(int baud, struct error *error);

/* Joins the thread; shut the socketpair down before, if a transaction may be open. */
void worker_free(struct worker *worker);

/*
 * Hands over the worker's end of a new socketpair, which it closes when the next one comes and at its end. Refused when the
 * descriptor is not below FD_SETSIZE: libmodbus uses select, and 3.1.6 does not check.
 */
MUST_USE bool worker_use(struct worker *worker, int descriptor, struct error *error);

/* Begins a transaction; `limit_ns` is how long it may take. False when too much waits for the worker: it hangs. */
MUST_USE bool worker_begin(struct worker *worker, uint32_t number, const struct modbus_transaction *transaction, int64_t limit_ns);

/* Readable when a transaction has ended; then take until false. */
int worker_descriptor(const struct worker *worker);
MUST_USE bool worker_take(struct worker *worker, struct worker_end *end);

#endif
