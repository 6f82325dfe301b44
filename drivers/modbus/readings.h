#ifndef HILRIG_DRIVERS_MODBUS_READINGS_H
#define HILRIG_DRIVERS_MODBUS_READINGS_H

/*
 * What an instrument last said of each channel and what each was last set to, and whether the two still agree. Pure.
 *
 * An instrument that restarts says nothing of it; it is seen by a channel that no longer reads as it was set.
 */

#include "drivers/modbus/access.h"
#include "rig/base/instant.h"

#define READINGS_SPANS_MAX (2 * PROFILE_CHANNELS_MAX) /* reads that one watch takes */

struct reading {
	bool wanted_known;            /* set and confirmed */
	int64_t wanted_milli;
	int64_t wanted_ns;            /* since */
	bool seen;                    /* a reading was taken since the port came */
	int64_t seen_milli, seen_ns;
	int64_t echo_milli, echo_ns;  /* what the instrument last said that it is set to; echo_ns 0: nothing */
};

struct readings {
	const struct profile *profile; /* borrowed */
	struct reading channels[PROFILE_CHANNELS_MAX];
	struct access_span spans[READINGS_SPANS_MAX]; /* that together read all there is to read, in order */
	int span_count;
};

/* Plans the spans: neighbours in one read, never across a hole. */
void readings_init(struct readings *readings, const struct profile *profile);

/* Nothing is known any more: the port is gone. */
void readings_forget(struct readings *readings);

void readings_note(struct readings *readings, int channel, int64_t milli, int64_t t_ns);

/* Takes all channels out of the values of one span. */
void readings_take(struct readings *readings, int span, const uint16_t *values, int64_t t_ns);

/* The channel was set to this and read back. */
void readings_want(struct readings *readings, int channel, int64_t milli, int64_t t_ns);

/* Nothing is known of how it, or any channel, was left. */
void readings_unwant(struct readings *readings, int channel);
void readings_unwant_all(struct readings *readings);

/* Whether the channel was left at something else than this; only what was set before `asked_ns` counts. */
bool readings_differ(const struct readings *readings, int channel, int64_t milli, int64_t asked_ns);

/* The first channel whose echo, read since `asked_ns`, differs from how it was left; -1: none. */
int readings_changed(const struct readings *readings, int64_t asked_ns);

/* Whether the instrument's own protection has acted: its channel `protection` is not 0. */
bool readings_tripped(const struct readings *readings);

#endif
