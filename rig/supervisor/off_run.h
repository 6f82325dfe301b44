#ifndef HILRIG_RIG_SUPERVISOR_OFF_RUN_H
#define HILRIG_RIG_SUPERVISOR_OFF_RUN_H

/*
 * Carrying out an off script on its buses: all side by side, each in the order and with the repeats that
 * rig/base/off_script.h says. A machine without waits: it is told the time and which buses can be read, and says when it wants
 * to be called again.
 */

#include "rig/base/instant.h"
#include "rig/base/off_script.h"

enum off_bus_state { OFF_BUS_QUIET, OFF_BUS_GAP, OFF_BUS_ANSWER, OFF_BUS_OVER };

struct off_bus_run {
	int fd;                        /* -1: not there */
	enum off_bus_state state;
	int at;                        /* exchange; -1: none left */
	int turn;                      /* of the groups that are not proved yet, from 1 */
	bool doubt;                    /* an answer was missing or wrong: QUIET lasts the bus's drain time */
	int64_t began_ns;              /* of the present state */
	int64_t heard_ns;              /* last byte */
	size_t size;
	uint8_t bytes[OFF_FRAME_MAX * 4];
	int proved, failed;            /* groups */
};

struct off_run {
	const struct off_script *script;
	enum off_cause cause;
	int64_t begun_ns;
	struct off_bus_run buses[OFF_BUSES_MAX];
	bool proved[OFF_EXCHANGES_MAX]; /* checks that have held */
};

/* Starts on these descriptors (one per bus of the script, non-blocking, -1 where there is none). */
void off_run_begin(struct off_run *run, const struct off_script *script, enum off_cause cause, const int *fds, int64_t now_ns);

/* Reads, decides and writes as far as it goes without waiting. */
void off_run_step(struct off_run *run, int64_t now_ns);

bool off_run_over(const struct off_run *run);
int64_t off_run_deadline(const struct off_run *run);

/* Groups that a check has proved off, and those that no try could prove. */
void off_run_result(const struct off_run *run, int *proved, int *failed);

#endif
