/* The dashboard without a terminal: what a model makes of lines, what keys do to a view, how a replay moves, and texts as cells. */

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/duration.h"
#include "rig/dashboard/outage_clock.h"
#include "rig/dashboard/say.h"
#include "rig/dashboard/viewer.h"
#include "tests/support/shown_night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define MIN NS_PER_MIN

enum { A, B, C, D, E };

static struct shown_night shown;

static int fresh(void **state)
{
	(void)state;
	shown_night_init(&shown);
	return 0;
}

static int over(void **state)
{
	(void)state;
	shown_night_done(&shown);
	return 0;
}

static struct outage_clock clock_at(int slot, int64_t t_ns)
{
	shown_night_seek(&shown, t_ns);
	return outage_clock(shown.model, slot, t_ns);
}

/* The screen as text; to be freed. */
static char *screen(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	shown_night_draw(&shown, 40, 120, true);
	cells_print(out, &shown.cells);
	cells_print_colours(out, &shown.cells);
	(void)fclose(out);
	return text;
}

/* ---- Outage clocks ---- */

static void before_the_supply_went_there_is_no_clock(void **state)
{
	struct outage_clock clock = clock_at(A, 5 * MIN);

	(void)state;
	assert_false(clock.any);
	assert_string_equal(clock_zone_word(&clock), "");
	assert_int_equal(outage_clock_first(shown.model, 5 * MIN), -1);
}

static void an_outage_counts_as_long_as_the_rig_is_heard(void **state)
{
	struct outage_clock clock = clock_at(A, 77 * MIN);

	(void)state;
	assert_true(clock.any && clock.running && !clock.by_rig);
	assert_int_equal(clock.hi_ns, 60 * S);
	assert_int_equal(clock.lo_ns, 60 * S); /* its contact bounced, which leaves no doubt */
	assert_string_equal(clock_zone_word(&clock), "runs");
	/* Nothing came for 10 s, and the rig is heard: the supply is still away. */
	clock = outage_clock(shown.model, A, 77 * MIN + 10 * S);
	assert_int_equal(clock.hi_ns, 70 * S);
	/* It is not heard: what is known ends with the last line. */
	clock = outage_clock(shown.model, A, shown.model->t_ns);
	assert_true(clock.hi_ns <= 60 * S);
}

static void beyond_the_limit_and_u_it_is_more(void **state)
{
	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	assert_int_equal(outage_clock(shown.model, A, 76 * MIN + 180 * S).zone, ZONE_NEAR);
	assert_int_equal(outage_clock(shown.model, A, 76 * MIN + 181 * S).zone, ZONE_ABOVE);
}

static void it_ends_with_the_length_that_the_judge_says(void **state)
{
	struct outage_clock clock = clock_at(A, 100 * MIN);

	(void)state;
	assert_false(clock.running);
	assert_int_equal(clock.hi_ns, 250 * S);
	assert_string_equal(clock.cause, "firmware-activate");
	assert_string_equal(clock_zone_word(&clock), "MORE");
	assert_string_equal(clock_zone_word((clock = clock_at(E, 100 * MIN), &clock)), "less");
}

static void a_lost_edge_leaves_bounds(void **state)
{
	struct outage_clock clock = clock_at(B, 100 * MIN);
	char words[CLOCK_TEXT_SIZE];

	(void)state;
	assert_true(clock.hi_ns > clock.lo_ns + 50 * NS_PER_MS);
	clock_words(words, &clock);
	assert_non_null(strstr(words, "between "));
}

static void a_supply_that_is_back_and_stays_has_ended_its_outage_before_the_next_line_says_so(void **state)
{
	struct outage_clock clock = clock_at(A, 76 * MIN + 250 * S + S);

	(void)state;
	assert_false(clock.running);
	assert_int_equal(clock.hi_ns, 250 * S);
}

static void what_the_rig_cuts_is_its_own(void **state)
{
	struct outage_clock clock = clock_at(A, 14 * MIN);

	(void)state;
	assert_true(clock.running && clock.by_rig);
	assert_int_equal(clock.planned_ns, 240 * S);
	assert_string_equal(clock_zone_word(&clock), "rig");
	assert_false(clock_at(A, 20 * MIN).any); /* and no figure of the meter's */
}

