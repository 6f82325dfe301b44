/* Requests in, answers out, in their time. */

#include "drivers/sim/wire/bus.h"

#include "rig/base/instant.h"

#include <string.h>

/* Puts an answer on its way: not at all, late or damaged where a test wants that. */
static void answer(struct wire_bus *bus, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	struct wire_answer *to = &bus->answers[bus->answer_count];

	if (bus->silent_count > 0) {
		bus->silent_count--;
		return;
	}
	if (bus->answer_count == WIRE_ANSWERS_MAX)
		return;
	memcpy(to->bytes, bytes, size);
	to->size = size;
	if (bus->garbled_count > 0) {
		bus->garbled_count--;
		to->bytes[size - 2] ^= 0x40;
	}
	t_ns += bus->answer_ns + bus->late_ns;
	bus->late_ns = 0;
	if (t_ns < bus->busy_ns)
		t_ns = bus->busy_ns;
	to->due_ns = bus->busy_ns = t_ns + wire_port_pace_ns(&bus->port, to->size);
	bus->answer_count++;
}

static void take_frames(struct wire_bus *bus, int64_t t_ns)
{
	uint8_t bytes[FACE_FRAME_MAX];
	size_t size, said;

	while ((size = face_request_size(bus->frame, bus->frame_size)) > 0 && size <= bus->frame_size) {
		if (!face_check_fits(bus->frame, size)) {
			bus->frame_size = 0;
			return;
		}
		said = face_serve(bus->units, bus->unit_count, t_ns, bus->frame, size, bytes);
		if (said > 0)
			answer(bus, t_ns, bytes, said);
		bus->frame_size -= size;
		memmove(bus->frame, bus->frame + size, bus->frame_size);
	}
}

static void send_due(struct wire_bus *bus, int64_t t_ns)
{
	while (bus->answer_count > 0 && bus->answers[0].due_ns <= t_ns) {
		wire_port_write(&bus->port, bus->answers[0].bytes, bus->answers[0].size);
		memmove(bus->answers, bus->answers + 1, (size_t)--bus->answer_count * sizeof *bus->answers);
	}
}

void wire_bus_step(struct wire_bus *bus, int64_t t_ns)
{
	uint8_t bytes[WIRE_INPUT_SIZE];
	size_t size, room;

	wire_port_retry(&bus->port, t_ns);
	size = wire_port_take(&bus->port, t_ns, bytes);
	if (size > 0) {
		if (t_ns - bus->frame_ns > WIRE_QUIET_NS + wire_port_pace_ns(&bus->port, FACE_FRAME_MAX))
			bus->frame_size = 0;
		room = sizeof bus->frame - bus->frame_size;
		if (size > room)
			size = room;
		memcpy(bus->frame + bus->frame_size, bytes, size);
		bus->frame_size += size;
		bus->frame_ns = t_ns;
		take_frames(bus, t_ns);
	}
	send_due(bus, t_ns);
}

int64_t wire_bus_next(const struct wire_bus *bus)
{
	int64_t next_ns = wire_port_next(&bus->port);

	return bus->answer_count > 0 && bus->answers[0].due_ns < next_ns ? bus->answers[0].due_ns : next_ns;
}
