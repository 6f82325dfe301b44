/* Any bytes as a request at a run's control socket, and as a line of its answer to whoever works it by hand. */

#include "rig/dashboard/hand.h"
#include "rig/run/control_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void as_request(const uint8_t *bytes, size_t size)
{
	struct control_request first, second;
	char packet[CONTROL_PACKET_MAX], why[FREE_TEXT_SIZE] = "";
	size_t length;

	if (!control_request_read(&first, (const char *)bytes, size, why)) {
		must(why[0], "refused without a reason");
		return;
	}
	length = control_request_put(&first, packet);
	must(length == size && memcmp(packet, bytes, size) == 0, "written again it is another one");
	must(control_request_read(&second, packet, length, why) && memcmp(&first, &second, sizeof first) == 0, "read again it is another one");
}

static void as_answer(const uint8_t *bytes, size_t size)
{
	static struct hand hand;
	char line[512];

	(void)snprintf(line, sizeof line, "%.*s", (int)size, (const char *)bytes);
	hand_open(&hand, "S01");
	hand_add(&hand, line);
	must(hand.count <= 1 && (hand.count == 0) == (hand_selected(&hand) == NULL), "more than it was told");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size <= CONTROL_PACKET_MAX)
		as_request(bytes, size);
	as_answer(bytes, size);
	return 0;
}