static void what_is_switched_off_at_the_end_is_no_outage(void **state)
{
	struct record off = {.kind = RECORD_ANNOUNCE, .t_ns = 90 * MIN, .slot = "D"}, fall = {.kind = RECORD_EDGE, .t_ns = 91 * MIN, .slot = "A"};
	struct outage_clock clock;

	(void)state;
	shown_night_seek(&shown, 90 * MIN);
	off.data.announce.action = ANNOUNCED_OFF;
	model_take(shown.model, &off);
	text_copy(off.slot, sizeof off.slot, "A");
	model_take(shown.model, &off);
	text_copy(fall.data.edge.channel, sizeof fall.data.edge.channel, "pins.supply0");
	fall.data.edge.seqno = 7;
	model_take(shown.model, &fall);
	model_conclude(shown.model);
	clock = outage_clock(shown.model, A, 95 * MIN);
	assert_int_equal(clock.hi_ns, 250 * S);
	/* And one that went on by then was so long, and more: nobody knows how much. */
	clock = outage_clock(shown.model, D, 95 * MIN);
	assert_false(clock.running);
	assert_true(clock.hi_ns == INSTANT_NEVER && clock.lo_ns <= 14 * MIN && clock.lo_ns > 13 * MIN);
}

static void the_meter_s_running_one_comes_first(void **state)
{
	(void)state;
	shown_night_seek(&shown, 82 * MIN);
	assert_int_equal(outage_clock_first(shown.model, 82 * MIN), D);
	shown_night_seek(&shown, 120 * MIN);
	assert_int_equal(outage_clock_first(shown.model, 120 * MIN), D);
}

static void each_observer_has_its_mark(void **state)
{
	struct outage_clock clock = clock_at(A, 79 * MIN);
	struct record deaf = {.kind = RECORD_HEALTH, .t_ns = 79 * MIN, .slot = "A"};

	(void)state;
	assert_int_equal(outage_alert(shown.model, A, &clock, 0), MARK_NONE);
	text_copy(deaf.data.health.observer, sizeof deaf.data.health.observer, "console");
	model_take(shown.model, &deaf);
	assert_int_equal(outage_alert(shown.model, A, &clock, 0), MARK_DEAF);
	clock = clock_at(A, 80 * MIN);
	assert_int_equal(outage_alert(shown.model, A, &clock, 0), MARK_AD1);
	clock = clock_at(A, 179 * MIN); /* those of controls that came later are not its own */
	assert_int_equal(outage_alert(shown.model, A, &clock, 0), MARK_AD1);
	clock = clock_at(E, 179 * MIN);
	assert_int_equal(outage_alert(shown.model, E, &clock, 0), MARK_NONE);
}

/* ---- Other facts ---- */

static void a_transfer_has_a_rate_and_a_time_that_is_left(void **state)
{
	(void)state;
	shown_night_seek(&shown, 45 * MIN + 30 * S);
	assert_int_equal(transfer_rate(&shown.model->slots[A].transfer), 0);
	assert_int_equal(transfer_left_ns(&shown.model->slots[A].transfer), INSTANT_NEVER);
	shown_night_seek(&shown, 50 * MIN);
	assert_in_range(transfer_rate(&shown.model->slots[A].transfer), 99, 100);
	assert_in_range(transfer_left_ns(&shown.model->slots[A].transfer) / S, 1200, 1213);
}

static void an_input_that_nobody_recorded_is_not_known(void **state)
{
	struct record boot = {.kind = RECORD_BOOT, .t_ns = 78 * MIN + S};
	const struct channel_value *supply;

	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	supply = &shown.model->channels[shown.model->slots[A].supply];
	assert_int_equal(supply->level, 0);
	model_take(shown.model, &boot);
	assert_int_equal(supply->level, -1);
	assert_string_equal(supply->text, "not known");
	assert_int_equal(channel_level_at(supply, 78 * MIN + S), -1);
	assert_int_equal(channel_level_at(supply, 77 * MIN), 0);
	assert_int_equal(channel_level_at(supply, 70 * MIN), 1);
}

