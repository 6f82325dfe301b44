#ifndef HILRIG_RIG_COMMAND_RUN_SCREENS_H
#define HILRIG_RIG_COMMAND_RUN_SCREENS_H

/*
 * The dashboard of a run on the terminal of that run: run --dashboard. Three processes share the terminal, and only the first is the
 * run's:
 *
 *   this one         becomes the supervisor and forks the rig. From run_screens_begin on its standard streams are not the terminal: what
 *                    they print is kept in memory, which takes it at once, whatever becomes of the terminal
 *   the keeper       forked by run_screens_open, before there is a seat, a line, a bus or a key that it could inherit. It starts the viewer
 *                    when the run serves, and when the viewer is gone, however that came, it puts the terminal in order, prints what was
 *                    kept and what still comes, and hands lines that are typed to the run, for its prompts
 *   the viewer       hilrig dashboard --bench NAME, executed, in the terminal's foreground as a group of its own: Ctrl-C there leaves the
 *                    screens, as q does. Behind them the foreground is the run's again, and Ctrl-C ends the run in order, as always
 *
 * Stopped, killed, or without their terminal, keeper and viewer change nothing in the run: it waits for them only when it is over and its
 * bench is free. When this process dies, they go.
 */

#include "rig/base/error.h"

#include <sys/types.h>
#include <termios.h>

#define RUN_SCREENS_LINES_MAX (64 * 1024 * 1024) /* bytes of the run's own lines; what comes behind them is not kept, as if nobody read it */
#define RUN_SCREENS_SERVES_MS 10000              /* the run is waited for so long before the viewer is started without it */

enum run_screens_stream { SCREENS_IN, SCREENS_OUT, SCREENS_ERROR, SCREENS_STREAMS };

struct run_screens {
	pid_t keeper;                           /* 0: there are no screens */
	int alive;                              /* what is said to the keeper; its end is the run's */
	int streams[SCREENS_STREAMS];           /* the run's */
	int terminal[SCREENS_STREAMS];          /* as they were; -1: not put aside */
	int typed;                              /* the other end of the run's standard input: a keeper that dies ends no prompt */
	struct termios modes;
};

/*
 * `operator`: who does what is done by hand there; NULL: the account that is logged in. Borrowed until the end. FAULT_USAGE where
 * standard input and output are no terminal, or this is not its foreground; FAULT_ENVIRONMENT. `screens` is all zero.
 */
MUST_USE bool run_screens_open(struct run_screens *screens, const char *operator, struct error *error);

/* The run of this bench begins: its streams are kept from here on. Nothing happens where no screens were opened, nor the second time. */
void run_screens_begin(struct run_screens *screens, const char *bench);

/* The run is over and its bench is free. Returns when somebody has left the viewer; the streams are the terminal again. */
void run_screens_end(struct run_screens *screens);

#endif
