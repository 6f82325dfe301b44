/* Bytes in and out in their time, and what a test wants to happen. */

#include "drivers/sim/wire/dongle.h"

#include "rig/base/instant.h"
#include "rig/base/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool wire_dongle_open(struct wire_dongle *dongle, const char *text, struct error *error)
{
	if (dongle->is_there)
		return error_set(error, FAULT_USAGE, "one dongle is all there is room for");
	if (!wire_port_open(&dongle->port, text, error))
		return false;
	dongle->is_there = true;
	dongle->settings.ieee = UINT64_C(0x00124B0012345678);
	dongle->settings.product = ZNP_3_X_0;
	dongle->settings.answer_ns = dongle->settings.confirm_ns = (struct draw_range){1 * NS_PER_MS, 1 * NS_PER_MS};
	if (dongle->port.peer[0])
		printf("port dongle %s\n", dongle->port.peer);
	return true;
}

static void say(void *self, const void *bytes, size_t size)
{
	struct wire_dongle *dongle = self;
	struct wire_dongle_frame *frame = &dongle->frames[dongle->frame_count];

	if (dongle->frame_count == WIRE_DONGLE_FRAMES_MAX)
		return;
	dongle->frame_count++;
	memcpy(frame->bytes, bytes, size);
	frame->size = size;
	if (dongle->busy_ns < dongle->now_ns)
		dongle->busy_ns = dongle->now_ns;
	frame->due_ns = dongle->busy_ns += wire_port_pace_ns(&dongle->port, size);
}

static void tell(void *self, int index, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good)
{
	static const char *const facts[] = {"ota-began", "ota-first-block", "ota-stopped", "ota-whole", "ota-activates", "ota-moves", "ota-released"};
	struct wire_dongle *dongle = self;
	const struct ota_client *client = &dongle->face.devices[index].client;
	char digest[SHA256_HEX_SIZE] = "", text[160];

	if (event == OTA_CLIENT_WHOLE)
		sha256_hex(dongle->sha256, client->memory, client->size, digest);
	snprintf(text, sizeof text, "%016" PRIX64 " %08" PRIX32 "%s%s%s", dongle->devices[index].ieee, version,
		 event == OTA_CLIENT_WHOLE || event == OTA_CLIENT_ACTIVATES ? good ? " good" : " bad" : "", digest[0] ? " " : "", digest);
	if (dongle->note)
		dongle->note(dongle->self, t_ns, facts[event], text);
	air_meters_tell(&dongle->meters, t_ns, index, event, version, good);
}

bool wire_dongle_find_meters(struct wire_dongle *dongle, const struct plant_settings *settings, struct error *error)
{
	int device, slot;

	for (device = 0; device < dongle->device_count; device++) {
		dongle->slot_of[device] = PLANT_NONE;
		if (!dongle->slot_names[device][0])
			continue;
		for (slot = 0; slot < settings->slot_count && strcmp(settings->slots[slot].name, dongle->slot_names[device]) != 0; slot++)
			;
		if (slot == settings->slot_count || !settings->slots[slot].has_meter)
			return error_set(error, FAULT_USAGE, "there is no slot '%s', or it has no meter", dongle->slot_names[device]);
		dongle->slot_of[device] = slot;
		dongle->devices[device].boots_itself = false;
		dongle->devices[device].ota.verify_ns = INSTANT_NEVER;
		dongle->devices[device].version = (uint32_t)strtoul(settings->slots[slot].meter.version, NULL, 16);
	}
	return true;
}

void wire_dongle_take_fact(struct wire_dongle *dongle, const struct plant_output *fact)
{
	if (dongle->is_there)
		air_meters_take_fact(&dongle->meters, fact);
}

void wire_dongle_begin(struct wire_dongle *dongle, struct plant *plant, uint64_t seed, int64_t t_ns)
{
	int i, device;

	if (!dongle->is_there)
		return;
	dongle->settings.seed = seed ^ UINT64_C(0x646F6E676C65); /* not those of the plant */
	dongle->sha256 = sha256_new();
	dongle->now_ns = dongle->busy_ns = t_ns;
	znp_face_init(&dongle->face, &dongle->settings, t_ns);
	dongle->face.faults = dongle->faults;
	dongle->face.say = say;
	dongle->face.tell = tell;
	dongle->face.self = dongle;
	air_meters_init(&dongle->meters, plant, &dongle->face);
	for (i = 0; i < dongle->device_count; i++) {
		device = znp_face_add(&dongle->face, &dongle->devices[i], t_ns); /* there is room: both have the same number */
		if (dongle->slot_of[i] != PLANT_NONE)
			air_meters_add(&dongle->meters, t_ns, device, dongle->slot_of[i]);
	}
}

