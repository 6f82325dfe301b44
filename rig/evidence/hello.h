#ifndef HILRIG_RIG_EVIDENCE_HELLO_H
#define HILRIG_RIG_EVIDENCE_HELLO_H

/*
 * The first line that the socket of a run says to whoever connects, before the journal's lines: which run this is, where its
 * evidence lies, and where in the journal the socket goes on. One line of JSON; reports/hello.schema.json and
 * reports/README.md say what it means to a viewer.
 *
 *   {"protocol":1,"run":"0b41f2","bench":"left-desk","folder":"/srv/...","revision":"d633df9","next_seq":812,"offset":262020}
 *   {"protocol":1,"refused":"8 viewers are there already"}
 *
 * Written by hand without malloc, read by jansson. A reader takes further keys and says no to another protocol.
 */

#include "rig/base/text.h"
#include "rig/journal/record.h"

#include <limits.h>

#define HELLO_PROTOCOL 1
#define HELLO_SIZE_MAX 8192 /* of the line, with its newline */

struct hello {
	char refused[FREE_TEXT_SIZE]; /* not empty: nobody is served, and this is why; the rest is empty */
	char run[WORD_TEXT_SIZE];
	char bench[WORD_TEXT_SIZE];
	char folder[PATH_MAX];        /* absolute */
	char revision[WORD_TEXT_SIZE];/* of the source that the run's program was made from */
	uint64_t next_seq;            /* of the first line that comes; lines below it are in the folder's journal.jsonl */
	uint64_t offset;              /* bytes of journal.jsonl in front of that line */
};

/* Appends the line with its newline; text->full where it did not fit. */
void hello_put(struct text *text, const struct hello *hello);

/*
 * Reads the line, with or without its newline. FAULT_RIG for anything else, and for another protocol, with a way out.
 * Takes memory, and gives it back.
 */
MUST_USE bool hello_get(struct hello *hello, const char *bytes, size_t size, struct error *error);

#endif
