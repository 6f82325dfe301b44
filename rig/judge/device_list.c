/*
 * The device list. One sort brings the observations of a row together in time, one pass folds them; what lists and field
 * records say is laid on the rows of the same GUID afterwards.
 */

#include "rig/judge/device_list.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define KEY_PARTS 6

/* The part of a stratum's name: manufacturer, model, hardware, from, to, hub model. */
static const char *key_part(const struct device_result *row, int part)
{
	const char *const parts[KEY_PARTS] = {row->manufacturer,  row->model,       row->hardware,
					      row->firmware_from, row->firmware_to, row->hub_model};

	return parts[part];
}

static int compare_rows(const struct device_result *a, const struct device_result *b)
{
	int order = strcmp(a->guid, b->guid), part;

	for (part = 0; order == 0 && part < KEY_PARTS; part++)
		order = strcmp(key_part(a, part), key_part(b, part));
	return order;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Row, kind of evidence, time, run, its chain: what is equal so far is one observation found twice. */
static int compare_observations(const struct device_result *a, const struct device_result *b)
{
	int order = compare_rows(a, b);

	if (order == 0)
		order = compare_numbers((int)a->source, (int)b->source);
	if (order == 0)
		order = compare_numbers(a->activated_utc_us, b->activated_utc_us);
	if (order == 0)
		order = strcmp(a->runs, b->runs);
	return order ? order : strcmp(a->evidence, b->evidence);
}

/* Of one observation found twice the worse comes first; the rest only makes the order total. */
static int compare_all(const void *left, const void *right)
{
	const struct device_result *a = left, *b = right;
	int order = compare_observations(a, b);

	if (order == 0)
		order = device_result_is_worse(b, a) - device_result_is_worse(a, b);
	if (order == 0)
		order = compare_numbers(b->u_ns, a->u_ns);
	if (order == 0)
		order = compare_numbers((int)a->outage * 16 + (int)a->outage_validity,
					(int)b->outage * 16 + (int)b->outage_validity);
	if (order == 0)
		order = compare_numbers(a->identity_read + 2 * a->version_changed + 4 * (int)a->known,
					b->identity_read + 2 * b->version_changed + 4 * (int)b->known);
	if (order == 0)
		order = strcmp(a->ad1, b->ad1);
	if (order == 0)
		order = strcmp(a->cause, b->cause);
	return order ? order : strcmp(a->hub_guid, b->hub_guid);
}

static bool ends_in(const char *names, const char *last)
{
	size_t used = strlen(names), length = strlen(last);

	return used >= length && strcmp(names + used - length, last) == 0 && (used == length || names[used - length - 1] == ' ');
}

/* Puts names of runs behind those that are there, or "..." once they do not fit. */
static void add_runs(char runs[DEVICE_RUNS_SIZE], const char *more)
{
	size_t used = strlen(runs);
	struct text text;

	if (more[0] == '\0' || ends_in(runs, more) || (used >= 3 && strcmp(runs + used - 3, "...") == 0))
		return;
	text_init(&text, runs + used, DEVICE_RUNS_SIZE - used);
	if (used > 0)
		text_put_char(&text, ' ');
	text_put(&text, used + strlen(more) + sizeof " ..." < DEVICE_RUNS_SIZE ? more : "...");
	assert(!text.full);
}

/* A row of one observation. */
static void begin_row(struct device_result *row)
{
	bool activated = row->source == SOURCE_BENCH && row->activations > 0;
	bool affected = activated && outage_is_affected(row->outage, row->outage_validity);
	/* An activation that got lost, or that the meter took back, shows nothing of the new firmware. */
	bool tested = affected || (activated && row->version_changed);

	row->activations = activated;
	row->valid_activations = tested && row->outage_validity == VALIDITY_VALID && row->outage != CONFORMITY_NOT_APPLICABLE;
	row->affected_activations = affected;
	row->first_judged = tested && row->outage_validity != VALIDITY_VOID && row->outage_validity != VALIDITY_MISSING;
	row->first_outage = row->outage;
	row->first_validity = row->outage_validity;
	row->attributed.any =
		row->affected_activations > 0 && row->known == KNOWN_SCANNED && row->identity_read && row->version_changed;
	row->attributed.t_lo_ns = row->t_lo_ns;
	row->attributed.t_hi_ns = row->t_hi_ns;
	row->attributed.u_ns = row->u_ns;
	row->in_field = row->source == SOURCE_FIELD;
	row->listed = row->source == SOURCE_LIST;
	row->in_conflict = false;
	row->grade = GRADE_NONE;
	row->run_count = row->runs[0] != '\0';
}

/* What tested something beats what did not: the length of an activation without the new version is none of its lengths. */
static bool decides(const struct device_result *later, const struct device_result *row)
{
	return later->first_judged != row->first_judged ? later->first_judged : device_result_is_worse(later, row);
}

/* Takes a later row of the same key, or one without activation that agrees with it, into `row`. */
static void fold(struct device_result *row, const struct device_result *later)
{
	const struct device_result *first = row->first_judged || !later->first_judged ? row : later;
	const struct device_result *dated = row->activations > 0 || later->activations == 0 ? row : later;
	const struct device_result *attributed = row;
	struct device_result sum = decides(later, row) ? *later : *row;

	if (later->attributed.any && (!row->attributed.any || later->attributed.t_lo_ns > row->attributed.t_lo_ns))
		attributed = later;
	sum.activations = row->activations + later->activations;
	sum.valid_activations = row->valid_activations + later->valid_activations;
	sum.affected_activations = row->affected_activations + later->affected_activations;
	sum.activated_utc_us = dated->activated_utc_us;
	sum.attributed = attributed->attributed;
	sum.first_judged = first->first_judged;
	sum.first_outage = first->first_outage;
	sum.first_validity = first->first_validity;
	sum.source = row->source < later->source ? row->source : later->source;
	sum.in_field = row->in_field || later->in_field;
	sum.listed = row->listed || later->listed;
	sum.run_count = row->run_count + later->run_count;
	memcpy(sum.runs, row->runs, sizeof sum.runs);
	add_runs(sum.runs, later->runs);
	*row = sum;
}

/* Sorted observations to rows of different keys. */
static size_t fold_equal_keys(struct device_result *results, size_t count)
{
	struct device_result last;
	size_t rows = 0, i;

	for (i = 0; i < count; i++) {
		struct device_result next = results[i];

		if (i > 0 && compare_observations(&next, &last) == 0)
			continue;
		last = next;
		begin_row(&next);
		if (rows > 0 && compare_rows(&next, &results[rows - 1]) == 0)
			fold(&results[rows - 1], &next);
		else
			results[rows++] = next;
	}
	return rows;
}

/* Whether all that `part` names is what `whole` names, of the first `parts` parts of a key. */
static bool agrees(const struct device_result *part, const struct device_result *whole, int parts)
{
	int i;

	for (i = 0; i < parts; i++) {
		if (key_part(part, i)[0] != '\0' && strcmp(key_part(part, i), key_part(whole, i)) != 0)
			return false;
	}
	return true;
}

/*
 * Lays the row on every later one of its GUID with which it agrees. An agreeing row is later: where the keys first differ
 * this one is empty, and empty sorts first.
 */
static bool join(const struct device_result *row, struct device_result *later, size_t count)
{
	bool joined = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (agrees(row, &later[i], KEY_PARTS)) {
			fold(&later[i], row);
			joined = true;
		}
	}
	return joined;
}

