/* What the dongle tells, given to the server; what both tell, said as an upgrade. */

#include "drivers/zigbee/dongle.h"

#include "rig/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_OFFSET SIZE_MAX
#define TAG_OF_OFFSET(offset) ((offset) == NO_OFFSET ? -1 : (int64_t)(offset))
#define TAG_RELEASE INT64_C(-2)
#define TAG_QUESTION INT64_C(-4)
#define TAG_HOLD INT64_C(-3)
#define ATTRIBUTE_FILE_VERSION 0x0002
#define TYPE_UINT32 0x23
#define PROFILE_SMART_ENERGY 0x0109
#define CHANNELS_USUAL 0x02108800U /* 11, 15, 20, 25: between Wi-Fi's */

/* ---- What an upgrade says ---- */

static void tell(struct dongle *dongle, const struct dongle_slot *slot, int64_t now_ns, struct upgrade_report report)
{
	report.phase = slot->phase;
	dongle->listener->upgrade(dongle->listener->self, slot->slot, now_ns, &report);
}

static void enter_phase(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, enum phase phase)
{
	slot->phase = phase;
	tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_PHASE});
}

static void end_task(struct dongle_slot *slot)
{
	slot->task = DONGLE_IDLE;
	slot->due_ns = slot->silent_ns = INSTANT_NEVER;
}

static void fail(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, enum fault fault, const char *format, ...) PRINTF_LIKE(5, 6);

static void fail(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, enum fault fault, const char *format, ...)
{
	struct error error = {.fault = fault};
	va_list values;

	va_start(values, format);
	(void)vsnprintf(error.text, sizeof error.text, format, values);
	va_end(values);
	if (slot->task == DONGLE_TRANSFER)
		ota_server_withdraw(&dongle->server, slot->device);
	end_task(slot);
	tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = &error});
}

static void note(const struct dongle *dongle, int slot, const char *text)
{
	dongle->listener->note(dongle->listener->self, slot, text);
}

/* ---- Sending ---- */

static bool send(struct dongle *dongle, const struct dongle_slot *slot, int64_t now_ns, const struct ota_answer *answer, uint8_t own_endpoint,
		 int64_t tag, bool answers)
{
	struct znp_message message = {
		.node = slot->node, .to_endpoint = answer->endpoint, .from_endpoint = own_endpoint, .cluster = ZCL_CLUSTER_OTA,
		.acknowledged = answer->acknowledged, .encrypted = dongle->settings->aps_encryption, .answers = answers, .once = tag == TAG_RELEASE,
		.tag = tag,
		.size = (uint8_t)answer->size};

	memcpy(message.bytes, answer->bytes, answer->size);
	return znp_send(&dongle->znp, now_ns, &message);
}

/* The device queries whenever it is notified, and says so which version it runs. */
static void notify(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	struct ota_answer answer;

	slot->due_ns = now_ns + DONGLE_NOTIFY_NS;
	if (slot->endpoint == 0) {
		znp_match(&dongle->znp, now_ns, slot->node, (uint16_t)dongle->settings->zigbee_profile);
		return;
	}
	ota_server_notify(&dongle->server, slot->device, slot->endpoint, &answer);
	(void)send(dongle, slot, now_ns, &answer, slot->own_endpoint, TAG_QUESTION, true);
}

/* The attribute is the client's, so the question goes from server to client. */
static void read_version(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	const struct zcl_header header = {.type = ZCL_GENERAL, .from_server = true, .no_default_response = true,
					  .sequence = ++dongle->sequence, .command = ZCL_READ_ATTRIBUTES};
	struct ota_answer answer = {.endpoint = slot->endpoint, .acknowledged = true};
	struct octets_out out = octets_out(answer.bytes, sizeof answer.bytes);

	if (slot->endpoint == 0)
		return;
	zcl_put_header(&header, &out);
	octets_put(&out, ATTRIBUTE_FILE_VERSION, 2);
	answer.size = out.at;
	(void)send(dongle, slot, now_ns, &answer, slot->own_endpoint, TAG_QUESTION, false);
}

