/* The console observer: lines, instants, what patterns tell, overflow, health; and that no cut makes a difference. */

#include "drivers/observer/console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define REPORTS_MAX 64

static struct console console;
static struct bench_console settings;
static struct console_report reports[REPORTS_MAX];
static char lines[REPORTS_MAX][CONSOLE_LINE_SIZE + 1];
static size_t count;

static void give(enum console_event_kind kind, int64_t t_ns, const void *bytes, size_t size)
{
	struct console_event event = {.kind = kind, .t_ns = t_ns, .bytes = bytes, .size = size};
	struct console_report report;

	console_give(&console, &event);
	while (console_take(&console, &report)) {
		assert_true(count < REPORTS_MAX);
		snprintf(lines[count], sizeof *lines, "%.*s", (int)report.line_size, report.line ? report.line : "");
		reports[count++] = report;
	}
}

static void say(int64_t t_ns, const char *text)
{
	give(CONSOLE_BYTES, t_ns, text, strlen(text));
}

static int setup(void **state)
{
	struct error error;

	(void)state;
	settings = (struct bench_console){.alert_count = 3, .alerts = {
		{"AD1", "POA.*AD1( dev={guid})?"},
		{"8F35", "event 8F35"},
		{"8F36", "event 8F36 dev={guid} {interrupted} {restored}( x{count})?( #{reference})?"},
	}};
	strcpy(settings.hub[HUB_READY], "hub ready$");
	count = 0;
	return console_init(&console, &settings, &error) ? 0 : -1;
}

static void wants_alert(size_t at, const char *code, int64_t t_ns)
{
	assert_true(at < count);
	assert_int_equal(reports[at].kind, CONSOLE_ALERT);
	assert_string_equal(reports[at].code, code);
	assert_int_equal(reports[at].t_ns, t_ns);
}

static void wants_health(size_t at, bool healthy, int64_t t_ns)
{
	assert_true(at < count);
	assert_int_equal(reports[at].kind, CONSOLE_HEALTH);
	assert_int_equal(reports[at].healthy, healthy);
	assert_int_equal(reports[at].t_ns, t_ns);
}

static void an_alert_has_the_instant_of_its_line_s_first_byte(void **state)
{
	(void)state;
	give(CONSOLE_OPENED, 0, NULL, 0);
	say(1 * S, "boot\r\nPO");
	say(2 * S, "A sent A");
	assert_int_equal(count, 1);
	say(3 * S, "D1\r\nmore");
	assert_int_equal(count, 2);
	wants_health(0, true, 0);
	wants_alert(1, "AD1", 1 * S);
	assert_string_equal(reports[1].guid, "");
	assert_int_equal(reports[1].count, 1);
	assert_int_equal(reports[1].interruption_utc_us, -1);
	assert_string_equal(lines[1], "POA sent AD1");
}

static void a_restoration_alert_tells_its_own_times(void **state)
{
	(void)state;
	say(5, "event 8F36 dev=00db1234567890a0 2014-12-31T23:50:00Z 2014-12-31 23:59:00.25 x3 #N-7\n");
	wants_alert(0, "8F36", 5);
	assert_string_equal(reports[0].guid, "00-DB-12-34-56-78-90-A0");
	assert_int_equal(reports[0].interruption_utc_us, INT64_C(1420069800000000));
	assert_int_equal(reports[0].restoration_utc_us, INT64_C(1420070340250000));
	assert_int_equal(reports[0].count, 3);
	assert_string_equal(reports[0].reference, "N-7");
}

static void a_time_that_does_not_exist_is_no_time(void **state)
{
	(void)state;
	say(5, "event 8F36 dev=00db1234567890a0 2014-02-30T23:50:00Z 2014-12-31 24:59:00\n");
	wants_alert(0, "8F36", 5);
	assert_int_equal(reports[0].interruption_utc_us, -1);
	assert_int_equal(reports[0].restoration_utc_us, -1);
}

static void a_line_counts_for_every_pattern_and_for_each_once(void **state)
{
	(void)state;
	say(1, "POA AD1 POA AD1 event 8F35\n\n\r\nPOA AD1\rhub ready\n");
	assert_int_equal(count, 4);
	wants_alert(0, "AD1", 1);
	wants_alert(1, "8F35", 1);
	wants_alert(2, "AD1", 1);
	assert_int_equal(reports[3].kind, CONSOLE_HUB);
	assert_int_equal(reports[3].hub, HUB_READY);
}

static void a_dying_hub_need_not_finish_its_line(void **state)
{
	(void)state;
	give(CONSOLE_OPENED, 0, NULL, 0);
	say(10 * S, "POA AD1");
	assert_int_equal(console_deadline(&console), 10 * S + CONSOLE_PAUSE_NS);
	give(CONSOLE_DEADLINE, 11 * S, NULL, 0);
	assert_int_equal(count, 1);
	give(CONSOLE_DEADLINE, 12 * S, NULL, 0);
	assert_int_equal(count, 2);
	wants_alert(1, "AD1", 10 * S);
	assert_int_equal(console_deadline(&console), INSTANT_NEVER);
	say(13 * S, "POA AD1");
	give(CONSOLE_LOST, 13 * S + 1, NULL, 0);
	assert_int_equal(count, 4);
	wants_alert(2, "AD1", 13 * S);
	wants_health(3, false, 13 * S + 1);
}

static void a_prompt_does_not_lend_its_instant(void **state)
{
	(void)state;
	say(1 * S, "hub> ");
	say(3600 * S, "POA AD1\n");
	assert_int_equal(count, 1);
	wants_alert(0, "AD1", 3600 * S);
	assert_string_equal(lines[0], "POA AD1");
}

