/*
 * From an open port to a network with endpoints: a chain of steps, each a request and what its answer leads to. A few are no requests:
 * they wait for what comes by itself.
 */

#include "drivers/zigbee/znp_private.h"

#include <stdio.h>

#define NV_EXTENDED_PAN 0x002D
#define NV_STARTUP_OPTION 0x0003
#define NV_NIB 0x0021
#define NV_CONFIGURED 0x0060           /* a mark of whoever formed the network */
#define NV_CONFIGURED_12 0x0F00        /* where 1.2 has room for it */
#define NV_PRECFGKEY 0x0062
#define NV_PRECFGKEYS_ENABLE 0x0063
#define NV_PANID 0x0083
#define NV_CHANNELS 0x0084
#define NV_LOGICAL_TYPE 0x0087
#define NV_ZDO_DIRECT_CB 0x008F
#define NV_NETWORK_KEY 0x0082          /* number, key, frame counter: only the last is read */
#define NV_MATERIAL 0x0075             /* 3.0.x: the first of those with a frame counter and the network that it is of */
#define NV_SYSTEM_STACK 1              /* 3.x.0: a table of them */
#define NV_TABLE_MATERIAL 0x0007
#define MATERIAL_SIZE 12
#define MATERIALS 4                    /* that are looked at */
#define NIB_SIZE_ALIGNED 116           /* of a processor that aligns, ... */
#define NIB_SIZE 110                   /* ... and of one that does not. The update id is the last field. */
#define NIB_UPDATE_ID_ALIGNED 114
#define NIB_UPDATE_ID 109
#define COUNTER_ALIGNED 20             /* in the item of the network's key */
#define COUNTER 17
#define CONFIGURED 0x55
#define CLEAR_STATE_AND_CONFIG 0x03
#define FORMATION 4
#define AF_DUPLICATE 0xB8              /* the endpoint is registered already */
#define NV_CREATED 9                   /* an NV item's: it was not there, and is now */
#define PRODUCT_12 0
#define PRODUCT_3X0 1
#define BOOT_LOADER_RUN 0xEF           /* CC253x's serial boot loader: run what is there */
enum { NV_FAILURE = 1, NV_NO_SUCH_ITEM = 2 };
enum { STARTUP_RESTORED, STARTUP_NEW, STARTUP_NONE };
#define STEP_TRIES 3                /* again, without an answer */
#define RESET_NS (30 * NS_PER_S)
#define RESUME_NS (60 * NS_PER_S)
#define FORM_NS (100 * NS_PER_S)
#define LINES_NS (150 * NS_PER_MS)
#define LOADER_NS (1 * NS_PER_S)
#define BACK_NS (3 * NS_PER_S)          /* from a reset of a dongle that says nothing to its next ping */

/* ---- How a silent dongle is woken: each is followed by a ping ---- */

enum probe { PROBE_AS_IT_IS, PROBE_BOOT_LOADER, PROBE_RESET, PROBE_LINES_DOWN, PROBE_LINES_RESET, PROBE_LINES_UP, PROBE_COUNT };

enum step {
	STEP_PING, STEP_VERSION, STEP_CONFIGURED, STEP_NIB, STEP_DEVICE_INFO, STEP_STARTUP, STEP_WAIT_RUNNING,
	STEP_CLEAR, STEP_RESET, STEP_INIT, STEP_WRITE, STEP_KEY_12, STEP_CHANNEL_1, STEP_CHANNEL_2, STEP_FORM, STEP_WAIT_FORMED,
	STEP_MARK_INIT, STEP_MARK, STEP_EXTADDR, STEP_NETWORK_INFO, STEP_NIB_SIZE, STEP_UPDATE_ID, STEP_COUNTER, STEP_REGISTER, STEP_UP
};

