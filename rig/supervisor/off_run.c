/* Frames of the off script, bus by bus: wait for quiet, send, listen, check, repeat. */

#include "rig/supervisor/off_run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct off_bus *settings_of(const struct off_run *run, int bus)
{
	return &run->script->buses[bus];
}

static void enter(struct off_bus_run *bus, enum off_bus_state state, int64_t now_ns)
{
	bus->state = state;
	bus->began_ns = now_ns;
	bus->size = 0;
}

void off_run_begin(struct off_run *run, const struct off_script *script, enum off_cause cause, const int *fds, int64_t now_ns)
{
	int i;

	memset(run, 0, sizeof *run);
	run->script = script;
	run->cause = cause;
	run->begun_ns = now_ns;
	for (i = 0; i < script->bus_count; i++) {
		struct off_bus_run *bus = &run->buses[i];

		bus->fd = fds[i];
		bus->at = off_script_next(script, i, cause, -1);
		bus->turn = 1;
		bus->heard_ns = now_ns; /* a transaction of the dead rig may still be on the wire */
		enter(bus, bus->at < 0 ? OFF_BUS_OVER : OFF_BUS_QUIET, now_ns);
		if (bus->at >= 0 && bus->fd < 0) {
			bus->state = OFF_BUS_OVER;
			bus->failed++;
		}
	}
}

static void read_bytes(struct off_bus_run *bus, int64_t now_ns)
{
	ssize_t got;

	while (bus->state != OFF_BUS_OVER) {
		if (bus->size == sizeof bus->bytes)
			bus->size = 0; /* chatter: none of it is an answer */
		got = read(bus->fd, bus->bytes + bus->size, sizeof bus->bytes - bus->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		bus->heard_ns = now_ns;
		bus->size += (size_t)got;
	}
}

static void send_request(struct off_run *run, struct off_bus_run *bus, int64_t now_ns)
{
	const struct off_exchange *exchange = &run->script->exchanges[bus->at];
	ssize_t put;

	do
		put = write(bus->fd, exchange->request, exchange->request_size);
	while (put < 0 && errno == EINTR);
	/* A frame that did not go out whole has no answer; the check and its repeats deal with that. */
	enter(bus, OFF_BUS_ANSWER, now_ns);
}

/* The first exchange behind `at` whose group is not proved yet; -1: none. */
static int next_open(const struct off_run *run, int index, int at)
{
	do
		at = off_script_next(run->script, index, run->cause, at);
	while (at >= 0 && run->proved[off_script_closing(run->script, at, run->cause)]);
	return at;
}

static int count_open(const struct off_run *run, int index)
{
	int count = 0, at;

	for (at = next_open(run, index, -1); at >= 0; at = next_open(run, index, at))
		count += run->script->exchanges[at].kind == OFF_CHECK;
	return count;
}

/* On to what follows `at`, in this turn or the next, after a silence of this kind. */
static void go_on(struct off_run *run, int index, int at, enum off_bus_state silence, int64_t now_ns)
{
	struct off_bus_run *bus = &run->buses[index];

	bus->at = next_open(run, index, at);
	if (bus->at < 0 && bus->turn < settings_of(run, index)->tries) {
		bus->turn++;
		bus->at = next_open(run, index, -1);
	}
	if (bus->at < 0) {
		bus->failed = count_open(run, index);
		silence = OFF_BUS_OVER;
	}
	enter(bus, silence, now_ns);
}

static void judge_answer(struct off_run *run, int index, int64_t now_ns)
{
	struct off_bus_run *bus = &run->buses[index];
	const struct off_exchange *exchange = &run->script->exchanges[bus->at];
	bool holds = off_exchange_holds(exchange, bus->bytes, bus->size);

	bus->doubt = !holds && (exchange->kind == OFF_CHECK || bus->size == 0);
	if (holds && exchange->kind == OFF_CHECK) {
		run->proved[bus->at] = true;
		bus->proved++;
	}
	if (bus->doubt) {
		bus->heard_ns = now_ns; /* the drain is counted from here: a late answer must not become the next one's */
		go_on(run, index, off_script_closing(run->script, bus->at, run->cause), OFF_BUS_QUIET, now_ns);
	} else {
		go_on(run, index, bus->at, holds ? OFF_BUS_GAP : OFF_BUS_QUIET, now_ns);
	}
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

/* When the present state ends if nothing is heard. */
static int64_t state_ends(const struct off_run *run, int index)
{
	const struct off_bus_run *bus = &run->buses[index];
	const struct off_bus *settings = settings_of(run, index);
	int64_t wanted_ns = bus->doubt ? settings->drain_ns : settings->quiet_ns, quiet_ns;

	switch (bus->state) {
	case OFF_BUS_QUIET:
		quiet_ns = later(bus->heard_ns, bus->began_ns - wanted_ns) + wanted_ns;
		return quiet_ns < bus->began_ns + settings->quiet_max_ns ? quiet_ns : bus->began_ns + settings->quiet_max_ns;
	case OFF_BUS_GAP:
		return later(bus->began_ns, bus->heard_ns) + settings->gap_ns;
	case OFF_BUS_ANSWER:
		return bus->began_ns + settings->answer_ns;
	case OFF_BUS_OVER:
		break;
	}
	return INSTANT_NEVER;
}

static void step_bus(struct off_run *run, int index, int64_t now_ns)
{
	struct off_bus_run *bus = &run->buses[index];
	enum off_bus_state state;

	read_bytes(bus, now_ns);
	do {
		state = bus->state;
		if (state == OFF_BUS_ANSWER && bus->size >= run->script->exchanges[bus->at].answer_size)
			judge_answer(run, index, now_ns);
		else if (state != OFF_BUS_OVER && now_ns >= state_ends(run, index)) {
			if (state == OFF_BUS_ANSWER)
				judge_answer(run, index, now_ns);
			else if (state == OFF_BUS_QUIET)
				enter(bus, OFF_BUS_GAP, now_ns);
			else
				send_request(run, bus, now_ns);
		}
	} while (bus->state != state);
}

void off_run_step(struct off_run *run, int64_t now_ns)
{
	int i;

	for (i = 0; i < run->script->bus_count; i++)
		if (run->buses[i].state != OFF_BUS_OVER)
			step_bus(run, i, now_ns);
}

bool off_run_over(const struct off_run *run)
{
	int i;

	for (i = 0; i < run->script->bus_count; i++)
		if (run->buses[i].state != OFF_BUS_OVER)
			return false;
	return true;
}

int64_t off_run_deadline(const struct off_run *run)
{
	int64_t deadline_ns = INSTANT_NEVER, ends_ns;
	int i;

	for (i = 0; i < run->script->bus_count; i++) {
		ends_ns = state_ends(run, i);
		if (ends_ns < deadline_ns)
			deadline_ns = ends_ns;
	}
	return deadline_ns;
}

void off_run_result(const struct off_run *run, int *proved, int *failed)
{
	int i;

	*proved = *failed = 0;
	for (i = 0; i < run->script->bus_count; i++) {
		*proved += run->buses[i].proved;
		*failed += run->buses[i].failed;
	}
}
