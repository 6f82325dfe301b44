/*
 * One sense line, followed twice. Each reading is the same small machine of falls, rises and settling; they differ only
 * in what they are told about spans that nobody can vouch for.
 */

#include "rig/metrology/outage.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* A level said that edges were lost, and the numbering ended before it could say how many: so many are reckoned with. */
#define UNCOUNTED_EDGES 3

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
	int64_t length_ns = sense->least.t_rise_ns - sense->least.t_fall_ns;

	if (length_ns > sense->least_longest_ns) {
		sense->least_longest_ns = length_ns;
		sense->least_longest = sense->least;
	}
	sense->least.low = false;
}

static void put_highs(struct outage *outage, const struct reading *counted)
{
	outage->first_high_ns = counted->first_high_ns;
	memcpy(outage->highs, counted->highs, sizeof outage->highs);
}

static void close_most(struct sense *sense)
{
	const struct reading *most = &sense->most;
	struct outage outage = {
		.t_down_ns = most->t_fall_ns,
		.t_up_ns = most->t_rise_ns,
		.lo_ns = sense->least_longest_ns,
		.hi_ns = most->unbounded ? INSTANT_NEVER : most->t_rise_ns - most->t_fall_ns,
		.sure_from_ns = sense->least_longest_ns > 0 ? sense->least_longest.t_fall_ns : most->t_rise_ns,
		.t_edge_ns = sense->t_low_edge_ns,
		.first_burst_ns = most->first_burst_over ? most->first_burst_ns : most->burst_to_ns - most->burst_from_ns,
		.last_burst_ns = most->burst_to_ns - most->burst_from_ns,
	};

	put_highs(&outage, &sense->least_longest);
	sense->most.low = false;
	sense->least_longest_ns = 0;
	sense->t_low_edge_ns = INSTANT_NEVER;
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
		if (reading->first_high_ns == INSTANT_NEVER)
			reading->first_high_ns = reading->t_rise_ns;
		memmove(&reading->highs[0], &reading->highs[1], sizeof reading->highs - sizeof *reading->highs);
		reading->highs[OUTAGE_HIGHS - 1] = (struct outage_high){reading->t_rise_ns, t_ns};
		burst_edge(reading, sense, t_ns);
	} else if (!reading->low) {
		*reading = (struct reading){.low = true, .t_fall_ns = t_ns, .burst_from_ns = t_ns, .burst_to_ns = t_ns,
					    .first_high_ns = INSTANT_NEVER};
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
	sense->unknown_from_ns = since_ns;
	sense->unknown_to_ns = INSTANT_NEVER; /* the trusted instant that ends it comes next */
	follow(&sense->least, sense, since_ns, 1);
	follow(&sense->most, sense, since_ns, 0);
	if (!sense->other_base)
		return;
	/* Instants on the two sides cannot be subtracted: what `least` had is over, what `most` has is unbounded. */
	if (sense->least.low)
		close_least(sense);
	sense->most.unbounded = true;
}

/* A reading that goes against the edges may be wrong. It is not if the next one says the same, or an edge comes that can only follow it. */
static void resolve_doubt(struct sense *sense, bool real)
{
	if (sense->t_doubtful_ns >= 0 && real) {
		follow(&sense->least, sense, sense->t_doubtful_ns, 0);
		sense->t_low_known_ns = sense->t_doubtful_ns;
	}
	sense->t_doubtful_ns = -1;
}

static void trusted(struct sense *sense, int64_t t_ns, int level)
{
	if (sense->unknown_to_ns == INSTANT_NEVER)
		sense->unknown_to_ns = t_ns;
	settle(sense, t_ns); /* what was high long enough until now is over, whatever comes */
	if (sense->t_doubtful_ns != t_ns)
		follow(&sense->least, sense, t_ns, level);
	follow(&sense->most, sense, t_ns, level);
	settle(sense, t_ns);
	sense->known = true;
	sense->interrupted = sense->other_base = false;
	sense->level = level;
	sense->t_trusted_ns = t_ns;
	if (!level && sense->t_doubtful_ns != t_ns)
		sense->t_low_known_ns = t_ns;
}

