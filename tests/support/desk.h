#ifndef HILRIG_TESTS_SUPPORT_DESK_H
#define HILRIG_TESTS_SUPPORT_DESK_H

/*
 * A bench that somebody works at, without hardware: the shipped supervisor on a seat, and a rig that is played. The rig writes
 * given records with the shipped journal thread and socket, as many as it is told and when it is told, and dies when told. It
 * has one line that is held, so that after its death the supervisor waits for a resume.
 *
 * Everything that can fail is asserted. The processes die with the one that opened the desk.
 */

#include "rig/journal/record.h"

#include <limits.h>
#include <sys/types.h>

#define DESK_PATIENCE_MS 20000
#define DESK_ALL INT_MAX

struct desk {
	const char *bench;             /* whose seat it is; it stands in the run line too */
	const struct record *records;  /* of a whole run, from boot to end; borrowed */
	int record_count;
	enum end_reason reason;        /* what its last line says */
	bool late;                     /* the rig does not even serve before its first order */
	/* Filled by desk_open: */
	char folder[PATH_MAX - 64], journal[PATH_MAX];
	pid_t supervisor;
	int tell, told;                /* the test's end and the rig's */
};

enum desk_order {
	DESK_PUT,      /* so many more of the records, but not the last */
	DESK_FLUSH,
	DESK_DIE,      /* SIGKILL, with what is in its buffer */
	DESK_END       /* the last record, and the end of the run */
};

/* Makes the evidence folder below $TMPDIR and starts the supervisor; XDG_RUNTIME_DIR says where its seat is. */
void desk_open(struct desk *desk);

/* Returns when it is done; DESK_DIE and DESK_END at once. A rig that was resumed writes its boot line by itself. */
void desk_order(const struct desk *desk, enum desk_order order, int count);

/* Waits for the supervisor, which has been brought to an end, and gives its exit code. */
int desk_close(struct desk *desk);

#endif