/* ---- What the server tells ---- */

static void version_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, uint32_t version)
{
	char text[16];

	if (slot->task != DONGLE_VERSION)
		return;
	(void)snprintf(text, sizeof text, "%08X", (unsigned)version);
	if (slot->was_activated)
		slot->phase = PHASE_IDLE;
	end_task(slot);
	tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_VERSION, .text = text});
}

/* A device may have several images, a radio's beside the meter's: what it says of another than the run's is neither its version nor a refusal. */
static void asked_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct ota_told *told)
{
	const struct ota_offer *offer = &dongle->offer;
	bool ours = (offer->manufacturer == OTA_ANY_MANUFACTURER || told->manufacturer == offer->manufacturer) &&
		    (offer->type == OTA_ANY_TYPE || told->type == offer->type);

	if (!ours)
		return;
	version_told(dongle, slot, now_ns, told->version);
	if (slot->task == DONGLE_TRANSFER && told->status != ZCL_SUCCESS)
		fail(dongle, slot, now_ns, FAULT_CONFIGURATION, "the image is not for this meter: it has version %08X of it already, or another hardware",
		     (unsigned)told->version);
}

static void progress_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct ota_told *told)
{
	if (slot->task != DONGLE_TRANSFER)
		return;
	slot->silent_ns = now_ns + DONGLE_SILENT_NS;
	slot->due_ns = now_ns + DONGLE_NUDGE_NS;
	if (told->done > slot->furthest) {
		slot->furthest = told->done;
		slot->goes_left = DONGLE_GOES;
	}
	slot->unreached = false;
	slot->block_faults = znp_line_faults(&dongle->znp);
	if (slot->phase == PHASE_ENTER) {
		slot->phase = PHASE_TRANSFER;
		tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_FIRST_BLOCK});
	}
	if (upgrade_progress_is_due(&slot->told, told->done, told->total, now_ns))
		tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_PROGRESS, .done_bytes = told->done, .total_bytes = told->total});
	if (told->done == told->total)
		enter_phase(dongle, slot, now_ns, PHASE_VERIFY);
}

static void ask_next(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns);

static void begin_image(struct dongle *dongle, struct dongle_slot *slot)
{
	slot->unreached = false;
	slot->goes_left = DONGLE_GOES;
	slot->furthest = 0;
	slot->image_faults = slot->block_faults = znp_line_faults(&dongle->znp);
}

/*
 * What the radio or the line to the dongle may have done: one that hears nothing for a while aborts, and of the frames that a line has
 * spoilt one in 256 passes the check of its dongle (MT's is one byte), and is in the image.
 */
static bool may_be_ours(const struct dongle *dongle, const struct dongle_slot *slot, uint8_t status)
{
	int64_t faults = znp_line_faults(&dongle->znp);

	if (dongle->server.devices[slot->device].aborted)
		return false; /* the server's own word to it */
	if (status == ZCL_ABORT)
		return slot->unreached || faults > slot->block_faults;
	return status == ZCL_INVALID_IMAGE && faults > slot->image_faults;
}

static bool goes_again(struct dongle *dongle, struct dongle_slot *slot, uint8_t status)
{
	if (!may_be_ours(dongle, slot, status))
		return false;
	if (status == ZCL_ABORT)
		return --slot->goes_left > 0;
	begin_image(dongle, slot);
	return --slot->images_left > 0;
}

/* Asked again, it goes on where it was, or begins anew. */
static void give_up_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct ota_told *told)
{
	bool ours = may_be_ours(dongle, slot, told->status);

	if (slot->task != DONGLE_TRANSFER)
		return;
	if (!goes_again(dongle, slot, told->status)) {
		fail(dongle, slot, now_ns, ours ? FAULT_RIG : FAULT_DEVICE, "the meter gave up the image%s: %s (0x%02X)",
		     ours ? ", which radio or line did not bring whole" : "", zcl_status_name(told->status), told->status);
		return;
	}
	slot->unreached = false;
	slot->silent_ns = now_ns + DONGLE_SILENT_NS;
	note(dongle, slot->slot, told->status == ZCL_ABORT ? "the meter gave up the image while it was not reached: it is asked to go on"
							   : "the meter's image is not whole, and the line to the dongle is bad: it is asked to begin anew");
	ask_next(dongle, slot, now_ns);
}