void sense_init(struct sense *sense)
{
	memset(sense, 0, offsetof(struct sense, outages));
	sense->t_doubtful_ns = -1;
}

void sense_begin(struct sense *sense, int64_t settle_ns, int64_t bounce_ns, int64_t level_period_ns, int64_t t_ns)
{
	assert(settle_ns >= 0 && bounce_ns >= 0);
	sense_init(sense);
	sense->settle_ns = settle_ns;
	sense->bounce_ns = bounce_ns;
	sense->level_period_ns = level_period_ns;
	sense->t_trusted_ns = sense->t_on_ns = t_ns;
	sense->t_low_known_ns = -1;
	sense->t_low_edge_ns = INSTANT_NEVER;
	sense->unknown_from_ns = INSTANT_NEVER;
	fall(&sense->most, sense, t_ns);
}

bool sense_seqno_follows(int64_t seqno, int64_t next)
{
	return next == seqno + 1 || (seqno == UINT32_MAX && next == 0);
}

static int64_t lost_between(int64_t seqno, int64_t next)
{
	return (int64_t)(uint32_t)(next - seqno - 1);
}

/* Whether the instant falls behind what is known of the line already. */
static bool falls(const struct sense *sense, int64_t t_ns)
{
	return t_ns < sense->t_trusted_ns && sense->known && !sense->interrupted;
}

static bool in_unknown_span(const struct sense *sense, int64_t t_ns)
{
	return t_ns >= sense->unknown_from_ns && t_ns <= sense->unknown_to_ns;
}

/* Whether an outage was held to be over because the line stood high until after this instant. */
static bool ends_in_settling(const struct sense *sense, int64_t t_ns)
{
	return !sense->most.low && t_ns - sense->most.t_rise_ns < sense->settle_ns;
}

/* An edge that a poll overtook: between its own instant and the poll's the two say different things. */
static void crossed(struct sense *sense, int64_t t_ns, int level)
{
	struct reading *sooner = level ? &sense->least : &sense->most, *afterwards = level ? &sense->most : &sense->least;
	int64_t sooner_ns = later(t_ns, later(sooner->t_fall_ns, sooner->t_rise_ns));

	follow(sooner, sense, sooner_ns, level);
	follow(afterwards, sense, sense->t_trusted_ns, level);
	sense->level = level;
	sense->anomalies++;
	if (!level)
		sense->t_low_known_ns = sense->t_trusted_ns;
}

static void edge_that_falls(struct sense *sense, int64_t t_ns, int level, bool lost)
{
	if (!lost && in_unknown_span(sense, t_ns))
		return;
	if (!lost && level != sense->level && sense->t_trusted_ns - t_ns <= SENSE_CROSSING_NS && !ends_in_settling(sense, t_ns))
		crossed(sense, t_ns, level);
	else
		sense->confused = true;
}

/*
 * Of the edges that were lost since the last numbered one, two each may have been a dip that lies whole between two readings, and so
 * near behind the end of an outage that this had not settled: it ended that much later, then.
 */
static void lengthen_by_hidden_dips(struct sense *sense, int64_t lost)
{
	int64_t each_ns = later(1, sense->settle_ns + sense->level_period_ns);
	int i;

	for (i = sense->count - 1; i >= 0 && sense->outages[i].t_up_ns >= sense->t_edge_ns; i--) {
		struct outage *outage = &sense->outages[i];
		int64_t room_ns = sense->t_trusted_ns - outage->t_up_ns;
		int64_t until_ns = outage->t_up_ns + (lost / 2 > room_ns / each_ns ? room_ns : lost / 2 * each_ns);

		if (outage->hi_ns != INSTANT_NEVER)
			outage->hi_ns += until_ns - outage->t_up_ns;
		outage->t_up_ns = until_ns;
	}
}

