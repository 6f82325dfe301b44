/* States, answers and questions of an OTA client. */

#include "drivers/sim/face/ota_client.h"

#define NODE_AND_PERIOD 3U
#define FIELD_CONTROL_AT 3       /* of a frame: behind its header */
#define COMPLAINS_EVERY 8

enum { STATUS_NORMAL, STATUS_IN_PROGRESS, STATUS_COMPLETE, STATUS_WAITS, STATUS_COUNTS_DOWN };

/* ---- Life ---- */

static void tell(struct ota_client *client, int64_t t_ns, enum ota_client_event event, bool good)
{
	if (client->tell)
		client->tell(client->self, t_ns, event, client->image_version, good);
}

void ota_client_init(struct ota_client *client, const struct ota_client_settings *settings, uint32_t version, uint8_t *memory, size_t memory_size,
		     uint64_t seed)
{
	*client = (struct ota_client){.settings = *settings, .version = version, .memory = memory, .memory_size = memory_size,
				      .send_ns = INSTANT_NEVER, .answer_ns = INSTANT_NEVER, .then_ns = INSTANT_NEVER};
	if (client->settings.block == 0)
		client->settings.block = OTA_CLIENT_BLOCK;
	if (client->settings.timeout_ns == 0)
		client->settings.timeout_ns = OTA_CLIENT_TIMEOUT_NS;
	if (client->settings.back_off_ns == 0)
		client->settings.back_off_ns = OTA_CLIENT_BACK_OFF_NS;
	if (client->settings.errors_most == 0)
		client->settings.errors_most = OTA_CLIENT_ERRORS_MOST;
	draw_init(&client->draw, seed);
}

/* It has this oddity, and what it does now is because of it. */
static bool is_odd(struct ota_client *client, enum ota_client_oddity oddity)
{
	if (client->settings.oddities & oddity)
		client->acted |= oddity;
	return client->settings.oddities & oddity;
}

static void go(struct ota_client *client, enum ota_client_state state, int64_t send_ns)
{
	client->state = state;
	client->send_ns = send_ns;
	client->answer_ns = client->then_ns = INSTANT_NEVER;
	client->errors = 0;
}

static void rest(struct ota_client *client, int64_t t_ns)
{
	go(client, OTA_CLIENT_IDLE, INSTANT_NEVER);
	if (client->settings.query_every_ns > 0)
		client->then_ns = t_ns + client->settings.query_every_ns;
}

static void forget_image(struct ota_client *client)
{
	client->size = client->offset = 0;
	client->verified = client->moved = client->beyond = false;
}

void ota_client_forget(struct ota_client *client)
{
	forget_image(client);
	if (client->state > OTA_CLIENT_QUERIES)
		rest(client, 0);
}

static bool has_part(const struct ota_client *client)
{
	return client->size > 0 && client->offset > 0 && client->offset < client->size;
}

static void begin_fetching(struct ota_client *client, int64_t t_ns, int64_t delay_ns)
{
	bool pages = client->settings.page_size > 0 && !client->no_pages;

	client->page_end = 0;
	go(client, pages ? OTA_CLIENT_FETCHES_PAGE : OTA_CLIENT_FETCHES, t_ns + delay_ns);
	tell(client, t_ns, OTA_CLIENT_BEGAN, true);
}

void ota_client_boot(struct ota_client *client, int64_t t_ns, uint32_t version)
{
	int64_t delay_ns = draw_between(&client->draw, client->settings.boot_query_ns);

	client->version = version;
	client->period_ns = 0;
	client->no_pages = client->again = client->complained = false;
	client->end_status = ZCL_SUCCESS;
	if (client->size > 0 && client->image_version == version)
		forget_image(client);
	if (has_part(client))
		begin_fetching(client, t_ns, delay_ns);
	else if (client->verified)
		go(client, OTA_CLIENT_ENDS, t_ns + delay_ns);
	else
		go(client, OTA_CLIENT_QUERIES, t_ns + delay_ns);
}

void ota_client_off(struct ota_client *client)
{
	go(client, OTA_CLIENT_OFF, INSTANT_NEVER);
	client->again = false;
}

void ota_client_keep(struct ota_client *client, uint32_t version, uint32_t size, uint32_t offset)
{
	client->image_version = version;
	client->size = size <= client->memory_size ? size : 0;
	client->offset = offset;
}

/* ---- The end of an image ---- */

static void end(struct ota_client *client, int64_t t_ns, uint8_t status)
{
	go(client, OTA_CLIENT_ENDS, t_ns + client->settings.turnaround_ns);
	client->end_status = status;
}

