/* Keys of what is done by hand: nothing is switched by one of them alone. */

#include "rig/dashboard/key.h"
#include "tests/support/shown_night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct shown_night shown;

static int fresh(void **state)
{
	(void)state;
	shown_night_init(&shown);
	shown_night_seek(&shown, 78 * NS_PER_MIN);
	shown.by_hand = true;
	return 0;
}

static int over(void **state)
{
	(void)state;
	shown_night_done(&shown);
	return 0;
}

/* What the last of these keys wishes for. */
static enum hand_wish press(const char *keys)
{
	shown.wish = HAND_NOTHING;
	for (; *keys; keys++) {
		assert_int_equal(shown.wish, HAND_NOTHING); /* not before the last */
		(void)shown_night_press(&shown, *keys);
	}
	return shown.wish;
}

static const char *words(void)
{
	static char bytes[256];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	hand_words(&shown.hand, &text);
	return bytes;
}

static void a_cut_needs_its_length_and_then_a_second_key(void **state)
{
	(void)state;
	assert_int_equal(press("ajj\n"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_TYPING);
	assert_int_equal(press("\n"), HAND_NOTHING); /* no length, no cut */
	assert_int_equal(shown.hand.stage, HAND_TYPING);
	assert_int_equal(press("20s\n"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_SURE);
	assert_string_equal(words(), "hilrig hand A cut 20s");
	assert_int_equal(press("y"), HAND_DO);
	assert_string_equal(words(), "hilrig hand A cut 20s");
}

/* The line that is shown is the one that would be done: what was typed for another thing is no part of it. */
static void what_was_typed_goes_with_escape(void **state)
{
	(void)state;
	assert_int_equal(press("ajj\n20s\033k"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_CHOOSING);
	assert_null(strstr(words(), "20s"));
}

static void any_other_second_key_does_not_do_it(void **state)
{
	static const char others[] = "\nYqan x\033";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof others - 1; i++) {
		const char key[] = {others[i], '\0'};

		(void)press("ajj\n20s\n");
		assert_int_equal(shown.hand.stage, HAND_SURE);
		assert_int_equal(press(key), HAND_NOTHING);
		assert_int_equal(shown.hand.stage, HAND_CHOOSING);
		assert_string_equal(shown.hand.said, "not done");
		shown.hand.stage = HAND_CLOSED;
	}
}

static void what_is_not_allowed_says_why_and_goes_no_further(void **state)
{
	(void)state;
	assert_int_equal(press("a\n"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_CHOOSING);
	assert_string_equal(shown.hand.said, "it is on");
	assert_int_equal(press("y"), HAND_NOTHING);
	assert_int_equal(press("jjjj\n"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_CHOOSING);
}

/* Off is where everything is safe: it waits for nobody. */
static void off_needs_no_second_key(void **state)
{
	(void)state;
	assert_int_equal(press("ajjjjjjjjj\n"), HAND_DO);
	assert_string_equal(words(), "hilrig hand A off");
	assert_int_equal(shown.hand.stage, HAND_CHOOSING);
}

static void words_of_a_person_need_none_either(void **state)
{
	(void)state;
	assert_int_equal(press("ajjjjjjjjjjjj\nX a y\n"), HAND_DO);
	assert_string_equal(words(), "hilrig hand A note X a y");
	assert_int_equal(press("\033a"), HAND_NOTHING);
	assert_int_equal(press("jjjjjjjjjjj\nyes\n"), HAND_DO);
	assert_string_equal(words(), "hilrig hand A answer yes");
}

static void all_off_is_two_keys_wherever_one_is(void **state)
{
	static const char *const before[] = {"", "2", "4", "a", "ajj\n20s\n", "?"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof before / sizeof *before; i++) {
		assert_int_equal(press(before[i]), HAND_NOTHING);
		assert_int_equal(press("X"), HAND_NOTHING);
		assert_true(shown.hand.off_asked);
		assert_int_equal(press("X"), HAND_ALL_OFF);
		shown.hand.stage = HAND_CLOSED;
	}
	/* Where letters are text it is F9. */
	assert_int_equal(press("4/X"), HAND_NOTHING);
	assert_string_equal(shown.view.typed, "X");
	(void)shown_night_press(&shown, KEY_OF_F9);
	assert_int_equal(shown.wish, HAND_NOTHING);
	(void)shown_night_press(&shown, KEY_OF_F9);
	assert_int_equal(shown.wish, HAND_ALL_OFF);
}

static void one_key_between_takes_it_back_and_does_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(press("Xq"), HAND_NOTHING);
	assert_false(shown.hand.off_asked);
	assert_int_equal(press("X"), HAND_NOTHING);
	assert_int_equal(shown.view.screen, SCREEN_BENCH);
	assert_int_equal(press("4"), HAND_NOTHING);
	assert_int_equal(shown.view.screen, SCREEN_BENCH);
	assert_int_equal(press("ajj\n20s\nX"), HAND_NOTHING);
	assert_int_equal(press("y"), HAND_NOTHING); /* it was the answer to another question */
	assert_int_equal(shown.hand.stage, HAND_SURE);
	assert_int_equal(press("y"), HAND_DO);
}

static void nothing_can_be_asked_of_a_replay(void **state)
{
	(void)state;
	shown.by_hand = false;
	assert_int_equal(press("ajj\n20s\nyXX"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_CLOSED);
}

static void a_list_of_another_program_is_no_list(void **state)
{
	int i;

	(void)state;
	hand_open(&shown.hand, "A");
	hand_add(&shown.hand, "");
	hand_add(&shown.hand, "cut");
	hand_add(&shown.hand, "cut\t10min");
	assert_int_equal(shown.hand.count, 0);
	for (i = 0; i < 100; i++)
		hand_add(&shown.hand, "cut\t10min\t");
	assert_int_equal(shown.hand.count, HAND_ENTRIES_MAX);
	hand_list(&shown.hand, "this session comes over SSH");
	assert_null(hand_selected(&shown.hand));
	assert_int_equal(press("\n"), HAND_NOTHING);
	assert_int_equal(shown.hand.stage, HAND_CHOOSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_cut_needs_its_length_and_then_a_second_key, fresh, over),
		cmocka_unit_test_setup_teardown(what_was_typed_goes_with_escape, fresh, over),
		cmocka_unit_test_setup_teardown(any_other_second_key_does_not_do_it, fresh, over),
		cmocka_unit_test_setup_teardown(what_is_not_allowed_says_why_and_goes_no_further, fresh, over),
		cmocka_unit_test_setup_teardown(off_needs_no_second_key, fresh, over),
		cmocka_unit_test_setup_teardown(words_of_a_person_need_none_either, fresh, over),
		cmocka_unit_test_setup_teardown(all_off_is_two_keys_wherever_one_is, fresh, over),
		cmocka_unit_test_setup_teardown(one_key_between_takes_it_back_and_does_nothing_else, fresh, over),
		cmocka_unit_test_setup_teardown(nothing_can_be_asked_of_a_replay, fresh, over),
		cmocka_unit_test_setup_teardown(a_list_of_another_program_is_no_list, fresh, over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
