#ifndef HILRIG_RIG_SIMULATE_CAMPAIGN_H
#define HILRIG_RIG_SIMULATE_CAMPAIGN_H

/*
 * A campaign: one trial for each seed of a range, over several processes, until one of them finds something. A seed says by itself what
 * world it draws, and on which of the campaign's benches: every CAMPAIGN_SECOND_EVERY-th is of the second one, where there is one, and every
 * CAMPAIGN_THIRD_EVERY-th of the third.
 *
 * The finding is that of the smallest seed that has one, whatever the number of processes: seeds are handed out in order, and those
 * below a finding are finished. Of every CAMPAIGN_SAMPLE-th seed more is asked:
 *
 *   the same again       a second run gives the same journal, byte for byte
 *   another wall clock   the same world five years later gives the same findings
 *   a bit of it          a changed bit of the journal, drawn, is found by its chain
 */

#include "rig/simulate/drawn_world.h"
#include "rig/simulate/trial.h"

#define CAMPAIGN_SAMPLE 199
#define CAMPAIGN_JOBS_MAX 64
#define CAMPAIGN_BENCHES_MAX 3
#define CAMPAIGN_SECOND_EVERY 8
#define CAMPAIGN_THIRD_EVERY 16

struct campaign {
	const struct trial_bench *on;  /* its benches */
	int bench_count;               /* 1 to CAMPAIGN_BENCHES_MAX */
	uint64_t first, last;          /* seeds, both belong to it */
	int jobs;                      /* processes */
	bool keep_going;               /* past findings: all are counted */
	bool kill_anywhere;            /* each seed by campaign_kill_anywhere */
	const char *fault;             /* only this one goes wrong, as often as it is drawn; NULL: whatever is drawn */
	int64_t wrong_by_ns;           /* as in a trial */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *self, uint64_t done, uint64_t findings); /* about once a second; NULL: nobody wants to know */
	void (*finding)(void *self, uint64_t seed, enum check check, const char *why); /* each, as it comes, from its process; NULL: nobody */
	void *self;
};

struct campaign_result {
	struct coverage coverage;
	uint64_t done;                 /* trials */
	uint64_t sampled;              /* of which more was asked */
	uint64_t deaths;               /* of campaign_kill_anywhere */
	uint64_t findings;
	bool found;
	uint64_t seed;                 /* the smallest with a finding */
	enum check check;
	char why[TRIAL_TEXT_SIZE];
	double seconds;
};

/* How long into a run something may begin to go wrong. */
#define CAMPAIGN_FAULTS_WITHIN_NS (850 * NS_PER_S)

/* On which of so many benches a seed's trial is: 0, 1 or 2. */
int campaign_bench(uint64_t seed, int bench_count);

/* FAULT_ENVIRONMENT: no process or memory; FAULT_RIG: a process died, or a drawn world is none. */
MUST_USE bool campaign_run(const struct campaign *campaign, struct campaign_result *result, struct error *error);

/* One seed with everything that a sample is asked. */
MUST_USE bool campaign_trial(struct trial *trial, uint64_t seed, const char *fault, bool sample, struct error *error);

/* The world of a seed, with all its faults or only those of a name. */
void campaign_draw(struct drawn_world *world, uint64_t seed, const char *fault, const struct trial_bench *on);

/*
 * The world of a seed without its faults, once, and then once for every write of its journal, in which the rig dies: having put nothing,
 * a third, two thirds or all of it, with and without the power of its host. Resumed, it may say the same of every case or that it
 * cannot tell, and nothing else. *points: so many deaths.
 */
MUST_USE bool campaign_kill_anywhere(struct trial *trial, uint64_t seed, uint64_t *points, struct error *error);

/*
 * Leaves out of a drawn world what its finding does not need, part by part, as long as the same check fails. Gives how many trials that
 * took.
 */
int campaign_shrink(struct trial *trial, struct drawn_world *world);

#endif
