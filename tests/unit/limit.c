/*
 * The limit rule on bounds. The tables were written by hand from ILAC-G8:09/2019 clause 4.2.3 (pass at or below L - U,
 * conditional pass up to L, conditional fail up to L + U, fail above) before the code was.
 */

#include "rig/metrology/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S INT64_C(1000000000)
#define L (180 * S)
#define U INT64_C(2000000)
#define OPEN LIMIT_OPEN_NS
#define COUNT(table) (sizeof(table) / sizeof *(table))

struct row {
	int64_t lo_ns, hi_ns, u_ns;
	enum limit_zone zone;
};

static struct limit_rule rule_of(enum limit_boundary boundary, enum limit_decision decision)
{
	struct limit_rule rule = {L, boundary, decision, false};

	return rule;
}

static void check_table(struct limit_rule rule, const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		enum limit_zone zone = limit_judge(&rule, rows[i].lo_ns, rows[i].hi_ns, rows[i].u_ns);

		if (zone != rows[i].zone)
			fail_msg("row %zu: [%lld, %lld] U %lld is %s, not %s", i, (long long)rows[i].lo_ns,
				 (long long)rows[i].hi_ns, (long long)rows[i].u_ns, limit_zone_name(zone),
				 limit_zone_name(rows[i].zone));
	}
}

