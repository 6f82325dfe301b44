/*
 * Frames of the Monitor and Test API and of the OTA cluster as lines of text, for comparing with another program's codec:
 *
 *   frames make SEED COUNT     frames that drivers/zigbee writes, each with the fields that it was made of
 *   frames show                reads "unpi HEX" and "ota HEX" and shows what drivers/zigbee reads in them
 *
 * A line is: kind, bytes in hex, fields. Fields have zigbee-herdsman's names; a program that reads the same writes the same line.
 */

#include "drivers/sim/plant/draw.h"
#include "drivers/zigbee/mt.h"
#include "drivers/zigbee/zcl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The other side takes the highest value of a ZCL number for "none", and refuses image types that are not a manufacturer's own. */
#define MOST_16 (UINT16_MAX - 1)
#define MOST_32 (UINT32_MAX - 1)
#define OWN_TYPE_MOST 0xFFBF

static struct draw draw;

static uint64_t drawn(uint64_t least, uint64_t most)
{
	return (uint64_t)draw_between(&draw, (struct draw_range){(int64_t)least, (int64_t)most});
}

static void print_hex(const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		printf("%02x", bytes[i]);
	if (size == 0)
		putchar('-');
}

/* ---- What frames say ---- */

static void show_unpi(const struct mt_frame *frame)
{
	printf(" %d %d %d ", frame->type, frame->subsystem, frame->command);
	print_hex(frame->data, frame->size);
	putchar('\n');
}

static void show_image(const struct ota_message *message)
{
	printf(" manufacturerCode=%u imageType=%u fileVersion=%" PRIu32, message->manufacturer, message->type, message->version);
}

static void show_request(const struct ota_message *message)
{
	printf(" fieldControl=%d", (message->has_node ? 1 : 0) | (message->has_period ? 2 : 0));
	show_image(message);
	printf(" fileOffset=%" PRIu32 " maximumDataSize=%u", message->offset, message->most);
	if (message->command == OTA_PAGE_REQUEST)
		printf(" pageSize=%u responseSpacing=%u", message->page_size, message->spacing_ms);
	if (message->has_node)
		printf(" requestNodeIeeeAddress=0x%016" PRIx64, message->node);
	if (message->has_period)
		printf(" minimumBlockPeriod=%u", message->period);
}

static void show_block(const struct ota_message *message)
{
	printf(" status=%u", message->status);
	if (message->status == ZCL_WAIT_FOR_DATA)
		printf(" currentTime=%" PRIu32 " requestTime=%" PRIu32 " minimumBlockPeriod=%u", message->now, message->then, message->period);
	if (message->status != ZCL_SUCCESS)
		return;
	show_image(message);
	printf(" fileOffset=%" PRIu32 " dataSize=%u data=", message->offset, message->data_size);
	print_hex(message->data, message->data_size);
}

static void show_notify(const struct ota_message *message)
{
	printf(" payloadType=%d queryJitter=%u", (int)message->notify, message->jitter);
	if (message->notify >= OTA_NOTIFY_MANUFACTURER)
		printf(" manufacturerCode=%u", message->manufacturer);
	if (message->notify >= OTA_NOTIFY_TYPE)
		printf(" imageType=%u", message->type);
	if (message->notify >= OTA_NOTIFY_VERSION)
		printf(" fileVersion=%" PRIu32, message->version);
}

static void show_ota(uint8_t sequence, const struct ota_message *message)
{
	printf(" %u %d", sequence, (int)message->command);
	switch (message->command) {
	case OTA_IMAGE_NOTIFY:
		show_notify(message);
		break;
	case OTA_QUERY_NEXT_REQUEST:
		printf(" fieldControl=%d", message->has_hardware);
		show_image(message);
		if (message->has_hardware)
			printf(" hardwareVersion=%u", message->hardware);
		break;
	case OTA_QUERY_NEXT_RESPONSE:
		printf(" status=%u", message->status);
		if (message->status != ZCL_SUCCESS)
			break;
		show_image(message);
		printf(" imageSize=%" PRIu32, message->size);
		break;
	case OTA_BLOCK_REQUEST:
	case OTA_PAGE_REQUEST:
		show_request(message);
		break;
	case OTA_BLOCK_RESPONSE:
		show_block(message);
		break;
	case OTA_END_REQUEST:
		printf(" status=%u", message->status);
		show_image(message);
		break;
	case OTA_END_RESPONSE:
		show_image(message);
		printf(" currentTime=%" PRIu32 " upgradeTime=%" PRIu32, message->now, message->then);
		break;
	case OTA_SPECIFIC_FILE_REQUEST:
	case OTA_SPECIFIC_FILE_RESPONSE:
	case OTA_COMMAND_COUNT:
		break;
	}
	putchar('\n');
}

