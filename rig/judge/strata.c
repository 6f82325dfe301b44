/* Strata: counting rows by key, then intervals where a population is declared. */

#include "rig/judge/strata.h"

#include "rig/base/text.h"
#include "rig/judge/interval.h"

#include <assert.h>
#include <string.h>

static struct stratum_key key_of(const struct device_result *row)
{
	struct stratum_key key;

	memcpy(key.manufacturer, row->manufacturer, sizeof key.manufacturer);
	memcpy(key.model, row->model, sizeof key.model);
	memcpy(key.hardware, row->hardware, sizeof key.hardware);
	memcpy(key.firmware_from, row->firmware_from, sizeof key.firmware_from);
	memcpy(key.firmware_to, row->firmware_to, sizeof key.firmware_to);
	memcpy(key.hub_model, row->hub_model, sizeof key.hub_model);
	return key;
}

static int compare_keys(const struct stratum_key *a, const struct stratum_key *b)
{
	int order = strcmp(a->manufacturer, b->manufacturer);

	if (order == 0)
		order = strcmp(a->model, b->model);
	if (order == 0)
		order = strcmp(a->hardware, b->hardware);
	if (order == 0)
		order = strcmp(a->firmware_from, b->firmware_from);
	if (order == 0)
		order = strcmp(a->firmware_to, b->firmware_to);
	return order ? order : strcmp(a->hub_model, b->hub_model);
}

/* The stratum of a key, put in its place if it is new; NULL when there is no room. */
static struct stratum *find_or_add(struct strata *strata, const struct stratum_key *key)
{
	size_t at = 0;

	while (at < strata->count && compare_keys(&strata->stratum[at].key, key) < 0)
		at++;
	if (at < strata->count && compare_keys(&strata->stratum[at].key, key) == 0)
		return &strata->stratum[at];
	if (strata->count == STRATA_MAX)
		return NULL;
	memmove(&strata->stratum[at + 1], &strata->stratum[at], (strata->count - at) * sizeof *strata->stratum);
	strata->count++;
	memset(&strata->stratum[at], 0, sizeof strata->stratum[at]);
	strata->stratum[at].key = *key;
	return &strata->stratum[at];
}

static bool too_many(struct error *error)
{
	return error_set(error, FAULT_CONFIGURATION, "more than %d kinds of devices", STRATA_MAX);
}

static void count_outcome(struct stratum *stratum, const struct device_result *row)
{
	stratum->devices++;
	stratum->activations += row->activations;
	if (row->affected_activations > 0)
		stratum->affected++;
	else if (row->activations == 0)
		stratum->not_activated++;
	else if (!row->first_judged)
		stratum->void_devices++;
	else if (outage_is_undecided(row->outage, row->outage_validity))
		stratum->undecided++;
	else
		stratum->not_shown++;
}

static void count_sample(struct stratum *stratum, const struct device_result *row)
{
	if (!row->first_judged)
		return;
	stratum->sample_n++;
	stratum->sample_k += outage_is_affected(row->first_outage, row->first_validity);
	stratum->sample_undecided += outage_is_undecided(row->first_outage, row->first_validity);
}

static void keep_longest(struct stratum *stratum, const struct device_result *row)
{
	if (!row->first_judged || (stratum->any_time && row->t_lo_ns <= stratum->t_lo_ns))
		return;
	stratum->any_time = true;
	stratum->t_lo_ns = row->t_lo_ns;
	stratum->t_hi_ns = row->t_hi_ns;
	stratum->u_ns = row->u_ns;
	stratum->open = row->open;
}

/* The ledger's own words. */
static void count_alert(struct stratum *stratum, const struct device_result *row)
{
	if (row->activations == 0)
		return;
	stratum->ad1_seen += strcmp(row->ad1, "expected-seen") == 0 || strcmp(row->ad1, "duplicate") == 0 ||
			     strcmp(row->ad1, "late") == 0;
	stratum->ad1_lost += strcmp(row->ad1, "expected-missing") == 0;
	stratum->ad1_unexpected += strcmp(row->ad1, "unexpected") == 0;
}

static bool is_declared(const struct stratum_key *key, const struct stratum_population *populations, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (compare_keys(&populations[i].key, key) == 0)
			return true;
	}
	return false;
}

