/*
 * The committed schema is the one that the table of kinds gives.
 *
 *   build/tests/unit/journal_schema print >reports/journal.schema.json      after a change of the table
 */

#include "rig/base/file.h"
#include "rig/report/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void the_committed_schema_is_the_tables(void **state)
{
	char *wanted;
	size_t size;
	FILE *out = open_memstream(&wanted, &size);
	struct error error;
	struct file file;

	(void)state;
	put_journal_schema(out);
	(void)fclose(out);
	if (!file_read(&file, "reports/journal.schema.json", 1 << 20, &error))
		fail_msg("%s", error.text);
	if (file.size != size || memcmp(file.bytes, wanted, size) != 0)
		fail_msg("reports/journal.schema.json is not what rig/journal/record.c says; the head of this test says how to make it");
	file_done(&file);
	free(wanted);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_committed_schema_is_the_tables),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0) {
		put_journal_schema(stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
