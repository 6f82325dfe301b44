/* A dongle and its devices as words: KEY=VALUE,KEY=VALUE,... */

#include "drivers/sim/wire/dongle.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/base/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PPM 1000000
#define DURATION_MAX_NS (30 * 24 * NS_PER_H)
#define PROFILE_ENERGY 0x0109
#define PROFILE_HOME 0x0104

/* ---- Values ---- */

static bool read_hex(const char *text, uint64_t most, uint64_t *value, struct error *error)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 16);
	return (*text && !*end && errno == 0 && *value <= most) || error_set(error, FAULT_USAGE, "'%s' is no such number in hex", text);
}

static bool read_hex16(const char *text, uint16_t *value, struct error *error)
{
	uint64_t wide = 0;

	if (!read_hex(text, UINT16_MAX, &wide, error))
		return false;
	*value = (uint16_t)wide;
	return true;
}

static bool read_hex32(const char *text, uint32_t *value, struct error *error)
{
	uint64_t wide = 0;

	if (!read_hex(text, UINT32_MAX, &wide, error))
		return false;
	*value = (uint32_t)wide;
	return true;
}

static bool read_time(const char *text, int64_t *time_ns, struct error *error)
{
	return unit_read(text, UNIT_DURATION, 0, DURATION_MAX_NS, time_ns, error) || error_prefix(error, "the time is");
}

/* "5ms", or "5ms..9ms": drawn anew each time. */
static bool read_range(const char *text, struct draw_range *range, struct error *error)
{
	const char *dots = strstr(text, "..");
	char first[32];

	if (!dots) {
		if (!read_time(text, &range->least, error))
			return false;
		range->most = range->least;
		return true;
	}
	if ((size_t)(dots - text) >= sizeof first)
		return error_set(error, FAULT_USAGE, "'%s' is no range of times", text);
	memcpy(first, text, (size_t)(dots - text));
	first[dots - text] = '\0';
	if (!read_time(first, &range->least, error) || !read_time(dots + 2, &range->most, error))
		return false;
	return range->least <= range->most || error_set(error, FAULT_USAGE, "'%s' is no range of times", text);
}

static bool read_number(const char *text, int64_t most, int64_t *value, struct error *error)
{
	return number_read(text, 0, most, value, error) || error_prefix(error, "the number is");
}

/* ---- Words ---- */

typedef bool take_word(void *self, const char *key, const char *value, struct error *error);

static bool each_word(const char *words, take_word *take, void *self, struct error *error)
{
	char bytes[512], *rest = bytes, *key, *value;

	if (!text_copy(bytes, sizeof bytes, words))
		return error_set(error, FAULT_USAGE, "'%s' is too long", words);
	while ((key = strsep(&rest, ",")) != NULL) {
		value = strchr(key, '=');
		if (value)
			*value++ = '\0';
		if (!take(self, key, value ? value : "", error))
			return error_prefix(error, "%s", key);
	}
	return true;
}

static bool is(const char *key, const char *name)
{
	return strcmp(key, name) == 0;
}

static bool take_dongle_word(void *self, const char *key, const char *value, struct error *error)
{
	struct wire_dongle *dongle = self;
	struct znp_face_settings *settings = &dongle->settings;

	if (is(key, "ieee"))
		return read_hex(value, UINT64_MAX, &settings->ieee, error);
	if (is(key, "z-stack") && (is(value, "1.2") || is(value, "3.x.0"))) {
		settings->product = is(value, "1.2") ? ZNP_1_2 : ZNP_3_X_0;
		return true;
	}
	if (is(key, "boot-loader"))
		return settings->boot_loader = true;
	if (is(key, "answer"))
		return read_range(value, &settings->answer_ns, error);
	if (is(key, "confirm"))
		return read_range(value, &settings->confirm_ns, error);
	if (is(key, "form"))
		return read_time(value, &settings->form_ns, error);
	if (is(key, "lose-confirm"))
		return read_number(value, PPM, &dongle->faults.lose_confirm_ppm, error);
	if (is(key, "lose-incoming"))
		return read_number(value, PPM, &dongle->faults.lose_incoming_ppm, error);
	if (is(key, "late-confirm")) {
		dongle->faults.late_confirm_ppm = PPM / 10;
		return read_range(value, &dongle->faults.late_confirm_ns, error);
	}
	return error_set(error, FAULT_USAGE, "a dongle has no such word, or not with that value");
}

bool wire_dongle_set(struct wire_dongle *dongle, const char *words, struct error *error)
{
	if (!dongle->is_there)
		return error_set(error, FAULT_USAGE, "--dongle comes first");
	return each_word(words, take_dongle_word, dongle, error);
}

/* ---- Devices ---- */

