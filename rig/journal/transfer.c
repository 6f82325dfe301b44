/* Bytes and instants of a transfer become per cent, a rate, and a time. */

#include "rig/journal/transfer.h"

#include "rig/base/instant.h"

static void take_progress(struct transfer *transfer, const struct record *record)
{
	bool anew = !transfer->counted || record->data.progress.done_bytes < transfer->done_bytes;

	transfer->t_ns = record->t_ns;
	transfer->done_bytes = record->data.progress.done_bytes;
	transfer->total_bytes = record->data.progress.total_bytes;
	if (!anew)
		return;
	transfer->counted = true;
	transfer->began_ns = record->t_ns;
	transfer->began_bytes = transfer->done_bytes;
}

void transfer_take(struct transfer *transfer, const struct record *record)
{
	if (record->kind == RECORD_PHASE && record->data.phase.phase != transfer->phase)
		*transfer = (struct transfer){.phase = record->data.phase.phase};
	else if (record->kind == RECORD_PROGRESS)
		take_progress(transfer, record);
	else if (record->kind == RECORD_STEP && record->data.step.state != STEP_BEGIN)
		*transfer = (struct transfer){.phase = PHASE_IDLE};
}

bool transfer_goes_on(const struct transfer *transfer)
{
	return transfer->phase == PHASE_TRANSFER && transfer->counted && transfer->total_bytes > 0;
}

int transfer_percent(const struct transfer *transfer)
{
	return transfer->total_bytes > 0 ? (int)(transfer->done_bytes * 100 / transfer->total_bytes) : 0;
}

int64_t transfer_rate(const struct transfer *transfer)
{
	int64_t ms = (transfer->t_ns - transfer->began_ns) / NS_PER_MS;

	return ms > 0 ? (transfer->done_bytes - transfer->began_bytes) * 1000 / ms : 0;
}

int64_t transfer_left_ns(const struct transfer *transfer)
{
	int64_t rate = transfer_rate(transfer);

	return rate > 0 ? (transfer->total_bytes - transfer->done_bytes) * NS_PER_S / rate : INSTANT_NEVER;
}

void transfer_put_rate(struct text *text, int64_t rate, int64_t left_ns)
{
	if (rate <= 0 || left_ns == INSTANT_NEVER)
		return;
	if (rate < 1000)
		text_format(text, "%d B/s", (int)rate);
	else
		text_format(text, "%.1f kB/s", (double)rate / 1e3);
	if (left_ns == 0)
		return;
	if (left_ns < 2 * NS_PER_MIN)
		text_format(text, ", %d s left", (int)((left_ns + NS_PER_S - 1) / NS_PER_S));
	else if (left_ns < 2 * NS_PER_H)
		text_format(text, ", %d min left", (int)(left_ns / NS_PER_MIN));
	else
		text_format(text, ", %.1f h left", (double)left_ns / (double)NS_PER_H);
}

void transfer_put(struct text *text, const struct transfer *transfer)
{
	int64_t rate = transfer_rate(transfer);

	text_format(text, "%lld of %lld bytes, %d %%%s", (long long)transfer->done_bytes, (long long)transfer->total_bytes,
		    transfer_percent(transfer), rate > 0 ? ", " : "");
	transfer_put_rate(text, rate, transfer_left_ns(transfer));
}
