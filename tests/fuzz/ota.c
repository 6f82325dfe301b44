/*
 * Any bytes as what devices send to the OTA server, one frame after the other: every answer is a frame that can be read again, a block
 * is the image's, and what a device sends is never answered in another's name.
 */

#include "drivers/zigbee/ota_server.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t image[777];

static void check(const struct ota_answer *answer)
{
	struct octets_in in = octets_in(answer->bytes, answer->size);
	struct ota_message message;
	struct zcl_header header;

	assert(answer->size <= ZCL_FRAME_MAX && zcl_get_header(&header, &in) && header.from_server);
	if (header.type == ZCL_GENERAL)
		return;
	assert(ota_get(&message, header.command, &in));
	if (message.command == OTA_BLOCK_RESPONSE && message.status == ZCL_SUCCESS)
		assert(message.data_size > 0 && message.offset + message.data_size <= sizeof image &&
		       memcmp(message.data, image + message.offset, message.data_size) == 0 && message.offset == answer->offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct ota_offer offer = {image, sizeof image, 0xAB01, 0x010A, 0x00020130, true, 1, 9};
	static struct ota_server server;
	struct ota_answer answer;
	struct ota_told told;
	int64_t now_ns = 0;
	size_t i;

	for (i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 5 + 3);
	ota_server_init(&server, 1);
	for (i = 0; i < 3; i++)
		ota_server_offer(&server, ota_server_add(&server, i, 63), &offer, i == 2);
	while (size >= 3) { /* device, time, length, frame */
		int device = bytes[0] % 4 - 1;
		size_t length = bytes[2] < size - 3 ? bytes[2] : size - 3;

		now_ns += bytes[1] * (NS_PER_S / 4);
		ota_server_take(&server, now_ns, device, 1, bytes + 3, length, &answer, &told);
		assert(answer.device == device);
		if (answer.size > 0)
			check(&answer);
		if (answer.size > 0 && device >= 0)
			ota_server_sent(&server, device, answer.offset, bytes[1] & 1);
		for (i = 0; i < 30 && ota_server_due(&server, now_ns, &answer, &told); i++)
			check(&answer);
		if (device >= 0 && (bytes[1] & 0x40))
			(void)ota_server_release(&server, device, 1, 1, &answer);
		bytes += 3 + length;
		size -= 3 + length;
	}
	return 0;
}
