#ifndef HILRIG_DRIVERS_SIM_SIMULATION_H
#define HILRIG_DRIVERS_SIM_SIMULATION_H

/* The simulated bench, for main. */

#include "rig/bench/world.h"

extern const struct simulation simulated_bench;

#endif
