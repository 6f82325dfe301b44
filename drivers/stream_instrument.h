#ifndef HILRIG_DRIVERS_STREAM_INSTRUMENT_H
#define HILRIG_DRIVERS_STREAM_INSTRUMENT_H

/*
 * A serial port of a slot as an instrument: a console that is listened to, a loader that upgrades, or both on one port,
 * when the second is given to the first. A port that is lost is looked for again; meanwhile the observer is not
 * healthy and a session that runs has failed.
 */

#include "rig/bench/driver.h"

struct instrument *stream_instrument_start(const struct driver_start *start, int instrument, struct error *error);

#endif
