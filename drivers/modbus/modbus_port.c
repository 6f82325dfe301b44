/*
 * Glue of a real line: events of descriptors become events of the segment, and its output goes to the worker. One epoll
 * descriptor stands for all of them, with a timerfd for the deadlines.
 */

#include "drivers/modbus/modbus_port.h"

#include "drivers/modbus/line.h"
#include "drivers/modbus/worker.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define GRACE_NS NS_PER_S        /* the worker's own time-out ends it; this is for a worker that does not */
#define FRAME_MIN 5              /* bytes that make a second answer behind an answer: below it is noise of the line's turn */
#define LEAD_NS (500 * NS_PER_US) /* from the bus to a request in the line's hands: measured 60 to 250 us, tests/bench/modbus.c */
#define NOISE_GAPS 4             /* see send_last_ns */
#define STEPS_MAX 8              /* of one call; the timer brings the rest */

struct modbus_port {
	struct segment *segment;
	struct worker *worker;
	struct line line;
	int epoll, timer;
	int pair;                /* the loop's end; -1: none */
	uint32_t number;         /* of the transaction that the worker has */
	int64_t send_ns;         /* its request goes out then */
	int64_t send_last_ns;    /* noise may put that off, but not beyond this: switching off must not starve */
	bool busy;
	bool attached, lost;
	bool told;               /* the segment knows that it is lost */
	int64_t deadline_ns;     /* the segment's */
	int64_t armed_ns;
	int baud;
};

/* ---- Descriptors ---- */