static bool check_population(const struct stratum_population *populations, size_t index, struct error *error)
{
	const struct stratum_population *population = &populations[index];
	const struct stratum_key *key = &population->key;

	if (!population->frame[0] || !population->method[0] || !population->dates[0])
		return error_set(error, FAULT_CONFIGURATION,
				 "population of %s, %s to %s: a sampling plan names its frame, method and dates", key->model,
				 key->firmware_from, key->firmware_to);
	if (population->size < 0 || population->size > TAIL_COUNT_MAX)
		return error_set(error, FAULT_CONFIGURATION, "population of %s, %s to %s: its size must be 0 to 10^9",
				 key->model, key->firmware_from, key->firmware_to);
	if (is_declared(key, populations, index))
		return error_set(error, FAULT_CONFIGURATION, "population of %s, %s to %s: declared twice", key->model,
				 key->firmware_from, key->firmware_to);
	return true;
}

/* The upper bound counts undecided devices as affected; what was found is never outside the bounds. */
static void project_count(struct stratum *stratum, double tail)
{
	int64_t most = stratum->sample_k + stratum->sample_undecided;

	stratum->affected_least = 0;
	stratum->affected_most = stratum->population;
	if (stratum->sample_n > 0) {
		stratum->affected_least = count_lower(stratum->population, stratum->sample_n, stratum->sample_k, tail);
		stratum->affected_most = count_upper(stratum->population, stratum->sample_n, most, tail);
	}
	if (stratum->affected_least < stratum->affected)
		stratum->affected_least = stratum->affected;
	if (stratum->affected_most < stratum->affected)
		stratum->affected_most = stratum->affected;
	stratum->residual = stratum->affected_most - stratum->affected;
	stratum->share_least = (double)stratum->affected_least / (double)stratum->population;
	stratum->share_most = (double)stratum->affected_most / (double)stratum->population;
}

static void project_share(struct stratum *stratum, double tail)
{
	int64_t most = stratum->sample_k + stratum->sample_undecided;

	stratum->share_least = 0.0;
	stratum->share_most = 1.0;
	if (stratum->sample_n > 0) {
		stratum->share_least = share_lower(stratum->sample_n, stratum->sample_k, tail);
		stratum->share_most = share_upper(stratum->sample_n, most, tail);
	}
}

static void project(struct strata *strata)
{
	size_t sampled = 0, i;
	double tail;

	for (i = 0; i < strata->count; i++)
		sampled += strata->stratum[i].projected && strata->stratum[i].sample_n > 0;
	tail = strata->alpha / 2.0 / (double)(sampled > 0 ? sampled : 1);
	strata->all_projected = strata->count > 0;
	for (i = 0; i < strata->count; i++) {
		struct stratum *stratum = &strata->stratum[i];

		if (!stratum->projected || stratum->population == 0)
			strata->all_projected = false;
		if (stratum->projected && stratum->population == 0)
			project_share(stratum, tail);
		if (!stratum->projected || stratum->population == 0)
			continue;
		project_count(stratum, tail);
		strata->affected_least += stratum->affected_least;
		strata->affected_most += stratum->affected_most;
		strata->residual += stratum->residual;
	}
	if (!strata->all_projected)
		strata->affected_least = strata->affected_most = strata->residual = 0;
}

static bool declare(struct strata *strata, const struct stratum_population *populations, size_t count, struct error *error)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct stratum_population *population = &populations[i];
		struct stratum *stratum;

		if (!check_population(populations, i, error))
			return false;
		stratum = find_or_add(strata, &population->key);
		if (!stratum)
			return too_many(error);
		if (population->size != 0 && population->size < stratum->devices)
			return error_set(error, FAULT_CONFIGURATION,
					 "population of %s, %s to %s: %lld devices, but %lld of them were on the bench",
					 stratum->key.model, stratum->key.firmware_from, stratum->key.firmware_to,
					 (long long)population->size, (long long)stratum->devices);
		stratum->projected = true;
		stratum->population = population->size;
	}
	return true;
}

bool strata_fold(struct strata *strata, const struct device_result *rows, size_t count,
		 const struct stratum_population *populations, size_t population_count, double alpha, struct error *error)
{
	size_t i;

	assert(alpha > 0.0 && alpha < 1.0);
	memset(strata, 0, sizeof *strata);
	strata->alpha = alpha;
	for (i = 0; i < count; i++) {
		struct stratum_key key = key_of(&rows[i]);
		struct stratum *stratum;

		if (rows[i].source != SOURCE_BENCH)
			continue;
		if (!key.model[0] || !key.firmware_from[0] || !key.firmware_to[0]) {
			strata->rows_without++;
			continue;
		}
		stratum = find_or_add(strata, &key);
		if (!stratum)
			return too_many(error);
		count_outcome(stratum, &rows[i]);
		count_sample(stratum, &rows[i]);
		keep_longest(stratum, &rows[i]);
		count_alert(stratum, &rows[i]);
	}
	if (!declare(strata, populations, population_count, error))
		return false;
	project(strata);
	return true;
}
