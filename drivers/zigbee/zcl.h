#ifndef HILRIG_DRIVERS_ZIGBEE_ZCL_H
#define HILRIG_DRIVERS_ZIGBEE_ZCL_H

/*
 * Frames of the ZigBee Cluster Library: the header of every one, Default Response and Read Attributes, and the commands of the OTA
 * Upgrade cluster 0x0019 (ZCL chapter 11; layouts in shared/facts/ota.md 3.2), in both directions: a server answers with them, and
 * a simulated device asks. `get` takes a whole frame, as APS delivers it; false: it is cut short or not what it says. What stands
 * behind a frame's last field is passed over, and optional fields whose bits are set but whose bytes are missing count as absent:
 * devices send both.
 */

#include "drivers/zigbee/octets.h"

#define ZCL_FRAME_MAX 250             /* more than any that crosses unfragmented; what a dongle's frame can carry */
#define ZCL_CLUSTER_BASIC 0x0000
#define ZCL_CLUSTER_OTA 0x0019

enum zcl_type { ZCL_GENERAL, ZCL_CLUSTER_SPECIFIC };

/* Of general frames. */
enum { ZCL_READ_ATTRIBUTES = 0x00, ZCL_READ_ATTRIBUTES_RESPONSE = 0x01, ZCL_REPORT_ATTRIBUTES = 0x0A, ZCL_DEFAULT_RESPONSE = 0x0B };

enum zcl_status {
	ZCL_SUCCESS = 0x00, ZCL_FAILURE = 0x01, ZCL_NOT_AUTHORIZED = 0x7E, ZCL_MALFORMED_COMMAND = 0x80, ZCL_UNSUP_CLUSTER_COMMAND = 0x81,
	ZCL_UNSUPPORTED_ATTRIBUTE = 0x86, ZCL_INVALID_VALUE = 0x87, ZCL_ABORT = 0x95, ZCL_INVALID_IMAGE = 0x96, ZCL_WAIT_FOR_DATA = 0x97,
	ZCL_NO_IMAGE_AVAILABLE = 0x98, ZCL_REQUIRE_MORE_IMAGE = 0x99
};

/* "ABORT", "INVALID_IMAGE", ...; "a status" for any other. */
const char *zcl_status_name(uint8_t status);

struct zcl_header {
	enum zcl_type type;
	bool from_server;                 /* direction bit */
	bool no_default_response;
	bool has_manufacturer;
	uint16_t manufacturer;            /* of a manufacturer's own command */
	uint8_t sequence;
	uint8_t command;
};

bool zcl_get_header(struct zcl_header *header, struct octets_in *in);
void zcl_put_header(const struct zcl_header *header, struct octets_out *out);

/* A Default Response to `to`: the same sequence number, the other direction, and no answer wanted. */
void zcl_put_default_response(const struct zcl_header *to, uint8_t status, struct octets_out *out);

/* ---- The OTA Upgrade cluster ---- */

#define OTA_ANY_MANUFACTURER 0xFFFF
#define OTA_ANY_TYPE 0xFFFF
#define OTA_ANY_VERSION UINT32_C(0xFFFFFFFF)
#define OTA_WAIT_FOR_EVER UINT32_C(0xFFFFFFFF) /* an Upgrade End Response's time: until another one comes */

enum ota_command {
	OTA_IMAGE_NOTIFY = 0x00, OTA_QUERY_NEXT_REQUEST = 0x01, OTA_QUERY_NEXT_RESPONSE = 0x02, OTA_BLOCK_REQUEST = 0x03, OTA_PAGE_REQUEST = 0x04,
	OTA_BLOCK_RESPONSE = 0x05, OTA_END_REQUEST = 0x06, OTA_END_RESPONSE = 0x07, OTA_SPECIFIC_FILE_REQUEST = 0x08,
	OTA_SPECIFIC_FILE_RESPONSE = 0x09, OTA_COMMAND_COUNT
};

/* What an Image Notify names beside its jitter. */
enum ota_notify { OTA_NOTIFY_JITTER, OTA_NOTIFY_MANUFACTURER, OTA_NOTIFY_TYPE, OTA_NOTIFY_VERSION };

/* Which fields count depends on the command; the others are zero. */
struct ota_message {
	enum ota_command command;
	uint8_t status;                  /* responses; END_REQUEST */
	uint16_t manufacturer, type;
	uint32_t version;                /* QUERY_NEXT_REQUEST: what runs now */
	bool has_image;                  /* manufacturer, type, version were there: an END_REQUEST that failed may leave them out */
	bool has_hardware;
	uint16_t hardware;               /* QUERY_NEXT_REQUEST */
	uint32_t size;                   /* QUERY_NEXT_RESPONSE: of the image with its header */
	uint32_t offset;                 /* blocks and pages */
	uint8_t most;                    /* BLOCK_REQUEST, PAGE_REQUEST: longest data that the device takes at once */
	bool has_node;
	uint64_t node;                   /* its EUI-64 */
	bool has_period;
	uint16_t period;                 /* BLOCK_REQUEST: what it has for MinimumBlockPeriod. BLOCK_RESPONSE, WAIT_FOR_DATA: what it is to have */
	uint16_t page_size, spacing_ms;  /* PAGE_REQUEST */
	uint8_t data_size;               /* BLOCK_RESPONSE */
	const uint8_t *data;             /* borrowed from the frame, or for it */
	uint32_t now, then;              /* BLOCK_RESPONSE, WAIT_FOR_DATA, and END_RESPONSE: current time, and when to ask or to upgrade; s */
	enum ota_notify notify;          /* IMAGE_NOTIFY */
	uint8_t jitter;
};

/* The payload behind a header of cluster 0x0019; the direction is checked by whoever has the header. */
bool ota_get(struct ota_message *message, uint8_t command, struct octets_in *in);
void ota_put(const struct ota_message *message, struct octets_out *out);

/* A whole frame. Commands of the server go out as ZCL wants it: with its direction, and no Default Response, but for an Image Notify. */
size_t ota_put_frame(const struct ota_message *message, uint8_t sequence, uint8_t bytes[ZCL_FRAME_MAX]);

bool ota_is_of_server(enum ota_command command);

#endif
