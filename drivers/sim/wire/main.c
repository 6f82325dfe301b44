/*
 * build/plant: a bench's devices over real descriptors, played by the plant, with the truth about them in a file.
 *
 * One thread, one poll. Whatever is planned happens at its instant, to which a timer is set; what arrives happens when it
 * is read. In the kernel lab the clock is virtual and the instants are exact; elsewhere they are as good as the host is,
 * and the truth says when each line was really driven.
 */

#include "drivers/sim/wire/wire.h"

#include "rig/base/instant.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define POLLS_MAX (4 + WIRE_BUSES_MAX + 2 * PLANT_SLOTS_MAX)

struct loop {
	int timer, signals, commands;
	struct pollfd polls[POLLS_MAX];
	struct wire_port *ports[POLLS_MAX]; /* of each poll; NULL: none */
	nfds_t poll_count;
};

static struct wire wire;

static _Noreturn void give_up(const struct error *error)
{
	fprintf(stderr, "plant: %s\n", error->text);
	exit(error_exit_code(error));
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t utc_us_at_zero(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * (NS_PER_S / NS_PER_US) + now.tv_nsec / NS_PER_US - now_ns() / NS_PER_US;
}

/* ---- What the plant does ---- */

static const char *slot_name(int slot)
{
	return slot == PLANT_NONE ? NULL : wire.settings.slots[slot].name;
}

static void drive_line(const struct plant_output *output)
{
	int fd = output->slot == PLANT_NONE ? wire.lines[output->line] : wire.slots[output->slot].lines[output->line];
	const char *pull = output->level ? "pull-up" : "pull-down";
	int64_t written_ns = now_ns();

	if (fd >= 0 && pwrite(fd, pull, strlen(pull), 0) < 0)
		truth_note(&wire.truth, written_ns, "line-not-driven", slot_name(output->slot), strerror(errno));
	truth_line(&wire.truth, output, slot_name(output->slot), written_ns);
}

static void write_fact(const struct plant_output *output)
{
	bool supply = output->fact >= FACT_SUPPLY_OUTPUT && output->fact <= FACT_SUPPLY_REFUSED;
	const char *part = output->part == PLANT_NONE ? NULL :
			   supply ? wire.supply_names[output->part] : wire.board_names[output->part];

	truth_fact(&wire.truth, output, slot_name(output->slot), part);
}

/* Of what came over the meter's console: what it took for its image. */
static void write_digest(const struct plant_output *output)
{
	const struct meter_console *console = output->slot == PLANT_NONE ? NULL : &wire.slots[output->slot].meter_console;

	if (output->fact == FACT_IMAGE_ARRIVED && console && console->received[0])
		truth_note(&wire.truth, output->t_ns, "image-digest", slot_name(output->slot), console->received);
}

static void put(void *self, const struct plant_output *output)
{
	struct wire_slot *slot = output->slot == PLANT_NONE ? NULL : &wire.slots[output->slot];

	(void)self;
	switch (output->kind) {
	case PLANT_LINE:
		drive_line(output);
		break;
	case PLANT_HUB_TEXT:
		if (slot->has_hub_console) {
			wire_port_write(&slot->hub_console, output->text, strlen(output->text));
			wire_port_write(&slot->hub_console, "\r\n", 2);
		}
		break;
	case PLANT_METER_TEXT:
		if (slot->has_meter_console)
			meter_console_print(&slot->meter_console, output->text);
		break;
	case PLANT_TRUTH:
		write_fact(output);
		write_digest(output);
		wire_dongle_take_fact(&wire.dongle, output);
		break;
	}
}

static void forbidden(void *self, const char *text)
{
	(void)self;
	truth_note(&wire.truth, now_ns(), "forbidden", NULL, text);
}

static void note(void *self, int64_t t_ns, const char *fact, const char *text)
{
	(void)self;
	truth_note(&wire.truth, t_ns, fact, NULL, text);
}

/* ---- Ports ---- */

/* A hub's console is not listened to: what is written to it is read away. */
static void step_hub_console(struct wire_port *port, int64_t t_ns)
{
	uint8_t bytes[WIRE_INPUT_SIZE];

	wire_port_retry(port, t_ns);
	(void)wire_port_take(port, t_ns, bytes);
}

static void step_meter_console(struct wire_slot *slot, int64_t t_ns)
{
	uint8_t bytes[WIRE_INPUT_SIZE];
	size_t size;

	wire_port_retry(&slot->meter_port, t_ns);
	size = wire_port_take(&slot->meter_port, t_ns, bytes);
	meter_console_step(&slot->meter_console, t_ns, bytes, size);
}

static void step_ports(int64_t t_ns)
{
	int i;

	for (i = 0; i < wire.bus_count; i++)
		wire_bus_step(&wire.buses[i], t_ns);
	for (i = 0; i < wire.settings.slot_count; i++) {
		if (wire.slots[i].has_hub_console)
			step_hub_console(&wire.slots[i].hub_console, t_ns);
		if (wire.slots[i].has_meter_console)
			step_meter_console(&wire.slots[i], t_ns);
	}
	wire_dongle_step(&wire.dongle, t_ns);
}

static int64_t ports_next(void)
{
	int64_t next_ns = wire_dongle_next(&wire.dongle), at_ns;
	int i;

	for (i = 0; i < wire.bus_count; i++)
		if ((at_ns = wire_bus_next(&wire.buses[i])) < next_ns)
			next_ns = at_ns;
	for (i = 0; i < wire.settings.slot_count; i++) {
		if (wire.slots[i].has_hub_console && (at_ns = wire_port_next(&wire.slots[i].hub_console)) < next_ns)
			next_ns = at_ns;
		if (wire.slots[i].has_meter_console && (at_ns = wire_port_next(&wire.slots[i].meter_port)) < next_ns)
			next_ns = at_ns;
		if (wire.slots[i].has_meter_console && (at_ns = meter_console_next(&wire.slots[i].meter_console)) < next_ns)
			next_ns = at_ns;
	}
	return next_ns;
}

static void poll_port(struct loop *loop, struct wire_port *port)
{
	if (port->fd < 0)
		return;
	loop->ports[loop->poll_count] = port;
	loop->polls[loop->poll_count++] = (struct pollfd){.fd = port->fd, .events = POLLIN};
}

static void poll_ports(struct loop *loop)
{
	int i;

	loop->poll_count = 3;
	for (i = 0; i < wire.bus_count; i++)
		poll_port(loop, &wire.buses[i].port);
	for (i = 0; i < wire.settings.slot_count; i++) {
		if (wire.slots[i].has_hub_console)
			poll_port(loop, &wire.slots[i].hub_console);
		if (wire.slots[i].has_meter_console)
			poll_port(loop, &wire.slots[i].meter_port);
	}
	if (wire.dongle.is_there)
		poll_port(loop, &wire.dongle.port);
}

/* ---- Commands ---- */

static void run_command(const char *command, int64_t t_ns)
{
	struct error error;

	if (!wire_command_carry_out(&wire, command, t_ns, &error)) {
		fprintf(stderr, "plant: %s\n", error.text);
		truth_note(&wire.truth, t_ns, "command-refused", NULL, error.text);
	}
}

static int64_t later_next(void)
{
	int64_t next_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < wire.later_count; i++)
		if (wire.later[i].t_ns < next_ns)
			next_ns = wire.later[i].t_ns;
	return next_ns;
}

