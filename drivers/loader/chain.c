/* One part after the other. */

#include "drivers/loader/chain.h"

#include <assert.h>
#include <string.h>

/* What it sends comes behind what was sent before in this event. */
static void step_part(struct chain_part *part, const struct session_event *event, struct session_output *output)
{
	struct session_output inner;

	session_step(&part->session, event, &inner);
	assert(inner.size <= SESSION_OUTPUT_SIZE - output->size);
	memcpy(output->bytes + output->size, inner.bytes, inner.size);
	output->size += inner.size;
	output->line = inner.line;
	output->state = inner.state;
	output->deadline_ns = inner.deadline_ns;
	if (inner.total_bytes > 0) {
		output->done_bytes = inner.done_bytes;
		output->total_bytes = inner.total_bytes;
	}
	if (inner.state == SESSION_FAILED)
		output->error = inner.error;
}

void chain_step(struct chain_part *part, chain_next *next, void *self, const struct session_event *event,
                struct session_output *output)
{
	struct session_event start = {.kind = SESSION_START, .t_ns = event->t_ns}, rest = *event;
	size_t used;

	output->size = 0;
	output->done_bytes = output->total_bytes = 0;
	step_part(part, event, output);
	while (output->state == SESSION_DONE) {
		used = rest.kind == SESSION_BYTES ? *part->used : 0;
		if (!next(self, part))
			return;
		step_part(part, &start, output);
		if (rest.kind != SESSION_BYTES || output->state != SESSION_RUNNING)
			continue;
		rest.bytes += used;
		rest.size -= used;
		if (rest.size > 0)
			step_part(part, &rest, output);
	}
}
