/* The device object: questions of the host about devices and about the dongle, and questions of devices. */

#include "drivers/sim/face/znp_private.h"

#define COMMAND_UPDATE 0x37             /* TI's number for what ZigBee has as cluster 0x0038 */
#define CLUSTER_UPDATE 0x0038
#define ALL_ROUTERS 0xFFFC
#define OWN_ANSWER_NS (5 * NS_PER_MS)
#define ALL_CLUSTERS 0xFFFF

enum { STARTUP_RESUMED, STARTUP_NEW, STARTUP_NOT };

/* ---- Answers ---- */

static void tell_raw(struct znp_face *face, int64_t t_ns, uint16_t address, uint16_t cluster, const struct aps_frame *frame)
{
	uint8_t bytes[MT_DATA_MAX];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (!face->all_callbacks || frame->size == 0)
		return;
	octets_put(&out, address, 2);
	octets_put(&out, 0, 1); /* no broadcast */
	octets_put(&out, cluster, 2);
	octets_put(&out, 0, 1); /* no security */
	octets_put(&out, frame->bytes[0], 1);
	octets_put(&out, 0, 2); /* to the dongle */
	octets_put_bytes(&out, frame->bytes + 1, frame->size - 1U);
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xFF, bytes, out.at);
}

/* The AREQ that an answer becomes: its source, and the frame without its sequence number. Addresses come without a source. */
static void tell_answer(struct znp_face *face, int64_t t_ns, uint16_t address, uint16_t cluster, const uint8_t *frame, size_t size)
{
	uint16_t question = cluster & (uint16_t)~ZDO_ANSWER;
	bool addresses = question == ZDO_NETWORK_ADDRESS || question == ZDO_IEEE_ADDRESS;
	uint8_t command = question == CLUSTER_UPDATE ? CLUSTER_UPDATE : (uint8_t)question, bytes[MT_DATA_MAX];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (!addresses)
		octets_put(&out, address, 2);
	octets_put_bytes(&out, frame + 1, size - 1);
	if (addresses)
		octets_put(&out, 0, 2); /* no associated devices */
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0x80 | command, bytes, out.at);
}

/* ---- Questions of the host ---- */

static void ask_self(struct znp_face *face, int64_t t_ns, const struct aps_frame *question)
{
	uint8_t answer[ZDO_FRAME_MAX];
	size_t size = zdo_node_answer(&face->node, question->cluster, question->bytes, question->size, answer);

	if (size > 0)
		tell_answer(face, t_ns + OWN_ANSWER_NS, 0, question->cluster | ZDO_ANSWER, answer, size);
}

static void ask(struct znp_face *face, int64_t t_ns, uint16_t address, const struct aps_frame *question)
{
	const struct znp_event acknowledged = {.acknowledged = true};
	int device = znp_air_find(face, address);

	if (address == face->node.address)
		ask_self(face, t_ns, question);
	else if (device >= 0 && face->network.state == ZNP_STATE_COORDINATOR)
		znp_air_send(face, t_ns, device, question, &acknowledged);
}

static void put_rest(struct znp_request *request, uint8_t sequence, struct aps_frame *question)
{
	size_t left = octets_left(&request->in);
	struct octets_out out = octets_out(question->bytes, sizeof question->bytes);

	octets_put(&out, sequence, 1);
	octets_put_bytes(&out, octets_take(&request->in, left), left);
	question->size = (uint8_t)out.at;
	request->bad_length = request->in.cut || out.full;
}

/* To whom: behind the command, or, where an address is asked for, whoever has the other one. */
static uint16_t addressee(const struct znp_face *face, struct znp_request *request)
{
	struct octets_in peek = request->in;
	uint64_t ieee;
	int device;

	if (request->command == ZDO_IEEE_ADDRESS)
		return octets_get16(&peek);
	if (request->command != ZDO_NETWORK_ADDRESS)
		return octets_get16(&request->in);
	ieee = octets_get(&peek, 8);
	device = znp_face_find(face, ieee);
	return ieee == face->node.ieee ? 0 : device >= 0 ? face->devices[device].node.address : 0xFFFE;
}

static void take_question(struct znp_face *face, struct znp_request *request)
{
	struct aps_frame question = {.cluster = request->command == COMMAND_UPDATE ? CLUSTER_UPDATE : request->command};
	uint16_t address = addressee(face, request);

	put_rest(request, face->aps_counter++, &question);
	if (!request->bad_length)
		ask(face, request->t_ns, address, &question);
	octets_put(&request->answer, ZNP_SUCCESS, 1);
}