/* ---- Made ---- */

static void make_unpi(void)
{
	static const uint8_t subsystems[] = {MT_SYS, MT_AF, MT_ZDO, MT_SAPI, MT_UTIL, MT_APP_CNF};
	struct mt_frame frame = {.type = (uint8_t)drawn(MT_SREQ, MT_SRSP), .subsystem = subsystems[drawn(0, sizeof subsystems - 1)],
				 .command = (uint8_t)drawn(0, UINT8_MAX), .size = (uint8_t)drawn(0, MT_DATA_MAX)};
	uint8_t bytes[MT_FRAME_MAX];
	size_t i;

	for (i = 0; i < frame.size; i++)
		frame.data[i] = (uint8_t)(drawn(0, 9) == 0 ? MT_SOF : drawn(0, UINT8_MAX));
	printf("unpi ");
	print_hex(bytes, mt_put(&frame, bytes));
	show_unpi(&frame);
}

static void make_ota(void)
{
	static const uint8_t statuses[] = {ZCL_SUCCESS, ZCL_SUCCESS, ZCL_WAIT_FOR_DATA, ZCL_ABORT}, others[] = {ZCL_SUCCESS, ZCL_NO_IMAGE_AVAILABLE};
	uint8_t data[64], bytes[ZCL_FRAME_MAX], sequence = (uint8_t)drawn(0, UINT8_MAX);
	struct ota_message message = {
		.command = (enum ota_command)drawn(OTA_IMAGE_NOTIFY, OTA_END_RESPONSE), .manufacturer = (uint16_t)drawn(0, MOST_16),
		.type = (uint16_t)drawn(0, OWN_TYPE_MOST), .version = (uint32_t)drawn(0, MOST_32), .size = (uint32_t)drawn(0, MOST_32),
		.offset = (uint32_t)drawn(0, MOST_32), .most = (uint8_t)drawn(0, UINT8_MAX - 1), .has_image = true, .has_node = drawn(0, 1),
		.node = draw_bits(&draw), .has_hardware = drawn(0, 1), .hardware = (uint16_t)drawn(0, MOST_16),
		.page_size = (uint16_t)drawn(0, MOST_16), .spacing_ms = (uint16_t)drawn(0, MOST_16),
		.period = (uint16_t)drawn(0, MOST_16), .now = (uint32_t)drawn(0, MOST_32), .then = (uint32_t)drawn(0, MOST_32),
		.notify = (enum ota_notify)drawn(OTA_NOTIFY_JITTER, OTA_NOTIFY_VERSION), .jitter = (uint8_t)drawn(1, 100),
		.data = data, .data_size = (uint8_t)drawn(0, sizeof data), .status = statuses[drawn(0, sizeof statuses - 1)]};
	size_t i;

	for (i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)drawn(0, UINT8_MAX);
	if (message.command == OTA_QUERY_NEXT_RESPONSE)
		message.status = others[drawn(0, 1)];
	message.has_period = message.command == OTA_BLOCK_REQUEST && drawn(0, 1);
	printf("ota ");
	print_hex(bytes, ota_put_frame(&message, sequence, bytes));
	show_ota(sequence, &message);
}

/* ---- Read ---- */

static size_t read_hex(const char *text, uint8_t *bytes, size_t most)
{
	size_t size = 0;
	unsigned byte;

	while (size < most && sscanf(text + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

static bool show(const char *kind, const uint8_t *bytes, size_t size)
{
	struct octets_in in = octets_in(bytes, size);
	struct ota_message message;
	struct zcl_header header;
	struct mt_frame frame;
	size_t used;

	if (kind[0] == 'u') {
		if (mt_get(&frame, bytes, size, &used) != MT_DONE || used != size)
			return false;
		show_unpi(&frame);
		return true;
	}
	if (!zcl_get_header(&header, &in) || header.type != ZCL_CLUSTER_SPECIFIC || !ota_get(&message, header.command, &in))
		return false;
	if (header.from_server != ota_is_of_server(message.command) || octets_left(&in) > 0)
		return false;
	show_ota(header.sequence, &message);
	return true;
}

int main(int argc, char **argv)
{
	char kind[8], hex[521];
	uint8_t bytes[MT_FRAME_MAX];
	int i;

	if (argc == 4) {
		draw_init(&draw, strtoull(argv[2], NULL, 10));
		for (i = 0; i < atoi(argv[3]); i++)
			i % 2 == 0 ? make_unpi() : make_ota();
		return 0;
	}
	while (scanf("%7s %520s", kind, hex) == 2) {
		printf("%s %s", kind, hex);
		if (!show(kind, bytes, read_hex(hex, bytes, sizeof bytes)))
			printf(" cannot be read\n");
	}
	return 0;
}
