#ifndef HILRIG_TESTS_SUPPORT_PLAYED_RUN_H
#define HILRIG_TESTS_SUPPORT_PLAYED_RUN_H

/*
 * A run without hardware: the shipped supervisor on a seat, and a rig that is played. The rig writes given records with the
 * shipped journal thread and socket, as many as it is told and when it is told, and dies when told. It has one relay on a bus that is
 * held, so that after its death the supervisor waits for a resume.
 *
 * Everything that can fail is asserted. The processes die with the one that opened it.
 */

#include "rig/base/error.h"
#include "rig/journal/record.h"

#include <limits.h>
#include <sys/types.h>

#define PLAYED_PATIENCE_MS 20000
#define PLAYED_ALL INT_MAX

/* The records of a whole run, read from its evidence; `records` is the caller's to free. */
struct played_night {
	struct record *records;
	int count;
};

MUST_USE bool played_night_read(struct played_night *night, const char *folder, struct error *error);

struct played_run {
	const char *bench;             /* whose seat it is; it stands in the run line too */
	const struct record *records;  /* of a whole run, from boot to end; borrowed */
	int record_count;
	enum end_reason reason;        /* what its last line says */
	bool late;                     /* the rig does not even serve before its first order */
	bool bus_lost;                 /* its relay can be switched no more */
	bool line_refuses;             /* it has a line too, which cannot be set */
	/* Filled by played_run_open: */
	char folder[PATH_MAX - 64], journal[PATH_MAX];
	pid_t supervisor;
	int tell, told;                /* the test's end and the rig's */
};

enum played_order {
	PLAYED_PUT,      /* so many more of the records, but not the last */
	PLAYED_FLUSH,
	PLAYED_DIE,      /* SIGKILL, with what is in its buffer */
	PLAYED_END       /* the last record, and the end of the run */
};

/*
 * Makes the evidence folder below $TMPDIR and starts the supervisor; XDG_RUNTIME_DIR says where its seat is. Returns when the run can be
 * followed, of a `late` one when its seat is taken.
 */
void played_run_open(struct played_run *run);

/* Returns when it is done; PLAYED_DIE and PLAYED_END at once. A rig that was resumed writes its boot line by itself. */
void played_run_order(const struct played_run *run, enum played_order order, int count);

/* Waits for the supervisor, which has been brought to an end, and gives its exit code. */
int played_run_close(struct played_run *run);

/* A child of the caller says `resume` at the bench, is answered when the run has ended, and exits with what it answered. */
pid_t played_run_resume(const struct played_run *desk);

#endif
