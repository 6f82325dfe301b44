/*
 * hilrig dashboard, the program, on a terminal (tmux's) beside a shipped supervisor whose rig is played: it writes a made-up night as the
 * test tells it, and dies when told. Every wait is for words on the screen, with a deadline.
 */

#include "rig/base/file.h"
#include "rig/evidence/reader.h"
#include "rig/supervisor/seat.h"
#include "tests/support/night.h"
#include "tests/support/played_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCREEN_MAX (256 * 1024)
#define JOURNAL_MAX (16 * 1024 * 1024)

static struct error error;
static struct played_night night;

static void open_desk(struct played_run *desk)
{
	*desk = (struct played_run){.bench = "desk", .records = night.records, .record_count = night.count, .reason = END_COMPLETED};
	played_run_open(desk);
}

/* ---- The terminal ---- */

static char screen[SCREEN_MAX];

/* Says something to tmux; what it says is in `screen`. */
static int tmux(const char *words)
{
	char line[1024];
	size_t size;
	FILE *said;

	(void)snprintf(line, sizeof line, "tmux -L dashboard -f /dev/null %s 2>&1", words);
	said = popen(line, "r");
	assert_non_null(said);
	size = fread(screen, 1, sizeof screen - 1, said);
	screen[size] = '\0';
	return pclose(said);
}

static void watch(const char *name)
{
	char words[512];

	(void)snprintf(words, sizeof words, "new-session -d -s %s -x 80 -y 24 'exec env LC_ALL=C.UTF-8 %s dashboard --bench desk'", name,
		       getenv("HILRIG"));
	if (tmux(words) != 0)
		fail_msg("tmux: %s", screen);
}

