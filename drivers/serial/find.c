/*
 * Which serial ports there are. Names come from sysfs and what they are from libserialport. Its own list is not used: to
 * tell real from empty UARTs it opens every ttyS, and opening raises DTR and RTS of ports that are none of our business.
 * The USB place is read from sysfs too, since libserialport tells only bus and address.
 */

#include "drivers/serial/find.h"
#include "rig/base/text.h"

#include <dirent.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The last part of a path that reads like "1-1.3:1.0" is the USB interface that the tty belongs to. */
static void find_place(const char *tty, struct found_port *found)
{
	char link[PORT_PATH_SIZE + 32], real[PATH_MAX], *part, *rest = real;
	struct text text;
	int place, number;

	text_init(&text, link, sizeof link);
	text_format(&text, "/sys/class/tty/%s/device", tty);
	if (text.full || !realpath(link, real))
		return;
	while ((part = strsep(&rest, "/"))) {
		place = (int)strcspn(part, ":");
		if (*part < '1' || *part > '9' || strspn(part, "0123456789-.:") != strlen(part) ||
		    place >= PORT_USB_PATH_SIZE || sscanf(part + place, ":%*d.%d", &number) != 1)
			continue;
		snprintf(found->usb_path, sizeof found->usb_path, "%.*s", place, part);
		found->usb_port = number;
	}
}

static bool fill(struct found_port *found, struct sp_port *port)
{
	const char *path = sp_get_port_name(port), *text;
	int vendor, product;

	*found = (struct found_port){.usb_port = -1};
	if (!path || !text_copy(found->path, sizeof found->path, path))
		return false;
	if (sp_get_port_transport(port) != SP_TRANSPORT_USB || sp_get_port_usb_vid_pid(port, &vendor, &product) != SP_OK)
		return true;
	snprintf(found->usb, sizeof found->usb, "%04x:%04x", (unsigned)vendor & 0xFFFF, (unsigned)product & 0xFFFF);
	if ((text = sp_get_port_usb_serial(port)))
		text_copy(found->usb_serial, sizeof found->usb_serial, text);
	if ((text = sp_get_port_usb_product(port)))
		text_copy(found->product, sizeof found->product, text);
	find_place(strncmp(path, "/dev/", 5) == 0 ? path + 5 : path, found);
	return true;
}

/* "/dev/ttyUSB10" comes after "/dev/ttyUSB9". */
static int path_order(const char *a, const char *b)
{
	size_t a_size = strlen(a), b_size = strlen(b), a_name = strcspn(a, "0123456789"), b_name = strcspn(b, "0123456789");

	if (a_name != b_name || strncmp(a, b, a_name) != 0 || a_size == b_size)
		return strcmp(a, b);
	return a_size < b_size ? -1 : 1;
}

static void put_in_order(struct found_port *ports, size_t count)
{
	struct found_port moved;
	size_t i, j;

	for (i = 1; i < count; i++) {
		moved = ports[i];
		for (j = i; j > 0 && path_order(ports[j - 1].path, moved.path) > 0; j--)
			ports[j] = ports[j - 1];
		ports[j] = moved;
	}
}

/* A tty with a device behind it, and not one of the UARTs that a kernel has on paper (type 0). */
static bool is_port(const char *tty)
{
	char path[NAME_MAX + 32];
	FILE *file;
	int type = 1;

	snprintf(path, sizeof path, "/sys/class/tty/%s/device", tty);
	if (tty[0] == '.' || access(path, F_OK) != 0)
		return false;
	snprintf(path, sizeof path, "/sys/class/tty/%s/type", tty);
	file = fopen(path, "re");
	if (!file)
		return true;
	if (fscanf(file, "%d", &type) != 1)
		type = 1;
	fclose(file);
	return type != 0;
}

static bool look_at(const char *tty, struct found_port *found)
{
	char path[NAME_MAX + 8];
	struct sp_port *port;
	bool known;

	snprintf(path, sizeof path, "/dev/%s", tty);
	if (sp_get_port_by_name(path, &port) != SP_OK)
		return false;
	known = fill(found, port);
	sp_free_port(port);
	return known;
}