static void server_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct ota_told *told)
{
	char text[120];

	switch (told->event) {
	case OTA_NOTHING:
		break;
	case OTA_ASKED:
		asked_told(dongle, slot, now_ns, told);
		break;
	case OTA_WAITS:
	case OTA_GOES_BACK: /* it is there, and at work */
		if (slot->task == DONGLE_TRANSFER)
			slot->silent_ns = now_ns + DONGLE_SILENT_NS;
		break;
	case OTA_PROGRESS:
		progress_told(dongle, slot, now_ns, told);
		break;
	case OTA_HOLDS:
		if (slot->task == DONGLE_TRANSFER) /* it is told so, and then it does: hold_told */
			slot->silent_ns = now_ns + DONGLE_SILENT_NS;
		break;
	case OTA_GAVE_UP:
		give_up_told(dongle, slot, now_ns, told);
		break;
	case OTA_COMPLAINED:
		(void)snprintf(text, sizeof text, "the meter answered an OTA frame with %s (0x%02X)", zcl_status_name(told->status), told->status);
		note(dongle, slot->slot, text);
		break;
	}
}

/* ---- What the dongle tells ---- */

static struct dongle_slot *slot_of(struct dongle *dongle, uint64_t node)
{
	int i;

	for (i = 0; i < dongle->slot_count; i++)
		if (dongle->slots[i].node == node)
			return &dongle->slots[i];
	return NULL;
}

/* An answer of Read Attributes: identifier, status, type, value. */
static void take_attribute(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct znp_notice *notice)
{
	struct octets_in in = octets_in(notice->bytes, notice->size);
	uint8_t status, type;
	struct zcl_header header;
	uint16_t attribute;
	uint32_t version;

	if (!zcl_get_header(&header, &in) || header.type != ZCL_GENERAL || header.command != ZCL_READ_ATTRIBUTES_RESPONSE)
		return;
	attribute = octets_get16(&in);
	status = octets_get8(&in);
	type = octets_get8(&in);
	version = octets_get32(&in);
	if (!in.cut && attribute == ATTRIBUTE_FILE_VERSION && status == ZCL_SUCCESS && type == TYPE_UINT32)
		version_told(dongle, slot, now_ns, version);
}

/* What an answer is known by once it was sent: a block by its offset. */
static int64_t tag_of(const struct dongle *dongle, const struct dongle_slot *slot, const struct ota_answer *answer)
{
	if (slot && slot->task == DONGLE_TRANSFER && dongle->server.devices[slot->device].holds)
		return TAG_HOLD;
	return TAG_OF_OFFSET(answer->offset);
}

static void take_heard(struct dongle *dongle, int64_t now_ns, const struct znp_notice *notice)
{
	struct dongle_slot *slot = slot_of(dongle, notice->node);
	struct dongle_slot stranger = {.node = notice->node, .device = -1};
	struct ota_answer answer;
	struct ota_told told;

	if (notice->cluster != ZCL_CLUSTER_OTA)
		return;
	if (slot) {
		slot->here = true;
		slot->endpoint = notice->from_endpoint;
		if (notice->to_endpoint == DONGLE_HA_ENDPOINT || notice->to_endpoint == DONGLE_SE_ENDPOINT)
			slot->own_endpoint = notice->to_endpoint;
		take_attribute(dongle, slot, now_ns, notice);
	}
	ota_server_take(&dongle->server, now_ns, slot ? slot->device : -1, notice->from_endpoint, notice->bytes, notice->size, &answer, &told);
	if (answer.size > 0 &&
	    !send(dongle, slot ? slot : &stranger, now_ns, &answer, slot ? slot->own_endpoint : notice->to_endpoint, tag_of(dongle, slot, &answer), true))
		(slot ? slot : &stranger)->unreached = true;
	if (slot)
		server_told(dongle, slot, now_ns, &told);
}