static void an_overlong_line_is_said_once_and_searched_everywhere(void **state)
{
	static char noise[3 * CONSOLE_LINE_SIZE];
	size_t at, found = 0, overflows = 0, i;

	(void)state;
	for (at = 0; at + 20 < sizeof noise; at += 61) {
		setup(NULL);
		found = overflows = 0;
		memset(noise, 'x', sizeof noise);
		memcpy(noise + at, "POA AD1", 7);
		give(CONSOLE_BYTES, 1 * S, noise, 1000);
		give(CONSOLE_BYTES, 2 * S, noise + 1000, sizeof noise - 1000);
		say(3 * S, "\n");
		for (i = 0; i < count; i++) {
			found += reports[i].kind == CONSOLE_ALERT;
			overflows += reports[i].kind == CONSOLE_OVERFLOW;
		}
		if (found != 1 || overflows != 1)
			fail_msg("at %zu: %zu alerts, %zu overflows", at, found, overflows);
	}
}

static void an_endless_line_may_alert_again_with_a_later_instant(void **state)
{
	static char noise[2 * CONSOLE_LINE_SIZE];

	(void)state;
	memset(noise, 'x', sizeof noise);
	say(0, "POA AD1");
	give(CONSOLE_BYTES, 1 * S, noise, sizeof noise);
	say(2 * S, "POA AD1\n");
	assert_int_equal(count, 3);
	assert_int_equal(reports[0].kind, CONSOLE_OVERFLOW);
	wants_alert(1, "AD1", 0);
	assert_int_equal(reports[2].kind, CONSOLE_ALERT);
	assert_int_equal(reports[2].t_ns, 1 * S);
}

static void a_heartbeat_is_missed_at_its_own_instant(void **state)
{
	struct error error;

	(void)state;
	settings.heartbeat_ns = 60 * S;
	assert_true(console_init(&console, &settings, &error));
	give(CONSOLE_OPENED, 0, NULL, 0);
	give(CONSOLE_DEADLINE, 100 * S, NULL, 0);
	assert_int_equal(count, 0);
	say(200 * S, "tick\n");
	wants_health(0, true, 200 * S);
	assert_int_equal(console_deadline(&console), 260 * S);
	say(259 * S, "tick\n");
	give(CONSOLE_DEADLINE, 260 * S, NULL, 0);
	assert_int_equal(count, 1);
	give(CONSOLE_DEADLINE, 319 * S, NULL, 0);
	wants_health(1, false, 319 * S);
	say(400 * S, "tick\n");
	wants_health(2, true, 400 * S);
	say(600 * S, "late, and nobody looked\n");
	wants_health(3, false, 460 * S);
	wants_health(4, true, 600 * S);
	give(CONSOLE_LOST, 601 * S, NULL, 0);
	give(CONSOLE_OPENED, 700 * S, NULL, 0);
	assert_int_equal(count, 6);
	wants_health(5, false, 601 * S);
	say(701 * S, "tick\n");
	wants_health(6, true, 701 * S);
}

static void a_pattern_that_cannot_be_read_is_named(void **state)
{
	struct error error = {0};

	(void)state;
	strcpy(settings.alerts[1].pattern, "a(b");
	assert_false(console_init(&console, &settings, &error));
	assert_memory_equal(error.text, "8F35: ", 6);
}

static void no_cut_makes_a_difference(void **state)
{
	static const char text[] = "\n\rboot POA\r\nPOA.. AD1 dev=00:DB:12:34:56:78:90:A0 POA AD1\r\n\0\xffnoise\nevent 8F35\n"
	                           "event 8F36 dev=00db1234567890a0 2014-12-31T23:50:00Z 2014-12-31 23:59:00.25Z x3\nhub ready\n";
	struct console_report whole[REPORTS_MAX];
	size_t wanted, cut, i;

	(void)state;
	give(CONSOLE_BYTES, 7, text, sizeof text - 1);
	wanted = count;
	assert_int_equal(wanted, 4);
	memcpy(whole, reports, sizeof whole);
	for (cut = 0; cut < sizeof text; cut++) {
		setup(NULL);
		if (cut == sizeof text - 1)
			for (i = 0; i < cut; i++)
				give(CONSOLE_BYTES, 7, text + i, 1);
		else {
			give(CONSOLE_BYTES, 7, text, cut);
			give(CONSOLE_BYTES, 7, text + cut, sizeof text - 1 - cut);
		}
		assert_int_equal(count, wanted);
		for (i = 0; i < wanted; i++) {
			assert_string_equal(reports[i].code, whole[i].code);
			assert_string_equal(reports[i].guid, whole[i].guid);
			assert_int_equal(reports[i].restoration_utc_us, whole[i].restoration_utc_us);
			assert_int_equal(reports[i].line_size, whole[i].line_size);
		}
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		CASE(an_alert_has_the_instant_of_its_line_s_first_byte),
		CASE(a_restoration_alert_tells_its_own_times),
		CASE(a_time_that_does_not_exist_is_no_time),
		CASE(a_line_counts_for_every_pattern_and_for_each_once),
		CASE(a_dying_hub_need_not_finish_its_line),
		CASE(a_prompt_does_not_lend_its_instant),
		CASE(an_overlong_line_is_said_once_and_searched_everywhere),
		CASE(an_endless_line_may_alert_again_with_a_later_instant),
		CASE(a_heartbeat_is_missed_at_its_own_instant),
		CASE(a_pattern_that_cannot_be_read_is_named),
		CASE(no_cut_makes_a_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
