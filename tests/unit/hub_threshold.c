/* A hub's own threshold from the cuts of a night: an alert proves, an absence is worth its tries, and some cuts say nothing. */

#include "rig/judge/hub_threshold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS

static struct ledger_line lines[LEDGER_LINES_MAX];
static struct slot_findings slots[2];
static struct findings findings;
static struct hub_threshold threshold;

static int fresh(void **state)
{
	(void)state;
	memset(lines, 0, sizeof lines);
	memset(slots, 0, sizeof slots);
	findings = (struct findings){.slots = slots, .slot_count = 2, .ledger = lines};
	return 0;
}

/* Of the first slot; the lines of the second stand behind them. */
static struct ledger_line *cut(int64_t length_ns, bool seen)
{
	struct ledger_line *line = &lines[slots[0].ledger_count++];

	*line = (struct ledger_line){.has_outage = true, .outage = {.lo_ns = length_ns, .hi_ns = length_ns}, .usable = 1, .recharged = true,
				     .seen = seen, .class = seen ? LEDGER_EXPECTED_SEEN : LEDGER_NONE_EXPECTED_NONE_SEEN};
	return line;
}

static bool is_found(void)
{
	threshold = hub_threshold_of(&findings, 0);
	return threshold.found;
}

static void threshold_is(int64_t never_ns, int tries, int64_t always_ns, int lost)
{
	assert_true(is_found());
	assert_int_equal(threshold.never_ns, never_ns);
	assert_int_equal(threshold.never_tries, tries);
	assert_int_equal(threshold.always_ns, always_ns);
	assert_int_equal(threshold.lost, lost);
}

static void it_lies_between_the_longest_absence_and_the_shortest_alert(void **state)
{
	(void)state;
	(void)cut(120 * S, false);
	(void)cut(210 * S, true);
	(void)cut(165 * S, false);
	(void)cut(187 * S, true);
	(void)cut(176 * S, false);
	threshold_is(176 * S, 1, 187 * S, 0);
}

static void the_order_of_the_cuts_does_not_matter(void **state)
{
	static const int64_t cuts[5] = {120, 165, 176, 187, 210};
	int from, i;

	(void)state;
	for (from = 0; from < 5; from++) {
		fresh(NULL);
		for (i = 0; i < 5; i++)
			(void)cut(cuts[(from + 2 * i) % 5] * S, cuts[(from + 2 * i) % 5] > 180);
		threshold_is(176 * S, 1, 187 * S, 0);
	}
}

static void an_absence_is_worth_its_tries(void **state)
{
	(void)state;
	(void)cut(170 * S, false);
	(void)cut(176 * S, false);
	(void)cut(176 * S, false);
	(void)cut(176 * S, false);
	(void)cut(187 * S, true);
	threshold_is(176 * S, 3, 187 * S, 0);
}

static void relay_and_bus_do_not_make_a_length_another(void **state)
{
	(void)state;
	(void)cut(176 * S + 12 * MS, false);
	(void)cut(176 * S + 40 * MS, false);
	(void)cut(176 * S - 50 * MS, false);
	(void)cut(176 * S - 12 * MS - HUB_THRESHOLD_SAME_NS, false); /* this one is another */
	(void)cut(187 * S + 30 * MS, true);
	(void)cut(187 * S + 10 * MS, true);
	threshold_is(176 * S + 40 * MS, 3, 187 * S + 10 * MS, 0);
}

static void an_absence_above_an_alert_is_a_lost_alert(void **state)
{
	(void)state;
	(void)cut(150 * S, false);
	(void)cut(187 * S, true);
	(void)cut(210 * S, false);
	(void)cut(210 * S, false);
	(void)cut(300 * S, true);
	threshold_is(150 * S, 1, 187 * S, 2);
}

static void an_alert_in_one_of_several_tries_is_enough(void **state)
{
	(void)state;
	(void)cut(150 * S, false);
	(void)cut(187 * S, false);
	(void)cut(187 * S + 20 * MS, true);
	(void)cut(187 * S + 40 * MS, false);
	threshold_is(150 * S, 1, 187 * S + 20 * MS, 2);
}

