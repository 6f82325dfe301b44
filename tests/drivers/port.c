/*
 * Ports on ptys and sockets, and the choice among made-up USB ports. Real ttys, which are unplugged and come back under
 * another name, are in tests/lab/cases/io.sh.
 */

#include "drivers/serial/find.h"
#include "drivers/serial/port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <asm/termbits.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct port_settings settings = {.baud = 115200, .data_bits = 8, .stop_bits = 1};
static struct port port;
static int master;

static int setup(void **state)
{
	(void)state;
	port = PORT_NONE;
	master = -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	port_close(&port);
	if (master >= 0)
		close(master);
	return 0;
}

static struct port_address address_of(const char *path)
{
	struct port_address address = {.usb_port = -1};

	snprintf(address.path, sizeof address.path, "%s", path);
	return address;
}

static struct port_address new_pty(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	return address_of(ptsname(master));
}

static void open_port(const struct port_address *address)
{
	struct error error = {0};

	if (!port_open(&port, address, &settings, &error))
		fail_msg("%s", error.text);
}

/* Reads until `size` bytes are there, or the port has ended. */
static size_t read_all(uint8_t *bytes, size_t size, enum port_result *result)
{
	struct pollfd poll_for = {.fd = port.fd, .events = POLLIN};
	size_t done = 0, count;

	while (done < size) {
		assert_int_equal(poll(&poll_for, 1, 5000), 1);
		*result = port_read(&port, bytes + done, size - done, &count);
		if (*result == PORT_GONE)
			break;
		done += count;
	}
	return done;
}

static void every_byte_passes_a_pty_as_it_is(void **state)
{
	struct port_address address = new_pty();
	uint8_t all[256], got[256];
	enum port_result result;
	size_t i, count;

	(void)state;
	open_port(&address);
	assert_int_equal(port.kind, PORT_PTY);
	assert_int_equal(port_read(&port, got, 1, &count), PORT_LATER);
	for (i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(write(master, all, 256), 256);
	assert_int_equal(read_all(got, 256, &result), 256);
	assert_memory_equal(got, all, 256);
	memset(got, 0, sizeof got);
	assert_int_equal(port_write(&port, all, 256, &count), PORT_MOVED);
	assert_int_equal(count, 256);
	assert_int_equal(read(master, got, 256), 256);
	assert_memory_equal(got, all, 256);
}

static void a_port_has_one_owner(void **state)
{
	struct port_address address = new_pty();
	struct port second;
	struct error error = {0};

	(void)state;
	open_port(&address);
	assert_false(port_open(&second, &address, &settings, &error));
	assert_int_equal(error.fault, FAULT_BUSY);
	assert_non_null(strstr(error.text, address.path));
	assert_int_equal(second.fd, -1);
	port_close(&port);
	open_port(&address);
}

static void what_came_before_opening_is_gone(void **state)
{
	struct port_address address = new_pty();
	uint8_t byte;
	size_t count;

	(void)state;
	assert_int_equal(write(master, "old\n", 4), 4);
	open_port(&address);
	assert_int_equal(port_read(&port, &byte, 1, &count), PORT_LATER);
	assert_int_equal(write(master, "n", 1), 1);
	port_drain(&port);
	assert_int_equal(port_read(&port, &byte, 1, &count), PORT_LATER);
}

static void a_port_that_hangs_up_is_gone_and_not_silent(void **state)
{
	struct port_address address = new_pty();
	enum port_result result = PORT_LATER;
	uint8_t bytes[8];
	size_t count = 9;

	(void)state;
	open_port(&address);
	assert_int_equal(write(master, "last", 4), 4);
	close(master);
	master = -1;
	assert_true(read_all(bytes, 8, &result) <= 4);
	assert_int_equal(result, PORT_GONE);
	assert_int_equal(port_write(&port, "x", 1, &count), PORT_GONE);
	assert_int_equal(count, 0);
}

static void a_full_port_says_later(void **state)
{
	struct port_address address = new_pty();
	static const uint8_t bytes[65536];
	enum port_result result;
	size_t count, total = 0;

	(void)state;
	open_port(&address);
	do {
		result = port_write(&port, bytes, sizeof bytes, &count);
		total += count;
	} while (result == PORT_MOVED);
	assert_int_equal(result, PORT_LATER);
	assert_true(total > 0 && total < sizeof bytes * 16);
	port_close(&port); /* must not wait for anybody to read */
}

static void lines_that_a_pty_has_not_are_said_so(void **state)
{
	struct port_address address = new_pty();
	struct port_settings wanted = settings;
	struct error error = {0};

	(void)state;
	wanted.dtr = PORT_LINE_OFF;
	wanted.parity = PORT_PARITY_EVEN;
	assert_true(port_open(&port, &address, &wanted, &error));
	assert_false(port_set_lines(&port, PORT_LINE_ON, PORT_LINE_OFF, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
}

static void what_is_no_port_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{"/dev/ttyNOPE", "there is no /dev/ttyNOPE"}, {"ttyNOPE", "there is no /dev/ttyNOPE"}, {"/dev/null", "no serial port"},
		{"tcp:nowhere", "HOST:PORT"}, {"tcp:127.0.0.1:1", "cannot connect"},
	};
	struct port_address address;
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		address = address_of(bad[i][0]);
		assert_false(port_open(&port, &address, &settings, &error));
		if (!strstr(error.text, bad[i][1]))
			fail_msg("'%s' does not say '%s'", error.text, bad[i][1]);
		assert_int_equal(port.fd, -1);
	}
}

