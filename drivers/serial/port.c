/* Ports: opened by what they are, then read and written all the same way. */

#include "drivers/serial/port.h"
#include "drivers/serial/find.h"
#include "drivers/serial/socket.h"
#include "drivers/serial/tty.h"
#include "rig/base/descriptor.h"
#include "rig/base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

/* Unix98 pty slaves, from Documentation/admin-guide/devices.txt. */
#define PTY_MAJOR_FIRST 136
#define PTY_MAJOR_LAST 143

/* ---- Finding ---------------------------------------------------------------------------------------------------- */

static bool no_such_path(const char *path, const struct found_port *ports, size_t count, struct error *error)
{
	char list[240] = "none", one[256];
	struct text text;
	size_t i;

	text_init(&text, list, sizeof list);
	for (i = 0; i < count; i++) {
		found_port_text(&ports[i], one, sizeof one);
		text_format(&text, "%s%s", i ? ", " : "", one);
	}
	if (count == 0)
		text_put(&text, "none");
	return error_set(error, FAULT_RIG, "there is no %s; the serial ports of this machine are: %s", path, list);
}

/* A name without a slash is one in /dev; a link (by-id, by-path) is followed to the port itself. */
static bool resolve_path(const char *wanted, const struct found_port *ports, size_t count, char path[PORT_PATH_SIZE],
                         struct error *error)
{
	char given[PORT_PATH_SIZE + 8], real[PATH_MAX];
	struct text text;

	text_init(&text, given, sizeof given);
	text_format(&text, "%s%s", strchr(wanted, '/') ? "" : "/dev/", wanted);
	if (!realpath(given, real))
		return no_such_path(given, ports, count, error);
	if (!text_copy(path, PORT_PATH_SIZE, real))
		return error_set(error, FAULT_CONFIGURATION, "the name of %s is too long", real);
	return true;
}

static bool asks_for_usb(const struct port_address *address)
{
	return *address->usb || *address->usb_serial || *address->usb_path || address->usb_port >= 0;
}

static void remember(struct port *port, const struct found_port *found)
{
	port->identity.usb_port = found->usb_port;
	text_copy(port->identity.usb, sizeof port->identity.usb, found->usb);
	text_copy(port->identity.usb_serial, sizeof port->identity.usb_serial, found->usb_serial);
	text_copy(port->identity.usb_path, sizeof port->identity.usb_path, found->usb_path);
}

/* Fills in the port's name and, of a known port, its identity. */
static bool find(struct port *port, const struct port_address *address, struct error *error)
{
	struct found_port ports[PORTS_MAX];
	size_t count = ports_list(ports, PORTS_MAX), at = 0, i, chosen = PORTS_MAX;

	port->identity = (struct port_address){.usb_port = -1};
	if (asks_for_usb(address)) {
		if (!port_choose(ports, count, address, &chosen, error))
			return false;
		text_copy(port->name, sizeof port->name, ports[chosen].path);
	}
	if (*address->path) {
		if (!resolve_path(address->path, ports, count, port->name, error))
			return false;
		for (at = PORTS_MAX, i = 0; i < count; i++)
			if (strcmp(ports[i].path, port->name) == 0)
				at = i;
		if (chosen < PORTS_MAX && at != chosen)
			return error_set(error, FAULT_RIG, "%s is not what is asked for; that is %s", port->name, ports[chosen].path);
		chosen = at;
	}
	if (chosen < PORTS_MAX)
		remember(port, &ports[chosen]);
	text_copy(port->identity.path, sizeof port->identity.path, port->name);
	return true;
}

/* ---- Opening ---------------------------------------------------------------------------------------------------- */

static bool open_device(struct port *port, struct error *error)
{
	struct stat status;

	port->fd = open(port->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0 && errno == EBUSY)
		return error_set(error, FAULT_BUSY, "another program has it");
	if (port->fd < 0 && errno == EACCES)
		return error_set(error, FAULT_RIG, "this user may not open it; is he in the group dialout?");
	if (port->fd < 0)
		return error_set_errno(error, FAULT_RIG, errno, "cannot be opened");
	if (!isatty(port->fd) || fstat(port->fd, &status) < 0)
		return error_set(error, FAULT_CONFIGURATION, "is no serial port");
	port->kind = major(status.st_rdev) >= PTY_MAJOR_FIRST && major(status.st_rdev) <= PTY_MAJOR_LAST ? PORT_PTY : PORT_TTY;
	return true;
}

