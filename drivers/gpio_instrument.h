#ifndef HILRIG_DRIVERS_GPIO_INSTRUMENT_H
#define HILRIG_DRIVERS_GPIO_INSTRUMENT_H

/*
 * A GPIO chip as an instrument of a bench. Acquiring requests every line that the slots that take part use: each input
 * alone, so that a chattering neighbour cannot cost it edges, and all outputs as one request, off from the first instant.
 */

#include "rig/bench/driver.h"

bool gpio_instrument_acquire(const struct bench *bench, int instrument, const bool *taking_part, struct holding *holding,
			     struct error *error);
struct instrument *gpio_instrument_start(const struct driver_start *start, int instrument, struct error *error);

#endif
