/* Messages to devices and from them, and where devices are. */

#include "drivers/zigbee/znp_private.h"

#include <assert.h>
#include <stdio.h>

#define OPTION_ACKNOWLEDGED 0x10
#define OPTION_ENCRYPTED 0x40
#define RADIUS 30
#define ADDRESS_AGAIN_NS (5 * NS_PER_S)
#define ON_THEIR_WAY_12 2
#define ALL_ROUTERS 0xFFFC
#define BROADCAST 0x0F

enum af_status {
	AF_MEMORY = 0x10, AF_BUFFER_FULL = 0x11, AF_NO_RESOURCES = 0x1A, AF_NO_ROUTE = 0xCD, AF_CHANNEL_ACCESS = 0xE1, AF_TOO_LONG = 0xE5,
	AF_MAC_NO_ACK = 0xE9, AF_APS_NO_ACK = 0xB7, AF_NOT_AUTHORIZED = 0xBB, AF_EXPIRED = 0xF0, AF_OVERFLOW = 0xF1
};

const char *znp_status_name(uint8_t status)
{
	switch (status) {
	case 0:
		return "delivered";
	case AF_MEMORY:
		return "MEM_ERROR";
	case AF_BUFFER_FULL:
		return "BUFFER_FULL";
	case AF_NO_RESOURCES:
		return "MAC_NO_RESOURCES";
	case AF_NO_ROUTE:
		return "NWK_NO_ROUTE";
	case AF_CHANNEL_ACCESS:
		return "MAC_CHANNEL_ACCESS_FAILURE";
	case AF_TOO_LONG:
		return "MAC_FRAME_TOO_LONG";
	case AF_MAC_NO_ACK:
		return "MAC_NO_ACK";
	case AF_APS_NO_ACK:
		return "APS_NO_ACK";
	case AF_NOT_AUTHORIZED:
		return "APS_NOT_AUTHENTICATED";
	case AF_EXPIRED:
		return "MAC_TRANSACTION_EXPIRED";
	case AF_OVERFLOW:
		return "MAC_TRANSACTION_OVERFLOW";
	case ZNP_TOO_LATE:
		return "it had to wait for the dongle";
	case ZNP_SUPERSEDED:
		return "superseded by a newer answer";
	case ZNP_NO_CONFIRMATION:
		return "no confirmation";
	default:
		return "a status of the stack";
	}
}

static bool is_busy(uint8_t status)
{
	return status == AF_MEMORY || status == AF_BUFFER_FULL || status == AF_NO_RESOURCES || status == AF_CHANNEL_ACCESS || status == AF_OVERFLOW;
}

/* ---- Nodes ---- */

struct znp_node *node_find(struct znp *znp, uint64_t node)
{
	int i;

	for (i = 0; i < znp->node_count; i++)
		if (znp->nodes[i].node == node)
			return &znp->nodes[i];
	return NULL;
}

static struct znp_node *node_at(struct znp *znp, uint16_t short_address)
{
	int i;

	for (i = 0; i < znp->node_count && short_address != UNKNOWN_ADDRESS; i++)
		if (znp->nodes[i].short_address == short_address)
			return &znp->nodes[i];
	return NULL;
}

bool znp_add_node(struct znp *znp, uint64_t node)
{
	if (node_find(znp, node))
		return true;
	if (znp->node_count == ZNP_NODES_MAX)
		return false;
	znp->nodes[znp->node_count++] = (struct znp_node){.node = node, .short_address = UNKNOWN_ADDRESS, .asked_ns = INSTANT_NEVER};
	return true;
}

/* It is here now, and nobody else is: a device that joins again has another address, and its old one may be given away. */
static void node_is_at(struct znp *znp, int64_t t_ns, uint64_t node, uint16_t short_address)
{
	struct znp_node *other = node_at(znp, short_address), *of;
	struct znp_notice *notice;
	int i;

	if (short_address >= 0xFFF8 || !znp_add_node(znp, node))
		return;
	of = node_find(znp, node);
	if (other && other != of)
		other->short_address = UNKNOWN_ADDRESS;
	for (i = 0; i < ZNP_QUEUE_MAX && of->short_address == UNKNOWN_ADDRESS; i++) /* those that waited for it wait no more */
		if (znp->queue[i].used && !znp->queue[i].on_its_way && znp->queue[i].message.node == node)
			znp->queue[i].at_ns = t_ns;
	of->short_address = short_address;
	of->asked_ns = INSTANT_NEVER;
	notice = znp_notice(znp, ZNP_NODE_HERE);
	notice->node = node;
	notice->short_address = short_address;
}

