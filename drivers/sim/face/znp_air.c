/* Frames between dongle and devices: how long they take, which are lost, who sleeps, and what is confirmed. */

#include "drivers/sim/face/znp_private.h"

#define APS_MOST 82                     /* bytes that a frame carries to a direct neighbour (facts/ota.md 3.6: 65 of a block) */
#define APS_SECURITY 9                  /* bytes that APS encryption takes of it */
#define ROUTE_NS (500 * NS_PER_MS)
#define INDIRECT_NS (8 * NS_PER_S)      /* Z-Stack 3.x.0 since 20230507 (facts/ota.md 1.7) */
#define INDIRECT_MOST 3
#define FAST_POLL_NS (100 * NS_PER_MS)
#define BROADCAST_NS (500 * NS_PER_MS)  /* until one counts as sent */

int znp_air_find(const struct znp_face *face, uint16_t address)
{
	int i;

	for (i = 0; i < face->device_count; i++)
		if (face->devices[i].joined && face->devices[i].node.address == address)
			return i;
	return -1;
}

int znp_face_find(const struct znp_face *face, uint64_t ieee)
{
	int i;

	for (i = 0; i < face->device_count; i++)
		if (face->devices[i].settings.ieee == ieee)
			return i;
	return -1;
}

/* ---- Confirmations ---- */

static void confirm(struct znp_face *face, int64_t t_ns, const struct znp_event *request, uint8_t status)
{
	int64_t at_ns = t_ns + draw_between(&face->draw, face->settings.confirm_ns);
	struct znp_event *event;

	if (!request || !request->host || znp_is_hit(face, face->faults.lose_confirm_ppm) || znp_is_spoilt(face, ZNP_SPOIL_CONFIRM, t_ns, -1, NULL))
		return;
	if (znp_is_hit(face, face->faults.late_confirm_ppm))
		at_ns += draw_between(&face->draw, face->faults.late_confirm_ns);
	event = znp_event_add(face, at_ns, ZNP_CONFIRM, -1);
	if (!event)
		return;
	event->transaction = request->transaction;
	event->endpoint = request->endpoint;
	event->status = status;
}

void znp_air_confirm(struct znp_face *face, const struct znp_event *event)
{
	const uint8_t bytes[] = {event->status, event->endpoint, event->transaction};

	face->counts.confirms++;
	face->counts.confirms_failed += event->status != ZNP_SUCCESS;
	znp_tell_host(face, event->t_ns, MT_AREQ, MT_AF, 0x80, bytes, sizeof bytes);
}

/* ---- Sleepers ---- */

static bool sleeps(const struct znp_device *device)
{
	return device->settings.sleepy && !(device->settings.has_ota && ota_client_is_awake(&device->client));
}

static int64_t fast_poll_ns(const struct znp_device *device)
{
	return device->settings.fast_poll_ns > 0 ? device->settings.fast_poll_ns : FAST_POLL_NS;
}

static int64_t next_poll_ns(const struct znp_device *device, int64_t t_ns)
{
	int64_t period_ns = device->settings.poll_ns > 0 ? device->settings.poll_ns : NS_PER_S;
	int64_t phase_ns = (int64_t)(device->settings.ieee % 97) * (period_ns / 97);
	int64_t next_ns = t_ns - t_ns % period_ns + phase_ns;

	return next_ns > t_ns ? next_ns : next_ns + period_ns;
}

static int held_for(const struct znp_face *face, int device)
{
	int count = 0, i;

	for (i = 0; i < face->event_count; i++)
		count += face->events[i].kind == ZNP_TO_DEVICE && face->events[i].device == device && face->events[i].held;
	return count;
}

/* It sends, and so it polls: what waits for it is fetched. */
static void wake(struct znp_face *face, int64_t t_ns, int device)
{
	int64_t at_ns = t_ns + fast_poll_ns(&face->devices[device]);
	int i;

	for (i = 0; i < face->event_count; i++) {
		struct znp_event *event = &face->events[i];

		if (event->kind == ZNP_TO_DEVICE && event->device == device && event->held && event->t_ns > at_ns)
			event->t_ns = at_ns;
	}
}

/* When a frame reaches it, or has waited too long for it. */
static void hold(struct znp_face *face, const struct znp_device *device, int64_t t_ns, struct znp_event *event)
{
	if (!sleeps(device)) {
		event->t_ns += draw_between(&face->draw, (struct draw_range){0, fast_poll_ns(device)});
		return;
	}
	event->held = true;
	event->expires_ns = t_ns + (face->settings.indirect_ns > 0 ? face->settings.indirect_ns : INDIRECT_NS);
	event->t_ns = next_poll_ns(device, event->t_ns);
	if (event->t_ns > event->expires_ns)
		event->t_ns = event->expires_ns;
}

/* ---- To a device ---- */

static int64_t latency(struct znp_face *face, int64_t t_ns, const struct znp_device *device)
{
	int64_t more_ns = face->delays ? face->delays(face->self, t_ns, (int)(device - face->devices)) : 0;

	return draw_between(&face->draw, device->settings.latency_ns) + more_ns;
}

static bool is_too_long(const struct znp_device *device, const struct aps_frame *frame)
{
	int relays = device->settings.hops > 0 ? 2 + 2 * device->settings.hops : 0;

	return frame->size > APS_MOST - relays - (frame->secured ? APS_SECURITY : 0);
}

