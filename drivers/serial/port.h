#ifndef HILRIG_DRIVERS_SERIAL_PORT_H
#define HILRIG_DRIVERS_SERIAL_PORT_H

/*
 * A byte stream to an instrument: a tty, a pty or a TCP socket, behind one small interface that never blocks.
 *
 * libserialport says what the ttys of this machine are (drivers/serial/find.h); opening and setting them is done
 * here, one way for ttys and ptys. libserialport 0.1.1 cannot open a pty, opens others without a lock, and reports an
 * unplugged port as a time-out.
 *
 * A port is ours alone: flock and TIOCEXCL, so that neither a second hilrig nor a terminal program reads half of the
 * bytes. DTR and RTS: Linux raises both at every open; they are then set once, in one call, as configured, and HUPCL is
 * cleared, so that closing does not move them and the next open finds them as they were. What had been received before is
 * thrown away. A tty that does not take the settings is refused; a pty has no wire, so its parity and lines do not matter.
 *
 * `fd` is for the caller's poll or loop: wait for POLLIN, and for POLLOUT while something is to be written. Unplugging and
 * hanging up show as PORT_GONE from port_read or port_write, whichever is first, never as silence.
 *
 * Errors: FAULT_CONFIGURATION for an address that fits several ports or settings that the port cannot have, FAULT_BUSY when
 * another program has it, FAULT_RIG when it is not there or breaks. They name what was looked for and what there is.
 */

#include "rig/base/error.h"
#include "rig/base/instant.h"
#include "rig/bench/port.h"

#include <netinet/in.h>

#define PORT_CONNECT_NS (2 * NS_PER_S) /* longest that port_open waits for a TCP peer */

enum port_kind { PORT_CLOSED, PORT_TTY, PORT_PTY, PORT_SOCKET };

/* Zero is not a closed port: begin with PORT_NONE. */
struct port {
	int fd;
	enum port_kind kind;
	char name[PORT_PATH_SIZE];     /* what was opened: "/dev/ttyUSB0", "tcp:relays:4196" */
	struct port_address identity;  /* what it is, for finding it again: of a USB device its ids, serial, place and interface */
	struct sockaddr_storage peer;  /* of a socket */
};

#define PORT_NONE ((struct port){.fd = -1})

enum port_result {
	PORT_MOVED,  /* something was read or written */
	PORT_LATER,  /* nothing now: poll */
	PORT_GONE    /* unplugged, hung up, closed by the peer: close it, and search */
};

/* A TCP peer is waited for as long as PORT_CONNECT_NS; nothing else waits. */
MUST_USE bool port_open(struct port *port, const struct port_address *address, const struct port_settings *settings,
                        struct error *error);

/* What was not yet sent is thrown away, so that closing never waits. Safe on a port that is closed. */
void port_close(struct port *port);

/* `*count` is at least 1 with PORT_MOVED, and 0 otherwise. `size` at least 1. */
MUST_USE enum port_result port_read(struct port *port, void *bytes, size_t size, size_t *count);
MUST_USE enum port_result port_write(struct port *port, const void *bytes, size_t size, size_t *count);

/* Throws away what was received and not yet read. */
void port_drain(struct port *port);

/* Whether all that was written is out on the wire, as far as the kernel and the port's driver can tell. */
bool port_is_drained(const struct port *port);

/* Another rate than it was opened with; the other settings are to be the same. FAULT_CONFIGURATION where there is none (sockets). */
MUST_USE bool port_set_rate(struct port *port, const struct port_settings *settings, struct error *error);

/* Begins or ends a break. FAULT_CONFIGURATION where there is none (sockets). */
MUST_USE bool port_set_break(struct port *port, bool on, struct error *error);

/* Sets DTR and RTS, both in one call. FAULT_CONFIGURATION where there are none (ptys, sockets). */
MUST_USE bool port_set_lines(struct port *port, enum port_line dtr, enum port_line rts, struct error *error);

/*
 * Finding a lost port again. A device that was unplugged comes back under another name, so it is looked for by what the
 * bench file says; where that is only a name, and the port was a USB device, by its ids, interface and serial number, and
 * if it has no serial number by its place.
 *
 * port_search_begin closes the port; then port_search_step is called at `next_ns` or later: first PORT_SEARCH_FIRST_NS
 * after the start, each pause twice the one before, up to PORT_SEARCH_LAST_NS. A step takes some milliseconds and never
 * waits (a TCP connection is made in the background). It gives true once the port is open again. It never fails, since
 * what is not there may still come: the caller has the deadline. `why` is what the last step found. Steps allocate, inside
 * libserialport; they are no part of a transaction.
 */
#define PORT_SEARCH_FIRST_NS (50 * NS_PER_MS)
#define PORT_SEARCH_LAST_NS (1 * NS_PER_S)
#define PORT_SEARCH_CONNECT_NS (5 * NS_PER_S) /* then a TCP connection is begun anew */

struct port_search {
	struct port_address address;
	struct port_settings settings;
	struct sockaddr_storage peer;
	int64_t next_ns;
	int64_t pause_ns;
	int connecting;            /* a socket on its way; -1: none */
	int64_t connect_ns;        /* when it was begun */
	struct error why;
};

void port_search_begin(struct port_search *search, struct port *port, const struct port_address *address,
                       const struct port_settings *settings, int64_t t_ns);
MUST_USE bool port_search_step(struct port_search *search, struct port *port, int64_t t_ns);
void port_search_end(struct port_search *search); /* gives up; also right after a step gave true */

#endif
