#ifndef HILRIG_RIG_SIMULATE_DRAWN_WORLD_H
#define HILRIG_RIG_SIMULATE_DRAWN_WORLD_H

/*
 * A world drawn from a seed for a bench: what the devices of a bench do and what goes wrong, as the lines of a world file. Each line is a part that
 * can be left out, which is how a finding is made small; what is left is a file that `hilrig run --rehearse` and `hilrig simulate
 * --world` take.
 */

#include "drivers/sim/plant/draw.h"
#include "rig/base/text.h"
#include "rig/bench/bench.h"

#define DRAWN_PARTS_MAX 48
#define DRAWN_PART_SIZE 240
#define DRAWN_TEXT_SIZE (DRAWN_PARTS_MAX * DRAWN_PART_SIZE + 1024)

enum drawn_part_kind { DRAWN_METER, DRAWN_HUB, DRAWN_CONSOLE, DRAWN_RELAY, DRAWN_EVENT, DRAWN_FAULT };

struct drawn_part {
	enum drawn_part_kind kind;
	int slot;                      /* of the bench; -1: none */
	bool left_out;
	char text[DRAWN_PART_SIZE];
};

struct drawn_world {
	uint64_t seed;
	int count;
	struct drawn_part parts[DRAWN_PARTS_MAX];
};

/* `length_ns`: within which the instants of events and faults lie. */
void drawn_world_draw(struct drawn_world *world, uint64_t seed, const struct bench *bench, const bool *taking_part, int64_t length_ns);

/* Leaves out all that goes wrong but faults of this name (drivers/sim/faults.h); NULL: all of it. */
void drawn_world_only(struct drawn_world *world, const char *fault);

/* The world file, which names its bench. */
void drawn_world_put(const struct drawn_world *world, const struct bench *bench, struct text *text);

#endif