void ota_client_verified(struct ota_client *client, int64_t t_ns, bool good)
{
	if (client->state != OTA_CLIENT_VERIFIES)
		return;
	good = good && ota_client_image_is_good(client->memory, client->size, &client->settings, client->image_version);
	client->verified = good;
	end(client, t_ns, good ? ZCL_SUCCESS : ZCL_INVALID_IMAGE);
	if (!good)
		forget_image(client);
}

static void take_whole(struct ota_client *client, int64_t t_ns)
{
	go(client, OTA_CLIENT_VERIFIES, INSTANT_NEVER);
	tell(client, t_ns, OTA_CLIENT_WHOLE,
	     ota_client_image_is_good(client->memory, client->size, &client->settings, client->image_version));
	if (client->settings.verify_ns != INSTANT_NEVER)
		client->then_ns = t_ns + client->settings.verify_ns;
}

static void stop(struct ota_client *client, int64_t t_ns)
{
	tell(client, t_ns, OTA_CLIENT_STOPPED, false);
	rest(client, t_ns);
}

static void activate(struct ota_client *client, int64_t t_ns)
{
	rest(client, t_ns);
	tell(client, t_ns, OTA_CLIENT_ACTIVATES, client->verified);
}

/* ---- Answers ---- */

static bool is_awaited(const struct ota_client *client, const struct zcl_header *header)
{
	return client->answer_ns != INSTANT_NEVER && header->sequence == client->sequence;
}

static int64_t next_question_ns(const struct ota_client *client, int64_t t_ns)
{
	return t_ns + (client->period_ns > client->settings.turnaround_ns ? client->period_ns : client->settings.turnaround_ns);
}

static void ask_again(struct ota_client *client, int64_t t_ns, int64_t after_ns)
{
	client->answer_ns = INSTANT_NEVER;
	client->send_ns = t_ns + after_ns;
}

static void fail(struct ota_client *client, int64_t t_ns)
{
	bool fetches = client->state == OTA_CLIENT_FETCHES || client->state == OTA_CLIENT_FETCHES_PAGE;

	client->errors++;
	client->page_end = 0;
	if (client->state == OTA_CLIENT_ENDS && client->end_status != ZCL_SUCCESS) {
		rest(client, t_ns); /* said once; the server may have heard it */
	} else if (client->state == OTA_CLIENT_ENDS && client->errors >= OTA_CLIENT_UNANSWERED_MOST) {
		if (is_odd(client, OTA_CLIENT_UPGRADES_UNASKED))
			activate(client, t_ns);
		else
			ask_again(client, t_ns, OTA_CLIENT_ASK_AGAIN_NS);
	} else if (client->errors < client->settings.errors_most || client->state == OTA_CLIENT_ENDS) {
		ask_again(client, t_ns, client->settings.back_off_ns);
	} else if (fetches) {
		tell(client, t_ns, OTA_CLIENT_STOPPED, false);
		end(client, t_ns, ZCL_ABORT);
	} else {
		rest(client, t_ns);
	}
}

static void take_notify(struct ota_client *client, int64_t t_ns, const struct ota_message *message, bool broadcast)
{
	const struct draw_range jitter = {1, 100};

	bool will_ask = client->state == OTA_CLIENT_QUERIES && client->answer_ns == INSTANT_NEVER && !client->again;

	if (client->state != OTA_CLIENT_IDLE && !will_ask)
		return;
	if (broadcast && draw_between(&client->draw, jitter) > message->jitter)
		return;
	if (has_part(client) && is_odd(client, OTA_CLIENT_NO_QUERY))
		begin_fetching(client, t_ns, client->settings.turnaround_ns);
	else
		go(client, OTA_CLIENT_QUERIES, t_ns + client->settings.turnaround_ns);
}

static void take_offer(struct ota_client *client, int64_t t_ns, const struct ota_message *message)
{
	if (message->status != ZCL_SUCCESS) {
		rest(client, t_ns);
		return;
	}
	if (client->image_version != message->version || client->size != message->size)
		forget_image(client);
	client->image_version = message->version;
	client->size = message->size;
	if (message->size > client->memory_size || message->size == 0) {
		client->size = 0;
		end(client, t_ns, ZCL_INVALID_IMAGE);
	} else if (client->verified || is_odd(client, OTA_CLIENT_NO_BLOCKS)) {
		end(client, t_ns, ZCL_SUCCESS);
	} else if (client->offset == client->size) {
		take_whole(client, t_ns); /* it died while it verified */
	} else {
		begin_fetching(client, t_ns, client->settings.turnaround_ns);
	}
}

