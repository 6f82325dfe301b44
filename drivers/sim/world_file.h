#ifndef HILRIG_DRIVERS_SIM_WORLD_FILE_H
#define HILRIG_DRIVERS_SIM_WORLD_FILE_H

/*
 * The world file: what the devices on a simulated bench are like and what happens to them. The rig never sees it.
 *
 *   world: sixteen
 *   bench: sim                             # it is of this one, and no other; where there is none, of whatever has its slots
 *   begins: 2026-11-23T18:00:00Z           # UTC at the beginning; default 2026-01-01T00:00:00Z
 *   seed: 7                                # of all that is drawn; default 1
 *   usual:                                 # of every slot; a slot's own keys replace them
 *     meter: {boot: 30s, hold_up: 20ms, verify: 2s, restart: 30s, ac_lost_floats: high}
 *     hub:   {threshold: 180s, store: 300s, recharge: 60s, latency: 1s..5s, boot: 20s, wake: 2s}
 *   slots:
 *     A: {meter: {dips: [{after: 1s, for: 240s}]}}             # the hub's supply, after the activation; `for: ever`
 *     B: {meter: {dips: [{after: 1s, for: ever}]}}
 *     C: {hub: {loses: [1]}}                                   # its first AD1 does not arrive; [all]: none does
 *     D: {console: {unplugged: [{from: 1h, for: 10min}]}}      # from the beginning
 *     E: {relay: {welds: 2h}}                                  # the mains relay, or the feed's
 *   happens:
 *     - {at: 2h, what: lab-feed, to: off}                      # lab-feed, arm, estop, door
 *   faults:                                                    # drivers/sim/faults.h
 *     - {what: edge-lost, slot: A, line: supply, at: 5min}
 *
 * Further keys. meter: version, refuses, rolls_back, becomes (a version, whatever the image brings), paces (over the air: from an answer to its next question; default 20ms). hub: at_least, adds, begins_charged, loss (per mille), duplicates,
 * duplicate_after, restarts ([2h]: by itself). Lengths and latencies may be ranges, drawn once per slot (a latency: for each alert).
 */

#include "drivers/sim/faults.h"
#include "rig/base/problem.h"
#include "rig/bench/bench.h"

#define WORLD_GAPS_MAX 4
#define WORLD_RESTARTS_MAX 4
#define WORLD_EVENTS_MAX 32

struct world_gap {
	int64_t from_ns, until_ns;
};

struct world_file_slot {
	struct meter_settings meter;
	struct draw_range dip_lengths[METER_DIPS_MAX]; /* least = METER_FOREVER: it does not end */
	struct hub_settings hub;
	struct draw_range threshold_ns;
	int gap_count;
	struct world_gap gaps[WORLD_GAPS_MAX];
	int restart_count;              /* of the hub, by itself */
	int64_t restarts_ns[WORLD_RESTARTS_MAX];
	int64_t paces_ns;               /* over the air: from an answer to the meter's next question */
	int64_t welds_ns;               /* -1: never */
	bool has_version;
};

struct world_file {
	char name[WORD_TEXT_SIZE], bench[WORD_TEXT_SIZE]; /* "": of any */
	uint64_t seed;
	int64_t begins_utc_us;
	struct world_file_slot slots[BENCH_SLOTS_MAX]; /* by slot of the bench */
	int event_count;
	struct plant_event events[WORLD_EVENTS_MAX];
	struct sim_faults faults;
};

/* All well behaved. */
void world_file_init(struct world_file *file);

/* The bench that a world file names; "": none, or it is no world file at all, which whoever parses it is told. */
void world_file_bench(const char *bytes, size_t size, char bench[WORD_TEXT_SIZE]);

/* False: `problems` says what is wrong. Slots are those of `bench`. */
MUST_USE bool world_file_load(struct world_file *file, const char *path, const struct bench *bench, struct problems *problems);
MUST_USE bool world_file_parse(struct world_file *file, const char *name, const char *bytes, size_t size, const struct bench *bench,
			       struct problems *problems);

#endif