/* ---- The queue ---- */

static void finish(struct znp *znp, struct znp_queued *queued, bool delivered, uint8_t status)
{
	struct znp_notice *notice = znp_notice(znp, ZNP_SENT);

	notice->node = queued->message.node;
	notice->tag = queued->message.tag;
	notice->delivered = delivered;
	notice->left = queued->left;
	notice->refused = queued->tries > 0;
	notice->unheard = status == AF_NO_ROUTE || status == AF_MAC_NO_ACK || status == AF_APS_NO_ACK || status == AF_EXPIRED;
	notice->status = status;
	queued->used = false;
	znp->queued--;
}

static void left(struct znp *znp, const struct znp_queued *queued)
{
	struct znp_notice *notice = znp_notice(znp, ZNP_LEFT);

	notice->node = queued->message.node;
	notice->tag = queued->message.tag;
}

void work_abandon(struct znp *znp)
{
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		if (znp->queue[i].used)
			finish(znp, &znp->queue[i], false, ZNP_NO_CONFIRMATION);
}

/* An answer that has not left yet is out of date when its device has asked again. */
static void supersede(struct znp *znp, uint64_t node)
{
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		if (znp->queue[i].used && !znp->queue[i].on_its_way && znp->queue[i].message.answers && !znp->queue[i].message.once && znp->queue[i].message.node == node &&
		    !(znp->asking && znp->asked_for == i))
			finish(znp, &znp->queue[i], false, ZNP_SUPERSEDED);
}

bool znp_send(struct znp *znp, int64_t t_ns, const struct znp_message *message)
{
	int i;

	if (znp->state != ZNP_RUNNING || !node_find(znp, message->node))
		return false;
	if (message->answers)
		supersede(znp, message->node);
	for (i = 0; i < ZNP_QUEUE_MAX && znp->queue[i].used; i++)
		;
	if (i == ZNP_QUEUE_MAX)
		return false;
	znp->queue[i].message = *message;
	znp->queue[i].used = true;
	znp->queued++;
	znp->queue[i].on_its_way = znp->queue[i].left = false;
	znp->queue[i].tries = 0;
	znp->queue[i].at_ns = t_ns;
	znp->queue[i].until_ns = message->once ? t_ns + ZNP_ONCE_NS : INSTANT_NEVER;
	znp->queue[i].order = znp->orders++;
	work_next(znp, t_ns);
	return true;
}

void znp_take_back(struct znp *znp, uint64_t node)
{
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		if (znp->queue[i].used && znp->queue[i].message.once && !znp->queue[i].left && znp->queue[i].message.node == node)
			finish(znp, &znp->queue[i], false, ZNP_SUPERSEDED);
}

/* Neither given to the dongle nor in time any more. */
static bool is_too_late(const struct znp_queued *queued, int64_t t_ns)
{
	return queued->used && !queued->left && queued->until_ns <= t_ns;
}

/* A transaction number that no message on its way has. */
static uint8_t next_transaction(struct znp *znp)
{
	int i;

	do {
		znp->transaction++;
		for (i = 0; i < ZNP_QUEUE_MAX; i++)
			if (znp->queue[i].used && znp->queue[i].on_its_way && znp->queue[i].transaction == znp->transaction)
				break;
	} while (i < ZNP_QUEUE_MAX); /* there are more numbers than places */
	return znp->transaction;
}

static int on_their_way(const struct znp *znp)
{
	int count = 0, i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		count += znp->queue[i].used && znp->queue[i].on_its_way;
	return count;
}

static bool is_full(const struct znp *znp)
{
	return on_their_way(znp) >= (znp->product == 0 ? ON_THEIR_WAY_12 : ZNP_ON_THEIR_WAY_MAX);
}

static bool to_a_busy_node(const struct znp *znp, const struct znp_queued *queued)
{
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		if (znp->queue[i].used && znp->queue[i].on_its_way && znp->queue[i].message.node == queued->message.node)
			return true;
	return false;
}

