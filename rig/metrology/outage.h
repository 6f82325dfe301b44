#ifndef HILRIG_RIG_METROLOGY_OUTAGE_H
#define HILRIG_RIG_METROLOGY_OUTAGE_H

/*
 * From trusted levels and raw edges of one sense line to outages with bounds.
 *
 * The measurand (design.md): the time from the supply falling below v_down until it has stayed above v_up for settle_ns.
 * The line is 1 while the supply is present; hysteresis between the two thresholds is the sense circuit's.
 *
 * Whatever is not known for certain is followed twice: `least` takes it as present, `most` as absent. An outage of
 * `most` has hi as its length, and as lo the longest outage of `least` inside it. Without a gap or a contradiction both
 * are the same instants and lo == hi. reports/judging.md, "Supply", is the full rule.
 *
 * A `struct sense` is plain memory of the caller's, filled by sense_begin; nothing is allocated and nothing need be given
 * back.
 *
 * Instants must not fall from call to call. An edge that lies in the last unknown span explains that span and adds nothing; one
 * that crossed a poll on its way (SENSE_CROSSING_NS) leaves the time between the two unknown; any other that falls, and
 * says something new, sets `confused`: what the line did is then not to be had from this record.
 */

#include "rig/base/instant.h"

#define OUTAGES_MAX 256 /* closed outages kept per line; more set `overflow` */

/* An edge may reach us so much after a poll that it precedes: inputs are polled ten times a second (design.md). */
#define SENSE_CROSSING_NS (100 * NS_PER_MS)

/* A time within an outage in which the supply was back, too short to end it. */
struct outage_high {
	int64_t from_ns, to_ns;
};

#define OUTAGE_HIGHS 2 /* the last ones, kept for outage_sure_before */

struct outage {
	int64_t t_down_ns;        /* first falling edge of the first burst (in `most`) */
	int64_t t_up_ns;          /* last rising edge; INSTANT_NEVER while open */
	int64_t lo_ns;            /* the true length is at least this */
	int64_t hi_ns;            /* and at most this; INSTANT_NEVER: no upper bound */
	int64_t sure_from_ns;     /* when what lo_ns counts began: absent from here on for lo_ns, for certain. Where lo_ns is 0: t_up_ns,
				     or, while open, the fall if that was seen */
	int64_t t_edge_ns;        /* the first edge to low in it, however long it stayed; INSTANT_NEVER: none was seen */
	int64_t first_burst_ns;   /* width of the burst that began it, 0 for a clean edge */
	int64_t last_burst_ns;    /* width of the burst that ended it */
	int64_t first_high_ns;    /* of what lo_ns counts: the first of its highs; INSTANT_NEVER: there is none */
	struct outage_high highs[OUTAGE_HIGHS]; /* and the last ones, older first; none: 0 to 0 */
};

/* One reading of the signal: everything unknown taken one way. */
struct reading {
	bool low;                 /* an outage is under way, or its end has not settled */
	bool risen;               /* high since t_rise_ns, which may yet turn out to be its end */
	int64_t t_fall_ns;
	int64_t t_rise_ns;
	int64_t burst_from_ns, burst_to_ns, first_burst_ns;
	bool first_burst_over;
	bool unbounded;           /* spans a change of time base */
	int64_t first_high_ns;    /* as in an outage */
	struct outage_high highs[OUTAGE_HIGHS];
};

