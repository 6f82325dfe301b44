/* What comes in, and to whom it goes: answers to whoever asked, the rest to whatever the dongle is doing. */

#include "drivers/zigbee/znp_private.h"

#include <assert.h>

#define SREQ_TO_SRSP 0x4000 /* 0x2101 is answered by 0x6101 */
#define RPC_ERROR 0x6000

void znp_init(struct znp *znp, const struct znp_settings *settings)
{
	memset(znp, 0, sizeof *znp);
	znp->settings = settings;
	znp->permit_s = -1;
	znp->step_deadline_ns = znp->ask_deadline_ns = znp->quiet_deadline_ns = INSTANT_NEVER;
}

/* ---- In ---- */

/* One that restarted, and whose word of that got lost on the line, answers as if nothing had been, and is on no network. */
static void still_runs(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	struct octets_in in = octets_in(frame->data, frame->size);
	uint8_t status = octets_get8(&in);

	(void)octets_get(&in, 8); /* its address */
	(void)octets_get(&in, 3); /* short address, device type */
	if (status == 0 && octets_get8(&in) != DEVICE_RUNS && !in.cut)
		znp_fail(znp, t_ns, "the dongle is no more on its network");
}

static void answered(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	int asked_for = znp->asked_for;

	znp_forget_request(znp);
	if (asked_for == FOR_STEP)
		start_answer(znp, t_ns, frame);
	else if (asked_for == FOR_STATE && frame)
		still_runs(znp, t_ns, frame);
	else
		work_answer(znp, t_ns, asked_for, frame);
}

/* An unknown command's answer names it: error, then its two command bytes. */
static bool is_answer(const struct znp *znp, const struct mt_frame *frame)
{
	unsigned code = mt_code(frame);

	if (!znp->asking || frame->type != MT_SRSP)
		return false;
	if (code == RPC_ERROR)
		return frame->size >= 3 && (frame->data[1] << 8 | frame->data[2]) == znp->asked;
	return code == (unsigned)(znp->asked | SREQ_TO_SRSP);
}

static void take_frame(struct znp *znp, int64_t t_ns, const struct mt_frame *frame)
{
	znp->unanswered = 0; /* whoever says anything does not hang: the answer got lost on the line */
	if (znp->state == ZNP_RUNNING && mt_code(frame) == AF_INCOMING)
		znp->quiet_deadline_ns = t_ns + ZNP_QUIET_NS;
	if (is_answer(znp, frame)) {
		znp->in_doubt &= znp->asked_for != FOR_STATE; /* a dongle answers in order */
		answered(znp, t_ns, mt_code(frame) == RPC_ERROR ? NULL : frame);
	} else if (znp->state == ZNP_STARTING || znp->state == ZNP_PROBING) {
		start_heard(znp, t_ns, frame);
	} else if (znp->state == ZNP_RUNNING && mt_code(frame) == SYS_RESET_IND) {
		znp_fail(znp, t_ns, "the dongle restarted by itself");
	} else if (znp->state == ZNP_RUNNING) {
		work_heard(znp, t_ns, frame);
	}
}

static void go_on(struct znp *znp, int64_t t_ns)
{
	if (znp->failed)
		work_abandon(znp);
	znp->failed = false;
	if (znp->state == ZNP_RUNNING)
		work_next(znp, t_ns);
}

void znp_heard(struct znp *znp, int64_t t_ns, const uint8_t *bytes, size_t size)
{
	struct mt_frame frame;
	size_t taken;

	assert(size <= ZNP_HEARD_MAX);
	while (size > 0) {
		taken = mt_reader_add(&znp->reader, t_ns, bytes, size);
		bytes += taken;
		size -= taken;
		while (mt_reader_take(&znp->reader, t_ns, &frame))
			if (znp->state != ZNP_CLOSED)
				take_frame(znp, t_ns, &frame);
	}
	go_on(znp, t_ns);
}

void znp_opened(struct znp *znp, int64_t t_ns)
{
	znp->reader.size = 0;
	znp->unsent_size = 0;
	work_abandon(znp);
	start_begin(znp, t_ns);
}

void znp_lost(struct znp *znp, int64_t t_ns)
{
	if (znp->state == ZNP_CLOSED)
		return;
	znp_fail(znp, t_ns, "the dongle was unplugged");
	znp->state = ZNP_CLOSED;
	znp->step_deadline_ns = INSTANT_NEVER;
	znp->unsent_size = 0;
	go_on(znp, t_ns);
}

/* The dongle is there, and does not answer: twice running, and it is reset. */
static void not_answered(struct znp *znp, int64_t t_ns)
{
	znp->unanswered++;
	znp->unanswered_ever++;
	znp->in_doubt = znp->state == ZNP_RUNNING;
	answered(znp, t_ns, NULL);
	if (znp->state == ZNP_RUNNING && znp->unanswered >= 2) {
		znp_fail(znp, t_ns, "the dongle answers no more");
		znp->reset_first = true;
	}
}

void znp_tick(struct znp *znp, int64_t t_ns)
{
	struct mt_frame frame;

	while (mt_reader_take(&znp->reader, t_ns, &frame)) /* behind half a frame that never ended there may be a whole one */
		if (znp->state != ZNP_CLOSED)
			take_frame(znp, t_ns, &frame);
	if (znp->asking && znp->ask_deadline_ns <= t_ns)
		not_answered(znp, t_ns);
	if (znp->state != ZNP_RUNNING && znp->step_deadline_ns <= t_ns)
		start_tick(znp, t_ns);
	if (znp->state == ZNP_RUNNING)
		work_tick(znp, t_ns);
	if (znp->state == ZNP_RUNNING && znp->quiet_deadline_ns <= t_ns)
		work_ask_state(znp, t_ns);
	go_on(znp, t_ns);
}

int64_t znp_line_faults(const struct znp *znp)
{
	return znp->reader.noise_bytes + znp->unanswered_ever;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

int64_t znp_deadline(const struct znp *znp)
{
	int64_t deadline_ns = earlier(mt_reader_deadline(&znp->reader), znp->ask_deadline_ns);

	if (znp->state == ZNP_RUNNING)
		return earlier(earlier(deadline_ns, znp->quiet_deadline_ns), work_deadline(znp));
	return earlier(deadline_ns, znp->step_deadline_ns);
}
