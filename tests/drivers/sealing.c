/*
 * The end of a run, as its supervisor sees it: a rig that is silent longer than hang_ms hangs and is killed, but not one that has said
 * that everything is off and that it only writes the rest. Real processes; the rig waits on a clock, not for the supervisor.
 */

#include "rig/base/instant.h"
#include "rig/supervisor/link.h"
#include "rig/supervisor/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HANG_NS (200 * NS_PER_MS)
#define SILENT_NS (5 * HANG_NS)
#define FOUND 2                    /* what the rig found: not 0, so that nobody gives it by chance */

static struct off_script script;

static int rig(void *self, int socket, bool resumed, bool held)
{
	const bool *seals = self;
	struct timespec silent = {.tv_sec = SILENT_NS / NS_PER_S, .tv_nsec = SILENT_NS % NS_PER_S};
	struct error error;

	(void)resumed;
	(void)held;
	if (!link_base(socket, 0) || !link_script(socket, &script, &error) || !link_beat(socket) || (*seals && !link_sealing(socket)))
		return EXIT_CODE_RIG;
	(void)nanosleep(&silent, NULL);
	(void)!link_done(socket, FOUND);
	return FOUND;
}

/* In a process of its own: the supervisor takes signals and its terminal. */
static int supervised_with(bool seals)
{
	int status = 0, nowhere;
	pid_t process = fork();

	if (process == 0) {
		struct seat seat;
		struct supervised supervised = {.bench = "sealing", .hang_ns = HANG_NS, .revision = "test", .seat = &seat, .rig = rig, .self = &seals};
		struct error error;

		nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(nowhere, STDERR_FILENO);
		if (!seat_take(&seat, supervised.bench, &error))
			_exit(EXIT_CODE_BUSY);
		status = supervisor_run(&supervised);
		seat_leave(&seat);
		_exit(status);
	}
	assert_int_equal(waitpid(process, &status, 0), process);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_rig_that_is_silent_hangs(void **state)
{
	(void)state;
	assert_int_equal(supervised_with(false), EXIT_CODE_RIG);
}

static void a_rig_that_seals_its_evidence_may_take_its_time(void **state)
{
	(void)state;
	assert_int_equal(supervised_with(true), FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rig_that_is_silent_hangs),
		cmocka_unit_test(a_rig_that_seals_its_evidence_may_take_its_time),
	};

	if (!getenv("TMPDIR") || setenv("XDG_RUNTIME_DIR", getenv("TMPDIR"), 1) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