/* From here on it is sent: what waits in the queue is not, and may still be lost there. */
static void release_left(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	if (slot->task != DONGLE_ACTIVATE || slot->phase == PHASE_ACTIVATE)
		return;
	slot->phase = PHASE_ACTIVATE;
	tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_SENT});
}

/*
 * Told to hold, it holds: from here on it may be released, and nothing on its way to it stands before that. One that was not reached asks again;
 * where nobody knows, it is taken to hold, for it may be silent for an hour.
 */
static void hold_told(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns, const struct znp_notice *notice)
{
	if (slot->task != DONGLE_TRANSFER || !dongle->server.devices[slot->device].holds || !(notice->delivered || notice->status == ZNP_NO_CONFIRMATION))
		return;
	end_task(slot);
	slot->phase = PHASE_HOLD;
	tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_TRANSFERRED});
}

static void take_sent(struct dongle *dongle, int64_t now_ns, const struct znp_notice *notice)
{
	struct dongle_slot *slot = slot_of(dongle, notice->node);

	if (!slot)
		return;
	if (notice->tag == TAG_HOLD) {
		hold_told(dongle, slot, now_ns, notice);
		return;
	}
	if (notice->tag == TAG_RELEASE && !notice->left)
		ota_server_take_back(&dongle->server, slot->device);
	if (notice->tag == TAG_RELEASE && slot->task == DONGLE_ACTIVATE) {
		if (!notice->delivered && !notice->left) {
			fail(dongle, slot, now_ns, FAULT_RIG, "the activation never left the dongle: %s", znp_status_name(notice->status));
			return;
		}
		release_left(dongle, slot, now_ns); /* if the dongle has not said so itself */
		slot->phase = PHASE_CONFIRM;
		if (!notice->delivered) {
			fail(dongle, slot, now_ns, FAULT_RIG, "nobody knows whether the meter got the activation: %s", znp_status_name(notice->status));
			return;
		}
		end_task(slot);
		tell(dongle, slot, now_ns, (struct upgrade_report){.said = SAID_ACCEPTED});
	} else if (notice->tag == TAG_QUESTION) {
		slot->asked |= notice->delivered || notice->unheard;
	} else if (notice->tag >= 0) {
		if (notice->status != ZNP_SUPERSEDED)
			ota_server_sent(&dongle->server, slot->device, (size_t)notice->tag, notice->delivered);
		/* A newer question took its place; if the dongle had refused it before that, the device asked again for that reason. */
		slot->unreached |= !notice->delivered && (notice->status != ZNP_SUPERSEDED || notice->refused);
	}
}

static void take_arrival(struct dongle *dongle, int64_t now_ns, const struct znp_notice *notice)
{
	struct dongle_slot *slot = slot_of(dongle, notice->node);
	char text[80];

	if (!slot || slot->here)
		return;
	slot->here = true;
	(void)snprintf(text, sizeof text, "the meter is on the ZigBee network, at %04X", notice->short_address);
	note(dongle, slot->slot, text);
	if (slot->task == DONGLE_VERSION || slot->task == DONGLE_TRANSFER)
		ask_next(dongle, slot, now_ns);
}

/* What a dongle's backup has of its network, without its key, which is nobody's evidence. */
static void tell_network(const struct dongle *dongle)
{
	const struct znp *znp = &dongle->znp;
	char line[FREE_TEXT_SIZE];
	struct text text;

	text_init(&text, line, sizeof line);
	text_format(&text, "ZigBee network: PAN %04X, extended PAN %016llX, channel %d", znp->pan, (unsigned long long)znp->extended_pan, znp->channel);
	if (znp->update_id >= 0)
		text_format(&text, ", update id %d", znp->update_id);
	text_format(&text, ", coordinator %016llX", (unsigned long long)znp->ieee);
	if (znp->frame_counter >= 0)
		text_format(&text, ", frame counter %lld", (long long)znp->frame_counter);
	note(dongle, -1, line);
}

