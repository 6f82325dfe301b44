#ifndef HILRIG_RIG_COMMAND_SIMULATE_TABLE_H
#define HILRIG_RIG_COMMAND_SIMULATE_TABLE_H

/* What a campaign reached, as tables for people or as JSON. */

#include "rig/simulate/campaign.h"

#include <stdio.h>

/* So many trials must have reached every word that has no reason not to be reached. */
#define REACHED_AFTER 100000

/* Both give how many words should have been reached and were not. */
int simulate_put_table(FILE *out, const struct campaign *campaign, const struct campaign_result *result);
int simulate_put_json(FILE *out, const struct campaign *campaign, const struct campaign_result *result);

#endif