static bool watch(struct modbus_port *port, int descriptor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

	return epoll_ctl(port->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static void unwatch(struct modbus_port *port, int descriptor)
{
	epoll_ctl(port->epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

/* Shutting down wakes a worker that is blocked on the other end. */
static void close_pair(struct modbus_port *port)
{
	if (port->pair < 0)
		return;
	unwatch(port, port->pair);
	shutdown(port->pair, SHUT_RDWR);
	close(port->pair);
	port->pair = -1;
}

static bool open_pair(struct modbus_port *port, struct error *error)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "socketpair");
	port->pair = pair[0];
	if (!watch(port, pair[0])) {
		error_set_errno(error, FAULT_ENVIRONMENT, errno, "epoll");
		close(pair[1]);
		close_pair(port);
		return false;
	}
	if (!worker_use(port->worker, pair[1], error)) {
		close(pair[1]);
		close_pair(port);
		return false;
	}
	return true;
}

int64_t modbus_port_deadline(const struct modbus_port *port)
{
	bool waits = port->line.request_size > 0;

	return waits && port->send_ns < port->deadline_ns ? port->send_ns : port->deadline_ns;
}

static void arm(struct modbus_port *port)
{
	int64_t deadline_ns = modbus_port_deadline(port);
	struct itimerspec when = {.it_value = {.tv_sec = deadline_ns / NS_PER_S, .tv_nsec = deadline_ns % NS_PER_S}};

	if (deadline_ns == port->armed_ns)
		return;
	port->armed_ns = deadline_ns;
	if (deadline_ns == INSTANT_NEVER)
		when.it_value = (struct timespec){0};
	else if (deadline_ns <= 0)
		when.it_value.tv_nsec = 1;
	timerfd_settime(port->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* ---- The segment's output ---- */

/* The transaction that the worker has is nobody's any more. */
static void abort_transaction(struct modbus_port *port)
{
	int64_t last_ns;
	int tty = port->line.tty;

	port->busy = false;
	line_end(&port->line, &last_ns);
	close_pair(port);
	if (port->lost || !port->attached)
		return;
	if (open_pair(port, NULL))
		line_attach(&port->line, tty, port->pair);
	else
		port->lost = true;
}

static void carry_out(struct modbus_port *port, const struct bus_output *output, int64_t now_ns)
{
	switch (output->action) {
	case BUS_NOTHING:
		break;
	case BUS_START:
		port->number = output->number;
		port->send_ns = output->send_ns;
		port->send_last_ns = output->send_ns + NOISE_GAPS * modbus_gap_ns(port->baud);
		port->busy = worker_begin(port->worker, output->number, output->transaction, output->limit_ns - now_ns);
		break;
	case BUS_ABORT:
		abort_transaction(port);
		break;
	}
}

static void step(struct modbus_port *port, const struct bus_event *first, int64_t now_ns)
{
	struct bus_event event = *first;
	struct bus_output output;
	int steps = 0;

	do {
		segment_step(port->segment, &event, &output);
		carry_out(port, &output, now_ns);
		event = (struct bus_event){.kind = BUS_TICK, .t_ns = now_ns};
	} while (output.deadline_ns <= now_ns && ++steps < STEPS_MAX);
	port->deadline_ns = output.deadline_ns;
}

static void tell(struct modbus_port *port, enum bus_event_kind kind, int64_t now_ns)
{
	const struct bus_event event = {.kind = kind, .t_ns = now_ns};

	step(port, &event, now_ns);
}

static void lose(struct modbus_port *port, int64_t now_ns)
{
	port->lost = true;
	if (port->told || !port->attached)
		return;
	port->told = true;
	unwatch(port, port->line.tty);
	tell(port, BUS_GONE, now_ns);
}

/* ---- What happens on the descriptors ---- */

static void ended(struct modbus_port *port, const struct worker_end *end, int64_t now_ns)
{
	struct bus_event event = {.kind = BUS_ENDED, .t_ns = now_ns, .number = end->number, .outcome = end->outcome,
				  .exception = end->exception, .values = end->values};
	bool answered = end->outcome == MODBUS_OK || end->outcome == MODBUS_EXCEPTION;
	size_t heard;

	if (!port->busy || end->number != port->number)
		return; /* was aborted */
	port->busy = false;
	heard = line_end(&port->line, &event.last_ns);
	if (end->outcome == MODBUS_NO_ANSWER && heard > 0)
		event.outcome = MODBUS_SHORT;
	if (answered && heard >= end->size + FRAME_MIN)
		event.outcome = MODBUS_WRONG_ANSWER; /* two answers: one of them was late, and nobody knows which */
	step(port, &event, now_ns);
}

/* The line was not as silent as the bus thought when it handed the request over. */
static void put_off(struct modbus_port *port, int64_t until_ns)
{
	if (until_ns > port->send_last_ns)
		until_ns = port->send_last_ns;
	if (until_ns > port->send_ns)
		port->send_ns = until_ns;
}

static void tty_ready(struct modbus_port *port, int64_t now_ns)
{
	bool open = port->line.open;
	enum line_state state = line_tty_ready(&port->line, now_ns);

	if (state == LINE_LOST)
		lose(port, now_ns);
	else if (state == LINE_HEARD && !open)
		tell(port, BUS_HEARD, now_ns);
	if (state == LINE_HEARD && !open && port->busy)
		put_off(port, now_ns + modbus_gap_ns(port->baud));
}

static void send_due(struct modbus_port *port, int64_t now_ns)
{
	if (port->line.request_size > 0 && port->send_ns <= now_ns && line_send(&port->line, now_ns) == LINE_LOST)
		lose(port, now_ns);
}

static void ready(struct modbus_port *port, int descriptor, int64_t now_ns)
{
	struct worker_end end;
	uint64_t expirations;

	if (descriptor == port->timer) {
		if (read(port->timer, &expirations, sizeof expirations) > 0)
			port->armed_ns = INSTANT_NEVER;
		tell(port, BUS_TICK, now_ns);
	} else if (descriptor == worker_descriptor(port->worker)) {
		while (worker_take(port->worker, &end))
			ended(port, &end, now_ns);
	} else if (descriptor == port->pair) {
		if (line_pair_ready(&port->line))
			send_due(port, now_ns);
	} else if (port->attached && !port->lost && descriptor == port->line.tty) {
		tty_ready(port, now_ns);
	}
}

void modbus_port_ready(struct modbus_port *port, int64_t now_ns)
{
	struct epoll_event events[4];
	int count = epoll_wait(port->epoll, events, 4, 0), i;

	for (i = 0; i < count; i++)
		ready(port, events[i].data.fd, now_ns);
	send_due(port, now_ns);
	if (port->deadline_ns <= now_ns)
		tell(port, BUS_TICK, now_ns);
	arm(port);
}

/* ---- Life ---- */

static bool init(struct modbus_port *port, const struct modbus_port_settings *settings, struct error *error)
{
	const struct bus_settings bus = {.baud = settings->baud, .grace_ns = GRACE_NS, .lead_ns = LEAD_NS};

	port->baud = settings->baud;
	line_init(&port->line, settings->record, settings->recorder);
	port->segment = segment_new(&bus);
	if (!port->segment)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for a bus");
	port->epoll = epoll_create1(EPOLL_CLOEXEC);
	port->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (port->epoll < 0 || port->timer < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "descriptors for a bus");
	port->worker = worker_new(settings->baud, error);
	if (!port->worker)
		return false;
	if (!watch(port, port->timer) || !watch(port, worker_descriptor(port->worker)))
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "epoll");
	return true;
}

struct modbus_port *modbus_port_new(const struct modbus_port_settings *settings, struct error *error)
{
	struct modbus_port *port = calloc(1, sizeof *port);

	if (!port) {
		error_set(error, FAULT_ENVIRONMENT, "no memory for a bus");
		return NULL;
	}
	port->epoll = port->timer = port->pair = -1;
	port->deadline_ns = port->armed_ns = INSTANT_NEVER;
	if (init(port, settings, error))
		return port;
	modbus_port_free(port);
	return NULL;
}

void modbus_port_free(struct modbus_port *port)
{
	close_pair(port);
	if (port->worker)
		worker_free(port->worker);
	if (port->timer >= 0)
		close(port->timer);
	if (port->epoll >= 0)
		close(port->epoll);
	segment_free(port->segment);
	free(port);
}

struct segment *modbus_port_segment(struct modbus_port *port)
{
	return port->segment;
}

bool modbus_port_attach(struct modbus_port *port, int descriptor, int64_t now_ns, struct error *error)
{
	assert(!port->attached);
	if (!open_pair(port, error))
		return false;
	if (!watch(port, descriptor)) {
		error_set_errno(error, FAULT_RIG, errno, "the port cannot be polled");
		close_pair(port);
		return false;
	}
	line_attach(&port->line, descriptor, port->pair);
	port->attached = true;
	port->lost = port->told = false;
	tell(port, BUS_BACK, now_ns);
	arm(port);
	return true;
}

void modbus_port_detach(struct modbus_port *port, int64_t now_ns)
{
	if (!port->attached)
		return;
	lose(port, now_ns);
	line_detach(&port->line);
	close_pair(port);
	port->attached = port->lost = port->busy = false;
	arm(port);
}

bool modbus_port_is_lost(const struct modbus_port *port)
{
	return port->lost;
}

int modbus_port_descriptor(const struct modbus_port *port)
{
	return port->epoll;
}

bool modbus_port_command(struct modbus_port *port, int instrument, const struct driver_command *command, int64_t now_ns,
			 struct error *error)
{
	if (!segment_command(port->segment, instrument, command, now_ns, error))
		return false;
	tell(port, BUS_TICK, now_ns);
	arm(port);
	return true;
}

bool modbus_port_take(struct modbus_port *port, int *instrument, struct driver_report *report)
{
	return segment_take(port->segment, instrument, report);
}
