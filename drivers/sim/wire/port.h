#ifndef HILRIG_DRIVERS_SIM_WIRE_PORT_H
#define HILRIG_DRIVERS_SIM_WIRE_PORT_H

/*
 * The device's end of a serial line: a gadget's /dev/ttyGSn, any other tty, or a pty of our own ("pty"), whose name for
 * the rig is then `peer`.
 *
 * Nothing blocks and nothing is lost by a rig that is not there: a line that was pulled out is opened again every
 * WIRE_RETRY_NS, and what cannot be written is dropped, as on a real wire.
 *
 * Pace. With a baud rate, bytes that arrive in one piece count as arrived when they would have been on the wire
 * (8N1, 10 bits each), one piece after the other: `due_ns`.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define WIRE_PATH_SIZE 128
#define WIRE_INPUT_SIZE 8192
#define WIRE_RETRY_NS (20 * INT64_C(1000000))

struct wire_port {
	char path[WIRE_PATH_SIZE]; /* ours; "pty" for one of our own */
	char peer[WIRE_PATH_SIZE]; /* pty: the rig's side */
	int fd;                        /* -1: not there now */
	int held;                      /* pty: its other side, kept open so that a rig that leaves does not hang up; -1 */
	int64_t byte_ns;               /* 0: no pace */
	int64_t retry_ns;
	uint8_t input[WIRE_INPUT_SIZE];
	size_t input_size;
	int64_t due_ns;                /* INSTANT_NEVER: nothing has arrived */
	int64_t arrived_ns;            /* last piece that was read */
};

/* "PATH" or "PATH@BAUD". */
MUST_USE bool wire_port_open(struct wire_port *port, const char *text, struct error *error);
void wire_port_close(struct wire_port *port);

/* What waits is read into `input`. A port that was pulled out is closed until its next try. */
void wire_port_read(struct wire_port *port, int64_t t_ns);

/* Opens a lost port again when it is time. */
void wire_port_retry(struct wire_port *port, int64_t t_ns);

/* When something is to be done with it: input is due, or it is to be tried again. */
int64_t wire_port_next(const struct wire_port *port);

/* Everything that is due by t_ns leaves `input`; gives its size. */
size_t wire_port_take(struct wire_port *port, int64_t t_ns, uint8_t bytes[WIRE_INPUT_SIZE]);

void wire_port_write(struct wire_port *port, const void *bytes, size_t size);

/* How long so many bytes are on the wire. */
int64_t wire_port_pace_ns(const struct wire_port *port, size_t size);

#endif
