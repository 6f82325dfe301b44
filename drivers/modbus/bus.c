/*
 * The policy of one line. A step takes the event in, ends what is too late, and starts the next transaction if the line has
 * been silent for long enough. Silence is counted from `quiet_from_ns`; how much of it is needed depends on who speaks next.
 */

#include "drivers/modbus/bus.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void bus_init(struct bus *bus, const struct bus_settings *settings)
{
	assert(settings->baud > 0);
	memset(bus, 0, offsetof(struct bus, places));
	bus->settings = *settings;
	bus->gone = true;
	bus->open_place = -1;
}

/* ---- Requests in their places ---- */

static void end_place(struct bus_place *place, enum modbus_outcome outcome)
{
	place->state = BUS_DONE;
	place->result.outcome = outcome;
}

static struct bus_place *free_place(struct bus *bus, enum bus_priority priority)
{
	int first = bus->used, count = BUS_QUEUE_MAX - bus->used, i;

	for (i = bus->used - 1; i >= 0; i--)
		if (bus->places[i].state == BUS_FREE) {
			first = i;
			count++;
		}
	if (count <= (priority <= BUS_SAFETY ? 0 : BUS_OFF_RESERVE))
		return NULL;
	if (first == bus->used)
		bus->used++;
	return &bus->places[first];
}

static void give_back(struct bus *bus, struct bus_place *place)
{
	place->state = BUS_FREE;
	while (bus->used > 0 && bus->places[bus->used - 1].state == BUS_FREE)
		bus->used--;
}

bool bus_submit(struct bus *bus, const struct bus_request *request, uint32_t *ticket, struct error *error)
{
	struct bus_place *place = free_place(bus, request->priority);

	assert(request->tries_max >= 1 && request->tries_max <= BUS_TRIES_MAX);
	assert(request->tries_max == 1 || request->idempotent || modbus_is_read(request->transaction.function));
	assert(request->deadline_ns < INSTANT_NEVER && request->response_ns > 0);
	assert(request->transaction.unit >= 1 && request->transaction.unit <= 247);
	if (!place)
		return error_set(error, FAULT_RIG, "more than %d requests wait for the bus", BUS_QUEUE_MAX - BUS_OFF_RESERVE);
	if (++bus->tickets == 0)
		bus->tickets = 1;
	*ticket = bus->tickets;
	*place = (struct bus_place){.state = BUS_WAITING, .turn = ++bus->turns, .request = *request};
	place->result = (struct bus_result){.ticket = *ticket, .tag = request->tag, .transaction = request->transaction};
	if (bus->gone)
		end_place(place, MODBUS_LOST);
	return true;
}

/* Ends the request of an open transaction; the transaction itself goes on without one. */
static void leave_open(struct bus *bus, enum modbus_outcome outcome, int64_t t_ns)
{
	struct bus_place *place = &bus->places[bus->open_place];
	struct bus_try *last = &place->result.each[place->result.tries - 1];

	last->outcome = outcome;
	last->ended_ns = place->result.ended_ns = t_ns;
	end_place(place, outcome);
	bus->open_place = -1;
}

void bus_cancel(struct bus *bus, uint32_t ticket)
{
	int i;

	for (i = 0; i < bus->used; i++) {
		struct bus_place *place = &bus->places[i];

		if (place->result.ticket != ticket)
			continue;
		if (place->state == BUS_WAITING)
			end_place(place, MODBUS_CANCELLED);
		else if (place->state == BUS_OPEN)
			leave_open(bus, MODBUS_CANCELLED, bus->open_asked_ns);
	}
}

static struct bus_place *oldest(struct bus *bus, enum bus_place_state state)
{
	struct bus_place *found = NULL;
	int i;

	for (i = 0; i < bus->used; i++)
		if (bus->places[i].state == state && (!found || bus->places[i].turn < found->turn))
			found = &bus->places[i];
	return found;
}

bool bus_take(struct bus *bus, struct bus_result *result)
{
	struct bus_place *place = oldest(bus, BUS_DONE);

	if (!place)
		return false;
	*result = place->result;
	give_back(bus, place);
	return true;
}

