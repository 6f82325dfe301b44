/*
 * Frames of the ZigBee Cluster Library as a capture of IEEE 802.15.4, for a program that dissects captures:
 *
 *   capture make SEED COUNT FILE   frames that drivers/zigbee writes, each with a line of what it was made of
 *   capture cut SEED COUNT FILE    the same without the last byte of each
 *   capture log FILE               reads the raw log of a dongle, and captures each message to a device and from one that is in it; a
 *                                  line says what drivers/zigbee reads in it
 *
 * A line is what the other program is to show: fields as tshark names and prints them, in the order of its option -e in
 * tests/peers/tshark.sh, and only those that the frame has.
 */

#include "drivers/sim/plant/draw.h"
#include "drivers/zigbee/mt.h"
#include "drivers/zigbee/zcl.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LINK_TYPE 230                /* IEEE 802.15.4 without its check sum */
#define PAN 0x1A62
#define SMART_ENERGY 0x0109
#define ATTRIBUTE_FILE_VERSION 0x0002
#define FRAME_MAX (ZCL_FRAME_MAX + 64)
#define AF_DATA_REQUEST 0x2401       /* codes of mt_code */
#define AF_INCOMING 0x4481

static struct draw draw;
static FILE *file;
static int count;
static size_t cut;

static uint64_t drawn(uint64_t least, uint64_t most)
{
	return (uint64_t)draw_between(&draw, (struct draw_range){(int64_t)least, (int64_t)most});
}

/* ---- The capture ---- */

static void write_number(uint64_t value, size_t size)
{
	uint8_t bytes[8];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	octets_put(&out, value, size);
	if (fwrite(bytes, size, 1, file) != 1)
		exit(1);
}

static void begin_capture(const char *path)
{
	file = fopen(path, "wb");
	if (!file)
		exit(1);
	write_number(0xA1B2C3D4, 4);
	write_number(2, 2);
	write_number(4, 2);
	write_number(0, 8);
	write_number(FRAME_MAX, 4);
	write_number(LINK_TYPE, 4);
}

/* What stands in front of a ZCL frame on the air: MAC, network layer and APS, without security. */
static void put_route(struct octets_out *out, uint16_t from, uint16_t to)
{
	octets_put(out, 0x8841, 2);          /* data within a PAN, short addresses */
	octets_put(out, (uint64_t)count, 1);
	octets_put(out, PAN, 2);
	octets_put(out, to, 2);
	octets_put(out, from, 2);
	octets_put(out, 0x0008, 2);          /* data of ZigBee PRO */
	octets_put(out, to, 2);
	octets_put(out, from, 2);
	octets_put(out, 30, 1);
	octets_put(out, (uint64_t)count, 1);
	octets_put(out, 0x00, 1);            /* data to one endpoint */
	octets_put(out, 1, 1);
	octets_put(out, ZCL_CLUSTER_OTA, 2);
	octets_put(out, SMART_ENERGY, 2);
	octets_put(out, 1, 1);
	octets_put(out, (uint64_t)count, 1);
}

static void capture(const uint8_t *bytes, size_t size, bool of_server)
{
	uint8_t frame[FRAME_MAX];
	struct octets_out out = octets_out(frame, sizeof frame);

	put_route(&out, of_server ? 0x0000 : 0x1234, of_server ? 0x1234 : 0x0000);
	octets_put_bytes(&out, bytes, size - cut);
	assert(!out.full);
	write_number((uint64_t)count, 4);
	write_number(0, 4);
	write_number(out.at, 4);
	write_number(out.at, 4);
	if (fwrite(frame, out.at, 1, file) != 1)
		exit(1);
	count++;
}

/* ---- What it is to show ---- */

static void show_header(const struct zcl_header *header)
{
	printf("zcl.type=0x%02x zcl.dir=%d zcl.ddr=%d zcl.cmd.tsn=%u", header->type, header->from_server, header->no_default_response,
	       header->sequence);
}

static void show_image(const struct ota_message *message)
{
	printf(" ota.manufacturer_code=0x%04x ota.image.type=0x%04x ota.file.version=0x%08" PRIx32, message->manufacturer, message->type,
	       message->version);
}