/* Relay and bus decide which of the two is shorter, and so the shorter is no absence below the other. */
static void an_absence_next_to_an_alert_is_none(void **state)
{
	(void)state;
	(void)cut(180 * S, false);
	(void)cut(180 * S + 50 * MS, true);
	assert_false(is_found());
	(void)cut(170 * S, false);
	threshold_is(170 * S, 1, 180 * S + 50 * MS, 1);
}

static void one_side_alone_is_no_threshold(void **state)
{
	(void)state;
	assert_false(is_found());
	(void)cut(120 * S, false);
	(void)cut(170 * S, false);
	assert_false(is_found());
	assert_int_equal(threshold.never_ns, 0);
	assert_int_equal(threshold.never_tries, 0);
	fresh(NULL);
	(void)cut(187 * S, true);
	(void)cut(300 * S, false);
	assert_false(is_found());
	assert_int_equal(threshold.always_ns, 0);
	assert_int_equal(threshold.lost, 0);
}

static void cuts_that_say_nothing_do_not_count(void **state)
{
	(void)state;
	(void)cut(150 * S, false);
	(void)cut(200 * S, true);
	cut(151 * S, false)->usable = 0;
	cut(152 * S, false)->recharged = false;
	cut(153 * S, false)->unseated = true;
	cut(154 * S, false)->class = LEDGER_VOID;
	cut(155 * S, true)->class = LEDGER_DUPLICATE;
	cut(156 * S, false)->outage.hi_ns = INSTANT_NEVER;
	cut(157 * S, false)->outage.hi_ns++;
	cut(158 * S, true)->outage.lo_ns--;
	cut(159 * S, true)->has_outage = false;
	cut(160 * S, true)->usable = 0;
	cut(250 * S, false)->recharged = false;
	threshold_is(150 * S, 1, 200 * S, 0);
}

static void nothing_usable_is_no_threshold(void **state)
{
	(void)state;
	cut(150 * S, false)->usable = 0;
	cut(200 * S, true)->recharged = false;
	assert_false(is_found());
}

static void the_cuts_are_those_of_the_slot(void **state)
{
	(void)state;
	(void)cut(150 * S, false);
	(void)cut(200 * S, true);
	slots[1].ledger_from = 2;
	slots[1].ledger_count = 2;
	lines[2] = lines[0];
	lines[2].outage.lo_ns = lines[2].outage.hi_ns = 160 * S;
	lines[3] = lines[1];
	threshold_is(150 * S, 1, 200 * S, 0);
	threshold = hub_threshold_of(&findings, 1);
	assert_true(threshold.found);
	assert_int_equal(threshold.never_ns, 160 * S);
}

static void a_full_ledger_is_read(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < LEDGER_LINES_MAX; i++)
		(void)cut(100 * S + i * S, i % 2 == 1 && i > 100);
	threshold_is(200 * S, 1, 201 * S, (LEDGER_LINES_MAX - 102) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_lies_between_the_longest_absence_and_the_shortest_alert, fresh),
		cmocka_unit_test_setup(the_order_of_the_cuts_does_not_matter, fresh),
		cmocka_unit_test_setup(an_absence_is_worth_its_tries, fresh),
		cmocka_unit_test_setup(relay_and_bus_do_not_make_a_length_another, fresh),
		cmocka_unit_test_setup(an_absence_above_an_alert_is_a_lost_alert, fresh),
		cmocka_unit_test_setup(an_alert_in_one_of_several_tries_is_enough, fresh),
		cmocka_unit_test_setup(an_absence_next_to_an_alert_is_none, fresh),
		cmocka_unit_test_setup(one_side_alone_is_no_threshold, fresh),
		cmocka_unit_test_setup(cuts_that_say_nothing_do_not_count, fresh),
		cmocka_unit_test_setup(nothing_usable_is_no_threshold, fresh),
		cmocka_unit_test_setup(the_cuts_are_those_of_the_slot, fresh),
		cmocka_unit_test_setup(a_full_ledger_is_read, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
