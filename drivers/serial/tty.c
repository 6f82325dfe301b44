/*
 * termios2: its header and <termios.h> exclude each other, which is why this is a file of its own. Rates are asked for as
 * numbers (BOTHER), so 250000 needs no table.
 */

#include "drivers/serial/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <linux/tty_flags.h>
#include <string.h>
#include <sys/ioctl.h>

static tcflag_t control_flags(const struct port_settings *settings)
{
	tcflag_t flags = CREAD | CLOCAL | BOTHER | (settings->data_bits == 7 ? CS7 : CS8);

	if (settings->stop_bits == 2)
		flags |= CSTOPB;
	if (settings->parity != PORT_PARITY_NONE)
		flags |= PARENB | (settings->parity == PORT_PARITY_ODD ? PARODD : 0);
	if (settings->flow == PORT_FLOW_RTS_CTS)
		flags |= CRTSCTS;
	return flags;
}

static bool took_effect(int fd, const struct port_settings *settings, struct error *error)
{
	const tcflag_t form = CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS;
	struct termios2 now;
	int64_t difference;

	if (ioctl(fd, TCGETS2, &now) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "settings cannot be read back");
	difference = (int64_t)now.c_ospeed - settings->baud;
	if (difference * 100 > settings->baud * 3 || difference * -100 > settings->baud * 3)
		return error_set(error, FAULT_CONFIGURATION, "it cannot do %d baud, it offers %u", (int)settings->baud,
		                 (unsigned)now.c_ospeed);
	if ((now.c_cflag & form) != (control_flags(settings) & form))
		return error_set(error, FAULT_CONFIGURATION, "it cannot do %d data bits, %s parity, %d stop bits%s",
		                 settings->data_bits, settings->parity == PORT_PARITY_NONE ? "no" :
		                 settings->parity == PORT_PARITY_EVEN ? "even" : "odd", settings->stop_bits,
		                 settings->flow == PORT_FLOW_RTS_CTS ? " with RTS/CTS" : "");
	return true;
}

bool tty_set(int fd, const struct port_settings *settings, bool wire, struct error *error)
{
	struct termios2 wanted = {
		.c_iflag = IGNBRK | IGNPAR | (settings->parity == PORT_PARITY_NONE ? 0 : INPCK),
		.c_cflag = control_flags(settings),
		.c_ispeed = (speed_t)settings->baud,
		.c_ospeed = (speed_t)settings->baud,
	};

	/* At least one byte: so 0 from read() means hung up, and nothing else does. */
	wanted.c_cc[VMIN] = 1;
	if (ioctl(fd, TCSETS2, &wanted) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "%d baud cannot be set", (int)settings->baud);
	return !wire || took_effect(fd, settings, error);
}

bool tty_set_lines(int fd, enum port_line dtr, enum port_line rts, struct error *error)
{
	int lines;

	if (ioctl(fd, TIOCMGET, &lines) < 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "it has no DTR and RTS");
	if (dtr != PORT_LINE_LEAVE)
		lines = dtr == PORT_LINE_ON ? lines | TIOCM_DTR : lines & ~TIOCM_DTR;
	if (rts != PORT_LINE_LEAVE)
		lines = rts == PORT_LINE_ON ? lines | TIOCM_RTS : lines & ~TIOCM_RTS;
	if (ioctl(fd, TIOCMSET, &lines) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "DTR and RTS cannot be set");
	return true;
}

void tty_hurry(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial) < 0 || (unsigned)serial.flags & ASYNC_LOW_LATENCY)
		return;
	serial.flags |= (int)ASYNC_LOW_LATENCY;
	if (ioctl(fd, TIOCSSERIAL, &serial) < 0)
		return;
}

bool tty_is_drained(int fd)
{
	unsigned status;
	int waiting;

	if (ioctl(fd, TIOCOUTQ, &waiting) == 0 && waiting > 0)
		return false;
	return ioctl(fd, TIOCSERGETLSR, &status) < 0 || (status & TIOCSER_TEMT) != 0;
}

bool tty_set_break(int fd, bool on, struct error *error)
{
	return ioctl(fd, on ? TIOCSBRK : TIOCCBRK) == 0 || error_set_errno(error, FAULT_RIG, errno, "a break cannot be set");
}
