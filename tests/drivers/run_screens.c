/*
 * run --dashboard without a bench: this program, on a terminal (tmux's), has its screens opened by the shipped code and plays the run that
 * they show, as the test tells it through a FIFO; the viewer is hilrig, the program. Every wait is for words on the screen or for a
 * process to go, with a deadline. With a real run the kernel lab has it (tests/lab/cases/run-dashboard.sh).
 */

#include "rig/base/file.h"
#include "rig/command/run_screens.h"
#include "rig/evidence/reader.h"
#include "tests/support/night.h"
#include "tests/support/played_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SCREEN_MAX (256 * 1024)
#define JOURNAL_MAX (16 * 1024 * 1024)
#define CODE 7 /* what the played run ends with */

static struct error error;

/* ---- On the terminal: a run that is played ---- */

static struct played_night night;

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* As rig and supervisor do: Ctrl-C ends the run in order, and the terminal may go. */
static void take_signals(void)
{
	const struct sigaction end = {.sa_handler = interrupt};

	(void)sigaction(SIGINT, &end, NULL);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
}

static void say(const char *words)
{
	printf("%s\n", words);
	(void)fflush(stdout);
}

static void hear_typed(void)
{
	struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};
	char line[64];

	if (poll(&polled, 1, 0) != 1)
		return;
	if (!fgets(line, sizeof line, stdin))
		strcpy(line, "nothing, which a run takes for an answer\n");
	printf("typed: %s", line);
	(void)fflush(stdout);
}

/* False: the run has ended. */
static bool obey(struct played_run *desk, const char *order)
{
	int count;

	if (sscanf(order, "put %d", &count) == 1) {
		played_run_order(desk, PLAYED_PUT, count);
		printf("the run has put %d\n", count);
	} else if (strncmp(order, "say ", 4) == 0) {
		printf("%s", order + 4);
	} else if (strncmp(order, "end", 3) == 0) {
		played_run_order(desk, PLAYED_PUT, PLAYED_ALL);
		played_run_order(desk, PLAYED_END, 0);
		say("the run's last line");
		return false;
	}
	(void)fflush(stdout);
	return true;
}