/* What a new network's settings are, in the order in which they are written; the first one stands before the reset. */
static const struct {
	uint16_t item;
	uint8_t size;
} nv_items[] = {
	{NV_STARTUP_OPTION, 1}, {NV_STARTUP_OPTION, 1}, {NV_LOGICAL_TYPE, 1}, {NV_ZDO_DIRECT_CB, 1}, {NV_CHANNELS, 4}, {NV_PANID, 2},
	{NV_EXTENDED_PAN, 8}, {NV_PRECFGKEYS_ENABLE, 1}, {NV_PRECFGKEY, ZNP_KEY_SIZE},
};

#define NV_ITEMS ((int)(sizeof nv_items / sizeof *nv_items))

static void put_nv(const struct znp *znp, int item, struct octets_out *out)
{
	const struct znp_network *network = &znp->settings->network;

	switch (nv_items[item].item) {
	case NV_STARTUP_OPTION:
		octets_put(out, item == 0 ? CLEAR_STATE_AND_CONFIG : 0, 1);
		break;
	case NV_ZDO_DIRECT_CB:
		octets_put(out, 1, 1);
		break;
	case NV_CHANNELS:
		octets_put(out, network->channels, 4);
		break;
	case NV_PANID:
		octets_put(out, network->pan, 2);
		break;
	case NV_EXTENDED_PAN:
		octets_put(out, network->extended_pan, 8);
		break;
	case NV_PRECFGKEY:
		octets_put_bytes(out, network->key, ZNP_KEY_SIZE);
		break;
	default: /* a coordinator; and the key is handed out to those that join */
		octets_put(out, 0, 1);
		break;
	}
}

static uint16_t configured_item(const struct znp *znp)
{
	return znp->product == PRODUCT_12 ? NV_CONFIGURED_12 : NV_CONFIGURED;
}

/* ---- One step ---- */

static void fill_register(const struct znp *znp, int index, struct octets_out *out)
{
	const struct znp_endpoint *endpoint = &znp->settings->endpoints[index];

	octets_put(out, endpoint->endpoint, 1);
	octets_put(out, endpoint->profile, 2);
	octets_put(out, 5, 2);     /* device id: configuration tool */
	octets_put(out, 0, 1);
	octets_put(out, 0, 1);     /* no latency */
	octets_put(out, 1, 1);
	octets_put(out, ZCL_CLUSTER_OTA, 2);
	octets_put(out, 1, 1);
	octets_put(out, ZCL_CLUSTER_BASIC, 2);
}

static void fill_nv(const struct znp *znp, unsigned code, uint16_t item, uint8_t size, int index, struct octets_out *out)
{
	octets_put(out, item, 2);
	if (code == NV_INIT) {
		octets_put(out, size, 2);
		octets_put(out, size, 1);
	} else {
		octets_put(out, 0, 1);
		octets_put(out, size, 1);
	}
	if (index < 0)
		octets_put(out, CONFIGURED, 1);
	else
		put_nv(znp, index, out);
}

/* Where the frame counter stands, and no key: of the item with both only what is behind the key is read. */
static void fill_counter(const struct znp *znp, int index, struct octets_out *out)
{
	if (znp->product == PRODUCT_3X0) {
		octets_put(out, NV_SYSTEM_STACK, 1);
		octets_put(out, NV_TABLE_MATERIAL, 2);
		octets_put(out, (uint64_t)index, 2);
		octets_put(out, 0, 2);
		octets_put(out, MATERIAL_SIZE, 1);
	} else if (znp->product == PRODUCT_12) {
		octets_put(out, NV_NETWORK_KEY, 2);
		octets_put(out, znp->aligned ? COUNTER_ALIGNED : COUNTER, 1);
	} else {
		octets_put(out, NV_MATERIAL + (unsigned)index, 2);
		octets_put(out, 0, 1);
	}
}

