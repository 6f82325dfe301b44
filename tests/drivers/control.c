/*
 * The control socket with real processes: who is heard and who is not, one request and its answer, callers who say nothing, too much or
 * rubbish. And from where a process is worked, told of real ones.
 */

#include "rig/base/instant.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/control.h"
#include "rig/run/real/session.h"
#include "rig/supervisor/seat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS (20 * NS_PER_S)

static char folder[] = "/tmp/hilrig-control-XXXXXX";
static char path[CONTROL_PATH_SIZE];
static struct control *control;
static struct control_request taken;
static int taken_count;
static bool from_here;
static int looked; /* who asks was looked at so often */

static int take(void *self, const struct control_request *request, void (*say)(void *self, const char *line), void *said_to)
{
	(void)self;
	taken = *request;
	taken_count++;
	say(said_to, "cut\t10min\t");
	say(said_to, "it is done");
	return EXIT_CODE_PASS;
}

static bool is_local(pid_t pid, char why[FREE_TEXT_SIZE])
{
	assert_true(pid > 0);
	looked++;
	(void)snprintf(why, FREE_TEXT_SIZE, "%s", from_here ? "" : "from far away");
	return from_here;
}

static int open_socket(void **state)
{
	struct control_settings settings = {path, is_local, take, NULL};
	struct error error;

	(void)state;
	taken_count = looked = 0;
	from_here = true;
	(void)snprintf(path, sizeof path, "%s/hilrig-%u/bench.control", folder, (unsigned)getuid());
	return control_open(&control, &settings, &error) ? 0 : -1;
}

static int close_socket(void **state)
{
	(void)state;
	control_close(control);
	control = NULL;
	return access(path, F_OK) == 0; /* it is taken away */
}

/* As the loop of a run does. */
static void turn(int wait_ms)
{
	int descriptors[1 + CONTROL_CALLERS_MAX], count, i;
	struct pollfd polled[1 + CONTROL_CALLERS_MAX];

	count = control_descriptors(control, descriptors);
	for (i = 0; i < count; i++)
		polled[i] = (struct pollfd){descriptors[i], POLLIN, 0};
	(void)poll(polled, (nfds_t)count, wait_ms);
	for (i = 0; i < count; i++)
		if (polled[i].revents)
			assert_true(control_ready(control, descriptors[i], clock_monotonic_ns()));
	control_tick(control, clock_monotonic_ns());
}