static void go_on(struct played_run *desk)
{
	int told = open(getenv("ORDERS"), O_RDWR | O_CLOEXEC);
	struct pollfd polled[2] = {{.fd = told, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	FILE *orders = fdopen(told, "r");
	char order[128];
	bool goes_on = true;

	(void)setvbuf(orders, NULL, _IONBF, 0);
	while (goes_on) {
		if (interrupted) {
			say("ended in order");
			(void)obey(desk, "end");
			return;
		}
		if (poll(polled, 2, 100) <= 0)
			continue;
		if (polled[1].revents)
			hear_typed();
		if (polled[0].revents && fgets(order, sizeof order, orders))
			goes_on = obey(desk, order);
	}
}

static void tell_folder(const char *folder)
{
	FILE *file = fopen(getenv("FOLDER"), "we");

	assert_non_null(file);
	fputs(folder, file);
	(void)fclose(file);
}

static int play(bool fails_early)
{
	struct run_screens screens = {.keeper = 0};
	struct played_run desk = {.bench = "desk", .reason = END_COMPLETED};

	if (!played_night_read(&night, getenv("NIGHT"), &error) || !run_screens_open(&screens, NULL, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return error_exit_code(&error);
	}
	desk.records = night.records;
	desk.record_count = night.count;
	say("before the run");
	run_screens_begin(&screens, "desk");
	if (fails_early) {
		say("the bench cannot be opened");
	} else {
		(void)signal(SIGINT, SIG_IGN); /* what is played ends when told */
		played_run_open(&desk);
		take_signals();
		tell_folder(desk.folder);
		say("the run's first line");
		go_on(&desk);
		(void)played_run_close(&desk);
	}
	run_screens_end(&screens);
	say("behind the run");
	return CODE;
}

/* ---- The test ---- */

static char screen[SCREEN_MAX], program[PATH_MAX], orders[PATH_MAX], told_folder[PATH_MAX];

static int server; /* of tmux: one for each run, since one that is ended takes its time */
static int fifo;   /* open as long as this program: orders wait for whoever reads them */

static int tmux(const char *words)
{
	char line[2048];
	size_t size;
	FILE *said;

	(void)snprintf(line, sizeof line, "tmux -L screens%d -f /dev/null %s 2>&1", server, words);
	said = popen(line, "r");
	assert_non_null(said);
	size = fread(screen, 1, sizeof screen - 1, said);
	screen[size] = '\0';
	return pclose(said);
}

static void start(const char *how)
{
	char words[PATH_MAX + 256], left[64];

	while (read(fifo, left, sizeof left) > 0)
		;
	server++;
	(void)unlink(told_folder);
	(void)snprintf(words, sizeof words, "new-session -d -s run -x 100 -y 24 \"set -m; env LC_ALL=C.UTF-8 %s %s; echo after \\$?; "
		       "stty -a | grep -o ' icanon\\| echo '; cat\"", program, how);
	if (tmux(words) != 0)
		fail_msg("tmux: %s", screen);
}

static void press(const char *key)
{
	char words[128];

	(void)snprintf(words, sizeof words, "send-keys -t run %s", key);
	assert_int_equal(tmux(words), 0);
}

static void order(const char *words)
{
	assert_true(dprintf(fifo, "%s\n", words) > 0);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void shows(const char *wanted)
{
	int64_t deadline_ms = now_ms() + PLAYED_PATIENCE_MS;

	do {
		(void)tmux("capture-pane -p -J -t run");
		if (strstr(screen, wanted))
			return;
		(void)poll(NULL, 0, 20);
	} while (now_ms() < deadline_ms);
	fail_msg("not shown: %s\nbut:\n%s", wanted, screen);
}

static void does_not_show(const char *words)
{
	if (strstr(screen, words))
		fail_msg("shown: %s\nin:\n%s", words, screen);
}

/* The first child of a process: of a shell its program, of that the keeper, of that the viewer. */
static pid_t child_of(pid_t process)
{
	char path[64], words[16] = "";
	FILE *children;

	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)process, (int)process);
	children = fopen(path, "re");
	assert_non_null(children);
	if (!fgets(words, sizeof words, children))
		words[0] = '\0';
	(void)fclose(children);
	return (pid_t)strtol(words, NULL, 10);
}

static pid_t the_run(void)
{
	assert_int_equal(tmux("display-message -p -t run '#{pane_pid}'"), 0);
	return child_of((pid_t)strtol(screen, NULL, 10));
}

static pid_t the_keeper(void)
{
	return child_of(the_run());
}

static pid_t the_viewer(void)
{
	return child_of(the_keeper());
}

static void is_gone(pid_t process)
{
	int64_t deadline_ms = now_ms() + PLAYED_PATIENCE_MS;

	while (kill(process, 0) == 0) {
		assert_true(now_ms() < deadline_ms);
		(void)poll(NULL, 0, 20);
	}
}

static pid_t begun; /* the run */

/* It outlives its terminal; a case that failed leaves one, which has the bench. */
static int clean_up(void **state)
{
	(void)state;
	(void)tmux("kill-server");
	if (begun)
		(void)kill(begun, SIGKILL);
	begun = 0;
	return 0;
}

static void begin(void)
{
	start("play");
	order("put 20");
	shows(" live ");
	begun = the_run();
}

static void ended_well(void)
{
	shows("after 7");
	begun = 0;
	shows(" icanon");
	assert_non_null(strstr(screen, " echo"));
	does_not_show("desk: bench");
}

/* ---- Cases ---- */

static void its_lines_come_when_the_screens_are_left_and_the_missed_ones_first(void **state)
{
	(void)state;
	begin();
	does_not_show("first line");
	order("say meanwhile");
	press("2");
	shows("messages");
	does_not_show("meanwhile");
	press("q");
	shows("the screens are left, the run goes on");
	assert_non_null(strstr(screen, "before the run\nthe run's first line\nthe run has put 20\nmeanwhile\nhilrig run: the screens are left"));
	order("say afterwards");
	shows("afterwards");
	order("end");
	ended_well();
	assert_non_null(strstr(screen, "afterwards\nthe run's last line\nbehind the run\nafter 7"));
}

static void over_it_stays_on_the_screen_until_they_are_left(void **state)
{
	(void)state;
	begin();
	order("end");
	shows("the run has ended");
	press("4");
	shows("reason completed");
	does_not_show("behind the run");
	press("q");
	ended_well();
	assert_non_null(strstr(screen, "the run's last line\nbehind the run\nafter 7"));
	does_not_show("the run goes on");
}

static void ctrl_c_leaves_the_screens_and_behind_them_ends_the_run(void **state)
{
	(void)state;
	begin();
	press("C-z"); /* stops nobody */
	press("C-c");
	shows("the screens are left, the run goes on");
	does_not_show("ended in order");
	order("say it goes on");
	shows("it goes on");
	press("C-c");
	ended_well();
	assert_non_null(strstr(screen, "ended in order\nthe run's last line\nbehind the run"));
}

static void a_killed_viewer_leaves_the_run_and_a_terminal_in_order(void **state)
{
	pid_t viewer;

	(void)state;
	begin();
	viewer = the_viewer();
	assert_int_equal(kill(viewer, SIGKILL), 0);
	shows("the screens are left, the run goes on");
	order("end");
	ended_well();
}

static void what_is_typed_behind_the_screens_is_the_runs(void **state)
{
	(void)state;
	begin();
	press("x Enter"); /* the viewer's */
	press("1");
	shows("desk: bench");
	press("q");
	shows("the run goes on");
	does_not_show("typed");
	press("'an answer' Enter");
	shows("typed: an answer");
	order("end");
	ended_well();
}

static void a_run_that_ends_before_it_serves_has_no_screens(void **state)
{
	(void)state;
	start("early");
	ended_well();
	assert_non_null(strstr(screen, "before the run\nthe bench cannot be opened\nbehind the run\nafter 7"));
}

/* Descriptors of a process, each with what it is, in `text`. */
static void descriptors_of(pid_t process, char *text, size_t size)
{
	char path[64], link[PATH_MAX];
	struct dirent *entry;
	DIR *folder;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", (int)process);
	folder = opendir(path);
	assert_non_null(folder);
	text[0] = '\0';
	while ((entry = readdir(folder)) != NULL) {
		ssize_t got = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);

		link[got > 0 ? got : 0] = '\0';
		if (got > 0)
			(void)snprintf(text + strlen(text), size - strlen(text), "%s %s\n", entry->d_name, link);
	}
	closedir(folder);
}

static int count_of(const char *text, const char *words)
{
	int count = 0;

	while ((text = strstr(text, words)) != NULL) {
		text += strlen(words);
		count++;
	}
	return count;
}

/* The played run has a seat's lock, a socket, a bus and a link, as a real one has; its supervisor is the second child. */
static void neither_keeper_nor_viewer_holds_anything_of_the_run(void **state)
{
	static char of_viewer[8192], of_keeper[8192];
	pid_t viewer;

	(void)state;
	begin();
	press("4"); /* whatever it opens is open */
	shows("following");
	viewer = the_viewer();
	descriptors_of(viewer, of_viewer, sizeof of_viewer);
	descriptors_of(the_keeper(), of_keeper, sizeof of_keeper);
	/* The viewer: the terminal, the run's socket, and the journal, to be read. */
	assert_int_equal(count_of(of_viewer, "/dev/pts/"), 3);
	assert_int_equal(count_of(of_viewer, "socket:"), 1);
	assert_int_equal(count_of(of_viewer, "/journal.jsonl"), 1);
	assert_int_equal(count_of(of_viewer, "\n"), 5);
	/* The keeper: the terminal, the lines, the typed, and the word from the run. */
	assert_int_equal(count_of(of_keeper, "/dev/pts/"), 3);
	assert_int_equal(count_of(of_keeper, "memfd:hilrig-lines"), 1);
	assert_int_equal(count_of(of_keeper, "pipe:"), 1);
	assert_int_equal(count_of(of_keeper, "socket:"), 1);
	assert_int_equal(count_of(of_keeper, "\n"), 6);
	press("q");
	order("end");
	ended_well();
}

/* The journal of a whole run, with `meanwhile` at half of it. */
static void play_with(struct file *journal, void (*meanwhile)(void), void (*then)(void))
{
	char path[PATH_MAX];
	struct file folder;

	begin();
	meanwhile();
	order("put 20");
	order("end");
	then();
	if (!file_read(&folder, told_folder, PATH_MAX, &error))
		fail_msg("%s", error.text);
	(void)snprintf(path, sizeof path, "%.*s/journal.jsonl", (int)folder.size, (const char *)folder.bytes);
	file_done(&folder);
	if (!file_read(journal, path, JOURNAL_MAX, &error))
		fail_msg("%s", error.text);
	(void)clean_up(NULL);
}

static pid_t stopped, waited;

static void leave(void)
{
	press("q");
	shows("the run goes on");
}

static void stop_viewer(void)
{
	stopped = the_viewer();
	assert_int_equal(kill(stopped, SIGSTOP), 0);
}

static void stop_keeper(void)
{
	stopped = the_keeper();
	assert_int_equal(kill(stopped, SIGSTOP), 0);
}

static void kill_keeper(void)
{
	pid_t keeper = the_keeper(), viewer = the_viewer();

	assert_int_equal(kill(keeper, SIGKILL), 0);
	is_gone(viewer);
}

/* The run is over, as who waits for it finds; what is stopped still has the terminal. */
static void goes_on(void)
{
	int64_t deadline_ms = now_ms() + PLAYED_PATIENCE_MS;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof path, "%s/hilrig-%u/desk.sock", getenv("XDG_RUNTIME_DIR"), (unsigned)getuid());
	while (access(path, F_OK) == 0) {
		assert_true(now_ms() < deadline_ms);
		(void)poll(NULL, 0, 20);
	}
	assert_int_equal(kill(stopped, SIGCONT), 0);
	shows("the run has ended");
	press("q");
	ended_well();
}

