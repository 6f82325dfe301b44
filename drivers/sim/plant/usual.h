#ifndef HILRIG_DRIVERS_SIM_PLANT_USUAL_H
#define HILRIG_DRIVERS_SIM_PLANT_USUAL_H

/*
 * What parts are like where nobody says otherwise. Orders of magnitude of real ones (bench-hardware.md 2.1, 1.1; domain.md 2), none of
 * them a limit of anything.
 */

#include "drivers/sim/plant/plant.h"

/* A relay that closes in 7 ms and opens in 5 ms, without bounce. */
struct relay_settings relay_usual(void);

/* A supply without slopes and with its protections as delivered. */
struct supply_settings supply_usual(void);

/*
 * A slot that is connected to nothing yet: a meter that boots in 30 s and restarts in 30 s, without a dip; a hub that raises AD1
 * after more than 180 s, 1 to 5 s later, and lives 300 s without supply.
 */
struct plant_slot_settings plant_slot_usual(void);

#endif