static void show_request(const struct ota_message *message)
{
	show_image(message);
	printf(" ota.file.offset=%" PRIu32 " ota.max_data_size=%u", message->offset, message->most);
	if (message->command == OTA_PAGE_REQUEST)
		printf(" ota.page.size=%u ota.rsp_spacing=0x%04x", message->page_size, message->spacing_ms);
	if (message->has_node)
		printf(" ota.ieee_addr=0x%016" PRIx64, message->node);
	if (message->has_period)
		printf(" ota.min_block_period=%u", message->period);
}

static void show_block(const struct ota_message *message)
{
	size_t i;

	printf(" ota.status=0x%02x", message->status);
	if (message->status == ZCL_WAIT_FOR_DATA)
		printf(" ota.current_time=%" PRIu32 " ota.request_time=%" PRIu32, message->now, message->then);
	if (message->status != ZCL_SUCCESS)
		return;
	show_image(message);
	printf(" ota.file.offset=%" PRIu32 " ota.data_size=%u", message->offset, message->data_size);
	for (i = 0; i < message->data_size; i++)
		printf("%s%02x", i == 0 ? " ota.image.data=" : "", message->data[i]);
}

static void show_notify(const struct ota_message *message)
{
	printf(" ota.payload.type=0x%02x ota.query_jitter=%u", message->notify, message->jitter);
	if (message->notify >= OTA_NOTIFY_MANUFACTURER)
		printf(" ota.manufacturer_code=0x%04x", message->manufacturer);
	if (message->notify >= OTA_NOTIFY_TYPE)
		printf(" ota.image.type=0x%04x", message->type);
	if (message->notify >= OTA_NOTIFY_VERSION)
		printf(" ota.file.version=0x%08" PRIx32, message->version);
}

static void show_ota(const struct zcl_header *header, const struct ota_message *message)
{
	show_header(header);
	printf(" ota.cmd.srv_%s.id=0x%02x", ota_is_of_server(message->command) ? "tx" : "rx", message->command);
	switch (message->command) {
	case OTA_IMAGE_NOTIFY:
		show_notify(message);
		break;
	case OTA_QUERY_NEXT_REQUEST:
		show_image(message);
		if (message->has_hardware)
			printf(" ota.hw_ver=0x%04x", message->hardware);
		break;
	case OTA_QUERY_NEXT_RESPONSE:
		printf(" ota.status=0x%02x", message->status);
		if (message->status != ZCL_SUCCESS)
			break;
		show_image(message);
		printf(" ota.image.size=%" PRIu32, message->size);
		break;
	case OTA_BLOCK_REQUEST:
	case OTA_PAGE_REQUEST:
		show_request(message);
		break;
	case OTA_BLOCK_RESPONSE:
		show_block(message);
		break;
	case OTA_END_REQUEST:
		printf(" ota.status=0x%02x", message->status);
		if (message->status == ZCL_SUCCESS || message->has_image)
			show_image(message);
		break;
	case OTA_END_RESPONSE:
		show_image(message);
		printf(" ota.current_time=%" PRIu32 " ota.upgrade_time=%" PRIu32, message->now, message->then);
		break;
	case OTA_SPECIFIC_FILE_REQUEST:
	case OTA_SPECIFIC_FILE_RESPONSE:
	case OTA_COMMAND_COUNT:
		break;
	}
	putchar('\n');
}

static void show_default(const struct zcl_header *header, uint8_t command, uint8_t status)
{
	show_header(header);
	printf(" zcl.cmd.id=0x%02x zcl.cmd.id.rsp=0x%02x zcl.attr.status=0x%02x\n", header->command, command, status);
}

static void show_read(const struct zcl_header *header, uint16_t attribute)
{
	show_header(header);
	printf(" zcl.cmd.id=0x%02x ota.attr_id=0x%04x\n", header->command, attribute);
}

/* The answer to it, of a simulated device: a version, or that there is none. */
static void show_read_response(const struct zcl_header *header, struct octets_in *in)
{
	uint16_t attribute = octets_get16(in);
	uint8_t status = octets_get8(in), type = status == ZCL_SUCCESS ? octets_get8(in) : 0;

	show_header(header);
	printf(" zcl.cmd.id=0x%02x zcl.attr.status=0x%02x", header->command, status);
	if (status == ZCL_SUCCESS)
		printf(" zcl.attr.data.type=0x%02x", type);
	printf(" ota.attr_id=0x%04x", attribute);
	if (status == ZCL_SUCCESS)
		printf(" ota.file.version=0x%08" PRIx32, octets_get32(in));
	putchar('\n');
}