void znp_air_send(struct znp_face *face, int64_t t_ns, int index, const struct aps_frame *frame, const struct znp_event *request)
{
	int most = face->settings.indirect_most > 0 ? face->settings.indirect_most : INDIRECT_MOST;
	const struct znp_device *device;
	struct znp_event *event;

	if (index < 0 || (request && request->host && znp_is_spoilt(face, ZNP_SPOIL_ROUTE, t_ns, index, frame))) {
		confirm(face, t_ns + (face->settings.route_ns > 0 ? face->settings.route_ns : ROUTE_NS), request, ZNP_NO_ROUTE);
		return;
	}
	device = &face->devices[index];
	if (is_too_long(device, frame)) {
		confirm(face, t_ns, request, ZNP_FRAME_TOO_LONG);
		return;
	}
	if (sleeps(device) && held_for(face, index) >= most) {
		confirm(face, t_ns, request, ZNP_OVERFLOW);
		return;
	}
	if (request && request->host &&
	    (znp_is_hit(face, face->faults.busy_air_ppm) || znp_is_spoilt(face, ZNP_SPOIL_AIR, t_ns, index, frame))) {
		confirm(face, t_ns, request, ZNP_BUSY_AIR);
		return;
	}
	event = znp_event_add(face, t_ns + latency(face, t_ns, device), ZNP_TO_DEVICE, index);
	if (!event)
		return;
	event->aps = *frame;
	if (request) {
		event->host = request->host;
		event->acknowledged = request->acknowledged;
		event->transaction = request->transaction;
		event->endpoint = request->endpoint;
	}
	if (device->settings.sleepy)
		hold(face, device, t_ns, event);
}

void znp_air_broadcast(struct znp_face *face, int64_t t_ns, const struct aps_frame *frame, bool sleepers, const struct znp_event *request)
{
	struct aps_frame copy = *frame;
	int i;

	copy.broadcast = true;
	for (i = 0; i < face->device_count; i++)
		if (face->devices[i].joined && (sleepers || !face->devices[i].settings.sleepy))
			znp_air_send(face, t_ns, i, &copy, NULL);
	confirm(face, t_ns + BROADCAST_NS, request, ZNP_SUCCESS);
}

static void from_device(struct znp_face *face, int64_t t_ns, int index, const struct aps_frame *frame)
{
	const struct znp_device *device = &face->devices[index];
	int64_t at_ns = t_ns + latency(face, t_ns, device);
	struct znp_event *event;

	if (device->settings.sleepy)
		wake(face, t_ns, index);
	if (znp_is_hit(face, device->settings.loss_from_ppm) || znp_is_spoilt(face, ZNP_SPOIL_FROM_DEVICE, t_ns, index, frame)) {
		face->counts.lost++;
		return;
	}
	event = znp_event_add(face, at_ns, ZNP_TO_DONGLE, index);
	if (event)
		event->aps = *frame;
}

static void deliver(struct znp_face *face, const struct znp_event *event)
{
	struct aps_frame answer;

	if (znp_device_take(&face->devices[event->device], event->t_ns, &event->aps, &answer))
		from_device(face, event->t_ns, event->device, &answer);
	if (event->aps.to == 0 && event->aps.cluster == ZDO_LEAVE)
		znp_network_leaves(face, event->t_ns, event->device);
}

static void try_again(struct znp_face *face, struct znp_event *event)
{
	struct znp_event *next;

	event->tries++;
	if (event->tries >= ZNP_APS_TRIES) {
		confirm(face, event->t_ns + ZNP_APS_WAIT_NS, event, ZNP_NO_ACK);
		return;
	}
	next = znp_event_add(face, event->t_ns + ZNP_APS_WAIT_NS, ZNP_TO_DEVICE, event->device);
	if (next) {
		event->order = next->order;
		event->t_ns = next->t_ns;
		*next = *event;
		next->held = false;
	}
}

void znp_air_to_device(struct znp_face *face, struct znp_event *event)
{
	const struct znp_device *device = &face->devices[event->device];
	bool lost;

	if (event->held && sleeps(device) && event->t_ns >= event->expires_ns) {
		face->counts.expired++;
		confirm(face, event->t_ns, event, ZNP_EXPIRED);
		return;
	}
	event->held = false; /* it is on the air now */
	lost = !device->on || !device->joined || znp_is_hit(face, device->settings.loss_to_ppm) ||
	       znp_is_spoilt(face, ZNP_SPOIL_TO_DEVICE, event->t_ns, event->device, &event->aps);
	face->counts.lost += lost;
	if (!lost && !event->arrived) {
		event->arrived = true;
		deliver(face, event);
	}
	if (event->acknowledged && (lost || znp_is_hit(face, device->settings.loss_from_ppm)))
		try_again(face, event);
	else if (lost && device->settings.hops == 0)
		confirm(face, event->t_ns, event, ZNP_MAC_NO_ACK);
	else
		confirm(face, event->t_ns + (event->acknowledged ? latency(face, event->t_ns, device) : 0), event, ZNP_SUCCESS);
}

int znp_air_in_flight(const struct znp_face *face)
{
	int count = 0, i;

	for (i = 0; i < face->event_count; i++)
		count += face->events[i].kind == ZNP_TO_DEVICE && face->events[i].host;
	return count;
}

/* ---- What devices send by themselves ---- */

void znp_air_due(struct znp_face *face, int64_t t_ns)
{
	struct aps_frame frame;
	int i;

	for (i = 0; i < face->device_count; i++)
		while (znp_device_next(&face->devices[i]) <= t_ns && znp_device_due(&face->devices[i], t_ns, &frame))
			from_device(face, t_ns, i, &frame);
}

int64_t znp_air_next(const struct znp_face *face)
{
	int64_t next_ns = INSTANT_NEVER, at_ns;
	int i;

	for (i = 0; i < face->device_count; i++)
		if ((at_ns = znp_device_next(&face->devices[i])) < next_ns)
			next_ns = at_ns;
	return next_ns;
}
