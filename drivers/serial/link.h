#ifndef HILRIG_DRIVERS_SERIAL_LINK_H
#define HILRIG_DRIVERS_SERIAL_LINK_H

/*
 * A port that is looked for again when it was lost (drivers/serial/port.h): what every instrument on a serial port does
 * around its protocol. Who reads or writes the port and gets PORT_GONE calls port_link_lose, and then port_link_find
 * whenever port_link_deadline has come.
 */

#include "drivers/serial/port.h"

struct port_link {
	struct port port;              /* fd -1 while it is lost */
	struct port_address address;
	struct port_settings settings;
	struct port_search search;     /* `why` stays when it has ended */
	bool searching;
};

/* Errors as of port_open; then there is nothing to close. */
MUST_USE bool port_link_open(struct port_link *link, const struct port_address *address, const struct port_settings *settings,
                             struct error *error);

/* Closes the port and begins to look for it. False: it was lost before, and is looked for already. */
MUST_USE bool port_link_lose(struct port_link *link, int64_t t_ns);

/* Looks for a lost port when it is time to. True: it has just come back, and is open. */
MUST_USE bool port_link_find(struct port_link *link, int64_t t_ns);

/* When port_link_find has something to do; INSTANT_NEVER while the port is not lost. */
int64_t port_link_deadline(const struct port_link *link);

void port_link_close(struct port_link *link);

#endif
