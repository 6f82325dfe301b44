#ifndef HILRIG_RIG_JUDGE_DEVICE_LIST_H
#define HILRIG_RIG_JUDGE_DEVICE_LIST_H

/*
 * The list of devices: observations of any number of runs and lines of any number of lists become rows, rows get grades
 * and are counted. Everything is done in the caller's array.
 */

#include "rig/judge/device.h"

/*
 * Sorts the observations and merges them in place; returns the number of rows, which then stand at the front, ordered by
 * GUID, manufacturer, model, hardware, firmware pair and hub model. The same observations in another order give the same
 * rows, and one that is there twice (the same meter, stratum, run, instant and evidence) counts once, by the worse of two.
 * A line of a list or field record joins every row of its GUID with which all that it names agrees; what it leaves empty
 * agrees with everything. GUIDs are compared as they stand: the reader has made them upper case with dashes.
 */
size_t device_list_merge(struct device_result *results, size_t count);

/*
 * Grades every row: A affected; else B with a field record; else N with a valid activation; else C in the stratum of an
 * A; else D on a list; else none. A row whose stratum is not fully named is C when it names a model and all that it names
 * agrees with a stratum that has an A.
 */
void device_list_grade(struct device_result *rows, size_t count);

/*
 * Rows of one GUID stand together: how many from the front on (0 for no rows), and the strongest of their grades, in the
 * order A, B, C, N, D, none.
 */
size_t device_rows_of_guid(const struct device_result *rows, size_t count);
enum device_grade device_strongest_grade(const struct device_result *rows, size_t count);

/* Meters, each counted once, by the worst of all its rows. */
struct device_counts {
	int64_t activated; /* affected + undecided + not_shown + void_devices */
	int64_t affected, undecided, not_shown, void_devices;
	int64_t not_activated; /* on the bench, never activated */
	int64_t elsewhere;     /* only on lists or in field records */
	int64_t in_conflict;
	int64_t grades[GRADE_COUNT];
};

/* Counts graded rows. */
struct device_counts device_list_count(const struct device_result *rows, size_t count);

/* A list against the rows: how many different GUIDs it names, by strongest grade; and A or B that it does not name. */
struct device_reconciliation {
	int64_t named;
	int64_t grades[GRADE_COUNT];
	int64_t not_named; /* GUIDs of grade A or B that are not on the list */
};

/*
 * Compares graded rows with the GUIDs of one list; `guids` is sorted here. A GUID without a row (a list that was not
 * merged) counts as GRADE_NONE.
 */
struct device_reconciliation device_list_reconcile(const struct device_result *rows, size_t count,
						   char (*guids)[GUID_SIZE], size_t guid_count);

#endif
