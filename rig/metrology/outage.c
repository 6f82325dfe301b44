/*
 * One sense line, followed twice. Each reading is the same small machine of falls, rises and settling; they differ only
 * in what they are told about spans that nobody can vouch for.
 */

#include "rig/metrology/outage.h"

#include <assert.h>

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

static void burst_edge(struct reading *reading, const struct sense *sense, int64_t t_ns)
{
	if (t_ns - reading->burst_to_ns > sense->bounce_ns) {
		if (!reading->first_burst_over)
			reading->first_burst_ns = reading->burst_to_ns - reading->burst_from_ns;
		reading->first_burst_over = true;
		reading->burst_from_ns = t_ns;
	}
	reading->burst_to_ns = t_ns;
}

static bool settled(const struct reading *reading, const struct sense *sense, int64_t t_ns)
{
	return reading->low && reading->risen && t_ns - reading->t_rise_ns >= sense->settle_ns;
}

static void close_least(struct sense *sense)
{
	sense->least_longest_ns = later(sense->least_longest_ns, sense->least.t_rise_ns - sense->least.t_fall_ns);
	sense->least.low = false;
}

static void close_most(struct sense *sense)
{
	const struct reading *most = &sense->most;
	struct outage outage = {
		.t_down_ns = most->t_fall_ns,
		.t_up_ns = most->t_rise_ns,
		.lo_ns = sense->least_longest_ns,
		.hi_ns = most->unbounded ? INSTANT_NEVER : most->t_rise_ns - most->t_fall_ns,
		.first_burst_ns = most->first_burst_over ? most->first_burst_ns : most->burst_to_ns - most->burst_from_ns,
		.last_burst_ns = most->burst_to_ns - most->burst_from_ns,
	};

	sense->most.low = false;
	sense->least_longest_ns = 0;
	if (sense->off) {
		sense->off = false;
		sense->t_on_ns = most->t_rise_ns;
		return;
	}
	if (sense->count == OUTAGES_MAX)
		sense->overflow = true;
	else
		sense->outages[sense->count++] = outage;
}

/* What has been high long enough is over. `least` is high whenever `most` is, so it always closes first. */
static void settle(struct sense *sense, int64_t t_ns)
{
	if (settled(&sense->least, sense, t_ns))
		close_least(sense);
	if (settled(&sense->most, sense, t_ns))
		close_most(sense);
}

static void fall(struct reading *reading, const struct sense *sense, int64_t t_ns)
{
	if (reading->low && reading->risen) { /* it had not settled: still the same outage */
		reading->risen = false;
		burst_edge(reading, sense, t_ns);
	} else if (!reading->low) {
		*reading = (struct reading){.low = true, .t_fall_ns = t_ns, .burst_from_ns = t_ns, .burst_to_ns = t_ns};
	}
}

static void rise(struct reading *reading, const struct sense *sense, int64_t t_ns)
{
	if (!reading->low || reading->risen)
		return;
	if (t_ns == reading->t_fall_ns && !reading->unbounded) { /* low for no time at all: it never was */
		reading->low = false;
		return;
	}
	reading->risen = true;
	reading->t_rise_ns = t_ns;
	burst_edge(reading, sense, t_ns);
}

static void follow(struct reading *reading, const struct sense *sense, int64_t t_ns, int level)
{
	if (level)
		rise(reading, sense, t_ns);
	else
		fall(reading, sense, t_ns);
}

/*
 * From the last trusted instant until now nobody can say what the level was. If recording changed hands meanwhile, edges
 * may have been lost with the hand that let go, so the span begins in front of that; nothing has changed since then.
 */
static void unknown_since_trusted(struct sense *sense)
{
	int64_t since_ns = sense->handed_over ? sense->t_handed_over_ns : sense->t_trusted_ns;

	sense->anomalies += sense->known;
	sense->handed_over = false;
	follow(&sense->least, sense, since_ns, 1);
	follow(&sense->most, sense, since_ns, 0);
	if (!sense->other_base)
		return;
	/* Instants on the two sides cannot be subtracted: what `least` had is over, what `most` has is unbounded. */
	if (sense->least.low)
		close_least(sense);
	sense->most.unbounded = true;
}

