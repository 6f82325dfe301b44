/* The network that the dongle is coordinator of: formed, resumed, joined and left; and what its memory says of that. */

#include "drivers/sim/face/znp_private.h"

#define FRAME_COUNTER 1251              /* as Z-Stack keeps it: ahead of what was sent */
#define SYSTEM_STACK 1
#define TABLE_MATERIAL 0x0007
#define KEY_SIZE 16
#define CHANNEL_LEAST 11
#define CHANNEL_MOST 26
#define CLEAR_SETTINGS 1U    /* STARTUP_OPTION */
#define CLEAR_STATE 2U
#define ANNOUNCE_NS (300 * NS_PER_MS)  /* from joining to the announcement */
#define PERMIT_FOR_EVER 0xFF
#define FORM_NS (3 * NS_PER_S)
#define RESUME_NS (500 * NS_PER_MS)

static uint64_t item_value(const struct znp_face *face, uint16_t id, size_t size)
{
	const struct znp_memory_item *item = znp_memory_find(&face->memory, 0, id, 0);
	struct octets_in in = octets_in(item ? item->bytes : NULL, item ? item->size : 0);

	return octets_get(&in, size);
}

static void set_value(struct znp_face *face, uint16_t id, uint64_t value, size_t size)
{
	uint8_t bytes[8];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	octets_put(&out, value, size);
	znp_memory_set(&face->memory, id, bytes, size);
}

static void get_key(const struct znp_face *face, uint8_t key[KEY_SIZE])
{
	const struct znp_memory_item *item = znp_memory_find(&face->memory, 0, ZNP_ITEM_KEY, 0);

	memset(key, 0, KEY_SIZE);
	if (item)
		memcpy(key, item->bytes, item->size < KEY_SIZE ? item->size : KEY_SIZE);
}

/* ---- Memory ---- */

/* Structs of the CC26xx are aligned to 2 bytes, those of the CC253x are not. */
static void align(const struct znp_face *face, struct octets_out *out)
{
	if (face->settings.product == ZNP_3_X_0 && out->at % 2 != 0)
		octets_put(out, 0, 1);
}

static void put_16(const struct znp_face *face, uint16_t value, struct octets_out *out)
{
	align(face, out);
	octets_put(out, value, 2);
}

static void put_32(const struct znp_face *face, uint32_t value, struct octets_out *out)
{
	align(face, out);
	octets_put(out, value, 4);
}

static void set_key(struct znp_face *face, uint16_t id, const uint8_t key[KEY_SIZE])
{
	uint8_t bytes[1 + KEY_SIZE] = {0};

	memcpy(bytes + 1, key, KEY_SIZE);
	znp_memory_set(&face->memory, id, bytes, sizeof bytes);
}

/* Number, key and frame counter. */
static void set_network_key(struct znp_face *face, const uint8_t key[KEY_SIZE])
{
	uint8_t bytes[24];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	octets_put(&out, 0, 1);
	octets_put_bytes(&out, key, KEY_SIZE);
	if (face->settings.product == ZNP_3_X_0)
		octets_put(&out, 0, 3);
	octets_put(&out, FRAME_COUNTER, 4);
	znp_memory_set(&face->memory, ZNP_ITEM_NETWORK_KEY, bytes, out.at);
}

/* 3.x.0 has its frame counter in a table: one entry for each network. */
static void set_material(struct znp_face *face)
{
	uint8_t bytes[12];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	(void)znp_memory_delete(&face->memory, SYSTEM_STACK, TABLE_MATERIAL, 0);
	if (face->settings.product != ZNP_3_X_0)
		return;
	octets_put(&out, FRAME_COUNTER, 4);
	octets_put(&out, face->network.extended_pan, 8);
	(void)znp_memory_make(&face->memory, SYSTEM_STACK, TABLE_MATERIAL, 0, out.at, bytes, out.at);
}

