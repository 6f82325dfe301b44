/* Which polls are worth a line, and in which order lines and polls may be believed. */

#include "rig/run/recorder.h"

#include "rig/base/text.h"
#include "rig/metrology/outage.h"

#include <assert.h>
#include <string.h>

void recorder_init(struct recorder *recorder, struct record_sink sink)
{
	recorder->sink = sink;
	recorder->input_count = 0;
	recorder->utc_offset_us = recorder->anomalies = 0;
}

int recorder_add(struct recorder *recorder, const char *slot, const char *channel)
{
	struct recorded_input *input = &recorder->inputs[recorder->input_count];

	assert(recorder->input_count < RECORDER_INPUTS_MAX);
	*input = (struct recorded_input){.t_line_ns = -1, .t_agreed_ns = {-1, -1, -1}};
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

static void agree(struct recorded_input *input, int64_t t_ns)
{
	memmove(input->t_agreed_ns + 1, input->t_agreed_ns, sizeof input->t_agreed_ns - sizeof *input->t_agreed_ns);
	input->t_agreed_ns[0] = t_ns;
}

/* What was read before a change is not what was read of the level that it changed to. */
static void agree_anew(struct recorded_input *input, int64_t t_ns)
{
	int i;

	for (i = 0; i < RECORDER_AGREED; i++)
		input->t_agreed_ns[i] = i == 0 ? t_ns : -1;
}

/*
 * Edges were lost, so many that dips of two edges each may hide between polls that agreed: what was read last is believed only as far
 * back as no such dip can have been behind it.
 */
static int64_t believed_at(const struct recorded_input *input, int64_t lost)
{
	int64_t back = lost < 0 ? 1 : lost / 2, at = 0, i;

	for (i = 0; i <= back && i < RECORDER_AGREED && input->t_agreed_ns[i] > input->t_line_ns; i++)
		at = i;
	return input->t_agreed_ns[at];
}

/* The pending poll is now to be believed: it agrees, or it contradicts and its predecessor is written with it. */
static void believe_pending(struct recorder *recorder, struct recorded_input *input)
{
	bool agrees = input->known && input->pending_level == input->level;

	input->pending = false;
	if (agrees && !input->explain && input->t_pending_ns - input->t_line_ns < RECORDER_LEVEL_EVERY_NS) {
		agree(input, input->t_pending_ns);
		return;
	}
	if (input->known && !agrees) {
		recorder->anomalies++;
		put_level(recorder, input, believed_at(input, -1), input->level);
	}
	put_level(recorder, input, input->t_pending_ns, input->pending_level);
	input->explain = input->known && !agrees;
	input->known = true;
	input->level = input->pending_level;
	if (agrees)
		agree(input, input->t_pending_ns);
	else
		agree_anew(input, input->t_pending_ns);
}

void recorder_edge(struct recorder *recorder, int index, int64_t t_ns, int level, int64_t seqno)
{
	struct recorded_input *input = &recorder->inputs[index];
	int64_t lost;
	bool odd;

	assert(index >= 0 && index < recorder->input_count);
	if (input->pending && input->t_pending_ns < t_ns)
		believe_pending(recorder, input);
	lost = input->has_seqno && seqno > input->seqno ? seqno - input->seqno - 1 : -1; /* -1: nobody knows how many */
	odd = !input->known || level == input->level || (input->has_seqno && !sense_seqno_follows(input->seqno, seqno));
	if (odd && input->known) {
		recorder->anomalies++;
		put_level(recorder, input, believed_at(input, lost), input->level);
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
		agree_anew(input, t_ns);
		return;
	}
	if (input->pending)
		believe_pending(recorder, input);
	input->pending = true;
	input->t_pending_ns = t_ns;
	input->pending_level = level;
}

void recorder_take_stock(struct recorder *recorder, const char *slot)
{
	int i;

	for (i = 0; i < recorder->input_count; i++)
		if (!recorder->inputs[i].slot[0] || strcmp(recorder->inputs[i].slot, slot) == 0)
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
