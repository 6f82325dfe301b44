/*
 * Both profiles from the other side: our driver against a server by pymodbus, and mbpoll against the units that our tests use.
 *
 * pymodbus shares no code with us nor with libmodbus. mbpoll uses libmodbus, so it proves that our units are what the
 * register maps say, not libmodbus itself.
 */

#include "drivers/modbus/modbus_port.h"
#include "tests/support/rtu_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEEDS(command, package)                                                                                                \
	do {                                                                                                                   \
		if (system(command " >/dev/null 2>&1") != 0) {                                                                 \
			print_message("# SKIP " package " is not installed\n");                                                \
			skip();                                                                                                \
		}                                                                                                              \
	} while (0)

static struct profile supply_profile, board_profile;

/* ---- Our driver ---- */

static struct modbus_port *port;
static struct driver_report report;

static void open_port(int descriptor)
{
	const struct modbus_port_settings settings = {.baud = 115200};
	struct driver_settings psu = {.name = "psu1", .profile = &supply_profile, .unit = 1, .limit_count = 2};
	struct driver_settings relays = {.name = "relays", .profile = &board_profile, .unit = 2};

	psu.limits[0] = (struct driver_limit){profile_channel_find(&supply_profile, "ovp"), 13500};
	psu.limits[1] = (struct driver_limit){profile_channel_find(&supply_profile, "ocp"), 2000};
	port = modbus_port_new(&settings, NULL);
	assert_non_null(port);
	assert_int_equal(segment_add(modbus_port_segment(port), &psu, NULL), 0);
	assert_int_equal(segment_add(modbus_port_segment(port), &relays, NULL), 1);
	assert_true(modbus_port_attach(port, descriptor, rtu_clock_ns(), NULL));
}

static void turn(void)
{
	struct pollfd poll_one = {.fd = modbus_port_descriptor(port), .events = POLLIN};

	poll(&poll_one, 1, 100);
	modbus_port_ready(port, rtu_clock_ns());
}

static void wait_ready(void)
{
	int64_t until = rtu_clock_ns() + 30 * NS_PER_S;
	int i, instrument;

	for (i = 0; i < 2; i++) {
		while (segment_driver(modbus_port_segment(port), i)->state != DRIVER_READY) {
			assert_true(rtu_clock_ns() < until);
			turn();
		}
	}
	while (modbus_port_take(port, &instrument, &report))
		continue;
}

static const struct driver_report *command(int instrument, enum driver_command_kind kind, const char *channel, int64_t milli)
{
	const struct profile *profile = instrument == 0 ? &supply_profile : &board_profile;
	const struct driver_command it = {.kind = kind, .channel = channel ? profile_channel_find(profile, channel) : -1,
					  .milli = milli, .deadline_ns = rtu_clock_ns() + 20 * NS_PER_S};
	int of;

	assert_true(modbus_port_command(port, instrument, &it, rtu_clock_ns(), NULL));
	while (!modbus_port_take(port, &of, &report) || report.kind != REPORT_ANSWER)
		turn();
	if (!report.ok)
		print_message("%s\n", report.error.text);
	return &report;
}

/* ---- pymodbus ---- */

static pid_t server;
static FILE *said;
static int master;