struct sense {
	int64_t settle_ns;
	int64_t bounce_ns;
	int64_t level_period_ns;  /* so often the level is read besides */
	bool known;               /* `level` has held since t_trusted_ns, as far as anybody saw */
	bool off;                 /* the line was low when first read and has not been high for settle_ns: no outage yet */
	int64_t t_on_ns;          /* since when the line may have outages: the start, or the rise that ended `off` */
	bool handed_over;         /* recording changed hands after t_handed_over_ns and no numbered edge has come since */
	int64_t t_handed_over_ns;
	bool interrupted;         /* nobody recorded since t_trusted_ns */
	bool other_base;          /* ... and the time base changed meanwhile */
	int level;
	int64_t t_trusted_ns;
	bool has_seqno;
	int64_t seqno, t_edge_ns; /* of the last numbered edge */
	bool uncounted;           /* a level has said since that edges were lost; the next edge will say how many */
	int64_t t_doubtful_ns;    /* a level said, against the edges, that the line is low, and nothing has said so again; -1: none */
	int64_t t_low_known_ns;   /* last instant at which the level was low for certain */
	int64_t t_low_edge_ns;    /* as t_edge_ns of an outage, of the present one */
	struct reading least, most;
	struct reading least_longest; /* in the present outage of `most`: the longest of least that is over; */
	int64_t least_longest_ns;     /* 0: there is none */
	int64_t unknown_from_ns, unknown_to_ns; /* the last span that was not known; empty: from > to */
	bool confused;
	int count;
	bool overflow;
	int64_t anomalies;        /* gaps and contradictions met */
	struct outage outages[OUTAGES_MAX]; /* `count` of them; the others are nothing that was written */
};

/* A line that nobody has begun to read: it has no outages. */
void sense_init(struct sense *sense);

/*
 * Starts at `t_ns` with the level unknown. If the first thing that is known is a level of 0, nothing was switched on yet:
 * the line then has no outage until it has been high for settle_ns.
 */
void sense_begin(struct sense *sense, int64_t settle_ns, int64_t bounce_ns, int64_t level_period_ns, int64_t t_ns);

/* A kernel-stamped edge to `level` (0 or 1), with the line's sequence number (uAPI v2: of 32 bits, so 0 follows 2^32 - 1). */
void sense_edge(struct sense *sense, int64_t t_ns, int level, int64_t seqno);

/* The line was read and had this level. */
void sense_level(struct sense *sense, int64_t t_ns, int level);

/* What a boot line means for a line that was being recorded. */
enum sense_break {
	BREAK_HELD,       /* the kernel's request lived on, and its numbering tells what was lost */
	BREAK_LOST,       /* nobody recorded from the last trusted instant to the next */
	BREAK_OTHER_BASE  /* as BREAK_LOST, and t_ns is not comparable across the break */
};

void sense_break(struct sense *sense, enum sense_break kind);

/*
 * Outages so far, oldest first: the closed ones and, as the last, one that is open. *count is at most OUTAGES_MAX + 1.
 * `index` from 0 to sense_outage_count() - 1.
 */
int sense_outage_count(const struct sense *sense);
struct outage sense_outage(const struct sense *sense, int index);

/*
 * How much of the outage was over for certain at `t_ns`: of its certain part, what lies in front of it. Where the supply was back just
 * then, and whatever happened at `t_ns` may have kept it from staying, the part ended when it had come back.
 */
int64_t outage_sure_before(const struct outage *outage, int64_t t_ns);

/* Whether `next` is the sequence number behind `seqno`. */
bool sense_seqno_follows(int64_t seqno, int64_t next);

/* Whether the line is low now, and was for certain at t_ns and ever since. */
bool sense_low_since(const struct sense *sense, int64_t t_ns);

/* Whether the line was certainly high from just after `from_ns` to just before `to_ns`. */
bool sense_high_throughout(const struct sense *sense, int64_t from_ns, int64_t to_ns);

/* Whether the line was off, or not recorded yet, at `t_ns` or at any time after it. */
bool sense_off_after(const struct sense *sense, int64_t t_ns);

/* Whether it was low at all: for some time for certain, or an edge said so. */
bool outage_is_certain(const struct outage *outage);

/* When the outage began during which the line was first certainly low within [from_ns, to_ns]; INSTANT_NEVER: it was not. */
int64_t sense_first_low(const struct sense *sense, int64_t from_ns, int64_t to_ns);

#endif
