#ifndef HILRIG_DRIVERS_SIM_WIRE_BUS_H
#define HILRIG_DRIVERS_SIM_WIRE_BUS_H

/*
 * The servers on one Modbus RTU bus: requests are cut out of the bytes, carried out by the unit that they name, and
 * answered, or not, or late, or wrongly.
 *
 * A request's length follows from its function; WIRE_QUIET_NS without a byte begins a new one. Requests are carried out when their
 * last byte is on the wire, and answers leave answer_ns later, whole, when their last byte would have been, one after the other.
 * What a request means is the servers' own: drivers/sim/face/server.h.
 */

#include "drivers/sim/face/server.h"
#include "drivers/sim/wire/port.h"

#define WIRE_UNITS_MAX 8
#define WIRE_ANSWERS_MAX 8
#define WIRE_QUIET_NS (20 * INT64_C(1000000))

struct wire_answer {
	uint8_t bytes[FACE_FRAME_MAX];
	size_t size;
	int64_t due_ns;
};

struct wire_bus {
	char name[16];
	struct wire_port port;
	struct face_unit units[WIRE_UNITS_MAX];
	int unit_count;
	int64_t answer_ns;      /* from request to the first byte of its answer */
	/* Faults, each for the next so many answers. */
	int64_t late_ns;        /* one answer comes so much later; 0: none */
	int64_t silent_count;
	int64_t garbled_count;
	/* Private. */
	uint8_t frame[FACE_FRAME_MAX];
	size_t frame_size;
	int64_t frame_ns;       /* its last piece */
	struct wire_answer answers[WIRE_ANSWERS_MAX];
	int answer_count;
	int64_t busy_ns;        /* until the last answer has left */
};

/* Carries out what has arrived and sends what is due. */
void wire_bus_step(struct wire_bus *bus, int64_t t_ns);
int64_t wire_bus_next(const struct wire_bus *bus);

#endif
