#ifndef HILRIG_DRIVERS_SERIAL_FIND_H
#define HILRIG_DRIVERS_SERIAL_FIND_H

/* Which serial ports this machine has, what they are, and which one a bench file means. By libserialport and sysfs. */

#include "rig/base/error.h"
#include "rig/bench/port.h"

#define PORTS_MAX 64 /* ports of one machine that are looked at */

struct found_port {
	char path[PORT_PATH_SIZE];              /* "/dev/ttyUSB0" */
	char usb[PORT_USB_SIZE];                /* "10c4:ea60"; empty: not a USB device, and so is what follows */
	char usb_serial[PORT_USB_SERIAL_SIZE];
	char usb_path[PORT_USB_PATH_SIZE];      /* "1-1.3" */
	int usb_port;                           /* interface number; -1: not known */
	char product[64];
};

/* Fills at most `size` ports, ordered by path, and gives how many. */
size_t ports_list(struct found_port *ports, size_t size);

/* "/dev/ttyUSB0 (10c4:ea60 serial 0001 at 1-1.3 port 0)" */
void found_port_text(const struct found_port *port, char *text, size_t size);

/* "10c4:ea60 serial 0001", as a bench file gives it. */
void port_address_text(const struct port_address *address, char *text, size_t size);

/*
 * The one of `ports` that fits; `*at` is its index. FAULT_RIG when none does, with what there is and which one comes
 * nearest; FAULT_CONFIGURATION when several do. `path` of the address is not looked at.
 */
MUST_USE bool port_choose(const struct found_port *ports, size_t count, const struct port_address *address, size_t *at,
                          struct error *error);

#endif
