#ifndef HILRIG_RIG_BENCH_PORT_H
#define HILRIG_RIG_BENCH_PORT_H

/*
 * Where a byte stream is found and how it is set: what a bench file's `port`, `baud` and their neighbours say.
 *
 * A port is found by what is given; everything given must fit, and exactly one port may.
 *   path        "/dev/ttyUSB0", "/dev/serial/by-path/…", "ttyUSB0", a pty "/dev/pts/3", or a socket "tcp:host:port"
 *   usb         "10c4:ea60", vendor and product in hex
 *   usb_serial  the serial number in the device
 *   usb_path    the place, as the kernel names it: "1-1.3"
 *   usb_port    which one of a device with several, by its USB interface number; -1: not given
 * Empty text: not given.
 */

#include <stdint.h>

#define PORT_PATH_SIZE 128
#define PORT_USB_SIZE 16
#define PORT_USB_SERIAL_SIZE 64
#define PORT_USB_PATH_SIZE 32

struct port_address {
	char path[PORT_PATH_SIZE];
	char usb[PORT_USB_SIZE];
	char usb_serial[PORT_USB_SERIAL_SIZE];
	char usb_path[PORT_USB_PATH_SIZE];
	int usb_port;
};

enum port_parity { PORT_PARITY_NONE, PORT_PARITY_EVEN, PORT_PARITY_ODD };
enum port_flow { PORT_FLOW_NONE, PORT_FLOW_RTS_CTS };

/* PORT_LINE_LEAVE: as opening a tty leaves it, which on Linux is raised. */
enum port_line { PORT_LINE_LEAVE, PORT_LINE_OFF, PORT_LINE_ON };

struct port_settings {
	int64_t baud;             /* any rate that the driver of the tty accepts; sockets have none */
	int data_bits;            /* 7 or 8 */
	enum port_parity parity;
	int stop_bits;            /* 1 or 2 */
	enum port_flow flow;
	enum port_line dtr, rts;  /* rts is not looked at with PORT_FLOW_RTS_CTS */
};

#endif
