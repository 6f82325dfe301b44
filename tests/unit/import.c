/* Tables and lists that others wrote. */

#include "rig/command/import.h"
#include "rig/command/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"guid", "model", "size", NULL};
static char bytes[512];
static struct sheet sheet;
static struct error error;

static bool begin(const char *text)
{
	assert_true(strlen(text) < sizeof bytes);
	strcpy(bytes, text);
	error = (struct error){FAULT_NONE, ""};
	return sheet_begin(&sheet, "list.csv", bytes, known, NULL, &error);
}

static void assert_row(const char *guid, const char *model, int line)
{
	bool got;

	if (!sheet_next(&sheet, &got, &error))
		fail_msg("%s", error.text);
	assert_true(got);
	assert_string_equal(sheet_value(&sheet, "guid"), guid);
	assert_string_equal(sheet_value(&sheet, "model"), model);
	assert_int_equal(sheet.line, line);
}

static void assert_end(void)
{
	bool got;

	assert_true(sheet_next(&sheet, &got, &error));
	assert_false(got);
	assert_true(sheet_next(&sheet, &got, &error));
	assert_false(got);
}

static void assert_refused(const char *why)
{
	bool got;

	while (sheet_next(&sheet, &got, &error))
		assert_true(got);
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	assert_string_equal(error.text, why);
}

static void fields_lines_comments_and_quotes_are_taken_apart(void **state)
{
	(void)state;
	assert_true(begin("\xEF\xBB\xBF# made by hand\r\n\r\nmodel,guid\r\nA,1\r\n\"B, \"\"C\"\"\",\"2\nlines\"\n# and\n,3\n,"));
	assert_row("1", "A", 4);
	assert_row("2\nlines", "B, \"C\"", 5);
	assert_row("3", "", 8);
	assert_row("", "", 9);
	assert_end();
	assert_string_equal(sheet_value(&sheet, "size"), "");
}

static void a_last_line_without_an_end_is_a_line(void **state)
{
	(void)state;
	assert_true(begin("guid,model\n1,A"));
	assert_row("1", "A", 2);
	assert_end();
	assert_true(begin("guid\n"));
	assert_end();
}

static void what_is_no_table_is_refused_with_its_line(void **state)
{
	(void)state;
	assert_true(begin("guid,model\n1,A\n2\n"));
	assert_refused("list.csv:3: 1 field where the header has 2");
	assert_true(begin("guid,model\n1,A,x\n"));
	assert_refused("list.csv:2: 3 fields where the header has 2");
	assert_true(begin("guid\n\"1\n"));
	assert_refused("list.csv:2: a quoted field has no end");
	assert_true(begin("guid\n\"1\"2\n"));
	assert_refused("list.csv:2: text behind the quoted end of a field");
	assert_true(begin("guid\n1\"2\n"));
	assert_refused("list.csv:2: a quote in the middle of a field");
	assert_false(begin("guid,modle\n"));
	assert_string_equal(error.text, "list.csv:1: there is no column 'modle'");
	assert_false(begin("guid,model,guid\n"));
	assert_string_equal(error.text, "list.csv:1: the column 'guid' is there twice");
	assert_false(begin(",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n"));
	assert_string_equal(error.text, "list.csv:1: more than 32 columns");
}

static void a_guid_is_sixteen_digits_with_one_kind_of_separator(void **state)
{
	char guid[GUID_SIZE];

	(void)state;
	assert_true(guid_normalise("00-db-12-34-56-78-90-a0", guid));
	assert_string_equal(guid, "00-DB-12-34-56-78-90-A0");
	assert_true(guid_normalise("00:DB:12:34:56:78:90:A0", guid));
	assert_true(guid_normalise("00DB1234567890A0", guid));
	assert_string_equal(guid, "00-DB-12-34-56-78-90-A0");
	assert_false(guid_normalise("00-DB:12-34-56-78-90-A0", guid));
	assert_false(guid_normalise("00 DB 12 34 56 78 90 A0", guid));
	assert_false(guid_normalise("00DB1234567890A", guid));
	assert_false(guid_normalise("00DB1234567890A00", guid));
	assert_false(guid_normalise("00DB1234567890AG", guid));
	assert_false(guid_normalise("00-DB-12-34-56-78-90-A0 ", guid));
	assert_false(guid_normalise("", guid));
}

