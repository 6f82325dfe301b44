/* Bytes and time in, requests to those who answer them; power, resets and devices. */

#include "drivers/sim/face/znp_private.h"

#define RESET_NS (500 * NS_PER_MS)
#define BOOT_LOADER_GO 0xEF
#define SYS_RESET 0x00
#define SYS_RESET_IND 0x80
#define RESET_SOFT 1
#define ADDRESS_MOST 0xFFF7

enum { REASON_POWER_UP, REASON_EXTERNAL, REASON_WATCHDOG };
enum { ERROR_SUBSYSTEM = 1, ERROR_COMMAND = 2, ERROR_LENGTH = 4 };

/* ---- Life ---- */

static void run_after(struct znp_face *face, int64_t t_ns, uint8_t reason)
{
	struct znp_event *event = znp_event_add(face, t_ns + (face->settings.reset_ns > 0 ? face->settings.reset_ns : RESET_NS), ZNP_RUNS, -1);

	if (event)
		event->status = reason;
}

static void stop(struct znp_face *face)
{
	znp_event_forget(face, false);
	face->runs = face->waits_in_boot_loader = false;
	face->faults.hangs = face->faults.hangs_hard = false;
	face->all_callbacks = false;
	face->channels = 0;
	face->node.endpoint_count = 0;
	face->network.state = ZNP_STATE_HOLD;
	face->counts.resets++;
}

void znp_face_reset(struct znp_face *face, int64_t t_ns)
{
	stop(face);
	face->reader.size = 0;
	face->busy_ns = t_ns;
	if (face->settings.boot_loader)
		face->waits_in_boot_loader = true;
	else
		run_after(face, t_ns, REASON_POWER_UP);
}

void znp_face_init(struct znp_face *face, const struct znp_face_settings *settings, int64_t t_ns)
{
	memset(face, 0, sizeof *face);
	face->settings = *settings;
	face->now_ns = t_ns;
	draw_init(&face->draw, settings->seed);
	face->node = (struct zdo_node){.ieee = settings->ieee, .type = ZDO_COORDINATOR, .capability = 0x8F, .endpoints = face->endpoints};
	znp_network_factory(face);
	znp_face_reset(face, t_ns);
	face->counts.resets = 0;
}

static void run(struct znp_face *face, const struct znp_event *event)
{
	const uint8_t bytes[] = {event->status, 2, (uint8_t)face->settings.product, 2, face->settings.product == ZNP_3_X_0 ? 7 : 6, 1};

	znp_network_clear(face);
	face->runs = true;
	znp_tell_host(face, event->t_ns, MT_AREQ, MT_SYS, SYS_RESET_IND, bytes, sizeof bytes);
}

/* ---- Devices ---- */

static bool is_taken(const struct znp_face *face, uint16_t address)
{
	int i;

	for (i = 0; i < face->device_count; i++)
		if (face->devices[i].node.address == address)
			return true;
	return false;
}

static uint16_t draw_address(struct znp_face *face)
{
	uint16_t address;

	do {
		address = (uint16_t)draw_between(&face->draw, (struct draw_range){1, ADDRESS_MOST});
	} while (is_taken(face, address));
	return address;
}

static void boot_after(struct znp_face *face, int64_t t_ns, int index)
{
	znp_device_off(&face->devices[index]);
	(void)znp_event_add(face, t_ns + face->devices[index].settings.boot_ns, ZNP_BOOTS, index);
}

static void take_client_event(void *self, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good)
{
	struct znp_face *face = ((struct znp_teller *)self)->face;
	int index = ((struct znp_teller *)self)->device;
	struct znp_device *device = &face->devices[index];

	if (event == OTA_CLIENT_NEW_ADDRESS)
		znp_face_move(face, t_ns, index);
	if (event == OTA_CLIENT_ACTIVATES && device->settings.boots_itself) {
		if (good)
			device->version = version;
		boot_after(face, t_ns, index);
	}
	if (face->tell)
		face->tell(face->self, index, t_ns, event, version, good);
}

int znp_face_add(struct znp_face *face, const struct znp_device_settings *settings, int64_t t_ns)
{
	int index = face->device_count;
	struct znp_device *device = &face->devices[index];

	if (index == ZNP_DEVICES_MAX)
		return -1;
	znp_device_init(device, settings, draw_bits(&face->draw));
	if (device->node.address == 0)
		device->node.address = draw_address(face);
	face->device_count++;
	face->tellers[index] = (struct znp_teller){face, index};
	device->client.tell = take_client_event;
	device->client.self = &face->tellers[index];
	if (device->joined)
		znp_device_boot(device, t_ns);
	return index;
}

