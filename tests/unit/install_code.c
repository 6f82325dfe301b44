/* Install codes: the vectors of the specification, every length, and every way to get a digit wrong. */

#include "rig/base/install_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ZigBee Smart Energy 1.2, 5.4.8.1, and Base Device Behaviour 3.0, 10.1.1. */
#define CODE "83FED3407A939723A5C639B26916D505C3B5"

static void gives(const char *code, const char *wanted)
{
	uint8_t key[LINK_KEY_SIZE];
	char hex[2 * LINK_KEY_SIZE + 1];
	struct error error = {FAULT_NONE, ""};
	int i;

	if (!install_code_key(code, key, &error))
		fail_msg("%s: %s", code, error.text);
	for (i = 0; i < LINK_KEY_SIZE; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", key[i]);
	assert_string_equal(hex, wanted);
}

static void is_refused(const char *code, const char *why)
{
	uint8_t key[LINK_KEY_SIZE];
	struct error error = {FAULT_NONE, ""};

	assert_false(install_code_key(code, key, &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	if (!strstr(error.text, why))
		fail_msg("%s: %s", code, error.text);
	assert_null(strstr(error.text, "83FE")); /* it is a secret */
}

static void the_code_of_the_specification_gives_its_key(void **state)
{
	(void)state;
	gives(CODE, "66B6900981E1EE3CA4206B6B861C02BB");
}

static void labels_are_written_in_many_ways(void **state)
{
	(void)state;
	gives("83fe d340 7a93 9723 a5c6 39b2 6916 d505 c3b5", "66B6900981E1EE3CA4206B6B861C02BB");
	gives("83-FE-D3-40-7A-93-97-23-A5-C6-39-B2-69-16-D5-05-C3-B5", "66B6900981E1EE3CA4206B6B861C02BB");
}

/* Keys as zigpy 0.53 makes them, which has checked the codes too. */
static void shorter_codes_are_codes_too(void **state)
{
	(void)state;
	gives("83FED3407A932B70", "CD4FA064773F46941EC986C09963D1A8");
	gives("83FED3407A93972397FC", "850BE0BF5B369AC441280A53265DB167");
	gives("83FED3407A939723A5C639B2AD8B", "C2B323EFC9FCA1D9657E32A0E5C2AAF3");
}

static void a_wrong_digit_anywhere_is_found(void **state)
{
	char code[] = CODE;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(CODE); i++) {
		strcpy(code, CODE);
		code[i] = code[i] == '0' ? '1' : '0';
		is_refused(code, "are not the check");
	}
	is_refused("83FED3407A939723A5C639B26916D505B5C3", "are not the check"); /* the check the wrong way round */
}

static void two_digits_that_changed_places_are_found(void **state)
{
	char code[] = CODE;
	size_t i;

	(void)state;
	for (i = 0; i + 1 < strlen(CODE); i++) {
		strcpy(code, CODE);
		if (code[i] == code[i + 1])
			continue;
		code[i] = CODE[i + 1];
		code[i + 1] = CODE[i];
		is_refused(code, "are not the check");
	}
}

static void what_is_no_code_is_refused(void **state)
{
	(void)state;
	is_refused("", "it has 0 hexadecimal digits");
	is_refused("83FED3407A939723A5C639B26916D505", "it has 32 hexadecimal digits; with its check a code has 16, 20, 28 or 36");
	is_refused("83FED3407A939723A5C639B26916D505C3B", "it has 35 hexadecimal digits");
	is_refused(CODE "00", "longer than 16 bytes");
	is_refused("83FED3407A939723A5C639B26916D505C3BG", "no hexadecimal digit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_of_the_specification_gives_its_key),
		cmocka_unit_test(labels_are_written_in_many_ways),
		cmocka_unit_test(shorter_codes_are_codes_too),
		cmocka_unit_test(a_wrong_digit_anywhere_is_found),
		cmocka_unit_test(two_digits_that_changed_places_are_found),
		cmocka_unit_test(what_is_no_code_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