size_t ports_list(struct found_port *ports, size_t size)
{
	DIR *folder = opendir("/sys/class/tty");
	struct dirent *entry;
	size_t count = 0;

	if (!folder)
		return 0;
	while (count < size && (entry = readdir(folder)))
		if (is_port(entry->d_name) && look_at(entry->d_name, &ports[count]))
			count++;
	closedir(folder);
	put_in_order(ports, count);
	return count;
}

/* What tells USB devices apart, each part only if it is there. */
static void put_identity(struct text *text, const char *usb, const char *serial, const char *place, int port)
{
	text_put(text, usb);
	if (*serial)
		text_format(text, " serial %s", serial);
	if (*place)
		text_format(text, " at %s", place);
	if (port >= 0)
		text_format(text, " port %d", port);
}

void found_port_text(const struct found_port *port, char *bytes, size_t size)
{
	struct text text;

	text_init(&text, bytes, size);
	text_put(&text, port->path);
	if (!*port->usb)
		return;
	text_put(&text, " (");
	put_identity(&text, port->usb, port->usb_serial, port->usb_path, port->usb_port);
	text_put(&text, ")");
}

void port_address_text(const struct port_address *address, char *bytes, size_t size)
{
	struct text text;

	text_init(&text, bytes, size);
	text_put(&text, address->path);
	text_put(&text, *address->path && *address->usb ? " " : "");
	put_identity(&text, address->usb, address->usb_serial, address->usb_path, address->usb_port);
}

/* How many of the given keys do not fit. */
static int misfits(const struct port_address *address, const struct found_port *port)
{
	return (*address->usb && strcasecmp(address->usb, port->usb) != 0) +
	       (*address->usb_serial && strcmp(address->usb_serial, port->usb_serial) != 0) +
	       (*address->usb_path && strcmp(address->usb_path, port->usb_path) != 0) +
	       (address->usb_port >= 0 && address->usb_port != port->usb_port);
}

static void list_text(const struct found_port *ports, size_t count, const struct port_address *fitting, char *bytes, size_t size)
{
	char one[PORT_PATH_SIZE + PORT_USB_SERIAL_SIZE + 64];
	struct text text;
	size_t i;

	text_init(&text, bytes, size);
	for (i = 0; i < count; i++) {
		if (fitting && misfits(fitting, &ports[i]) > 0)
			continue;
		found_port_text(&ports[i], one, sizeof one);
		text_format(&text, "%s%s", text.used ? ", " : "", one);
	}
}

static bool none_fits(const struct found_port *ports, size_t count, const struct port_address *address, struct error *error)
{
	char wanted[256], list[200], nearest[200];
	size_t i, best = 0;

	port_address_text(address, wanted, sizeof wanted);
	if (count == 0)
		return error_set(error, FAULT_RIG, "no serial port is %s; this machine has none at all", wanted);
	for (i = 1; i < count; i++)
		if (misfits(address, &ports[i]) < misfits(address, &ports[best]))
			best = i;
	list_text(ports, count, NULL, list, sizeof list);
	found_port_text(&ports[best], nearest, sizeof nearest);
	if (misfits(address, &ports[best]) == 1 && *ports[best].usb)
		return error_set(error, FAULT_RIG, "no serial port is %s; did you mean %s? There are %s", wanted, nearest, list);
	return error_set(error, FAULT_RIG, "no serial port is %s; there are %s", wanted, list);
}

bool port_choose(const struct found_port *ports, size_t count, const struct port_address *address, size_t *at,
                 struct error *error)
{
	char wanted[256], list[240];
	size_t i, fitting = 0;

	for (i = 0; i < count; i++) {
		if (!*ports[i].usb || misfits(address, &ports[i]) > 0)
			continue;
		if (fitting++ == 0)
			*at = i;
	}
	if (fitting == 0)
		return none_fits(ports, count, address, error);
	if (fitting == 1)
		return true;
	port_address_text(address, wanted, sizeof wanted);
	list_text(ports, count, address, list, sizeof list);
	return error_set(error, FAULT_CONFIGURATION, "%zu serial ports are %s: %s; tell them apart by usb_serial, usb_path or usb_port", fitting,
	                 wanted, list);
}