/* The one that has waited longest of those that may leave; -1: none. */
static int choose(const struct znp *znp, int64_t t_ns)
{
	int chosen = -1, i;

	if (znp->queued == 0 || is_full(znp))
		return chosen;
	for (i = 0; i < ZNP_QUEUE_MAX; i++) {
		const struct znp_queued *queued = &znp->queue[i];

		if (queued->used && !queued->on_its_way && queued->at_ns <= t_ns && (chosen < 0 || queued->order < znp->queue[chosen].order) &&
		    !to_a_busy_node(znp, queued) && !is_too_late(queued, t_ns))
			chosen = i;
	}
	return chosen;
}

static void send_message(struct znp *znp, int64_t t_ns, int index, uint16_t short_address)
{
	struct znp_queued *queued = &znp->queue[index];
	const struct znp_message *message = &queued->message;
	struct request request;

	queued->transaction = next_transaction(znp);
	request_begin(&request, AF_DATA);
	octets_put(&request.out, short_address, 2);
	octets_put(&request.out, message->to_endpoint, 1);
	octets_put(&request.out, message->from_endpoint, 1);
	octets_put(&request.out, message->cluster, 2);
	octets_put(&request.out, queued->transaction, 1);
	octets_put(&request.out, (message->acknowledged ? OPTION_ACKNOWLEDGED : 0U) | (message->encrypted ? OPTION_ENCRYPTED : 0U), 1);
	octets_put(&request.out, RADIUS, 1);
	octets_put(&request.out, message->size, 1);
	octets_put_bytes(&request.out, message->bytes, message->size);
	queued->left = true;
	request_send(znp, t_ns, &request, index, ZNP_ANSWER_NS);
}

static bool may_go_again(const struct znp_queued *queued, uint8_t status)
{
	const struct znp_message *message = &queued->message;

	if (queued->tries >= ZNP_TRIES || status == AF_TOO_LONG || (message->once && queued->left))
		return false;
	return !(message->answers || message->once) || is_busy(status);
}

/* Not delivered: again after a while, or not at all. */
static void not_delivered(struct znp *znp, int64_t t_ns, struct znp_queued *queued, uint8_t status)
{
	struct znp_node *node = node_find(znp, queued->message.node);

	queued->on_its_way = false;
	queued->tries++;
	if (!may_go_again(queued, status)) {
		finish(znp, queued, false, status);
		return;
	}
	if (!is_busy(status) && queued->tries >= 2 && node) /* it may have moved */
		node->short_address = UNKNOWN_ADDRESS;
	queued->at_ns = t_ns + ZNP_BUSY_NS;
}

/* ---- What is asked for ---- */

static void ask_for_address(struct znp *znp, int64_t t_ns, struct znp_node *node)
{
	struct request request;

	node->asked_ns = t_ns;
	request_begin(&request, ZDO_NWK_ADDR);
	octets_put(&request.out, node->node, 8);
	octets_put(&request.out, 0, 2); /* this node alone, from the first */
	request_send(znp, t_ns, &request, FOR_ADDRESS, ZNP_ANSWER_NS);
}

static void ask_for_match(struct znp *znp, int64_t t_ns, struct znp_node *node)
{
	struct request request;

	request_begin(&request, ZDO_MATCH);
	octets_put(&request.out, node->short_address, 2);
	octets_put(&request.out, node->short_address, 2);
	octets_put(&request.out, node->match_profile, 2);
	node->match_profile = 0;
	octets_put(&request.out, 0, 1);
	octets_put(&request.out, 1, 1);
	octets_put(&request.out, ZCL_CLUSTER_OTA, 2); /* among the outputs: a client */
	request_send(znp, t_ns, &request, FOR_ADDRESS, ZNP_ANSWER_NS);
}

#define KEY_OF_A_CODE 2               /* else 1: the code itself, which is of one length only */

static void ask_to_add_key(struct znp *znp, int64_t t_ns, struct znp_node *node)
{
	struct request request;

	request_begin(&request, BDB_ADD_CODE);
	octets_put(&request.out, KEY_OF_A_CODE, 1);
	octets_put(&request.out, node->node, 8);
	octets_put_bytes(&request.out, node->key, ZNP_KEY_SIZE);
	node->key_given = true;
	znp->key_of = node->node;
	request_send(znp, t_ns, &request, FOR_KEY, ZNP_ANSWER_NS);
	znp_put_was_secret(znp);
}

