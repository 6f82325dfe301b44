/* Each looks for the first fault that is due, and counts it. */

#include "drivers/sim/radio_fault.h"

#include <string.h>

#define NO_DEVICE (-1)
#define PAGE_SIZE 256
#define PAGE_SPACING_MS 50
#define FAST_POLL_NS (100 * NS_PER_MS)

static const struct {
	enum sim_fault_kind kind;
	unsigned oddity;
} oddities[] = {
	{FAULTY_OTA_EMPTY_OPTIONS, OTA_CLIENT_EMPTY_OPTIONS}, {FAULTY_OTA_NO_BLOCKS, OTA_CLIENT_NO_BLOCKS}, {FAULTY_OTA_PAST_END, OTA_CLIENT_PAST_END},
	{FAULTY_OTA_OTHER_IMAGE, OTA_CLIENT_OTHER_IMAGE}, {FAULTY_OTA_REPEATS, OTA_CLIENT_REPEATS}, {FAULTY_OTA_TWICE, OTA_CLIENT_TWICE},
	{FAULTY_OTA_COMPLAINS, OTA_CLIENT_COMPLAINS}, {FAULTY_OTA_MUTE, OTA_CLIENT_MUTE}, {FAULTY_OTA_ABORTS, OTA_CLIENT_ABORTS},
	{FAULTY_OTA_EAGER, OTA_CLIENT_EAGER},
};

#define ODDITIES (sizeof oddities / sizeof *oddities)

static int slot_of(const struct radio *radio, int device)
{
	return device == NO_DEVICE ? -1 : radio->world->bench_slot[radio->meters.slot_of[device]];
}

/* The first one of its kind that is due: of the dongle, or of a slot of the bench. */
static struct sim_fault *due(const struct radio *radio, enum sim_fault_kind kind, int64_t t_ns, int slot, bool back)
{
	struct sim_faults *faults = &radio->world->file.faults;
	int i;

	for (i = 0; i < faults->count; i++) {
		struct sim_fault *fault = &faults->list[i];

		if (fault->kind == kind && fault->slot == slot && fault->at_ns <= t_ns && fault->fired < fault->times && fault->back == back)
			return fault;
	}
	return NULL;
}

static bool acts(const struct radio *radio, enum sim_fault_kind kind, int64_t t_ns, int slot, bool back)
{
	struct sim_fault *fault = due(radio, kind, t_ns, slot, back);

	if (fault)
		fault->fired++;
	return fault != NULL;
}

/* ---- Bytes ---- */

size_t radio_fault_bytes(struct radio *radio, int64_t t_ns, bool to_dongle, const uint8_t *bytes, size_t size, uint8_t changed[RADIO_BYTES_MAX])
{
	static const uint8_t more[] = {0xFE, 0x03, 0xFF, 0x00};
	size_t middle = size / 2;

	if (size > RADIO_BYTES_MAX - sizeof more)
		size = RADIO_BYTES_MAX - sizeof more;
	memcpy(changed, bytes, size);
	if (size < 2)
		return size;
	if (acts(radio, FAULTY_DONGLE_LOST, t_ns, -1, to_dongle)) {
		memmove(changed + middle, changed + middle + 1, size - middle - 1);
		return size - 1;
	}
	if (acts(radio, FAULTY_DONGLE_WRONG, t_ns, -1, to_dongle))
		changed[middle] ^= 0x10;
	else if (acts(radio, FAULTY_DONGLE_ADDED, t_ns, -1, to_dongle)) {
		memcpy(changed + size, more, sizeof more);
		return size + sizeof more;
	}
	return size;
}

/* ---- Frames ---- */

bool radio_fault_spoils(struct radio *radio, enum znp_spoil what, int64_t t_ns, int device, bool end)
{
	int slot = slot_of(radio, device);

	switch (what) {
	case ZNP_SPOIL_ANSWER:
		return acts(radio, FAULTY_DONGLE_SILENT, t_ns, -1, false);
	case ZNP_SPOIL_CONFIRM:
		return acts(radio, FAULTY_DONGLE_UNCONFIRMED, t_ns, -1, false);
	case ZNP_SPOIL_INCOMING:
		return acts(radio, FAULTY_DONGLE_DEAF, t_ns, -1, false);
	case ZNP_SPOIL_BUFFER:
		return acts(radio, FAULTY_DONGLE_FULL, t_ns, -1, false);
	case ZNP_SPOIL_AIR:
		return acts(radio, FAULTY_AIR_BUSY, t_ns, -1, false);
	case ZNP_SPOIL_ROUTE:
		return acts(radio, FAULTY_ROUTE_LOST, t_ns, slot, false);
	case ZNP_SPOIL_TO_DEVICE:
		return acts(radio, FAULTY_AIR_LOST, t_ns, slot, false);
	case ZNP_SPOIL_FROM_DEVICE:
		return acts(radio, FAULTY_AIR_LOST, t_ns, slot, true) || (end && acts(radio, FAULTY_END_LOST, t_ns, slot, false));
	}
	return false;
}

int64_t radio_fault_delays(struct radio *radio, int64_t t_ns, int device)
{
	struct sim_fault *late = due(radio, FAULTY_AIR_LATE, t_ns, slot_of(radio, device), false);

	if (!late)
		return 0;
	late->fired++;
	return late->by_ns;
}

/* ---- Devices ---- */

bool radio_fault_damages(struct radio *radio, int device, int64_t t_ns)
{
	if (!acts(radio, FAULTY_IMAGE_DAMAGED, t_ns, slot_of(radio, device), false))
		return false;
	radio->face.devices[device].client.memory[0] ^= 1;
	return true;
}

