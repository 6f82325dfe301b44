#ifndef HILRIG_DRIVERS_SERIAL_TTY_H
#define HILRIG_DRIVERS_SERIAL_TTY_H

/* Settings of a tty by termios2, which takes any baud rate. Only for drivers/serial/port.c. */

#include "rig/base/error.h"
#include "rig/bench/port.h"

/*
 * Raw bytes with these settings; breaks and bytes with a parity or framing error are dropped; HUPCL off. With `wire`
 * what the driver made of them is read back: a baud rate more than 3 % off, another parity or width is
 * FAULT_CONFIGURATION. Without, as on a pty, they have no meaning.
 */
MUST_USE bool tty_set(int fd, const struct port_settings *settings, bool wire, struct error *error);

/* Both lines in one call. FAULT_CONFIGURATION where the tty has none. */
MUST_USE bool tty_set_lines(int fd, enum port_line dtr, enum port_line rts, struct error *error);

/* Asks the driver not to wait for more bytes (FTDI: 1 ms instead of 16). Whether it can is nobody's fault. */
void tty_hurry(int fd);

/* Nothing waits to be sent, in the kernel and, where it can be asked, in the port. */
bool tty_is_drained(int fd);

MUST_USE bool tty_set_break(int fd, bool on, struct error *error);

#endif