/* ---- Sockets and searches ---- */

static int listen_on(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	socklen_t size = sizeof *address;

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *address), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

/* Steps until it is found, in time that is only counted; gives that time. */
static int64_t search_for(struct port_search *search, int64_t t_ns, int64_t end_ns)
{
	while (t_ns <= end_ns) {
		if (port_search_step(search, &port, t_ns))
			return t_ns;
		assert_true(search->next_ns > t_ns);
		t_ns = search->next_ns;
	}
	return INSTANT_NEVER;
}

static void a_socket_is_found_again_when_its_peer_is_back(void **state)
{
	struct sockaddr_in where = {0};
	int listener = listen_on(&where);
	struct port_search search;
	struct port_address address = {.usb_port = -1};
	enum port_result result;
	uint8_t bytes[4];

	(void)state;
	snprintf(address.path, sizeof address.path, "tcp:localhost:%d", ntohs(where.sin_port));
	open_port(&address);
	assert_int_equal(port.kind, PORT_SOCKET);
	master = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(write(master, "abcd", 4), 4);
	assert_int_equal(read_all(bytes, 4, &result), 4);
	close(listener);
	close(master);
	read_all(bytes, 4, &result);
	assert_int_equal(result, PORT_GONE);
	port_search_begin(&search, &port, &address, &settings, 0);
	assert_int_equal(port.fd, -1);
	assert_int_equal(search_for(&search, 0, 20 * NS_PER_S), INSTANT_NEVER);
	assert_non_null(strstr(search.why.text, "cannot connect"));
	listener = listen_on(&where);
	assert_true(search_for(&search, search.next_ns, search.next_ns + 60 * NS_PER_S) < INSTANT_NEVER);
	assert_int_equal(port.kind, PORT_SOCKET);
	assert_string_equal(port.name, address.path);
	master = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(write(master, "wxyz", 4), 4);
	assert_int_equal(read_all(bytes, 4, &result), 4);
	close(listener);
}