static void take_wait(struct ota_client *client, int64_t t_ns, const struct ota_message *message)
{
	int64_t wait_ns = message->then > message->now ? (int64_t)(message->then - message->now) * NS_PER_S : 0;

	if (message->has_period)
		client->period_ns = message->period * NS_PER_MS;
	client->errors = 0;
	client->page_end = 0;
	ask_again(client, t_ns, wait_ns < OTA_CLIENT_WAIT_MOST_NS ? wait_ns : OTA_CLIENT_WAIT_MOST_NS);
	if (client->send_ns < next_question_ns(client, t_ns))
		client->send_ns = next_question_ns(client, t_ns);
}

/* At half of an image some devices do odd things; once only. */
static bool is_at_half(const struct ota_client *client)
{
	return client->offset >= client->size / 2;
}

static bool is_repeated(struct ota_client *client, int64_t t_ns)
{
	if ((client->settings.oddities & OTA_CLIENT_COMPLAINS) && ++client->blocks % COMPLAINS_EVERY == 0) {
		client->acted |= OTA_CLIENT_COMPLAINS;
		client->complained = true;
		ask_again(client, t_ns, client->settings.turnaround_ns);
		return true;
	}
	if (is_at_half(client) && is_odd(client, OTA_CLIENT_REPEATS)) {
		ask_again(client, t_ns, client->settings.turnaround_ns);
		return true;
	}
	return false;
}

static void go_on(struct ota_client *client, int64_t t_ns)
{
	if (is_at_half(client) && !client->gave_up && is_odd(client, OTA_CLIENT_ABORTS)) {
		client->gave_up = true;
		forget_image(client);
		tell(client, t_ns, OTA_CLIENT_STOPPED, false);
		end(client, t_ns, ZCL_ABORT);
		return;
	}
	if (is_at_half(client) && !client->moved && is_odd(client, OTA_CLIENT_MOVES)) {
		client->moved = true;
		tell(client, t_ns, OTA_CLIENT_NEW_ADDRESS, true);
	}
	if (client->offset >= client->size && !client->beyond && is_odd(client, OTA_CLIENT_PAST_END)) {
		client->beyond = true;
		ask_again(client, t_ns, client->settings.turnaround_ns);
	} else if (client->offset >= client->size) {
		take_whole(client, t_ns);
	} else if (client->state == OTA_CLIENT_FETCHES_PAGE && client->offset < client->page_end) {
		client->answer_ns = t_ns + client->settings.timeout_ns; /* more of it comes by itself */
	} else {
		client->answer_ns = INSTANT_NEVER;
		client->send_ns = next_question_ns(client, t_ns);
	}
}

static void take_block(struct ota_client *client, int64_t t_ns, const struct ota_message *message)
{
	if (message->status == ZCL_WAIT_FOR_DATA) {
		take_wait(client, t_ns, message);
		return;
	}
	if (message->status == ZCL_ABORT) {
		stop(client, t_ns);
		return;
	}
	if (message->status != ZCL_SUCCESS || message->version != client->image_version || message->offset != client->offset ||
	    message->manufacturer != client->settings.manufacturer || message->type != client->settings.type ||
	    message->data_size > client->settings.block || message->data_size == 0 || message->data_size > client->size - client->offset)
		return; /* not what was asked for: the answer may still come */
	if (is_repeated(client, t_ns))
		return;
	memcpy(client->memory + client->offset, message->data, message->data_size);
	client->offset += message->data_size;
	client->errors = 0;
	if (client->offset == message->data_size)
		tell(client, t_ns, OTA_CLIENT_FIRST_BLOCK, true);
	go_on(client, t_ns);
}

static void take_end(struct ota_client *client, int64_t t_ns, const struct ota_message *message)
{
	int64_t delay_s = message->then == OTA_WAIT_FOR_EVER ? 0 : (int64_t)message->then - (int64_t)message->now;

	if (message->version != client->image_version && message->version != OTA_ANY_VERSION)
		return;
	if (message->then == OTA_WAIT_FOR_EVER && !is_odd(client, OTA_CLIENT_EAGER)) {
		go(client, OTA_CLIENT_HOLDS, INSTANT_NEVER);
		client->then_ns = t_ns + OTA_CLIENT_ASK_AGAIN_NS;
		return;
	}
	go(client, OTA_CLIENT_COUNTS_DOWN, INSTANT_NEVER);
	client->then_ns = t_ns + (delay_s > 0 ? delay_s * NS_PER_S : 0);
	if (client->then_ns < t_ns + OTA_CLIENT_ACTIVATE_LEAST_NS)
		client->then_ns = t_ns + OTA_CLIENT_ACTIVATE_LEAST_NS;
	client->then_ns += client->settings.activates_late_ns;
}

