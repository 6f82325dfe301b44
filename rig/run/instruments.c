/* Every instrument has the same table of functions; a NULL in it is "it has no such thing", which is decided here. */

#include "rig/run/instruments.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

static struct instrument *start_one(const struct driver *drivers, const struct driver_start *start, int index,
				    struct error *error)
{
	const struct bench_instrument *wanted = &start->bench->instruments[index];
	const struct driver *driver = driver_find(drivers, wanted->driver);
	struct instrument *instrument;

	if (!driver) {
		(void)error_set(error, FAULT_CONFIGURATION, "%s: this program has no driver for it", wanted->name);
		return NULL;
	}
	instrument = driver->start(start, index, error);
	if (instrument)
		instrument->index = index;
	else
		(void)error_prefix(error, "%s", wanted->name);
	return instrument;
}

bool instruments_start(struct instruments *instruments, const struct driver *drivers, const struct driver_start *start,
		       struct error *missing, struct error *error)
{
	const struct bench *bench = start->bench;
	int i;

	*instruments = (struct instruments){.bench = bench};
	for (i = 0; i < bench->instrument_count; i++) {
		struct instrument *instrument;

		if (bench->instruments[i].slot >= 0 && !start->taking_part[bench->instruments[i].slot])
			continue;
		if (missing && missing[i].fault != FAULT_NONE)
			continue;
		instrument = start_one(drivers, start, i, missing ? &missing[i] : error);
		if (instrument)
			instruments->list[instruments->count++] = instruments->by_index[i] = instrument;
		else if (!missing)
			return false;
	}
	return true;
}

void instruments_begin(const struct instruments *instruments, int64_t now_ns)
{
	int i;

	for (i = 0; i < instruments->count; i++)
		if (instruments->list[i]->kind->begin)
			instruments->list[i]->kind->begin(instruments->list[i], now_ns);
}

void instruments_stop(struct instruments *instruments)
{
	while (instruments->count > 0) {
		struct instrument *last = instruments->list[--instruments->count];

		instruments->by_index[last->index] = NULL;
		last->kind->close(last);
	}
}

struct instrument *instruments_find(const struct instruments *instruments, int index)
{
	return index < 0 ? NULL : instruments->by_index[index];
}

static enum instrument_state state_of(const struct instrument *instrument, char *text, size_t size)
{
	return instrument->kind->state ? instrument->kind->state(instrument, text, size) : INSTRUMENT_READY;
}

enum instrument_state instruments_state(const struct instruments *instruments, bool switching, char *text, size_t size)
{
	enum instrument_state worst = INSTRUMENT_READY, state;
	char why[ERROR_TEXT_MAX];
	int i;

	for (i = 0; i < instruments->count; i++) {
		const struct instrument_kind *kind = instruments->list[i]->kind;

		if (switching && !kind->set && !kind->level)
			continue;
		why[0] = '\0';
		state = state_of(instruments->list[i], why, sizeof why);
		if (state <= worst)
			continue;
		worst = state;
		text_copy(text, size, why);
	}
	return worst;
}

int instruments_level(const struct instruments *instruments, int channel)
{
	struct instrument *instrument = instruments_find(instruments, instruments->bench->channels[channel].instrument);

	return instrument && instrument->kind->level ? instrument->kind->level(instrument, channel) : -1;
}

void instruments_set(const struct instruments *instruments, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct instrument *instrument = instruments_find(instruments, instruments->bench->channels[channel].instrument);

	assert(instrument && instrument->kind->set);
	instrument->kind->set(instrument, channel, milli, deadline_ns, now_ns);
}

bool instruments_off_script(const struct instruments *instruments, const struct holding *holding, struct off_script *script,
			    struct error *error)
{
	char why[ERROR_TEXT_MAX];
	int i;

	memset(script, 0, sizeof *script);
	for (i = 0; i < instruments->count; i++) {
		const struct instrument *instrument = instruments->list[i];

		if (state_of(instrument, why, sizeof why) != INSTRUMENT_READY || !instrument->kind->off)
			continue;
		if (!instrument->kind->off(instrument, holding, script, error))
			return false;
	}
	return true;
}

int instruments_descriptors(const struct instruments *instruments, int *fds, int size)
{
	int count = 0, i;

	for (i = 0; i < instruments->count && count + INSTRUMENT_DESCRIPTORS_MAX <= size; i++)
		if (instruments->list[i]->kind->descriptors)
			count += instruments->list[i]->kind->descriptors(instruments->list[i], fds + count);
	return count;
}

bool instruments_ready(const struct instruments *instruments, int descriptor, int64_t now_ns)
{
	int fds[INSTRUMENT_DESCRIPTORS_MAX], count, i, j;

	for (i = 0; i < instruments->count; i++) {
		struct instrument *instrument = instruments->list[i];

		count = instrument->kind->descriptors ? instrument->kind->descriptors(instrument, fds) : 0;
		for (j = 0; j < count; j++) {
			if (fds[j] != descriptor)
				continue;
			instrument->kind->ready(instrument, descriptor, now_ns);
			return true;
		}
	}
	return false;
}

void instruments_tick(const struct instruments *instruments, int64_t now_ns)
{
	int i;

	for (i = 0; i < instruments->count; i++) {
		struct instrument *instrument = instruments->list[i];

		if (instrument->kind->deadline && instrument->kind->deadline(instrument) <= now_ns)
			instrument->kind->tick(instrument, now_ns);
	}
}

int64_t instruments_deadline(const struct instruments *instruments)
{
	int64_t earliest_ns = INSTANT_NEVER, deadline_ns;
	int i;

	for (i = 0; i < instruments->count; i++) {
		const struct instrument *instrument = instruments->list[i];

		deadline_ns = instrument->kind->deadline ? instrument->kind->deadline(instrument) : INSTANT_NEVER;
		if (deadline_ns < earliest_ns)
			earliest_ns = deadline_ns;
	}
	return earliest_ns;
}