void wire_dongle_end(struct wire_dongle *dongle)
{
	int i;

	for (i = 0; i < dongle->device_count; i++)
		free(dongle->devices[i].memory);
	if (dongle->is_there)
		sha256_free(dongle->sha256);
}

static void send_due(struct wire_dongle *dongle, int64_t t_ns)
{
	int i, sent = 0;

	for (i = 0; i < dongle->frame_count && dongle->frames[i].due_ns <= t_ns; i++, sent++)
		wire_port_write(&dongle->port, dongle->frames[i].bytes, dongle->frames[i].size);
	dongle->frame_count -= sent;
	memmove(dongle->frames, dongle->frames + sent, (size_t)dongle->frame_count * sizeof *dongle->frames);
}

void wire_dongle_step(struct wire_dongle *dongle, int64_t t_ns)
{
	uint8_t bytes[WIRE_INPUT_SIZE];
	size_t size;

	if (!dongle->is_there)
		return;
	wire_port_retry(&dongle->port, t_ns);
	dongle->now_ns = t_ns;
	size = wire_port_take(&dongle->port, t_ns, bytes);
	znp_face_step(&dongle->face, t_ns, bytes, size);
	send_due(dongle, t_ns);
}

int64_t wire_dongle_next(const struct wire_dongle *dongle)
{
	int64_t next_ns, at_ns;

	if (!dongle->is_there)
		return INSTANT_NEVER;
	next_ns = wire_port_next(&dongle->port);
	if ((at_ns = znp_face_next(&dongle->face)) < next_ns)
		next_ns = at_ns;
	return dongle->frame_count > 0 && dongle->frames[0].due_ns < next_ns ? dongle->frames[0].due_ns : next_ns;
}

/* ---- Commands ---- */

static bool do_device(struct wire_dongle *dongle, const char *ieee, const char *what, int64_t t_ns, bool only_check, struct error *error)
{
	int i;

	for (i = 0; i < dongle->device_count && dongle->devices[i].ieee != strtoull(ieee, NULL, 16); i++)
		;
	if (i == dongle->device_count)
		return error_set(error, FAULT_USAGE, "there is no device '%s'", ieee);
	if (strcmp(what, "on") != 0 && strcmp(what, "off") != 0 && strcmp(what, "move") != 0)
		return error_set(error, FAULT_USAGE, "'%s' is neither on, off nor move", what);
	if (only_check)
		return true;
	if (strcmp(what, "move") == 0)
		znp_face_move(&dongle->face, t_ns, i);
	else
		znp_face_power(&dongle->face, t_ns, i, strcmp(what, "on") == 0, dongle->face.devices[i].version);
	return true;
}

static bool do_full(struct wire_dongle *dongle, const char *time, int64_t t_ns, bool only_check, struct error *error)
{
	int64_t for_ns = 0;

	if (!unit_read(time, UNIT_DURATION, 0, NS_PER_H, &for_ns, error))
		return error_prefix(error, "the time is");
	if (!only_check)
		dongle->face.faults.buffer_full_until_ns = t_ns + for_ns;
	return true;
}

bool wire_dongle_command(struct wire_dongle *dongle, const char *const *words, int count, int64_t t_ns, bool only_check, struct error *error)
{
	bool hangs;

	if (!dongle->is_there)
		return error_set(error, FAULT_USAGE, "there is no dongle");
	if (count == 3 && strcmp(words[0], "device") == 0)
		return do_device(dongle, words[1], words[2], t_ns, only_check, error);
	if (count == 2 && strcmp(words[0], "full") == 0)
		return do_full(dongle, words[1], t_ns, only_check, error);
	hangs = count == 1 && (strcmp(words[0], "hang") == 0 || strcmp(words[0], "hang-hard") == 0);
	if (!hangs && (count != 1 || strcmp(words[0], "reset") != 0))
		return error_set(error, FAULT_USAGE, "a dongle's command is hang, hang-hard, reset, full TIME or device IEEE on|off|move");
	if (only_check)
		return true;
	if (hangs)
		*(words[0][4] ? &dongle->face.faults.hangs_hard : &dongle->face.faults.hangs) = true;
	else
		znp_face_reset(&dongle->face, t_ns);
	return true;
}
