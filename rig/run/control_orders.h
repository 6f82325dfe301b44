#ifndef HILRIG_RIG_RUN_CONTROL_ORDERS_H
#define HILRIG_RIG_RUN_CONTROL_ORDERS_H

/* What a run makes of a request that came by its control socket (rig/run/control_request.h). Who may ask is settled before. */

#include "rig/run/conductor.h"
#include "rig/run/control_request.h"

#define CONTROL_LINE_MAX 512

/*
 * Carries it out, or refuses it, and gives the lines of the answer, without newlines, to `say`. Returns the exit code that is said last:
 * EXIT_CODE_PASS; EXIT_CODE_USAGE for a slot, action or amount that there is not; EXIT_CODE_BUSY for what is not allowed now.
 */
int control_orders_take(struct conductor *conductor, const struct control_request *request, void (*say)(void *self, const char *line),
			void *self);

#endif