/* The network information base, as nwk.h of Z-Stack 3.0.2 lays it out: 116 bytes aligned, 110 not. */
static void set_nib(struct znp_face *face)
{
	static const uint8_t front[15] = {0, 5, 2, 20, 15, 20, 0, 5, 0, 0, 0, 1, 5, 1, 0x8F};
	static const uint8_t behind[9] = {0, 0, 0x0F, 3, 0, 1, 60, 30, 0};
	const struct znp_face_network *network = &face->network;
	uint8_t bytes[128], spare[2 * (1 + KEY_SIZE)] = {0};
	struct octets_out out = octets_out(bytes, sizeof bytes);

	octets_put_bytes(&out, front, sizeof front);
	put_16(face, 7, &out);
	octets_put(&out, 2, 1); /* protocol version */
	octets_put(&out, 13, 1);
	octets_put(&out, 30, 1);
	put_16(face, 0, &out);  /* own address */
	octets_put(&out, network->channel, 1);
	put_16(face, 0, &out);  /* its coordinator's */
	octets_put(&out, face->settings.ieee, 8);
	put_16(face, network->pan, &out);
	octets_put(&out, 8, 1); /* state */
	put_32(face, UINT32_C(1) << network->channel, &out);
	octets_put(&out, 0x00000F0F, 4);
	put_32(face, 1, &out);
	put_32(face, 1, &out);
	octets_put(&out, 0, 1);
	octets_put(&out, network->extended_pan, 8);
	octets_put(&out, 1, 1); /* key loaded */
	octets_put_bytes(&out, spare, sizeof spare);
	octets_put_bytes(&out, behind, sizeof behind);
	put_16(face, 0, &out);  /* manager */
	put_16(face, 0, &out);  /* transmissions */
	octets_put(&out, 0, 1);
	align(face, &out);
	znp_memory_set(&face->memory, ZNP_ITEM_NIB, bytes, out.at);
}

static void set_defaults(struct znp_face *face)
{
	uint8_t key[KEY_SIZE];
	size_t i;

	for (i = 0; i < KEY_SIZE; i++)
		key[i] = (uint8_t)draw_bits(&face->draw);
	set_value(face, ZNP_ITEM_STARTUP, 0, 1);
	set_value(face, ZNP_ITEM_EXTENDED_PAN, UINT64_MAX, 8);
	set_value(face, ZNP_ITEM_PAN, 0xFFFF, 2);
	set_value(face, ZNP_ITEM_CHANNELS, 0x00000800, 4);
	set_value(face, ZNP_ITEM_TYPE, 0, 1);
	set_value(face, ZNP_ITEM_KEY_ENABLE, 0, 1);
	znp_memory_set(&face->memory, ZNP_ITEM_KEY, key, KEY_SIZE);
}

static void set_no_network(struct znp_face *face)
{
	static const uint8_t none[KEY_SIZE];
	int i;

	face->network = (struct znp_face_network){.pan = 0xFFFF};
	(void)znp_memory_delete(&face->memory, 0, ZNP_ITEM_NIB, 0);
	(void)znp_memory_delete(&face->memory, SYSTEM_STACK, TABLE_MATERIAL, 0);
	set_key(face, ZNP_ITEM_ACTIVE_KEY, none);
	set_key(face, ZNP_ITEM_OTHER_KEY, none);
	set_network_key(face, none);
	for (i = 0; i < face->device_count; i++)
		face->devices[i].joined = false;
}

void znp_network_factory(struct znp_face *face)
{
	memset(&face->memory, 0, sizeof face->memory);
	set_defaults(face);
	set_no_network(face);
}

void znp_network_clear(struct znp_face *face)
{
	uint64_t option = item_value(face, ZNP_ITEM_STARTUP, 1);

	if (option & CLEAR_STATE)
		set_no_network(face);
	if (option & CLEAR_SETTINGS)
		set_defaults(face);
	if (option)
		set_value(face, ZNP_ITEM_STARTUP, 0, 1);
	face->network.state = ZNP_STATE_HOLD;
	face->network.permit_until_ns = 0;
}

