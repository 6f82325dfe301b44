#ifndef HILRIG_RIG_JUDGE_STRATA_H
#define HILRIG_RIG_JUDGE_STRATA_H

/*
 * Strata: what may be said of more devices than were tested.
 *
 * A stratum is (manufacturer, model, hardware, firmware from and to, hub model). Its unit is the device, by its first
 * activation that was not void; repeated activations of one meter do not raise the sample size. k of n devices were
 * affected and u are undecided (conditional, or bounds that straddle the limit): lower bounds are computed from k of n,
 * upper bounds from k + u of n, so that an undecided device never makes a statement stronger.
 *
 * Nothing is projected unless a sampling plan names frame, method and dates (17025 7.3, 7.8.5): a manufacturer's shelf
 * is not a random sample. Without one the stratum's statement is STRATUM_TESTED_ONLY and it has no interval. A declared
 * population of which nothing was tested is a stratum too: 0 to N of it may be affected, and a total says so.
 *
 * Several strata: every interval is computed at alpha / S, S the number of declared strata with a sample (Bonferroni), so
 * that all of them hold together with confidence 1 - alpha, and their sum too. Strata are never pooled.
 */

#include "rig/judge/device.h"

/* More kinds of devices than one list holds; beyond it strata_fold fails. */
#define STRATA_MAX 256

#define STRATUM_TESTED_ONLY "applies to the devices tested only"

struct stratum_key {
	char manufacturer[WORD_TEXT_SIZE];
	char model[WORD_TEXT_SIZE];
	char hardware[WORD_TEXT_SIZE];
	char firmware_from[WORD_TEXT_SIZE];
	char firmware_to[WORD_TEXT_SIZE];
	char hub_model[WORD_TEXT_SIZE];
};

/* A population from which the devices of a stratum were sampled. It is declared only when no text is empty. */
struct stratum_population {
	struct stratum_key key;
	int64_t size;                  /* N; 0: not known, then only a share is projected */
	char frame[FREE_TEXT_SIZE];    /* the list the sample was drawn from */
	char method[FREE_TEXT_SIZE];   /* how it was drawn */
	char dates[WORD_TEXT_SIZE];
};

struct stratum {
	struct stratum_key key;

	/* Devices; the first five add up to the sixth. */
	int64_t affected;              /* at least one valid activation in zone above */
	int64_t undecided;             /* worst activation conditional or inconclusive */
	int64_t not_shown;
	int64_t void_devices;          /* activated, and every verdict void or missing, or no new version read back */
	int64_t not_activated;
	int64_t devices;
	int64_t activations;

	/* The activation with the longest t_lo of all that tested something. */
	bool any_time;
	int64_t t_lo_ns, t_hi_ns, u_ns;
	bool open;

	/* Devices by their ledger class; not seen where one was expected is lost. */
	int64_t ad1_seen, ad1_lost, ad1_unexpected;

	/* The sample: first activations that tested something, neither void nor without a new version (device.h). */
	int64_t sample_n, sample_k, sample_undecided;

	bool projected;                /* a population is declared */
	int64_t population;            /* N, 0: not known */
	int64_t affected_least;        /* K_L and K_U, when N is known; never less than the affected devices found */
	int64_t affected_most;
	double share_least, share_most;/* the same as shares, always when projected */
	int64_t residual;              /* affected_most less those found: "at most so many more"; 0 when N is not known */
};

struct strata {
	struct stratum stratum[STRATA_MAX];
	size_t count;
	int64_t rows_without;          /* bench rows that name no model or no firmware pair: in no stratum */
	bool all_projected;            /* every stratum with a known N: the total below stands */
	int64_t affected_least, affected_most, residual;
	double alpha;
};

/*
 * Folds graded rows (device_list_merge, device_list_grade) into strata, ordered by key. Only rows with bench evidence
 * belong to one, and only if they name a model and a firmware pair. `alpha` is the two-sided error over all strata
 * together, 0.05 for 95 %. FAULT_CONFIGURATION when there are more than STRATA_MAX strata, a
 * population is declared twice or incompletely, or it is smaller than its own sample.
 */
MUST_USE bool strata_fold(struct strata *strata, const struct device_result *rows, size_t count,
			  const struct stratum_population *populations, size_t population_count, double alpha,
			  struct error *error);

#endif
