#ifndef HILRIG_RIG_COMMAND_RUN_LINES_H
#define HILRIG_RIG_COMMAND_RUN_LINES_H

/*
 * The lines of a run's journal on its standard output, for machines: run --json. They are printed by hilrig follow, a process of its own,
 * so that a reader who is slow, or gone, holds up nothing; what the run itself has to say goes to standard error from then on.
 */

#include <sys/types.h>

struct run_lines {
	pid_t follower; /* 0: none */
};

/* The bench's seat is taken, and its run begins. Without another process there are no lines, which is said. */
void run_lines_begin(struct run_lines *lines, const char *bench);

/* The run is over and its bench is free: returns when the last line was taken. */
void run_lines_end(struct run_lines *lines);

#endif