static void key_answered(struct znp *znp, uint8_t status)
{
	struct znp_notice *notice = znp_notice(znp, ZNP_KEY);

	notice->node = znp->key_of;
	notice->delivered = status == 0;
	notice->status = status;
}

void znp_set_key(struct znp *znp, uint64_t node, const uint8_t key[ZNP_KEY_SIZE])
{
	struct znp_node *of = node_find(znp, node);

	if (!of)
		return;
	memcpy(of->key, key, ZNP_KEY_SIZE);
	of->has_key = true;
	of->key_ns = INSTANT_NEVER;
}

static bool wants_key(const struct znp_node *node)
{
	return node->has_key && !node->key_given && node->short_address == UNKNOWN_ADDRESS;
}

/* Before a node may join, its key must be there. True: one is still asked for, or on its way. */
static bool keys_are_awaited(struct znp *znp, int64_t t_ns)
{
	bool awaited = false;
	int i;

	for (i = 0; i < znp->node_count && !znp->asking; i++) {
		struct znp_node *node = &znp->nodes[i];

		if (!wants_key(node))
			continue;
		awaited = true;
		if (node->key_ns == INSTANT_NEVER) {
			node->key_ns = t_ns + ZNP_SEEK_NS;
			ask_for_address(znp, t_ns, node);
		} else if (node->key_ns <= t_ns) {
			ask_to_add_key(znp, t_ns, node);
		}
	}
	return awaited;
}

static void ask_to_permit(struct znp *znp, int64_t t_ns)
{
	struct request request;

	request_begin(&request, ZDO_PERMIT_JOIN);
	octets_put(&request.out, BROADCAST, 1);
	octets_put(&request.out, ALL_ROUTERS, 2);
	octets_put(&request.out, (unsigned)znp->permit_s, 1);
	octets_put(&request.out, 0, 1);
	znp->permit_s = -1;
	request_send(znp, t_ns, &request, FOR_ADDRESS, ZNP_ANSWER_NS);
}

/* The address of a node that is needed: known, or asked for now and then. */
static bool is_found(struct znp *znp, int64_t t_ns, struct znp_node *node)
{
	if (node->short_address != UNKNOWN_ADDRESS)
		return true;
	if (node->asked_ns == INSTANT_NEVER || t_ns - node->asked_ns >= ADDRESS_AGAIN_NS)
		ask_for_address(znp, t_ns, node);
	return false;
}

void work_ask_state(struct znp *znp, int64_t t_ns)
{
	struct request request;

	znp->quiet_deadline_ns = t_ns + ZNP_QUIET_NS;
	if (znp->asking)
		return;
	request_begin(&request, UTIL_DEVICE_INFO);
	request_send(znp, t_ns, &request, FOR_STATE, ZNP_ANSWER_NS);
}

void work_next(struct znp *znp, int64_t t_ns)
{
	struct znp_node *node;
	int chosen, i;

	if (znp->state != ZNP_RUNNING || znp->asking)
		return;
	if (znp->permit_s >= 0 && !keys_are_awaited(znp, t_ns))
		ask_to_permit(znp, t_ns);
	for (i = 0; i < znp->node_count && !znp->asking; i++)
		if (znp->nodes[i].match_profile && is_found(znp, t_ns, &znp->nodes[i]))
			ask_for_match(znp, t_ns, &znp->nodes[i]);
	while (!znp->asking && (chosen = choose(znp, t_ns)) >= 0) {
		struct znp_queued *queued = &znp->queue[chosen];

		node = node_find(znp, queued->message.node);
		if (queued->message.once && znp->in_doubt) {
			work_ask_state(znp, t_ns);
		} else if (node->short_address != UNKNOWN_ADDRESS) {
			send_message(znp, t_ns, chosen, node->short_address);
		} else if (queued->tries == ZNP_TRIES) {
			finish(znp, queued, false, AF_NO_ROUTE);
		} else { /* nobody knows where it is: others go first */
			queued->tries++;
			queued->at_ns = t_ns + ADDRESS_AGAIN_NS;
			(void)is_found(znp, t_ns, node);
		}
	}
}

