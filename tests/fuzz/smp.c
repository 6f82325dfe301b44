/*
 * A server that answers anything to an SMP client: each input is cut into maps that stand in good frames, with the header that was
 * asked for, since nothing else gets past the CRC; what is left over comes as it is. The session keeps its bounds and ends.
 */

#include "drivers/loader/smp.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t image[1500];
static struct smp smp;
static int marks, resets;

/* The header of what the client has just sent; all requests but pieces fit into one line. */
static struct smp_header asked(const struct session_output *output)
{
	static struct smp_frame frame;
	struct smp_header header = {.group = 0};
	const uint8_t *packet;
	size_t size, i;

	for (i = 0; i < output->size; i++)
		if (smp_frame_take(&frame, output->bytes[i])) {
			packet = smp_frame_packet(&frame, &size);
			assert(smp_packet_get_header(&header, packet, size));
		}
	marks += header.operation == SMP_WRITE && header.group == SMP_IMAGE && header.command == SMP_IMAGE_STATE;
	resets += header.operation == SMP_WRITE && header.group == SMP_OS;
	header.operation++;
	return header;
}

static void look_at(const struct session_output *output, int64_t t_ns)
{
	assert(output->size <= SESSION_OUTPUT_SIZE && output->done_bytes <= output->total_bytes);
	if (output->state == SESSION_RUNNING)
		assert(output->deadline_ns >= t_ns && output->deadline_ns < INSTANT_NEVER);
}

static void run(enum smp_task task, const uint8_t **bytes, size_t *size)
{
	static struct session_output output;
	struct session session = smp_session(&smp, task);
	struct session_event event = {.kind = SESSION_START};
	struct smp_header header = {.group = 0};
	uint8_t packet[SMP_PACKET_MAX], frame[SMP_FRAME_MAX];
	int silent = 0;

	session_step(&session, &event, &output);
	while (output.state == SESSION_RUNNING) {
		size_t part = *size > 0 ? (*bytes)[0] : 0;

		look_at(&output, event.t_ns);
		if (output.size > 0)
			header = asked(&output);
		if (part == 0 || part >= *size) {
			assert(*size > 0 || ++silent < 50);
			event = (struct session_event){.kind = SESSION_DEADLINE, .t_ns = output.deadline_ns};
			*bytes += *size > 0, *size -= *size > 0;
		} else {
			memcpy(packet + SMP_HEADER_SIZE, *bytes + 1, part);
			smp_packet_put_header(packet, part + SMP_HEADER_SIZE, &header);
			event = (struct session_event){.kind = SESSION_BYTES, .t_ns = event.t_ns + 1, .bytes = frame,
			                               .size = smp_frame_put(frame, packet, part + SMP_HEADER_SIZE)};
			*bytes += 1 + part, *size -= 1 + part;
		}
		session_step(&session, &event, &output);
	}
	look_at(&output, event.t_ns);
	assert(output.state == SESSION_DONE || (output.error.fault != FAULT_NONE && output.error.text[0]));
	if (output.size > 0)
		(void)asked(&output);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum smp_task tasks[] = {SMP_VERSION, SMP_TRANSFER, SMP_VERIFY, SMP_ACTIVATE, SMP_VERSION};
	const struct smp_settings settings = {.image = image, .size = sizeof image};
	size_t i;

	marks = resets = 0;
	smp_init(&smp, &settings);
	for (i = 0; i < sizeof tasks / sizeof *tasks; i++)
		run(tasks[i], &bytes, &size);
	assert(marks <= 1 && resets <= 1);
	return 0;
}