/* The code of the step's request, with what it carries; 0: the step only waits. */
static unsigned fill(const struct znp *znp, enum step step, int index, struct request *request)
{
	static const uint16_t codes[] = {
		[STEP_PING] = SYS_PING, [STEP_VERSION] = SYS_VERSION, [STEP_CONFIGURED] = NV_READ, [STEP_NIB] = NV_LENGTH,
		[STEP_DEVICE_INFO] = UTIL_DEVICE_INFO, [STEP_STARTUP] = ZDO_STARTUP, [STEP_CLEAR] = NV_DELETE, [STEP_INIT] = NV_INIT,
		[STEP_WRITE] = NV_WRITE, [STEP_KEY_12] = SAPI_WRITE, [STEP_CHANNEL_1] = BDB_CHANNEL, [STEP_CHANNEL_2] = BDB_CHANNEL,
		[STEP_FORM] = BDB_START, [STEP_MARK_INIT] = NV_INIT, [STEP_MARK] = NV_WRITE, [STEP_EXTADDR] = SYS_EXTADDR,
		[STEP_NETWORK_INFO] = ZDO_NETWORK_INFO, [STEP_NIB_SIZE] = NV_LENGTH, [STEP_UPDATE_ID] = NV_READ,
		[STEP_COUNTER] = NV_READ, [STEP_REGISTER] = AF_REGISTER, [STEP_UP] = 0,
	};
	struct octets_out *out = &request->out;

	request_begin(request, step == STEP_COUNTER && znp->product == PRODUCT_3X0 ? NV_TABLE_READ : codes[step]);
	switch (step) {
	case STEP_CONFIGURED:
		octets_put(out, configured_item(znp), 2);
		octets_put(out, 0, 1);
		break;
	case STEP_NIB:
	case STEP_NIB_SIZE:
		octets_put(out, NV_NIB, 2);
		break;
	case STEP_STARTUP:
		octets_put(out, 100, 2); /* ms from now */
		break;
	case STEP_CLEAR:
		octets_put(out, NV_NIB, 2);
		octets_put(out, 116, 2);
		break;
	case STEP_INIT:
	case STEP_WRITE:
		fill_nv(znp, codes[step], nv_items[index].item, nv_items[index].size, index, out);
		break;
	case STEP_MARK_INIT:
	case STEP_MARK:
		fill_nv(znp, codes[step], configured_item(znp), 1, -1, out);
		break;
	case STEP_KEY_12:
		octets_put(out, NV_PRECFGKEY, 1);
		octets_put(out, ZNP_KEY_SIZE, 1);
		octets_put_bytes(out, znp->settings->network.key, ZNP_KEY_SIZE);
		break;
	case STEP_CHANNEL_1:
	case STEP_CHANNEL_2:
		octets_put(out, step == STEP_CHANNEL_1, 1);
		octets_put(out, step == STEP_CHANNEL_1 ? znp->settings->network.channels : 0, 4);
		break;
	case STEP_FORM:
		octets_put(out, FORMATION, 1);
		break;
	case STEP_UPDATE_ID:
		octets_put(out, NV_NIB, 2);
		octets_put(out, znp->aligned ? NIB_UPDATE_ID_ALIGNED : NIB_UPDATE_ID, 1);
		break;
	case STEP_COUNTER:
		fill_counter(znp, index, out);
		break;
	case STEP_REGISTER:
		fill_register(znp, index, out);
		break;
	case STEP_PING:
	case STEP_VERSION:
	case STEP_DEVICE_INFO:
	case STEP_EXTADDR:
	case STEP_NETWORK_INFO:
	case STEP_WAIT_RUNNING:
	case STEP_WAIT_FORMED:
	case STEP_RESET:
	case STEP_UP:
		break;
	}
	return codes[step];
}

