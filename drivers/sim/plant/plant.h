#ifndef HILRIG_DRIVERS_SIM_PLANT_PLANT_H
#define HILRIG_DRIVERS_SIM_PLANT_PLANT_H

/*
 * The simulated world behind a simulated bench, with the truth about it: mains and lab feed, relay boards, supplies, and
 * slots with a meter and its hub or a hub alone.
 *
 * It is a machine without I/O and without a clock. Events go in, each with its instant, never before the one before;
 * what the world does goes out through a sink, in the order of time, every item with the instant at which it happened.
 * Between events the world goes on by itself: plant_next() says when something will happen, and a PLANT_TICK at that
 * instant makes it happen (any event does everything that was due first). Instants are ns on whatever monotonic base the
 * caller uses; all draws come from one seed, so equal settings and equal events give equal worlds.
 *
 * Who feeds whom:
 *   mains        lab feed, and with `hardware_chain` arm, e-stop and door, the breaker of the slot's group, and its mains relay
 *   meter + hub  the hub's rail is at the nominal voltage while the meter feeds it
 *   hub alone    the rail follows its supply through its feed relay (either may be missing)
 *   back-feed    a rail that nothing of these feeds has the nominal voltage from elsewhere, whatever the rig does
 * The rail's comparator has two thresholds, as the bench file has; the hub's own timer goes by the same edges. Truth is
 * what the rail does, raw: bounce and dips are all there, and whoever compares applies his own definition of an outage.
 *
 * A real bench may have 64 slots, so all is arrays; a plant is large (about 100 KiB) and lives in static or heap memory.
 */

#include "drivers/sim/plant/draw.h"
#include "drivers/sim/plant/hub.h"
#include "drivers/sim/plant/meter.h"
#include "drivers/sim/plant/relay.h"
#include "drivers/sim/plant/supply.h"

#define PLANT_SLOTS_MAX 64
#define PLANT_BOARDS_MAX 24
#define PLANT_SUPPLIES_MAX 8
#define PLANT_RELAYS 8              /* of a board */
#define PLANT_GROUPS_MAX 32
#define PLANT_PLANNED_MAX 416       /* events that are known beforehand: 32 of the bench, two for each of 32 faults; a weld and four restarts of the hub in each slot */
#define PLANT_TEXT_SIZE 160
#define PLANT_GUID_SIZE 24          /* 00-DB-12-34-56-78-90-A5 */
#define PLANT_NONE (-1)

/* ---- What the world is made of ---- */

struct plant_contact {
	int board;                  /* PLANT_NONE: no relay, always closed */
	int relay;                  /* 0 to PLANT_RELAYS - 1 */
};

struct plant_slot_settings {
	char name[16];
	bool has_meter;
	struct plant_contact mains; /* of a meter */
	struct plant_contact contactor; /* of its group, before its relay */
	int group;                  /* whose breaker is before that; PLANT_NONE */
	struct plant_contact feed;  /* of a hub alone */
	int supply;                 /* of a hub alone; PLANT_NONE: something that is always on */
	int64_t nominal_mv;
	int64_t rise_mv_s, fall_mv_s; /* of the rail when it is connected and when it is let go; 0: at once */
	int64_t v_down_mv, v_up_mv;
	int64_t load_ma;            /* what the hub draws */
	char hub_guid[PLANT_GUID_SIZE];
	struct meter_settings meter;
	struct hub_settings hub;
};

struct plant_settings {
	uint64_t seed;
	int64_t utc_us_at_zero;     /* UTC when the base of all instants was 0 */
	bool hardware_chain;        /* arm, e-stop and door act on the mains contactor */
	int board_count;
	struct relay_settings boards[PLANT_BOARDS_MAX];
	int supply_count;
	struct supply_settings supplies[PLANT_SUPPLIES_MAX];
	int slot_count;
	struct plant_slot_settings slots[PLANT_SLOTS_MAX];
};

/* ---- Events ---- */

