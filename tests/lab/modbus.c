/*
 * drivers/modbus on a real tty, with units of the tests' own on the device's side, in virtual time.
 *
 *   modbus RIG_TTY DEVICE_TTY
 *
 * Prints what it found, one line each; the case compares. The supply's response time is 500 ms here.
 */

#include "drivers/modbus/modbus_port.h"
#include "drivers/serial/port.h"
#include "tests/support/rtu_server.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#define BAUD 9600
#define READINGS 100

static struct profile profile;
static struct rtu_server server;
static struct modbus_port *port;
static struct driver_report report;

static void turn(void)
{
	struct pollfd poll_one = {.fd = modbus_port_descriptor(port), .events = POLLIN};

	poll(&poll_one, 1, 1000);
	modbus_port_ready(port, rtu_clock_ns());
}

static const struct driver_report *command(enum driver_command_kind kind, const char *channel, int64_t milli)
{
	const struct driver_command it = {.kind = kind, .channel = channel ? profile_channel_find(&profile, channel) : -1,
					  .milli = milli, .deadline_ns = rtu_clock_ns() + 20 * NS_PER_S};
	int instrument;

	if (!modbus_port_command(port, 0, &it, rtu_clock_ns(), &report.error)) {
		report.ok = false;
		return &report;
	}
	while (!modbus_port_take(port, &instrument, &report) || report.kind != REPORT_ANSWER)
		turn();
	return &report;
}

static int open_device(const char *path)
{
	int descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (descriptor < 0 || tcgetattr(descriptor, &raw) < 0)
		return -1;
	cfmakeraw(&raw);
	return tcsetattr(descriptor, TCSANOW, &raw) < 0 ? -1 : descriptor;
}

static bool begin(const char *rig, const char *device, struct error *error)
{
	const struct port_settings serial = {.baud = BAUD, .data_bits = 8, .stop_bits = 1};
	const struct modbus_port_settings modbus = {.baud = BAUD};
	struct driver_settings psu = {.name = "psu1", .profile = &profile, .unit = 1, .limit_count = 1};
	struct port_address address = {.usb_port = -1};
	static struct port tty;
	int descriptor = open_device(device);

	if (descriptor < 0)
		return error_set(error, FAULT_RIG, "%s cannot be opened", device);
	rtu_server_serve(&server, descriptor, 1, BAUD, modbus_gap_ns(BAUD));
	rtu_server_lock(&server, 1)->registers[0] = 60062;
	rtu_server_unlock(&server);
	snprintf(address.path, sizeof address.path, "%s", rig);
	if (!port_open(&tty, &address, &serial, error))
		return false;
	port = modbus_port_new(&modbus, error);
	psu.limits[0] = (struct driver_limit){profile_channel_find(&profile, "ovp"), 13500};
	return port && segment_add(modbus_port_segment(port), &psu, error) == 0 &&
	       modbus_port_attach(port, tty.fd, rtu_clock_ns(), error);
}

/* An answer at 700 ms against 500: how many readings were not what the unit holds. */
static int read_late(void)
{
	int wrong = 0, i;

	for (i = 0; i < READINGS; i++) {
		rtu_server_lock(&server, 1)->delay_once_ns = 700 * NS_PER_MS;
		server.units[0].registers[10] = (uint16_t)(100 + i);
		server.units[0].registers[14] = (uint16_t)(2000 + i);
		rtu_server_unlock(&server);
		wrong += !command(COMMAND_GET, "volts_out", 0)->ok || report.milli != (100 + i) * 10 || report.tries != 2;
		wrong += !command(COMMAND_GET, "volts_in", 0)->ok || report.milli != (2000 + i) * 10;
	}
	return wrong;
}

/* Frames and gaps in percent of the time that readings without a pause take. */
static int efficiency(void)
{
	int64_t began_ns, wire_ns;
	int i;

	rtu_server_lock(&server, 1);
	server.wire_ns = 0;
	rtu_server_unlock(&server);
	began_ns = rtu_clock_ns();
	for (i = 0; i < READINGS; i++)
		if (!command(COMMAND_GET, "volts_out", 0)->ok)
			return 0;
	rtu_server_lock(&server, 1);
	wire_ns = server.wire_ns + READINGS * (profile.gap_ns > modbus_gap_ns(BAUD) ? profile.gap_ns : modbus_gap_ns(BAUD));
	rtu_server_unlock(&server);
	return (int)(100 * wire_ns / (rtu_clock_ns() - began_ns));
}

int main(int count, char *arguments[])
{
	struct problems problems;
	struct error error;

	problems_init(&problems);
	if (count != 3 || !profile_load(&profile, "drivers/profiles/riden-rd6006.yaml", &problems))
		return 64;
	profile.response_ns = 500 * NS_PER_MS;
	if (!begin(arguments[1], arguments[2], &error)) {
		printf("%s\n", error.text);
		return 1;
	}
	while (segment_driver(modbus_port_segment(port), 0)->state != DRIVER_READY)
		turn();
	printf("set %s\n", command(COMMAND_SET, "volts", 12000)->ok ? "read back" : report.error.text);
	printf("watch %s\n", command(COMMAND_WATCH, NULL, 0)->ok ? "agrees" : report.error.text);
	printf("wrong after late answers: %d\n", read_late());
	printf("efficiency %d\n", efficiency());
	rtu_server_lock(&server, 1)->registers[8] = 0;
	rtu_server_unlock(&server);
	printf("%s\n", command(COMMAND_WATCH, NULL, 0)->ok ? "no reset seen" : report.error.text);
	modbus_port_free(port);
	return 0;
}
