#ifndef HILRIG_RIG_COMMAND_KEPT_PLAN_H
#define HILRIG_RIG_COMMAND_KEPT_PLAN_H

/* The plan of a night, for the dashboard's screens. */

#include "rig/dashboard/planned.h"
#include "rig/scenario/plan.h"

/* A longer plan than PLANNED_MAX leaves it empty. */
void planned_from(struct planned *planned, const struct plan *plan);

/*
 * From the files that the run kept in its evidence folder. What cannot be read leaves it empty: screens can do without, and hilrig verify
 * tells what is wrong with a folder.
 */
void planned_from_folder(struct planned *planned, const char *folder);

#endif