enum plant_event_kind {
	PLANT_TICK,
	PLANT_LAB_FEED, PLANT_ARM, PLANT_ESTOP, PLANT_DOOR, /* on: present, armed, not pressed, closed */
	PLANT_BREAKER,        /* part: group; on: closed, otherwise it has tripped */
	PLANT_RELAY,          /* part: board; relay; on */
	PLANT_FLASH,          /* part: board; relay; on; value: ns */
	PLANT_WELD,           /* part: board; relay; on */
	PLANT_SUPPLY_VOLTS, PLANT_SUPPLY_AMPS, PLANT_SUPPLY_OVP, PLANT_SUPPLY_OCP, /* part: supply; value */
	PLANT_SUPPLY_OUTPUT, PLANT_SUPPLY_BOOT,                                    /* part: supply; on */
	PLANT_SUPPLY_RESET,   /* part: supply; on: its output is on again, whatever it was told to do at a restart */
	PLANT_SUPPLY_TRIP,    /* part: supply; value: enum supply_protection */
	PLANT_SUPPLY_LOCK,    /* part: supply; on: somebody holds its panel */
	PLANT_BACKFEED,       /* part: slot; on: another source than those below hangs on the hub's rail, too */
	PLANT_HUB_RESTART,    /* part: slot; the hub starts anew by itself */
	PLANT_HUB_ALERT,      /* part: slot; it says AD1 though its supply was not away */
	PLANT_THROTTLE,       /* part: slot; on: its alerts are held back on their way. When that ends one of them comes, for all */
	PLANT_METER_RESET,    /* part: slot; value: ns for which its hub has no supply from it then */
	PLANT_IMAGE_LOST,     /* part: slot; the meter has no longer the image that it held */
	PLANT_TRANSFER_BEGINS, PLANT_TRANSFER_FAILS, /* part: slot */
	PLANT_IMAGE_ARRIVES,  /* part: slot; text: its version; on: it is good */
	PLANT_ACTIVATE,       /* part: slot */
	PLANT_ASK_VERSION     /* part: slot */
};

struct plant_event {
	enum plant_event_kind kind;
	int64_t t_ns;
	int part;
	int relay;
	bool on;
	int64_t value;
	char text[METER_VERSION_SIZE];
};

/* ---- What comes out ---- */

enum plant_output_kind {
	PLANT_LINE,        /* a sense line has a new level */
	PLANT_HUB_TEXT,    /* the hub prints a line on its console */
	PLANT_METER_TEXT,  /* the meter does */
	PLANT_TRUTH        /* a fact for those who compare */
};

/* The bench's own lines have no slot. Levels are those of the bench file: 1 is the good one, but for AC LO. */
enum plant_line { LINE_SUPPLY, LINE_MAINS, LINE_AC_LOST, LINE_LAB_FEED, LINE_ARM, LINE_ESTOP, LINE_DOOR, PLANT_LINE_COUNT };

enum plant_fact {
	FACT_SUPPLY_FELL, FACT_SUPPLY_ROSE,   /* of the rail at the hub: below v_down, at least v_up */
	FACT_BACKFED,                         /* another source hangs on the rail: value 1, or 0, no longer ... */
	FACT_HELD,                            /* ... and it alone holds the rail: value 1, or 0, no longer */
	FACT_OUTAGE,                          /* one ended: value is its length, text what became of AD1 */
	FACT_OUTAGE_OPEN,                     /* one had not ended when the world did */
	FACT_AD1_RAISED,                      /* value: how long after the supply fell */
	FACT_AD1_SEEN,
	FACT_AD1_LOST,
	FACT_AD1_SPURIOUS,                    /* seen, and no outage behind it */
	FACT_AD1_THROTTLED,                   /* held back on its way: value: the how-manieth */
	FACT_HUB_DIED, FACT_HUB_READY, FACT_HUB_RESTARTED,
	FACT_MAINS_FELL, FACT_MAINS_ROSE,     /* behind the slot's relay */
	FACT_BREAKER,                         /* of the slot's group: value 0, it trips, or 1, somebody closed it again; board, relay: its mains relay */
	FACT_METER_DIED, FACT_METER_RUNS,     /* text: the version that runs */
	FACT_METER_RESET,
	FACT_TRANSFER_BEGAN, FACT_TRANSFER_FAILED,
	FACT_IMAGE_ARRIVED, FACT_IMAGE_BAD, FACT_IMAGE_HELD, FACT_IMAGE_LOST,
	FACT_ACTIVATION_RECEIVED,             /* value: the how-manieth; also of one that is refused */
	FACT_ACTIVATION_REFUSED,
	FACT_LOCKED_UP,
	FACT_RELAY_TOLD,                      /* board, relay; value 0 or 1 */
	FACT_CONTACT_OPENED, FACT_CONTACT_CLOSED,
	FACT_WELDED,
	FACT_SUPPLY_OUTPUT, FACT_SUPPLY_VOLTS, FACT_SUPPLY_TRIPPED, FACT_SUPPLY_RESET, /* part: supply; value */
	FACT_SUPPLY_OVP, FACT_SUPPLY_OCP,     /* part: supply; value: the limit that was set ... */
	FACT_SUPPLY_REFUSED,                  /* ... or what was told to a locked one, to no effect */
	FACT_FEED_LOST,                       /* of a hub alone: its supply tripped or restarted, and nobody told it to */
	FACT_FEED_TOLD,                       /* of a hub alone: its supply was told what to give, and took it */
	FACT_INPUT,                           /* lab feed, arm, e-stop, door: text; value 0 or 1 */
	FACT_CONSOLE,                         /* the hub's console is pulled out, or put in: value 0 or 1. Told by whoever carries it */
	FACT_FIRST_BLOCK,                     /* of a transfer the meter has it, and says so. Told by whoever carries it */
	FACT_RELEASE_SENT,                    /* over the air the meter is told to activate: that is on its way ... */
	FACT_RELEASE_HEARD,                   /* ... and it has heard it. Told by whoever carries them */
	FACT_HEARD_AT,                        /* the hub on this slot's meter speaks at the console of the slot in text. Told by whoever carries it */
	PLANT_FACT_COUNT
};

