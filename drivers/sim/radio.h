#ifndef HILRIG_DRIVERS_SIM_RADIO_H
#define HILRIG_DRIVERS_SIM_RADIO_H

/*
 * The ZigBee dongle of a simulated bench and what is on the air behind it: one device for each meter that is upgraded through it. The
 * devices are the plant's meters (drivers/sim/face/air_meters.h). Time is the plant's; bytes pass a cable, with its pace and its faults.
 */

#include "drivers/sim/face/air_meters.h"
#include "drivers/sim/world.h"

#define RADIO_IMAGE_MAX (1024 * 1024)

struct radio {
	struct world *world;
	int instrument;                /* of the bench */
	struct cable cable;
	struct air_meters meters;
	bool has_first_block[PLANT_SLOTS_MAX]; /* since it was asked last */
	uint8_t *memories;
	struct znp_face face;
};

/* For the first zigbee instrument of the bench; *radio stays NULL where it has none. FAULT_ENVIRONMENT: no memory. */
MUST_USE bool radio_make(struct radio **radio, struct world *world, struct error *error);
void radio_free(struct radio *radio);

/* What has come to the dongle by t_ns of the host, and what is due. */
void radio_step(struct radio *radio, int64_t t_ns);

/* Next instant of the plant at which it does something by itself; that of bytes on their way is the cable's. */
int64_t radio_next(const struct radio *radio);

/* A slot of the plant whose meter got the first block of an image in the last step; -1: no further one. */
int radio_take_first_block(struct radio *radio);

/* What became of a meter. */
void radio_take_fact(struct radio *radio, const struct plant_output *fact);

#endif