static void state_told(struct dongle *dongle, int64_t now_ns, bool up, const char *text)
{
	int i;

	if (up != dongle->up || strcmp(dongle->why, text) != 0)
		note(dongle, -1, text);
	if (up)
		tell_network(dongle);
	dongle->up = up;
	text_copy(dongle->why, sizeof dongle->why, text);
	dongle->join_ns = up ? now_ns : INSTANT_NEVER;
	for (i = 0; i < dongle->slot_count; i++) {
		struct dongle_slot *slot = &dongle->slots[i];

		slot->here = false;
		slot->unreached |= !up;
		if (up && (slot->task == DONGLE_VERSION || slot->task == DONGLE_TRANSFER))
			ask_next(dongle, slot, now_ns);
	}
}

static void tell_key(const struct dongle *dongle, const struct dongle_slot *slot, const struct znp_notice *notice)
{
	char text[FREE_TEXT_SIZE];

	if (!slot)
		return;
	if (notice->delivered)
		(void)snprintf(text, sizeof text, "the dongle has the link key of the meter's install code");
	else
		(void)snprintf(text, sizeof text, "the dongle does not take the meter's install code (%s): the meter cannot join",
			       notice->status == ZNP_NO_CONFIRMATION ? "Z-Stack 1.2 knows none" : znp_status_name(notice->status));
	note(dongle, slot->slot, text);
}

static void take_notices(struct dongle *dongle, int64_t now_ns)
{
	struct znp_notice notice;
	struct dongle_slot *slot;

	while (znp_take(&dongle->znp, &notice)) {
		slot = slot_of(dongle, notice.node);
		switch (notice.kind) {
		case ZNP_UP:
		case ZNP_DOWN:
			state_told(dongle, now_ns, notice.kind == ZNP_UP, notice.text);
			break;
		case ZNP_NODE_HERE:
			take_arrival(dongle, now_ns, &notice);
			break;
		case ZNP_NODE_LEFT:
			if (slot)
				slot->here = false;
			break;
		case ZNP_HEARD:
			take_heard(dongle, now_ns, &notice);
			break;
		case ZNP_LEFT:
			if (slot && notice.tag == TAG_RELEASE)
				release_left(dongle, slot, now_ns);
			break;
		case ZNP_SENT:
			take_sent(dongle, now_ns, &notice);
			break;
		case ZNP_MATCHED:
			if (!slot || notice.from_endpoint == 0 || slot->endpoint != 0)
				break;
			slot->endpoint = notice.from_endpoint;
			if (slot->task == DONGLE_VERSION || slot->task == DONGLE_TRANSFER)
				ask_next(dongle, slot, now_ns);
			break;
		case ZNP_KEY:
			tell_key(dongle, slot, &notice);
			break;
		case ZNP_LINES:
			dongle->wants_lines = true;
			dongle->dtr = notice.dtr;
			dongle->rts = notice.rts;
			break;
		}
	}
}

/* ---- What is asked ---- */

static void ask_next(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	notify(dongle, slot, now_ns);
	if (slot->task == DONGLE_VERSION)
		read_version(dongle, slot, now_ns);
}

