#ifndef HILRIG_RIG_SIMULATE_TRIAL_H
#define HILRIG_RIG_SIMULATE_TRIAL_H

/*
 * One trial: a world, the shipped program in it, and what the oracle and the evidence say of what it found.
 *
 * A trial passes if nothing that was stated is untrue. Checks, in this order; the first that fails is the finding:
 *
 *   liveness     the run ended, by itself, within the time that its steps can take
 *   evidence     its journal proves itself to the last line, and judging it again says the same
 *   safety       in truth: everything is off at the end, nothing was switched on while an input that protects people forbade it or
 *                before its announcement was durable, nobody was activated twice
 *   accuracy     the true length of the outage lies in the bounds that were stated, and there were so many
 *   conformity   nobody is called good who is not, nor bad who is not
 *   attribution  alerts and causes are the true ones, or it is said that one cannot tell
 *   usefulness   in a slot that nothing disturbed, all is decided, and exactly so
 *   metamorphic  what makes no difference makes none (campaign.h)
 */

#include "rig/run/simulated/simulated.h"
#include "rig/simulate/coverage.h"
#include "rig/simulate/memory_disk.h"
#include "rig/simulate/safety_oracle.h"
#include "rig/simulate/truth.h"

enum check { CHECK_NONE, CHECK_LIVENESS, CHECK_EVIDENCE, CHECK_SAFETY, CHECK_ACCURACY, CHECK_CONFORMITY, CHECK_ATTRIBUTION, CHECK_USEFULNESS,
	     CHECK_METAMORPHIC, CHECK_COUNT };

const char *check_name(enum check check);

#define TRIAL_TEXT_SIZE 400

/* What all trials of a campaign have in common; everything is borrowed. */
struct trial_bench {
	const struct bench *bench;
	const bool *taking_part;
	const struct simulation *simulation;
	const struct assembled *assembled;
	const struct upgrade_image *image;
	const char *versions[BENCH_SLOTS_MAX], *guids[BENCH_SLOTS_MAX]; /* as world_settings */
	struct world_meter meters[BENCH_SLOTS_MAX];                     /* likewise */
	const char *firmware_to;
	const char *revision;
	int64_t longest_ns;            /* in which a run must have ended */
};

/* Large; its memory is kept from trial to trial. */
struct trial {
	const struct trial_bench *on;
	struct truth truth;
	struct memory_disk disk;
	struct judge *judge;
	struct sha256 *sha256;
	struct coverage coverage;      /* of all trials so far */
	/* Of the last one. */
	enum check failed;             /* CHECK_NONE: it passed */
	char why[TRIAL_TEXT_SIZE];
	int64_t now_ns;
	uint64_t acknowledged;         /* lines that the run was told are durable */
	int64_t wrong_by_ns;           /* the truth is told wrong: rises of a supply come so much later; 0 but to show that checks can fail */
	int64_t dies_at_write;         /* the rig dies in this write of its first life, and is resumed; INT64_MAX: it does not */
	int dies_having_put;           /* as memory_disk */
	bool loses_power;              /* then, with all that was not flushed */
	volatile sig_atomic_t stop;
	struct world *world;
	bool suffers;                  /* it has faults that act in the rig itself: stop, disk-... */
	struct safety_deaths deaths;
	int64_t flush_most_ns;         /* longest that the disk took to keep a line */
	size_t scanned;                /* of the disk's flushed bytes, for announcements */
	bool on_now[PLANT_BOARDS_MAX][PLANT_RELAYS]; /* as relays were told ... */
	bool output_now[PLANT_SUPPLIES_MAX];         /* ... and outputs of supplies */
	int announced, switched_on, outputs_on; /* energisings and cuts that were durable; relays, and outputs, that went on */
};

/* The trial has failed a check; the first one counts. */
void trial_fail(struct trial *trial, enum check check, const char *format, ...) PRINTF_LIKE(3, 4);

void trial_init(struct trial *trial, const struct trial_bench *on);
void trial_done(struct trial *trial);

/* Runs a world file's text. False: it is no world, `error` says why; what the trial found is in trial->failed. */
MUST_USE bool trial_run(struct trial *trial, const char *text, size_t size, struct error *error);

#endif
