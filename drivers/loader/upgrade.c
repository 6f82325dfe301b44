/*
 * The chain of an upgrade. One inner session runs at a time; when it ends well the next one begins within the same event,
 * with the bytes that were left over, and their outputs are put together.
 */

#include "drivers/loader/upgrade.h"

#include <assert.h>
#include <string.h>

void upgrade_init(struct upgrade *upgrade, const struct bench_loader *settings, int64_t baud)
{
	*upgrade = (struct upgrade){
		.settings = settings,
		.byte_ns = baud > 0 ? 10 * NS_PER_S / baud : 0,
		.phase = PHASE_IDLE,
		.activation = ACTIVATION_ANNOUNCED,
	};
}

void upgrade_was_activated(struct upgrade *upgrade)
{
	upgrade->activation_sent = true;
	upgrade->activation = ACTIVATION_UNKNOWN;
	upgrade->phase = PHASE_CONFIRM;
}

void upgrade_set_image(struct upgrade *upgrade, const uint8_t *image, size_t size)
{
	upgrade->image = image;
	upgrade->image_size = size;
}

/* ---- Inner sessions --------------------------------------------------------------------------------------------- */

static bool is_given(const struct bench_exchange *exchange)
{
	return *exchange->send || *exchange->expect || *exchange->refuse;
}

static void use_dialog(struct upgrade *upgrade, enum phase phase, const char *name, const struct bench_exchange *exchange)
{
	const struct dialog_step step = {name, exchange->send, exchange->expect, exchange->refuse, exchange->within_ns};

	upgrade->phase = phase;
	dialog_init(&upgrade->dialog, &step, 1);
	upgrade->running = dialog_session(&upgrade->dialog);
}

static void use_xmodem(struct upgrade *upgrade)
{
	const struct xmodem_settings settings = {
		.image = upgrade->image,
		.size = upgrade->image_size,
		.block_size = upgrade->settings->protocol == LOADER_XMODEM_1K ? XMODEM_BLOCK_MAX : 128,
		.short_tail = true,
		.start_ns = upgrade->settings->start_within_ns,
		.byte_ns = upgrade->byte_ns,
	};

	upgrade->phase = PHASE_TRANSFER;
	xmodem_init(&upgrade->xmodem, &settings);
	upgrade->running = xmodem_session(&upgrade->xmodem);
}

/* What comes after the inner session that has ended well; false when the task is done. */
static bool use_next(struct upgrade *upgrade)
{
	if (upgrade->task != UPGRADE_TRANSFER || upgrade->phase == PHASE_VERIFY)
		return false;
	if (upgrade->phase == PHASE_ENTER) {
		use_xmodem(upgrade);
		return true;
	}
	if (!is_given(&upgrade->settings->verify))
		return false;
	use_dialog(upgrade, PHASE_VERIFY, "verify", &upgrade->settings->verify);
	return true;
}

static size_t used_by_inner(const struct upgrade *upgrade)
{
	return upgrade->phase == PHASE_TRANSFER ? upgrade->xmodem.used : upgrade->dialog.used;
}

static bool upgrade_knows_image(const struct upgrade *upgrade)
{
	return upgrade->image && upgrade->image_size > 0;
}

/* ---- Ends of tasks ---------------------------------------------------------------------------------------------- */

/* Whatever became of it, the command has left: only a refusal is a failure. */
static void end_activation(struct upgrade *upgrade, struct session_output *output)
{
	bool answer_wanted = *upgrade->settings->activate.expect;

	if (upgrade->dialog.refused) {
		upgrade->activation = ACTIVATION_REFUSED;
		upgrade->phase = PHASE_HOLD;
		return;
	}
	if (output->state == SESSION_FAILED)
		upgrade->activation = ACTIVATION_UNKNOWN;
	else if (answer_wanted)
		upgrade->activation = ACTIVATION_ACCEPTED;
	upgrade->phase = PHASE_CONFIRM;
	output->state = SESSION_DONE;
}