static void end_late(struct bus *bus, int64_t t_ns)
{
	int i;

	for (i = 0; i < bus->used; i++) {
		if (bus->places[i].request.deadline_ns > t_ns)
			continue;
		if (bus->places[i].state == BUS_WAITING)
			end_place(&bus->places[i], MODBUS_TOO_LATE);
		else if (bus->places[i].state == BUS_OPEN)
			leave_open(bus, MODBUS_TOO_LATE, t_ns);
	}
}

/* ---- The open transaction ---- */

/* Whose turn it is: by priority, then by arrival. */
static struct bus_place *next_place(struct bus *bus)
{
	struct bus_place *found = NULL;
	int i;

	for (i = 0; i < bus->used; i++) {
		struct bus_place *place = &bus->places[i];

		if (place->state != BUS_WAITING)
			continue;
		if (!found || place->request.priority < found->request.priority ||
		    (place->request.priority == found->request.priority && place->turn < found->turn))
			found = place;
	}
	return found;
}

/* The instant from which this request may be sent. */
static int64_t may_start_ns(const struct bus *bus, const struct bus_place *place)
{
	const struct bus_request *request = &place->request;
	int64_t silence_ns = larger(modbus_gap_ns(bus->settings.baud), larger(bus->gap_after_ns, request->gap_ns));

	if (request->priority == BUS_OFF)
		return smaller(bus->quiet_from_ns + silence_ns, place->first_ns + BUS_OFF_PATIENCE_NS);
	silence_ns = larger(silence_ns, bus->drain_ns);
	if (bus->fresh)
		silence_ns = larger(silence_ns, request->response_ns);
	return bus->quiet_from_ns + silence_ns;
}

static void start(struct bus *bus, struct bus_place *place, int64_t t_ns, struct bus_output *output)
{
	const struct bus_request *request = &place->request;
	struct bus_result *result = &place->result;
	uint8_t frame[MODBUS_FRAME_MAX];
	size_t bytes = modbus_request_frame(&request->transaction, frame) + modbus_answer_size(&request->transaction);
	int64_t send_ns = larger(t_ns, may_start_ns(bus, place));

	if (request->priority != BUS_OFF) { /* its silence will have been, when it is sent */
		bus->drain_ns = 0;
		bus->fresh = false;
	}
	place->state = BUS_OPEN;
	result->each[result->tries++] = (struct bus_try){.outcome = MODBUS_NO_ANSWER, .asked_ns = send_ns};
	result->asked_ns = send_ns;
	result->sent = true;
	bus->open = true;
	bus->open_place = (int)(place - bus->places);
	bus->open_number = ++bus->numbers;
	bus->open_transaction = request->transaction;
	bus->open_asked_ns = send_ns;
	bus->open_limit_ns = send_ns + modbus_wire_ns(bytes, bus->settings.baud) + request->response_ns;
	bus->open_response_ns = request->response_ns;
	bus->open_gap_ns = request->gap_ns;
	output->action = BUS_START;
	output->number = bus->open_number;
	output->transaction = &bus->open_transaction;
	output->send_ns = send_ns;
	output->limit_ns = bus->open_limit_ns;
}

static bool may_retry(const struct bus_place *place, enum modbus_outcome outcome)
{
	return modbus_outcome_in_doubt(outcome) && place->result.tries < place->request.tries_max;
}

static void end_try(struct bus *bus, const struct bus_event *event)
{
	struct bus_place *place = &bus->places[bus->open_place];
	struct bus_result *result = &place->result;
	struct bus_try *last = &result->each[result->tries - 1];

	last->outcome = event->outcome;
	last->ended_ns = result->ended_ns = event->last_ns ? event->last_ns : event->t_ns;
	result->exception = event->outcome == MODBUS_EXCEPTION ? event->exception : 0;
	if (event->outcome == MODBUS_OK && modbus_is_read(result->transaction.function))
		memcpy(result->transaction.values, event->values, result->transaction.count * sizeof *event->values);
	bus->open_place = -1;
	if (may_retry(place, event->outcome))
		place->state = BUS_WAITING;
	else
		end_place(place, event->outcome);
}