static void up(struct znp *znp, int64_t t_ns)
{
	struct znp_notice *notice = znp_notice(znp, ZNP_UP);

	(void)snprintf(notice->text, sizeof notice->text, "Z-Stack %s, build %lu, PAN %04X, channel %d, %s",
		       znp->product == PRODUCT_12 ? "1.2" : znp->product == 1 ? "3.x.0" : "3.0.x", (unsigned long)znp->revision, znp->pan, znp->channel,
		       znp->formed ? "a new network" : "its network as before");
	znp->state = ZNP_RUNNING;
	znp->in_doubt = false;
	znp->step_deadline_ns = INSTANT_NEVER;
	znp->quiet_deadline_ns = t_ns + ZNP_QUIET_NS;
	znp->unanswered = 0;
}

static void put_reset(struct znp *znp)
{
	struct request request;

	request_begin(&request, SYS_RESET);
	octets_put(&request.out, 1, 1); /* soft: the UART's port stays */
	znp_put_frame(znp, &request);
}

/* `index`, of an NV item or an endpoint, is kept with the step: step * 16 + index. */
static void go(struct znp *znp, int64_t t_ns, enum step step, int index)
{
	struct request request;

	znp->state = ZNP_STARTING;
	znp->step = (int)step * 16 + index;
	znp->step_deadline_ns = INSTANT_NEVER;
	if (step == STEP_UP) {
		up(znp, t_ns);
	} else if (step == STEP_RESET) {
		put_reset(znp);
		znp->step_deadline_ns = t_ns + RESET_NS;
	} else if (step == STEP_WAIT_RUNNING || step == STEP_WAIT_FORMED) {
		znp->step_deadline_ns = t_ns + (step == STEP_WAIT_FORMED ? FORM_NS : RESUME_NS);
	} else {
		(void)fill(znp, step, index, &request);
		request_send(znp, t_ns, &request, FOR_STEP, ZNP_ANSWER_NS);
		if (step == STEP_KEY_12 || ((step == STEP_INIT || step == STEP_WRITE) && nv_items[index].item == NV_PRECFGKEY))
			znp_put_was_secret(znp);
	}
}

static enum step step_of(const struct znp *znp)
{
	return (enum step)(znp->step / 16);
}

/* ---- What an answer leads to ---- */

static void form(struct znp *znp, int64_t t_ns)
{
	znp->formed = true;
	go(znp, t_ns, STEP_CLEAR, 0);
}

/* All meters of the bench would have to join anew: a network is formed only for a dongle that says that it has none. */
static void unsaid(struct znp *znp, int64_t t_ns)
{
	znp_fail(znp, t_ns, "the dongle does not say whether it has a network");
}

static void take_version(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	(void)octets_get8(in);
	znp->product = octets_get8(in);
	(void)octets_get(in, 3);
	znp->revision = octets_left(in) >= 4 ? octets_get32(in) : 0;
	go(znp, t_ns, znp->reset_first ? STEP_RESET : STEP_CONFIGURED, 0);
}

static void take_configured(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in), size = octets_get8(in);

	if (status == 0 && size == 1 && octets_get8(in) == CONFIGURED && !in->cut)
		go(znp, t_ns, STEP_NIB, 0);
	else if (!in->cut && (status == 0 || status == NV_FAILURE || status == NV_NO_SUCH_ITEM))
		form(znp, t_ns);
	else
		unsaid(znp, t_ns);
}

/* Whether it has a network; 0 bytes: none. */
static void take_network_size(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint16_t size = octets_get16(in);

	if (in->cut)
		unsaid(znp, t_ns);
	else if (size > 0)
		go(znp, t_ns, STEP_DEVICE_INFO, 0);
	else
		form(znp, t_ns);
}

/* Restored; a new one, on 1.2; or none. */
static void take_startup(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in);

	if (status <= STARTUP_NEW && !in->cut)
		go(znp, t_ns, STEP_WAIT_RUNNING, 0);
	else if (status == STARTUP_NONE)
		form(znp, t_ns);
	else
		unsaid(znp, t_ns);
}

