/* A night's lines become rows, and rows a table that fits a terminal. */

#include "rig/command/night_picture.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define LIMIT (180 * S)
#define UTC_US INT64_C(1795456800000000) /* 2026-11-23T18:00:00Z */
#define COLUMNS_MAX 110

static struct picture picture;
static struct record record;
static char *drawn;
static size_t drawn_size;

static struct record *at(int64_t t_ns, const char *slot, enum record_kind kind)
{
	record = (struct record){.kind = kind, .t_ns = t_ns, .utc_us = UTC_US + t_ns / NS_PER_US};
	text_copy(record.slot, sizeof record.slot, slot);
	return &record;
}

static void take(void)
{
	picture_take(&picture, &record);
}

static void wire(const char *slot, const char *sense, const char *model)
{
	text_copy(at(0, slot, RECORD_SLOT)->data.slot.sense, CHANNEL_NAME_SIZE, sense);
	take();
	at(0, slot, RECORD_DEVICE)->data.device.role = ROLE_METER;
	text_copy(record.data.device.model, WORD_TEXT_SIZE, model);
	take();
	at(0, slot, RECORD_DEVICE)->data.device.role = ROLE_HUB;
	text_copy(record.data.device.model, WORD_TEXT_SIZE, "a hub");
	take();
}

static void edge(int64_t t_ns, const char *slot, const char *channel, int level)
{
	text_copy(at(t_ns, slot, RECORD_EDGE)->data.edge.channel, CHANNEL_NAME_SIZE, channel);
	record.data.edge.level = level;
	take();
}

static void step(int64_t t_ns, const char *slot, const char *verb, enum step_state state)
{
	text_copy(at(t_ns, slot, RECORD_STEP)->data.step.verb, WORD_TEXT_SIZE, verb);
	record.data.step.state = state;
	take();
}

static void activation(int64_t t_ns, const char *slot, enum activation_state state)
{
	at(t_ns, slot, RECORD_ACTIVATION)->data.activation.state = state;
	take();
}

static void watch(int64_t t_ns, const char *slot, enum span state)
{
	at(t_ns, slot, RECORD_WATCH)->data.watch.state = state;
	take();
}

/* Over so many lines. */
static void draw(int64_t limit_ns, int over)
{
	FILE *out;

	free(drawn);
	drawn = NULL;
	out = open_memstream(&drawn, &drawn_size);
	assert_int_equal(picture_draw(&picture, limit_ns, over, out), picture.count + 3);
	assert_int_equal(fclose(out), 0);
}

static void say(void)
{
	FILE *out;

	free(drawn);
	drawn = NULL;
	out = open_memstream(&drawn, &drawn_size);
	picture_say(&picture, LIMIT, out);
	assert_int_equal(fclose(out), 0);
}

static int lines_of(void)
{
	const char *byte;
	int lines = 0;

	for (byte = drawn; *byte; byte++)
		lines += *byte == '\n';
	return lines;
}

/* Line `number` of what was drawn, from 0. */
static const char *line_of(int number)
{
	static char line[1024];
	const char *from = drawn;

	while (number-- > 0)
		from = strchr(from, '\n') + 1;
	(void)snprintf(line, sizeof line, "%.*s", (int)strcspn(from, "\n"), from);
	return line;
}

/* On a terminal: without the control sequences. */
static size_t columns_of(const char *line)
{
	size_t columns = 0;

	while (*line)
		if (strncmp(line, "\033[", 2) == 0)
			line += 2 + strspn(line + 2, "0123456789;") + 1;
		else
			columns += *line++ != '\r';
	return columns;
}

static int fresh(void **state)
{
	(void)state;
	picture_init(&picture);
	wire("A", "pins.17", "010A030B");
	return 0;
}

/* ---- Lines in, rows out ---- */

static void every_slot_of_the_run_has_a_row(void **state)
{
	(void)state;
	wire("B", "pins.18", "010A030C");
	assert_int_equal(picture.count, 2);
	assert_string_equal(picture.rows[0].slot, "A");
	assert_string_equal(picture.rows[0].model, "010A030B");
	assert_string_equal(picture.rows[1].sense, "pins.18");
	edge(S, "C", "pins.19", 1); /* of no slot that was described */
	edge(S, "", "pins.2", 1);
	assert_int_equal(picture.count, 2);
}