static void activate(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	struct ota_answer answer;

	if (slot->was_activated) {
		fail(dongle, slot, now_ns, FAULT_RIG, "activate: it has been sent already; it is never sent twice");
		return;
	}
	if (!dongle->server.devices[slot->device].offer) /* transferred in an earlier life of this run */
		ota_server_offer(&dongle->server, slot->device, &dongle->offer, true);
	if (slot->endpoint == 0) {
		fail(dongle, slot, now_ns, FAULT_RIG, "activate: the meter has not been heard of since the dongle came up");
		return;
	}
	if (!dongle->up ||
	    !ota_server_release(&dongle->server, slot->device, slot->endpoint, (uint32_t)dongle->settings->ota_activate_in_s, &answer) ||
	    !send(dongle, slot, now_ns, &answer, slot->own_endpoint, TAG_RELEASE, false)) {
		fail(dongle, slot, now_ns, FAULT_RIG, "activate: %s", dongle->up ? "the meter holds no image that could be activated" : dongle->why);
		return;
	}
	slot->was_activated = true; /* on its way, and never asked for again */
}

static void cancel(struct dongle *dongle, struct dongle_slot *slot)
{
	if (slot->task == DONGLE_TRANSFER)
		ota_server_withdraw(&dongle->server, slot->device);
	if (slot->task == DONGLE_ACTIVATE) /* nobody's gate is open any more */
		znp_take_back(&dongle->znp, slot->node);
	end_task(slot);
}

static void begin_task(struct dongle *dongle, struct dongle_slot *slot, enum upgrade_ask ask, int64_t now_ns)
{
	cancel(dongle, slot);
	switch (ask) {
	case ASK_TRANSFER:
		slot->task = DONGLE_TRANSFER;
		slot->told = (struct upgrade_told){.bytes = 0};
		slot->images_left = DONGLE_GOES;
		begin_image(dongle, slot);
		slot->silent_ns = now_ns + DONGLE_SILENT_NS;
		ota_server_offer(&dongle->server, slot->device, &dongle->offer, slot->resumed);
		slot->resumed = false;
		enter_phase(dongle, slot, now_ns, PHASE_ENTER);
		ask_next(dongle, slot, now_ns);
		break;
	case ASK_VERSION:
		slot->task = DONGLE_VERSION;
		slot->asked = false;
		slot->silent_ns = now_ns + DONGLE_VERSION_NS;
		ask_next(dongle, slot, now_ns);
		break;
	case ASK_ACTIVATE:
		slot->task = DONGLE_ACTIVATE;
		activate(dongle, slot, now_ns);
		break;
	case ASK_CANCEL:
		break;
	}
}

void dongle_ask(struct dongle *dongle, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct error error;
	bool is_there = false;
	int i;

	for (i = 0; i < dongle->slot_count; i++)
		if (dongle->slots[i].slot == slot) {
			begin_task(dongle, &dongle->slots[i], ask, now_ns);
			is_there = true;
		}
	if (!is_there && ask != ASK_CANCEL) {
		(void)error_set(&error, FAULT_CONFIGURATION, "over ZigBee a meter is asked only in a run that brings it an image");
		dongle->listener->upgrade(dongle->listener->self, slot, now_ns, &(struct upgrade_report){.said = SAID_FAILED, .error = &error});
	}
	take_notices(dongle, now_ns);
}

/* ---- The line ---- */

void dongle_opened(struct dongle *dongle, int64_t now_ns)
{
	znp_opened(&dongle->znp, now_ns);
	take_notices(dongle, now_ns);
}

void dongle_lost(struct dongle *dongle, int64_t now_ns)
{
	znp_lost(&dongle->znp, now_ns);
	take_notices(dongle, now_ns);
}

void dongle_heard(struct dongle *dongle, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	dongle_log_heard(dongle);
	memcpy(dongle->heard, bytes, size);
	dongle->heard_size = size;
	dongle->heard_ns = now_ns;
	znp_heard(&dongle->znp, now_ns, bytes, size);
	take_notices(dongle, now_ns);
}

void dongle_log_heard(struct dongle *dongle)
{
	if (dongle->heard_size > 0)
		dongle->listener->raw(dongle->listener->self, dongle->name, dongle->heard_ns, '<', dongle->heard, dongle->heard_size);
	dongle->heard_size = 0;
}