static void hang_up(void)
{
	waited = the_run();
	assert_int_equal(tmux("kill-session -t run"), 0);
}

static void is_over(void)
{
	is_gone(waited);
	begun = 0;
}

static void whatever_becomes_of_the_screens_the_journal_is_the_same(void **state)
{
	static void (*const meanwhile[])(void) = {stop_viewer, stop_keeper, kill_keeper, hang_up};
	static void (*const then[])(void) = {goes_on, goes_on, ended_well, is_over};
	struct file left, other;
	size_t i;

	(void)state;
	play_with(&left, leave, ended_well);
	for (i = 0; i < sizeof meanwhile / sizeof *meanwhile; i++) {
		play_with(&other, meanwhile[i], then[i]);
		assert_int_equal(left.size, other.size);
		assert_memory_equal(left.bytes, other.bytes, left.size);
		file_done(&other);
	}
	file_done(&left);
}

static void killed_itself_the_run_takes_its_screens_along(void **state)
{
	pid_t keeper, viewer;

	(void)state;
	begin();
	keeper = the_keeper();
	viewer = the_viewer();
	assert_int_equal(kill(the_run(), SIGKILL), 0);
	is_gone(viewer);
	is_gone(keeper);
	press("'the terminal is of use' Enter"); /* what the shell said may have been said into the screens that went */
	shows("the terminal is of use");
	does_not_show("desk: bench");
}