static void a_question_is_shown_until_it_is_answered(void **state)
{
	struct record record = {.kind = RECORD_STEP, .slot = "A", .data.step = {.step = 3, .state = STEP_BEGIN}};
	char *text;

	(void)state;
	shown_night_seek(&shown, 5 * MIN);
	record.t_ns = shown.model->t_ns;
	strcpy(record.data.step.verb, "prompt");
	strcpy(record.data.step.text, "lamp green?");
	model_take(shown.model, &record);
	text = screen();
	assert_non_null(strstr(text, "asks: lamp green?"));
	free(text);
	record.data.step.state = STEP_DONE;
	record.data.step.text[0] = '\0';
	model_take(shown.model, &record);
	text = screen();
	assert_null(strstr(text, "asks:"));
	free(text);
}

static void what_is_dangerous_is_said(void **state)
{
	struct record safety = {.kind = RECORD_SAFETY, .t_ns = 78 * MIN};

	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	assert_true(model_armed(shown.model) && model_mains_live(shown.model) && model_certified(shown.model));
	assert_false(model_simulated(shown.model));
	safety.data.safety.input = SAFETY_ARM;
	model_take(shown.model, &safety);
	assert_false(model_armed(shown.model));
}

static void every_kind_of_line_has_a_text(void **state)
{
	char text[SAY_SIZE];
	struct record record;
	int64_t line;

	(void)state;
	for (line = 0; line < shown.archive.end; line++) {
		archive_get(&shown.archive, line, &record);
		say_record(text, &record);
		if (!text[0] && record.kind != RECORD_EXPECT)
			fail_msg("line %lld, %s", (long long)line, record_kind_name(record.kind));
	}
	archive_get(&shown.archive, 0, &record);
	record.kind = RECORD_BAND;
	record.data.band.never_ns = 170 * S;
	say_record(text, &record);
	assert_non_null(strstr(text, "never 170.000 s"));
}

static void ages_fit_into_five_columns(void **state)
{
	static const struct { int64_t ns; const char *text; } cases[] = {
		{-1, "0s"}, {0, "0s"}, {59 * S + 999999999, "59s"}, {60 * S, "1m00"}, {599 * S, "9m59"}, {600 * S, "10m"}, {3599 * S, "59m"},
		{3600 * S, "1h00"}, {36000 * S, "10h"}, {359999 * S, "99h"}, {360000 * S, "4d"}, {INT64_MAX, "106751d"}};
	char text[DURATION_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		duration_age(text, cases[i].ns);
		assert_string_equal(text, cases[i].text);
	}
}

/* ---- Replay ---- */

static void forwards_and_back_it_is_the_same_screen(void **state)
{
	static const int64_t instants[] = {0, 14, 50, 76, 78, 80, 82, 151, 180};
	enum { COUNT = sizeof instants / sizeof *instants };
	char *straight[COUNT], *now;
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		shown_night_seek(&shown, instants[i] * MIN);
		straight[i] = screen();
	}
	for (i = 0; i < COUNT; i++)
		for (j = COUNT; j-- > 0;) {
			shown_night_seek(&shown, instants[i] * MIN);
			shown_night_seek(&shown, instants[j] * MIN);
			now = screen();
			assert_string_equal(now, straight[j]);
			free(now);
		}
	for (i = 0; i < COUNT; i++)
		free(straight[i]);
}

static void time_passes_as_fast_as_wanted_and_not_in_a_pause(void **state)
{
	struct player *player = &shown.player;

	(void)state;
	player_advance(player, 2 * S);
	assert_int_equal(player->t_ns, 2 * S);
	player_speed(player, true);
	player_speed(player, true);
	player_advance(player, 2 * S);
	assert_int_equal(player->t_ns, 10 * S);
	player_speed(player, false);
	player->paused = true;
	player_advance(player, 100 * S);
	assert_int_equal(player->t_ns, 10 * S);
	player->paused = false;
	player_advance(player, 1 * S);
	assert_int_equal(player->t_ns, 12 * S);
	player_advance(player, INT64_MAX);
	assert_int_equal(player->t_ns, player->end_ns);
	assert_int_equal(player->next, shown.archive.end);
	player_seek(player, -5);
	assert_int_equal(player->t_ns, 0);
}

static void line_by_line_it_goes_over_each_once(void **state)
{
	int64_t line;

	(void)state;
	for (line = 1; line <= shown.archive.end; line += 7) {
		player_go(&shown.player, line);
		assert_int_equal(shown.model->lines, line);
	}
	player_go(&shown.player, 3);
	assert_int_equal(shown.model->lines, 3);
	assert_true(shown.player.paused);
	player_go(&shown.player, shown.archive.end + 1);
	player_go(&shown.player, -1);
	assert_int_equal(shown.model->lines, 3);
}

