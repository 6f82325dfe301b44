/* One device: how bad an observation is, and what may be said of a row. */

#include "rig/judge/device.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/judge/interval.h"

#include <assert.h>
#include <string.h>

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
	if (row->outage_validity == VALIDITY_VALID && row->outage != CONFORMITY_NOT_APPLICABLE && row->valid_activations == 0)
		return "not-tested";
	return row->outage_validity == VALIDITY_VALID ? conformity_name(row->outage) : validity_name(row->outage_validity);
}

/* Seconds with six decimals, a bound never narrowed: rounded down or up. */
static void put_seconds(struct text *text, int64_t ns, bool up)
{
	int64_t us = ns / NS_PER_US + (up && ns % NS_PER_US != 0);

	text_format(text, "%lld.%06lld", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void put_length(struct text *text, int64_t lo_ns, int64_t hi_ns, int64_t u_ns)
{
	text_put(text, "T in [");
	put_seconds(text, lo_ns, false);
	text_put(text, " s, ");
	if (hi_ns == INSTANT_NEVER)
		text_put(text, "not ended");
	else
		put_seconds(text, hi_ns, true);
	text_put(text, hi_ns == INSTANT_NEVER ? "] +- " : " s] +- ");
	put_seconds(text, u_ns, true);
	text_put(text, " s");
}

static void put_affected(struct text *text, const struct device_result *row)
{
	if (row->attributed.any) {
		text_put(text, "starved its hub for more than the limit, ");
		put_length(text, row->attributed.t_lo_ns, row->attributed.t_hi_ns, row->attributed.u_ns);
		return;
	}
	text_put(text, "outage above the limit in its slot, ");
	put_length(text, row->t_lo_ns, row->t_hi_ns, row->u_ns);
	text_put(text, "; no statement about this meter yet");
	if (row->known != KNOWN_SCANNED)
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
		put_length(&out, row->t_lo_ns, row->t_hi_ns, row->u_ns);
	} else if (row->valid_activations > 0) {
		put_not_shown(&out, row);
	} else if (row->activations > 0 && row->outage_validity == VALIDITY_VALID) {
		text_put(&out, "not tested: the new version was not read back");
	} else if (row->activations > 0) {
		text_put(&out, "not tested: every activation was void");
	} else if (row->source == SOURCE_BENCH) {
		text_put(&out, "not tested: never activated");
	} else {
		text_put(&out, row->in_field ? "named by field evidence, not tested" : "named on a list only, not tested");
	}
	assert(!out.full);
}