static void take_permit(struct znp_face *face, struct znp_request *request)
{
	static const uint8_t granted[] = {0, 0, ZDO_SUCCESS};
	uint16_t address;
	uint8_t seconds;

	(void)octets_get8(&request->in); /* address mode */
	address = octets_get16(&request->in);
	seconds = octets_get8(&request->in);
	request->bad_length = request->in.cut;
	octets_put(&request->answer, ZNP_SUCCESS, 1);
	if (request->bad_length || (address != 0 && address < ALL_ROUTERS))
		return;
	znp_tell_host(face, request->t_ns + OWN_ANSWER_NS, MT_AREQ, MT_ZDO, 0xB6, granted, sizeof granted);
	znp_network_permit(face, request->t_ns + OWN_ANSWER_NS, seconds);
}

static uint8_t start_up(struct znp_face *face, int64_t t_ns)
{
	if (znp_network_resume(face, t_ns))
		return STARTUP_RESUMED;
	if (face->settings.product == ZNP_3_X_0)
		return STARTUP_NOT; /* only BDB forms */
	znp_network_form(face, t_ns);
	return STARTUP_NEW;
}

static void put_network(const struct znp_face *face, struct octets_out *out)
{
	const struct znp_face_network *network = &face->network;
	bool formed = network->state == ZNP_STATE_COORDINATOR;

	octets_put(out, face->node.address, 2);
	octets_put(out, network->state, 1);
	octets_put(out, formed ? network->pan : 0xFFFF, 2);
	octets_put(out, 0, 2);
	octets_put(out, formed ? network->extended_pan : 0, 8);
	octets_put(out, 0, 8);
	octets_put(out, formed ? network->channel : 0, 1);
}

static bool take_extended(struct znp_face *face, struct znp_request *request)
{
	switch (request->command) {
	case 0x23: /* link key */
	case 0x45: /* route */
	case 0x4B: /* group */
		octets_put(&request->answer, ZNP_SUCCESS, 1);
		return true;
	case 0x3E:
	case 0x3F:
		if (octets_get16(&request->in) == ALL_CLUSTERS)
			face->all_callbacks = request->command == 0x3E;
		octets_put(&request->answer, ZNP_SUCCESS, 1);
		return true;
	case 0x40:
		octets_put(&request->answer, start_up(face, request->t_ns), 1);
		return true;
	case 0x4A: /* there is no such group */
		octets_put(&request->answer, ZNP_FAILURE, 4);
		return true;
	case 0x50:
		put_network(face, &request->answer);
		return true;
	default:
		return false;
	}
}

bool znp_zdo_take(struct znp_face *face, struct znp_request *request)
{
	switch (request->command) {
	case ZDO_NETWORK_ADDRESS:
	case ZDO_IEEE_ADDRESS:
	case ZDO_NODE:
	case ZDO_POWER:
	case ZDO_SIMPLE:
	case ZDO_ACTIVE_ENDPOINTS:
	case ZDO_MATCH:
	case ZDO_BIND:
	case ZDO_UNBIND:
	case ZDO_NEIGHBOURS:
	case ZDO_ROUTES:
	case 0x33: /* bindings */
	case ZDO_LEAVE:
	case COMMAND_UPDATE:
		take_question(face, request);
		return true;
	case ZDO_PERMIT_JOIN:
		take_permit(face, request);
		return true;
	default:
		return take_extended(face, request);
	}
}

/* ---- From devices ---- */

static void tell_match(struct znp_face *face, int64_t t_ns, uint16_t address, const struct aps_frame *question)
{
	uint8_t bytes[MT_DATA_MAX];
	struct octets_in in = octets_in(question->bytes, question->size);
	struct octets_out out = octets_out(bytes, sizeof bytes);
	size_t left;

	(void)octets_take(&in, 5); /* sequence number, of whom, profile: what follows are both lists, as they are told */
	left = octets_left(&in);
	octets_put(&out, address, 2);
	octets_put_bytes(&out, octets_take(&in, left), left);
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xC2, bytes, out.at);
}

static void answer_device(struct znp_face *face, const struct znp_event *event)
{
	uint16_t address = face->devices[event->device].node.address;
	struct aps_frame answer = {.cluster = event->aps.cluster | ZDO_ANSWER};

	answer.size = (uint8_t)zdo_node_answer(&face->node, event->aps.cluster, event->aps.bytes, event->aps.size, answer.bytes);
	if (answer.size == 0)
		return;
	znp_air_send(face, event->t_ns, event->device, &answer, NULL);
	if (event->aps.cluster == ZDO_MATCH && answer.size > 4 && answer.bytes[4] > 0)
		tell_match(face, event->t_ns, address, &event->aps);
}

void znp_zdo_incoming(struct znp_face *face, const struct znp_event *event)
{
	uint16_t address = face->devices[event->device].node.address;

	tell_raw(face, event->t_ns, address, event->aps.cluster, &event->aps);
	if (!(event->aps.cluster & ZDO_ANSWER))
		answer_device(face, event);
	else if (event->aps.size > 0 && !znp_is_hit(face, face->faults.lose_incoming_ppm))
		tell_answer(face, event->t_ns, address, event->aps.cluster, event->aps.bytes, event->aps.size);
}
