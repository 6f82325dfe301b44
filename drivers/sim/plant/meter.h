#ifndef HILRIG_DRIVERS_SIM_PLANT_METER_H
#define HILRIG_DRIVERS_SIM_PLANT_METER_H

/*
 * A meter as far as its hub's supply goes: it needs mains, boots, feeds the hub, takes a firmware image, and what it does
 * to the hub's supply when it activates it.
 *
 * Mains. Without it the meter lives on for hold_up_ns and then is dead; the hub's supply goes with it. When mains comes
 * back to a dead meter it boots for boot_ns and only then feeds the hub. A gap within the hold-up changes nothing.
 *
 * Firmware. An image is received, verified for verify_ns, held, and activated on command. From that instant on the dips of
 * the profile pass over the hub's supply, each at its offset and for its length (METER_FOREVER: it never comes back, and no
 * mains cycle helps), while the meter is deaf for restart_ns; then the new version runs. A meter that loses mains in the
 * meantime forgets the dips that are still to come and boots with the new version.
 *
 * Reset. A meter may restart by itself, whatever it is doing: it is deaf for restart_ns, gives its hub nothing for as long as it is told,
 * and has forgotten what it was receiving or verifying and what dips were to come. An image that it held, and what runs, stay.
 *
 * AC LO is 1 when a living meter has no mains; what the pin says of a dead meter is up to the hub's pull-up: float_level.
 */

#include <stdbool.h>
#include <stdint.h>

#define METER_DIPS_MAX 8
#define METER_VERSION_SIZE 16
#define METER_FOREVER INT64_MAX

struct meter_dip {
	int64_t offset_ns;   /* from the activation to where it begins */
	int64_t length_ns;   /* METER_FOREVER: it does not end */
};

struct meter_settings {
	int64_t hold_up_ns;
	int64_t boot_ns;
	int64_t verify_ns;
	int64_t restart_ns;
	int dip_count;
	struct meter_dip dips[METER_DIPS_MAX];   /* by offset, none touches the next */
	bool refuses;        /* says no to the activation */
	bool rolls_back;     /* comes back with the old version */
	char becomes[METER_VERSION_SIZE]; /* comes back with this one, whatever the image brings; "": with the image's */
	int float_level;     /* of AC LO, while the meter is dead */
	char version[METER_VERSION_SIZE];
};

enum meter_state { METER_DEAD, METER_BOOTING, METER_RUNNING, METER_RESTARTING };
enum meter_image { METER_IMAGE_NONE, METER_IMAGE_RECEIVING, METER_IMAGE_VERIFYING, METER_IMAGE_HELD };

enum meter_act {
	METER_ACT_NOTHING,
	METER_ACT_DIES,
	METER_ACT_RUNS,      /* booted, or restarted after an activation: `version` is what runs */
	METER_ACT_VERIFIED,
	METER_ACT_DIP_BEGINS,
	METER_ACT_DIP_ENDS
};

struct meter {
	const struct meter_settings *settings; /* borrowed */
	enum meter_state state;
	bool mains;
	int64_t mains_lost_ns;
	int64_t change_ns;         /* of the state, by itself; INSTANT_NEVER: none */
	enum meter_image image;
	int64_t verified_ns;
	char held[METER_VERSION_SIZE];
	char version[METER_VERSION_SIZE];
	int64_t activated_ns;
	int dip;                   /* the one under way or next; dip_count: none */
	bool in_dip;
	bool locked_up;
	int64_t feeds_again_ns;    /* after a reset; INSTANT_NEVER: it does */
};

void meter_init(struct meter *meter, const struct meter_settings *settings);
void meter_set_mains(struct meter *meter, int64_t t_ns, bool on);

/* Its console is heard and it answers. */
bool meter_listens(const struct meter *meter);

/* A transfer begins; an image has crossed and is to be verified; or it has not and is forgotten. */
void meter_receive(struct meter *meter);
void meter_verify(struct meter *meter, int64_t t_ns, const char *version);
void meter_forget(struct meter *meter);

/* False: there is nothing to activate, or it will not. */
bool meter_activate(struct meter *meter, int64_t t_ns);

/* It restarts by itself, and its hub has no supply from it for away_ns; false: it does not run, or is locked up. */
bool meter_reset(struct meter *meter, int64_t t_ns, int64_t away_ns);

/* What it does to its hub and to AC LO. */
bool meter_feeds(const struct meter *meter);
int meter_ac_lost(const struct meter *meter);

int64_t meter_next(const struct meter *meter);
enum meter_act meter_step(struct meter *meter, int64_t t_ns);

#endif