static void ended(struct bus *bus, const struct bus_event *event)
{
	if (!bus->open || event->number != bus->open_number)
		return;
	assert(event->outcome < MODBUS_TOO_LATE);
	if (bus->open_place >= 0)
		end_try(bus, event);
	bus->open = false;
	bus->quiet_from_ns = event->last_ns ? event->last_ns : event->t_ns;
	bus->gap_after_ns = bus->open_gap_ns;
	if (modbus_outcome_in_doubt(event->outcome))
		bus->drain_ns = larger(bus->drain_ns, bus->open_response_ns);
}

static void overrun(struct bus *bus, int64_t t_ns, struct bus_output *output)
{
	struct bus_event silent = {.kind = BUS_ENDED, .t_ns = t_ns, .number = bus->open_number, .outcome = MODBUS_NO_ANSWER};

	output->action = BUS_ABORT;
	output->number = bus->open_number;
	ended(bus, &silent);
}

static void lose(struct bus *bus, int64_t t_ns, struct bus_output *output)
{
	int i;

	if (bus->open) {
		output->action = BUS_ABORT;
		output->number = bus->open_number;
		if (bus->open_place >= 0)
			leave_open(bus, MODBUS_LOST, t_ns);
		bus->open = false;
	}
	for (i = 0; i < bus->used; i++)
		if (bus->places[i].state == BUS_WAITING)
			end_place(&bus->places[i], MODBUS_LOST);
	bus->gone = true;
}

/* ---- The step ---- */

static int64_t deadline_ns(struct bus *bus)
{
	const struct bus_place *next = next_place(bus);
	int64_t deadline = INSTANT_NEVER;
	int i;

	for (i = 0; i < bus->used; i++)
		if (bus->places[i].state == BUS_WAITING || bus->places[i].state == BUS_OPEN)
			deadline = smaller(deadline, bus->places[i].request.deadline_ns);
	if (bus->open)
		deadline = smaller(deadline, bus->open_limit_ns + bus->settings.grace_ns);
	else if (next && !bus->gone)
		deadline = smaller(deadline, may_start_ns(bus, next) - bus->settings.lead_ns);
	return deadline;
}

static void take_in(struct bus *bus, const struct bus_event *event, struct bus_output *output)
{
	switch (event->kind) {
	case BUS_TICK:
		break;
	case BUS_ENDED:
		ended(bus, event);
		break;
	case BUS_HEARD:
		if (!bus->open)
			bus->quiet_from_ns = event->t_ns;
		break;
	case BUS_GONE:
		lose(bus, event->t_ns, output);
		break;
	case BUS_BACK:
		bus->gone = false;
		bus->fresh = true;
		bus->drain_ns = 0;
		bus->quiet_from_ns = event->t_ns;
		break;
	}
}

void bus_step(struct bus *bus, const struct bus_event *event, struct bus_output *output)
{
	int64_t t_ns = event->t_ns;
	struct bus_place *next;

	*output = (struct bus_output){.action = BUS_NOTHING};
	if (!bus->open && t_ns >= bus->quiet_from_ns + bus->drain_ns)
		bus->drain_ns = 0;
	take_in(bus, event, output);
	if (bus->open && t_ns >= bus->open_limit_ns + bus->settings.grace_ns)
		overrun(bus, t_ns, output);
	end_late(bus, t_ns);
	next = next_place(bus);
	if (next && next->first_ns == 0)
		next->first_ns = t_ns;
	if (next && output->action == BUS_NOTHING && !bus->open && !bus->gone &&
	    t_ns >= may_start_ns(bus, next) - bus->settings.lead_ns)
		start(bus, next, t_ns, output);
	output->deadline_ns = deadline_ns(bus);
	output->more = oldest(bus, BUS_DONE) != NULL;
}