static void press(const char *name, const char *key)
{
	char words[128];

	(void)snprintf(words, sizeof words, "send-keys -t %s %s", name, key);
	assert_int_equal(tmux(words), 0);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void shows(const char *name, const char *wanted)
{
	int64_t deadline_ms = now_ms() + PLAYED_PATIENCE_MS;
	char words[128];

	(void)snprintf(words, sizeof words, "capture-pane -p -t %s", name);
	do {
		(void)tmux(words);
		if (strstr(screen, wanted))
			return;
		(void)poll(NULL, 0, 20);
	} while (now_ms() < deadline_ms);
	fail_msg("%s does not show: %s\nbut:\n%s", name, wanted, screen);
}

static pid_t process_of(const char *name)
{
	char words[128];

	(void)snprintf(words, sizeof words, "display-message -p -t %s '#{pane_pid}'", name);
	assert_int_equal(tmux(words), 0);
	return (pid_t)strtol(screen, NULL, 10);
}

static void is_gone(const char *name)
{
	int64_t deadline_ms = now_ms() + PLAYED_PATIENCE_MS;
	char words[128];

	(void)snprintf(words, sizeof words, "has-session -t %s", name);
	while (tmux(words) == 0) {
		assert_true(now_ms() < deadline_ms);
		(void)poll(NULL, 0, 20);
	}
}

static int clean_up(void **state)
{
	(void)state;
	(void)tmux("kill-server");
	return 0;
}

/* ---- Cases ---- */

static void several_watch_a_run_until_it_has_ended(void **state)
{
	struct played_run desk;

	(void)state;
	open_desk(&desk);
	played_run_order(&desk, PLAYED_PUT, night.count / 2);
	watch("one");
	watch("two");
	shows("one", "desk: bench");
	shows("one", " live ");
	shows("two", " live ");
	press("two", "2");
	shows("two", "messages");
	press("two", "4");
	shows("two", "following");
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	shows("one", "the run has ended");
	shows("two", "the run has ended");
	shows("two", "reason completed");
	press("one", "q");
	is_gone("one");
	press("two", "q");
	assert_int_equal(played_run_close(&desk), 0);
}

static void a_lost_rig_is_said_and_the_next_one_is_watched(void **state)
{
	struct played_run desk;
	pid_t resumed;
	int status;

	(void)state;
	open_desk(&desk);
	played_run_order(&desk, PLAYED_PUT, night.count / 2);
	played_run_order(&desk, PLAYED_FLUSH, 0);
	watch("one");
	shows("one", " live ");
	played_run_order(&desk, PLAYED_DIE, 0);
	shows("one", "NOT CONNECTED for ");
	shows("one", "what stands here is that old");
	resumed = played_run_resume(&desk);
	shows("one", " live ");
	played_run_order(&desk, PLAYED_END, 0);
	shows("one", "the run has ended");
	assert_int_equal(waitpid(resumed, &status, 0), resumed);
	press("one", "q");
	is_gone("one");
	assert_int_equal(played_run_close(&desk), 0);
}

/* The bytes of the journal of a whole run, with `meanwhile` when half of it is written. */
static void play(struct file *journal, void (*begin)(void), void (*meanwhile)(void))
{
	struct played_run desk;

	open_desk(&desk);
	played_run_order(&desk, PLAYED_PUT, night.count / 3);
	begin();
	played_run_order(&desk, PLAYED_PUT, night.count / 3);
	meanwhile();
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	assert_int_equal(played_run_close(&desk), 0);
	if (!file_read(journal, desk.journal, JOURNAL_MAX, &error))
		fail_msg("%s", error.text);
}

static void nobody(void)
{
}

static void three_watch(void)
{
	watch("stopped");
	watch("killed");
	watch("left");
	shows("stopped", " live ");
	shows("killed", " live ");
	shows("left", " live ");
}

static void what_becomes_of_them(void)
{
	assert_int_equal(kill(process_of("stopped"), SIGSTOP), 0);
	assert_int_equal(kill(process_of("killed"), SIGKILL), 0);
	press("left", "q");
	is_gone("left");
}

static void stopped_killed_or_left_a_viewer_changes_no_byte_of_the_journal(void **state)
{
	struct file alone, watched;

	(void)state;
	play(&alone, nobody, nobody);
	play(&watched, three_watch, what_becomes_of_them);
	assert_int_equal(alone.size, watched.size);
	assert_memory_equal(alone.bytes, watched.bytes, alone.size);
	assert_int_equal(kill(process_of("stopped"), SIGCONT), 0);
	shows("stopped", "the run has ended");
	file_done(&alone);
	file_done(&watched);
}

static void a_signal_ends_it_and_leaves_the_terminal_as_it_was(void **state)
{
	struct played_run desk;
	char words[512];

	(void)state;
	open_desk(&desk);
	played_run_order(&desk, PLAYED_PUT, night.count / 2);
	(void)snprintf(words, sizeof words, "new-session -d -s shell -x 80 -y 24 'echo before; env LC_ALL=C.UTF-8 %s dashboard; echo after $?; cat'",
		       getenv("HILRIG"));
	assert_int_equal(tmux(words), 0);
	shows("shell", " live ");
	press("shell", "C-c");
	shows("shell", "after 130");
	assert_non_null(strstr(screen, "before"));
	assert_null(strstr(screen, "desk: bench"));
	played_run_order(&desk, PLAYED_PUT, PLAYED_ALL);
	played_run_order(&desk, PLAYED_END, 0);
	assert_int_equal(played_run_close(&desk), 0);
}

int main(void)
{
	static const struct night made_up = {.run = "played", .clause = "", .polled = true, .slot_count = 2, .slots = {
		{.name = "A", .outage_ns = INT64_C(250000000000), .ad1 = true}, {.name = "B", .outage_ns = INT64_C(100000000000)}}};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(several_watch_a_run_until_it_has_ended, clean_up),
		cmocka_unit_test_teardown(a_lost_rig_is_said_and_the_next_one_is_watched, clean_up),
		cmocka_unit_test_teardown(stopped_killed_or_left_a_viewer_changes_no_byte_of_the_journal, clean_up),
		cmocka_unit_test_teardown(a_signal_ends_it_and_leaves_the_terminal_as_it_was, clean_up),
	};
	char folder[PATH_MAX];

	(void)setenv("TMUX_TMPDIR", getenv("TMPDIR"), 1);
	night_make(&made_up, folder);
	if (!played_night_read(&night, folder, &error))
		abort();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
