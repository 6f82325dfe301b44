#ifndef HILRIG_TESTS_SUPPORT_RTU_UNIT_H
#define HILRIG_TESTS_SUPPORT_RTU_UNIT_H

/*
 * A Modbus unit for tests: registers, coils that can fall off by themselves, and manners that can be made bad. It has its
 * own framing, written from the specification and not from drivers/modbus. Pure: time comes with the request.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTU_REGISTERS 300
#define RTU_COILS 32
#define RTU_FRAME_MAX 300

enum rtu_manner {
	RTU_WELL,
	RTU_SILENT,       /* no answer, and the request is not carried out */
	RTU_DEAF,         /* carried out, no answer */
	RTU_BAD_CRC,
	RTU_OTHER_UNIT,   /* answers under the next unit's number */
	RTU_SHORT,        /* three bytes of the answer */
	RTU_TWICE,        /* the answer two times */
	RTU_BUSY          /* exception 6 */
};

struct rtu_unit {
	uint8_t unit;
	uint16_t registers[RTU_REGISTERS];
	bool coils[RTU_COILS];
	int64_t falls_ns[RTU_COILS];   /* flash-on: instant at which the coil falls; 0: not running */
	bool stuck[RTU_COILS];         /* accepts writes and does nothing */
	uint16_t frozen;               /* a register that accepts writes and keeps its value; 0: none */
	int64_t slow_ns;               /* how long after its answer a register takes its new value; 0: at once */
	int64_t slow_until_ns;         /* of the one that is on its way: */
	uint16_t slow_address, slow_value;
	enum rtu_manner manner;        /* of the next `manners` answers; -1: of all */
	int manners;
	int64_t delay_ns;              /* from request to answer */
	int64_t delay_once_ns;         /* the same for the next answer only; 0: none */
	unsigned requests;             /* seen, for this unit */
	unsigned writes;               /* carried out */
	uint16_t written[64];          /* addresses of the last ones */
};

/* A frame of `size` bytes came. Gives the answer's size (0: none) and in `*delay_ns` when it begins. */
size_t rtu_unit_answer(struct rtu_unit *unit, const uint8_t *request, size_t size, int64_t t_ns, uint8_t answer[RTU_FRAME_MAX],
		       int64_t *delay_ns);

/* Lets coils fall, and a slow register change, whose time has come. */
void rtu_unit_time(struct rtu_unit *unit, int64_t t_ns);

/* How long a request is whose first bytes are these; 0: not yet known; -1: none that a unit knows. */
int rtu_request_size(const uint8_t *bytes, size_t size);

/* Puts the check behind `size` bytes. */
size_t rtu_seal(uint8_t *frame, size_t size);

#endif