/* ---- Made ---- */

/* An End Request without its image, which is a client's own affair, is malformed to tshark: none is made. */
static struct ota_message drawn_message(const uint8_t data[64])
{
	static const uint8_t statuses[] = {ZCL_SUCCESS, ZCL_SUCCESS, ZCL_WAIT_FOR_DATA, ZCL_ABORT}, queries[] = {ZCL_SUCCESS, ZCL_NO_IMAGE_AVAILABLE},
			     ends[] = {ZCL_SUCCESS, ZCL_ABORT, ZCL_INVALID_IMAGE, ZCL_REQUIRE_MORE_IMAGE};
	struct ota_message message = {
		.command = (enum ota_command)drawn(OTA_IMAGE_NOTIFY, OTA_END_RESPONSE), .manufacturer = (uint16_t)drawn(0, UINT16_MAX),
		.type = (uint16_t)drawn(0, UINT16_MAX), .version = (uint32_t)drawn(0, UINT32_MAX), .size = (uint32_t)drawn(0, UINT32_MAX),
		.offset = (uint32_t)drawn(0, UINT32_MAX), .most = (uint8_t)drawn(0, UINT8_MAX), .has_image = true, .has_node = drawn(0, 1),
		.node = draw_bits(&draw), .has_hardware = drawn(0, 1), .hardware = (uint16_t)drawn(0, UINT16_MAX),
		.page_size = (uint16_t)drawn(0, UINT16_MAX), .spacing_ms = (uint16_t)drawn(0, UINT16_MAX), .period = (uint16_t)drawn(0, UINT16_MAX),
		.now = (uint32_t)drawn(0, UINT32_MAX), .then = (uint32_t)drawn(0, UINT32_MAX),
		.notify = (enum ota_notify)drawn(OTA_NOTIFY_JITTER, OTA_NOTIFY_VERSION), .jitter = (uint8_t)drawn(1, 100),
		.data = data, .data_size = (uint8_t)drawn(1, 64)};

	message.has_period = message.command == OTA_BLOCK_REQUEST && drawn(0, 1);
	if (message.command == OTA_BLOCK_RESPONSE)
		message.status = statuses[drawn(0, sizeof statuses - 1)];
	else if (message.command == OTA_QUERY_NEXT_RESPONSE)
		message.status = queries[drawn(0, sizeof queries - 1)];
	else if (message.command == OTA_END_REQUEST)
		message.status = ends[drawn(0, sizeof ends - 1)];
	return message;
}

static void make_ota(uint8_t sequence)
{
	uint8_t data[64], bytes[ZCL_FRAME_MAX];
	struct ota_message message;
	bool server;
	size_t i;

	for (i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)drawn(0, UINT8_MAX);
	message = drawn_message(data);
	server = ota_is_of_server(message.command);
	capture(bytes, ota_put_frame(&message, sequence, bytes), server);
	show_ota(&(struct zcl_header){.type = ZCL_CLUSTER_SPECIFIC, .from_server = server,
				      .no_default_response = server && message.command != OTA_IMAGE_NOTIFY, .sequence = sequence},
		 &message);
}

static void make_default(uint8_t sequence)
{
	static const uint8_t statuses[] = {ZCL_SUCCESS, ZCL_FAILURE, ZCL_MALFORMED_COMMAND, ZCL_UNSUP_CLUSTER_COMMAND, ZCL_ABORT, ZCL_NO_IMAGE_AVAILABLE};
	const struct zcl_header to = {.type = ZCL_CLUSTER_SPECIFIC, .from_server = drawn(0, 1), .sequence = sequence,
				      .command = (uint8_t)drawn(0, OTA_COMMAND_COUNT - 1)};
	uint8_t bytes[ZCL_FRAME_MAX], status = statuses[drawn(0, sizeof statuses - 1)];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	zcl_put_default_response(&to, status, &out);
	capture(bytes, out.at, !to.from_server);
	show_default(&(struct zcl_header){.type = ZCL_GENERAL, .from_server = !to.from_server, .no_default_response = true, .sequence = sequence,
					  .command = ZCL_DEFAULT_RESPONSE},
		     to.command, status);
}