static void take_device_info(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in);

	znp->ieee = octets_get(in, 8);
	(void)octets_get(in, 3); /* short address, device type */
	if (status == 0 && octets_get8(in) == DEVICE_RUNS && !in->cut)
		go(znp, t_ns, STEP_EXTADDR, 0);
	else
		go(znp, t_ns, STEP_STARTUP, 0);
}

static void take_network(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	(void)octets_get(in, 3); /* short address, state */
	znp->pan = octets_get16(in);
	(void)octets_get16(in);
	znp->extended_pan = octets_get(in, 8);
	(void)octets_get(in, 8);
	znp->channel = octets_get8(in);
	if (in->cut)
		znp_fail(znp, t_ns, "the dongle does not say which network it has");
	else
		go(znp, t_ns, STEP_NIB_SIZE, 0);
	znp->update_id = -1;
	znp->frame_counter = -1;
}

/* From here on what is only told: a dongle that does not say it, or in another layout than these two, is as good. */
static void take_nib_size(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint16_t size = octets_get16(in);

	znp->aligned = size == NIB_SIZE_ALIGNED;
	go(znp, t_ns, size == NIB_SIZE_ALIGNED || size == NIB_SIZE ? STEP_UPDATE_ID : STEP_REGISTER, 0);
}

static void take_update_id(struct znp *znp, int64_t t_ns, struct octets_in *in)
{
	uint8_t status = octets_get8(in), size = octets_get8(in), value = octets_get8(in);

	if (!in->cut && status == 0 && size > 0)
		znp->update_id = value;
	go(znp, t_ns, STEP_COUNTER, 0);
}

/* Those with a network of their own are looked through for ours. */
static void take_counter(struct znp *znp, int64_t t_ns, int index, struct octets_in *in)
{
	uint8_t status = octets_get8(in), size = octets_get8(in);
	uint32_t counter = octets_get32(in);
	bool ours = znp->product == PRODUCT_12 || (octets_get(in, 8) == znp->extended_pan && size == MATERIAL_SIZE);

	if (!in->cut && status == 0 && ours)
		znp->frame_counter = counter;
	if (znp->frame_counter < 0 && znp->product != PRODUCT_12 && index + 1 < MATERIALS)
		go(znp, t_ns, STEP_COUNTER, index + 1);
	else
		go(znp, t_ns, STEP_REGISTER, 0);
}

/* Settings are written before the reset, one, and behind it, all others. */
static void written(struct znp *znp, int64_t t_ns, int index)
{
	if (index == 0)
		go(znp, t_ns, STEP_RESET, 0);
	else if (index + 1 < NV_ITEMS)
		go(znp, t_ns, STEP_INIT, index + 1);
	else
		go(znp, t_ns, znp->product == PRODUCT_12 ? STEP_KEY_12 : STEP_CHANNEL_1, 0);
}

/* Where a step of forming a network leads to when it went well. */
static void formed_so_far(struct znp *znp, int64_t t_ns, enum step step, int index)
{
	static const uint8_t next[] = {[STEP_KEY_12] = STEP_STARTUP, [STEP_CHANNEL_1] = STEP_CHANNEL_2, [STEP_CHANNEL_2] = STEP_FORM,
				       [STEP_FORM] = STEP_WAIT_FORMED, [STEP_MARK_INIT] = STEP_MARK, [STEP_MARK] = STEP_EXTADDR};

	if (step == STEP_CLEAR)
		go(znp, t_ns, STEP_INIT, 0);
	else if (step == STEP_INIT)
		go(znp, t_ns, STEP_WRITE, index);
	else if (step == STEP_WRITE)
		written(znp, t_ns, index);
	else
		go(znp, t_ns, (enum step)next[step], 0);
}