static void it_shows_the_step_and_whether_the_hub_is_supplied(void **state)
{
	(void)state;
	draw(LIMIT, 0);
	assert_string_equal(line_of(2), "  A      010A030B                 ...............|........                     ");
	step(1 * S, "A", "supply", STEP_BEGIN);
	edge(2 * S, "A", "pins.17", 1);
	edge(3 * S, "A", "pins.41", 0); /* another line of the slot */
	step(4 * S, "A", "supply", STEP_DONE);
	draw(LIMIT, 0);
	assert_string_equal(line_of(0), "  2026-11-23 18:00:04 UTC, simulated");
	assert_string_equal(line_of(2), "  A      010A030B  supply    on   ...............|........                     ");
	edge(5 * S, "A", "pins.17", 0);
	draw(LIMIT, 0);
	assert_string_equal(line_of(2), "  A      010A030B  supply    CUT  ...............|........                     ");
}

static void outages_count_from_the_activation_to_the_watch_s_end(void **state)
{
	(void)state;
	edge(10 * S, "A", "pins.17", 1);
	edge(20 * S, "A", "pins.17", 0); /* a control's */
	edge(260 * S, "A", "pins.17", 1);
	assert_int_equal(picture.rows[0].longest_ns, 0);
	activation(300 * S, "A", ACTIVATION_ANNOUNCED);
	assert_false(picture.rows[0].activated);
	activation(301 * S, "A", ACTIVATION_SENT);
	assert_true(picture.rows[0].activated);
	edge(310 * S, "A", "pins.17", 0);
	edge(550 * S, "A", "pins.17", 1);
	edge(600 * S, "A", "pins.17", 0);
	edge(620 * S, "A", "pins.17", 1);
	assert_int_equal(picture.rows[0].longest_ns, 240 * S);
	watch(700 * S, "A", SPAN_BEGIN);
	watch(1000 * S, "A", SPAN_END);
	edge(1100 * S, "A", "pins.17", 0);
	edge(2000 * S, "A", "pins.17", 1);
	assert_int_equal(picture.rows[0].longest_ns, 240 * S);
	draw(LIMIT, 0);
	assert_string_equal(line_of(2), "  A      010A030B            on   ################........    240.0 s MORE     ");
}

static void an_outage_that_goes_on_grows_with_the_night(void **state)
{
	(void)state;
	edge(10 * S, "A", "pins.17", 1);
	activation(300 * S, "A", ACTIVATION_SENT);
	edge(310 * S, "A", "pins.17", 0);
	wire("B", "pins.18", "010A030C");
	edge(320 * S, "B", "pins.18", 1); /* time goes on */
	draw(LIMIT, 0);
	assert_non_null(strstr(line_of(2), "CUT  ########.......|........     10.0 s     "));
	edge(500 * S, "B", "pins.18", 0);
	draw(LIMIT, 0);
	assert_non_null(strstr(line_of(2), "190.0 s MORE"));
	watch(510 * S, "A", SPAN_END);
	edge(900 * S, "B", "pins.18", 1);
	draw(LIMIT, 0);
	assert_non_null(strstr(line_of(2), "200.0 s MORE"));
}

static void alerts_of_controls_are_counted_apart(void **state)
{
	(void)state;
	at(10 * S, "A", RECORD_CONTROL)->data.control.state = SPAN_BEGIN;
	take();
	(void)at(20 * S, "A", RECORD_ALERT);
	take();
	at(30 * S, "A", RECORD_CONTROL)->data.control.state = SPAN_END;
	take();
	assert_int_equal(picture.rows[0].controls, 1);
	assert_int_equal(picture.rows[0].alerts, 0);
	draw(LIMIT, 0);
	assert_null(strstr(line_of(2), "AD1"));
	(void)at(40 * S, "A", RECORD_ALERT);
	take();
	draw(LIMIT, 0);
	assert_non_null(strstr(line_of(2), " AD1"));
}

