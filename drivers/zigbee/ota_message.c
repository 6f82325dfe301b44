/* Payloads of the OTA Upgrade cluster: one function for each that is read, one for each that is written. */

#include "drivers/zigbee/zcl.h"

#include <assert.h>

#define HAS_HARDWARE 1U        /* QUERY_NEXT_REQUEST */
#define HAS_NODE 1U            /* BLOCK_REQUEST, PAGE_REQUEST */
#define HAS_PERIOD 2U          /* BLOCK_REQUEST */

bool ota_is_of_server(enum ota_command command)
{
	return command == OTA_IMAGE_NOTIFY || command == OTA_QUERY_NEXT_RESPONSE || command == OTA_BLOCK_RESPONSE ||
	       command == OTA_END_RESPONSE || command == OTA_SPECIFIC_FILE_RESPONSE;
}

static void get_image(struct ota_message *message, struct octets_in *in)
{
	message->manufacturer = octets_get16(in);
	message->type = octets_get16(in);
	message->version = octets_get32(in);
	message->has_image = !in->cut;
}

static void put_image(const struct ota_message *message, struct octets_out *out)
{
	octets_put(out, message->manufacturer, 2);
	octets_put(out, message->type, 2);
	octets_put(out, message->version, 4);
}

/* An optional field at the end: devices announce it, and leave it out. */
static bool get_option(bool announced, struct octets_in *in, size_t size)
{
	return announced && octets_left(in) >= size;
}

static void get_notify(struct ota_message *message, struct octets_in *in)
{
	uint8_t notify = octets_get8(in);

	message->notify = (enum ota_notify)(notify <= OTA_NOTIFY_VERSION ? notify : OTA_NOTIFY_JITTER);
	message->jitter = octets_get8(in);
	if (message->notify >= OTA_NOTIFY_MANUFACTURER)
		message->manufacturer = octets_get16(in);
	if (message->notify >= OTA_NOTIFY_TYPE)
		message->type = octets_get16(in);
	if (message->notify >= OTA_NOTIFY_VERSION)
		message->version = octets_get32(in);
}

static void get_query(struct ota_message *message, struct octets_in *in)
{
	uint8_t control = octets_get8(in);

	get_image(message, in);
	message->has_hardware = get_option(control & HAS_HARDWARE, in, 2);
	if (message->has_hardware)
		message->hardware = octets_get16(in);
}

static void get_block_request(struct ota_message *message, struct octets_in *in)
{
	uint8_t control = octets_get8(in);

	get_image(message, in);
	message->offset = octets_get32(in);
	message->most = octets_get8(in);
	if (message->command == OTA_PAGE_REQUEST) {
		message->page_size = octets_get16(in);
		message->spacing_ms = octets_get16(in);
	}
	message->has_node = get_option(control & HAS_NODE, in, 8);
	if (message->has_node)
		message->node = octets_get(in, 8);
	message->has_period = message->command == OTA_BLOCK_REQUEST && get_option(control & HAS_PERIOD, in, 2);
	if (message->has_period)
		message->period = octets_get16(in);
}

static void get_block_response(struct ota_message *message, struct octets_in *in)
{
	message->status = octets_get8(in);
	if (message->status == ZCL_WAIT_FOR_DATA) {
		message->now = octets_get32(in);
		message->then = octets_get32(in);
		message->has_period = get_option(true, in, 2);
		if (message->has_period)
			message->period = octets_get16(in);
	} else if (message->status == ZCL_SUCCESS) {
		get_image(message, in);
		message->offset = octets_get32(in);
		message->data_size = octets_get8(in);
		message->data = octets_take(in, message->data_size);
	}
}

static void get_end_request(struct ota_message *message, struct octets_in *in)
{
	message->status = octets_get8(in);
	if (message->status == ZCL_SUCCESS || octets_left(in) >= 8)
		get_image(message, in);
}

static void get_query_response(struct ota_message *message, struct octets_in *in)
{
	message->status = octets_get8(in);
	if (message->status != ZCL_SUCCESS)
		return;
	get_image(message, in);
	message->size = octets_get32(in);
}

