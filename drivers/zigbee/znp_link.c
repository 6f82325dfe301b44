/* What goes out: requests and bytes, and what is told to the caller. */

#include "drivers/zigbee/znp_private.h"

#include <assert.h>
#include <stdio.h>

void znp_put(struct znp *znp, const void *bytes, size_t size)
{
	assert(size <= sizeof znp->unsent - znp->unsent_size); /* one request at a time, and what comes before a first answer */
	memcpy(znp->unsent + znp->unsent_size, bytes, size);
	znp->unsent_size += size;
}

void znp_sent_bytes(struct znp *znp, size_t size)
{
	znp->unsent_size -= size;
	memmove(znp->unsent, znp->unsent + size, znp->unsent_size);
	if (znp->secret_at + znp->secret_size <= size)
		znp->secret_at = znp->secret_size = 0;
	else if (znp->secret_at < size)
		znp->secret_size -= size - znp->secret_at, znp->secret_at = 0;
	else
		znp->secret_at -= size;
}

void znp_show_unsent(const struct znp *znp, uint8_t *to, size_t size)
{
	size_t end = znp->secret_at + znp->secret_size;

	memcpy(to, znp->unsent, size);
	if (znp->secret_at < size)
		memset(to + znp->secret_at, 0, (end < size ? end : size) - znp->secret_at);
}

/* With the frame's check, which is their exclusive or and that of what everybody knows. */
void znp_put_was_secret(struct znp *znp)
{
	if (znp->secret_size == 0) /* else one stands there still: what lies between is hidden with both */
		znp->secret_at = znp->unsent_size - ZNP_KEY_SIZE - 1;
	znp->secret_size = znp->unsent_size - znp->secret_at;
}

void request_begin(struct request *request, unsigned code)
{
	request->frame.type = (uint8_t)(code >> 13);
	request->frame.subsystem = code >> 8 & 0x1F;
	request->frame.command = code & 0xFF;
	request->out = octets_out(request->frame.data, sizeof request->frame.data);
}

void znp_put_frame(struct znp *znp, const struct request *request)
{
	struct mt_frame frame = request->frame;
	uint8_t bytes[MT_FRAME_MAX];

	assert(!request->out.full);
	frame.size = (uint8_t)request->out.at;
	znp_put(znp, bytes, mt_put(&frame, bytes));
}

void request_send(struct znp *znp, int64_t t_ns, struct request *request, int asked_for, int64_t within_ns)
{
	assert(!znp->asking);
	znp_put_frame(znp, request);
	znp->asking = true;
	znp->asked = mt_code(&request->frame);
	znp->asked_for = asked_for;
	znp->ask_deadline_ns = t_ns + within_ns;
}

void znp_forget_request(struct znp *znp)
{
	znp->asking = false;
	znp->ask_deadline_ns = INSTANT_NEVER;
}

struct znp_notice *znp_notice(struct znp *znp, enum znp_notice_kind kind)
{
	struct znp_notice *notice;

	assert(znp->notice_count < ZNP_NOTICES_MAX); /* they are taken after every call */
	notice = &znp->notices[(znp->notice_first + znp->notice_count++) % ZNP_NOTICES_MAX];
	*notice = (struct znp_notice){.kind = kind};
	return notice;
}

bool znp_take(struct znp *znp, struct znp_notice *notice)
{
	if (znp->notice_count == 0)
		return false;
	*notice = znp->notices[znp->notice_first];
	znp->notice_first = (znp->notice_first + 1) % ZNP_NOTICES_MAX;
	znp->notice_count--;
	return true;
}

void znp_fail(struct znp *znp, int64_t t_ns, const char *why)
{
	znp_forget_request(znp);
	znp->failed = true;
	(void)snprintf(znp->why, sizeof znp->why, "%s", why);
	(void)snprintf(znp_notice(znp, ZNP_DOWN)->text, sizeof znp->notices[0].text, "%s", why);
	znp->state = ZNP_PAUSING;
	znp->quiet_deadline_ns = INSTANT_NEVER;
	znp->step_deadline_ns = t_ns + ZNP_AGAIN_NS;
}
