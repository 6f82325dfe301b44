#ifndef HILRIG_DRIVERS_TOOL_TOOL_PROCESS_H
#define HILRIG_DRIVERS_TOOL_TOOL_PROCESS_H

/*
 * Somebody else's program as a child of the rig, with a keeper between them (keeper.h). Nothing here waits.
 *
 * The caller polls `report` and `output` for reading. When it closes, or dies, the program ends with all that it has forked.
 */

#include "drivers/tool/keeper.h"

#include <stddef.h>
#include <sys/types.h>

struct tool_process {
	pid_t keeper;   /* 0: nothing runs */
	bool over;      /* the keeper has said its last word */
	int report;     /* from the keeper; -1 */
	int output;     /* of the program; -1: none, or it has ended */
};

#define TOOL_PROCESS_NONE ((struct tool_process){0, false, -1, -1})

/* `argv` as execvp wants it; it is no longer needed afterwards. FAULT_ENVIRONMENT: this host has no room for it. */
MUST_USE bool tool_process_start(struct tool_process *process, char *const argv[], struct error *error);

/* It is to end. Its end is reported as ever. */
void tool_process_end(struct tool_process *process);

/* What the keeper says next; false: nothing now. A keeper that is gone without a word has KEEPER_ENDED said for it, with `lives`. */
MUST_USE bool tool_process_report(struct tool_process *process, struct keeper_report *report);

/* Bytes of its output, 0: none now. Once it has closed its output `output` is -1. */
size_t tool_process_read(struct tool_process *process, void *bytes, size_t size);

/* Its keeper does not answer: it is killed, and the kernel kills the program with it. Nothing is reported any more. */
void tool_process_kill(struct tool_process *process);

/* Ends it if it runs, which takes its keeper KEEPER_GRACE_NS at the most and nobody waits for. Safe where nothing runs. */
void tool_process_close(struct tool_process *process);

#endif
