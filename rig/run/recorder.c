/* Which polls are worth a line, and in which order lines and polls may be believed. */

#include "rig/run/recorder.h"

#include "rig/base/text.h"
#include "rig/metrology/outage.h"

#include <assert.h>
#include <string.h>

void recorder_init(struct recorder *recorder, struct record_sink sink)
{
	memset(recorder, 0, sizeof *recorder);
	recorder->sink = sink;
}

int recorder_add(struct recorder *recorder, const char *slot, const char *channel)
{
	struct recorded_input *input = &recorder->inputs[recorder->input_count];

	assert(recorder->input_count < RECORDER_INPUTS_MAX);
	*input = (struct recorded_input){.t_line_ns = -1, .t_agreed_ns = -1};
	text_copy(input->slot, sizeof input->slot, slot);
	text_copy(input->channel, sizeof input->channel, channel);
	return recorder->input_count++;
}

void recorder_set_utc(struct recorder *recorder, int64_t utc_offset_us)
{
	recorder->utc_offset_us = utc_offset_us;
}

static struct record line_for(const struct recorder *recorder, const struct recorded_input *input, enum record_kind kind,
			      int64_t t_ns)
{
	struct record record = {.kind = kind, .t_ns = t_ns, .utc_us = t_ns / NS_PER_US + recorder->utc_offset_us};

	memcpy(record.slot, input->slot, sizeof record.slot);
	return record;
}

static void put_level(struct recorder *recorder, struct recorded_input *input, int64_t t_ns, int level)
{
	struct record record = line_for(recorder, input, RECORD_LEVEL, t_ns);

	if (t_ns <= input->t_line_ns)
		return; /* a later line has said more already */
	memcpy(record.data.level.channel, input->channel, sizeof input->channel);
	record.data.level.level = level;
	input->t_line_ns = t_ns;
	recorder->sink.put(recorder->sink.self, &record);
}

static void put_edge(struct recorder *recorder, struct recorded_input *input, int64_t t_ns, int level, int64_t seqno)
{
	struct record record = line_for(recorder, input, RECORD_EDGE, t_ns);

	memcpy(record.data.edge.channel, input->channel, sizeof input->channel);
	record.data.edge.level = level;
	record.data.edge.seqno = seqno;
	input->t_line_ns = t_ns;
	recorder->sink.put(recorder->sink.self, &record);
}

/* The pending poll is now to be believed: it agrees, or it contradicts and its predecessor is written with it. */
static void believe_pending(struct recorder *recorder, struct recorded_input *input)
{
	bool agrees = input->known && input->pending_level == input->level;

	input->pending = false;
	if (agrees && !input->explain && input->t_pending_ns - input->t_line_ns < RECORDER_LEVEL_EVERY_NS) {
		input->t_agreed_ns = input->t_pending_ns;
		return;
	}
	if (input->known && !agrees) {
		recorder->anomalies++;
		put_level(recorder, input, input->t_agreed_ns, input->level);
	}
	put_level(recorder, input, input->t_pending_ns, input->pending_level);
	input->explain = input->known && !agrees;
	input->known = true;
	input->level = input->pending_level;
	input->t_agreed_ns = input->t_pending_ns;
}

void recorder_edge(struct recorder *recorder, int index, int64_t t_ns, int level, int64_t seqno)
{
	struct recorded_input *input = &recorder->inputs[index];
	bool odd;

	assert(index >= 0 && index < recorder->input_count);
	if (input->pending && input->t_pending_ns < t_ns)
		believe_pending(recorder, input);
	odd = !input->known || level == input->level || (input->has_seqno && !sense_seqno_follows(input->seqno, seqno));
	if (odd && input->known) {
		recorder->anomalies++;
		put_level(recorder, input, input->t_agreed_ns, input->level);
	}
	put_edge(recorder, input, t_ns, level, seqno);
	input->explain = odd;
	input->known = true;
	input->level = level;
	input->has_seqno = true;
	input->seqno = seqno;
	if (input->pending && input->t_pending_ns >= t_ns && input->pending_level == level)
		return; /* the edge explains the poll that overtook it */
	input->pending = false;
}

void recorder_poll(struct recorder *recorder, int index, int64_t t_ns, int level)
{
	struct recorded_input *input = &recorder->inputs[index];

	assert(index >= 0 && index < recorder->input_count);
	if (!input->known) { /* the first: there are no edges it could have overtaken */
		put_level(recorder, input, t_ns, level);
		input->known = true;
		input->level = level;
		input->t_agreed_ns = t_ns;
		return;
	}
	if (input->pending)
		believe_pending(recorder, input);
	input->pending = true;
	input->t_pending_ns = t_ns;
	input->pending_level = level;
}

void recorder_take_stock(struct recorder *recorder)
{
	int i;

	for (i = 0; i < recorder->input_count; i++)
		recorder->inputs[i].explain = true;
}

void recorder_forget(struct recorder *recorder)
{
	int i;

	for (i = 0; i < recorder->input_count; i++)
		recorder->inputs[i].known = recorder->inputs[i].pending = recorder->inputs[i].has_seqno = false;
}

void recorder_close(struct recorder *recorder)
{
	int i;

	for (i = 0; i < recorder->input_count; i++) {
		struct recorded_input *input = &recorder->inputs[i];

		input->explain = true; /* whatever it says, it is written */
		if (input->pending)
			believe_pending(recorder, input);
	}
}

int recorder_level(const struct recorder *recorder, int index)
{
	assert(index >= 0 && index < recorder->input_count);
	return recorder->inputs[index].known ? recorder->inputs[index].level : -1;
}