static bool make_ours(int fd, struct error *error)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? error_set(error, FAULT_BUSY, "another program has it") :
		                              error_set_errno(error, FAULT_RIG, errno, "cannot be locked");
	if (ioctl(fd, TIOCEXCL) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "cannot be had alone");
	return true;
}

static bool set_up(const struct port *port, const struct port_settings *settings, struct error *error)
{
	enum port_line rts = settings->flow == PORT_FLOW_RTS_CTS ? PORT_LINE_LEAVE : settings->rts;

	if (!tty_set(port->fd, settings, port->kind == PORT_TTY, error))
		return false;
	if (port->kind == PORT_TTY && (settings->dtr != PORT_LINE_LEAVE || rts != PORT_LINE_LEAVE) &&
	    !tty_set_lines(port->fd, settings->dtr, rts, error))
		return false;
	tty_hurry(port->fd);
	tcflush(port->fd, TCIFLUSH);
	return true;
}

static bool open_tty(struct port *port, const struct port_address *address, const struct port_settings *settings,
                     struct error *error)
{
	if (!find(port, address, error))
		return false;
	if (!open_device(port, error) || !make_ours(port->fd, error) || !set_up(port, settings, error))
		return error_prefix(error, "%s", port->name);
	return true;
}

/* What stands behind "tcp:", or NULL. */
static const char *socket_name(const struct port_address *address)
{
	return strncmp(address->path, "tcp:", 4) == 0 ? address->path + 4 : NULL;
}

static void become_socket(struct port *port, const char *tcp, int fd, const struct sockaddr_storage *peer)
{
	struct text text;

	*port = (struct port){.fd = fd, .kind = PORT_SOCKET, .identity = {.usb_port = -1}, .peer = *peer};
	text_init(&text, port->name, sizeof port->name);
	text_format(&text, "tcp:%s", tcp);
	text_copy(port->identity.path, sizeof port->identity.path, port->name);
}

static bool open_socket(struct port *port, const char *tcp, struct error *error)
{
	struct sockaddr_storage peer;
	bool done;
	int fd;

	if (!socket_resolve(tcp, &peer, error))
		return false;
	if (!socket_begin(&peer, &fd, error))
		return error_prefix(error, "tcp:%s", tcp);
	become_socket(port, tcp, fd, &peer);
	if (!socket_connected(fd, PORT_CONNECT_NS, &done, error))
		return error_prefix(error, "tcp:%s", tcp);
	return done || error_set(error, FAULT_RIG, "tcp:%s: no connection within %d ms", tcp, (int)(PORT_CONNECT_NS / NS_PER_MS));
}

bool port_open(struct port *port, const struct port_address *address, const struct port_settings *settings,
               struct error *error)
{
	const char *tcp = socket_name(address);

	*port = PORT_NONE;
	if (tcp ? open_socket(port, tcp, error) : open_tty(port, address, settings, error))
		return true;
	port_close(port);
	return false;
}

