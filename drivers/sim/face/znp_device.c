/* Endpoint 0, attributes, and the OTA client behind one endpoint. */

#include "drivers/sim/face/znp_device.h"

#include <stdio.h>

#define MATCH_EVERY_NS (30 * NS_PER_S)
#define UNSUPPORTED_GENERAL 0x82
#define CLUSTER_METERING 0x0702

enum { TYPE_BITMAP8 = 0x18, TYPE_U8 = 0x20, TYPE_U32 = 0x23, TYPE_U48 = 0x25, TYPE_ENUM8 = 0x30, TYPE_TEXT = 0x42 };

void znp_device_init(struct znp_device *device, const struct znp_device_settings *settings, uint64_t seed)
{
	*device = (struct znp_device){.settings = *settings, .version = settings->version, .on = true, .joined = settings->joined,
				      .match_ns = INSTANT_NEVER};
	device->settings.ota.node = settings->ieee;
	device->node = (struct zdo_node){.ieee = settings->ieee, .address = settings->address,
					 .type = settings->router ? ZDO_ROUTER : ZDO_END_DEVICE,
					 .capability = settings->router ? 0x8E : settings->sleepy ? 0x80 : 0x8C,
					 .manufacturer = settings->manufacturer, .endpoints = device->settings.endpoints,
					 .endpoint_count = settings->endpoint_count};
	if (settings->has_ota)
		ota_client_init(&device->client, &device->settings.ota, settings->version, settings->memory, settings->memory_size, seed);
}

void znp_device_boot(struct znp_device *device, int64_t t_ns)
{
	device->on = true;
	if (!device->settings.has_ota)
		return;
	ota_client_boot(&device->client, t_ns, device->version);
	if (device->server == 0)
		device->match_ns = t_ns;
}

void znp_device_off(struct znp_device *device)
{
	device->on = false;
	device->match_ns = INSTANT_NEVER;
	if (device->settings.has_ota)
		ota_client_off(&device->client);
}

/* ---- Attributes ---- */

static void put_text(const char *text, struct octets_out *out)
{
	size_t size = strlen(text);

	octets_put(out, TYPE_TEXT, 1);
	octets_put(out, size, 1);
	octets_put_bytes(out, text, size);
}

static void put_number(uint8_t type, uint64_t value, size_t size, struct octets_out *out)
{
	octets_put(out, type, 1);
	octets_put(out, value, size);
}

/* Type and value; false: there is no such attribute. */
static bool put_basic(const struct znp_device *device, uint16_t attribute, struct octets_out *out)
{
	char version[9];

	switch (attribute) {
	case 0x0000: /* ZCL version */
		put_number(TYPE_U8, 3, 1, out);
		return true;
	case 0x0001: /* application, stack, hardware */
	case 0x0002:
	case 0x0003:
		put_number(TYPE_U8, 1, 1, out);
		return true;
	case 0x0004:
		put_text(device->settings.maker, out);
		return true;
	case 0x0005:
		put_text(device->settings.model, out);
		return true;
	case 0x0006:
		put_text("20260101", out);
		return true;
	case 0x0007: /* power: mains, battery */
		put_number(TYPE_ENUM8, device->settings.sleepy ? 3 : 1, 1, out);
		return true;
	case 0x4000:
		snprintf(version, sizeof version, "%08X", (unsigned)device->version);
		put_text(version, out);
		return true;
	default:
		return false;
	}
}

static bool put_metering(uint16_t attribute, struct octets_out *out)
{
	if (attribute == 0x0000)
		put_number(TYPE_U48, 123456, 6, out); /* delivered, whatever */
	else if (attribute == 0x0200)
		put_number(TYPE_BITMAP8, 0, 1, out);
	else if (attribute == 0x0300)
		put_number(TYPE_ENUM8, 0, 1, out);    /* kWh */
	else
		return false;
	return true;
}

static bool put_ota(const struct znp_device *device, uint16_t attribute, struct octets_out *out)
{
	const struct ota_client *client = &device->client;

	if (attribute == 0x0001)
		put_number(TYPE_U32, client->offset, 4, out);
	else if (attribute == 0x0002)
		put_number(TYPE_U32, device->version, 4, out);
	else if (attribute == 0x0004)
		put_number(TYPE_U32, client->verified ? client->image_version : OTA_ANY_VERSION, 4, out);
	else if (attribute == 0x0006)
		put_number(TYPE_ENUM8, ota_client_status(client), 1, out);
	else
		return false;
	return true;
}

static bool put_attribute(const struct znp_device *device, uint16_t cluster, uint16_t attribute, struct octets_out *out)
{
	if (cluster == ZCL_CLUSTER_BASIC)
		return put_basic(device, attribute, out);
	if (cluster == CLUSTER_METERING)
		return put_metering(attribute, out);
	return cluster == ZCL_CLUSTER_OTA && device->settings.has_ota && put_ota(device, attribute, out);
}

/* A record that does not fit is left out, with all behind it: so do devices. */
static void put_record(const struct znp_device *device, uint16_t cluster, uint16_t attribute, bool own, struct octets_out *out)
{
	size_t front = out->at;

	octets_put(out, attribute, 2);
	octets_put(out, ZCL_SUCCESS, 1);
	if (!own || !put_attribute(device, cluster, attribute, out)) {
		out->at = front;
		octets_put(out, attribute, 2);
		octets_put(out, ZCL_UNSUPPORTED_ATTRIBUTE, 1);
	}
	if (out->full)
		out->at = front;
}

