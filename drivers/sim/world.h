#ifndef HILRIG_DRIVERS_SIM_WORLD_H
#define HILRIG_DRIVERS_SIM_WORLD_H

/*
 * The world behind a simulated bench (rig/bench/world.h): the plant, built from the bench file, and the ends of its wires. Private to
 * drivers/sim; the simulated instruments act on it.
 *
 *   inputs     the level of each input channel, and its edges as they happen, to the listener
 *   outputs    relays that GPIO lines drive; boards and supplies behind Modbus frames (face/server.h)
 *   streams    two per slot: the hub's console and the meter's console with its loader. Bytes take their time on the line.
 *
 * Instants that come from a host or go to one are its clock's; those of the plant and of meters' consoles are the plant's own, which is as
 * much later as the host has slept. True time differs from that by what the host's clock gains or loses.
 *
 * What a world file says of devices: world_file.h. Everything is sized when it is made; nothing is allocated later.
 */

#include "drivers/sim/faults.h"
#include "drivers/sim/face/meter_console.h"
#include "drivers/sim/face/server.h"
#include "drivers/sim/face/units.h"
#include "drivers/sim/phrases.h"
#include "drivers/sim/plant/plant.h"
#include "drivers/sim/world_file.h"
#include "rig/base/instant.h"
#include "rig/bench/world.h"

#define CABLE_BYTES_MAX 8192
#define CABLE_CHUNKS_MAX 64
#define WORLD_UNITS_MAX 16         /* on one bus */
#define WORLD_ANSWER_NS (2 * NS_PER_MS) /* from a request's last byte to the first of its answer */

/* One direction of a byte stream: chunks that arrive whole, when their last byte does. */
struct cable_way {
	int first, size;               /* of the ring of bytes */
	int chunk_first, chunk_count;  /* of the ring of chunks */
	int64_t busy_ns;               /* until its last byte has passed */
	struct { int64_t due_ns; int size; } chunks[CABLE_CHUNKS_MAX];
	uint8_t bytes[CABLE_BYTES_MAX];
};

struct cable {
	int64_t byte_ns;
	struct sim_faults *faults;     /* of what passes; the world's */
	int slot;                      /* of the bench */
	enum sim_way way_to_rig;
	int gap_count;                 /* times at which it is unplugged */
	struct world_gap gaps[WORLD_GAPS_MAX];
	bool gaps_changed;             /* since somebody looked at them */
	struct cable_way to_rig, to_device;
};

struct world_slot {
	struct cable hub, meter;        /* streams; the second carries the loader */
	struct meter_console console;
	bool has_meter_console;
	int hub_of;                     /* slot of the plant whose hub's console is plugged in here: its own, unless they were swapped */
	struct phrases hub_words, meter_words;
};

struct world_bus {
	struct face_unit units[WORLD_UNITS_MAX];
	int unit_count;
};

struct radio;

struct world {
	const struct bench *bench;
	const struct world_settings *settings;
	struct world_file file;
	const struct instrument_listener *listener;  /* once an instrument has begun */
	struct plant plant;
	struct plant_settings plant_settings;
	struct units units;
	int plant_slot[BENCH_SLOTS_MAX];             /* of a slot of the bench; -1: takes no part */
	int bench_slot[PLANT_SLOTS_MAX];
	int line_channel[PLANT_SLOTS_MAX][PLANT_LINE_COUNT]; /* of the bench; -1 */
	int bench_line_channel[PLANT_LINE_COUNT];
	int supply_instrument[PLANT_SUPPLIES_MAX];   /* of the bench, that plays this supply */
	int board_of_chip[BENCH_INSTRUMENTS_MAX];    /* first board that plays the outputs of a GPIO chip */
	int *levels;                                 /* per channel of the bench: what an input reads ... */
	int *wires, *flipped;                        /* ... which is what its wire carries, or 1 less that */
	int *channel_slot, *channel_line;            /* of the bench, -1; and enum plant_line */
	int64_t *seqnos;                             /* of their last edges */
	struct plant_contact *contacts;              /* per channel: of switches that GPIO lines drive; board -1: none */
	struct world_bus buses[HOLDING_BUSES_MAX];
	struct world_slot *slots;                    /* per slot of the plant */
	struct radio *radio;                         /* radio.h; NULL: the bench has no dongle */
	int64_t asleep_ns;                           /* in all: the plant's time is the host's and this */
	bool asleep;                                 /* the host is, since slept_at_ns of its own time */
	int64_t slept_at_ns;
	int64_t gains_ns;                            /* of the host's clock, in each second */
	int64_t next_ns;
	int64_t now_ns;                              /* it was last stepped to; the plant's own time stands between its events */
};

/* Memory for a world of this bench, all zero but for bench and settings; NULL: none. world_build fills it, then world_start begins. */
struct world *world_allocate(const struct world_settings *settings);
void world_free(struct world *world);
void world_start(struct world *world);

/* Outages that are going on become facts; nothing may follow. */
void world_end(struct world *world, int64_t t_ns);

/* All that is due by t_ns has happened. Instruments call it before they look. */
void world_step(struct world *world, int64_t t_ns);

/* The plant's time at an instant of the host, and what time it is then in truth. */
int64_t world_plant_ns(const struct world *world, int64_t t_ns);
int64_t world_true_ns(const struct world *world, int64_t t_ns);

/* A GPIO line drives a switch. */
void world_drive(struct world *world, int channel, bool on, int64_t t_ns);

/* The stream of an instrument of the bench: the hub's console, or the meter's with its loader. */
struct cable *world_cable(struct world *world, int instrument);

/* The truth is told that the console behind an instrument's stream was pulled out or put in. Of a loader's it is only counted. */
void world_tell_console(struct world *world, int instrument, bool there, int64_t t_ns);

/* Something was put on a cable towards a device: the world's next instant may be another. */
void world_look_again(struct world *world);

/* All lines are requested by whoever starts: its edges go to the listener (borrowed), and are numbered from 1, as the kernel does it. */
void world_request_lines(struct world *world, const struct instrument_listener *listener);

/* What an input reads, as a poll sees it. */
int world_level(struct world *world, int channel);

/* The first fault of these kinds that is due for an instrument, counted as having acted; NULL: none. */
struct sim_fault *world_bus_fault(struct world *world, enum sim_fault_kind from, enum sim_fault_kind to, int instrument, int64_t t_ns);

/* Cables. One that is begun carries nothing and is always there. Say and tell put bytes on it, with its faults; what has no room is dropped, as a port does. Take gives the next chunk due, 0: none. */
void cable_init(struct cable *cable);
void cable_say(struct cable *cable, int64_t t_ns, const void *bytes, size_t size);   /* the device, to the rig */
void cable_tell(struct cable *cable, int64_t t_ns, const void *bytes, size_t size);  /* the rig, to the device */
size_t cable_take(struct cable_way *way, int64_t t_ns, uint8_t *bytes, size_t size);
static inline int64_t cable_next(const struct cable_way *way)
{
	return way->chunk_count > 0 ? way->chunks[way->chunk_first].due_ns : INSTANT_NEVER;
}
bool cable_is_there(const struct cable *cable, int64_t t_ns);
int64_t cable_changes(const struct cable *cable, int64_t t_ns); /* next instant after t_ns at which it is pulled out or put in */

#endif