/* What a Default Response says about a question. */
static void take_refusal(struct ota_client *client, int64_t t_ns, uint8_t status)
{
	if (client->state == OTA_CLIENT_ENDS && client->end_status != ZCL_SUCCESS) {
		rest(client, t_ns);
	} else if (client->beyond && client->offset >= client->size) {
		take_whole(client, t_ns);
	} else if (client->state == OTA_CLIENT_FETCHES_PAGE && status == ZCL_UNSUP_CLUSTER_COMMAND) {
		client->no_pages = true;
		go(client, OTA_CLIENT_FETCHES, t_ns + client->settings.turnaround_ns);
	} else if (status == ZCL_ABORT || status == ZCL_NO_IMAGE_AVAILABLE || status == ZCL_NOT_AUTHORIZED) {
		if (client->state == OTA_CLIENT_ENDS)
			forget_image(client);
		stop(client, t_ns);
	} else if (status != ZCL_SUCCESS) {
		fail(client, t_ns);
	}
}

static void take_command(struct ota_client *client, int64_t t_ns, const struct zcl_header *header, const struct ota_message *message,
			 bool broadcast)
{
	bool awaited = is_awaited(client, header);
	bool fetches = client->state == OTA_CLIENT_FETCHES || client->state == OTA_CLIENT_FETCHES_PAGE;
	bool waits = client->state == OTA_CLIENT_HOLDS || client->state == OTA_CLIENT_COUNTS_DOWN;

	if (message->command == OTA_END_RESPONSE && message->then != OTA_WAIT_FOR_EVER)
		tell(client, t_ns, OTA_CLIENT_RELEASED, client->verified);
	if (message->command == OTA_IMAGE_NOTIFY)
		take_notify(client, t_ns, message, broadcast);
	else if (message->command == OTA_QUERY_NEXT_RESPONSE && awaited && client->state == OTA_CLIENT_QUERIES)
		take_offer(client, t_ns, message);
	else if (message->command == OTA_BLOCK_RESPONSE && awaited && fetches)
		take_block(client, t_ns, message);
	else if (message->command == OTA_END_RESPONSE && ((awaited && client->state == OTA_CLIENT_ENDS) || (waits && client->verified)))
		take_end(client, t_ns, message);
}

void ota_client_take(struct ota_client *client, int64_t t_ns, const uint8_t *bytes, size_t size, bool broadcast)
{
	struct octets_in in = octets_in(bytes, size);
	struct ota_message message;
	struct zcl_header header;

	if (client->state == OTA_CLIENT_OFF || !zcl_get_header(&header, &in) || !header.from_server || header.has_manufacturer)
		return;
	if (header.type == ZCL_GENERAL && header.command == ZCL_DEFAULT_RESPONSE) {
		(void)octets_get8(&in);
		if (octets_left(&in) > 0 && is_awaited(client, &header))
			take_refusal(client, t_ns, octets_get8(&in));
	} else if (header.type == ZCL_CLUSTER_SPECIFIC && ota_get(&message, header.command, &in)) {
		take_command(client, t_ns, &header, &message, broadcast);
	}
}

/* ---- Questions ---- */

static size_t put_complaint(struct ota_client *client, uint8_t bytes[ZCL_FRAME_MAX])
{
	const struct zcl_header to = {.type = ZCL_CLUSTER_SPECIFIC, .from_server = true, .sequence = client->sequence,
				      .command = OTA_BLOCK_RESPONSE};
	struct octets_out out = octets_out(bytes, ZCL_FRAME_MAX);

	client->complained = false;
	zcl_put_default_response(&to, ZCL_MALFORMED_COMMAND, &out);
	return out.at;
}

static struct ota_message block_question(struct ota_client *client)
{
	const struct ota_client_settings *settings = &client->settings;
	bool page = client->state == OTA_CLIENT_FETCHES_PAGE && !client->beyond;
	struct ota_message message = {.command = page ? OTA_PAGE_REQUEST : OTA_BLOCK_REQUEST, .offset = client->offset,
				      .most = settings->block, .has_node = settings->names_node, .node = settings->node,
				      .page_size = settings->page_size, .spacing_ms = settings->spacing_ms,
				      .version = client->image_version + (is_odd(client, OTA_CLIENT_OTHER_IMAGE) ? 1 : 0)};

