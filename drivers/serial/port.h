#ifndef HILRIG_DRIVERS_SERIAL_PORT_H
#define HILRIG_DRIVERS_SERIAL_PORT_H

/*
 * A byte stream to an instrument: a tty, a pty or a TCP socket, behind one small interface that never blocks.
 *
 * libserialport says which ttys there are and what they are; opening and setting them is done here, with one way for ttys
 * and ptys. (libserialport 0.1.1 cannot open a pty, opens others without a lock, drops DTR at close, reports an unplugged
 * port as a time-out, and puts RTS/CTS into the wrong flag word.)
 *
 * A port is ours alone: flock and TIOCEXCL, so that neither a second hilrig nor a terminal program reads half of the
 * bytes. DTR and RTS: Linux raises both at every open; they are then set once, in one call, as configured, and HUPCL is
 * cleared, so that closing does not move them and the next open finds them as they were.
 *
 * `fd` is for the caller's poll or loop: wait for POLLIN, and for POLLOUT while something is to be written. Unplugging and
 * hanging up show as PORT_LOST from port_read or port_write, whichever is first.
 *
 * Errors: FAULT_CONFIGURATION for an address that is ambiguous or misspelt, FAULT_BUSY when another program has the port,
 * FAULT_RIG when it is not there or breaks. They name the port, what was looked for, what is there, and what was meant.
 */

#include "rig/base/error.h"
#include "rig/base/instant.h"
#include "rig/bench/port.h"

#define PORT_CONNECT_NS (2 * NS_PER_S) /* longest that port_open waits for a TCP peer */
#define PORTS_MAX 64                   /* most ports of this machine that are looked at */

enum port_kind { PORT_CLOSED, PORT_TTY, PORT_PTY, PORT_SOCKET };

/* What is known of a port of this machine. */
struct port_found {
	char path[PORT_PATH_SIZE];         /* "/dev/ttyUSB0" */
	char usb[PORT_USB_SIZE];           /* empty: not a USB device, as all that follows */
	char usb_serial[PORT_USB_SERIAL_SIZE];
	char usb_path[PORT_USB_PATH_SIZE];
	int usb_port;                      /* -1: not a USB device */
	char product[64];
};

/* Zero is not a closed port: begin with PORT_NONE. */
struct port {
	int fd;
	enum port_kind kind;
	bool lost;                 /* once lost it stays lost until port_close */
	struct port_found found;   /* what was opened; of a socket only `path` */
};

#define PORT_NONE ((struct port){.fd = -1})

enum port_result {
	PORT_DATA,   /* something was read or written */
	PORT_LATER,  /* nothing now: poll */
	PORT_LOST    /* gone: unplugged, hung up, closed by the peer */
};

MUST_USE bool port_open(struct port *port, const struct port_address *address, const struct port_settings *settings,
                        struct error *error);

/* What was not yet sent is thrown away, so that closing never waits. Safe on a port that is closed. */
void port_close(struct port *port);

/* `*count` is set with PORT_DATA, to at least 1, and to 0 otherwise. */
MUST_USE enum port_result port_read(struct port *port, void *bytes, size_t size, size_t *count);
MUST_USE enum port_result port_write(struct port *port, const void *bytes, size_t size, size_t *count);

/* Throws away what was received and not yet read. */
void port_drain(struct port *port);

/* Sets DTR and RTS, both in one call. Fails where there are none (ptys, sockets). */
MUST_USE bool port_set_lines(struct port *port, enum port_line dtr, enum port_line rts, struct error *error);

/* Ports of this machine, ordered by path; gives how many of at most `size` were filled in. */
size_t ports_list(struct port_found *found, size_t size);

/* One line of text about where a port is, for errors and journals: "usb 10c4:ea60 serial 0001". */
void port_address_text(const struct port_address *address, char *text, size_t size);

/*
 * Finding a lost port again. A device that was unplugged comes back under another name, so it is looked for by what the
 * bench file says and, where that was a name only, by the USB identity that the port had: serial number if it has one,
 * else its place.
 *
 * port_search_begin closes the port and says what to look for; then port_search_step is called at `next_ns`, which is
 * PORT_SEARCH_FIRST_NS after the start and doubles up to PORT_SEARCH_LAST_NS. A step takes a few milliseconds and never
 * waits (a TCP peer is connected to in the background). It gives true once the port is open again. It fails never: what
 * is not there now may come later, and the caller has the deadline. `why` is the reason of the last failed step.
 * Looking at ports allocates, inside libserialport; it is no part of a transaction.
 */
#define PORT_SEARCH_FIRST_NS (50 * NS_PER_MS)
#define PORT_SEARCH_LAST_NS (1 * NS_PER_S)

struct port_search {
	struct port_address address;
	struct port_settings settings;
	int64_t next_ns;
	int64_t pause_ns;
	int connecting;            /* a socket on its way; -1: none */
	struct error why;
};

void port_search_begin(struct port_search *search, struct port *port, const struct port_address *address,
                       const struct port_settings *settings, int64_t t_ns);
MUST_USE bool port_search_step(struct port_search *search, struct port *port, int64_t t_ns);
void port_search_end(struct port_search *search); /* gives up; not needed after a step gave true */

#endif