/* One that has no network yet looks for one that may be joined. */
static void boot(struct znp_face *face, int64_t t_ns, int index)
{
	znp_device_boot(&face->devices[index], t_ns);
	if (!face->devices[index].joined && face->network.permit_until_ns > t_ns)
		(void)znp_event_add(face, t_ns + face->devices[index].settings.join_ns, ZNP_JOINS, index);
	znp_network_announces(face, t_ns, index);
}

void znp_face_power(struct znp_face *face, int64_t t_ns, int index, bool on, uint32_t version)
{
	face->devices[index].version = version;
	if (on)
		(void)znp_event_add(face, t_ns, ZNP_BOOTS, index);
	else
		znp_device_off(&face->devices[index]);
}

void znp_face_move(struct znp_face *face, int64_t t_ns, int index)
{
	face->devices[index].node.address = draw_address(face);
	(void)znp_event_add(face, t_ns, ZNP_ANNOUNCES, index);
}

void znp_face_leave(struct znp_face *face, int64_t t_ns, int index, int64_t for_ns)
{
	znp_network_leaves(face, t_ns, index);
	face->devices[index].node.address = draw_address(face);
	(void)znp_event_add(face, t_ns + for_ns, ZNP_REJOINS, index);
}

void znp_face_forget(struct znp_face *face, int64_t t_ns)
{
	znp_network_factory(face);
	znp_face_reset(face, t_ns);
}

/* With the key that it has: nobody need permit it. What it was sent in the meantime it did not get. */
static void rejoin(struct znp_face *face, const struct znp_event *event)
{
	struct znp_device *device = &face->devices[event->device];

	if (device->joined)
		return;
	device->joined = true;
	if (!device->on)
		return;
	znp_device_boot(device, event->t_ns);
	znp_network_announces(face, event->t_ns, event->device);
}

/* ---- Requests ---- */

static bool answers(struct znp_face *face, uint8_t subsystem, struct znp_request *request, uint8_t *problem)
{
	*problem = ERROR_COMMAND;
	switch (subsystem) {
	case MT_SYS:
		return znp_system_take(face, request);
	case MT_AF:
		return znp_af_take(face, request);
	case MT_ZDO:
		return znp_zdo_take(face, request);
	case MT_UTIL:
		return znp_utility_take(face, request);
	case MT_SAPI:
		return znp_simple_take(face, request);
	case MT_APP_CNF:
		if (face->settings.product == ZNP_3_X_0)
			return znp_commission_take(face, request);
		break;
	default:
		break;
	}
	*problem = ERROR_SUBSYSTEM;
	return false;
}

static void take_request(struct znp_face *face, int64_t t_ns, const struct mt_frame *frame)
{
	uint8_t bytes[MT_DATA_MAX], problem;
	struct znp_request request = {.command = frame->command, .in = octets_in(frame->data, frame->size),
				      .answer = octets_out(bytes, sizeof bytes)};
	bool known;

	if (t_ns < face->busy_ns)
		t_ns = face->busy_ns;
	request.t_ns = face->busy_ns = t_ns + draw_between(&face->draw, face->settings.answer_ns);
	face->counts.requests++;
	known = answers(face, frame->subsystem, &request, &problem);
	if (znp_is_hit(face, face->faults.lose_answer_ppm) || znp_is_spoilt(face, ZNP_SPOIL_ANSWER, request.t_ns, -1, NULL))
		return;
	if (known && !request.in.cut && !request.bad_length) {
		znp_tell_host(face, request.t_ns, MT_SRSP, frame->subsystem, frame->command, bytes, request.answer.at);
	} else {
		const uint8_t refusal[] = {known ? ERROR_LENGTH : problem, (uint8_t)(frame->type << 5 | frame->subsystem), frame->command};

		face->counts.unknown++;
		znp_tell_host(face, request.t_ns, MT_SRSP, MT_RPC_ERROR, 0, refusal, sizeof refusal);
	}
}

static void take_reset(struct znp_face *face, int64_t t_ns, const struct mt_frame *frame)
{
	bool soft = frame->size > 0 && frame->data[0] == RESET_SOFT;

	stop(face);
	face->busy_ns = t_ns;
	face->waits_in_boot_loader = face->settings.boot_loader && !soft; /* by the watchdog, as power does it */
	if (!face->waits_in_boot_loader)
		run_after(face, t_ns, soft ? REASON_EXTERNAL : REASON_WATCHDOG);
}

