#ifndef HILRIG_RIG_DASHBOARD_LADDER_H
#define HILRIG_RIG_DASHBOARD_LADDER_H

/* What was said between meter, hub, rig and DCC in a slot, as far as a journal shows it. */

#include "rig/dashboard/model.h"

/* Adds the message that this line is, if it is one. */
void ladder_take(struct model *model, struct model_slot *slot, const struct record *record);

#endif
