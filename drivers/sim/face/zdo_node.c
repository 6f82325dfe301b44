/* One function for each descriptor. */

#include "drivers/sim/face/zdo_node.h"

#define ANY_PROFILE 0xFFFF
#define BUFFER_SIZE 82             /* bytes that an unfragmented frame carries */
#define TRANSFER_SIZE 160
#define STACK_REVISION 22          /* of the specification, in the server mask */

const struct zdo_endpoint *zdo_endpoint_find(const struct zdo_node *node, uint8_t endpoint)
{
	int i;

	for (i = 0; i < node->endpoint_count; i++)
		if (node->endpoints[i].endpoint == endpoint)
			return &node->endpoints[i];
	return NULL;
}

static bool has(const uint16_t *clusters, int count, uint16_t cluster)
{
	int i;

	for (i = 0; i < count; i++)
		if (clusters[i] == cluster)
			return true;
	return false;
}

bool zdo_endpoint_takes(const struct zdo_endpoint *endpoint, uint16_t cluster)
{
	return has(endpoint->in, endpoint->in_count, cluster);
}

static void put_addresses(const struct zdo_node *node, bool known, struct octets_out *out)
{
	octets_put(out, known ? ZDO_SUCCESS : ZDO_DEVICE_NOT_FOUND, 1);
	octets_put(out, node->ieee, 8);
	octets_put(out, node->address, 2);
}

static void put_node(const struct zdo_node *node, struct octets_out *out)
{
	bool coordinator = node->type == ZDO_COORDINATOR;

	octets_put(out, node->type, 1);
	octets_put(out, 0x40, 1);  /* 2.4 GHz */
	octets_put(out, node->capability, 1);
	octets_put(out, node->manufacturer, 2);
	octets_put(out, BUFFER_SIZE, 1);
	octets_put(out, TRANSFER_SIZE, 2);
	octets_put(out, STACK_REVISION << 9 | (coordinator ? 0x41 : 0), 2); /* trust centre, network manager */
	octets_put(out, TRANSFER_SIZE, 2);
	octets_put(out, 0, 1);
}

static void put_simple(const struct zdo_endpoint *endpoint, struct octets_out *out)
{
	int i;

	octets_put(out, 8U + 2U * endpoint->in_count + 2U * endpoint->out_count, 1);
	octets_put(out, endpoint->endpoint, 1);
	octets_put(out, endpoint->profile, 2);
	octets_put(out, endpoint->device, 2);
	octets_put(out, endpoint->version, 1);
	octets_put(out, endpoint->in_count, 1);
	for (i = 0; i < endpoint->in_count; i++)
		octets_put(out, endpoint->in[i], 2);
	octets_put(out, endpoint->out_count, 1);
	for (i = 0; i < endpoint->out_count; i++)
		octets_put(out, endpoint->out[i], 2);
}

static size_t get_clusters(struct octets_in *in, uint16_t clusters[UINT8_MAX])
{
	size_t count = octets_get8(in), i;

	for (i = 0; i < count && !in->cut; i++)
		clusters[i] = octets_get16(in);
	return in->cut ? 0 : count;
}

int zdo_node_match(const struct zdo_node *node, struct octets_in *in, uint8_t endpoints[ZDO_CLUSTERS_MAX])
{
	uint16_t profile = octets_get16(in), wanted_in[UINT8_MAX], wanted_out[UINT8_MAX];
	size_t in_count = get_clusters(in, wanted_in), out_count = get_clusters(in, wanted_out), k;
	int found = 0, i;

	for (i = 0; i < node->endpoint_count && found < ZDO_CLUSTERS_MAX; i++) {
		const struct zdo_endpoint *endpoint = &node->endpoints[i];
		bool fits = false;

		for (k = 0; k < in_count; k++)
			fits = fits || has(endpoint->in, endpoint->in_count, wanted_in[k]);
		for (k = 0; k < out_count; k++)
			fits = fits || has(endpoint->out, endpoint->out_count, wanted_out[k]);
		if (fits && (profile == ANY_PROFILE || endpoint->profile == profile))
			endpoints[found++] = endpoint->endpoint;
	}
	return found;
}

