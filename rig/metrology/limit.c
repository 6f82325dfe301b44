/*
 * The four-way rule and its words. Lengths are whole nanoseconds, so "at least L" is "more than L - 1 ns", exactly and
 * for every comparison; that leaves one rule to be right.
 */

#include "rig/metrology/limit.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

static const char *const boundary_names[] = {[LIMIT_MORE_THAN] = "more-than", [LIMIT_AT_LEAST] = "at-least"};
static const char *const decision_names[] = {[LIMIT_GUARD_BAND] = "guard-band", [LIMIT_SIMPLE] = "simple"};

enum limit_zone limit_judge(const struct limit_rule *rule, int64_t lo_ns, int64_t hi_ns, int64_t u_ns)
{
	int64_t last_below_ns, guard_ns;

	assert(rule->limit_ns >= 0 && rule->limit_ns <= LIMIT_NS_MAX);
	assert(lo_ns >= 0 && lo_ns <= hi_ns);
	assert(u_ns >= 0 && u_ns <= LIMIT_NS_MAX);
	last_below_ns = rule->boundary == LIMIT_AT_LEAST ? rule->limit_ns - 1 : rule->limit_ns;
	guard_ns = rule->decision == LIMIT_SIMPLE ? 0 : u_ns;
	if (hi_ns <= last_below_ns)
		return hi_ns <= last_below_ns - guard_ns ? LIMIT_BELOW : LIMIT_BELOW_CONDITIONAL;
	if (lo_ns > last_below_ns)
		return lo_ns > last_below_ns + guard_ns ? LIMIT_ABOVE : LIMIT_ABOVE_CONDITIONAL;
	return LIMIT_STRADDLES;
}

bool limit_zone_is_below(enum limit_zone zone)
{
	return zone == LIMIT_BELOW || zone == LIMIT_BELOW_CONDITIONAL;
}

bool limit_zone_is_above(enum limit_zone zone)
{
	return zone == LIMIT_ABOVE || zone == LIMIT_ABOVE_CONDITIONAL;
}

bool limit_zone_is_conditional(enum limit_zone zone)
{
	return zone == LIMIT_BELOW_CONDITIONAL || zone == LIMIT_ABOVE_CONDITIONAL;
}

const char *limit_zone_name(enum limit_zone zone)
{
	static const char *const names[LIMIT_ZONE_COUNT] = {
		[LIMIT_BELOW] = "below",
		[LIMIT_BELOW_CONDITIONAL] = "below-conditional",
		[LIMIT_ABOVE_CONDITIONAL] = "above-conditional",
		[LIMIT_ABOVE] = "above",
		[LIMIT_STRADDLES] = "straddles",
	};

	assert(zone < LIMIT_ZONE_COUNT);
	return names[zone];
}

const char *limit_boundary_name(enum limit_boundary boundary)
{
	return boundary_names[boundary];
}

const char *limit_decision_name(enum limit_decision decision)
{
	return decision_names[decision];
}

bool limit_boundary_from_name(const char *name, enum limit_boundary *boundary)
{
	if (strcmp(name, boundary_names[LIMIT_MORE_THAN]) == 0)
		*boundary = LIMIT_MORE_THAN;
	else if (strcmp(name, boundary_names[LIMIT_AT_LEAST]) == 0)
		*boundary = LIMIT_AT_LEAST;
	else
		return false;
	return true;
}

bool limit_decision_from_name(const char *name, enum limit_decision *decision)
{
	if (strcmp(name, decision_names[LIMIT_GUARD_BAND]) == 0)
		*decision = LIMIT_GUARD_BAND;
	else if (strcmp(name, decision_names[LIMIT_SIMPLE]) == 0)
		*decision = LIMIT_SIMPLE;
	else
		return false;
	return true;
}

const char *limit_conformity(const struct limit_rule *rule, enum limit_zone zone)
{
	static const char *const words[LIMIT_ZONE_COUNT] = {
		[LIMIT_BELOW] = "pass",
		[LIMIT_BELOW_CONDITIONAL] = "conditional pass",
		[LIMIT_ABOVE_CONDITIONAL] = "conditional fail",
		[LIMIT_ABOVE] = "fail",
		[LIMIT_STRADDLES] = NULL,
	};

	assert(zone < LIMIT_ZONE_COUNT);
	return rule->clause_known ? words[zone] : NULL;
}

/* "three minutes", "187 s", "179.5 s". */
static void put_length(struct text *text, int64_t length_ns)
{
	static const char *const numbers[] = {"one",   "two",   "three", "four", "five",   "six",
					      "seven", "eight", "nine",  "ten",  "eleven", "twelve"};
	int64_t minutes = length_ns / NS_PER_MIN, part_ns = length_ns % NS_PER_S;
	int digits = 9;

	if (length_ns % NS_PER_MIN == 0 && minutes >= 1 && minutes <= 12) {
		text_format(text, "%s minute%s", numbers[minutes - 1], minutes == 1 ? "" : "s");
		return;
	}
	text_put_int(text, length_ns / NS_PER_S);
	if (part_ns != 0) {
		for (; part_ns % 10 == 0; digits--)
			part_ns /= 10;
		text_format(text, ".%0*lld", digits, (long long)part_ns);
	}
	text_put(text, " s");
}

void limit_classification(const struct limit_rule *rule, enum limit_zone zone, char *text, size_t size)
{
	bool at_least = rule->boundary == LIMIT_AT_LEAST;
	struct text out;

	assert(rule->limit_ns >= 0 && rule->limit_ns <= LIMIT_NS_MAX && zone < LIMIT_ZONE_COUNT);
	text_init(&out, text, size);
	if (zone == LIMIT_STRADDLES)
		text_put(&out, "inconclusive: ");
	else if (limit_zone_is_conditional(zone))
		text_put(&out, "conditional: ");
	if (limit_zone_is_below(zone))
		text_put(&out, at_least ? "less than " : "not more than ");
	else if (limit_zone_is_above(zone))
		text_put(&out, at_least ? "at least " : "more than ");
	put_length(&out, rule->limit_ns);
	if (zone == LIMIT_STRADDLES)
		text_put(&out, " lies between the bounds");
	assert(!out.full);
}

void limit_statement(const struct limit_rule *rule, enum limit_zone zone, char *text, size_t size)
{
	const char *word = limit_conformity(rule, zone);
	bool fits = true;

	if (word == NULL)
		limit_classification(rule, zone, text, size);
	else
		fits = text_copy(text, size, word);
	assert(fits); /* a buffer of LIMIT_TEXT_MAX bytes */
}
