#ifndef HILRIG_RIG_REPORT_CITATION_H
#define HILRIG_RIG_REPORT_CITATION_H

/*
 * Which line of the journal a figure rests on, so that a reader can go from any number to the record of it.
 *
 * While the evidence is read, lines that a figure can rest on are kept. A page cites them: a small link with the line's
 * number. What was cited stands at the end of the page, line by line, as in the journal; what was not cited does not, so
 * a night of a million lines gives a readable page. Lines are counted from 1 as editors and `sed -n 12p` do; those of
 * supervisor.jsonl have an S in front.
 */

#include "rig/journal/record.h"

#include <stdio.h>

#define CITABLE_MAX 65536      /* lines kept; a figure that rests on a later one has no link */
#define CITED_CHANNELS_MAX 512 /* whose levels are followed */

struct citations {
	struct record *records;    /* settled: by file, then number */
	size_t count;
	uint64_t dropped;          /* beyond CITABLE_MAX */
	bool *cited;               /* beside `records` */
	struct followed_level {
		char channel[CHANNEL_NAME_SIZE];
		int64_t level;
	} *levels;
	size_t level_count;
};

/* Keeps the record if a figure can rest on it: of levels, those that say something new; of readings none. */
void citations_take(struct citations *citations, const struct record *record);

/* Keeps it whatever it is; once. */
void citations_add(struct citations *citations, const struct record *record);

/* After the last line, and before anything is cited. */
void citations_settle(struct citations *citations);
void citations_done(struct citations *citations);

#define CITATION_ANY (-1) /* whenever it was */

/*
 * The first line of this kind in the slot (or of the whole bench) at exactly this instant; `name` is the channel, the
 * observer or the term that it speaks of, NULL any. NULL: there is none.
 */
const struct record *citation_find(const struct citations *citations, enum record_kind kind, const char *slot, int64_t t_ns,
				   const char *name);

/* The edge, or the level that first told, of the channel at this instant. */
const struct record *citation_of_input(const struct citations *citations, const char *slot, const char *channel, int64_t t_ns);

/* A link to the line of `record` (or of a copy of it), which is now cited. Nothing for NULL and for a line that was not kept. */
void put_citation(FILE *out, const struct citations *citations, const struct record *record);

/* The cited lines as list items, in order, each the target of its links; the hashes of the chain are left out. */
void put_cited_lines(FILE *out, const struct citations *citations);

#endif
