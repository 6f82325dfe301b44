#ifndef HILRIG_TESTS_SUPPORT_NIGHT_H
#define HILRIG_TESTS_SUPPORT_NIGHT_H

/*
 * A made-up night as records, for tests that need a journal with everything in it: preamble, positive control, transfer,
 * activation with one outage, alert, read-back, controls, end. Times are those of the table in night.c. It is no worked
 * night: nothing is expected of it but what a test says itself.
 */

#include "rig/evidence/writer.h"

#define NIGHT_SLOTS_MAX 64

struct night_slot {
	const char *name;          /* "A" */
	int64_t outage_ns;         /* after activation; 0: none, -1: the supply never comes back */
	int64_t second_ns;         /* a second dip one minute after the first; 0: none */
	bool ad1;                  /* the hub's alert is seen after 185 s of the outage, if it is that long */
	int64_t lone_ad1_ns;       /* an AD1 at this instant that belongs to nothing; 0: none */
	bool control_blind;        /* the observer does not see the positive controls */
	bool lost_edge;            /* the rising edge was lost: bounds widen to the next polled level */
	bool not_activated;        /* the gate failed */
	bool old_version;          /* reads back the version it had */
	bool lab_power;            /* the lab feed failed one second before the outage and came back with it */
	const char *model;         /* of the meter; NULL: "010A030B" */
};

struct night {
	const char *run;
	const char *clause;        /* "": unknown */
	bool certify;
	bool simulated;            /* the run says that its environment was */
	bool polled;               /* once a minute a level line of each supply and a reading, as a recorder writes them */
	bool cut_short;            /* killed 30 s into the watch: no end lines */
	int slot_count;
	struct night_slot slots[NIGHT_SLOTS_MAX];
};

/* Puts every record in order of time. Everything that can fail is asserted. */
void night_put(const struct night *night, struct writer *writer);

/* A folder below $TMPDIR with this journal, and its path. */
void night_make(const struct night *night, char folder[PATH_MAX]);

#endif
