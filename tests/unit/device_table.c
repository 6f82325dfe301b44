/* devices.csv and its JSON, byte by byte. */

#include "rig/report/device_table.h"

#include "rig/base/instant.h"
#include "rig/judge/device_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static char bytes[DEVICE_ROW_TEXT_SIZE];

static struct device_result affected(void)
{
	struct device_result row;

	memset(&row, 0, sizeof row);
	text_copy(row.guid, sizeof row.guid, "00-DB-12-34-56-78-90-A0");
	row.identity_read = row.version_changed = true;
	text_copy(row.manufacturer, sizeof row.manufacturer, "AB01");
	text_copy(row.model, sizeof row.model, "010A030B");
	text_copy(row.firmware_from, sizeof row.firmware_from, "0002012F");
	text_copy(row.firmware_to, sizeof row.firmware_to, "00020130");
	text_copy(row.hub_guid, sizeof row.hub_guid, "00-DB-12-34-56-78-90-A5");
	text_copy(row.hub_model, sizeof row.hub_model, "0101AB02");
	text_copy(row.runs, sizeof row.runs, "run-1");
	text_copy(row.ad1, sizeof row.ad1, "expected-seen");
	text_copy(row.cause, sizeof row.cause, "firmware-activate");
	row.activations = 1;
	row.t_lo_ns = 205 * NS_PER_S + 1;
	row.t_hi_ns = 206 * NS_PER_S;
	row.u_ns = 1837680;
	row.outage = CONFORMITY_MORE;
	device_list_merge(&row, 1);
	device_list_grade(&row, 1);
	return row;
}

static void check_csv(const struct device_result *row, const char *expected)
{
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	device_put_csv(&text, row);
	assert_false(text.full);
	assert_string_equal(bytes, expected);
}

static void a_row_has_the_fields_of_the_header_in_their_order(void **state)
{
	struct device_result row = affected();

	(void)state;
	check_csv(&row, "00-DB-12-34-56-78-90-A0,scanned,AB01,010A030B,0002012F,00020130,00-DB-12-34-56-78-90-A5,0101AB02,1,"
			"205.000000001,206.000000000,0.001837680,false,more,expected-seen,firmware-activate,A,run-1\n");
	assert_string_equal(DEVICE_CSV_HEADER,
			    "guid,known,manufacturer,model,firmware_from,firmware_to,hub_guid,hub_model,activations,t_lo_s,"
			    "t_hi_s,u_s,open,outage,ad1,cause,grade,runs\n");
}

static void what_was_not_tested_and_what_did_not_end_are_empty(void **state)
{
	struct device_result row = affected();

	(void)state;
	row.open = true;
	row.t_hi_ns = INSTANT_NEVER;
	check_csv(&row, "00-DB-12-34-56-78-90-A0,scanned,AB01,010A030B,0002012F,00020130,00-DB-12-34-56-78-90-A5,0101AB02,1,"
			"205.000000001,,0.001837680,true,more,expected-seen,firmware-activate,A,run-1\n");
	row.activations = 0;
	row.grade = GRADE_D;
	row.ad1[0] = row.cause[0] = '\0';
	check_csv(&row, "00-DB-12-34-56-78-90-A0,scanned,AB01,010A030B,0002012F,00020130,00-DB-12-34-56-78-90-A5,0101AB02,0,"
			",,,,,,,D,run-1\n");
}

static void commas_and_quotes_are_quoted(void **state)
{
	struct device_result row = affected();

	(void)state;
	text_copy(row.manufacturer, sizeof row.manufacturer, "A, \"B\"");
	text_copy(row.model, sizeof row.model, "two\nlines");
	check_csv(&row, "00-DB-12-34-56-78-90-A0,scanned,\"A, \"\"B\"\"\",\"two\nlines\",0002012F,00020130,"
			"00-DB-12-34-56-78-90-A5,0101AB02,1,205.000000001,206.000000000,0.001837680,false,more,expected-seen,"
			"firmware-activate,A,run-1\n");
}

static void json_carries_the_sentence_and_what_it_rests_on(void **state)
{
	struct device_result row = affected();
	struct text text;

	(void)state;
	text_init(&text, bytes, sizeof bytes);
	device_put_json(&text, &row);
	assert_string_equal(
		bytes,
		"{\"guid\":\"00-DB-12-34-56-78-90-A0\",\"known\":\"scanned\",\"identity_read\":true,\"manufacturer\":\"AB01\","
		"\"model\":\"010A030B\",\"hardware\":\"\",\"firmware_from\":\"0002012F\",\"firmware_to\":\"00020130\","
		"\"version_changed\":true,\"hub_guid\":\"00-DB-12-34-56-78-90-A5\",\"hub_model\":\"0101AB02\","
		"\"activations\":1,\"valid_activations\":1,\"affected_activations\":1,\"tested\":{\"t_lo_ns\":205000000001,"
		"\"t_hi_ns\":206000000000,\"u_ns\":1837680,\"open\":false,\"outage\":\"more\",\"ad1\":\"expected-seen\","
		"\"cause\":\"firmware-activate\"},\"listed\":false,\"in_field\":false,\"in_conflict\":false,\"grade\":\"A\","
		"\"statement\":\"starved its hub for more than the limit, T in [205.000000 s, 206.000000 s] +- 0.001838 s\","
		"\"runs\":\"run-1\"}");
}

static void the_longest_row_fits_in_both_forms(void **state)
{
	struct device_result row = affected();
	struct text text;

	(void)state;
	memset(row.manufacturer, '\x01', sizeof row.manufacturer - 1);
	memset(row.model, '"', sizeof row.model - 1);
	memset(row.hardware, '\x01', sizeof row.hardware - 1);
	memset(row.firmware_from, '\x01', sizeof row.firmware_from - 1);
	memset(row.firmware_to, '\x01', sizeof row.firmware_to - 1);
	memset(row.hub_model, '\x01', sizeof row.hub_model - 1);
	memset(row.ad1, '\x01', sizeof row.ad1 - 1);
	memset(row.cause, '\x01', sizeof row.cause - 1);
	memset(row.runs, '\x01', sizeof row.runs - 1);
	row.affected_activations = 0;
	row.outage = CONFORMITY_NOT_MORE;
	text_init(&text, bytes, sizeof bytes);
	device_put_json(&text, &row);
	assert_false(text.full);
	text_init(&text, bytes, sizeof bytes);
	device_put_csv(&text, &row);
	assert_false(text.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_the_fields_of_the_header_in_their_order),
		cmocka_unit_test(what_was_not_tested_and_what_did_not_end_are_empty),
		cmocka_unit_test(commas_and_quotes_are_quoted),
		cmocka_unit_test(json_carries_the_sentence_and_what_it_rests_on),
		cmocka_unit_test(the_longest_row_fits_in_both_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
