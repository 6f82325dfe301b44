#ifndef HILRIG_RIG_COMMAND_SLOT_MEANS_H
#define HILRIG_RIG_COMMAND_SLOT_MEANS_H

/*
 * What keeps a slot off while somebody changes the device in it, and whom else it cuts. Pure: from the bench file alone.
 *
 * A slot's own means are its mains relay, the relay near its hub, and its supply's output, unless another slot hangs on that
 * supply and this one has a relay. The second means is the contactor of its mains group, upstream of all its slots.
 */

#include "rig/bench/bench.h"

#define SLOT_MEANS_MAX 3

struct slot_means {
	int own[SLOT_MEANS_MAX];        /* switches, as indices into bench.channels */
	int own_count;                  /* at least 1 */
	int contactor, mirror;          /* of the group; -1: it has none */
};

struct slot_means slot_means_of(const struct bench *bench, int slot);

/*
 * The channel through which `other` is fed and that is off while `slot` is open: its group's contactor, or a supply that they
 * share. -1: there is none, and either may be on while the other is off.
 */
int slot_means_shared(const struct bench *bench, int slot, int other);

#endif
