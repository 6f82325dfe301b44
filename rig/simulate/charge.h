#ifndef HILRIG_RIG_SIMULATE_CHARGE_H
#define HILRIG_RIG_SIMULATE_CHARGE_H

/*
 * What may be charged against the findings of a slot in which things went wrong: the oracle of exact results (oracle.h) cannot be asked
 * there, but whatever was stated must still be true.
 *
 * As the oracle it knows the plant's facts and the verdicts' words, and neither the measuring nor the ledger.
 */

#include "rig/bench/world.h"
#include "rig/simulate/oracle.h"

enum charge { CHARGE_NOTHING, CHARGE_ACTIVATION, CHARGE_ACCURACY, CHARGE_CONFORMITY, CHARGE_ATTRIBUTION, CHARGE_USEFULNESS };

/* What was disturbed around a slot by faults that acted. */
struct disturbances {
	bool any;
	bool rate;         /* the host's clock gains or loses, within what U allows for */
	bool bus;          /* requests or answers of it, or a locked supply: what the rig announced may not have been told, or taken */
	bool sense;        /* edges or levels of a line of the slot, or whose it is */
	bool slow;         /* the disk was, and what is announced waits for it */
	bool noise;        /* pulses that the wire of its supply sense did not carry */
	bool crossed;      /* its senses are another slot's, or upside down */
	bool console;      /* bytes of its hub's console */
	bool other_hub;    /* it is another hub's console, which names itself: nothing that it says may be believed */
	bool swapped;      /* its hub sits on another slot's meter */
	bool unheard;      /* its activation was sent, and it never heard that */
	bool spurious;     /* the hub said AD1 without an outage */
	bool besides;      /* something else than supplies, whatever it was */
	bool dongle;       /* it, or its line, was out of order in a way that the rig could notice */
	bool air;          /* the same, or frames on the air were */
	bool silent;       /* and its meter may seem to be silent */
	bool hostile;      /* and it may be its own doing that no image came */
	bool liar;         /* its meter says that it holds an image that it never got */
	bool untold;       /* its meter activates by itself what it has */
	bool odd;          /* what its meter did by itself on the air */
	bool elsewhere;    /* something in another slot: its hub may seem to be this one */
};

void disturbances_take(struct disturbances *disturbances, const struct world_fault *fault, int slot);

/* The first thing that may be held against it, and a sentence about it. */
enum charge charge_slot(const struct truth *truth, const char *name, const struct oracle_rule *rule, const struct disturbances *known,
			const struct findings *findings, int index, char why[ORACLE_TEXT_SIZE]);

#endif
