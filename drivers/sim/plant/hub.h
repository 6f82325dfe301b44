#ifndef HILRIG_DRIVERS_SIM_PLANT_HUB_H
#define HILRIG_DRIVERS_SIM_PLANT_HUB_H

/*
 * A communications hub as far as its supply goes: an outage timer with a threshold of its own, a store that carries it
 * through, AD1, and its restart afterwards.
 *
 * The timer runs while the supply is away. When it reaches the threshold the hub raises AD1, once an outage. A supply that
 * comes back at that very instant is too late with at_least, in time without: AD1 says "more than" three minutes, so the
 * latter is what a hub should do. Whether a real one starts again after every dip or adds them up is not known
 * (domain.md 2); `adds` makes it add, until the supply has stayed for forget_ns.
 *
 * The store runs a full hub for store_ns and is filled from empty in recharge_ns, both linearly. Once it is empty the hub
 * is dead, raises nothing, and boots when the supply returns. One that was up and lived through says that it is ready after
 * wake_ns.
 *
 * Raised is not seen: an alert may be lost on its way, come late, and come again.
 *
 * The hub is told instants at which its supply goes and comes, and asked for what it does next. What it does goes to the
 * caller as acts, in the order of time.
 */

#include "drivers/sim/plant/draw.h"

#include <stdbool.h>
#include <stdint.h>

#define HUB_COPIES_MAX 8  /* alerts on their way at once */
#define HUB_LOSES_ALL UINT32_MAX

struct hub_settings {
	int64_t threshold_ns;
	bool at_least;
	bool adds;
	int64_t forget_ns;
	int64_t store_ns;
	int64_t recharge_ns;           /* 0: full at once */
	bool begins_charged;
	struct draw_range latency_ns;  /* from raised to seen */
	uint32_t loses;                /* bit n: the first copy of its alert number n (from 0; 31: and later ones) does not arrive */
	int loss_permille;             /* and of every other alert, drawn */
	int duplicates;                /* further copies of every alert ... */
	int64_t duplicate_ns;          /* ... so long one after the other */
	int64_t boot_ns, wake_ns;
};

enum hub_act {
	HUB_ACT_NOTHING,
	HUB_ACT_RAISES,    /* AD1 */
	HUB_ACT_SEEN,      /* a copy of it arrives at its point */
	HUB_ACT_DIES,      /* the store is empty */
	HUB_ACT_READY
};

/* Why an outage did or did not raise AD1. The first supply of a hub's life ends no outage. */
enum hub_why { HUB_NO_OUTAGE, HUB_RAISED, HUB_TOO_SHORT, HUB_STORE_EMPTY };

struct hub_copy {
	int64_t arrives_ns;
	int64_t began_ns;              /* of the outage */
};

struct hub {
	const struct hub_settings *settings; /* borrowed */
	struct draw *draw;                   /* borrowed */
	bool powered, alive;
	bool up;                       /* it was ready once since it was dead */
	bool outage;                   /* the supply was there and is gone */
	int64_t changed_ns;            /* supply came or went */
	int64_t charge_ns;             /* of the store, then */
	int64_t counted_ns;            /* of earlier dips that are added */
	bool raised;                   /* in this outage */
	bool lost;                     /* the first copy of the last alert */
	int alerts;                    /* raised so far */
	int64_t raised_ns;
	int64_t ready_ns;              /* INSTANT_NEVER: not on the way there */
	struct hub_copy copies[HUB_COPIES_MAX];
	int copy_count;
};

void hub_init(struct hub *hub, const struct hub_settings *settings, struct draw *draw);

/* The supply comes or goes; of hub_rose the answer says what became of the outage that ends (began at *began_ns). */
void hub_fell(struct hub *hub, int64_t t_ns);
enum hub_why hub_rose(struct hub *hub, int64_t t_ns, int64_t *began_ns);

/* It starts anew by itself, whatever its supply: deaf until it is ready again. False: it is dead, or without supply. */
bool hub_restart(struct hub *hub, int64_t t_ns);

/* What an outage that is still going on has come to. */
enum hub_why hub_so_far(const struct hub *hub);

/* The next instant at which it does something, and what; `copy` is filled for HUB_ACT_SEEN. */
int64_t hub_next(const struct hub *hub);
enum hub_act hub_step(struct hub *hub, int64_t t_ns, struct hub_copy *copy);

#endif