/* As the dongle asks for a version. */
static void make_read(uint8_t sequence)
{
	const struct zcl_header header = {.type = ZCL_GENERAL, .from_server = true, .no_default_response = true, .sequence = sequence,
					  .command = ZCL_READ_ATTRIBUTES};
	uint8_t bytes[ZCL_FRAME_MAX];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	zcl_put_header(&header, &out);
	octets_put(&out, ATTRIBUTE_FILE_VERSION, 2);
	capture(bytes, out.at, true);
	show_read(&header, ATTRIBUTE_FILE_VERSION);
}

static void make(int frames)
{
	while (count < frames) {
		uint8_t sequence = (uint8_t)drawn(0, UINT8_MAX);

		if (count % 10 == 8)
			make_default(sequence);
		else if (count % 10 == 9)
			make_read(sequence);
		else
			make_ota(sequence);
	}
}

/* ---- Of a dongle's raw log ---- */

static bool show_frame(const uint8_t *bytes, size_t size)
{
	struct octets_in in = octets_in(bytes, size);
	struct ota_message message;
	struct zcl_header header;

	if (!zcl_get_header(&header, &in))
		return false;
	if (header.type == ZCL_CLUSTER_SPECIFIC) {
		if (!ota_get(&message, header.command, &in))
			return false;
		show_ota(&header, &message);
	} else if (header.command == ZCL_DEFAULT_RESPONSE) {
		uint8_t command = octets_get8(&in);

		show_default(&header, command, octets_get8(&in));
	} else if (header.command == ZCL_READ_ATTRIBUTES) {
		show_read(&header, octets_get16(&in));
	} else if (header.command == ZCL_READ_ATTRIBUTES_RESPONSE) {
		show_read_response(&header, &in);
	} else {
		return false;
	}
	return !in.cut;
}

/* What stands in front of the message's length, and its cluster, differ with the direction (facts/ota.md 1.4). */
static void take_message(const struct mt_frame *frame)
{
	bool sent = mt_code(frame) == AF_DATA_REQUEST, incoming = mt_code(frame) == AF_INCOMING;
	size_t cluster_at = sent ? 4 : 2, size_at = sent ? 9 : 16, size;

	if (!(sent || incoming) || frame->size < size_at + 1 || (frame->data[cluster_at] | frame->data[cluster_at + 1] << 8) != ZCL_CLUSTER_OTA)
		return;
	size = frame->data[size_at];
	if (size_at + 1 + size > frame->size)
		exit(1);
	capture(frame->data + size_at + 1, size, sent);
	if (!show_frame(frame->data + size_at + 1, size))
		printf("cannot be read\n");
}

static size_t read_hex(const char *text, uint8_t *bytes, size_t most)
{
	size_t size = 0;
	unsigned byte;

	while (size < most && sscanf(text + 2 * size, "%2x", &byte) == 1)
		bytes[size++] = (uint8_t)byte;
	return size;
}

static void take_log(void)
{
	static struct mt_reader readers[2];
	char line[8192], direction;
	uint8_t bytes[4096];
	struct mt_frame frame;
	int64_t t_ns;
	int at;

	while (fgets(line, sizeof line, stdin)) {
		struct mt_reader *reader;
		size_t size, taken = 0;

		if (sscanf(line, "%" SCNd64 " %c %n", &t_ns, &direction, &at) != 2)
			continue;
		reader = &readers[direction == '>'];
		size = read_hex(line + at, bytes, sizeof bytes);
		while (taken < size) {
			taken += mt_reader_add(reader, t_ns, bytes + taken, size - taken);
			while (mt_reader_take(reader, t_ns, &frame))
				take_message(&frame);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc == 5) {
		cut = argv[1][0] == 'c';
		draw_init(&draw, strtoull(argv[2], NULL, 10));
		begin_capture(argv[4]);
		make(atoi(argv[3]));
	} else {
		begin_capture(argv[2]);
		take_log();
	}
	return fclose(file) == 0 ? 0 : 1;
}
