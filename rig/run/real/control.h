#ifndef HILRIG_RIG_RUN_REAL_CONTROL_H
#define HILRIG_RIG_RUN_REAL_CONTROL_H

/*
 * The control socket of a run: local, mode 0600, for the account of the rig and for sessions at the bench only. Who connects sends one
 * request (rig/run/control_request.h), gets the answer and is hung up on. The run's read-only socket is another one: who watches cannot
 * come here by mistake.
 *
 * All of it is the loop's thread; no call waits. Who connects and says nothing is hung up on after CONTROL_PATIENCE_NS. Who asks for
 * something and hangs up before it is taken, as after a stall of the rig, is not listened to, but for `off`.
 */

#include "rig/run/control_request.h"

#include "rig/base/error.h"

#include <sys/types.h>

#define CONTROL_CALLERS_MAX 4
#define CONTROL_PATIENCE_NS INT64_C(1000000000)
#define CONTROL_HERE_NS INT64_C(3000000000)      /* so long a process that asks for lists is taken to be where it was */
#define CONTROL_PATH_SIZE 108 /* sockaddr_un */

struct control;

struct control_settings {
	const char *path;       /* what lies there is replaced: the caller holds the bench's seat */
	/* Whether a process may ask for anything, a menu included: rig/run/real/session.h, or a test's own. */
	bool (*is_local)(pid_t pid, char why[FREE_TEXT_SIZE]);
	/* Carries a request out and gives the lines of the answer to `say`; returns the exit code (rig/run/control_orders.h). */
	int (*take)(void *self, const struct control_request *request, void (*say)(void *self, const char *line), void *said_to);
	void *self;
};

/* Listens. FAULT_ENVIRONMENT; a run can do without. */
MUST_USE bool control_open(struct control **control, const struct control_settings *settings, struct error *error);
void control_close(struct control *control);

/* Descriptors to watch for reading, and until when at the latest a call of control_tick is due (CLOCK_MONOTONIC). */
int control_descriptors(const struct control *control, int descriptors[1 + CONTROL_CALLERS_MAX]);
int64_t control_deadline(const struct control *control);

/* True: the descriptor was one of these, and what it brought is done. */
bool control_ready(struct control *control, int descriptor, int64_t now_ns);
void control_tick(struct control *control, int64_t now_ns);

#endif
