#ifndef HILRIG_DRIVERS_SIM_FACE_ZDO_NODE_H
#define HILRIG_DRIVERS_SIM_FACE_ZDO_NODE_H

/*
 * What a ZigBee node says about itself: addresses and descriptors (ZigBee specification 2.4), asked and answered as frames of the
 * device object at endpoint 0. The same for a dongle and for the devices behind it. Pure.
 *
 * A frame begins with its sequence number; the answer's cluster is the question's with the highest bit set, and its status follows.
 */

#include "drivers/zigbee/octets.h"

#define ZDO_CLUSTERS_MAX 16         /* in, and out */
#define ZDO_FRAME_MAX 128

enum zdo_status { ZDO_SUCCESS = 0x00, ZDO_INVALID_REQUEST = 0x80, ZDO_DEVICE_NOT_FOUND = 0x81, ZDO_INVALID_ENDPOINT = 0x82,
		  ZDO_NOT_ACTIVE = 0x83, ZDO_NOT_SUPPORTED = 0x84 };

enum zdo_cluster { ZDO_NETWORK_ADDRESS = 0x0000, ZDO_IEEE_ADDRESS = 0x0001, ZDO_NODE = 0x0002, ZDO_POWER = 0x0003, ZDO_SIMPLE = 0x0004,
		   ZDO_ACTIVE_ENDPOINTS = 0x0005, ZDO_MATCH = 0x0006, ZDO_BIND = 0x0021, ZDO_UNBIND = 0x0022, ZDO_NEIGHBOURS = 0x0031,
		   ZDO_ROUTES = 0x0032, ZDO_LEAVE = 0x0034, ZDO_PERMIT_JOIN = 0x0036, ZDO_ANSWER = 0x8000 };

enum zdo_type { ZDO_COORDINATOR, ZDO_ROUTER, ZDO_END_DEVICE };

struct zdo_endpoint {
	uint8_t endpoint;
	uint16_t profile, device;
	uint8_t version;
	uint8_t in_count, out_count;
	uint16_t in[ZDO_CLUSTERS_MAX], out[ZDO_CLUSTERS_MAX];
};

struct zdo_node {
	uint64_t ieee;
	uint16_t address;
	enum zdo_type type;
	uint8_t capability;         /* of its MAC: 0x80 gives address, 0x08 receiver on when idle, 0x04 mains, 0x02 full function */
	uint16_t manufacturer;
	const struct zdo_endpoint *endpoints; /* borrowed */
	int endpoint_count;
};

/* NULL: it has none of that number. */
const struct zdo_endpoint *zdo_endpoint_find(const struct zdo_node *node, uint8_t endpoint);
bool zdo_endpoint_takes(const struct zdo_endpoint *endpoint, uint16_t cluster);

/* Answers a question of `cluster`, and gives the answer's size; 0: it is none of this node's business. */
size_t zdo_node_answer(const struct zdo_node *node, uint16_t cluster, const uint8_t *bytes, size_t size, uint8_t answer[ZDO_FRAME_MAX]);

/* Endpoints of a Match Descriptor question, its payload from the profile on; gives their number. */
int zdo_node_match(const struct zdo_node *node, struct octets_in *in, uint8_t endpoints[ZDO_CLUSTERS_MAX]);

/* A question for them: who takes this cluster of this profile? */
size_t zdo_put_match(uint8_t sequence, uint16_t of, uint16_t profile, uint16_t in_cluster, uint8_t bytes[ZDO_FRAME_MAX]);

#endif
