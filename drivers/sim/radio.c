/* The air of a simulated bench: the dongle's face with a device for each meter, and their ties to the plant. */

#include "drivers/sim/radio.h"

#include "drivers/sim/radio_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RADIO_SALT UINT64_C(0x7A696762656501)
#define BITS 10
#define METERING 0x0702
#define METER_ENDPOINT 1
#define PAN 0x1A62
#define EXTENDED_PAN UINT64_C(0x00124B00ABCDEF01)
#define CHANNEL 15

static int64_t host_ns(const struct radio *radio)
{
	return radio->world->plant.t_ns - radio->world->asleep_ns;
}

static void say(void *self, const void *bytes, size_t size)
{
	struct radio *radio = self;
	uint8_t changed[RADIO_BYTES_MAX];

	size = radio_fault_bytes(radio, host_ns(radio), false, bytes, size, changed);
	if (!radio->world->asleep)
		cable_say(&radio->cable, host_ns(radio), changed, size);
}

void radio_tell(struct radio *radio, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	uint8_t changed[RADIO_BYTES_MAX];

	size = radio_fault_bytes(radio, t_ns, true, bytes, size, changed);
	cable_tell(&radio->cable, t_ns, changed, size);
}

static void tell_fact(const struct radio *radio, int slot, enum plant_fact kind)
{
	const struct plant_output fact = {.kind = PLANT_TRUTH, .slot = slot, .fact = kind, .part = PLANT_NONE, .relay = PLANT_NONE, .text = ""};

	radio->fact(radio->world, slot, &fact);
}

/* One that begins anew has had it. */
static void first_block_comes(struct radio *radio, int device)
{
	if (!radio->begun[device])
		tell_fact(radio, radio->meters.slot_of[device], FACT_FIRST_BLOCK);
	radio->begun[device] = true;
}

static void tell(void *self, int device, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good)
{
	struct radio *radio = self;

	switch (event) {
	case OTA_CLIENT_FIRST_BLOCK:
		first_block_comes(radio, device);
		break;
	case OTA_CLIENT_RELEASED:
		tell_fact(radio, radio->meters.slot_of[device], FACT_RELEASE_HEARD);
		break;
	case OTA_CLIENT_WHOLE:
		good = good && !radio_fault_damages(radio, device, host_ns(radio));
		break;
	case OTA_CLIENT_ACTIVATES:
		radio_fault_activates(radio, device, host_ns(radio));
		break;
	case OTA_CLIENT_BEGAN:
	case OTA_CLIENT_STOPPED:
	case OTA_CLIENT_NEW_ADDRESS:
		break;
	}
	air_meters_tell(&radio->meters, t_ns, device, event, version, good);
}

static bool is_command(const struct aps_frame *frame, uint8_t command)
{
	struct octets_in in = octets_in(frame->bytes, frame->size);
	struct zcl_header header;

	return frame->cluster == ZCL_CLUSTER_OTA && zcl_get_header(&header, &in) && header.type == ZCL_CLUSTER_SPECIFIC && header.command == command;
}

/* An Upgrade End Response that does not tell to wait. */
static bool is_release(const struct aps_frame *frame)
{
	struct octets_in in = octets_in(frame->bytes, frame->size);
	struct ota_message message;
	struct zcl_header header;

	return is_command(frame, OTA_END_RESPONSE) && zcl_get_header(&header, &in) && ota_get(&message, header.command, &in) &&
	       message.then != OTA_WAIT_FOR_EVER;
}

static bool spoils(void *self, enum znp_spoil what, int64_t t_ns, int device, const struct aps_frame *frame)
{
	struct radio *radio = self;
	bool spoilt = radio_fault_spoils(radio, what, host_ns(radio), device, frame && is_command(frame, OTA_END_REQUEST));

	(void)t_ns;
	if (what == ZNP_SPOIL_ROUTE && is_release(frame))
		tell_fact(radio, radio->meters.slot_of[device], FACT_RELEASE_SENT);
	if (what == ZNP_SPOIL_TO_DEVICE && !spoilt && is_command(frame, OTA_BLOCK_RESPONSE))
		radio_fault_block(radio, device, host_ns(radio));
	return spoilt;
}

static int64_t delays(void *self, int64_t t_ns, int device)
{
	struct radio *radio = self;

	(void)t_ns;
	return radio_fault_delays(radio, host_ns(radio), device);
}

void radio_take_fact(struct radio *radio, const struct plant_output *fact)
{
	air_meters_take_fact(&radio->meters, fact);
}

static uint64_t node_of(const char *guid)
{
	uint64_t node = 0;

	for (; *guid; guid++)
		if (*guid != '-')
			node = node << 4 | (uint64_t)(*guid <= '9' ? *guid - '0' : (*guid | 0x20) - 'a' + 10);
	return node;
}

