#ifndef HILRIG_DRIVERS_SIM_WORLD_BUILD_H
#define HILRIG_DRIVERS_SIM_WORLD_BUILD_H

/* From a bench file and a world file to the plant's settings and the ends of its wires. Private to drivers/sim. */

#include "drivers/sim/world.h"

/*
 * Fills everything of the world that follows from its files; `world` has bench, settings and file. Adds to `problems` where a bench
 * cannot be simulated: a profile that nobody here plays, a console that listens for other words than the simulated devices have.
 */
MUST_USE bool world_build(struct world *world, struct problems *problems, struct error *error);

#endif
