/* From question to answer; one function for each command that a device has. */

#include "drivers/zigbee/ota_server.h"

#include <assert.h>

#define NO_OFFSET SIZE_MAX
#define REQUESTS_PER_BLOCK 20
#define REQUESTS_FREE 1000

void ota_server_init(struct ota_server *server, int at_once)
{
	*server = (struct ota_server){.at_once = at_once};
}

int ota_server_add(struct ota_server *server, uint64_t node, uint8_t block_most)
{
	if (server->device_count == OTA_DEVICES_MAX)
		return -1;
	server->devices[server->device_count] = (struct ota_device){
		.node = node, .block_most = block_most < OTA_BLOCK_MOST ? block_most : OTA_BLOCK_MOST, .asked_ns = INSTANT_NEVER,
		.waits_since_ns = INSTANT_NEVER, .page_next_ns = INSTANT_NEVER, .failed_offset = NO_OFFSET};
	return server->device_count++;
}

int ota_server_find(const struct ota_server *server, uint64_t node)
{
	int i;

	for (i = 0; i < server->device_count; i++)
		if (server->devices[i].node == node)
			return i;
	return -1;
}

void ota_server_offer(struct ota_server *server, int device, const struct ota_offer *offer, bool resumed)
{
	struct ota_device *of = &server->devices[device];

	of->offer = offer;
	of->aborted = of->holds = of->released = false;
	of->resumed = resumed;
	of->reached = -1;
	of->blocks = 0;
	of->requests = of->repeats = 0;
	of->asked_ns = of->waits_since_ns = of->page_next_ns = INSTANT_NEVER;
}

void ota_server_withdraw(struct ota_server *server, int device)
{
	struct ota_device *of = &server->devices[device];

	of->aborted = true;
	of->page_next_ns = of->waits_since_ns = INSTANT_NEVER;
}

void ota_server_expect(struct ota_server *server, const struct ota_offer *offer)
{
	server->expected = offer;
}

/* ---- Answers ---- */

static void put_message(const struct ota_message *message, uint8_t sequence, struct ota_answer *answer)
{
	answer->size = ota_put_frame(message, sequence, answer->bytes);
}

static void put_default(const struct zcl_header *to, uint8_t status, struct ota_answer *answer)
{
	struct octets_out out = octets_out(answer->bytes, sizeof answer->bytes);

	zcl_put_default_response(to, status, &out);
	answer->size = out.at;
}

/* What is offered under "any" is for every name. */
static bool is_named(const struct ota_offer *offer, const struct ota_message *message)
{
	return (offer->manufacturer == OTA_ANY_MANUFACTURER || message->manufacturer == offer->manufacturer) &&
	       (offer->type == OTA_ANY_TYPE || message->type == offer->type);
}

static bool fits(const struct ota_offer *offer, const struct ota_message *message)
{
	return is_named(offer, message) && message->version != offer->version &&
	       (!offer->has_hardware || !message->has_hardware ||
		(message->hardware >= offer->hardware_least && message->hardware <= offer->hardware_most));
}

static void answer_query(struct ota_device *of, const struct ota_message *message, uint8_t sequence, struct ota_answer *answer,
			 struct ota_told *told)
{
	bool offered = of && of->offer && !of->aborted && !of->released && fits(of->offer, message);
	struct ota_message next = {.command = OTA_QUERY_NEXT_RESPONSE, .status = ZCL_NO_IMAGE_AVAILABLE};

	if (offered)
		next = (struct ota_message){.command = OTA_QUERY_NEXT_RESPONSE, .status = ZCL_SUCCESS, .manufacturer = of->offer->manufacturer,
					    .type = of->offer->type, .version = of->offer->version, .size = (uint32_t)of->offer->size};
	put_message(&next, sequence, answer);
	*told = (struct ota_told){.event = OTA_ASKED, .manufacturer = message->manufacturer, .type = message->type, .version = message->version,
				  .status = next.status};
}

