#ifndef HILRIG_RIG_DASHBOARD_CHANNEL_H
#define HILRIG_RIG_DASHBOARD_CHANNEL_H

/* The channels of a model: what inputs, outputs, readings, observers and safety inputs said last, and how inputs changed. */

#include "rig/dashboard/model.h"

/* The channel of this name; a new one where there is none. -1: the name is empty, or there is no room. `use` is what it is for. */
int channel_named(struct model *model, const char *name, const char *slot, const char *use);

/* What a line says about channels. */
void channel_take(struct model *model, const struct record *record);

/* Nobody recorded until `t_ns`: what inputs did is not known. */
void channels_unknown(struct model *model, int64_t t_ns);

#endif
