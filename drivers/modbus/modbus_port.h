#ifndef HILRIG_DRIVERS_MODBUS_MODBUS_PORT_H
#define HILRIG_DRIVERS_MODBUS_MODBUS_PORT_H

/*
 * A real Modbus line: segment, worker and line as one object for the loop.
 *
 * How a transaction goes. The segment starts it a little early; the worker thread executes it with libmodbus on one end of a
 * socketpair; the loop's side (line.h) holds the request until its instant, forwards the bytes between the other end and the
 * tty, records every frame with its instant, drops what arrives while no transaction is open, and cancels a blocked call by
 * closing the socketpair. The tty descriptor is the caller's: opened, locked and set by drivers/serial/port.h (tty, pty, or
 * a socket that carries RTU), non-blocking; it is borrowed from modbus_port_attach to modbus_port_detach. Bytes are written
 * and read here with write() and read().
 *
 * For the loop there is one descriptor, modbus_port_descriptor: poll it for reading and call modbus_port_ready when it
 * is; inside are the tty, the socketpair, the worker's results and a timer of nanosecond grain (a loop's own timers have
 * 1 ms, as much as a whole gap at 115200 baud). So the loop needs no timer for a port. `now_ns` is CLOCK_MONOTONIC, read
 * right before the call. All functions are the loop's thread only; the worker is inside.
 *
 * When the tty is gone (unplugged, hung up), every request fails at once and `modbus_port_is_lost` turns true: detach, close it,
 * look for it again, attach the new one. Instruments then begin with their identity.
 *
 * No malloc after modbus_port_new and segment_add (libmodbus allocates nothing in a transaction).
 */

#include "drivers/modbus/segment.h"

enum modbus_frame_kind {
	MODBUS_FRAME_SENT,
	MODBUS_FRAME_HEARD,    /* while a transaction was open */
	MODBUS_FRAME_DROPPED   /* while none was: a late answer, noise */
};

/* A frame as it was on the line: what was sent in one write, or what was heard until the transaction ended. */
struct modbus_frame {
	enum modbus_frame_kind kind;
	int64_t first_ns, last_ns;  /* reads of its first and last byte; of a sent frame both are the write's */
	const uint8_t *bytes;       /* borrowed for the call */
	size_t size;
};

struct modbus_port_settings {
	int baud;
	void (*record)(void *recorder, const struct modbus_frame *frame); /* may be NULL */
	void *recorder;
};

struct modbus_port;

/* Starts the worker. FAULT_ENVIRONMENT when threads, memory or descriptors have run out. */
MUST_USE struct modbus_port *modbus_port_new(const struct modbus_port_settings *settings, struct error *error);

/* Cancels what is under way and joins the worker; never blocks longer than the scheduler does. The tty stays open. */
void modbus_port_free(struct modbus_port *port);

/* For segment_add before the first attach, segment_driver, segment_off_bus. Steps are the port's own. */
struct segment *modbus_port_segment(struct modbus_port *port);

/* FAULT_ENVIRONMENT when descriptors have run out; the socketpair's must be below FD_SETSIZE (worker.h). */
MUST_USE bool modbus_port_attach(struct modbus_port *port, int descriptor, int64_t now_ns, struct error *error);
void modbus_port_detach(struct modbus_port *port, int64_t now_ns);
bool modbus_port_is_lost(const struct modbus_port *port);

int modbus_port_descriptor(const struct modbus_port *port);
void modbus_port_ready(struct modbus_port *port, int64_t now_ns);

/* Instant at which it wants modbus_port_ready without a readable descriptor: for a caller that has no poll; see above. */
int64_t modbus_port_deadline(const struct modbus_port *port);

/* As segment_command; begins at once. Reports come by modbus_port_take: look after every command and every ready. */
MUST_USE bool modbus_port_command(struct modbus_port *port, int instrument, const struct driver_command *command, int64_t now_ns,
				  struct error *error);
MUST_USE bool modbus_port_take(struct modbus_port *port, int *instrument, struct driver_report *report);

#endif
