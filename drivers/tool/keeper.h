#ifndef HILRIG_DRIVERS_TOOL_KEEPER_H
#define HILRIG_DRIVERS_TOOL_KEEPER_H

/*
 * The process between the rig and somebody else's program. It starts the program in a session of its own, waits for its end, and
 * lets nothing of it live longer than it should: not what the program has forked, not what that has forked in sessions of its
 * own, and not when the rig is killed in the middle of it.
 *
 * It is forked, not exec'd, by a rig with threads, so it calls only what may be called after such a fork. It learns that it is
 * over from one end of a socket: whoever holds the other end shuts it down, or is gone. Then, and when the program has ended by
 * itself and left processes behind, all get SIGTERM, and after KEEPER_GRACE_NS SIGKILL, until none is left. It finds them as it
 * is their reaper (PR_SET_CHILD_SUBREAPER): those whose parents have ended become its children. Should the keeper itself be
 * killed, the kernel kills the program (PR_SET_PDEATHSIG), but not what that has forked.
 */

#include "rig/base/instant.h"

#define KEEPER_GRACE_NS (500 * NS_PER_MS)
#define KEEPER_PATIENCE_NS (4 * NS_PER_S) /* what is not dead by then (a process that waits for a disk) is given up and told */

/* What it sends, one packet each: STARTED or NOT_STARTED, and after STARTED one ENDED. */
enum keeper_word { KEEPER_STARTED, KEEPER_NOT_STARTED, KEEPER_ENDED };

struct keeper_report {
	enum keeper_word word;
	int number;            /* NOT_STARTED: errno. ENDED: the program's status, as waitpid gives it */
	int left_behind;       /* ENDED: processes that it left */
	bool lives;            /* ENDED: something could not be killed */
};

/* In the forked child, with all signals blocked. `output` becomes the program's standard output and error; its input is empty. */
_Noreturn void keeper_run(int socket, int output, char *const argv[]);

#endif