/* Two rows of one GUID name different makes. */
static bool is_in_conflict(const struct device_result *rows, size_t count)
{
	size_t i, j;
	int part;

	for (i = 0; i < count; i++) {
		for (j = i + 1; j < count; j++) {
			for (part = 0; part < 3; part++) {
				const char *a = key_part(&rows[i], part), *b = key_part(&rows[j], part);

				if (a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0)
					return true;
			}
		}
	}
	return false;
}

/* The rows of one GUID; returns how many are left at the front. */
static size_t settle_guid(struct device_result *rows, size_t count)
{
	size_t left = 0, i;
	bool conflict;

	for (i = 0; i < count; i++) {
		if (rows[i].activations > 0 || !join(&rows[i], &rows[i + 1], count - i - 1))
			rows[left++] = rows[i];
	}
	conflict = is_in_conflict(rows, left);
	for (i = 0; i < left; i++)
		rows[i].in_conflict = conflict;
	return left;
}

size_t device_list_merge(struct device_result *results, size_t count)
{
	size_t rows, left = 0, first, next, settled;

	if (count == 0)
		return 0;
	qsort(results, count, sizeof *results, compare_all);
	rows = fold_equal_keys(results, count);
	for (first = 0; first < rows; first = next) {
		for (next = first + 1; next < rows && strcmp(results[next].guid, results[first].guid) == 0; next++)
			;
		settled = settle_guid(&results[first], next - first);
		memmove(&results[left], &results[first], settled * sizeof *results);
		left += settled;
	}
	return left;
}

