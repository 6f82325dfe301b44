#ifndef HILRIG_RIG_BENCH_CONTACT_H
#define HILRIG_RIG_BENCH_CONTACT_H

/* What a relay's contact may switch, as profiles and bench files write it: {ac_v, ac_a, dc_v, dc_a, insulation, source}. */

#include "rig/base/yaml.h"
#include "rig/bench/profile.h"

/* Reads the optional key `contact` of a map. True if it was there, even with something wrong in it. */
bool contact_read(struct yaml_map *map, struct profile_contact *contact);

#endif