void radio_fault_block(struct radio *radio, int device, int64_t t_ns)
{
	struct sim_faults *faults = &radio->world->file.faults;
	int i;

	for (i = 0; i < faults->count; i++) {
		struct sim_fault *fault = &faults->list[i];

		if (fault->kind == FAULTY_OTA_RESET && fault->slot == slot_of(radio, device) && ++fault->met == fault->times)
			fault->next_ns = t_ns;
	}
}

void radio_fault_activates(struct radio *radio, int device, int64_t t_ns)
{
	(void)acts(radio, FAULTY_OTA_LATE, t_ns, slot_of(radio, device), false);
}

static void begin_one(struct sim_fault *fault, struct znp_device_settings *settings)
{
	size_t i;

	for (i = 0; i < ODDITIES; i++)
		if (oddities[i].kind == fault->kind)
			settings->ota.oddities |= oddities[i].oddity;
	if (fault->kind == FAULTY_OTA_LATE)
		settings->ota.activates_late_ns = fault->by_ns;
	if (fault->kind == FAULTY_METER_SLEEPS) {
		settings->router = false;
		settings->sleepy = true;
		settings->poll_ns = fault->by_ns;
		settings->fast_poll_ns = FAST_POLL_NS;
		fault->fired = 1;
	}
	if (fault->kind == FAULTY_OTA_PAGES) {
		settings->ota.page_size = PAGE_SIZE;
		settings->ota.spacing_ms = PAGE_SPACING_MS;
		fault->fired = 1;
	}
}

void radio_fault_begin(struct radio *radio, int bench_slot, struct znp_device_settings *settings)
{
	struct sim_faults *faults = &radio->world->file.faults;
	int i;

	for (i = 0; i < faults->count; i++)
		if (faults->list[i].slot == bench_slot)
			begin_one(&faults->list[i], settings);
}

static void count_oddity(struct radio *radio, int slot, unsigned acted)
{
	struct sim_faults *faults = &radio->world->file.faults;
	size_t j;
	int i;

	for (i = 0; i < faults->count; i++)
		for (j = 0; j < ODDITIES; j++)
			if (faults->list[i].kind == oddities[j].kind && faults->list[i].slot == slot && (acted & oddities[j].oddity))
				faults->list[i].fired = 1;
}

void radio_fault_count(struct radio *radio)
{
	int i;

	for (i = 0; i < radio->face.device_count; i++) {
		unsigned acted = radio->face.devices[i].client.acted;

		if (acted != radio->acted[i])
			count_oddity(radio, slot_of(radio, i), acted);
		radio->acted[i] = acted;
	}
}

/* ---- Instants ---- */

static void pull_out(struct radio *radio, int64_t t_ns, int64_t for_ns)
{
	struct cable *cable = &radio->cable;

	if (cable->gap_count < WORLD_GAPS_MAX) {
		cable->gaps[cable->gap_count++] = (struct world_gap){t_ns, t_ns + for_ns};
		cable->gaps_changed = true;
	}
	radio->face.faults.hangs_hard = true; /* without power it neither hears nor says anything */
}

/* At its instant, and again so long after it. */
static void step_dongle(struct radio *radio, struct sim_fault *fault, int64_t t_ns)
{
	int64_t plant_ns = radio->world->plant.t_ns;
	bool first = fault->met++ == 0;

	fault->next_ns = first && fault->for_ns > 0 ? t_ns + fault->for_ns : INSTANT_NEVER;
	fault->fired = 1;
	if (!first && (fault->kind == FAULTY_DONGLE_UNPLUGGED || fault->back))
		znp_face_reset(&radio->face, plant_ns);
	else if (!first)
		radio->face.faults.hangs = false;
	else if (fault->kind == FAULTY_DONGLE_RESETS)
		znp_face_reset(&radio->face, plant_ns);
	else if (fault->kind == FAULTY_DONGLE_FORGETS)
		znp_face_forget(&radio->face, plant_ns);
	else if (fault->kind == FAULTY_DONGLE_UNPLUGGED)
		pull_out(radio, t_ns, fault->for_ns);
	else if (fault->back)
		radio->face.faults.hangs_hard = true;
	else
		radio->face.faults.hangs = true;
}

static void step_meter(struct radio *radio, struct sim_fault *fault)
{
	int slot = radio->world->plant_slot[fault->slot], device = slot < 0 ? NO_DEVICE : radio->meters.device_of[slot];
	struct plant_event reset = {.kind = PLANT_METER_RESET, .t_ns = radio->world->plant.t_ns, .part = slot, .value = fault->for_ns};

	fault->next_ns = INSTANT_NEVER;
	if (device == NO_DEVICE || !radio->face.devices[device].on || !radio->face.devices[device].joined)
		return;
	fault->fired = fault->kind == FAULTY_OTA_RESET ? fault->times : 1;
	if (fault->kind == FAULTY_METER_MOVES)
		znp_face_move(&radio->face, reset.t_ns, device);
	else if (fault->kind == FAULTY_METER_LEAVES)
		znp_face_leave(&radio->face, reset.t_ns, device, fault->for_ns);
	else
		plant_step(&radio->world->plant, &reset);
	if (fault->kind == FAULTY_OTA_RESET && fault->back)
		ota_client_forget(&radio->face.devices[device].client);
}

bool radio_fault_step(struct radio *radio, struct sim_fault *fault, int64_t t_ns)
{
	if (fault->kind >= FAULTY_DONGLE_RESETS && fault->kind <= FAULTY_DONGLE_UNPLUGGED)
		step_dongle(radio, fault, t_ns);
	else if (fault->kind == FAULTY_METER_MOVES || fault->kind == FAULTY_METER_LEAVES || fault->kind == FAULTY_OTA_RESET)
		step_meter(radio, fault);
	else
		return false;
	return true;
}
