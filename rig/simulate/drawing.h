#ifndef HILRIG_RIG_SIMULATE_DRAWING_H
#define HILRIG_RIG_SIMULATE_DRAWING_H

/*
 * A world while it is drawn: what drawn_world.c, which draws the devices, shares with drawn_fault.c, which draws what goes wrong. Callers
 * of both include drawn_world.h.
 */

#include "rig/base/error.h"
#include "rig/simulate/drawn_world.h"

struct drawing {
	struct drawn_world *world;
	const struct bench *bench;
	struct draw draw;
	int slots[BENCH_SLOTS_MAX], slot_count;                   /* that take part, of the bench */
	int instruments[BENCH_INSTRUMENTS_MAX], instrument_count; /* that speak Modbus */
	int supplies[BENCH_INSTRUMENTS_MAX], supply_count;        /* of them, that feed a hub alone */
	int dongle;                                               /* through which meters are upgraded; -1: none */
	int64_t length_ns;             /* within which instants lie */
};

/* Both ends belong to it; and true once in `count` times. */
int64_t drawing_between(struct drawing *drawing, int64_t least, int64_t most);
bool drawing_one_in(struct drawing *drawing, int count);

/* A part of the world; one for which there is no room is dropped. */
void drawing_add(struct drawing *drawing, enum drawn_part_kind kind, int slot, const char *format, ...) PRINTF_LIKE(4, 5);

/* A length at which something could turn: nothing, a blink, the limit from both sides, hours. */
int64_t drawing_length(struct drawing *drawing);

/* One thing that goes wrong, whatever it is. */
void drawing_fault(struct drawing *drawing);

/* One that goes wrong with the dongle, on its air or with who is on it. */
void drawing_air_fault(struct drawing *drawing);

#endif