/* At the instants planned, even if the host was late. */
static void run_due_commands(int64_t t_ns)
{
	int i;

	while (later_next() <= t_ns)
		for (i = 0; i < wire.later_count; i++)
			if (wire.later[i].t_ns == later_next()) {
				struct wire_later due = wire.later[i];

				wire.later[i] = wire.later[--wire.later_count];
				run_command(due.command, due.t_ns > wire.plant.t_ns ? due.t_ns : wire.plant.t_ns);
				break;
			}
}

static void read_commands(int fd, int64_t t_ns)
{
	static char line[WIRE_COMMAND_SIZE];
	static size_t size;
	char bytes[256];
	ssize_t got = read(fd, bytes, sizeof bytes), i;

	for (i = 0; i < got; i++) {
		if (bytes[i] != '\n') {
			if (size < sizeof line - 1)
				line[size++] = bytes[i];
			continue;
		}
		line[size] = '\0';
		size = 0;
		if (line[0])
			run_command(line, t_ns);
	}
}

/* ---- The loop ---- */

static void loop_open(struct loop *loop)
{
	struct error error;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	loop->signals = signalfd(-1, &signals, SFD_CLOEXEC);
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	/* For reading and writing, so that it never ends when a test closes it. */
	loop->commands = wire.commands_path[0] ? open(wire.commands_path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
	if (loop->signals < 0 || loop->timer < 0 || (wire.commands_path[0] && loop->commands < 0)) {
		error_set_errno(&error, FAULT_ENVIRONMENT, errno, "%s", loop->commands < 0 ? wire.commands_path : "timer");
		give_up(&error);
	}
	loop->polls[0] = (struct pollfd){.fd = loop->timer, .events = POLLIN};
	loop->polls[1] = (struct pollfd){.fd = loop->signals, .events = POLLIN};
	loop->polls[2] = (struct pollfd){.fd = loop->commands, .events = POLLIN};
}

static void set_timer(const struct loop *loop, int64_t at_ns)
{
	struct itimerspec when = {.it_value = {0, 0}};

	/* An instant that is past fires at once; zero would mean never. */
	if (at_ns != INSTANT_NEVER)
		when.it_value = (struct timespec){at_ns / NS_PER_S, at_ns % NS_PER_S + (at_ns % NS_PER_S == 0 && at_ns < NS_PER_S)};
	timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

/* False once it is to end. */
static bool loop_once(struct loop *loop)
{
	struct plant_event tick = {.kind = PLANT_TICK};
	uint64_t expired;
	int64_t t_ns;
	nfds_t i;

	poll_ports(loop);
	set_timer(loop, earliest(plant_next(&wire.plant), earliest(ports_next(), later_next())));
	if (poll(loop->polls, loop->poll_count, -1) < 0)
		return errno == EINTR;
	t_ns = now_ns();
	if (loop->polls[0].revents)
		(void)!read(loop->timer, &expired, sizeof expired);
	run_due_commands(t_ns);
	tick.t_ns = t_ns;
	plant_step(&wire.plant, &tick);
	for (i = 3; i < loop->poll_count; i++)
		if (loop->polls[i].revents)
			wire_port_read(loop->ports[i], t_ns);
	step_ports(t_ns);
	if (loop->polls[2].revents)
		read_commands(loop->commands, t_ns);
	return !loop->polls[1].revents;
}

/* What was drawn, so that a test can ask for what it cannot know. */
static void tell_settings(int64_t t_ns)
{
	char text[512];
	int i, dip, used;

	snprintf(text, sizeof text, "seed %llu", (unsigned long long)wire.settings.seed);
	truth_note(&wire.truth, t_ns, "begin", NULL, text);
	for (i = 0; i < wire.settings.slot_count; i++) {
		const struct plant_slot_settings *slot = &wire.settings.slots[i];

		used = snprintf(text, sizeof text, "threshold_ns %lld", (long long)slot->hub.threshold_ns);
		for (dip = 0; dip < slot->meter.dip_count; dip++)
			used += snprintf(text + used, sizeof text - (size_t)used, " dip_ns %lld+%lld",
					 (long long)slot->meter.dips[dip].offset_ns, (long long)slot->meter.dips[dip].length_ns);
		truth_note(&wire.truth, t_ns, "drawn", slot->name, text);
	}
}

int main(int argc, char **argv)
{
	static struct loop loop;
	struct error error;
	int64_t begin_ns;
	int i;

	prctl(PR_SET_TIMERSLACK, 1);
	if (!wire_options(&wire, argc, argv, &error))
		give_up(&error);
	loop_open(&loop);
	begin_ns = now_ns();
	for (i = 0; i < wire.later_count; i++)
		wire.later[i].t_ns += begin_ns;
	wire.settings.utc_us_at_zero = utc_us_at_zero();
	wire.units.plant = &wire.plant;
	wire.units.forbidden = forbidden;
	tell_settings(begin_ns);
	wire.dongle.note = note;
	wire_dongle_begin(&wire.dongle, &wire.plant, wire.settings.seed, begin_ns);
	plant_init(&wire.plant, &wire.settings, (struct plant_sink){put, NULL}, begin_ns);
	puts("ready");
	fflush(stdout);
	while (loop_once(&loop))
		continue;
	plant_end(&wire.plant, now_ns());
	truth_note(&wire.truth, now_ns(), "end", NULL, "");
	truth_close(&wire.truth);
	for (i = 0; i < wire.settings.slot_count; i++)
		if (wire.slots[i].has_meter_console)
			meter_console_done(&wire.slots[i].meter_console);
	wire_dongle_end(&wire.dongle);
	return 0;
}
