#ifndef HILRIG_RIG_JUDGE_DEVICE_H
#define HILRIG_RIG_JUDGE_DEVICE_H

/*
 * What is known of one device, and the list of devices: a row of devices.csv.
 *
 * The judge gives one struct device_result for each meter and run ("observation"); imported lists give one for each
 * line. device_list_merge() makes rows of them: one per meter (by GUID), firmware pair and hub model, whatever
 * the number of runs. The list is decided by T, which is electrical; AD1 stands beside it and decides nothing
 * (facts: a lost alert cannot remove a meter from the list).
 *
 * Words about one device, fixed by definition:
 *   activation   the irreversible step was sent; an observation without one tests nothing
 *   valid        the verdict on the outage is valid (conditional ones are; inconclusive and void are not), and the new version was
 *                read back or the meter is affected: an activation that got lost, or that the meter took back, tests nothing
 *   affected     at least one valid activation in zone above: lo > L + U
 *   otherwise    "not shown affected in k valid activations", with the k; never "not affected"
 *
 * All values are copies; nothing is owned and nothing allocated here, except that the C library's qsort may.
 */

#include "rig/journal/record.h"

/* Bytes of the names of the runs of a row, one blank between them. */
#define DEVICE_RUNS_SIZE FREE_TEXT_SIZE

enum device_grade {
	GRADE_NONE, /* "": on the list of devices, not tested (void, or never activated), and nobody says anything of it */
	GRADE_A,    /* "A": measured on a bench: affected */
	GRADE_B,    /* "B": field AD1 in the window after activation with no mains outage in the power log */
	GRADE_C,    /* "C": same stratum as an A, itself not tested */
	GRADE_D,    /* "D": only on somebody's list */
	GRADE_N,    /* "N": tested and not shown affected */
	GRADE_COUNT
};

/* Where an observation comes from. */
enum device_source {
	SOURCE_BENCH, /* a run's evidence */
	SOURCE_FIELD, /* a field record that meets the definition of grade B */
	SOURCE_LIST   /* a name on a list, without evidence */
};

struct device_result {
	/* The meter, as the load sheet has it; what a list does not say is empty. */
	char guid[GUID_SIZE];
	enum known known;                  /* how the GUID is known */
	bool identity_read;                /* the device itself said this GUID during the run */
	char manufacturer[WORD_TEXT_SIZE];
	char model[WORD_TEXT_SIZE];
	char hardware[WORD_TEXT_SIZE];
	char firmware_from[WORD_TEXT_SIZE];
	char firmware_to[WORD_TEXT_SIZE];
	bool version_changed;              /* firmware_to was read back afterwards */
	char hub_guid[GUID_SIZE];
	char hub_model[WORD_TEXT_SIZE];

	/* Of an observation 0 or 1 (all attempts of one run are one); of a row their number. */
	int64_t activations;
	int64_t valid_activations;         /* filled by device_list_merge */
	int64_t affected_activations;      /* filled by device_list_merge */
	int64_t activated_utc_us;          /* orders observations: of the activation, else of the run; of a row the first */

	/* The activation that decides: of a row the worst, the longest of equals. */
	int64_t t_lo_ns, t_hi_ns;          /* t_hi_ns is INT64_MAX while open */
	int64_t u_ns;
	bool open;                         /* had not ended: T >= t_lo_ns */
	enum conformity outage;
	enum validity outage_validity;
	char ad1[WORD_TEXT_SIZE];          /* class of the ledger, "expected-seen", ...; empty: none judged */
	char cause[WORD_TEXT_SIZE];        /* of the outage, an interpretation */

	/*
	 * The longest outage above the limit that can be laid at this meter's door: identity scanned and read, new version read
	 * back. It may be another activation than the one that decides. Filled by device_list_merge.
	 */
	struct {
		bool any;
		int64_t t_lo_ns, t_hi_ns, u_ns;
	} attributed;

	/* The first activation that tested something, neither void nor without a new version: the unit of the stratum's statistics. Filled by device_list_merge. */
	bool first_judged;                 /* there is one */
	enum conformity first_outage;
	enum validity first_validity;

	enum device_source source;         /* of a row SOURCE_BENCH if any observation is */
	bool in_field;                     /* a field record of grade B names it; filled by device_list_merge */
	bool listed;                       /* a list names it; filled by device_list_merge */
	bool in_conflict;                  /* runs or lists say another model for this GUID; filled by device_list_merge */
	enum device_grade grade;           /* filled by device_list_grade */
	int64_t run_count;                 /* filled by device_list_merge */
	char runs[DEVICE_RUNS_SIZE];       /* name of the run or list; in a row all of them, cut with "..." when too many */
	char evidence[DIGEST_TEXT_SIZE];   /* head of the journal's chain: tells runs of one name apart; empty: none */
};

/* Zone above, valid; conditional or inconclusive; neither: for one verdict on an outage. */
bool outage_is_affected(enum conformity outage, enum validity validity);
bool outage_is_undecided(enum conformity outage, enum validity validity);

/*
 * Whether observation a decides over b: above, straddling, above conditionally, below conditionally, below, void, never
 * activated; among equals the longer lower bound, then the longer upper bound.
 */
bool device_result_is_worse(const struct device_result *a, const struct device_result *b);

const char *device_grade_name(enum device_grade grade);

/*
 * The word for devices.csv: the conformity or classification where the verdict is valid, else the validity; of a valid verdict behind
 * which the new version never ran: not-tested.
 */
const char *device_outage_word(const struct device_result *row);

/*
 * The sentence that this row's evidence carries, written into `text` of DEVICE_STATEMENT_SIZE bytes: "starved its hub for
 * more than the limit" needs one valid activation in zone above with the identity scanned and read and the version read
 * back; without one the sentence says what the deciding activation lacks. "Not shown affected" carries its number of valid activations,
 * its firmware pair and the one-sided upper 95 % bound on the device's own rate, and nothing says "not affected".
 */
#define DEVICE_STATEMENT_SIZE 320
void device_statement(const struct device_result *row, char *text, size_t size);

#endif
