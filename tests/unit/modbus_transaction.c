/* RTU frames: published bytes, round trips, and answers that are not the answer. */

#include "drivers/modbus/transaction.h"
#include "rig/base/crc16.h"
#include "rig/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static enum modbus_outcome judge(const struct modbus_transaction *asked, const uint8_t *bytes, size_t size)
{
	uint16_t values[MODBUS_VALUES_MAX];
	uint8_t exception;

	return modbus_answer_read(asked, bytes, size, values, &exception);
}

/* Modbus Application Protocol 1.1b3, 6.3: read holding registers 108 to 110; and its check. */
static void a_read_request_has_the_published_bytes(void **state)
{
	const struct modbus_transaction transaction = {.unit = 0x11, .function = MODBUS_READ_HOLDING, .address = 0x6B, .count = 3};
	static const uint8_t expected[] = {0x11, 0x03, 0x00, 0x6B, 0x00, 0x03, 0x76, 0x87};
	uint8_t frame[MODBUS_FRAME_MAX];

	(void)state;
	assert_int_equal(modbus_request_frame(&transaction, frame), sizeof expected);
	assert_memory_equal(frame, expected, sizeof expected);
	assert_int_equal(modbus_answer_size(&transaction), 11);
}

static void coils_are_packed_from_the_lowest_bit(void **state)
{
	const struct modbus_transaction transaction = {.unit = 1, .function = MODBUS_WRITE_COILS, .address = 19, .count = 10,
						       .values = {1, 0, 1, 1, 0, 0, 1, 1, 1, 0}};
	/* 6.11 of the same: coils 20 to 29 as 1100 1101 and 01 */
	static const uint8_t expected[] = {1, 15, 0, 19, 0, 10, 2, 0xCD, 0x01};
	uint8_t frame[MODBUS_FRAME_MAX];

	(void)state;
	assert_int_equal(modbus_request_frame(&transaction, frame), sizeof expected + 2);
	assert_memory_equal(frame, expected, sizeof expected);
	assert_true(crc16_modbus_holds(frame, sizeof expected + 2));
}

static void every_function_reads_its_own_answer(void **state)
{
	static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 15, 16};
	uint16_t values[MODBUS_VALUES_MAX], given[MODBUS_VALUES_MAX];
	uint8_t frame[MODBUS_FRAME_MAX], exception;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof functions; i++) {
		struct modbus_transaction transaction = {.unit = 7, .function = functions[i], .address = 300};
		bool coils = functions[i] < 3 || functions[i] == 15;

		transaction.count = functions[i] == 5 || functions[i] == 6 ? 1 : 21;
		for (n = 0; n < transaction.count; n++)
			transaction.values[n] = given[n] = (uint16_t)(coils ? n % 3 == 0 : 1000 * n + 7);
		n = modbus_answer_frame(&transaction, given, frame);
		assert_int_equal(n, modbus_answer_size(&transaction));
		assert_int_equal(modbus_answer_read(&transaction, frame, n, values, &exception), MODBUS_OK);
		if (modbus_is_read(functions[i]))
			assert_memory_equal(values, given, transaction.count * sizeof *values);
	}
}

static void an_exception_tells_its_code(void **state)
{
	const struct modbus_transaction transaction = {.unit = 1, .function = MODBUS_READ_HOLDING, .address = 0, .count = 1};
	uint16_t values[MODBUS_VALUES_MAX];
	uint8_t frame[5] = {1, 0x83, 2}, exception = 0;

	(void)state;
	crc16_modbus_append(frame, 3);
	assert_int_equal(modbus_answer_read(&transaction, frame, 5, values, &exception), MODBUS_EXCEPTION);
	assert_int_equal(exception, 2);
}

static void the_echo_of_on_is_no_answer_to_off(void **state)
{
	struct modbus_transaction on = {.unit = 1, .function = MODBUS_WRITE_COIL, .address = 3, .count = 1, .values = {0xFF00}};
	struct modbus_transaction off = on, other = on;
	uint8_t frame[MODBUS_FRAME_MAX];
	size_t size = modbus_answer_frame(&on, NULL, frame);

	(void)state;
	off.values[0] = 0;
	other.address = 4;
	assert_int_equal(judge(&on, frame, size), MODBUS_OK);
	assert_int_equal(judge(&off, frame, size), MODBUS_WRONG_ANSWER);
	assert_int_equal(judge(&other, frame, size), MODBUS_WRONG_ANSWER);
}

static void wrong_answers_are_told_apart(void **state)
{
	const struct modbus_transaction transaction = {.unit = 1, .function = MODBUS_READ_HOLDING, .address = 0, .count = 2};
	struct modbus_transaction longer = transaction, elsewhere = transaction, inputs = transaction;
	static const uint16_t values[] = {1, 2, 3};
	uint8_t frame[MODBUS_FRAME_MAX];
	size_t size = modbus_answer_frame(&transaction, values, frame);

	(void)state;
	assert_int_equal(judge(&transaction, frame, 0), MODBUS_NO_ANSWER);
	assert_int_equal(judge(&transaction, frame, 4), MODBUS_SHORT);
	assert_int_equal(judge(&transaction, frame, size - 1), MODBUS_BAD_CRC);
	frame[4] ^= 1;
	assert_int_equal(judge(&transaction, frame, size), MODBUS_BAD_CRC);
	longer.count = 3;
	size = modbus_answer_frame(&longer, values, frame);
	assert_int_equal(judge(&transaction, frame, size), MODBUS_WRONG_ANSWER);
	elsewhere.unit = 2;
	size = modbus_answer_frame(&elsewhere, values, frame);
	assert_int_equal(judge(&transaction, frame, size), MODBUS_WRONG_UNIT);
	inputs.function = MODBUS_READ_INPUT_REGISTERS;
	size = modbus_answer_frame(&inputs, values, frame);
	assert_int_equal(judge(&transaction, frame, size), MODBUS_WRONG_ANSWER);
}

static void the_gap_is_three_and_a_half_characters_and_fixed_above_19200(void **state)
{
	(void)state;
	assert_int_equal(modbus_gap_ns(9600), 4010417);
	assert_int_equal(modbus_gap_ns(19200), 2005209);
	assert_int_equal(modbus_gap_ns(115200), 1750000);
	assert_int_equal(modbus_wire_ns(8, 9600), 9166667);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_request_has_the_published_bytes),
		cmocka_unit_test(coils_are_packed_from_the_lowest_bit),
		cmocka_unit_test(every_function_reads_its_own_answer),
		cmocka_unit_test(an_exception_tells_its_code),
		cmocka_unit_test(the_echo_of_on_is_no_answer_to_off),
		cmocka_unit_test(wrong_answers_are_told_apart),
		cmocka_unit_test(the_gap_is_three_and_a_half_characters_and_fixed_above_19200),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