static void answer_of_form(struct znp *znp, int64_t t_ns, enum step step, int index, uint8_t status)
{
	bool may_be_new = step == STEP_CLEAR || step == STEP_MARK_INIT || (step == STEP_INIT && status == NV_CREATED);
	char why[120];

	if (status == 0 || may_be_new) {
		formed_so_far(znp, t_ns, step, index);
		return;
	}
	(void)snprintf(why, sizeof why, "the dongle refuses a step of forming a network: status 0x%02X at step %d.%d", status, (int)step, index);
	znp_fail(znp, t_ns, why);
}

static void registered(struct znp *znp, int64_t t_ns, int index, uint8_t status)
{
	if (status != 0 && status != AF_DUPLICATE)
		znp_fail(znp, t_ns, "the dongle does not register an endpoint");
	else if (index + 1 < znp->settings->endpoint_count)
		go(znp, t_ns, STEP_REGISTER, index + 1);
	else
		go(znp, t_ns, STEP_UP, 0);
}

static void probe(struct znp *znp, int64_t t_ns);

/* Silence is what a probe tells; anywhere else it is a failure. */
static void silent(struct znp *znp, int64_t t_ns)
{
	if (znp->state == ZNP_PROBING) {
		znp->probe++;
		probe(znp, t_ns);
		return;
	}
	znp_fail(znp, t_ns, "the dongle does not answer while it comes up");
}

void start_answer(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	struct octets_in in = frame ? octets_in(frame->data, frame->size) : octets_in(NULL, 0);
	enum step step = step_of(znp);
	int index = znp->step % 16;

	if (!frame && (step == STEP_NIB_SIZE || step == STEP_UPDATE_ID || step == STEP_COUNTER)) {
		go(znp, t_ns, STEP_REGISTER, 0); /* what is only told is asked for once */
		return;
	}
	if (!frame && znp->state == ZNP_STARTING && !znp->formed && znp->step_tries < STEP_TRIES) {
		znp->step_tries++; /* one that has a network loses nothing by being asked again */
		go(znp, t_ns, step, index);
		return;
	}
	znp->step_tries = 0;
	if (!frame) {
		silent(znp, t_ns);
		return;
	}
	switch (step) {
	case STEP_PING:
		go(znp, t_ns, STEP_VERSION, 0);
		break;
	case STEP_VERSION:
		take_version(znp, t_ns, &in);
		break;
	case STEP_CONFIGURED:
		take_configured(znp, t_ns, &in);
		break;
	case STEP_NIB:
		take_network_size(znp, t_ns, &in);
		break;
	case STEP_DEVICE_INFO:
		take_device_info(znp, t_ns, &in);
		break;
	case STEP_STARTUP:
		take_startup(znp, t_ns, &in);
		break;
	case STEP_EXTADDR:
		znp->ieee = octets_get(&in, 8);
		go(znp, t_ns, STEP_NETWORK_INFO, 0);
		break;
	case STEP_NETWORK_INFO:
		take_network(znp, t_ns, &in);
		break;
	case STEP_NIB_SIZE:
		take_nib_size(znp, t_ns, &in);
		break;
	case STEP_UPDATE_ID:
		take_update_id(znp, t_ns, &in);
		break;
	case STEP_COUNTER:
		take_counter(znp, t_ns, index, &in);
		break;
	case STEP_REGISTER:
		registered(znp, t_ns, index, octets_get8(&in));
		break;
	case STEP_CLEAR:
	case STEP_INIT:
	case STEP_WRITE:
	case STEP_KEY_12:
	case STEP_CHANNEL_1:
	case STEP_CHANNEL_2:
	case STEP_FORM:
	case STEP_MARK_INIT:
	case STEP_MARK:
		answer_of_form(znp, t_ns, step, index, octets_get8(&in));
		break;
	case STEP_RESET:
	case STEP_WAIT_RUNNING:
	case STEP_WAIT_FORMED:
	case STEP_UP:
		break;
	}
}

