#ifndef HILRIG_RIG_RUN_REAL_RUNTIME_H
#define HILRIG_RIG_RUN_REAL_RUNTIME_H

/*
 * The real runtime: the engine in front of real instruments, in real time. One loop thread does everything but waiting for
 * disks (the journal thread) and for Modbus answers (the worker of each bus).
 *
 * It runs in the rig, a child of the supervisor, and returns when the run has ended: with the run's exit code, or with
 * EXIT_CODE_RIG and an error when it could not go on. What was energised then is the supervisor's to switch off.
 */

#include "rig/bench/driver.h"
#include "rig/run/assemble.h"
#include "rig/run/real/viewers.h"

struct runtime_settings {
	const struct bench *bench;
	const bool *taking_part;
	const struct driver *drivers;
	struct holding *holding;
	const struct assembled *assembled;
	const struct upgrade_image *image;
	const bool *was_activated; /* per slot of the bench: this run sent the activation in an earlier life */
	const char *folder;        /* the evidence */
	const char *revision;      /* source revision, for boot lines */
	const char *operator;      /* who answers prompts; "" unknown */
	const char *resumed_by;    /* who goes on after a person's cause switched off; "" nobody had to be asked */
	bool resumed;              /* the folder has a journal: go on with it */
	bool held;                 /* lines and buses lived on since then */
	bool quiet;                /* no progress on standard output */
	struct viewers *viewers;   /* borrowed; NULL: nobody is served */
	const char *control;       /* path of the control socket; "": there is none */
	int supervisor;            /* socket, rig/supervisor/link.h */
	bool *is_off;              /* filled when the run has ended: everything has confirmed that it is off; the supervisor knows then that beats end */
};

MUST_USE bool runtime_run(const struct runtime_settings *settings, int *exit_code, struct error *error);

#endif
