/*
 * The uncertainty budget of an outage's length. Squares of half widths are exact enough in a double for any half width
 * of interest (relative error 1e-16); what must not happen is rounding U down, so the last step rounds up.
 */

#include "rig/metrology/uncertainty.h"

#include "rig/base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const distribution_names[] = {
	[UNCERTAINTY_RECTANGULAR] = "rectangular",
	[UNCERTAINTY_NORMAL_K2] = "normal-k2",
	[UNCERTAINTY_TRIANGULAR] = "triangular",
};

/* Squares of sqrt(3), 2 and sqrt(6). */
static const double divisors[] = {
	[UNCERTAINTY_RECTANGULAR] = 3.0,
	[UNCERTAINTY_NORMAL_K2] = 4.0,
	[UNCERTAINTY_TRIANGULAR] = 6.0,
};

static const char *what_is_wrong(const struct uncertainty_budget *budget, const char *name, int64_t half_width_ns,
				 int64_t half_width_ppb, int edges, const char *source)
{
	size_t i;

	if (budget->count == UNCERTAINTY_TERMS_MAX)
		return "there are too many terms";
	if (name[0] == '\0' || strlen(name) >= UNCERTAINTY_NAME_SIZE)
		return "the name must have 1 to 48 bytes";
	if (source[0] == '\0' || strlen(source) >= UNCERTAINTY_SOURCE_SIZE)
		return "the source must have 1 to 239 bytes";
	if (half_width_ns < 0 || half_width_ns > UNCERTAINTY_NS_MAX)
		return "the half width must be 0 to 10^18 ns";
	if (half_width_ppb < 0 || half_width_ppb > UNCERTAINTY_PPB_MAX)
		return "the relative half width must be 0 to 10^9 ppb";
	if (edges != 1 && edges != 2)
		return "edges must be 1 or 2";
	for (i = 0; i < budget->count; i++) {
		if (strcmp(budget->terms[i].name, name) == 0)
			return "there is a term of this name already";
	}
	return NULL;
}

bool uncertainty_add(struct uncertainty_budget *budget, const char *name, enum uncertainty_distribution distribution,
		     int64_t half_width_ns, int64_t half_width_ppb, int edges, const char *source, struct error *error)
{
	const char *wrong = what_is_wrong(budget, name, half_width_ns, half_width_ppb, edges, source);
	struct uncertainty_term *term;
	bool fitted;

	if (wrong != NULL)
		return error_set(error, FAULT_CONFIGURATION, "uncertainty term \"%.48s\": %s", name, wrong);
	term = &budget->terms[budget->count++];
	fitted = text_copy(term->name, sizeof term->name, name) && text_copy(term->source, sizeof term->source, source);
	assert(fitted);
	(void)fitted;
	term->distribution = distribution;
	term->half_width_ns = half_width_ns;
	term->half_width_ppb = half_width_ppb;
	term->edges = edges;
	return true;
}

static double half_width(const struct uncertainty_term *term, int64_t t_ns)
{
	return (double)term->half_width_ns + (double)term->half_width_ppb * (double)t_ns / 1e9;
}

static double variance(const struct uncertainty_term *term, int64_t t_ns)
{
	double a = half_width(term, t_ns);

	return a * a * (double)term->edges / divisors[term->distribution];
}

static int64_t round_up(double ns)
{
	int64_t whole;

	if (ns >= (double)UNCERTAINTY_NS_MAX)
		return UNCERTAINTY_NS_MAX;
	whole = (int64_t)ns;
	return (double)whole < ns ? whole + 1 : whole;
}

struct uncertainty uncertainty_at(const struct uncertainty_budget *budget, int64_t t_ns)
{
	struct uncertainty result = {.count = budget->count};
	double sum = 0.0, largest = 0.0;
	const struct uncertainty_term *term;
	size_t i;

	assert(t_ns >= 0 && t_ns != INT64_MAX && budget->count <= UNCERTAINTY_TERMS_MAX);
	for (i = 0; i < budget->count; i++) {
		double square = variance(&budget->terms[i], t_ns);

		result.term_ns[i] = sqrt(square);
		sum += square;
		if (square > largest) {
			largest = square;
			result.dominant = i;
		}
	}
	result.combined_ns = sqrt(sum);
	result.expanded_ns = round_up(2.0 * result.combined_ns);
	if (sum > 0.0) {
		term = &budget->terms[result.dominant];
		result.beyond_half_width = term->distribution == UNCERTAINTY_RECTANGULAR && term->edges == 1 &&
					   2.0 * largest > sum && 2.0 * result.combined_ns > half_width(term, t_ns);
	}
	return result;
}

const char *uncertainty_distribution_name(enum uncertainty_distribution distribution)
{
	return distribution_names[distribution];
}

bool uncertainty_distribution_from_name(const char *name, enum uncertainty_distribution *distribution)
{
	size_t i;

	for (i = 0; i < sizeof distribution_names / sizeof *distribution_names; i++) {
		if (strcmp(name, distribution_names[i]) == 0) {
			*distribution = (enum uncertainty_distribution)i;
			return true;
		}
	}
	return false;
}