/* What is waited for comes by itself. */
void start_heard(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	unsigned code = mt_code(frame);
	bool runs = code == ZDO_STATE && frame->size >= 1 && frame->data[0] == DEVICE_RUNS;

	if (znp->state != ZNP_STARTING || znp->asking)
		return;
	if (step_of(znp) == STEP_RESET && code == SYS_RESET_IND) {
		bool hung = znp->reset_first;

		znp->reset_first = false;
		go(znp, t_ns, hung ? STEP_CONFIGURED : STEP_INIT, hung ? 0 : 1);
	}
	if (step_of(znp) == STEP_WAIT_FORMED && runs)
		go(znp, t_ns, STEP_MARK_INIT, 0);
	else if (step_of(znp) == STEP_WAIT_RUNNING && runs)
		go(znp, t_ns, znp->formed ? STEP_MARK_INIT : STEP_EXTADDR, 0);
}

/* ---- Waking it ---- */

static void ping(struct znp *znp, int64_t t_ns)
{
	struct request request;

	znp->step = (int)STEP_PING * 16;
	znp->step_deadline_ns = INSTANT_NEVER;
	request_begin(&request, SYS_PING);
	request_send(znp, t_ns, &request, FOR_STEP, ZNP_PING_NS);
}

static void set_lines(struct znp *znp, int64_t t_ns, bool rts)
{
	struct znp_notice *notice = znp_notice(znp, ZNP_LINES);

	notice->dtr = false;
	notice->rts = rts;
	znp->step_deadline_ns = t_ns + LINES_NS;
}

static void probe(struct znp *znp, int64_t t_ns)
{
	static const uint8_t run = BOOT_LOADER_RUN;

	znp->state = ZNP_PROBING;
	if (znp->probe == PROBE_LINES_DOWN && !znp->settings->reset_by_lines)
		znp->probe = PROBE_COUNT;
	switch (znp->probe) {
	case PROBE_AS_IT_IS:
		ping(znp, t_ns);
		break;
	case PROBE_BOOT_LOADER:
		znp_put(znp, &run, 1);
		znp->step_deadline_ns = t_ns + LOADER_NS;
		break;
	case PROBE_RESET: /* one that hangs may still hear this */
		put_reset(znp);
		znp->step_deadline_ns = t_ns + BACK_NS;
		break;
	case PROBE_LINES_DOWN:
	case PROBE_LINES_RESET:
	case PROBE_LINES_UP:
		set_lines(znp, t_ns, znp->probe == PROBE_LINES_RESET);
		break;
	default:
		znp_fail(znp, t_ns, "nobody answers: is it a dongle with Z-Stack?");
		break;
	}
}

/* What comes up may be another dongle. */
static void forget_keys(struct znp *znp)
{
	int i;

	for (i = 0; i < znp->node_count; i++) {
		znp->nodes[i].key_given = false;
		znp->nodes[i].key_ns = INSTANT_NEVER;
	}
}

void start_begin(struct znp *znp, int64_t t_ns)
{
	znp_forget_request(znp);
	forget_keys(znp);
	znp->unsent_size = znp->secret_size = znp->secret_at = 0; /* of a port that takes nothing; half a frame of it costs a ping at most */
	znp->formed = false;
	znp->unanswered = 0;
	znp->probe = PROBE_AS_IT_IS;
	probe(znp, t_ns);
}

/* A pause of a probe is over, or a step's time. */
void start_tick(struct znp *znp, int64_t t_ns)
{
	if (znp->state == ZNP_PAUSING) {
		start_begin(znp, t_ns);
	} else if (znp->state == ZNP_PROBING) {
		if (znp->probe == PROBE_LINES_DOWN || znp->probe == PROBE_LINES_RESET) {
			znp->probe++;
			probe(znp, t_ns);
		} else {
			ping(znp, t_ns);
		}
	} else if (znp->state == ZNP_STARTING) {
		znp_fail(znp, t_ns, step_of(znp) == STEP_RESET ? "the dongle does not come back from a reset"
							      : "the network does not come up in time: is the channel free?");
	}
}