/* A meter as it is on the air: a Smart Energy device with an OTA client, on the network already. */
static void add_device(struct radio *radio, int bench_slot, int slot, uint8_t *memory)
{
	const struct world_meter *meter = &radio->world->settings->meters[bench_slot];
	const char *model = meter->model ? meter->model : "";
	unsigned long manufacturer = strtoul(meter->manufacturer ? meter->manufacturer : "", NULL, 16), whole = strtoul(model, NULL, 16);
	struct znp_device_settings settings = {
		.ieee = node_of(meter->guid ? meter->guid : ""), .manufacturer = (uint16_t)manufacturer, .maker = "simulated", .router = true,
		.endpoint_count = 1, .has_ota = true, .ota_endpoint = METER_ENDPOINT,
		.ota_profile = (uint16_t)radio->world->bench->instruments[radio->instrument].zigbee_profile,
		.ota = {.manufacturer = (uint16_t)manufacturer, .type = (uint16_t)(whole >> 16), .has_hardware = model[0] != '\0',
			.hardware = (uint16_t)whole, .turnaround_ns = radio->world->file.slots[bench_slot].paces_ns, .verify_ns = INSTANT_NEVER,
			.boot_query_ns = {5 * NS_PER_S, 60 * NS_PER_S}},
		.version = (uint32_t)strtoul(radio->world->plant_settings.slots[slot].meter.version, NULL, 16),
		.memory = memory, .memory_size = RADIO_IMAGE_MAX, .joined = true, .latency_ns = {4 * NS_PER_MS, 9 * NS_PER_MS}};

	(void)snprintf(settings.model, sizeof settings.model, "%.32s", model);
	settings.endpoints[0] = (struct zdo_endpoint){.endpoint = METER_ENDPOINT, .profile = settings.ota_profile, .device = 0x0500,
						      .in_count = 1, .in = {METERING}, .out_count = 1, .out = {ZCL_CLUSTER_OTA}};
	radio_fault_begin(radio, bench_slot, &settings);
	air_meters_add(&radio->meters, 0, znp_face_add(&radio->face, &settings, 0), slot);
}

static int dongle_of(const struct bench *bench)
{
	int i;

	for (i = 0; i < bench->instrument_count && bench->instruments[i].driver != DRIVER_ZIGBEE; i++)
		;
	return i < bench->instrument_count ? i : -1;
}

bool radio_make(struct radio **made, struct world *world, struct error *error)
{
	static const uint8_t key[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	const struct znp_face_settings settings = {.product = ZNP_3_X_0, .ieee = EXTENDED_PAN, .answer_ns = {NS_PER_MS, 2 * NS_PER_MS},
						   .seed = world->plant_settings.seed ^ RADIO_SALT};
	int instrument = dongle_of(world->bench), count = 0, i;
	struct radio *radio;

	if (instrument < 0)
		return true;
	radio = calloc(1, sizeof *radio);
	for (i = 0; i < world->bench->slot_count; i++)
		count += world->plant_slot[i] >= 0 && world->bench->slots[i].upgrade == instrument;
	if (radio)
		radio->memories = malloc((size_t)(count + 1) * RADIO_IMAGE_MAX);
	if (!radio || !radio->memories) {
		free(radio);
		return error_set(error, FAULT_ENVIRONMENT, "no memory for a radio");
	}
	radio->world = world;
	radio->instrument = instrument;
	cable_init(&radio->cable);
	radio->cable.byte_ns = BITS * NS_PER_S / world->bench->instruments[instrument].settings.baud;
	radio->cable.slot = -1;
	znp_face_init(&radio->face, &settings, 0);
	radio->face.say = say;
	radio->face.tell = tell;
	radio->face.spoils = spoils;
	radio->face.delays = delays;
	radio->face.self = radio;
	znp_face_formed(&radio->face, PAN, EXTENDED_PAN, CHANNEL, key);
	air_meters_init(&radio->meters, &world->plant, &radio->face);
	for (i = 0, count = 0; i < world->bench->slot_count; i++)
		if (world->plant_slot[i] >= 0 && world->bench->slots[i].upgrade == instrument)
			add_device(radio, i, world->plant_slot[i], radio->memories + (size_t)count++ * RADIO_IMAGE_MAX);
	*made = radio;
	return true;
}

void radio_free(struct radio *radio)
{
	if (!radio)
		return;
	free(radio->memories);
	free(radio);
}

void radio_step(struct radio *radio, int64_t t_ns)
{
	uint8_t bytes[CABLE_BYTES_MAX];
	size_t size;

	do {
		size = cable_take(&radio->cable.to_device, t_ns, bytes, sizeof bytes);
		znp_face_step(&radio->face, radio->world->plant.t_ns, bytes, size);
	} while (size > 0);
	radio_fault_count(radio);
}

int64_t radio_next(const struct radio *radio)
{
	return znp_face_next(&radio->face);
}