bool ota_get(struct ota_message *message, uint8_t command, struct octets_in *in)
{
	*message = (struct ota_message){.command = (enum ota_command)command};
	switch (command) {
	case OTA_IMAGE_NOTIFY:
		get_notify(message, in);
		break;
	case OTA_QUERY_NEXT_REQUEST:
		get_query(message, in);
		break;
	case OTA_QUERY_NEXT_RESPONSE:
		get_query_response(message, in);
		break;
	case OTA_BLOCK_REQUEST:
	case OTA_PAGE_REQUEST:
		get_block_request(message, in);
		break;
	case OTA_BLOCK_RESPONSE:
		get_block_response(message, in);
		break;
	case OTA_END_REQUEST:
		get_end_request(message, in);
		break;
	case OTA_END_RESPONSE:
		get_image(message, in);
		message->now = octets_get32(in);
		message->then = octets_get32(in);
		break;
	case OTA_SPECIFIC_FILE_REQUEST: /* credentials, logs: nobody has one for them, and the answer needs none of the fields */
		break;
	default:
		return false;
	}
	return !in->cut;
}

static void put_block_request(const struct ota_message *message, struct octets_out *out)
{
	octets_put(out, (message->has_node ? HAS_NODE : 0U) | (message->has_period ? HAS_PERIOD : 0U), 1);
	put_image(message, out);
	octets_put(out, message->offset, 4);
	octets_put(out, message->most, 1);
	if (message->command == OTA_PAGE_REQUEST) {
		octets_put(out, message->page_size, 2);
		octets_put(out, message->spacing_ms, 2);
	}
	if (message->has_node)
		octets_put(out, message->node, 8);
	if (message->has_period)
		octets_put(out, message->period, 2);
}

static void put_block_response(const struct ota_message *message, struct octets_out *out)
{
	octets_put(out, message->status, 1);
	if (message->status == ZCL_WAIT_FOR_DATA) {
		octets_put(out, message->now, 4);
		octets_put(out, message->then, 4);
		octets_put(out, message->period, 2);
	} else if (message->status == ZCL_SUCCESS) {
		put_image(message, out);
		octets_put(out, message->offset, 4);
		octets_put(out, message->data_size, 1);
		octets_put_bytes(out, message->data, message->data_size);
	}
}

static void put_notify(const struct ota_message *message, struct octets_out *out)
{
	octets_put(out, message->notify, 1);
	octets_put(out, message->jitter, 1);
	if (message->notify >= OTA_NOTIFY_MANUFACTURER)
		octets_put(out, message->manufacturer, 2);
	if (message->notify >= OTA_NOTIFY_TYPE)
		octets_put(out, message->type, 2);
	if (message->notify >= OTA_NOTIFY_VERSION)
		octets_put(out, message->version, 4);
}

void ota_put(const struct ota_message *message, struct octets_out *out)
{
	switch (message->command) {
	case OTA_IMAGE_NOTIFY:
		put_notify(message, out);
		break;
	case OTA_QUERY_NEXT_REQUEST:
		octets_put(out, message->has_hardware ? HAS_HARDWARE : 0U, 1);
		put_image(message, out);
		if (message->has_hardware)
			octets_put(out, message->hardware, 2);
		break;
	case OTA_QUERY_NEXT_RESPONSE:
		octets_put(out, message->status, 1);
		if (message->status != ZCL_SUCCESS)
			break;
		put_image(message, out);
		octets_put(out, message->size, 4);
		break;
	case OTA_BLOCK_REQUEST:
	case OTA_PAGE_REQUEST:
		put_block_request(message, out);
		break;
	case OTA_BLOCK_RESPONSE:
		put_block_response(message, out);
		break;
	case OTA_END_REQUEST:
		octets_put(out, message->status, 1);
		if (message->status == ZCL_SUCCESS || message->has_image)
			put_image(message, out);
		break;
	case OTA_END_RESPONSE:
		put_image(message, out);
		octets_put(out, message->now, 4);
		octets_put(out, message->then, 4);
		break;
	case OTA_SPECIFIC_FILE_REQUEST:
	case OTA_SPECIFIC_FILE_RESPONSE:
	case OTA_COMMAND_COUNT:
		assert(false); /* nobody sends these */
	}
}

size_t ota_put_frame(const struct ota_message *message, uint8_t sequence, uint8_t bytes[ZCL_FRAME_MAX])
{
	bool server = ota_is_of_server(message->command);
	const struct zcl_header header = {.type = ZCL_CLUSTER_SPECIFIC, .from_server = server,
					  .no_default_response = server && message->command != OTA_IMAGE_NOTIFY,
					  .sequence = sequence, .command = (uint8_t)message->command};
	struct octets_out out = octets_out(bytes, ZCL_FRAME_MAX);

	zcl_put_header(&header, &out);
	ota_put(message, &out);
	assert(!out.full);
	return out.at;
}