static void a_coincident_length_falls_into_the_four_zones_of_the_standard(void **state)
{
	static const struct row rows[] = {
		{0, 0, U, LIMIT_BELOW},
		{20 * S, 20 * S, U, LIMIT_BELOW},
		{L - U - 1, L - U - 1, U, LIMIT_BELOW},
		{L - U, L - U, U, LIMIT_BELOW},
		{L - U + 1, L - U + 1, U, LIMIT_BELOW_CONDITIONAL},
		{L - 1, L - 1, U, LIMIT_BELOW_CONDITIONAL},
		{L, L, U, LIMIT_BELOW_CONDITIONAL},
		{L + 1, L + 1, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U - 1, L + U - 1, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U, L + U, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U + 1, L + U + 1, U, LIMIT_ABOVE},
		{240 * S, 240 * S, U, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void the_bound_that_hurts_decides_while_both_are_on_one_side(void **state)
{
	static const struct row rows[] = {
		/* Below: hi decides, however short lo is. */
		{0, L - U, U, LIMIT_BELOW},
		{20 * S, L - U + 1, U, LIMIT_BELOW_CONDITIONAL},
		{0, L, U, LIMIT_BELOW_CONDITIONAL},
		{L, L, U, LIMIT_BELOW_CONDITIONAL},
		/* Above: lo decides, however long hi is. */
		{L + 1, 240 * S, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U, 3600 * S, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U + 1, 3600 * S, U, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void only_bounds_on_both_sides_of_the_limit_are_inconclusive(void **state)
{
	static const struct row rows[] = {
		{0, L + 1, U, LIMIT_STRADDLES},
		{L, L + 1, U, LIMIT_STRADDLES},
		{L - 1, L + 1, U, LIMIT_STRADDLES},
		{L - U, L + U, U, LIMIT_STRADDLES},
		{L - 10 * U, L + 10 * U, U, LIMIT_STRADDLES},
		{179 * S, 181 * S, U, LIMIT_STRADDLES},
		/* U on both sides of the limit is not bounds on both sides. */
		{L - 1, L - 1, 10 * S, LIMIT_BELOW_CONDITIONAL},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void an_open_outage_can_only_be_above_or_straddle(void **state)
{
	static const struct row rows[] = {
		{0, OPEN, U, LIMIT_STRADDLES},
		{L - U, OPEN, U, LIMIT_STRADDLES},
		{L, OPEN, U, LIMIT_STRADDLES},
		{L + 1, OPEN, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U, OPEN, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U + 1, OPEN, U, LIMIT_ABOVE},
		{OPEN, OPEN, U, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void a_length_of_exactly_the_limit_is_above_for_at_least(void **state)
{
	static const struct row rows[] = {
		{0, 0, U, LIMIT_BELOW},
		{L - U - 1, L - U - 1, U, LIMIT_BELOW},
		{L - U, L - U, U, LIMIT_BELOW_CONDITIONAL},
		{L - 1, L - 1, U, LIMIT_BELOW_CONDITIONAL},
		{L, L, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U - 1, L + U - 1, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U, L + U, U, LIMIT_ABOVE},
		{0, L - 1, U, LIMIT_BELOW_CONDITIONAL},
		{0, L - U - 1, U, LIMIT_BELOW},
		{0, L, U, LIMIT_STRADDLES},
		{L - 1, L, U, LIMIT_STRADDLES},
		{L, 240 * S, U, LIMIT_ABOVE_CONDITIONAL},
		{L - 1, OPEN, U, LIMIT_STRADDLES},
		{L, OPEN, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U - 1, OPEN, U, LIMIT_ABOVE_CONDITIONAL},
		{L + U, OPEN, U, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_AT_LEAST, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void a_perfect_measurement_has_no_conditional_zones(void **state)
{
	static const struct row more_than[] = {
		{L, L, 0, LIMIT_BELOW},
		{L + 1, L + 1, 0, LIMIT_ABOVE},
		{L, L + 1, 0, LIMIT_STRADDLES},
		{L + 1, OPEN, 0, LIMIT_ABOVE},
	};
	static const struct row at_least[] = {
		{L - 1, L - 1, 0, LIMIT_BELOW},
		{L, L, 0, LIMIT_ABOVE},
		{L - 1, L, 0, LIMIT_STRADDLES},
		{L, OPEN, 0, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), more_than, COUNT(more_than));
	check_table(rule_of(LIMIT_AT_LEAST, LIMIT_GUARD_BAND), at_least, COUNT(at_least));
}

static void an_uncertainty_beyond_the_limit_leaves_no_unconditional_pass(void **state)
{
	static const struct row rows[] = {
		{0, 0, L, LIMIT_BELOW},
		{1, 1, L, LIMIT_BELOW_CONDITIONAL},
		{0, 0, L + 1, LIMIT_BELOW_CONDITIONAL},
		{2 * L, 2 * L, L + 1, LIMIT_ABOVE_CONDITIONAL},
		{L, L, LIMIT_NS_MAX, LIMIT_BELOW_CONDITIONAL},
		{L + 1, OPEN, LIMIT_NS_MAX, LIMIT_ABOVE_CONDITIONAL},
		{OPEN, OPEN, LIMIT_NS_MAX, LIMIT_ABOVE},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_GUARD_BAND), rows, COUNT(rows));
}

static void the_simple_decision_reports_u_and_does_not_use_it(void **state)
{
	static const struct row more_than[] = {
		{0, L, U, LIMIT_BELOW},
		{L, L, LIMIT_NS_MAX, LIMIT_BELOW},
		{L + 1, L + 1, U, LIMIT_ABOVE},
		{L + 1, OPEN, LIMIT_NS_MAX, LIMIT_ABOVE},
		{L, L + 1, U, LIMIT_STRADDLES},
	};
	static const struct row at_least[] = {
		{0, L - 1, U, LIMIT_BELOW},
		{L, L, U, LIMIT_ABOVE},
		{L - 1, L, U, LIMIT_STRADDLES},
	};

	(void)state;
	check_table(rule_of(LIMIT_MORE_THAN, LIMIT_SIMPLE), more_than, COUNT(more_than));
	check_table(rule_of(LIMIT_AT_LEAST, LIMIT_SIMPLE), at_least, COUNT(at_least));
}

/* The five conditions of the header, each by itself: exactly one holds, and it is the one that is returned. */
static void exactly_one_zone_holds_for_every_small_case(void **state)
{
	struct limit_rule rule = {5, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, false};
	int64_t lo, hi, u;

	(void)state;
	for (u = 0; u <= 7; u++) {
		for (lo = 0; lo <= 14; lo++) {
			for (hi = lo; hi <= 14; hi++) {
				bool holds[LIMIT_ZONE_COUNT] = {
					[LIMIT_BELOW] = hi <= 5 - u,
					[LIMIT_BELOW_CONDITIONAL] = 5 - u < hi && hi <= 5,
					[LIMIT_ABOVE_CONDITIONAL] = 5 < lo && lo <= 5 + u,
					[LIMIT_ABOVE] = lo > 5 + u,
					[LIMIT_STRADDLES] = lo <= 5 && 5 < hi,
				};
				int zone, number = 0;

				for (zone = 0; zone < LIMIT_ZONE_COUNT; zone++)
					number += holds[zone];
				assert_int_equal(number, 1);
				rule.boundary = LIMIT_MORE_THAN;
				assert_true(holds[limit_judge(&rule, lo, hi, u)]);
			}
		}
	}
}

static void at_least_is_its_own_five_conditions_for_every_small_case(void **state)
{
	struct limit_rule rule = {5, LIMIT_AT_LEAST, LIMIT_GUARD_BAND, false};
	int64_t lo, hi, u;

	(void)state;
	for (u = 0; u <= 7; u++) {
		for (lo = 0; lo <= 14; lo++) {
			for (hi = lo; hi <= 14; hi++) {
				bool holds[LIMIT_ZONE_COUNT] = {
					[LIMIT_BELOW] = hi < 5 - u,
					[LIMIT_BELOW_CONDITIONAL] = 5 - u <= hi && hi < 5,
					[LIMIT_ABOVE_CONDITIONAL] = 5 <= lo && lo < 5 + u,
					[LIMIT_ABOVE] = lo >= 5 + u,
					[LIMIT_STRADDLES] = lo < 5 && 5 <= hi,
				};

				assert_true(holds[limit_judge(&rule, lo, hi, u)]);
			}
		}
	}
}

static void words_of_conformity_need_a_known_clause(void **state)
{
	struct limit_rule known = {L, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, true};
	struct limit_rule unknown = {L, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, false};
	int zone;

	(void)state;
	assert_string_equal(limit_conformity(&known, LIMIT_BELOW), "pass");
	assert_string_equal(limit_conformity(&known, LIMIT_BELOW_CONDITIONAL), "conditional pass");
	assert_string_equal(limit_conformity(&known, LIMIT_ABOVE_CONDITIONAL), "conditional fail");
	assert_string_equal(limit_conformity(&known, LIMIT_ABOVE), "fail");
	assert_null(limit_conformity(&known, LIMIT_STRADDLES));
	for (zone = 0; zone < LIMIT_ZONE_COUNT; zone++)
		assert_null(limit_conformity(&unknown, (enum limit_zone)zone));
}

static void no_text_without_a_clause_says_pass_fail_conform_or_certify(void **state)
{
	static const char *const forbidden[] = {"pass", "fail", "conform", "certif"};
	struct limit_rule rule = {L, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, false};
	char text[LIMIT_TEXT_MAX];
	int zone;
	size_t i;

	(void)state;
	for (zone = 0; zone < LIMIT_ZONE_COUNT; zone++) {
		limit_statement(&rule, (enum limit_zone)zone, text, sizeof text);
		for (i = 0; i < COUNT(forbidden); i++)
			assert_null(strstr(text, forbidden[i]));
	}
}

static void check_classification(int64_t limit_ns, enum limit_boundary boundary, enum limit_zone zone, const char *expected)
{
	struct limit_rule rule = {limit_ns, boundary, LIMIT_GUARD_BAND, true};
	char text[LIMIT_TEXT_MAX];

	limit_classification(&rule, zone, text, sizeof text);
	assert_string_equal(text, expected);
}

static void the_classification_is_derived_from_the_limit(void **state)
{
	(void)state;
	check_classification(L, LIMIT_MORE_THAN, LIMIT_BELOW, "not more than three minutes");
	check_classification(L, LIMIT_MORE_THAN, LIMIT_BELOW_CONDITIONAL, "conditional: not more than three minutes");
	check_classification(L, LIMIT_MORE_THAN, LIMIT_ABOVE_CONDITIONAL, "conditional: more than three minutes");
	check_classification(L, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than three minutes");
	check_classification(L, LIMIT_MORE_THAN, LIMIT_STRADDLES, "inconclusive: three minutes lies between the bounds");
	check_classification(L, LIMIT_AT_LEAST, LIMIT_BELOW, "less than three minutes");
	check_classification(L, LIMIT_AT_LEAST, LIMIT_BELOW_CONDITIONAL, "conditional: less than three minutes");
	check_classification(L, LIMIT_AT_LEAST, LIMIT_ABOVE_CONDITIONAL, "conditional: at least three minutes");
	check_classification(L, LIMIT_AT_LEAST, LIMIT_ABOVE, "at least three minutes");
	check_classification(60 * S, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than one minute");
	check_classification(720 * S, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than twelve minutes");
	check_classification(780 * S, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than 780 s");
	check_classification(187 * S, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than 187 s");
	check_classification(179 * S + S / 2, LIMIT_MORE_THAN, LIMIT_BELOW, "not more than 179.5 s");
	check_classification(0, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than 0 s");
	check_classification(1, LIMIT_MORE_THAN, LIMIT_ABOVE, "more than 0.000000001 s");
	check_classification(LIMIT_NS_MAX, LIMIT_MORE_THAN, LIMIT_STRADDLES,
			     "inconclusive: 1000000000 s lies between the bounds");
}

static void a_statement_is_conformity_where_there_is_a_clause_and_classification_elsewhere(void **state)
{
	struct limit_rule known = {L, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, true};
	struct limit_rule unknown = {L, LIMIT_MORE_THAN, LIMIT_GUARD_BAND, false};
	char text[LIMIT_TEXT_MAX];

	(void)state;
	limit_statement(&known, LIMIT_ABOVE, text, sizeof text);
	assert_string_equal(text, "fail");
	limit_statement(&unknown, LIMIT_ABOVE, text, sizeof text);
	assert_string_equal(text, "more than three minutes");
	limit_statement(&known, LIMIT_STRADDLES, text, sizeof text);
	assert_string_equal(text, "inconclusive: three minutes lies between the bounds");
}

static void names_in_files_read_back(void **state)
{
	enum limit_boundary boundary;
	enum limit_decision decision;

	(void)state;
	assert_true(limit_boundary_from_name("more-than", &boundary) && boundary == LIMIT_MORE_THAN);
	assert_true(limit_boundary_from_name("at-least", &boundary) && boundary == LIMIT_AT_LEAST);
	assert_false(limit_boundary_from_name("at least", &boundary));
	assert_true(limit_decision_from_name("guard-band", &decision) && decision == LIMIT_GUARD_BAND);
	assert_true(limit_decision_from_name("simple", &decision) && decision == LIMIT_SIMPLE);
	assert_false(limit_decision_from_name("", &decision));
	assert_string_equal(limit_boundary_name(LIMIT_AT_LEAST), "at-least");
	assert_string_equal(limit_decision_name(LIMIT_GUARD_BAND), "guard-band");
}

static void a_zone_is_below_or_above_or_straddles(void **state)
{
	(void)state;
	assert_true(limit_zone_is_below(LIMIT_BELOW) && limit_zone_is_below(LIMIT_BELOW_CONDITIONAL));
	assert_true(limit_zone_is_above(LIMIT_ABOVE) && limit_zone_is_above(LIMIT_ABOVE_CONDITIONAL));
	assert_false(limit_zone_is_below(LIMIT_STRADDLES) || limit_zone_is_above(LIMIT_STRADDLES));
	assert_false(limit_zone_is_below(LIMIT_ABOVE) || limit_zone_is_above(LIMIT_BELOW));
	assert_true(limit_zone_is_conditional(LIMIT_BELOW_CONDITIONAL) && limit_zone_is_conditional(LIMIT_ABOVE_CONDITIONAL));
	assert_false(limit_zone_is_conditional(LIMIT_BELOW) || limit_zone_is_conditional(LIMIT_ABOVE) ||
		     limit_zone_is_conditional(LIMIT_STRADDLES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_coincident_length_falls_into_the_four_zones_of_the_standard),
		cmocka_unit_test(the_bound_that_hurts_decides_while_both_are_on_one_side),
		cmocka_unit_test(only_bounds_on_both_sides_of_the_limit_are_inconclusive),
		cmocka_unit_test(an_open_outage_can_only_be_above_or_straddle),
		cmocka_unit_test(a_length_of_exactly_the_limit_is_above_for_at_least),
		cmocka_unit_test(a_perfect_measurement_has_no_conditional_zones),
		cmocka_unit_test(an_uncertainty_beyond_the_limit_leaves_no_unconditional_pass),
		cmocka_unit_test(the_simple_decision_reports_u_and_does_not_use_it),
		cmocka_unit_test(exactly_one_zone_holds_for_every_small_case),
		cmocka_unit_test(at_least_is_its_own_five_conditions_for_every_small_case),
		cmocka_unit_test(words_of_conformity_need_a_known_clause),
		cmocka_unit_test(no_text_without_a_clause_says_pass_fail_conform_or_certify),
		cmocka_unit_test(the_classification_is_derived_from_the_limit),
		cmocka_unit_test(a_statement_is_conformity_where_there_is_a_clause_and_classification_elsewhere),
		cmocka_unit_test(names_in_files_read_back),
		cmocka_unit_test(a_zone_is_below_or_above_or_straddles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