/* ---- Lines that are kept ---- */

static void lines_that_were_never_written_are_forgotten(void **state)
{
	static struct viewer viewer;
	struct record record;
	int64_t line, half = shown.archive.end / 2;

	(void)state;
	viewer_init(&viewer);
	for (line = 0; line < shown.archive.end; line++) {
		archive_get(&shown.archive, line, &record);
		viewer_take(&viewer, &record);
	}
	viewer_lose(&viewer, (uint64_t)(shown.archive.end - half));
	assert_int_equal(viewer.archive.end, half);
	player_go(&shown.player, half);
	assert_int_equal(viewer.model->lines, shown.model->lines);
	assert_int_equal(viewer.model->t_ns, shown.model->t_ns);
	assert_int_equal(viewer.model->seq, shown.model->seq);
	viewer_lose(&viewer, (uint64_t)half);
	assert_int_equal(viewer.archive.end, 0);
	viewer_draw(&viewer, 24, 80, true);
	viewer_done(&viewer);
}

static void what_is_not_heard_any_more_does_not_count_on(void **state)
{
	static struct viewer viewer;
	struct record record;
	int64_t line;

	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	viewer_init(&viewer);
	for (line = 0; line < shown.player.next; line++) {
		archive_get(&shown.archive, line, &record);
		viewer_take(&viewer, &record);
	}
	viewer.heard_at_ns -= 40 * S;
	viewer.status.link = LINK_LIVE;
	viewer_draw(&viewer, 24, 80, true);
	assert_true(viewer.status.now_ns >= viewer.model->t_ns + 40 * S);
	assert_true(viewer.status.heard_ns == viewer.status.now_ns);
	viewer.status.link = LINK_LOST;
	viewer_draw(&viewer, 24, 80, true);
	assert_true(viewer.status.now_ns >= viewer.model->t_ns + 40 * S); /* ages go on */
	assert_true(viewer.status.heard_ns == viewer.model->t_ns);
	assert_int_equal(viewer.cells.at[10][4].colour, COLOUR_DIM);
	viewer.status.link = LINK_ENDED;
	viewer_draw(&viewer, 24, 80, true);
	assert_true(viewer.status.now_ns == viewer.model->t_ns);
	viewer_done(&viewer);
}

static void the_archive_gives_back_what_it_took(void **state)
{
	struct archive archive;
	struct record record, back;
	int64_t i;

	(void)state;
	archive_init(&archive);
	for (i = 0; i < 10000; i++) {
		archive_get(&shown.archive, i % shown.archive.end, &record);
		record.seq = (uint64_t)i;
		archive_add(&archive, &record);
	}
	for (i = 0; i < 10000; i++) {
		char took[SAY_SIZE], gave[SAY_SIZE];

		archive_get(&shown.archive, i % shown.archive.end, &record);
		archive_get(&archive, i, &back);
		say_record(took, &record);
		say_record(gave, &back);
		assert_string_equal(took, gave);
		assert_true(back.t_ns == record.t_ns && back.seq == (uint64_t)i && strcmp(back.slot, record.slot) == 0);
		assert_int_equal(archive_find(&archive, (uint64_t)i), i);
	}
	archive_cut(&archive, 4097);
	archive_cut(&archive, 4096);
	assert_int_equal(archive_find(&archive, 9000), 4095);
	archive_add(&archive, &record);
	assert_int_equal(archive.end, 4097);
	archive_cut(&archive, 0);
	assert_int_equal(archive_find(&archive, 0), -1);
	archive_done(&archive);
}

/* ---- Keys ---- */

static void no_key_means_two_things(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < key_table_count; i++) {
		assert_int_equal(key_request(key_table[i].key, true), key_table[i].request);
		if (key_table[i].other_key != KEY_OF_NONE)
			assert_int_equal(key_request(key_table[i].other_key, true), key_table[i].request);
		for (j = 0; j < i; j++)
			assert_int_not_equal(key_table[i].request, key_table[j].request);
	}
	assert_int_equal(key_request(' ', false), REQUEST_NONE);
	assert_int_equal(key_request(0x4E2D, true), REQUEST_NONE);
	assert_int_equal(key_request(KEY_OF_NONE, true), REQUEST_NONE);
}