void dongle_sent(struct dongle *dongle, int64_t now_ns, size_t size)
{
	uint8_t shown[ZNP_UNSENT_SIZE];

	dongle_log_heard(dongle);
	znp_show_unsent(&dongle->znp, shown, size);
	dongle->listener->raw(dongle->listener->self, dongle->name, now_ns, '>', shown, size);
	znp_sent_bytes(&dongle->znp, size);
}

/* ---- Time ---- */

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

int64_t dongle_deadline(const struct dongle *dongle)
{
	int64_t deadline_ns = earlier(znp_deadline(&dongle->znp), ota_server_deadline(&dongle->server));
	int i;

	deadline_ns = earlier(deadline_ns, dongle->join_ns);
	for (i = 0; i < dongle->slot_count; i++)
		deadline_ns = earlier(deadline_ns, earlier(dongle->slots[i].due_ns, dongle->slots[i].silent_ns));
	return deadline_ns;
}

/* Whoever is missing may join; nobody else needs to. */
static void allow_joining(struct dongle *dongle, int64_t now_ns)
{
	int missing = 0, i;

	for (i = 0; i < dongle->slot_count; i++)
		missing += !dongle->slots[i].here;
	dongle->join_ns = missing > 0 ? now_ns + DONGLE_JOIN_S * NS_PER_S : INSTANT_NEVER;
	if (missing > 0)
		znp_permit_join(&dongle->znp, now_ns, DONGLE_JOIN_S);
}

static void tick_slot(struct dongle *dongle, struct dongle_slot *slot, int64_t now_ns)
{
	if (slot->silent_ns <= now_ns) {
		/* Of one that was there since the dongle came up, and was asked over the air, the silence is its own, as far as can be said. */
		fail(dongle, slot, now_ns, dongle->up && slot->here && slot->asked && slot->task == DONGLE_VERSION ? FAULT_DEVICE : FAULT_RIG, "%s", !dongle->up ? dongle->why : !slot->here ? "the meter is not on the ZigBee network"
							    : slot->phase == PHASE_ENTER ? "the meter does not ask for the image"
											 : "the meter says no more");
		return;
	}
	if (slot->due_ns <= now_ns)
		ask_next(dongle, slot, now_ns);
}

void dongle_tick(struct dongle *dongle, int64_t now_ns)
{
	struct ota_answer answer;
	struct ota_told told;
	int i;

	znp_tick(&dongle->znp, now_ns);
	take_notices(dongle, now_ns);
	while (ota_server_due(&dongle->server, now_ns, &answer, &told))
		for (i = 0; i < dongle->slot_count; i++)
			if (dongle->slots[i].device == answer.device) {
				(void)send(dongle, &dongle->slots[i], now_ns, &answer, dongle->slots[i].own_endpoint, TAG_OF_OFFSET(answer.offset), false);
				server_told(dongle, &dongle->slots[i], now_ns, &told);
			}
	if (dongle->join_ns <= now_ns)
		allow_joining(dongle, now_ns);
	for (i = 0; i < dongle->slot_count; i++)
		tick_slot(dongle, &dongle->slots[i], now_ns);
	take_notices(dongle, now_ns);
}

/* ---- Life ---- */

/* "00-DB-12-34-56-78-90-A0", most significant byte first. */
static bool read_guid(const char *text, uint64_t *node)
{
	char *end;
	int i;

	*node = 0;
	if (!text || strlen(text) != GUID_SIZE - 1)
		return false;
	for (i = 0; i < 8; i++) {
		*node = *node << 8 | strtoul(text + 3 * i, &end, 16);
		if (end != text + 3 * i + 2)
			return false;
	}
	return true;
}

static bool take_image(struct dongle *dongle, const struct upgrade_image *image, struct error *error)
{
	if (!image || image->size == 0)
		return true; /* nothing is transferred in this run */
	if (image->ota.size == 0)
		return error_set(error, FAULT_CONFIGURATION, "%s: over ZigBee only a ZigBee OTA image can be transferred", dongle->name);
	dongle->offer = (struct ota_offer){image->bytes + image->ota.at, image->ota.size, image->ota.manufacturer, image->ota.type, image->ota.version,
					   image->ota.has_hardware, image->ota.hardware_least, image->ota.hardware_most};
	dongle->has_offer = true;
	return true;
}

