/*
 * How much of a paced wire's time is frames and gaps, and what the way through worker and socketpair costs.
 *
 * Efficiency: the far end counts what a reading takes on the wire at the least: request, the silence that ends it, answer
 * (10 bits a character), and the gap that must follow. That sum over the time taken is the figure; wanted at least 95 %. The
 * wire is a thread of this program; how much later than a wire it was, woken by a scheduler, is taken off the time and printed.
 * Beside the figure of all readings stands that of the median reading, which other work on the machine does not touch.
 * Cost: the same readings on a wire without time, by libmodbus on the pty itself and by the whole way that the program goes.
 */

#include "drivers/modbus/line.h"
#include "drivers/modbus/worker.h"
#include "tests/support/rtu_server.h"

#include <assert.h>
#include <modbus.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define WANTED_PERCENT 95.0
#define READINGS 300
#define COST_READINGS 3000

static struct profile profile;

static int64_t cpu_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NS_PER_US;
}

static void turn(struct modbus_port *port)
{
	struct pollfd poll_one = {.fd = modbus_port_descriptor(port), .events = POLLIN};

	poll(&poll_one, 1, -1);
	modbus_port_ready(port, rtu_clock_ns());
}

static int64_t asked_ns[READINGS], own_so_far_ns[READINGS];

