/* Numbers as people write them: exact, or refused with a reason. */

#include "rig/base/instant.h"
#include "rig/base/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MOST INT64_MAX

static int64_t duration(const char *text)
{
	int64_t amount = -1;

	assert_true(unit_read(text, UNIT_DURATION, INT64_MIN, MOST, &amount, NULL));
	return amount;
}

static int64_t voltage(const char *text)
{
	int64_t amount = -1;

	assert_true(unit_read(text, UNIT_VOLTAGE, INT64_MIN, MOST, &amount, NULL));
	return amount;
}

static void every_unit_has_its_size(void **state)
{
	(void)state;
	assert_int_equal(duration("1ns"), 1);
	assert_int_equal(duration("1us"), 1000);
	assert_int_equal(duration("250ms"), 250 * NS_PER_MS);
	assert_int_equal(duration("180s"), 180 * NS_PER_S);
	assert_int_equal(duration("15min"), 15 * NS_PER_MIN);
	assert_int_equal(duration("4h"), 4 * NS_PER_H);
	assert_int_equal(duration("2d"), 48 * NS_PER_H);
	assert_int_equal(voltage("9500mV"), 9500);
	assert_int_equal(voltage("12.0V"), 12000);
	assert_int_equal(voltage("0.23kV"), 230000);
}

static void fractions_are_exact(void **state)
{
	int64_t amount;

	(void)state;
	assert_int_equal(duration("179.9s"), INT64_C(179900000000));
	assert_int_equal(duration("0.5min"), 30 * NS_PER_S);
	assert_int_equal(duration("1.5h"), 90 * NS_PER_MIN);
	assert_int_equal(duration("0.000000001s"), 1);
	assert_int_equal(duration("180.000000000s"), 180 * NS_PER_S);
	assert_int_equal(voltage("12.0000V"), 12000);
	assert_int_equal(voltage("-0.5V"), -500);
	assert_true(unit_read("1.005A", UNIT_CURRENT, 0, MOST, &amount, NULL));
	assert_int_equal(amount, 1005); /* a well-known program makes 1004 of it */
}

/* Every millivolt from 0 to 60 V, written in volts with as many digits as it takes. */
static void every_millivolt_comes_back(void **state)
{
	char bytes[32];
	struct text text;
	int64_t mv, amount;

	(void)state;
	for (mv = 0; mv <= 60000; mv++) {
		text_init(&text, bytes, sizeof bytes);
		text_format(&text, "%lld.%03lldV", (long long)mv / 1000, (long long)mv % 1000);
		assert_true(unit_read(bytes, UNIT_VOLTAGE, 0, 60000, &amount, NULL));
		assert_int_equal(amount, mv);
	}
}

static void says(const char *text, enum unit unit, int64_t least, int64_t most, const char *expected)
{
	int64_t amount = 77;
	struct error error = {FAULT_NONE, ""};

	assert_false(unit_read(text, unit, least, most, &amount, &error));
	assert_string_equal(error.text, expected);
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_int_equal(amount, 77);
}

static void what_is_no_quantity_is_refused_with_a_way_out(void **state)
{
	(void)state;
	says("96oo", UNIT_VOLTAGE, 0, 60000, "'96oo', and 'oo' is no unit of a voltage; write the number with V or mV");
	says("12", UNIT_VOLTAGE, 0, 60000, "'12', without a unit; write 12V or another of V or mV");
	says("12 V", UNIT_VOLTAGE, 0, 60000, "'12 V', with a blank inside; write 12V");
	says(" 12V", UNIT_VOLTAGE, 0, 60000, "' 12V', with a blank at its beginning; leave the blank out");
	says("12V ", UNIT_VOLTAGE, 0, 60000, "'12V ', with a blank at its end; leave the blank out");
	says("12.0005V", UNIT_VOLTAGE, 0, 60000, "'12.0005V', finer than 1 mV; write fewer digits");
	says("0.1ns", UNIT_DURATION, 0, MOST, "'0.1ns', finer than 1 ns; write fewer digits");
	says("", UNIT_DURATION, 0, MOST, "empty; write a number");
	says("s", UNIT_DURATION, 0, MOST, "'s', which is not a duration; write a number with s, min, h or ms");
	says("012V", UNIT_VOLTAGE, 0, 60000, "'012V', with a leading zero; leave the zero out");
	says(".5V", UNIT_VOLTAGE, 0, 60000, "'.5V', which is not a voltage; write a number with V or mV");
	says("5.V", UNIT_VOLTAGE, 0, 60000, "'5.V', which is not a voltage; write a number with V or mV");
	says("1e3V", UNIT_VOLTAGE, 0, 60000, "'1e3V', and 'e3V' is no unit of a voltage; write the number with V or mV");
	says("180S", UNIT_DURATION, 0, MOST, "'180S', and 'S' is no unit of a duration; write the number with s, min, h or ms");
	says("1,5A", UNIT_CURRENT, 0, MOST, "'1,5A', and ',5A' is no unit of a current; write the number with A or mA");
}