void port_close(struct port *port)
{
	if (port->fd >= 0) {
		if (port->kind != PORT_SOCKET)
			tcflush(port->fd, TCOFLUSH);
		descriptor_close(port->fd);
	}
	port->fd = -1;
	port->kind = PORT_CLOSED;
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------ */

static enum port_result result_of(ssize_t done, bool reading, size_t *count)
{
	*count = done > 0 ? (size_t)done : 0;
	if (done > 0)
		return PORT_MOVED;
	if (done < 0 && errno == EAGAIN)
		return PORT_LATER;
	/* Reading nothing is the end of it (VMIN is 1); writing nothing is not. */
	return done == 0 && !reading ? PORT_LATER : PORT_GONE;
}

enum port_result port_read(struct port *port, void *bytes, size_t size, size_t *count)
{
	ssize_t done;

	assert(size > 0);
	do
		done = read(port->fd, bytes, size);
	while (done < 0 && errno == EINTR);
	return result_of(done, true, count);
}

enum port_result port_write(struct port *port, const void *bytes, size_t size, size_t *count)
{
	ssize_t done;

	assert(size > 0);
	do
		done = port->kind == PORT_SOCKET ? send(port->fd, bytes, size, MSG_NOSIGNAL) : write(port->fd, bytes, size);
	while (done < 0 && errno == EINTR);
	return result_of(done, false, count);
}

void port_drain(struct port *port)
{
	char dropped[256];
	size_t count;

	if (port->kind != PORT_SOCKET)
		tcflush(port->fd, TCIFLUSH);
	while (port_read(port, dropped, sizeof dropped, &count) == PORT_MOVED)
		;
}

bool port_is_drained(const struct port *port)
{
	return port->kind == PORT_SOCKET || port->fd < 0 || tty_is_drained(port->fd);
}

bool port_set_rate(struct port *port, const struct port_settings *settings, struct error *error)
{
	if (port->kind == PORT_SOCKET)
		return error_set(error, FAULT_CONFIGURATION, "%s: a socket has no baud", port->name);
	return tty_set(port->fd, settings, port->kind == PORT_TTY, error) || error_prefix(error, "%s", port->name);
}

bool port_set_break(struct port *port, bool on, struct error *error)
{
	if (port->kind == PORT_SOCKET)
		return error_set(error, FAULT_CONFIGURATION, "%s: a socket has no break", port->name);
	return tty_set_break(port->fd, on, error) || error_prefix(error, "%s", port->name);
}

bool port_set_lines(struct port *port, enum port_line dtr, enum port_line rts, struct error *error)
{
	if (port->kind == PORT_SOCKET)
		return error_set(error, FAULT_CONFIGURATION, "%s: a socket has no DTR and RTS", port->name);
	return tty_set_lines(port->fd, dtr, rts, error) || error_prefix(error, "%s", port->name);
}

/* ---- Finding again ---------------------------------------------------------------------------------------------- */

/* A mere name says nothing about a USB device that was unplugged: what it was does. */
static struct port_address what_to_look_for(const struct port *port, const struct port_address *address)
{
	struct port_address wanted = *address;

	if (socket_name(address) || asks_for_usb(address) || !*port->identity.usb)
		return wanted;
	wanted = port->identity;
	wanted.path[0] = '\0';
	if (*wanted.usb_serial)
		wanted.usb_path[0] = '\0';
	return wanted;
}

void port_search_begin(struct port_search *search, struct port *port, const struct port_address *address,
                       const struct port_settings *settings, int64_t t_ns)
{
	*search = (struct port_search){
		.address = what_to_look_for(port, address),
		.settings = *settings,
		.peer = port->peer,
		.pause_ns = PORT_SEARCH_FIRST_NS,
		.next_ns = t_ns + PORT_SEARCH_FIRST_NS,
		.connecting = -1,
	};
	port_close(port);
}

static bool step_socket(struct port_search *search, struct port *port, int64_t t_ns)
{
	bool done = false;

	if (search->connecting < 0) {
		search->connect_ns = t_ns;
		if (search->peer.ss_family == AF_UNSPEC && !socket_resolve(socket_name(&search->address), &search->peer, &search->why))
			return false;
		if (!socket_begin(&search->peer, &search->connecting, &search->why))
			return false;
	}
	if (!socket_connected(search->connecting, 0, &done, &search->why) ||
	    (!done && t_ns - search->connect_ns >= PORT_SEARCH_CONNECT_NS)) {
		port_search_end(search);
		return false;
	}
	if (!done)
		return false;
	become_socket(port, socket_name(&search->address), search->connecting, &search->peer);
	search->connecting = -1;
	return true;
}

bool port_search_step(struct port_search *search, struct port *port, int64_t t_ns)
{
	if (t_ns < search->next_ns)
		return false;
	search->pause_ns = search->pause_ns * 2 < PORT_SEARCH_LAST_NS ? search->pause_ns * 2 : PORT_SEARCH_LAST_NS;
	search->next_ns = t_ns + search->pause_ns;
	if (socket_name(&search->address))
		return step_socket(search, port, t_ns);
	return port_open(port, &search->address, &search->settings, &search->why);
}

void port_search_end(struct port_search *search)
{
	if (search->connecting >= 0)
		descriptor_close(search->connecting);
	search->connecting = -1;
}
