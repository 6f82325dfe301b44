/*
 * Any bytes from a host to the simulated dongle, in any pieces and at any times, with devices behind it that go, come and move: it says
 * whole frames only, never more than it has room for, and time goes on.
 */

#include "drivers/sim/face/znp_face.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct znp_face face;
static uint8_t memories[3][2048];

static void hear(void *self, const void *bytes, size_t size)
{
	struct mt_frame frame;
	size_t used;

	(void)self;
	assert(mt_get(&frame, bytes, size, &used) == MT_DONE && used == size);
	assert(frame.type == MT_SRSP || frame.type == MT_AREQ);
}

static void begin(bool old)
{
	static const struct znp_face_settings settings = {.product = ZNP_3_X_0, .ieee = 0x124B0012345678, .seed = 1, .form_ns = NS_PER_S};
	static const uint8_t key[16];
	struct znp_face_settings these = settings;
	struct znp_device_settings device = {
		.manufacturer = 0xAB01, .maker = "Maker", .model = "Meter", .router = true, .endpoint_count = 1,
		.endpoints = {{.endpoint = 10, .profile = 0x0109, .in_count = 2, .in = {0x0000, 0x0702}, .out_count = 1, .out = {0x0019}}},
		.has_ota = true, .ota_endpoint = 10, .ota_profile = 0x0109, .joined = true, .boots_itself = true,
		.latency_ns = {NS_PER_MS, 9 * NS_PER_MS}, .loss_to_ppm = 100000, .loss_from_ppm = 100000,
		.ota = {.manufacturer = 0xAB01, .type = 0x010A, .turnaround_ns = 5 * NS_PER_MS, .verify_ns = NS_PER_S}};
	int i;

	these.product = old ? ZNP_1_2 : ZNP_3_X_0;
	znp_face_init(&face, &these, 0);
	face.say = hear;
	znp_face_formed(&face, 0x1A62, 0xDDDDDDDDDDDDDDDD, 15, key);
	for (i = 0; i < 3; i++) {
		device.ieee = 0xA00 + (unsigned)i;
		device.address = (uint16_t)(0x1001 + i);
		device.sleepy = i == 1;
		device.poll_ns = 5 * NS_PER_S;
		device.hops = i == 2 ? 3 : 0;
		device.ota.page_size = i == 2 ? 256 : 0;
		device.memory = memories[i];
		device.memory_size = sizeof memories[i];
		(void)znp_face_add(&face, &device, 0);
	}
	znp_face_step(&face, NS_PER_S, NULL, 0);
}

static void happen(uint8_t what, int64_t t_ns)
{
	int device = what % 3;

	switch (what / 3 % 8) {
	case 1:
		znp_face_power(&face, t_ns, device, false, 1);
		break;
	case 2:
		znp_face_power(&face, t_ns, device, true, 2);
		break;
	case 3:
		znp_face_move(&face, t_ns, device);
		break;
	case 4:
		znp_face_reset(&face, t_ns);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int64_t t_ns = NS_PER_S;

	if (size == 0)
		return 0;
	begin(bytes[0] & 1);
	bytes++;
	size--;
	while (size >= 3) { /* what happens, after how long, length, bytes */
		size_t length = bytes[2] < size - 3 ? bytes[2] : size - 3;

		t_ns += bytes[1] * (NS_PER_S / 20);
		happen(bytes[0], t_ns);
		znp_face_step(&face, t_ns, bytes + 3, length);
		assert(znp_face_next(&face) >= t_ns && face.event_count <= ZNP_EVENTS_MAX);
		bytes += 3 + length;
		size -= 3 + length;
	}
	znp_face_step(&face, t_ns + 3600 * NS_PER_S, NULL, 0);
	return 0;
}
