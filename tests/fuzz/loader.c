/*
 * A device that says anything at any time to an upgrade, and a sender that says anything to the receiver. Every running
 * session has a deadline, says no more than fits, keeps its progress within the image, and ends; the activation command
 * leaves at most once.
 */

#include "drivers/loader/upgrade.h"
#include "drivers/loader/ymodem_receive.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct bench_loader settings = {
	/* An input decides whether the second step is one of a script. */
	.enter = {.steps = {{.exchange = {"update\r", "upload$", "no", 5 * NS_PER_S}},
			    {.exchange = {"", "", "no", 5 * NS_PER_S}, .baud = 19200, .break_ns = NS_PER_S, .wait_ns = NS_PER_S}}, .count = 1},
	.verify = {.steps = {{.exchange = {"", "ok", "bad", 5 * NS_PER_S}}}, .count = 1},
	.activate = {.steps = {{.exchange = {"ACTIVATE\r", "yes", "no", 5 * NS_PER_S}}}, .count = 1},
	.version = {.steps = {{.exchange = {"v\r", "v=([0-9]+)", "", 5 * NS_PER_S}}}, .count = 1},
	.start_within_ns = 60 * NS_PER_S,
};

static uint8_t image[1100], received[4096];
static struct upgrade upgrade;
static struct xmodem_receive receiver;
static struct ymodem_receive batch;
static int activations;

static void look_at(const struct session_output *output, int64_t t_ns)
{
	assert(output->size <= SESSION_OUTPUT_SIZE);
	assert(output->done_bytes >= 0 && (output->total_bytes == 0 || output->done_bytes <= output->total_bytes));
	if (output->state == SESSION_RUNNING)
		assert(output->deadline_ns >= t_ns && output->deadline_ns < INSTANT_NEVER);
	if (output->state == SESSION_FAILED)
		assert(output->error.fault != FAULT_NONE && output->error.text[0]);
	if (output->size >= 9 && memcmp(output->bytes, "ACTIVATE\r", 9) == 0)
		activations++;
}

/* Events: how many bytes, and when; 0 bytes is the deadline. At the end the device falls silent. */
static void run(struct session *session, const uint8_t **bytes, size_t *size)
{
	static struct session_output output;
	struct session_event event = {.kind = SESSION_START};
	int silent = 0;

	session_step(session, &event, &output);
	look_at(&output, 0);
	while (output.state == SESSION_RUNNING) {
		event.size = *size >= 2 ? (*bytes)[0] : 0;
		if (session_wants_line(&output) && event.size < 128) {
			event.kind = SESSION_LINE;
			session_step(session, &event, &output);
			look_at(&output, event.t_ns);
			continue;
		}
		if (*size >= 2 && event.size > 0) {
			event.t_ns += (*bytes)[1] * (output.deadline_ns - event.t_ns) / 300;
			*bytes += 2;
			*size -= 2;
			event.size = event.size < *size ? event.size : *size;
			event.kind = SESSION_BYTES;
			event.bytes = *bytes;
		} else {
			event.kind = *size >= 2 && (*bytes)[1] > 250 ? SESSION_LOST : *size >= 2 && (*bytes)[1] > 240 ? SESSION_CANCEL :
			             SESSION_DEADLINE;
			event.t_ns = output.deadline_ns;
			event.size = *size < 2 ? *size : 2;
			assert(*size >= 2 || ++silent < 100);
		}
		session_step(session, &event, &output);
		look_at(&output, event.t_ns);
		*bytes += event.size;
		*size -= event.size;
	}
}

/* The first byte of an input that is for a receiver is odd. */
static int run_receiver(const uint8_t *bytes, size_t size)
{
	struct session session;

	xmodem_receive_init(&receiver, received, sizeof received, 60 * NS_PER_S);
	ymodem_receive_init(&batch, received, sizeof received, 60 * NS_PER_S);
	session = bytes[0] & 2 ? ymodem_receive_session(&batch) : xmodem_receive_session(&receiver);
	bytes++, size--;
	run(&session, &bytes, &size);
	assert(receiver.size <= sizeof received && batch.size <= sizeof received);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum loader_protocol protocols[] = {LOADER_XMODEM_1K, LOADER_XMODEM_128, LOADER_YMODEM, LOADER_SMP};
	static const enum upgrade_task tasks[] = {UPGRADE_VERSION, UPGRADE_TRANSFER, UPGRADE_ACTIVATE, UPGRADE_VERSION, UPGRADE_ACTIVATE};
	struct session session;
	size_t i;

	activations = 0;
	if (size > 0 && bytes[0] & 1)
		return run_receiver(bytes, size);
	settings.enter.count = size > 0 && bytes[0] & 64 ? 2 : 1;
	settings.push = settings.protocol = protocols[size > 0 ? bytes[0] / 2 % 4 : 0];
	upgrade_init(&upgrade, &settings, 9600);
	upgrade_set_image(&upgrade, image, sizeof image);
	for (i = 0; i < sizeof tasks / sizeof *tasks; i++)
		if (upgrade_begin(&upgrade, tasks[i], &session, NULL))
			run(&session, &bytes, &size);
	assert(activations <= 1);
	return 0;
}