static void a_slot_that_failed_has_ended_and_says_why(void **state)
{
	(void)state;
	edge(10 * S, "A", "pins.17", 1);
	activation(20 * S, "A", ACTIVATION_SENT);
	text_copy(at(30 * S, "A", RECORD_FAULT)->data.fault.code, WORD_TEXT_SIZE, "relay-welded");
	take();
	step(31 * S, "A", "cut", STEP_FAILED);
	edge(32 * S, "A", "pins.17", 0); /* the rig switches off */
	edge(3000 * S, "A", "pins.17", 1);
	assert_int_equal(picture.rows[0].longest_ns, 0);
	draw(LIMIT, 0);
	assert_non_null(strstr(line_of(2), "ended"));
	assert_non_null(strstr(line_of(2), "relay-welded"));
}

static void time_never_goes_back(void **state)
{
	(void)state;
	edge(100 * S, "A", "pins.17", 1);
	edge(90 * S, "A", "pins.41", 1); /* lines may be a little out of order */
	assert_int_equal(picture.t_ns, 100 * S);
	assert_int_equal(picture.utc_us, UTC_US + 100000000);
}

static void more_slots_than_there_are_rows_are_left_out(void **state)
{
	char name[SLOT_NAME_SIZE];
	int i;

	(void)state;
	for (i = 1; i < PICTURE_SLOTS_MAX + 3; i++) {
		(void)snprintf(name, sizeof name, "S%d", i);
		wire(name, "pins.1", "m");
		edge(S, name, "pins.1", 1);
	}
	assert_int_equal(picture.count, PICTURE_SLOTS_MAX);
}

/* ---- Drawing ---- */

static void nothing_has_a_drawing_too(void **state)
{
	(void)state;
	picture_init(&picture);
	draw(LIMIT, 0);
	assert_int_equal(lines_of(), 3);
	assert_string_equal(line_of(0), "  1970-01-01 00:00:00 UTC, simulated");
}

static void it_has_three_lines_more_than_rows(void **state)
{
	char name[SLOT_NAME_SIZE], up[16];
	int i;

	(void)state;
	for (i = 1; i <= PICTURE_SLOTS_MAX; i++) {
		draw(LIMIT, 0);
		assert_int_equal(lines_of(), picture.count + 3);
		assert_null(strchr(drawn, '\033'));
		draw(LIMIT, i);
		assert_int_equal(lines_of(), picture.count + 3);
		(void)snprintf(up, sizeof up, "\033[%dA\r", i); /* slots may have come since */
		assert_memory_equal(drawn, up, strlen(up));
		(void)snprintf(name, sizeof name, "S%d", i);
		wire(name, "pins.1", "m");
	}
}

static void no_line_is_too_long_for_a_terminal(void **state)
{
	char name[SLOT_NAME_SIZE], word[FREE_TEXT_SIZE];
	int i;

	(void)state;
	memset(name, 'N', sizeof name);
	name[sizeof name - 1] = '\0';
	memset(word, 'w', sizeof word);
	word[sizeof word - 1] = '\0';
	wire(name, "pins.18", word);
	step(1 * S, name, word, STEP_BEGIN);
	edge(2 * S, name, "pins.18", 1);
	activation(3 * S, name, ACTIVATION_SENT);
	edge(4 * S, name, "pins.18", 0);
	(void)at(5 * S, name, RECORD_ALERT);
	take();
	text_copy(at(5 * S, name, RECORD_FAULT)->data.fault.code, WORD_TEXT_SIZE, word);
	take();
	edge(INT64_MAX - 1, "A", "pins.17", 1);
	for (i = 0; i < 2; i++) {
		int line;

		draw(LIMIT, i);
		for (line = 0; line < lines_of(); line++)
			if (columns_of(line_of(line)) > COLUMNS_MAX)
				fail_msg("%zu columns: '%s'", columns_of(line_of(line)), line_of(line));
	}
	assert_non_null(strstr(drawn, "MORE AD1 wwww"));
}

static void the_bar_marks_any_limit(void **state)
{
	static const struct { int64_t limit_ns; const char *bar; } cases[] = {
		{0, " ........................ "}, {S - 1, " ........................ "}, {S, " .|...................... "}, {60 * S, " ...........|............ "},
		{3600 * S, " .......................| "}, {INT64_MAX - 1, " .......................| "}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		draw(cases[i].limit_ns, 0);
		if (!strstr(line_of(2), cases[i].bar))
			fail_msg("limit %lld ns: '%s'", (long long)cases[i].limit_ns, line_of(2));
	}
}