static void end_task(struct upgrade *upgrade, struct session_output *output)
{
	switch (upgrade->task) {
	case UPGRADE_TRANSFER:
		if (output->state == SESSION_FAILED && upgrade->phase == PHASE_TRANSFER)
			error_prefix(&output->error, "transfer");
		upgrade->phase = output->state == SESSION_DONE ? PHASE_HOLD : PHASE_IDLE;
		break;
	case UPGRADE_ACTIVATE:
		end_activation(upgrade, output);
		break;
	case UPGRADE_VERSION:
		if (output->state != SESSION_DONE)
			break;
		memcpy(upgrade->version, upgrade->dialog.answer, sizeof upgrade->version);
		if (upgrade->activation_sent)
			upgrade->phase = PHASE_IDLE;
		break;
	}
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

/* One event of the inner session; what it sends comes behind what was sent before in this event. */
static void step_inner(struct upgrade *upgrade, const struct session_event *event, struct session_output *output)
{
	struct session_output inner;

	session_step(&upgrade->running, event, &inner);
	assert(inner.size <= SESSION_OUTPUT_SIZE - output->size);
	memcpy(output->bytes + output->size, inner.bytes, inner.size);
	output->size += inner.size;
	output->state = inner.state;
	output->deadline_ns = inner.deadline_ns;
	if (upgrade->phase == PHASE_TRANSFER) {
		output->done_bytes = inner.done_bytes;
		output->total_bytes = inner.total_bytes;
	}
	if (inner.state == SESSION_FAILED)
		output->error = inner.error;
}

static void step_chain(struct upgrade *upgrade, const struct session_event *event, struct session_output *output)
{
	struct session_event start = {.kind = SESSION_START, .t_ns = event->t_ns}, rest = *event;
	size_t used;

	step_inner(upgrade, event, output);
	while (output->state == SESSION_DONE) {
		used = rest.kind == SESSION_BYTES ? used_by_inner(upgrade) : 0;
		if (!use_next(upgrade))
			return;
		step_inner(upgrade, &start, output);
		if (rest.kind != SESSION_BYTES || output->state != SESSION_RUNNING)
			continue;
		rest.bytes += used;
		rest.size -= used;
		if (rest.size > 0)
			step_inner(upgrade, &rest, output);
	}
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct upgrade *upgrade = self;

	output->size = 0;
	output->done_bytes = output->total_bytes = 0;
	step_chain(upgrade, event, output);
	if (upgrade->task == UPGRADE_ACTIVATE && event->kind == SESSION_START) {
		upgrade->activation_sent = true;
		upgrade->activation = ACTIVATION_SENT;
	}
	if (output->state != SESSION_RUNNING)
		end_task(upgrade, output);
}

bool upgrade_begin(struct upgrade *upgrade, enum upgrade_task task, struct session *session, struct error *error)
{
	static const struct session_kind kind = {"upgrade", step};

	if (task == UPGRADE_ACTIVATE && upgrade->activation_sent)
		return error_set(error, FAULT_RIG, "activate: the command has been sent already; it is never sent twice");
	upgrade->task = task;
	switch (task) {
	case UPGRADE_TRANSFER:
		assert(upgrade_knows_image(upgrade));
		if (is_given(&upgrade->settings->enter))
			use_dialog(upgrade, PHASE_ENTER, "enter", &upgrade->settings->enter);
		else
			use_xmodem(upgrade);
		break;
	case UPGRADE_ACTIVATE:
		use_dialog(upgrade, PHASE_ACTIVATE, "activate", &upgrade->settings->activate);
		break;
	case UPGRADE_VERSION:
		use_dialog(upgrade, upgrade->activation_sent ? PHASE_CONFIRM : upgrade->phase, "version",
		           &upgrade->settings->version);
		break;
	}
	*session = (struct session){&kind, upgrade};
	return true;
}