static bool shares_stratum_with_an_a(const struct device_result *row, const struct device_result *rows, size_t count)
{
	size_t i;

	if (row->model[0] == '\0')
		return false;
	for (i = 0; i < count; i++) {
		if (rows[i].grade == GRADE_A && agrees(row, &rows[i], KEY_PARTS))
			return true;
	}
	return false;
}

void device_list_grade(struct device_result *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct device_result *row = &rows[i];

		row->grade = row->affected_activations > 0 ? GRADE_A :
			     row->in_field		   ? GRADE_B :
			     row->valid_activations > 0	   ? GRADE_N :
							     GRADE_NONE;
	}
	for (i = 0; i < count; i++) {
		if (rows[i].grade != GRADE_NONE)
			continue;
		if (shares_stratum_with_an_a(&rows[i], rows, count))
			rows[i].grade = GRADE_C;
		else if (rows[i].listed)
			rows[i].grade = GRADE_D;
	}
}

size_t device_rows_of_guid(const struct device_result *rows, size_t count)
{
	size_t rows_of = 0;

	while (rows_of < count && strcmp(rows[rows_of].guid, rows[0].guid) == 0)
		rows_of++;
	return rows_of;
}

enum device_grade device_strongest_grade(const struct device_result *rows, size_t count)
{
	static const enum device_grade order[GRADE_COUNT] = {GRADE_A, GRADE_B, GRADE_C, GRADE_N, GRADE_D, GRADE_NONE};
	unsigned grades = 1U << GRADE_NONE;
	size_t i;

	for (i = 0; i < count; i++)
		grades |= 1U << rows[i].grade;
	for (i = 0; (grades & 1U << order[i]) == 0; i++)
		;
	return order[i];
}

/* Counts one meter by all its rows. */
static void count_meter(struct device_counts *counts, const struct device_result *rows, size_t count)
{
	bool activated = false, affected = false, undecided = false, judged = false, benched = false;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct device_result *row = &rows[i];

		activated |= row->activations > 0;
		affected |= row->affected_activations > 0;
		undecided |= row->activations > 0 && outage_is_undecided(row->outage, row->outage_validity);
		judged |= row->first_judged;
		benched |= row->source == SOURCE_BENCH;
	}
	counts->activated += activated;
	counts->affected += affected;
	counts->undecided += !affected && undecided;
	counts->not_shown += !affected && !undecided && judged;
	counts->void_devices += activated && !affected && !undecided && !judged;
	counts->not_activated += benched && !activated;
	counts->elsewhere += !benched;
	counts->in_conflict += rows[0].in_conflict;
	counts->grades[device_strongest_grade(rows, count)]++;
}

struct device_counts device_list_count(const struct device_result *rows, size_t count)
{
	struct device_counts counts = {0};
	size_t first, rows_of;

	for (first = 0; first < count; first += rows_of) {
		rows_of = device_rows_of_guid(&rows[first], count - first);
		count_meter(&counts, &rows[first], rows_of);
	}
	return counts;
}

static int compare_guids(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct device_reconciliation device_list_reconcile(const struct device_result *rows, size_t count,
						   char (*guids)[GUID_SIZE], size_t guid_count)
{
	struct device_reconciliation result = {0};
	size_t row = 0, i = 0;

	if (guid_count > 0)
		qsort(guids, guid_count, sizeof *guids, compare_guids);
	while (row < count || i < guid_count) {
		size_t rows_of = device_rows_of_guid(&rows[row], count - row);
		enum device_grade grade = device_strongest_grade(&rows[row], rows_of);
		int order = row == count ? 1 : i == guid_count ? -1 : strcmp(rows[row].guid, guids[i]);

		if (order < 0) {
			result.not_named += grade == GRADE_A || grade == GRADE_B;
		} else {
			const char *named = guids[i];

			result.named++;
			result.grades[order == 0 ? grade : GRADE_NONE]++;
			while (i < guid_count && strcmp(guids[i], named) == 0)
				i++;
		}
		row += order <= 0 ? rows_of : 0;
	}
	return result;
}
