/*
 * Any bytes and any time as what a dongle does: the host's machine asks one thing at a time, every message that was taken is told of
 * once, and a deadline that has passed is not there any more afterwards.
 */

#include "drivers/zigbee/znp.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int64_t waiting;

static void take_notices(struct znp *znp)
{
	struct znp_notice notice;

	while (znp_take(znp, &notice)) {
		waiting -= notice.kind == ZNP_SENT;
		assert(notice.size <= ZCL_FRAME_MAX);
	}
	assert(waiting >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct znp_settings settings = {.network = {.pan = 1, .channels = 1U << 15}, .endpoint_count = 1, .endpoints = {{1, 0x0109}},
						     .reset_by_lines = true};
	struct znp *znp = malloc(sizeof *znp);
	int64_t now_ns = 0;
	int i;

	assert(znp);
	znp_init(znp, &settings);
	for (i = 1; i < 4; i++)
		assert(znp_add_node(znp, (uint64_t)i));
	waiting = 0;
	while (size >= 2) {
		size_t length = bytes[1] < size - 2 ? bytes[1] : size - 2;

		now_ns += (bytes[0] & 0x0F) * (NS_PER_S / 2);
		switch (bytes[0] >> 4) {
		case 0:
			znp_opened(znp, now_ns);
			break;
		case 1:
			znp_lost(znp, now_ns);
			break;
		case 2:
			waiting += znp_send(znp, now_ns, &(struct znp_message){.node = bytes[1] % 5, .from_endpoint = 1, .answers = bytes[0] & 1});
			length = 0;
			break;
		case 3:
			znp_permit_join(znp, now_ns, bytes[1] % 255);
			length = 0;
			break;
		case 4:
			znp_match(znp, now_ns, bytes[1] % 5, 0x0109);
			length = 0;
			break;
		default:
			znp_heard(znp, now_ns, bytes + 2, length);
			break;
		}
		take_notices(znp);
		znp_sent_bytes(znp, znp->unsent_size);
		for (i = 0; znp_deadline(znp) <= now_ns; i++) {
			assert(i < 100);
			znp_tick(znp, now_ns);
			take_notices(znp);
			znp_sent_bytes(znp, znp->unsent_size);
		}
		bytes += 2 + length;
		size -= 2 + length;
	}
	znp_lost(znp, now_ns);
	take_notices(znp);
	assert(waiting == 0);
	free(znp);
	return 0;
}