static void trusted(struct sense *sense, int64_t t_ns, int level)
{
	settle(sense, t_ns); /* what was high long enough until now is over, whatever comes */
	follow(&sense->least, sense, t_ns, level);
	follow(&sense->most, sense, t_ns, level);
	settle(sense, t_ns);
	sense->known = true;
	sense->interrupted = sense->other_base = false;
	sense->level = level;
	sense->t_trusted_ns = t_ns;
	if (!level)
		sense->t_low_known_ns = t_ns;
}

void sense_begin(struct sense *sense, int64_t settle_ns, int64_t bounce_ns, int64_t t_ns)
{
	assert(settle_ns >= 0 && bounce_ns >= 0);
	*sense = (struct sense){.settle_ns = settle_ns, .bounce_ns = bounce_ns, .t_trusted_ns = t_ns, .t_on_ns = t_ns,
				.t_low_known_ns = -1};
	fall(&sense->most, sense, t_ns);
}

void sense_edge(struct sense *sense, int64_t t_ns, int level, int64_t seqno)
{
	bool lost = sense->has_seqno && seqno != sense->seqno + 1;

	t_ns = later(t_ns, sense->t_trusted_ns);
	if (sense->known && !sense->interrupted && !lost && level != sense->level) {
		sense->handed_over = false;
		if (level) /* it was low until this very instant */
			sense->t_low_known_ns = t_ns;
	} else {
		unknown_since_trusted(sense);
	}
	sense->has_seqno = true;
	sense->seqno = seqno;
	trusted(sense, t_ns, level);
}

void sense_level(struct sense *sense, int64_t t_ns, int level)
{
	t_ns = later(t_ns, sense->t_trusted_ns);
	if (!sense->known && !level)
		sense->off = true;
	if (!sense->known || sense->interrupted || level != sense->level)
		unknown_since_trusted(sense);
	trusted(sense, t_ns, level);
}

void sense_break(struct sense *sense, enum sense_break kind)
{
	if (kind == BREAK_HELD) {
		if (!sense->handed_over)
			sense->t_handed_over_ns = sense->t_trusted_ns;
		sense->handed_over = true;
		return;
	}
	sense->interrupted = true;
	sense->other_base = sense->other_base || kind == BREAK_OTHER_BASE;
	sense->has_seqno = false; /* a new request counts from 1 again */
}

int sense_outage_count(const struct sense *sense)
{
	return sense->count + (sense->most.low && !sense->off ? 1 : 0);
}

struct outage sense_outage(const struct sense *sense, int index)
{
	const struct reading *least = &sense->least, *most = &sense->most;
	int64_t lo_ns = sense->least_longest_ns;

	assert(index >= 0 && index < sense_outage_count(sense));
	if (index < sense->count)
		return sense->outages[index];
	if (least->low)
		lo_ns = later(lo_ns, (least->risen ? least->t_rise_ns : sense->t_low_known_ns) - least->t_fall_ns);
	return (struct outage){
		.t_down_ns = most->t_fall_ns,
		.t_up_ns = INSTANT_NEVER,
		.lo_ns = lo_ns,
		.hi_ns = INSTANT_NEVER,
		.first_burst_ns = most->first_burst_over ? most->first_burst_ns : most->burst_to_ns - most->burst_from_ns,
	};
}

bool sense_high_throughout(const struct sense *sense, int64_t from_ns, int64_t to_ns)
{
	int i;

	if (!sense->known || sense->off || sense->t_on_ns > from_ns || sense->t_trusted_ns < to_ns)
		return false;
	for (i = 0; i < sense_outage_count(sense); i++) {
		struct outage outage = sense_outage(sense, i);

		if (outage.t_down_ns < to_ns && outage.t_up_ns > from_ns)
			return false;
	}
	return true;
}

int64_t sense_first_low(const struct sense *sense, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < sense_outage_count(sense); i++) {
		struct outage outage = sense_outage(sense, i);

		if (outage.lo_ns > 0 && outage.t_down_ns <= to_ns && outage.t_up_ns >= from_ns)
			return outage.t_down_ns;
	}
	return INSTANT_NEVER;
}