static void take_network(struct dongle *dongle, const struct bench_instrument *from, const uint8_t random[32])
{
	struct znp_network *network = &dongle->znp_settings.network;
	struct octets_in in = octets_in(random, 32);

	memcpy(network->key, octets_take(&in, ZNP_KEY_SIZE), ZNP_KEY_SIZE);
	network->extended_pan = octets_get(&in, 8);
	network->pan = octets_get16(&in) & 0x3FFF;
	network->channels = from->zigbee_channel ? 1U << from->zigbee_channel : CHANNELS_USUAL;
	dongle->znp_settings.endpoint_count = 2;
	dongle->znp_settings.endpoints[0] = (struct znp_endpoint){DONGLE_HA_ENDPOINT, 0x0104};
	dongle->znp_settings.endpoints[1] = (struct znp_endpoint){DONGLE_SE_ENDPOINT, PROFILE_SMART_ENERGY};
	dongle->znp_settings.reset_by_lines = from->reset_by_lines;
}

static bool add_slot(struct dongle *dongle, const struct driver_start *start, int slot, struct error *error)
{
	struct dongle_slot *added = &dongle->slots[dongle->slot_count];
	uint64_t node;

	if (!start->image) /* nothing is brought to anybody, and no address needed */
		return true;
	if (!read_guid(start->image->meters[slot], &node))
		return error_set(error, FAULT_CONFIGURATION, "%s: slot %s: the load sheet must say the meter's GUID: it is its address on the ZigBee network",
				 dongle->name, start->bench->slots[slot].name);
	if (dongle->slot_count == OTA_DEVICES_MAX || !znp_add_node(&dongle->znp, node))
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d meters", dongle->name, OTA_DEVICES_MAX);
	*added = (struct dongle_slot){
		.slot = slot, .node = node, .device = ota_server_add(&dongle->server, node, (uint8_t)dongle->settings->ota_block),
		.own_endpoint = dongle->settings->zigbee_profile == PROFILE_SMART_ENERGY ? DONGLE_SE_ENDPOINT : DONGLE_HA_ENDPOINT,
		.due_ns = INSTANT_NEVER, .silent_ns = INSTANT_NEVER, .resumed = start->resumed, .was_activated = start->was_activated && start->was_activated[slot]};
	if (start->image->link_keys[slot])
		znp_set_key(&dongle->znp, node, start->image->link_keys[slot]);
	added->phase = added->was_activated ? PHASE_CONFIRM : PHASE_IDLE;
	dongle->slot_count++;
	return true;
}

bool dongle_init(struct dongle *dongle, const struct driver_start *start, int instrument, const uint8_t random[32], struct error *error)
{
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	int i;

	memset(dongle, 0, sizeof *dongle);
	dongle->listener = start->listener;
	dongle->settings = from;
	dongle->join_ns = INSTANT_NEVER;
	text_copy(dongle->name, sizeof dongle->name, from->name);
	text_copy(dongle->why, sizeof dongle->why, "it is coming up");
	take_network(dongle, from, random);
	znp_init(&dongle->znp, &dongle->znp_settings);
	ota_server_init(&dongle->server, from->ota_at_once);
	if (from->stack != ZIGBEE_ZNP)
		return error_set(error, FAULT_CONFIGURATION, "%s: stack ezsp is not there yet; use a dongle with Z-Stack (znp)", from->name);
	if (!take_image(dongle, start->image, error))
		return false;
	if (start->resumed && dongle->has_offer)
		ota_server_expect(&dongle->server, &dongle->offer);
	for (i = 0; i < start->bench->slot_count; i++)
		if (start->taking_part[i] && start->bench->slots[i].upgrade == instrument && !add_slot(dongle, start, i, error))
			return false;
	return true;
}