struct plant_output {
	enum plant_output_kind kind;
	int64_t t_ns;
	int64_t true_ns;           /* PLANT_TRUTH, where its carrier lets t_ns pass as a host's clock does: true time, as the plant's own; else 0 */
	int slot;                  /* PLANT_NONE: the bench */
	enum plant_line line;      /* PLANT_LINE */
	int level;
	enum plant_fact fact;      /* PLANT_TRUTH */
	int part, relay;           /* board or supply; PLANT_NONE where there is none */
	int64_t value;
	const char *text;          /* TEXT: without its line end; TRUTH: may be ""; borrowed for the call */
};

struct plant_sink {
	void (*put)(void *self, const struct plant_output *output);
	void *self;
};

/* ---- The world ---- */

struct plant_slot {
	const struct plant_slot_settings *settings;
	struct meter meter;
	struct hub hub;
	struct voltage rail;
	bool connected;            /* the rail hangs on something, and is not let go */
	bool backfed, held;        /* another source hangs on it, and alone */
	bool supplied;             /* comparator */
	bool mains;                /* behind the relay */
	int64_t mains_fell_ns;     /* -1: never yet */
	int64_t restored_ns;       /* mains came back to a dead meter, whose alert waits for the hub; -1: none waits */
	int ac_lost;
	int activations;
	bool throttled;
	int kept_count;            /* alerts that are held back ... */
	struct hub_copy kept;      /* ... the first of which will come for all */
};

struct plant {
	const struct plant_settings *settings; /* borrowed */
	struct plant_sink sink;
	struct draw draw;
	int64_t t_ns;              /* up to here everything has happened */
	bool lab_feed, arm, estop, door;
	bool tripped[PLANT_GROUPS_MAX]; /* breakers */
	struct relay relays[PLANT_BOARDS_MAX][PLANT_RELAYS];
	struct supply supplies[PLANT_SUPPLIES_MAX];
	struct plant_slot slots[PLANT_SLOTS_MAX];
	struct plant_event planned[PLANT_PLANNED_MAX];
	int planned_count;
};

/*
 * Everything off, but lab feed there, armed, e-stop not pressed and door closed. Says the level of every line at once.
 * The settings outlive the plant.
 */
void plant_init(struct plant *plant, const struct plant_settings *settings, struct plant_sink sink, int64_t t_ns);

/* An event that will happen; false: there is no room for it. */
bool plant_plan(struct plant *plant, const struct plant_event *event);

/* Does all that was due until event->t_ns, then the event, and what follows from it at that instant. */
void plant_step(struct plant *plant, const struct plant_event *event);

/* The next instant at which something happens by itself; INSTANT_NEVER: nothing will. */
int64_t plant_next(const struct plant *plant);

/* The world ends: outages that are going on become facts. Nothing may be given afterwards. */
void plant_end(struct plant *plant, int64_t t_ns);

/* What a board says of a coil, and whether a meter's console is heard. */
bool plant_coil(const struct plant *plant, int board, int relay);
bool plant_meter_listens(const struct plant *plant, int slot);
bool plant_hub_alive(const struct plant *plant, int slot);

/* Words of truth files. */
const char *plant_fact_name(enum plant_fact fact);
const char *plant_line_name(enum plant_line line);

#endif