void work_answer(struct znp *znp, int64_t t_ns, int asked_for, const struct mt_frame *frame)
{
	struct znp_queued *queued = asked_for >= 0 ? &znp->queue[asked_for] : NULL;
	uint8_t status = frame && frame->size > 0 ? frame->data[0] : ZNP_NO_CONFIRMATION;

	if (asked_for == FOR_KEY)
		key_answered(znp, status);
	if (!queued)
		return;
	if (status == 0) {
		queued->on_its_way = true;
		queued->at_ns = t_ns + ZNP_CONFIRM_NS;
		if (queued->message.once)
			left(znp, queued);
	} else {
		queued->left = frame == NULL || frame->size == 0; /* a dongle that says nothing may have sent it */
		not_delivered(znp, t_ns, queued, status);
	}
}

/* ---- What comes by itself ---- */

/* It is confirmed, so the dongle had taken it, and its answer, which comes before that, was lost on the line. */
static void answer_was_lost(struct znp *znp, struct znp_queued *queued)
{
	znp->unanswered_ever++;
	znp_forget_request(znp);
	queued->on_its_way = true;
	if (queued->message.once)
		left(znp, queued);
}

static void take_confirmation(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in), endpoint = octets_get8(in), transaction = octets_get8(in);
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX && !in->cut; i++) {
		struct znp_queued *queued = &znp->queue[i];

		bool is_asked = znp->asking && znp->asked_for == i;

		if (!queued->used || !(queued->on_its_way || is_asked) || queued->transaction != transaction || queued->message.from_endpoint != endpoint)
			continue;
		if (is_asked)
			answer_was_lost(znp, queued);
		if (status == 0)
			finish(znp, queued, true, 0);
		else
			not_delivered(znp, t_ns, queued, status);
		return;
	}
}

static void ask_who_it_is(struct znp *znp, int64_t t_ns, uint16_t short_address)
{
	struct request request;

	if (znp->asking) /* it speaks again */
		return;
	request_begin(&request, ZDO_IEEE_ADDR);
	octets_put(&request.out, short_address, 2);
	octets_put(&request.out, 0, 2);
	request_send(znp, t_ns, &request, FOR_ADDRESS, ZNP_ANSWER_NS);
}

static void take_message(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	struct znp_notice *notice;
	uint16_t cluster, from;
	uint8_t from_endpoint, to_endpoint, broadcast, size;
	struct znp_node *node;
	const uint8_t *bytes;

	(void)octets_get16(in);
	cluster = octets_get16(in);
	from = octets_get16(in);
	from_endpoint = octets_get8(in);
	to_endpoint = octets_get8(in);
	broadcast = octets_get8(in);
	(void)octets_get(in, 2 + 4 + 1); /* link quality, security, time, sequence */
	size = octets_get8(in);
	bytes = octets_take(in, size);
	if (in->cut || size > ZCL_FRAME_MAX)
		return;
	node = node_at(znp, from);
	if (!node) {
		ask_who_it_is(znp, t_ns, from);
		return;
	}
	notice = znp_notice(znp, ZNP_HEARD);
	notice->node = node->node;
	notice->short_address = from;
	notice->cluster = cluster;
	notice->from_endpoint = from_endpoint;
	notice->to_endpoint = to_endpoint;
	notice->broadcast = broadcast;
	notice->size = size;
	memcpy(notice->bytes, bytes, size);
}

static void take_address(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in);
	uint64_t node = octets_get(in, 8);
	uint16_t short_address = octets_get16(in);

	if (!in->cut && status == 0)
		node_is_at(znp, t_ns, node, short_address);
}

/* Device announce: who says so, and where it is; a join: where it is, and who it is. */
static void take_arrival(struct znp *znp, int64_t t_ns, struct octets_in *in, bool announced)
{
	uint16_t short_address;
	uint64_t node;

	if (announced)
		(void)octets_get16(in);
	short_address = octets_get16(in);
	node = octets_get(in, 8);
	if (!in->cut)
		node_is_at(znp, t_ns, node, short_address);
}