static void a_log_has_a_line_of_numbers(void **state)
{
	(void)state;
	wire("B", "pins.18", "010A030C");
	edge(10 * S, "A", "pins.17", 1);
	activation(20 * S, "A", ACTIVATION_SENT);
	edge(30 * S, "A", "pins.17", 0);
	edge(230 * S, "A", "pins.17", 1);
	(void)at(240 * S, "A", RECORD_ALERT);
	take();
	step(301 * S, "B", "gate", STEP_FAILED);
	say();
	assert_string_equal(drawn, "  18:05   1 of 2 meters activated,  1 longer than the limit without supply,  1 AD1,  1 ended early\n");
}

static void phase(int64_t t_ns, const char *slot, enum phase to)
{
	at(t_ns, slot, RECORD_PHASE)->data.phase.phase = to;
	take();
}

static void bytes(int64_t t_ns, const char *slot, int64_t done)
{
	at(t_ns, slot, RECORD_PROGRESS)->data.progress.done_bytes = done;
	record.data.progress.total_bytes = 8000;
	take();
}

static void an_image_that_is_on_its_way_is_shown(void **state)
{
	(void)state;
	step(9 * S, "A", "transfer", STEP_BEGIN);
	edge(9 * S, "A", "pins.17", 1);
	phase(10 * S, "A", PHASE_TRANSFER);
	assert_false(picture_has_transfers(&picture));
	bytes(10 * S, "A", 50);
	assert_true(picture_has_transfers(&picture));
	bytes(14 * S, "A", 4050);
	draw(LIMIT, 0);
	assert_string_equal(line_of(2), "  A      010A030B  transfer  on   ============............       50 %          1.0 kB/s, 4 s left");
	phase(18 * S, "A", PHASE_VERIFY);
	draw(LIMIT, 0);
	assert_string_equal(line_of(2), "  A      010A030B  transfer  on   ...............|........                     ");
	assert_false(picture_has_transfers(&picture));
}

static void a_log_has_a_line_of_images(void **state)
{
	FILE *out;

	(void)state;
	wire("B", "pins.18", "010A030C");
	wire("C", "pins.19", "010A030C");
	phase(10 * S, "A", PHASE_TRANSFER);
	bytes(10 * S, "A", 0);
	bytes(14 * S, "A", 4000);
	phase(14 * S, "C", PHASE_TRANSFER);
	bytes(15 * S, "C", 50);
	free(drawn);
	drawn = NULL;
	out = open_memstream(&drawn, &drawn_size);
	picture_say_transfers(&picture, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(drawn, "  18:00:15  A 50 %, C 0 %; 1.0 kB/s, 4 s left\n");
}

static int tear_down(void **state)
{
	(void)state;
	free(drawn);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_slot_of_the_run_has_a_row, fresh),
		cmocka_unit_test_setup(it_shows_the_step_and_whether_the_hub_is_supplied, fresh),
		cmocka_unit_test_setup(outages_count_from_the_activation_to_the_watch_s_end, fresh),
		cmocka_unit_test_setup(an_outage_that_goes_on_grows_with_the_night, fresh),
		cmocka_unit_test_setup(alerts_of_controls_are_counted_apart, fresh),
		cmocka_unit_test_setup(a_slot_that_failed_has_ended_and_says_why, fresh),
		cmocka_unit_test_setup(time_never_goes_back, fresh),
		cmocka_unit_test_setup(more_slots_than_there_are_rows_are_left_out, fresh),
		cmocka_unit_test_setup(nothing_has_a_drawing_too, fresh),
		cmocka_unit_test_setup(it_has_three_lines_more_than_rows, fresh),
		cmocka_unit_test_setup(no_line_is_too_long_for_a_terminal, fresh),
		cmocka_unit_test_setup(the_bar_marks_any_limit, fresh),
		cmocka_unit_test_setup(a_log_has_a_line_of_numbers, fresh),
		cmocka_unit_test_setup(an_image_that_is_on_its_way_is_shown, fresh),
		cmocka_unit_test_setup(a_log_has_a_line_of_images, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
