/* The application framework: endpoints, data requests, incoming messages. */

#include "drivers/sim/face/znp_private.h"

#define OPTION_ACKNOWLEDGED 0x10
#define OPTION_SECURED 0x40
#define MODE_SHORT 2
#define MODE_LONG 3
#define MODE_BROADCAST 0x0F
#define ALL_BUT_SLEEPERS 0xFFFD
#define IN_FLIGHT_MOST 32
#define TICK_NS (320 * NS_PER_US)      /* of the timestamps */

static void get_clusters(struct octets_in *in, uint8_t *count, uint16_t clusters[ZDO_CLUSTERS_MAX])
{
	size_t said = octets_get8(in), i;

	*count = (uint8_t)(said < ZDO_CLUSTERS_MAX ? said : ZDO_CLUSTERS_MAX);
	for (i = 0; i < said && !in->cut; i++) {
		uint16_t cluster = octets_get16(in);

		if (i < ZDO_CLUSTERS_MAX)
			clusters[i] = cluster;
	}
}

static uint8_t register_endpoint(struct znp_face *face, struct znp_request *request)
{
	struct zdo_endpoint endpoint = {.endpoint = octets_get8(&request->in)};

	endpoint.profile = octets_get16(&request->in);
	endpoint.device = octets_get16(&request->in);
	endpoint.version = octets_get8(&request->in);
	(void)octets_get8(&request->in); /* latency */
	get_clusters(&request->in, &endpoint.in_count, endpoint.in);
	get_clusters(&request->in, &endpoint.out_count, endpoint.out);
	if (request->in.cut) {
		request->bad_length = true;
		return ZNP_FAILURE;
	}
	if (zdo_endpoint_find(&face->node, endpoint.endpoint))
		return ZNP_DUPLICATE_ENTRY;
	if (face->node.endpoint_count == ZNP_FACE_ENDPOINTS_MAX || endpoint.endpoint == 0)
		return ZNP_INVALID_PARAMETER;
	face->endpoints[face->node.endpoint_count++] = endpoint;
	return ZNP_SUCCESS;
}

static uint8_t delete_endpoint(struct znp_face *face, uint8_t number)
{
	int i;

	for (i = 0; i < face->node.endpoint_count; i++)
		if (face->endpoints[i].endpoint == number) {
			face->endpoints[i] = face->endpoints[--face->node.endpoint_count];
			return ZNP_SUCCESS;
		}
	return ZNP_INVALID_PARAMETER;
}

/* ---- Data requests ---- */

struct destination {
	bool known, broadcast;
	uint16_t address;
};

static struct destination destination_short(uint16_t address)
{
	return (struct destination){true, address >= BROADCAST_LEAST, address};
}

static struct destination destination_of(const struct znp_face *face, uint8_t mode, uint64_t address)
{
	int device;

	if (mode == MODE_SHORT || mode == MODE_BROADCAST)
		return destination_short((uint16_t)address);
	device = mode == MODE_LONG ? znp_face_find(face, address) : -1;
	if (device < 0)
		return (struct destination){.known = false};
	return destination_short(face->devices[device].node.address);
}

static bool is_full(const struct znp_face *face, int64_t t_ns)
{
	int most = face->settings.in_flight_most > 0 ? face->settings.in_flight_most : IN_FLIGHT_MOST;

	return t_ns < face->faults.buffer_full_until_ns || znp_air_in_flight(face) >= most || face->event_count > ZNP_EVENTS_MAX / 2;
}

static uint8_t send(struct znp_face *face, int64_t t_ns, struct destination to, struct aps_frame *frame, const struct znp_event *request)
{
	const struct zdo_endpoint *endpoint = zdo_endpoint_find(&face->node, frame->from);

	if (face->network.state != ZNP_STATE_COORDINATOR)
		return ZNP_INVALID_REQUEST;
	if (!endpoint)
		return ZNP_INVALID_PARAMETER;
	if (is_full(face, t_ns) || znp_is_spoilt(face, ZNP_SPOIL_BUFFER, t_ns, -1, frame)) {
		face->counts.refused++;
		return ZNP_BUFFER_FULL;
	}
	frame->profile = endpoint->profile;
	if (to.broadcast)
		znp_air_broadcast(face, t_ns, frame, to.address == 0xFFFF, request);
	else
		znp_air_send(face, t_ns, to.known ? znp_air_find(face, to.address) : -1, frame, request);
	return ZNP_SUCCESS;
}

