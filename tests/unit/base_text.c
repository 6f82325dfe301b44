/* Bounded text and its JSON strings. */

#include "rig/base/sha256.h"
#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void a_text_that_is_full_stays_full_and_terminated(void **state)
{
	char bytes[8];
	struct text text;

	(void)state;
	text_init(&text, bytes, sizeof bytes);
	text_put(&text, "1234567");
	assert_false(text.full);
	text_put_char(&text, '8');
	assert_true(text.full);
	text_format(&text, "%s", "");
	assert_string_equal(bytes, "1234567");
}

static void integers_print_like_printf_does(void **state)
{
	static const int64_t numbers[] = {0, 1, -1, 9, 10, INT64_MAX, INT64_MIN, 1234567890123};
	char bytes[32], expected[32];
	struct text text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		text_init(&text, bytes, sizeof bytes);
		text_put_int(&text, numbers[i]);
		snprintf(expected, sizeof expected, "%lld", (long long)numbers[i]);
		assert_string_equal(bytes, expected);
	}
}

static void json_escapes_controls_and_replaces_what_is_not_utf8(void **state)
{
	char bytes[128];
	struct text text;

	(void)state;
	text_init(&text, bytes, sizeof bytes);
	text_put_json(&text, "a\"b\\c\n\x01\x7f\xc3\xa9\xc3(\xff\xed\xa0\x80");
	assert_string_equal(bytes, "\"a\\\"b\\\\c\\n\\u0001\x7f\xc3\xa9?(????\"");
}

static void sha256_of_abc_is_the_published_vector(void **state)
{
	struct sha256 *sha256 = sha256_new();
	char hex[SHA256_HEX_SIZE];

	(void)state;
	sha256_hex(sha256, "abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_hex(sha256, "", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_free(sha256);
}

static void errors_gain_their_context_on_the_way_up(void **state)
{
	struct error error = {0};

	(void)state;
	assert_false(error_set(&error, FAULT_RIG, "no reply within %d ms", 1000));
	assert_false(error_prefix(&error, "psu1: set %s V", "12.00"));
	assert_string_equal(error.text, "psu1: set 12.00 V: no reply within 1000 ms");
	assert_int_equal(error_exit_code(&error), EXIT_CODE_RIG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_is_full_stays_full_and_terminated),
		cmocka_unit_test(integers_print_like_printf_does),
		cmocka_unit_test(json_escapes_controls_and_replaces_what_is_not_utf8),
		cmocka_unit_test(sha256_of_abc_is_the_published_vector),
		cmocka_unit_test(errors_gain_their_context_on_the_way_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