static int by_size(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

/* From one request to the next, without the wire's own lateness. */
static int64_t median_period_ns(void)
{
	int64_t periods[READINGS - 1];
	int i;

	for (i = 0; i + 1 < READINGS; i++)
		periods[i] = asked_ns[i + 1] - asked_ns[i] - (own_so_far_ns[i] - (i ? own_so_far_ns[i - 1] : 0));
	qsort(periods, READINGS - 1, sizeof *periods, by_size);
	return periods[READINGS / 2];
}

static void note_sent(void *recorder, const struct modbus_frame *frame)
{
	struct rtu_server *server = recorder;

	if (frame->kind != MODBUS_FRAME_SENT)
		return;
	rtu_server_lock(server, 1);
	server->sent_ns = frame->first_ns;
	rtu_server_unlock(server);
}

/* Keeps two readings in the queue, so that the bus always has a next one. */
static int64_t read_many(struct modbus_port *port, struct rtu_server *server, int count)
{
	struct driver_command it = {.kind = COMMAND_GET, .channel = profile_channel_find(&profile, "volts_out")};
	struct driver_report report;
	int64_t began_ns = rtu_clock_ns();
	int asked = 0, taken = 0, instrument;

	while (taken < count) {
		while (asked < count && asked - taken < 2) {
			it.deadline_ns = rtu_clock_ns() + 10 * NS_PER_S;
			if (!modbus_port_command(port, 0, &it, rtu_clock_ns(), NULL))
				abort();
			asked++;
		}
		turn(port);
		while (modbus_port_take(port, &instrument, &report)) {
			if (report.kind == REPORT_ANSWER && !report.ok) {
				fprintf(stderr, "%s\n", report.error.text);
				abort();
			}
			if (report.kind != REPORT_ANSWER)
				continue;
			rtu_server_lock(server, 1);
			own_so_far_ns[taken] = server->own_ns;
			rtu_server_unlock(server);
			asked_ns[taken++] = report.asked_ns;
		}
	}
	return rtu_clock_ns() - began_ns;
}

static bool efficiency(int baud)
{
	const struct driver_settings psu = {.name = "psu1", .profile = &profile, .unit = 1};
	struct rtu_server server;
	const struct modbus_port_settings settings = {.baud = baud, .record = note_sent, .recorder = &server};
	struct modbus_port *port = modbus_port_new(&settings, NULL);
	int64_t wall_ns, wire_ns, own_ns;
	double all, median;

	rtu_server_start(&server, 1, baud, modbus_gap_ns(baud));
	rtu_server_lock(&server, 1)->registers[0] = 60062;
	rtu_server_unlock(&server);
	if (!port || segment_add(modbus_port_segment(port), &psu, NULL) < 0 ||
	    !modbus_port_attach(port, server.line, rtu_clock_ns(), NULL))
		abort();
	while (segment_driver(modbus_port_segment(port), 0)->state != DRIVER_READY)
		turn(port);
	rtu_server_lock(&server, 1);
	server.wire_ns = server.own_ns = 0;
	rtu_server_unlock(&server);
	wall_ns = read_many(port, &server, READINGS);
	rtu_server_lock(&server, 1);
	wire_ns = server.wire_ns + READINGS * modbus_gap_ns(baud);
	own_ns = server.own_ns;
	rtu_server_unlock(&server);
	modbus_port_free(port);
	rtu_server_stop(&server);
	all = 100.0 * (double)wire_ns / (double)(wall_ns - own_ns);
	median = 100.0 * (double)wire_ns / READINGS / (double)median_period_ns();
	printf("%d baud: %.1f %% of the time is frames and gaps, %.1f %% of the median reading's (wanted: %.0f %%); "
	       "the wire's own lateness, %.0f us a reading, taken off\n",
	       baud, all, median, WANTED_PERCENT, (double)own_ns / 1e3 / READINGS);
	return all >= WANTED_PERCENT || median >= WANTED_PERCENT;
}

struct cost {
	double wall_us, cpu_us; /* of the best tenth, so that other work on the machine does not count; of the mean one */
};

static int64_t took_ns[COST_READINGS];

static struct cost cost_since(int64_t cpu)
{
	double cpu_us = (double)(cpu_ns() - cpu) / 1e3 / COST_READINGS;

	qsort(took_ns, COST_READINGS, sizeof *took_ns, by_size);
	return (struct cost){.wall_us = (double)took_ns[COST_READINGS / 10] / 1e3, .cpu_us = cpu_us};
}

/* libmodbus on the pty, nothing between. */
static struct cost direct(void)
{
	struct rtu_server server;
	modbus_t *modbus = modbus_new_rtu("/dev/null", 115200, 'N', 8, 1);
	int64_t cpu;
	uint16_t value;
	int i;

	rtu_server_start(&server, 1, 0, 0);
	modbus_set_socket(modbus, server.line);
	modbus_set_slave(modbus, 1);
	cpu = cpu_ns();
	for (i = 0; i < COST_READINGS; i++) {
		took_ns[i] = -rtu_clock_ns();
		if (modbus_read_registers(modbus, 10, 1, &value) != 1)
			abort();
		took_ns[i] += rtu_clock_ns();
	}
	modbus_free(modbus);
	rtu_server_stop(&server);
	return cost_since(cpu);
}

/* One reading through mailbox, worker, socketpair and line, as the port does it but without the bus's gaps. */
static void read_through(struct worker *worker, struct line *line, uint32_t number)
{
	static const struct modbus_transaction reading = {.unit = 1, .function = MODBUS_READ_HOLDING, .address = 10, .count = 1};
	struct pollfd three[3] = {{.fd = worker_descriptor(worker), .events = POLLIN},
				  {.fd = line->pair, .events = POLLIN},
				  {.fd = line->tty, .events = POLLIN}};
	struct worker_end end;
	int64_t last_ns;

	if (!worker_begin(worker, number, &reading, NS_PER_S))
		abort();
	for (;;) {
		poll(three, 3, -1);
		if (three[1].revents && line_pair_ready(line) && line_send(line, rtu_clock_ns()) != LINE_NOTHING)
			abort();
		if (three[2].revents && line_tty_ready(line, rtu_clock_ns()) != LINE_HEARD)
			abort();
		if (three[0].revents && worker_take(worker, &end)) {
			assert(end.number == number && end.outcome == MODBUS_OK);
			line_end(line, &last_ns);
			while (worker_take(worker, &end))
				abort();
			return;
		}
	}
}

static struct cost through(void)
{
	struct rtu_server server;
	struct worker *worker = worker_new(115200, NULL);
	struct line line;
	struct cost cost;
	int64_t cpu;
	int pair[2], i;

	rtu_server_start(&server, 1, 0, 0);
	if (!worker || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || !worker_use(worker, pair[1], NULL))
		abort();
	line_init(&line, NULL, NULL);
	line_attach(&line, server.line, pair[0]);
	cpu = cpu_ns();
	for (i = 0; i < COST_READINGS; i++) {
		took_ns[i] = -rtu_clock_ns();
		read_through(worker, &line, (uint32_t)i + 1);
		took_ns[i] += rtu_clock_ns();
	}
	cost = cost_since(cpu);
	shutdown(pair[0], SHUT_RDWR);
	worker_free(worker);
	close(pair[0]);
	rtu_server_stop(&server);
	return cost;
}

int main(void)
{
	static const int bauds[] = {9600, 115200};
	struct cost without, with;
	struct problems problems;
	bool reached = true;
	size_t i;

	problems_init(&problems);
	if (!profile_load(&profile, "drivers/profiles/riden-rd6006.yaml", &problems))
		return 1;
	problems_done(&problems);
	profile.gap_ns = 0; /* the standard's gap alone: the profile's own would hide what the way costs */
	for (i = 0; i < sizeof bauds / sizeof *bauds; i++)
		reached &= efficiency(bauds[i]);
	without = direct();
	with = through();
	printf("a reading by libmodbus on a pty: %.0f us, %.0f us of CPU; through worker and socketpair: %.0f us, %.0f us of CPU; "
	       "cost %.0f us\n", without.wall_us, without.cpu_us, with.wall_us, with.cpu_us, with.wall_us - without.wall_us);
	profile_done(&profile);
	return reached ? 0 : 1;
}
