/* How far an image is, from the lines of its slot. */

#include "rig/journal/transfer.h"

#include "rig/base/instant.h"
#include "rig/bench/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define S NS_PER_S

static struct transfer transfer;

static void take_phase(int64_t t_ns, enum phase phase)
{
	struct record record = {.kind = RECORD_PHASE, .t_ns = t_ns};

	record.data.phase.phase = phase;
	transfer_take(&transfer, &record);
}

static void take_bytes(int64_t t_ns, int64_t done, int64_t total)
{
	struct record record = {.kind = RECORD_PROGRESS, .t_ns = t_ns};

	record.data.progress.done_bytes = done;
	record.data.progress.total_bytes = total;
	transfer_take(&transfer, &record);
}

static void take_step(enum step_state state)
{
	struct record record = {.kind = RECORD_STEP};

	record.data.step.state = state;
	transfer_take(&transfer, &record);
}

static const char *words(void)
{
	static char bytes[120];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	transfer_put(&text, &transfer);
	return bytes;
}

static int fresh(void **state)
{
	(void)state;
	memset(&transfer, 0, sizeof transfer);
	take_phase(10 * S, PHASE_ENTER);
	take_phase(20 * S, PHASE_TRANSFER);
	return 0;
}

static void it_goes_on_from_its_first_bytes_to_the_next_phase(void **state)
{
	(void)state;
	assert_false(transfer_goes_on(&transfer));
	take_bytes(20 * S, 50, 8000);
	assert_true(transfer_goes_on(&transfer));
	take_phase(21 * S, PHASE_TRANSFER); /* said again, nothing begins anew */
	assert_true(transfer_goes_on(&transfer));
	take_bytes(30 * S, 8000, 8000);
	assert_true(transfer_goes_on(&transfer));
	take_phase(30 * S, PHASE_VERIFY);
	assert_false(transfer_goes_on(&transfer));
}

static void a_step_that_ends_ends_it(void **state)
{
	(void)state;
	take_bytes(20 * S, 50, 8000);
	take_step(STEP_BEGIN);
	assert_true(transfer_goes_on(&transfer));
	take_step(STEP_FAILED);
	assert_false(transfer_goes_on(&transfer));
}

static void rate_and_time_left_are_known_from_the_second_line_on(void **state)
{
	(void)state;
	take_bytes(20 * S, 500, 100500);
	assert_string_equal(words(), "500 of 100500 bytes, 0 %");
	assert_int_equal(transfer_left_ns(&transfer), INSTANT_NEVER);
	take_bytes(30 * S, 10500, 100500);
	assert_int_equal(transfer_rate(&transfer), 1000);
	assert_int_equal(transfer_left_ns(&transfer), 90 * S);
	assert_string_equal(words(), "10500 of 100500 bytes, 10 %, 1.0 kB/s, 90 s left");
	take_bytes(120 * S, 100500, 100500);
	assert_string_equal(words(), "100500 of 100500 bytes, 100 %, 1.0 kB/s");
}

static void what_was_there_before_does_not_count_as_fast(void **state)
{
	(void)state;
	take_bytes(20 * S, 90000, 100000);
	take_bytes(30 * S, 91000, 100000);
	assert_string_equal(words(), "91000 of 100000 bytes, 91 %, 100 B/s, 90 s left");
}

static void long_times_are_told_in_minutes_and_hours(void **state)
{
	(void)state;
	take_bytes(20 * S, 0, 1000000);
	take_bytes(120 * S, 20000, 1000000);
	assert_string_equal(words(), "20000 of 1000000 bytes, 2 %, 200 B/s, 81 min left");
	take_bytes(1020 * S, 50000, 1000000);
	assert_string_equal(words(), "50000 of 1000000 bytes, 5 %, 50 B/s, 5.3 h left");
}

static void one_that_stands_still_has_no_end(void **state)
{
	(void)state;
	take_bytes(20 * S, 50, 8000);
	take_bytes(90 * S, 50, 8000);
	assert_string_equal(words(), "50 of 8000 bytes, 0 %");
}

static void drivers_tell_the_first_bytes_the_last_and_now_and_then(void **state)
{
	struct upgrade_told told = {.bytes = 0};

	(void)state;
	assert_true(upgrade_progress_is_due(&told, 50, 100000, 20 * S));
	assert_false(upgrade_progress_is_due(&told, 100, 100000, 20 * S + UPGRADE_TOLD_EVERY_NS - 1));
	assert_false(upgrade_progress_is_due(&told, 50, 100000, 60 * S)); /* nothing came */
	assert_true(upgrade_progress_is_due(&told, 100, 100000, 20 * S + UPGRADE_TOLD_EVERY_NS));
	assert_false(upgrade_progress_is_due(&told, 99 + UPGRADE_TOLD_EVERY_BYTES, 100000, 23 * S));
	assert_true(upgrade_progress_is_due(&told, 100 + UPGRADE_TOLD_EVERY_BYTES, 100000, 23 * S));
	assert_true(upgrade_progress_is_due(&told, 100000, 100000, 23 * S));
	assert_false(upgrade_progress_is_due(&told, 100000, 100000, 60 * S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_goes_on_from_its_first_bytes_to_the_next_phase, fresh),
		cmocka_unit_test_setup(a_step_that_ends_ends_it, fresh),
		cmocka_unit_test_setup(rate_and_time_left_are_known_from_the_second_line_on, fresh),
		cmocka_unit_test_setup(what_was_there_before_does_not_count_as_fast, fresh),
		cmocka_unit_test_setup(long_times_are_told_in_minutes_and_hours, fresh),
		cmocka_unit_test_setup(one_that_stands_still_has_no_end, fresh),
		cmocka_unit_test_setup(drivers_tell_the_first_bytes_the_last_and_now_and_then, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
