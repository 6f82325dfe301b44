/* From devices on the air to their meters, and back. */

#include "drivers/sim/face/air_meters.h"

#include <stdio.h>
#include <stdlib.h>

void air_meters_init(struct air_meters *meters, struct plant *plant, struct znp_face *face)
{
	int i;

	meters->plant = plant;
	meters->face = face;
	for (i = 0; i < ZNP_DEVICES_MAX; i++)
		meters->slot_of[i] = PLANT_NONE;
	for (i = 0; i < PLANT_SLOTS_MAX; i++)
		meters->device_of[i] = -1;
}

void air_meters_add(struct air_meters *meters, int64_t t_ns, int device, int slot)
{
	meters->slot_of[device] = slot;
	meters->device_of[slot] = device;
	znp_face_power(meters->face, t_ns, device, false, meters->face->devices[device].version);
}

/* A face that was looked at late tells of instants that the plant has left behind. */
static void give(struct air_meters *meters, enum plant_event_kind kind, int slot, int64_t t_ns, bool on, uint32_t version)
{
	struct plant_event event = {.kind = kind, .t_ns = t_ns > meters->plant->t_ns ? t_ns : meters->plant->t_ns, .part = slot, .on = on};

	(void)snprintf(event.text, sizeof event.text, "%08X", (unsigned)version);
	plant_step(meters->plant, &event);
}

void air_meters_tell(struct air_meters *meters, int64_t t_ns, int device, enum ota_client_event event, uint32_t version, bool good)
{
	int slot = meters->slot_of[device];

	if (slot == PLANT_NONE)
		return;
	switch (event) {
	case OTA_CLIENT_BEGAN:
		give(meters, PLANT_TRANSFER_BEGINS, slot, t_ns, true, version);
		break;
	case OTA_CLIENT_STOPPED:
		give(meters, PLANT_TRANSFER_FAILS, slot, t_ns, false, version);
		break;
	case OTA_CLIENT_WHOLE:
		give(meters, PLANT_IMAGE_ARRIVES, slot, t_ns, good, version);
		break;
	case OTA_CLIENT_ACTIVATES:
		give(meters, PLANT_ACTIVATE, slot, t_ns, true, version);
		if (!plant_meter_listens(meters->plant, slot)) /* it restarts; one that refuses goes on */
			znp_face_power(meters->face, t_ns, device, false, meters->face->devices[device].version);
		break;
	case OTA_CLIENT_FIRST_BLOCK:
	case OTA_CLIENT_RELEASED:
	case OTA_CLIENT_NEW_ADDRESS:
		break;
	}
}

void air_meters_take_fact(struct air_meters *meters, const struct plant_output *fact)
{
	int device = fact->slot < 0 ? -1 : meters->device_of[fact->slot];

	if (device < 0)
		return;
	switch ((int)fact->fact) {
	case FACT_METER_DIED:
	case FACT_METER_RESET:
	case FACT_LOCKED_UP:
		znp_face_power(meters->face, fact->t_ns, device, false, meters->face->devices[device].version);
		break;
	case FACT_METER_RUNS:
		znp_face_power(meters->face, fact->t_ns, device, true, (uint32_t)strtoul(fact->text, NULL, 16));
		break;
	case FACT_IMAGE_HELD:
	case FACT_IMAGE_BAD:
		ota_client_verified(&meters->face->devices[device].client, fact->t_ns, fact->fact == FACT_IMAGE_HELD);
		break;
	case FACT_IMAGE_LOST:
		ota_client_forget(&meters->face->devices[device].client);
		break;
	default:
		break;
	}
}