/* Serves until the child has ended; gives how it did. */
static int serve(pid_t child)
{
	int64_t until_ns = clock_monotonic_ns() + PATIENCE_NS;
	int status;

	while (waitpid(child, &status, WNOHANG) != child) {
		assert_true(clock_monotonic_ns() < until_ns);
		turn(5);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static char said[8][128];
static int said_count;

static void hear(void *self, const char *line)
{
	(void)self;
	if (said_count < 8)
		(void)snprintf(said[said_count++], sizeof said[0], "%s", line);
}

/* In a child: what the answer comes to; 99: there was none, 98: it was another one. */
static int ask(const char *packet, size_t size, int lines, const char *last)
{
	int code;

	said_count = 0;
	if (!seat_control("bench", packet, size, hear, NULL, &code))
		return 99;
	return said_count == lines && strcmp(said[lines - 1], last) == 0 ? code : 98;
}

static int answer_to(const char *packet, size_t size, int lines, const char *last)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(ask(packet, size, lines, last));
	return serve(child);
}

static void a_request_is_taken_and_answered(void **state)
{
	(void)state;
	assert_int_equal(answer_to("do\tS01\tcut\t20s\tsomebody", 23, 2, "it is done"), EXIT_CODE_PASS);
	assert_int_equal(taken_count, 1);
	assert_int_equal(taken.kind, CONTROL_DO);
	assert_string_equal(taken.slot, "S01");
	assert_string_equal(taken.who, "somebody");
}

static void only_the_account_itself_may_open_it(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void from_elsewhere_nothing_is_taken(void **state)
{
	(void)state;
	from_here = false;
	assert_int_equal(answer_to("do\tS01\tcut\t20s\tsomebody", 23, 1, "from far away"), EXIT_CODE_BUSY);
	assert_int_equal(answer_to("menu\tS01", 8, 1, "from far away"), EXIT_CODE_BUSY);
	assert_int_equal(taken_count, 0);
}

/* It takes time of the loop. What is done is not done on the word of a moment ago. */
static void who_asks_for_a_list_again_is_not_looked_at_again(void **state)
{
	pid_t child = fork();
	int i;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		for (i = 0; i < 3; i++)
			if (ask("menu\tS01", 8, 2, "it is done") != EXIT_CODE_PASS)
				_exit(1);
		_exit(ask("do\tS01\tcut\t20s\tsomebody", 23, 2, "it is done"));
	}
	assert_int_equal(serve(child), EXIT_CODE_PASS);
	assert_int_equal(looked, 2);
	assert_int_equal(taken_count, 4);
	assert_int_equal(answer_to("menu\tS01", 8, 2, "it is done"), EXIT_CODE_PASS); /* another one */
	assert_int_equal(looked, 3);
}

static void rubbish_is_answered_with_what_is_wrong(void **state)
{
	static char large[CONTROL_PACKET_MAX + 100];

	(void)state;
	assert_int_equal(answer_to("hello", 5, 1, "no request: wanted is menu, do, off, note, answer or end with its fields"), EXIT_CODE_USAGE);
	assert_int_equal(answer_to("do\tS01", 6, 1, "do: 4 fields are wanted behind it"), EXIT_CODE_USAGE);
	memset(large, 'x', sizeof large);
	assert_int_equal(answer_to(large, sizeof large, 1, "the request is too long"), EXIT_CODE_USAGE);
	assert_int_equal(taken_count, 0);
}

/* They take the places of those who have something to say for a second, and no longer. */
static void who_says_nothing_is_hung_up_on(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int silent[CONTROL_CALLERS_MAX + 2], i;
	char byte;

	(void)state;
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	for (i = 0; i < CONTROL_CALLERS_MAX + 2; i++) {
		silent[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		/* The last do not fit into the kernel's queue as long as nobody is let in. */
		assert_int_equal(connect(silent[i], (struct sockaddr *)&address, sizeof address), 0);
		turn(0);
	}
	assert_int_equal(answer_to("menu\tS01", 8, 2, "it is done"), EXIT_CODE_PASS);
	for (i = 0; i < CONTROL_CALLERS_MAX; i++)
		assert_int_equal(recv(silent[i], &byte, 1, 0), 0);
	for (i = 0; i < CONTROL_CALLERS_MAX + 2; i++)
		close(silent[i]);
}

/* As a caller whose patience is over before a rig that was stopped goes on. */
static void ask_and_leave(const char *packet, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int caller = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(connect(caller, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(caller, packet, size, 0), size);
	close(caller);
	turn(100);
	turn(0);
}

static void what_nobody_waits_for_any_more_is_not_done_but_off_is(void **state)
{
	(void)state;
	ask_and_leave("do\tS01\tsupply on\t\tsomebody", 26);
	ask_and_leave("answer\tsomebody\tyes", 19);
	assert_int_equal(taken_count, 0);
	ask_and_leave("off\tS01\tsomebody", 16);
	assert_int_equal(taken_count, 1);
	assert_int_equal(taken.kind, CONTROL_OFF);
}

/* ---- From where ---- */

/* How a process with such a variable, below one of such a name, is told. */
static bool is_from_here(const char *variable, const char *parent_name, char why[FREE_TEXT_SIZE])
{
	char *environment[] = {(char *)(uintptr_t)variable, NULL}, *arguments[] = {(char[]){"sleep"}, (char[]){"100"}, NULL};
	int ends[2], status;
	pid_t parent, child = 0;
	bool here;

	assert_int_equal(pipe(ends), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		(void)prctl(PR_SET_NAME, parent_name);
		child = fork();
		if (child == 0) {
			close(ends[0]);
			(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC); /* its end: it is what it is to be */
			execve("/bin/sleep", arguments, environment);
			_exit(1);
		}
		(void)!write(ends[1], &child, sizeof child);
		close(ends[1]);
		_exit(waitpid(child, &status, 0) != child);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
	assert_int_equal(read(ends[0], &status, 1), 0);
	here = session_is_local(child, why);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	close(ends[0]);
	return here;
}

static void a_session_over_ssh_is_told_by_its_environment_or_its_ancestors(void **state)
{
	char why[FREE_TEXT_SIZE];

	(void)state;
	assert_false(is_from_here("SSH_CONNECTION=192.0.2.1 22 192.0.2.2 22", "sh", why));
	assert_non_null(strstr(why, "comes over SSH"));
	assert_false(is_from_here("SSH_TTY=/dev/pts/1", "sh", why));
	assert_false(is_from_here("A=b", "sshd", why));
	assert_non_null(strstr(why, "by sshd"));
	assert_false(is_from_here("A=b", "mosh-server", why));
	assert_false(session_is_local(0x7FFFFFF, why)); /* nobody can tell */
	assert_non_null(strstr(why, "nobody can tell"));
}

/* A terminal of tmux that somebody attached with this in the environment. */
static pid_t attach(const char *variable)
{
	char *environment[] = {(char *)(uintptr_t)variable, NULL}, *arguments[] = {(char[]){"sleep"}, (char[]){"100"}, NULL}, client[200];
	int ends[2];
	char byte;
	pid_t pid;

	(void)snprintf(client, sizeof client, "%s/tmux: client", folder);
	(void)symlink("/bin/sleep", client);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execve(client, arguments, environment);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0); /* it is what it is to be */
	close(ends[0]);
	return pid;
}

/* Below sudo nothing in the environment tells of tmux; its server among the ancestors does. */
static void a_session_in_tmux_is_where_its_terminals_are(void **state)
{
	char why[FREE_TEXT_SIZE];
	pid_t client;
	int status;

	(void)state;
	client = attach("SSH_CONNECTION=192.0.2.1 22 192.0.2.2 22");
	assert_false(is_from_here("TMUX=/tmp/tmux", "sh", why));
	assert_false(is_from_here("A=b", "tmux: server", why));
	kill(client, SIGKILL);
	assert_int_equal(waitpid(client, &status, 0), client);
	client = attach("A=b");
	assert_int_equal(is_from_here("A=b", "tmux: server", why), is_from_here("A=b", "sh", why));
	kill(client, SIGKILL);
	assert_int_equal(waitpid(client, &status, 0), client);
}

/* The test itself may run over SSH; then all that is below it does. */
static void a_session_is_local_where_nothing_speaks_against_it(void **state)
{
	char why[FREE_TEXT_SIZE], own[FREE_TEXT_SIZE];
	bool here;

	(void)state;
	here = session_is_local(getpid(), own);
	if (strstr(own, "comes over SSH") || strstr(own, "comes from elsewhere"))
		here = is_from_here("A=b", "sh", own); /* without the variables: by its ancestors alone */
	assert_int_equal(is_from_here("SSH_CONNECTION=", "sshd-like", why), here);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || setenv("XDG_RUNTIME_DIR", folder, 1) != 0)
		return -1;
	(void)snprintf(path, sizeof path, "%s/hilrig-%u", folder, (unsigned)getuid());
	return mkdir(path, 0700);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_socket, close_socket)
	const struct CMUnitTest tests[] = {
		CASE(a_request_is_taken_and_answered),
		CASE(only_the_account_itself_may_open_it),
		CASE(from_elsewhere_nothing_is_taken),
		CASE(who_asks_for_a_list_again_is_not_looked_at_again),
		CASE(rubbish_is_answered_with_what_is_wrong),
		CASE(who_says_nothing_is_hung_up_on),
		CASE(what_nobody_waits_for_any_more_is_not_done_but_off_is),
		cmocka_unit_test(a_session_over_ssh_is_told_by_its_environment_or_its_ancestors),
		cmocka_unit_test(a_session_in_tmux_is_where_its_terminals_are),
		cmocka_unit_test(a_session_is_local_where_nothing_speaks_against_it),
	};

	return cmocka_run_group_tests(tests, make_folder, NULL);
}