static void every_request_has_its_key_and_its_help(void **state)
{
	bool has[REQUEST_COUNT] = {true}; /* none needs no key */
	char *text;
	size_t i;

	(void)state;
	(void)shown_night_press(&shown, '?');
	shown_night_draw(&shown, 80, 120, true);
	text = NULL;
	{
		size_t size;
		FILE *out = open_memstream(&text, &size);

		cells_print(out, &shown.cells);
		(void)fclose(out);
	}
	for (i = 0; i < key_table_count; i++) {
		has[key_table[i].request] = true;
		assert_non_null(strstr(text, key_table[i].about));
	}
	for (i = 0; i < REQUEST_COUNT; i++)
		assert_true(has[i]);
	assert_non_null(strstr(text, "Whatever becomes of this viewer"));
	free(text);
}

static void while_a_text_is_typed_no_key_does_anything_else(void **state)
{
	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	(void)shown_night_press(&shown, 'f');
	assert_int_equal(shown_night_press(&shown, 'q'), REQUEST_NONE);
	assert_int_equal(shown_night_press(&shown, '1'), REQUEST_NONE);
	assert_int_equal(shown.view.screen, SCREEN_JOURNAL);
	assert_string_equal(shown.view.typed, "q1");
	(void)shown_night_press(&shown, KEY_OF_BACKSPACE);
	(void)shown_night_press(&shown, 0x1B);
	assert_string_equal(shown.view.filter, "");
	assert_int_equal(shown_night_press(&shown, 'q'), REQUEST_QUIT);
}

static void esc_goes_back_to_where_one_was(void **state)
{
	(void)state;
	shown_night_seek(&shown, 78 * MIN);
	(void)shown_night_press(&shown, 'j');
	(void)shown_night_press(&shown, KEY_OF_ENTER);
	assert_int_equal(shown.view.screen, SCREEN_SLOT);
	assert_int_equal(shown.view.slot, B);
	(void)shown_night_press(&shown, 'l');
	assert_int_equal(shown.view.screen, SCREEN_JOURNAL);
	assert_string_equal(archive_head(&shown.archive, shown.view.line)->slot, "B");
	(void)shown_night_press(&shown, KEY_OF_ESCAPE);
	(void)shown_night_press(&shown, KEY_OF_ESCAPE);
	(void)shown_night_press(&shown, KEY_OF_ESCAPE);
	assert_int_equal(shown.view.screen, SCREEN_BENCH);
}

static void a_figure_leads_to_the_line_that_it_rests_on(void **state)
{
	struct record record;

	(void)state;
	shown_night_seek(&shown, 79 * MIN);
	(void)shown_night_press(&shown, 'l');
	archive_get(&shown.archive, shown.view.line, &record);
	assert_int_equal(record.kind, RECORD_EDGE);
	assert_int_equal(record.t_ns, 76 * MIN);
	assert_string_equal(record.slot, "A");
	(void)shown_night_press(&shown, '3');
	(void)shown_night_press(&shown, 'l');
	archive_get(&shown.archive, shown.view.line, &record);
	assert_string_equal(record.slot, "A");
	assert_true(record.seq == shown.model->channels[0].said.seq);
}

/* Ten thousand keys, times and sizes, drawn; whatever comes out of that, nothing points to what is not there. */
static void a_storm_of_keys_and_sizes_does_no_harm(void **state)
{
	uint64_t random = 20261126;
	int i;

	(void)state;
	shown.by_hand = true;
	print_message("seed %llu\n", (unsigned long long)random);
	for (i = 0; i < 10000; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (i % 100 == 0)
			shown_night_seek(&shown, (int64_t)(random >> 33) % (181 * MIN));
		if (i % 4)
			(void)shown_night_press(&shown, key_table[(random >> 40) % key_table_count].key);
		else
			(void)shown_night_press(&shown, (int32_t)((random >> 20) % 0x110020));
		if (i % 50 == 0)
			shown_night_draw(&shown, (int)((random >> 24) % 130), (int)((random >> 44) % 330), random >> 63);
		assert_in_range(shown.view.slot, 0, 4);
		assert_true(shown.view.line < shown.player.next);
	}
}

/* ---- Texts as cells ---- */