static void what_is_out_of_range_names_the_range(void **state)
{
	(void)state;
	says("70V", UNIT_VOLTAGE, 0, 60000, "'70V', out of range; allowed is 0V to 60V");
	says("-1s", UNIT_DURATION, 0, 90 * NS_PER_S, "'-1s', out of range; allowed is 0s to 90s");
	says("99999999999999999999s", UNIT_DURATION, 0, NS_PER_H, "'99999999999999999999s', out of range; allowed is 0s to 1h");
	says("9223372036854775807min", UNIT_DURATION, 0, NS_PER_H, "'9223372036854775807min', out of range; allowed is 0s to 1h");
}

static void an_amount_written_is_read_back(void **state)
{
	static const struct { int64_t amount; const char *text; } cases[] = {{0, "0s"}, {1, "1ns"}, {1500 * NS_PER_MS, "1500ms"},
		{180 * NS_PER_S, "3min"}, {181 * NS_PER_S, "181s"}, {36 * NS_PER_H, "36h"}, {48 * NS_PER_H, "2d"}, {-NS_PER_S, "-1s"}};
	char bytes[32];
	struct text text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		text_init(&text, bytes, sizeof bytes);
		unit_put(&text, UNIT_DURATION, cases[i].amount);
		assert_string_equal(bytes, cases[i].text);
		assert_int_equal(duration(bytes), cases[i].amount);
	}
}

static void whole_numbers_are_decimal_or_hexadecimal(void **state)
{
	int64_t number;

	(void)state;
	assert_true(number_read("0x0109", 0, 0xFFFF, &number, NULL));
	assert_int_equal(number, 0x0109);
	assert_true(number_read("9600", 300, 4000000, &number, NULL));
	assert_int_equal(number, 9600);
	assert_true(number_read("-5", -10, 10, &number, NULL));
	assert_int_equal(number, -5);
	assert_false(number_read("96oo", 0, 10000, &number, NULL));
	assert_false(number_read("010", 0, 100, &number, NULL));
	assert_false(number_read("1.0", 0, 100, &number, NULL));
	assert_false(number_read("0x", 0, 100, &number, NULL));
	assert_false(number_read("0x1g", 0, 100, &number, NULL));
	assert_false(number_read("0xFFFFFFFFFFFFFFFFF", 0, MOST, &number, NULL));
	assert_false(number_read("9223372036854775808", 0, MOST, &number, NULL));
	assert_true(number_read("9223372036854775807", 0, MOST, &number, NULL));
}

static void decimals_take_their_unit_from_the_key(void **state)
{
	struct error error;
	int64_t amount;

	(void)state;
	assert_true(decimal_read("9.5", 1000, "V", 0, 60000, &amount, NULL));
	assert_int_equal(amount, 9500);
	assert_true(decimal_read("900", NS_PER_MIN, "min", 0, 24 * NS_PER_H, &amount, NULL));
	assert_int_equal(amount, 900 * NS_PER_MIN);
	assert_true(decimal_read("0.05", 1000000, "", 0, 1000000, &amount, NULL));
	assert_int_equal(amount, 50000);
	assert_false(decimal_read("9.5V", 1000, "V", 0, 60000, &amount, &error));
	assert_string_equal(error.text, "'9.5V', which is not a number alone; its unit, V, stands in the key");
	assert_false(decimal_read("61.5", 1000, "V", 500, 60000, &amount, &error));
	assert_string_equal(error.text, "'61.5', out of range; allowed is 0.5 to 60 V");
	assert_false(decimal_read("9.5005", 1000, "V", 0, 60000, &amount, &error));
	assert_string_equal(error.text, "'9.5005', with more digits than are kept; write fewer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_has_its_size),
		cmocka_unit_test(fractions_are_exact),
		cmocka_unit_test(every_millivolt_comes_back),
		cmocka_unit_test(what_is_no_quantity_is_refused_with_a_way_out),
		cmocka_unit_test(what_is_out_of_range_names_the_range),
		cmocka_unit_test(an_amount_written_is_read_back),
		cmocka_unit_test(whole_numbers_are_decimal_or_hexadecimal),
		cmocka_unit_test(decimals_take_their_unit_from_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