/* ---- Places ---- */

static bool is_active(const struct ota_device *of, int64_t t_ns)
{
	return of->asked_ns != INSTANT_NEVER && t_ns - of->asked_ns < OTA_PLACE_NS && of->waits_since_ns == INSTANT_NEVER && of->offer &&
	       !of->aborted && !of->holds;
}

static bool still_waits(const struct ota_device *of, int64_t t_ns)
{
	return of->waits_since_ns != INSTANT_NEVER && t_ns - of->asked_ns < 3 * OTA_WAIT_S * NS_PER_S;
}

/* Those that have a place, and those that waited longer for one. */
static bool has_place(const struct ota_server *server, const struct ota_device *of, int64_t t_ns)
{
	int before = 0, i;

	if (is_active(of, t_ns))
		return true;
	for (i = 0; i < server->device_count; i++) {
		const struct ota_device *other = &server->devices[i];

		if (other == of)
			continue;
		before += is_active(other, t_ns) || (still_waits(other, t_ns) && other->waits_since_ns < of->waits_since_ns);
	}
	return before < server->at_once;
}

static void tell_to_wait(struct ota_device *of, int64_t t_ns, uint8_t sequence, struct ota_answer *answer)
{
	const struct ota_message wait = {.command = OTA_BLOCK_RESPONSE, .status = ZCL_WAIT_FOR_DATA, .then = OTA_WAIT_S};

	if (of->waits_since_ns == INSTANT_NEVER)
		of->waits_since_ns = t_ns;
	of->asked_ns = t_ns;
	put_message(&wait, sequence, answer);
}

/* ---- Blocks ---- */

static void put_abort(uint8_t sequence, struct ota_answer *answer)
{
	const struct ota_message abort = {.command = OTA_BLOCK_RESPONSE, .status = ZCL_ABORT};

	put_message(&abort, sequence, answer);
}

/* Two kinds of endless asking; both end the transfer of whoever does it. */
static bool asks_too_often(struct ota_device *of, uint32_t offset)
{
	int64_t blocks = (int64_t)of->offer->size / OTA_BLOCK_LEAST + 1;

	of->repeats = of->requests > 0 && offset == of->last_offset ? of->repeats + 1 : 0;
	of->last_offset = offset;
	of->requests++;
	return of->repeats >= OTA_REPEATS_MOST || of->requests > REQUESTS_PER_BLOCK * blocks + REQUESTS_FREE;
}

/* It has all in front of the first byte that it asked for from an earlier life, and all that it was given since then. */
static void take_progress(struct ota_device *of, int64_t from, int64_t to, struct ota_told *told)
{
	bool first = of->reached < 0;

	/* It reads the header at 0 and goes on with what it has of an earlier life: what lies between is its own. */
	if (!first && from > of->reached && of->blocks == 1)
		of->reached = from;
	of->blocks++;
	if (!first && (from > of->reached || to <= of->reached)) {
		*told = (struct ota_told){.event = OTA_GOES_BACK};
		return;
	}
	of->reached = to;
	*told = (struct ota_told){.event = OTA_PROGRESS, .first = first, .done = to, .total = (int64_t)of->offer->size};
}

static void put_block(struct ota_device *of, const struct ota_message *request, size_t most, uint8_t sequence, struct ota_answer *answer,
		      struct ota_told *told)
{
	size_t left = of->offer->size - request->offset, size = left < most ? left : most;
	const struct ota_message block = {.command = OTA_BLOCK_RESPONSE, .status = ZCL_SUCCESS, .manufacturer = request->manufacturer,
					  .type = request->type, .version = request->version, .offset = request->offset,
					  .data_size = (uint8_t)size, .data = of->offer->bytes + request->offset};

	put_message(&block, sequence, answer);
	answer->offset = request->offset;
	take_progress(of, request->offset, (int64_t)(request->offset + size), told);
}