static void take_frame(struct znp_face *face, int64_t t_ns, const struct mt_frame *frame)
{
	bool reset = frame->type == MT_AREQ && frame->subsystem == MT_SYS && frame->command == SYS_RESET;

	if (!face->runs || (face->faults.hangs && !reset) || face->faults.hangs_hard)
		return;
	if (reset)
		take_reset(face, t_ns, frame);
	else if (frame->type == MT_SREQ)
		take_request(face, t_ns, frame);
}

/* ---- Bytes and time ---- */

static void say(struct znp_face *face, const struct mt_frame *frame)
{
	uint8_t bytes[MT_FRAME_MAX];
	size_t size = mt_put(frame, bytes);

	if (face->say)
		face->say(face->self, bytes, size);
}

static bool hears(const struct znp_face *face)
{
	return face->runs && !face->faults.hangs && !face->faults.hangs_hard;
}

static void happen(struct znp_face *face, struct znp_event *event)
{
	switch (event->kind) {
	case ZNP_TO_HOST:
		if (hears(face))
			say(face, &event->frame);
		break;
	case ZNP_TO_DEVICE:
		znp_air_to_device(face, event);
		break;
	case ZNP_TO_DONGLE:
		if (!hears(face) || face->network.state != ZNP_STATE_COORDINATOR || !face->devices[event->device].joined)
			break;
		if (event->aps.to == 0)
			znp_zdo_incoming(face, event);
		else
			znp_af_incoming(face, event);
		break;
	case ZNP_CONFIRM:
		znp_air_confirm(face, event);
		break;
	case ZNP_STATE:
		znp_network_state(face, event->t_ns, event->status);
		break;
	case ZNP_RUNS:
		run(face, event);
		break;
	case ZNP_JOINS:
		znp_network_joins(face, event->t_ns, event->device);
		break;
	case ZNP_REJOINS:
		rejoin(face, event);
		break;
	case ZNP_ANNOUNCES:
		znp_network_announces(face, event->t_ns, event->device);
		break;
	case ZNP_BOOTS:
		boot(face, event->t_ns, event->device);
		break;
	case ZNP_PERMIT_ENDS:
		znp_network_permit_ends(face, event->t_ns);
		break;
	}
}

/* All that is due up to t_ns, in the order of its instants. */
static void pass(struct znp_face *face, int64_t t_ns)
{
	struct znp_event event;
	int64_t event_ns, air_ns;

	for (;;) {
		event_ns = znp_event_next(face);
		air_ns = znp_air_next(face);
		if (event_ns > t_ns && air_ns > t_ns)
			break;
		if (event_ns <= air_ns) {
			if (event_ns > face->now_ns)
				face->now_ns = event_ns;
			(void)znp_event_take(face, t_ns, &event);
			event.t_ns = face->now_ns;
			happen(face, &event);
		} else {
			if (air_ns > face->now_ns)
				face->now_ns = air_ns;
			znp_air_due(face, face->now_ns);
		}
	}
	face->now_ns = t_ns;
}

static void take_bytes(struct znp_face *face, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	struct mt_frame frame;
	size_t used = 0;

	if (face->waits_in_boot_loader) {
		if (size > 0 && memchr(bytes, BOOT_LOADER_GO, size)) {
			face->waits_in_boot_loader = false;
			run_after(face, t_ns, REASON_POWER_UP);
		}
		return;
	}
	while (used < size) {
		used += mt_reader_add(&face->reader, t_ns, bytes + used, size - used);
		while (mt_reader_take(&face->reader, t_ns, &frame))
			take_frame(face, t_ns, &frame);
	}
	while (mt_reader_deadline(&face->reader) <= t_ns && mt_reader_take(&face->reader, t_ns, &frame))
		take_frame(face, t_ns, &frame);
}

void znp_face_step(struct znp_face *face, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	pass(face, t_ns);
	take_bytes(face, t_ns, bytes, size);
	pass(face, t_ns);
}

int64_t znp_face_next(const struct znp_face *face)
{
	int64_t next_ns = znp_event_next(face), air_ns = znp_air_next(face), reader_ns = mt_reader_deadline(&face->reader);

	if (air_ns < next_ns)
		next_ns = air_ns;
	if (reader_ns < next_ns)
		next_ns = reader_ns;
	return next_ns > face->now_ns ? next_ns : face->now_ns;
}
