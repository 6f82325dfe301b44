#ifndef HILRIG_DRIVERS_SIM_RADIO_H
#define HILRIG_DRIVERS_SIM_RADIO_H

/*
 * The ZigBee dongle of a simulated bench and what is on the air behind it: one device for each meter that is upgraded through it. The
 * devices are the plant's meters (drivers/sim/face/air_meters.h). Time is the plant's; bytes pass a cable, with its pace and its faults.
 */

#include "drivers/sim/face/air_meters.h"
#include "drivers/sim/world.h"

#define RADIO_IMAGE_MAX (1024 * 1024)
#define RADIO_BYTES_MAX 2048       /* of one chunk on the line to the dongle, with what a fault adds to it */

struct radio {
	struct world *world;
	int instrument;                /* of the bench */
	void (*fact)(const struct world *world, int slot, const struct plant_output *fact); /* who tells what it carries, in a slot of the plant */
	struct cable cable;
	struct air_meters meters;
	uint8_t *memories;
	bool begun[ZNP_DEVICES_MAX];   /* it has a block of an image */
	unsigned acted[ZNP_DEVICES_MAX]; /* oddities of its client that are counted */
	struct znp_face face;
};

/* For the first zigbee instrument of the bench; *radio stays NULL where it has none. FAULT_ENVIRONMENT: no memory. */
MUST_USE bool radio_make(struct radio **radio, struct world *world, struct error *error);
void radio_free(struct radio *radio);

/* The host says something to the dongle. */
void radio_tell(struct radio *radio, int64_t t_ns, const uint8_t *bytes, size_t size);

/* What has come to the dongle by t_ns of the host, and what is due. */
void radio_step(struct radio *radio, int64_t t_ns);

/* Next instant of the plant at which it does something by itself; that of bytes on their way is the cable's. */
int64_t radio_next(const struct radio *radio);

/* What became of a meter. */
void radio_take_fact(struct radio *radio, const struct plant_output *fact);

#endif
