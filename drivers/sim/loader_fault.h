#ifndef HILRIG_DRIVERS_SIM_LOADER_FAULT_H
#define HILRIG_DRIVERS_SIM_LOADER_FAULT_H

/*
 * Faults of a meter's loader: what it answers to blocks, that it is gone in the middle of them, and what is left of the image. Private to
 * drivers/sim.
 */

#include "drivers/sim/world.h"

/* What the loader of a slot of the plant answers at t_ns of the host, as its faults have it; `bytes` are changed in place. */
void loader_fault_answer(struct world *world, int slot, int64_t t_ns, uint8_t *bytes, size_t size);

/* It has answered: the meter may restart now. */
void loader_fault_reset(struct world *world, int slot, int64_t t_ns);

/* An image has crossed and is about to be checked: a byte of it may be another one. */
void loader_fault_image(struct world *world, int slot, int64_t t_ns, uint8_t *image, size_t size);

#endif
