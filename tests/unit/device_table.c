/* devices.csv and its JSON, byte by byte. */

#include "rig/report/device_table.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/judge/device_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static char bytes[8192];

/* What one of the two forms writes, in `bytes`. */
static void put(void (*form)(FILE *, const struct device_result *), const struct device_result *row)
{
	FILE *out = fmemopen(bytes, sizeof bytes, "w");

	assert_non_null(out);
	form(out, row);
	assert_int_equal(fclose(out), 0);
}

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
	put(device_put_csv, row);
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

static void commas_quotes_and_formulas_are_harmless(void **state)
{
	struct device_result row = affected();

	(void)state;
	text_copy(row.manufacturer, sizeof row.manufacturer, "A, \"B\"");
	text_copy(row.model, sizeof row.model, "two\nlines");
	text_copy(row.firmware_from, sizeof row.firmware_from, "=1+1");
	check_csv(&row, "00-DB-12-34-56-78-90-A0,scanned,\"A, \"\"B\"\"\",\"two\nlines\",\"'=1+1\",00020130,"
			"00-DB-12-34-56-78-90-A5,0101AB02,1,205.000000001,206.000000000,0.001837680,false,more,expected-seen,"
			"firmware-activate,A,run-1\n");
}

static void json_carries_the_sentence_and_what_it_rests_on(void **state)
{
	struct device_result row = affected();

	(void)state;
	put(device_put_json, &row);
	assert_string_equal(
		bytes,
		"{\"guid\": \"00-DB-12-34-56-78-90-A0\", \"known\": \"scanned\", \"identity_read\": true, \"manufacturer\": \"AB01\", "
		"\"model\": \"010A030B\", \"hardware\": \"\", \"firmware_from\": \"0002012F\", \"firmware_to\": \"00020130\", "
		"\"version_changed\": true, \"hub_guid\": \"00-DB-12-34-56-78-90-A5\", \"hub_model\": \"0101AB02\", "
		"\"activations\": 1, \"valid_activations\": 1, \"affected_activations\": 1, \"tested\": {\"t_lo_ns\": 205000000001, "
		"\"t_hi_ns\": 206000000000, \"u_ns\": 1837680, \"open\": false, \"outage\": \"more\", \"ad1\": \"expected-seen\", "
		"\"cause\": \"firmware-activate\"}, \"listed\": false, \"in_field\": false, \"in_conflict\": false, \"grade\": \"A\", "
		"\"statement\": \"starved its hub for more than the limit, T in [205.000000 s, 206.000000 s] +- 0.001838 s\", "
		"\"runs\": \"run-1\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_the_fields_of_the_header_in_their_order),
		cmocka_unit_test(what_was_not_tested_and_what_did_not_end_are_empty),
		cmocka_unit_test(commas_quotes_and_formulas_are_harmless),
		cmocka_unit_test(json_carries_the_sentence_and_what_it_rests_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