static size_t block_size(const struct ota_device *of, const struct ota_message *request)
{
	return request->most < of->block_most ? request->most : of->block_most;
}

static void begin_page(struct ota_device *of, const struct ota_message *request, int64_t t_ns, uint8_t sequence)
{
	size_t size = request->page_size < OTA_PAGE_MOST ? request->page_size : OTA_PAGE_MOST, left = of->offer->size - request->offset;

	of->page = *request;
	of->page_sequence = sequence;
	of->page_end = request->offset + (size < left ? size : left);
	of->page_spacing_ns = NS_PER_MS * (request->spacing_ms > OTA_SPACING_LEAST_MS ? request->spacing_ms : OTA_SPACING_LEAST_MS);
	of->page_next_ns = t_ns;
}

/* One page at a time (facts/ota.md 3.3); a device that asks again begins its own anew. */
static bool page_of_another(const struct ota_server *server, const struct ota_device *of)
{
	int i;

	for (i = 0; i < server->device_count; i++)
		if (&server->devices[i] != of && server->devices[i].page_next_ns != INSTANT_NEVER)
			return true;
	return false;
}

static void answer_block(struct ota_server *server, struct ota_device *of, int64_t t_ns, const struct zcl_header *header,
			 const struct ota_message *request, struct ota_answer *answer, struct ota_told *told)
{
	if (!of || !of->offer || request->version != of->offer->version || !is_named(of->offer, request) ||
	    request->offset >= of->offer->size) {
		put_default(header, ZCL_NO_IMAGE_AVAILABLE, answer);
		return;
	}
	if (of->aborted || of->released) { /* what is activated once is not loaded, and released, a second time */
		put_abort(header->sequence, answer);
		return;
	}
	if (block_size(of, request) == 0 || (request->command == OTA_PAGE_REQUEST && request->page_size == 0)) {
		put_default(header, ZCL_MALFORMED_COMMAND, answer);
		return;
	}
	if (!has_place(server, of, t_ns)) {
		tell_to_wait(of, t_ns, header->sequence, answer);
		*told = (struct ota_told){.event = OTA_WAITS};
		return;
	}
	if (asks_too_often(of, request->offset)) { /* whoever waits asks again as it is told to, and is not counted */
		of->aborted = true;
		*told = (struct ota_told){.event = OTA_GAVE_UP, .status = ZCL_ABORT};
		put_abort(header->sequence, answer);
		return;
	}
	of->asked_ns = t_ns;
	of->waits_since_ns = INSTANT_NEVER;
	of->holds = false; /* it begins anew */
	if (request->command == OTA_BLOCK_REQUEST)
		put_block(of, request, block_size(of, request), header->sequence, answer, told);
	else if (page_of_another(server, of))
		put_default(header, ZCL_FAILURE, answer);
	else
		begin_page(of, request, t_ns, header->sequence);
}

/* ---- The end ---- */

static void put_end(const struct ota_device *of, uint32_t then_s, uint8_t sequence, struct ota_answer *answer)
{
	const struct ota_message end = {.command = OTA_END_RESPONSE, .manufacturer = of->offer->manufacturer, .type = of->offer->type,
					.version = of->offer->version, .now = 0, .then = then_s};

	put_message(&end, sequence, answer);
}

/* One that gives up what it had begun before says so, and takes the new one then; one that names none means the offered one. */
static bool is_of_the_offer(const struct ota_offer *offer, const struct ota_message *request)
{
	return !request->has_image || (request->version == offer->version && is_named(offer, request));
}

static bool is_held_from_before(const struct ota_server *server, const struct ota_device *of, const struct ota_message *request)
{
	return of && !of->offer && server->expected && is_of_the_offer(server->expected, request);
}

static void tell_to_hold(const struct ota_message *request, uint8_t sequence, struct ota_answer *answer)
{
	const struct ota_message hold = {.command = OTA_END_RESPONSE, .manufacturer = request->manufacturer, .type = request->type,
					 .version = request->version, .then = OTA_WAIT_FOR_EVER};

	put_message(&hold, sequence, answer);
}

