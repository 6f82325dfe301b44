/* Requests in, answers out, in their time. */

#include "drivers/sim/wire/bus.h"

#include "rig/base/instant.h"

#include <string.h>

/* The remainder of the polynomial x^16 + x^15 + x^2 + 1, lowest bit first, over a shift register that starts full. */
static unsigned check_of(const uint8_t *bytes, size_t size)
{
	unsigned rest = 0xFFFF;
	size_t bit;

	for (bit = 0; bit < 8 * size; bit++) {
		unsigned out = (rest ^ (unsigned)bytes[bit / 8] >> bit % 8) & 1;

		rest >>= 1;
		if (out)
			rest ^= 0xA001;
	}
	return rest;
}

int wire_word(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

void wire_put_word(uint8_t *bytes, int64_t word)
{
	bytes[0] = (uint8_t)(word >> 8);
	bytes[1] = (uint8_t)word;
}

size_t wire_refuse(const uint8_t *pdu, int code, uint8_t *answer)
{
	answer[0] = pdu[0] | 0x80;
	answer[1] = (uint8_t)code;
	return 2;
}

/* Size of the whole request at the front; 0: not known yet. */
static size_t request_size(const struct wire_bus *bus)
{
	if (bus->frame_size < 2)
		return 0;
	if (bus->frame[1] >= 1 && bus->frame[1] <= 6)
		return 8;
	if (bus->frame[1] == 15 || bus->frame[1] == 16)
		return bus->frame_size < 7 ? 0 : 9 + (size_t)bus->frame[6];
	return bus->frame_size < 4 ? 0 : bus->frame_size; /* some other function, refused as a whole */
}

static void answer(struct wire_bus *bus, int64_t t_ns, const uint8_t *pdu, size_t size, uint8_t address)
{
	struct wire_answer *to = &bus->answers[bus->answer_count];
	unsigned check;

	if (bus->silent_count > 0) {
		bus->silent_count--;
		return;
	}
	if (bus->answer_count == WIRE_ANSWERS_MAX)
		return;
	to->bytes[0] = address;
	memcpy(to->bytes + 1, pdu, size);
	check = check_of(to->bytes, size + 1);
	to->bytes[size + 1] = (uint8_t)check;
	to->bytes[size + 2] = (uint8_t)(check >> 8);
	to->size = size + 3;
	if (bus->garbled_count > 0) {
		bus->garbled_count--;
		to->bytes[size + 1] ^= 0x40;
	}
	t_ns += bus->answer_ns + bus->late_ns;
	bus->late_ns = 0;
	if (t_ns < bus->busy_ns)
		t_ns = bus->busy_ns;
	to->due_ns = bus->busy_ns = t_ns + wire_port_pace_ns(&bus->port, to->size);
	bus->answer_count++;
}

static void carry_out(struct wire_bus *bus, int64_t t_ns, size_t size)
{
	uint8_t pdu[WIRE_FRAME_MAX];
	int address = bus->frame[0], i;

	for (i = 0; i < bus->unit_count; i++) {
		const struct wire_unit *unit = &bus->units[i];
		size_t said;

		if (address != unit->address && address != 0)
			continue;
		said = unit->carry_out(unit->self, unit->index, t_ns, bus->frame + 1, size - 3, pdu);
		if (said > 0 && address != 0)
			answer(bus, t_ns, pdu, said, bus->frame[0]);
	}
}

static void take_frames(struct wire_bus *bus, int64_t t_ns)
{
	size_t size;

	while ((size = request_size(bus)) > 0 && size <= bus->frame_size) {
		if (check_of(bus->frame, size) != 0) { /* over its own check the remainder is none */
			bus->frame_size = 0;
			return;
		}
		carry_out(bus, t_ns, size);
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
		if (t_ns - bus->frame_ns > WIRE_QUIET_NS + wire_port_pace_ns(&bus->port, WIRE_FRAME_MAX))
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
