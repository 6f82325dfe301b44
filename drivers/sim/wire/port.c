/* Descriptors of ttys and ptys, raw and without blocking. */

#include "drivers/sim/wire/port.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define BITS_PER_BYTE 10 /* 8N1 */

static void make_raw(int fd)
{
	struct termios settings;

	if (tcgetattr(fd, &settings) < 0)
		return; /* not a tty */
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL | CREAD;
	(void)tcsetattr(fd, TCSANOW, &settings);
}

static bool open_pty(struct wire_port *port, struct error *error)
{
	port->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0 || grantpt(port->fd) < 0 || unlockpt(port->fd) < 0 ||
	    ptsname_r(port->fd, port->peer, sizeof port->peer) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "pty");
	port->held = open(port->peer, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port->held < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", port->peer);
	make_raw(port->held);
	return true;
}

static bool open_tty(struct wire_port *port, struct error *error)
{
	port->fd = open(port->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", port->path);
	make_raw(port->fd);
	return true;
}

bool wire_port_open(struct wire_port *port, const char *text, struct error *error)
{
	const char *at = strrchr(text, '@');
	size_t size = at ? (size_t)(at - text) : strlen(text);
	int64_t baud = 0;

	*port = (struct wire_port){.fd = -1, .held = -1, .due_ns = INSTANT_NEVER, .retry_ns = INSTANT_NEVER};
	if (size == 0 || size >= sizeof port->path)
		return error_set(error, FAULT_USAGE, "'%s' names no port", text);
	memcpy(port->path, text, size);
	if (at && !number_read(at + 1, 300, 4000000, &baud, error))
		return error_prefix(error, "%s: the baud rate is", text);
	port->byte_ns = baud > 0 ? BITS_PER_BYTE * NS_PER_S / baud : 0;
	return strcmp(port->path, "pty") == 0 ? open_pty(port, error) : open_tty(port, error);
}

void wire_port_close(struct wire_port *port)
{
	if (port->fd >= 0)
		close(port->fd);
	if (port->held >= 0)
		close(port->held);
	port->fd = port->held = -1;
}

static void lose(struct wire_port *port, int64_t t_ns)
{
	close(port->fd);
	port->fd = -1;
	port->input_size = 0;
	port->due_ns = INSTANT_NEVER;
	port->retry_ns = t_ns + WIRE_RETRY_NS;
}

void wire_port_retry(struct wire_port *port, int64_t t_ns)
{
	if (port->fd >= 0 || port->retry_ns > t_ns)
		return;
	port->retry_ns = open_tty(port, NULL) ? INSTANT_NEVER : t_ns + WIRE_RETRY_NS;
}

void wire_port_read(struct wire_port *port, int64_t t_ns)
{
	ssize_t got;

	if (port->input_size == sizeof port->input)
		port->input_size = 0; /* more than anybody sends in one go: noise */
	got = read(port->fd, port->input + port->input_size, sizeof port->input - port->input_size);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		lose(port, t_ns);
		return;
	}
	port->input_size += (size_t)got;
	port->arrived_ns = t_ns;
	if (port->due_ns == INSTANT_NEVER)
		port->due_ns = t_ns;
	port->due_ns += wire_port_pace_ns(port, (size_t)got);
}

int64_t wire_port_next(const struct wire_port *port)
{
	return port->fd < 0 ? port->retry_ns : port->due_ns;
}

size_t wire_port_take(struct wire_port *port, int64_t t_ns, uint8_t bytes[WIRE_INPUT_SIZE])
{
	size_t size = port->input_size;

	if (port->due_ns > t_ns)
		return 0;
	memcpy(bytes, port->input, size);
	port->input_size = 0;
	port->due_ns = INSTANT_NEVER;
	return size;
}

void wire_port_write(struct wire_port *port, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;
	ssize_t gone;

	while (port->fd >= 0 && size > 0) {
		gone = write(port->fd, from, size);
		if (gone < 0 && errno == EINTR)
			continue;
		if (gone <= 0)
			return; /* nobody listens, or the line is gone, which the next read will find */
		from += gone;
		size -= (size_t)gone;
	}
}

int64_t wire_port_pace_ns(const struct wire_port *port, size_t size)
{
	return (int64_t)size * port->byte_ns;
}