static void answer_end(const struct ota_server *server, struct ota_device *of, const struct zcl_header *header, const struct ota_message *request, struct ota_answer *answer,
		       struct ota_told *told)
{
	if (request->status != ZCL_SUCCESS) {
		put_default(header, ZCL_SUCCESS, answer);
		if (of && of->offer && is_of_the_offer(of->offer, request))
			*told = (struct ota_told){.event = OTA_GAVE_UP, .status = request->status};
		return;
	}
	if (is_held_from_before(server, of, request)) {
		tell_to_hold(request, header->sequence, answer);
		return;
	}
	if (!of || !of->offer || of->aborted || request->version != of->offer->version || !is_named(of->offer, request)) {
		put_default(header, ZCL_ABORT, answer);
		return;
	}
	/* One that was given less and says that it has it all is in a loop of its own, or lies (facts/ota.md 3.7.9). */
	if (!of->resumed && of->reached < (int64_t)of->offer->size) {
		put_default(header, ZCL_ABORT, answer);
		*told = (struct ota_told){.event = OTA_GAVE_UP, .status = ZCL_ABORT};
		return;
	}
	if (!of->holds)
		*told = (struct ota_told){.event = OTA_HOLDS, .version = request->version};
	of->holds = true;
	/* Released or not: only the release activates, and that is sent once. A device that asks again may have activated, and gone back. */
	put_end(of, OTA_WAIT_FOR_EVER, header->sequence, answer);
}

/* ---- All of them ---- */

static void take_general(const struct zcl_header *header, struct octets_in *in, struct ota_told *told)
{
	uint8_t status;

	if (header->command != ZCL_DEFAULT_RESPONSE)
		return;
	(void)octets_get8(in);
	status = octets_get8(in);
	if (!in->cut && status != ZCL_SUCCESS)
		*told = (struct ota_told){.event = OTA_COMPLAINED, .status = status};
}

static void answer_command(struct ota_server *server, struct ota_device *of, int64_t t_ns, const struct zcl_header *header,
			   const struct ota_message *message, struct ota_answer *answer, struct ota_told *told)
{
	switch (message->command) {
	case OTA_QUERY_NEXT_REQUEST:
		answer_query(of, message, header->sequence, answer, told);
		break;
	case OTA_BLOCK_REQUEST:
	case OTA_PAGE_REQUEST:
		answer_block(server, of, t_ns, header, message, answer, told);
		break;
	case OTA_END_REQUEST:
		answer_end(server, of, header, message, answer, told);
		break;
	case OTA_SPECIFIC_FILE_REQUEST:
	case OTA_IMAGE_NOTIFY:
	case OTA_QUERY_NEXT_RESPONSE:
	case OTA_BLOCK_RESPONSE:
	case OTA_END_RESPONSE:
	case OTA_SPECIFIC_FILE_RESPONSE:
	case OTA_COMMAND_COUNT:
		put_default(header, ZCL_UNSUP_CLUSTER_COMMAND, answer);
		break;
	}
}

void ota_server_take(struct ota_server *server, int64_t t_ns, int device, uint8_t endpoint, const uint8_t *bytes, size_t size,
		     struct ota_answer *answer, struct ota_told *told)
{
	struct ota_device *of = device >= 0 ? &server->devices[device] : NULL;
	struct octets_in in = octets_in(bytes, size);
	struct ota_message message;
	struct zcl_header header;