static void answer_read(const struct znp_device *device, uint16_t cluster, const struct zcl_header *header, struct octets_in *in,
			struct octets_out *out)
{
	const struct zcl_header to = {.type = ZCL_GENERAL, .from_server = !header->from_server, .no_default_response = true,
				      .sequence = header->sequence, .command = ZCL_READ_ATTRIBUTES_RESPONSE};

	zcl_put_header(&to, out);
	while (octets_left(in) >= 2 && !out->full)
		put_record(device, cluster, octets_get16(in), !header->has_manufacturer, out);
}

static bool answers_zcl(struct znp_device *device, const struct aps_frame *frame, struct aps_frame *answer)
{
	struct octets_in in = octets_in(frame->bytes, frame->size);
	struct octets_out out = octets_out(answer->bytes, sizeof answer->bytes);
	struct zcl_header header;
	bool general;

	if (!zcl_get_header(&header, &in) || frame->broadcast)
		return false;
	general = header.type == ZCL_GENERAL;
	if (general && header.command == ZCL_READ_ATTRIBUTES)
		answer_read(device, frame->cluster, &header, &in, &out);
	else if (header.no_default_response || (general && header.command == ZCL_DEFAULT_RESPONSE))
		return false;
	else
		zcl_put_default_response(&header, general ? UNSUPPORTED_GENERAL : ZCL_UNSUP_CLUSTER_COMMAND, &out);
	answer->size = (uint8_t)out.at;
	return true;
}

/* ---- Frames ---- */

/* Of a match: the first endpoint is as good as any. */
static void take_match(struct znp_device *device, const struct aps_frame *frame)
{
	struct octets_in in = octets_in(frame->bytes, frame->size);
	uint8_t sequence = octets_get8(&in), status = octets_get8(&in), count;

	(void)octets_get16(&in);
	count = octets_get8(&in);
	if (sequence == device->zdo_sequence && status == ZDO_SUCCESS && count > 0 && octets_left(&in) > 0) {
		device->server = octets_get8(&in);
		device->match_ns = INSTANT_NEVER;
	}
}

static bool take_zdo(struct znp_device *device, const struct aps_frame *frame, struct aps_frame *answer)
{
	if (frame->cluster == (ZDO_MATCH | ZDO_ANSWER))
		take_match(device, frame);
	answer->size = (uint8_t)zdo_node_answer(&device->node, frame->cluster, frame->bytes, frame->size, answer->bytes);
	answer->cluster = frame->cluster | ZDO_ANSWER;
	return answer->size > 0;
}

static bool is_for_client(const struct znp_device *device, const struct aps_frame *frame)
{
	struct octets_in in = octets_in(frame->bytes, frame->size);
	struct zcl_header header;

	return device->settings.has_ota && frame->cluster == ZCL_CLUSTER_OTA &&
	       (frame->to == device->settings.ota_endpoint || frame->to == 0xFF) && zcl_get_header(&header, &in) &&
	       (header.type == ZCL_CLUSTER_SPECIFIC || header.command == ZCL_DEFAULT_RESPONSE);
}

static void take_ota(struct znp_device *device, int64_t t_ns, const struct aps_frame *frame)
{
	if (device->server == 0 && frame->from != 0) {
		device->server = frame->from;
		device->match_ns = INSTANT_NEVER;
	}
	ota_client_take(&device->client, t_ns, frame->bytes, frame->size, frame->broadcast);
}

bool znp_device_take(struct znp_device *device, int64_t t_ns, const struct aps_frame *frame, struct aps_frame *answer)
{
	*answer = (struct aps_frame){.cluster = frame->cluster, .profile = frame->profile, .from = frame->to, .to = frame->from,
				     .secured = frame->secured};
	if (!device->on)
		return false;
	if (frame->to == 0)
		return take_zdo(device, frame, answer);
	if (is_for_client(device, frame)) {
		take_ota(device, t_ns, frame);
		return false;
	}
	return zdo_endpoint_find(&device->node, frame->to) && answers_zcl(device, frame, answer);
}

int64_t znp_device_next(const struct znp_device *device)
{
	if (!device->on || !device->joined || !device->settings.has_ota)
		return INSTANT_NEVER;
	return device->server == 0 ? device->match_ns : ota_client_next(&device->client);
}

bool znp_device_due(struct znp_device *device, int64_t t_ns, struct aps_frame *frame)
{
	if (znp_device_next(device) > t_ns)
		return false;
	*frame = (struct aps_frame){.cluster = ZCL_CLUSTER_OTA, .profile = device->settings.ota_profile,
				    .from = device->settings.ota_endpoint, .to = device->server};
	if (device->server > 0) {
		uint8_t bytes[ZCL_FRAME_MAX];
		size_t size = ota_client_due(&device->client, t_ns, bytes);

		frame->size = (uint8_t)size; /* a client's frames are short */
		memcpy(frame->bytes, bytes, size);
		return size > 0;
	}
	device->match_ns = t_ns + MATCH_EVERY_NS;
	frame->cluster = ZDO_MATCH;
	frame->profile = frame->from = frame->to = 0;
	frame->size = (uint8_t)zdo_put_match(++device->zdo_sequence, 0, device->settings.ota_profile, ZCL_CLUSTER_OTA, frame->bytes);
	return true;
}