/* Writes a file below TMPDIR and gives its path. */
static const char *file_with(const char *text, size_t size)
{
	static char path[512];
	const char *folder = getenv("TMPDIR");
	FILE *file;

	snprintf(path, sizeof path, "%s/import.csv", folder ? folder : "/tmp");
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	return path;
}

static void another_benchs_devices_csv_can_be_imported(void **state)
{
	static const char text[] =
		"guid,known,manufacturer,model,firmware_from,firmware_to,hub_guid,hub_model,activations,t_lo_s,t_hi_s,u_s,open,"
		"outage,ad1,cause,grade,runs\n"
		"00-DB-12-34-56-78-90-A0,scanned,AB01,010A030B,0002012F,00020130,00-DB-12-34-56-78-90-A5,0101AB02,1,"
		"240.000000000,240.000000000,0.001846800,false,more,expected-seen,firmware-activate,A,run-1\n";
	struct devices devices = {NULL, 0, 0};

	(void)state;
	assert_true(import_list(&devices, file_with(text, strlen(text)), SOURCE_LIST, &error));
	assert_int_equal(devices.count, 1);
	assert_string_equal(devices.list[0].model, "010A030B");
	assert_string_equal(devices.list[0].hub_model, "0101AB02");
	assert_string_equal(devices.list[0].runs, "import.csv");
	/* It is a name on a list, whatever its grade was: we did not measure it. */
	assert_int_equal(devices.list[0].source, SOURCE_LIST);
	assert_int_equal(devices.list[0].activations, 0);
	assert_int_equal(devices.list[0].known, KNOWN_CUSTOMER);
	devices_done(&devices);
}

static void a_zero_byte_does_not_end_a_list_early(void **state)
{
	static const char text[] = "00DB1234567890A0\n\0\n00DB1234567890A1\n";
	struct devices devices = {NULL, 0, 0};

	(void)state;
	assert_false(import_list(&devices, file_with(text, sizeof text - 1), SOURCE_LIST, &error));
	assert_non_null(strstr(error.text, "a zero byte in it"));
	devices_done(&devices);
}

static void assert_population_refused(const char *row, const char *why)
{
	static struct stratum_population populations[STRATA_MAX];
	char text[512];
	size_t count;

	snprintf(text, sizeof text,
		 "manufacturer,model,hardware,firmware_from,firmware_to,hub_model,size,frame,method,dates\n%s\n", row);
	assert_false(import_populations(populations, &count, file_with(text, strlen(text)), &error));
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say \"%s\"", error.text, why);
}

static void a_population_has_a_size_or_none(void **state)
{
	static struct stratum_population populations[STRATA_MAX];
	static const char text[] =
		"model,manufacturer,hardware,firmware_from,firmware_to,hub_model,size,frame,method,dates\n"
		"010A030B,AB01,030B,0002012F,00020130,0101AB02,1400000,all installed,random,2026-11-02\n"
		"010A030C,AB01,030B,0002012F,00020130,0101AB02,,all installed,random,2026-11-02\n";
	size_t count;

	(void)state;
	assert_true(import_populations(populations, &count, file_with(text, strlen(text)), &error));
	assert_int_equal(count, 2);
	assert_int_equal(populations[0].size, 1400000);
	assert_string_equal(populations[0].key.model, "010A030B");
	assert_string_equal(populations[0].key.manufacturer, "AB01");
	assert_string_equal(populations[0].method, "random");
	assert_int_equal(populations[1].size, 0);
	assert_population_refused("A,B,C,D,E,F,0,f,m,d", ":2: size: '0'");
	assert_population_refused("A,B,C,D,E,F,1.4e6,f,m,d", "size");
	assert_population_refused("A,B,C,D,E,F,-1,f,m,d", "size");
	assert_population_refused("A,B,C,D,E,F,1000000001,f,m,d", "size");
	assert_population_refused("A,B,C,D,E,F,99999999999999999999,f,m,d", "size");
	assert_population_refused("0123456789012345678901234567890123456789012345678,B,C,D,E,F,1,f,m,d",
				  "manufacturer: longer than 47 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_lines_comments_and_quotes_are_taken_apart),
		cmocka_unit_test(a_last_line_without_an_end_is_a_line),
		cmocka_unit_test(what_is_no_table_is_refused_with_its_line),
		cmocka_unit_test(a_guid_is_sixteen_digits_with_one_kind_of_separator),
		cmocka_unit_test(another_benchs_devices_csv_can_be_imported),
		cmocka_unit_test(a_zero_byte_does_not_end_a_list_early),
		cmocka_unit_test(a_population_has_a_size_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
