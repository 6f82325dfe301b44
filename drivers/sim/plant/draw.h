#ifndef HILRIG_DRIVERS_SIM_PLANT_DRAW_H
#define HILRIG_DRIVERS_SIM_PLANT_DRAW_H

/*
 * Random draws of the simulated world: integers only, the same on every processor, all from one seed.
 *
 * The generator is splitmix64 (Steele, Lea and Flood, 2014): a counter that is mixed, so any seed is a good one and two
 * plants with seeds that differ share nothing that would matter here.
 */

#include <stdint.h>

struct draw {
	uint64_t state;
};

/* Every value between the two is as likely as any other; both belong to it. */
struct draw_range {
	int64_t least, most;
};

void draw_init(struct draw *draw, uint64_t seed);
uint64_t draw_bits(struct draw *draw);

/* least ≤ most. A range of one value takes no bits, so that what is fixed does not move what is drawn. */
int64_t draw_between(struct draw *draw, struct draw_range range);

#endif
