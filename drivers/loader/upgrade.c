/* The chain of an upgrade: one inner session at a time. */

#include "drivers/loader/upgrade.h"

#include <assert.h>
#include <string.h>

#define FILE_NAME "firmware.bin" /* what a YMODEM receiver is told; nobody looks for it under this name */

void upgrade_init(struct upgrade *upgrade, const struct bench_loader *settings, int64_t baud)
{
	*upgrade = (struct upgrade){
		.settings = settings,
		.baud = baud,
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

void upgrade_set_digest(struct upgrade *upgrade, const uint8_t digest[SHA256_SIZE])
{
	upgrade->digest = digest;
}

/* ---- Inner sessions --------------------------------------------------------------------------------------------- */

static void use_dialog(struct upgrade *upgrade, enum phase phase, const char *name, const struct bench_script *script)
{
	struct dialog_step steps[SCRIPT_STEPS_MAX];
	int i;

	for (i = 0; i < script->count; i++) {
		const struct bench_step *step = &script->steps[i];
		const struct bench_exchange *exchange = &step->exchange;

		steps[i] = (struct dialog_step){
			.name = name, .send = exchange->send, .expect = exchange->expect, .refuse = exchange->refuse,
			.within_ns = exchange->within_ns, .line = {.baud = step->baud, .dtr = step->dtr, .rts = step->rts},
			.break_ns = step->break_ns, .wait_ns = step->wait_ns,
		};
	}
	upgrade->phase = phase;
	dialog_init(&upgrade->dialog, steps, (size_t)script->count);
	upgrade->running = (struct chain_part){dialog_session(&upgrade->dialog), &upgrade->dialog.used};
}

static struct xmodem_settings file_settings(const struct upgrade *upgrade)
{
	return (struct xmodem_settings){
		.image = upgrade->image,
		.size = upgrade->image_size,
		.block_size = upgrade->settings->push == LOADER_XMODEM_128 ? 128 : XMODEM_BLOCK_MAX,
		.short_tail = true,
		.start_ns = upgrade->settings->start_within_ns,
		.byte_ns = upgrade->byte_ns,
	};
}

static void use_xmodem(struct upgrade *upgrade)
{
	const struct xmodem_settings settings = file_settings(upgrade);

	xmodem_init(&upgrade->xmodem, &settings);
	upgrade->running = (struct chain_part){xmodem_session(&upgrade->xmodem), &upgrade->xmodem.used};
}

static void use_ymodem(struct upgrade *upgrade)
{
	const struct ymodem_settings settings = {.name = FILE_NAME, .file = file_settings(upgrade)};

	ymodem_init(&upgrade->ymodem, &settings);
	upgrade->running = (struct chain_part){ymodem_session(&upgrade->ymodem), &upgrade->ymodem.used};
}

static bool speaks_smp(const struct upgrade *upgrade)
{
	return upgrade->settings->protocol == LOADER_SMP;
}

static void use_smp(struct upgrade *upgrade, enum phase phase, enum smp_task task)
{
	upgrade->phase = phase;
	upgrade->smp.settings = (struct smp_settings){
		.image = upgrade->image,
		.size = upgrade->image_size,
		.sha256 = upgrade->digest,
		.test = upgrade->settings->mark == LOADER_MARK_TEST,
		.start_ns = upgrade->settings->start_within_ns,
		.byte_ns = upgrade->byte_ns,
	};
	upgrade->running = (struct chain_part){smp_session(&upgrade->smp, task), &upgrade->smp.used};
}

static void use_transfer(struct upgrade *upgrade)
{
	upgrade->phase = PHASE_TRANSFER;
	switch (upgrade->settings->push) {
	case LOADER_XMODEM_1K:
	case LOADER_XMODEM_128:
		use_xmodem(upgrade);
		break;
	case LOADER_YMODEM:
		use_ymodem(upgrade);
		break;
	case LOADER_SMP:
		use_smp(upgrade, PHASE_TRANSFER, SMP_TRANSFER);
		break;
	case LOADER_SCRIPT: /* these push by one of the others */
	case LOADER_GECKO:
	case LOADER_TOOL: /* has no stream */
		break;
	}
}

/* False: nothing verifies it. */
static bool use_verify(struct upgrade *upgrade)
{
	if (speaks_smp(upgrade))
		use_smp(upgrade, PHASE_VERIFY, SMP_VERIFY);
	else if (upgrade->settings->verify.count > 0)
		use_dialog(upgrade, PHASE_VERIFY, "verify", &upgrade->settings->verify);
	else
		return false;
	return true;
}

static void use_activate(struct upgrade *upgrade)
{
	if (speaks_smp(upgrade))
		use_smp(upgrade, PHASE_ACTIVATE, SMP_ACTIVATE);
	else
		use_dialog(upgrade, PHASE_ACTIVATE, "activate", &upgrade->settings->activate);
}

static void use_version(struct upgrade *upgrade)
{
	enum phase phase = upgrade->activation_sent ? PHASE_CONFIRM : upgrade->phase;

	if (speaks_smp(upgrade))
		use_smp(upgrade, phase, SMP_VERSION);
	else
		use_dialog(upgrade, phase, "version", &upgrade->settings->version);
}

/* What comes after the inner session that has ended well; false when the task is done. */
static bool use_next(void *self, struct chain_part *part)
{
	struct upgrade *upgrade = self;

	if (upgrade->task != UPGRADE_TRANSFER || upgrade->phase == PHASE_VERIFY)
		return false;
	if (upgrade->phase == PHASE_ENTER)
		use_transfer(upgrade);
	else if (!use_verify(upgrade))
		return false;
	*part = upgrade->running;
	return true;
}

static bool upgrade_knows_image(const struct upgrade *upgrade)
{
	return upgrade->image && upgrade->image_size > 0;
}

/* ---- Ends of tasks ---------------------------------------------------------------------------------------------- */

static bool wants_answer(const struct bench_script *script)
{
	int i;

	for (i = 0; i < script->count; i++)
		if (script->steps[i].exchange.expect[0])
			return true;
	return false;
}

/* Once the command has left, whatever became of it, only a refusal is a failure. */
static void end_activation(struct upgrade *upgrade, struct session_output *output)
{
	bool answer_wanted = speaks_smp(upgrade) || wants_answer(&upgrade->settings->activate);
	bool refused = speaks_smp(upgrade) ? upgrade->smp.refused : upgrade->dialog.refused;

	if (refused || !upgrade->activation_sent) {
		upgrade->activation = refused ? ACTIVATION_REFUSED : ACTIVATION_ANNOUNCED;
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

/* Dialogs name their step by themselves. */
static void name_phase(const struct upgrade *upgrade, struct session_output *output)
{
	if (output->state != SESSION_FAILED)
		return;
	if (upgrade->phase == PHASE_TRANSFER)
		error_prefix(&output->error, "transfer");
	else if (speaks_smp(upgrade) && upgrade->phase != PHASE_ENTER)
		error_prefix(&output->error, upgrade->task == UPGRADE_TRANSFER   ? "verify"
		                             : upgrade->task == UPGRADE_ACTIVATE ? "activate" : "version");
}

static void end_task(struct upgrade *upgrade, struct session_output *output)
{
	switch (upgrade->task) {
	case UPGRADE_TRANSFER:
		upgrade->phase = output->state == SESSION_DONE ? PHASE_HOLD : PHASE_IDLE;
		break;
	case UPGRADE_ACTIVATE:
		end_activation(upgrade, output);
		break;
	case UPGRADE_VERSION:
		if (output->state != SESSION_DONE)
			break;
		memcpy(upgrade->version, speaks_smp(upgrade) ? upgrade->smp.version : upgrade->dialog.answer, sizeof upgrade->version);
		if (upgrade->activation_sent)
			upgrade->phase = PHASE_IDLE;
		break;
	}
}

/* ---- The rate --------------------------------------------------------------------------------------------------- */

static int64_t byte_time(int64_t baud)
{
	return baud > 0 ? 10 * NS_PER_S / baud : 0;
}

static void follow_rate(struct upgrade *upgrade, const struct session_output *output)
{
	if (output->line.baud == 0)
		return;
	upgrade->rate_changed = true;
	upgrade->byte_ns = byte_time(output->line.baud);
}

/* Every task begins at the rate that the bench file gives for the port. */
static void restore_rate(struct upgrade *upgrade, struct session_output *output)
{
	if (!upgrade->rate_changed)
		return;
	upgrade->rate_changed = false;
	upgrade->byte_ns = byte_time(upgrade->baud);
	output->line.baud = upgrade->baud;
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct upgrade *upgrade = self;

	chain_step(&upgrade->running, use_next, upgrade, event, output);
	follow_rate(upgrade, output);
	if (upgrade->task == UPGRADE_ACTIVATE && !upgrade->activation_sent && (speaks_smp(upgrade) ? upgrade->smp.marked : upgrade->dialog.sent)) {
		upgrade->activation_sent = true;
		upgrade->activation = ACTIVATION_SENT;
	}
	if (output->state == SESSION_RUNNING)
		return;
	restore_rate(upgrade, output);
	name_phase(upgrade, output);
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
		if (upgrade->settings->enter.count > 0)
			use_dialog(upgrade, PHASE_ENTER, "enter", &upgrade->settings->enter);
		else
			use_transfer(upgrade);
		break;
	case UPGRADE_ACTIVATE:
		use_activate(upgrade);
		break;
	case UPGRADE_VERSION:
		use_version(upgrade);
		break;
	}
	*session = (struct session){&kind, upgrade};
	return true;
}