void sense_edge(struct sense *sense, int64_t t_ns, int level, int64_t seqno)
{
	bool lost = sense->has_seqno && !sense_seqno_follows(sense->seqno, seqno);

	if (lost)
		lengthen_by_hidden_dips(sense, lost_between(sense->seqno, seqno));
	sense->has_seqno = true;
	sense->uncounted = false;
	sense->seqno = seqno;
	sense->t_edge_ns = t_ns;
	if (falls(sense, t_ns)) {
		edge_that_falls(sense, t_ns, level, lost);
		return;
	}
	t_ns = later(t_ns, sense->t_trusted_ns);
	resolve_doubt(sense, level == 1);
	if (sense->known && !sense->interrupted && !lost && level != sense->level) {
		sense->handed_over = false;
		if (level) /* it was low until this very instant */
			sense->t_low_known_ns = t_ns;
	} else {
		unknown_since_trusted(sense);
	}
	trusted(sense, t_ns, level);
	if (!level && sense->t_low_edge_ns == INSTANT_NEVER)
		sense->t_low_edge_ns = t_ns;
}

void sense_level(struct sense *sense, int64_t t_ns, int level)
{
	if (falls(sense, t_ns)) {
		sense->confused |= level != sense->level && !in_unknown_span(sense, t_ns) &&
				   sense->t_trusted_ns - t_ns > SENSE_CROSSING_NS;
		return;
	}
	t_ns = later(t_ns, sense->t_trusted_ns);
	if (!sense->known && !level)
		sense->off = true;
	resolve_doubt(sense, !level && !sense->interrupted);
	if (sense->known && !sense->interrupted && level != sense->level) {
		sense->uncounted = true;
		if (!level)
			sense->t_doubtful_ns = t_ns;
	}
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
	resolve_doubt(sense, false);
	if (sense->uncounted)
		lengthen_by_hidden_dips(sense, UNCOUNTED_EDGES);
	sense->uncounted = false;
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
	struct outage open;
	int64_t low_ns;

	assert(index >= 0 && index < sense_outage_count(sense));
	if (index < sense->count)
		return sense->outages[index];
	open = (struct outage){
		.t_down_ns = most->t_fall_ns,
		.t_up_ns = INSTANT_NEVER,
		.lo_ns = sense->least_longest_ns,
		.hi_ns = INSTANT_NEVER,
		.sure_from_ns = sense->least_longest_ns > 0 ? sense->least_longest.t_fall_ns : INSTANT_NEVER,
		.t_edge_ns = sense->t_low_edge_ns,
		.first_burst_ns = most->first_burst_over ? most->first_burst_ns : most->burst_to_ns - most->burst_from_ns,
	};
	put_highs(&open, &sense->least_longest);
	low_ns = (least->risen ? least->t_rise_ns : sense->t_low_known_ns) - least->t_fall_ns;
	if (least->low && low_ns >= open.lo_ns) {
		open.lo_ns = low_ns;
		open.sure_from_ns = least->t_fall_ns;
		put_highs(&open, least);
	}
	return open;
}

int64_t outage_sure_before(const struct outage *outage, int64_t t_ns)
{
	int64_t until_ns = t_ns, i;

	if (t_ns >= outage->first_high_ns && t_ns < outage->highs[0].from_ns)
		until_ns = outage->first_high_ns; /* of highs between these two nothing is kept */
	for (i = 0; i < OUTAGE_HIGHS; i++)
		if (t_ns >= outage->highs[i].from_ns && t_ns < outage->highs[i].to_ns)
			until_ns = outage->highs[i].from_ns;
	until_ns -= outage->sure_from_ns;
	if (until_ns <= 0)
		return 0;
	return until_ns < outage->lo_ns ? until_ns : outage->lo_ns;
}

bool sense_low_since(const struct sense *sense, int64_t t_ns)
{
	return sense->known && !sense->interrupted && !sense->level && sense->least.low && !sense->least.risen && sense->least.t_fall_ns <= t_ns;
}

bool sense_off_after(const struct sense *sense, int64_t t_ns)
{
	return sense->off || sense->t_on_ns > t_ns;
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

bool outage_is_certain(const struct outage *outage)
{
	return outage->lo_ns > 0 || outage->t_edge_ns != INSTANT_NEVER;
}

int64_t sense_first_low(const struct sense *sense, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < sense_outage_count(sense); i++) {
		struct outage outage = sense_outage(sense, i);

		if (outage_is_certain(&outage) && (outage.sure_from_ns <= to_ns || outage.t_edge_ns <= to_ns) && outage.t_up_ns >= from_ns)
			return outage.t_down_ns;
	}
	return INSTANT_NEVER;
}