static void start_server(void)
{
	int pipes[2];
	char name[64];

	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	assert_int_equal(ptsname_r(master, name, sizeof name), 0);
	assert_int_equal(pipe(pipes), 0);
	server = fork();
	if (server == 0) {
		dup2(pipes[1], 1);
		close(pipes[0]);
		execl("/usr/bin/python3", "python3", "tests/peers/modbus_server.py", name, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	said = fdopen(pipes[0], "r");
	assert_non_null(said);
}

static void stop_server(void)
{
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	server = 0;
	fclose(said);
	close(master);
}

/* A case that failed leaves it running. */
static int end_server(void **state)
{
	(void)state;
	if (server > 0)
		stop_server();
	return 0;
}

/* The next thing that the server says; it has to come within the run's own time limit. */
static void assert_said(const char *expected)
{
	char line[128];

	assert_non_null(fgets(line, sizeof line, said));
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, expected);
}

static void both_profiles_are_understood_by_pymodbus(void **state)
{
	(void)state;
	NEEDS("/usr/bin/python3 -c 'import pymodbus, serial'", "python3-pymodbus");
	start_server();
	assert_said("serving");
	open_port(master);
	wait_ready();
	assert_said("1 h 68 0");
	assert_said("1 h 82 1350");
	assert_said("1 h 83 2000");
	assert_true(command(0, COMMAND_SET, "volts", 12340)->ok);
	assert_said("1 h 8 1234");
	assert_true(command(0, COMMAND_SET, "amps", 1500)->ok);
	assert_said("1 h 9 1500");
	assert_true(command(0, COMMAND_SET, "output", 1)->ok);
	assert_said("1 h 18 1");
	assert_int_equal(command(0, COMMAND_GET, "volts_out", 0)->milli, 11990);
	assert_int_equal(command(0, COMMAND_GET, "volts_in", 0)->milli, 24120);
	assert_int_equal(command(0, COMMAND_GET, "watts_out", 0)->milli, 655380);
	assert_int_equal(command(0, COMMAND_GET, "firmware", 0)->milli, 1410);
	assert_true(command(0, COMMAND_WATCH, NULL, 0)->ok);
	assert_true(command(1, COMMAND_SET, "3", 1)->ok);
	assert_said("2 c 2 1");
	assert_true(command(1, COMMAND_SET, "8", 1)->ok);
	assert_said("2 c 7 1");
	assert_true(command(1, COMMAND_WATCH, NULL, 0)->ok);
	assert_true(command(1, COMMAND_SET, "3", 0)->ok);
	assert_said("2 c 2 0");
	assert_true(command(0, COMMAND_SET, "output", 0)->ok);
	assert_said("1 h 18 0");
	modbus_port_free(port);
	stop_server();
}

/* One request and its answer, as a supervisor makes them: no libmodbus, no bus. */
static bool exchange_raw(const struct off_exchange *exchange)
{
	uint8_t answer[OFF_FRAME_MAX];
	struct pollfd poll_one = {.fd = master, .events = POLLIN};
	size_t have = 0;

	usleep(20000);
	assert_int_equal(write(master, exchange->request, exchange->request_size), exchange->request_size);
	while (have < exchange->answer_size && poll(&poll_one, 1, 2000) == 1) {
		ssize_t got = read(master, answer + have, sizeof answer - have);

		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return off_exchange_holds(exchange, answer, have);
}

static void the_off_script_is_understood_by_pymodbus(void **state)
{
	static struct off_script script;
	uint8_t causes[PROFILE_CHANNELS_MAX] = {0}, bus;
	int at;

	(void)state;
	NEEDS("/usr/bin/python3 -c 'import pymodbus, serial'", "python3-pymodbus");
	start_server();
	assert_said("serving");
	open_port(master);
	wait_ready();
	assert_said("1 h 68 0");
	assert_said("1 h 82 1350");
	assert_said("1 h 83 2000");
	assert_true(command(0, COMMAND_SET, "output", 1)->ok);
	assert_said("1 h 18 1");
	assert_true(command(1, COMMAND_SET, "2", 1)->ok);
	assert_said("2 c 1 1");
	assert_true(segment_off_bus(modbus_port_segment(port), "pty", 3, &script, &bus, NULL));
	causes[profile_channel_find(&supply_profile, "output")] = OFF_CAUSE_RIG;
	assert_true(driver_off(segment_driver(modbus_port_segment(port), 0), causes, bus, &script, NULL));
	memset(causes, 0, sizeof causes);
	memset(causes, OFF_CAUSE_RIG, 8);
	assert_true(driver_off(segment_driver(modbus_port_segment(port), 1), causes, bus, &script, NULL));
	assert_true(off_script_check(&script, NULL));
	modbus_port_free(port);
	for (at = off_script_next(&script, bus, OFF_CAUSE_RIG, -1); at >= 0; at = off_script_next(&script, bus, OFF_CAUSE_RIG, at))
		assert_true(exchange_raw(&script.exchanges[at]));
	assert_said("1 h 18 0");
	assert_said("2 c 0 0 0 0 0 0 0 0 0");
	stop_server();
}

/* ---- mbpoll ---- */

static struct rtu_server units;

/* Runs mbpoll once on our units and gives all that it says. */
static const char *mbpoll(const char *arguments, const char *values)
{
	static char output[4096];
	char line[256], name[64];
	size_t have;
	FILE *pipe;

	assert_int_equal(ptsname_r(units.master, name, sizeof name), 0);
	snprintf(line, sizeof line, "mbpoll -m rtu -b 9600 -P none -0 -1 -q %s %s %s 2>&1", arguments, name, values);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	have = fread(output, 1, sizeof output - 1, pipe);
	output[have] = '\0';
	if (pclose(pipe) != 0)
		print_message("%s: %s\n", line, output);
	return output;
}

static bool reads(const char *arguments, const char *expected)
{
	const char *output = mbpoll(arguments, "");

	if (strstr(output, expected))
		return true;
	print_message("%s: expected %s in: %s\n", arguments, expected, output);
	return false;
}

static void mbpoll_reads_what_our_driver_set_and_our_driver_sees_what_mbpoll_did(void **state)
{
	(void)state;
	NEEDS("command -v mbpoll", "mbpoll");
	rtu_server_start(&units, 2, 0, 0);
	rtu_server_lock(&units, 1)->registers[0] = 60062;
	rtu_server_unlock(&units);
	open_port(units.line);
	wait_ready();
	assert_true(command(0, COMMAND_SET, "volts", 12340)->ok);
	assert_true(command(0, COMMAND_SET, "output", 1)->ok);
	assert_true(command(1, COMMAND_SET, "3", 1)->ok);
	/* Between our transactions the line is mbpoll's; the port only listens and would take its answers for noise. */
	modbus_port_detach(port, rtu_clock_ns());
	assert_true(reads("-a 1 -t 4 -r 0", "[0]: \t60062"));
	assert_true(reads("-a 1 -t 4 -r 8", "[8]: \t1234"));
	assert_true(reads("-a 1 -t 4 -r 18", "[18]: \t1"));
	assert_true(reads("-a 1 -t 4 -r 82 -c 2", "[82]: \t1350"));
	assert_true(reads("-a 2 -t 0 -r 2", "[2]: \t1"));
	assert_true(reads("-a 2 -t 0 -r 3", "[3]: \t0"));
	mbpoll("-a 1 -t 4 -r 8", "555");
	mbpoll("-a 1 -t 4 -r 8", "555 666");
	mbpoll("-a 2 -t 0 -r 0", "1 0 0 1");
	mbpoll("-a 2 -t 0 -r 2", "1");
	assert_true(modbus_port_attach(port, units.line, rtu_clock_ns(), NULL));
	wait_ready();
	assert_true(command(1, COMMAND_WATCH, NULL, 0)->ok);
	assert_int_equal(command(1, COMMAND_GET, "1", 0)->milli, 1);
	assert_int_equal(command(1, COMMAND_GET, "2", 0)->milli, 0);
	assert_int_equal(command(1, COMMAND_GET, "3", 0)->milli, 1);
	assert_int_equal(command(1, COMMAND_GET, "4", 0)->milli, 1);
	assert_int_equal(rtu_server_lock(&units, 1)->registers[8], 555);
	assert_int_equal(units.units[0].registers[9], 666);
	rtu_server_unlock(&units);
	modbus_port_free(port);
	rtu_server_stop(&units);
}

static void mbpoll_is_refused_what_is_not_there(void **state)
{
	(void)state;
	NEEDS("command -v mbpoll", "mbpoll");
	rtu_server_start(&units, 2, 0, 0);
	assert_true(reads("-a 1 -t 4 -r 5000", "Illegal data address"));
	assert_true(reads("-a 1 -t 3 -r 0", "Illegal function"));
	assert_true(reads("-a 9 -t 4 -r 0 -o 0.1", "timed out"));
	rtu_server_stop(&units);
}

static void load(struct profile *profile, const char *path)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(profile_load(profile, path, &problems));
	problems_done(&problems);
}

static int load_profiles(void **state)
{
	(void)state;
	load(&supply_profile, "drivers/profiles/riden-rd6006.yaml");
	load(&board_profile, "drivers/profiles/waveshare-relay-8.yaml");
	return 0;
}

static int free_profiles(void **state)
{
	(void)state;
	profile_done(&supply_profile);
	profile_done(&board_profile);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(both_profiles_are_understood_by_pymodbus, end_server),
		cmocka_unit_test_teardown(the_off_script_is_understood_by_pymodbus, end_server),
		cmocka_unit_test(mbpoll_reads_what_our_driver_set_and_our_driver_sees_what_mbpoll_did),
		cmocka_unit_test(mbpoll_is_refused_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, load_profiles, free_profiles);
}
