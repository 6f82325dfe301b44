/* What must be true of an upgrade over the air, asked of stories and verdicts made by hand. */

#include "rig/simulate/air_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define AMISS true
#define ODD true

static const struct oracle_rule rule = {.version = "00020130", .over_the_air = true};
static struct story story; /* large */
static bool sense;
static char why[ORACLE_TEXT_SIZE];

static int fresh(void **state)
{
	(void)state;
	memset(&story, 0, sizeof story);
	sense = false;
	story.t_runs_ns = 500 * NS_PER_S;
	story.t_gone_ns = 895 * NS_PER_S;
	story.t_end_ns = 900 * NS_PER_S;
	story.sent = story.released = 1;
	memcpy(story.version, "00020130", sizeof "00020130");
	why[0] = '\0';
	return 0;
}

static bool blame_holds(enum validity validity, enum conformity conformity, enum fault domain, bool amiss, bool odd)
{
	const struct verdict firmware = {.kind = CASE_FIRMWARE, .validity = validity, .conformity = conformity, .domain = domain};

	return air_oracle_blame(&story, &rule, sense, amiss, odd, &firmware, why);
}

static void it_is_told_to_activate_once(void **state)
{
	(void)state;
	assert_true(air_oracle_once(&story, why));
	story.sent = 2;
	assert_false(air_oracle_once(&story, why));
	story.sent = 1;
	story.released = 2;
	assert_false(air_oracle_once(&story, why));
	assert_non_null(strstr(why, "heard it 2 times"));
	story.sent = story.released = 0;
	assert_true(air_oracle_once(&story, why));
}

static void whoever_never_heard_of_it_has_not_failed_it(void **state)
{
	(void)state;
	memcpy(story.version, "0002012F", sizeof "0002012F");
	assert_true(blame_holds(VALIDITY_VALID, CONFORMITY_FAIL, FAULT_DEVICE, AMISS, !ODD));
	story.released = 0;
	assert_false(blame_holds(VALIDITY_VALID, CONFORMITY_FAIL, FAULT_DEVICE, AMISS, !ODD));
	assert_false(blame_holds(VALIDITY_VALID, CONFORMITY_FAIL, FAULT_DEVICE, !AMISS, ODD));
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_RIG, AMISS, !ODD));
	story.restarted = true; /* by itself, which looks the same */
	assert_true(blame_holds(VALIDITY_VALID, CONFORMITY_FAIL, FAULT_DEVICE, AMISS, !ODD));
	story.restarted = false;
	sense = true; /* what passed for its restart was the sense's */
	assert_true(blame_holds(VALIDITY_VALID, CONFORMITY_FAIL, FAULT_DEVICE, AMISS, !ODD));
}

static void a_version_that_nobody_could_read_is_not_the_meters_fault(void **state)
{
	(void)state;
	assert_false(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_RIG, AMISS, !ODD));
	/* One that nothing kept from answering, or that did odd things, may be blamed. */
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, !AMISS, !ODD));
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, ODD));
	story.locked_up = true;
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
	story.locked_up = false;
	/* Or that was not there: it had lost its mains, or had just come. */
	story.t_gone_ns = 800 * NS_PER_S;
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
	story.t_runs_ns = 850 * NS_PER_S;
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
	story.t_gone_ns = 400 * NS_PER_S;
	story.t_runs_ns = 500 * NS_PER_S;
	assert_false(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
	/* And one that heard of it and did nothing. */
	memcpy(story.version, "0002012F", sizeof "0002012F");
	assert_true(blame_holds(VALIDITY_INCONCLUSIVE, CONFORMITY_NOT_APPLICABLE, FAULT_DEVICE, AMISS, !ODD));
}

static void an_image_that_was_asked_for_comes(void **state)
{
	(void)state;
	assert_true(air_oracle_came(&story, why)); /* it never asked */
	story.begun = true;
	assert_false(air_oracle_came(&story, why));
	story.bothered = true;
	assert_true(air_oracle_came(&story, why));
	story.bothered = false;
	story.held = true;
	assert_true(air_oracle_came(&story, why));
}

static void no_verdict_blames_nobody(void **state)
{
	(void)state;
	story.released = 0;
	assert_true(air_oracle_blame(&story, &rule, false, AMISS, !ODD, NULL, why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_told_to_activate_once, fresh),
		cmocka_unit_test_setup(whoever_never_heard_of_it_has_not_failed_it, fresh),
		cmocka_unit_test_setup(a_version_that_nobody_could_read_is_not_the_meters_fault, fresh),
		cmocka_unit_test_setup(an_image_that_was_asked_for_comes, fresh),
		cmocka_unit_test_setup(no_verdict_blames_nobody, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