static void take_leave(struct znp *znp, struct octets_in *in)
{
	struct znp_node *node;
	uint64_t who;

	(void)octets_get16(in);
	who = octets_get(in, 8);
	node = in->cut ? NULL : node_find(znp, who);
	if (!node)
		return;
	node->short_address = UNKNOWN_ADDRESS;
	znp_notice(znp, ZNP_NODE_LEFT)->node = who;
}

static void take_match(struct znp *znp, struct octets_in *in)
{
	uint8_t status, count, endpoint;
	struct znp_notice *notice;
	struct znp_node *node;

	node = node_at(znp, octets_get16(in));
	status = octets_get8(in);
	(void)octets_get16(in);
	count = octets_get8(in);
	endpoint = count > 0 ? octets_get8(in) : 0;
	if (in->cut || !node)
		return;
	notice = znp_notice(znp, ZNP_MATCHED);
	notice->node = node->node;
	notice->from_endpoint = status == 0 ? endpoint : 0;
}

void work_heard(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	struct octets_in in = octets_in(frame->data, frame->size);

	switch (mt_code(frame)) {
	case AF_CONFIRM:
		take_confirmation(znp, t_ns, &in);
		break;
	case AF_INCOMING:
		take_message(znp, t_ns, &in);
		break;
	case ZDO_NWK_ADDR_RSP:
	case ZDO_IEEE_ADDR_RSP:
		take_address(znp, t_ns, &in);
		break;
	case ZDO_ANNOUNCE:
		take_arrival(znp, t_ns, &in, true);
		break;
	case ZDO_JOINS:
		take_arrival(znp, t_ns, &in, false);
		break;
	case ZDO_LEAVE:
		take_leave(znp, &in);
		break;
	case ZDO_MATCH_RSP:
		take_match(znp, &in);
		break;
	default:
		break;
	}
}

/* ---- Time ---- */

void work_tick(struct znp *znp, int64_t t_ns)
{
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX; i++)
		if (znp->queue[i].used && znp->queue[i].on_its_way && znp->queue[i].at_ns <= t_ns)
			not_delivered(znp, t_ns, &znp->queue[i], ZNP_NO_CONFIRMATION);
		else if (is_too_late(&znp->queue[i], t_ns))
			finish(znp, &znp->queue[i], false, ZNP_TOO_LATE);
}

/* Of what waits for its time. What waits for another message, or for an answer, goes on when that is there. */
int64_t work_deadline(const struct znp *znp)
{
	bool free_to_ask = znp->queued > 0 && !znp->asking && !is_full(znp);
	int64_t deadline_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < ZNP_QUEUE_MAX && znp->queued > 0; i++)
		if (znp->queue[i].used && znp->queue[i].at_ns < deadline_ns &&
		    (znp->queue[i].on_its_way || (free_to_ask && !to_a_busy_node(znp, &znp->queue[i]))))
			deadline_ns = znp->queue[i].at_ns;
	for (i = 0; i < ZNP_QUEUE_MAX && znp->queued > 0; i++)
		if (znp->queue[i].used && !znp->queue[i].left && znp->queue[i].until_ns < deadline_ns)
			deadline_ns = znp->queue[i].until_ns;
	for (i = 0; i < znp->node_count && !znp->asking; i++)
		if (znp->nodes[i].match_profile && znp->nodes[i].asked_ns != INSTANT_NEVER && znp->nodes[i].asked_ns + ADDRESS_AGAIN_NS < deadline_ns)
			deadline_ns = znp->nodes[i].asked_ns + ADDRESS_AGAIN_NS;
	for (i = 0; i < znp->node_count && znp->permit_s >= 0 && !znp->asking; i++)
		if (wants_key(&znp->nodes[i]) && znp->nodes[i].key_ns < deadline_ns)
			deadline_ns = znp->nodes[i].key_ns;
	return deadline_ns;
}

void znp_permit_join(struct znp *znp, int64_t t_ns, int seconds)
{
	znp->permit_s = seconds;
	work_next(znp, t_ns);
}

void znp_match(struct znp *znp, int64_t t_ns, uint64_t node, uint16_t profile)
{
	struct znp_node *of = node_find(znp, node);

	if (of)
		of->match_profile = profile;
	work_next(znp, t_ns);
}
