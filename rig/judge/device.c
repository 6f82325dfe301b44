/*
 * The device list. One sort brings the observations of a row together in time, one pass folds them; what lists and field
 * records say is laid on the rows of the same GUID afterwards.
 */

#include "rig/judge/device.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/judge/interval.h"

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

bool outage_is_affected(enum conformity outage, enum validity validity)
{
	return validity == VALIDITY_VALID && (outage == CONFORMITY_FAIL || outage == CONFORMITY_MORE);
}

bool outage_is_undecided(enum conformity outage, enum validity validity)
{
	if (validity == VALIDITY_INCONCLUSIVE)
		return true;
	return validity == VALIDITY_VALID &&
	       (outage == CONFORMITY_CONDITIONAL_PASS || outage == CONFORMITY_CONDITIONAL_FAIL ||
		outage == CONFORMITY_CONDITIONAL_NOT_MORE || outage == CONFORMITY_CONDITIONAL_MORE);
}

/* How much an observation weighs: above, straddles, above conditionally, below conditionally, below, void, nothing. */
static int weight(const struct device_result *result)
{
	if (result->source != SOURCE_BENCH)
		return 0;
	if (result->activations == 0)
		return 1;
	if (result->outage_validity == VALIDITY_VOID || result->outage_validity == VALIDITY_MISSING)
		return 2;
	if (result->outage_validity == VALIDITY_INCONCLUSIVE)
		return 6;
	switch (result->outage) {
	case CONFORMITY_NOT_APPLICABLE:
	case CONFORMITY_PASS:
	case CONFORMITY_NOT_MORE:
		return 3;
	case CONFORMITY_CONDITIONAL_PASS:
	case CONFORMITY_CONDITIONAL_NOT_MORE:
		return 4;
	case CONFORMITY_CONDITIONAL_FAIL:
	case CONFORMITY_CONDITIONAL_MORE:
		return 5;
	case CONFORMITY_FAIL:
	case CONFORMITY_MORE:
		return 7;
	}
	return 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Worse first, longer first. */
static int compare_results(const struct device_result *a, const struct device_result *b)
{
	int order = weight(b) - weight(a);

	if (order == 0)
		order = compare_numbers(b->t_lo_ns, a->t_lo_ns);
	if (order == 0)
		order = compare_numbers(b->t_hi_ns, a->t_hi_ns);
	return order;
}

bool device_result_is_worse(const struct device_result *a, const struct device_result *b)
{
	return compare_results(a, b) < 0;
}

/* Row, kind of evidence, time, run: what is equal so far is one observation found twice. */
static int compare_observations(const struct device_result *a, const struct device_result *b)
{
	int order = compare_rows(a, b);

	if (order == 0)
		order = compare_numbers((int)a->source, (int)b->source);
	if (order == 0)
		order = compare_numbers(a->activated_utc_us, b->activated_utc_us);
	return order ? order : strcmp(a->runs, b->runs);
}

/* Of one observation found twice the worse comes first; the rest only makes the order total. */
static int compare_all(const void *left, const void *right)
{
	const struct device_result *a = left, *b = right;
	int order = compare_observations(a, b);

	if (order == 0)
		order = compare_results(a, b);
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

/* Puts names of runs behind those that are there, or "..." once they do not fit. */
static void add_runs(char runs[DEVICE_RUNS_SIZE], const char *more)
{
	size_t used = strlen(runs);
	struct text text;

	if (more[0] == '\0' || (used >= 3 && strcmp(runs + used - 3, "...") == 0))
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

	row->activations = activated;
	row->valid_activations = activated && row->outage_validity == VALIDITY_VALID &&
				 row->outage != CONFORMITY_NOT_APPLICABLE;
	row->affected_activations = activated && outage_is_affected(row->outage, row->outage_validity);
	row->first_judged = activated && row->outage_validity != VALIDITY_VOID && row->outage_validity != VALIDITY_MISSING;
	row->first_outage = row->outage;
	row->first_validity = row->outage_validity;
	row->in_field = row->source == SOURCE_FIELD;
	row->listed = row->source == SOURCE_LIST;
	row->in_conflict = false;
	row->grade = GRADE_NONE;
	row->run_count = row->runs[0] != '\0';
}

/* Takes a later row of the same key, or one without activation that agrees with it, into `row`. */
static void fold(struct device_result *row, const struct device_result *later)
{
	const struct device_result *first = row->first_judged || !later->first_judged ? row : later;
	const struct device_result *dated = row->activations > 0 || later->activations == 0 ? row : later;
	struct device_result sum = compare_results(later, row) < 0 ? *later : *row;

	sum.activations = row->activations + later->activations;
	sum.valid_activations = row->valid_activations + later->valid_activations;
	sum.affected_activations = row->affected_activations + later->affected_activations;
	sum.activated_utc_us = dated->activated_utc_us;
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

const char *device_grade_name(enum device_grade grade)
{
	static const char *const names[GRADE_COUNT] = {
		[GRADE_NONE] = "", [GRADE_A] = "A", [GRADE_B] = "B", [GRADE_C] = "C", [GRADE_D] = "D", [GRADE_N] = "N",
	};

	assert(grade < GRADE_COUNT);
	return names[grade];
}

const char *device_outage_word(const struct device_result *row)
{
	if (row->activations == 0)
		return "";
	return row->outage_validity == VALIDITY_VALID ? conformity_name(row->outage) : validity_name(row->outage_validity);
}

/* Seconds with six decimals, a bound never narrowed: rounded down or up. */
static void put_seconds(struct text *text, int64_t ns, bool up)
{
	int64_t us = ns / NS_PER_US + (up && ns % NS_PER_US != 0);

	text_format(text, "%lld.%06lld", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void put_length(struct text *text, const struct device_result *row)
{
	text_put(text, "T in [");
	put_seconds(text, row->t_lo_ns, false);
	text_put(text, " s, ");
	if (row->t_hi_ns == INSTANT_NEVER)
		text_put(text, "not ended");
	else
		put_seconds(text, row->t_hi_ns, true);
	text_put(text, row->t_hi_ns == INSTANT_NEVER ? "] +- " : " s] +- ");
	put_seconds(text, row->u_ns, true);
	text_put(text, " s");
}

static void put_affected(struct text *text, const struct device_result *row)
{
	bool scanned = row->known == KNOWN_SCANNED;
	bool complete = scanned && row->identity_read && row->version_changed;

	text_put(text, complete ? "starved its hub for more than the limit, " : "outage above the limit in its slot, ");
	put_length(text, row);
	if (complete)
		return;
	text_put(text, "; no statement about this meter yet");
	if (!scanned)
		text_put(text, ", identity not scanned");
	if (!row->identity_read)
		text_put(text, ", identity not read from the device");
	if (!row->version_changed)
		text_put(text, ", new version not read back");
}

static void put_not_shown(struct text *text, const struct device_result *row)
{
	/* Tenths of a per cent, rounded up; 0.95 is 0.95000000000000007 in doubles and stays 95.0 %. */
	double most = 1000.0 * share_upper(row->valid_activations, 0, 0.05) - 1e-9;
	int64_t tenths = (int64_t)most + 1;

	text_format(text, "not shown affected in %lld valid activation%s (%s to %s): its own rate is at most %lld.%lld %%",
		    (long long)row->valid_activations, row->valid_activations == 1 ? "" : "s", row->firmware_from,
		    row->firmware_to, (long long)(tenths / 10), (long long)(tenths % 10));
}

void device_statement(const struct device_result *row, char *text, size_t size)
{
	struct text out;

	text_init(&out, text, size);
	if (row->affected_activations > 0) {
		put_affected(&out, row);
	} else if (outage_is_undecided(row->outage, row->outage_validity) && row->activations > 0) {
		text_format(&out, "undecided (%s), ", device_outage_word(row));
		put_length(&out, row);
	} else if (row->valid_activations > 0) {
		put_not_shown(&out, row);
	} else if (row->activations > 0) {
		text_put(&out, "not tested: every activation was void");
	} else if (row->source == SOURCE_BENCH) {
		text_put(&out, "not tested: never activated");
	} else {
		text_put(&out, row->in_field ? "named by field evidence, not tested" : "named on a list only, not tested");
	}
	assert(!out.full);
}