static bool read_odd(struct znp_device_settings *device, const char *value, struct error *error)
{
	static const char *const names[] = {"empty-options", "no-blocks", "past-end", "other-image", "repeats", "twice", "complains", "moves",
					    "no-query", "short-end", "upgrades-unasked"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (is(value, names[i])) {
			device->ota.oddities |= 1U << i;
			return true;
		}
	return error_set(error, FAULT_USAGE, "no device is odd as '%s' is", value);
}

/* A meter has a profile of its own; a socket is one of home automation. Both upgrade. */
static bool become(struct znp_device_settings *device, const char *kind, struct error *error)
{
	bool meter = is(kind, "meter");
	const struct zdo_endpoint endpoint = {.endpoint = meter ? 10 : 1, .profile = meter ? PROFILE_ENERGY : PROFILE_HOME,
					      .device = meter ? 0x0500 : 0x0051, .in_count = 2, .in = {0x0000, meter ? 0x0702 : 0x0006},
					      .out_count = 1, .out = {ZCL_CLUSTER_OTA}};

	if (!meter && !is(kind, "socket"))
		return error_set(error, FAULT_USAGE, "'%s' is neither meter nor socket", kind);
	device->endpoints[0] = endpoint;
	device->endpoint_count = 1;
	device->ota_endpoint = endpoint.endpoint;
	device->ota_profile = endpoint.profile;
	return text_copy(device->model, sizeof device->model, meter ? "Meter" : "Socket");
}

static bool take_air_word(struct znp_device_settings *device, const char *key, const char *value, struct error *error)
{
	int64_t number = 0;

	if (is(key, "latency"))
		return read_range(value, &device->latency_ns, error);
	if (is(key, "loss-to"))
		return read_number(value, PPM, &device->loss_to_ppm, error);
	if (is(key, "loss-from"))
		return read_number(value, PPM, &device->loss_from_ppm, error);
	if (is(key, "joined"))
		return device->joined = true;
	if (is(key, "join"))
		return read_time(value, &device->join_ns, error);
	if (is(key, "sleepy")) {
		device->sleepy = true;
		device->router = false;
		return read_time(value, &device->poll_ns, error);
	}
	if (is(key, "hops")) {
		if (!read_number(value, 10, &number, error))
			return false;
		device->hops = (int)number;
		return true;
	}
	return error_set(error, FAULT_USAGE, "a device has no such word");
}

static bool take_number_word(uint16_t *value, const char *text, int64_t most, struct error *error)
{
	int64_t number = 0;

	if (!read_number(text, most, &number, error))
		return false;
	*value = (uint16_t)number;
	return true;
}

static bool take_device_word(void *self, const char *key, const char *value, struct error *error)
{
	struct wire_dongle *dongle = self;
	struct znp_device_settings *device = &dongle->devices[dongle->device_count];
	uint16_t block = 0;

	if (is(key, "slot"))
		return text_copy(dongle->slot_names[dongle->device_count], WIRE_DONGLE_SLOT_SIZE, value) ||
		       error_set(error, FAULT_USAGE, "'%s' is too long", value);
	if (is(key, "kind"))
		return become(device, value, error);
	if (is(key, "ieee"))
		return read_hex(value, UINT64_MAX, &device->ieee, error);
	if (is(key, "manufacturer"))
		return read_hex16(value, &device->manufacturer, error) && read_hex16(value, &device->ota.manufacturer, error);
	if (is(key, "type"))
		return read_hex16(value, &device->ota.type, error);
	if (is(key, "hardware")) {
		device->ota.has_hardware = true;
		return read_hex16(value, &device->ota.hardware, error);
	}
	if (is(key, "version"))
		return read_hex32(value, &device->version, error);
	if (is(key, "block")) {
		if (!take_number_word(&block, value, 100, error))
			return false;
		device->ota.block = (uint8_t)block;
		return true;
	}
	if (is(key, "page"))
		return take_number_word(&device->ota.page_size, value, 4096, error);
	if (is(key, "spacing"))
		return take_number_word(&device->ota.spacing_ms, value, 10000, error);
	if (is(key, "turnaround"))
		return read_time(value, &device->ota.turnaround_ns, error);
	if (is(key, "query"))
		return read_range(value, &device->ota.boot_query_ns, error);
	if (is(key, "query-every"))
		return read_time(value, &device->ota.query_every_ns, error);
	if (is(key, "verify"))
		return read_time(value, &device->ota.verify_ns, error);
	if (is(key, "boot"))
		return read_time(value, &device->boot_ns, error);
	if (is(key, "odd"))
		return read_odd(device, value, error);
	return take_air_word(device, key, value, error);
}

bool wire_dongle_add(struct wire_dongle *dongle, const char *words, struct error *error)
{
	struct znp_device_settings *device = &dongle->devices[dongle->device_count];
	static const struct znp_device_settings usual = {
		.manufacturer = 0xAB01, .router = true, .has_ota = true, .version = 0x0002012F, .latency_ns = {4 * NS_PER_MS, 6 * NS_PER_MS},
		.boots_itself = true, .boot_ns = 2 * NS_PER_S, .join_ns = NS_PER_S, .memory_size = WIRE_DONGLE_IMAGE_MAX,
		.ota = {.manufacturer = 0xAB01, .type = 0x010A, .turnaround_ns = 5 * NS_PER_MS, .verify_ns = 2 * NS_PER_S,
			.boot_query_ns = {10 * NS_PER_S, 10 * NS_PER_S}}};

	if (!dongle->is_there)
		return error_set(error, FAULT_USAGE, "--dongle comes first");
	if (dongle->device_count == ZNP_DEVICES_MAX)
		return error_set(error, FAULT_USAGE, "more than %d devices", ZNP_DEVICES_MAX);
	*device = usual;
	device->ieee = UINT64_C(0x00124B0000000001) + (uint64_t)dongle->device_count;
	if (!text_copy(device->maker, sizeof device->maker, "Hilrig") || !become(device, "meter", error) ||
	    !each_word(words, take_device_word, dongle, error))
		return false;
	device->memory = malloc(WIRE_DONGLE_IMAGE_MAX);
	if (!device->memory)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for an image");
	dongle->device_count++;
	return true;
}
