/* The sender of YMODEM: what is said around the file; the blocks are xmodem.c's. */

#include "drivers/loader/ymodem.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ymodem_init(struct ymodem *ymodem, const struct ymodem_settings *settings)
{
	assert(settings->name[0] && strlen(settings->name) < YMODEM_NAME_SIZE && settings->changed_s >= 0);
	*ymodem = (struct ymodem){.settings = *settings};
}

/* "name", a zero byte, "size changed": the size in decimal digits, the time in octal ones. */
static void fill_header(struct ymodem *ymodem)
{
	size_t name = strlen(ymodem->settings.name) + 1;

	memset(ymodem->header, 0, sizeof ymodem->header);
	memcpy(ymodem->header, ymodem->settings.name, name);
	(void)snprintf((char *)ymodem->header + name, sizeof ymodem->header - name, "%zu %" PRIo64, ymodem->settings.file.size,
	               (uint64_t)ymodem->settings.changed_s);
}

static void use_stage(struct ymodem *ymodem, enum ymodem_stage stage)
{
	struct xmodem_settings settings = ymodem->settings.file;

	ymodem->stage = stage;
	if (stage != YMODEM_FILE) {
		settings.image = ymodem->header;
		settings.size = settings.block_size = sizeof ymodem->header;
		settings.block_zero = true;
	}
	xmodem_init(&ymodem->xmodem, &settings);
	ymodem->part = (struct chain_part){xmodem_session(&ymodem->xmodem), &ymodem->xmodem.used};
}

static bool use_next(void *self, struct chain_part *part)
{
	struct ymodem *ymodem = self;

	if (ymodem->stage == YMODEM_FAREWELL)
		return false;
	memset(ymodem->header, 0, sizeof ymodem->header);
	use_stage(ymodem, ymodem->stage == YMODEM_HEADER ? YMODEM_FILE : YMODEM_FAREWELL);
	*part = ymodem->part;
	return true;
}

/* Progress is that of the file. */
static void tell_progress(const struct ymodem *ymodem, struct session_output *output)
{
	output->total_bytes = (int64_t)ymodem->settings.file.size;
	if (ymodem->stage == YMODEM_HEADER)
		output->done_bytes = 0;
	else if (ymodem->stage == YMODEM_FILE)
		output->done_bytes = (int64_t)ymodem->xmodem.at;
	else
		output->done_bytes = output->total_bytes;
}

static void limit_farewell(struct ymodem *ymodem, int64_t t_ns, bool begins, struct session_output *output)
{
	if (begins)
		ymodem->farewell_ns = t_ns + YMODEM_FAREWELL_NS;
	if (output->state != SESSION_RUNNING)
		return;
	if (t_ns >= ymodem->farewell_ns) {
		output->state = SESSION_DONE;
		output->deadline_ns = INSTANT_NEVER;
	} else if (ymodem->farewell_ns < output->deadline_ns) {
		output->deadline_ns = ymodem->farewell_ns;
	}
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct ymodem *ymodem = self;
	enum ymodem_stage before;

	if (event->kind == SESSION_START) {
		fill_header(ymodem);
		use_stage(ymodem, YMODEM_HEADER);
	}
	before = ymodem->stage;
	chain_step(&ymodem->part, use_next, ymodem, event, output);
	ymodem->used = output->state == SESSION_DONE ? ymodem->xmodem.used : event->size;
	if (ymodem->stage == YMODEM_FAREWELL)
		limit_farewell(ymodem, event->t_ns, before != YMODEM_FAREWELL, output);
	tell_progress(ymodem, output);
}

struct session ymodem_session(struct ymodem *ymodem)
{
	static const struct session_kind kind = {"ymodem", step};

	return (struct session){&kind, ymodem};
}