static void make_night(void)
{
	static const struct night made_up = {.run = "played", .clause = "", .polled = true, .slot_count = 2, .slots = {
		{.name = "A", .outage_ns = INT64_C(250000000000), .ad1 = true}, {.name = "B", .outage_ns = INT64_C(100000000000)}}};
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];

	(void)setenv("TMUX_TMPDIR", folder, 1);
	night_make(&made_up, path);
	(void)setenv("NIGHT", path, 1);
	(void)snprintf(orders, sizeof orders, "%s/orders", folder);
	(void)snprintf(told_folder, sizeof told_folder, "%s/folder", folder);
	if (mkfifo(orders, 0600) != 0 || !realpath("/proc/self/exe", program))
		abort();
	fifo = open(orders, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fifo < 0)
		abort();
	(void)setenv("ORDERS", orders, 1);
	(void)setenv("FOLDER", told_folder, 1);
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(its_lines_come_when_the_screens_are_left_and_the_missed_ones_first, clean_up),
		cmocka_unit_test_teardown(over_it_stays_on_the_screen_until_they_are_left, clean_up),
		cmocka_unit_test_teardown(ctrl_c_leaves_the_screens_and_behind_them_ends_the_run, clean_up),
		cmocka_unit_test_teardown(a_killed_viewer_leaves_the_run_and_a_terminal_in_order, clean_up),
		cmocka_unit_test_teardown(what_is_typed_behind_the_screens_is_the_runs, clean_up),
		cmocka_unit_test_teardown(a_run_that_ends_before_it_serves_has_no_screens, clean_up),
		cmocka_unit_test_teardown(neither_keeper_nor_viewer_holds_anything_of_the_run, clean_up),
		cmocka_unit_test_teardown(whatever_becomes_of_the_screens_the_journal_is_the_same, clean_up),
		cmocka_unit_test_teardown(killed_itself_the_run_takes_its_screens_along, clean_up),
	};

	/* The screens execute this program again, as hilrig would itself. */
	if (count > 1 && strcmp(words[1], "dashboard") == 0)
		return execv(getenv("HILRIG"), words) != 0;
	if (count > 1)
		return play(strcmp(words[1], "early") == 0);
	make_night();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
