/*
 * drivers/serial on real ttys.
 *
 *   serial open KEY=VALUE ...    opens a port once; prints "open NAME IDENTITY" or "FAULT: TEXT"
 *   serial watch KEY=VALUE ...   echoes what it hears, and finds the port again whenever it is lost:
 *                                "T open NAME", "T heard TEXT", "T gone", T in us of the wall clock; ends with its input
 *   serial lines PATH            what the kernel has told a tty's other end of DTR, RTS and the rate, looked at every 2 ms:
 *                                "T lines dtr 0 rts 1 baud 9600" whenever it has changed; until it is killed
 *
 * Keys: path usb usb_serial usb_path usb_port baud bits parity dtr rts.
 */

#include "drivers/serial/find.h"
#include "drivers/serial/port.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static struct port_address address = {.usb_port = -1};
static struct port_settings settings = {.baud = 115200, .data_bits = 8, .stop_bits = 1};

static bool set_text(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

static bool take_key(const char *key, const char *value)
{
	if (strcmp(key, "path") == 0)
		return set_text(address.path, sizeof address.path, value);
	if (strcmp(key, "usb") == 0)
		return set_text(address.usb, sizeof address.usb, value);
	if (strcmp(key, "usb_serial") == 0)
		return set_text(address.usb_serial, sizeof address.usb_serial, value);
	if (strcmp(key, "usb_path") == 0)
		return set_text(address.usb_path, sizeof address.usb_path, value);
	if (strcmp(key, "usb_port") == 0)
		address.usb_port = atoi(value);
	else if (strcmp(key, "baud") == 0)
		settings.baud = atoi(value);
	else if (strcmp(key, "bits") == 0)
		settings.data_bits = atoi(value);
	else if (strcmp(key, "parity") == 0)
		settings.parity = *value == 'E' ? PORT_PARITY_EVEN : *value == 'O' ? PORT_PARITY_ODD : PORT_PARITY_NONE;
	else if (strcmp(key, "dtr") == 0)
		settings.dtr = *value == '1' ? PORT_LINE_ON : PORT_LINE_OFF;
	else if (strcmp(key, "rts") == 0)
		settings.rts = *value == '1' ? PORT_LINE_ON : PORT_LINE_OFF;
	else
		return false;
	return true;
}

static void say(const char *what, const char *text)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	printf("%lld %s %s\n", (long long)(now.tv_sec * 1000000 + now.tv_nsec / 1000), what, text);
	fflush(stdout);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int once(void)
{
	struct port port;
	struct error error;
	char identity[256];
	int lines = 0;

	if (!port_open(&port, &address, &settings, &error)) {
		printf("%s: %s\n", fault_name(error.fault), error.text);
		return 1;
	}
	port.identity.path[0] = '\0';
	port_address_text(&port.identity, identity, sizeof identity);
	printf("open %s %s", port.name, identity);
	if (settings.dtr != PORT_LINE_LEAVE && ioctl(port.fd, TIOCMGET, &lines) == 0)
		printf(" dtr %d rts %d", !!(lines & TIOCM_DTR), !!(lines & TIOCM_RTS));
	putchar('\n');
	port_close(&port);
	return 0;
}

/* Echoes; false when the port is gone. */
static bool hear(struct port *port)
{
	char bytes[256];
	size_t count, done = 0, more;
	enum port_result result = port_read(port, bytes, sizeof bytes - 1, &count);

	if (result != PORT_MOVED)
		return result != PORT_GONE;
	while (done < count && port_write(port, bytes + done, count - done, &more) != PORT_GONE)
		done += more;
	bytes[count] = '\0';
	bytes[strcspn(bytes, "\n")] = '\0';
	say("heard", bytes);
	return true;
}

static bool input_has_ended(const struct pollfd *input)
{
	char byte;

	return input->revents && read(input->fd, &byte, 1) == 0;
}

static int watch(void)
{
	struct port port = PORT_NONE;
	struct port_search search;
	struct pollfd poll_for[2] = {{.fd = 0, .events = POLLIN}};
	int64_t wait_ns;

	port_search_begin(&search, &port, &address, &settings, now_ns() - PORT_SEARCH_FIRST_NS);
	for (;;) {
		wait_ns = port.fd < 0 ? search.next_ns - now_ns() : 60 * NS_PER_S;
		poll_for[1] = (struct pollfd){.fd = port.fd, .events = POLLIN};
		poll(poll_for, 2, wait_ns > 0 ? (int)((wait_ns + NS_PER_MS - 1) / NS_PER_MS) : 0);
		if (input_has_ended(&poll_for[0]))
			return 0;
		if (port.fd < 0) {
			if (port_search_step(&search, &port, now_ns()))
				say("open", port.name);
		} else if (!hear(&port)) {
			say("gone", port.name);
			port_search_begin(&search, &port, &address, &settings, now_ns());
		}
	}
}

static int lines(const char *path)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), modem = 0;
	char last[64] = "", text[64];
	struct termios2 settings_now;

	if (fd < 0)
		return 1;
	for (;; nanosleep(&pause, NULL)) {
		if (ioctl(fd, TIOCMGET, &modem) < 0 || ioctl(fd, TCGETS2, &settings_now) < 0)
			return 0;
		snprintf(text, sizeof text, "dtr %d rts %d baud %u", !!(modem & TIOCM_DTR), !!(modem & TIOCM_RTS), settings_now.c_ospeed);
		if (strcmp(text, last) != 0)
			say("lines", text);
		memcpy(last, text, sizeof last);
	}
}

int main(int argc, char **argv)
{
	char *value;
	int i;

	if (argc == 3 && strcmp(argv[1], "lines") == 0)
		return lines(argv[2]);
	for (i = 2; i < argc; i++) {
		value = strchr(argv[i], '=');
		if (!value)
			return 64;
		*value++ = '\0';
		if (!take_key(argv[i], value))
			return 64;
	}
	if (argc > 2 && strcmp(argv[1], "open") == 0)
		return once();
	return argc > 2 && strcmp(argv[1], "watch") == 0 ? watch() : 64;
}