static void a_pty_behind_a_link_is_found_again(void **state)
{
	struct port_search search;
	struct port_address address, other;
	char link[PORT_PATH_SIZE];

	(void)state;
	snprintf(link, sizeof link, "%s/console", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	unlink(link);
	other = new_pty();
	assert_int_equal(symlink(other.path, link), 0);
	address = address_of(link);
	open_port(&address);
	assert_string_equal(port.name, other.path);
	close(master);
	unlink(link);
	port_search_begin(&search, &port, &address, &settings, 7);
	assert_int_equal(search.next_ns, 7 + PORT_SEARCH_FIRST_NS);
	assert_false(port_search_step(&search, &port, 8));
	assert_int_equal(search_for(&search, 8, 10 * NS_PER_S), INSTANT_NEVER);
	assert_int_equal(search.pause_ns, PORT_SEARCH_LAST_NS);
	assert_non_null(strstr(search.why.text, "there is no"));
	other = new_pty();
	assert_int_equal(symlink(other.path, link), 0);
	assert_true(search_for(&search, search.next_ns, search.next_ns) < INSTANT_NEVER);
	assert_string_equal(port.name, other.path);
	unlink(link);
}

/* ---- Choosing ---- */

static const struct found_port ports[] = {
	{"/dev/ttyS0", "", "", "", -1, ""},
	{"/dev/ttyUSB0", "10c4:ea60", "C7", "1-1.3", 0, "CP2102"},
	{"/dev/ttyUSB1", "10c4:ea60", "C8", "1-1.4", 0, "CP2102"},
	{"/dev/ttyUSB2", "0403:6011", "FT1", "1-2", 0, "Quad"},
	{"/dev/ttyUSB3", "0403:6011", "FT1", "1-2", 1, "Quad"},
	{"/dev/ttyUSB4", "1a86:7523", "", "2-1", 0, "CH340"},
};

static size_t chosen(struct port_address address, struct error *error)
{
	size_t at = 99;

	return port_choose(ports, sizeof ports / sizeof *ports, &address, &at, error) ? at : 99;
}

static void one_port_must_fit_all_that_is_given(void **state)
{
	(void)state;
	assert_int_equal(chosen((struct port_address){.usb_serial = "C8", .usb_port = -1}, NULL), 2);
	assert_int_equal(chosen((struct port_address){.usb = "1A86:7523", .usb_port = -1}, NULL), 5);
	assert_int_equal(chosen((struct port_address){.usb_path = "1-1.3", .usb_port = -1}, NULL), 1);
	assert_int_equal(chosen((struct port_address){.usb_serial = "FT1", .usb_port = 1}, NULL), 4);
	assert_int_equal(chosen((struct port_address){.usb = "10c4:ea60", .usb_path = "1-2", .usb_port = -1}, NULL), 99);
	assert_int_equal(chosen((struct port_address){.usb_path = "1-1", .usb_port = -1}, NULL), 99);
}

static void several_that_fit_are_named(void **state)
{
	struct error error = {0};

	(void)state;
	assert_int_equal(chosen((struct port_address){.usb = "0403:6011", .usb_port = -1}, &error), 99);
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_non_null(strstr(error.text, "2 serial ports are 0403:6011"));
	assert_non_null(strstr(error.text, "/dev/ttyUSB3 (0403:6011 serial FT1 at 1-2 port 1)"));
	assert_null(strstr(error.text, "ttyUSB0"));
}

static void none_that_fits_names_the_nearest_and_what_there_is(void **state)
{
	struct error error = {0};

	(void)state;
	assert_int_equal(chosen((struct port_address){.usb = "10c4:ea60", .usb_serial = "C9", .usb_port = -1}, &error), 99);
	assert_int_equal(error.fault, FAULT_RIG);
	assert_non_null(strstr(error.text, "no serial port is 10c4:ea60 serial C9; did you mean /dev/ttyUSB0 (10c4:ea60 serial C7"));
	assert_non_null(strstr(error.text, "/dev/ttyS0"));
	assert_false(port_choose(ports, 0, &(struct port_address){.usb_serial = "C9", .usb_port = -1}, &(size_t){0}, &error));
	assert_non_null(strstr(error.text, "none at all"));
}

static void another_rate_is_set_while_it_is_open(void **state)
{
	struct port_address address = new_pty();
	struct port_settings other = settings;
	struct error error = {0};
	struct termios2 now;
	uint8_t bytes[4];
	size_t count;

	(void)state;
	open_port(&address);
	assert_int_equal(port_write(&port, "ab", 2, &count), PORT_MOVED);
	assert_int_equal(read(master, bytes, sizeof bytes), 2);
	assert_true(port_is_drained(&port));
	other.baud = 9600;
	assert_true(port_set_rate(&port, &other, &error));
	assert_int_equal(ioctl(port.fd, TCGETS2, &now), 0);
	assert_int_equal(now.c_ospeed, 9600);
	assert_true(port_set_break(&port, true, &error));
	assert_true(port_set_break(&port, false, &error));
	assert_int_equal(port_write(&port, "cd", 2, &count), PORT_MOVED);
	assert_int_equal(read(master, bytes, sizeof bytes), 2);
}

static void a_socket_has_neither_rate_nor_break(void **state)
{
	struct port socket_port = {.fd = -1, .kind = PORT_SOCKET, .name = "tcp:relays:4196"};
	struct error error = {0};

	(void)state;
	assert_true(port_is_drained(&socket_port));
	assert_false(port_set_rate(&socket_port, &settings, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_non_null(strstr(error.text, "tcp:relays:4196"));
	assert_false(port_set_break(&socket_port, true, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(another_rate_is_set_while_it_is_open),
		CASE(a_socket_has_neither_rate_nor_break),
		CASE(every_byte_passes_a_pty_as_it_is),
		CASE(a_port_has_one_owner),
		CASE(what_came_before_opening_is_gone),
		CASE(a_port_that_hangs_up_is_gone_and_not_silent),
		CASE(a_full_port_says_later),
		CASE(lines_that_a_pty_has_not_are_said_so),
		CASE(what_is_no_port_is_refused),
		CASE(a_socket_is_found_again_when_its_peer_is_back),
		CASE(a_pty_behind_a_link_is_found_again),
		CASE(one_port_must_fit_all_that_is_given),
		CASE(several_that_fit_are_named),
		CASE(none_that_fits_names_the_nearest_and_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