	answer->device = device;
	answer->endpoint = endpoint;
	answer->acknowledged = true;
	answer->offset = NO_OFFSET;
	answer->size = 0;
	*told = (struct ota_told){.event = OTA_NOTHING};
	if (!zcl_get_header(&header, &in) || header.from_server)
		return;
	if (of)
		of->endpoint = endpoint;
	if (header.type == ZCL_GENERAL)
		take_general(&header, &in, told);
	else if (header.has_manufacturer)
		put_default(&header, ZCL_UNSUP_CLUSTER_COMMAND, answer);
	else if (ota_get(&message, header.command, &in))
		answer_command(server, of, t_ns, &header, &message, answer, told);
	else
		put_default(&header, header.command < OTA_COMMAND_COUNT ? ZCL_MALFORMED_COMMAND : ZCL_UNSUP_CLUSTER_COMMAND, answer);
	if (!of)
		*told = (struct ota_told){.event = OTA_NOTHING};
}

/* ---- What nobody asked for ---- */

static void begin_answer(struct ota_server *server, int device, uint8_t endpoint, struct ota_answer *answer)
{
	answer->device = device;
	answer->endpoint = endpoint;
	answer->acknowledged = true;
	answer->offset = NO_OFFSET;
	server->sequence++;
}

void ota_server_notify(struct ota_server *server, int device, uint8_t endpoint, struct ota_answer *answer)
{
	const struct ota_message notify = {.command = OTA_IMAGE_NOTIFY, .notify = OTA_NOTIFY_JITTER, .jitter = 100};

	begin_answer(server, device, endpoint, answer);
	put_message(&notify, server->sequence, answer);
}

bool ota_server_release(struct ota_server *server, int device, uint8_t endpoint, uint32_t in_s, struct ota_answer *answer)
{
	struct ota_device *of = &server->devices[device];

	if (!of->offer || of->aborted || of->released || !(of->holds || of->resumed))
		return false;
	of->released = true;
	begin_answer(server, device, endpoint, answer);
	put_end(of, in_s, server->sequence, answer);
	return true;
}

void ota_server_take_back(struct ota_server *server, int device)
{
	server->devices[device].released = false;
}

void ota_server_sent(struct ota_server *server, int device, size_t offset, bool delivered)
{
	static const uint8_t steps[] = {OTA_BLOCK_MOST, OTA_BLOCK_SAFE, 48, OTA_BLOCK_LEAST};
	struct ota_device *of = &server->devices[device];
	size_t i;

	if (offset == NO_OFFSET)
		return;
	of->failures = delivered ? 0 : offset == of->failed_offset ? of->failures + 1 : 1;
	of->failed_offset = delivered ? NO_OFFSET : offset;
	if (of->failures < OTA_FAILURES_MOST)
		return;
	of->failures = 0;
	for (i = 0; i < sizeof steps; i++)
		if (steps[i] < of->block_most) {
			of->block_most = steps[i];
			return;
		}
}

int64_t ota_server_deadline(const struct ota_server *server)
{
	int64_t deadline_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < server->device_count; i++)
		if (server->devices[i].page_next_ns < deadline_ns)
			deadline_ns = server->devices[i].page_next_ns;
	return deadline_ns;
}

static void put_of_page(struct ota_device *of, int64_t t_ns, struct ota_answer *answer, struct ota_told *told)
{
	size_t left = of->page_end - of->page.offset, most = block_size(of, &of->page), size = left < most ? left : most;

	put_block(of, &of->page, size, of->page_sequence, answer, told);
	of->page.offset += (uint32_t)size;
	of->page_next_ns = of->page.offset < of->page_end ? t_ns + of->page_spacing_ns : INSTANT_NEVER;
	of->asked_ns = t_ns;
}

bool ota_server_due(struct ota_server *server, int64_t t_ns, struct ota_answer *answer, struct ota_told *told)
{
	int i;

	for (i = 0; i < server->device_count && server->devices[i].page_next_ns > t_ns; i++)
		;
	if (i == server->device_count)
		return false;
	answer->device = i;
	answer->endpoint = server->devices[i].endpoint;
	answer->acknowledged = false;
	*told = (struct ota_told){.event = OTA_NOTHING};
	put_of_page(&server->devices[i], t_ns, answer, told);
	return true;
}
