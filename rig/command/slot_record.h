#ifndef HILRIG_RIG_COMMAND_SLOT_RECORD_H
#define HILRIG_RIG_COMMAND_SLOT_RECORD_H

/*
 * What is known of a bench's slots beyond any run: which are locked out after a weld, and at which a person is changing a
 * device. One JSON line for each thing that happened, all keys always there and in this order:
 *
 *   {"utc":"2026-11-23T18:01:02.123456Z","bench":"left-desk","slot":"A","what":"locked-out","by":"A. Person",
 *    "why":"relay-welded: switched off, and the sense behind the switch says on","run":"1a2b3c"}
 *
 * Pure: bytes in, entries and states out; where the bytes lie is slot_store.h. Lines are never changed and never taken out,
 * so the file is also the history of the bench.
 *
 * A slot may be open and locked out at the same time: whoever mends a relay opens the slot first. `opened` and `closed` change
 * the one, `locked-out` and `cleared` the other; a second `opened` or `locked-out` leaves the first one standing.
 *
 * Damage. A line that is not exactly what the writer writes stands for a lock-out of every slot of the bench, since that may
 * be what it said. Entries behind it count: a slot is usable again once it is `cleared` behind the last damaged line.
 */

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/journal/record.h"

#define SLOT_RECORD_SIZE_MAX (32 * 1024 * 1024) /* of a whole record: some 150,000 lines */
#define SLOT_LINE_SIZE_MAX 2048                 /* of a line with its newline: every text escaped */
#define SLOT_STATES_MAX 512                     /* names in one record; one more is damage */
#define SLOT_DAMAGE_SIZE 96

enum slot_what { SLOT_LOCKED_OUT, SLOT_OPENED, SLOT_CLOSED, SLOT_CLEARED, SLOT_WHAT_COUNT };

/* One line. Texts are UTF-8 without control characters; `bench`, `slot` and `run` are letters, digits, '-' and '_'. */
struct slot_entry {
	int64_t utc_us;
	char bench[WORD_TEXT_SIZE];
	char slot[SLOT_NAME_SIZE];
	enum slot_what what;
	char by[WORD_TEXT_SIZE];        /* who is responsible: a person, or "hilrig run" where none was named */
	char why[FREE_TEXT_SIZE];       /* may be empty */
	char run[WORD_TEXT_SIZE];       /* id of the run that found it; empty: none did */
};

/* The word in a record and on screen: "locked-out". */
const char *slot_what_name(enum slot_what what);

/* Whether the entry can be written: FAULT_USAGE with the text that cannot, and why. */
MUST_USE bool slot_entry_check(const struct slot_entry *entry, struct error *error);

/* Puts the line with its newline. The entry has passed slot_entry_check. */
void slot_entry_put(struct text *text, const struct slot_entry *entry);

/* What is told of each line. `line` counts from 1. */
struct slot_reader {
	void *self;
	void (*entry)(void *self, int line, const struct slot_entry *entry);
	void (*damage)(void *self, int line, const char *why);
};

/* Reads all lines of a bench's record; an entry of another bench is damage too. */
void slot_record_read(const char *bytes, size_t size, const char *bench, const struct slot_reader *reader);

/* ---- What the lines come to ---- */

struct slot_mark {
	int line;                       /* of the entry; 0: there is none */
	struct slot_entry entry;        /* all empty where the line is damaged */
};

struct slot_state {
	char slot[SLOT_NAME_SIZE];
	struct slot_mark opened;        /* line 0: not open */
	struct slot_mark locked;        /* line 0: not locked out by an entry */
	struct slot_mark last;          /* the latest entry of the slot */
	int cleared_line;               /* of the latest `cleared`; 0: none */
};

struct slot_record {
	char bench[WORD_TEXT_SIZE];
	struct slot_state *states;      /* owned; in the order of first mention */
	int state_count, state_room;
	int damaged_line;               /* the latest; 0: none */
	char damage[SLOT_DAMAGE_SIZE];  /* what is wrong with it */
};

/* Folds the bytes of a record; damage is a state here. Given back by slot_record_done. */
void slot_record_load(struct slot_record *record, const char *bench, const char *bytes, size_t size);
void slot_record_done(struct slot_record *record);

/* The state of a slot; one that was never mentioned has nothing but its name. */
struct slot_state slot_record_state(const struct slot_record *record, const char *slot);

/* Whether the slot is locked out for nothing but a damaged line. */
bool slot_is_suspect(const struct slot_record *record, const struct slot_state *state);

/* Whether the slot is locked out, by an entry or by damage. */
bool slot_is_locked(const struct slot_record *record, const struct slot_state *state);

/* "2026-11-23 18:01:02 UTC": an instant as people read it. */
#define SLOT_WHEN_SIZE 24
void slot_when(int64_t utc_us, char text[SLOT_WHEN_SIZE]);

#endif
