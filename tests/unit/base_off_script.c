/* The off script: what is expected, how groups are walked, and what a receiver refuses. */

#include "rig/base/crc16.h"
#include "rig/base/instant.h"
#include "rig/base/off_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct off_script script;

static struct off_exchange exchange(enum off_exchange_kind kind, unsigned causes, uint8_t bus)
{
	struct off_exchange made = {.name = "relays.1", .kind = (uint8_t)kind, .causes = (uint8_t)causes, .bus = bus};
	uint8_t answer[8] = {1, 1, 1, 0x00};

	memcpy(made.answer, answer, sizeof answer);
	made.request_size = 8;
	made.answer_size = (uint8_t)crc16_modbus_append(made.answer, 4);
	memset(made.mask, 0xFF, 3);
	made.mask[3] = 0x05;
	return made;
}

static int set_up(void **state)
{
	const struct off_bus bus = {.name = "/dev/ttyUSB0", .gap_ns = 4 * NS_PER_MS, .answer_ns = NS_PER_S, .quiet_ns = 20 * NS_PER_MS,
				    .drain_ns = NS_PER_S, .quiet_max_ns = 2 * NS_PER_S, .tries = 3};
	uint8_t index;
	int i;

	(void)state;
	memset(&script, 0, sizeof script);
	for (i = 0; i < 2; i++) {
		assert_true(off_script_add_bus(&script, &bus, &index, NULL));
		assert_int_equal(index, i);
	}
	return 0;
}

static void add(struct off_exchange made)
{
	assert_true(off_script_add_exchange(&script, &made, NULL));
}

static void bits_outside_the_mask_do_not_matter_but_the_check_does(void **state)
{
	struct off_exchange made = exchange(OFF_CHECK, OFF_CAUSE_RIG, 0);
	uint8_t heard[8] = {1, 1, 1, 0xFA};

	(void)state;
	crc16_modbus_append(heard, 4);
	assert_true(off_exchange_holds(&made, heard, 6));
	assert_false(off_exchange_holds(&made, heard, 5));
	heard[5] ^= 1;
	assert_false(off_exchange_holds(&made, heard, 6));
	heard[3] = 0x04;
	crc16_modbus_append(heard, 4);
	assert_false(off_exchange_holds(&made, heard, 6));
	heard[3] = 0x00, heard[0] = 2;
	crc16_modbus_append(heard, 4);
	assert_false(off_exchange_holds(&made, heard, 6));
}

static void groups_are_walked_by_bus_and_cause(void **state)
{
	(void)state;
	add(exchange(OFF_WRITE, OFF_CAUSE_RIG, 0));                    /* 0 */
	add(exchange(OFF_WRITE, OFF_CAUSE_PERSON, 1));                 /* 1 */
	add(exchange(OFF_CHECK, OFF_CAUSE_RIG, 0));                    /* 2 */
	add(exchange(OFF_WRITE, OFF_CAUSE_PERSON | OFF_CAUSE_RIG, 0)); /* 3 */
	add(exchange(OFF_WRITE, OFF_CAUSE_PERSON, 0));                 /* 4 */
	add(exchange(OFF_CHECK, OFF_CAUSE_PERSON | OFF_CAUSE_RIG, 0)); /* 5 */
	add(exchange(OFF_CHECK, OFF_CAUSE_PERSON, 1));                 /* 6 */
	assert_true(off_script_check(&script, NULL));
	assert_int_equal(off_script_next(&script, 0, OFF_CAUSE_RIG, -1), 0);
	assert_int_equal(off_script_next(&script, 0, OFF_CAUSE_RIG, 2), 3);
	assert_int_equal(off_script_next(&script, 0, OFF_CAUSE_RIG, 3), 5);
	assert_int_equal(off_script_next(&script, 0, OFF_CAUSE_RIG, 5), -1);
	assert_int_equal(off_script_next(&script, 0, OFF_CAUSE_PERSON, -1), 3);
	assert_int_equal(off_script_next(&script, 1, OFF_CAUSE_RIG, -1), -1);
	assert_int_equal(off_script_next(&script, 1, OFF_CAUSE_PERSON, 1), 6);
	assert_int_equal(off_script_closing(&script, 0, OFF_CAUSE_RIG), 2);
	assert_int_equal(off_script_closing(&script, 3, OFF_CAUSE_PERSON), 5);
	assert_int_equal(off_script_closing(&script, 5, OFF_CAUSE_RIG), 5);
	assert_int_equal(off_script_closing(&script, 1, OFF_CAUSE_PERSON), 6);
}

static void what_is_written_and_not_read_back_is_refused(void **state)
{
	struct error error;

	(void)state;
	add(exchange(OFF_WRITE, OFF_CAUSE_PERSON | OFF_CAUSE_RIG, 0));
	add(exchange(OFF_CHECK, OFF_CAUSE_RIG, 0));
	assert_false(off_script_check(&script, &error));
	assert_non_null(strstr(error.text, "relays.1 is written and never read back"));
	add(exchange(OFF_CHECK, OFF_CAUSE_PERSON, 0));
	assert_true(off_script_check(&script, &error));
}

/* A receiver must survive any bytes: flip each byte of the first entries and the counts. */
static void a_damaged_script_is_refused_or_harmless(void **state)
{
	struct off_line line = {.name = "pins.5", .causes = OFF_CAUSE_RIG, .level = 0, .request = 0, .line = 3};
	static struct off_script damaged;
	unsigned refused = 0;
	size_t at;
	int value;

	(void)state;
	assert_true(off_script_add_line(&script, &line, NULL));
	add(exchange(OFF_WRITE, OFF_CAUSE_RIG, 0));
	add(exchange(OFF_CHECK, OFF_CAUSE_RIG, 0));
	assert_true(off_script_check(&script, NULL));
	for (at = 0; at < sizeof script; at += at < 200 ? 1 : 97) {
		for (value = 0; value < 256; value += 51) {
			damaged = script;
			((unsigned char *)&damaged)[at] = (unsigned char)value;
			refused += !off_script_check(&damaged, NULL);
		}
	}
	assert_true(refused > 30);
	damaged = script;
	damaged.exchanges[0].bus = 2;
	assert_false(off_script_check(&damaged, NULL));
	damaged = script;
	damaged.exchanges[0].answer_size = OFF_FRAME_MAX + 1;
	assert_false(off_script_check(&damaged, NULL));
	damaged = script;
	damaged.exchange_count = -1;
	assert_false(off_script_check(&damaged, NULL));
	damaged = script;
	memset(damaged.lines[0].name, 'x', OFF_NAME_SIZE);
	assert_false(off_script_check(&damaged, NULL));
	damaged = script;
	damaged.buses[0].tries = 0;
	assert_false(off_script_check(&damaged, NULL));
}

static void a_script_that_is_full_says_so(void **state)
{
	struct off_exchange made = exchange(OFF_CHECK, OFF_CAUSE_RIG, 0);
	struct error error;
	int i;

	(void)state;
	for (i = 0; i < OFF_EXCHANGES_MAX; i++)
		add(made);
	assert_false(off_script_add_exchange(&script, &made, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bits_outside_the_mask_do_not_matter_but_the_check_does, set_up),
		cmocka_unit_test_setup(groups_are_walked_by_bus_and_cause, set_up),
		cmocka_unit_test_setup(what_is_written_and_not_read_back_is_refused, set_up),
		cmocka_unit_test_setup(a_damaged_script_is_refused_or_harmless, set_up),
		cmocka_unit_test_setup(a_script_that_is_full_says_so, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