static void put_list(const uint8_t *endpoints, int count, struct octets_out *out)
{
	octets_put(out, (uint64_t)count, 1);
	octets_put_bytes(out, endpoints, (size_t)count);
}

/* A question about somebody: not about this node, no descriptor. */
static bool is_about(const struct zdo_node *node, struct octets_in *in, struct octets_out *out)
{
	uint16_t of = octets_get16(in);
	bool is_this = of == node->address && !in->cut;

	octets_put(out, is_this ? ZDO_SUCCESS : ZDO_INVALID_REQUEST, 1);
	octets_put(out, of, 2);
	return is_this;
}

static void answer_simple(const struct zdo_node *node, struct octets_in *in, struct octets_out *out)
{
	size_t status_at = out->at;
	const struct zdo_endpoint *endpoint;

	if (!is_about(node, in, out)) {
		octets_put(out, 0, 1);
		return;
	}
	endpoint = zdo_endpoint_find(node, octets_get8(in));
	if (endpoint) {
		put_simple(endpoint, out);
		return;
	}
	out->bytes[status_at] = ZDO_NOT_ACTIVE;
	octets_put(out, 0, 1);
}

static void answer_list(const struct zdo_node *node, uint16_t cluster, struct octets_in *in, struct octets_out *out)
{
	uint8_t endpoints[UINT8_MAX];
	bool about = is_about(node, in, out);
	int count = 0;

	if (about && cluster == ZDO_MATCH)
		count = zdo_node_match(node, in, endpoints);
	else if (about)
		for (; count < node->endpoint_count; count++)
			endpoints[count] = node->endpoints[count].endpoint;
	put_list(endpoints, count, out);
}

size_t zdo_node_answer(const struct zdo_node *node, uint16_t cluster, const uint8_t *bytes, size_t size, uint8_t answer[ZDO_FRAME_MAX])
{
	struct octets_in in = octets_in(bytes, size);
	struct octets_out out = octets_out(answer, ZDO_FRAME_MAX);

	if (cluster & ZDO_ANSWER)
		return 0;
	octets_put(&out, octets_get8(&in), 1);
	switch (cluster) {
	case ZDO_NETWORK_ADDRESS:
		if (octets_get(&in, 8) != node->ieee)
			return 0; /* everybody is asked, and one answers */
		put_addresses(node, true, &out);
		break;
	case ZDO_IEEE_ADDRESS:
		put_addresses(node, octets_get16(&in) == node->address, &out);
		break;
	case ZDO_NODE:
		if (is_about(node, &in, &out))
			put_node(node, &out);
		break;
	case ZDO_POWER:
		if (is_about(node, &in, &out))
			octets_put(&out, 0xC110, 2); /* constant mains power, full */
		break;
	case ZDO_SIMPLE:
		answer_simple(node, &in, &out);
		break;
	case ZDO_ACTIVE_ENDPOINTS:
	case ZDO_MATCH:
		answer_list(node, cluster, &in, &out);
		break;
	case ZDO_BIND:
	case ZDO_UNBIND:
	case ZDO_LEAVE:
	case ZDO_PERMIT_JOIN:
		octets_put(&out, ZDO_SUCCESS, 1);
		break;
	default:
		octets_put(&out, ZDO_NOT_SUPPORTED, 1);
		break;
	}
	return out.full ? 0 : out.at;
}

size_t zdo_put_match(uint8_t sequence, uint16_t of, uint16_t profile, uint16_t in_cluster, uint8_t bytes[ZDO_FRAME_MAX])
{
	struct octets_out out = octets_out(bytes, ZDO_FRAME_MAX);

	octets_put(&out, sequence, 1);
	octets_put(&out, of, 2);
	octets_put(&out, profile, 2);
	octets_put(&out, 1, 1);
	octets_put(&out, in_cluster, 2);
	octets_put(&out, 0, 1);
	return out.at;
}