/* Options, radius, length and data: the same in both kinds of request, but for the width of the length. */
static bool get_data(struct znp_request *request, size_t width, struct aps_frame *frame, struct znp_event *event)
{
	uint8_t options = octets_get8(&request->in);
	const uint8_t *data;
	size_t size;

	(void)octets_get8(&request->in); /* radius */
	size = (size_t)octets_get(&request->in, width);
	data = octets_take(&request->in, size);
	if (!data || octets_left(&request->in) > 0)
		return false;
	event->host = true;
	event->acknowledged = options & OPTION_ACKNOWLEDGED;
	event->endpoint = frame->from;
	frame->secured = options & OPTION_SECURED;
	/* What is longer than any frame is too long, however much of it is kept. */
	frame->size = (uint8_t)(size < APS_DATA_MAX ? size : APS_DATA_MAX);
	memcpy(frame->bytes, data, frame->size);
	return true;
}

static uint8_t request_data(struct znp_face *face, struct znp_request *request)
{
	struct znp_event event = {.kind = ZNP_CONFIRM};
	struct aps_frame frame = {.size = 0};
	uint16_t address = octets_get16(&request->in);

	frame.to = octets_get8(&request->in);
	frame.from = octets_get8(&request->in);
	frame.cluster = octets_get16(&request->in);
	event.transaction = octets_get8(&request->in);
	request->bad_length = !get_data(request, 1, &frame, &event);
	return request->bad_length ? ZNP_FAILURE : send(face, request->t_ns, destination_short(address), &frame, &event);
}

static uint8_t request_data_ext(struct znp_face *face, struct znp_request *request)
{
	struct znp_event event = {.kind = ZNP_CONFIRM};
	struct aps_frame frame = {.size = 0};
	uint8_t mode = octets_get8(&request->in);
	uint64_t address = octets_get(&request->in, 8);

	frame.to = octets_get8(&request->in);
	(void)octets_get16(&request->in); /* PAN */
	frame.from = octets_get8(&request->in);
	frame.cluster = octets_get16(&request->in);
	event.transaction = octets_get8(&request->in);
	request->bad_length = !get_data(request, 2, &frame, &event);
	return request->bad_length ? ZNP_FAILURE : send(face, request->t_ns, destination_of(face, mode, address), &frame, &event);
}

bool znp_af_take(struct znp_face *face, struct znp_request *request)
{
	uint8_t status;

	switch (request->command) {
	case 0x00:
		status = register_endpoint(face, request);
		break;
	case 0x01:
		status = request_data(face, request);
		break;
	case 0x02:
		status = request_data_ext(face, request);
		break;
	case 0x04:
		status = delete_endpoint(face, octets_get8(&request->in));
		break;
	case 0x13: /* fragmentation */
		status = ZNP_SUCCESS;
		break;
	default:
		return false;
	}
	octets_put(&request->answer, status, 1);
	return true;
}

/* ---- Incoming messages ---- */

void znp_af_incoming(struct znp_face *face, const struct znp_event *event)
{
	const struct znp_device *device = &face->devices[event->device];
	const struct aps_frame *frame = &event->aps;
	uint8_t bytes[MT_DATA_MAX];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (!zdo_endpoint_find(&face->node, frame->to) || znp_is_hit(face, face->faults.lose_incoming_ppm) ||
	    znp_is_spoilt(face, ZNP_SPOIL_INCOMING, event->t_ns, event->device, frame))
		return;
	face->counts.incoming++;
	octets_put(&out, 0, 2); /* group */
	octets_put(&out, frame->cluster, 2);
	octets_put(&out, device->node.address, 2);
	octets_put(&out, frame->from, 1);
	octets_put(&out, frame->to, 1);
	octets_put(&out, frame->broadcast, 1);
	octets_put(&out, 120, 1); /* link quality */
	octets_put(&out, frame->secured, 1);
	octets_put(&out, (uint32_t)(event->t_ns / TICK_NS), 4);
	octets_put(&out, ++face->aps_counter, 1);
	octets_put(&out, frame->size, 1);
	octets_put_bytes(&out, frame->bytes, frame->size);
	octets_put(&out, device->settings.hops > 0 ? 0x1000 : device->node.address, 2);
	octets_put(&out, 30U - (unsigned)device->settings.hops, 1);
	znp_tell_host(face, event->t_ns, MT_AREQ, MT_AF, 0x81, bytes, out.at);
}
