/*
 * Who says off is told that everything is off only if all of it was shown to be: a bus that is gone, or a line that cannot be set,
 * is told as what it is. The shipped supervisor, without a rig, in processes of its own.
 */

#include "rig/supervisor/seat.h"
#include "tests/support/played_run.h"

#include "rig/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 20000

static void look_for_proof(void *self, const char *line)
{
	bool *proved = self;

	*proved |= strcmp(line, SEAT_OFF_PROVED) == 0;
}

static void wait_until_it_holds(void)
{
	char line[SEAT_LINE_SIZE] = "";
	int ms;

	for (ms = 0; ms < PATIENCE_MS && !strstr(line, "without a rig"); ms += 5) {
		if (!seat_status("desk", line))
			line[0] = '\0';
		(void)poll(NULL, 0, 5);
	}
	assert_true(ms < PATIENCE_MS);
}

/* Its own chain says that what a lost rig would have left on was switched off for a person. */
static void switched_off_for_a_person(const struct played_run *run)
{
	static const char wanted[] = "\"kind\":\"command\",\"slot\":\"\",\"data\":{\"channel\":\"relays.1\",\"value\":\"off\",\"purpose\":\"person\"}";
	char path[PATH_MAX];
	struct error error;
	struct file file;

	(void)snprintf(path, sizeof path, "%s/supervisor.jsonl", run->folder);
	assert_true(file_read(&file, path, 1 << 20, &error));
	assert_non_null(memmem(file.bytes, file.size, wanted, sizeof wanted - 1));
	file_done(&file);
}

/* Its rig dies, and somebody says off. */
static void off_says(bool bus_lost, bool line_refuses, bool wanted, int wanted_code)
{
	struct record records[2] = {{.kind = RECORD_BOOT}, {.kind = RECORD_END}};
	struct played_run run = {.bench = "desk", .records = records, .record_count = 2, .bus_lost = bus_lost,
				 .line_refuses = line_refuses};
	bool proved = false;
	int code;

	played_run_open(&run);
	played_run_order(&run, PLAYED_PUT, 1);
	played_run_order(&run, PLAYED_DIE, 0);
	wait_until_it_holds();
	assert_true(seat_say("desk", "off", look_for_proof, &proved, &code));
	assert_int_equal(proved, wanted);
	assert_int_equal(code, wanted_code);
	assert_int_equal(played_run_close(&run), wanted_code);
	switched_off_for_a_person(&run);
}

static void what_was_read_back_is_told_as_off(void **state)
{
	(void)state;
	off_says(false, false, true, EXIT_CODE_STOPPED);
}

static void a_bus_that_is_gone_is_not_off(void **state)
{
	(void)state;
	off_says(true, false, false, EXIT_CODE_RIG);
}

static void a_line_that_cannot_be_set_is_not_off(void **state)
{
	(void)state;
	off_says(false, true, false, EXIT_CODE_RIG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_back_is_told_as_off),
		cmocka_unit_test(a_bus_that_is_gone_is_not_off),
		cmocka_unit_test(a_line_that_cannot_be_set_is_not_off),
	};

	if (!getenv("TMPDIR") || setenv("XDG_RUNTIME_DIR", getenv("TMPDIR"), 1) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