	client->page_end = page ? client->offset + settings->page_size : 0;
	return message;
}

static struct ota_message question(struct ota_client *client)
{
	struct ota_message message = {.command = OTA_QUERY_NEXT_REQUEST, .version = client->version,
				      .has_hardware = client->settings.has_hardware, .hardware = client->settings.hardware};

	if (client->state == OTA_CLIENT_FETCHES || client->state == OTA_CLIENT_FETCHES_PAGE)
		message = block_question(client);
	else if (client->state == OTA_CLIENT_ENDS)
		message = (struct ota_message){.command = OTA_END_REQUEST, .status = client->end_status, .version = client->image_version,
					       .has_image = client->end_status == ZCL_SUCCESS || !is_odd(client, OTA_CLIENT_SHORT_END)};
	message.manufacturer = client->settings.manufacturer;
	message.type = client->settings.type;
	return message;
}

static size_t ask(struct ota_client *client, int64_t t_ns, uint8_t bytes[ZCL_FRAME_MAX])
{
	const struct ota_message message = question(client);
	size_t size;

	if (message.command == OTA_QUERY_NEXT_REQUEST && is_odd(client, OTA_CLIENT_MUTE)) {
		rest(client, t_ns);
		return 0;
	}
	size = ota_put_frame(&message, ++client->sequence, bytes);

	if (message.command == OTA_BLOCK_REQUEST && !message.has_node && is_odd(client, OTA_CLIENT_EMPTY_OPTIONS))
		bytes[FIELD_CONTROL_AT] |= NODE_AND_PERIOD;
	client->send_ns = INSTANT_NEVER;
	client->answer_ns = t_ns + client->settings.timeout_ns;
	if (is_odd(client, OTA_CLIENT_TWICE)) {
		client->again = true;
		client->again_size = (uint8_t)size;
		memcpy(client->again_bytes, bytes, size);
	}
	return size;
}

/* What time alone brings about. */
static void pass(struct ota_client *client, int64_t t_ns)
{
	if (client->answer_ns <= t_ns)
		fail(client, t_ns);
	if (client->then_ns > t_ns)
		return;
	client->then_ns = INSTANT_NEVER;
	if (client->state == OTA_CLIENT_VERIFIES)
		ota_client_verified(client, t_ns, true);
	else if (client->state == OTA_CLIENT_HOLDS)
		end(client, t_ns, ZCL_SUCCESS);
	else if (client->state == OTA_CLIENT_COUNTS_DOWN)
		activate(client, t_ns);
	else if (client->state == OTA_CLIENT_IDLE)
		go(client, OTA_CLIENT_QUERIES, t_ns);
}

size_t ota_client_due(struct ota_client *client, int64_t t_ns, uint8_t bytes[ZCL_FRAME_MAX])
{
	pass(client, t_ns);
	if (client->complained)
		return put_complaint(client, bytes);
	if (client->again) {
		client->again = false;
		memcpy(bytes, client->again_bytes, client->again_size);
		return client->again_size;
	}
	return client->send_ns <= t_ns ? ask(client, t_ns, bytes) : 0;
}

int64_t ota_client_next(const struct ota_client *client)
{
	int64_t next_ns = client->send_ns;

	if (client->again || client->complained)
		return 0;
	if (client->answer_ns < next_ns)
		next_ns = client->answer_ns;
	return client->then_ns < next_ns ? client->then_ns : next_ns;
}

/* ---- What it shows ---- */

uint8_t ota_client_status(const struct ota_client *client)
{
	switch (client->state) {
	case OTA_CLIENT_FETCHES:
	case OTA_CLIENT_FETCHES_PAGE:
		return STATUS_IN_PROGRESS;
	case OTA_CLIENT_VERIFIES:
		return STATUS_COMPLETE;
	case OTA_CLIENT_ENDS:
		return client->verified ? STATUS_COMPLETE : STATUS_NORMAL;
	case OTA_CLIENT_HOLDS:
		return STATUS_WAITS;
	case OTA_CLIENT_COUNTS_DOWN:
		return STATUS_COUNTS_DOWN;
	case OTA_CLIENT_OFF:
	case OTA_CLIENT_IDLE:
	case OTA_CLIENT_QUERIES:
		break;
	}
	return STATUS_NORMAL;
}

bool ota_client_is_awake(const struct ota_client *client)
{
	return client->answer_ns != INSTANT_NEVER || client->again || client->complained;
}
