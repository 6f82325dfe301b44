#ifndef HILRIG_RIG_COMMAND_DEMO_SCREENS_H
#define HILRIG_RIG_COMMAND_DEMO_SCREENS_H

/* A simulated night on the screens of the dashboard, while it passes in this process. One is open in a process. */

#include "rig/journal/record.h"
#include "rig/scenario/plan.h"

/* FAULT_USAGE: there is no terminal. The plan is borrowed for the call. */
MUST_USE bool demo_screens_open(const struct plan *plan, struct error *error);

/* Whether they are shown: from the open on until somebody leaves them, which stops nothing. */
bool demo_screens_shown(void);

/* Whether a signal ended them. */
bool demo_screens_stopped(void);

void demo_screens_take(const struct record *record);

/* The night is at `t_ns`. Shows it, and returns at `due_ns` of CLOCK_MONOTONIC, or when somebody leaves. */
void demo_screens_wait(int64_t t_ns, int64_t due_ns);

/* The night is over. Stays until somebody leaves; `at_once`: the screens go now. */
void demo_screens_end(bool at_once);

#endif
