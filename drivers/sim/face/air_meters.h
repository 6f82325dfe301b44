#ifndef HILRIG_DRIVERS_SIM_FACE_AIR_METERS_H
#define HILRIG_DRIVERS_SIM_FACE_AIR_METERS_H

/*
 * Meters of the plant behind a dongle: what a device on its air does is what its meter does. It speaks while the meter runs, what it
 * receives is the meter's image, how long that is verified the meter says, and what activates the device activates the meter, which
 * then does to its hub what its profile tells and comes back with what it then runs.
 *
 * The owner of both passes on what the dongle's face and the plant tell. A device of a meter does not boot by itself
 * (znp_device_settings.boots_itself) and does not know when it has verified (ota.verify_ns: INSTANT_NEVER).
 */

#include "drivers/sim/face/znp_face.h"
#include "drivers/sim/plant/plant.h"

struct air_meters {
	struct plant *plant;            /* borrowed, both */
	struct znp_face *face;
	int slot_of[ZNP_DEVICES_MAX];   /* of the plant, per device; PLANT_NONE: it has no meter */
	int device_of[PLANT_SLOTS_MAX]; /* -1: none */
};

/* No meter is behind it yet. */
void air_meters_init(struct air_meters *meters, struct plant *plant, struct znp_face *face);

/* The device is that of the slot's meter, which has no mains yet. */
void air_meters_add(struct air_meters *meters, int64_t t_ns, int device, int slot);

/* What znp_face.tell is told of a device. */
void air_meters_tell(struct air_meters *meters, int64_t t_ns, int device, enum ota_client_event event, uint32_t version, bool good);

/* What became of a meter. */
void air_meters_take_fact(struct air_meters *meters, const struct plant_output *fact);

#endif
