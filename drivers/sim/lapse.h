#ifndef HILRIG_DRIVERS_SIM_LAPSE_H
#define HILRIG_DRIVERS_SIM_LAPSE_H

/*
 * Faults that take away what a gate stands on, around the time at which it opens: so long after the meter of a slot has the image that it
 * will be told to activate. Private to drivers/sim.
 */

#include "drivers/sim/world.h"

/* The meter of a slot of the plant holds its image at t_ns of the host: the faults of that slot have their instants. */
void lapse_begin(struct world *world, int slot, int64_t t_ns);

/* One of them acts, or what it took away is there again. */
void lapse_step(struct world *world, struct sim_fault *fault, int64_t t_ns);

#endif