/* ---- Forming ---- */

static uint8_t lowest_channel(uint32_t channels)
{
	uint8_t channel;

	for (channel = CHANNEL_LEAST; channel < CHANNEL_MOST && !(channels >> channel & 1); channel++)
		;
	return channel;
}

static void take_settings(struct znp_face *face)
{
	struct znp_face_network *network = &face->network;
	uint32_t channels = face->channels ? face->channels : (uint32_t)item_value(face, ZNP_ITEM_CHANNELS, 4);

	network->pan = (uint16_t)item_value(face, ZNP_ITEM_PAN, 2);
	network->extended_pan = item_value(face, ZNP_ITEM_EXTENDED_PAN, 8);
	network->channel = lowest_channel(channels);
	if (network->pan == 0xFFFF)
		network->pan = (uint16_t)draw_between(&face->draw, (struct draw_range){1, 0xFFFE});
	if (network->extended_pan == UINT64_MAX || network->extended_pan == 0)
		network->extended_pan = face->settings.ieee;
}

static void keep_network(struct znp_face *face)
{
	uint8_t key[KEY_SIZE];

	get_key(face, key);
	set_key(face, ZNP_ITEM_ACTIVE_KEY, key);
	set_key(face, ZNP_ITEM_OTHER_KEY, key);
	set_network_key(face, key);
	set_nib(face);
	set_material(face);
}

static void start(struct znp_face *face, int64_t t_ns, int64_t after_ns)
{
	struct znp_event *event;

	face->network.state = ZNP_STATE_STARTING;
	znp_tell_host8(face, t_ns, MT_AREQ, MT_ZDO, 0xC0, ZNP_STATE_STARTING);
	event = znp_event_add(face, t_ns + after_ns, ZNP_STATE, -1);
	if (event)
		event->status = ZNP_STATE_COORDINATOR;
}

void znp_network_form(struct znp_face *face, int64_t t_ns)
{
	take_settings(face);
	start(face, t_ns, face->settings.form_ns > 0 ? face->settings.form_ns : FORM_NS);
}

bool znp_network_resume(struct znp_face *face, int64_t t_ns)
{
	if (!znp_memory_find(&face->memory, 0, ZNP_ITEM_NIB, 0))
		return false;
	if (face->network.state == ZNP_STATE_HOLD)
		start(face, t_ns, RESUME_NS);
	return true;
}

void znp_network_state(struct znp_face *face, int64_t t_ns, uint8_t state)
{
	static const uint8_t formed[] = {0, 4, 0};

	face->network.state = (enum znp_face_state)state;
	if (!znp_memory_find(&face->memory, 0, ZNP_ITEM_NIB, 0)) {
		keep_network(face);
		if (face->settings.product == ZNP_3_X_0)
			znp_tell_host(face, t_ns, MT_AREQ, MT_APP_CNF, 0x80, formed, sizeof formed);
	}
	znp_tell_host8(face, t_ns, MT_AREQ, MT_ZDO, 0xC0, state);
}

void znp_face_formed(struct znp_face *face, uint16_t pan, uint64_t extended_pan, uint8_t channel, const uint8_t key[16])
{
	set_value(face, ZNP_ITEM_PAN, pan, 2);
	set_value(face, ZNP_ITEM_EXTENDED_PAN, extended_pan, 8);
	set_value(face, ZNP_ITEM_CHANNELS, UINT32_C(1) << channel, 4);
	znp_memory_set(&face->memory, ZNP_ITEM_KEY, key, KEY_SIZE);
	take_settings(face);
	keep_network(face);
	set_value(face, face->settings.product == ZNP_3_X_0 ? ZNP_ITEM_CONFIGURED_3 : ZNP_ITEM_CONFIGURED_1, 0x55, 1);
}

/* ---- Devices ---- */

