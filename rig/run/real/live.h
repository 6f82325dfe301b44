#ifndef HILRIG_RIG_RUN_REAL_LIVE_H
#define HILRIG_RIG_RUN_REAL_LIVE_H

/*
 * The live check in front of real instruments: rig/run/walk as the machine, one loop thread, what is found on standard output.
 *
 * It runs in the rig, a child of the supervisor, and returns when the check has ended. What was energised and is not
 * confirmed off by then (*all_off false), or when it fails, is the supervisor's to switch off.
 */

#include "rig/run/walk/walk.h"

struct live_settings {
	struct walk_settings walk;
	const struct driver *drivers;
	struct holding *holding;
	struct error *missing;     /* per instrument of the bench: why it could not be acquired; FAULT_NONE: it was */
	bool json;
	int supervisor;            /* socket, rig/supervisor/link.h */
	void (*found)(void *self, const struct finding *finding); /* each, before it is printed; must not wait */
	void *self;
};

MUST_USE bool live_run(const struct live_settings *settings, int *exit_code, bool *all_off, struct error *error);

#endif