static void hostile_texts_become_harmless_glyphs(void **state)
{
	static const struct { const char *text, *shown; } cases[] = {
		{"a\033[2Jb", "a?[2Jb"}, {"\a\b\t\r\n\177", "??????"}, {"\302\233m", "?m"}, {"\xff\xfe", "??"}, {"\xe4\xb8", "??"},
		{"\344\270\255", "?"}, {"e\314\201", "e?"}, {"\342\200\256", "?"}, {"\357\273\277", "?"}, {"\360\237\230\200", "?"},
		{"\303\274\316\251\320\226", "\303\274\316\251\320\226"}, {"\302\255", "?"}, {"\302\240", "?"}, {"\315\217", "?"}};
	char *text = NULL;
	size_t size, i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		FILE *out = open_memstream(&text, &size);

		cells_clear(&shown.cells, 1, 40, false);
		assert_int_equal(cells_put(&shown.cells, 0, 0, 40, pen(COLOUR_PLAIN), cases[i].text), cells_width(cases[i].text));
		cells_print(out, &shown.cells);
		(void)fclose(out);
		text[strcspn(text, "\n")] = '\0';
		assert_string_equal(text, cases[i].shown);
		free(text);
	}
}

static void a_text_that_is_too_long_says_so_and_nothing_is_drawn_outside(void **state)
{
	(void)state;
	cells_clear(&shown.cells, 2, 10, true);
	assert_int_equal(cells_put(&shown.cells, 0, 0, 4, pen(COLOUR_PLAIN), "abcdef"), 4);
	assert_int_equal(shown.cells.at[0][3].glyph, '~');
	assert_int_equal(shown.cells.at[0][4].glyph, ' ');
	(void)cells_put(&shown.cells, 1, 8, 10, pen(COLOUR_PLAIN), "xyz");
	(void)cells_put(&shown.cells, -1, 0, 10, pen(COLOUR_PLAIN), "xyz");
	(void)cells_put(&shown.cells, 2, 0, 10, pen(COLOUR_PLAIN), "xyz");
	cells_mark(&shown.cells, 1, -5, 100, ATTRIBUTE_REVERSE);
	assert_int_equal(shown.cells.at[1][9].glyph, 'y');
	assert_int_equal(shown.cells.at[1][0].attributes, ATTRIBUTE_REVERSE);
	cells_put_right(&shown.cells, 1, 0, 3, pen(COLOUR_PLAIN), "5");
	assert_int_equal(shown.cells.at[1][2].glyph, '5');
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fresh, over)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(before_the_supply_went_there_is_no_clock),
		CASE(an_outage_counts_as_long_as_the_rig_is_heard),
		CASE(beyond_the_limit_and_u_it_is_more),
		CASE(it_ends_with_the_length_that_the_judge_says),
		CASE(a_lost_edge_leaves_bounds),
		CASE(a_supply_that_is_back_and_stays_has_ended_its_outage_before_the_next_line_says_so),
		CASE(what_the_rig_cuts_is_its_own),
		CASE(what_is_switched_off_at_the_end_is_no_outage),
		CASE(the_meter_s_running_one_comes_first),
		CASE(each_observer_has_its_mark),
		CASE(a_transfer_has_a_rate_and_a_time_that_is_left),
		CASE(an_input_that_nobody_recorded_is_not_known),
		CASE(a_question_is_shown_until_it_is_answered),
		CASE(what_is_dangerous_is_said),
		CASE(every_kind_of_line_has_a_text),
		CASE(ages_fit_into_five_columns),
		CASE(forwards_and_back_it_is_the_same_screen),
		CASE(time_passes_as_fast_as_wanted_and_not_in_a_pause),
		CASE(line_by_line_it_goes_over_each_once),
		CASE(lines_that_were_never_written_are_forgotten),
		CASE(what_is_not_heard_any_more_does_not_count_on),
		CASE(the_archive_gives_back_what_it_took),
		CASE(no_key_means_two_things),
		CASE(every_request_has_its_key_and_its_help),
		CASE(while_a_text_is_typed_no_key_does_anything_else),
		CASE(esc_goes_back_to_where_one_was),
		CASE(a_figure_leads_to_the_line_that_it_rests_on),
		CASE(a_storm_of_keys_and_sizes_does_no_harm),
		CASE(hostile_texts_become_harmless_glyphs),
		CASE(a_text_that_is_too_long_says_so_and_nothing_is_drawn_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