/* Those that wait for it join when joining is permitted, each after its time. */
void znp_network_permit(struct znp_face *face, int64_t t_ns, uint8_t seconds)
{
	int i;

	face->network.permit_until_ns = seconds == PERMIT_FOR_EVER ? INSTANT_NEVER : seconds > 0 ? t_ns + seconds * NS_PER_S : 0;
	znp_tell_host8(face, t_ns, MT_AREQ, MT_ZDO, 0xCB, seconds);
	if (seconds == 0)
		return;
	if (seconds != PERMIT_FOR_EVER)
		(void)znp_event_add(face, face->network.permit_until_ns, ZNP_PERMIT_ENDS, -1);
	for (i = 0; i < face->device_count; i++)
		if (!face->devices[i].joined)
			(void)znp_event_add(face, t_ns + face->devices[i].settings.join_ns, ZNP_JOINS, i);
}

void znp_network_permit_ends(struct znp_face *face, int64_t t_ns)
{
	if (face->network.permit_until_ns != t_ns)
		return; /* it was permitted anew */
	face->network.permit_until_ns = 0;
	znp_tell_host8(face, t_ns, MT_AREQ, MT_ZDO, 0xCB, 0);
}

void znp_network_joins(struct znp_face *face, int64_t t_ns, int index)
{
	struct znp_device *device = &face->devices[index];
	uint8_t bytes[12];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (device->joined || !device->on || face->network.permit_until_ns < t_ns || face->network.state != ZNP_STATE_COORDINATOR)
		return;
	/* The network's key came to it under another key than its own, and it cannot read it. */
	if (device->settings.has_link_key &&
	    !(device->key_given && memcmp(device->given_key, device->settings.link_key, sizeof device->given_key) == 0))
		return;
	device->joined = true;
	device->server = 0;
	octets_put(&out, device->node.address, 2);
	octets_put(&out, device->node.ieee, 8);
	octets_put(&out, 0, 2); /* its parent */
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xCA, bytes, out.at);
	znp_device_boot(device, t_ns + ANNOUNCE_NS);
	(void)znp_event_add(face, t_ns + ANNOUNCE_NS, ZNP_ANNOUNCES, index);
}

static void tell_route(struct znp_face *face, int64_t t_ns, const struct znp_device *device)
{
	uint8_t bytes[3 + 2 * UINT8_MAX];
	struct octets_out out = octets_out(bytes, MT_DATA_MAX);
	int i;

	octets_put(&out, device->node.address, 2);
	octets_put(&out, (uint64_t)device->settings.hops, 1);
	for (i = 0; i < device->settings.hops; i++)
		octets_put(&out, 0x1000U + (unsigned)i, 2);
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xC4, bytes, out.at);
}

void znp_network_announces(struct znp_face *face, int64_t t_ns, int index)
{
	const struct znp_device *device = &face->devices[index];
	uint8_t bytes[13];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (!device->on || !device->joined || face->network.state != ZNP_STATE_COORDINATOR)
		return;
	octets_put(&out, device->node.address, 2);
	octets_put(&out, device->node.address, 2);
	octets_put(&out, device->node.ieee, 8);
	octets_put(&out, device->node.capability, 1);
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xC1, bytes, out.at);
	if (device->settings.hops > 0)
		tell_route(face, t_ns, device);
}

void znp_network_leaves(struct znp_face *face, int64_t t_ns, int index)
{
	struct znp_device *device = &face->devices[index];
	uint8_t bytes[13];
	struct octets_out out = octets_out(bytes, sizeof bytes);

	if (!device->joined)
		return;
	device->joined = false;
	znp_device_off(device);
	device->on = true;
	octets_put(&out, device->node.address, 2);
	octets_put(&out, device->node.ieee, 8);
	octets_put(&out, 0, 3); /* not asked for, no children, no rejoining */
	znp_tell_host(face, t_ns, MT_AREQ, MT_ZDO, 0xC9, bytes, out.at);
}
